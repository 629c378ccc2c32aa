"""A case that is kept from somebody by name does not exist for them: on no page, in no list, count or letter, in whatever role."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from app.accounts import service as accounts
from app.accounts.models import User
from app.accounts.policy import ROLES as EVERY_ROLE
from app.accounts.policy import CaseFacts, may_see_case
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.cases import exclusions, handing, numbers, opening
from app.cases import service as cases
from app.cases.models import Case
from app.cases.service import CaseProblem
from app.database import new_id, writing
from app.extensions import db
from app.letters import owners
from app.notifications import telling
from app.notifications.models import Telling
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.accounts.test_policy import MARKERS, Objects, calls
from tests.conftest import ROLES, Instance

from .test_lists import counted
from .test_numbers import masked

WHY = "A brother of the father, says the mother."


def second_lead(instance: Instance) -> User:
    """Another lead, who keeps cases from the first."""
    with instance.app.app_context():
        if db.session.scalar(select(User.id).where(User.email == "second_lead@test.example")) is None:
            accounts.create_account("Second Lead", "second_lead@test.example", "safeguarding_lead")
        return instance.user("second_lead")


def keep_out(instance: Instance, case_id: str, who: str) -> str:
    second_lead(instance)
    with instance.app.app_context():
        lead, person, version = instance.user("second_lead"), instance.user(who), instance.version(case_id)
        if person.id not in cases.are_kept_out(db.session, case_id):
            exclusions.keep_out(lead, case_id, version, person.id, WHY, sharing.end_links_to)
        return next(k.row.id for k in exclusions.of_case(case_id) if k.person.id == person.id)


def let_in(instance: Instance, case_id: str, exclusion_id: str) -> None:
    with instance.app.app_context():
        lead = instance.user("second_lead")
        exclusions.let_in(lead, case_id, instance.version(case_id), exclusion_id, "Another of that name.")


def denied(instance: Instance, case_id: str) -> int:
    with instance.app.app_context():
        of = (AuditEvent.case_id == case_id, AuditEvent.action == audit.DENIED)
        return db.session.scalar(select(func.count()).select_from(AuditEvent).where(*of)) or 0


# ---- the rule


@given(st.sampled_from(sorted(EVERY_ROLE)), st.booleans(), st.booleans(), st.booleans())
def test_being_kept_out_beats_every_role_and_allocation(role: str, own: bool, made: bool, restricted: bool) -> None:
    facts = CaseFacts("me" if own else "other", "me" if made else "other", restricted, frozenset({"me", "third"}))
    assert not may_see_case("me", role, facts)
    assert may_see_case("me", role, facts._replace(kept_from=frozenset({"third"}))) == may_see_case(
        "me", role, facts._replace(kept_from=frozenset())
    )


def test_the_query_says_what_the_rule_says(either: Instance) -> None:
    ids = [either.import_case("h1")[0] for _ in range(4)]
    people = [*ROLES, "other_officer"]
    with either.app.app_context():
        lead = either.user("safeguarding_lead")
        cases.restrict(lead, ids[1], either.version(ids[1]), True)
        cases.restrict(lead, ids[3], either.version(ids[3]), True)
    for who in people:
        keep_out(either, ids[2], who)
        keep_out(either, ids[3], who)
    lifted = keep_out(either, ids[0], "senior_officer")
    let_in(either, ids[0], lifted)
    with either.app.app_context():
        for who in people:
            user = either.user(who)
            seen = set(db.session.scalars(cases.visible_to(user).with_only_columns(Case.id)))
            by_rule = {i for i in ids if may_see_case(user.id, user.role, cases.facts_of(db.session.get_one(Case, i)))}
            assert seen == by_rule
            assert seen == {i for i in ids if cases.find(user, i) is not None}
            assert not seen & set(ids[2:])
        assert cases.visible_to(either.user("senior_officer")) is not None
        assert len(db.session.scalars(cases.visible_to(either.user("second_lead"))).unique().all()) == 4


# ---- every page, every list, every table


def everywhere(instance: Instance, objects: Objects, who: str) -> list[tuple[str, str, int, str]]:
    """What every route says to somebody, asked for what is there: (method, path, status, whole answer)."""
    found = []
    ended = ("sign_out", "people_active", "restrict", "withdraw", "beside.remove", "allocate", "exclusions")
    for rule, method, path in calls(instance, objects):
        if any(word in rule.endpoint for word in ended) and method == "POST":
            continue
        version = str(instance.version(objects.arguments(rule).get("case_id", objects.case_id)))
        client = instance.client(who)  # a browser each: none reads what the page before it had to say
        answer = client.open(path, method=method, data={"version": version} if method == "POST" else None)
        told = answer.get_data().decode("utf-8", errors="replace")  # some are PDFs
        found.append((method, path, answer.status_code, told + str(answer.headers)))
    return found


def reference_of(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        return db.session.get_one(Case, case_id).reference


@pytest.mark.parametrize("who", ROLES)
def test_no_route_says_a_word_of_it_to_whoever_it_is_kept_from(either: Instance, who: str) -> None:
    objects = Objects(either)
    of = (objects.case_id, objects.other_id, objects.decided_case)
    references = [reference_of(either, case_id) for case_id in of]
    marks = (*MARKERS, *references, *of)
    kept = {case_id: keep_out(either, case_id, who) for case_id in of}
    said = everywhere(either, objects, who)
    client = either.client(who)
    for path in (
        "/?before=" + objects.case_id,
        f"/audit?reference={references[0]}",
        f"/audit.csv?reference={references[0]}",
    ):
        answer = client.get(path)
        # An address or a box that is asked with the reference says it again: taken out of what is looked through.
        told = (
            answer.text.replace(references[0], "") if "reference" in path else answer.text.replace(objects.case_id, "")
        )
        said.append(("GET", path, answer.status_code, told))
    leaks = [(m, p, mark) for m, p, _, told in said for mark in marks if mark in told.replace(p, "")]
    assert leaks == []
    of_a_case = [(m, p, status) for m, p, status, _ in said if any(case_id in p for case_id in of) and "?" not in p]
    assert len(of_a_case) > 60
    assert {status for *_, status in of_a_case} <= {403, 404}
    # The same page, word for word, as for a case that there never was.
    for method, path, status, told in said:
        if (method, path, status) in of_a_case:
            never = path
            for case_id in of:
                never = never.replace(case_id, new_id())
            answer = client.open(never, method=method, data={"version": "1"} if method == "POST" else None)
            assert (answer.status_code, plain(answer.get_data(as_text=True))) == (
                status,
                plain(told.split("\nCache")[0]),
            ), path
    # Lifted, the very same walk shows it: the search above can fail.
    for case_id, exclusion_id in kept.items():
        let_in(either, case_id, exclusion_id)
    shown = [p for _, p, _, told in everywhere(either, objects, who) if any(mark in told for mark in MARKERS)]
    assert len(shown) >= {"administrator": 0, "auditor": 8}.get(who, 20), shown
    assert who != "administrator" or shown == [], "they never see a case"


def plain(page: str) -> str:
    """A page without what is of one request: its tokens, and the headers behind it."""
    return masked(page.split("</html>")[0])


def test_an_excluded_lead_counts_no_case_more_than_before_it_was_there(either: Instance, lead: FlaskClient) -> None:
    """Every list, table and count of a lead, byte for byte, without the case and with one that is kept from them."""
    either.import_case("h1")

    def told() -> dict[str, str]:
        paths = ("/", "/jobs", "/cases/open", "/data", "/audit", "/audit.csv")
        return {p: plain(either.client(who).get(p).text) for p in paths for who in ("safeguarding_lead",)}

    before = told()
    case_id, _ = either.submitted("h2")
    assert told()["/"] != before["/"], "it waits for review: the list can show it"
    keep_out(either, case_id, "safeguarding_lead")
    assert told() == before


def test_an_excluded_auditor_finds_no_entry_of_it(either: Instance) -> None:
    client = either.client("auditor")
    case_id, _ = either.import_case("h2")
    reference = reference_of(either, case_id)
    assert reference in client.get("/audit.csv").text
    keep_out(either, case_id, "auditor")
    client.get(f"/cases/{case_id}")
    table = client.get("/audit.csv?show=everything").text
    assert reference not in table
    assert audit.ACTIONS[audit.DENIED] not in table
    assert "Case kept from somebody" not in table
    entry = client.get("/audit?show=everything").text
    assert case_id not in entry
    assert reference not in entry


# ---- what the leads see


def test_a_lead_keeps_a_case_from_somebody_sees_that_they_asked_and_lifts_it(
    either: Instance, lead: FlaskClient, officer: FlaskClient
) -> None:
    case_id, _ = either.import_case("h2")
    page = lead.get(f"/cases/{case_id}/kept-from").text
    with either.app.app_context():
        person, me = either.user("housing_officer").id, either.user("safeguarding_lead").id
    assert f'value="{person}"' in page
    assert f'value="{me}"' not in page, "nobody does it to themselves"
    typed = {"version": either.version(case_id), "person": person, "reason": ""}
    refused = lead.post(f"/cases/{case_id}/kept-from", data=typed)
    assert refused.status_code == 422
    assert "Write why this case is kept from them." in refused.text
    assert officer.get(f"/cases/{case_id}").status_code == 200
    done = lead.post(f"/cases/{case_id}/kept-from", data={**typed, "reason": WHY})
    assert done.status_code == 302
    assert officer.get(f"/cases/{case_id}").status_code == 404
    assert officer.get(f"/cases/{case_id}/household").status_code == 404
    page = lead.get(f"/cases/{case_id}/kept-from").text
    assert WHY in page
    assert "2 times" in page
    assert "nobody works on it now" in page
    assert f'value="{person}"' not in page, "whom it is kept from already is not offered again"
    timeline = lead.get(f"/cases/{case_id}/timeline").text
    for words in (audit.ACTIONS[audit.DENIED], "Case kept from somebody", "Kept from", "Housing Officer", WHY):
        assert words in timeline, words
    assert "Whom this case is kept from</a>: 1 person" in lead.get(f"/cases/{case_id}").text
    lift = re.search(rf"/cases/{case_id}/kept-from/[0-9a-f]{{32}}/lift", page)
    assert lift
    typed = {"version": either.version(case_id), "reason": ""}
    assert lead.post(lift[0], data=typed).status_code == 422
    assert lead.post(lift[0], data={**typed, "reason": "Another of that name."}).status_code == 302
    assert officer.get(f"/cases/{case_id}").status_code == 200
    assert lead.get(lift[0]).status_code == 404
    page = lead.get(f"/cases/{case_id}/kept-from").text
    assert "Another of that name." in page


def test_only_a_lead_sets_and_lifts_it_and_nobody_on_themselves(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    for role in ("housing_officer", "senior_officer", "auditor", "administrator"):
        assert instance.client(role).get(f"/cases/{case_id}/kept-from").status_code == 403
    with instance.app.app_context():
        lead_id = instance.user("safeguarding_lead").id
        with pytest.raises(CaseProblem):
            exclusions.keep_out(instance.user("safeguarding_lead"), case_id, instance.version(case_id), lead_id, WHY)
    typed = {"version": instance.version(case_id), "person": lead_id, "reason": WHY}
    assert lead.post(f"/cases/{case_id}/kept-from", data=typed).status_code == 422
    assert lead.get(f"/cases/{case_id}").status_code == 200
    keep_out(instance, case_id, "safeguarding_lead")
    assert lead.get(f"/cases/{case_id}/kept-from").status_code == 404, "nor lift it for themselves"


def test_a_stale_page_keeps_nothing_and_says_so(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        person = instance.user("senior_officer").id
    typed = {"version": instance.version(case_id) - 1, "person": person, "reason": WHY}
    answer = lead.post(f"/cases/{case_id}/kept-from", data=typed)
    assert answer.status_code == 422
    assert WHY in answer.text
    assert instance.client("senior_officer").get(f"/cases/{case_id}").status_code == 200


def test_every_denied_look_up_is_an_entry_and_costs_the_same_queries(either: Instance, officer: FlaskClient) -> None:
    kept, _ = either.import_case("h2")
    others, _ = either.import_case("h1", officer="other_officer")
    keep_out(either, kept, "housing_officer")
    never, told = new_id(), {}
    officer.get(f"/cases/{new_id()}")
    for case_id in (kept, others, never):
        with counted(either) as said:
            assert officer.get(f"/cases/{case_id}").status_code == 404
        told[case_id] = [re.sub(r"'[^']*'", "", statement) for statement in said]
        assert denied(either, case_id) == 1
    assert told[kept] == told[others] == told[never]


def test_a_look_up_that_was_denied_does_not_end_an_officers_hour(instance: Instance) -> None:
    with instance.app.app_context():
        case_id = opening.open_case(instance.user("housing_officer")).id
    keep_out(instance, case_id, "senior_officer")
    with instance.app.app_context():
        me = instance.user("housing_officer").id
    instance.client("senior_officer").get(f"/cases/{case_id}")
    with instance.app.app_context():
        last = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
        assert last is not None
        assert last.action == audit.DENIED
        assert not audit.acted_since(case_id, last.at, me)


# ---- letters, links, pickers, and what is under way


def test_no_letter_no_link_and_no_allocation_reaches_them(
    instance: Instance, lead: FlaskClient, officer: FlaskClient, senior: FlaskClient
) -> None:
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        made, _ = sharing.share(
            instance.user("housing_officer"), record_id, None, "H", "Officer", "Senior_Officer@test.example", "x"
        )
        share_id = made.id
        telling.note(db.session, "disagreement", case_id, share_id)
        asked = db.session.scalars(select(Telling).where(Telling.kind == "disagreement")).one()
        heard = owners.owner_of(asked)
        assert heard is not None
        assert heard.email == "senior_officer@test.example"
        db.session.rollback()
    keep_out(instance, case_id, "senior_officer")
    keep_out(instance, case_id, "housing_officer")
    with instance.app.app_context():
        made = db.session.get_one(Share, share_id)
        assert made.revoked_at is not None, "a link sent to their address ends"
        telling.note(db.session, "disagreement", case_id, share_id)
        asked = db.session.scalars(select(Telling).where(Telling.kind == "disagreement")).one()
        # The lead decided, and from the senior officer it is kept: another lead is asked.
        heard = owners.owner_of(asked)
        assert heard is not None
        assert heard.email == "second_lead@test.example"
        db.session.rollback()
        with pytest.raises(CaseProblem):
            sharing.share(
                instance.user("safeguarding_lead"), record_id, None, "H", "Officer", "senior_officer@test.example", "x"
            )
        other, senior_id = instance.user("other_officer").id, instance.user("senior_officer").id
        with pytest.raises(CaseProblem):
            handing.hand_over(instance.user("safeguarding_lead"), case_id, instance.version(case_id), senior_id, "x")
    page = lead.get(f"/cases/{case_id}/allocate").text
    assert other in page
    assert senior_id not in page
    refused = lead.post(
        f"/cases/{case_id}/records/{record_id}/share",
        data={
            "version": instance.version(case_id), "name": "H", "role": "Officer", "email": "senior_officer@test.example", "why": "x",
            "relation": "professional", "needs": "the_record",
        },
    )  # fmt: skip
    assert refused.status_code == 422
    assert "keeps this case from whoever has this address" in refused.text


def test_a_form_that_was_open_saves_nothing_any_more(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    assert officer.get(f"/cases/{case_id}/addresses/new").status_code == 200
    keep_out(instance, case_id, "housing_officer")
    typed = {"version": instance.version(case_id), "kind": "former", "address": "9 Before Road", "postcode": ""}
    assert officer.post(f"/cases/{case_id}/addresses/new", data=typed).status_code == 404
    with instance.app.app_context():
        assert "9 Before Road" not in [a.address for a in db.session.get_one(Case, case_id).addresses]


def test_a_number_that_a_kept_case_carries_opens_a_case_and_tells_nothing(instance: Instance) -> None:
    """Whoever it is kept from and opens a case with its number gets what they would get without it; the leads see the pair."""
    case_id, _ = instance.import_case("h2", "TN-99")
    keep_out(instance, case_id, "housing_officer")
    client = instance.client("housing_officer")
    answer = client.post("/cases/open", data={"council_number": "TN-99"})
    assert answer.status_code == 302
    assert case_id not in str(answer.headers)
    opened = answer.headers["Location"].rsplit("/", 1)[1]
    with instance.app.app_context():
        pairs: list[Any] = [{p.first[0], p.second[0]} for p in pairs_of(instance)]
        assert {case_id, opened} in pairs
        with writing() as session:  # the page that opened it, sent again by them, opens another
            kept = session.get_one(Case, case_id)
            kept.created_by = instance.user("housing_officer").id
    again = client.post("/cases/open", data={"council_number": "", "opening": case_id})
    assert case_id not in str(again.headers)


def pairs_of(instance: Instance) -> Any:
    return numbers.unsettled(instance.user("second_lead"))


def test_the_list_costs_no_query_more(instance: Instance, lead: FlaskClient) -> None:
    ids = [instance.import_case("h1")[0] for _ in range(6)]
    lead.get("/cases")
    with counted(instance) as without:
        lead.get("/cases")
    for case_id in ids[:4]:
        keep_out(instance, case_id, "safeguarding_lead")
    with counted(instance) as some:
        assert lead.get("/cases").text.count("H1-") == 2
    assert len(some) == len(without)
