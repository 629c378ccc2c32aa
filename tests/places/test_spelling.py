"""One folding serves search and every pattern: a refuge with a no-break space in its name is a refuge, St Mary’s is St Mary's."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clocks import today
from app.extensions import db
from app.places.directory import directory
from app.places.directory.importers.found import is_refuge
from app.places.directory.importers.open_referral import services
from app.suitability.casefile import spelling
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.spelling import folded
from tests.conftest import Instance

from .test_directory import listed, load, names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("St Mary’s", "st marys"), ("St. Mary's Catholic", "Saint Mary`s  catholic"), ("École Élémentaire", "ecole elementaire"),
        ("ÉCOLE", "école"), ("Ŵyn Bach", "wyn bach"), ("Łukasz", "lukasz"), ("Nguyễn", "nguyen"), ("Đặng", "dang"), ("Ørsted", "orsted"),
        ("O’Brien", "OBrien"), ("Strauß", "strauss"), ("أحمد", "احمد"), ("فاطمة", "فاطمه"), ("Safe\u00a0House", "safe house"),
        ("Safe\u2011House", "safe-house"), ("Safe  House", "Safe House"), ("Smith & Sons", "smith and sons"), ("Mary\u200bAnn", "maryann"),
        ("I\u0307zmir", "izmir"), ("Health\u2010Visiting", "health visiting"),
    ],
)  # fmt: skip
def test_two_spellings_of_one_name_are_one(one: str, other: str) -> None:
    assert folded(one) == folded(other) != ""


@pytest.mark.parametrize(("one", "other"), [("Mary", "Maria"), ("St", "Street"), ("B1 1BB", "B1 1BC"), ("علي", "علا")])
def test_two_names_stay_two(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@pytest.mark.parametrize(
    "name",
    ["Eden Safe House", "Eden Safe\u00a0House", "Eden Safe  House", "Eden Safe\u2011House", "Eden Safehouse", "Eden SAFE–HOUSES", "Réfuge", "The\u00a0Refuges of Eden"],
)  # fmt: skip
def test_a_refuge_however_it_is_written_never_enters(either: Instance, tmp_path: Path, name: str) -> None:
    assert is_refuge(name)
    row = f"other,{name},4 Example Road,B3 3DQ,,,,,,H1,{today().isoformat()}"
    with either.app.app_context():
        report = load(
            either,
            "services",
            listed(tmp_path, row, f"other,Eden Centre,5 Example Road,B3 3DQ,,,,,,H2,{today().isoformat()}"),
        )
        assert names(either) == ["Eden Centre"]
        assert any("Refuges never enter the directory" in p.sentence for p in report.problems)


@pytest.mark.parametrize("name", ["Refugee Advice", "A Safer Household", "Unsafe Housing Team"])
def test_what_only_looks_like_one_is_none(name: str) -> None:
    assert not is_refuge(name)


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("Children’s Centre", "family_hub"), ("Domestic\u00a0Abuse Advice", "domestic_abuse"), ("Health\u00a0Visiting Team", "health_visiting"),
        ("Mental  Health Team", "mental_health"), ("Pre‑School", "nursery"), ("Preschool", "nursery"), ("Children's Centre", "family_hub"),
    ],
)  # fmt: skip
def test_a_kind_is_known_however_its_words_are_spaced(name: str, kind: str) -> None:
    place = {
        "location": {
            "latitude": 52.48,
            "longitude": -1.9,
            "addresses": [{"address_1": "1 Row", "postal_code": "B1 1BB"}],
        }
    }
    said = {"id": "1", "name": name, "status": "active", "service_at_locations": [place]}
    (found,) = services([said], "x.json", [])
    assert found.kind == kind


@pytest.mark.parametrize(
    "typed",
    [
        "St Mary’s",
        "st marys",
        "St. Mary's",
        "SAINT MARY'S",
        "mary’s",
        "École",
        "école",
        "ecole",
        "ÉCOLE DU",
        "Wyn",
        "Ŵyn",
    ],
)
def test_search_finds_it_as_people_type_it(either: Instance, tmp_path: Path, typed: str) -> None:
    rows = [
        f"nursery,{name},4 Example Road,B3 3DQ,,,,,,H{at},{today().isoformat()}"
        for at, name in enumerate(("St Mary's Nursery", "École du Parc", "Ŵyn Bach", "Another Place"))
    ]
    with either.app.app_context():
        load(either, "services", listed(tmp_path, *rows))
        found = [e.name for e in directory.search(typed, "nursery", _numbers(either), today())]
        db.session.rollback()
    assert len(found) == 1
    assert "Another" not in found[0]


def _numbers(instance: Instance) -> CouncilSettings:
    from app.checklists import read_folder  # noqa: PLC0415

    return read_folder().numbers


def test_a_number_is_one_in_any_spelling(either: Instance, officer: FlaskClient) -> None:
    assert officer.post("/cases/open", data={"council_number": "BUG-0001"}).status_code == 302
    again = officer.post("/cases/open", data={"council_number": "bug 0001"})
    assert again.status_code == 422
    assert "has this number already" in again.text


@given(st.text(st.characters(max_codepoint=127)))
@settings(max_examples=500, deadline=None)
def test_a_plain_text_is_folded_as_any_other(said: str) -> None:
    assert folded(said) == spelling._any_letters(said)
