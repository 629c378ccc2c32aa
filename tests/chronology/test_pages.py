"""The chronology of a case: every source on its day, with how far it counts; filters, paper and table; who may see it."""

from __future__ import annotations

import csv
import io
import re
import subprocess
from datetime import timedelta
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.audit.models import AuditEvent
from app.cases import history, service
from app.cases.models import CaseContact, CaseConversation, CaseEvent
from app.checklists import read_folder
from app.clocks import today
from app.database import new_id, now, writing
from app.extensions import db
from app.placements.models import PlaceConsidered
from tests.cases.test_lists import counted
from tests.conftest import Instance
from tests.records.tags import faults

# Two answers to “GP”, as they are stored.
HERE, THERE = list(read_folder().criteria["SA01"].options)[:2]


def page_of(client: FlaskClient, case_id: str, asked: str = "") -> str:
    answer = client.get(f"/cases/{case_id}/chronology{asked}")
    assert answer.status_code == 200, answer.status_code
    return str(answer.text)


def table_of(client: FlaskClient, case_id: str, asked: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/cases/{case_id}/chronology.csv{asked}")
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))


def answered(case_id: str, user: Any, **values: Any) -> str:
    """One more answer, as it is stored."""
    given = {
        "case_id": case_id, "unit_id": None, "value": HERE, "grade": "E3", "on": today(), "recorded_by": user.id,
        "source_name": "", "source_role": "", "source_agency": "", "supersedes": [], **values,
    }  # fmt: skip
    with writing() as session:
        service.lock_case(session, case_id, None)
        made = SavedAnswer(**given)
        session.add(made)
        session.flush()
        return made.id


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_every_household_has_one(either: Instance, name: str) -> None:
    case_id, _ = either.import_case(name)
    page = page_of(either.client("housing_officer"), case_id)
    assert "What happened and what was told" in page
    assert not re.search(r"\b(?:[A-Z]{2}\d{2}|E[0-4]|E1s|E0[0-9]{7})\b(?!-)", re.sub("<[^>]+>", " ", page)), "no code"
    assert "Chronology" in either.client("housing_officer").get(f"/cases/{case_id}").text


