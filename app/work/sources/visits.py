"""Visits that were begun on a phone and not sent, and those that are gone for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, bindparam, select

from app.clocks import in_words, local
from app.database import UtcDateTime, now
from app.visits.models import Visit
from app.visits.service import GONE, KEPT
from app.work.ordering import Row

from .asker import Asker

_TOLD = timedelta(days=14)  # so long it is said that one is gone


def _not_sent(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(Visit.case_id, Visit.id, Visit.assessment_id, Visit.begun_at)
        .where(Visit.officer_id == asker.user.id, asker.sees(Visit.case_id), Visit.ended_why.in_(("", GONE)))
        .where(Visit.begun_at > bindparam("told_since", callable_=lambda: now() - KEPT - _TOLD, type_=UtcDateTime))
        .order_by(Visit.begun_at)
    )


def not_sent(asker: Asker) -> Iterator[Row]:
    """Their own: nobody else can open them. One query."""
    for row in asker.rows(_not_sent):
        begun, until = local(row.begun_at).date(), local(row.begun_at + KEPT)
        is_gone = now() > until
        yield Row(
            kind="visit",
            case_id=row.case_id,
            what=f"The visit begun on {in_words(begun)} was not sent, and is gone"
            if is_gone
            else f"Send the visit begun on {in_words(begun)}",
            said="Visit again, or write down from your notes what you saw."
            if is_gone
            else "It is on the phone on which you began it, and is gone after this day.",
            due=None if is_gone else until.date(),
            since=row.begun_at,
            endpoint="visits.begin",
            args={"case_id": row.case_id, "assessment_id": row.assessment_id},
            link="Visit again" if is_gone else "About visits",
        )
