"""One form for any criterion: the factory turns a checklist row into a form, and the form back into an answer."""

from __future__ import annotations

from datetime import date
from typing import Any

from wtforms.validators import ValidationError

from app import clocks
from app.clocks import today
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.checklist.criterion import Criterion

from .base import CaseForm
from .fields import Check, Choice, Day, Hidden, Line, Note, Ticks, needed, not_in_future, not_in_past
from .measures import Whole

GRADES = [(g.value, wording.GRADE_CHOSEN[g]) for g in (Grade.E4, Grade.E3, Grade.E2, Grade.E1S, Grade.E1)]
UNKNOWN = "unknown"


class AnswerForm(CaseForm):
    """What every answer carries besides its value."""

    seen = Hidden("Seen")
    grade = Choice("How is this known?", GRADES, "What a parent says is not what a professional has seen.")
    source_name = Line("Who said or showed it?", "Their name.")
    source_role = Line("Their role", longest=100)
    source_agency = Line("Their agency", longest=100)
    on = Day(
        "On what day was it said or seen?",
        checks=[not_in_future(today, "The day it was said or seen is in the future.")],
    )
    note = Note("What exactly was said or seen?")
    why = Note("Why?")
    so_what = Note("So what, for this child?")
    replaces = Ticks("Does this take the place of an earlier answer from somebody else?", [])
    reason = Note(
        "If it takes the place of an earlier answer, or differs from what was measured, why?",
        "A worry is replaced, or made less, only with a reason, by evidence as good, no older than it, from somebody whose word counts here.",
        rows=2,
    )
    corrects = Hidden("Corrects")
    slip = Note(
        "Why was what you entered first a slip?", "It stands beside both entries, and no rule reads it.", rows=2
    )
    again = Choice(
        "You entered another answer from the same person within the hour. Which is this?",
        [
            (
                "slip",
                "A correction",
                "What I entered first was a slip of mine. It stays in the audit and is no answer.",
            ),
            ("new", "They have said something else since", "Both are kept, and shown as two answers."),
        ],
    )

    criterion: Criterion

    def the_value(self) -> Any:
        """The value in the case file’s form; "unknown" when the officer says it is not known."""
        value: Any = getattr(self, "value", None)
        if self.criterion.answer == "counts":
            counts = {name: getattr(self, f"count_{name}").number for name in self.criterion.counts}
            return {name: number for name, number in counts.items() if number is not None} or UNKNOWN
        if self.not_known.data:
            return UNKNOWN
        if self.criterion.answer == "minutes":
            return value.number
        if self.criterion.answer == "date":
            return value.data.isoformat() if value.data else None
        return UNKNOWN if value.data == [UNKNOWN] else value.data

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        value = self.the_value()
        first = "value" if hasattr(self, "value") else f"count_{next(iter(self.criterion.counts))}"
        if value in (None, [], ()) and not getattr(self, first).errors:
            self.refuse(first, "Choose an answer. “Not known” is an answer: it keeps the question open and shows it.")
            fine = False
        beside = ticked_beside(self.criterion, value)
        if beside:
            self.refuse("value", beside)
            fine = False
        if value not in (None, [], UNKNOWN):
            for name, message in (
                ("grade", "Choose how this is known."),
                ("source_name", "Enter who said or showed it."),
            ):
                if not getattr(self, name).data:
                    self.refuse(name, message)
                    fine = False
            if not self.on.data and not self.on.errors:
                self.refuse("on", "Enter the day it was said or seen. Without a day it has no age.")
                fine = False
        if self.replaces.data and not self.reason.data:
            self.refuse("reason", "Say why this takes the place of the earlier answer.")
            fine = False
        return fine


def ticked_beside(criterion: Criterion, value: Any) -> str:
    """Why what is ticked cannot stand together: “none of these” is told of every one; empty where it can."""
    if criterion.answer != "multiple" or not isinstance(value, list) or len(value) < 2:
        return ""
    options = (criterion.options[v] for v in value if v != UNKNOWN)
    alone = next((o.label for o in options if o.means == "clear" and not o.beside), "")
    return f"“{alone}” cannot be ticked with anything else." if alone else ""


def answer_form(criterion: Criterion) -> type[AnswerForm]:
    """The form of one criterion."""
    members: dict[str, Any] = {"criterion": criterion}
    not_known = Ticks("", [(UNKNOWN, "Not known, or nobody has answered")])
    if criterion.answer in ("choice", "multiple"):
        listed: list[tuple[str, ...]] = [(code, option.label) for code, option in criterion.offered.items()]
        several = criterion.answer == "multiple"
        listed.append(
            (
                UNKNOWN,
                "Not known of the others" if several else "Not known, or nobody has answered",
                "Tick it beside the others where not every one was asked about. " * several
                + "The question stays open and shows who is to be asked.",
            )
        )
        members["value"] = (Choice if criterion.answer == "choice" else Ticks)(
            criterion.question, listed, criterion.help
        )
        members["not_known"] = Hidden("")
    elif criterion.answer == "minutes":
        members["value"] = Whole(criterion.question, criterion.help, least=0, most=1440, unit="minutes")
        members["not_known"] = not_known
    elif criterion.answer == "date":
        members["value"] = Day(criterion.question, criterion.help, [day_check(criterion)])
        members["not_known"] = not_known
    elif criterion.answer == "counts":
        for name, count in criterion.counts.items():
            members[f"count_{name}"] = Whole(count.label, least=0, most=10_000)
        members["not_known"] = Hidden("")
    made: type[AnswerForm] = type(f"AnswerForm{criterion.id}", (AnswerForm,), members)
    return made


