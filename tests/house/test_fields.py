"""What people type into boxes: dates with names of months, numbers with commas; what is doubtful is asked, never guessed."""

from __future__ import annotations

from datetime import date

import pytest
import time_machine
from werkzeug.datastructures import MultiDict
from wtforms import Form

from forms.fields import Day
from forms.measures import Pounds, SquareMetres, Whole

KEPT = {"cost": "pence", "nights": "number", "area": "cm2"}  # where each keeps the number


class Boxes(Form):
    on = Day("The day")
    nights = Whole("Nights", least=0, most=400)
    cost = Pounds("Cost of a night")
    area = SquareMetres("Floor area")


def typed(**said: str) -> Boxes:
    form = Boxes(MultiDict({name.replace("on_", "on-"): value for name, value in said.items()}))
    form.validate()
    return form


def day(*parts: str) -> Boxes:
    return typed(**dict(zip(("on_day", "on_month", "on_year"), parts, strict=True)))


@pytest.mark.parametrize(
    ("parts", "read"),
    [
        (("28", "11", "2026"), date(2026, 11, 28)),
        (("14", "3", "21"), date(2021, 3, 14)),
        (("28", "Nov", "2026"), date(2026, 11, 28)),
        (("28", "November", "2026"), date(2026, 11, 28)),
        (("1", "sept", "2026"), date(2026, 9, 1)),
        (("1", "SEPT.", "2026"), date(2026, 9, 1)),
        (("1st", "May", "’26"), date(2026, 5, 1)),
        (("3", "mar", "62"), date(1962, 3, 3)),
        (("29", "Feb", "2028"), date(2028, 2, 29)),
        (("14/3/21", "", ""), date(2021, 3, 14)),
        (("14 March 2021", "", ""), date(2021, 3, 14)),
        (("2021-03-14", "", ""), date(2021, 3, 14)),
        (("1", "1", "36"), date(2036, 1, 1)),
        (("1", "1", "37"), date(1937, 1, 1)),
    ],
)
def test_a_date_is_read_as_people_write_it(parts: tuple[str, str, str], read: date) -> None:
    with time_machine.travel("2026-11-28 12:00Z", tick=False):
        form = day(*parts)
    assert form.on.data == read
    assert not form.errors


@pytest.mark.parametrize(
    ("parts", "wrong", "says"),
    [
        (("1_2", "1_1", "2_026"), "day", "figures"),
        (("12", "1_1", "2026"), "month", "its name"),
        (("12", "ma", "2026"), "month", "its name"),
        (("12", "13", "2026"), "month", "from 1 to 12"),
        (("12", "Marz", "2026"), "month", "its name"),
        (("12", "11", "2_026"), "year", "from 1900"),
        (("12", "11", "026"), "year", "from 1900"),
        (("12", "11", "1899"), "year", "from 1900"),
        (("31", "November", "2026"), "day", "real date"),
        (("29", "2", "2027"), "day", "real date"),
        (("٣", "3", "2026"), "day", "figures"),
        (("28", "", "2026"), "month", "include a month"),
    ],
)
def test_what_is_no_date_is_asked_again_with_what_was_typed(parts: tuple[str, str, str], wrong: str, says: str) -> None:
    form = day(*parts)
    assert form.on.data is None
    assert form.on.wrong_part == wrong
    assert says in form.errors["on"][0]
    assert form.on.parts == parts


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        ("cost", "62.50", 6250), ("cost", "£62", 6200), ("cost", "1,062.50", 106250), ("cost", "62.5", 6250),
        ("nights", "1", 1), ("nights", "42", 42),
        ("area", "10.5", 105_000), ("area", "9", 90_000),
    ],
)  # fmt: skip
def test_a_number_is_read(name: str, text: str, read: int) -> None:
    field = typed(**{name: text})[name]
    assert not field.errors
    assert getattr(field, KEPT[name]) == read


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("cost", "62,50"), ("cost", "7,5"), ("cost", "312,75"), ("cost", "1,0625"), ("cost", "1.062,50"), ("cost", ",62"),
        ("nights", "10,0"), ("nights", "1,00"), ("nights", "1 0"), ("nights", "1_0"), ("nights", "٤٢"),
        ("area", "10,5"), ("area", "1,050"), ("area", "1_0"), ("area", "1e1"), ("area", "Infinity"),
    ],
)  # fmt: skip
def test_a_comma_that_could_be_a_decimal_is_never_dropped(name: str, text: str) -> None:
    field = typed(**{name: text})[name]
    assert field.errors
    assert getattr(field, KEPT[name]) is None
    assert field.data == text, "what was typed is still there"
