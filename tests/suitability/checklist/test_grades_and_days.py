"""At which grade, for how many days, from how many and from whom an answer reassures: held against a table of its own."""

from __future__ import annotations

from copy import deepcopy
from datetime import date, timedelta
from functools import cache
from typing import Any

import pytest

from tests.suitability.criterion_cases import base, found
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

# Criterion, grade, days (- where none), different agencies, whose word only; then options with a grade of their own. Written
# from safeguarding.md sections 2.0 to 2.4 (grade in each row; days by class: a baby, sleep or substances 7, a building and
# who lives in it 28, addresses and orders 7, school and GP 90; CS10, SA12 and LS08 on the day). Where it gives no class, and for
# the rows of law.md, which gives neither, what stands here is what docs/judgement.md says was chosen.
SPECIFIED = """
CS01 E2 7 1 -
CS02 E2 7 1 -
CS03 E3 7 1 -
CS04 E3 7 1 -
CS05 E2 7 1 -
CS06 E2 28 1 -
CS07 E2 28 1 -
CS08 E2 28 1 -
CS09 E2 28 1 -
CS10 E2 1 1 -
CS11 E2 28 1 -
CS12 E2 28 1 -
CS13 E2 28 1 -
CS14 E3 28 1 police,probation
CS15 E3 28 2 asb_team,police,provider
CS16 E4 7 1 police,asb_team
CS17 E3 7 1 domestic_abuse_service
CS18 E3 7 1 -
CS19 E4 7 1 social_care
CS20 E4 7 1 -
CS21 E2 7 1 -
CS22 E2 - 1 -
CS23 E2 28 1 -
CS24 E3 90 1 -
CS25 E3 7 1 - not_pregnant=E1
CS26 E2 28 1 - no_action=E3 early_help=E3 graded_care=E3 front_door=E3 started=E3
CS27 E4 7 1 -
SM01 E3 7 1 - opioids_long_past=E3 other_long_past=E3 tablets_long_past=E3
SM02 E3 7 1 -
SM03 E3 7 1 -
SM04 E2 7 1 -
SM05 E3 7 1 -
SM06 E2 7 1 -
SM07 E3 7 1 -
SM08 E2 7 1 - no_opioids=E3
SM09 E2 7 1 - nobody_injects=E3
SM10 E3 7 1 -
SM11 E3 7 1 -
SM12 E3 7 1 -
SM13 E4 7 1 -
SM14 E3 7 1 probation,prison,police,mappa involved_confirmed=E3
SM15 E3 7 1 mappa,police,social_care
SM16 E2 7 1 -
SM17 E2 7 1 -
SA01 E3 90 1 -
SA02 E3 7 1 -
SA03 E3 7 1 -
SA04 E3 90 1 -
SA06 E2 90 1 -
SA07 E3 90 1 -
SA08 E2 28 1 -
SA09 E1 90 1 -
SA10 E3 28 1 -
SA11 E1 7 1 -
SA12 E2 1 1 -
SA13 E2 28 1 -
SA14 E4 28 1 -
IS03 E3 28 1 -
IS04 E4 - 1 -
IS05 E2 28 1 -
IS07 E4 90 1 -
IS08 E3 28 1 - no_service=E1
IS09 E2 28 1 -
IS10 E3 28 1 -
IS11 E2 28 1 -
IS12 E2 - 1 -
LS01 E2 28 1 -
LS02 E2 7 1 -
LS03 E2 28 1 -
LS04 E4 90 1 -
LS06 E3 - 1 - older=E2
LS08 E4 1 1 -
LS11 E2 28 1 -
LS15 E2 28 1 -
LS16 E4 28 1 -
LS19 E2 28 1 -
LS20 E2 28 1 -
LS21 E4 90 1 -
LS22 E4 28 1 -
LS23 E4 28 1 -
LS24 E2 28 1 - reasoned=E4
LS25 E1 90 1 -
LS26 E2 90 1 -
LS28 E2 90 1 -
LS29 E2 28 1 -
LS30 E3 90 1 -
LS32 E1 90 1 -
LS33 E1 90 1 -
LS34 E2 - 1 -
LS35 E3 28 1 -
"""
ROWS = [line.split() for line in SPECIFIED.strip().splitlines()]
BELOW = {"E4": "E3", "E3": "E2", "E2": "E1"}


