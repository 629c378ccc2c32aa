"""A case opened in an emergency: to be read, for an hour, told at once, answered for; and what is not opened is one answer."""

from __future__ import annotations

import re
from datetime import timedelta
from statistics import median
from time import thread_time
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.access import glass, table
from app.access.models import BreakGlass, BreakGlassStep, ReadingFinding, TonightNote
from app.accounts.models import User, UserSession
from app.accounts.policy import POLICY, CaseFacts, may_read_case, may_see_case
from app.accounts.policy import ROLES as EVERY_ROLE
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import local
from app.clocks.days import working_days_after
from app.database import now, writing
from app.extensions import db
from app.letters import telling as letters
from app.notifications.models import Telling
from app.web.gate import OPENED_TO_READ, WRITES_ALL_THE_SAME
from tests.accounts.test_policy import MARKERS, Objects, calls
from tests.cases.test_exclusions import keep_out, let_in, reference_of, second_lead
from tests.cases.test_lists import counted
from tests.cases.test_numbers import masked
from tests.conftest import ROLES, Instance

WHY = "The police ring: a child of theirs was found alone in the street."
ASK = "/cases/not-yours"


def typed(reference: str, **otherwise: str) -> dict[str, str]:
    return {"category": "danger", "reason": WHY, **otherwise, "reference": reference}


def open_it(instance: Instance, case_id: str, who: str = "other_officer", client: FlaskClient | None = None) -> str:
    """Open a case in an emergency; gives the grant."""
    client = client or instance.client(who)
    answer = client.post(ASK, data=typed(reference_of(instance, case_id)))
    assert answer.status_code == 302, answer.text
    assert answer.headers["Location"] == f"/cases/{case_id}"
    with instance.app.app_context():
        newest = select(BreakGlass.id).where(BreakGlass.case_id == case_id).order_by(BreakGlass.opened_at.desc())
        return db.session.scalars(newest).first() or ""


def count(instance: Instance, kind: type[Any], *where: Any) -> int:
    with instance.app.app_context():
        return db.session.scalar(select(func.count()).select_from(kind).where(*where)) or 0


# ---- the rule


@given(
    roles=st.lists(st.sampled_from(sorted(EVERY_ROLE)), min_size=1, max_size=5, unique=True),
    own=st.booleans(), made=st.booleans(), restricted=st.booleans(), covers=st.booleans(), opened=st.booleans(),
    others=st.frozensets(st.sampled_from(["a", "b"])),
)  # fmt: skip
def test_whom_it_is_kept_from_reads_it_in_no_set_of_roles_and_under_no_grant(
    roles: list[str], own: bool, made: bool, restricted: bool, covers: bool, opened: bool, others: frozenset[str]
) -> None:
    """Z4: whatever somebody is, holds, covers and opened."""
    mine: frozenset[str] = frozenset({"me"})
    facts = CaseFacts(
        "me" if own else "other", "me" if made else "other", restricted, kept_from=others | mine,
        covered_by=mine if covers else frozenset(), opened_by=mine if opened else frozenset(),
    )  # fmt: skip
    assert not any(may_read_case("me", role, facts) for role in roles)
    let = facts._replace(kept_from=others)
    assert all(may_read_case("me", role, let) for role in roles if may_see_case("me", role, let))
    assert not may_read_case("me", "administrator", let)
    for role in roles:  # a grant gives sight to who may break the glass, and to nobody else
        gains = may_read_case("me", role, let) and not may_see_case("me", role, let)
        assert gains == (opened and role in POLICY["glass.break"].roles and not may_see_case("me", role, let))


def test_the_query_says_what_the_rule_says(either: Instance) -> None:
    ids = [either.import_case("h1")[0] for _ in range(4)]
    with either.app.app_context():
        cases.restrict(either.user("safeguarding_lead"), ids[1], either.version(ids[1]), True)
    for who in ("senior_officer", "other_officer"):
        for case_id in ids[1:]:
            with either.app.app_context():
                glass.ask(either.user(who), reference_of(either, case_id), "danger", WHY)
        keep_out(either, ids[2], who)
    with either.app.app_context():
        ended = db.session.scalars(select(BreakGlass).where(BreakGlass.case_id == ids[3])).all()
        for one in ended:
            assert glass.end(db.session.get_one(User, one.opened_by), one.id)
    with either.app.app_context():
        for who in (*ROLES, "other_officer"):
            user = either.user(who)
            for case_id in ids:
                case = db.session.get_one(Case, case_id)
                facts = cases.facts_of(case)._replace(opened_by=glass.who_opened(case_id))
                reads = cases.find(user, case_id) is not None or glass.opened(user, case_id) is not None
                assert reads == may_read_case(user.id, user.role, facts), (who, ids.index(case_id))
        assert glass.opened(either.user("other_officer"), ids[1]) is not None, "it can find one"
        assert glass.opened(either.user("other_officer"), ids[2]) is None
        assert glass.opened(either.user("other_officer"), ids[3]) is None


