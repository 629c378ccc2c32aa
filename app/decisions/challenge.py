"""The challenge of a second person: where anything is high, nobody agrees to a place before somebody else has asked what speaks against it."""

from __future__ import annotations

from collections.abc import Sequence

from app.accounts.models import User
from app.assessments import answers
from app.assessments.judging import Judged
from app.assessments.models import Assessment, SavedAnswer
from app.extensions import db
from app.suitability.casefile.spelling import folded

SECOND_PERSON = "IS11"  # would you judge the same, and what speaks against your view?
_USABLE = ("suitable", "suitable_with_conditions")


def is_needed(judged: Judged) -> bool:
    """Is anything so high that the rules ask a second person?"""
    return any(row.criterion == SECOND_PERSON for row in judged.result.rows)


def written(judged: Judged, assessment: Assessment) -> Sequence[SavedAnswer]:
    """What stands of it in words, by somebody who did not write the assessment."""
    standing = answers.standing(answers.of_row(judged.answers, SECOND_PERSON, "household"))
    authors = {folded(user.name) for user in _authors(assessment)}
    return [a for a in standing if a.note and a.source_name and folded(a.source_name) not in authors]


def missing(judged: Judged, assessment: Assessment, outcome: str) -> str:
    """Why a place cannot be found usable yet, in a sentence; empty where it can, or where it is not found so."""
    if outcome not in _USABLE or not is_needed(judged) or written(judged, assessment):
        return ""
    return (
        "Something here is high, and no second person who did not write it has challenged it in words. "
        "Return it, naming whom to ask; or judge it worse."
    )


def _authors(assessment: Assessment) -> Sequence[User]:
    ids = [id for id in {assessment.created_by, assessment.submitted_by} if id]
    return [user for user in (db.session.get(User, id) for id in ids) if user is not None]