def test_the_table_is_of_every_criterion_that_is_asked() -> None:
    assert [r[0] for r in ROWS] == [c.id for c in CHECKLIST.criteria.values() if c.computed is None]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_what_the_checklist_says_is_what_was_specified(row: list[str]) -> None:
    name, grade, days, sources, whose, *options = row
    criterion = CHECKLIST.criteria[name]
    life = None if criterion.shelf_life is None else CHECKLIST.numbers[f"shelf_life_{criterion.shelf_life}_days"]
    assert (criterion.clear_at.value, str(life or "-"), str(criterion.min_sources)) == (grade, days, sources)
    assert (",".join(criterion.only_from) or "-") == whose
    own = [f"{o.code}={o.clear_at.value}" for o in criterion.options.values() if o.clear_at is not None]
    assert own == options


@cache
def _settled() -> tuple[tuple[dict[str, Any], dict[str, str]], ...]:
    """Three settled households, and of whom each criterion is asked in them."""
    trees = (settled(plain()), base(), settled(young()))
    return tuple((tree, {r.criterion: r.subject for r in reversed(result_of(tree).rows)}) for tree in trees)


def household(name: str) -> tuple[dict[str, Any], str]:
    """A settled household in which a criterion is asked, and of whom."""
    for tree, asked in _settled():
        if name in asked:
            return deepcopy(tree), asked[name]
    raise AssertionError(f"nobody here is asked {name}")


def with_sign(name: str, tree: dict[str, Any], subject: str) -> dict[str, Any]:
    sign = {"SM01": "substance_sign", "SM14": "justice_sign"}.get(name)
    for member in tree["household"]["members"]:
        if sign is not None and member["key"] == subject:
            member[sign] = True
    return tree


def values(name: str, subject: str) -> list[tuple[Any, str]]:
    """Every value that reassures, with the grade it needs."""
    row = next(r for r in ROWS if r[0] == name)
    own = dict(option.split("=") for option in row[5:])
    criterion = CHECKLIST.criteria[name]
    codes = [c for c, o in criterion.options.items() if o.means in ("clear", "clear_with_condition")]
    if criterion.answer == "choice":
        return [(code, own.get(code, row[1])) for code in codes]
    if criterion.answer == "multiple":
        return [([code], row[1]) for code in codes]
    return [(clear_value(criterion, subject), row[1])]


# What is said there of itself leaves the row open or stops it, whatever the grade: a denial of what is written down.
_DENIED = {("CS25", "not_pregnant"), ("IS08", "no_service"), ("SM02", "long_past"), ("SM09", "nobody_injects")}
CASES = [
    pytest.param(r[0], at, id=f"{r[0]}-{at}")
    for r in ROWS
    for at in range(max(1, len(values(r[0], "*"))))
    if r[0] != "LS06"  # in test_lifting and test_every_criterion: what is said of it decides whose application it is
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
            return  # IS08 is asked only where a service is, or may be, used: test_no_worry_is_lost
    number = int(next(r[3] for r in ROWS if r[0] == name))

    def said(grade: str, on: str = TODAY, sources: int = number) -> Any:
        answers = [answered(name, subject, value, grade, on, agency=n) for n in range(sources)]
        return found(instead(tree, name, subject, *answers), name, subject)

    assert not said(grade).is_open, "at the grade it is enough"
    assert said(grade).state in ("clear", "clear_with_condition")
    if grade in BELOW:
        assert said(BELOW[grade]).is_open, "one grade below it is not"
    if number > 1:
        assert said(grade, sources=number - 1).is_open


@pytest.mark.parametrize("row", [r for r in ROWS if r[2] != "-"], ids=lambda row: row[0])
def test_reassurance_lasts_its_days_and_not_one_more(row: list[str]) -> None:
    name, _, days, sources, *_ = row
    tree, subject = household(name)
    value = clear_value(CHECKLIST.criteria[name], subject)

    def on(ago: int) -> Any:
        day = (date.fromisoformat(TODAY) - timedelta(days=ago)).isoformat()
        answers = [answered(name, subject, value, "E4", day, agency=n) for n in range(int(sources))]
        return found(instead(tree, name, subject, *answers), name, subject)

    assert not on(int(days)).is_open
    assert on(int(days) + 1).is_open


@pytest.mark.parametrize("row", [r for r in ROWS if r[4] != "-"], ids=lambda row: row[0])
def test_reassurance_counts_from_each_of_those_named_and_from_nobody_else(row: list[str]) -> None:
    name, _, _, sources, whose, *_ = row
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
        other = [called(c) for c in codes if c != code][: int(sources) - 1]
        assert not said(called(code), *other).is_open, code
    strangers = ["Invented Bakery", "Invented Chapel"][: int(sources)]
    assert said(*strangers).is_open
