"""Rules over who looked at what: pure, over entries in the order in which they came. They give facts for a question, never a score.

A rule knows what is somebody's own work and holds nothing against them for doing it. What somebody did in a case on the day on which
they looked at it is why they looked. Source: reliability.md 4.4 and Z9.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, Literal, NamedTuple

from app import clocks
from app.clocks.days import is_working_day

from .table import Table

Kind = Literal["look", "take", "denied", "act"]


# Noticed at the entry itself, from it and from what was denied before it: what does not wait for the end of a day.
AT_ONCE = frozenset({"own_name", "kept_from", "restricted", "denied"})


class Entry(NamedTuple):
    """One entry of the audit: when (aware), by which account, of which case (empty where it is of none), and what it is."""

    at: datetime
    who: str
    case: str
    kind: Kind


class Noticed(NamedTuple):
    """What a rule noticed: of whom, of which case where it is of one, when, and the facts, as JSON holds them."""

    rule: str
    who: str
    case: str
    at: datetime
    facts: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class Known:
    """What the rules know beside the entries.

    Attributes:
        surnames: of accounts; families: of the people of cases; both folded.
        theirs: whether a case is somebody's work on a day.
        closed: since when a case is closed; restricted: which are; kept: which are kept from whom, as (account, case).
    """

    surnames: Mapping[str, str]
    families: Mapping[str, Collection[str]]
    theirs: Callable[[str, str, date], bool]
    closed: Mapping[str, date] = field(default_factory=dict)
    restricted: Collection[str] = frozenset()
    kept: Collection[tuple[str, str]] = frozenset()


class Watch:
    """Takes entries in their order and gives what is noticed; ``end`` ends the last day.

    What is grave is noticed at the entry itself; all else at the end of the day, for until then somebody may have done something.
    """

    def __init__(
        self, table: Table, known: Known, noticed: Mapping[tuple[str, str, str], Collection[datetime]]
    ) -> None:
        """``noticed`` is what was noticed before, by rule, account and case: it is not noticed again for some time."""
        self._table, self._known = table, known
        self._before: dict[tuple[str, str, str], list[datetime]] = {key: sorted(at) for key, at in noticed.items()}
        self._visits: dict[tuple[str, str], deque[datetime]] = defaultdict(
            deque
        )  # without anything done, of other days than this
        self._denied: dict[str, deque[tuple[datetime, str]]] = defaultdict(deque)
        self._days: dict[str, deque[tuple[date, int]]] = defaultdict(deque)  # on how many cases somebody looked, by day
        self._day: date | None = None
        self._today = _Day()

    def take(self, entry: Entry) -> Iterator[Noticed]:
        """What this entry shows at once, and before it what the days that ended with it showed."""
        day = clocks.local(entry.at).date()
        if self._day is not None and day > self._day:
            yield from self._end_of(self._day)
        if self._day is None or day > self._day:
            self._day, self._today = day, _Day()
        if entry.kind == "denied":
            yield from self._was_denied(entry)
        elif entry.kind == "act":
            if entry.case:
                self._today.acted.add((entry.who, entry.case))
        elif entry.case:
            self._today.look(entry, timedelta(minutes=self._table.one_visit_minutes))
            yield from self._has_their_name(entry)

    def end(self, on: date | None = None) -> Iterator[Noticed]:
        """What the last day showed, where it is over ``on`` a day, or at all."""
        if self._day is not None and (on is None or self._day < on):
            yield from self._end_of(self._day)
            self._day, self._today = None, _Day()

    # ---- at once

    def _has_their_name(self, entry: Entry) -> Iterator[Noticed]:
        name = self._known.surnames.get(entry.who, "")
        if name and name in self._known.families.get(entry.case, ()):
            yield from self._new("own_name", entry.who, entry.case, entry.at, {})

    def _was_denied(self, entry: Entry) -> Iterator[Noticed]:
        if (entry.who, entry.case) in self._known.kept:
            yield from self._new("kept_from", entry.who, entry.case, entry.at, {})
        asked = self._denied[entry.who]
        asked.append((entry.at, entry.case))
        for rule, counts in (("restricted", lambda case: case in self._known.restricted), ("denied", bool)):
            numbers = self._table.numbers[rule]
            since = entry.at - timedelta(days=numbers["within_days"])
            of = [(at, case) for at, case in asked if at > since and counts(case)]
            times = len({case for _, case in of}) if rule == "denied" else len(of)
            if counts(entry.case) and times >= numbers["times"]:
                case = entry.case if rule == "restricted" else ""
                facts = {"times": times, "first": clocks.written(of[0][0])}
                yield from self._new(rule, entry.who, case, entry.at, facts)
        longest = max(self._table.numbers[rule]["within_days"] for rule in ("restricted", "denied"))
        while asked and asked[0][0] <= entry.at - timedelta(days=longest):
            asked.popleft()

    # ---- at the end of a day

    def _end_of(self, day: date) -> Iterator[Noticed]:
        of_this = self._today
        for done in of_this.acted:
            self._visits[done].clear()
        for (who, case), visits in of_this.visits.items():
            yield from self._again_and_again(who, case, day, visits)
        for who, cases in of_this.cases.items():
            yield from self._many_cases(who, day, cases, of_this.last[who])
        for who, late in of_this.at_night(day, self._table.numbers["out_of_hours"]).items():
            yield from self._out_of_hours(who, day, late)
        for who, taken in of_this.taken.items():
            if taken >= self._table.numbers["many_taken"]["times"]:
                yield from self._new("many_taken", who, "", of_this.last[who], {"files": taken, "day": day.isoformat()})

    def _again_and_again(self, who: str, case: str, day: date, visits: list[datetime]) -> Iterator[Noticed]:
        """Visits to one case with nothing done: what was done in it answers for all that came before."""
        before = self._visits[who, case]
        if (who, case) in self._today.acted:
            return
        before.extend(visits)
        while before and before[0] <= before[-1] - timedelta(days=self._table.days):
            before.popleft()
        if not self._known.theirs(who, case, day) and len(before) >= self._table.numbers["no_action"]["times"]:
            yield from self._new("no_action", who, case, before[-1], _visits(before))
        numbers, closed = self._table.numbers["after_closing"], self._known.closed.get(case)
        if closed is None:
            return
        begins = closed + timedelta(days=numbers["after_days"])
        recent = before[-1] - timedelta(days=numbers["within_days"])
        late = [at for at in before if at > recent and clocks.local(at).date() > begins]
        if len(late) >= numbers["times"]:
            facts = {**_visits(late), "closed": closed.isoformat()}
            yield from self._new("after_closing", who, case, late[-1], facts)

    def _many_cases(self, who: str, day: date, cases: Collection[str], last: datetime) -> Iterator[Noticed]:
        """On far more cases than on a day of theirs, in the middle; of too few days nothing follows."""
        numbers, days = self._table.numbers["many_cases"], self._days[who]
        while days and days[0][0] < day - timedelta(days=numbers["median_days"]):
            days.popleft()
        if len(days) >= numbers["fewest_days"] and len(cases) >= numbers["fewest_cases"]:
            usual = median(many for _, many in days)
            if len(cases) > numbers["times_median"] * usual:
                facts = {"cases": len(cases), "usual": str(usual), "day": day.isoformat()}
                yield from self._new("many_cases", who, "", last, facts)
        days.append((day, len(cases)))

    def _out_of_hours(self, who: str, day: date, late: Mapping[str, datetime]) -> Iterator[Noticed]:
        others = {
            case: at
            for case, at in late.items()
            if (who, case) not in self._today.acted and not self._known.theirs(who, case, day)
        }
        if len(others) >= self._table.numbers["out_of_hours"]["times"]:
            facts = {"cases": len(others), "first": clocks.written(min(others.values())), "day": day.isoformat()}
            yield from self._new("out_of_hours", who, "", max(others.values()), facts)

    def _new(self, rule: str, who: str, case: str, at: datetime, facts: dict[str, Any]) -> Iterator[Noticed]:
        """The same of the same person and case is not noticed again for some time; of no case, on another day."""
        before = self._before.setdefault((rule, who, case), [])
        apart = timedelta(days=self._table.again_after_days if case else 1)
        if not any(abs(at - each) < apart for each in before):
            before.append(at)
            yield Noticed(rule, who, case, at, facts)


class _Day:
    """What was looked at and done on one day."""

    def __init__(self) -> None:
        self.visits: dict[tuple[str, str], list[datetime]] = {}
        self.looked: dict[tuple[str, str], list[datetime]] = defaultdict(list)
        self.acted: set[tuple[str, str]] = set()
        self.cases: dict[str, set[str]] = defaultdict(set)
        self.taken: dict[str, int] = defaultdict(int)
        self.last: dict[str, datetime] = {}

    def look(self, entry: Entry, one_visit: timedelta) -> None:
        key = (entry.who, entry.case)
        if not self.looked[key] or entry.at - self.looked[key][-1] > one_visit:
            self.visits.setdefault(key, []).append(entry.at)
        self.looked[key].append(entry.at)
        self.cases[entry.who].add(entry.case)
        self.last[entry.who] = entry.at
        if entry.kind == "take":
            self.taken[entry.who] += 1

    def at_night(self, day: date, hours: Mapping[str, int]) -> dict[str, dict[str, datetime]]:
        """The cases that each looked at outside working hours, with when first."""
        works, found = is_working_day(day), defaultdict[str, dict[str, datetime]](dict)
        for (who, case), moments in self.looked.items():
            for at in moments:
                if not works or not hours["from_hour"] <= clocks.local(at).hour < hours["to_hour"]:
                    found[who].setdefault(case, at)
        return found


def _visits(moments: Collection[datetime]) -> dict[str, Any]:
    return {"visits": len(moments), "first": clocks.written(min(moments)), "last": clocks.written(max(moments))}
