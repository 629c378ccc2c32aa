"""Copies that were made, links that were given, and what readers said and added. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app import clocks
from app.records.court import PURPOSES
from forms.sharing import AnswerRecordForm, SayForm, SettleForm, TakenForm

from .entry import Entry, Opens, Words, items, joined, on
from .of_deciding import choices

_OFFICE, _READER = frozenset({"office"}), frozenset({"professional"})
_A_READER = "a named professional told us; it answers no question before an officer has read it"


class Sharing(NamedTuple):
    """``readers`` is what the reader of a copy is called, by code."""

    copies: Sequence[Any]
    shares: Sequence[Any]
    said: Sequence[Any]
    steps: Sequence[Any]
    records: Sequence[Any]
    exports: Sequence[Any]
    readers: Mapping[str, str]
    words: Words


def copies(of: Sharing) -> Iterator[Entry]:
    """Each copy for one reader when it was made, and when a second person agreed to what was opened for it."""
    for c in of.copies:
        shared: dict[str, Any] = {"kind": "share", "sources": _OFFICE, "about": tuple(c.about), "people": frozenset(c.about),
                                  "opens": Opens("copies", (c.record_id,))}  # fmt: skip
        name = f"for {of.readers.get(c.reader, 'a reader')}, {c.number}"
        yield Entry(
            id=f"copy:{c.id}",
            what=f"A copy was made {name}",
            day=clocks.local(c.made_at).date(),
            at=clocks.time_of_day(c.made_at),
            who=c.made_by_name,
            items=items(*(("Opened for it, because", why) for why in c.opened.values())),
            **shared,
        )
        if c.agreed_at:
            yield Entry(
                id=f"copy:{c.id}:agreed", what=f"A second person agreed to the copy {name}", day=clocks.local(c.agreed_at).date(),
                at=clocks.time_of_day(c.agreed_at), who=c.agreed_by_name, **shared,
            )  # fmt: skip


def exports(of: Sharing) -> Iterator[Entry]:
    """Each time the whole case was given out, for a court or a review."""
    for e in of.exports:
        yield Entry(
            id=f"export:{e.id}",
            kind="share",
            what="The whole case was given out",
            day=clocks.local(e.made_at).date(),
            at=clocks.time_of_day(e.made_at),
            who=e.made_by_name,
            items=items(("For what", PURPOSES.get(e.purpose, e.purpose)), ("Who asked for it", e.words)),
            sources=_OFFICE,
            opens=Opens("court"),
        )


def links(of: Sharing) -> Iterator[Entry]:
    """Each link: to whom and why, mailed, opened, answered, ended; and what was done about the answer."""
    numbers = {r.id: r.number for r in of.records}
    responses = choices(AnswerRecordForm, "response")
    outcomes = {code: said for listed in SettleForm.OUTCOMES.values() for code, said, _ in listed}
    by_id = {s.id: s for s in of.shares}
    for s in of.shares:
        whom = joined(s.recipient_name, s.recipient_role)
        number = numbers.get(s.record_id, "")
        what = f"record {number}" if not s.edition_id else f"a copy of record {number}"
        shared: dict[str, Any] = {"kind": "share", "opens": Opens("record", (s.record_id,))}
        over = s.revoked_at or (s.expires_at if clocks.local(s.expires_at).date() < of.words.today else None)
        ended = "was ended" if s.revoked_at else "ended by itself"
        unopened = " Nobody had opened it" if s.opened_at is None else ""
        unsaid = " Nobody had answered" if s.opened_at is not None and s.responded_at is None else ""
        lines = (
            ("made", f"A link to {what} was made for {whom}", s.made_at, of.words.colleague(s.made_by), (("Why they need it", s.why), ("Their e-mail", s.recipient_email)), _OFFICE),
            ("mailed", f"The link to {what} was mailed to {whom}", s.mailed_at, "", (), _OFFICE),
            ("opened", f"{whom} opened {what}", s.opened_at, "", (), _READER),
            ("answered", f"{joined(s.response_name, s.recipient_role)}: {responses.get(s.response, s.response)}", s.responded_at, s.response_name, (("In their words", s.response_reason),), _READER),
            ("ended", f"The link of {whom} to {what} {ended}.{unopened}{unsaid}", over, "", (), _OFFICE),
        )  # fmt: skip
        for key, said, at, who, more, source in lines:
            if at is not None:
                silence = ":silence" if key == "ended" and s.responded_at is None else ""
                yield Entry(
                    id=f"share:{s.id}:{key}{silence}", what=said.rstrip("."), day=clocks.local(at).date(), at=clocks.time_of_day(at), who=who,
                    items=items(*more), sources=source, counts="a named professional told us" if key == "answered" else "", **shared,
                )  # fmt: skip
    for step in of.steps:
        s = by_id.get(step.share_id)
        yield Entry(
            id=f"share-step:{step.id}",
            kind="share",
            what=f"After the answer of {s.recipient_name if s else 'a reader'}: {outcomes.get(step.verdict, step.verdict)}",
            day=clocks.local(step.taken_at).date(),
            at=clocks.time_of_day(step.taken_at),
            who=step.taken_by_name,
            items=items(("Who spoke with whom", step.spoken), ("What came of it", step.note)),
            sources=_OFFICE,
            opens=Opens("record", (s.record_id,)) if s else None,
        )


def said(of: Sharing) -> Iterator[Entry]:
    """What readers added, said is wrong or do not agree with, in their words; and what an officer did with it."""
    kinds = choices(SayForm, "kind")
    done = {code: words for listed in TakenForm.DONE.values() for code, words, _ in listed}
    record_of = {s.id: s.record_id for s in of.shares}
    for w in of.said:
        opens = Opens("said", (record_of.get(w.share_id, ""), w.share_id, w.id))
        yield Entry(
            id=f"said:{w.id}",
            kind="share",
            what=f"A reader says: {kinds[w.kind]}",
            day=clocks.local(w.said_at).date(),
            day_is="told",
            at=clocks.time_of_day(w.said_at),
            who=joined(w.said_by, w.said_by_role),
            how="through the link they were given",
            items=items(("In their words", f"“{w.said}”")),
            counts=_A_READER,
            sources=_READER,
            opens=opens,
        )
        if w.taken_at is not None:
            yield Entry(
                id=f"said:{w.id}:taken",
                kind="share",
                what=f"What {w.said_by} said on {on(clocks.local(w.said_at).date())}: {done.get(w.verdict, 'it was read')}",
                day=clocks.local(w.taken_at).date(),
                at=clocks.time_of_day(w.taken_at),
                who=w.taken_by_name,
                items=items(("What was done", w.note)),
                sources=_OFFICE,
                opens=opens,
            )
