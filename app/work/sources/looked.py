"""Cases that were opened in an emergency, and what was noticed of who looked: what a safeguarding lead answers for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, exists, func, or_, select

from app.access import noticing, table
from app.access.models import REVIEW, BreakGlass, BreakGlassStep, ReadingFinding
from app.work.ordering import Row

from .asker import Asker


def _opened(asker: Asker) -> Select[*tuple[Any, ...]]:
    reviewed = exists().where(BreakGlassStep.glass_id == BreakGlass.id, BreakGlassStep.kind == REVIEW)
    b = BreakGlass
    return select(b.id, b.case_id, b.user_name, b.category, b.opened_at, b.review_by).where(
        asker.sees(b.case_id), b.opened_by != asker.user.id, ~reviewed
    )


def opened(asker: Asker) -> Iterator[Row]:
    """Each opening that nobody answered for, with the day by which a lead does; one query, and for nobody else any."""
    for row in asker.rows(_opened) if asker.is_lead else ():
        yield Row(
            kind="glass", case_id=row.case_id, what="A case was opened in an emergency: answer for it", due=row.review_by, since=row.opened_at,
            said=f"{row.user_name}: {table.read().categories.get(row.category, row.category)}.",
            endpoint="reading.opened", args={"glass_id": row.id}, link="Read and answer",
        )  # fmt: skip


def _noticed(asker: Asker) -> Select[*tuple[Any, ...]]:
    f = ReadingFinding
    seen = or_(f.case_id.is_(None), asker.sees(f.case_id))
    return (
        select(func.count().label("many"), func.min(f.happened_at).label("since"))
        .select_from(f)
        .where(noticing.is_open(), seen, f.user_id != asker.user.id)
    )


def noticed(asker: Asker) -> Iterator[Row]:
    """That something waits there, in one line: whom it is about stands on its own page alone; one query."""
    for row in asker.rows(_noticed) if asker.is_lead else ():
        many, since = row.many, row.since
        if many:
            yield Row(
                kind="looked", what="Something was noticed of who looked at what", since=since,
                said=f"{many} {'thing waits' if many == 1 else 'things wait'} for an answer.", endpoint="reading.queue", link="Read and answer",
            )  # fmt: skip
