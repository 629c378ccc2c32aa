"""A request for what is held about somebody, and its release."""

from __future__ import annotations

from app.clocks import today

from .base import CaseForm
from .fields import Choice, Day, Hidden, Note, needed, not_in_future


class AskForm(CaseForm):
    """Who asks, since when, and how it is known who they are."""

    version = Hidden("Version")
    person = Choice("Whom is it about?", [], checks=[needed("Choose whom it is about.")])
    on = Day(
        "On what day did they ask?",
        "The month begins on the day on which it is certain who they are.",
        [needed("Give the day."), not_in_future(today, "This day is in the future.")],
    )
    proved = Note(
        "How do you know that it is they who ask, and that they are safe to give it to?",
        "What you saw to know who they are; who else reads their post or telephone; for a child, who may ask for them and why that is right.",
        [needed("Say how you know who they are.")],
    )


class ReleaseForm(CaseForm):
    """That somebody read it, and that it may go."""

    version = Hidden("Version")
    why = Note(
        "What did you look for, and why may it go?",
        "Who could be named or found by it, and whether anybody could be put in danger.",
        [needed("Say what you looked for, and why it may go.")],
    )
