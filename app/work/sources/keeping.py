"""What is kept: cases that it is proposed to destroy, and what is held about somebody that waits to be released."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from app.retention.models import Disposal, DisposalStep
from app.retention.proposing import AGREED
from app.subject_access.models import SubjectAccess
from app.work.ordering import Row

from .asker import Asker


def _proposed(asker: Asker) -> Select[*tuple[Any, ...]]:
    over = select(DisposalStep.id).where(DisposalStep.disposal_id == Disposal.id, DisposalStep.what != AGREED)
    mine = select(DisposalStep.id).where(DisposalStep.disposal_id == Disposal.id, DisposalStep.by_id == asker.user.id)
    return (
        select(Disposal.case_id, Disposal.at)
        .where(asker.sees(Disposal.case_id), ~over.exists(), ~mine.exists())
        .order_by(Disposal.at, Disposal.id)
    )


def proposed(asker: Asker) -> Iterator[Row]:
    """Cases that it is proposed to destroy, and to which they have said nothing yet; one query, of a second person alone."""
    if not asker.is_second:
        return
    for row in asker.rows(_proposed):
        yield Row(
            kind="disposal", case_id=row.case_id, since=row.at, what="It is proposed to destroy this case",
            said="Nothing goes before two agree.", endpoint="retention.of_case", args={"case_id": row.case_id}, link="Agree, or keep it",
        )  # fmt: skip


def _to_release(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(SubjectAccess.id, SubjectAccess.case_id, SubjectAccess.made_at)
        .where(
            asker.sees(SubjectAccess.case_id),
            SubjectAccess.released_at.is_(None),
            SubjectAccess.made_by != asker.user.id,
        )
        .order_by(SubjectAccess.made_at, SubjectAccess.id)
    )


def to_release(asker: Asker) -> Iterator[Row]:
    """What is put together for somebody and waits to be read and released; one query, of a safeguarding lead alone."""
    if not asker.is_lead:
        return
    for row in asker.rows(_to_release):
        yield Row(
            kind="access", case_id=row.case_id, since=row.made_at, what="What is held about somebody is to be read before it is given",
            said="", endpoint="subject_access.release", args={"case_id": row.case_id, "access_id": row.id}, link="Read it and release it",
        )  # fmt: skip
