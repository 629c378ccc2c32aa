"""What one may not see is not found, not counted, not hinted at; and what was typed is kept nowhere."""

from __future__ import annotations

import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.cases import service as cases
from app.cases.models import Case
from app.database import writing
from app.extensions import db
from app.finding import duplicates, sealed
from tests.cases.test_exclusions import keep_out, second_lead
from tests.cases.test_lists import counted
from tests.cases.test_numbers import masked
from tests.conftest import Instance

WORDS = ("wojcik", "zofia", "Zophia", "b14 7et", "invented lane", "hidden", "zzz", "14 March", "lucja wojcik")


def pages(instance: Instance, client: FlaskClient, who: str) -> dict[str, str]:
    """Every page of each search, as somebody gets it."""
    found = {}
    for words in WORDS:
        with instance.app.app_context():
            closed = sealed.close(instance.user(who).id, words)
        for page in ("", "&page=2"):
            answer = client.get(f"/search?s={closed}{page}")
            found[words + page] = f"{answer.status_code} {masked(answer.text).replace(closed, 'CLOSED')}"
    return found


@pytest.mark.parametrize("who", ["safeguarding_lead", "auditor", "housing_officer"])
def test_a_case_that_is_kept_from_somebody_changes_no_byte_of_any_search(either: Instance, who: str) -> None:
    second_lead(either)
    for number in range(3):
        either.import_case("h1", f"SEEN-{number}")
    client = either.client(who)
    before = pages(either, client, who)
    case_id, _ = either.import_case("h2", "HIDDEN-1")
    with either.app.app_context():
        user = either.user("housing_officer")
        values = {"kind": "former", "address": "9 Invented Lane", "postcode": "B14 7ET"}
        cases.save_address(user, case_id, either.version(case_id), None, values)
    assert pages(either, client, who) != before, "it is found while it may be seen"
    keep_out(either, case_id, who)
    assert pages(either, client, who) == before
    with either.app.app_context():
        person = duplicates.Somebody("Zofia Wójcik", None)
        assert duplicates.possible(either.user(who), [person]) == []


def test_a_restricted_case_is_found_by_its_officer_and_the_leads_alone(either: Instance) -> None:
    case_id, _ = either.import_case("h2", "CLOSED-1")
    either.import_case("h1", "OPEN-1")
    with either.app.app_context(), writing() as session:
        session.get_one(Case, case_id).restricted = True
    told = {who: "CLOSED-1" in str(pages(either, either.client(who), who)) for who in
            ("housing_officer", "other_officer", "senior_officer", "safeguarding_lead", "auditor")}  # fmt: skip
    assert told == {
        "housing_officer": True,
        "other_officer": False,
        "senior_officer": False,
        "safeguarding_lead": True,
        "auditor": True,
    }


def test_what_is_found_takes_the_same_queries_with_and_without_what_is_hidden(
    instance: Instance, lead: FlaskClient
) -> None:
    instance.import_case("h1", "ONE-1")
    with instance.app.app_context():
        closed = sealed.close(instance.user("safeguarding_lead").id, "wojcik")
    with counted(instance) as without:
        lead.get(f"/search?s={closed}")
    case_id, _ = instance.import_case("h2", "HIDDEN-1")
    keep_out(instance, case_id, "safeguarding_lead")
    with counted(instance) as with_it:
        lead.get(f"/search?s={closed}")
    assert with_it == without
    assert len(without) <= 14


def test_the_words_stand_in_no_address_no_log_and_no_entry_of_the_audit(
    either: Instance, officer: FlaskClient, capfd: pytest.CaptureFixture[str]
) -> None:
    either.import_case("h2", "QUIET-1")
    answer = officer.post("/search", data={"words": "Zofia Wójcik"})
    assert answer.status_code == 302
    assert not re.search("zofia|w.jcik", answer.headers["Location"], re.IGNORECASE)
    assert "QUIET-1" in officer.get(answer.headers["Location"]).text
    assert not re.search("zofia|w.jcik", "".join(capfd.readouterr()), re.IGNORECASE)
    with either.app.app_context():
        entries = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "found.viewed")).all()
        assert [(e.case_id, e.actor_role, e.plain) for e in entries] == [("", "housing_officer", {"found": 1})]
        assert "Zofia" not in json.dumps([e.plain for e in entries])


def test_a_search_opens_for_whoever_made_it_alone(instance: Instance, officer: FlaskClient, lead: FlaskClient) -> None:
    instance.import_case("h2", "MINE-1")
    address = officer.post("/search", data={"words": "wojcik"}).headers["Location"]
    assert "MINE-1" in officer.get(address).text
    for closed in (address, "/search?s=x", "/search?s=" + "A" * 900, "/search?s=é%00"):
        page = lead.get(closed)
        assert page.status_code == 200
        assert "That search has ended" in page.text
        assert "MINE-1" not in page.text


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "²", "1000000", "6"])
def test_a_page_that_there_is_not(instance: Instance, officer: FlaskClient, page: str) -> None:
    instance.import_case("h2", "MINE-1")
    address = officer.post("/search", data={"words": "wojcik"}).headers["Location"]
    assert officer.get(f"{address}&page={page}").status_code == 404


def test_more_than_a_page_is_paged_and_more_than_most_is_said(either: Instance, officer: FlaskClient) -> None:
    for number in range(23):
        either.import_case("h1", f"MANY-{number:02d}")
    address = officer.post("/search", data={"words": "many"}).headers["Location"]
    first, second = officer.get(address).text, officer.get(f"{address}&page=2").text
    names = re.findall(r">(MANY-\d\d)<", first) + re.findall(r">(MANY-\d\d)<", second)
    assert names == [f"MANY-{number:02d}" for number in reversed(range(23))], "the newest case first"
    assert "1 to 20 of 23" in first
    assert "21 to 23 of 23" in second


@pytest.mark.parametrize("role", ["administrator"])
def test_an_administrator_has_no_search(instance: Instance, role: str) -> None:
    client = instance.client(role)
    assert "cbc-find" not in client.get("/about-the-data").text
    assert client.get("/search").status_code == 403
    assert client.post("/search", data={"words": "x"}).status_code == 403
