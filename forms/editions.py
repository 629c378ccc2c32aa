"""Making a copy of a record for one reader."""

from __future__ import annotations

from .base import CaseForm
from .fields import Choice, Hidden, Note, Ticks


class CopyForm(CaseForm):
    """Whom the copy is about, what is opened for it and why, and what the officer writes for this reader."""

    version = Hidden("Version")
    adult = Choice(
        "Whom is this copy about?", [], "They are given what is about them, and not what is about the other."
    )
    children = Ticks("Which children is this copy about?", [], "Those who go to this school or nursery.")
    words = Note(
        "What do you want to tell this reader?",
        "In words for them; it stands at the top. What they are not given must not be in it: read it once more.",
    )
    opened = Ticks(
        "What does this reader need beside what they are given?",
        [],
        "A second person looks at a copy in which something is opened.",
    )
    reason = Note("Why must they have it?", "What it lets them do for the children. It is kept with the copy.")

    def about(self) -> tuple[str, ...]:
        return tuple(self.children.data or ()) if self.children.items else (self.adult.data,) if self.adult.data else ()
