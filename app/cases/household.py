"""A stored case as the plain household of the heart."""

from __future__ import annotations

from app.suitability.casefile.history import Budget, Contact, Enquiry, Event
from app.suitability.casefile.household import Address, Household, LeadProfessional, Member, Service, Spell

from .models import Case, CaseMember


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
