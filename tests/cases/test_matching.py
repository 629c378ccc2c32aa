"""A household is held against staff. What is found is told to safeguarding leads, and to nobody whom it is about, by no byte of any answer."""

from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import User
from app.audit.models import AuditEvent
from app.cases import handing, matches, matching, opening, own
from app.cases import service as cases
from app.cases.models import Case, CaseAddress, CaseExclusion, CaseMember
from app.cases.service import CaseProblem
from app.cases.ties import PossibleMatch, StaffTie
from app.database import new_id, writing
from app.extensions import db
from app.letters import owners
from app.notifications.models import Telling
from app.sharing import service as sharing
from tests.conftest import Instance

from .test_exclusions import plain, second_lead
from .test_sealed import seal

REASON = "Rung the mother on the safe number."


def account(instance: Instance, name: str, role: str = "senior_officer") -> str:
    """Somebody more who works here; gives by what the tests know them."""
    who = name.casefold().replace(" ", "_")
    with instance.app.app_context():
        accounts.create_account(name, f"{who}@test.example", role)
    return who


def household(
    instance: Instance, *names: str, address: str = "", postcode: str = "", by: str = "housing_officer"
) -> str:
    """A case with these people, opened and written by an officer."""
    with instance.app.app_context():
        user = instance.user(by)
        case_id = opening.open_case(user).id
        for name in names:
            values = {"kind": "adult", "name": name}
            cases.save_member(user, case_id, instance.version(case_id), None, values)
        if address:
            values = {"kind": "former", "address": address, "postcode": postcode}
            cases.save_address(user, case_id, instance.version(case_id), None, values)
        return case_id


def found(instance: Instance, case_id: str) -> list[tuple[str, bool, list[str]]]:
    """Who waits: name, whether the case is kept from them, and by which rules."""
    with instance.app.app_context():
        rows = db.session.execute(
            select(User.name, PossibleMatch.holds, PossibleMatch.grounds)
            .join(User, User.id == PossibleMatch.user_id)
            .where(PossibleMatch.case_id == case_id, PossibleMatch.settled_at.is_(None))
            .order_by(User.name)
        )
        return [(name, holds, sorted({rule for rule, _ in grounds})) for name, holds, grounds in rows]


def tie(instance: Instance, who: str, kind: str, name: str = "", address: str = "", postcode: str = "") -> None:
    with instance.app.app_context():
        own.add(instance.user(who), kind, name, address, postcode)


# ---- the rules


@pytest.mark.parametrize(
    ("theirs", "ours", "meet"),
    [
        ("Zoë O’Brien", "Zoe OBrien", True),
        ("ZOE O'BRIEN", "Zoë O’Brien", True),
        ("O’Brien, Zoë", "Zoë O’Brien", True),
        ("Mohammed Ali Khan", "Mohammed Khan", True),
        ("Mohammed Ali Khan", "Ali Khan", False),
        ("Zoë", "Zoë", False),
        ("Zoë Khan", "Ali Khan", False),
        ("", "", False),
    ],
)
def test_a_full_name_in_whatever_spelling(instance: Instance, theirs: str, ours: str, meet: bool) -> None:
    with instance.app.app_context():
        here = {kind: dict.fromkeys(each, "M") for kind, each in matching.keys_of_name(theirs).items()}
        assert bool(matching.met(here, matching.keys_of_name(ours))) == meet


@pytest.mark.parametrize(
    ("theirs", "ours", "meet"),
    [
        (("12 Before Road", "B14 7ET"), ("12 before rd, Birmingham", "b147et"), True),
        (("Flat 3, 12 Before Road", "B14 7ET"), ("12 Before Road Flat 3, B14 7ET", ""), True),
        (("Flat 3, 12 Before Road", "B14 7ET"), ("Flat 4, 12 Before Road", "B14 7ET"), False),
        (("12 Before Road", "B14 7ET"), ("12 Before Road", "B14 7EH"), False),
        (("The Old Mill", "B14 7ET"), ("The Old Mill, Before Road", "B14 7ET"), True),
        (("12 Before Road", ""), ("12 Before Road", ""), False),
    ],
)
def test_an_address_by_its_numbers_and_postcode(
    instance: Instance, theirs: tuple[str, str], ours: tuple[str, str], meet: bool
) -> None:
    with instance.app.app_context():
        here = {kind: dict.fromkeys(each, "A") for kind, each in matching.keys_of_home(*theirs).items()}
        assert any(m.rule == "same_address" for m in matching.met(here, matching.keys_of_home(*ours))) == meet


