"""Cases that were handed over to somebody, until they have opened them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, select

from app.audit.models import AuditEvent
from app.cases.models import Case, CaseHandover
from app.work.ordering import Row

from .asker import Asker


def _handed_over(asker: Asker) -> Select[*tuple[Any, ...]]:
    looked = exists().where(
        AuditEvent.case_id == CaseHandover.case_id, AuditEvent.actor_id == asker.user.id, AuditEvent.at > CaseHandover.handed_at
    )  # fmt: skip
    return (
        select(CaseHandover.case_id, CaseHandover.reason, CaseHandover.by_name, CaseHandover.handed_at)
        .join(Case, (Case.id == CaseHandover.case_id) & (Case.assigned_to == CaseHandover.to_id))
        .where(asker.sees(Case.id), Case.id.in_(asker.held), CaseHandover.by_id != asker.user.id, ~looked)
        .order_by(CaseHandover.handed_at)
    )


def handed_over(asker: Asker) -> Iterator[Row]:
    """Handed over to them, or to whom they cover, and not looked at by them since; one query."""
    for row in {row.case_id: row for row in asker.rows(_handed_over)}.values():
        yield Row(
            kind="handed", case_id=row.case_id, what=f"Handed over to you by {row.by_name}", said=f"“{row.reason}”",
            since=row.handed_at, endpoint="cases.show", args={"case_id": row.case_id}, link="Open the case",
        )  # fmt: skip