# ---- one that is opened


def test_it_is_read_for_an_hour_to_the_second_and_told_at_once(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "EMER-1")
    second_lead(either)
    start = now().replace(microsecond=0)
    with time_machine.travel(start, tick=False) as clock:
        client = either.client("other_officer")
        assert client.get(f"/cases/{case_id}").status_code == 404
        grant = open_it(either, case_id, client=client)
        page = client.get(f"/cases/{case_id}").text
        assert "Wójcik" in page
        assert "This case is not yours. You opened it in an emergency" in page
        assert f"{local(start + timedelta(minutes=60)):%H:%M}" in page
        for link in ("/household", "/allocate", "/letters", "/supervision", "/timeline"):
            assert f'href="/cases/{case_id}{link}"' not in page, "what is refused is not offered"
        for seconds, status in ((3_599, 200), (3_600, 404), (3_601, 404)):
            clock.move_to(start + timedelta(seconds=seconds))
            assert either.client("other_officer").get(f"/cases/{case_id}").status_code == status
    with either.app.app_context():
        one = db.session.get_one(BreakGlass, grant)
        assert (one.reason, one.category, one.ends_at - one.opened_at) == (WHY, "danger", timedelta(minutes=60))
        assert one.review_by == working_days_after(local(start).date(), 2)
        people = {either.user(who).id for who in ("safeguarding_lead", "second_lead", "auditor")}
        told = db.session.scalars(select(Telling).where(Telling.object_id == grant)).all()
        assert {t.owner for t in told} == people
        seen = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "glass.viewed")).all()
        assert len(seen) == 2
        assert all(e.detail["grant"] == grant for e in seen)
        for one_telling in told:
            letters.send(one_telling.id)
    mails = [file.read_text() for file in (either.settings.data / "mail").glob("*.eml")]
    assert len(mails) == 3
    assert all("opened a case that is not theirs" in mail.replace("=\n", "").replace("\n", " ") for mail in mails)
    assert not any(mark in mail for mail in mails for mark in (*MARKERS, "EMER-1", WHY, case_id))


def test_a_grant_widens_no_list_count_search_or_mail(either: Instance) -> None:
    case_id, _ = either.submitted("h2")
    reference = reference_of(either, case_id)
    with either.app.app_context():
        cases.restrict(either.user("safeguarding_lead"), case_id, either.version(case_id), True)

    def told(who: str) -> dict[str, str]:
        client = either.client(who)
        paths = ["/", "/cases", "/properties", "/jobs", "/stock", "/team"]
        pages = {path: masked(client.get(path).text) for path in paths}
        for words in (reference, "Wójcik", "B14 7ET"):
            found = client.post("/search", data={"words": words}, follow_redirects=True)
            pages[words] = re.sub(r"s=[\w.~-]+", "", masked(found.text))
        return pages

    for who in ("other_officer", "senior_officer"):
        before = told(who)
        open_it(either, case_id, who)
        after = told(who)
        assert {path for path in before if before[path] != after[path]} == set()
        with either.app.app_context():
            user = either.user(who)
            assert case_id not in set(db.session.scalars(cases.visible_to(user).with_only_columns(Case.id)))
            assert cases.find(user, case_id) is None


def test_nothing_but_reading_goes_through_the_gate(either: Instance) -> None:
    objects = Objects(either)
    client = either.client("senior_officer")
    with either.app.app_context():
        lead = either.user("safeguarding_lead")
        for case_id in (objects.case_id, objects.decided_case):
            cases.restrict(lead, case_id, either.version(case_id), True)
    for case_id in (objects.case_id, objects.decided_case):
        open_it(either, case_id, "senior_officer", client)
    versions = {case_id: either.version(case_id) for case_id in (objects.case_id, objects.decided_case)}
    read, wrong = set(), []
    for rule, method, path in calls(either, objects):
        if "case_id" not in rule.arguments or rule.endpoint == WRITES_ALL_THE_SAME:
            continue
        answer = client.open(path, method=method, data={"version": "1"} if method == "POST" else None)
        if method == "GET" and rule.endpoint in OPENED_TO_READ:
            read.add(rule.endpoint)
            wrong += [] if answer.status_code in (200, 302, 404) else [(method, path, answer.status_code)]
            wrong += [] if "attachment" not in answer.headers.get("Content-Disposition", "") else [(path, "a file")]
        elif answer.status_code not in (403, 404):
            wrong.append((method, path, answer.status_code))
        elif any(mark in answer.get_data(as_text=True) for mark in MARKERS):
            wrong.append((method, path, "leaks"))
    assert wrong == []
    assert read == OPENED_TO_READ, "each of the list is a page of a case"
    assert {case_id: either.version(case_id) for case_id in versions} == versions
    assert client.get(f"/cases/{objects.case_id}").status_code == 200
    stopped = client.post(f"/cases/{objects.case_id}/household", data={"version": "1", "left_note": "x"})
    assert "Write down what you did tonight" in stopped.text
    assert count(either, AuditEvent, AuditEvent.action == "glass.stopped") > 40


