"""Opening a case in an emergency, what was done then, and what somebody else finds of it."""

from __future__ import annotations

from wtforms import Field, Form
from wtforms.validators import ValidationError

from .base import CaseForm
from .fields import Choice, Line, Note, needed


def _long_enough(form: Form, field: Field) -> None:
    fewest = getattr(form, "fewest_letters", 1)
    if len("".join(str(field.data or "").split())) < fewest:
        raise ValidationError(f"Write at least {fewest} letters: what happens, who asks, and what you need to read.")


class BreakGlassForm(CaseForm):
    """By the exact reference, with a reason: nothing is looked up by a name here."""

    fewest_letters = 1
    reference = Line(
        "Reference of the case",
        "Whole, as it stands on the family’s papers. For example, 2K7M-R4WX. A name opens nothing.",
        [needed("Enter the whole reference.")],
        longest=60,
        width="govuk-input--width-10",
    )
    category = Choice("Why now?", [], checks=[needed("Choose why it cannot wait.")])
    reason = Note(
        "What happens, who asks, and what do you need to read?",
        "In your own words. A safeguarding lead reads it and asks you about it.",
        [_long_enough],
        rows=4,
    )


class TonightForm(CaseForm):
    said = Note(
        "What did you do for the family tonight?",
        "Whom you spoke with, where they are now, and who has to do what tomorrow. The officer of the case finds it on its page.",
        [needed("Write what you did.")],
        rows=5,
    )


class AnswerForm(CaseForm):
    """One of four answers, with its reason."""

    answer = Choice("What was it?", [], checks=[needed("Choose one of the answers.")])
    said = Note(
        "Why? What did they say, and what comes of it?",
        "Talk with them first. What you write stays, and they may ask to read it.",
        [needed("Write why.")],
        rows=4,
    )


class PurposeForm(CaseForm):
    purpose = Choice("Why are you opening this case?", [], checks=[needed("Choose one.")], as_select=True)
