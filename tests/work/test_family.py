"""A family in a line: initials and ages, and who counts as under one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from app.work.family import Person, in_words, initials, with_under_ones

ON = date(2026, 11, 30)


def child(born: date | None) -> Person:
    return Person("child", "C", born, None)


@pytest.mark.parametrize(
    ("person", "young"),
    [
        (child(ON - timedelta(weeks=11)), True), (child(date(2025, 12, 1)), True), (child(date(2025, 11, 30)), False),
        (child(None), True),
        (Person("unborn", "", None, ON + timedelta(weeks=12)), True), (Person("unborn", "", None, ON + timedelta(weeks=12, days=1)), False),
        (Person("unborn", "", None, None), True),
        (Person("adult", "A", None, None), False),
    ],
)  # fmt: skip
def test_an_age_nobody_knows_is_not_taken_for_older(app: Flask, person: Person, young: bool) -> None:
    with app.app_context():
        assert with_under_ones({"x": [person]}, ON) == ({"x"} if young else set())


def test_the_line_of_a_family(app: Flask) -> None:
    people = [
        Person("adult", "Kayleigh Brennan", date(1999, 5, 1), None), Person("adult", "Dean", None, None),
        child(ON - timedelta(weeks=11)), child(date(2022, 1, 1)), child(date(2017, 1, 1)),
    ]  # fmt: skip
    with app.app_context():
        assert in_words(people, ON) == ("Baby, 11 weeks", "K.B. 27, D., children of 4 and 9")
        assert in_words(people[:1], ON) == ("", "K.B. 27")
        assert in_words([people[0], people[3]], ON).words == "K.B. 27, a child of 4"
        assert in_words([people[0], child(date(2025, 3, 1))], ON).words == "K.B. 27, a child of 20 months"
        due = Person("unborn", "", None, date(2027, 6, 1))
        assert in_words([people[0], due], ON) == ("", "K.B. 27, unborn, due 1 June 2027")
        assert in_words([], ON).words == "Nobody is entered yet"
        assert in_words([child(None)], ON) == ("Child, age not known", "")


@pytest.mark.parametrize(
    ("name", "said"), [("Kayleigh Brennan", "K.B."), ("Zoë", "Z."), ("Ana Maria de Souza", "A.S."), ("[x]", "–"), ("", "–"), ("Łukasz Ø", "Ł.Ø.")]
)  # fmt: skip
def test_initials(name: str, said: str) -> None:
    assert initials(name) == said
