"""What is missing on the first screen, or cannot be right, is a sentence beside its box; everything typed is still there."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.clocks import today
from app.database import new_id
from app.extensions import db
from tests.conftest import Instance

from .door import Door, ago, h1, line, small


@pytest.fixture
def door(instance: Instance, officer: FlaskClient) -> Door:
    return Door(instance, officer)


@pytest.fixture
def either_door(either: Instance) -> Door:
    return Door(either, either.client("housing_officer"))


# ---- what is missing or cannot be right


def test_a_blank_page_is_refused_beside_its_fields(either_door: Door) -> None:
    page = either_door.refused({"opening": new_id()})
    for words in (
        "Enter who is here: each child, and the adults with them.",
        "Enter where they would go: an address or a postcode.",
        "Choose what kind of place it is.",
        "Choose whether it is for tonight or planned.",
    ):
        assert page.count(words) >= 2, "in the summary and beside the field"


TOMORROW = -1
BAD: list[tuple[dict[str, Any], str]] = [
    (line(2, "Bo Example", ago(TOMORROW), "child"), "The date of birth is in the future"),
    (line(2, "", ago(30), "unborn"), "The date due has gone by. If the baby is born"),
    (line(2, "", ago(-400), "unborn"), "farther away than a pregnancy lasts"),
    (line(2, "Bo Example", "31 2 2022", "child"), "must be a real date"),
    (line(2, "Bo Example", "last spring", "child"), "must be a whole date, like 27 March 2026"),
    (line(2, "Bo Example", "", ""), "Choose who Bo Example is to the children."),
    (line(2, "", "1 5 2020", "child"), "Enter a name for person 2."),
    (line(2, "x" * 8000, "", "child"), "200 characters or fewer. It is 8000."),
    (line(2, "Bo Example", "1 5 2020", "ghost"), "Choose one of the answers shown"),
    (line(2, "Bo Example", "1 5 2020", "mother"), "This person is under 16: enter them as a child"),
    (line(2, "Bo Example", "1 5 1970", "father"), "No child is entered, and no child not born yet."),
    (line(3, "bo EXAMPLE", "", "other_child"), "is on two lines"),
    ({"address": "1 Made-up Street B11 1AA, or B12 2BB"}, "There are two different postcodes here"),
    ({"floor": "second"}, "Floor must be a whole number"),
    ({"floor": "400"}, "Floor must be from -5 to 100."),
    ({"nights": "0"}, "Nights must be from 1 to 3,650."),
    ({"shares": ["nothing", "toilet"]}, "“Nothing is shared” is ticked beside something that is."),
    ({"urgency": "tonight", "starts": ago(-3)}, "“Tonight” is chosen, and the first night is later."),
    ({"starts": "soon"}, "From must be a whole date"),
    ({"substances.said": "yes"}, "Choose who said so."),
    ({"substances.said": "yes", "substances.who": "p5"}, "Nobody who could say so is on line 5."),
    ({"substances.said": "yes", "substances.who": "p1", "substances.about": ["p2"]}, "Line 2 is no adult."),
    ({"substances.words": "Long past."}, "Choose “Yes” or “No” for what was said"),
    ({"substances.said": "yes", "substances.who": "p1", "substances.words": "w" * 8000}, "1000 characters or fewer. It is 8000."),
    ({"violence.said": "no", "violence.who": "p1"}, "A “no” to this is only kept from somebody who was asked alone."),
    (
        {"violence.said": "no", "violence.who": "a-police", "left_because": ["domestic_abuse"]},
        "Domestic abuse is ticked as a reason why they left",
    ),
    ({"left_note": "n" * 8001}, "8,000 characters or fewer"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), BAD, ids=[words[:40] for _, words in BAD])
def test_a_mistake_is_a_sentence_and_what_was_typed_is_still_there(
    door: Door, change: dict[str, Any], words: str
) -> None:
    page = door.refused(small(left_because=["overcrowding"]) | change)
    assert page.count(words) >= 2, "in the summary and beside the field"
    for name, value in change.items():
        typed = value[0] if isinstance(value, list) else value
        if typed and typed != "ghost":
            assert typed in page, name
    assert 'value="Ana Example"' in page


def test_two_adults_and_a_yes_ask_about_whom(door: Door) -> None:
    page = door.refused(h1(substances__about=[]))
    assert "Tick each adult it is about, or may be about." in page
    assert re.search(r'value="p1"[^>]*>\s*<span data-person="1">Marta Example', page), "offered by name"


def test_a_baby_overdue_is_no_mistake_and_one_not_born_needs_no_name(door: Door) -> None:
    typed = {"opening": new_id(), **line(1, "Ana Example", "", "mother"), **line(2, "", ago(5), "unborn")}
    case_id, _ = door.opened(small() | typed)
    with door.instance.app.app_context():
        ana, unborn = door.household(case_id).members
        assert (unborn.name, unborn.kind, unborn.mother) == ("Unborn child of Ana Example", "unborn", ana.key)
        assert unborn.due == today() - timedelta(days=5)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (
            "The caravan behind the old mill",
            "There is no postcode in the address, so distances cannot be measured yet.",
        ),
        ("9 Nowhere Lane, B99 9ZZ", "is in no list of postcodes we hold"),
        ("9 Nowhere Lane, ZY9 9ZZ", "Distances cannot be measured yet."),
        ("B11 1AA", ""),
    ],
)
def test_a_place_nobody_can_find_holds_up_no_verdict(door: Door, address: str, words: str) -> None:
    case_id, assessment_id = door.opened(small(address=address))
    page = door.client.get(f"/cases/{case_id}/assessments/{assessment_id}/result")
    assert page.status_code == 200
    assert words in page.text


def test_planned_without_a_day_has_none_and_tonight_means_today(door: Door) -> None:
    for typed, starts in (
        (small(), None),
        (small(urgency="tonight"), today()),
        (small(starts="tomorrow"), today() + timedelta(1)),
    ):
        _, assessment_id = door.opened(typed)
        with door.instance.app.app_context():
            assert db.session.get_one(Assessment, assessment_id).starts == starts
