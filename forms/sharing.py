"""Sharing a record, opening it with a code, and answering it."""

from __future__ import annotations

from typing import Any, ClassVar

from app.suitability.casefile.spelling import folded

from .base import CaseForm
from .decisions import SHORTEST_REASON, names_nobody
from .fields import Choice, Email, Hidden, Line, Note, needed

# The record is whole; what may be told to those below is told by a person. What each may have: safeguarding.md 5.
_NOT_SHARED = {
    "service": "It is not shared with a school, a nursery or a provider: it holds the address, what agencies said of each adult and any domestic abuse. Tell them what they need for the children, and write down what was said, to whom and why.",
    "family": "It is not shared with the family or anybody connected with them: it holds what agencies said about other people, and may hold an address that must not be known. Give the decision and its reasons in the council’s own letter; a request for what is held about somebody goes to the council’s information governance team.",
}


class ShareForm(CaseForm):
    """The recipient of a whole record. ``household``: the names of its members, none of whom it is sent to."""

    household: tuple[str, ...] = ()

    version = Hidden("Version")
    relation = Choice(
        "Who are they to this family?",
        [
            (
                "professional",
                "A professional who works to keep these children safe",
                "The lead professional, or for example a social worker, health visitor, GP or domestic abuse adviser.",
            ),
            ("service", "A school, nursery, landlord or the provider of the place"),
            (
                "family",
                "One of the family, or somebody connected with any of them",
                "Also somebody who applied with one of them before, and their solicitors.",
            ),
        ],
        checks=[needed("Say who they are to this family.")],
    )
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

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.relation.data in _NOT_SHARED:
            self.refuse("relation", _NOT_SHARED[self.relation.data])
            fine = False
        if folded(self.name.data or "") in map(folded, self.household):
            self.refuse(
                "name",
                "This is the name of somebody of the household, to whom the whole record is not sent. If it is a professional of the same name, add their title.",
            )
            fine = False
        return fine


class ShareCopyForm(CaseForm):
    """The recipient of a copy made for their kind of reader. ``household``: the names of its members, none of whom it is sent to."""

    household: tuple[str, ...] = ()

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
    why = Note("Why do they need it?", "What it lets them do for the children.", [needed("Say why they need it.")])

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if folded(self.name.data or "") in map(folded, self.household):
            self.refuse("name", "This is the name of somebody of the household, to whom no link is sent.")
            fine = False
        return fine


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
            ("will_lead", "I have read it, and I will lead for this family"),
            ("disputed", "I have read it and do not agree"),
            ("not_me", "I cannot lead for this family: ask somebody else"),
        ],
        checks=[needed("Choose what you say.")],
    )
    name = Line("Your name", checks=[needed("Enter your name.")])
    reason = Note("If you do not agree: why? If you cannot lead: whom should we ask?")

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.response.data in ("disputed", "not_me") and not self.reason.data:
            self.refuse("reason", "Say why, so that the right person hears it.")
            fine = False
        return fine


class SayForm(CaseForm):
    """What a recipient knows beside what they read, or says is wrong in it."""

    kind = Choice(
        "What is it?",
        [
            ("added", "Something that I know, and the document does not say"),
            ("wrong", "Something in the document is wrong"),
            (
                "disagrees",
                "One thing in it that I do not agree with",
                "Somebody who had no part in the decision hears you.",
            ),
        ],
        checks=[needed("Say which of these it is.")],
    )
    said = Note(
        "In your words",
        "What you saw or know yourself, and when. It is kept under your name. It answers nothing before an officer has read it.",
        [needed("Write what it is.")],
    )


class TakenForm(CaseForm):
    """What an officer did with what a recipient said."""

    version = Hidden("Version")
    verdict = Choice("What was done?", [], checks=[needed("Choose what was done.")])
    note = Note("What exactly, and with whom did you speak?", checks=[needed("Say what was done.")])

    DONE: ClassVar = {
        "added": [
            ("mapped", "It is entered as an answer, with them as its source", ""),
            ("kept", "It is read, and answers no question", ""),
        ],
        "wrong": [
            (
                "corrected",
                "It was wrong, and is put right",
                "Everybody who has a link to this record or a copy of it is told today.",
            ),
            ("stands", "It was looked into, and stands", ""),
        ],
        "disagrees": [
            ("agreed", "They were heard, and agree now", ""),
            ("changed", "The placement changes, or is assessed again with what they said", ""),
            ("escalated", "Still not agreed: escalated", "It stays on the list until it is settled."),
        ],
    }


class SettleForm(CaseForm):
    """What was done after a recipient did not agree, or was not the one who leads."""

    version = Hidden("Version")
    verdict = Choice("What came of it?", [], checks=[needed("Choose what came of it.")])
    spoken = Line(
        "Who spoke with whom, and when?",
        "A name on both sides. A mail that nobody answered is not a conversation.",
        [needed("Write down who spoke with whom, and when.")],
    )
    note = Note(
        "What do they see that the record does not, and what was done?",
        "In your own words.",
        [needed("Say what they see and what was done.")],
        rows=5,
    )

    OUTCOMES: ClassVar = {
        "disputed": [
            ("agreed", "They were heard, and agree now", ""),
            ("changed", "The placement changes, or is assessed again with what they said", ""),
            ("escalated", "Still not agreed: escalated", "It stays on the list until it is settled."),
        ],
        "not_me": [
            ("changed", "The right person is named and has the record", ""),
            ("escalated", "Nobody takes the lead: escalated", "It stays on the list until it is settled."),
        ],
    }

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.note.data and len(self.note.data) < SHORTEST_REASON and not self.note.errors:
            self.refuse("note", f"Say a little more: at least {SHORTEST_REASON} characters.")
            fine = False
        if self.spoken.data and not self.spoken.errors and names_nobody(self.spoken.data):
            self.refuse("spoken", "Name who spoke with whom, and when. If nobody did, ring them first.")
            fine = False
        return fine
