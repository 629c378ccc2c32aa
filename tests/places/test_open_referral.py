"""Open Referral UK as its profile has it, to the letter: services whole, places by id, hours at three levels, values that match nothing."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import time_machine

from app.clocks import today
from app.places.directory import directory, schedules
from app.places.directory.importers import open_referral
from app.places.directory.importers.found import Found
from app.places.files import Problems
from tests.conftest import Instance

from .test_directory import NUMBERS, load
from .test_services_file import service

WEEKDAYS = {"freq": "WEEKLY", "byday": "MO,TU,WE,TH,FR", "opens_at": "09:00", "closes_at": "17:00"}
# A service as /services/{id} gives it, after uk-profile, examples/service_full.json, version 3.0: its place is an id and nothing else.
WHOLE: dict[str, Any] = {
    "id": "ac148810-d857-441c-9679-408f346de14b", "name": "Community Counselling", "description": "Counselling by trained people.",
    "url": "http://example.com/counselling", "email": "email@example.com", "status": "active", "fees": "fees_description",
    "minimum_age": 12, "maximum_age": 100, "assured_date": "2026-10-01", "assurer_email": "email@example.com",
    "last_modified": "2023-03-15T10:30:45.123Z",
    "schedules": [{
        "id": "48102e86-bb50-41c4-8f1e-e269368c41d1", "valid_from": "2005-01-01", "valid_to": "2005-01-01", "dtstart": "2005-01-01",
        "freq": "WEEKLY", "interval": 1, "byday": "TH,FR", "bymonthday": "2,3,4", "opens_at": "10:00:00", "closes_at": "18:00:00",
        "description": "The service is available from 10 am to 6pm weekdays. The service is not available on public holidays.",
        "attending_type": "You can attend this service in-person or remotely via video conferencing",
        "notes": "Some of our staff will be unavailable during their lunch break which may be any 30 minute period between 1200 and 1400",
    }],
    "service_at_locations": [{"id": "e94c9f38-1e8f-4564-91d4-d53501ab1765"}],
    "languages": [{"id": "2989d3ed-c547-48f8-8f9d-432d81c7892e"}],
    "organization": {"id": "d9d5e0f5-d3ce-4f73-9a2f-4dd0ecc6c610", "name": "Example Organization Inc.", "description": "A charity"},
    "contacts": [{"id": "1e7efce3-639b-4880-940c-b95cd30cdb50", "name": "Ann Persona", "title": "Reception Manager"}],
    "attributes": [{"id": "ae58cc39-8b70-4ab1-8aea-786882e5ac8e", "link_type": "link_type"}],
}  # fmt: skip
# The place as /service_at_locations/{id} gives it, after examples/service_at_location_full.json, with a point and postcode of here.
PLACE: dict[str, Any] = {
    "id": "e94c9f38-1e8f-4564-91d4-d53501ab1765",
    "location": {
        "id": "3a19ff88-4620-4d17-9830-ac1d859eb5d5", "name": "MyCity Civic Center", "latitude": 52.431, "longitude": -1.887,
        "external_identifier": "10092008082", "external_identifier_type": "UPRN",
        "addresses": [{"id": "74706e55-df26-4b84-80fe-ecc30b5befb4", "attention": "A. Persona", "address_1": "1-30 Main Street",
                       "city": "MyCity", "region": "MyRegion", "state_province": "MyState", "postal_code": "B14 7ET", "country": "GB",
                       "address_type": "postal"}],
        "accessibility": [{"id": "afcf296e-1cb2-4139-9c88-33d587d1a50b", "description": "Wheelchair access on all levels."}],
    },
    "service": {"id": WHOLE["id"], "name": WHOLE["name"]},
}  # fmt: skip


def read(*listed: Any, **beside: Any) -> tuple[list[Found], list[str]]:
    problems = Problems()
    found = list(open_referral.services({"contents": list(listed), **beside}, "feed", problems))
    return found, [f"{p.line}: {p.sentence}" for p in problems]


def test_the_profiles_own_example_is_placed_by_id_and_its_ended_hours_are_not_open() -> None:
    (found,), said = read(WHOLE, service_at_locations=[PLACE])
    assert said == []
    assert found.ref == "ac148810-d857-441c-9679-408f346de14b/3a19ff88-4620-4d17-9830-ac1d859eb5d5"
    assert (found.name, found.address, found.postcode) == (
        "Community Counselling",
        "1-30 Main Street, MyCity",
        "B14 7ET",
    )
    assert (found.degrees, found.uprn, found.ages, found.status) == ((52.431, -1.887), "10092008082", (12, 100), "open")
    told = schedules.told(found.schedules, date(2026, 11, 30))
    assert told.spans is None
    assert told.words.startswith("Hours that ended on 1 January 2005: The service is available from 10 am to 6pm")


@pytest.mark.parametrize(
    ("place", "beside"),
    [
        ({"id": "sl", "location_id": "l1"}, {"locations": [PLACE["location"] | {"id": "l1"}]}),
        ({"id": "sl", "location": {"id": "l1"}}, {"locations": [PLACE["location"] | {"id": "l1"}]}),
        ({"id": "sl"}, {"service_at_locations": [{"id": "sl", "location": PLACE["location"]}]}),
        ({"id": "sl", "location": None}, {"service_at_locations": [{"id": "sl", "location": PLACE["location"]}]}),
        (
            {"id": "sl"},
            {"service_at_locations": [{"id": "sl", "location_id": "l1"}], "locations": [PLACE["location"] | {"id": "l1"}]},
        ),
    ],
)  # fmt: skip
def test_a_place_is_found_by_whichever_id_names_it(place: dict[str, Any], beside: dict[str, Any]) -> None:
    (found,), said = read(service(service_at_locations=[place]), **beside)
    assert (found.postcode, said) == ("B14 7ET", [])


def test_a_place_that_is_nowhere_in_the_feed_is_named() -> None:
    found, said = read(WHOLE)
    assert (found, said) == ([], ["1: Community Counselling names a place that is not in the feed."])


def test_what_is_told_of_the_place_comes_before_what_is_told_of_the_service() -> None:
    at = {
        "id": "sl", "phones": [{"number": "0121 496 0009", "type": "fax"}, {"number": "0121 496 0001"}],
        "schedules": [WEEKDAYS | {"byday": "MO,TU"}],
        "location": {
            "id": "l1", "phones": [{"number": "0121 496 0002"}], "schedules": [WEEKDAYS | {"byday": "TU,WE"}],
            "addresses": [{"address_1": "PO Box 1", "address_type": "postal", "postal_code": "B1 1BB"},
                          {"address_1": "1 Door Street", "address_type": "physical", "postal_code": "B14 7ET"}],
        },
    }  # fmt: skip
    (found,), _ = read(service(service_at_locations=[at], schedules=[WEEKDAYS], phones=[{"number": "0121 496 0003"}]))
    assert (found.telephone, found.address, found.postcode) == ("0121 496 0001", "1 Door Street", "B14 7ET")
    assert [span["day"] for span in schedules.told(found.schedules, date(2026, 11, 30)).spans or ()] == ["tue"]


def test_the_number_of_a_contact_is_taken_where_nothing_else_has_one() -> None:
    (found,), _ = read(service(phones=[], contacts=[{"name": "A", "phones": [{"number": "0121 496 0004"}]}]))
    assert found.telephone == "0121 496 0004"


def test_an_online_place_is_none_and_a_refuge_is_known_by_its_place() -> None:
    at = [
        {"id": "1", "location": {"id": "1", "location_type": "virtual", "name": "Zoom"}},
        {"id": "2", "location": {"id": "2", "name": "Willow Refuge", "addresses": [{"postal_code": "B14 7ET"}]}},
    ]
    found, said = read(service(service_at_locations=at))
    assert found == []
    assert "online there" in said[0]
    assert "This is at a refuge" in said[1]


def test_values_that_match_nothing_are_counted_and_neither_dropped_nor_guessed() -> None:
    odd = {
        "status": "paused",
        "attributes": [{"taxonomy_term": {"id": "t", "name": "Stargazing"}}, {"label": "Needle-threading"}],
        "schedules": [WEEKDAYS | {"attending_type": "by secret door"}, WEEKDAYS | {"freq": "YEARLY"}],
    }
    listed = [
        service(id="1", name="Sky club", **odd),
        service(id="2", name="Sea club", **odd),
        service(id="3", status=""),
    ]
    problems = Problems()
    found = list(open_referral.services({"contents": listed}, "feed", problems))
    assert [f.status for f in found] == ["unconfirmed", "unconfirmed", "unconfirmed"]
    assert [f.kind for f in found] == ["other", "other", "family_hub"]
    assert [schedules.told(f.schedules, date(2026, 11, 30)).spans is None for f in found] == [True, True, False]
    assert problems == []
    assert problems.unmatched == {
        ("open_referral.status", "paused"): 2,
        ("open_referral.status", "(none)"): 1,
        ("open_referral.terms", "Stargazing"): 2,
        ("open_referral.terms", "Needle-threading"): 2,
        ("open_referral.attending", "by secret door"): 2,
        ("open_referral.freq", "YEARLY"): 2,
    }


@pytest.mark.parametrize(
    ("name", "terms", "kind"),
    [
        ("Riverside", ["Health visiting"], "health_visiting"),
        ("Riverside", ["Children", "Needle exchange"], "drug_alcohol"),
        ("Riverside Family Hub", ["Needle exchange"], "family_hub"),
        ("Riverside", ["Adults"], "other"),
    ],
)
def test_the_kind_is_what_a_service_calls_itself_else_what_it_is_classed_as(
    name: str, terms: list[str], kind: str
) -> None:
    (found,), _ = read(service(name=name, attributes=[{"taxonomy_term": {"name": term}} for term in terms]))
    assert found.kind == kind


@pytest.mark.parametrize("status", ["active", "inactive", "defunct", "temporarily closed"])
def test_every_status_of_the_profile_is_known(status: str) -> None:
    (found,), said = read(service(status=status))
    assert (found.status, said) == ("open" if status == "active" else "closed", [])


def written(folder: Path, *listed: Any, **beside: Any) -> Path:
    path = folder / "feed.json"
    path.write_text(json.dumps({"contents": list(listed), **beside}), encoding="utf-8")
    return path


def test_hours_are_read_on_the_day_of_use_and_not_on_the_day_of_the_load(either: Instance, tmp_path: Path) -> None:
    """An old schedule ends and its successor begins while one load serves."""
    old, new = WEEKDAYS | {"valid_to": "2026-11-30"}, WEEKDAYS | {"byday": "SA", "valid_from": "2026-12-01"}
    chemist = service(name="Invented Pharmacy", assured_date="2026-11-01", schedules=[old, new])
    with either.app.app_context(), time_machine.travel("2026-11-20T12:00:00+00:00", tick=False):
        assert load(either, "open_referral", written(tmp_path, chemist)).state == "active"
        days = {}
        for on in (today(), date(2026, 11, 30), date(2026, 12, 1)):
            (entry,) = directory.search("invented", "pharmacy", NUMBERS, on)
            days[on.isoformat()] = entry.open_days
        (entry,) = directory.search("invented", "pharmacy", NUMBERS, date(2026, 12, 1))
    week = ("mon", "tue", "wed", "thu", "fri")
    assert days == {"2026-11-20": week, "2026-11-30": week, "2026-12-01": ("sat",)}
    assert entry.hours_said == "Hours that ended on 30 November 2026."
    assert entry.ask == "", "the next bank holiday is 25 days away"


def test_the_page_says_the_words_and_asks_of_a_bank_holiday(instance: Instance, tmp_path: Path) -> None:
    with time_machine.travel("2026-12-07T12:00:00+00:00", tick=False):
        case_id, _ = instance.import_case("h2")
        term = [WEEKDAYS | {"notes": "Term time only"}]
        listed = (
            service(name="Invented Pharmacy", assured_date="2026-12-01", schedules=[WEEKDAYS]),
            service(id="s2", name="Invented Chemist", assured_date="2026-12-01", schedules=term),
        )
        with instance.app.app_context():
            load(instance, "open_referral", written(tmp_path, *listed))
            (chemist,) = directory.search("invented chemist", "pharmacy", NUMBERS, today())
        page = instance.client("housing_officer")
        found = page.post(f"/cases/{case_id}/services/find", data={"kind": "pharmacy", "words": "invented"}).text
        chosen = page.get(f"/cases/{case_id}/services/new?entry={chemist.id}").text
    assert "Open on Monday" in found
    assert "25 December 2026 is a bank holiday: ask whether it is open then." in found
    for text in (found, chosen):
        assert "Its list says of its hours: Term time only." in text
    assert "It does not say on which days it is open for certain." in chosen


@pytest.mark.parametrize(
    ("on", "asked"),
    [
        (date(2026, 12, 7), "25 December 2026"),
        (date(2026, 12, 3), ""),
        (date(2026, 12, 26), "28 December 2026"),
        (date(2027, 3, 24), "26 March 2027"),
    ],
)
def test_a_bank_holiday_on_a_day_of_the_week_it_is_open_is_asked_about(on: date, asked: str) -> None:
    said = directory._ask(("mon", "fri"), on)
    assert said == (f"{asked} is a bank holiday: ask whether it is open then." if asked else "")
    assert directory._ask((), on) == ""