def test_what_a_parent_says_is_apart_from_what_a_professional_told(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    lines = table_of(officer, case_id, "?kind=health")
    assert len(lines) > 3
    bus = [line for line in lines if line["What was said"] == "“Bus strike.”"]
    assert [(line["What"], line["Which thing"]) for line in bus] == [
        ("6-8 week check: not brought", "What an adult of the household said")
    ]
    assert bus[0]["Counts as"] == "said by an adult of the household (the reason)"
    assert bus[0]["What this day is"] == "Happened"
    police = [line for line in table_of(officer, case_id, "?source=professional") if "PC Desk" in line["Who"]]
    assert {line["Counts as"] for line in police} == {"a named professional told us"}
    assert not [line for line in table_of(officer, case_id, "?source=family") if "PC Desk" in line["Who"]]


def test_a_replaced_answer_stays_with_what_replaced_it_and_when(either: Instance) -> None:
    case_id, _ = either.import_case("h1")
    officer = either.client("housing_officer")
    with either.app.app_context():
        user = either.user("housing_officer")
        first = answered(
            case_id, user, criterion="SA01", subject="M", value=THERE, source_name="Greta Gate", grade="E3"
        )
        answered(
            case_id, user, criterion="SA01", subject="M", value=HERE, source_name="Greta Gate", grade="E3",
            supersedes=[first], reason="She looked it up.", note="Registered since May.",
        )  # fmt: skip
    said = [line for line in table_of(officer, case_id) if line["Who"] == "Greta Gate"]
    assert len(said) == 2
    old, new = sorted(said, key=lambda line: line["What became of it"] == "")
    assert old["What became of it"].startswith("Replaced on ")
    assert "(Greta Gate): " in old["What became of it"]
    assert old["What became of it"].casefold().endswith(new["What was said"].casefold())
    assert "Takes the place of what was said on" in new["More"]
    assert "Registered since May." in new["More"]
    assert "She looked it up." in new["More"]


def test_two_sources_that_differ_stand_side_by_side(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    officer = either.client("housing_officer")
    with either.app.app_context():
        user = either.user("housing_officer")
        for value, who, grade in ((HERE, "Mother Example", "E1"), (THERE, "Greta Gate", "E3")):
            answered(case_id, user, criterion="SA01", subject="B", value=value, source_name=who, grade=grade)
    page = page_of(officer, case_id)
    assert "Accounts that differ" in page
    beside = page.split("Accounts that differ")[1].split("<table")[0]
    assert "Greta Gate" in beside
    assert "Mother Example" in beside
    assert "who is right is not said here" in beside
    differ = [line for line in table_of(officer, case_id) if line["Another source says otherwise"] == "yes"]
    assert {"Greta Gate", "Mother Example"} <= {line["Who"] for line in differ}
    with either.app.app_context():  # one of them says what the other says: they differ no more
        user = either.user("housing_officer")
        old = db.session.scalars(select(SavedAnswer.id).where(SavedAnswer.source_name == "Greta Gate")).one()
        answered(
            case_id, user, criterion="SA01", subject="B", value=HERE, source_name="Greta Gate", grade="E3", supersedes=[old]
        )  # fmt: skip
    standing = [line for line in table_of(officer, case_id) if line["Another source says otherwise"] == "yes"]
    assert not [line for line in standing if line["Who"] == "Mother Example"]


def test_silence_is_shown_as_silence(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    officer = either.client("housing_officer")
    values = {
        "agency": "probation",
        "question": "Is this address compatible?",
        "ground": "Duty",
        "asked": today() - timedelta(days=9),
    }
    with either.app.app_context():
        user = either.user("housing_officer")
        history.save(
            user, case_id, either.version(case_id), "enquiries", None, {**values, "due": today() - timedelta(days=7)}
        )
        history.save(
            user, case_id, either.version(case_id), "enquiries", None, {**values, "due": today() + timedelta(days=1)}
        )
    lines = [
        line for line in table_of(officer, case_id, "?kind=asked") if line["What"].startswith("Nobody had answered")
    ]
    assert [line["Day"] for line in lines] == [(today() - timedelta(days=7)).isoformat()], (
        "and not where it is not due yet"
    )
    page = page_of(officer, case_id)
    assert "Silence is no answer, and clears nothing" in page
    assert "cbc-chron__silence" in page


def test_day_told_and_day_it_happened_are_kept_apart(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        code = next(c.id for c in read_folder().criteria.values() if c.answer == "date" and c.subject == "child")
        answered(case_id, instance.user("housing_officer"), criterion=code, subject="B", value=(today() - timedelta(days=20)).isoformat(),
                 source_name="Hester Visitor", on=today() - timedelta(days=2))  # fmt: skip
    [line] = [line for line in table_of(officer, case_id) if line["Who"] == "Hester Visitor"]
    assert line["Day"] == (today() - timedelta(days=20)).isoformat()
    assert line["What this day is"] == "Happened"
    assert line["Day it was told"] == (today() - timedelta(days=2)).isoformat()


def test_what_was_overwritten_or_taken_out_is_still_there(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    officer = either.client("housing_officer")
    with either.app.app_context():
        user = either.user("housing_officer")
        for note in ("First words of why.", "Later words of why."):
            service.change(user, case_id, either.version(case_id), {"left_note": note})
        history.save(
            user,
            case_id,
            either.version(case_id),
            "events",
            None,
            {"kind": "move", "on": today(), "what": "Moved by mistake."},
        )
        number = len(history.entries(db.session.get_one(service.Case, case_id), "events")) - 1
        history.remove(user, case_id, either.version(case_id), "events", number)
    said = {line["What was said"]: line for line in table_of(officer, case_id, "?kind=changed")}
    assert said["First words of why."]["What became of it"] == "Changed to: Later words of why."
    assert said["Moved by mistake."]["What became of it"] == "Taken away"


def test_it_is_narrowed_by_person_source_kind_and_day(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    everything = table_of(officer, case_id)
    bobbie = table_of(officer, case_id, "?person=B1")
    assert 3 < len(bobbie) < len(everything)
    assert {line["About"] for line in bobbie} == {"Bobbie Example"}
    nobody = table_of(officer, case_id, "?person=household")
    assert nobody
    assert {line["About"] for line in nobody} == {""}
    day = today() - timedelta(days=1)
    on = f"until-day={day.day}&until-month={day.month}&until-year={day.year}"
    before = table_of(officer, case_id, f"?{on}")
    assert before
    assert all(line["Day"] and line["Day"] <= day.isoformat() for line in before)
    since = on.replace("until", "since")
    assert all(line["Day"] >= day.isoformat() for line in table_of(officer, case_id, f"?{since}"))
    page = page_of(officer, case_id, "?person=B1&kind=decision")
    assert "There is no line of what you chose. That is not to say that nothing happened." in page


@pytest.mark.parametrize(
    "asked",
    ["person=ZZ", "kind=x", "source=x", "since-day=31&since-month=2&since-year=2026", "since-day=9",
     "since-day=2&since-month=1&since-year=2026&until-day=1&until-month=1&until-year=2026"],
)  # fmt: skip
def test_what_cannot_be_chosen_is_said_beside_its_box(instance: Instance, officer: FlaskClient, asked: str) -> None:
    case_id, _ = instance.import_case("h2")
    answer = officer.get(f"/cases/{case_id}/chronology?{asked}")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert officer.get(f"/cases/{case_id}/chronology.csv?{asked}").status_code == 422
    assert officer.get(f"/cases/{case_id}/chronology.pdf?{asked}").status_code == 422


@pytest.mark.parametrize("page", ["0", "-1", "x", "99", "9999999"])
def test_a_page_that_there_is_not_is_none(instance: Instance, officer: FlaskClient, page: str) -> None:
    case_id, _ = instance.import_case("h2")
    assert officer.get(f"/cases/{case_id}/chronology?page={page}").status_code == 404


def filled(instance: Instance, case_id: str, number: int) -> None:
    """So many lines more, of the tables that grow."""
    with instance.app.app_context():
        user = instance.user("housing_officer")
        with writing() as session:
            case = service.lock_case(session, case_id, None)
            for n in range(number // 5):
                day = today() - timedelta(days=n)
                session.add(CaseEvent(case_id=case_id, place=100 + n, kind="move", on=day, what=f"Moved {n}"))
                session.add(
                    CaseContact(
                        case_id=case_id,
                        place=100 + n,
                        child=case.members[-1].key,
                        what=f"Look {n}",
                        on=day,
                        outcome="kept",
                    )
                )
                session.add(
                    CaseConversation(
                        case_id=case_id,
                        place=100 + n,
                        key=new_id(),
                        speaker="document",
                        on=day,
                        source_name=f"Paper {n}",
                    )
                )
                session.add(SavedAnswer(case_id=case_id, criterion="SA01", subject="B", value=HERE, grade="E3", on=day,
                                        source_name=f"Voice {n}", recorded_by=user.id, recorded_at=now()))  # fmt: skip
                session.add(
                    PlaceConsidered(
                        case_id=case_id,
                        on=day,
                        place=f"Place {n}",
                        came="waiting",
                        written_by=user.id,
                        written_by_name=user.name,
                    )
                )


@pytest.mark.parametrize("form", ["", ".csv"])
def test_the_same_number_of_queries_for_few_lines_and_for_five_hundred(
    instance: Instance, officer: FlaskClient, form: str
) -> None:
    case_id, _ = instance.import_case("h2")
    filled(instance, case_id, 5)
    officer.get("/")
    with counted(instance) as few:
        page = officer.get(f"/cases/{case_id}/chronology{form}")
    assert page.status_code == 200
    filled(instance, case_id, 500)
    with counted(instance) as many:
        page = officer.get(f"/cases/{case_id}/chronology{form}")
    assert page.status_code == 200
    assert len(many) == len(few)
    assert len(few) <= 32


def test_the_page_of_a_case_of_three_lines_asks_as_often(instance: Instance, officer: FlaskClient) -> None:
    """A case in which nobody is entered yet has the line that it was opened, and what is written down of the household."""
    with instance.app.app_context(), writing() as session:
        user = instance.user("housing_officer")
        case = service.Case(
            reference="BARE-1", created_by=user.id, assigned_to=user.id, left_note="Came in from the street."
        )
        session.add(case)
        session.flush()
        case_id = case.id
    officer.get("/")
    with counted(instance) as said:
        page = page_of(officer, case_id)
    assert "Came in from the street." in page
    assert len(said) <= 32


def test_it_is_paged_and_nobody_is_missed(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    filled(instance, case_id, 500)
    whole = page_of(officer, case_id)
    last = int(re.search(r"Page 1 of (\d+)", whole)[1])  # type: ignore[index]
    assert last >= 5
    pages = "".join(page_of(officer, case_id, f"?page={n}") for n in range(1, last + 1))
    for n in range(100):
        assert f">Moved {n}<" in pages.replace('<span class="cbc-preline">', ">") or f"Moved {n}" in pages
        assert f"Voice {n}" in pages
    assert "By year:" in whole


def test_it_is_taken_away_as_a_table_in_which_no_cell_is_a_formula(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        user = instance.user("housing_officer")
        history.save(
            user,
            case_id,
            instance.version(case_id),
            "events",
            None,
            {"kind": "move", "on": today(), "what": "=HYPERLINK(1)"},
        )
    assert any(line["What was said"] == "'=HYPERLINK(1)" for line in table_of(officer, case_id))


def test_on_paper_it_says_of_what_by_whom_when_and_whether_whole(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1", "PAPER-1")
    whole = officer.get(f"/cases/{case_id}/chronology.pdf")
    assert whole.mimetype == "application/pdf"
    assert "chronology-PAPER-1.pdf" in whole.headers["Content-Disposition"]
    assert list(faults(whole.data)) == []
    with pikepdf.open(io.BytesIO(whole.data)) as file:
        assert bool(file.Root.MarkInfo.Marked)
        assert str(file.Root.Lang) == "en-GB"
    said = text_of(whole.data)
    assert "Page 1 of" in said
    assert "Case PAPER-1. The whole chronology. Made by Housing Officer" in said
    assert "Bus strike." in said
    part = text_of(officer.get(f"/cases/{case_id}/chronology.pdf?person=B1&kind=health").data)
    assert "Only a part of it: about Bobbie Example; of what kind: health contacts" in part
    assert "PC Desk" not in part


def text_of(made: bytes) -> str:
    said = subprocess.run(
        ["pdftotext", "-layout", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    return re.sub(r"\s+", " ", said)


def test_every_look_and_every_download_is_noted(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    officer = either.client("housing_officer")
    page_of(officer, case_id)
    table_of(officer, case_id)
    officer.get(f"/cases/{case_id}/chronology.pdf")
    with either.app.app_context():
        noted = list(
            db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq))
        )
    assert noted[-3:] == ["chronology.viewed", "chronology.downloaded", "chronology.downloaded"]


def test_who_may_see_it_is_who_may_see_the_case(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    for role, code in (
        ("housing_officer", 200), ("senior_officer", 200), ("safeguarding_lead", 200), ("auditor", 200), ("administrator", 403),
    ):  # fmt: skip
        for form in ("", ".csv"):
            assert instance.client(role).get(f"/cases/{case_id}/chronology{form}").status_code == code, (role, form)
    with instance.app.app_context():
        service.restrict(instance.user("safeguarding_lead"), case_id, instance.version(case_id), True)
    assert instance.client("senior_officer").get(f"/cases/{case_id}/chronology").status_code == 404
    assert instance.client("housing_officer").get(f"/cases/{case_id}/chronology").status_code == 200


def test_no_link_leads_where_whoever_looks_may_not_go(instance: Instance) -> None:
    case_id, _ = instance.submitted("h1")
    for role in ("housing_officer", "auditor", "safeguarding_lead"):
        client = instance.client(role)
        page = page_of(client, case_id)
        addresses = set(re.findall(rf'href="(/cases/{case_id}[^"]*)"', page))
        assert len(addresses) > 3
        for address in addresses:
            assert client.get(address.replace("&amp;", "&")).status_code == 200, (role, address)
