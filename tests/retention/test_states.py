"""Any order of holding, lifting, agreeing, waiting and restoring: nothing goes while a hold stands, and what went does not come back."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from app.retention import proposing

BEGUN = date(2026, 1, 1)
ROLES = {"ann": "senior_officer", "ben": "senior_officer", "cara": "safeguarding_lead", "dan": "safeguarding_lead"}
CASES = ("one", "two", "three")


class Keeping(RuleBasedStateMachine):
    """A model of what is stored; what decides is the service’s own."""

    def __init__(self) -> None:
        super().__init__()
        self.on = BEGUN
        self.here = set(CASES)
        self.holds: dict[str, set[int]] = {case: set() for case in (*CASES, "")}
        self.agreed: dict[str, set[str]] = {case: set() for case in CASES}
        self.is_open = dict.fromkeys(CASES, False)
        self.listed: set[str] = set()  # beside the backups
        self.backup: set[str] = set(CASES)
        self.number = 0

    @initialize(due=st.lists(st.integers(-30, 30), min_size=3, max_size=3))
    def begin(self, due: list[int]) -> None:
        self.due = {case: BEGUN + timedelta(days=days) for case, days in zip(CASES, due, strict=True)}

    @rule(case=st.sampled_from((*CASES, "")))
    def hold(self, case: str) -> None:
        self.number += 1
        self.holds[case].add(self.number)

    @rule(case=st.sampled_from((*CASES, "")))
    def lift(self, case: str) -> None:
        if self.holds[case]:
            self.holds[case].pop()

    @rule(days=st.integers(1, 20))
    def wait(self, days: int) -> None:
        self.on += timedelta(days=days)

    @rule(case=st.sampled_from(CASES))
    def propose(self, case: str) -> None:
        if case in self.here and not self.standing(case) and not self.is_open[case] and self.due[case] <= self.on:
            self.is_open[case], self.agreed[case] = True, set()

    @rule(case=st.sampled_from(CASES), who=st.sampled_from([*ROLES]))
    def agree(self, case: str, who: str) -> None:
        if self.is_open[case]:  # whether a hold stands is not asked here: the last question must be enough
            self.agreed[case].add(who)

    @rule(case=st.sampled_from(CASES))
    def destroy(self, case: str) -> None:
        if case not in self.here:
            return
        people = [(who, ROLES[who]) for who in sorted(self.agreed[case])]
        why = proposing.stops(len(self.standing(case)), people, self.is_open[case], self.due[case], self.on)
        if why == "held":
            self.is_open[case] = False
        if why:
            return
        assert not self.standing(case)
        assert self.is_open[case]
        assert self.due[case] <= self.on
        assert len(self.agreed[case]) > 1
        assert {"cara", "dan"} & self.agreed[case]
        self.here.discard(case)
        self.listed.add(case)

    @rule()
    def back_up(self) -> None:
        self.backup = set(self.here)

    @rule()
    def restore(self) -> None:
        self.here = set(self.backup) - self.listed

    def standing(self, case: str) -> set[int]:
        return self.holds[case] | self.holds[""]

    @invariant()
    def nothing_comes_back(self) -> None:
        assert not self.here & self.listed


TestKeeping = Keeping.TestCase
TestKeeping.settings = settings(max_examples=500, stateful_step_count=30, deadline=None)
