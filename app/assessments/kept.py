"""What is stored of a placement, read once for each version of its case and kept until the version is another.

Every write in a case takes the case first, which makes its version and the moment of its change others (cases.lock_case): the two
name what is stored. What a case file takes from outside its case is looked up on every view, and is part of the name. Nothing is told to
other processes, and nothing is thrown away when something is written: a version that is no more is asked for by nobody.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable, Sequence
from datetime import date
from threading import Lock
from typing import NamedTuple

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from app.cases import service as cases
from app.cases.models import Case
from app.database import one_moment
from app.extensions import db
from app.places.postcodes.geocoder import Place
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading.case_file import CaseFile

from .following import MOST, Following
from .models import Assessment, SavedAnswer, SavedMitigation


class Outside(NamedTuple):
    """What a case file takes from outside its case. Nobody says when it changes."""

    place: Place  # where the unit is, by the gazetteer of now
    authority: str | None  # confirmed by a person, or else by the boundaries of now
    worried: int | None  # other cases that worried about the same building


class Stored(NamedTuple):
    """A case file, what was read beside it, and what follows from it. It is everybody's: nobody changes it, and no session holds it."""

    file: CaseFile
    recorded: Sequence[SavedAnswer]  # of this place and the household, with what was corrected
    answers: Sequence[SavedAnswer]  # what stands of it
    elsewhere: Sequence[SavedAnswer]  # told of people when another place was asked about
    plans: Sequence[SavedMitigation]
    following: Following


_kept: OrderedDict[Hashable, Stored] = OrderedDict()
_one_at_a_time = Lock()
_VERSION = select(Case.version, Case.changed_at).where(Case.id == bindparam("case_id"))


def stored(
    assessment: Assessment, on: date, council: str, outside: Outside, checklist: Checklist, read: Callable[[], Stored]
) -> Stored:
    """What is stored of a placement: as it was read before, or as ``read`` reads it now.

    Kept only where the case was read in this very transaction and nothing was written since: what somebody reads while they write is
    theirs alone.
    """
    case, session = assessment.case, db.session
    if not cases.is_as_read(session, case):
        return read()
    version = (case.version, case.changed_at)
    name = (session.get_bind(), id(checklist), case.id, version, assessment.id, on, council, outside)
    with _one_at_a_time:
        found = _kept.get(name)
        if found is not None and found.following.checklist is checklist:
            _kept.move_to_end(name)
            return found
    found = read()
    if one_moment(session) or session.execute(_VERSION, {"case_id": case.id}).one() == version:
        _keep(session, name, found)
    return found


def _keep(session: Session, name: Hashable, found: Stored) -> None:
    for row in {*found.recorded, *found.elsewhere, *found.plans}:
        session.expunge(row)
    with _one_at_a_time:
        _kept[name] = found
        while len(_kept) > MOST:
            _kept.popitem(last=False)
