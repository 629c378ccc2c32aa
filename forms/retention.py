"""Holding a case, lifting a hold, a complaint about data, and what is said to a proposal to destroy."""

from __future__ import annotations

from app.clocks import today

from .base import CaseForm
from .fields import Choice, Day, Hidden, Note, needed, not_in_future

_FUTURE = "This day is in the future."


class HoldForm(CaseForm):
    """Why nothing of it may be destroyed."""

    version = Hidden("Version")
    kind = Choice("Why is it held?", [], checks=[needed("Choose why it is held.")], as_select=True)
    reason = Note(
        "Who asked for it, when, and what for?",
        "For example, who of the police asked, on which day, and where the letter is.",
        [needed("Say who asked for it, and what for.")],
    )


class LiftForm(CaseForm):
    """Why it need not be held any more."""

    version = Hidden("Version")
    reason = Note(
        "Why need it not be held any more?",
        "Whom you asked, on which day, and what they said. Other holds stand.",
        [needed("Say why it need not be held any more.")],
    )


class ComplaintForm(CaseForm):
    """A complaint about what is done with somebody's data."""

    version = Hidden("Version")
    on = Day("On what day did it come?", checks=[needed("Give the day."), not_in_future(today, _FUTURE)])
    way = Choice("How did it come?", [], checks=[needed("Choose how it came.")])
    said = Note(
        "Who complains, and of what?",
        "In their own words, where you have them.",
        [needed("Say who complains, and of what.")],
    )


class AcknowledgeForm(CaseForm):
    """That it was acknowledged in writing."""

    version = Hidden("Version")
    on = Day("On what day did the letter go?", checks=[needed("Give the day."), not_in_future(today, _FUTURE)])
    said = Note("What was written, and by whom?", "", [needed("Say what was written, and by whom.")])


class AgreeForm(CaseForm):
    """That a case is destroyed: for good, in every place but backups, which go by themselves."""

    version = Hidden("Version")
    looked_after = Choice(
        "Is any child of this case looked after by a council, or were they ever?",
        [
            ("no", "No", "Children’s services said so"),
            ("yes", "Yes", "Then it is kept longer"),
            ("unknown", "Not known", "Then ask children’s services first"),
        ],
        checks=[needed("Say whether any child is or was looked after.")],
    )
    reason = Note(
        "Why may it go?",
        "What you looked at: is there a claim, a complaint, an inquiry, or a brother or sister whose case goes on?",
        [needed("Say why it may go.")],
    )


class KeepForm(CaseForm):
    """That a case is kept for longer."""

    version = Hidden("Version")
    until = Day("Until what day is it kept?", "After that day it is proposed again.", [needed("Give the day.")])
    reason = Note("Why is it kept?", "", [needed("Say why it is kept.")])
