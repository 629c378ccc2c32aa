"""Z9: a pattern of snooping is noticed, and ordinary work is not: a year of thirty people, from one seed."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from app.access import table
from app.access.watching import Entry, Known, Noticed, Watch
from app.clocks.days import is_working_day

YEAR = date(2026, 1, 5)
# Surnames as common as the commonest are: one in a hundred has the first.
NAMES = [f"name{n}" for n in range(400)]
_WEIGHTS = [1 / (n + 45) for n in range(400)]


def at(day: date, hour: float) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour)


def known(**otherwise: object) -> Known:
    nothing: dict[str, object] = {"surnames": {}, "families": {}, "theirs": lambda who, case, day: False}
    return Known(**{**nothing, **otherwise})  # type: ignore[arg-type]


def watched(entries: list[Entry], **otherwise: object) -> list[Noticed]:
    watch = Watch(table.read(), known(**otherwise), {})
    return [one for entry in entries for one in watch.take(entry)] + list(watch.end())


def looks(who: str, case: str, days: list[int], hour: float = 11.0) -> list[Entry]:
    return [Entry(at(YEAR + timedelta(days=d), hour), who, case, "look") for d in days]


# ---- one rule each


def test_stockport_is_noticed_by_the_fifth_look() -> None:
    """67 looks in a year at one case that is not theirs, and nothing done."""
    rng = random.Random(67)
    days = sorted(rng.sample(range(365), 67))
    found = [n for n in watched(looks("snoop", "case", days)) if n.rule == "no_action"]
    assert found, "it is noticed"
    assert found[0].facts["visits"] <= 5
    assert found[0].at == at(YEAR + timedelta(days=days[4]), 11.0)
    assert len(found) < 67 / 5, "and not at every look again"


def test_over_several_cases_each_is_noticed_by_its_fifth_look() -> None:
    rng = random.Random(68)
    entries = sorted(
        (e for at_ in range(6) for e in looks("snoop", f"case{at_}", sorted(rng.sample(range(365), 11)))),
        key=lambda e: e.at,
    )
    found = Counter(n.case for n in watched(entries) if n.rule == "no_action")
    assert set(found) == {f"case{n}" for n in range(6)}


def test_four_looks_are_none_and_what_was_done_answers_for_those_before() -> None:
    assert watched(looks("a", "case", [1, 2, 3, 4])) == []
    entries = [*looks("a", "case", [1, 2, 3, 4]), Entry(at(YEAR + timedelta(days=5), 12), "a", "case", "act")]
    assert watched([*entries, *looks("a", "case", [7, 8, 9, 10])]) == []
    assert [n.rule for n in watched([*entries, *looks("a", "case", [7, 8, 9, 10, 11])])] == ["no_action"]


def test_pages_of_one_visit_are_one_look_and_own_work_is_none() -> None:
    pages = [Entry(at(YEAR, 10 + n / 20), "a", "case", "look") for n in range(30)]
    assert watched(pages) == []
    assert watched(looks("a", "case", list(range(40))), theirs=lambda who, case, day: True) == []


def test_their_own_surname_is_noticed_at_the_first_look() -> None:
    found = watched(looks("a", "case", [1, 2]), surnames={"a": "roe"}, families={"case": {"roe", "doe"}})
    assert [(n.rule, n.case, n.at) for n in found] == [("own_name", "case", at(YEAR + timedelta(days=1), 11.0))]
    assert watched(looks("a", "case", [1]), surnames={"a": ""}, families={"case": {""}}) == []


def test_asking_for_what_is_kept_from_them_is_noticed_at_the_first_time() -> None:
    denied = [Entry(at(YEAR, 9), "a", "case", "denied")]
    assert [n.rule for n in watched(denied, kept={("a", "case")})] == ["kept_from"]
    assert watched(denied, kept={("b", "case")}) == []


def test_denials_are_counted_by_what_was_asked_for() -> None:
    of = [Entry(at(YEAR, 9 + n), "a", f"case{n}", "denied") for n in range(5)]
    assert [n.rule for n in watched(of)] == ["denied"]
    assert watched(of[:4]) == []
    assert [n.rule for n in watched(of[:2], restricted={"case0", "case1"})] == ["restricted"]
    assert watched([of[0]] * 5) == [], "one old bookmark"


def test_a_day_three_times_as_large_as_theirs_is_noticed() -> None:
    entries = []
    for n in range(20):
        for case in range(6):
            entries.append(Entry(at(YEAR + timedelta(days=n), 9 + case / 2), "a", f"c{n}-{case}", "look"))
    for case in range(19):
        entries.append(Entry(at(YEAR + timedelta(days=21), 9 + case / 4), "a", f"x{case}", "look"))
    found = [n for n in watched(entries, theirs=lambda who, case, day: True) if n.rule == "many_cases"]
    assert [n.facts["cases"] for n in found] == [19]
    assert [n for n in watched(entries[:-1], theirs=lambda who, case, day: True) if n.rule == "many_cases"] == []


def test_after_closing_at_night_and_many_files() -> None:
    closed = {"case": YEAR}
    own = {"theirs": lambda who, case, day: True, "closed": closed}
    assert [n.rule for n in watched(looks("a", "case", [35, 36, 37]), **own)] == ["after_closing"]
    assert watched(looks("a", "case", [5, 6, 7]), **own) == []
    night = [Entry(at(YEAR, 22), "a", f"case{n}", "look") for n in range(2)]
    assert [n.rule for n in watched(night)] == ["out_of_hours"]
    assert watched([*night, Entry(at(YEAR, 23), "a", "case1", "act")]) == [], "the night officer who did something"
    taken = [Entry(at(YEAR, 9 + n / 10), "a", "case", "take") for n in range(15)]
    assert "many_taken" in [n.rule for n in watched(taken)]
    assert "many_taken" not in [n.rule for n in watched(taken[:14])]


def test_what_was_noticed_before_is_not_noticed_again_when_the_year_moves_on() -> None:
    entries = looks("a", "case", list(range(1, 20)))
    first = watched(entries)
    watch = Watch(table.read(), known(), {("no_action", "a", "case"): [n.at for n in first]})
    assert [one for entry in entries[3:] for one in watch.take(entry)] + list(watch.end()) == []


# ---- a year


class Office:
    """Thirty people and their families: twenty-two officers, five seniors, three leads. Nobody snoops."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.officers = [f"officer{n}" for n in range(22)]
        self.seniors, self.leads = [f"senior{n}" for n in range(5)], [f"lead{n}" for n in range(3)]
        self.people = [*self.officers, *self.seniors, *self.leads]
        self.surnames = {p: self._name() for p in self.people}
        self.families: dict[str, set[str]] = {}
        self.holder: dict[str, str] = {}
        self.held: dict[str, list[str]] = {p: [] for p in self.officers}
        self.closed: dict[str, date] = {}

    def _name(self) -> str:
        return self.rng.choices(NAMES, _WEIGHTS)[0]

    def opened(self, officer: str) -> str:
        case = f"case{len(self.holder)}"
        self.holder[case] = officer
        self.families[case] = {self._name()} | ({self._name()} if self.rng.random() < 0.4 else set())
        self.held[officer].append(case)
        return case

    def facts(self) -> dict[str, object]:
        return {
            "surnames": self.surnames, "families": self.families, "closed": self.closed,
            "theirs": lambda who, case, day: self.holder.get(case) == who,
        }  # fmt: skip

    def day(self, day: date) -> Iterator[Entry]:
        found: list[Entry] = []
        rng = self.rng
        for officer in self.officers:
            if rng.random() < 0.12:  # leave, training
                continue
            if rng.random() < 0.25 or not self.held[officer]:
                case = self.opened(officer)
                found += self._sitting(officer, case, day, acts=1.0)
            for case in rng.sample(self.held[officer], min(len(self.held[officer]), rng.randint(3, 9))):
                found += self._sitting(officer, case, day, acts=0.6)
            if len(self.held[officer]) > 25 or rng.random() < 0.15:
                gone = self.held[officer].pop(0)
                self.closed[gone] = day
            if rng.random() < 0.02 and self.closed:  # an old one is asked about
                found += self._sitting(
                    officer,
                    rng.choice([c for c in self.closed if self.holder[c] == officer] or list(self.holder)[:1]),
                    day,
                    acts=0.0,
                )
            if rng.random() < 0.01:  # an old bookmark
                found.append(Entry(at(day, 10), officer, rng.choice(list(self.holder)), "denied"))
            if rng.random() < 0.03 and self.held[officer]:  # an evening, on their own cases
                found += self._sitting(officer, rng.choice(self.held[officer]), day, acts=0.7, hour=20.5)
        open_now = [case for cases in self.held.values() for case in cases]
        for senior in self.seniors:  # supervision: families of others, half of them with something to do
            for case in rng.sample(open_now, min(len(open_now), rng.randint(3, 8))):
                found += self._sitting(senior, case, day, acts=0.5)
        for lead in self.leads:  # reviews: mostly something is decided
            for case in rng.sample(open_now, min(len(open_now), rng.randint(4, 9))):
                found += self._sitting(lead, case, day, acts=0.8)
            if rng.random() < 0.05:  # a night on duty, with something done
                found += self._sitting(lead, rng.choice(open_now), day, acts=1.0, hour=21.5)
        yield from sorted(found, key=lambda e: e.at)

    def _sitting(self, who: str, case: str, day: date, acts: float, hour: float | None = None) -> list[Entry]:
        """Some pages of a case one after the other, and perhaps something done in it, then or later that day."""
        begins = hour if hour is not None else self.rng.uniform(8.5, 15.5)
        found = [Entry(at(day, begins + n / 30), who, case, "look") for n in range(self.rng.randint(1, 8))]
        if self.rng.random() < 0.08:
            found.append(Entry(at(day, begins + 0.3), who, case, "take"))
        if self.rng.random() < acts:
            found.append(Entry(at(day, begins + self.rng.uniform(0.1, 1.5)), who, case, "act"))
        return found


