"""The household's pages: what is typed is kept or explained, never lost and never a 500."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.extensions import db
from tests.conftest import Instance


def opened(instance: Instance) -> tuple[Any, str]:
    client = instance.client("housing_officer")
    made = client.post("/cases/open", data={"council_number": "CASE-1"})
    return client, made.headers["Location"]


def person(**more: str) -> dict[str, str]:
    return {"name": "Cai Example", "kind": "child", "born-day": "1", "born-month": "5", "born-year": "2022", **more}


def test_a_case_is_opened_with_a_reference_of_ours_and_the_councils_number(instance: Instance) -> None:
    client, path = opened(instance)
    page = client.get(path).text
    assert "Enter everyone who lives" in page
    assert "The council’s own number: CASE-1." in page
    assert re.search(r"Case [2346789KMRWXY]{4}-[2346789KMRWXY]{4}", page)


def test_a_member_is_added_changed_and_removed(instance: Instance) -> None:
    client, path = opened(instance)
    case_id = path.split("/")[2]
    assert client.post(path + "/members/new", data=person(version="1")).status_code == 302
    page = client.get(path).text
    assert "Cai Example" in page
    member_id = re.search(r"/members/([0-9a-f]{32})", page)
    assert member_id
    changed = client.post(
        f"{path}/members/{member_id[1]}", data=person(version=str(instance.version(case_id)), name="Cai Łęcki")
    )
    assert changed.status_code == 302
    assert "Cai Łęcki" in client.get(path).text
    remove, seen = f"{path}/members/{member_id[1]}/remove", {"version": str(instance.version(case_id))}
    asked = client.post(remove, data=seen)
    assert (asked.status_code, "Why is this person taken out?" in asked.text) == (200, True)
    assert "Say why" in client.post(remove, data={**seen, "reason": ""}).text
    assert "Cai Łęcki" in client.get(path).text, "nobody is gone without a reason"
    assert client.post(remove, data={**seen, "reason": "Entered twice."}).status_code == 302
    assert "Nobody yet." in client.get(path).text
    with instance.app.app_context():
        told = db.session.get_one(Case, case_id).events[-1]
    assert (told.kind, told.what) == ("taken_out", "Cai Łęcki (child): Entered twice. (Housing Officer)")


def test_nobody_is_taken_out_while_an_assessment_waits_for_review(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.submitted("h2")
    with instance.app.app_context():
        member = db.session.get_one(Case, case_id).members[0]
    data = {"version": str(instance.version(case_id)), "reason": "Entered twice."}
    said = officer.post(f"/cases/{case_id}/members/{member.id}/remove", data=data, follow_redirects=True)
    assert "An assessment waits for review" in said.text
    with instance.app.app_context():
        assert member.name in [m.name for m in db.session.get_one(Case, case_id).members]


BAD = [
    ({"born-year": "2030"}, "The date of birth is in the future"),
    ({"born-day": "31", "born-month": "2"}, "real date"),
    ({"born-day": "x"}, "in figures"),
    ({"born-year": ""}, "year"),
    ({"kind": "unborn", "born-day": "", "born-month": "", "born-year": "", "due-day": "1", "due-month": "1", "due-year": "2030"}, "farther away than a pregnancy lasts"),
    ({"kind": ""}, "Choose whether this is an adult"),
    ({"kind": "ghost"}, "Choose one of the answers"),
    ({"name": ""}, "Enter a name."),
    ({"name": "x" * 500}, "200 characters"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "words"), BAD)
def test_a_mistake_is_a_sentence_beside_the_field_with_everything_typed_still_there(
    instance: Instance, change: dict[str, str], words: str
) -> None:
    client, path = opened(instance)
    typed = person(version="1", relationship="a niece of the applicant", language="Cymraeg")
    typed |= change
    answer = client.post(path + "/members/new", data=typed)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert answer.text.count(words) >= 2, "in the summary and beside the field"
    assert "a niece of the applicant" in answer.text
    assert "Cymraeg" in answer.text
    if change.get("born-year"):
        assert f'value="{change["born-year"]}"' in answer.text


def test_a_case_holds_forty_people_and_says_so(instance: Instance) -> None:
    client, path = opened(instance)
    for number in range(40):
        added = client.post(path + "/members/new", data=person(version=str(number + 1), name=f"Person {number}"))
        assert added.status_code == 302, number
    full = client.post(path + "/members/new", data=person(version="41", name="One too many"))
    assert full.status_code == 422
    assert "40" in full.text
    assert "One too many" in full.text


def test_control_and_bidirectional_characters_are_dropped_and_accents_kept(instance: Instance) -> None:
    client, path = opened(instance)
    client.post(path + "/members/new", data=person(version="1", name="Nadia\u202e \x00\x07العربية Žofia \U0001f600"))
    with instance.app.app_context():
        member = db.session.get_one(Case, path.split("/")[2]).members[0]
        assert member.name == "Nadia العربية Žofia \U0001f600"


def test_a_note_of_two_megabytes_is_explained_and_kept(instance: Instance) -> None:
    client, path = opened(instance)
    note = "long words " * 190_000
    answer = client.post(
        path + "/household", data={"version": "1", "left_asked": "yes", "left_because": "violence", "left_note": note}
    )
    assert answer.status_code == 422
    assert "8,000 characters or fewer" in answer.text
    assert note.strip() in answer.text


def test_more_than_fits_says_what_to_do(instance: Instance) -> None:
    client, path = opened(instance)
    answer = client.post(path + "/household", data={"version": "1", "left_note": "x" * 9_000_000})
    assert answer.status_code == 413
    assert "Go back: what you typed is still in your browser" in answer.text


def test_a_postcode_with_the_letter_o_is_explained(instance: Instance) -> None:
    client, path = opened(instance)
    answer = client.post(
        path + "/addresses/new",
        data={"version": "1", "kind": "current", "address": "1 Invented Row", "postcode": "B1O 1AA"},
    )
    assert answer.status_code == 422
    assert "Check the letter O and the number 0" in answer.text
    assert "1 Invented Row" in answer.text
    assert "B1O 1AA" in answer.text


def test_an_unknown_postcode_is_accepted(instance: Instance) -> None:
    client, path = opened(instance)
    answer = client.post(
        path + "/addresses/new",
        data={"version": "1", "kind": "current", "address": "1 Invented Row", "postcode": "ZE9 9ZZ"},
    )
    assert answer.status_code == 302


def test_two_postcodes_in_one_address_are_a_question(instance: Instance) -> None:
    client, path = opened(instance)
    typed = {"version": "1", "kind": "current", "address": "1 Invented Row, B1 1BB", "postcode": "B14 7ET"}
    answer = client.post(path + "/addresses/new", data=typed)
    assert answer.status_code == 422
    assert "two different postcodes" in answer.text


def test_a_stale_form_overwrites_nothing_and_keeps_what_was_typed(instance: Instance, senior: FlaskClient) -> None:
    client, path = opened(instance)
    case_id = path.split("/")[2]
    seen = str(instance.version(case_id))
    assert (
        senior.post(
            path + "/household",
            data={"version": seen, "left_asked": "yes", "left_because": "violence", "left_note": "Hers"},
        ).status_code
        == 302
    )
    answer = client.post(
        path + "/household",
        data={"version": seen, "left_asked": "yes", "left_because": "disrepair", "left_note": "His"},
    )
    assert answer.status_code == 422
    assert "Somebody changed this case" in answer.text
    assert ">His</textarea>" in answer.text
    with instance.app.app_context():
        assert db.session.get_one(Case, case_id).left_note == "Hers"
    again = re.search(r'name="version"[^>]*value="(\d+)"', answer.text)
    assert again
    assert (
        client.post(
            path + "/household",
            data={"version": again[1], "left_asked": "yes", "left_because": "disrepair", "left_note": "His"},
        ).status_code
        == 302
    )


@pytest.mark.parametrize(
    "path",
    [
        "/cases/9999999999999999999",
        "/cases/" + "f" * 32,
        "/cases/new/../x",
        "/cases/%00",
        "/shared/" + "x" * 5000,
        "/welcome/%F0%9F%98%80",
    ],
)
def test_a_strange_address_is_not_found(path: str, officer: FlaskClient) -> None:
    assert officer.get(path).status_code in (200, 404)


def test_a_form_with_forty_thousand_fields_is_refused(instance: Instance) -> None:
    client, path = opened(instance)
    assert client.post(path + "/household", data={f"f{n}": "1" for n in range(40_000)}).status_code == 413


def test_a_key_once_given_is_never_given_to_somebody_else(instance: Instance) -> None:
    """Answers are kept by key: a new person must not inherit what was said of one who was removed."""
    client, path = opened(instance)
    case_id = path.split("/")[2]
    keys = []
    for _ in range(3):
        client.post(path + "/members/new", data=person(version=str(instance.version(case_id))))
        with instance.app.app_context():
            member = db.session.get_one(Case, case_id).members[0]
            keys.append(member.key)
        gone = {"version": str(instance.version(case_id)), "reason": "Entered twice."}
        client.post(f"{path}/members/{member.id}/remove", data=gone)
    assert len(set(keys)) == 3
    adopted, _ = instance.import_case("h5")
    client.post(f"/cases/{adopted}/members/new", data=person(version=str(instance.version(adopted))))
    with instance.app.app_context():
        found = [m.key for m in db.session.get_one(Case, adopted).members]
    assert len(set(found)) == len(found) == 7


def test_nights_in_bed_and_breakfast_are_entered_and_counted(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/bed-and-breakfast"
    nights = {
        "first-day": "1",
        "first-month": "9",
        "first-year": "2025",
        "last-day": "12",
        "last-month": "10",
        "last-year": "2025",
    }
    backwards = officer.post(path, data={"version": str(instance.version(case_id)), **nights, "last-month": "8"})
    assert backwards.status_code == 422
    assert "The last night is before the first." in backwards.text
    assert officer.post(path, data={"version": str(instance.version(case_id)), **nights}).status_code == 302
    assert "42 nights" in officer.get(path).text
    result = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert "Stops this place: The nights of bed and breakfast" in result, "the 42 nights are used up"
    assert officer.post(f"{path}/0/remove", data={"version": str(instance.version(case_id))}).status_code == 302
    # What was entered by mistake does not say that there were none: it has to be asked.
    assert "Not asked yet" in officer.get(path).text
    case = f"/cases/{case_id}"
    assert "Not asked" in officer.get(case).text
    assert officer.post(f"{path}/none", data={"version": str(instance.version(case_id))}).status_code == 302
    assert "Asked, and there were none." in officer.get(path).text
    assert "Asked, none" in officer.get(case).text


def test_nights_nobody_asked_about_hold_a_placement_in_bed_and_breakfast(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    result = f"/cases/{case_id}/assessments/{assessment_id}/result"
    said = "Nobody has written down on which nights this family was in bed and breakfast before"
    assert said in officer.get(result).text
    data = {"version": str(instance.version(case_id))}
    assert officer.post(f"/cases/{case_id}/bed-and-breakfast/none", data=data).status_code == 302
    assert said not in officer.get(result).text
    stale = officer.post(f"/cases/{case_id}/bed-and-breakfast/none", data={"version": "1"}, follow_redirects=True)
    assert "Somebody changed this case" in stale.text
