"""Who sees a sealed home: who is named, or to whom two people released it; and what goes on working without showing it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit import details
from app.audit.models import AuditEvent
from app.cases import sealed_home, sealing
from app.cases import service as cases
from app.cases.homes import HELD, HomeSeal, SealedAddress
from app.cases.models import Case, CaseAddress
from app.cases.service import CaseProblem
from app.clocks import today
from app.database import now
from app.extensions import db
from app.lives import leaving, parting, steps
from app.lives.models import LifeStep
from app.notifications.models import Telling
from tests.accounts.test_fresh import said_at
from tests.conftest import Instance

from .test_exclusions import keep_out
from .test_sealed import (
    HOME,
    MARKS,
    PEOPLE,
    WHY,
    ask,
    marks_at_rest,
    row_of,
    seal,
    settle,
    shown,
    with_home,
    writing_in,
)

CODE = "B13 8DD"


# ---- who sees it


def test_who_is_named_sees_it_and_nobody_else_whatever_their_role(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id, "senior_officer", by="housing_officer")
    assert {who for who in PEOPLE if shown(either, case_id, who)} == {"senior_officer"}, "not even whoever sealed it"
    keep_out(either, case_id, "senior_officer")
    assert not shown(either, case_id, "senior_officer"), "to be named is nothing without sight of the case"
    with either.app.app_context():
        done = list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "home.viewed")))
        assert [e.actor_id for e in done] == [either.user("senior_officer").id]


def test_a_lead_names_others_and_never_themselves(either: Instance, lead: FlaskClient, senior: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    page = f"/cases/{case_id}/sealed-home"
    assert senior.get(f"{page}/name").status_code == 403
    with either.app.app_context():
        ids = {who: either.user(who).id for who in PEOPLE}
    typed = {"version": either.version(case_id), "named": ids["safeguarding_lead"]}
    assert lead.post(f"{page}/name", data=typed).status_code == 422
    for who in ("auditor", "administrator", "other_officer"):
        assert lead.post(f"{page}/name", data={**typed, "named": ids[who]}).status_code == 422, who
    assert lead.post(f"{page}/name", data={**typed, "named": ids["senior_officer"]}).status_code == 302
    assert shown(either, case_id, "senior_officer")
    named = re.findall(rf"{page}/named/([0-9a-f]{{32}})/end", lead.get(page).text)
    assert len(named) == 2
    for each in named:
        lead.post(f"{page}/named/{each}/end", data={"version": either.version(case_id)})
    assert len([who for who in PEOPLE if shown(either, case_id, who)]) == 1, "one stays named"


# ---- two people


@pytest.mark.parametrize("asker", ["senior_officer", "safeguarding_lead"])
def test_two_people_release_it_once_and_for_half_an_hour(either: Instance, asker: str) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    asked = ask(either, case_id, asker)
    assert not shown(either, case_id, asker)
    second = "safeguarding_lead" if asker == "senior_officer" else "housing_officer"
    for wrong in {asker, "senior_officer", "other_officer", "auditor"} - {second}:
        with pytest.raises(CaseProblem):
            settle(either, case_id, wrong, asked)
    settle(either, case_id, second, asked)
    assert not shown(either, case_id, "auditor")
    assert shown(either, case_id, asker)
    assert not shown(either, case_id, asker), "once"
    again = ask(either, case_id, asker)
    settle(either, case_id, second, again)
    with time_machine.travel(now() + timedelta(minutes=sealing.numbers().shown_minutes, seconds=1)):
        assert not shown(either, case_id, asker), "over"
    with either.app.app_context():
        kinds = list(db.session.scalars(select(Telling.kind).where(Telling.case_id == case_id)))
        assert kinds.count("home_asked") == 2
        assert kinds.count("home_released") == 2


@pytest.mark.parametrize("asked", ["seal", "name", "ask", "show"])
def test_whoever_seals_names_asks_or_is_shown_it_says_first_that_it_is_them(either: Instance, asked: str) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    if asked != "seal":
        seal(either, case_id)
    client = either.client("safeguarding_lead" if asked == "name" else "housing_officer")
    version = either.version(case_id)
    said_at(either, 6)
    answer = client.post(f"/cases/{case_id}/sealed-home/{asked}", data={"version": version, "reason": WHY})
    assert (answer.status_code, "Confirm that it is you" in answer.text) == (401, True)
    assert HOME not in answer.text
    assert either.version(case_id) == version
    said_at(either, 0)
    assert client.post(f"/cases/{case_id}/sealed-home/{asked}", data={"version": version}).status_code in (
        200,
        302,
        422,
    )


def test_no_officer_is_the_second_for_an_officer(either: Instance) -> None:
    """One of the two is a lead, always: somebody named who agrees with a colleague is not enough."""
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id, "housing_officer")
    asked = ask(either, case_id, "senior_officer")
    with pytest.raises(CaseProblem):
        settle(either, case_id, "housing_officer", asked)
    settle(either, case_id, "safeguarding_lead", asked, agrees=False)
    assert not shown(either, case_id, "senior_officer")


def test_what_was_released_is_worth_nothing_without_sight_of_the_case(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    asked = ask(either, case_id, "senior_officer")
    settle(either, case_id, "safeguarding_lead", asked)
    keep_out(either, case_id, "senior_officer")
    assert not shown(either, case_id, "senior_officer")


def test_two_people_lift_it_and_every_page_says_it_again(either: Instance, officer: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    asked = ask(either, case_id, "housing_officer", "lift")
    with pytest.raises(CaseProblem):
        settle(either, case_id, "housing_officer", asked)
    assert HOME not in officer.get(f"/cases/{case_id}").text
    settle(either, case_id, "safeguarding_lead", asked)
    assert HOME in officer.get(f"/cases/{case_id}").text
    assert case_id in officer.post("/search", data={"words": "Markerhome"}, follow_redirects=True).text
    with either.app.app_context():
        assert db.session.scalars(select(SealedAddress.closed)).all() == [""]
    seal(either, case_id)
    assert marks_at_rest(either) == []


# ---- pages


def test_the_pages_say_what_is_sealed_and_whom_to_ask(
    instance: Instance, officer: FlaskClient, senior: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")
    with_home(instance, case_id)
    page = f"/cases/{case_id}/sealed-home"
    assert "not sealed" in senior.get(page).text
    refused = officer.post(f"{page}/seal", data={"version": instance.version(case_id), "reason": "  kept "})
    assert refused.status_code == 422
    assert "Choose at least one person who may see it." in refused.text
    assert "kept" in refused.text
    with instance.app.app_context():
        me = instance.user("housing_officer").id
    typed = {"version": instance.version(case_id), "reason": WHY, "named": me}
    assert officer.post(f"{page}/seal", data={**typed, "version": "1"}).status_code == 422, "stale"
    assert officer.post(f"{page}/seal", data=typed).status_code == 302
    assert officer.post(f"{page}/seal", data={**typed, "version": instance.version(case_id)}).status_code == 422
    said = senior.get(f"/cases/{case_id}").text
    assert f"{HELD} (" in said
    assert ": ask Housing Officer" in said
    row = row_of(instance, case_id)
    form = officer.get(f"/cases/{case_id}/addresses/{row.id}").text
    assert "held sealed and not shown here" in form
    values = {
        "version": instance.version(case_id),
        "kind": "current",
        "address": "",
        "postcode": "",
        "placed_by_council": "unknown",
    }
    assert (
        officer.post(f"/cases/{case_id}/addresses/{row.id}", data={**values, "postcode": "B1 1BB"}).status_code == 422
    )
    assert officer.post(f"/cases/{case_id}/addresses/{row.id}", data=values).status_code == 302
    assert shown(instance, case_id, "housing_officer"), "what is closed stays as it was"


@pytest.mark.parametrize("known", ["domestic_abuse", "orders", "left", "nothing"])
def test_it_is_proposed_where_abuse_or_an_order_is_known(instance: Instance, officer: FlaskClient, known: str) -> None:
    case_id, _ = instance.import_case("h1")
    with writing_in(instance) as session:
        case = cases.lock_case(session, case_id, None)
        case.domestic_abuse, case.orders = known == "domestic_abuse", known == "orders"
        case.left_because = ["domestic_abuse"] if known == "left" else []
        case.addresses.append(CaseAddress(kind="current", address=HOME))
    offers = "where they live is shown to" in officer.get(f"/cases/{case_id}").text
    assert offers == (known != "nothing")
    seal(instance, case_id)
    assert "where they live is shown to" not in officer.get(f"/cases/{case_id}").text


# ---- what goes on working without showing it


def test_they_leave_a_sealed_home_and_go_to_one(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    with either.app.app_context():
        told = leaving.Leaving(on=today(), why="x", to="5 Markerhome Close", postcode=CODE)
        stay = leaving.Stay(assessment_id, HOME, today() - timedelta(days=3), False)
        leaving.write(either.user("housing_officer"), case_id, either.version(case_id), stay, told)
        rows = db.session.get_one(Case, case_id).addresses
        assert sorted((r.kind, sealed_home.opened(db.session, r).address) for r in rows if r.sealed) == [
            ("current", "5 Markerhome Close"), ("former", HOME),
        ]  # fmt: skip
    with either.app.app_context():
        assert {s.place for s in db.session.scalars(select(LifeStep).where(LifeStep.kind == "left"))} == {
            f"{HELD} (district not known)"
        }


def test_the_seal_goes_along_with_people_who_part(either: Instance) -> None:
    case_id, _ = either.import_case("h5")
    with_home(either, case_id)
    seal(either, case_id, "senior_officer")
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        adults = [m for m in case.members if m.kind == "adult"]
        who = adults[-1].key
        homes = [a.id for a in case.addresses if a.kind == "current"]
        ways = [s.id for s in steps.of_case(case_id, "way")]
        told = parting.Parting(
            who=(who,), on=today(), limited=False, why="x", source="x", grade="E1", to="", postcode="",
            goes=dict.fromkeys((*homes, *ways), parting.WITH_THEM),
        )  # fmt: skip
        new_id = parting.write(
            either.user("housing_officer"), case_id, case.version, told, lambda old: [], lambda *a: None, lambda *a: ""
        )
        there = db.session.get_one(Case, new_id)
        assert {sealed_home.opened(db.session, a).address for a in there.addresses if a.sealed} >= {HOME}
        assert sealing.state(either.user("senior_officer"), new_id).is_named  # type: ignore[union-attr]
    assert marks_at_rest(either) == []


def test_what_the_audit_said_of_it_is_told_without_it_and_verifies(either: Instance, lead: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    assert "Markerhome" in lead.get(f"/cases/{case_id}/timeline").text
    seal(either, case_id)
    assert "Markerhome" not in lead.get(f"/cases/{case_id}/timeline").text
    with either.app.app_context():
        events = list(db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == case_id)))
        said = details.all_opened(events)
        newest = [c for e in events if e.action == "home.sealed" for c in said[e.seq].get("changed", ())]
        assert not any(mark in str(newest) for mark in MARKS), "to seal it writes it down nowhere again"


def test_a_seal_in_force_is_one(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    seal(either, case_id)
    with pytest.raises(CaseProblem, match="sealed already"):
        seal(either, case_id)
    with either.app.app_context():
        assert len(db.session.scalars(select(HomeSeal)).all()) == 1
