"""The household: reference, members, why they left, addresses, services, lead professional."""

from __future__ import annotations

from typing import Any, get_args

from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.case_file import member_problems
from app.suitability.household import Day as WeekDay
from app.suitability.household import LeftBecause, Member, Need, ServiceKind
from app.suitability.spelling import folded

from .base import CaseForm
from .fields import (
    AddressLine,
    Choice,
    ChoiceOrUnknown,
    Day,
    Email,
    Hidden,
    HomePostcode,
    Line,
    Note,
    Postcode,
    Ticks,
    YesNoUnknown,
    needed,
    not_in_future,
)


def words(code: str) -> str:
    """A code as a label."""
    special = {
        "gp": "GP",
        "drug_alcohol": "Drug and alcohol service",
        "custody_or_hospital": "Leaving custody or hospital",
        "asylum": "End of asylum support",
        "hearing_or_reading": "Hearing, sight or reading",
        "ehc_plan": "An education, health and care plan",
        "life_sustaining": "Life-sustaining care or equipment",
        "chest_illness": "Asthma or another chest illness",
        "mobility": "Mobility",
        "impulsive": "Acts on impulse",
        "relationship": "Relationship breakdown",
    }
    return special.get(code, code.replace("_", " ").capitalize())


def items(literal: object) -> list[tuple[str, str]]:
    return [(code, words(code)) for code in get_args(literal)]


DAYS = [
    ("mon", "Monday"),
    ("tue", "Tuesday"),
    ("wed", "Wednesday"),
    ("thu", "Thursday"),
    ("fri", "Friday"),
    ("sat", "Saturday"),
    ("sun", "Sunday"),
]
assert {code for code, _ in DAYS} == set(get_args(WeekDay))


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


class MemberForm(CaseForm):
    version = Hidden("Version")
    name = Line("Name", "As the person writes it. An unborn child: “unborn child of …”.", [needed("Enter a name.")])
    kind = Choice(
        "This person is",
        [("adult", "An adult"), ("child", "A child"), ("unborn", "An unborn child")],
        checks=[needed("Choose whether this is an adult, a child or an unborn child.")],
    )
    born = Day(
        "Date of birth",
        "For example, 27 3 2019. Leave empty for an unborn child, or if it is not known.",
        [
            not_in_future(
                today, "The date of birth is in the future. For an unborn child, give the expected date of birth."
            )
        ],
    )
    due = Day("Expected date of birth", "For an unborn child, or for a person who is pregnant.")
    sex = ChoiceOrUnknown(
        "Sex",
        [("female", "Female"), ("male", "Male"), ("other", "Another description")],
        "Used only for the room standard.",
    )
    relationship = Line("Relationship to the applicant", "For example, applicant, partner, daughter.")
    couple_with = Choice("Lives as a couple with", [], as_select=True)
    mother = Choice("Mother, where she is in the household", [], "A child or an unborn child only.", as_select=True)
    pregnant = YesNoUnknown("Is this person pregnant?", "Ask privately.")
    needs_asked = Choice(
        "Health, disability or other needs",
        [("yes", "Asked: tick any that apply below"), ("none", "Asked: none"), ("unknown", "Not asked yet")],
    )
    needs = Ticks("Which needs?", items(Need))
    substance_sign = YesNoUnknown(
        "Any sign of substance use now or before?", "Adults only. Anything seen, said or on file, never appearance."
    )
    dangerous_medicine = YesNoUnknown(
        "Is there medicine at home that is dangerous to a child, or makes this adult drowsy?",
        "Adults only. Other than treatment for opioids, which is asked for by itself.",
    )
    justice_sign = YesNoUnknown("Any sign of prison, probation, bail or an order?", "Adults only.")
    exploitation_sign = YesNoUnknown(
        "Any sign of exploitation, gangs or missing episodes?", "Children only. Anything seen, said or on file."
    )
    seen_how = ChoiceOrUnknown(
        "How has this child been seen so far?",
        [
            ("awake", "Awake, and heard or watched apart from the adults"),
            ("asleep_only", "Only asleep"),
            ("same_adult_speaking", "Only with the same adult speaking"),
        ],
        "Children only.",
    )
    treatment_medicine = Line(
        "Medicine in treatment", "If prescribed opioid substitution. Being in treatment protects."
    )
    treatment_days = Ticks("Days a dose is collected or supervised", DAYS)
    school_age_place = ChoiceOrUnknown(
        "School or nursery",
        [("nursery", "Nursery"), ("primary", "Primary"), ("secondary", "Secondary"), ("none", "None")],
        "Children only.",
    )
    language = Line("First language", "Used only to arrange an interpreter.")
    interpreter_needed = YesNoUnknown("Is an interpreter needed?")

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.needs_asked.data == "yes" and not self.needs.data:
            self.refuse("needs", "Tick at least one need, or choose “Asked: none” or “Not asked yet”.")
            fine = False
        if self.needs_asked.data in ("none", "unknown") and self.needs.data:
            self.refuse(
                "needs_asked",
                "A need is ticked below. Choose “Asked: tick any that apply below”, or take the tick away.",
            )
            fine = False
        return fine

    def validate_due(self, field: Day) -> None:
        self._date_problem("due", field)

    def validate_born(self, field: Day) -> None:
        self._date_problem("born", field)

    def _date_problem(self, name: str, field: Day) -> None:
        if self.kind.data is None or field.data is None:
            return
        known: dict[str, Any] = {"kind": self.kind.data, "born": self.born.data, "due": self.due.data}
        person = Member.model_construct(key="x", name="x", pregnant=self.pregnant.known, **known)
        for at, sentence in member_problems(person, today()):
            if at == name:
                raise ValidationError(sentence)


