"""Each clock counts as its rule does. Examples: law study of 23 November 2026, section 3; the rest worked out by hand on a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest

from app import clocks
from app.checklists import read_folder
from app.clocks import days, nights, silence, table
from app.suitability.casefile.household import Spell

NUMBERS = read_folder().numbers_on(date(2026, 11, 30), {})


def ends(kind: str, begun: date) -> date | None:
    return table.read().kinds[kind].ends(begun, NUMBERS)


@pytest.mark.parametrize(
    ("kind", "begun", "last"),
    [
        ("host_notice", date(2026, 11, 1), date(2026, 11, 14)),
        ("child_notice", date(2026, 11, 3), date(2026, 11, 16)),
        ("review_request", date(2026, 11, 1), date(2026, 11, 21)),
        ("review_decision", date(2026, 9, 1), date(2026, 10, 26)),
        ("review_decision_steps", date(2026, 9, 1), date(2026, 9, 21)),
        ("review_decision_referral", date(2026, 9, 1), date(2026, 11, 9)),
        ("review_decision_referral_long", date(2026, 9, 1), date(2026, 11, 23)),
        ("review_decision_referral_long", date(2027, 12, 15), date(2028, 3, 7)),  # over a leap day
        ("hazard_emergency", date(2026, 11, 30), date(2026, 12, 1)),
        ("hazard_summary", date(2026, 12, 24), date(2026, 12, 31)),
        ("hazard_safe", date(2026, 12, 24), date(2027, 1, 5)),
        ("county_court_appeal", date(2026, 11, 1), date(2026, 11, 21)),
        (
            "judicial_review",
            date(2026, 11, 30),
            date(2027, 2, 28),
        ),  # the corresponding day, or the last of a shorter month
        ("judicial_review", date(2027, 11, 30), date(2028, 2, 29)),
        ("ombudsman", date(2028, 2, 29), date(2029, 2, 28)),
        ("relief_duty", date(2026, 11, 1), date(2026, 12, 26)),
        ("main_duty_decision", date(2026, 12, 21), date(2027, 1, 14)),  # 15 working days over Christmas and New Year
        ("data_complaint", date(2026, 11, 30), date(2026, 12, 29)),
        ("first_contact", date(2026, 11, 27), date(2026, 11, 30)),
        ("interim_duty", date(2026, 11, 1), None),
        ("hazard_investigated", date(2026, 11, 30), date(2026, 12, 14)),
        ("hazard_works_started", date(2026, 11, 30), date(2027, 2, 22)),
    ],
)
def test_a_clock_ends_when_its_rule_says(kind: str, begun: date, last: date | None) -> None:
    assert ends(kind, begun) == last


def test_a_review_asked_for_on_day_21_is_in_time_and_the_eight_weeks_run_from_that_day() -> None:
    told = date(2026, 11, 1)
    asked = date(2026, 11, 21)
    last = ends("review_request", told)
    assert last is not None
    assert asked <= last
    assert asked + timedelta(days=1) > last
    assert ends("review_decision", asked) == date(2027, 1, 15)


def test_more_time_is_given_where_the_law_lets_somebody_give_it_and_nowhere_else() -> None:
    kinds = table.read().kinds
    assert {code: kind.more_time for code, kind in kinds.items() if kind.more_time} == {
        "review_request": "the council allowed it in writing",
        "county_court_appeal": "the court allowed it",
        **dict.fromkeys(
            ("review_decision", "review_decision_steps", "review_decision_referral", "review_decision_referral_long"),
            "they agreed to it in writing",
        ),
        "subject_access": "the request is complex, and they were told so in writing within the month",
    }
    assert all(kinds[code].by_hand for code, kind in kinds.items() if kind.more_time)


# ---- working days


@pytest.mark.parametrize(
    ("day", "number", "then"),
    [
        (date(2026, 11, 27), 1, date(2026, 11, 30)),  # over a weekend
        (date(2026, 12, 24), 1, date(2026, 12, 29)),  # Christmas Day on a Friday, Boxing Day's substitute on the Monday
        (date(2026, 12, 24), 3, date(2026, 12, 31)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),
        (date(2027, 3, 25), 1, date(2027, 3, 30)),  # Good Friday and Easter Monday
        (date(2027, 12, 24), 1, date(2027, 12, 29)),  # both Christmas holidays fall on a weekend and move
        (date(2026, 11, 30), 0, date(2026, 11, 30)),
    ],
)
def test_working_days_are_those_of_the_calendar(day: date, number: int, then: date) -> None:
    assert days.working_days_after(day, number) == then


@pytest.mark.parametrize(
    ("said", "counts"),
    [
        (datetime(2026, 11, 30, 12, 59), date(2026, 11, 30)),
        (datetime(2026, 11, 30, 13, 0), date(2026, 12, 1)),  # at the cut-off it is the next day's
        (datetime(2026, 11, 27, 13, 1), date(2026, 11, 30)),  # a Friday afternoon is Monday's
        (datetime(2026, 11, 28, 9, 0), date(2026, 11, 30)),  # a Saturday, whatever the hour
        (datetime(2026, 12, 24, 14, 0), date(2026, 12, 29)),
    ],
)
def test_what_comes_after_the_cut_off_is_the_next_working_days(said: datetime, counts: date) -> None:
    assert days.counts_on(said.replace(tzinfo=clocks.LONDON), time(13)) == counts


def test_the_cut_off_is_by_the_clock_on_the_wall_in_summer_and_in_winter() -> None:
    summer = datetime(2026, 7, 6, 12, 30, tzinfo=UTC)  # 13:30 in England
    winter = datetime(2026, 12, 7, 12, 30, tzinfo=UTC)
    assert days.counts_on(summer, time(13)) == date(2026, 7, 7)
    assert days.counts_on(winter, time(13)) == date(2026, 12, 7)


# ---- the nights on which the clock changes


def test_24_hours_are_24_hours_on_both_nights_when_the_clock_changes() -> None:
    spring = datetime(2027, 3, 27, 18, 0, tzinfo=clocks.LONDON)
    autumn = datetime(2026, 10, 24, 18, 0, tzinfo=clocks.LONDON)
    assert clocks.moment_in_words(days.hours_after(spring, 24)) == "28 March 2027, 19:00"
    assert clocks.moment_in_words(days.hours_after(autumn, 24)) == "25 October 2026, 17:00"


def test_an_hour_that_comes_twice_and_one_that_never_comes_are_counted_once() -> None:
    twice = datetime(2026, 10, 25, 0, 30, tzinfo=clocks.LONDON)
    assert [clocks.moment_in_words(days.hours_after(twice, n))[-5:] for n in (1, 2, 3)] == ["01:30", "01:30", "02:30"]
    never = datetime(2027, 3, 28, 0, 30, tzinfo=clocks.LONDON)
    assert clocks.moment_in_words(days.hours_after(never, 1))[-5:] == "02:30"


def test_days_are_days_on_both_nights_when_the_clock_changes() -> None:
    assert ends("host_notice", date(2026, 10, 20)) == date(2026, 11, 2)
    assert ends("host_notice", date(2027, 3, 20)) == date(2027, 4, 2)
    running = nights.counted((), date(2026, 10, 24), date(2026, 10, 26), 42)
    assert running.used == 3


# ---- six weeks


def spell(first: date, last: date) -> Spell:
    return Spell(first=first, last=last)


def test_six_weeks_from_9_october_are_lawful_to_19_november_and_a_breach_from_the_20th() -> None:
    found = nights.counted((), date(2023, 10, 9), date(2023, 11, 19), 42)
    assert (found.used, found.last, found.breach) == (42, date(2023, 11, 19), date(2023, 11, 20))
    assert not found.is_over(date(2023, 11, 19))
    assert found.is_over(date(2023, 11, 20))


def test_42_nights_over_two_spells_and_a_leap_day() -> None:
    first = spell(date(2028, 2, 1), date(2028, 2, 29))  # 29 nights, the leap day among them
    found = nights.counted((first,), date(2028, 3, 10), date(2028, 3, 10), 42)
    assert found.used == 30
    assert (found.last, found.breach) == (date(2028, 3, 22), date(2028, 3, 23))
    assert nights.counted((first,), date(2027, 3, 10), date(2028, 3, 10), 42).is_over(date(2028, 3, 10))


def test_nights_between_two_spells_neither_count_nor_set_it_back() -> None:
    spells = (spell(date(2026, 9, 1), date(2026, 9, 20)), spell(date(2026, 10, 10), date(2026, 10, 19)))
    found = nights.counted(spells, None, date(2026, 11, 30), 42)
    assert (found.used, found.last, found.left) == (30, None, 12)
    assert not found.is_running


def test_spells_that_overlap_count_each_night_once() -> None:
    spells = (spell(date(2026, 9, 1), date(2026, 9, 20)), spell(date(2026, 9, 11), date(2026, 9, 30)))
    assert nights.counted(spells, None, date(2026, 11, 30), 42).used == 30
    assert nights.counted(spells, date(2026, 9, 25), date(2026, 10, 1), 42).used == 31
    assert nights.overlapping(spells) == [(date(2026, 9, 11), date(2026, 9, 20))]
    assert nights.overlapping(spells[:1]) == []


def test_what_was_used_up_before_says_on_which_day_it_was() -> None:
    over = (spell(date(2026, 8, 1), date(2026, 9, 20)),)
    found = nights.counted(over, None, date(2026, 11, 30), 42)
    assert (found.used, found.last, found.breach) == (51, date(2026, 9, 11), date(2026, 9, 12))
    assert found.is_over(date(2026, 11, 30))


def test_the_end_of_a_spell_is_not_before_its_beginning() -> None:
    with pytest.raises(ValueError, match="the last night is before the first"):
        spell(date(2026, 9, 2), date(2026, 9, 1))


# ---- birthdays and the latest of three


@pytest.mark.parametrize(
    ("born", "on", "turns", "day"),
    [
        (date(2024, 2, 29), date(2024, 6, 1), 1, date(2025, 3, 1)),
        (date(2024, 2, 29), date(2025, 2, 28), 1, date(2025, 3, 1)),
        (date(2026, 2, 29 - 1), date(2026, 11, 30), 1, date(2027, 2, 28)),
        (date(2024, 2, 29), date(2025, 3, 2), 2, date(2026, 3, 1)),
        (date(2018, 2, 29 - 1), date(2026, 11, 30), 10, date(2028, 2, 28)),
        (date(2012, 2, 29), date(2026, 11, 30), 16, date(2028, 2, 29)),
    ],
)
def test_the_next_age_that_changes_something(born: date, on: date, turns: int, day: date) -> None:
    assert days.next_age(born, on, (1, 2, 5, 10, 16, 18, 21)) == (turns, day)


def test_no_age_changes_anything_after_21() -> None:
    assert days.next_age(date(1990, 1, 1), date(2026, 11, 30), (1, 21)) is None


@pytest.mark.parametrize("latest", range(3))
def test_the_notice_about_a_child_is_counted_from_the_latest_of_three(latest: int) -> None:
    three = [date(2026, 11, 1), date(2026, 10, 20), date(2026, 11, 2)]
    three[latest] = date(2026, 11, 3)
    assert ends("child_notice", max(three)) == date(2026, 11, 16)


# ---- silence


def test_silence_climbs_a_step_at_a_time_on_working_days() -> None:
    steps = silence.ladder(date(2026, 12, 23), "", table.read())
    assert [(s.rung.code, s.on) for s in steps] == [
        ("reminded", date(2026, 12, 24)),
        ("agency_lead", date(2026, 12, 29)),
        ("manager", date(2026, 12, 31)),
        ("partnership", date(2027, 1, 5)),
    ]
    assert [s.is_reached(date(2026, 12, 29)) for s in steps] == [True, True, False, False]


def test_an_answer_wanted_before_the_cut_off_is_chased_the_same_day() -> None:
    assert silence.ladder(date(2026, 11, 30), "11:00", table.read())[0].on == date(2026, 11, 30)
    assert silence.ladder(date(2026, 11, 30), "13:00", table.read())[0].on == date(2026, 12, 1)
    assert silence.ladder(date(2026, 11, 28), "11:00", table.read())[0].on == date(2026, 11, 30)
