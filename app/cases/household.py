"""A stored case as the plain household of the heart, and a household of a case file as a stored case."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from app.audit import service as audit
from app.suitability.history import Budget, Contact, Enquiry, Event
from app.suitability.household import Address, Household, LeadProfessional, Member, Service, Spell

from . import numbers
from .models import Case, CaseAddress, CaseMember, CaseService


def adopt(session: Session, user: Any, household: Household, demo: bool = False) -> Case:
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


def household_of(case: Case) -> Household:
    """The household as plain data for the heart."""
    keys = {m.key for m in case.members}
    return Household(
        reference=case.reference,
        members=tuple(_member(m) for m in case.members),
        left_because=None if case.left_because is None else tuple(case.left_because),
        left_note=case.left_note,
        addresses=tuple(
            Address(
                kind=a.kind,
                address=a.address,
                postcode=a.postcode,
                moved_in=a.moved_in,
                moved_out=a.moved_out,
                placed_by_council=a.placed_by_council,
            )
            for a in case.addresses
        ),
        services=tuple(
            Service(
                kind=s.kind,
                name=s.name,
                postcode=s.postcode,
                used_by=tuple(s.used_by),
                open_days=None if s.open_days is None else tuple(s.open_days),
                directory_ref=s.directory_ref,
            )
            for s in case.services
        ),
        agencies=None if case.agencies is None else tuple(case.agencies),
        lead_professional=LeadProfessional(
            name=case.lead_name,
            role=case.lead_role,
            agency=case.lead_agency,
            email=case.lead_email,
            accepted=case.lead_accepted,
        )
        if case.lead_name
        else None,
        orders=case.orders,
        separated_parents=case.separated_parents,
        domestic_abuse=case.domestic_abuse,
        earlier_child_removed=case.earlier_child_removed,
        notice_details=case.notice_details,
        contacts=None
        if case.contacts is None
        else tuple(Contact.model_validate(c) for c in case.contacts if c["child"] in keys),
        enquiries=tuple(Enquiry.model_validate(e) for e in case.enquiries),
        events=tuple(
            Event.model_validate({k: v for k, v in e.items() if k != "who" or v in keys}) for e in case.events
        ),
        budget=None if case.budget is None else Budget.model_validate(case.budget),
        bed_and_breakfast=tuple(Spell.model_validate(spell) for spell in case.bed_and_breakfast)
        if case.bed_and_breakfast or case.nights_asked
        else None,
        tenure=case.tenure,
    )


def _member(m: CaseMember) -> Member:
    return Member(
        key=m.key,
        name=m.name,
        kind=m.kind,
        born=m.born,
        due=m.due,
        sex=m.sex,
        relationship=m.relationship_,
        couple_with=m.couple_with,
        mother=m.mother,
        pregnant=m.pregnant,
        needs=None if m.needs is None else tuple(m.needs),
        substance_sign=m.substance_sign,
        dangerous_medicine=m.dangerous_medicine,
        justice_sign=m.justice_sign,
        exploitation_sign=m.exploitation_sign,
        seen_how=m.seen_how,
        treatment=m.treatment,
        school_age_place=m.school_age_place,
        language=m.language,
        interpreter_needed=m.interpreter_needed,
        ethnicity=m.ethnicity,
        faith=m.faith,
    )


def _numbers_in(keys: Iterable[str]) -> int:
    """The highest number any of these keys ends in."""
    return max((int(found[0]) for key in keys if (found := re.findall(r"\d{1,6}$", key))), default=0)