class TakeOutForm(CaseForm):
    version = Hidden("Version")
    reason = Note(
        "Why is this person taken out?",
        "For example, entered twice. A person who left, or is said to have left, stays entered: ask where they are. What you write stays on the case with your name.",
        [needed("Say why this person is taken out.")],
        rows=3,
    )


class HouseholdForm(CaseForm):
    version = Hidden("Version")
    council_number = Line(*_NUMBER, [holds_a_number], longest=60)
    left_asked = Choice(
        "Is it known why the family left?", [("yes", "Yes: tick every reason below"), ("unknown", "Not known yet")]
    )
    left_because = Ticks(
        "Why did they leave?", items(LeftBecause), "The reason for leaving is itself a test of the placement."
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


class AddressForm(CaseForm):
    version = Hidden("Version")
    kind = Choice(
        "This is where they",
        [("current", "Live now"), ("former", "Lived before")],
        checks=[needed("Choose whether they live here now.")],
    )
    address = AddressLine("Address", checks=[needed("Enter the address.")])
    postcode = HomePostcode("Postcode", width="govuk-input--width-10")
    moved_in = Day("Moved in")
    moved_out = Day("Moved out")
    placed_by_council = YesNoUnknown("Did the council place them there?")

    def validate_moved_out(self, field: Day) -> None:
        if field.data and self.moved_in.data and field.data < self.moved_in.data:
            raise ValidationError("They moved out before they moved in.")


class ServiceForm(CaseForm):
    version = Hidden("Version")
    kind = Choice("Kind of service", items(ServiceKind), checks=[needed("Choose the kind of service.")], as_select=True)
    name = Line("Name of the service", checks=[needed("Enter the name of the service.")])
    postcode = Postcode("Postcode", "So that the distance can be measured.", width="govuk-input--width-10")
    used_by = Ticks("Who uses it?", [])
    open_known = Choice(
        "Opening days",
        [("yes", "Known: tick them below"), ("unknown", "Not known")],
        "Matters for a pharmacy that dispenses doses.",
    )
    open_days = Ticks("Open on", DAYS)
    directory_ref = Hidden("Entry of the directory")


class FindServiceForm(CaseForm):
    kind = Choice("Kind of service", items(ServiceKind), checks=[needed("Choose the kind of service.")], as_select=True)
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


class AllocateForm(CaseForm):
    version = Hidden("Version")
    assigned_to = Choice("Allocate to", [], checks=[needed("Choose who works on this case.")], as_select=True)
