"""At which grade, for how many days, from how many and from whom an answer reassures: held against the table of criterion_cases."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from tests.suitability.criterion_cases import ASKED, Expected, base, found
from tests.suitability.households import (
    CHECKLIST,
    TODAY,
    answered,
    clear_value,
    instead,
    plain,
    result_of,
    settled,
    young,
)
from tests.trees import copied

BY_NAME = {line.name: line for line in ASKED}
BELOW = {"E4": "E3", "E3": "E2", "E2": "E1"}


@pytest.mark.parametrize("line", ASKED, ids=lambda line: line.name)
def test_what_the_checklist_says_is_what_was_specified(line: Expected) -> None:
    criterion = CHECKLIST.criteria[line.name]
    life = None if criterion.shelf_life is None else CHECKLIST.numbers[f"shelf_life_{criterion.shelf_life}_days"]
    said = (criterion.clear_at.value, str(life or "-"), criterion.min_sources, ",".join(criterion.only_from) or "-")
    assert said == (line.grade, line.days, line.sources, line.whose)
    own = {o.code: o.clear_at.value for o in criterion.options.values() if o.clear_at is not None}
    assert own == line.own_grades


@cache
def _settled() -> tuple[tuple[dict[str, Any], dict[str, str]], ...]:
    """Three settled households, and of whom each criterion is asked in them."""
    trees = (settled(plain()), base(), settled(young()))
    return tuple((tree, {r.criterion: r.subject for r in reversed(result_of(tree).rows)}) for tree in trees)


def household(name: str) -> tuple[dict[str, Any], str]:
    """A settled household in which a criterion is asked, and of whom."""
    for tree, asked in _settled():
        if name in asked:
            return copied(tree), asked[name]
    raise AssertionError(f"nobody here is asked {name}")


def with_sign(name: str, tree: dict[str, Any], subject: str) -> dict[str, Any]:
    sign = {"SM01": "substance_sign", "SM14": "justice_sign"}.get(name)
    for member in tree["household"]["members"]:
        if sign is not None and member["key"] == subject:
            member[sign] = True
    return tree


def values(name: str, subject: str) -> list[tuple[Any, str]]:
    """Every value that reassures, with the grade it needs."""
    line = BY_NAME[name]
    criterion = CHECKLIST.criteria[name]
    codes = [c for c, o in criterion.options.items() if o.means in ("clear", "clear_with_condition")]
    if criterion.answer == "choice":
        return [(code, line.own_grades.get(code, line.grade)) for code in codes]
    if criterion.answer == "multiple":
        return [([code], line.grade) for code in codes]
    return [(clear_value(criterion, subject), line.grade)]


# What is said there of itself leaves the row open or stops it, whatever the grade: a denial of what is written down.
_DENIED = {("CS25", "not_pregnant"), ("IS08", "no_service"), ("SM02", "long_past"), ("SM09", "nobody_injects")}
CASES = [
    pytest.param(line.name, at, id=f"{line.name}-{at}")
    for line in ASKED
    for at in range(max(1, len(values(line.name, "*"))))
    if line.name
    != "LS06"  # in judgement/test_effect and test_every_criterion: what is said of it decides whose application it is
]


@pytest.mark.parametrize(("name", "at"), CASES)
def test_each_reassuring_answer_at_its_grade_and_one_below(name: str, at: int) -> None:
    tree, subject = household(name)
    tree = with_sign(name, tree, subject)
    value, grade = values(name, subject)[at]
    if (name, str(value)) in _DENIED:
        tree = settled(plain())
        if name == "CS25":
            tree["household"]["members"][0] |= {"sex": "female", "pregnant": None}
            subject = "A"
        elif name in ("SM02", "SM09"):  # somebody who used, long ago, is in no treatment and shares nothing
            tree = instead(tree, "SM01", "A", answered("SM01", "A", "past"))
            tree = instead(tree, "SM03", "A", answered("SM03", "A", "not_prescribed"))
            subject = "A" if name == "SM02" else "unit"
        else:
            return  # IS08 is asked only where a service is, or may be, used: judgement/test_concern
    number = BY_NAME[name].sources

    def said(grade: str, on: str = TODAY, sources: int = number) -> Any:
        answers = [answered(name, subject, value, grade, on, agency=n) for n in range(sources)]
        return found(instead(tree, name, subject, *answers), name, subject)

    assert not said(grade).is_open, "at the grade it is enough"
    assert said(grade).state in ("clear", "clear_with_condition")
    if grade in BELOW:
        assert said(BELOW[grade]).is_open, "one grade below it is not"
    if number > 1:
        assert said(grade, sources=number - 1).is_open


@pytest.mark.parametrize("line", [line for line in ASKED if line.days != "-"], ids=lambda line: line.name)
def test_reassurance_lasts_its_days_and_not_one_more(line: Expected) -> None:
    name, days, sources = line.name, line.days, line.sources
    tree, subject = household(name)
    value = clear_value(CHECKLIST.criteria[name], subject)

    def on(ago: int) -> Any:
        day = (date.fromisoformat(TODAY) - timedelta(days=ago)).isoformat()
        answers = [answered(name, subject, value, "E4", day, agency=n) for n in range(sources)]
        return found(instead(tree, name, subject, *answers), name, subject)

    assert not on(int(days)).is_open
    assert on(int(days) + 1).is_open


@pytest.mark.parametrize("line", [line for line in ASKED if line.whose != "-"], ids=lambda line: line.name)
def test_reassurance_counts_from_each_of_those_named_and_from_nobody_else(line: Expected) -> None:
    name, sources, whose = line.name, line.sources, line.whose
    tree, subject = household(name)
    tree = with_sign(name, tree, subject)
    value = clear_value(CHECKLIST.criteria[name], subject)
    codes = whose.split(",")

    def said(*agencies: str) -> Any:
        answers = [
            {**answered(name, subject, value), "source": {"name": f"V {n}", "role": "worker", "agency": a}}
            for n, a in enumerate(agencies)
        ]
        return found(instead(tree, name, subject, *answers), name, subject)

    def called(code: str) -> str:
        return CHECKLIST.agencies[code].known_as[0].removesuffix("*")

    for code in codes:
        other = [called(c) for c in codes if c != code][: sources - 1]
        assert not said(called(code), *other).is_open, code
    strangers = ["Invented Bakery", "Invented Chapel"][:sources]
    assert said(*strangers).is_open
