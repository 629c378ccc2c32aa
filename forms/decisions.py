"""Submitting an assessment, reviewing one, and the emergency decision for tonight."""

from __future__ import annotations

import re
from typing import Any, ClassVar

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Outcome

from .base import CaseForm
from .fields import Choice, Day, Hidden, Line, Note, Ticks, needed
from .measures import Whole

SHORTEST_REASON = 30


def submit_form(children: list[tuple[str, str]], outcome: str) -> type[CaseForm]:
    """Reasons in the officer’s own words, one for each child; a worse outcome may be chosen, a better one never."""
    members: dict[str, Any] = {"version": Hidden("Version")}
    for key, name in children:
        members[f"reason_{key}"] = Note(
            f"Why, for {name}?",
            "Nothing is filled in for you.",
            [needed(f"Say why, for {name}.")],
            rows=5,
        )
    if not children:
        members["reason_household"] = Note(
            "Why, for this household?", "In your own words.", [needed("Say why.")], rows=5
        )
    members["impression"] = Ticks(
        "Did an impression weigh in your view?",
        [("yes", "An impression of the family, good or bad, is part of why I think so")],
        "It is no fault. It asks for the evidence beside it.",
    )
    worse = [code for code in Outcome if code > outcome]
    if worse:
        members["worse_outcome"] = Choice(
            "Do you judge it worse than that?",
            [("", "No, I agree"), *((code, wording.OUTCOME[code]) for code in worse)],
            "You may always judge worse, with a reason. Better only by new facts or written acceptance.",
        )
        members["worse_reason"] = Note("If worse, why?")

    def validate(self: Any, extra_validators: Any = None) -> bool:
        fine = bool(CaseForm.validate(self, extra_validators))
        seen: dict[str, str] = {}
        for field in self:
            if field.name.startswith("reason_") and field.data and not field.errors:
                if len(field.data) < SHORTEST_REASON:
                    self.refuse(
                        field.name, f"Say a little more: at least {SHORTEST_REASON} characters about this child."
                    )
                    fine = False
                elif " ".join(field.data.lower().split()) in seen:
                    self.refuse(
                        field.name, "These are the same words as for another child. Say what it means for this one."
                    )
                    fine = False
                seen[" ".join(field.data.lower().split())] = field.name
        if worse and self.worse_outcome.data and not self.worse_reason.data:
            self.refuse("worse_reason", "Say why you judge it worse.")
            fine = False
        return fine

    members["validate"] = validate
    return type("SubmitForm", (CaseForm,), members)


# What somebody writes who has nobody to name.
_NOBODY = re.compile(
    r"(nobody|no one|no-one|none|not yet|not told|not seen|not known|unknown|tbc|n/?a)\b|[-.?]*$", re.I
)


def names_nobody(text: str) -> bool:
    return _NOBODY.match(text) is not None


MOST_CONDITIONS = 12  # a lead who wants more than these returns it
PARTS = ("what", "owner", "due", "seen")
_NEEDED = {
    "what": "Say what the condition is.",
    "owner": "Say who does it.",
    "due": "Say by when.",
    "seen": "Say how it will be seen, and by whom.",
}


def condition_box(part: str, number: int) -> str:
    """What a box of a condition is called; of the first as it always was."""
    return f"condition_{part}" if number == 1 else f"condition_{part}_{number}"


class ReviewForm(CaseForm):
    """What a lead decides. ``review_form`` makes one with as many conditions as are shown."""

    version = Hidden("Version")
    since = Hidden("The newest entry when the page was opened")
    shown = Hidden("How many conditions are shown")
    verdict = Choice(
        "What do you decide?",
        [
            ("approve", "Agree: the outcome stands", "It goes into the record as it stands above."),
            (
                "approve_with_conditions",
                "Agree, and add conditions",
                "The outcome stands, and yours are added to the conditions.",
            ),
            (
                "worse",
                "I judge it worse, because …",
                "Say below what you judge it to be. Why goes into your own words.",
            ),
            ("return", "Return it, naming what to ask", "Nothing is decided, and nothing is lost."),
        ],
        checks=[needed("Choose what you decide.")],
    )
    worse_outcome = Choice("If worse: what do you judge it to be?", [], as_select=True)
    note = Note(
        "In your own words, why?",
        "If you return it, name what to change.",
        [needed("Say why, in your own words.")],
        rows=5,
    )
    ROWS: ClassVar[int] = 1

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        verdict, written = self.verdict.data, self.rows()
        for number in written:
            for part, message in _NEEDED.items():
                box = self[condition_box(part, number)]
                if not box.data and not box.errors:
                    self.refuse(box.name, message)
                    fine = False
            due = self[condition_box("due", number)]
            if due.data and due.data < clocks.today():
                self.refuse(due.name, "This day is past. Give one that is still to come, or today.")
                fine = False
        if written and verdict not in ("approve_with_conditions", "worse"):
            self.refuse(
                "verdict",
                "You wrote a condition. Choose “Agree, and add conditions” or “I judge it worse”, or clear the condition below.",
            )
            fine = False
        if verdict == "approve_with_conditions" and not written:
            self.refuse(condition_box("what", 1), _NEEDED["what"])
            fine = False
        if verdict == "worse" and not self.worse_outcome.data and not self.worse_outcome.errors:
            self.refuse("worse_outcome", "Say what you judge it to be.")
            fine = False
        if self.worse_outcome.data and verdict and verdict != "worse":
            self.refuse("verdict", "You said that you judge it worse. Choose that here, or take it back below.")
            fine = False
        if self.note.data and len(self.note.data) < SHORTEST_REASON and not self.note.errors:
            self.refuse("note", f"Say a little more: at least {SHORTEST_REASON} characters.")
            fine = False
        return fine

    def rows(self) -> list[int]:
        """The conditions in which anything was written."""
        return [
            number
            for number in range(1, self.ROWS + 1)
            if any(
                self[condition_box(part, number)].data or _typed(self[condition_box(part, number)]) for part in PARTS
            )
        ]

    def conditions(self) -> list[dict[str, str]]:
        """Each condition as it is kept: what, who, by when, and how it will be seen."""
        return [
            {
                part: box.data.isoformat() if part == "due" else box.data
                for part in PARTS
                for box in (self[condition_box(part, number)],)
            }
            for number in self.rows()
        ]

    def asked(self) -> list[list[Any]]:
        """The boxes of each condition that is shown."""
        return [[self[condition_box(part, number)] for part in PARTS] for number in range(1, self.ROWS + 1)]


