"""Figures of decisions: what stopped or held a place and where, how long a decision takes, emergencies, conditions that lapsed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, select

from app import clocks
from app.assessments.models import Assessment
from app.checklists import read_folder
from app.clocks.days import months_after
from app.deadlines.models import ENDED, LAPSED, MET, Clock
from app.decisions.models import Decision, DecisionFinding, EmergencyDecision
from app.extensions import db
from app.properties.models import Unit
from app.suitability.casefile.codes import Effect, OpenEffect, Outcome

from .figure import ALL, Counted, Figure, Group, frequent, one_group, tally
from .hiding import LEAST
from .lives import within as of_cases

MONTHS = 12  # so many months back; what is older is no picture of how it is
STOPS, HOLDS = "stops", "holds"
_ARE = {str(Effect.STOP): STOPS, str(Effect.STOP_UNTIL): STOPS, str(OpenEffect.HOLD): HOLDS}
_FOUND = {str(Outcome.NOT_SUITABLE): STOPS, str(Outcome.CANNOT_DECIDE): HOLDS}
_OTHER, _REFUGE = "other", "refuge"


def since(on: date) -> date:
    """The first day that counts: of the month a year back, so that each month is whole but the one that runs."""
    return months_after(on.replace(day=1), 1 - MONTHS)


def month_of(day: date) -> str:
    return day.isoformat()[:7]


def months(on: date) -> dict[str, str]:
    """The months that count, newest first, in words."""
    every = [months_after(since(on), at) for at in reversed(range(MONTHS))]
    return {month_of(day): clocks.month_in_words(day) for day in every}


def _decided(on: date, *columns: Any) -> Any:
    return (
        select(Decision.case_id, Decision.id, *columns)
        .where(Decision.reviewed_at >= clocks.begins(since(on)))
        .order_by(Decision.reviewed_at.desc(), Decision.id)
    )


def kinds(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Decisions by what stopped or held the place, as was written beside their records; one may have several. One query."""
    query = of_cases(_decided(on, DecisionFinding.kind, DecisionFinding.effect), Decision.case_id, within)
    query = query.join(DecisionFinding, DecisionFinding.decision_id == Decision.id)
    for case_id, decision_id, kind, effect in db.session.execute(query):
        yield Counted(case_id, kind, decision_id, _ARE[effect])


def _of_kinds(on: date, rows: Sequence[Counted]) -> list[Group]:
    """Of each kind that there are ten of; one decision may be in several, so that they have no total."""
    checklist = read_folder()
    named = {key: each.name for key, each in checklist.criteria.items()}
    named |= {key: each.name for key, each in checklist.patterns.items()}
    return [
        tally(
            [row for row in rows if row.group != group or row.cell in often],
            group,
            words,
            {key: name for key, name in named.items() if key in often},
            summed=False,
        )
        for group, words in ((STOPS, "What stopped a place"), (HOLDS, "What held a decision up"))
        if (often := frequent(rows, group, LEAST)) is not None
    ]


def building_of(address: str, postcode: str) -> tuple[str, str]:
    """A building’s key and its address: without the room or flat, as the building alert takes it."""
    parts = [" ".join(part.split()) for part in address.split(",")]
    words = ", ".join(parts[1:] if len(parts) > 1 else parts)
    code = "".join(postcode.split()).casefold()
    return hashlib.sha256(f"{words.casefold()}/{code}".encode()).hexdigest()[:16], words


