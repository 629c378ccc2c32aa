"""What each kind of step in the life of a case is called, and the codes that some of them have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.suitability.casefile.values import in_sentence

BORN, LEFT, CLOSED, REOPENED = "born", "left", "closed", "reopened"
WAY, WARNING, REVIEWED, VIEWS = "way", "warning", "warning_reviewed", "views"
CORRECTED = "corrected"
PARTED, CAME, FAMILY = "parted", "came", "family"
KINDS = {
    BORN: "Born",
    LEFT: "Left a placement",
    CLOSED: "The case was closed",
    REOPENED: "The case was opened again",
    WAY: "How they may be reached",
    WARNING: "Warning",
    REVIEWED: "A warning was looked at again",
    VIEWS: "A child’s own views",
    CORRECTED: "Corrected",
    PARTED: "Some of the household belong to it no more",
    FAMILY: "A household with a child, or a pregnancy, since it is known",
    CAME: "They came from another household, with what is known of them",
}
REFUSED, SAFE = "refused", "safe"
WAYS = {
    "door": "At the door",
    "post": "By post",
    "telephone": "By telephone",
    "text": "By text message",
    "email": "By e-mail",
    "through": "Through a person or a service",
}
SOUGHT, NOT_SOUGHT = "sought", "not_sought"
STANDS, OVER = "stands", "over"
# What each step may hold is called differently by its kind; what is not here is called by the second list.
LABELS = {
    LEFT: {"place": "Where to", "said": "Why"},
    CLOSED: {"said": "Why"},
    REOPENED: {"said": "Why"},
    WAY: {"place": "Which number, address or person", "said": "Why", "source": "Who says so"},
    WARNING: {"said": "What happened, and when"},
    REVIEWED: {"said": "What was found"},
    VIEWS: {"said": "In their own words", "source": "Who asked", "place": "Where", "how": "How"},
    CORRECTED: {"said": "Why"},
    PARTED: {"said": "What is said here"},
    CAME: {"said": "What happened, and why"},
}
ANY_LABELS = {"said": "What was said", "source": "Who says so", "place": "Where", "how": "How"}


def label(kind: str, column: str) -> str:
    """What a column of a step is called."""
    return LABELS.get(kind, {}).get(column, ANY_LABELS[column])


def title(step: Any) -> str:
    """What a step is, in words: with which of several it is, where its kind has several."""
    if step.kind == WAY:
        return f"{'Do not contact them' if step.how == REFUSED else 'Safe to contact them'}: {in_sentence(WAYS.get(step.code, step.code))}"
    if step.kind == VIEWS and step.code == NOT_SOUGHT:
        return "The child’s own views were not sought"
    if step.kind == REVIEWED:
        return (
            "A warning was looked at again: it is over"
            if step.code == OVER
            else "A warning was looked at again: it stands"
        )
    return KINDS[step.kind]


_PREGNANT = {
    "yes": "She is still pregnant.",
    "no": "The pregnancy ended with this birth.",
    "unknown": "Whether she is still pregnant is not known.",
}


def facts_in_words(step: Any, called: Mapping[str, str]) -> list[str]:
    """What else a step holds, a sentence a thing. ``called`` is what each person of the case is called, by key."""
    facts = step.facts or {}
    found = []
    if step.kind == BORN:
        found.append(f"Born in place of {facts.get('was') or 'the unborn child'}.")
        if facts.get("mother"):
            mother = called.get(facts["mother"], "somebody who was taken out of the household")
            found.append(f"Mother: {mother}. {_PREGNANT.get(facts.get('still_pregnant', ''), '')}".strip())
    if facts.get("people"):
        named = ", ".join(called.get(key, "somebody") for key in facts["people"])
        found.append(f"{'Who left' if step.kind == PARTED else 'Who came'}: {named}.")
    if facts.get("interpreter"):
        found.append(
            {"yes": "With an interpreter.", "no": "Without an interpreter."}.get(
                facts["interpreter"], "Whether there was an interpreter is not known."
            )
        )
    found += [f"{rest['what']} May rest, because: {rest['why']}" for rest in facts.get("rests", ())]
    found += [str(line) for line in facts.get("lines", ())]
    return found