def _typed(box: Any) -> bool:
    return any(getattr(box, "parts", ()))


def review_form(rows: int) -> type[ReviewForm]:
    """The form with so many conditions to write, one at least."""
    shown = min(max(rows, 1), MOST_CONDITIONS)
    members: dict[str, Any] = {"ROWS": shown}
    for number in range(1, shown + 1):
        which = "" if number == 1 else f" {number}"
        members |= {
            condition_box("what", number): Note(f"Condition{which}", "What must be done."),
            condition_box("owner", number): Line(f"Who does it{which and ', condition' + which}?"),
            condition_box("due", number): Day(f"By when{which and ', condition' + which}?"),
            condition_box("seen", number): Line(
                f"How will it be seen, and by whom{which and ', condition' + which}?",
                "Such as: the officer goes there and sees the cot.",
            ),
        }
    return type("ReviewFormOf", (ReviewForm,), members)


def emergency_form(most_nights: int, tell_social_care: bool, see_cot: bool) -> type[CaseForm]:
    """What a senior officer must say before keys are given tonight, for this household."""
    told = (
        [needed("Social care has to be told before keys are given. Write down who was told, by whom and when.")]
        if tell_social_care
        else []
    )
    members: dict[str, Any] = {
        "version": Hidden("Version"),
        "tried": Note(
            "What else was tried tonight?",
            "Which other places were looked for, where, and what each said.",
            [needed("Say what else was tried tonight.")],
        ),
        "why": Note(
            "Why is this less harmful than having nowhere tonight?",
            "In your own words. The placement stays “not suitable” on the record.",
            [needed("Say why this is less harmful than having nowhere tonight.")],
        ),
        "safe_tonight": Note(
            "What keeps each child safe tonight?",
            "Child by child: where they sleep, who is with them, who checks and when.",
            [needed("Say what keeps each child safe tonight.")],
        ),
        "seen_by": Line(
            "Who has seen the room and the made-up cot, and when?" if see_cot else "Who has seen the room, and when?",
            "A named officer or provider who was there. Not a photo from the advert.",
            [needed("Write down who has seen it and when. If nobody has, nobody gets keys yet.")],
        ),
        "told": Line(
            "Which person in children’s social care was told, by whom, and when?",
            "At night and at weekends, the emergency duty team.",
            told,
        ),
        "nights": Whole(
            "For how many nights?",
            f"{most_nights} at most. It ends by itself.",
            [needed("Say for how many nights.")],
            least=1,
            most=most_nights,
        ),
    }

    def validate(self: Any, extra_validators: Any = None) -> bool:
        fine = bool(CaseForm.validate(self, extra_validators))
        for name in ("tried", "why", "safe_tonight"):
            field = self[name]
            if field.data and len(field.data) < SHORTEST_REASON and not field.errors:
                self.refuse(name, f"Say a little more: at least {SHORTEST_REASON} characters.")
                fine = False
        for name, message in (
            ("seen_by", "Name who has seen it and when. If nobody has, nobody gets keys yet."),
            ("told", "Name who was told, by whom and when. If nobody was, telephone now."),
        ):
            if self[name].data and not self[name].errors and names_nobody(self[name].data):
                self.refuse(name, message)
                fine = False
        return fine

    members["validate"] = validate
    return type("EmergencyForm", (CaseForm,), members)


class RatifyForm(CaseForm):
    version = Hidden("Version")
    verdict = Choice(
        "What do you decide?",
        [
            ("ratified", "Ratify", "It stands for the nights agreed, and ends by itself."),
            ("escalated", "Do not ratify: escalate", "The family needs another place now. Say who was told."),
        ],
        checks=[needed("Choose what you decide.")],
    )
    note = Note(
        "In your own words, why?",
        "If you escalate, name who was told and what happens next.",
        [needed("Say why, in your own words.")],
        rows=5,
    )
