"""What happened before: health contacts, questions to agencies, events, a week's money, and danger now."""

from __future__ import annotations

from typing import Any

from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.values import in_sentence

from .asked import items
from .base import CaseForm
from .fields import Choice, Day, Hidden, Line, Note, Ticks, YesNoUnknown, needed, not_in_future
from .measures import Pounds, Whole

HOW_KNOWN = [(g.value, wording.GRADE_CHOSEN[g]) for g in (Grade.E4, Grade.E3, Grade.E2, Grade.E1, Grade.E0)]


class ContactForm(CaseForm):
    """A health contact of one child. A baby cannot fail to attend: it is brought or not brought."""

    LATER = ("cause", "cause_grade")
    ABOUT_LATER = "Did the system cause it: a letter gone astray, the service, or the council itself?"
    version = Hidden("Version")
    child = Choice("Which child?", [], checks=[needed("Choose the child.")])
    what = Line("What was it?", "For example, 6–8 week check.", [needed("Say what the contact was.")], longest=100)
    on = Day("When was it due?", checks=[not_in_future(today, "This day is in the future.")])
    outcome = Choice("What happened?", items(wording.CONTACT_OUTCOME), checks=[needed("Choose what happened.")])
    critical = YesNoUnknown(
        "Could missing it hurt the child most?",
        "The 6–8 week check, neonatal, seizure, growth and safeguarding contacts are such.",
    )
    need = Line("For which need?", "The same word for contacts of the same need, for example asthma.", longest=100)
    reason = Note("What reason was given, and by whom?", "In their words.")
    reason_grade = Choice("How is the reason known?", HOW_KNOWN)
    cause = Choice(
        "Did the system cause it?",
        [("", "Nothing shows that"), *items(wording.CONTACT_CAUSE)],
        "Check first whether the council itself moved the family or wrote to an old address.",
    )
    cause_grade = Choice("How is that cause known?", HOW_KNOWN)

    def entry(self) -> dict[str, Any]:
        return {
            "child": self.child.data,
            "what": self.what.data,
            "on": self.on.data,
            "outcome": self.outcome.data,
            "critical": self.critical.known,
            "need": self.need.data,
            "reason": self.reason.data,
            "reason_grade": self.reason_grade.data or "E0",
            "cause": self.cause.data or None,
            "cause_grade": self.cause_grade.data or "E0",
        }


class EnquiryForm(CaseForm):
    """A question put to an agency, and what came back. Silence is never an answer."""

    version = Hidden("Version")
    agency = Choice("Which agency?", [], checks=[needed("Choose the agency.")], as_select=True)
    listed = Ticks("", [("listed", "The question of the council’s list, on the ground that stands there")])
    question = Note("Or what exactly was asked?")
    ground = Line("On what ground?", "For example, Children Act 2004 s.16LA.")
    asked = Day(
        "When was it asked?",
        checks=[needed("Enter the day it was asked."), not_in_future(today, "It cannot be asked in the future.")],
    )
    due = Day("Answer due by")
    answered = Choice(
        "What came back?",
        [
            ("", "Nothing yet"),
            *items(wording.CAME_BACK_CHOSEN),
        ],
    )
    answered_on = Day("When?", checks=[not_in_future(today, "The answer cannot be in the future.")])
    reply = Note("What did they say?", "Record it as an answer to the question it belongs to as well.")

    def validate_question(self, field: Note) -> None:
        if not field.data and not self.listed.data:
            raise ValidationError("Write the exact question. Or tick that the list’s own was asked.")
        if (field.data or self.ground.data) and self.listed.data:
            raise ValidationError("The list’s own question is ticked, and another is written. Leave one of the two.")

    def validate_due(self, field: Day) -> None:
        if field.data and self.asked.data and field.data < self.asked.data:
            raise ValidationError("The answer is due before it was asked.")

    def validate_answered_on(self, field: Day) -> None:
        if field.data and self.asked.data and field.data < self.asked.data:
            raise ValidationError("It was answered before it was asked.")

    def entry(self) -> dict[str, Any]:
        return {
            "agency": self.agency.data,
            "question": self.question.data,
            "ground": self.ground.data,
            "asked": self.asked.data,
            "due": self.due.data,
            "answered": self.answered.data or None,
            "answered_on": self.answered_on.data,
            "reply": self.reply.data,
        }


class EventForm(CaseForm):
    """Something that happened, with its day."""

    version = Hidden("Version")
    kind = Choice("What happened?", items(wording.EVENT), checks=[needed("Choose what happened.")], as_select=True)
    on = Day("When?", checks=[needed("Enter the day."), not_in_future(today, "This day is in the future.")])
    who = Choice("To whom, if to one person?", [], as_select=True)
    what = Note("In plain words", "Who did what, and what it meant for each child.")
    nights = Whole("If the emergency route was used: for how many nights?", least=1, most=60)
    grade = Choice("How is it known?", HOW_KNOWN)

    def entry(self) -> dict[str, Any]:
        return {
            "kind": self.kind.data,
            "on": self.on.data,
            "who": self.who.data,
            "what": self.what.data,
            "nights": self.nights.number,
            "grade": self.grade.data or "E0",
        }


class BudgetForm(CaseForm):
    """A week's money, so that affordability is worked out and never guessed."""

    version = Hidden("Version")
    income = Pounds("Coming in", "Pay and benefits. Children’s benefits are not spare.")
    housing_charge = Pounds("Rent and charges they pay themselves")
    essentials = Pounds("Food, heating, clothes and other essentials")
    maintenance = Pounds("Maintenance or child support they pay")
    travel = Pounds("Travel to school, work and services from this place")
    food_without_kitchen = Pounds("Extra for food where there is no kitchen")
    childcare = Pounds("Childcare")


NO_DANGER = "none"


class DangerForm(CaseForm):
    version = Hidden("Version")
    danger = Ticks(
        "Is any of these happening now?",
        [*items(wording.DANGER), (NO_DANGER, "None of these: somebody looked or asked")],
    )
    ended = Line("If something written down before is over: who saw that, and when?")
    before: tuple[str, ...] = ()  # what is written down so far

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        told = list(self.danger.data or ())
        if not told:
            self.refuse("danger", "Tick what is happening, or “None of these”. An empty form says nothing.")
            return False
        if NO_DANGER in told and len(told) > 1:
            self.refuse("danger", "“None of these” cannot be ticked with anything else.")
            fine = False
        if set(self.before) - set(told) and not self.ended.data:
            self.refuse(
                "ended",
                "Something that was written down is not ticked any more. Say who saw that it is over, and when.",
            )
            fine = False
        return fine


PARTS: dict[str, type[ContactForm | EnquiryForm | EventForm]] = {
    "contacts": ContactForm,
    "enquiries": EnquiryForm,
    "events": EventForm,
}


def line_of(part: str, entry: Any, names: dict[str, str], agencies: dict[str, str]) -> str:
    """One entry as a line of its list."""
    if part == "contacts":
        return f"{names.get(entry.child, 'a child removed')}: {entry.what}, {wording.CONTACT_OUTCOME[entry.outcome].lower()}"
    if part == "enquiries":
        state = in_sentence(wording.CAME_BACK[entry.answered]) if entry.answered else ""
        return f"{agencies.get(entry.agency, wording.label(entry.agency))}: {state or 'asked, not answered'}"
    return wording.EVENT[entry.kind] + (f", {names[entry.who]}" if entry.who in names else "")
