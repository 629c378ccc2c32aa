"""The numbers a council may change, as rules read them: each by its name, so that one mistyped is found before anything runs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class CouncilSettings:
    """The settings on a day. What rules name is an attribute; what only a checklist names is found with ``[name]``.

    Days, weeks, months and years are whole numbers of those; metres and square centimetres are whole; ``percent`` of 100. What each
    is, who owns it and where it comes from stands in ``checklists/council.yaml``.
    """

    by_name: Mapping[str, int]
    arrive_minutes: int
    bed_and_breakfast_nights: int
    bed_and_breakfast_warning_night: int
    birth_plan_weeks: int
    chaser_days: int
    condition_days: int
    directory_stale_days: int
    districts_stale_days: int
    electrical_record_months: int
    emergency_cot_under_years: int
    emergency_nights: int
    emergency_told_under_years: int
    enquiry_silent_days: int
    gas_record_months: int
    gazetteer_stale_days: int
    heard_days: int
    hmo_one_child_cm2: int
    hmo_one_person_cm2: int
    hmo_two_persons_cm2: int
    host_notice_days: int
    last_seen_days: int
    last_seen_days_under_1: int
    long_stay_nights: int
    longest_route_percent_of_straight_line: int
    mobile_from_days: int
    moves_window_months: int
    next_look_days: int
    next_look_days_soon: int
    p01_misses: int
    p01_said_only: int
    p01_window_days: int
    p01_young_misses: int
    p01_young_window_days: int
    p01_young_years: int
    p02_cancelled: int
    p02_no_access: int
    p02_window_days: int
    p03_move_days: int
    p04_percent: int
    p04_reassuring: int
    p07_window_days: int
    p09_moves: int
    p09_window_days: int
    p12_addresses: int
    p12_crossings: int
    p12_young_years: int
    p13_agencies: int
    p14_silent: int
    p15_domains: int
    p15_high: int
    p15_medium: int
    p16_promised: int
    p17_said: int
    p18_sources: int
    p20_days: int
    p25_uses: int
    p25_window_days: int
    p26_files: int
    p26_window_days: int
    plan_days: int
    plan_days_baby: int
    pram_metres_per_minute: int
    pregnancy_asked_from_years: int
    pregnancy_asked_to_years: int
    protected_metres: int
    release_weeks: int
    route_percent_of_straight_line: int
    school_walk_metres_from_8: int
    school_walk_metres_under_8: int
    service_checked_days: int
    share_days: int
    shelf_life_baby_days: int
    unborn_counts_weeks: int
    walking_metres_per_minute: int
    weight_high: int
    weight_low: int
    weight_medium: int
    weight_senior: int
    weight_stop: int
    weight_stop_until: int

    @classmethod
    def of(cls, by_name: Mapping[str, int]) -> Self:
        """From a mapping that holds every name of ``NEEDED``; what else it holds is found by its name."""
        return cls(by_name=by_name, **{name: by_name[name] for name in NEEDED})

    def __getitem__(self, name: str) -> int:
        return self.by_name[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self.by_name)

    def keys(self) -> Iterator[str]:
        return iter(self.by_name)


# A council’s file without one of these is refused, never guessed.
NEEDED = frozenset(one.name for one in fields(CouncilSettings)) - {"by_name"}
