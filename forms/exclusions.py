"""From whom a case is kept by name."""

from __future__ import annotations

from .base import CaseForm
from .fields import Choice, Hidden, Note, needed


class KeepOutForm(CaseForm):
    version = Hidden("Version")
    person = Choice("From whom?", [], checks=[needed("Choose from whom this case is kept.")], as_select=True)
    reason = Note(
        "Why?",
        "How they are connected with this family, and who told you. They never read it; those who see the timeline of this case do.",
        [needed("Write why this case is kept from them.")],
    )


class LetInForm(CaseForm):
    version = Hidden("Version")
    reason = Note("Why is it safe now?", "Whom you asked, and what they said.", [needed("Write why it is lifted.")])
