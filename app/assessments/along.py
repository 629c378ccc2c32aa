"""What was answered about people goes along with them into another case, under the source, the grade and the day it was given with.

Of the household they left, only what worries goes along: what reassured was said of a household that is another now. What was said of
a place stays with the place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.lives import along as lives
from app.lives.along import Along
from app.suitability.casefile.household import HOUSEHOLD

from .answers import of_whole_case, plain_answer, standing
from .before_birth import worries
from .models import SavedAnswer

SAID_BEFORE = "Said of the household that they left."


def answers(session: Session, along: Along) -> int:
    """Write them down there; gives how many. The conversations in which they were given go along, too.

    To be called while the people are members here still.
    """
    listed = standing(of_whole_case(along.here.id))
    told = [a for a in listed if a.unit_id is None and a.criterion in read_folder().criteria]
    of_all = [a for a in told if a.subject == HOUSEHOLD]
    kept = worries([plain_answer(a) for a in of_all], household_of(along.here), today(), read_folder())
    going = [a for a in told if a.subject in along.keys or a.id in kept]
    held = lives.conversations(along, _named(going), _named(told) - _named(going))
    new: dict[str, str] = {}
    for a in going:
        made = _again(a, along, held, new)
        session.add(made)
        session.flush()
        new[a.id] = made.id
    return len(going)


def _named(listed: Iterable[SavedAnswer]) -> set[str]:
    """The conversations in which these were given."""
    return {a.conversation for a in listed if a.conversation}


def _again(a: SavedAnswer, along: Along, held: Mapping[str, str], new: Mapping[str, str]) -> Any:
    mark = SAID_BEFORE if a.subject == HOUSEHOLD else ""
    return lives.again(
        a, case_id=along.there.id, subject=along.keys.get(a.subject, a.subject), conversation=held.get(a.conversation or ""),
        supersedes=[new[k] for k in a.supersedes if k in new], note=f"{mark} {a.note}".strip(), corrects=None, slip="",
    )  # fmt: skip
