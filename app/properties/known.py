"""What is known of a unit on a day, from the rows of the register: pure. Whose word it is and how old it is stand with each thing.

Nothing lapses into safety: a restriction whose day has passed holds until somebody writes down that it is lifted, and what a provider
declares is no inspection.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.clocks import in_words
from app.suitability.casefile import wording
from app.suitability.casefile.household import Household
from app.suitability.casefile.values import in_sentence
from forms import property_words as words

from .register import RegisterEvidence

_UNBORN_WEEKS = 60  # every unborn child will be a child under an age that anybody restricts


@dataclass(frozen=True, kw_only=True)
class Line:
    """One thing that is known, as a page says it. ``ended`` is how a restriction or void was lifted; ``past``: its day has gone by."""

    row: RegisterEvidence
    what: str
    said: str
    whose: str
    age: str
    until: str = ""
    past: bool = False
    ended: str = ""
    of_building: bool = False


@dataclass(frozen=True, kw_only=True)
class Fact:
    """A fact of a unit by one kind of word; ``differs`` where another kind says otherwise."""

    name: str
    label: str
    value: Any
    said: str
    row: RegisterEvidence
    whose: str
    age: str
    differs: bool = False


@dataclass(frozen=True, kw_only=True)
class Known:
    """Everything that is known of a unit or building on a day.

    Attributes:
        restrictions: those in force; void: since when it is out of use, where it is.
        facts: each, by every kind of word that says it.
        lines: inspections, certificates, incidents, other residents and what was lifted, the newest first.
        replaced: what was put right or taken back, each with the row that did it.
        inspected: the newest inspection by an officer or a document; None: never.
    """

    restrictions: Sequence[Line]
    void: Line | None
    facts: Sequence[Fact]
    lines: Sequence[Line]
    replaced: Sequence[tuple[Line, RegisterEvidence]]
    inspected: Line | None
    inspection: str

    def agreed(self) -> dict[str, Any]:
        """The facts about which nobody says otherwise, by name: what a form may be filled in with."""
        return {fact.name: fact.value for fact in self.facts if not fact.differs}

    def differing(self) -> list[Fact]:
        return [fact for fact in self.facts if fact.differs]


def whose(row: RegisterEvidence) -> str:
    """By whose word something is known: “Seen by O. Officer”."""
    return words.WORD_BY[row.word].format(who=row.said_by)


def on(rows: Iterable[RegisterEvidence], day: date) -> Known:
    """What is known on a day.

    Args:
        rows: everything that was written down of the unit and its building, in any order.
    """
    listed = sorted(rows, key=lambda r: (r.on, r.noted_at), reverse=True)
    replaced_by = {r.corrects: r for r in listed if r.corrects}
    lifted_by = {r.lifts: r for r in listed if r.lifts and r.id not in replaced_by}
    standing = [r for r in listed if r.id not in replaced_by and r.kind != words.STRUCK]
    lines = [_line(r, day, lifted_by.get(r.id)) for r in standing if r.kind not in (words.FACTS, words.LIFTED)]
    open_ = [line for line in lines if line.row.kind in words.LIFTABLE and not line.ended]
    inspected = next(
        (x for x in lines if x.row.kind == words.INSPECTION and x.row.word in (words.OFFICER, words.DOCUMENT)), None
    )
    return Known(
        restrictions=[line for line in open_ if line.row.kind == words.RESTRICTION],
        void=next((line for line in open_ if line.row.kind == words.VOID), None),
        facts=_facts([r for r in standing if r.kind == words.FACTS], day),
        lines=[line for line in lines if line not in open_],
        replaced=[(_line(r, day, None), replaced_by[r.id]) for r in listed if r.id in replaced_by],
        inspected=inspected,
        inspection=_inspection(inspected),
    )


def _inspection(inspected: Line | None) -> str:
    if inspected is None:
        return "never"
    if inspected.row.until is None:
        return "no_day"
    return "overdue" if inspected.past else "in_time"


def _line(row: RegisterEvidence, day: date, lifted: RegisterEvidence | None) -> Line:
    past = row.until is not None and row.until < day
    ended = ""
    if lifted is not None:
        ended = f"Lifted on {in_words(lifted.on)}. {whose(lifted)}{f': {lifted.words}' if lifted.words else ''}"
    return Line(
        row=row, what=_what(row), said=row.words, whose=whose(row), age=words.age((day - row.on).days),
        until=_until(row, past), past=past, ended=ended, of_building=row.unit_id is None,
    )  # fmt: skip


def _what(row: RegisterEvidence) -> str:
    if row.kind == words.RESTRICTION:
        return reach(row)
    if row.kind == words.CERTIFICATE:
        return wording.CERTIFICATE.get(row.certificate or "", words.KIND[row.kind])
    return words.KIND[row.kind]


def reach(row: RegisterEvidence) -> str:
    """Whom a restriction is for, in words."""
    if row.reach == words.UNDER:
        return f"Not for children under {row.under_age}"
    return "Nobody may be placed here" if row.reach == words.EVERYBODY else "Not for some families"


def _until(row: RegisterEvidence, past: bool) -> str:
    if row.until is None:
        return "" if row.kind in (words.INCIDENT, words.RESIDENTS, words.PHOTOGRAPH) else "No day is set."
    day = in_words(row.until)
    return {
        words.RESTRICTION: f"To be put right by {day}." + (" Nobody wrote down that it was, so it holds." if past else ""),
        words.VOID: f"Back in use by {day}." + (" Nobody wrote down that it is." if past else ""),
        words.INSPECTION: f"The next was due by {day}, and is overdue." if past else f"The next is due by {day}.",
        words.CERTIFICATE: f"Ended on {day}." if past else f"Lasts until {day}.",
        words.RESIDENTS: f"Holds until {day}." + (" That day has passed: ask again." if past else ""),
    }.get(row.kind, f"Until {day}.")  # fmt: skip


def _facts(rows: Sequence[RegisterEvidence], day: date) -> list[Fact]:
    """Of each fact the newest of every kind of word; where two kinds differ, both say so."""
    newest: dict[tuple[str, str], RegisterEvidence] = {}
    for row in rows:
        for name in row.facts or {}:
            newest.setdefault((name, row.word), row)
    found = []
    for name in words.FACT:
        mine = [row for (of, _), row in newest.items() if of == name]
        values = [(row.facts or {})[name] for row in mine]
        differs = any(value != values[0] for value in values)
        for row, value in zip(mine, values, strict=True):
            found.append(
                Fact(
                    name=name,
                    label=words.FACT[name],
                    value=value,
                    said=words.of_fact(name, value),
                    row=row,
                    whose=whose(row),
                    age=words.age((day - row.on).days),
                    differs=differs,
                )
            )
    return found


@dataclass(frozen=True, kw_only=True)
class Against:
    """A restriction that is, or may be, against a household, in a sentence; ``line`` is the restriction itself."""

    line: Line
    said: str


def against(known: Known, household: Household, day: date) -> list[Against]:
    """Each restriction in force that an officer has to answer for this household. An age nobody knows is not taken for older."""
    found = []
    for line in known.restrictions:
        row = line.row
        if row.reach != words.UNDER:
            who = "Whether it is against this family is for the officer to say." if row.reach == words.SOME else ""
            found.append(Against(line=line, said=" ".join(filter(None, (f"{line.what}.", who)))))
            continue
        people = [m for m in household.children() if m.under(row.under_age or 0, day, _UNBORN_WEEKS) is not False]
        said = [_of_child(m, day) for m in people]
        if said:
            found.append(Against(line=line, said=f"{'; '.join(said)}: this unit is {in_sentence(line.what)}."))
    if known.void is not None:
        found.append(Against(line=known.void, said=f"The unit is out of use since {in_words(known.void.row.on)}."))
    return found


def _of_child(m: Any, day: date) -> str:
    if m.kind == "unborn":
        return "A child is to be born"
    years = m.age_on(day)
    return f"The age of {m.name} is not known" if years is None else f"{m.name} is {years or 'under one'}"


def state_words(inspection: str) -> str:
    """How the inspection of a unit stands, in words."""
    return {
        "never": "Never seen by an officer or in a document",
        "no_day": "No day is set for the next",
        "overdue": "Overdue",
        "in_time": "In its time",
    }[inspection]


def by_unit(rows: Iterable[RegisterEvidence], units: Iterable[Any]) -> Mapping[str, list[RegisterEvidence]]:
    """Of each unit what was written down of it and of its building."""
    listed = list(rows)
    return {
        unit.id: [
            r for r in listed if r.unit_id == unit.id or (r.unit_id is None and r.building_id == unit.building_id)
        ]
        for unit in units
    }
