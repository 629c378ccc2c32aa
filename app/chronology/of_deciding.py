"""Decisions, emergencies for a night, and everything that was written down after them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from app import clocks
from app.suitability.casefile import wording
from forms.decisions import RatifyForm, ReviewForm

from .entry import Entry, Item, Opens, Words, items, joined, on

_OFFICE = frozenset({"office"})
# What was written down after a decision; what a condition of it says is the line itself.
_STEPS = {
    "condition": "Another day was set for a condition",
    "met": "A condition was seen to be met",
    "correction": "Somebody says that the record is wrong",
    "signed": "A second person agrees that the record was wrong",
    "refused": "A second person does not agree that the record is wrong",
    "withdrawn": "The decision was withdrawn",
    "move": "The family has to be moved",
    "moved": "The family was moved",
}


def choices(form: Any, box: str) -> dict[str, str]:
    """What each choice of a box of a form is called."""
    return {item[0]: item[1] for item in getattr(form, box).args[1]}


class Deciding(NamedTuple):
    """``numbers`` are those of records by identifier, ``first_issues`` the records that were issued anew, by the new one."""

    decisions: Sequence[Any]
    steps: Sequence[Any]
    emergencies: Sequence[Any]
    moves: Mapping[str, Any]
    records: Sequence[Any]
    unit_of: Mapping[str, str]  # of an assessment
    place: Callable[[str | None], str]
    words: Words


def decisions(of: Deciding) -> Iterator[Entry]:
    """Each decision, each issue of its record, and each step after it."""
    numbers = {r.id: r.number for r in of.records}
    verdicts = choices(ReviewForm, "verdict")
    records = {d.id: d.record_id for d in of.decisions}
    for d in of.decisions:
        worse = joined(wording.OUTCOME.get(d.worse_outcome, ""), d.worse_reason)
        yield Entry(
            id=f"decision:{d.id}",
            kind="decision",
            what=f"Decided: {wording.OUTCOME[d.outcome]}. {of.place(of.unit_of.get(d.assessment_id))}",
            day=clocks.local(d.reviewed_at).date(),
            at=clocks.time_of_day(d.reviewed_at),
            who=joined(of.words.colleague(d.reviewer), "safeguarding lead"),
            items=(
                *items(
                    ("What the lead decided", verdicts.get(d.verdict, d.verdict).rstrip(" …")),
                    ("In their words", d.note),
                    ("What they judge it to be", worse),
                ),
                *(
                    Item(label="A condition of the lead", said=joined(c.get("what", ""), c.get("owner", ""), clocks.text_in_words(c.get("due", ""))),
                         more=tuple(filter(None, [f"How it will be seen: {c['seen']}" if c.get("seen") else ""])))
                    for c in d.conditions
                ),
                Item(label="Record", said=numbers.get(d.record_id, "")),
            ),
            sources=_OFFICE,
            opens=Opens("record", (d.record_id,)),
        )  # fmt: skip
    for r in of.records:
        yield Entry(
            id=f"record:{r.id}",
            kind="decision",
            what=f"Record {r.number} was issued{' anew, with what happened since' if r.reissue_of else ''}",
            day=clocks.local(r.issued_at).date(),
            at=clocks.time_of_day(r.issued_at),
            sources=_OFFICE,
            opens=Opens("record", (r.id,)),
        )
    for s in of.steps:
        yield from _step(s, of, numbers.get(records.get(s.decision_id, ""), ""), records.get(s.decision_id, ""))


def _step(s: Any, of: Deciding, number: str, record_id: str) -> Iterator[Entry]:
    is_new = s.kind == "condition" and not s.about
    who = joined(s.taken_by_name, wording.ROLE.get(s.taken_by_role, s.taken_by_role))
    shared: dict[str, Any] = {"kind": "plan" if s.kind in ("condition", "met") else "decision", "sources": _OFFICE,
                              "opens": Opens("record", (record_id,))}  # fmt: skip
    seen = ("Whose it is" if s.kind == "condition" else "Who saw it", s.seen_by)
    yield Entry(
        id=f"step:{s.id}",
        what=f"{'A condition was set' if is_new else _STEPS[s.kind]}, record {number}",
        day=clocks.local(s.taken_at).date(),
        at=clocks.time_of_day(s.taken_at),
        who=who,
        items=items(
            ("What", s.said),
            ("What should stand instead", s.instead),
            seen,
            ("Seen on", clocks.in_words(s.seen_on)),
            ("To be done by", clocks.in_words(s.due)),
        ),
        **shared,
    )
    if s.due:
        met = any(other.kind == "met" and other.about == s.id for other in of.steps)
        late = (
            s.kind == "condition" and not met and s.due < of.words.today and not any(o.about == s.id for o in of.steps)
        )
        yield Entry(
            id=f"step:{s.id}:due{':silence' if late else ''}",
            what=f"{'A condition was due and nobody has seen it met' if late else 'A condition is due' if s.kind == 'condition' else 'This is due'}, record {number}",
            day=s.due,
            day_is="due",
            items=items(("What", s.said)),
            **shared,
        )
    if s.seen_on and s.seen_on != clocks.local(s.taken_at).date():
        yield Entry(
            id=f"step:{s.id}:seen", what=f"{_STEPS[s.kind]}, record {number}", day=s.seen_on, who=s.seen_by,
            told=clocks.local(s.taken_at).date(), items=items(("What", s.said)), **shared,
        )  # fmt: skip


def emergencies(of: Deciding) -> Iterator[Entry]:
    """Nothing else tonight: the decision of a senior officer, what a lead said of it, and where the family was moved."""
    verdicts = choices(RatifyForm, "verdict")
    for e in of.emergencies:
        shared: dict[str, Any] = {"kind": "decision", "sources": _OFFICE, "opens": Opens("result", (e.assessment_id,))}
        where = of.place(of.unit_of.get(e.assessment_id))
        yield Entry(
            id=f"emergency:{e.id}",
            what=f"Emergency decision for {e.nights} {'night' if e.nights == 1 else 'nights'} from {on(e.first_night)}: {where}",
            day=clocks.local(e.taken_at).date(),
            at=clocks.time_of_day(e.taken_at),
            who=joined(e.taken_by_name, "senior officer"),
            items=items(
                ("What it was by the rules", wording.OUTCOME.get(e.outcome, "")),
                ("What was tried", e.tried),
                ("Why", e.why),
                ("What makes it safe tonight", e.safe_tonight),
                ("Who saw the place", e.seen_by),
                ("Who was told", e.told),
                ("A lead looks at it by", clocks.in_words(e.review_by)),
            ),
            **shared,
        )
        if e.verdict:
            yield Entry(
                id=f"emergency:{e.id}:verdict",
                what=f"The emergency decision of {on(clocks.local(e.taken_at).date())}: {verdicts.get(e.verdict, e.verdict)}",
                day=clocks.local(e.ratified_at).date() if e.ratified_at else None,
                at=clocks.time_of_day(e.ratified_at) if e.ratified_at else "",
                who=joined(e.ratified_by_name, "safeguarding lead"),
                items=items(("In their words", e.ratified_note)),
                **shared,
            )
        elif e.review_by < of.words.today:
            yield Entry(
                id=f"emergency:{e.id}:silence", what="No lead has looked at the emergency decision", day=e.review_by, day_is="due", **shared,
            )  # fmt: skip
        move = of.moves.get(e.id)
        if move is not None:
            yield Entry(
                id=f"emergency:{e.id}:moved",
                what="The family was moved",
                day=move.on,
                told=clocks.local(move.written_at).date(),
                who=move.written_by_name,
                items=items(("In their words", move.said)),
                **shared,
            )
