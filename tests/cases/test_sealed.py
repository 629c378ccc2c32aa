"""A sealed home is in no answer of this service but one, and in that for nobody but who is named, or to whom two people released it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import event, select, text

from app.cases import sealed_home, sealing
from app.cases import service as cases
from app.cases.homes import HELD, SealedAddress
from app.cases.household import household_of
from app.cases.models import Case, CaseAddress
from app.cases.service import CaseProblem
from app.clocks import today
from app.database import Base, writing
from app.editions.models import Edition
from app.extensions import db
from app.finding.models import CaseFound
from app.lives import steps
from app.records import pdf
from app.records.models import Record
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.accounts.test_policy import Objects, calls
from tests.conftest import ROLES, Instance
from tests.editions.marked import everything_in

HOME, CODE = "77 Markerhome Terrace", "B13 8DD"
MARKS = ("Markerhome", "markerhome", "B13 8DD", "B138DD", "b138dd", "b13 8dd")
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
            instance.user(by),
            case_id,
            instance.version(case_id),
            WHY,
            wanted,
            steps.that_say,
            sharing.end_links_that_say,
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
    assert row.address.startswith(f"{HELD} (")
    assert row.postcode == ""
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        assert [home for _, home in sealed_home.of_case(db.session, case)] == [(HOME, CODE)]


def marks_at_rest(instance: Instance) -> list[str]:
    """The tables in which a mark stands, of every column there is."""
    found = []
    with instance.app.app_context():
        for table in Base.metadata.sorted_tables:
            for values in db.session.execute(text(f'SELECT * FROM "{table.name}"')):
                said = " ".join(
                    bytes(v).decode("utf-8", "replace") if isinstance(v, bytes | memoryview) else str(v) for v in values
                )
                if any(mark in said for mark in MARKS):
                    found.append(table.name)
    return found


def test_what_is_closed_opens_for_its_own_row_alone(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    other_id, _ = either.import_case("h2")
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
    ended = (
        "sign_out",
        "people_active",
        "restrict",
        "withdraw",
        "beside.remove",
        "allocate",
        "exclusions",
        "sealed.",
        "matches.",
        "lives.",
        "cases.remove",
    )
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
        answer = client.post("/search", data={"words": words}, follow_redirects=True)
        if objects.case_id in answer.text:
            found.append(("POST /search", words))
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
            steps.write(
                session, officer, objects.case_id, "left", on=today(), said="x", place=f"{HOME}, {CODE}", facts={}
            )
    with_home(instance, objects.case_id, "9 Markerhome Yard", "B13 8DD")
    with instance.app.app_context():  # entered by mistake, and taken out again
        case = db.session.get_one(Case, objects.case_id)
        gone = next(a.id for a in case.addresses if a.address == "9 Markerhome Yard")
        cases.save_address(instance.user("housing_officer"), case.id, case.version, gone, {"address": HOME})
        cases.remove_part(
            instance.user("housing_officer"), case.id, instance.version(objects.case_id), "addresses", gone
        )
    return objects


@contextmanager
def writing_in(instance: Instance) -> Iterator[Any]:
    with instance.app.app_context(), writing() as session:
        yield session


@pytest.mark.parametrize("who", PEOPLE)
def test_no_route_says_where_a_sealed_home_is(either: Instance, who: str) -> None:
    objects = sealed_objects(either)
    if who == "housing_officer":
        assert len(walked(either, objects, who)) >= 8, "the walk finds it before it is sealed"
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
        assert len(walked(instance, objects, "senior_officer")) >= 8
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
    assert case_id in officer.post("/search", data={"words": "Markerhome"}, follow_redirects=True).text
    seal(either, case_id)
    assert case_id not in officer.post("/search", data={"words": "Markerhome"}, follow_redirects=True).text
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


def test_what_was_made_before_does_not_leave_and_a_copy_of_it_does_without(
    either: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = either.import_case("h2")
    with_home(either, case_id)
    either.submit(assessment_id)
    _, record_id = either._decided(case_id, assessment_id)
    with either.app.app_context():
        user = either.user("housing_officer")
        made, _ = sharing.share(user, record_id, None, "Hester", "Health visitor", "h@nhs.example", "She visits.")
        share_id = made.id
        assert any(mark in db.session.get_one(Record, record_id).body.decode() for mark in MARKS), (
            "made before, it says it"
        )
    seal(either, case_id)
    with either.app.app_context():
        assert db.session.get_one(Share, share_id).revoked_at is not None
        with pytest.raises(CaseProblem, match="sealed since"):
            sharing.share(either.user("housing_officer"), record_id, None, "H", "HV", "h@nhs.example", "x")
        assert any(mark in db.session.get_one(Record, record_id).body.decode() for mark in MARKS), (
            "what is frozen stays"
        )
        number = db.session.get_one(Record, record_id).number
    page = officer.get(f"/cases/{case_id}/sealed-home").text
    assert f"Record {number}" in page, "the page says which papers say it still"
    for reader in ("lead_professional", "applicant_parent", "social_care", "health_visitor", "audit"):
        page = f"/cases/{case_id}/records/{record_id}/copies/{reader}"
        answer = officer.get(page)
        assert answer.status_code == 200, reader
        assert not any(mark in answer.text for mark in MARKS), reader
        typed = {
            "version": str(either.version(case_id)),
            "do": "make",
            **({"adult": "M"} if "parent" in reader else {}),
        }
        assert officer.post(page, data=typed).status_code == 302, reader
    with either.app.app_context():
        copies = list(db.session.scalars(select(Edition).where(Edition.case_id == case_id)))
        assert len(copies) == 5
        assert not [c.reader for c in copies if any(mark in c.body.decode() for mark in MARKS)]
        assert any(HELD in c.body.decode() for c in copies)


def test_where_people_typed_it_is_said_without_saying_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with_home(instance, case_id)
    with writing_in(instance) as session:
        cases.lock_case(session, case_id, None).left_note = "They fled to Markerhome Terrace, b13  8dd."
    seal(instance, case_id)
    page = officer.get(f"/cases/{case_id}/sealed-home").text
    assert "What is known of the household" in page
    assert not any(mark in page for mark in MARKS)
