"""Leaving a placement, closing a case and opening it again: nothing that is owed rests in silence."""

from __future__ import annotations

import html
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import Assessment
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.deadlines import due as due_dates
from app.deadlines import keeping
from app.deadlines.models import Clock, ClockStep
from app.extensions import db
from app.letters import lead
from app.letters.lead import LeadProblem
from app.work import service as work
from tests.conftest import Instance

from .acting import day_of, send

LEFT = {
    "why": "They went to her sister, she says.",
    "known": "yes",
    "to": "2 Sister Road",
    "postcode": "",
    **day_of("on", today()),
}


def came(instance: Instance, case_id: str, assessment_id: str, days: int, **unit: object) -> None:
    """They have been in the place for so many nights."""
    with instance.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None)
        found = session.get_one(Assessment, assessment_id)
        found.starts = today() - timedelta(days=days)
        for name, value in unit.items():
            setattr(found.unit, name, value)


def boxes(page: str) -> list[str]:
    return re.findall(r'name="(rest_[0-9a-f]+)"', page)


def test_leaving_is_written_down_with_the_day_why_and_where_to(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    shared = {
        "kind": "hotel",
        "self_contained": False,
        "cooking_provided": False,
        "owner": "private",
        "manager": "private",
        "private_dwelling": False,
    }
    came(either, case_id, assessment_id, 4, **shared)
    officer = either.client("housing_officer")
    assert "They left" in officer.get(f"/cases/{case_id}").text
    assert send(either, case_id, f"assessments/{assessment_id}/left", **LEFT)[0] == 302
    page = officer.get(f"/cases/{case_id}").text
    assert "2 Sister Road" in page
    assert "Where to: 2 Sister Road" in page
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        runs = [(n.first, n.last) for n in case.nights]
        assert (today() - timedelta(days=4), today() - timedelta(days=1)) in runs, (
            "the nights they spent there are counted"
        )
        assert [a.moved_in for a in case.addresses if a.address == "2 Sister Road"] == [today()]
    code, again = send(either, case_id, f"assessments/{assessment_id}/left", **LEFT)
    assert (code, "It is written down already that they left this place." in again) == (422, True)
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "They went to her sister, she says." in chronology


@pytest.mark.parametrize(("owner", "counted"), [(None, True), ("council", False)])
def test_nights_count_where_nobody_knows_whether_it_was_bed_and_breakfast_in_law(
    instance: Instance, owner: str | None, counted: bool
) -> None:
    """As long as they were there its nights were counted; that they left makes it no other place."""
    case_id, assessment_id = instance.import_case("h2")
    place = {"kind": "hotel", "self_contained": False, "cooking_provided": False, "private_dwelling": False}
    came(instance, case_id, assessment_id, 4, **place, owner=owner, manager=owner)
    assert send(instance, case_id, f"assessments/{assessment_id}/left", **LEFT)[0] == 302
    page = instance.client("housing_officer").get(f"/cases/{case_id}/chronology").text
    assert ("Whether it was bed and breakfast in law is not known." in page) is counted
    with instance.app.app_context():
        runs = [(n.first, n.last) for n in db.session.get_one(Case, case_id).nights]
        assert ((today() - timedelta(days=4), today() - timedelta(days=1)) in runs) is counted


def test_where_they_are_may_be_not_known_and_a_day_that_cannot_be_is_refused(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h2")
    came(instance, case_id, assessment_id, 2)
    path = f"assessments/{assessment_id}/left"
    for more, said in (
        (day_of("on", today() - timedelta(days=3)), "they cannot have left before that"),
        (day_of("on", today() + timedelta(days=1)), "This day is in the future."),
        ({"to": ""}, "Write where they are, or choose that it is not known."),
        ({"known": "no"}, "A place is written below."),
        ({"version": "1"}, "Somebody changed this case"),
    ):
        code, page = send(instance, case_id, path, **{**LEFT, **more})
        assert (code, said in page, "They went to her sister" in page) == (422, True, True), said
    assert send(instance, case_id, path, **{**LEFT, "known": "no", "to": ""})[0] == 302
    assert "Where to: Not known" in instance.client("housing_officer").get(f"/cases/{case_id}").text


def test_a_case_closes_only_with_why_each_open_thing_may_rest_and_no_clock_stops(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    came(either, case_id, assessment_id, 3)
    officer = either.client("housing_officer")
    with either.app.app_context():
        keeping.one_case(case_id, today())
        running = set(
            db.session.scalars(
                select(Clock.id).where(Clock.case_id == case_id, Clock.state.in_(("running", "lapsed", "still")))
            )
        )
    page = officer.get(f"/cases/{case_id}/close").text
    wanted = boxes(page)
    assert {f"rest_{key}" for key in running} <= set(wanted)
    assert "is being assessed and not decided" in html.unescape(page)
    code, page = send(either, case_id, "close", why="They live with her mother now.")
    assert code == 422
    assert "Say why this may rest" in page
    assert "They live with her mother now." in page
    rests = dict.fromkeys(wanted, "Not owed where they live now, says the manager.")
    assert send(either, case_id, "close", why="They live with her mother now.", **{**rests, wanted[0]: ""})[0] == 422
    assert send(either, case_id, "close", why="They live with her mother now.", **rests)[0] == 302
    page = officer.get(f"/cases/{case_id}").text
    assert "This case is closed since" in page
    assert "They live with her mother now." in page
    assert "Closed" in officer.get("/cases").text
    found = officer.post("/search", data={"words": "Zofia"}, follow_redirects=True).text
    assert f"/cases/{case_id}" in found, "a closed case is found"
    with either.app.app_context():
        assert {
            c.id
            for c in db.session.scalars(select(Clock).where(Clock.case_id == case_id))
            if c.id in running and c.state in ("met", "ended")
        } == set()
        noted = db.session.scalars(
            select(ClockStep.said).where(ClockStep.case_id == case_id, ClockStep.what == "noted")
        ).all()
        assert len(noted) == len(running)
        assert all("may rest, because: Not owed" in said for said in noted)
        rows = [
            row
            for listed in work.of(either.user("housing_officer")).rows.values()
            for row in listed
            if row.case_id == case_id
        ]
        assert [row.kind for row in rows] == ["closed"]
        assert "things rest, each with its reason" in rows[0].said
        assert due_dates.due_for(either.user("housing_officer"), today()) == []
    refused = officer.post(
        f"/cases/{case_id}/danger", data={"version": str(either.version(case_id)), "danger": "overdose"}
    )
    assert refused.status_code == 409
    assert "This case is closed" in refused.text
    assert f'href="/cases/{case_id}/reopen"' in refused.text, "and the way on"
    assert send(either, case_id, "reopen", why="")[0] == 422
    assert send(either, case_id, "reopen", why="Her mother has asked them to leave.")[0] == 302
    assert "This case is closed" not in officer.get(f"/cases/{case_id}").text
    with either.app.app_context():
        assert {row.case_id for row in work.of(either.user("housing_officer")).rows["drafts"]} | {
            row.case_id for row in work.of(either.user("housing_officer")).rows["due"]
        }
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "Her mother has asked them to leave." in chronology
    assert "The case was closed" in chronology


def test_what_waits_for_a_lead_and_danger_now_cannot_rest(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.submitted("h2")
    page = officer.get(f"/cases/{case_id}/close").text
    assert "This cannot rest, and is done first:" in page
    rests = dict.fromkeys(boxes(page), "No.")
    code, page = send(instance, case_id, "close", why="Gone.", **rests)
    assert (code, "this cannot rest. Do it first" in page) == (422, True)
    code, page = send(instance, case_id, "close", why="Gone.", version="1", **rests)
    assert code == 422
    with instance.app.app_context():
        assert db.session.get_one(Case, case_id).closed_on is None


def test_two_who_lead_and_nights_that_overlap_are_refused(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        user, values = (
            either.user("housing_officer"),
            {"name": "Hester", "role": "HV", "agency": "NHS", "email": "", "on": today(), "note": ""},
        )
        with writing() as session:
            case = cases.lock_case(session, case_id, None)
            case.lead_name, case.lead_accepted = "", None
        lead.step(user, case_id, either.version(case_id), "proposed", values)
        lead.step(user, case_id, either.version(case_id), "accepted", values)
        for what in ("proposed", "accepted"):
            with pytest.raises(LeadProblem, match="Hester has accepted"):
                lead.step(user, case_id, either.version(case_id), what, {**values, "name": "Somebody else"})
    with either.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None).nights.clear()
    first = today() - timedelta(days=20)
    run = {**day_of("first", first), **day_of("last", first + timedelta(days=5))}
    assert send(either, case_id, "bed-and-breakfast", **run)[0] == 302
    code, page = send(
        either,
        case_id,
        "bed-and-breakfast",
        **{**day_of("first", first + timedelta(days=5)), **day_of("last", first + timedelta(days=9))},
    )
    assert code == 422
    assert "a night is spent in one place" in page
    assert (
        send(
            either,
            case_id,
            "bed-and-breakfast",
            **{**day_of("first", first + timedelta(days=6)), **day_of("last", first + timedelta(days=9))},
        )[0]
        == 302
    )
