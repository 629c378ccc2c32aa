"""Submitting an assessment, reviewing one, and the emergency decision for tonight."""

from __future__ import annotations

import re
from typing import Any

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
            "What this place means for this child, in your own words. Nothing is filled in for you.",
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


class ReviewForm(CaseForm):
    version = Hidden("Version")
    verdict = Choice(
        "What do you decide?",
        [
            ("approve", "Agree: the outcome stands", "It goes into the record as it stands above."),
            (
                "approve_with_conditions",
                "Agree, and add a condition",
                "The outcome stands, and yours is added to the conditions.",
            ),
            ("return", "Return it, naming what to ask", "Nothing is decided, and nothing is lost."),
        ],
        checks=[needed("Choose what you decide.")],
    )
    note = Note(
        "In your own words, why?",
        "If you return it, name what to change.",
        [needed("Say why, in your own words.")],
        rows=5,
    )
    condition_what = Note("Condition", "What must be done. Only if you approve with conditions.")
    condition_owner = Line("Who does it?")
    condition_due = Day("By when?")

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.verdict.data == "approve_with_conditions":
            for name, message in (
                ("condition_what", "Say what the condition is."),
                ("condition_owner", "Say who does it."),
                ("condition_due", "Say by when."),
            ):
                if not getattr(self, name).data:
                    self.refuse(name, message)
                    fine = False
        elif self.condition_what.data:
            self.refuse(
                "verdict", "You wrote a condition. Choose “Agree, and add a condition”, or clear the condition below."
            )
            fine = False
        if self.note.data and len(self.note.data) < SHORTEST_REASON and not self.note.errors:
            self.refuse("note", f"Say a little more: at least {SHORTEST_REASON} characters.")
            fine = False
        return fine


# What somebody writes who has nobody to name.
_NOBODY = re.compile(
    r"(nobody|no one|no-one|none|not yet|not told|not seen|not known|unknown|tbc|n/?a)\b|[-.?]*$", re.I
)


def names_nobody(text: str) -> bool:
    return _NOBODY.match(text) is not None


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
