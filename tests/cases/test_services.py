"""A service in use chosen from the directory: filled in, never assumed, and watched after."""

from __future__ import annotations

import re
from pathlib import Path

from flask.testing import FlaskClient

from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today
from app.extensions import db
from app.placements import surroundings
from app.places import service as places
from tests.conftest import Instance
from tests.places.test_directory import listed, load

SHUT_ON_SUNDAY = (
    "pharmacy,Sample Chemist,1 Street,B14 7ET,407850,281700,supervised_consumption=yes,mon-sat 09:00-18:00,,P1,{}"
)
SILENT = "pharmacy,Silent Chemist,2 Street,B1 1BB,,,,,,P2,{}"


def directory_of(instance: Instance, folder: Path, *rows: str) -> None:
    with instance.app.app_context():
        report = load(instance, "services", listed(folder, *(row.format(today().isoformat()) for row in rows)))
        assert report.state == "active", report


def link_to(page: str, name: str) -> str:
    found = re.search(rf'href="([^"]+)">Use this one<span class="govuk-visually-hidden">: {name}', page)
    assert found, page
    return found[1]


def fields(page: str) -> dict[str, object]:
    """What the form of the page would send."""
    sent: dict[str, object] = dict(re.findall(r'name="(name|postcode)"[^>]*? value="([^"]*)"', page))
    sent |= {"directory_ref": re.findall(r'name="directory_ref" value="([^"]*)"', page)[0]}
    sent["open_days"] = re.findall(r'name="open_days"[^>]*value="(\w+)"[^>]*checked', page)
    return sent


def test_a_service_is_found_filled_in_and_saved(either: Instance, tmp_path: Path, officer: FlaskClient) -> None:
    case_id, assessment_id = either.import_case("h2")
    directory_of(either, tmp_path, SHUT_ON_SUNDAY, SILENT)
    here = f"/cases/{case_id}/services"
    assert f"{here}/find" in officer.get(f"{here}/new").text
    page = officer.post(f"{here}/find", data={"kind": "pharmacy", "words": "chemist"}).text
    assert "2 found" in page
    assert "Monday, Tuesday, Wednesday, Thursday, Friday, Saturday" in page
    by_postcode = officer.post(f"{here}/find", data={"kind": "pharmacy", "words": " b147et "}).text
    assert "1 found" in by_postcode
    page = officer.get(link_to(page, "Sample Chemist")).text
    assert "Ask the family whether this is the one they use now" in page
    filled = fields(page)
    assert filled == {
        "name": "Sample Chemist", "postcode": "B14 7ET", "directory_ref": "services:P1",
        "open_days": ["mon", "tue", "wed", "thu", "fri", "sat"],
    }  # fmt: skip
    sent = {**filled, "kind": "pharmacy", "open_known": "yes", "version": str(either.version(case_id))}
    assert officer.post(f"{here}/new", data=sent).status_code == 302
    with either.app.app_context():
        saved = db.session.get_one(Case, case_id).services[-1]
        assert (saved.directory_ref, saved.open_days) == ("services:P1", filled["open_days"])
    assert "Sample Chemist" in officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text