@given(st.sets(st.sampled_from(["name", "surname", "postcode", "address", "relation"])))
def test_never_by_a_surname_or_a_postcode_alone(kinds: set[str]) -> None:
    here = {kind: {"k": "M"} for kind in ("name", "surname", "postcode", "address")}
    person = {kind: {"k"} for kind in kinds}
    rules = {m.rule for m in matching.met(here, person)}
    assert bool(rules) == bool(kinds & {"name", "address", "relation"} or {"surname", "postcode"} <= kinds)
    assert matching.met({}, person) == []


# ---- found, and by whom


def test_each_rule_finds_and_keeps_the_case_from_them_until_a_lead_looked(either: Instance, lead: FlaskClient) -> None:
    by_name, by_home, by_former, by_relation = (
        account(either, name) for name in ("Nora Namesake", "Hugo Hearth", "Freda Now", "Rita Relative")
    )
    tie(either, by_home, "home", address="12 Before Road", postcode="B14 7ET")
    tie(either, by_former, "former_name", "Freda Earlier")
    tie(either, by_relation, "relation", "Ivan Invented")
    case_id = household(
        either, "NORA  Námesake", "Freda Earlier", "Ivan Invented", address="12 Before Rd", postcode="B14 7ET"
    )
    assert found(either, case_id) == [
        ("Freda Now", True, ["full_name"]), ("Hugo Hearth", True, ["same_address"]),
        ("Nora Namesake", True, ["full_name"]), ("Rita Relative", True, ["relation"]),
    ]  # fmt: skip
    for who in (by_name, by_home, by_former, by_relation):
        client = either.client(who)
        assert client.get(f"/cases/{case_id}").status_code == 404
        assert case_id not in client.get("/cases").text
    assert either.client("senior_officer").get(f"/cases/{case_id}").status_code == 200
    work = lead.get("/").text
    assert work.count("Somebody here may be of this household") == 4
    assert "Namesake" not in work.replace("NORA  Námesake", ""), "who it is, stands on its own page"
    page = lead.get(f"/cases/{case_id}/kept-from").text
    assert "Possible match: Nora Namesake, senior officer" in page


def test_a_surname_with_the_postcode_and_an_address_that_is_sealed(either: Instance) -> None:
    who = account(either, "Sam Sürname")
    tie(either, who, "home", address="3 Other Road", postcode="B14 7ET")
    assert found(either, household(either, "Ada Surname")) == []
    assert found(either, household(either, "Ada Else", address="12 Before Road", postcode="B14 7ET")) == []
    case_id = household(either, "Ada Surname", address="12 Before Road", postcode="B14 7ET")
    assert found(either, case_id) == [("Sam Sürname", True, ["surname_and_postcode"])]
    sealed = household(either, "Ada Surname")
    seal(either, sealed)
    with either.app.app_context():
        values = {"kind": "current", "address": "3 Other Road", "postcode": "B14 7ET"}
        cases.save_address(either.user("housing_officer"), sealed, either.version(sealed), None, values)
        row = db.session.scalars(select(CaseAddress).where(CaseAddress.case_id == sealed)).one()
        assert row.sealed
    assert found(either, sealed) == [("Sam Sürname", True, ["same_address", "surname_and_postcode"])]


def test_what_somebody_writes_down_later_is_held_against_every_case(either: Instance) -> None:
    who = account(either, "Lara Later")
    case_id = household(either, "Ivan Invented")
    assert found(either, case_id) == []
    tie(either, who, "relation", "Ivan Invented")
    assert found(either, case_id) == [("Lara Later", True, ["relation"])]
    other = household(either, "Nils Neuling")
    account(either, "Nils Neuling")
    assert found(either, other) == [("Nils Neuling", True, ["full_name"])]


def test_what_was_typed_of_oneself_stands_nowhere(either: Instance) -> None:
    who = account(either, "Lara Later")
    client = either.client(who)
    typed = {"kind": "home", "name": "", "address": "9 Ownhome Road", "postcode": "B45 9AQ"}
    assert client.post("/about-me", data=typed).status_code == 302
    assert client.post("/about-me", data={**typed, "kind": "relation", "name": "Ownhome"}).status_code == 422
    assert client.post("/about-me", data={**typed, "postcode": ""}).status_code == 422
    page = client.get("/about-me").text
    assert "Where I live, or lived" in page
    assert "Ownhome" not in page
    with either.app.app_context():
        row = db.session.scalars(select(StaffTie)).one()
        assert all(re.fullmatch(r"(postcode|address):[0-9a-f]{64}", key) for key in row.keys)
        tie_id = row.id
    either.client("other_officer").post(f"/about-me/{tie_id}/remove")
    with either.app.app_context():
        assert len(db.session.scalars(select(StaffTie)).all()) == 1, "another's is not taken out"
    client.post(f"/about-me/{tie_id}/remove")
    with either.app.app_context():
        assert db.session.scalars(select(StaffTie)).all() == []


