"""The typist of this tree's own pages."""

from __future__ import annotations

import re

from officer_hands import Hands
from officer_typist import Tree
from officer_typist_5a7cdc1 import TypistOf5a7cdc1

# What the page of a question no longer offers, because it did not say which substance: what an officer ticks now.
_TICKED_NOW = {("SM01", "past"): ["opioids_past"], ("SM01", "now"): ["opioids_now"]}
# Whose sheet an answer belongs on, by the agency its source is of, and the grade that sheet gives it; others have no sheet that
# gives the grade the scenario states, and are answered on the page of their question.
_SHEETS = {
    "household": ("", "E1"), "council": ("officer", "E2"), "police": ("police", "E3"), "children's social care": ("social_care", "E3"),
    "NHS community trust": ("health_visiting", "E3"), "drug and alcohol service": ("drug_alcohol", "E3"), "Invented Surgery": ("gp", "E3"),
}  # fmt: skip
_TOGETHER = 2  # fewer answers than this from one person on one day are quicker on the pages of their questions


class TypistOfOurs(TypistOf5a7cdc1):
    """Where the pages are still those of the baseline it plays them as the baseline's typist does; where they are others, its own way."""

    number_field = "council_number"

    def answers(self) -> None:
        for a in self.tree["answers"]:
            a["value"] = _TICKED_NOW.get((a["criterion"], str(a["value"])), a["value"])
        self.conversations()
        super().answers()

    def conversations(self) -> None:
        """What one person said on one day, in one go; what their sheet does not ask is left for the pages of the questions."""
        found: dict[tuple[str, str, str], list[Tree]] = {}
        for a in self.to_answer:
            sheet, grade = _SHEETS.get(a["source"].get("agency", ""), ("", ""))
            if a["grade"] == grade:
                found.setdefault((sheet or a["source"]["name"], a["source"]["name"], a["on"]), []).append(a)
        self.follow("See the result so far")
        for (speaker, _, _), said in found.items():
            link = self.hands.page.locator(f'main a[href$="/sheets/{speaker}"]')
            if not link.count():
                link = self.hands.page.locator('main a[href*="/sheets/"]').filter(has_text=speaker)
            if len(said) >= _TOGETHER and link.count():
                self.hands.press(link)
                self.sheet(said)
        self.follow("All questions")

    def sheet(self, said: list[Tree]) -> None:
        """One sheet, filled from its head to its end."""
        hands, source = self.hands, said[0]["source"]
        hands.text("person", source["name"])
        hands.text("role", source.get("role"))
        hands.day("on", said[0]["on"])
        there: list[str] = hands.page.locator("main form [name]").evaluate_all("all => all.map(e => e.name)")
        rows = list(dict.fromkeys(m[1] for m in (re.match(r"([A-Z]{2}\d\d-\w+)", name) for name in there) if m))
        asked = {f"{a['criterion']}-{self.keys.get(a['subject'], a['subject'])}": a for a in reversed(said)}
        for row in sorted(asked.keys() & set(rows), key=rows.index):
            self.said(row, asked[row])
        hands.pick("came", "answered")
        self.press("Save, and see the result")

    def said(self, row: str, a: Tree) -> None:
        """One answer: chosen, and where something was said about it, with its words."""
        page = self.hands.page
        first = page.locator(f'[name="{row}"], [name="{row}-day"], [name^="{row}."]:not([type=hidden])').first
        closed = first.locator("xpath=ancestor::details[not(@open)][.//*[contains(@class, 'cbc-ask')]]")
        if closed.count():
            self.hands.open(closed.locator("> summary"))
        self.value(row, f"{row}.", a["value"])
        if any(a.get(word) for word in ("note", "why", "so_what")):
            words = page.locator(f'details:has(> div [name="{row}.note"])').last
            if words.get_attribute("open") is None:
                self.hands.open(words.locator("> summary"))
            for word in ("note", "why", "so_what"):
                self.hands.text(f"{row}.{word}", a.get(word))
        self.to_answer.remove(a)
        a["source"] = {
            name: words for name, words in a["source"].items() if name != "agency"
        }  # a sheet knows who speaks

    def nobody_is_asked(self, answers: list[Tree]) -> None:
        """The checklist of today does not ask what does not apply to this household: it is left out, and told beside the figures."""
        self.not_asked = answers
        self.tree["answers"] = [a for a in self.tree["answers"] if a not in answers]

    def to_the_review(self, lead: Hands) -> None:
        lead.press(lead.page.locator("a", has_text="Review: "))
