"""Places that were looked at, proposed and assessed, and what was planned and accepted about them. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.assessments.models import Assessment
from app.checklists import name_of
from app.decisions.again import BECAUSE
from app.decisions.unit_words import lines_beside, lines_of, pounds
from app.decisions.whereabouts import ways_in_words
from app.suitability.casefile import wording
from app.suitability.casefile.history import Journey
from app.suitability.casefile.household import Household, Placement
from app.suitability.casefile.values import in_sentence

from .entry import Entry, Item, Opens, Words, counted, from_grade, items, joined, written

_DONE = {
    "assessment.returned": ("Returned by the safeguarding lead, who names what to ask", "returned_note"),
    "assessment.taken_back": ("Taken back by the officer", "taken_back_note"),
    "assessment.withdrawn": ("The proposal was withdrawn", ""),
}
_OFFICE = frozenset({"office"})


class Done(NamedTuple):
    """Something that the audit alone keeps with its moment: what, of which assessment, when, by whom, and what was written."""

    action: str
    of: str
    at: Any
    by: str
    note: str


class Placing(NamedTuple):
    """The assessments of a case and what hangs on their places; ``placed`` is each with its place as plain data, by identifier."""

    assessments: Sequence[Any]
    placed: Mapping[str, Placement]
    home: Household
    place: Callable[[str | None], str]
    done: Sequence[Done]
    district: Callable[[str], str]
    words: Words


def assessments(of: Placing) -> Iterator[Entry]:
    """Each placement as it is proposed, handed in, returned, taken back or withdrawn."""
    by_id = {a.id: a for a in of.assessments}
    noted = {(d.of, d.action) for d in of.done}
    for a in of.assessments:
        yield _proposed(a, of)
        if a.submitted_at:
            yield _handed_in(a, of)
        for action, (what, note) in _DONE.items():
            said = getattr(a, note) if note else ""
            if said and (a.id, action) not in noted:
                yield _step(a, of, f"{what}: {of.place(a.unit_id)}", said, None, "")
    for d in of.done:
        if d.of in by_id and d.action in _DONE:
            a = by_id[d.of]
            yield _step(a, of, f"{_DONE[d.action][0]}: {of.place(a.unit_id)}", d.note, d.at, d.by)


def _step(a: Assessment, of: Placing, what: str, said: str, at: Any, by: str) -> Entry:
    return Entry(
        id=f"{what}:{a.id}:{at}",
        kind="placing",
        what=what,
        day=clocks.local(at).date() if at else None,
        at=clocks.time_of_day(at) if at else "",
        who=by,
        items=items(("In their words", said)),
        sources=_OFFICE,
        opens=Opens("assessment", (a.id,)),
    )


def _proposed(a: Assessment, of: Placing) -> Entry:
    again = BECAUSE.get(a.again_because, "")
    placement = of.placed.get(a.id)
    facts: list[Item] = []
    if placement is not None:
        facts += [Item(label=line) for line in lines_of(placement, of.home)]
        facts += [
            Item(label=door, said=line) for door, lines in lines_beside(placement, of.home).items() for line in lines
        ]
    ways = ways_in_words([Journey.model_validate(j) for j in a.journeys], of.words.people)
    district = joined(
        of.district(a.authority or ""), f"how that is known: {a.authority_how}" if a.authority_how else ""
    )
    more = items(
        ("Assessed again", joined(again, a.again_note)),
        ("The district, as somebody confirmed it", district if a.authority else ""),
        *(("A way that was checked", way) for way in ways),
    )
    relied = (
        (Item(label="The officer ticked that the family’s impression was relied on"),) if a.impression_relied_on else ()
    )
    return Entry(
        id=f"assessment:{a.id}",
        kind="placing",
        what=f"{'Assessed again' if a.follows else 'Proposed'}: {of.place(a.unit_id)}",
        day=clocks.local(a.created_at).date(),
        at=clocks.time_of_day(a.created_at),
        who=of.words.colleague(a.created_by),
        items=(*facts, *more, *relied),
        sources=_OFFICE,
        opens=Opens("assessment", (a.id,)),
    )


def _handed_in(a: Assessment, of: Placing) -> Entry:
    worse = wording.OUTCOME.get(a.worse_outcome, "")
    return Entry(
        id=f"submitted:{a.id}",
        kind="placing",
        what=f"Handed in for review: {of.place(a.unit_id)}",
        day=clocks.local(a.submitted_at).date() if a.submitted_at else None,
        at=clocks.time_of_day(a.submitted_at) if a.submitted_at else "",
        about=tuple(a.reasons),
        people=frozenset(a.reasons),
        who=of.words.colleague(a.submitted_by),
        items=items(
            *((f"What it means for {of.words.of(key)}", said) for key, said in a.reasons.items()),
            ("The officer judges it worse", joined(worse, a.worse_reason)),
        ),
        sources=_OFFICE,
        opens=Opens("result", (a.id,)),
    )


def considered(listed: Sequence[Any]) -> Iterator[Entry]:
    """The search log: each place that was looked at, and what was struck out."""
    for p in listed:
        struck = joined(p.struck_by_name, clocks.moment_in_words(p.struck_at), p.struck_because)
        yield Entry(
            id=f"considered:{p.id}",
            kind="placing",
            what=f"Looked at: {p.place}. {wording.CAME_OF_PLACE[p.came]}",
            day=p.on,
            who=p.told_by,
            items=(
                *items(
                    ("Why", p.because),
                    ("Size", p.size),
                    ("A night costs", pounds(p.nightly_cost_pence) if p.nightly_cost_pence is not None else ""),
                    ("District", wording.DISTRICT.get(p.district, "")),
                ),
                *([Item(label="Struck out, it does not count", said=struck)] if p.struck_at else []),
            ),
            sources=frozenset({"office" if not p.told_by else "nobody"}),
            written=written(p.written_by_name, clocks.moment_in_words(p.written_at)),
            opens=Opens("considered"),
        )


# ---- plans and acceptances


class Planned(NamedTuple):
    """Plans, acceptances and reasoned answers; ``shown`` is the assessment in which those of a place can be opened."""

    plans: Sequence[Any]
    acceptances: Sequence[Any]
    patterns: Sequence[Any]
    place: Callable[[str | None], str]
    shown: Callable[[str | None], str]
    words: Words

    def about(self, row: Any) -> dict[str, Any]:
        """Whom it is about, and where it can be opened."""
        keys = (row.subject,) if row.subject in self.words.people else ()
        return {
            "about": keys,
            "people": frozenset(keys),
            "opens": Opens("result", (self.shown(row.unit_id),)),
            "kind": "plan",
        }


def plans(of: Planned) -> Iterator[Entry]:
    """A plan when it is made, and a line for each day on it: accepted, agreed to, due, in place, seen."""
    for p in of.plans:
        question, where = name_of(p.criterion), of.place(p.unit_id)
        whose = joined(p.owner_name, p.owner_role, p.owner_agency) or "nobody named"
        about, owner = of.about(p), Item(label="Whose it is to do", said=whose)
        plan = Item(label="The plan", said=p.what)
        made = clocks.local(p.recorded_at).date()
        by = joined(p.agreed_by_name, wording.ROLE.get(p.agreed_by_role, ""))
        seen_as = counted(p.seen_grade) if p.seen_grade else ""
        lines: list[tuple[str, str, date | None, dict[str, Any]]] = [
            ("made", f"A plan was written down, at {where}", made, {
                "who": of.words.colleague(p.recorded_by), "items": (plan, owner), "sources": _OFFICE, "at": clocks.time_of_day(p.recorded_at)}),
            ("accepted", "Whose plan it is to do accepted it", p.owner_accepted, {"who": whose, "items": (plan,), "sources": _OFFICE}),
            ("agreed", "A plan was agreed to in writing", p.agreed_on, {"who": by, "items": (plan, *items(("In their words", p.agreed_note))), "sources": _OFFICE}),
            ("due", "A plan is to be done by this day", p.due, {"who": whose, "items": (plan,), "day_is": "due", "sources": _OFFICE}),
            ("place", "A plan is in place, as it was written down", p.in_place, {"who": whose, "items": (plan,), "sources": _OFFICE}),
            ("seen", "A plan was seen to be in place", p.seen_on or (made if p.seen_by else None), {
                "who": p.seen_by, "items": (plan,), "counts": seen_as, "sources": frozenset({from_grade(p.seen_grade or "E0")})}),
        ]  # fmt: skip
        for step, what, day, more in lines:
            if day is not None:
                yield Entry(
                    id=f"plan:{p.id}:{step}",
                    what=f"{what}, about “{in_sentence(question)}”",
                    day=day,
                    **{**about, **more},
                )


def acceptances(of: Planned) -> Iterator[Entry]:
    """What was accepted in writing, and when it is looked at again."""
    for a in of.acceptances:
        question = in_sentence(name_of(a.criterion))
        who = joined(a.by_name, wording.ROLE.get(a.by_role, a.by_role))
        yield Entry(
            id=f"acceptance:{a.id}",
            what=f"Accepted in writing, at {of.place(a.unit_id)}: “{question}”",
            day=a.on,
            who=who,
            items=items(
                ("Why", a.reason),
                ("What the lead professional says", a.lead_professional_view),
                ("To be looked at again on", clocks.in_words(a.review_on)),
            ),
            sources=_OFFICE,
            **of.about(a),
        )
        if a.review_on:
            yield Entry(
                id=f"acceptance:{a.id}:review", what=f"What was accepted is looked at again: “{question}”", day=a.review_on,
                day_is="due", who=who, sources=_OFFICE, **of.about(a),
            )  # fmt: skip


def patterns(of: Planned) -> Iterator[Entry]:
    """What somebody considered when several things together made a prompt."""
    for p in of.patterns:
        yield Entry(
            id=f"pattern:{p.id}",
            what=f"Considered, at {of.place(p.unit_id)}: “{in_sentence(name_of(p.pattern))}”",
            day=p.on,
            who=p.by_name,
            items=items(("Because", p.reason)),
            sources=_OFFICE,
            **of.about(p),
        )
