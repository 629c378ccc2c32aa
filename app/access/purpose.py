"""Why somebody opens a case that is not their work: asked in one line, remembered for that case for a day, and kept in the audit.

It stops nobody: whoever comes from what waits for them is not asked, and whoever does not say goes on reading. Source: reliability.md
4.2 (weak friction).
"""

from __future__ import annotations

from collections.abc import MutableMapping
from datetime import date
from typing import Any

from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import writing

_KEPT, _MOST = "purposes", 40  # in the browser's own session, which is signed and small


def is_asked(user: Any, case: Case, remembered: MutableMapping[str, Any], on: date, waits: bool) -> bool:
    """Is whoever looks asked why?

    Args:
        remembered: what this browser's session holds; on: today; waits: whether something in the case waits for them.
    """
    if waits or user.id == case.assigned_to or remembered.get(_KEPT, {}).get(case.id) == on.isoformat():
        return False
    return not cases.is_work_of(user, case)


def say(case_id: str, code: str, remembered: MutableMapping[str, Any], on: date) -> None:
    """Keep why, and do not ask again of this case today."""
    with writing() as session:
        audit.record(session, "purpose.said", "case", case_id, case_id, {"purpose": code})
    today = [(key, day) for key, day in remembered.get(_KEPT, {}).items() if day == on.isoformat() and key != case_id]
    remembered[_KEPT] = dict([*today, (case_id, on.isoformat())][-_MOST:])
