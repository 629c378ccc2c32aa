"""What is proposed, handed in or came back, and cases for which nothing was proposed yet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, bindparam, exists, select

from app.assessments.models import DECIDED, DRAFT, SUBMITTED, Assessment, SavedAcceptance
from app.assessments.waiting import RETURNED
from app.cases.models import Case
from app.clocks import in_words
from app.extensions import db
from app.notifications.models import Telling
from app.properties.models import Unit
from app.work.ordering import Row

from .asker import Asker

_ASKED = (
    Assessment.id, Assessment.case_id, Assessment.state, Assessment.returned_note, Assessment.taken_back_note,
    Assessment.created_at, Assessment.created_by, Assessment.submitted_at, Assessment.submitted_by, Assessment.starts,
    Assessment.nights, Unit.address, Case.assigned_to,
)  # fmt: skip


def _proposed(asker: Asker) -> Select[*tuple[Any, ...]]:
    mine = Assessment.case_id.in_(asker.held) & Assessment.state.in_((DRAFT, SUBMITTED))
    wanted = mine | (Assessment.state == SUBMITTED) | RETURNED if asker.is_lead else mine
    return (
        select(*_ASKED)
        .join(Case, Case.id == Assessment.case_id)
        .join(Unit, Unit.id == Assessment.unit_id)
        .where(asker.sees(Assessment.case_id), Assessment.state.in_((DRAFT, SUBMITTED)), wanted)
    )


def proposed(asker: Asker) -> Iterator[Row]:
    """Drafts, returned and handed-in assessments; two queries."""
    rows = asker.rows(_proposed).all()
    told = _told({row.case_id for row in rows})
    for row in rows:
        if row.state == SUBMITTED:
            yield _handed_in(asker, row, told)
        elif row.returned_note and not row.taken_back_note:
            yield _returned(asker, row, told)
        else:
            yield Row(
                kind="draft", case_id=row.case_id, section="drafts", what=f"Being assessed: {row.address}", since=row.created_at,
                endpoint="assessments.show", args=_of(row), link="Go on",
            )  # fmt: skip


_TOLD = (
    select(Telling.kind, Telling.object_id, Telling.owner, Telling.by, Telling.made_at)
    .where(Telling.case_id.in_(bindparam("case_ids", expanding=True)), Telling.kind.in_(("submitted", "returned")))
    .order_by(Telling.made_at)
)


def _told(case_ids: set[str]) -> dict[tuple[str, str], Any]:
    """Who was told last that something was handed in or returned, by whom and when; by what it was and of which assessment."""
    return {(row.kind, row.object_id): row for row in db.session.execute(_TOLD, {"case_ids": [*case_ids]})}


def _of(row: Any) -> dict[str, str]:
    return {"case_id": row.case_id, "assessment_id": row.id}


def _place(row: Any) -> str:
    from_when = f", from {in_words(row.starts)}" if row.starts else ""
    return f"{row.address}{from_when}{f', {row.nights} nights' if row.nights else ''}."


def _handed_in(asker: Asker, row: Any, told: dict[tuple[str, str], Any]) -> Row:
    to = told.get(("submitted", row.id))
    owner = to.owner if to is not None and to.owner and to.owner != asker.user.id else ""
    again = " Sent back by a safeguarding lead before." if row.returned_note else ""
    said, since = f"{_place(row)}{again}", row.submitted_at or row.created_at
    if asker.is_lead and asker.user.id not in (row.created_by, row.submitted_by):
        return Row(
            kind="review", case_id=row.case_id, what="An assessment waits for your decision", said=said, since=since,
            owner=owner, endpoint="decisions.review", args=_of(row), link="Read and decide",
        )  # fmt: skip
    return Row(
        kind="handed_in", case_id=row.case_id, section="others", what="Waits for a safeguarding lead’s decision", said=said,
        since=since, owner=owner, endpoint="assessments.result", args=_of(row), link="See it",
    )  # fmt: skip


def _returned(asker: Asker, row: Any, told: dict[tuple[str, str], Any]) -> Row:
    last = told.get(("returned", row.id))
    since = last.made_at if last is not None else row.submitted_at or row.created_at
    asked = f"{row.address}. “{row.returned_note}”"
    if row.case_id in asker.held:
        return Row(
            kind="returned", case_id=row.case_id, what="Returned to you by a safeguarding lead", said=asked, since=since,
            endpoint="assessments.show", args=_of(row), link="Answer and send again",
        )  # fmt: skip
    by_me = last is not None and last.by == asker.user.id
    return Row(
        kind="sent_back", case_id=row.case_id, section="others", what="Returned by you" if by_me else "Returned by another lead",
        said=asked, since=since, owner=row.assigned_to, endpoint="assessments.show", args=_of(row), link="See it",
    )  # fmt: skip


def _opened(asker: Asker) -> Select[*tuple[Any, ...]]:
    none = ~exists().where(Assessment.case_id == Case.id)
    return select(Case.id, Case.created_at).where(Case.id.in_(asker.held), none)


def opened(asker: Asker) -> Iterator[Row]:
    """Cases of theirs for which no place was ever proposed; one query."""
    for row in asker.rows(_opened):
        yield Row(
            kind="opened", case_id=row.id, section="drafts", what="Opened, and no place is proposed yet", since=row.created_at,
            endpoint="cases.show", args={"case_id": row.id}, link="Go on",
        )  # fmt: skip


def _next_looks(asker: Asker) -> Select[*tuple[Any, ...]]:
    newer = Assessment.__table__.alias("newer")
    began = exists().where(newer.c.case_id == SavedAcceptance.case_id, newer.c.created_at > SavedAcceptance.recorded_at)
    return (
        select(SavedAcceptance.case_id, SavedAcceptance.review_on, SavedAcceptance.by_name, SavedAcceptance.by_user, Assessment.id)
        .join(Assessment, (Assessment.case_id == SavedAcceptance.case_id) & (Assessment.unit_id == SavedAcceptance.unit_id))
        .where(asker.sees(SavedAcceptance.case_id), Assessment.state == DECIDED, ~began)
        .where(SavedAcceptance.review_on <= asker.soon)
        .where(SavedAcceptance.case_id.in_(asker.held) | (SavedAcceptance.by_user == asker.user.id))
    )  # fmt: skip


def next_looks(asker: Asker) -> Iterator[Row]:
    """What was accepted in writing until a day on which somebody looks again: until another assessment was begun; one query."""
    for row in asker.rows(_next_looks):
        yield Row(
            kind="next_look", case_id=row.case_id, what="Next look: a concern was accepted in writing until this day",
            said=f"Accepted by {row.by_name}.", due=row.review_on, endpoint="assessments.result", args=_of(row), link="Look again",
        )  # fmt: skip
