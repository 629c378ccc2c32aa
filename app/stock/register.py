"""The figure of the register of buildings and units: how the inspection of each unit stands, by the same rules as its page."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Select, select

from app.cases import protected
from app.extensions import db
from app.properties import known
from app.properties.register import RegisterBuilding, RegisterEvidence, RegisterStay, RegisterUnit
from forms import property_words as words

from .figure import Counted, Figure, one_group
from .lives import within as of_cases

# Never first: of what may be shown it is held back last.
CELLS = {state: known.state_words(state) for state in ("never", "overdue", "no_day", "in_time")}


def inspected(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Every unit of the register, by how its inspection stands; of some cases, the units that their families are or were in.

    What a provider declares is no inspection, nor is a photograph; one that was taken back is none either. Four queries.
    """
    is_protected = protected.register()
    buildings = {
        row.id: f"{row.address}, {row.postcode}"
        for row in db.session.execute(select(RegisterBuilding.id, RegisterBuilding.address, RegisterBuilding.postcode))
    }
    open_ = {ident for ident, said in buildings.items() if not is_protected(said)}
    newest = _newest()
    families: dict[str, list[str]] = {}
    stays = select(RegisterStay.unit_id, RegisterStay.case_id)
    for row in db.session.execute(of_cases(stays, RegisterStay.case_id, within)):
        families.setdefault(row.unit_id, []).append(row.case_id)
    for unit in db.session.execute(select(RegisterUnit.id, RegisterUnit.building_id)):
        if unit.building_id not in open_:
            continue
        listed = [newest[key] for key in ((unit.building_id, unit.id), (unit.building_id, None)) if key in newest]
        cell = _cell(max(listed, key=lambda seen: seen[0])[1] if listed else None, bool(listed), on)
        if within is None:
            yield Counted("", cell, unit.id)
        yield from (Counted(case_id, cell, unit.id) for case_id in families.get(unit.id, ()))


def _newest() -> dict[tuple[str, str | None], tuple[tuple[date, object], date | None]]:
    """Of each unit, and of each building as a whole, the newest inspection that stands: its day, and when the next is due."""
    replaced = select(RegisterEvidence.corrects).where(RegisterEvidence.corrects.is_not(None))
    query = (
        select(RegisterEvidence.building_id, RegisterEvidence.unit_id, RegisterEvidence.on, RegisterEvidence.noted_at, RegisterEvidence.until)
        .where(RegisterEvidence.kind == words.INSPECTION, RegisterEvidence.word.in_((words.OFFICER, words.DOCUMENT)))
        .where(RegisterEvidence.id.not_in(replaced))
        .order_by(RegisterEvidence.on, RegisterEvidence.noted_at)
    )  # fmt: skip
    return {
        (row.building_id, row.unit_id): ((row.on, row.noted_at), row.until) for row in db.session.execute(query)
    }  # the last of each


def _cell(until: date | None, is_there: bool, on: date) -> str:
    if not is_there:
        return "never"
    if until is None:
        return "no_day"
    return "overdue" if until < on else "in_time"


FIGURES = (
    Figure(
        key="inspected",
        title="Units of the register, and their inspection",
        counts="units",
        says="Every unit in the register of buildings and units, by whether it was inspected by an officer or in a document, and whether the next is overdue.",
        unknown="Units that nobody entered are not counted. What a provider declares is no inspection. The list behind a number holds the cases whose families took such a unit up: "
        "a unit that nobody took up is in none; the register itself lists every unit never inspected.",
        rows=inspected,
        groups=one_group("Inspection", CELLS),
    ),
)
