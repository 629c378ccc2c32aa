"""Photographs beside the answers that they show: read with the answer itself, and found again where a place is assessed afresh."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import undefer

from app.assessments.models import SavedAnswer
from app.extensions import db

from .models import Photograph


class Answered(NamedTuple):
    """What of an answer says which one it is, and what it says."""

    criterion: str
    subject: str
    value: Any
    grade: str
    recorded_by: str
    recorded_at: datetime


class Kept(NamedTuple):
    """A photograph and the answer that it was kept with."""

    photograph: Photograph
    answer: Answered


def of_case(case_id: str, with_small: bool = False) -> Sequence[Kept]:
    """Every photograph of a case, oldest first; one query, and no bytes but, where they are wanted, the small ones."""
    query = (
        select(Photograph, *(getattr(SavedAnswer, name) for name in Answered._fields))
        .join(SavedAnswer, SavedAnswer.id == Photograph.answer_id)
        .where(Photograph.case_id == case_id)
        .order_by(Photograph.kept_at, Photograph.id)
    )
    if with_small:
        query = query.options(undefer(Photograph.small))
    return [Kept(row[0], Answered._make(row[1:])) for row in db.session.execute(query)]


def by_answer(kept: Iterable[Kept], answers: Iterable[SavedAnswer]) -> Mapping[str, list[Kept]]:
    """Of each of these answers its photographs, by its identifier; those that have none are not there.

    What is assessed again has the answers of before once more, each with the moment it was written down: it is the same word of the
    same person about the same thing, and what was photographed then shows it still.
    """
    same = {_same(a): a.id for a in answers}
    found: dict[str, list[Kept]] = {}
    for one in kept:
        key = same.get(_same(one.answer))
        if key is not None:
            found.setdefault(key, []).append(one)
    return found


def _same(a: SavedAnswer | Answered) -> tuple[Any, ...]:
    return (a.criterion, a.subject, a.recorded_by, a.recorded_at)
