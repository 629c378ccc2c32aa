"""Found by name however spelt, former name, birth date, reference, address, postcode, professional; and nothing of what one may not see."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases import service as cases
from app.cases.models import Case
from app.extensions import db
from tests.conftest import Instance

PEOPLE = [("Mohammed Hussain", "1992-03-14"), ("Олександр Шевченко", "1990-12-01"), ("ሰላማዊት ተስፋዬ", None), ("Nguyễn Đặng", None), ("Siobhán O’Brien-Smith", "2026-09-02")]  # fmt: skip


@pytest.fixture
def family(either: Instance) -> str:
    """A case with names of many spellings, a former name, an address and professionals."""
    case_id, _ = either.import_case("h2", "FIND-4417")
    with either.app.app_context():
        user = either.user("housing_officer")
        for name, born in PEOPLE:
            values: dict[str, Any] = {"name": name, "kind": "adult", "born": date.fromisoformat(born) if born else None}
            cases.save_member(user, case_id, either.version(case_id), None, values)
    return case_id


def look(client: FlaskClient, words: str) -> str:
    """The page that a search ends at."""
    answer = client.post("/search", data={"words": words}, follow_redirects=True)
    assert answer.status_code in (200, 422), answer.status_code
    return html.unescape(answer.text)


def found(client: FlaskClient, words: str) -> list[str]:
    return re.findall(r'<li><a class="govuk-link" href="/cases/[0-9a-f]{32}">([^<]+)</a>', look(client, words))


@pytest.mark.parametrize(
    "words",
    [
        "Mohammed", "muhammad", "MOHAMED hussein", "Mehmet", "محمد", "Maxamed Xuseen", "hussain moh", "Oleksandr", "Alexander Shevchenko",
        "олександр", "Selamawit", "ሰላማዊት", "tesfay", "nguyen dang", "Nguyễn", "obrien", "O'Brien", "o brien", "siobhan smith", "obriensmith",
        "Shivaun", "14/3/1992", "14.03.92", "14 March 1992", "1992-03-14", "14031992", "14th of March 1992", "14 Mar", "Hussain 14/3/92",
        "FIND-4417", "find4417", "4417", "ＭＯＨＡＭＭＥＤ",
    ],
)  # fmt: skip
def test_a_family_is_found_however_it_is_spelt(family: str, officer: FlaskClient, words: str) -> None:
    assert found(officer, words) == ["FIND-4417"]


def test_a_parent_who_told_something_is_no_professional(instance: Instance) -> None:
    instance.import_case("h1", "FIND-H1")
    page = look(instance.client("housing_officer"), "Finn Example")
    assert "FIND-H1" in page
    assert "Professional: " not in page
    assert "Professional: Pat Rowe" in look(instance.client("housing_officer"), "Pat Rowe")


@pytest.mark.parametrize("words", ["Tony", "Zebedee", "15/3/1992", "Mohammed Zebedee", "1 2 3 4", "Ahmed"])
def test_who_is_not_there_is_not_found(family: str, officer: FlaskClient, words: str) -> None:
    assert found(officer, words) == []


def test_each_is_told_with_its_reason(family: str, either: Instance, officer: FlaskClient) -> None:
    page = look(officer, "muhammad")
    assert "Name: Mohammed Hussain, born 14 March 1992 (spelt otherwise)" in page
    with either.app.app_context():
        user = either.user("housing_officer")
        case = db.session.get_one(Case, family)
        member = next(m for m in case.members if m.name.startswith("Nguy"))
        cases.save_member(user, family, either.version(family), member.id, {"name": "Thanh Tran"})
        cases.save_address(
            user,
            family,
            either.version(family),
            None,
            {"kind": "current", "address": "77 Quokka Lane", "postcode": "B14 7ET"},
        )
    assert "Former name: Nguyễn Đặng" in look(officer, "nguyen")
    assert "Name: Thanh Tran" in look(officer, "thanh")
    for words in ("quokka", "b14 7et", "B147ET", "7et quok"):
        assert "Address now: 77 Quokka Lane, B14 7ET" in look(officer, words), words
