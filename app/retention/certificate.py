"""The certificate that a case was destroyed: by which rule, by whom, on which day, how much. Nothing of a family is in it."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app import clocks
from app.database import now
from app.extensions import db
from app.records import canonical, process

from .models import Destruction

FORMAT = "destruction-1"


def next_number(session: Session, moment: datetime) -> str:
    """D-2026-00001 and on; two of one number are refused by the table, and the job runs again."""
    year = clocks.local(moment).year
    count = session.scalar(select(func.count()).select_from(Destruction).where(Destruction.number.like(f"D-{year}-%")))
    return f"D-{year}-{(count or 0) + 1:05d}"


def write_down(session: Session, body: dict[str, Any]) -> Destruction:
    """Keep a certificate, in the caller's transaction."""
    encoded = canonical.encode(body)
    made = Destruction(
        number=body["number"], case_id=body["case"], body=encoded, sha256=canonical.digest(encoded), at=now()
    )
    session.add(made)
    session.flush()
    return made


def listed(limit: int = 200) -> list[tuple[Destruction, dict[str, Any]]]:
    """Certificates with what they say, the newest first."""
    newest = (Destruction.at.desc(), Destruction.number.desc())
    return [
        (row, json.loads(row.body)) for row in db.session.scalars(select(Destruction).order_by(*newest).limit(limit))
    ]


def find(destruction_id: str) -> tuple[Destruction, dict[str, Any]] | None:
    row = db.session.get(Destruction, destruction_id)
    return None if row is None else (row, json.loads(row.body))


def pdf(row: Destruction) -> bytes:
    """On paper: the same bytes each time.

    Raises:
        RenderFailed: it could not be drawn within its limits.
    """
    said = json.loads(row.body)
    said |= {
        "sha256": row.sha256, "day": clocks.text_in_words(said["destroyed_at"]), "due_in_words": clocks.text_in_words(said["due"]),
        "agreed": [{**each, "day": clocks.text_in_words(each["at"])} for each in said["agreed"]],
        "many": sum(said["rows"].values()),
    }  # fmt: skip
    return process.render(canonical.encode(said), drawn_by="app.retention.paper")