def buildings(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Decisions that a place is not suitable, or that it cannot be decided, by building; a refuge is among the others. One query."""
    query = (
        of_cases(_decided(on, Decision.outcome, Unit.address, Unit.postcode, Unit.kind), Decision.case_id, within)
        .join(Assessment, Assessment.id == Decision.assessment_id)
        .join(Unit, Unit.id == Assessment.unit_id)
        .where(Decision.outcome.in_(_FOUND))
    )
    for case_id, decision_id, outcome, address, postcode, kind in db.session.execute(query):
        key, words = building_of(address, postcode)
        cell = _REFUGE if kind == "refuge" else f"{key}|{words}"
        yield Counted(case_id, cell, decision_id, _FOUND[outcome])


def _of_buildings(on: date, rows: Sequence[Counted]) -> list[Group]:
    """Each building that has ten, by its address; all others together."""
    found = []
    for group, words in ((STOPS, "Not suitable as proposed"), (HOLDS, "Cannot be decided yet")):
        often = [cell for cell in frequent(rows, group, LEAST) if cell != _REFUGE]
        named = {cell: cell.partition("|")[2] for cell in sorted(often, key=lambda cell: cell.partition("|")[2])}
        rest = [row if row.cell in named else row._replace(cell=_OTHER) for row in rows]
        counted = tally(rest, group, words, {**named, _OTHER: "All other buildings together"})
        found.append(counted._replace(cells=[cell._replace(key=cell.key.partition("|")[0]) for cell in counted.cells]))
    return found


def days_to_decide(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Decisions by the month they were made in, each with the days since the assessment was handed in last. One query."""
    query = of_cases(_decided(on, Decision.reviewed_at, Assessment.submitted_at), Decision.case_id, within)
    query = query.join(Assessment, Assessment.id == Decision.assessment_id)
    for case_id, decision_id, decided, submitted in db.session.execute(query):
        day = clocks.local(decided).date()
        took = None if submitted is None else max((day - clocks.local(submitted).date()).days, 0)
        yield Counted(case_id, month_of(day) if took is not None else "unknown", decision_id, days=took)


def _of_days(on: date, rows: Sequence[Counted]) -> list[Group]:
    return [
        tally(
            rows, ALL, "Month of the decision", {**months(on), "unknown": "Not known when it was handed in"}
        )._replace(in_days=True)
    ]


def emergencies(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Emergency decisions of a year, by month and by what a safeguarding lead said of them. One query."""
    query = select(
        EmergencyDecision.case_id, EmergencyDecision.id, EmergencyDecision.taken_at, EmergencyDecision.verdict
    ).where(EmergencyDecision.taken_at >= clocks.begins(since(on)))
    for case_id, key, taken_at, verdict in db.session.execute(of_cases(query, EmergencyDecision.case_id, within)):
        yield Counted(case_id, month_of(clocks.local(taken_at).date()), key, "month")
        yield Counted(case_id, verdict or "waits", key, "verdict")


def _of_emergencies(on: date, rows: Sequence[Counted]) -> list[Group]:
    became = {
        "ratified": "A lead ratified it",
        "escalated": "A lead said no: the family is to be moved",
        "waits": "No lead has looked at it yet",
    }
    return [
        tally(rows, "month", "Month", months(on)),
        tally(rows, "verdict", "What became of them", became),
    ]


def conditions(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Conditions of the decisions of a year, as the dates of their cases stand. One query."""
    query = select(Clock.case_id, Clock.id, Clock.state, Clock.due).where(
        Clock.kind == "condition", Clock.state != ENDED, Clock.began >= since(on)
    )
    for case_id, key, state, due in db.session.execute(of_cases(query, Clock.case_id, within)):
        lapsed = state == LAPSED or (state != MET and due is not None and due < on)
        yield Counted(case_id, MET if state == MET else LAPSED if lapsed else "running" if due else "no_day", key)


FIGURES = (
    Figure(
        key="kinds",
        title="Stops and holds by kind",
        counts="decisions",
        says="What stopped a place, or held a decision up, in the records of the last twelve months. A decision with several counts in each, so that there is no total. "
        "Only what there are ten of has a row.",
        unknown="Places that were never handed in for a decision are not in it. Any kind without a row: fewer than ten, or none.",
        rows=kinds,
        groups=_of_kinds,
    ),
    Figure(
        key="buildings",
        title="Stops and holds by building",
        counts="decisions",
        says="Decisions of the last twelve months that a place is not suitable as proposed, or that it cannot be decided yet, by building. "
        "A building without ten, and every refuge, is among the others.",
        unknown="A building is a postcode and an address without its flat or room, as somebody typed it: typed in two ways it is two.",
        rows=buildings,
        groups=_of_buildings,
    ),
    Figure(
        key="days",
        title="Days from handing in to the decision",
        counts="decisions",
        says="Of the decisions of each month, the days since the assessment was handed in: a quarter took no longer than the first, half no longer than the second, "
        "three quarters no longer than the third.",
        unknown="Days are those of the calendar. What was returned counts from when it was handed in last. What still waits is not in it.",
        rows=days_to_decide,
        groups=_of_days,
    ),
    Figure(
        key="emergencies",
        title="Emergency decisions",
        counts="emergency decisions",
        says="How often “nothing else tonight” was decided in the last twelve months, and what a safeguarding lead said of it.",
        unknown="Nights on which a place was used without anybody writing an emergency decision are not known here.",
        rows=emergencies,
        groups=_of_emergencies,
    ),
    Figure(
        key="conditions",
        title="Conditions of decisions",
        counts="conditions",
        says="Conditions of the decisions of the last twelve months. A condition has lapsed when its day went by and nobody wrote down that they saw it met.",
        unknown="A condition that was met and that nobody saw counts as lapsed: what is not seen is not known.",
        rows=conditions,
        groups=one_group(
            "How they stand",
            {
                MET: "Seen to be met",
                "running": "Its day is to come",
                LAPSED: "Lapsed: its day went by",
                "no_day": "No day is named",
            },
        ),
    ),
)
