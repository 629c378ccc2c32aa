"""A sealed home: sealing it, naming who may see it, asking, and the word of the second person."""

from __future__ import annotations

from .base import CaseForm
from .fields import Choice, Hidden, Note, Ticks, needed


class SealForm(CaseForm):
    version = Hidden("Version")
    named = Ticks(
        "Who may see it?",
        [],
        "Those who visit or write to them: two to four people. You can name yourself. A safeguarding lead can change this later.",
        [needed("Choose at least one person who may see it.")],
    )
    reason = Note(
        "Why?",
        "From whom it is kept, and who told you. Do not write the address here.",
        [needed("Write why their home is sealed.")],
    )


class NameForm(CaseForm):
    version = Hidden("Version")
    named = Choice("Who else may see it?", [], checks=[needed("Choose who may see it.")], as_select=True)


class AskHomeForm(CaseForm):
    version = Hidden("Version")
    what = Choice(
        "What do you ask for?",
        [
            ("show", "To see where they live, once"),
            ("lift", "That the seal be lifted", "Then everybody who sees this case sees the address again."),
        ],
        checks=[needed("Choose what you ask for.")],
    )
    reason = Note(
        "Why do you need it?",
        "What you will do with it, and why nobody who is named can do it. A second person reads this.",
        [needed("Write why you need it.")],
    )


class SettleHomeForm(CaseForm):
    version = Hidden("Version")
    answer = Choice(
        "Do you agree?",
        [("agree", "Yes, I agree"), ("refuse", "No")],
        checks=[needed("Choose whether you agree.")],
    )
    word = Note("Why?", "Whom you asked, and what they said.", [needed("Write why.")])