@pytest.mark.parametrize("seed", [1, 9, 2026])
def test_thirty_ordinary_people_are_asked_about_at_most_three_times_a_week(seed: int) -> None:
    office = Office(seed)
    watch = Watch(table.read(), known(**office.facts()), {})
    found: list[Noticed] = []
    working = [d for d in (YEAR + timedelta(days=n) for n in range(364)) if is_working_day(d)]
    looked = 0
    for day in working:
        for entry in office.day(day):
            looked += 1
            found += watch.take(entry)
    found += watch.end()
    assert looked > 100_000, "it is a year's work"
    weeks = Counter((n.at.date() - YEAR).days // 7 for n in found)
    rules = Counter(n.rule for n in found)
    assert len(found) / 52 <= 3, (len(found), rules)
    print(
        f"seed {seed}: {looked} entries, {len(found)} in a year, {max(weeks.values(), default=0)} in the worst week, {dict(rules)}"
    )


def test_among_thirty_ordinary_people_the_snoop_is_found() -> None:
    """The same year, with somebody in it who looks at one family of another 67 times."""
    office, rng = Office(9), random.Random(67)
    watch = Watch(table.read(), known(**office.facts()), {})
    working = [d for d in (YEAR + timedelta(days=n) for n in range(364)) if is_working_day(d)]
    days = set(rng.sample(working[5:], 67))
    found, seen = [], 0
    for day in working:
        entries = list(office.day(day))
        if day in days:
            entries.append(Entry(at(day, 12.5), "senior0", "case3", "look"))
        entries = [e for e in entries if not (e.who == "senior0" and e.case == "case3" and e.kind == "act")]
        for entry in sorted(entries, key=lambda e: e.at):
            seen += entry.who == "senior0" and entry.case == "case3"
            found += [
                (n, seen)
                for n in watch.take(entry)
                if n.case == "case3" and n.who == "senior0" and n.rule == "no_action"
            ]
    assert found
    assert found[0][0].facts["visits"] <= 6
