"""Where each family is on a day, for all of them at once: the same place that the dates of a case go by."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, func, or_, select

from app.assessments.models import WITHDRAWN, Assessment
from app.deadlines.models import OPEN, Clock
from app.deadlines.place import IN_NONE_NOW, NOT_KNOWN_IN_LAW
from app.decisions.models import Decision, EmergencyDecision
from app.extensions import db
from app.properties.models import Unit, UnitBeside


class Place(NamedTuple):
    """What is asked of a place: its unit as a row, the district somebody confirmed, and whether anything in it is shared."""

    unit: Any
    authority: str | None
    shared: bool | None


def within(query: Any, column: Any, cases: Select[str] | None) -> Any:
    """A query, of some cases alone where some are given."""
    return query if cases is None else query.where(column.in_(cases))


def bed_and_breakfast(cases: Select[str] | None) -> Mapping[str, Row[Any]]:
    """By case, the clock of six weeks of those who are in bed and breakfast now, or perhaps are: as the dates of the case count it."""
    query = select(Clock.case_id, Clock.due, Clock.about).where(
        Clock.kind == "bed_and_breakfast", Clock.state.in_(OPEN), Clock.about != IN_NONE_NOW
    )
    return {row.case_id: row for row in db.session.execute(within(query, Clock.case_id, cases))}


def is_in_doubt(clock: Row[Any]) -> bool:
    return bool(clock.about == NOT_KNOWN_IN_LAW)


def of_all(on: date, cases: Select[str] | None) -> dict[str, Place]:
    """By case, the place where the family is: two queries.

    The newest placement that was not withdrawn and whose first night has come; of a place that nobody decided, nor took as an emergency, only
    once its first night has gone by. The same as ``deadlines.found.lives_in`` with what ``deadlines.place`` asks of it; a test holds them equal.
    """
    first = (
        func.row_number()
        .over(partition_by=Assessment.case_id, order_by=(Assessment.starts.desc(), Assessment.created_at.desc()))
        .label("nth")
    )
    begun = select(Assessment.id, first).where(Assessment.state != WITHDRAWN, Assessment.starts <= on).subquery()
    given = or_(
        Assessment.starts < on,
        Assessment.id.in_(select(Decision.assessment_id)),
        Assessment.id.in_(select(EmergencyDecision.assessment_id)),
    )
    query = (
        select(
            Assessment.case_id, Assessment.authority.label("confirmed"), Unit.id, Unit.postcode, Unit.easting, Unit.northing, Unit.radius_m,
            Unit.precision, Unit.placed_by, Unit.several, Unit.shares,
        )
        .join(begun, begun.c.id == Assessment.id)
        .join(Unit, Unit.id == Assessment.unit_id)
        .where(begun.c.nth == 1, given)
    )  # fmt: skip
    rows = db.session.execute(within(query, Assessment.case_id, cases)).all()
    beside: dict[str, list[Any]] = {}
    further = select(UnitBeside.first_id, Unit.shares).join(Unit, Unit.id == UnitBeside.unit_id)
    for row in db.session.execute(further):
        beside.setdefault(row.first_id, []).append(row.shares)
    return {
        row.case_id: Place(row, row.confirmed, _shares([row.shares, *(beside.get(row.id, ()) if row.several else ())]))
        for row in rows
    }


def _shares(listed: list[Any]) -> bool | None:
    """Is anything shared with another household, in any of the units? None where nobody knows and nothing else says so."""
    if any(listed):
        return True
    return None if any(shares is None for shares in listed) else False
