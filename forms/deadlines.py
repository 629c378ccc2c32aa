"""Putting off a date of a case, writing down what starts one, and what was done about one."""

from __future__ import annotations

from typing import Any

from app.clocks import table, today

from .base import CaseForm
from .fields import Choice, Day, Hidden, Note, needed, not_in_future

_NOT_AHEAD = not_in_future(today, "This day is in the future.")


def _kinds() -> list[tuple[str, str]]:
    """The clocks that somebody starts by writing a day down, by what they are called."""
    return sorted(
        ((code, kind.name) for code, kind in table.read().kinds.items() if kind.by_hand), key=lambda one: one[1]
    )


class SnoozeForm(CaseForm):
    """Until when, and why."""

    version = Hidden("Version")
    until = Day("Until what day?", checks=[needed("Give the day.")])
    why = Note("Why?", "What you wait for, and what you do meanwhile.", [needed("Say why: it stays beside the date.")])

    def values(self) -> dict[str, Any]:
        return {"until": self.until.data, "why": self.why.data or ""}


class StartForm(CaseForm):
    """Which date, on what day it starts, and how that is known."""

    version = Hidden("Version")
    kind = Choice("Which one begins?", _kinds(), checks=[needed("Choose which one begins.")], as_select=True)
    on = Day("On what day does it begin?", checks=[needed("Give the day."), _NOT_AHEAD])
    said = Note("What happened, and how do you know?", "", [needed("Say what happened, and how you know.")])

    def values(self) -> dict[str, Any]:
        return {"kind": self.kind.data or "", "on": self.on.data, "said": self.said.data or ""}


class CorrectForm(CaseForm):
    """Another day on which one began, and why."""

    version = Hidden("Version")
    on = Day("On what day did it begin?", checks=[needed("Give the day."), _NOT_AHEAD])
    said = Note("Why is it another day?", "", [needed("Say why it is another day.")])

    def values(self) -> dict[str, Any]:
        return {"on": self.on.data, "said": self.said.data or ""}


class MoreTimeForm(CaseForm):
    """More time that was given in writing: until when, on what day, by whom, and where the writing is."""

    version = Hidden("Version")
    until = Day("Until what day?", "The last day that was agreed.", checks=[needed("Give the day.")])
    on = Day("On what day was it written?", checks=[needed("Give the day."), _NOT_AHEAD])
    said = Note(
        "Who gave it, in what writing, and where is that kept?",
        "",
        [needed("Say who gave it, and where the writing is: what was only said does not count.")],
    )

    def values(self) -> dict[str, Any]:
        return {"until": self.until.data, "on": self.on.data, "said": self.said.data or ""}


class DoneForm(CaseForm):
    """What was done about a date, and whether that meets it."""

    version = Hidden("Version")
    met = Choice(
        "Is it met by that?", [("yes", "Yes"), ("no", "No, it runs on")], checks=[needed("Say whether that meets it.")]
    )
    on = Day("On what day?", checks=[needed("Give the day."), _NOT_AHEAD])
    said = Note("What was done, and by whom?", "", [needed("Say what was done, and by whom.")])

    def values(self) -> dict[str, Any]:
        return {"met": self.met.data == "yes", "on": self.on.data, "said": self.said.data or ""}
