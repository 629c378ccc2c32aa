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
from app.suitability.casefile.household import Household

from . import numbers
from .models import Case, CaseAddress, CaseMember, CaseService, folded_number
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
    lead = household.lead_professional
    case = Case(
        reference=numbers.of_file(session, user, household.reference),
        council_number=household.reference,
        created_by=user.id,
        assigned_to=user.id,
        demo=demo,
        left_because=None if household.left_because is None else list(household.left_because),
        left_note=household.left_note,
        agencies=None if household.agencies is None else list(household.agencies),
        orders=household.orders,
        separated_parents=household.separated_parents,
        domestic_abuse=household.domestic_abuse,
        earlier_child_removed=household.earlier_child_removed,
        notice_details=household.notice_details,
        contacts=None if household.contacts is None else [c.as_json() for c in household.contacts],
        enquiries=[e.as_json() for e in household.enquiries],
        events=[e.as_json() for e in household.events],
        budget=None if household.budget is None else household.budget.as_json(),
        bed_and_breakfast=[spell.as_json() for spell in household.bed_and_breakfast or ()],
        nights_asked=household.bed_and_breakfast is not None,
        tenure=household.tenure,
        people_entered=_numbers_in(m.key for m in household.members) + len(household.members),
        lead_name=lead.name if lead else "",
        lead_role=lead.role if lead else "",
        lead_agency=lead.agency if lead else "",
        lead_email=lead.email if lead else "",
        lead_accepted=lead.accepted if lead else None,
        members=[
            CaseMember(
                key=m.key,
                place=at,
                name=m.name,
                kind=m.kind,
                born=m.born,
                due=m.due,
                sex=m.sex,
                relationship_=m.relationship,
                couple_with=m.couple_with,
                mother=m.mother,
                pregnant=m.pregnant,
                needs=None if m.needs is None else list(m.needs),
                substance_sign=m.substance_sign,
                dangerous_medicine=m.dangerous_medicine,
                justice_sign=m.justice_sign,
                exploitation_sign=m.exploitation_sign,
                seen_how=m.seen_how,
                treatment=None if m.treatment is None else m.treatment.as_json(),
                school_age_place=m.school_age_place,
                language=m.language,
                interpreter_needed=m.interpreter_needed,
                ethnicity=m.ethnicity,
                faith=m.faith,
            )
            for at, m in enumerate(household.members)
        ],
        addresses=[
            CaseAddress(
                kind=a.kind,
                address=a.address,
                postcode=a.postcode,
                moved_in=a.moved_in,
                moved_out=a.moved_out,
                placed_by_council=a.placed_by_council,
            )
            for a in household.addresses
        ],
        services=[
            CaseService(
                kind=s.kind,
                name=s.name,
                postcode=s.postcode,
                used_by=list(s.used_by),
                open_days=None if s.open_days is None else list(s.open_days),
                directory_ref=s.directory_ref,
            )
            for s in household.services
        ],
    )
    session.add(case)
    session.flush()
    audit.record(session, "case.imported", "case", case.id, case.id, actor=user)
    return case


def _numbers_in(keys: Iterable[str]) -> int:
    """The highest number any of these keys ends in."""
    return max((int(found[0]) for key in keys if (found := re.findall(r"\d{1,6}$", key))), default=0)
