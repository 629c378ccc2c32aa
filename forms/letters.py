"""Letters made from a case, what proves them, who was asked whether others may be told, and who leads."""

from __future__ import annotations

from typing import Any

from app.clocks import today

from .base import CaseForm
from .decisions import SHORTEST_REASON
from .fields import Choice, Day, Email, Hidden, Line, Note, Ticks, needed, not_in_future, not_in_past

_PAST = "The day is in the future."


class LetterForm(CaseForm):
    """What a letter needs beside what the case holds; a kind shows the boxes it uses."""

    version = Hidden("Version")
    agency = Hidden("Agency")
    to_name = Line("To whom?", "A name or a role. Leave it empty if the organisation is enough.")
    to_organisation = Line("Their organisation", "For example, the practice, the school or the council.")
    to_address = Note("Their postal address", "Only for a letter that is posted.", rows=3)
    applicant = Choice("Who is the applicant?", [])
    about = Ticks("Whom is it about?", [], "Only those whom the reader needs to know of.")
    question = Note(
        "What do you ask?",
        "One thing, in plain words. Say nothing of the family that they do not need to answer it.",
        rows=3,
    )
    ground = Line("On what ground?", longest=400)
    seen = Note(
        "What was seen of the room and the cot, by whom and when?",
        "In your own words. Leave it empty if nobody has seen it.",
    )
    put_right = Note(
        "What will be put right, and by when?",
        "A line for each, in words the family uses. Leave it empty if nothing is to be done.",
    )
    by_when = Day("By when do you need an answer?", checks=[not_in_past(today, "The day is in the past.")])

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.to_name.data and not self.to_organisation.data:
            self.refuse("to_name", "Say whom it is to: a name, or an organisation.")
            fine = False
        return fine


class ReleaseForm(CaseForm):
    version = Hidden("Version")
    release_why = Note(
        "Why may this letter go, to this reader, as it is?",
        "You have read it whole, and looked at whom it is to.",
        [needed("Say why it may go.")],
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.release_why.data and len(self.release_why.data) < SHORTEST_REASON:
            self.refuse("release_why", f"Say a little more: at least {SHORTEST_REASON} characters.")
            fine = False
        return fine


class MailLetterForm(CaseForm):
    version = Hidden("Version")
    email = Email(
        "Their e-mail address",
        "The mail says nothing of the family. The letter is attached, and opens with a pass phrase that you give them by telephone.",
        [needed("Enter their e-mail address.")],
    )


class ProveForm(CaseForm):
    version = Hidden("Version")
    how = Choice(
        "What happened?",
        [
            ("posted", "It was printed and posted"),
            ("handed", "It was printed and handed over"),
            ("received", "They say that they have it"),
            ("answered", "They answered"),
        ],
        checks=[needed("Choose what happened.")],
    )
    on = Day("On what day?", checks=[needed("Enter the day."), not_in_future(today, _PAST)])
    whom = Line("To whom, or who said so?", "A name, or a role and an organisation.", [needed("Name who it was.")])
    note = Note(
        "What else is to be kept?",
        "What they answered, in their words. It is no answer of the assessment until you enter it there.",
    )


class CancelForm(CaseForm):
    version = Hidden("Version")
    cancel_why = Line("Why is it taken back?", checks=[needed("Say why it is taken back.")])


class AskForm(CaseForm):
    """Whether one body may be told that a child is in temporary accommodation."""

    version = Hidden("Version")
    asked_of = Choice("Who was asked?", [], checks=[needed("Choose who was asked.")])
    on = Day("On what day?", checks=[needed("Enter the day."), not_in_future(today, _PAST)])
    answer = Choice(
        "What did they say?",
        [
            ("agreed", "They agree that we tell them"),
            ("refused", "They do not want it", "That counts against nobody."),
            ("no_answer", "They have not answered yet"),
        ],
        checks=[needed("Choose what they said.")],
    )
    details_on = Day(
        "Since when do we know which one it is?",
        "The day on which they told us the practice, the team or the school. Leave it empty if it is not known yet.",
        [not_in_future(today, _PAST)],
    )
    note = Note("Anything they said about it", "In their words.")


class LeadStepForm(CaseForm):
    version = Hidden("Version")
    what = Choice(
        "What happened?",
        [
            ("proposed", "Somebody was asked to lead", "Fill in who."),
            ("accepted", "They accepted"),
            ("declined", "They cannot, or do not want to"),
            ("ended", "They lead no more"),
        ],
        checks=[needed("Choose what happened.")],
    )
    name = Line("Name of who was asked")
    role = Line("Their role")
    agency = Line("Their agency")
    email = Email("Their e-mail address")
    on = Day("On what day?", checks=[needed("Enter the day."), not_in_future(today, _PAST)])
    note = Note("What they said, and whom to ask now", "Where they cannot, or lead no more.")
