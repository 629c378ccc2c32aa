"""A sealed home is in no answer of this service but one, and in that for nobody but who is named, or to whom two people released it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event, inspect, select, text

from app.accounts.policy import ROLES as EVERY_ROLE
from app.audit import details
from app.audit.models import AuditEvent
from app.cases import exclusions, sealed_home, sealing
from app.cases import service as cases
from app.cases.homes import HELD, HomeAsked, HomeSeal, SealedAddress
from app.cases.household import household_of
from app.cases.models import Case, CaseAddress
from app.cases.service import CaseProblem
from app.clocks import today
from app.database import Base, now, writing
from app.extensions import db
from app.finding.models import CaseFound
from app.lives import leaving, parting, steps
from app.lives.models import LifeStep
from app.notifications.models import Telling
from app.records import pdf
from app.records.models import Record
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.accounts.test_policy import Objects, calls
from tests.conftest import ROLES, Instance
from tests.editions.test_markers import everything_in

from .test_exclusions import keep_out

HOME, CODE = "77 Markerhome Terrace", "B45 9AQ"
MARKS = ("Markerhome", "markerhome", "B45 9AQ", "B459AQ", "b459aq", "b45 9aq")
WHY = "The father looks for them, says the mother."
PEOPLE = (*ROLES, "other_officer")


def with_home(instance: Instance, case_id: str, address: str = HOME, postcode: str = CODE) -> str:
    """An address where they live now, typed as anybody types one; gives its row."""
    with instance.app.app_context():
        values = {"kind": "current", "address": address, "postcode": postcode, "moved_in": today() - timedelta(days=9)}
        cases.save_address(instance.user("housing_officer"), case_id, instance.version(case_id), None, values)
        return next(a.id for a in db.session.get_one(Case, case_id).addresses if a.address == address or a.sealed)


def seal(instance: Instance, case_id: str, *named: str, by: str = "housing_officer") -> None:
    with instance.app.app_context():
        wanted = [instance.user(who).id for who in named or ("housing_officer",)]
        sealing.seal(
            instance.user(by), case_id, instance.version(case_id), WHY, wanted, steps.that_say, sharing.end_links_that_say
        )


def ask(instance: Instance, case_id: str, who: str, what: str = "show") -> str:
    with instance.app.app_context():
        return sealing.ask(instance.user(who), case_id, instance.version(case_id), what, "To bring the cot tonight.")


def settle(instance: Instance, case_id: str, who: str, asked_id: str, agrees: bool = True) -> None:
    with instance.app.app_context():
        sealing.settle(instance.user(who), case_id, instance.version(case_id), asked_id, agrees, "Rung her: it is so.")


def shown(instance: Instance, case_id: str, who: str) -> bool:
    answer = instance.client(who).post(f"/cases/{case_id}/sealed-home/show")
    return HOME in answer.text and CODE in answer.text


def row_of(instance: Instance, case_id: str) -> CaseAddress:
    with instance.app.app_context():
        return db.session.scalars(select(CaseAddress).where(CaseAddress.case_id == case_id, CaseAddress.sealed)).one()


# ---- at rest


def test_what_is_sealed_stands_plain_in_no_column_of_any_table(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    assert any(marks_at_rest(either)), "typed plain, it is found"
    seal(either, case_id)
    assert marks_at_rest(either) == []
    row = row_of(either, case_id)
    assert row.address == f"{HELD} (Birmingham)"
    assert row.postcode == ""
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        assert [home for _, home in sealed_home.of_case(db.session, case)] == [(HOME, CODE)]


def marks_at_rest(instance: Instance) -> list[str]:
    """The tables in which a mark stands, of every column there is."""
    found = []
    with instance.app.app_context():
        for table in Base.metadata.sorted_tables:
            for values in db.session.execute(text(f'SELECT * FROM "{table.name}"')):  # noqa: S608
                said = " ".join(bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in values)
                if any(mark in said for mark in MARKS):
                    found.append(table.name)
    return found


def test_what_is_closed_opens_for_its_own_row_alone(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    other_id, _ = either.import_case("h1")
    with_home(either, case_id)
    with_home(either, other_id, "1 Another Road", "B1 1BB")
    seal(either, case_id)
    seal(either, other_id)
    mine, other = row_of(either, case_id), row_of(either, other_id)
    with either.app.app_context():
        with writing() as session:
            closed = session.get_one(SealedAddress, mine.id).closed
            session.get_one(SealedAddress, other.id).closed = closed
        case = db.session.get_one(Case, other_id)
        assert [home for _, home in sealed_home.of_case(db.session, case)] == [("", "")], "moved, it opens nowhere"


def test_every_later_home_is_sealed_as_it_is_written(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    seal(either, case_id)
    row_id = with_home(either, case_id)
    assert marks_at_rest(either) == []
    with either.app.app_context():  # a postcode alone, and a note beside it, change no more than they say
        values = {"kind": "current", "postcode": "B1 1BB"}
        cases.save_address(either.user("housing_officer"), case_id, either.version(case_id), row_id, values)
        row = db.session.get_one(CaseAddress, row_id)
        assert row.postcode == ""
        assert sealed_home.opened(db.session, row) == (HOME, "B1 1BB")
        values = {"kind": "former", "moved_out": today()}
        cases.save_address(either.user("housing_officer"), case_id, either.version(case_id), row_id, values)
        row = db.session.get_one(CaseAddress, row_id)
        assert row.sealed, "where they lived while it was sealed stays sealed"
        assert sealed_home.opened(db.session, row) == (HOME, "B1 1BB")
    assert marks_at_rest(either) == []


# ---- Z6: no answer to anybody


def walked(instance: Instance, objects: Objects, who: str) -> list[tuple[str, str]]:
    """Every route for one person, asked for what is there; the answers in which a mark stands."""
    found = []
    ended = ("sign_out", "people_active", "restrict", "withdraw", "beside.remove", "allocate", "exclusions", "sealed.", "matches.", "lives.", "cases.remove")
    for rule, method, path in calls(instance, objects):
        if any(word in rule.endpoint for word in ended) and method == "POST":
            continue
        version = str(instance.version(objects.arguments(rule).get("case_id", objects.case_id)))
        answer = instance.client(who).open(path, method=method, data={"version": version} if method == "POST" else None)
        content = answer.get_data()
        said = everything_in(content) if content.startswith(b"%PDF") else content.decode("utf-8", "replace")
        said += str(answer.headers)
        found += [(f"{method} {path}", mark) for mark in MARKS if mark in said]
    client = instance.client(who)
    for words in ("Markerhome", CODE, "77 Markerhome Terrace"):  # the box says again what was searched for
        answer = client.post("/find", data={"words": words})
        if objects.case_id in answer.text:
            found.append(("POST /find", words))
    return found


def sealed_objects(instance: Instance) -> Objects:
    """Everything that an address can name, of a case whose home was typed plain, changed, left for and sealed."""
    objects = Objects(instance)
    with writing_in(instance) as session:  # the seal that stands there for the walk of the policy
        session.execute(text("DELETE FROM home_asked"))
        session.execute(text("DELETE FROM home_named"))
        session.execute(text("DELETE FROM home_seal"))
        session.execute(text("DELETE FROM possible_match"))
    row_id = with_home(instance, objects.case_id, "76 Markerhome Terrace")
    with instance.app.app_context():
        officer, version = instance.user("housing_officer"), instance.version(objects.case_id)
        cases.save_address(officer, objects.case_id, version, row_id, {"address": HOME})
        with writing() as session:
            cases.lock_case(session, objects.case_id, None)
            steps.write(session, officer, objects.case_id, "left", on=today(), said="x", place=f"{HOME}, {CODE}", facts={})
    with_home(instance, objects.case_id, "9 Markerhome Yard", "B45 9AQ")
    with instance.app.app_context():  # entered by mistake, and taken out again
        case = db.session.get_one(Case, objects.case_id)
        gone = next(a.id for a in case.addresses if a.address == "9 Markerhome Yard")
        cases.save_address(instance.user("housing_officer"), case.id, case.version, gone, {"address": HOME})
        cases.remove_part(instance.user("housing_officer"), case.id, instance.version(objects.case_id), "addresses", gone)
    return objects


@contextmanager
def writing_in(instance: Instance) -> Iterator[Any]:
    with instance.app.app_context(), writing() as session:
        yield session


@pytest.mark.parametrize("who", PEOPLE)
def test_no_route_says_where_a_sealed_home_is(either: Instance, who: str) -> None:
    objects = sealed_objects(either)
    if who == "housing_officer":
        assert len(walked(either, objects, who)) > 20, "the walk finds it before it is sealed"
    seal(either, objects.case_id, "housing_officer")
    with either.app.app_context():
        case = db.session.get_one(Case, objects.case_id)
        objects.address_id = next(a.id for a in case.addresses if a.sealed)
    assert walked(either, objects, who) == []


def test_with_a_guard_off_the_walk_is_red(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: each of the two guards alone. With the first off nothing is closed; with the second what was said before is told."""
    objects = sealed_objects(instance)
    event.remove(CaseAddress, "before_update", sealed_home._seal)
    try:
        seal(instance, objects.case_id)
        assert len(walked(instance, objects, "senior_officer")) > 10
    finally:
        event.listen(CaseAddress, "before_update", sealed_home._seal)
    with writing_in(instance) as session:  # once more written, it is closed
        session.execute(text("UPDATE case_address SET sealed = :no"), {"no": False})
        row = session.scalars(select(CaseAddress).where(CaseAddress.address == HOME)).one()
        row.sealed = True
    assert walked(instance, objects, "senior_officer") == []
    monkeypatch.setattr(sealed_home, "veil_of", lambda session, case_id: None)
    found = {path.rsplit("/", 1)[-1] for path, _ in walked(instance, objects, "senior_officer")}
    assert {"timeline", "chronology"} <= {each.partition("?")[0] for each in found}


