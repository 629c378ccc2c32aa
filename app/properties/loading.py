"""What a file of units would change in the register, and changing it: the whole of it in one transaction, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.clocks import in_words
from app.database import new_id, now, writing
from app.extensions import db
from app.suitability.casefile.spelling import folded
from forms import property_words as words

from .from_file import Read, Row, Wrong
from .known import whose
from .register import RegisterBuilding, RegisterEvidence, RegisterUnit

_BATCH = 2_000


@dataclass(kw_only=True)
class Plan:
    """What would be done: rows by what becomes of them, and where the register holds something else by another word."""

    buildings: dict[tuple[str, str], Row] = field(default_factory=dict)
    added: list[Row] = field(default_factory=list)
    changed: list[tuple[str, Row, Mapping[str, Any]]] = field(default_factory=list)
    same: int = 0
    wrong: list[Wrong] = field(default_factory=list)
    differs: list[str] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {
            "buildings": len(self.buildings), "added": len(self.added), "changed": len(self.changed), "same": self.same,
            "wrong": len(self.wrong), "differs": len(self.differs),
        }  # fmt: skip


class _There:
    """The register as it is: five queries, however large the file."""

    def __init__(self, session: Session) -> None:
        buildings = session.execute(select(RegisterBuilding.id, RegisterBuilding.folded, RegisterBuilding.postcode))
        self.buildings = {(row.folded, row.postcode): row.id for row in buildings}
        of = {ident: place for place, ident in self.buildings.items()}
        units = session.execute(
            select(RegisterUnit.id, RegisterUnit.building_id, RegisterUnit.folded, RegisterUnit.council_ref)
        ).all()
        self.units = {(*of[row.building_id], row.folded): row.id for row in units}
        self.by_ref = {row.council_ref: row.id for row in units if row.council_ref}
        self.refs = {row.id: row.council_ref for row in units}
        self.facts: dict[str, dict[str, dict[str, RegisterEvidence]]] = {}
        replaced = select(RegisterEvidence.corrects).where(RegisterEvidence.corrects.is_not(None))
        newest = (
            select(RegisterEvidence)
            .where(RegisterEvidence.kind == words.FACTS, RegisterEvidence.id.not_in(replaced))
            .order_by(RegisterEvidence.on, RegisterEvidence.noted_at)
        )
        for row in session.scalars(newest):
            for name in row.facts or {}:
                self.facts.setdefault(row.unit_id or "", {}).setdefault(row.word, {})[name] = row


def planned(session: Session, read: Read) -> Plan:
    """What would become of each row."""
    there, plan = _There(session), Plan(wrong=list(read.wrong))
    for row in read.rows:
        unit_id = there.units.get(row.place)
        by_ref = there.by_ref.get(row.ref) if row.ref else None
        if by_ref is not None and by_ref != unit_id:
            said = f"“{row.ref}” is another unit in the register. Which of the two is right?"
            plan.wrong.append(Wrong(line=row.line, column="ref", sentence=said))
        elif unit_id is not None and row.ref and there.refs[unit_id] not in (None, row.ref):
            said = f"This unit is “{there.refs[unit_id]}” in the register, and “{row.ref}” here. Which is right?"
            plan.wrong.append(Wrong(line=row.line, column="ref", sentence=said))
        elif unit_id is None:
            if row.place[:2] not in there.buildings:
                plan.buildings.setdefault(row.place[:2], row)
            plan.added.append(row)
        else:
            _held_against(plan, row, unit_id, there.facts.get(unit_id, {}))
    plan.wrong.sort(key=lambda w: w.line)
    return plan


def _held_against(plan: Plan, row: Row, unit_id: str, known: Mapping[str, Mapping[str, RegisterEvidence]]) -> None:
    """What the file says anew of a unit; and what another word says otherwise, which stays."""
    before = {name: (held.facts or {})[name] for name, held in known.get(words.SYSTEM, {}).items()}
    anew = {name: value for name, value in row.facts.items() if before.get(name) != value or name not in before}
    if anew:
        plan.changed.append((unit_id, row, anew))
    else:
        plan.same += 1
    for word, facts in known.items():
        for name, held in facts.items() if word != words.SYSTEM else ():
            value = (held.facts or {})[name]
            if name in row.facts and row.facts[name] != value:
                plan.differs.append(
                    f"Line {row.line:,}: the file says {words.FACT[name].casefold()}: {words.of_fact(name, row.facts[name])}. "
                    f"{whose(held)}, {in_words(held.on)}: {words.of_fact(name, value)}. Both are kept."
                )


def look(read: Read) -> Plan:
    """What a file would change; nothing is written."""
    return planned(db.session, read)


def load(
    user: Any, read: Read, day: date, source: str, without_bad_rows: bool, only_if: Mapping[str, int] | None = None
) -> Plan:
    """Write a file into the register, all of it or nothing.

    Args:
        day: of which the file is; source: what the file is called wherever its word stands.
        without_bad_rows: leave out the rows that cannot be taken. Otherwise one of them, and nothing is written; the plan says which.
        only_if: the counts that somebody was shown: where they would be others now, nothing is written.
    """
    with writing() as session:
        plan = planned(session, read)
        if (plan.wrong and not without_bad_rows) or (only_if is not None and plan.counts() != dict(only_if)):
            return plan
        _write(session, user, plan, day, source)
        audit.record(session, "property.imported", "register_unit", "", "", plan.counts(), actor=user)
    return plan


def _write(session: Session, user: Any, plan: Plan, day: date, source: str) -> None:
    moment = now()
    by = {"added_by": user.id, "added_by_name": user.name, "added_at": moment}
    buildings = {
        (row.folded, row.postcode): row.id
        for row in session.execute(select(RegisterBuilding.id, RegisterBuilding.folded, RegisterBuilding.postcode))
    }
    made: list[dict[str, Any]] = []
    for place, row in plan.buildings.items():
        buildings[place] = new_id()
        made.append(
            {
                "id": buildings[place],
                "address": row.address,
                "folded": place[0],
                "postcode": place[1],
                "uprn": "" if row.door else row.uprn,
                "notes": "",
                **by,
            }
        )
    _insert(session, RegisterBuilding, made)
    units, evidence = list[dict[str, Any]](), list[dict[str, Any]]()

    def say(building_id: str, unit_id: str, facts: Mapping[str, Any]) -> None:
        evidence.append(
            {"id": new_id(), "building_id": building_id, "unit_id": unit_id, "kind": words.FACTS, "word": words.SYSTEM, "said_by": source,
             "on": day, "words": "", "facts": dict(facts), "noted_by": user.id, "noted_by_name": user.name, "noted_at": moment}
        )  # fmt: skip

    for row in plan.added:
        ident, building_id = new_id(), buildings[row.place[:2]]
        units.append(
            {
                "id": ident,
                "building_id": building_id,
                "door": row.door,
                "folded": folded(row.door),
                "council_ref": row.ref or None,
                **by,
            }
        )
        if row.facts:
            say(building_id, ident, row.facts)
    for unit_id, row, facts in plan.changed:
        say(buildings[row.place[:2]], unit_id, facts)
    _insert(session, RegisterUnit, units)
    _insert(session, RegisterEvidence, evidence)


def _insert(session: Session, table: type[Any], rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _BATCH):
        session.execute(insert(table), rows[start : start + _BATCH])
