"""Buildings that several families’ cases worry about (P26), as far as one may see those cases: of one that one may not, not even a count.

What the heart says in an assessment is another thing, and stays: there the number of other cases is counted and nothing of them is told.
Source: safeguarding.md section 4, P26: commissioning and the police are told, and every family there is looked at again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, or_, select

from app.accounts.models import User
from app.assessments.models import SavedAnswer
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import begins, local
from app.database import writing
from app.extensions import db
from app.properties.addresses import code, parted
from app.properties.keeping import RegisterProblem
from app.properties.models import Unit
from app.properties.register import RegisterAlert, RegisterBuilding
from app.suitability.checklist.checklist import Checklist

_ASKED = ("CS12", "CS15")


@dataclass(frozen=True, kw_only=True)
class Worry:
    """A case that worries about a building: since when it last said so, about what, and who looks after it."""

    case_id: str
    reference: str
    officer: str
    at: datetime
    about: Sequence[str]

    @property
    def on(self) -> date:
        return local(self.at).date()


@dataclass(frozen=True, kw_only=True)
class Alert:
    """A building and the cases that worry about it, the newest first; ``building_id`` where it is in the register."""

    address: str
    folded: str
    postcode: str
    worries: Sequence[Worry]
    building_id: str

    @property
    def newest(self) -> datetime:
        return self.worries[0].at


def standing(user: Any, on: date) -> list[Alert]:
    """The buildings of which enough cases that a person may see worry within the window, the newest worry first.

    Three queries, however many there are; with nothing to tell, one. What was dealt with stands again when something newer is said.
    """
    checklist = read_folder()
    found = _worries(user, on)
    enough = {
        place: each for place, each in found.items() if len(each[1]) >= checklist.numbers.p26_files
    }  # the number of the rule itself
    return _undealt(enough) if enough else []


def at(user: Any, on: date, case_id: str, unit: Unit) -> list[Worry]:
    """The other cases that a person may see and that worry about the building of a unit within the window, newest first; one query."""
    of = parted(unit.address).folded, code(unit.postcode)
    if not unit.postcode:
        return []
    _, found = _worries(user, on, Unit.postcode.in_({unit.postcode, of[1]})).get(of, ("", {}))
    return sorted((w for w in found.values() if w.case_id != case_id), key=lambda w: w.at, reverse=True)


def _worries(user: Any, on: date, *only: Any) -> dict[tuple[str, str], tuple[str, dict[str, Worry]]]:
    """By building, as it is found and its postcode: what it is called, and the worry of each case that a person may see."""
    where = only or (Unit.postcode != "",)
    checklist = read_folder()
    since = begins(on - timedelta(days=checklist.numbers.p26_window_days))
    query = (
        select(SavedAnswer.case_id, SavedAnswer.criterion, SavedAnswer.value, SavedAnswer.recorded_at, Unit.address, Unit.postcode,
               Case.reference, User.name)
        .join(Unit, Unit.id == SavedAnswer.unit_id)
        .join(Case, Case.id == SavedAnswer.case_id)
        .join(User, User.id == Case.assigned_to)
        .where(or_(*(_worrying(checklist, criterion) for criterion in _ASKED)), SavedAnswer.recorded_at >= since, *where)
        .where(cases.seen_by(user, SavedAnswer.case_id))
        .where(SavedAnswer.id.not_in(select(SavedAnswer.corrects).where(SavedAnswer.corrects.is_not(None))))
        .order_by(SavedAnswer.recorded_at.desc())
    )  # fmt: skip
    found: dict[tuple[str, str], tuple[str, dict[str, Worry]]] = {}
    for case_id, criterion, value, at, address, postcode, reference, officer in db.session.execute(query):
        asked = checklist.criteria[criterion]
        option = asked.options.get(value) if isinstance(value, str) else None
        if option is None or option.means != "worrying":
            continue
        of = parted(address)
        _, worries = found.setdefault((of.folded, code(postcode)), (of.building, {}))
        before = worries.get(case_id)
        about = dict.fromkeys((*(before.about if before else ()), asked.name))
        worries[case_id] = Worry(
            case_id=case_id, reference=reference, officer=officer, at=before.at if before else at, about=tuple(about)
        )
    return found


def _worrying(checklist: Checklist, criterion: str) -> ColumnElement[bool]:
    """An answer that worries, as it is stored: the others of all cases need not be read."""
    options = checklist.criteria[criterion].options
    values = [json.dumps(code) for code, option in options.items() if option.means == "worrying"]
    return and_(SavedAnswer.criterion == criterion, cast(SavedAnswer.value, String).in_(values))


def _undealt(found: dict[tuple[str, str], tuple[str, dict[str, Worry]]]) -> list[Alert]:
    rows = db.session.scalars(select(RegisterBuilding).where(RegisterBuilding.folded.in_({f for f, _ in found})))
    there = {(row.folded, row.postcode): row for row in rows}
    dealt: dict[str, list[RegisterAlert]] = {}
    of = select(RegisterAlert).where(RegisterAlert.building_id.in_({row.id for row in there.values()}))
    for step in db.session.scalars(of):
        dealt.setdefault(step.building_id, []).append(step)
    alerts = []
    for (folded, postcode), (address, worries) in found.items():
        listed = sorted(worries.values(), key=lambda w: w.at, reverse=True)
        row = there.get((folded, postcode))
        steps = dealt.get(row.id, ()) if row is not None else ()
        if any(s.newest >= listed[0].at and worries.keys() <= set(s.cases) for s in steps):
            continue
        alerts.append(
            Alert(
                address=row.address if row is not None else address, folded=folded, postcode=postcode, worries=listed,
                building_id=row.id if row is not None else "",
            )
        )  # fmt: skip
    return sorted(alerts, key=lambda a: a.newest, reverse=True)


def done_of(user: Any, building_id: str) -> list[RegisterAlert]:
    """What was done about a building, newest first: only where one may see every case that it was done for."""
    steps = db.session.scalars(
        select(RegisterAlert).where(RegisterAlert.building_id == building_id).order_by(RegisterAlert.noted_at.desc())
    ).all()
    named = {case_id for step in steps for case_id in step.cases}
    seen = set(db.session.scalars(cases.visible_to(user).with_only_columns(Case.id).where(Case.id.in_(named))))
    return [step for step in steps if seen.issuperset(step.cases)]


def deal_with(user: Any, building_id: str, on: date, said: str) -> None:
    """Write down what was done about a building.

    Raises:
        RegisterProblem: no alert stands any more that this person may see.
    """
    with writing() as session:
        alert = next((a for a in standing(user, on) if a.building_id == building_id), None)
        if alert is None:
            raise RegisterProblem("No alert stands about this building any more: somebody may have dealt with it.")
        made = RegisterAlert(
            building_id=building_id, cases=sorted(w.case_id for w in alert.worries), newest=alert.newest, said=said,
            noted_by=user.id, noted_by_name=user.name,
        )  # fmt: skip
        session.add(made)
        session.flush()
        for worry in alert.worries:
            audit.record(session, "property.alerted", "register_alert", made.id, worry.case_id)
