"""Cover for leave: theirs meanwhile, from a day to a day, never of a case that is kept from them or restricted; and what is refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.accounts import service as accounts
from app.accounts.models import Cover
from app.accounts.policy import may_see_case
from app.audit.models import AuditEvent
from app.cases import exclusions
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import begins, in_words, today
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.letters import owners
from app.notifications.models import Telling
from app.work import covering
from app.work.covering import CoverProblem
from tests.conftest import Instance

WEEK = timedelta(days=7)


def cover(
    instance: Instance, first: date, last: date, holder: str = "housing_officer", other: str = "other_officer"
) -> None:
    with instance.app.app_context():
        ids = [instance.user(role).id for role in (holder, other)]
        covering.set_cover(instance.user("senior_officer"), ids[0], ids[1], first, last)


def returned(instance: Instance) -> str:
    case_id, assessment_id = instance.submitted("h2")
    with instance.app.app_context():
        decisions.send_back(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "See the room first."
        )
    return case_id


def test_the_cover_sees_the_work_as_theirs_and_the_holder_is_named(either: Instance) -> None:
    case_id = returned(either)
    other = either.client("other_officer")
    assert other.get(f"/cases/{case_id}").status_code == 404
    assert "Returned to you" not in other.get("/").text
    cover(either, today(), today() + WEEK)
    page = other.get("/").text
    assert "Returned to you by a safeguarding lead" in page
    assert f"You cover for Housing Officer until {in_words(today() + WEEK)}." in page
    assert other.get(f"/cases/{case_id}").status_code == 200
    assert case_id in other.get("/cases").text
    assert either.client("housing_officer").get(f"/cases/{case_id}").status_code == 200, "the holder goes on holding it"
    typed = {"version": str(either.version(case_id)), "left_note": "Written by who covers."}
    assert other.post(f"/cases/{case_id}/household", data=typed).status_code == 302


def test_it_begins_and_ends_by_itself(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    first, last = today() + timedelta(1), today() + timedelta(3)
    cover(either, first, last)
    for day, sees in ((today(), 404), (first, 200), (last, 200), (last + timedelta(1), 404)):
        with time_machine.travel(begins(day) + timedelta(hours=23, minutes=30)):
            other = either.client("other_officer")
            assert other.get(f"/cases/{case_id}").status_code == sees, day
            assert (case_id in other.get("/cases").text) is (sees == 200)


def test_it_never_gives_sight_of_what_is_kept_from_them_or_restricted(either: Instance, lead: FlaskClient) -> None:
    kept, _ = either.import_case("h2", "KEPT-H2")
    restricted, _ = either.import_case("h1", "RESTRICTED-H1")
    plain, _ = either.import_case("h2", "PLAIN-H2")
    with either.app.app_context():
        other = either.user("other_officer").id
        exclusions.keep_out(either.user("safeguarding_lead"), kept, either.version(kept), other, "They were a couple.")
    assert lead.post(f"/cases/{restricted}/restrict", data={"version": either.version(restricted)}).status_code == 302
    cover(either, today(), today())
    client = either.client("other_officer")
    assert [client.get(f"/cases/{case_id}").status_code for case_id in (kept, restricted, plain)] == [404, 404, 200]
    for page in (client.get("/").text, client.get("/cases").text):
        assert "KEPT-H2" not in page
        assert "RESTRICTED-H1" not in page
        assert "PLAIN-H2" in page


def test_the_rule_and_the_query_say_the_same(either: Instance, lead: FlaskClient) -> None:
    ids = [either.import_case("h2", officer=who)[0] for who in ("housing_officer", "other_officer", "housing_officer")]
    lead.post(f"/cases/{ids[2]}/restrict", data={"version": either.version(ids[2])})
    cover(either, today(), today())
    with either.app.app_context():
        for role in (
            "housing_officer",
            "other_officer",
            "senior_officer",
            "safeguarding_lead",
            "auditor",
            "administrator",
        ):
            user = either.user(role)
            seen = set(db.session.scalars(cases.visible_to(user).with_only_columns(Case.id)))
            for case_id in ids:
                case = db.session.get_one(Case, case_id)
                ruled = may_see_case(user.id, user.role, cases.facts_of(case))
                found = cases.find(user, case_id) is not None
                assert ruled == found == (case_id in seen), (role, case_id)


@pytest.mark.parametrize(
    ("first", "last", "holder", "other", "said"),
    [
        (0, 3, "housing_officer", "housing_officer", "Nobody covers for themselves."),
        (3, 2, "housing_officer", "other_officer", "The last day is before the first."),
        (-1, 2, "housing_officer", "other_officer", "Begin today or later"),
        (0, 366, "housing_officer", "other_officer", "Cover lasts a year at most."),
        (0, 3, "housing_officer", "auditor", "Choose an active housing officer or senior officer."),
        (0, 3, "safeguarding_lead", "other_officer", "Choose an active housing officer or senior officer."),
        (12, 14, "housing_officer", "senior_officer", "Housing Officer has cover already"),
        (10, 10, "housing_officer", "senior_officer", "Housing Officer has cover already"),
        (14, 20, "other_officer", "senior_officer", "Other Officer covers for somebody"),
        (14, 20, "senior_officer", "housing_officer", "Housing Officer is away then"),
        (15, 20, "housing_officer", "senior_officer", ""),
        (8, 9, "housing_officer", "senior_officer", ""),
        (10, 14, "senior_officer", "other_officer", ""),
    ],
)  # fmt: skip
def test_what_is_refused(instance: Instance, first: int, last: int, holder: str, other: str, said: str) -> None:
    cover(instance, today() + timedelta(10), today() + timedelta(14))
    days = today() + timedelta(first), today() + timedelta(last)
    if not said:
        cover(instance, *days, holder, other)
        return
    with pytest.raises(CoverProblem, match=said):
        cover(instance, *days, holder, other)
    with instance.app.app_context():
        assert len(db.session.scalars(select(Cover)).all()) == 1


def test_the_page_says_what_is_wrong_and_keeps_what_was_typed(instance: Instance, senior: FlaskClient) -> None:
    with instance.app.app_context():
        holder, other = instance.user("housing_officer").id, instance.user("other_officer").id
    path = f"/team/{holder}/cover"
    assert holder not in senior.get(path).text.split("<select")[1], "nobody covers for themselves"
    assert "Enter the first day." in senior.post(path, data={"cover": other}).text
    wrong = {
        "cover": other,
        "first-day": "31",
        "first-month": "2",
        "first-year": "2027",
        "last-day": "x",
        "last-month": "",
        "last-year": "",
    }
    answer = senior.post(path, data=wrong)
    assert answer.status_code == 422
    assert 'value="31"' in answer.text
    assert senior.post(f"/team/{'0' * 32}/cover", data=wrong).status_code == 404
    assert instance.client("housing_officer").get(path).status_code == 403
    with instance.app.app_context():
        accounts.set_active(holder, False)
    assert senior.get(path).status_code == 404


def test_it_is_ended_before_its_last_day_and_once(either: Instance, senior: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    cover(either, today(), today() + WEEK)
    with either.app.app_context():
        cover_id = db.session.scalars(select(Cover.id)).one()
    assert f"/team/covers/{cover_id}/end" in senior.get("/team").text
    assert "1 away" in senior.get("/").text
    assert senior.post(f"/team/covers/{cover_id}/end").status_code == 302
    assert either.client("other_officer").get(f"/cases/{case_id}").status_code == 404
    assert "This cover has ended already." in senior.post(f"/team/covers/{cover_id}/end", follow_redirects=True).text
    with either.app.app_context():
        done = list(
            db.session.scalars(
                select(AuditEvent.action).where(AuditEvent.object_type == "cover").order_by(AuditEvent.seq)
            )
        )
        assert done == ["cover.set", "cover.ended"]


def test_of_two_who_set_cover_at_once_one_does(either: Instance) -> None:
    def set_one(day: int) -> str:
        try:
            cover(either, today(), today() + timedelta(day))
        except CoverProblem as problem:
            return str(problem)
        return ""

    with ThreadPoolExecutor(4) as threads:
        said = list(threads.map(set_one, (1, 2, 3, 4)))
    assert sum(not each for each in said) == 1, said
    assert all("has cover already" in each for each in said if each)


def test_the_database_refuses_what_ends_before_it_begins(either: Instance) -> None:
    with either.app.app_context():
        a, b = either.user("housing_officer").id, either.user("other_officer").id
        made = Cover(holder_id=a, cover_id=b, first=today(), last=today() - timedelta(1), set_by=a)
        with pytest.raises(IntegrityError):
            _store(made)


def _store(made: Cover) -> None:
    with writing() as session:
        session.add(made)


def test_what_is_told_of_a_case_goes_to_who_covers(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    with instance.app.app_context():
        told = Telling(id="x", kind="returned", case_id=case_id, object_id=assessment_id)
        before = owners.owner_of(told)
        assert before is not None
        assert before.email == "housing_officer@test.example"
    cover(instance, today(), today())
    with instance.app.app_context():
        meanwhile = owners.owner_of(told)
        assert meanwhile is not None
        assert meanwhile.email == "other_officer@test.example"
        late = Telling(id="y", kind="condition_due", case_id=case_id, object_id="z")
        assert owners.officers_of([late])["y"].email == "other_officer@test.example"
        exclusions.keep_out(
            instance.user("safeguarding_lead"),
            case_id,
            instance.version(case_id),
            instance.user("other_officer").id,
            "x",
        )
        again = owners.owner_of(told)
        assert again is not None
        assert again.email == "housing_officer@test.example", "what is kept from the cover goes to the officer"
        assert owners.officers_of([late])["y"].email == "housing_officer@test.example"
