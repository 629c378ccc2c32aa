"""Sharing a record, opening it with a code, and answering it."""

from __future__ import annotations

from typing import Any

from .base import CaseForm
from .fields import Choice, Email, Hidden, Line, Note, needed


class ShareForm(CaseForm):
    version = Hidden("Version")
    name = Line("Name of the recipient", checks=[needed("Enter the recipient’s name.")])
    role = Line(
        "Their role and agency",
        "For example, health visitor, NHS community trust.",
        [needed("Enter their role and agency.")],
    )
    email = Email(
        "Their e-mail address",
        "The mail names nobody. It carries a link that alone shows nothing.",
        [needed("Enter their e-mail address.")],
    )
    why = Note(
        "Why do they need it?",
        "What it lets them do for the children, and on what ground.",
        [needed("Say why they need it.")],
    )


class CodeForm(CaseForm):
    code = Line(
        "Eight-digit code",
        "You were given it by telephone or in person.",
        [needed("Enter the code.")],
        longest=20,
        width="govuk-input--width-10",
    )


class AnswerRecordForm(CaseForm):
    response = Choice(
        "What do you say?",
        [
            ("acknowledged", "I have read it"),
            ("disputed", "I have read it and do not agree"),
            ("not_me", "I am not the person who leads for this family"),
        ],
        checks=[needed("Choose what you say.")],
    )
    name = Line("Your name", checks=[needed("Enter your name.")])
    reason = Note("If you do not agree, or it is not you: why?")

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.response.data in ("disputed", "not_me") and not self.reason.data:
            self.refuse("reason", "Say why, so that the right person hears it.")
            fine = False
        return fine
