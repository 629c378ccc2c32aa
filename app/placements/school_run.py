"""The school run: each child to its own school, both ways, at school hours, from the unit; before anybody has typed a minute.

Nothing is concluded from it: a straight line, or a walk, is no journey that was checked. The statutory walking distance decides who
arranges transport, and never whether a place is suitable. Source: Education Act 1996 s.444(5), s.508B; places.md 6.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.checklists import read_folder
from app.places.travel import ways
from app.suitability.casefile import proof
from app.suitability.casefile.called import labels
from app.suitability.casefile.household import Household, Member
from app.suitability.casefile.settings import CouncilSettings

from .on_foot import OnFoot, on_foot
from .surroundings import ServiceDistance, Surroundings
from .walker import walker_of

KINDS = ("school", "nursery")
_PROVED = {
    proof.BEYOND: "beyond the statutory walking distance of {miles} miles",
    proof.LIKELY: "likely within the statutory walking distance of {miles} miles, by an estimate",
    proof.WITHIN: "within the statutory walking distance of {miles} miles as measured, if those ways are safe to walk",
    proof.NOT_KNOWN: "not known whether within the statutory walking distance of {miles} miles",
}


class Run(NamedTuple):
    """One child's way to its own school or nursery; ``answer`` is against the longest way the council accepts (see proof)."""

    child: str
    school: str
    kind: str
    answer: str
    words: str


def runs(household: Household, around: Surroundings, on: date) -> list[Run]:
    """Every child's own way, the youngest first; a child of school age with no school entered has one that is not known."""
    found = []
    called, numbers = labels(household), read_folder().numbers
    walker = walker_of(household, on)
    for child in sorted(household.children(), key=lambda c: (c.born or date.max, c.key), reverse=True):
        own = [s for s in around.services if s.kind in KINDS and (child.key in s.used_by or not s.used_by)]
        for service in own if child.kind == "child" else ():
            foot = on_foot(service.distance, service.way, walker)
            answer = foot.against(_limit(child, service.kind, on, numbers), around.unit, service.place)
            words = _words(child, service, foot, on, numbers)
            found.append(Run(called[child.key], service.name, service.kind, answer, words))
        if not own and child.kind == "child" and _of_school_age(child, on):
            words = "No school is entered, so the way is not known."
            found.append(Run(called[child.key], "", "school", proof.NOT_KNOWN, words))
    return found


def _limit(child: Member, kind: str, on: date, numbers: CouncilSettings) -> int:
    """The longest way the council accepts, in minutes: of a child whose age nobody knows that of the younger."""
    if kind == "nursery":
        return numbers["nursery_minutes"]
    secondary = child.under(11, on, 0) is False
    return numbers["school_minutes_secondary" if secondary else "school_minutes_primary"]


def _words(child: Member, service: ServiceDistance, foot: OnFoot, on: date, numbers: CouncilSettings) -> str:
    if foot.low is None or foot.high is None:
        parts = [f"Not known how long the walk is. {foot.why}".strip().rstrip(".")]
    else:
        how, likely = ("measured", "") if foot.measured else ("an estimate", "likely ")
        parts = [f"{foot.words} each way on foot, {how}"]
        if child.under(ways.read().numbers["brought_under_years"], on, 0) is not False:
            parts.append(
                f"whoever brings and fetches them walks {likely}{4 * foot.low} to {4 * foot.high} minutes a day: who that is, is not written down"
            )
        if (leave := numbers.arrive_minutes - foot.high) > 0:
            parts.append(
                f"to be there by {_hour(numbers.arrive_minutes)} they leave by {_hour(leave)}{'' if foot.measured else ', perhaps earlier'}"
            )
    if service.kind == "school" and _of_school_age(child, on):
        parts.append(_statutory(service, child, on))
    return "; ".join(parts) + "."


def _hour(minutes: int) -> str:
    return f"{minutes // 60}.{minutes % 60:02d}"


def _statutory(service: ServiceDistance, child: Member, on: date) -> str:
    young = child.under(8, on, 0) is not False
    answer = service.statutory.get(child.key, proof.NOT_KNOWN)
    return _PROVED[answer].format(miles=2 if young else 3)


def _of_school_age(child: Member, on: date) -> bool:
    """Is this a child the statutory distance is told of? One whose age nobody knows may be."""
    age, numbers = child.age_on(on), ways.read().numbers
    return age is None or numbers["school_walk_from_years"] <= age <= numbers["school_walk_to_years"]


def gist(found: list[Run]) -> str:
    """A few words for what is closed: the worst first."""
    for answer, words in (
        (proof.BEYOND, "too far on foot"),
        (proof.NOT_KNOWN, "not known"),
        (proof.LIKELY, "likely near enough"),
    ):
        mine = list(dict.fromkeys(run.child for run in found if run.answer == answer))
        if mine:
            return f"{words}: {', '.join(mine)}"
    return "measured, and near enough" if found else ""
