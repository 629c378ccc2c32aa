"""A result as plain JSON: strings, whole numbers, booleans, lists and maps, in one fixed shape."""

from __future__ import annotations

from typing import Any

from .advice import next_questions, way_forward
from .assess import assess
from .case_file import CaseFile
from .checklist import Checklist
from .result import Child, Result, Row


def assessed(checklist: Checklist, case: CaseFile, council: str) -> dict[str, Any]:
    """Assess a case and report it: what `flask assess` prints."""
    return report(checklist, assess(checklist, case, council))


def report(checklist: Checklist, result: Result) -> dict[str, Any]:
    """The published shape of a result. Keys are documented in docs/case-file.md."""
    forward = way_forward(checklist, result)
    return {
        "outcome": result.outcome,
        "safeguarding_route": result.safeguarding_route,
        "children": [_child(child, result) for child in result.children],
        "findings": [finding for row in result.rows for finding in findings_of(checklist, row)],
        "scores": {
            s.domain: {"low": s.low, "high": s.high, "open_rows": s.open_rows, "rows": s.rows} for s in result.scores
        },
        "patterns": [],
        "next_questions": [question._asdict() for question in next_questions(checklist, result)],
        "what_would_make_it_suitable": {
            "reachable": forward.reachable,
            "because": forward.because,
            "steps": [step._asdict() for step in forward.steps],
        },
        "checklist_version": result.checklist_version,
    }


def _child(child: Child, result: Result) -> dict[str, Any]:
    because = [{"criterion": result.rows[at].criterion, "subject": result.rows[at].subject} for at in child.because]
    return {"key": child.key, "name": child.name, "outcome": child.outcome, "because": because}


def findings_of(checklist: Checklist, row: Row) -> list[dict[str, Any]]:
    """What a row has to say: nothing when it is plainly clear; a worry that is also unverified says both."""
    if row.state == "clear":
        return []
    base = {
        "criterion": row.criterion,
        "name": checklist.criteria[row.criterion].name,
        "subject": row.subject,
        "basis": row.basis,
        "why": list(row.why),
    }
    conditions = [c._asdict() for c in row.conditions]
    if row.state == "open":
        return [
            {
                **base,
                "effect": row.open_effect,
                "state": "open",
                "lifts": row.lifts,
                "owner": _owner(checklist, row.owner),
                "conditions": conditions,
            }
        ]
    found = [
        {
            **base,
            "effect": row.effect,
            "state": row.state,
            "lifts": row.lifts,
            "owner": _owner(checklist, row.owner),
            "conditions": conditions,
        }
    ]
    if row.is_open:
        criterion = checklist.criteria[row.criterion]
        lifts = f"An answer at {criterion.clear_at.value} or better."
        found.append(
            {
                **base,
                "effect": row.open_effect,
                "state": "open",
                "lifts": lifts,
                "owner": _owner(checklist, criterion.ask_of),
                "conditions": [],
            }
        )
    return found


def _owner(checklist: Checklist, owner: str) -> str:
    return checklist.agencies[owner].name if owner in checklist.agencies else owner
