"""Who it is about and where they would go, in two sentences: the top of a page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from app import clocks
from app.cases.ages import age_in_words
from app.suitability.casefile import wording
from app.suitability.casefile.household import Member, Placement
from app.suitability.casefile.values import in_sentence
from app.suitability.reading.case_file import CaseFile


class Somebody(NamedTuple):
    name: str
    rest: str  # how old, and who to the others; for a mother to be, that she is


class Glance(NamedTuple):
    """The household and the proposal at a glance."""

    people: list[Somebody]
    left: str  # why they left; empty where nobody has asked
    place: str


def glance(file: CaseFile, names: Mapping[str, str]) -> Glance:
    """What everybody who opens the page must see before any judgement."""
    home = file.household
    because = [in_sentence(wording.LEFT_BECAUSE[why]) for why in home.left_because or ()]
    return Glance(
        [Somebody(names[m.key], _rest(m, file)) for m in home.members],
        f"Left because of {', '.join(because)}." if because else "",
        _place(file.placement, file),
    )


def _rest(m: Member, file: CaseFile) -> str:
    expecting = "" if not m.pregnant else f"pregnant, due {clocks.in_words(m.due)}" if m.due else "pregnant"
    return ", ".join(part for part in (age_in_words(m, file.on), m.relationship, expecting) if part)


def _place(p: Placement, file: CaseFile) -> str:
    shared = f"shared: {', '.join(in_sentence(wording.SHARED[s]) for s in p.shares)}" if p.shares else ""
    floor = "" if p.floor is None else "ground floor" if p.floor == 0 else f"floor {p.floor}"
    starts = "from a day not known" if p.starts is None else f"from {clocks.in_words(p.starts)}"
    if p.starts == file.on:
        starts = "from tonight"
    nights = f"for {p.nights} {'night' if p.nights == 1 else 'nights'}" if p.nights else ""
    said = ", ".join(part for part in (in_sentence(wording.UNIT[p.kind]), floor, shared) if part)
    further = [unit.door for unit in p.further_units or ()]
    beside = f" Beside it, for the same family: {', '.join(further)}." if further else ""
    return f"Proposed: {said}, {' '.join(part for part in (starts, nights) if part)}.{beside}"
