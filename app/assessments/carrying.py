"""Answers that are written down of somebody else, or in another case, too: each keeps its source, its grade and its day, and says what it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today

from .answers import of_whole_case, plain_answer, standing
from .before_birth import worries
from .models import SavedAnswer

SAID_OF_THE_UNBORN = "Said before the birth, of the unborn child."
_KEPT = ("unit_id", "criterion", "value", "grade", "source_name", "source_role", "source_agency", "source_code", "on", "why", "so_what")  # fmt: skip


def copied(answer: SavedAnswer, mark: str, user: Any, **other: Any) -> SavedAnswer:
    """The same answer once more, marked; of another person or in another case. The conversation it was given in is not there."""
    same = {name: getattr(answer, name) for name in _KEPT}
    note = f"{mark} {answer.note}".strip()
    kept = {"case_id": answer.case_id, "subject": answer.subject, "conversation": answer.conversation}
    return SavedAnswer(**{**same, **kept, **other}, note=note, recorded_by=user.id)


def worries_of_the_unborn(session: Session, user: Any, case: Case, unborn: str, born: Sequence[str]) -> None:
    """What worried about an unborn child is written down of each child who was born and has another key. Nothing else is."""
    told = [
        a for a in standing(of_whole_case(case.id)) if a.subject == unborn and a.criterion in read_folder().criteria
    ]
    kept = worries([plain_answer(a) for a in told], household_of(case), today(), read_folder())
    session.add_all(copied(a, SAID_OF_THE_UNBORN, user, subject=key) for a in told if a.id in kept for key in born)
    session.flush()
