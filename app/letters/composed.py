"""A letter from what it rests on: each fact is worked out only where a row of the letter's kind asks for it, so that none comes by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.cases.ages import age_in_words
from app.suitability.casefile.household import Member

from .words import Kind, Words

FORMAT = "case-by-case/letter/1"
# How much of a place is said: the weaker of what the reader may have and what is safe.
_LEAST_FIRST = ("none", "route", "area", "address")


class Ground(NamedTuple):
    """All that a letter could be made from; what is not known is empty or None.

    Args:
        members: everybody of the household, in its order, by key.
        about: keys of those it is about; applicant: the key of the applicant.
        place: the address as it is written; area: the name of its district.
        told: how much of the place this reader may be told: address, area, none or address_to_the_family.
        safe: how much of it is safe to be told to anybody: address, area or route.
        duty_code: answer of the question under which duty; duty: the same in words.
    """

    members: Mapping[str, Member]
    about: Sequence[str]
    applicant: str
    place: str
    area: str
    told: str
    safe: str
    available: date | None
    nights: int | None
    duty_code: str
    duty: str
    put_right: str
    question: str
    ground: str
    seen: str
    by_when: date | None
    officer: str
    team: str
    telephone: str
    on: date
    people: bool = True


def place_level(told: str, safe: str) -> str:
    """How much of the place a letter says: address, area, route or none.

    The family knows where it lives: its own letter says the address whatever else is so.
    """
    if told == "address_to_the_family":
        return "address"
    return min(told, safe, key=_LEAST_FIRST.index)


def _person(g: Ground, key: str) -> str:
    member = g.members[key]
    if member.kind == "unborn":
        return f"Baby expected{f' on {clocks.in_words(member.due)}' if member.due else ', day not known'}"
    born = f"born {clocks.in_words(member.born)}" if member.born else "date of birth not known"
    return f"{member.name}, {born}"


def _applicant(g: Ground, w: Words) -> list[str]:
    return [g.members[g.applicant].name] if g.applicant else []


def _household(g: Ground, w: Words) -> list[str]:
    """How many they are and of which ages, and no name: what section 208 asks for, and no more."""
    adults = [m for m in g.members.values() if m.kind == "adult"]
    children = [m for m in g.members.values() if m.kind == "child"]
    unborn = [m for m in g.members.values() if m.kind == "unborn"]
    ages = [age_in_words(m, g.on) for m in children]
    said = [f"{len(adults)} adult{'' if len(adults) == 1 else 's'}"]
    if children:
        said.append(f"{len(children)} child{'' if len(children) == 1 else 'ren'}: {', '.join(ages)}")
    if unborn:
        said.append("a baby is expected" if len(unborn) == 1 else f"{len(unborn)} babies are expected")
    return said


def _names(g: Ground, w: Words) -> list[str]:
    return [m.name for m in g.members.values() if m.kind != "unborn"]


def _children(g: Ground, w: Words) -> list[str]:
    return [_person(g, key) for key in g.about if g.members[key].kind != "adult"]


def _people(g: Ground, w: Words) -> list[str]:
    return [_person(g, key) for key in g.about] if g.people else []


def _place(g: Ground, w: Words) -> list[str]:
    level = place_level(g.told, g.safe)
    if level == "none":
        return []
    if level == "address":
        return [g.place]
    if level == "area" and g.safe == "address" and not g.area:
        return []  # nothing is hidden: which district it is, is not known
    if level == "area" and g.area:
        # Where it is not safe to say the address the letter says so and whom to ring; elsewhere the area is all there is to say.
        return [w.area.format(area=g.area)] if g.safe != "address" else [g.area]
    return [w.route]


def _stay(g: Ground, w: Words) -> list[str]:
    if g.nights is None:
        return ["We do not know yet. We will tell you before it ends."]
    return [f"We expect {g.nights} night{'' if g.nights == 1 else 's'}. We look at it again before that, and tell you."]


def _answer_to(g: Ground, w: Words) -> list[str]:
    ring = f", telephone {g.telephone}" if g.telephone else ""
    return [f"{g.officer}, {g.team}{ring}"]


_FACTS: dict[str, Callable[[Ground, Words], list[str]]] = {
    "applicant": _applicant,
    "household": _household,
    "names": _names,
    "children": _children,
    "people": _people,
    "place": _place,
    "available": lambda g, w: [clocks.in_words(g.available)] if g.available else ["Not settled yet"],
    "duty": lambda g, w: [g.duty],
    "stay": _stay,
    "put_right": lambda g, w: [line for line in g.put_right.splitlines() if line.strip()],
    "question": lambda g, w: [g.question],
    "ground": lambda g, w: [g.ground] if g.ground else [],
    "by_when": lambda g, w: [clocks.in_words(g.by_when)] if g.by_when else [],
    "answer_to": _answer_to,
    "seen": lambda g, w: [g.seen] if g.seen else ["Nobody has written down what was seen."],
}


def rows_of(kind: Kind, ground: Ground, words: Words) -> list[list[Any]]:
    """What the letter says in its table; a row with nothing in it is left out."""
    made = ((says, _FACTS[fact](ground, words)) for says, fact in kind.rows)
    return [[says, lines] for says, lines in made if lines]


def composed(
    kind: Kind,
    ground: Ground,
    words: Words,
    number: str,
    council: str,
    to: Sequence[str],
    signed: Sequence[str],
    protected: bool,
) -> dict[str, Any]:
    """What a letter says: what is hashed, shown and drawn.

    Args:
        to: name and address of the reader, line by line; signed: who writes, line by line.
    """
    rights = kind.rights.get(
        {"main": "main", "interim": "interim", "pending": "interim"}.get(ground.duty_code, "other"), ""
    )
    telephone = ground.telephone or "the council"

    def fill(sentence: str) -> str:
        return sentence.format(telephone=telephone, rights=rights, area=ground.area)

    to_the_family = ground.told == "address_to_the_family"
    return {
        "format": FORMAT,
        "number": number,
        "kind": kind.code,
        "title": kind.title,
        "council": council,
        "team": ground.team,
        "telephone": ground.telephone,
        "on": ground.on.isoformat(),
        "to": list(to),
        "before": [fill(s) for s in kind.before],
        "rows": rows_of(kind, ground, words),
        "after": [
            *(fill(s) for s in kind.after),
            *([words.after_protected] if protected and not to_the_family else []),
        ],
        "signed": list(signed),
        "words": {
            "version": words.version,
            "source": kind.source,
            "owner": kind.owner,
            "date": kind.date,
            "confirmed": kind.confirmed,
        },
    }