def day_check(criterion: Criterion) -> Check:
    """On which side of today the day is that answers a question about one."""
    if criterion.day == "to_come":
        return not_in_past(today, "This day has gone by. Give the day on which it will be looked at.")
    return not_in_future(today, "This day is in the future.")


def entered(criterion: Criterion, value: Any) -> dict[str, Any]:
    """A value as the form shows it, for an entry that is to be put right."""
    if value == UNKNOWN:
        if criterion.answer == "choice":
            return {"value": UNKNOWN}
        return {"value": [UNKNOWN]} if criterion.answer == "multiple" else {"not_known": [UNKNOWN]}
    if criterion.answer == "counts":
        return {f"count_{name}": str(number) for name, number in value.items()}
    if criterion.answer == "date":
        return {"value": date.fromisoformat(value)}
    if criterion.answer == "multiple":
        return {
            "value": value if isinstance(value, list | tuple) else [value]
        }  # one option may be written without a list
    return {"value": str(value) if criterion.answer == "minutes" else value}


def value_in_words(criterion: Criterion, value: Any) -> str:
    """An answer’s value as the page and the record say it."""
    if value == UNKNOWN:
        return "Not known"
    if criterion.answer in ("choice", "multiple"):
        values = value if isinstance(value, (list, tuple)) else [value]
        return "; ".join(criterion.said(str(v)) for v in values)
    if criterion.answer == "minutes":
        return f"{value} minutes"
    if criterion.answer == "counts" and isinstance(value, dict):
        return "; ".join(
            f"{criterion.counts[name].label}: {number}" for name, number in value.items() if name in criterion.counts
        )
    return clocks.iso_in_words(str(value)) if criterion.answer == "date" else str(value)


class MitigationForm(CaseForm):
    version = Hidden("Version")
    what = Note(
        "What will be done?", "Specific enough that somebody else could check it.", [needed("Say what will be done.")]
    )
    owner_name = Line("Who owns it?", "The name of the person who does it.", [needed("Enter who owns it.")])
    owner_role = Line("Their role", "For a high concern it has to be the one named above.", longest=100)
    owner_agency = Line("Their agency", longest=100)
    owner_accepted = Day(
        "When did they accept it?",
        "Leave empty if they have not: then it does not count yet.",
        [not_in_future(today, "The day they accepted is in the future.")],
    )
    due = Day("By when?")
    in_place = Day(
        "In place since",
        "Leave empty if it is not in place.",
        [not_in_future(today, "It cannot be in place in the future.")],
    )
    seen_grade = Choice("How was it seen?", [g for g in GRADES if g[0] in ("E2", "E3", "E4")])
    seen_by = Line("Who saw it in this unit?")
    seen_on = Day("On what day?", checks=[not_in_future(today, "The day it was seen is in the future.")])

    def validate_seen_on(self, field: Day) -> None:
        if field.data and self.in_place.data and field.data < self.in_place.data:
            raise ValidationError("It was seen before it was in place.")


class AgreeForm(CaseForm):
    """A senior officer’s written agreement to a plan that somebody else wrote down."""

    version = Hidden("Version")
    note = Note(
        "Why is this plan enough, until its day?",
        "In your own words, about this family and this place.",
        [needed("Say why this plan is enough.")],
    )

    def validate_note(self, field: Note) -> None:
        if len(field.data or "") < 10:
            raise ValidationError("Say why in at least 10 characters.")


class AcceptanceForm(CaseForm):
    version = Hidden("Version")
    reason = Note(
        "Why do you accept this?",
        "In your own words, about this family and this place.",
        [needed("Say why you accept this.")],
    )
    review_on = Day(
        "Look again on",
        "A senior acceptance needs a review date. Of a high concern it lasts no longer than a plan may.",
    )
    lead_professional_view = Note(
        "What does the lead professional say?",
        "In their words. A child-safety row that only a senior officer may accept needs it.",
    )

    def validate_reason(self, field: Note) -> None:
        if len(field.data or "") < 10:
            raise ValidationError("Say why in at least 10 characters.")

    def validate_review_on(self, field: Day) -> None:
        if field.data and field.data < today():
            raise ValidationError("The review date is in the past.")


class PatternAnswerForm(CaseForm):
    version = Hidden("Version")
    reason = Note(
        "Considered, because", "In your own words, about this family.", [needed("Say why, in your own words.")]
    )

    def validate_reason(self, field: Note) -> None:
        if len(field.data or "") < 10:
            raise ValidationError("Say why in at least 10 characters.")


assert {code for code, _ in GRADES} == {g.value for g in Grade} - {"E0"}