def test_the_search_finds_it_before_and_not_after(either: Instance, officer: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    assert case_id in officer.post("/find", data={"words": "Markerhome"}).text
    seal(either, case_id)
    assert case_id not in officer.post("/find", data={"words": "Markerhome"}).text
    with either.app.app_context():
        found = db.session.scalars(select(CaseFound).where(CaseFound.case_id == case_id)).one()
        assert not any(mark in found.words + str(found.entries) for mark in MARKS)


# ---- Z7: nothing that leaves


def test_a_record_made_after_holds_it_nowhere_and_is_judged_alike(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id)
    either.submit(assessment_id)
    either._decided(case_id, assessment_id)
    with either.app.app_context():
        record = db.session.scalars(select(Record).where(Record.case_id == case_id)).one()
        assert not any(mark in record.body.decode() for mark in MARKS)
        said = everything_in(pdf.render(record.body))
        assert not any(mark in said for mark in MARKS)
        assert HELD in said
        file = household_of(db.session.get_one(Case, case_id)).model_dump_json()
        assert not any(mark in file for mark in MARKS)
        assert HELD in file


def test_what_was_made_before_does_not_leave_and_a_copy_of_it_does_without(either: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = either.import_case("h2")
    with_home(either, case_id)
    either.submit(assessment_id)
    _, record_id = either._decided(case_id, assessment_id)
    with either.app.app_context():
        user = either.user("housing_officer")
        made, _ = sharing.share(user, record_id, None, "Hester", "Health visitor", "h@nhs.example", "She visits.")
        share_id = made.id
        assert any(mark in db.session.get_one(Record, record_id).body.decode() for mark in MARKS), "made before, it says it"
    seal(either, case_id)
    with either.app.app_context():
        assert db.session.get_one(Share, share_id).revoked_at is not None
        with pytest.raises(CaseProblem, match="sealed since"):
            sharing.share(either.user("housing_officer"), record_id, None, "H", "HV", "h@nhs.example", "x")
        assert any(mark in db.session.get_one(Record, record_id).body.decode() for mark in MARKS), "what is frozen stays"
        number = db.session.get_one(Record, record_id).number
    page = officer.get(f"/cases/{case_id}/sealed-home").text
    assert f"Record {number}" in page, "the page says which papers say it still"
    for reader in ("lead_professional", "internal_audit", "social_care"):
        typed = {"version": str(either.version(case_id)), "preview": "1"}
        said = officer.get(f"/cases/{case_id}/records/{record_id}/copies/{reader}", query_string=typed).text
        assert not any(mark in said for mark in MARKS), reader


def test_where_people_typed_it_is_said_without_saying_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with_home(instance, case_id)
    with writing_in(instance) as session:
        cases.lock_case(session, case_id, None).left_note = "They fled to Markerhome Terrace, b45  9aq."
    seal(instance, case_id)
    page = officer.get(f"/cases/{case_id}/sealed-home").text
    assert "What is known of the household" in page
    assert not any(mark in page for mark in MARKS)


# ---- who sees it


def test_who_is_named_sees_it_and_nobody_else_whatever_their_role(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with_home(either, case_id)
    seal(either, case_id, "senior_officer", by="housing_officer")
    assert {who for who in PEOPLE if shown(either, case_id, who)} == {"senior_officer"}, "not even whoever sealed it"
    keep_out(either, case_id, "senior_officer")
    assert not shown(either, case_id, "senior_officer"), "to be named is nothing without sight of the case"
    with either.app.app_context():
        done = list(db.session.scalars(select(AuditEvent).where(AuditEvent.action == "home.shown")))
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
    assert case_id in officer.post("/find", data={"words": "Markerhome"}).text
    with either.app.app_context():
        assert db.session.scalars(select(SealedAddress.closed)).all() == [""]
    seal(either, case_id)
    assert marks_at_rest(either) == []


# ---- pages


def test_the_pages_say_what_is_sealed_and_whom_to_ask(instance: Instance, officer: FlaskClient, senior: FlaskClient) -> None:
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
    assert f"{HELD} (Birmingham)" in said
    assert ": ask Housing Officer" in said
    row = row_of(instance, case_id)
    form = officer.get(f"/cases/{case_id}/addresses/{row.id}").text
    assert "held sealed and not shown here" in form
    values = {"version": instance.version(case_id), "kind": "current", "address": "", "postcode": "", "placed_by_council": "unknown"}
    assert officer.post(f"/cases/{case_id}/addresses/{row.id}", data={**values, "postcode": "B1 1BB"}).status_code == 422
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
        assert {s.place for s in db.session.scalars(select(LifeStep).where(LifeStep.kind == "left"))} == {f"{HELD} (Birmingham)"}


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
        assert inspect(HomeAsked).local_table.name == "home_asked"
        assert exclusions.of_case(case_id) == []
        assert set(EVERY_ROLE) >= set(ROLES)
