"""The household: reference, why they left, addresses, services, lead professional. Its members: forms/members.py."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.casefile import wording
from app.suitability.casefile.household import (
    Address,
    Household,
    LeadProfessional,
    Service,
)
from app.suitability.casefile.spelling import folded

from .asked import Asked, items, ticks_if_known
from .base import CaseForm
from .fields import (
    AddressLine,
    Choice,
    Day,
    Email,
    Hidden,
    Line,
    Note,
    Postcode,
    Ticks,
    YesNoUnknown,
    needed,
    not_in_future,
)

_NUMBER = (
    "The council’s own number for this household",
    "As your housing system writes it; leave it empty where there is none. No names. The case gets a reference from this service.",
)


def holds_a_number(form: Any, field: Line) -> None:
    if field.data and not folded(field.data):
        raise ValidationError("Enter letters or figures, or leave it empty.")


class NewCaseForm(CaseForm):
    opening = Hidden("Opening")  # of this page, so that a form that is sent twice opens one case
    council_number = Line(*_NUMBER, [holds_a_number], longest=60)


class SameNumberForm(CaseForm):
    """What a safeguarding lead found of two cases that carry the same number."""

    verdict = Choice(
        "Are they one family?",
        [
            ("one_family", "One family", "Say which case goes on, and who tells the officer of the other."),
            ("two_families", "Two families", "Say how you know, and which number is wrong."),
        ],
        checks=[needed("Choose whether they are one family or two.")],
    )
    note = Note("What you found, in a sentence", checks=[needed("Write what you found.")])


class HouseholdForm(CaseForm):
    FIRST = {"left_asked": "", "left_because": "Left because of "}
    LATER = ("council_number", "notice_details")
    ABOUT_LATER = "The council’s number, and the notice to GP and school"

    version = Hidden("Version")
    council_number = Line(*_NUMBER, [holds_a_number], longest=60)
    left_asked = Choice(
        "Is it known why the family left?", [("yes", "Yes: tick every reason below"), ("unknown", "Not known yet")]
    )
    left_because = Ticks(
        "Why did they leave?", items(wording.LEFT_BECAUSE), "The reason for leaving is itself a test of the placement."
    )
    left_note = Note("What happened, in plain words", "Who did what, when, and what it meant for each child.")
    agencies_asked = Choice(
        "Is it known which agencies are involved?", [("yes", "Yes: tick them below"), ("unknown", "Not known yet")]
    )
    agencies = Ticks(
        "Agencies involved with anyone in the household",
        [
            ("gp", "GP"),
            ("health_visiting", "Health visiting"),
            ("midwifery", "Midwifery"),
            ("social_care", "Children’s social care"),
            ("drug_service", "Drug and alcohol service"),
            ("police", "Police"),
            ("probation", "Probation"),
            ("prison", "Prison"),
            ("school", "School or nursery"),
            ("mental_health", "Mental health"),
            ("domestic_abuse_service", "Domestic abuse service"),
            ("asb_team", "Antisocial behaviour team"),
            ("family_support", "Family support"),
            ("family_hub", "Family hub or early help"),
            ("leaving_care", "Leaving care team"),
        ],
    )
    orders = YesNoUnknown("Is any court order, bail or licence condition known?")
    separated_parents = YesNoUnknown("Does any child have parents who live apart?")
    domestic_abuse = YesNoUnknown(
        "Is there domestic abuse, now or in the past?", "Ask each adult alone. “Not known” keeps the question open."
    )
    earlier_child_removed = YesNoUnknown(
        "Was an earlier child removed?",
        "Ask who holds this before asking again. It counts against nobody: it calls for early, kind help.",
    )
    notice_details = Day(
        "On what day were the GP practice, the health visiting team and the school all known?",
        "For the notice to each of them, where the family agreed to it. Leave empty while one of them is not known.",
        [not_in_future(today, "This day is in the future.")],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.left_asked.data == "yes" and not self.left_because.data:
            self.refuse("left_because", "Tick every reason for which they left, or choose “Not known yet”.")
            fine = False
        for asked, ticks in (("left_asked", "left_because"), ("agencies_asked", "agencies")):
            if self[asked].data == "unknown" and self[ticks].data:
                self.refuse(asked, "Something is ticked below. Choose “Yes”, or take the ticks away.")
                fine = False
        return fine


ASKED_HOUSEHOLD = Asked(
    Household,
    HouseholdForm,
    otherwise={
        "left_because": ticks_if_known("left_asked", "left_because"),
        "agencies": ticks_if_known("agencies_asked", "agencies"),
    },
    not_asked={
        "reference": "given by the service",
        **dict.fromkeys(("members", "addresses", "services", "lead_professional"), "on a page of their own"),
        **dict.fromkeys(
            ("contacts", "enquiries", "conversations", "events", "budget", "bed_and_breakfast"),
            "on a page of their own",
        ),
        "tenure": "read from a case file only",
    },
    boxes_only={"version": "which state of the case they saw", "council_number": "the council’s own number"},
)


class AddressForm(CaseForm):
    version = Hidden("Version")
    kind = Choice(
        "This is where they",
        items(wording.ADDRESS),
        checks=[needed("Choose whether they live here now.")],
    )
    address = AddressLine("Address", checks=[needed("Enter the address.")])
    postcode = Postcode("Postcode", width="govuk-input--width-10")
    moved_in = Day("Moved in")
    moved_out = Day("Moved out")
    placed_by_council = YesNoUnknown("Did the council place them there?")

    def validate_moved_out(self, field: Day) -> None:
        if field.data and self.moved_in.data and field.data < self.moved_in.data:
            raise ValidationError("They moved out before they moved in.")


class SealedAddressForm(AddressForm):
    """The same of an address that is held sealed: it is not shown, and another can be typed over it."""

    address = AddressLine(
        "Another address, sealed as well",
        "It is held sealed and not shown here. Leave this empty to leave it as it is.",
    )

    def validate_postcode(self, field: Postcode) -> None:
        if field.data and not self.address.data:
            raise ValidationError("Enter the whole address: the one that is held sealed is replaced by it.")


ASKED_ADDRESS = Asked(Address, AddressForm, boxes_only={"version": "which state of the case they saw"})


class ServiceForm(CaseForm):
    version = Hidden("Version")
    kind = Choice(
        "Kind of service", items(wording.SERVICE), checks=[needed("Choose the kind of service.")], as_select=True
    )
    name = Line("Name of the service", checks=[needed("Enter the name of the service.")])
    postcode = Postcode("Postcode", "So that the distance can be measured.", width="govuk-input--width-10")
    used_by = Ticks("Who uses it?", [])
    open_known = Choice(
        "Opening days",
        [("yes", "Known: tick them below"), ("unknown", "Not known")],
        "Matters for a pharmacy that dispenses doses.",
    )
    open_days = Ticks("Open on", items(wording.DAY))
    directory_ref = Hidden("Entry of the directory")


def _open_days(form: ServiceForm) -> list[str] | None:
    return list(form.open_days.data) if form.open_known.data == "yes" or form.open_days.data else None


ASKED_SERVICE = Asked(
    Service,
    ServiceForm,
    otherwise={"open_days": replace(ticks_if_known("open_known", "open_days"), said=_open_days)},
    boxes_only={"version": "which state of the case they saw"},
)


class FindServiceForm(CaseForm):
    kind = Choice(
        "Kind of service", items(wording.SERVICE), checks=[needed("Choose the kind of service.")], as_select=True
    )
    words = Line(
        "Part of its name, or its whole postcode",
        checks=[needed("Enter part of its name, or its postcode.")],
    )


class SpellForm(CaseForm):
    """A run of nights already spent in bed and breakfast on this application."""

    version = Hidden("Version")
    first = Day(
        "First night",
        checks=[needed("Enter the first night."), not_in_future(today, "The first night is in the future.")],
    )
    last = Day(
        "Last night",
        "The last night slept there, not the morning they left.",
        [needed("Enter the last night."), not_in_future(today, "The last night is in the future.")],
    )

    def validate_last(self, field: Day) -> None:
        if field.data and self.first.data and field.data < self.first.data:
            raise ValidationError("The last night is before the first.")


class LeadProfessionalForm(CaseForm):
    version = Hidden("Version")
    name = Line("Name", "Leave empty if nobody leads yet.")
    role = Line("Role")
    agency = Line("Agency")
    email = Email("E-mail address")
    accepted = Day(
        "When did they accept?",
        "A name is not a lead professional until they have accepted.",
        [not_in_future(today, "The date they accepted is in the future.")],
    )


ASKED_LEAD_PROFESSIONAL = Asked(
    LeadProfessional, LeadProfessionalForm, boxes_only={"version": "which state of the case they saw"}
)


class AllocateForm(CaseForm):
    version = Hidden("Version")
    assigned_to = Choice("To whom?", [], checks=[needed("Choose who works on this case.")], as_select=True)
    reason = Note(
        "Why?",
        "Whoever gets it reads this first: why it goes to them, and what has to be done next. It stays on the case’s page and in its timeline.",
        [needed("Write why this case is handed over.")],
    )
