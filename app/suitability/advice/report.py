"""A result as plain JSON: strings, whole numbers, booleans, lists and maps, in one fixed shape."""

from __future__ import annotations

from typing import Any, NamedTuple

from app.suitability.assess import assess
from app.suitability.casefile import wording
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.result import Child, Pattern, Result, Row
from app.suitability.reading.case_file import CaseFile

from .during_stay import Change, Flip, ToDo, changes, duties, first_night, flips
from .elsewhere import closed_by, tonight_words
from .enquiry_log import Piece, pieces
from .next_questions import asked_of, next_questions, with_names
from .steps import owner_of
from .way_forward import WayForward, way_forward


def assessed(checklist: Checklist, case: CaseFile, council: str) -> dict[str, Any]:
    """Assess a case and report it: what `flask assess` prints."""
    return report(checklist, case, council, assess(checklist, case, council))


class Outlook(NamedTuple):
    """What is worked out beside a result by trying it out again: dear, and the same for who prints it and who keeps it."""

    forward: WayForward
    flips: tuple[Flip, ...]
    changes: tuple[Change, ...]
    duties: tuple[ToDo, ...]
    pieces: tuple[Piece, ...]


def outlook(checklist: Checklist, case: CaseFile, council: str, result: Result) -> Outlook:
    return Outlook(
        way_forward(checklist, case, council, result),
        flips(checklist, case, council, result),
        changes(checklist, case, council, result),
        duties(checklist, case, result),
        pieces(checklist, case, result, council),
    )


def report(
    checklist: Checklist, case: CaseFile, council: str, result: Result, seen: Outlook | None = None
) -> dict[str, Any]:
    """The published shape of a result. Keys are documented in docs/case-file.md.

    Args:
        seen: what was worked out beside it already, where the caller needs it too.
    """
    ahead = seen or outlook(checklist, case, council, result)
    forward = ahead.forward
    return {
        "reference": case.household.reference,  # first: of many results, whose this one is
        "outcome": result.outcome.value,
        "safeguarding_route": result.safeguarding_route,
        "children": [_child(child, result) for child in result.children],
        "findings": [finding for row in result.rows for finding in findings_of(checklist, row)],
        "scores": {
            s.domain: {"low": s.low, "high": s.high, "open_rows": s.open_rows, "rows": s.rows} for s in result.scores
        },
        "patterns": [pattern_of(checklist, p) for p in result.patterns],
        "next_questions": [question.as_json() for question in next_questions(checklist, result)],
        "what_would_make_it_suitable": {
            "reachable": forward.reachable,
            "because": forward.because,
            "steps": [step._asdict() for step in forward.steps],
        },
        "what_would_flip_it": [flip._asdict() for flip in ahead.flips],
        "changes_during_stay": [{**c._asdict(), "rows": list(c.rows)} for c in ahead.changes],
        "first_night": [row._asdict() for row in first_night(checklist, result)],
        "emergency_route": emergency_route(checklist, case, result),
        "duties": [duty._asdict() for duty in ahead.duties],
        "must_ask": [piece._asdict() for piece in ahead.pieces],
        "checklist_version": result.checklist_version,
    }


def emergency_route(checklist: Checklist, case: CaseFile, result: Result) -> dict[str, Any]:
    """The way that stays open tonight when this placement may not be used: never "no accommodation".

    Closed for this unit and these people by what is known and forbids it; then it says where else.
    """
    closing = closed_by(result)
    return {
        "open": result.outcome in ("not_suitable", "cannot_decide") and not closing,
        "closed_by": [{"criterion": row.criterion, "subject": row.subject} for row in closing],
        "says": tonight_words(checklist, case, result),
        "owner": "senior officer",
    }


def pattern_of(checklist: Checklist, p: Pattern) -> dict[str, Any]:
    """A pattern that fired, with its words. It never concludes anything about a person."""
    text = checklist.patterns[p.id]
    return {
        "pattern": p.id,
        "name": text.name,
        "subject": p.subject,
        "prompt": text.prompt,
        "rationale": text.rationale,
        "facts": list(p.facts),
        "effect": p.effect.value,
        "state": str(p.state),
        "level": p.level,
        "carried_by": {"criterion": p.carried_by[0], "subject": p.carried_by[1]} if p.carried_by else None,
        "rows": [{"criterion": c, "subject": s} for c, s in p.rows],
        "step": text.step,
        "owner": text.owner,
        "remedy": p.remedy,
        "conditions": [c._asdict() for c in p.conditions],
        "source": f"{text.source} ({text.source_date})",
        "basis": "policy",
    }


def _child(child: Child, result: Result) -> dict[str, Any]:
    because = [{"criterion": result.rows[at].criterion, "subject": result.rows[at].subject} for at in child.because]
    because += [{"criterion": result.patterns[at].id, "subject": result.patterns[at].subject} for at in child.patterns]
    return {"key": child.key, "name": child.name, "outcome": child.outcome.value, "because": because}


def findings_of(checklist: Checklist, row: Row) -> list[dict[str, Any]]:
    """What a row has to say: nothing when it is plainly clear, or another row's answer settles whether it applies.

    A worry that is also unverified says both.
    """
    if row.state == "clear" or row.under:
        return []
    base = {
        "criterion": row.criterion,
        "name": checklist.criteria[row.criterion].name,
        "subject": row.subject,
        "basis": row.basis.value,
        "why": [with_names(checklist, said) for said in row.why],
        "settles": [{"criterion": c, "subject": s, "name": checklist.criteria[c].name} for c, s in row.settles],
        "ended_by_seeing": row.by_seeing,
    }
    conditions = [{**c._asdict(), "owner": owner_of(checklist, c.owner)} for c in row.conditions]
    if row.state == "open":
        return [
            {
                **base,
                "effect": str(row.open_effect),
                "state": "open",
                "remedy": row.remedy,
                "owner": asked_of(checklist, row).agency.name,
                "conditions": conditions,
            }
        ]
    found = [
        {
            **base,
            "effect": row.effect.value,
            "state": row.state.value,
            "remedy": row.remedy,
            "owner": owner_of(checklist, row.owner),
            "conditions": conditions,
        }
    ]
    if row.is_open:
        criterion = checklist.criteria[row.criterion]
        remedy = checklist.words["remedy_open"].format(**wording.grade_put_in(criterion.clear_at))
        found.append(
            {
                **base,
                "effect": str(row.open_effect),
                "state": "open",
                "remedy": remedy,
                "owner": asked_of(checklist, row).agency.name,
                "conditions": [],
            }
        )
    return found
