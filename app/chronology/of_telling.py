"""What was told, seen and read: conversations, silence, answers with what replaced them, and accounts that differ. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.assessments.answers import plain_answer, source_of, standing
from app.assessments.models import SavedAnswer
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.judgement.contradiction import difference

from .entry import Account, Differing, Entry, Item, Opens, Words, counted, from_grade, items, joined, on, written

_SPEAKER = {
    "family": "family",
    "agency": "professional",
    "provider": "provider",
    "seen": "officer",
    "document": "document",
}
# Who saw somebody in the home whom nobody declared is told to nobody by a list that may be printed: as the result holds it.
NAMES_NO_SOURCE = frozenset({"CS21"})
_HIDDEN = "Who told this stands with the question alone"
_NOTHING_YET = ("asked", "silent")


class Held(NamedTuple):
    """A conversation, the identifier of its row, the place it was about, and who wrote it down."""

    said: Conversation
    id: str
    by: str
    on: date


def conversations(held: Sequence[Held], answered: Sequence[SavedAnswer], words: Words) -> Iterator[Entry]:
    """Each conversation on its day, what came back on its own, and silence on the day by which an answer was wanted.

    One of which its answers say all that is known, with whom and how, is not told a second time.
    """
    told = {(a.conversation, source_of(a)) for a in answered}
    for one in held:
        c = one.said
        if (c.key, c.source) in told and not _says_more(c):
            continue
        speaker = _SPEAKER.get(c.speaker) or from_grade(c.grade)
        who = _with_whom(c, words)
        how = wording.HOW_IN_SENTENCE[c.how] if c.how else "how is not written down"
        people = frozenset({c.who} if c.who and c.speaker == "family" else ())
        shared = {
            "people": people,
            "who": who,
            "how": how,
            "sources": frozenset({speaker}),
            "opens": Opens("conversation"),
        }
        came_same_day = c.answered_on is None or c.answered_on == c.on
        alone = {
            True: "Told with nobody within hearing whom they may fear",
            False: "Somebody whom they may fear may have heard it",
        }
        due = joined(clocks.in_words(c.due), c.due_at)
        yield Entry(
            id=f"conversation:{one.id}",
            kind="asked",
            what=_held(c, words),
            day=c.on,
            day_is="asked" if c.question else "told",
            at=c.at,
            counts=f"at most {counted(c.grade)}" if c.grade != Grade.E0 else "",
            items=(
                *items(
                    ("Asked", f"“{c.question}”" if c.question else ""),
                    ("An answer was wanted by", due or ("no day was set" if c.question else "")),
                    ("What they said", f"“{c.reply}”" if c.reply and came_same_day else ""),
                    ("Ground", c.ground),
                ),
                *([Item(label=alone[c.alone])] if c.alone is not None else []),
            ),
            written=written(one.by, clocks.in_words(one.on)),
            **shared,  # type: ignore[arg-type]
        )  # fmt: skip
        if not came_same_day:
            yield Entry(
                id=f"reply:{one.id}",
                kind="asked",
                what=f"{wording.CAME[c.came] if c.came else 'Something came back'}, asked on {on(c.on)}",
                day=c.answered_on,
                day_is="told",
                items=items(("What they said", f"“{c.reply}”" if c.reply else "")),
                counts=f"at most {counted(c.grade)}" if c.grade != Grade.E0 else "",
                **shared,  # type: ignore[arg-type]
            )  # fmt: skip
        if c.came in _NOTHING_YET and c.answered_on is None and c.due and c.due < words.today:
            yield Entry(
                id=f"conversation:{one.id}:silence",
                kind="asked",
                what=f"Nobody had answered what was asked on {on(c.on)}",
                day=c.due,
                at=c.due_at,
                items=(Item(label="Silence is no answer, and clears nothing"),),
                **{**shared, "how": ""},  # type: ignore[arg-type]
            )  # fmt: skip


def _says_more(c: Conversation) -> bool:
    """Is there anything in it beside whom it was with, when and how?"""
    came = c.came not in (None, "answered", "partly") or c.answered_on not in (None, c.on)
    return came or c.alone is not None or bool(c.question or c.reply or c.ground or c.due or c.due_at)


def _held(c: Conversation, words: Words) -> str:
    if c.speaker == "seen":
        return "An officer looked"
    if c.speaker == "document":
        return "A document was read"
    whom = words.of(c.who) if c.speaker == "family" else words.agency(c.who) or c.source.name
    what = (
        "A question was put to" if c.question else "Conversation with"
    ) + f" {(in_sentence(whom) if c.speaker == 'agency' and c.who else whom) if whom else 'nobody named'}"
    came = (
        "" if c.came is None or (c.answered_on and c.answered_on != c.on) else f": {in_sentence(wording.CAME[c.came])}"
    )
    return f"{what}{came}"


def _with_whom(c: Conversation, words: Words) -> str:
    whom = words.of(c.who) if c.speaker == "family" else words.agency(c.who)
    code = words.agency(c.source.code) if c.source.code and c.source.code != c.who else ""
    return joined(*dict.fromkeys((whom, c.source.name, c.source.role, c.source.agency, code))) or "nobody named"


# ---- answers


class Answers(NamedTuple):
    """Answers of a case, and what is needed to tell them.

    ``held`` are conversations by their key, ``place`` is what the place an answer is about is called, ``shown`` the assessment in
    which an answer can be opened.
    """

    all: Sequence[SavedAnswer]
    checklist: Checklist
    held: Mapping[str, Conversation]
    place: Callable[[SavedAnswer], str]
    shown: Callable[[str | None], str]
    value: Callable[[Criterion, Any], str]
    words: Words

    def source(self, a: SavedAnswer) -> str:
        if a.criterion in NAMES_NO_SOURCE:
            return _HIDDEN
        c = self.held.get(a.conversation or "")
        agency = self.words.agency(a.source_code) if a.source_code else ""
        named = joined(*dict.fromkeys((a.source_name, a.source_role, a.source_agency, agency)))
        return named or (_with_whom(c, self.words) if c else "nobody named")

    def said(self, a: SavedAnswer) -> str:
        criterion = self.checklist.criteria.get(a.criterion)
        return self.value(criterion, a.value) if criterion else wording.label(str(a.value))

    def opens(self, a: SavedAnswer) -> Opens:
        return Opens("answer", (self.shown(a.unit_id), a.criterion, a.subject))

    def person(self, a: SavedAnswer) -> str:
        """Whom an answer is about; empty where it is about the household or a place."""
        criterion = self.checklist.criteria.get(a.criterion)
        is_of_one = criterion.subject not in ("unit", "household") if criterion else a.subject in self.words.people
        return a.subject if is_of_one else ""

    def is_day(self, a: SavedAnswer) -> bool:
        criterion = self.checklist.criteria.get(a.criterion)
        return criterion is not None and criterion.answer == "date" and _day(a.value) is not None


def _day(value: Any) -> date | None:
    try:
        return date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def answers(of: Answers, differ: frozenset[str]) -> Iterator[Entry]:
    """What one source said of one person on one day is one line; each thing of it stays with what replaced it and when."""
    order = {code: at for at, code in enumerate(of.checklist.criteria)}
    replaced = {old: a for a in of.all for old in a.supersedes}
    corrected = {a.corrects: a for a in of.all if a.corrects}
    by_id = {a.id: a for a in of.all}
    groups: dict[tuple[Any, ...], list[SavedAnswer]] = {}
    for a in of.all:
        alone = a.id if of.is_day(a) or a.criterion in NAMES_NO_SOURCE else ""
        day = clocks.local(a.recorded_at).date()
        key = (a.on, a.conversation, of.source(a), a.grade, a.subject, a.unit_id, a.recorded_by, day, alone)
        groups.setdefault(key, []).append(a)
    for mine in groups.values():
        yield _line(of, sorted(mine, key=lambda a: (order.get(a.criterion, len(order)), a.recorded_at)), replaced, corrected, by_id, differ)  # fmt: skip


def _line(
    of: Answers,
    mine: Sequence[SavedAnswer],
    replaced: Mapping[str, SavedAnswer],
    corrected: Mapping[str, SavedAnswer],
    by_id: Mapping[str, SavedAnswer],
    differ: frozenset[str],
) -> Entry:
    first, words = mine[0], of.words
    c = of.held.get(first.conversation or "") if first.criterion not in NAMES_NO_SOURCE else None
    person = of.person(first)
    happened = _day(first.value) if of.is_day(first) else None
    told = {"officer": "Seen: ", "document": "Read in a record or document: "}.get(
        from_grade(first.grade), "Told about "
    )
    about = words.of(person) if person else of.place(first) if first.unit_id else "the household"
    speaker = _SPEAKER.get(c.speaker) if c else None
    with_them = {c.who} if c and c.speaker == "family" and c.who else set()
    return Entry(
        id=f"answer:{first.id}",
        kind="told",
        what=f"{told}{about}",
        day=happened or first.on,
        day_is="happened" if happened else "told",
        at=c.at if c and not happened else "",
        told=first.on if happened else None,
        about=(person,) if person else (),
        people=frozenset({*([person] if person else []), *with_them}),
        items=tuple(_item(of, a, replaced.get(a.id), corrected.get(a.id), by_id, a.id in differ) for a in mine),
        who=of.source(first),
        how=wording.HOW_IN_SENTENCE[c.how] if c and c.how else "",
        counts=counted(first.grade),
        sources=frozenset({speaker or from_grade(first.grade)}),
        written=written(words.colleague(first.recorded_by), clocks.moment_in_words(first.recorded_at)),
        opens=of.opens(first),
    )


def _item(
    of: Answers,
    a: SavedAnswer,
    after: SavedAnswer | None,
    right: SavedAnswer | None,
    by_id: Mapping[str, SavedAnswer],
    differs: bool,
) -> Item:
    criterion = of.checklist.criteria.get(a.criterion)
    more = [
        a.note,
        f"Why: {a.why}" if a.why else "",
        f"So what: {a.so_what}" if a.so_what else "",
    ]
    for key in a.supersedes:
        if key in by_id:
            old = by_id[key]
            more.append(
                f"Takes the place of what was said on {on(old.on)} ({of.source(old)}): {in_sentence(of.said(old))}"
            )
    if a.reason:
        more.append(f"Why it takes its place: {a.reason}")
    if a.corrects in by_id:
        more.append(f"Puts right what was entered first: {in_sentence(of.said(by_id[a.corrects or '']))}")
    if a.slip:
        more.append(f"Why that was a slip: {a.slip}")
    now = ""
    if right is not None:
        now = f"Entered by mistake, put right on {clocks.moment_in_words(right.recorded_at)}: {in_sentence(of.said(right))}"
    elif after is not None:
        now = f"Replaced on {clocks.moment_in_words(after.recorded_at)} by what was said on {on(after.on)} ({of.source(after)}): {in_sentence(of.said(after))}"
    return Item(
        label=criterion.name if criterion else "A question that is asked no more",
        said=of.said(a),
        more=tuple(part for part in more if part),
        now=now,
        differs=differs,
        opens=of.opens(a),
    )


# ---- accounts that differ


def differing(of: Answers) -> tuple[list[Differing], frozenset[str]]:
    """Where accounts that stand differ, side by side, and the identifiers of the answers.

    What differs, and what is no difference, the heart says: minutes and days from two sources are none. Source: P06, IS06.
    """
    gone = {old for a in of.all for old in a.supersedes}
    groups: dict[tuple[str, str, str | None], list[SavedAnswer]] = {}
    for a in standing(of.all):
        criterion = of.checklist.criteria.get(a.criterion)
        if criterion is not None and a.id not in gone:
            groups.setdefault((a.criterion, a.subject, a.unit_id if criterion.subject == "unit" else None), []).append(
                a
            )
    found, ids = [], set[str]()
    for (code, _, unit_id), mine in groups.items():
        criterion = of.checklist.criteria[code]
        if len({source_of(a) for a in mine}) < 2 and len({a.grade for a in mine}) < 2:
            continue
        if not difference(criterion, tuple(plain_answer(a) for a in mine), of.checklist.words):
            continue
        told = [a for a in mine if not plain_answer(a).is_unknown]
        ids.update(a.id for a in told)
        found.append(
            Differing(
                what=criterion.name,
                about=tuple(filter(None, [of.person(mine[0])])),
                where=of.place(mine[0]) if unit_id else "",
                accounts=tuple(
                    Account(said=of.said(a), who=of.source(a), day=a.on, counts=counted(a.grade), opens=of.opens(a))
                    for a in told
                ),
            )
        )
    return found, frozenset(ids)
