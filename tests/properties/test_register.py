"""The register: what is known of a unit, by whose word and how old; restrictions that hold; a placement that is of it; the nights."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment, SavedAnswer
from app.clocks import today
from app.extensions import db
from app.placements import registered
from app.properties import keeping, known
from app.properties.register import RegisterEvidence, RegisterNight, RegisterStay
from app.suitability.casefile.household import Household, Member
from tests.conftest import Instance

POSTCODE = "B14 7ET"


def day(box: str, on: date) -> dict[str, str]:
    return {f"{box}-day": str(on.day), f"{box}-month": str(on.month), f"{box}-year": str(on.year)}


def unit(instance: Instance, door: str = "Flat 3", building: str = "12 Invented Parade") -> str:
    """A unit of the register; its identifier."""
    with instance.app.app_context():
        officer = instance.user("housing_officer")
        building_id = keeping.add_building(officer, {"address": building, "postcode": POSTCODE})
        return keeping.add_unit(officer, building_id, door, "")


def evidence(instance: Instance, unit_id: str, **values: Any) -> str:
    told = {"word": "officer", "said_by": "O. Officer", "on": today() - timedelta(days=12), "words": "", "until": None}
    with instance.app.app_context():
        found = keeping.unit(unit_id)
        assert found is not None
        return keeping.add_evidence(instance.user("housing_officer"), found.building_id, unit_id, told | values)


def restricted(instance: Instance, unit_id: str, **more: Any) -> str:
    values = {"kind": "restriction", "reach": "under", "under_age": 5, "words": "Until the restrictors are fitted."}
    return evidence(instance, unit_id, **values | more)


def test_a_building_and_a_unit_are_added_and_what_is_known_has_its_age_and_source(
    instance: Instance, officer: FlaskClient
) -> None:
    sent = {"address": "12 Invented Parade", "postcode": "b147et"}
    answer = officer.post("/properties/new", data=sent)
    there = answer.headers["Location"]
    assert (
        "in the register already"
        in officer.post("/properties/new", data=sent | {"address": "12, invented parade"}).text
    )
    page = officer.post(f"{there}/units/new", data={"door": "Flat 3"})
    at = page.headers["Location"]
    said = {
        "word": "provider",
        "said_by": "Pat Rowe, Rowe Lettings",
        **day("on", today() - timedelta(days=90)),
        "lift": "yes",
        "floor": "2",
    }
    officer.post(f"{at}/evidence/facts", data=said)
    said = {"word": "officer", "said_by": "O. Officer", **day("on", today() - timedelta(days=12)), "lift": "no"}
    officer.post(f"{at}/evidence/facts", data=said)
    page = officer.get(at).text
    assert "Declared by the provider: Pat Rowe, Rowe Lettings, 3 months ago" in page
    assert "Seen by O. Officer, 12 days ago" in page
    assert page.count("Another says otherwise") == 2, "of the lift two say different things, and neither is dropped"
    assert "Never seen by an officer" in page or "never seen by an officer" in page


@pytest.mark.parametrize(
    ("kind", "sent", "said"),
    [
        ("restriction", {"reach": "under"}, "Give the age."),
        ("restriction", {"reach": "some"}, "Say for which families it is not."),
        ("restriction", {"reach": "everybody", "under_age": "5"}, "An age is only for the second choice."),
        ("incident", {}, "Say in words what was seen or said."),
        ("facts", {}, "Say at least one fact."),
        ("inspection", {"word": ""}, "Choose how it is known."),
        ("inspection", day("on", today() + timedelta(days=2)), "This day is in the future."),
        ("inspection", day("until", today() - timedelta(days=30)), "This day is before the other one."),
        ("certificate", {"certificate": "lift"}, "Choose one of the answers shown"),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(
    instance: Instance, officer: FlaskClient, kind: str, sent: dict[str, str], said: str
) -> None:
    unit_id = unit(instance)
    typed = {"word": "officer", "said_by": "KEPT WORDS", **day("on", today() - timedelta(days=2))}
    answer = officer.post(f"/properties/units/{unit_id}/evidence/{kind}", data=typed | sent)
    assert answer.status_code == 422
    assert said in answer.text
    assert "KEPT WORDS" in answer.text
    with instance.app.app_context():
        assert db.session.scalars(select(RegisterEvidence)).all() == []


def test_a_restriction_holds_past_its_day_until_somebody_lifts_it(instance: Instance, officer: FlaskClient) -> None:
    unit_id = unit(instance)
    row = restricted(instance, unit_id, on=today() - timedelta(days=40), until=today() - timedelta(days=5))
    page = officer.get(f"/properties/units/{unit_id}").text
    assert "Not for children under 5" in page
    assert "Nobody wrote down that it was, so it holds." in page
    assert "Not for children under 5" in officer.get("/properties?state=restriction").text
    sent = {"word": "officer", "said_by": "O. Officer", **day("on", today()), "words": "All four seen, each holds."}
    assert officer.post(f"/properties/evidence/{row}/lift", data=sent | {"words": ""}).status_code == 422
    officer.post(f"/properties/evidence/{row}/lift", data=sent)
    page = officer.get(f"/properties/units/{unit_id}").text
    assert "Seen by O. Officer: All four seen, each holds." in page
    assert "No unit of the register is like this." in officer.get("/properties?state=restriction").text
    assert "was lifted while you" in officer.post(f"/properties/evidence/{row}/lift", data=sent).text
    with instance.app.app_context():
        lifted = db.session.scalars(select(RegisterEvidence).where(RegisterEvidence.kind == "lifted")).one()
    officer.post(f"/properties/evidence/{lifted.id}/strike", data={"why": "The wrong flat."})
    assert "Not for children under 5" in officer.get("/properties?state=restriction").text, (
        "what lifted it was taken back"
    )


def test_what_is_put_right_leaves_the_earlier_words(instance: Instance, officer: FlaskClient) -> None:
    unit_id = unit(instance)
    row = evidence(instance, unit_id, kind="incident", words="A fire in the bin store of Flat 4.")
    sent = {
        "word": "officer",
        "said_by": "O. Officer",
        **day("on", today()),
        "words": "A fire in the bin store of Flat 5.",
    }
    assert "bin store of Flat 4" in officer.get(f"/properties/evidence/{row}/right").text
    officer.post(f"/properties/evidence/{row}/right", data=sent)
    page = officer.get(f"/properties/units/{unit_id}").text
    assert "bin store of Flat 5" in page
    assert re.search(r"<s>Incident: A fire in the bin store of Flat 4\.</s>", page)
    again = officer.post(f"/properties/evidence/{row}/right", data=sent)
    assert again.status_code == 422
    assert "while you were looking at it" in again.text


def test_a_providers_word_is_no_inspection(instance: Instance, officer: FlaskClient) -> None:
    unit_id = unit(instance)
    evidence(instance, unit_id, kind="inspection", word="provider", until=today() + timedelta(days=90))
    assert "Flat 3" in officer.get("/properties?state=never").text
    evidence(instance, unit_id, kind="inspection", on=today() - timedelta(days=200), until=today() - timedelta(days=20))
    assert "No unit" in officer.get("/properties?state=never").text
    assert "Flat 3" in officer.get("/properties?state=overdue").text
    assert "No unit" in officer.get("/properties?state=overdue&where=B99").text
    assert "Flat 3" in officer.get("/properties?state=overdue&where=b14").text
    assert "Flat 3" in officer.get("/properties?where=invented+parade").text
    evidence(instance, unit_id, kind="inspection", word="document", until=today() + timedelta(days=20))
    assert "No unit" in officer.get("/properties?state=overdue").text


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([{"kind": "child", "born": date(2024, 1, 1)}], "Zofia is 2: this unit is not for children under 5."),
        ([{"kind": "child", "born": None}], "The age of Zofia is not known: this unit is not for children under 5."),
        ([{"kind": "unborn", "due": None}], "A child is to be born: this unit is not for children under 5."),
        ([{"kind": "child", "born": date(2021, 11, 30)}], ""),
        ([{"kind": "child", "born": date(2021, 12, 1)}], "Zofia is 4: this unit is not for children under 5."),
    ],
)
def test_a_restriction_is_held_against_the_household_in_words(people: list[dict[str, Any]], said: str) -> None:
    on = date(2026, 11, 30)
    household = Household(
        reference="X", members=tuple(Member(key=f"k{n}", name="Zofia", **m) for n, m in enumerate(people))
    )
    row = RegisterEvidence(
        id="r", building_id="b", unit_id="u", kind="restriction", word="officer", said_by="O.", on=on, until=None, words="",
        reach="under", under_age=5, corrects=None, lifts=None, noted_at=None,
    )  # fmt: skip
    found = known.against(known.on([row], on), household, on)
    assert [each.said for each in found] == ([said] if said else [])


# ---- a placement of it


def proposed(instance: Instance, client: FlaskClient, unit_id: str, name: str = "h2", **more: str) -> tuple[str, str]:
    """A placement of a unit of the register: (case, assessment)."""
    officer = "housing_officer"
    case_id, _ = instance.import_case(name, officer=officer)
    sent = {"version": str(instance.version(case_id)), "address": "Flat 3, 12 Invented Parade", "postcode": POSTCODE, "kind": "nightly_paid",
            "checked": "yes", "urgency": "planned", **day("starts", today()), "nights": "14"}  # fmt: skip
    answer = client.post(f"/cases/{case_id}/placements/register/{unit_id}", data=sent | more)
    assert answer.status_code == 302, re.findall(r"govuk-error-message.*", answer.text)
    return case_id, answer.headers["Location"].split("/")[-2]


def test_a_placement_is_filled_in_with_what_two_do_not_dispute_and_an_officer_confirms(
    instance: Instance, officer: FlaskClient
) -> None:
    unit_id = unit(instance)
    evidence(instance, unit_id, kind="facts", facts={"floor": 2, "lift": False, "shares": []})
    evidence(instance, unit_id, kind="facts", word="provider", said_by="Pat Rowe", facts={"floor": 1})
    case_id, _ = instance.import_case("h2")
    found = officer.post(f"/cases/{case_id}/placements/register", data={"where": "flat 3, 12 invented parade"}).text
    assert f"/placements/register/{unit_id}" in found
    page = officer.get(f"/cases/{case_id}/placements/register/{unit_id}").text
    assert 'value="Flat 3, 12 Invented Parade"' in page
    assert re.search(r'name="lift"[^>]*value="no"[^>]*checked', page)
    assert re.search(r'name="floor"[^>]*value=""', page), "two say different things: the box is empty"
    before = {
        "version": str(instance.version(case_id)),
        "address": "Flat 3, 12 Invented Parade",
        "postcode": POSTCODE,
        "kind": "hotel",
    }
    refused = officer.post(f"/cases/{case_id}/placements/register/{unit_id}", data=before)
    assert refused.status_code == 422
    assert "say that you have" in refused.text
    _, assessment_id = proposed(instance, officer, unit_id)
    with instance.app.app_context():
        made = db.session.get_one(Assessment, assessment_id)
        link = registered.link_of(made.unit_id)
        assert link is not None
        assert link.register_id == unit_id
        answered = select(SavedAnswer).where(SavedAnswer.unit_id == made.unit_id)
        assert db.session.scalars(answered).all() == [], "no question is answered by it"


def test_what_is_against_a_family_is_answered_before_they_take_it_up(instance: Instance, officer: FlaskClient) -> None:
    unit_id = unit(instance)
    row = restricted(instance, unit_id)
    case_id, assessment_id = proposed(instance, officer, unit_id)
    base = f"/cases/{case_id}/assessments/{assessment_id}"
    for page in ("", "/result", "/register"):
        text = officer.get(base + page).text
        assert "this unit is not for children under 5" in text, page
        assert "12 days ago" in text
    sent = {
        "version": str(instance.version(case_id)),
        **day("first", today()),
        **day("last", today() + timedelta(days=3)),
        "told_by": "Keys signed for",
    }
    assert "Answer first" in officer.post(f"{base}/register/take-up", data=sent, follow_redirects=True).text
    said = {"version": str(instance.version(case_id)), "said": "Fitted this morning, P. Rowe; I saw all four hold."}
    assert officer.post(f"{base}/register/answer/{row}", data=said | {"said": ""}).status_code == 422
    officer.post(f"{base}/register/answer/{row}", data=said)
    assert "Fitted this morning" in officer.get(f"{base}/register").text
    assert "Not for children under 5" in officer.get(f"/properties/units/{unit_id}").text, "an answer lifts nothing"
    sent["version"] = str(instance.version(case_id))
    assert "The unit is taken." in officer.post(f"{base}/register/take-up", data=sent, follow_redirects=True).text


def test_the_register_changes_no_outcome(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    base = f"/cases/{case_id}/assessments/{assessment_id}"

    def outcome() -> str:
        return re.sub(
            r"<div class=\"govuk-inset-text\"><strong>The register.*?</div>|<p class=\"govuk-body-s[^\"]*\"><a class=\"govuk-link\" href=\"[^\"]+/register\">.*?</p>",
            "",
            officer.get(f"{base}/result").text.split("<main", 1)[1],
            flags=re.S,
        )

    before = outcome()
    unit_id = unit(instance, "Room 7", "The Invented Hotel")
    restricted(instance, unit_id, reach="everybody", under_age=None)
    sent = {"version": str(instance.version(case_id))}
    assert (
        "This placement is of"
        in officer.post(f"{base}/register/choose/{unit_id}", data=sent, follow_redirects=True).text
    )
    assert "The register, to be answered" in officer.get(f"{base}/result").text
    assert re.sub(r"\s+|[0-9a-f]{16,}", "", outcome()) == re.sub(r"\s+|[0-9a-f]{16,}", "", before)


# ---- nights


def taken(instance: Instance, client: FlaskClient, case_id: str, assessment_id: str, first: date, last: date) -> Any:
    sent = {
        "version": str(instance.version(case_id)),
        **day("first", first),
        **day("last", last),
        "told_by": "Keys signed for",
    }
    return client.post(
        f"/cases/{case_id}/assessments/{assessment_id}/register/take-up", data=sent, follow_redirects=True
    )


def test_a_second_family_is_refused_and_told_whose_it_is_as_far_as_one_may_see(either: Instance) -> None:
    unit_id, officer = unit(either), either.client("housing_officer")
    one, first = proposed(either, officer, unit_id)
    two, second = proposed(either, officer, unit_id)
    now = today()
    assert "The unit is taken." in taken(either, officer, one, first, now, now + timedelta(days=6)).text
    refused = taken(either, officer, two, second, now + timedelta(days=6), now + timedelta(days=9))
    assert refused.status_code == 422
    with either.app.app_context():
        reference = db.session.get_one(Assessment, first).case.reference
        assert db.session.scalars(select(RegisterStay)).all()[0].case_id == one
    assert f"by the family of case {reference}, which Housing" in refused.text or f"case {reference}" in refused.text
    assert "Choose another unit" in refused.text
    assert "Keys signed for" in refused.text
    lead = either.client("safeguarding_lead")
    lead.post(f"/cases/{one}/restrict", data={"version": str(either.version(one))})
    with either.app.app_context():
        senior = either.user("senior_officer")
        said = registered._taken(senior, unit_id, now, now)
        assert "another family, whose case you may not see" in said
        assert reference not in said
    page = either.client("senior_officer").get(f"/properties/units/{unit_id}").text
    assert "a family whose case you may not see" in page
    assert reference not in page
    assert (
        "The unit is taken."
        in taken(either, officer, two, second, now + timedelta(days=7), now + timedelta(days=9)).text
    )


def test_the_unit_is_free_when_they_left_and_not_before(either: Instance) -> None:
    unit_id, officer = unit(either), either.client("housing_officer")
    one, first = proposed(either, officer, unit_id)
    two, second = proposed(either, officer, unit_id)
    now = today()
    taken(either, officer, one, first, now - timedelta(days=9), now - timedelta(days=3))
    refused = taken(either, officer, two, second, now, now + timedelta(days=3))
    assert "nobody wrote down that they left" in refused.text, "past their last night they are taken to be there still"
    base = f"/cases/{one}/assessments/{first}/register"
    with either.app.app_context():
        stay = db.session.scalars(select(RegisterStay)).one().id
    sent = {"version": str(either.version(one)), **day("left_on", now - timedelta(days=1)), "said": "Keys handed in."}
    assert "They left on" in officer.post(f"{base}/stays/{stay}/left", data=sent, follow_redirects=True).text
    with either.app.app_context():
        nights = sorted(db.session.scalars(select(RegisterNight.night)))
        assert nights == [now - timedelta(days=n) for n in range(9, 1, -1)], "they slept there until the night before"
    assert (
        "The unit is taken."
        in taken(either, officer, two, second, now - timedelta(days=1), now + timedelta(days=3)).text
    )
    sent["version"] = str(either.version(one))
    assert officer.post(f"{base}/stays/{stay}/left", data=sent).status_code == 422


def test_a_booking_is_made_longer_and_not_over_another(either: Instance) -> None:
    unit_id, officer = unit(either), either.client("housing_officer")
    one, first = proposed(either, officer, unit_id)
    two, second = proposed(either, officer, unit_id)
    now = today()
    taken(either, officer, one, first, now, now + timedelta(days=2))
    taken(either, officer, two, second, now + timedelta(days=5), now + timedelta(days=6))
    with either.app.app_context():
        stay = db.session.scalars(select(RegisterStay).where(RegisterStay.case_id == one)).one().id
    at = f"/cases/{one}/assessments/{first}/register/stays/{stay}/longer"
    sent = {"version": str(either.version(one))}
    assert "taken on the night of" in officer.post(at, data=sent | day("last", now + timedelta(days=5))).text
    sent = {"version": str(either.version(one))}
    assert (
        "booked until that of"
        in officer.post(at, data=sent | day("last", now + timedelta(days=4)), follow_redirects=True).text
    )
    with either.app.app_context():
        assert len(db.session.scalars(select(RegisterNight)).all()) == 7
