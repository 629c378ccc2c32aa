"""The typist of this tree's own pages."""

from __future__ import annotations

from officer_hands import Hands
from officer_typist import Tree
from officer_typist_5a7cdc1 import TypistOf5a7cdc1

# What the page of a question no longer offers, because it did not say which substance: what an officer ticks now.
_TICKED_NOW = {("SM01", "past"): ["opioids_past"], ("SM01", "now"): ["opioids_now"]}


class TypistOfOurs(TypistOf5a7cdc1):
    """Where the pages are still those of the baseline it plays them as the baseline's typist does; where they are others, its own way."""

    number_field = "council_number"

    def answers(self) -> None:
        for a in self.tree["answers"]:
            a["value"] = _TICKED_NOW.get((a["criterion"], str(a["value"])), a["value"])
        super().answers()

    def nobody_is_asked(self, answers: list[Tree]) -> None:
        """The checklist of today does not ask what does not apply to this household: it is left out, and told beside the figures."""
        self.not_asked = answers
        self.tree["answers"] = [a for a in self.tree["answers"] if a not in answers]

    def to_the_review(self, lead: Hands) -> None:
        lead.press(lead.page.locator("a", has_text="Review: "))
