"""What is kept of a case held against what would be read now, wherever a test is given it: see ``app.assessments.kept``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

from sqlalchemy import inspect, select

from app.assessments.kept import Outside, Stored
from app.assessments.models import Assessment
from app.cases.models import Case
from app.extensions import db
from app.suitability.checklist.checklist import Checklist

_looks = True


@contextmanager
def not_looked_at() -> Iterator[None]:
    """For who counts the queries of a page: none are asked beside it."""
    global _looks
    before, _looks = _looks, False
    try:
        yield
    finally:
        _looks = before


def held_against(stored: Callable[..., Stored]) -> Callable[..., Stored]:
    """The same, with an error where what was kept is not what is stored."""

    def checked(
        assessment: Assessment,
        on: date,
        council: str,
        outside: Outside,
        checklist: Checklist,
        read: Callable[[], Stored],
    ) -> Stored:
        was_read = []

        def reading() -> Stored:
            was_read.append(True)
            return read()

        found = stored(assessment, on, council, outside, checklist, reading)
        if not was_read and _looks:
            now = read()
            if _plain(found) != _plain(now):  # on PostgreSQL somebody may have written since the case was read
                version = select(Case.version).where(Case.id == assessment.case_id)
                assert db.session.scalar(version) != assessment.case.version, "what is kept of this case is stale"
        return found

    return checked


def _plain(found: Stored) -> tuple[Any, ...]:
    rows = (found.recorded, found.answers, found.elsewhere, found.plans)
    return (found.file, *([columns(row) for row in part] for part in rows))


def columns(row: Any) -> dict[str, Any]:
    """What is stored of a row."""
    return {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
