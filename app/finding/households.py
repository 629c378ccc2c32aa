"""Families from a CSV of a housing system, a row a person: drafts without a place, never merged with a case that is there.

It is said first what would be made. A family that may be one of a case that the officer may see is named with the reason, and left out
unless somebody says that it is another; one whose number has a case is left out always.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases import numbers
from app.cases.opening import import_household
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.places import files
from app.places.directory.importers.days import day_in
from app.places.directory.importers.found import named_rows
from app.places.files import FileProblem, Problems
from app.places.postcodes import postcode as postcodes
from app.properties.from_file import LARGEST, Wrong
from app.suitability.casefile.household import Household
from app.suitability.casefile.values import one_line
from app.suitability.casefile.wording import MEMBER

from .duplicates import Somebody, possible

MOST_ROWS, MOST_PEOPLE = 20_000, 40
COLUMNS = {
    "household": r"household([ _]?(ref|number|id))?|case[ _]?(ref|number)|application[ _]?(ref|number)",
    "name": r"name|full[ _]?name",
    "kind": r"kind|person|adult[ _]?or[ _]?child",
    "born": r"born|date[ _]?of[ _]?birth|dob|birth[ _]?date",
    "due": r"due|due[ _]?date",
    "address": r"address|current[ _]?address",
    "postcode": r"post ?code",
}
_OPTIONAL = ("born", "due", "address", "postcode")
_KINDS = {
    word.casefold(): kind for kind, called in MEMBER.items() for word in (kind, called)
}  # the code, or what we call it


@dataclass(frozen=True, kw_only=True)
class Family:
    """A family of the file: the line on which it begins, and what a case of it would hold."""

    line: int
    household: Household


@dataclass(kw_only=True)
class Plan:
    """What would be made; ``there`` have a case with their number, ``alike`` may be of a case that is there: a sentence each."""

    made: list[Family] = field(default_factory=list)
    there: list[str] = field(default_factory=list)
    alike: list[str] = field(default_factory=list)
    wrong: list[Wrong] = field(default_factory=list)

    def counts(self) -> dict[str, int]:
        return {"made": len(self.made), "there": len(self.there), "alike": len(self.alike), "wrong": len(self.wrong)}


def read(path: Path) -> tuple[list[Family], list[Wrong]]:
    """Every family of a file, and every row that cannot be taken. One bad row and its whole family is none: half a family is another.

    Raises:
        FileProblem: it cannot be read as a table at all.
    """
    inside = files.members(path, LARGEST)
    if len(inside) != 1:
        raise FileProblem(f"{path.name} holds {len(inside)} files. Give the one with the families.")
    problems, wrong = Problems(), list[Wrong]()
    rows: dict[str, list[tuple[int, dict[str, str]]]] = {}
    for number, (line, cells) in enumerate(named_rows(path, inside[0], COLUMNS, _OPTIONAL, problems)):
        if number >= MOST_ROWS:
            raise FileProblem(f"{path.name} has more than {MOST_ROWS:,} rows. Give it in parts.")
        clean = {name: one_line(cell) for name, cell in cells.items()}
        if not clean["household"]:
            wrong.append(
                Wrong(line=line, column="household", sentence="Of which household is this person? It has no number.")
            )
            continue
        rows.setdefault(clean["household"], []).append((line, clean))
    wrong += [Wrong(line=p.line, column="", sentence=p.sentence) for p in problems]
    families = []
    for number_of, people in rows.items():
        if bad := list(_bad(people)):
            wrong += bad
            continue
        try:
            families.append(Family(line=people[0][0], household=_household(number_of, [cells for _, cells in people])))
        except ValidationError as error:
            said = error.errors()[0]
            column = next((str(part) for part in reversed(said["loc"]) if isinstance(part, str)), "")
            wrong.append(
                Wrong(line=people[0][0], column=column, sentence=f"This cannot be right: {said['msg'].lower()}.")
            )
    return families, sorted(wrong, key=lambda w: w.line)


def _bad(people: Sequence[tuple[int, Mapping[str, str]]]) -> Iterator[Wrong]:
    """What is wrong with the rows of one family."""
    if len(people) > MOST_PEOPLE:
        yield Wrong(
            line=people[0][0], column="household", sentence=f"This household has more than {MOST_PEOPLE} people."
        )
    for line, cells in people:
        if not cells["name"]:
            yield Wrong(line=line, column="name", sentence="A person needs a name.")
        if cells["kind"].casefold() not in _KINDS:
            yield Wrong(line=line, column="kind", sentence=f"“{cells['kind'][:20]}” is none of: adult, child, unborn.")
        for column in ("born", "due"):
            day = day_in(cells[column]) if cells[column] else None
            if cells[column] and day is None:
                yield Wrong(line=line, column=column, sentence=f"“{cells[column][:20]}” is no day. Write 2026-11-30.")
            if column == "born" and day is not None and day > today():
                yield Wrong(
                    line=line,
                    column=column,
                    sentence=f"{day.isoformat()} is still to come. One who is not born yet is “unborn”.",
                )
        if cells["postcode"]:
            try:
                postcodes.normalise(cells["postcode"])
            except postcodes.NotAPostcode as problem:
                yield Wrong(line=line, column="postcode", sentence=str(problem))


def _household(number: str, people: Sequence[Mapping[str, str]]) -> Household:
    """A family as a case file has it. What the file does not say is not known."""
    counted: dict[str, int] = {}
    members = []
    for cells in people:
        kind = _KINDS[cells["kind"].casefold()]
        counted[kind] = counted.get(kind, 0) + 1
        members.append(
            {
                "key": f"{kind[0].upper()}{counted[kind]}",
                "name": cells["name"],
                "kind": kind,
                "born": _day(cells["born"]),
                "due": _day(cells["due"]),
            }
        )
    where = dict.fromkeys((cells["address"], cells["postcode"]) for cells in people if cells["address"])
    addresses = [
        {
            "kind": "current",
            "address": address,
            "postcode": postcodes.display(postcodes.normalise(code)) if code else "",
        }
        for address, code in where
    ]
    return Household.model_validate({"reference": number, "members": members, "addresses": addresses})


def _day(text: str) -> date | None:
    return day_in(text) if text else None


def load(
    user: Any,
    path: Path,
    *,
    to_write: bool,
    without_bad_rows: bool,
    also_alike: bool,
    only_if: Mapping[str, int] | None = None,
    by: Any = None,
) -> Plan:
    """What a file of families makes, as cases of an officer; with ``to_write`` it is made, all of it or nothing.

    Args:
        also_alike: also those that may be of a case that is there: somebody looked, and they are other families.
        only_if: the counts that somebody was shown: where they would be others now, nothing is made.
        by: who loads it, where that is somebody else.
    Raises:
        FileProblem: it cannot be read as a table at all.
    """
    families, wrong = read(path)
    plan = Plan(wrong=wrong)
    if not to_write:
        _sort(plan, db.session, user, families, also_alike)
        return plan
    with writing() as session:
        _sort(plan, session, user, families, also_alike)
        is_as_shown = only_if is None or plan.counts() == dict(only_if)
        if is_as_shown and (not plan.wrong or without_bad_rows):
            if by is not None:
                audit.record(session, "households.imported", "import", "", "", plan.counts(), actor=by)
            for family in plan.made:
                import_household(session, user, family.household)
    return plan


def _sort(plan: Plan, session: Session, user: Any, families: Sequence[Family], also_alike: bool) -> None:
    """Each family by what becomes of it; nothing is written."""
    for family in families:
        where = f"Line {family.line:,}, household {family.household.reference}"
        try:
            numbers.refuse_known(session, user, family.household.reference)
        except numbers.SameNumber as same:
            plan.there.append(f"{where}: case {same.reference} has this number already. Nothing is changed in it.")
            continue
        people = [Somebody(m.name, m.born) for m in family.household.members]
        alike = possible(user, people)
        for case in alike:
            plan.alike.append(f"{where}: may be the family of case {case.reference}. {' '.join(case.because)}")
        if not alike or also_alike:
            plan.made.append(family)
