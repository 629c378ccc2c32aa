"""A family in a line, for a list that others may see over a shoulder: initials and ages, the youngest first to be seen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from app.cases.ages import age_in_words
from app.cases.models import CaseMember
from app.checklists import read_folder
from app.extensions import db
from app.suitability.casefile.household import Member


class Family(NamedTuple):
    """``baby``: the child under one, in words, empty where there is none; ``words``: everybody else."""

    baby: str
    words: str


_SURELY_ONE = 366  # days: whoever is older needs no reckoning
NOBODY = Family("", "Nobody is entered yet")


class Person(NamedTuple):
    """What is asked of somebody here."""

    kind: str
    name: str
    born: date | None
    due: date | None

    def member(self) -> Member:
        kind: Any = self.kind
        return Member.model_construct(key="X1", name=self.name or "X", kind=kind, born=self.born, due=self.due)


_PEOPLE = (
    select(CaseMember.case_id, CaseMember.kind, CaseMember.name, CaseMember.born, CaseMember.due)
    .where(CaseMember.case_id.in_(bindparam("case_ids", expanding=True)), CaseMember.left_on.is_(None))
    .order_by(CaseMember.place)
)


def of_cases(case_ids: Sequence[str]) -> dict[str, list[Person]]:
    """Everybody of these cases, in the order in which they were entered; one query."""
    found: dict[str, list[Person]] = {}
    for row in db.session.execute(_PEOPLE, {"case_ids": [*case_ids]}):
        found.setdefault(row.case_id, []).append(Person(row.kind, row.name, row.born, row.due))
    return found


def with_under_ones(people: Mapping[str, Sequence[Person]], on: date) -> set[str]:
    """The cases with a child under one, an unborn one due soon, or one whose age nobody knows: that is not taken for older."""
    weeks = _weeks(on)
    return {key for key, listed in people.items() if any(_is_under_one(p, on, weeks) for p in listed)}


def in_words(people: Sequence[Person], on: date) -> Family:
    """The line of a family: “K.B. 27, D. 29, children of 4 and 9”, with the child under one apart."""
    if not people:
        return NOBODY
    weeks = _weeks(on)
    under = [p for p in people if _is_under_one(p, on, weeks)]
    adults = [f"{initials(p.name)}{_years(p, on)}" for p in people if p.kind == "adult"]
    children = [p for p in people if p.kind != "adult" and p not in under]
    said = [", ".join(adults)] if adults else []
    ages = [age_in_words(p.member(), on).removesuffix(" years") for p in children if p.kind == "child"]
    if ages:
        said.append(f"{'children of' if len(ages) > 1 else 'a child of'} {_listed(ages)}")
    said += [f"unborn, {age_in_words(p.member(), on)}" for p in children if p.kind == "unborn"]
    return Family("; ".join(_under_one(p, on) for p in under), ", ".join(said))


def initials(name: str) -> str:
    """“Kayleigh Brennan” as “K.B.”; what is no letter is left out."""
    firsts = [part[0].upper() for part in name.split() if part[0].isalpha()]
    return "".join(f"{each}." for each in (firsts[0], *firsts[1:][-1:])) if firsts else "–"


def _weeks(on: date) -> int:
    return read_folder().numbers_on(on, {}).unborn_counts_weeks


def _is_under_one(p: Person, on: date, weeks: int) -> bool:
    if p.kind == "adult" or (p.kind == "child" and p.born is not None and (on - p.born).days > _SURELY_ONE):
        return False
    return p.member().under(1, on, weeks) is not False


def _under_one(p: Person, on: date) -> str:
    if p.kind == "unborn":
        return f"Unborn, {age_in_words(p.member(), on).removeprefix('unborn, ')}"
    return f"Baby, {age_in_words(p.member(), on)}" if p.born is not None else "Child, age not known"


def _years(p: Person, on: date) -> str:
    age = p.member().age_on(on)
    return "" if age is None else f" {age}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