def test_what_the_list_does_not_say_is_left_to_be_asked(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    directory_of(instance, tmp_path, SILENT)
    found = officer.post(f"/cases/{case_id}/services/find", data={"kind": "pharmacy", "words": "silent"}).text
    page = officer.get(link_to(found, "Silent Chemist")).text
    assert "It does not say on which days it is open for certain" in page
    assert fields(page)["open_days"] == []
    assert not re.search(r'name="open_known"[^>]*checked', page)


def test_nothing_found_and_nothing_asked_say_what_to_do(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    directory_of(instance, tmp_path, SILENT)
    here = f"/cases/{case_id}/services/find"
    for unlike in ("100%_", "%", "_"):  # signs that mean something to a database mean nothing here
        assert "write it down yourself" in officer.post(here, data={"kind": "pharmacy", "words": unlike}).text
    no_list = officer.post(here, data={"kind": "school", "words": "Silent"}).text
    assert "No list with this kind of service is loaded here (school)" in no_list
    assert "Nothing like that" not in no_list
    for data, words in (
        ({"kind": "pharmacy", "words": ""}, "Enter part of its name"),
        ({"kind": "", "words": "a"}, "Choose the kind"),
        ({"kind": "work", "words": "a"}, "Choose one of the answers"),
    ):
        answer = officer.post(here, data=data)
        assert answer.status_code == 422
        assert words in answer.text
    assert officer.get(f"/cases/{case_id}/services/new?entry=nothing").status_code == 200
    assert officer.get(f"/cases/{case_id}/services/{'0' * 32}/find").status_code == 404


def test_another_place_than_the_entry_is_no_longer_that_entry(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    directory_of(instance, tmp_path, SHUT_ON_SUNDAY)
    for postcode, ref, kept in (
        ("b14 7et", "services:P1", "services:P1"),
        ("B1 1BB", "services:P1", ""),
        ("B14 7ET", "services:nothing", ""),
    ):
        data = {"kind": "pharmacy", "name": "A", "postcode": postcode, "directory_ref": ref}
        sent = {**data, "version": str(instance.version(case_id))}
        assert officer.post(f"/cases/{case_id}/services/new", data=sent).status_code == 302
        with instance.app.app_context():
            assert db.session.get_one(Case, case_id).services[-1].directory_ref == kept


def test_one_that_closes_is_said_and_its_own_point_no_longer_used(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    directory_of(instance, tmp_path, SHUT_ON_SUNDAY, *(SILENT.replace("P2", f"Q{n}") for n in range(9)))
    sent = {"kind": "pharmacy", "name": "Sample Chemist", "postcode": "B14 7ET", "directory_ref": "services:P1"}
    officer.post(f"/cases/{case_id}/services/new", data={**sent, "version": str(instance.version(case_id))})
    result = f"/cases/{case_id}/assessments/{assessment_id}/result"
    assert "The directory:" not in officer.get(result).text
    with instance.app.app_context():
        from_entry = surroundings.in_use(household_of(db.session.get_one(Case, case_id)), today())[-1][0]
        assert (from_entry.easting, from_entry.radius_m) == (407850, 50)
    directory_of(instance, tmp_path, *(SILENT.replace("P2", f"Q{n}") for n in range(9)))
    assert "It is not in the newest list. Ask which one they use now." in officer.get(result).text
    with instance.app.app_context():
        place, doubt = surroundings.in_use(household_of(db.session.get_one(Case, case_id)), today())[-1]
        assert place == places.locate("B14 7ET")
        assert doubt


def test_what_is_typed_is_looked_up_as_it_is_typed(instance: Instance, tmp_path: Path, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    directory_of(instance, tmp_path, SHUT_ON_SUNDAY, SILENT)
    look = f"/cases/{case_id}/services/look"
    found = (officer.post(look, data={"kind": "pharmacy", "words": "sampl"}).json or {})["found"]
    assert [(e["words"], e["postcode"], e["directory_ref"]) for e in found] == [
        ("Sample Chemist", "B14 7ET", "services:P1")
    ]
    assert found[0]["beside"] == "1 Street, B14 7ET"
    for kind, words in (("pharmacy", "sa"), ("", "sample"), ("nothing", "sample"), ("pharmacy", "")):
        assert officer.post(look, data={"kind": kind, "words": words}).json == {"found": []}
    assert officer.post(look, data={"kind": "pharmacy", "words": "x" * 9000}).json == {"found": []}
    assert officer.get(look).status_code == 405, "what is looked for stays out of addresses"


def test_a_name_typed_over_what_was_chosen_is_not_that_entry(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    directory_of(instance, tmp_path, SHUT_ON_SUNDAY)
    for name, kept in (("Sample Chemist", "services:P1"), ("sample", "services:P1"), ("Green’s Pharmacy", "")):
        data = {"kind": "pharmacy", "name": name, "postcode": "B14 7ET", "directory_ref": "services:P1"}
        sent = {**data, "version": str(instance.version(case_id))}
        assert officer.post(f"/cases/{case_id}/services/new", data=sent).status_code == 302
        with instance.app.app_context():
            assert db.session.get_one(Case, case_id).services[-1].directory_ref == kept, name


def test_a_directory_that_holds_nothing_is_not_offered(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    new = f"/cases/{case_id}/services/new"
    empty = officer.get(new).text
    assert "Find it in the directory" not in empty
    assert "No list of services is loaded here, so write it down." in empty
    directory_of(instance, tmp_path, SILENT)
    assert "Find it in the directory" in officer.get(new).text


def test_a_postcode_nobody_lists_is_saved_and_said(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    typed = {
        "kind": "nursery",
        "name": "Little Steps",
        "postcode": "B99 9ZZ",
        "version": str(instance.version(case_id)),
    }
    said = officer.post(f"/cases/{case_id}/services/new", data=typed, follow_redirects=True).text
    assert "B99 9ZZ is in no list of postcodes we hold" in said
    assert "Little Steps" in said
    home = {
        "kind": "former",
        "address": "9 Nowhere Lane",
        "postcode": "B99 9ZZ",
        "version": str(instance.version(case_id)),
    }
    assert "in no list" in officer.post(f"/cases/{case_id}/addresses/new", data=home, follow_redirects=True).text
    known = {**home, "postcode": "B14 7ET", "version": str(instance.version(case_id))}
    assert "in no list" not in officer.post(f"/cases/{case_id}/addresses/new", data=known, follow_redirects=True).text
