"""Where else: what the next unit must have, and whether the emergency route is open for this one tonight."""

from __future__ import annotations

from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.result import Result, Row
from app.suitability.reading.case_file import CaseFile


def closed_by(result: Result) -> tuple[Row, ...]:
    """The rows that close the emergency route for this unit and these people: only what is known. Source: amendment 18."""
    return tuple(row for row in result.rows if row.closes and row.state in ("worrying", "partly"))


def tonight_words(checklist: Checklist, case: CaseFile, result: Result) -> str:
    """What to do when nothing else can be had tonight, or where else when this unit may not be used even so."""
    closing = closed_by(result)
    if closing:
        return " ".join(dict.fromkeys((checklist.words["emergency_closed"], *(row.closes for row in closing))))
    limit = checklist.numbers_on(case.on, case.settings).emergency_cot_under_years
    baby = any(
        child.under(limit, case.on, 0) is not False for child in case.household.children() if child.kind != "unborn"
    )
    return checklist.words["no_other_placement_tonight_baby" if baby else "no_other_placement_tonight"]


def next_unit(checklist: Checklist, result: Result, only_known: bool = False) -> list[str]:
    """What another unit has to have, from what is wrong with this one or, unless ``only_known``, is not known of it."""
    lacking = (
        r
        for r in result.rows
        if r.state in ("worrying", "partly") or (not only_known and r.is_open and r.open_effect == "hold")
    )
    return list(dict.fromkeys(w for r in lacking if (w := checklist.criteria[r.criterion].next_unit)))
