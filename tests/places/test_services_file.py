"""A page of services as a file: kinds, places, hours and the day, what a description is not, and files of another kind."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from app.places.directory import schedules
from app.places.directory.importers import open_referral
from app.places.files import FileProblem, Problems

from .test_importers import read, written


def service(**changes: Any) -> dict[str, Any]:
    return {
        "id": "s1", "name": "Invented Family Hub", "status": "active", "minimum_age": 0, "maximum_age": 19, "assured_date": "2026-10-01",
        "schedules": [{"freq": "WEEKLY", "interval": 1, "byday": "MO,WE", "opens_at": "09:00", "closes_at": "12:00"}],
        "service_at_locations": [{"id": "l", "location": {
            "id": "l1", "latitude": 52.431, "longitude": -1.887, "external_identifier": "100070000001", "external_identifier_type": "UPRN",
            "addresses": [{"address_1": "1 Made-up Street", "city": "Birmingham", "postal_code": "B14 7ET"}],
        }}],
        "phones": [{"number": "none"}], **changes,
    }  # fmt: skip


def feed(folder: Path, *listed: Any) -> Path:
    page = {"total_items": len(listed), "total_pages": 1, "page_number": 1, "contents": list(listed)}
    return written(folder, "services.json", json.dumps(page))


def test_open_referral_services_have_a_kind_places_hours_and_a_day(tmp_path: Path) -> None:
    found, said = read(
        open_referral.read,
        feed(
            tmp_path,
            service(),
            service(id="s2", name="Health visiting clinic", schedules=[{"freq": "MONTHLY", "byday": "MO"}]),
            service(id="s3", name="Women's Refuge"),
            service(id="s4", name="Nowhere yet", service_at_locations=[]),
            "not a service",
        ),
    )
    assert (found[0].kind, found[0].degrees, found[0].postcode) == ("family_hub", (52.431, -1.887), "B14 7ET")
    assert (found[0].checked_on, found[0].ages, found[0].uprn) == (date(2026, 10, 1), (0, 19), "100070000001")
    told = [schedules.told(f.schedules, date(2026, 11, 1)).spans for f in found]
    assert [s["day"] for s in told[0] or ()] == ["mon", "wed"]
    assert (found[1].kind, told[1]) == ("health_visiting", None)
    assert [f.ref for f in found] == ["s1/l1", "s2/l1"]
    assert [s.split(": ", 1)[0] for s in said] == ["3", "4", "5"]


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda folder: written(folder, "a.json", "{"), "cannot be read to its end"),
        (lambda folder: feed(folder, {"id": "x", "name": "y", "regular_schedules": []}), "older version"),
        (lambda folder: written(folder, "a.json", '"text"'), "not a list"),
    ],
)
def test_a_feed_of_another_kind_is_refused(tmp_path: Path, make: Callable[[Path], Path], words: str) -> None:
    with pytest.raises(FileProblem, match=words):
        read(open_referral.read, make(tmp_path))


def test_what_a_description_speaks_of_is_not_what_a_service_is(tmp_path: Path) -> None:
    said = [
        ("Northside food bank", "Ask your health visitor for a voucher.", "other"),
        ("Citizens Advice", "Opposite the police station.", "other"),
        ("Health visiting, north team", "", "health_visiting"),
    ]
    at = [{"location": {"id": "l", "addresses": [{"postal_code": "B14 7ET"}]}}]
    tree = [
        {"id": str(n), "name": name, "description": words, "status": "active", "service_at_locations": at}
        for n, (name, words, _) in enumerate(said)
    ]
    tree.append(
        {
            "id": "9",
            "name": "Haven House",
            "description": "Refuge accommodation for women",
            "status": "active",
            "service_at_locations": at,
        }
    )
    problems = Problems()
    assert [f.kind for f in open_referral.services(tree, "feed", problems)] == [kind for _, _, kind in said]
    assert "its description speaks of a refuge" in problems[0].sentence
