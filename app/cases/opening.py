"""Opening a case, by hand or from a case file: the reference is given by this service, the council's own number of the household is typed where there is one."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.accounts.policy import may_see_case
from app.audit import service as audit
from app.database import new_id, writing
from app.suitability.casefile.conversations import of_enquiry
from app.suitability.casefile.household import Household

from . import numbers
from .household import HOUSEHOLD
from .models import Case, folded_number
from .service import facts_of


def open_case(user: Any, council_number: str = "", opening: str = "") -> Case:
    """Open a case for a household, allocated to the officer who opens it.

    Args:
        opening: what the page with the form was given; the same one opens one case, however often it is sent.
    Raises:
        SameNumber: a case that this person may see carries this number. One that they may not see changes nothing.
    """
    try:
        return _open(user, council_number, opening)
    except (IntegrityError, numbers.SameNumber):  # sent twice at the same moment: the first one's case is there now
        return _open(user, council_number, opening)


def _open(user: Any, council_number: str, opening: str) -> Case:
    with writing() as session:
        case_id = opening if re.fullmatch("[0-9a-f]{32}", opening) else new_id()
        there = session.get(Case, case_id)
        if there is not None:
            same = folded_number(council_number) == there.number_folded  # another number is another family
            if same and there.created_by == user.id and may_see_case(user.id, user.role, facts_of(there)):
                return there
            case_id = new_id()
        return make(session, user, case_id, council_number)


def make(session: Session, user: Any, case_id: str, council_number: str = "") -> Case:
    """An empty case of this person, in the caller's transaction.

    Raises:
        SameNumber: a case that this person may see carries this number.
    """
    numbers.refuse_known(session, user, council_number)
    case = Case(
        id=case_id,
        reference=numbers.new_reference(session),
        council_number=council_number,
        created_by=user.id,
        assigned_to=user.id,
        members=[],
        addresses=[],
        services=[],
        conversations=[],
        contacts=[],
        events=[],
        nights=[],
    )
    session.add(case)
    session.flush()
    audit.record(session, "case.created", "case", case.id, case.id)
    return case


def import_household(session: Session, user: Any, household: Household, demo: bool = False) -> Case:
    """Make a case from a household of a case file, in the caller's transaction.

    Raises:
        SameNumber: the officer may see a case with this reference or number already.
    """
    held = (*household.conversations, *(of_enquiry(new_id(), asked) for asked in household.enquiries))
    case = HOUSEHOLD.row(
        household.model_copy(update={"conversations": held, "enquiries": ()}),
        reference=numbers.of_file(session, user, household.reference),
        council_number=household.reference,
        created_by=user.id,
        assigned_to=user.id,
        demo=demo,
        people_entered=_numbers_in(m.key for m in household.members) + len(household.members),
    )
    session.add(case)
    session.flush()
    audit.record(session, "case.imported", "case", case.id, case.id, actor=user)
    return case


def _numbers_in(keys: Iterable[str]) -> int:
    """The highest number any of these keys ends in."""
    return max((int(found[0]) for key in keys if (found := re.findall(r"\d{1,6}$", key))), default=0)
