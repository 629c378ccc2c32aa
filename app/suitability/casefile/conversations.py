"""A conversation: somebody told us, or showed us, several things on one day. The case is the jigsaw, and these are its pieces.

Source, day and grade of an answer given in it follow from it; an answer may count as less, never as more. Source: design.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .answers import Source
from .codes import Grade
from .history import CameBack, Enquiry
from .values import Key, Line, Note, Plain, When

# With whom: somebody of the household; whoever lets the place; an agency of the list; what the officer saw; a document in hand. What
# was written down before conversations were kept has a speaker of its own: of it only name, role, agency, grade and day are known.
Speaker = Literal["family", "provider", "agency", "seen", "document", "before"]
How = Literal["face_to_face", "telephone", "video", "email", "letter", "visit", "read"]
# What came of it. One that is going on has none yet; one where nobody answered is silent, and silence is never clearance.
Came = Literal["asked", "answered", "partly", "refused", "silent"]

_ANSWERED: dict[str, CameBack] = {
    "answered": "full",
    "partly": "partly",
    "refused": "refused",
}


class Conversation(Plain):
    """With whom, how, when and on what ground; what an agency was asked in it, by when, and what came of it."""

    key: Key
    speaker: Speaker
    who: Key | None = None  # the member of the household, or the agency’s code
    source: Source = Source()
    how: How | None = None
    on: When | None = None
    at: Annotated[str, Field(pattern=r"^(|([01][0-9]|2[0-3]):[0-5][0-9])$")] = ""  # the time of day, on the clock
    alone: bool | None = None  # with nobody within hearing whom they may fear
    ground: Line = ""
    grade: Grade = Grade.E0  # what an answer given in it counts as at most
    came: Came | None = None
    question: Note = ""  # the exact question, where one was put to an agency
    due: When | None = None  # the day by which the answer is wanted
    due_at: Annotated[str, Field(pattern=r"^(|([01][0-9]|2[0-3]):[0-5][0-9])$")] = ""
    answered_on: When | None = None
    reply: Note = ""

    @model_validator(mode="after")
    def _somebody(self) -> Conversation:
        if self.speaker in ("family", "agency") and self.who is None:
            raise ValueError("a conversation with the family or an agency says with whom: its “who” is missing")
        if self.answered_on is not None and self.on is not None and self.answered_on < self.on:
            raise ValueError("it was answered before it was asked")
        return self

    def enquiry(self) -> Enquiry | None:
        """The question that was put to an agency in it, as the rules read one; None where no exact question was."""
        if self.speaker != "agency" or not self.question or self.on is None or self.who is None or self.came is None:
            return None
        return Enquiry(
            agency=self.who,
            question=self.question,
            ground=self.ground,
            asked=self.on,
            due=self.due,
            answered=_ANSWERED.get(self.came),
            answered_on=self.answered_on,
            reply=self.reply,
        )


def of_enquiry(key: str, asked: Enquiry) -> Conversation:
    """The conversation in which a question was put, of what was stored or written as an enquiry."""
    came = next((code for code, said in _ANSWERED.items() if said == asked.answered), "asked")
    return Conversation.model_validate(
        {
            "key": key,
            "speaker": "agency",
            "who": asked.agency,
            "on": asked.asked,
            "ground": asked.ground,
            "came": came,
            "question": asked.question,
            "due": asked.due,
            "answered_on": asked.answered_on,
            "reply": asked.reply,
        }
    )


def filled(answers: Any, conversations: Any) -> Any:
    """Answers of a case file, each with what it leaves out and its conversation says: source, grade and day.

    Takes and gives what a JSON document holds; what is not of that shape is left for the checks that name it.
    """
    if not isinstance(conversations, list | tuple) or not isinstance(answers, list | tuple):
        return answers
    by_key = {c.get("key"): c for c in conversations if isinstance(c, dict) and isinstance(c.get("key"), str)}
    found = []
    for answer in answers:
        named = answer.get("conversation") if isinstance(answer, dict) else None
        held = by_key.get(named) if isinstance(named, str) else None
        if held is None:
            found.append(answer)
            continue
        given = {name: held[name] for name in ("source", "grade", "on") if name in held}
        if held.get("speaker") == "agency" and isinstance(given.get("source"), dict) and "who" in held:
            given["source"] = {"code": held["who"], **given["source"]}
        found.append({**given, **answer})
    return found


def enquiries_in(conversations: Iterable[Conversation]) -> tuple[Enquiry, ...]:
    """The questions put to agencies in them, in their order."""
    return tuple(found for c in conversations if (found := c.enquiry()) is not None)
