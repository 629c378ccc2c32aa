"""A sentence of the judgement for whoever reads a page: no number of a question, no letter of a grade, no word of the trade."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from app.suitability.casefile.codes import Grade
from app.suitability.casefile.values import day_in_words
from app.suitability.checklist.checklist import Checklist
from app.suitability.facts.topics import briefly, denied

_QUOTED = re.compile(r"(“[^”]*”)")  # what somebody said or wrote stays as it was written
_ROW = r"\b(?:CS|SM|SA|IS|LS)\d\d\b"
_BEHIND = re.compile(rf" \({_ROW}\)")
_CODE = re.compile(rf"{_ROW}|\bP\d\d\b")
_GRADE = r"(E[0-4]s?)"
_NOT_SO = re.compile(r"it is not so that ([^.,;]+)")
_SO_OF = re.compile(r"\bwhat is so of ([A-Z]{2}\d\d)\b")
_DAY = re.compile(r"\b\d{4}-\d\d-\d\d\b")
# Where a study or a policy is named, the number of what it says is for who keeps the rules.
_OF_A_STUDY = re.compile(
    rf"(?<=[\w.])(?:,| and| with)?(?: section)? (?:{_ROW}|\bP\d\d\b)(?:(?:,| and) (?:{_ROW}|\bP\d\d\b))*"
    r"|(?<=law study 2026) [A-H]\d+"
)
# What would have to be so for an answer to reassure.
NEEDED: dict[str, str] = {
    Grade.E0: "anybody says so",
    Grade.E1: "an adult of the household says so",
    Grade.E1S: "the survivor says so of their own or their child’s safety",
    Grade.E2: "the officer or the provider has seen it",
    Grade.E3: "a named professional says so",
    Grade.E4: "it stands in an agency’s record or a document in hand",
}
_GRADED = (
    (re.compile(rf"\bAn answer at {_GRADE} or better"), "Known once {}"),
    (re.compile(rf"\bit counts from {_GRADE}"), "it counts once {}"),
    (re.compile(rf"\bit needs {_GRADE}, "), "it needs this: "),
    (re.compile(rf" \({_GRADE}\)"), ""),
)
_TRADE = (
    (re.compile(r"\bChase the answer\b"), "Get the answer"),
    (re.compile(r"\band chase\b"), "and ask again"),
    (re.compile(r"\bThe service chases\b"), "The service asks again"),
    (re.compile(r"\bWhat rests on this answer holds\b"), "What rests on this answer waits for it"),
    (re.compile(r"\bThe holds on the building stay\b"), "What is not known of the building stays open"),
    (re.compile(r"\b([Tt])he hold stays\b"), r"\1hat stays open"),
)


def plain(checklist: Checklist, said: str) -> str:
    """The same sentence without codes; what stands in quotation marks is left as somebody wrote it."""
    return "".join(part if part.startswith("“") else _unquoted(checklist, part) for part in _QUOTED.split(said))


def plain_source(said: str) -> str:
    """Where something stands, without the numbers of the studies behind it, and with its day in words."""
    return _DAY.sub(_in_words, _OF_A_STUDY.sub("", said))


def _in_words(found: re.Match[str]) -> str:
    try:
        return day_in_words(date.fromisoformat(found[0]))
    except ValueError:
        return found[0]


def _unquoted(checklist: Checklist, said: str) -> str:
    if "study 2026" in said:
        said = _OF_A_STUDY.sub("", said)
    said = _DAY.sub(_in_words, _BEHIND.sub("", said))
    said = _SO_OF.sub(r"what the answer to \1 is", _NOT_SO.sub(lambda found: denied(found[1]), briefly(said)))
    for pattern, words in _GRADED:
        said = pattern.sub(partial(_needed, words), said)
    for pattern, words in _TRADE:
        said = pattern.sub(words, said)
    for code in dict.fromkeys(_CODE.findall(said)):
        name = _names(checklist).get(code, "")
        if name:
            said = said.replace(f"{code} {name}", name).replace(code, f"“{name}”")
    return said


def _needed(words: str, found: re.Match[str]) -> str:
    return words.format(NEEDED[found[1]])


def _names(checklist: Checklist) -> Mapping[str, str]:
    found = {code: criterion.name for code, criterion in checklist.criteria.items()}
    return found | {code: pattern.name for code, pattern in checklist.patterns.items()}


def said_once(sentences: Sequence[Any]) -> list[Any]:
    """Without what a later sentence says in its own first words: an answer, and the worry that follows from it."""
    told = [other for other in sentences if isinstance(other, str)]
    return [s for s in sentences if not (isinstance(s, str) and _is_said_again(s, told))]


def _is_said_again(said: str, told: Sequence[str]) -> bool:
    begins = said.removesuffix(".")
    return any(other != said and other.startswith(begins) for other in told)


def plainly(checklist: Checklist, fields: Mapping[str, Any], *names: str) -> dict[str, Any]:
    """Some fields of a finding in plain words: a sentence, a list of sentences, or conditions. Of why it is so each thing is said once."""
    made, said = dict(fields), partial(plain, checklist)
    for name in names:
        value = made[name]
        if isinstance(value, str):
            made[name] = said(value)
        else:
            made[name] = [
                {**part, "what": said(part["what"])} if isinstance(part, dict) else said(part)
                for part in (said_once(value) if name == "why" else value)
            ]
    return made
