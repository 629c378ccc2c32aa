"""Schedules of an Open Referral feed on a day of use: what is open every week for certain, and the words of all else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from app.places.directory.schedules import Level, Told, kept, told

SUMMER, WINTER = date(2026, 7, 6), date(2026, 11, 30)  # two Mondays
WEEKLY = {"freq": "WEEKLY", "byday": "MO,TU", "opens_at": "09:00", "closes_at": "17:00"}


def asked(*said: dict[str, Any], on: date = WINTER, of: Level = "service") -> Told:
    return told([kept(schedule, of) for schedule in said], on)


def days(found: Told) -> list[str] | None:
    return None if found.spans is None else list(dict.fromkeys(span["day"] for span in found.spans))


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"valid_to": "2026-11-29"}, "Hours that ended on 29 November 2026"),
        ({"valid_to": "2024-03-31T23:30:00Z"}, "ended on 1 April 2024"),
        ({"until": "2024-03-31"}, "ended on 31 March 2024"),
        ({"valid_from": "2099-01-01"}, "begin on 1 January 2099"),
        ({"dtstart": "2026-12-07"}, "begin on 7 December 2026"),
        ({"dtstart": "2024-01-01", "count": 6}, "ended on 16 January 2024"),
        ({"count": 6}, "from when on is not said"),
        ({"dtstart": "2024-01-01", "count": 0}, "count"),
        ({"valid_to": "31/03/2027"}, "cannot be read"),
        ({"valid_to": "2024-03-31", "until": "soon", "count": "some"}, "ended on 31 March 2024"),
    ],
)
def test_nothing_is_open_of_a_schedule_that_is_not_known_to_run(changes: dict[str, Any], words: str) -> None:
    found = asked(WEEKLY | changes)
    assert found.spans is None
    assert words in found.words


@pytest.mark.parametrize(
    "changes",
    [
        {"valid_from": "2026-11-30", "valid_to": "2026-11-30"},
        {"until": "2026-11-30"},
        {"until": "2026-11-30T09:00:00+00:00"},
        {"dtstart": "2026-11-30", "count": "1"},
        {"valid_from": None, "valid_to": "", "interval": 1.0, "bymonthday": ""},
        {"dtstart": "0001-01-01", "valid_to": "9999-12-31"},
        {"freq": "weekly", "byday": " mo , tu "},
        {"freq": "DAILY"},
        {"byday": None, "dtstart": "2026-06-01"},
    ],
)
def test_a_schedule_runs_from_its_first_day_to_its_last(changes: dict[str, Any]) -> None:
    """Both included: python-dateutil 2.9 loses the day that “until” names where the rule has a time."""
    found = days(asked(WEEKLY | changes))
    assert found is not None
    assert "mon" in found


def test_an_ended_schedule_is_replaced_by_its_successor_and_never_added_to_it() -> None:
    old = WEEKLY | {"byday": "MO,TU,WE,TH,FR,SA", "valid_to": "2026-10-31"}
    new = WEEKLY | {"byday": "MO,WE", "opens_at": "10:00", "valid_from": "2026-11-01"}
    found = asked(old, new)
    assert found.spans == (
        {"day": "mon", "opens": "10:00", "closes": "17:00"},
        {"day": "wed", "opens": "10:00", "closes": "17:00"},
    )
    assert days(asked(old, new, on=date(2026, 10, 31))) == ["mon", "tue", "wed", "thu", "fri", "sat"]
    assert "begin on 1 November 2026" in asked(old, new, on=date(2026, 10, 31)).words


def test_of_two_without_an_end_only_what_both_say_is_certain() -> None:
    old = WEEKLY | {"byday": "MO,TU,WE"}
    assert asked(old, WEEKLY | {"byday": "MO", "valid_from": "2026-11-01"}).spans is None
    longer = asked(old, WEEKLY | {"byday": "MO,TU,WE,TH", "opens_at": "10:00", "valid_from": "2026-11-01"})
    assert {span["opens"] for span in longer.spans or ()} == {"10:00"}
    assert len(longer.spans or ()) == 4
    extra = asked(old, WEEKLY | {"byday": "SA", "valid_from": "2026-11-01", "valid_to": "2026-12-20"})
    assert days(extra) == ["mon", "tue", "wed", "sat"], "hours for certain dates are extra hours"
    assert "Until 20 December 2026" in extra.words


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"interval": 2, "dtstart": "2026-11-02"}, "every 2 weeks on Monday, Tuesday, next on 30 November 2026"),
        ({"interval": 2, "dtstart": "2026-11-09"}, "next on 7 December 2026"),
        ({"interval": 2, "dtstart": "2026-11-10", "wkst": "SU", "byday": "TU,SU"}, "next on 6 December 2026"),
        ({"interval": 2, "dtstart": "2026-11-10", "wkst": "MO", "byday": "TU,SU"}, "next on 8 December 2026"),
        ({"interval": "2"}, "from when on is not said"),
        ({"freq": "MONTHLY", "byday": "1SA"}, "each month on the first Saturday, next on 5 December 2026"),
        ({"freq": "MONTHLY", "byday": "-1FR"}, "each month on the last Friday, next on 25 December 2026"),
        ({"freq": "MONTHLY", "byday": None, "bymonthday": "2,-1"}, "days 2,-1 of the month, next on 30 November 2026"),
        ({"freq": "MONTHLY", "byday": None, "bymonthday": "32"}, "cannot be read"),
        ({"freq": "MONTHLY", "byday": None}, "On which day of the month is not said"),
        ({"freq": "DAILY", "interval": 2, "dtstart": "2026-11-29"}, "every 2 days"),
        ({"byday": "2MO"}, "it is not monthly"),
        ({"bymonthday": "2,3,4"}, "it is not monthly"),
        ({"byweekno": "41,42"}, "some weeks of the year"),
        ({"freq": "YEARLY"}, "is not known"),
        ({"freq": ""}, "How often is not said"),
        ({"freq": {"a": 1}}, "is not known"),
        ({"byday": None}, "On which day of the week is not said"),
        ({"byday": "Monday"}, "The day “MONDAY” cannot be read"),
        ({"interval": 0}, "interval"),
        ({"interval": float("nan")}, "interval"),
        ({"opens_at": "9am"}, "The time “9am” cannot be read"),
        ({"closes_at": None}, "From when to when is not said"),
        ({"opens_at": "17:00"}, "opens and closes at 17:00"),
        ({"opens_at": "25:00"}, "cannot be read"),
        ({"timezone": "Mars"}, "time zone"),
    ],
)
def test_what_is_not_every_week_or_cannot_be_read_is_not_known_and_its_words_are_kept(
    changes: dict[str, Any], words: str
) -> None:
    found = asked(WEEKLY | changes)
    assert found.spans is None
    assert words in found.words


def test_days_of_every_week_stand_beside_those_of_some_weeks_in_words() -> None:
    found = asked(WEEKLY, WEEKLY | {"freq": "MONTHLY", "byday": "1SA"})
    assert days(found) == ["mon", "tue"]
    assert "Not every week: each month on the first Saturday, next on 5 December 2026" in found.words


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("description", "Mondays by appointment"),
        ("notes", "Term time only"),
        ("notes", "Times vary, please ring first"),
        ("description", "Open except the second week of August"),
        ("attending_type", "by secret door"),
    ],
)
def test_a_condition_in_words_makes_the_days_not_known(field: str, said: str) -> None:
    assert asked(WEEKLY | {field: said}) == Told(None, f"{said}.")


def test_what_only_leaves_bank_holidays_out_is_no_condition() -> None:
    said = {"description": "Weekdays. The service is not available on public holidays."}
    assert days(asked(WEEKLY | said)) == ["mon", "tue"]


@pytest.mark.parametrize(
    ("how", "found"),
    [
        ("online", None),
        ("Virtual (Zoom)", None),
        ("phone", None),
        ("home visit", None),
        ("You can attend this service in-person or remotely via video conferencing", ["mon", "tue"]),
        ("venue", ["mon", "tue"]),
        ("Drop-in", ["mon", "tue"]),
        ("", ["mon", "tue"]),
    ],
)
def test_online_attendance_is_no_door(how: str, found: list[str] | None) -> None:
    assert days(asked(WEEKLY | {"attending_type": how})) == found


def test_an_online_schedule_adds_no_day_to_one_at_a_door() -> None:
    assert days(asked(WEEKLY, WEEKLY | {"byday": "SA", "attending_type": "online"})) == ["mon", "tue"]


@pytest.mark.parametrize(
    ("opens", "zone", "on", "local"),
    [
        ("09:00Z", None, WINTER, ("mon", "09:00")),
        ("09:00Z", None, SUMMER, ("mon", "10:00")),
        ("09:00:00+01:00", None, SUMMER, ("mon", "09:00")),
        ("09:00+01:00", None, WINTER, ("mon", "08:00")),
        ("23:30Z", None, SUMMER, ("tue", "00:30")),
        ("00:30+02:00", None, WINTER, ("sun", "22:30")),
        ("09:00", "3", WINTER, ("mon", "06:00")),
        ("09:00", 0, SUMMER, ("mon", "10:00")),
        ("09:00:00", None, SUMMER, ("mon", "09:00")),
    ],
)
def test_a_time_with_a_zone_is_turned_into_englands_own(
    opens: str, zone: Any, on: date, local: tuple[str, str]
) -> None:
    found = asked(WEEKLY | {"byday": "MO", "opens_at": opens, "timezone": zone}, on=on)
    assert [(span["day"], span["opens"]) for span in found.spans or ()] == [local]


def test_the_place_comes_before_the_service_and_the_building_only_takes_away() -> None:
    service, place = kept(WEEKLY | {"byday": "MO,TU,WE"}, "service"), kept(WEEKLY | {"byday": "MO,TU"}, "place")
    building = kept(WEEKLY | {"byday": "TU,WE,TH"}, "building")
    assert days(told([service, place], WINTER)) == ["mon", "tue"]
    assert days(told([service, building], WINTER)) == ["tue", "wed"]
    assert days(told([service, place, building], WINTER)) == ["tue"]
    assert told([building], WINTER).spans is None, "that a building is open does not say that the service is there"


def test_where_the_places_own_hours_have_ended_those_of_the_service_are_not_taken() -> None:
    ended = kept(WEEKLY | {"valid_to": "2024-01-01"}, "place")
    assert told([ended, kept(WEEKLY, "service")], WINTER).spans is None


def test_with_an_alert_nothing_is_certain() -> None:
    found = told([kept({"description": "Closed for building works"}, "alert"), kept(WEEKLY, "service")], WINTER)
    assert found == Told(None, "Closed for building works.")


@pytest.mark.parametrize("said", [None, 7, "text", [], {"freq": ["WEEKLY"]}, {"byday": "MO\0\ud800"}])
def test_what_is_no_schedule_is_not_known(said: Any) -> None:
    assert told([kept(said, "service")], WINTER).spans is None
