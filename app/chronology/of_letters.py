"""Letters with their proof, who was asked whether others may be told, and who was asked to lead. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app import clocks
from app.letters.asking import ANSWERS, BODIES
from app.letters.lead import STEPS
from app.letters.service import HOW
from app.suitability.casefile.values import in_sentence

from .entry import Entry, Opens, Words, items, joined, written

_OFFICE = frozenset({"office"})


def letters(listed: Sequence[Any], steps: Sequence[Any], titles: Mapping[str, str], words: Words) -> Iterator[Entry]:
    """Each letter when it was made, let go and cancelled, each proof on its day, and silence once an answer was due."""
    of = {letter.id: letter for letter in listed}
    answered = {s.letter_id for s in steps if s.how == "answered"}
    for letter in listed:
        title = titles.get(letter.kind, "A letter")
        about = tuple(letter.about)
        shared: dict[str, Any] = {"kind": "letter", "sources": _OFFICE, "about": about, "people": frozenset(about),
                                  "opens": Opens("letter", (letter.id,))}  # fmt: skip
        name = f"“{title}” to {letter.to_name}, {letter.number}"
        yield Entry(
            id=f"letter:{letter.id}",
            what=f"A letter was made: {name}",
            day=clocks.local(letter.made_at).date(),
            at=clocks.time_of_day(letter.made_at),
            who=letter.made_by_name,
            items=items(
                ("Of which agency", words.agency(letter.agency)),
                ("An answer was wanted by", clocks.in_words(letter.by_when)),
            ),
            **shared,
        )
        for key, what, at, by, why in (
            (
                "released",
                "A second person let a letter go",
                letter.released_at,
                letter.released_by_name,
                letter.released_why,
            ),
            ("cancelled", "A letter was cancelled", letter.cancelled_at, "", letter.cancelled_why),
        ):
            if at is not None:
                yield Entry(
                    id=f"letter:{letter.id}:{key}", what=f"{what}: {name}", day=clocks.local(at).date(), at=clocks.time_of_day(at),
                    who=by, items=items(("Why", why)), **shared,
                )  # fmt: skip
        if (
            letter.by_when
            and letter.by_when < words.today
            and letter.id not in answered
            and letter.cancelled_at is None
        ):
            yield Entry(
                id=f"letter:{letter.id}:silence", what=f"No answer is written down to {name}", day=letter.by_when, **shared,
            )  # fmt: skip
    for s in steps:
        letter = of.get(s.letter_id)
        if letter is None:
            continue
        yield Entry(
            id=f"letter-step:{s.id}",
            kind="letter",
            what=f"{HOW[s.how]}: “{titles.get(letter.kind, 'a letter')}”, {letter.number}",
            day=s.on,
            about=tuple(letter.about),
            people=frozenset(letter.about),
            items=items(("To whom, or by whom", s.whom), ("What was noted", s.note)),
            sources=frozenset({"professional" if s.how in ("received", "answered") else "office"}),
            written=written(s.noted_by_name, clocks.moment_in_words(s.noted_at)),
            opens=Opens("letter", (letter.id,)),
        )


def mails(listed: Sequence[Any], letters: Sequence[Any], titles: Mapping[str, str]) -> Iterator[Entry]:
    """Each letter that was handed to the mail, and whether it left."""
    of = {letter.id: letter for letter in letters}
    for m in listed:
        letter = of[m.letter_id]
        left = (
            f"it left on {clocks.moment_in_words(m.mailed_at)}" if m.mailed_at else "that it left is not written down"
        )
        yield Entry(
            id=f"mail:{m.id}",
            kind="letter",
            what=f"Handed to the mail: “{titles.get(letter.kind, 'a letter')}”, {letter.number}",
            day=clocks.local(m.asked_at).date(),
            at=clocks.time_of_day(m.asked_at),
            about=tuple(letter.about),
            people=frozenset(letter.about),
            who=m.asked_by_name,
            items=items(("To", m.to_email), ("Since then", left)),
            sources=_OFFICE,
            opens=Opens("letter", (letter.id,)),
        )


def notices(listed: Sequence[Any]) -> Iterator[Entry]:
    """Who was asked whether a body may be told of a child, and what they said."""
    for n in listed:
        yield Entry(
            id=f"notice:{n.id}",
            kind="letter",
            what=f"Asked whether {in_sentence(BODIES[n.body])} may be told: {in_sentence(ANSWERS[n.answer])}",
            day=n.on,
            day_is="told",
            people=frozenset({n.asked_of}),
            who=n.asked_of_name,
            items=items(("What was noted", n.note), ("It was known which one it is on", clocks.in_words(n.details_on))),
            sources=frozenset({"family"}),
            written=written(n.noted_by_name, clocks.moment_in_words(n.noted_at)),
            opens=Opens("letters"),
        )


def leads(listed: Sequence[Any]) -> Iterator[Entry]:
    """Who was asked to lead, and what they said; somebody who never answered is silent."""
    for at, s in enumerate(listed):
        who = joined(s.name, s.role, s.agency)
        waits = s.what == "proposed" and at == len(listed) - 1
        yield Entry(
            id=f"lead:{s.id}{':silence' if waits else ''}",
            kind="letter",
            what=f"{STEPS[s.what]}: {who}",
            day=s.on,
            who=who if s.what in ("accepted", "declined") else "",
            items=items(
                ("What was noted", s.note),
                ("E-mail", s.email),
                ("Since then", "no answer is written down" if waits else ""),
            ),
            sources=frozenset({"professional" if s.what in ("accepted", "declined") else "office"}),
            written=written(s.noted_by_name, clocks.moment_in_words(s.noted_at)),
            opens=Opens("lead"),
        )
