"""The demonstration's answers as the conversations they came from: what a household's case file says source by source, put together.

The example case files name the source of each answer, as any other system may. The demonstration shows what an officer would have
written down: one conversation a speaker and day. What is found of a household is the same either way.
"""

from __future__ import annotations

from typing import Any

from app.suitability.advice.sheets import FAMILY, OFFICER, at_most
from app.suitability.casefile.answers import Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import of_enquiry
from app.suitability.casefile.history import Enquiry
from app.suitability.checklist.checklist import Checklist

Tree = dict[str, Any]


def in_conversations(tree: Tree, checklist: Checklist) -> None:
    """Give each answer the conversation it came from, and that conversation the exact question that was put in it.

    Args:
        tree: a case file without conversations; it is changed. What no speaker can have said of this grade keeps its source.
    """
    household = tree["household"]
    found: dict[tuple[str, ...], Tree] = {}
    for answer in tree["answers"]:
        source, grade = answer["source"], Grade(answer["grade"])
        speaker, who = _speaker(source, grade, household, checklist)
        if not speaker or grade.rank > at_most(speaker, grade is Grade.E1S, True).rank:
            continue
        named = (speaker, who, source["name"], source["role"], answer["on"], grade.value)
        talk = found.setdefault(named, _made(len(found), speaker, who, answer))
        answer["conversation"] = talk["key"]
    household["conversations"] = list(found.values())
    left = [asked for asked in household.get("enquiries") or [] if not _put_in(asked, found.values())]
    if "enquiries" in household:
        household["enquiries"] = left


def _speaker(source: Tree, grade: Grade, household: Tree, checklist: Checklist) -> tuple[str, str]:
    """Which kind of speaker it was, and who of the household or of the council's list; nothing where that is not certain."""
    if source["agency"] == "household":
        mine = [m["key"] for m in household["members"] if m["name"] == source["name"]]
        return ("family", mine[0]) if mine else ("", "")
    if source["agency"] == "council":
        return ("document" if grade is Grade.E4 else "seen"), ""
    codes = [code for code, is_theirs in checklist.speaks_for.items() if is_theirs(Source.model_validate(source))]
    if len(codes) != 1 or codes[0] in (FAMILY, OFFICER):
        return "", ""
    if grade is Grade.E4:
        return "document", ""
    return ("provider", "") if codes[0] == "provider" else ("agency", codes[0])


def _made(at: int, speaker: str, who: str, answer: Tree) -> Tree:
    made = {
        "key": f"talk{at + 1}",
        "speaker": speaker,
        "source": answer["source"],
        "on": answer["on"],
        "grade": answer["grade"],
    }
    if speaker == "family" and answer["grade"] == Grade.E1S.value:
        made["alone"] = True
    if who:
        made["who"] = who
    how = {"document": "read", "seen": "visit", "family": "face_to_face"}.get(speaker, "telephone")
    return made | {"how": how}


def _put_in(asked: Tree, talks: Any) -> bool:
    """Was the exact question put in a conversation of that day? Then it says so, and what came of it."""
    days = {asked["asked"], asked.get("answered_on")}
    for talk in talks:
        if (
            talk["speaker"] == "agency"
            and talk["who"] == asked["agency"]
            and days == {talk["on"]}
            and "question" not in talk
        ):
            came = of_enquiry(talk["key"], Enquiry.model_validate(asked)).came
            told = {word: asked[word] for word in ("question", "ground", "due", "reply") if asked.get(word)}
            talk.update(told, came=came, answered_on=asked["answered_on"])
            return True
    return False
