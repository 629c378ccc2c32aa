"""What a rule may look at, for one subject at a time, and the logic of what is not known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, NamedTuple

from app.suitability.casefile import spelling
from app.suitability.casefile.answers import Answer, Source
from app.suitability.casefile.called import labels
from app.suitability.casefile.history import Journey
from app.suitability.casefile.household import UNIT, Household, Member, Placement
from app.suitability.casefile.known import Known, any_known
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.units import Unit


class RowJudgement(NamedTuple):
    """What a row amounts to before effects: used by conditions over other rows."""

    state: str  # clear, partly, worrying, open
    is_open: bool


@dataclass(slots=True)
class SoFar:
    """What the judgement itself has found so far, phase by phase; the same for every subject. Not known until its phase is over."""

    has_high: Known = None
    second_look: Known = None
    # Is any condition, hold or worry left? Known once everything but the next look is settled.
    anything_left: Known = None
    must_ask: Mapping[str, str] = field(default_factory=dict)  # agencies that must be asked here: code to name
    is_settled: Callable[[str, str], bool] | None = None
    is_contradicted: Callable[[str, str], bool] | None = None


@dataclass
class Facts:
    """What conditions may look at, of one subject; ``about`` gives the same facts of another. Nobody writes to them."""

    household: Household
    placement: Placement
    on: date
    settings: CouncilSettings
    council: str
    words: Mapping[str, str]  # the council’s sentences, by name
    answers: Mapping[tuple[str, str], tuple[Answer, ...]]
    not_superseded: Mapping[tuple[str, str], tuple[str, ...]] = field(
        default_factory=dict
    )  # why a later answer took no place
    rows: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    applies: Mapping[str, Callable[[Facts], Known]] = field(default_factory=dict)
    people: Mapping[str, Member] = field(default_factory=dict)
    subject: Member | None = None
    units: Mapping[str, Unit] = field(default_factory=dict)  # by key; empty where the placement is of one unit
    unit: Unit | None = None  # the one of several that these facts are about
    states: dict[tuple[str, str], RowJudgement] = field(default_factory=dict)
    children: tuple[Member, ...] = ()
    young: tuple[Member, ...] = ()  # of 16 and 17, entered as adults, and children too
    danger: bool = False
    differences: tuple[str, ...] = ()
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # by agency, the criteria it is asked
    speaks_for: Mapping[str, Callable[[Source], bool]] = field(
        default_factory=dict
    )  # is somebody so called of this agency?
    agencies_in: Callable[[str, str], frozenset[str]] = lambda agency, role: frozenset()
    so_far: SoFar = field(default_factory=SoFar)
    journeys: tuple[Journey, ...] = ()
    ages: date | None = None  # the day ages are worked out for; the day of the assessment when not given
    known: Mapping[tuple[str, str], tuple[Answer, ...]] = field(init=False)  # answers that say something
    worked_out: dict[tuple[str, str], Any] = field(default_factory=dict)  # what is worked out once for a person
    # Is the checklist of a version that knows the amendments of November 2026? An earlier one is judged as it was.
    amended: bool = True
    calendar_months: bool = True  # of 2026.3 or later; before, a month was a twelfth of 365 days
    signs_told: bool = True  # of 2026.6 or later: a sign written down elsewhere than in its box is one; see signs.py
    spelt: Callable[[str], str] = spelling.kept  # before 2026.3 only the case was folded
    tags: Mapping[str, Mapping[str, frozenset[str]]] = field(
        default_factory=dict
    )  # of criteria whose options tell more
    untold: Mapping[str, Mapping[str, frozenset[str]]] = field(default_factory=dict)  # and what some leave untold
    _views: dict[str, Facts] = field(default_factory=dict)  # by subject; shared by all of them
    _whole: Facts | None = None  # of one of several units: the facts of the whole placement
    _held: dict[str, Known] = field(default_factory=dict)
    _told: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)
    _left_untold: dict[tuple[str, str], frozenset[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = {
            where: found if len(found) == 1 and not found[0].is_unknown else tuple(a for a in found if not a.is_unknown)
            for where, found in self.answers.items()
        }

    def about(self, key: str) -> Facts:
        """The same facts of one person, or of one of several units; of the placement as a whole where none is so called."""
        found = self._views.get(key)
        if found is None:
            found = self._views[key] = self._seen_by(key)
        return found

    def _seen_by(self, key: str) -> Facts:
        whole = self._whole or self
        unit = self.units.get(key)
        return whole._with(self.people.get(key)) if unit is None else whole._of_unit(unit)

    def of_all(self) -> Facts:
        """The same facts of nobody in particular."""
        return self.about("")

    def _with(self, subject: Member | None) -> Facts:
        if subject is self.subject:
            return self
        made = object.__new__(Facts)
        made.__dict__ = {**self.__dict__, "subject": subject}
        return made

    def _of_unit(self, unit: Unit) -> Facts:
        made = object.__new__(Facts)
        own: dict[str, Any] = {"subject": None, "unit": unit, "placement": unit.place, "_whole": self, "_held": {}}
        made.__dict__ = {**self.__dict__, **own}
        return made

    @property
    def unit_key(self) -> str:
        """What an answer about this unit is about."""
        return UNIT if self.unit is None else self.unit.key

    @property
    def unit_keys(self) -> tuple[str, ...]:
        return tuple(self.units) or (UNIT,)

    @property
    def sleepers(self) -> tuple[Member, ...] | None:
        """Who sleeps in this unit; None where there are several and nobody said who sleeps where."""
        return self.household.members if self.unit is None else self.unit.sleeps

    def of_any_unit(self, test: Callable[[Facts], Known]) -> Known:
        """Is something so of the unit these facts are about; where they are of several, of any of them?"""
        if not self.units or self.unit is not None:
            return test(self)
        return any_known([test(self.about(key)) for key in self.units])

    @property
    def called(self) -> Mapping[str, str]:
        """What each person is called in a sentence, and each of several units: those of one name are told apart."""
        found: Mapping[str, str] | None = self.worked_out.get(("called", ""))
        if found is None:
            units = {key: unit.called for key, unit in self.units.items()}
            found = self.worked_out["called", ""] = labels(self.household) | units
        return found

    def told(self, criterion: str, key: str) -> frozenset[str]:
        """The options chosen in standing answers to a question, with everything else each of them tells."""
        where = (criterion, key)
        found = self._told.get(where)
        if found is None:
            found = self._told[where] = self._all_told(where)
        return found

    def _all_told(self, where: tuple[str, str]) -> frozenset[str]:
        chosen = self._chosen(where)
        tags = self.tags.get(where[0])
        if tags is None:
            return frozenset(chosen)
        return frozenset(tag for v in chosen for tag in tags.get(v, (v,)))

    def _chosen(self, where: tuple[str, str]) -> list[str]:
        return [
            v
            for a in self.known.get(where, ())
            for v in ((a.value,) if isinstance(a.value, str) else a.value if isinstance(a.value, tuple) else ())
        ]

    def leaves_untold(self, criterion: str, key: str, wanted: frozenset[str]) -> bool:
        """Does an answer say too little to tell whether any of these is so?"""
        where = (criterion, key)
        found = self._left_untold.get(where)
        if found is None:
            untold = self.untold.get(criterion, {})
            found = frozenset[str]().union(*(untold[v] for v in self._chosen(where) if v in untold))
            self._left_untold[where] = found
        return not found.isdisjoint(wanted)

    def once(self, name: str, compute: Callable[[], Known]) -> Known:
        """A fact of the whole household or unit, worked out once."""
        if name not in self._held:
            self._held[name] = compute()
        return self._held[name]

    @property
    def age_day(self) -> date:
        """The day ages count on: evidence is as old as it is today, whichever day of the stay is looked at."""
        return self.ages or self.on

    @property
    def unborn_weeks(self) -> int:
        return self.settings.unborn_counts_weeks

    def asked_about(self, criterion: str) -> tuple[str, ...]:
        """Whom a criterion is asked about here: this person or unit where it is asked about them, else every subject of it.

        One adult's answer never stands in for another's who was not asked.
        """
        keys = self.rows.get(criterion, ())
        mine = self.subject or self.unit
        return (mine.key,) if mine is not None and mine.key in keys else keys

    def is_settled(self, criterion: str, key: str) -> bool:
        """Is what is said enough, at the grade and age the question asks for, or a worry that needs nothing more?

        Reassurance that is not enough settles nothing: what rests on it stays as it would be if nobody had spoken.
        """
        state = self.states.get((criterion, key))
        if state is not None:
            return not state.is_open
        settled = self.so_far.is_settled
        return settled is not None and settled(criterion, key)

    def is_contradicted(self, criterion: str, key: str) -> bool:
        """Does a worry stand about something of which other people’s words say that it does not apply?

        Then it stays: one of the two is wrong, and a worry is never blanked. Age, birth, law and the boundary contradict nobody.
        """
        contradicted = self.so_far.is_contradicted
        return contradicted is not None and contradicted(criterion, key)

    def is_not_asked(self, criterion: str, key: str) -> bool:
        """Is it certain that a criterion does not apply to somebody, so that having no answer is an answer?"""
        applies = self.applies.get(criterion)
        if applies is None:
            return False
        return applies(self.about(key)) is False and not self.is_contradicted(criterion, key)