# ---- the edge: the very officer whose case it is


def opened_by(client: FlaskClient, instance: Instance, name: str) -> tuple[str, list[str]]:
    """A case opened through the pages, with one person: its identifier, and every answer they get, with what is of one request masked."""
    said = []
    opening_id = new_id()
    answer = client.post("/cases/open", data={"council_number": "", "opening": opening_id})
    case_id = answer.headers["Location"].rsplit("/", 1)[-1]
    said.append(answer)
    values = {"version": instance.version(case_id), "kind": "adult", "name": name}
    said.append(client.post(f"/cases/{case_id}/members/new", data=values))
    for path in ("", "/household", "/chronology", "/members/new", "/kept-from", "/timeline", "/sealed-home"):
        said.append(client.get(f"/cases/{case_id}{path}"))
    said += [client.get("/"), client.get("/cases"), client.get("/about-me")]
    said.append(client.post("/search", data={"words": "Invented"}, follow_redirects=True))
    return case_id, [plain(str(a.status_code) + a.get_data(as_text=True)) for a in said]


@pytest.mark.parametrize("role", ["housing_officer", "senior_officer", "safeguarding_lead"])
def test_to_whoever_opens_it_a_match_and_none_are_the_same_bytes(either: Instance, role: str) -> None:
    """Two colleagues of names as long open a case of one household each; of one of them it is the own name, of the other nobody's."""
    second_lead(either)
    two = account(either, "Alba Invented", role)
    other_id, others = opened_by(either.client(two), either, "Alma Invented")
    assert found(either, other_id) == [], "nobody of that name works here yet"
    one = account(either, "Alma Invented", role)
    case_id, mine = opened_by(either.client(one), either, "Alma Invented")
    assert found(either, case_id) == [("Alma Invented", False, ["full_name"])]

    # What differs is who they are; and of a senior officer or lead, what the other one's case adds to their lists.
    def alike(answers: list[str]) -> list[str]:
        same = [each.replace("Alba", "Alma").replace("alba", "alma") for each in answers[:9]]
        # Whom a lead may keep a case from is everybody else who works here: of each of the two, the other.
        return [re.sub(r"<option[^>]*>Alma Invented[^<]*</option>\s*", "", each) for each in same]

    assert alike(mine) == alike(others)
    for answers in (mine, others):
        assert not any("match" in each.casefold() for each in answers)


def test_the_lead_is_told_at_once_that_they_work_on_it(either: Instance, lead: FlaskClient) -> None:
    who = account(either, "Alma Invented", "housing_officer")
    case_id, _ = opened_by(either.client(who), either, "Alma Invented")
    work = lead.get("/").text
    assert "They work on it now: look today. Say nothing to them." in work
    with either.app.app_context():
        told = db.session.scalars(select(Telling).where(Telling.kind == "possible_match")).one()
        assert owners.still_so(told)
        person = owners.kept_or_chosen(told)
        assert person is not None
        assert person.role == "safeguarding_lead"
        entries = list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "match.found")))
        assert [e.case_id for e in entries] == [""], "in no timeline of the case"
    # Handed over, it is kept from them.
    with either.app.app_context():
        officer = either.user("housing_officer").id
        handing.hand_over(either.user("senior_officer"), case_id, either.version(case_id), officer, "Leave.")
    assert found(either, case_id) == [("Alma Invented", True, ["full_name"])]
    assert either.client(who).get(f"/cases/{case_id}").status_code == 404


def test_a_lead_whom_it_is_about_sees_no_sign_of_it(either: Instance) -> None:
    second_lead(either)
    who = account(either, "Alma Invented", "safeguarding_lead")
    client = either.client(who)
    case_id, answers = opened_by(client, either, "Alma Invented")
    with either.app.app_context():
        match_id = db.session.scalars(select(PossibleMatch.id)).one()
    assert client.get(f"/cases/{case_id}/possible-match/{match_id}").status_code == 404
    assert not any("possible-match" in each for each in answers)
    with either.app.app_context():
        with pytest.raises(CaseProblem):
            matches.settle(either.user(who), case_id, match_id, False, REASON, sharing.end_links_to)
        told = db.session.scalars(select(Telling).where(Telling.kind == "possible_match")).one()
        assert owners.owner_of(told).name != "Alma Invented"  # type: ignore[union-attr]
    assert "Somebody here may be of this household" in either.client("second_lead").get("/").text


