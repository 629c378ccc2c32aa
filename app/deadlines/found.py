"""Which dates a case has to keep, worked out of what it holds: one list, whatever table each comes from. Read only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import select

from app.accounts.models import User
from app.assessments.models import DECIDED, Assessment, SavedAcceptance, SavedMitigation
from app.cases import parts
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import table
from app.clocks.silence import Climbed
from app.clocks.table import Kind, Table
from app.decisions.models import Decision, DecisionStep, EmergencyDecision
from app.extensions import db
from app.letters import placed
from app.letters.placed import Known
from app.lives import leaving
from app.lives.models import LifeStep
from app.sharing import answers
from app.sharing.answers import Open
from app.suitability.casefile.household import Household

from .models import ClockStep


class Found(NamedTuple):
    """One date. ``due`` is its last day; ``still`` that it stands still by its own rule; ``met_by`` in words, where it is met.

    ``said`` is what a page says beside it; ``next`` is the step to take: where (an endpoint and its arguments) and its words.
    ``owner`` outranks that of the table; ``keeps`` says that a day that has gone by stays, though nothing names it any more.
    """

    kind: str
    subject: str
    about: str
    began: date | None
    due: date | None
    met_on: date | None = None
    met_by: str = ""
    still: bool = False
    said: str = ""
    next: tuple[str, Mapping[str, Any], str] | None = None
    owner: str = ""
    keeps: bool = False
    steps: Sequence[Climbed] = ()

    @property
    def is_met(self) -> bool:
        return bool(self.met_by)


class Holds(NamedTuple):
    """What one case holds that bears on its dates, read once."""

    case: Case
    household: Household | None
    on: date
    table: Table
    numbers: Any
    known: Known
    place: Assessment | None
    decisions: Sequence[Decision]
    decision_steps: Mapping[str, Sequence[DecisionStep]]
    emergencies: Sequence[EmergencyDecision]
    plans: Sequence[SavedMitigation]
    acceptances: Sequence[SavedAcceptance]
    unsettled: Sequence[Open]
    written: Sequence[ClockStep]
    officer_is_here: bool
    lives: Sequence[LifeStep] = ()

    def kind(self, code: str) -> Kind:
        return self.table.kinds[code]

    def ends(self, code: str, begun: date) -> date | None:
        return self.kind(code).ends(begun, self.numbers)

    @property
    def decided(self) -> set[str]:
        return {d.assessment_id for d in self.decisions}


def read(case: Case, on: date) -> Holds:
    """Everything that bears on the dates of a case: as many queries however much of each there is."""
    known = placed.read(case.id)
    parts.read(case)

    def of(model: Any, *order: Any) -> list[Any]:
        return list(db.session.scalars(select(model).where(model.case_id == case.id).order_by(*order)).unique())

    steps: dict[str, list[DecisionStep]] = {}
    for step in of(DecisionStep, DecisionStep.taken_at, DecisionStep.number, DecisionStep.id):
        steps.setdefault(step.decision_id, []).append(step)
    officer = db.session.get(User, case.assigned_to)
    return Holds(
        case=case,
        household=household_of(case) if case.members else None,
        on=on,
        table=table.read(),
        numbers=read_folder().numbers_on(on, {}),
        known=known,
        place=known.placement(case.id),
        decisions=of(Decision, Decision.reviewed_at),
        decision_steps=steps,
        emergencies=of(EmergencyDecision, EmergencyDecision.taken_at),
        plans=of(SavedMitigation, SavedMitigation.recorded_at, SavedMitigation.id),
        acceptances=of(SavedAcceptance, SavedAcceptance.recorded_at, SavedAcceptance.id),
        unsettled=answers.unsettled([case.id]).get(case.id, []),
        written=of(ClockStep, ClockStep.at, ClockStep.id),
        officer_is_here=officer is not None and officer.active,
        lives=of(LifeStep, LifeStep.recorded_at, LifeStep.id),
    )


def lives_in(holds: Holds) -> Assessment | None:
    """Where the family is, as far as the case says: the newest placement whose first night has come, and that was not withdrawn."""
    listed = holds.known.assessments.get(holds.case.id, ())
    left = leaving.of(holds.lives)
    there = [
        a
        for a in listed
        if a.state != "withdrawn" and a.starts is not None and a.starts <= holds.on and a.id not in left
    ]
    return max(there, key=lambda a: (a.starts or date.min, a.created_at), default=None)


def decided_place(holds: Holds) -> Assessment | None:
    """The newest placement that was decided: what was promised of it is to be kept."""
    listed = holds.known.assessments.get(holds.case.id, ())
    return next((a for a in listed if a.state == DECIDED), None)


def of_case(holds: Holds) -> Iterator[Found]:
    """Every date of a case, met ones too."""
    from . import by_hand, decided, people, place  # noqa: PLC0415 - each reads what is above

    for source in (place, decided, people, by_hand):
        yield from source.found(holds)
