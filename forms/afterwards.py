"""What is written down after an assessment was handed in, and after it was decided."""

from __future__ import annotations

from typing import Any

from app import clocks

from .base import CaseForm
from .decisions import SHORTEST_REASON, names_nobody
from .fields import Choice, Day, Hidden, Line, Note, needed


class _Reasoned(CaseForm):
    """A form with words of somebody’s own, that say something."""

    version = Hidden("Version")
    REASON = "reason"

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        box = self[self.REASON]
        if box.data and len(box.data) < SHORTEST_REASON and not box.errors:
            self.refuse(box.name, f"Say a little more: at least {SHORTEST_REASON} characters.")
            fine = False
        return fine

    def refuse_nobody(self, name: str, message: str) -> bool:
        """Is somebody named there? Where not, it is said beside the box."""
        box = self[name]
        if box.data and not box.errors and names_nobody(box.data):
            self.refuse(name, message)
            return False
        return True


class TakeBackForm(_Reasoned):
    reason = Note(
        "Why do you take it back?",
        "The safeguarding lead reads this. Nothing you wrote is lost.",
        [needed("Say why you take it back.")],
    )


class ConditionForm(_Reasoned):
    """A condition: seen to be met, or looked at again and given another day."""

    verdict = Choice("How does it stand?", [], checks=[needed("Say how it stands.")])
    seen_by = Line("If it is met: who saw it?", "By name. Somebody who was there, not who promised it.")
    seen_on = Day("If it is met: on which day?")
    due = Day("If it is not met: by which day now?")
    reason = Note(
        "What was seen; or why it may wait?", "In your own words.", [needed("Say what was seen, or why it may wait.")]
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.verdict.data == "met":
            fine &= self._asked("seen_by", "Say who saw it.") & self._asked("seen_on", "Say on which day it was seen.")
            fine &= self.refuse_nobody("seen_by", "Name who saw it. What nobody saw is not met.")
            if self.seen_on.data and self.seen_on.data > clocks.today():
                self.refuse("seen_on", "This day is still to come. What is only promised is not met.")
                fine = False
        if self.verdict.data == "later":
            fine &= self._asked("due", "Say by which day.")
            if self.due.data and self.due.data < clocks.today():
                self.refuse("due", "This day is past. Give one that is still to come, or today.")
                fine = False
        return fine

    def _asked(self, name: str, message: str) -> bool:
        box = self[name]
        if not box.data and not box.errors:
            self.refuse(name, message)
        return not box.errors


class CorrectionForm(_Reasoned):
    """A fact in the record that is wrong. The record keeps its bytes; a second person signs the correction."""

    said = Note("What does the record say?", "In its words.", [needed("Say what the record says.")])
    instead = Note("What is right?", checks=[needed("Say what is right.")])
    reason = Note("How do you know?", "Who told or showed it, and when.", [needed("Say how you know.")])


class CountersignForm(_Reasoned):
    verdict = Choice(
        "What do you decide?",
        [
            (
                "signed",
                "I counter-sign: it is corrected",
                "The record’s page says so from now on, to everybody who opens it.",
            ),
            (
                "refused",
                "I do not: the record is right, or it is not known",
                "Nothing is corrected. Your reason is kept.",
            ),
        ],
        checks=[needed("Choose what you decide.")],
    )
    reason = Note("In your own words, why?", checks=[needed("Say why, in your own words.")])


class WithdrawForm(_Reasoned):
    reason = Note(
        "Why is the decision withdrawn?",
        "Such as: the place is not to be had any more. Everybody who opens the record reads it.",
        [needed("Say why it is withdrawn.")],
    )


class AgainForm(_Reasoned):
    because = Choice(
        "Why is it assessed again?",
        [
            ("change", "Something has changed", "A new fact, or another day than it was decided for."),
            (
                "dispute",
                "Somebody does not agree",
                "A professional or the family says that a fact or the judgement is wrong.",
            ),
            (
                "statutory_review",
                "The applicant asked for a review",
                "By an officer who had no part in the decision; another safeguarding lead decides it.",
            ),
        ],
        checks=[needed("Say why it is assessed again.")],
    )
    reason = Note(
        "What has changed, or who does not agree, and about what?",
        "The safeguarding lead and every reader of the new record read this.",
        [needed("Say what has changed, or who does not agree.")],
    )


class MovedForm(_Reasoned):
    seen_on = Day("Since which day are they there?", checks=[needed("Say since which day.")])
    reason = Note("Where are they now, and who saw them arrive?", checks=[needed("Say where they are now.")])

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.seen_on.data and self.seen_on.data > clocks.today():
            self.refuse("seen_on", "This day is still to come. Write it down once they are there.")
            fine = False
        return fine