def test_an_auditor_finds_no_entry_of_what_was_found_of_them(either: Instance) -> None:
    account(either, "Alma Invented", "auditor")
    household(either, "Alma Invented")
    words = "Possible match of somebody here with a household"
    assert words not in either.client("alma_invented").get("/audit.csv?show=everything").text
    assert words in either.client("auditor").get("/audit.csv?show=everything").text


# ---- settled


def settled(instance: Instance, case_id: str, verdict: str, by: str = "safeguarding_lead") -> Any:
    with instance.app.app_context():
        match_id = db.session.scalars(select(PossibleMatch.id).where(PossibleMatch.settled_at.is_(None))).one()
    page = f"/cases/{case_id}/possible-match/{match_id}"
    client = instance.client(by)
    assert client.get(page).status_code == 200
    refused = client.post(page, data={"verdict": verdict, "reason": ""})
    assert refused.status_code == 422
    assert "Write how you know." in refused.text
    return client.post(page, data={"verdict": verdict, "reason": REASON})


def test_let_in_they_see_it_again_and_the_same_words_are_not_asked_again(either: Instance) -> None:
    who = account(either, "Alma Invented")
    case_id = household(either, "Alma Invented")
    assert either.client(who).get(f"/cases/{case_id}").status_code == 404
    version = either.version(case_id)
    assert settled(either, case_id, "let_in").status_code == 302
    assert either.version(case_id) == version, "no other version: whoever it is about is told nothing by it"
    page = either.client(who).get(f"/cases/{case_id}")
    assert page.status_code == 200
    assert REASON not in either.client(who).get(f"/cases/{case_id}/timeline").text
    with either.app.app_context():
        member = db.session.scalars(select(CaseMember).where(CaseMember.case_id == case_id)).one()
        values = {"name": "ALMA INVENTED", "relationship_": "Mother"}
        cases.save_member(either.user("housing_officer"), case_id, either.version(case_id), member.id, values)
    assert found(either, case_id) == []
    with either.app.app_context():
        cases.save_member(
            either.user("housing_officer"),
            case_id,
            either.version(case_id),
            None,
            {"kind": "adult", "name": "Ivan Invented"},
        )
    tie(either, who, "relation", "Ivan Invented")
    assert found(either, case_id) == [("Alma Invented", True, ["relation"])], "other words are"


def test_kept_out_it_is_an_exclusion_by_name(either: Instance) -> None:
    who = account(either, "Alma Invented", "housing_officer")
    case_id, _ = opened_by(either.client(who), either, "Alma Invented")
    assert settled(either, case_id, "kept_out").status_code == 302
    assert either.client(who).get(f"/cases/{case_id}").status_code == 404
    with either.app.app_context():
        row = db.session.scalars(select(CaseExclusion).where(CaseExclusion.case_id == case_id)).one()
        assert row.reason == REASON
        assert row.lifted_at is None
    assert "nobody works on it now" in either.client("safeguarding_lead").get(f"/cases/{case_id}/kept-from").text


def test_only_one_of_two_leads_settles_it(either: Instance) -> None:
    second_lead(either)
    account(either, "Alma Invented")
    case_id = household(either, "Alma Invented")
    with either.app.app_context():
        match_id = db.session.scalars(select(PossibleMatch.id)).one()
        matches.settle(either.user("second_lead"), case_id, match_id, True, REASON, sharing.end_links_to)
        with pytest.raises(CaseProblem):
            matches.settle(either.user("safeguarding_lead"), case_id, match_id, False, REASON, sharing.end_links_to)


def test_a_case_from_a_file_is_held_against_staff_too(either: Instance) -> None:
    account(either, "Zofia Wojcik")
    case_id, _ = either.import_case("h2")
    assert found(either, case_id) == [("Zofia Wojcik", True, ["full_name"])]


def test_nothing_is_kept_where_the_write_fails(instance: Instance) -> None:
    account(instance, "Alma Invented")
    case_id = household(instance, "Else One")
    with instance.app.app_context():
        with suppress(RuntimeError), writing() as session:
            case = cases.lock_case(session, case_id, None)
            case.members.append(CaseMember(key="A9", place=9, name="Alma Invented", kind="adult"))
            session.flush()
            raise RuntimeError
        assert db.session.scalars(select(PossibleMatch)).all() == []
        assert db.session.get_one(Case, case_id).version == instance.version(case_id)
