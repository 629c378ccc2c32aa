"""A schedule that the council confirmed, and closed cases whose time is over."""

from __future__ import annotations

import json
import secrets
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.retention import destroying, proposing, schedule
from app.retention.models import Disposal
from app.settings import ROOT
from tests.conftest import Instance

TREE = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
PASSWORD = "correct horse battery staple"
REASON = "Nobody claims anything, and no brother or sister has an open case."


@pytest.fixture
def confirmed(monkeypatch: pytest.MonkeyPatch) -> schedule.Schedule:
    """Six years after it was closed, for every case, confirmed by the council; no other rule."""
    found = schedule.parsed((ROOT / "checklists" / "retention.yaml").read_text(encoding="utf-8"))
    rules = tuple(r._replace(confirmed=True) for r in found.rules if r.holds_for != schedule.A_CHILD)
    made = found._replace(rules=rules)
    monkeypatch.setattr(schedule, "read", lambda: made)
    return made


def seven_years_ago() -> date:
    on = today()
    return date(on.year - 7, on.month, min(on.day, 28))


def family(instance: Instance, mark: str) -> tuple[str, str]:
    """A decided case in which the names, the notes and the places hold a mark, with a file where its PDF would lie: (case, record)."""
    text = json.dumps(TREE, ensure_ascii=False)
    for word in ("Wójcik", "Zofia", "Łucja", "Invented", "H2-EXAMPLE"):
        text = text.replace(word, mark if word != "H2-EXAMPLE" else f"{mark}-{secrets.token_hex(3)}")
    case_id, record_id = instance.decided_tree(json.loads(text))
    folder = instance.settings.data / "records"
    folder.mkdir(exist_ok=True)
    (folder / f"{record_id}.pdf").write_bytes(f"%PDF of {mark}".encode())
    return case_id, record_id


def closed(instance: Instance, case_id: str, on: date | None = None) -> None:
    """Closed seven years ago, as far as the case says."""
    with instance.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None).closed_on = on or seven_years_ago()


def proposed(instance: Instance, case_id: str) -> str:
    """The proposal to destroy it."""
    with instance.app.app_context():
        proposing.propose()
        return db.session.scalars(
            select(Disposal.id).where(Disposal.case_id == case_id).order_by(Disposal.at.desc())
        ).first() or pytest.fail("it was not proposed")


def agreed(instance: Instance, case_id: str, disposal_id: str, *roles: str) -> None:
    """By a senior officer and a safeguarding lead, unless others are named."""
    for role in roles or ("senior_officer", "safeguarding_lead"):
        with instance.app.app_context():
            user = instance.user(role)
            proposing.agree(user, case_id, instance.version(case_id), disposal_id, "no", REASON)


def destroyed(instance: Instance, case_id: str) -> str:
    """Proposed, agreed to and destroyed: the number of the certificate."""
    disposal_id = proposed(instance, case_id)
    agreed(instance, case_id, disposal_id)
    with instance.app.app_context():
        number = destroying.destroy(disposal_id)
    assert number is not None
    return number


def is_here(instance: Instance, case_id: str) -> bool:
    with instance.app.app_context():
        return db.session.scalar(select(Case.id).where(Case.id == case_id)) is not None


def values(**more: Any) -> dict[str, Any]:
    """What is typed on the page on which somebody agrees."""
    return {"looked_after": "no", "reason": REASON, **more}
