"""Who looked at a case, and what somebody looked at: by person and day, from the entries that every page leaves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select

from app import clocks
from app.accounts.models import User
from app.audit import details
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.extensions import db

from .table import Table

MOST = 5_000  # entries that are read for one page
IN_EMERGENCY, PURPOSE = "glass.viewed", "purpose.said"
_LOOKS = tuple(action for action in audit.ACTIONS if action.endswith((".viewed", ".downloaded", ".checked")))


@dataclass(frozen=True, kw_only=True)
class Looked:
    """One person, one case, one day: from when to when, on how many pages, how many files were taken, whether in an emergency."""

    user_id: str
    role: str
    case_id: str
    day: date
    first: datetime
    last: datetime
    pages: int
    files: int
    in_emergency: bool


def of_case(case_id: str) -> list[Looked]:
    """Who looked at a case, the newest day first. Not who asked for it and may not see it: that is told to the leads alone; one query."""
    return _by_day(_asked(AuditEvent.case_id == case_id))


def of_user(user: Any) -> list[Looked]:
    """What somebody looked at, of cases that they may see now; one query."""
    seen = cases.visible_to(user).with_only_columns(Case.id)
    return _by_day(_asked(AuditEvent.actor_id == user.id, AuditEvent.case_id.in_(seen)))


def under(case_id: str, user_id: str, since: datetime, until: datetime) -> Sequence[AuditEvent]:
    """Every page that somebody looked at, and what was refused them, while a case was open to them in an emergency."""
    of = (
        AuditEvent.case_id == case_id,
        AuditEvent.actor_id == user_id,
        AuditEvent.at >= since,
        AuditEvent.at <= until + timedelta(minutes=1),
    )
    action = AuditEvent.action.in_((IN_EMERGENCY, "glass.stopped", "glass.noted", "glass.ended"))
    return db.session.scalars(select(AuditEvent).where(*of, action).order_by(AuditEvent.seq)).all()


def why_they_looked(case_id: str, words: Table) -> dict[tuple[str, date], str]:
    """What people said of why they looked, by account and day; three queries where anybody said it."""
    of = (AuditEvent.case_id == case_id, AuditEvent.action == PURPOSE)
    said = db.session.scalars(select(AuditEvent).where(*of).order_by(AuditEvent.seq.desc()).limit(MOST // 10)).all()
    opened = details.all_opened(said)
    codes = {
        (e.actor_id, clocks.local(e.at).date()): opened[e.seq].get("detail", {}).get("purpose", "")
        for e in reversed(said)
    }
    return {key: words.purposes.get(code, code) for key, code in codes.items() if code}


def _asked(*of: Any) -> Iterable[Any]:
    columns = (AuditEvent.actor_id, AuditEvent.actor_role, AuditEvent.case_id, AuditEvent.action, AuditEvent.at)
    query = select(*columns).where(*of, AuditEvent.action.in_(_LOOKS)).order_by(AuditEvent.seq.desc()).limit(MOST)
    return db.session.execute(query)


def _by_day(rows: Iterable[Any]) -> list[Looked]:
    found: dict[tuple[str, str, date], dict[str, Any]] = {}
    for row in rows:  # the newest first
        key = (row.actor_id, row.case_id, clocks.local(row.at).date())
        one = found.setdefault(
            key, {"last": row.at, "pages": 0, "files": 0, "role": row.actor_role, "in_emergency": False}
        )
        one["first"] = row.at
        one["files" if row.action.endswith(".downloaded") else "pages"] += 1
        one["in_emergency"] = one["in_emergency"] or row.action == IN_EMERGENCY
    return [
        Looked(user_id=user_id, case_id=case_id, day=day, **one)
        for (user_id, case_id, day), one in sorted(found.items(), key=lambda each: each[1]["last"], reverse=True)
    ]


def names_of(listed: Iterable[Looked]) -> dict[str, str]:
    rows = db.session.execute(select(User.id, User.name).where(User.id.in_({one.user_id for one in listed})))
    return {row.id: row.name for row in rows}


_FACTS = {
    "reference": "What they typed", "category": "Why, as they chose it", "reason": "Why, in their words", "visits": "Times they opened it",
    "first": "First of them", "last": "Last of them", "cases": "Cases", "usual": "Cases on a day of theirs, in the middle", "files": "Files",
    "day": "Day", "closed": "Closed on", "times": "Times",
}  # fmt: skip


def facts_in_words(facts: Mapping[str, Any], words: Table) -> list[tuple[str, str]]:
    """What a finding holds, as a page says it."""
    found = []
    for name, called in _FACTS.items():
        if name in facts:
            value = facts[name]
            if name == "category":
                value = words.categories.get(value, value)
            elif name in ("first", "last", "day", "closed"):
                value = clocks.text_in_words(str(value))
            found.append((called, str(value)))
    return found
