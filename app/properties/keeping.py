"""Writing in the register, a transaction a verb, and reading it: buildings, units, and what is known of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.database import writing
from app.extensions import db
from app.problem import Problem
from app.suitability.casefile.spelling import folded
from forms import property_words as words

from .addresses import code, parted
from .register import RegisterBuilding, RegisterEvidence, RegisterNight, RegisterPhotograph, RegisterUnit

PAGE = 50


class RegisterProblem(Problem):
    """Something cannot be written in the register, in a sentence."""


class Found(NamedTuple):
    """A page of the list: its units, and whether there are more behind it."""

    units: Sequence[RegisterUnit]
    more: bool


# ---- reading


def building(building_id: str) -> RegisterBuilding | None:
    return db.session.get(RegisterBuilding, building_id)


def unit(register_id: str) -> RegisterUnit | None:
    return db.session.get(RegisterUnit, register_id)


def units_of(building_id: str) -> Sequence[RegisterUnit]:
    return db.session.scalars(
        select(RegisterUnit).where(RegisterUnit.building_id == building_id).order_by(RegisterUnit.folded)
    ).all()


def evidence_of(units: Iterable[RegisterUnit], building_ids: Iterable[str] = ()) -> Sequence[RegisterEvidence]:
    """Everything that was written down of units and of their buildings; one query."""
    listed = list(units)
    buildings = {u.building_id for u in listed} | set(building_ids)
    of_them = RegisterEvidence.unit_id.in_([u.id for u in listed]) | RegisterEvidence.unit_id.is_(None)
    return db.session.scalars(
        select(RegisterEvidence).where(RegisterEvidence.building_id.in_(buildings), of_them)
    ).all()


def all_of_building(building_id: str) -> Sequence[RegisterEvidence]:
    return db.session.scalars(select(RegisterEvidence).where(RegisterEvidence.building_id == building_id)).all()


def taken_on(unit_ids: Iterable[str], night: date) -> set[str]:
    """Of these units, those that are taken on a night; by whom is not said."""
    query = select(RegisterNight.unit_id).where(RegisterNight.unit_id.in_(list(unit_ids)), RegisterNight.night == night)
    return set(db.session.scalars(query))


def listed(where: str, state: str, day: date, after: str = "") -> Found:
    """Units of the register, by address and door.

    Args:
        where: the beginning of a postcode, or words of an address or door; empty: all.
        state: ``restricted``, ``overdue``, ``never`` or ``void``; empty: all.
        after: the unit behind which the page begins.
    """
    query = select(RegisterUnit).join(RegisterUnit.building)
    if where.strip():
        words_typed = folded(where)
        query = query.where(
            or_(
                RegisterBuilding.postcode.startswith(code(where), autoescape=True),
                *(
                    column.contains(words_typed, autoescape=True)
                    for column in (RegisterBuilding.folded, RegisterUnit.folded)
                    if words_typed
                ),
                RegisterUnit.council_ref == where.strip(),
            )
        )
    query = _in_state(query, state, day)
    anchor = unit(after) if after else None
    order = (RegisterBuilding.folded, RegisterBuilding.postcode, RegisterUnit.folded, RegisterUnit.id)
    if anchor is not None:
        at = (anchor.building.folded, anchor.building.postcode, anchor.folded, anchor.id)
        behind = [
            (order[n] > at[n]) if n == 0 else _all_same(order[:n], at[:n]) & (order[n] > at[n]) for n in range(len(at))
        ]
        query = query.where(or_(*behind))
    found = db.session.scalars(query.order_by(*order).limit(PAGE + 1)).unique().all()
    return Found(found[:PAGE], len(found) > PAGE)


def _all_same(columns: Sequence[Any], values: Sequence[str]) -> Any:
    same = columns[0] == values[0]
    for column, value in zip(columns[1:], values[1:], strict=True):
        same = same & (column == value)
    return same


def _in_state(query: Select[Any], state: str, day: date) -> Select[Any]:
    """The same questions that ``known`` answers of one unit, asked of all of them by the database."""
    row, later = RegisterEvidence.__table__, RegisterEvidence.__table__.alias("later")
    of_unit = (row.c.unit_id == RegisterUnit.id) | (
        row.c.unit_id.is_(None) & (row.c.building_id == RegisterUnit.building_id)
    )
    stands = ~select(later.c.id).where(later.c.corrects == row.c.id).exists()
    # What lifts it may have been taken back itself: then it holds again.
    undone = RegisterEvidence.__table__.alias("undone")
    lifted = (
        select(later.c.id)
        .where(later.c.lifts == row.c.id, ~select(undone.c.id).where(undone.c.corrects == later.c.id).exists())
        .exists()
    )
    if state in (words.RESTRICTION, words.VOID):
        return query.where(select(row.c.id).where(of_unit, row.c.kind == state, stands, ~lifted).exists())
    seen = (row.c.kind == words.INSPECTION) & row.c.word.in_((words.OFFICER, words.DOCUMENT))
    inspected = select(row.c.id).where(of_unit, seen, stands)
    if state == "never":
        return query.where(~inspected.exists())
    if state == "overdue":  # was there one, and is none of them still in its time
        in_time = inspected.where((row.c.until >= day) | row.c.until.is_(None))
        return query.where(inspected.exists(), ~in_time.exists())
    return query


def matching(address: str, postcode: str, most: int = 20) -> list[RegisterUnit]:
    """Units that an address may be of, the likeliest first: of its postcode, or of a building of the same address.

    The folding is that of every other comparison of addresses; nothing is linked by itself.
    """
    at, whole = parted(address), folded(address)
    wanted = code(postcode)
    by = [RegisterBuilding.folded == at.folded, RegisterBuilding.folded == whole]
    if wanted:
        by.append(RegisterBuilding.postcode == wanted)
    query = select(RegisterUnit).join(RegisterUnit.building).where(or_(*by)).limit(400)
    found = db.session.scalars(query).unique().all()
    door = folded(at.door)

    def likeness(one: RegisterUnit) -> tuple[int, str, str]:
        same_building = one.building.folded in (at.folded, whole)
        same_door = one.folded == door if door else not one.folded
        return (-(2 * same_building + same_door), one.building.folded, one.folded)

    return sorted(found, key=likeness)[:most]


# ---- writing


def add_building(user: Any, values: Mapping[str, str]) -> str:
    """A building, or the one that is there already: twice is once."""
    at = folded(values["address"])
    if not at:
        raise RegisterProblem("Enter an address with letters or figures in it.", "address")
    with writing() as session:
        there = find_building(session, at, code(values.get("postcode", "")))
        if there is not None:
            raise RegisterProblem("This building is in the register already.", "address")
        return make_building(session, user, values).id


def find_building(session: Session, folded_address: str, postcode: str) -> RegisterBuilding | None:
    return session.scalar(
        select(RegisterBuilding).where(RegisterBuilding.folded == folded_address, RegisterBuilding.postcode == postcode)
    )


def make_building(session: Session, user: Any, values: Mapping[str, str]) -> RegisterBuilding:
    """In the caller's transaction."""
    made = RegisterBuilding(
        address=values["address"].strip(), folded=folded(values["address"]), postcode=code(values.get("postcode", "")),
        uprn=values.get("uprn", ""), notes=values.get("notes", ""), added_by=user.id, added_by_name=user.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, "property.added", "register_building", made.id, "", actor=user)
    return made