def test_no_page_that_is_read_so_opens_a_secret_place_or_takes_a_file_away(instance: Instance) -> None:
    for rule in instance.app.url_map.iter_rules():
        if rule.endpoint in OPENED_TO_READ:
            name = instance.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
            assert name in ("case.view", "record.view")
            assert not rule.rule.endswith((".pdf", ".csv"))
    assert not {
        e for e in OPENED_TO_READ if e.split(".")[0] in ("protected", "supervision", "letters", "sharing", "editions")
    }


def test_what_was_done_tonight_is_the_one_thing_that_is_written(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    client = either.client("other_officer")
    assert client.get(f"/cases/{case_id}/tonight").status_code == 404
    open_it(either, case_id, client=client)
    version = either.version(case_id)
    assert client.get(f"/cases/{case_id}/tonight").status_code == 200
    assert client.post(f"/cases/{case_id}/tonight", data={"said": ""}).status_code == 422
    said = "Rang the emergency duty team. The family is at the desk until ten."
    assert client.post(f"/cases/{case_id}/tonight", data={"said": said}).status_code == 302
    assert either.version(case_id) == version + 1
    officer = either.client("housing_officer")
    assert said in officer.get(f"/cases/{case_id}").text
    assert said in officer.get(f"/cases/{case_id}/chronology").text
    assert officer.post(f"/cases/{case_id}/tonight", data={"said": "x"}).status_code == 302
    assert count(either, TonightNote) == 1, "who works with the case writes in the case itself"


def test_a_form_that_was_open_when_it_ended_saves_nothing(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    client = either.client("other_officer")
    grant = open_it(either, case_id, client=client)
    assert client.get(f"/cases/{case_id}/tonight").status_code == 200
    assert client.post(f"{ASK}/{grant}/end").status_code == 302
    assert client.post(f"/cases/{case_id}/tonight", data={"said": "Too late."}).status_code == 404
    assert client.get(f"/cases/{case_id}").status_code == 404
    assert count(either, TonightNote) == 0
    assert client.post(f"{ASK}/{grant}/end").status_code == 302, "twice ends it once"
    assert count(either, BreakGlassStep) == 1


def test_nobody_ends_what_somebody_else_opened(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    grant = open_it(instance, case_id)
    instance.client("housing_officer").post(f"{ASK}/{grant}/end")
    assert instance.client("other_officer").get(f"/cases/{case_id}").status_code == 200


def test_keeping_it_from_them_ends_it_at_once(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    client = either.client("other_officer")
    open_it(either, case_id, client=client)
    assert client.get(f"/cases/{case_id}").status_code == 200
    exclusion = keep_out(either, case_id, "other_officer")
    assert client.get(f"/cases/{case_id}").status_code == 404
    let_in(either, case_id, exclusion)
    assert client.get(f"/cases/{case_id}").status_code == 200


def test_an_open_one_is_not_made_longer_by_asking_again(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    start = now()
    with time_machine.travel(start, tick=False) as clock:
        open_it(either, case_id)
        clock.shift(timedelta(minutes=30))
        open_it(either, case_id)
        assert count(either, BreakGlass) == 1
        clock.shift(timedelta(minutes=31))
        assert either.client("other_officer").get(f"/cases/{case_id}").status_code == 404
        open_it(either, case_id)
        assert count(either, BreakGlass) == 2, "another hour is another grant, told and answered for anew"


def test_who_sees_it_anyway_opens_nothing(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    answer = officer.post(ASK, data=typed(reference_of(instance, case_id)))
    assert answer.headers["Location"] == f"/cases/{case_id}"
    assert count(instance, BreakGlass) == 0


def test_it_wants_the_password_again_and_keeps_what_was_typed(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    client = instance.client("other_officer")
    with instance.app.app_context(), writing() as session:
        for one in session.scalars(select(UserSession)):
            one.confirmed_at = now() - timedelta(minutes=6)
    answer = client.post(ASK, data=typed(reference_of(instance, case_id)))
    assert answer.status_code == 401
    assert "Confirm that it is you" in answer.text
    assert count(instance, BreakGlass) == 0


@pytest.mark.parametrize(
    ("otherwise", "says"),
    [
        ({"reference": ""}, "Enter the whole reference."),
        ({"category": ""}, "Choose why it cannot wait."),
        ({"category": "curious"}, "Choose one of the answers shown"),
        ({"reason": "1234567890 123456789"}, "Write at least 20 letters"),
    ],
)
def test_what_is_missing_is_said_beside_it_and_looks_nothing_up(
    instance: Instance, otherwise: dict[str, str], says: str
) -> None:
    case_id, _ = instance.import_case("h2")
    answer = instance.client("other_officer").post(ASK, data={**typed(reference_of(instance, case_id)), **otherwise})
    assert answer.status_code == 422
    assert says in answer.text
    assert count(instance, BreakGlass) + count(instance, ReadingFinding) == 0


# ---- what is not opened


def test_an_unknown_reference_and_a_kept_case_are_one_page_and_one_work(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "EMER-2")
    keep_out(either, case_id, "other_officer")
    client, told, asked = either.client("other_officer"), {}, {}
    client.post(ASK, data=typed("NEVER-0"))
    for reference in ("EMER-2", "NEVER-1"):
        with counted(either) as said:
            answer = client.post(ASK, data=typed(reference))
        assert answer.status_code == 422
        told[reference] = (
            masked(answer.text).replace(reference, "*"),
            {k: v for k, v in answer.headers if k != "Content-Length"},
        )
        asked[reference] = [re.sub(r"'[^']*'", "", statement) for statement in said]
    page = told["EMER-2"][0]
    assert "ring the duty safeguarding lead" in page
    assert told["EMER-2"][0] == told["NEVER-1"][0]
    assert {k: v for k, v in told["EMER-2"][1].items() if "Cookie" not in k and "Policy" not in k} == {
        k: v for k, v in told["NEVER-1"][1].items() if "Cookie" not in k and "Policy" not in k
    }
    assert asked["EMER-2"] == asked["NEVER-1"]
    assert client.get(f"/cases/{case_id}").status_code == 404
    # What is kept of it: of the case where there is one, and nothing in the entry.
    with either.app.app_context():
        kept = {f.facts["reference"]: f.case_id for f in db.session.scalars(select(ReadingFinding))}
        assert kept == {"NEVER-0": None, "EMER-2": case_id, "NEVER-1": None}
        entries = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "glass.refused")).all()
        assert [(e.case_id, e.detail) for e in entries] == [("", {})] * 3


def test_how_long_it_takes_tells_nothing(instance: Instance) -> None:
    """Z3, at the verb itself, in processor time, pair by pair: the median less than two milliseconds apart. Statements are held equal above."""
    case_id, _ = instance.import_case("h2", "EMER-3")
    keep_out(instance, case_id, "other_officer")
    took: dict[str, list[float]] = {"EMER-3": [], "NEVER-3": []}
    with instance.app.app_context():
        user = instance.user("other_officer")
        db.session.expunge(user)
        for at in range(80):
            for reference in sorted(took, reverse=bool(at % 2)):
                begun = thread_time()
                assert glass.ask(user, reference, "danger", WHY) is None
                took[reference].append(thread_time() - begun)
    apart = abs(median(a - b for a, b in zip(took["EMER-3"], took["NEVER-3"], strict=True)))
    assert apart < 0.002, apart


def test_who_asks_too_often_opens_nothing_more_that_day(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "EMER-4")
    client = either.client("other_officer")
    with time_machine.travel(now().replace(hour=12), tick=False) as clock:
        client = either.client("other_officer")
        for at in range(table.read().most_refused_a_day):
            assert client.post(ASK, data=typed(f"NEVER-{at}")).status_code == 422
        refused = client.post(ASK, data=typed("EMER-4"))
        assert refused.status_code == 422
        assert client.get(f"/cases/{case_id}").status_code == 404
        clock.shift(timedelta(days=1))
        open_it(either, case_id)


def test_nothing_is_opened_where_no_lead_could_be_told(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "EMER-5")
    keep_out(either, case_id, "safeguarding_lead")  # by the second lead, the only one who then sees it
    with either.app.app_context(), writing() as session:
        session.get_one(User, either.user("second_lead").id).active = False
    assert either.client("other_officer").post(ASK, data=typed("EMER-5")).status_code == 422
    assert count(either, BreakGlass) == 0