def add_unit(user: Any, building_id: str, door: str, council_ref: str) -> str:
    """A unit of a building.

    Raises:
        RegisterProblem: the building has a unit behind this door, or another unit has this number.
    """
    try:
        with writing() as session:
            return make_unit(session, user, session.get_one(RegisterBuilding, building_id), door, council_ref).id
    except IntegrityError:
        raise RegisterProblem(
            "The building has a unit behind this door already, or another unit has this number.", "door"
        ) from None


def make_unit(session: Session, user: Any, of: RegisterBuilding, door: str, council_ref: str = "") -> RegisterUnit:
    """In the caller's transaction."""
    made = RegisterUnit(
        building_id=of.id, door=door.strip(), folded=folded(door), council_ref=council_ref.strip() or None,
        added_by=user.id, added_by_name=user.name,
    )  # fmt: skip
    session.add(made)
    session.flush()
    audit.record(session, "property.added", "register_unit", made.id, "", actor=user)
    return made


def add_evidence(
    user: Any, building_id: str, unit_id: str | None, values: Mapping[str, Any], session: Session | None = None
) -> str:
    """Write down one thing that is known, by whose word, of which day.

    Raises:
        RegisterProblem: what it replaces or lifts was replaced or lifted already, or is of another place.
    """
    if session is not None:
        return _evidence(session, user, building_id, unit_id, values)
    try:
        with writing() as session:
            return _evidence(session, user, building_id, unit_id, values)
    except IntegrityError:
        raise RegisterProblem("Somebody dealt with this while you were looking at it.") from None


def _evidence(session: Session, user: Any, building_id: str, unit_id: str | None, values: Mapping[str, Any]) -> str:
    row: RegisterEvidence | None = None
    for about in (values.get("corrects"), values.get("lifts")):
        if about is not None:
            row = session.get(RegisterEvidence, about)
            if row is None or (row.building_id, row.unit_id) != (building_id, unit_id):
                raise RegisterProblem("This is not written down here.")
            if session.scalar(select(RegisterEvidence.id).where(RegisterEvidence.corrects == about)):
                raise RegisterProblem("This was put right or taken back while you were looking at it.")
    if values.get("lifts") and row is not None:
        if row.kind not in words.LIFTABLE:
            raise RegisterProblem("Only a restriction, or that a unit is out of use, can be lifted.")
        lifted = select(RegisterEvidence.id).where(RegisterEvidence.lifts == row.id)
        undone = select(RegisterEvidence.corrects).where(RegisterEvidence.corrects.in_(lifted))
        if session.scalar(lifted.where(RegisterEvidence.id.not_in(undone))):
            raise RegisterProblem("This was lifted while you were looking at it.")
    made = RegisterEvidence(
        building_id=building_id, unit_id=unit_id, **values, noted_by=user.id, noted_by_name=user.name
    )
    session.add(made)
    session.flush()
    detail = {"kind": values["kind"], "word": values["word"]}
    audit.record(session, "property.written", "register_evidence", made.id, "", detail, actor=user)
    return made.id


def row_of(evidence_id: str) -> RegisterEvidence | None:
    return db.session.get(RegisterEvidence, evidence_id)


def add_photograph(
    user: Any, building_id: str, unit_id: str | None, values: Mapping[str, Any], picture: Mapping[str, Any]
) -> str:
    """Write down a photograph: the row that says what it shows, of which day and by whose word, and the picture of it.

    Args:
        picture: made anew: its content, the small one, its size in points, and the hash of its content.
    """
    with writing() as session:
        row = _evidence(session, user, building_id, unit_id, values)
        session.add(RegisterPhotograph(evidence_id=row, **picture))
    return row


def picture_of(row: RegisterEvidence) -> RegisterPhotograph | None:
    """The picture of a row; none where it is no photograph, or was taken back: what should not have been kept is shown to nobody."""
    if db.session.scalar(select(RegisterEvidence.id).where(RegisterEvidence.corrects == row.id)):
        return None
    return db.session.get(RegisterPhotograph, row.id)
