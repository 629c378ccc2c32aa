"""A household parts in two: what goes along, what stays, and that nothing of where they are is seen from the case they left."""

from __future__ import annotations

import re
import subprocess
from datetime import timedelta
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case, CaseAddress, CaseMember
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.lives.models import LifeStep
from app.records.models import Record
from tests.cases.test_exclusions import keep_out
from tests.conftest import Instance
from tests.old.walk import filled

from .acting import day_of, send
from .test_born import ROW, told
from .test_known import VIEWS, WARNING, WAY


def text_of(pdf: bytes) -> str:
    return subprocess.run(["pdftotext", "-raw", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()


def home(instance: Instance, case_id: str) -> dict[str, str]:
    """Of each way and each present address: it stays."""
    with instance.app.app_context():
        ways = db.session.scalars(select(LifeStep.id).where(LifeStep.case_id == case_id, LifeStep.kind == "way")).all()
        homes = db.session.scalars(
            select(CaseAddress.id).where(CaseAddress.case_id == case_id, CaseAddress.kind == "current")
        ).all()
    return {f"goes_{key}": "stays" for key in (*ways, *homes)}


def part(
    instance: Instance, case_id: str, *who: str, signed_in: str = "housing_officer", **more: Any
) -> tuple[int, str]:
    typed = {"who": list(who), "limited": "yes", "why": "She says that she fled him.", "source": "The mother", "grade": "E1",
             **day_of("on", today()), **home(instance, case_id), **more}  # fmt: skip
    status, text = send(instance, case_id, "part", signed_in, **typed)
    return status, errors_of(text)


def errors_of(text: str) -> str:
    return "".join(re.findall(r"error-summary__list.*?</ul>", text, re.S))


def made_from(instance: Instance, case_id: str) -> Case:
    with instance.app.app_context():
        left = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == "parted")).one()
        of = db.session.scalars(select(LifeStep.case_id).where(LifeStep.about == left.id)).one()
        return db.session.get_one(Case, of)


WHERE = "9 Zedmarker Lane"
NUMBER = "0161 496 0777"
WHY = "Qarkmarker: she fled him in the night."


def people(instance: Instance, case_id: str) -> set[str]:
    with instance.app.app_context():
        return {m.key for m in db.session.get_one(Case, case_id).members}


def test_those_who_leave_have_a_case_and_what_is_known_of_them(either: Instance) -> None:
    case_id, _ = either.import_case("h1")
    name, _, grave = ROW
    day = today() - timedelta(days=40)
    worry = told(either, case_id, name, "B1", grave, day, source="Hester")
    of_him = told(either, case_id, "SM01", "F", "now", day, source="Quentin")
    send(either, case_id, "warnings", **{**WARNING, **day_of("due", today() + timedelta(days=30))})
    send(either, case_id, "views", **{**VIEWS, "who": "B2"})
    status, text = part(either, case_id, "M", "B1", "B2")
    assert status == 302, text
    new = made_from(either, case_id)
    assert (people(either, case_id), people(either, new.id)) == ({"F"}, {"M", "B1", "B2"})
    assert new.restricted
    assert new.council_number == ""
    with either.app.app_context():
        there = db.session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == new.id)).all()
        same = next(a for a in there if (a.criterion, a.subject, a.source_name) == (name, "B1", "Hester"))
        was = db.session.get_one(SavedAnswer, worry)
        kept = ("value", "grade", "on", "source_name", "source_role", "recorded_at", "recorded_by")
        assert [getattr(same, k) for k in kept] == [getattr(was, k) for k in kept]
        assert not [a for a in there if a.subject == "F" or a.source_name == "Quentin"], (
            "what is about him is not theirs"
        )
        assert db.session.get(SavedAnswer, of_him) is not None
        steps = db.session.scalars(select(LifeStep).where(LifeStep.case_id == new.id)).all()
        assert {s.kind for s in steps} == {"came", "warning", "views"}
        old, made = db.session.get_one(Case, case_id), db.session.get_one(Case, new.id)
        mine = {"M", "B1", "B2", None}
        assert len(made.contacts) == len([c for c in made.contacts if c.child in mine]) > 0
        assert {e.who for e in made.events} <= mine
        assert made.nights_asked == old.nights_asked
        assert made.lead_accepted is None
        assert made.domestic_abuse == old.domestic_abuse
        left = db.session.scalars(
            select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.left_on.is_not(None))
        )
        assert {m.key for m in left} == {"M", "B1", "B2"}, "nothing is deleted"
    lead = either.client("safeguarding_lead")
    for one in (case_id, new.id):
        chronology = lead.get(f"/cases/{one}/chronology?show=everything").text
        assert "Hester" in chronology, "the worry of the child stays in view on both sides"
    assert "Quentin" in lead.get(f"/cases/{case_id}/chronology").text
    assert "Quentin" not in lead.get(f"/cases/{new.id}/chronology").text


def test_what_reassured_of_the_household_is_asked_anew_and_its_worries_go_along(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    day = today() - timedelta(days=3)
    told(instance, case_id, "CS26", "household", "none_seen", day, source="Calmer")
    told(instance, case_id, "CS26", "household", "declined", day, source="Graver")
    status, text = part(instance, case_id, "M", "B1", "B2")
    assert status == 302, text
    new = made_from(instance, case_id)
    with instance.app.app_context():
        of_all = [
            a
            for a in db.session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == new.id))
            if a.subject == "household"
        ]
        assert {a.source_name for a in of_all if a.criterion == "CS26"} == {"Graver"}
        assert all(a.note.startswith("Said of the household that they left.") for a in of_all)


@pytest.mark.parametrize(
    ("who", "more", "said"),
    [
        ((), {}, "Choose who leaves."),
        (("M", "F", "B1", "B2"), {}, "Everybody would leave."),
        (("B1", "B2"), {}, "Nobody of those who leave is an adult."),
        (("M", "F"), {}, "Nobody who stays is an adult."),
        (("M",), day_of("on", today() + timedelta(days=1)), "in the future"),
        (("M",), {"why": ""}, "Say what happened."),
        (("M",), {"limited": ""}, "Choose who may see their case."),
        (("Z9",), {}, "Choose from the answers shown"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    instance: Instance, who: tuple[str, ...], more: dict[str, str], said: str
) -> None:
    case_id, _ = instance.import_case("h1")
    status, text = part(instance, case_id, *who, **more)
    assert status == 422
    assert said in text
    with instance.app.app_context():
        assert len(db.session.scalars(select(Case.id)).all()) == 1
        assert not db.session.scalars(select(LifeStep.id)).all()


def test_while_an_assessment_waits_for_a_decision_nobody_parts(instance: Instance) -> None:
    case_id, _ = instance.submitted("h1")
    status, text = part(instance, case_id, "M", "B1", "B2")
    assert status == 422
    assert "waits for a safeguarding lead’s decision" in text


def test_the_unborn_goes_where_its_mother_goes(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        member = CaseMember(key="U9", place=9, name="Unborn", kind="unborn", mother="M", case_id=case_id)
        session.add(member)
    status, text = part(instance, case_id, "M", "B1", "B2")
    assert (status, "An unborn child goes where its mother goes." in text) == (422, True)
    assert part(instance, case_id, "M", "B1", "B2", "U9")[0] == 302


def read_all(instance: Instance, case_id: str, who: str) -> dict[str, str]:
    """Everything that somebody reads of a case, by address, and the pages across cases."""
    client, found = instance.client(who), {}
    with instance.app.test_request_context():
        case = db.session.get_one(Case, case_id)
        paths = [
            url_for(rule.endpoint, **values)
            for rule in instance.app.url_map.iter_rules()
            if "case_id" in rule.arguments and "GET" in (rule.methods or ())
            for values in filled(rule, case)[:3]
        ]
    paths += [
        "/",
        "/cases",
        "/search?q=Zedmarker",
        "/search?q=0161+496+0777",
        "/stock",
        "/visits",
        "/audit",
        "/audit.csv",
    ]
    for path in paths:
        answer = client.get(path)
        assert answer.status_code < 500, path
        is_pdf = answer.mimetype == "application/pdf"
        found[path] = (
            text_of(answer.data) if is_pdf else answer.get_data(as_text=True).replace(path, "").replace("q=", "")
        )
    return found


def marked(instance: Instance) -> tuple[str, str]:
    """A household whose case told of a safe number and a place of theirs, and that parted; gives both cases."""
    case_id, _ = instance.decided("h1")
    send(
        instance,
        case_id,
        "reach",
        **{**WAY, "how": "safe", "code": "telephone", "place": NUMBER, "said": "Her sister’s."},
    )
    with instance.app.app_context(), writing() as session:
        case = cases.lock_case(session, case_id, None)
        case.addresses.append(CaseAddress(kind="current", address=WHERE, postcode=""))
        session.flush()
        audit.record(session, "case.changed", "addresses", case.addresses[-1].id, case.id)
    more: dict[str, str] = {}
    with instance.app.app_context():
        way = db.session.scalars(select(LifeStep.id).where(LifeStep.case_id == case_id)).one()
        flat = db.session.scalars(select(CaseAddress.id).where(CaseAddress.address == WHERE)).one()
        more = {f"goes_{way}": "with", f"goes_{flat}": "with"}
    before = read_all(instance, case_id, "senior_officer")
    assert [p for p, said in before.items() if WHERE in said], "the control: it was seen here"
    assert [p for p, said in before.items() if NUMBER in said]
    status, text = part(
        instance, case_id, "M", "B1", "B2", **{**home(instance, case_id), **more}, why=WHY, to="8 Zedmarker Court"
    )
    assert status == 302, text
    return case_id, made_from(instance, case_id).id


def test_nothing_says_where_they_are_to_whoever_may_not_see_their_case(either: Instance) -> None:
    case_id, new_id = marked(either)
    with either.app.app_context():
        reference = db.session.get_one(Case, new_id).reference
    marks = ("Zedmarker", NUMBER, "Qarkmarker", reference, new_id)
    read = read_all(either, case_id, "senior_officer")
    assert len(read) > 40
    assert {(path, mark) for path, said in read.items() for mark in marks if mark in said} == set()
    assert "these people belong to another household" in read[f"/cases/{case_id}"]
    assert either.client("senior_officer").get(f"/cases/{new_id}").status_code == 404
    control = read_all(either, new_id, "safeguarding_lead")
    for mark in marks[:4]:
        assert [path for path, said in control.items() if mark in said], mark
    lead = either.client("safeguarding_lead")
    assert reference in lead.get(f"/cases/{case_id}").text, "whoever may see both is led on"
    exported = either.app.test_cli_runner().invoke(args=["case", "export", _reference(either, case_id)]).output
    assert not [mark for mark in marks if mark in exported]


def test_who_is_kept_from_a_case_is_kept_from_that_of_those_who_left(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    keep_out(instance, case_id, "auditor")
    assert part(instance, case_id, "M", "B1", "B2", limited="no")[0] == 302
    new = made_from(instance, case_id)
    assert instance.client("auditor").get(f"/cases/{new.id}").status_code == 404
    assert instance.client("senior_officer").get(f"/cases/{new.id}").status_code == 200
    keep_out(instance, new.id, "senior_officer")
    page = instance.client("senior_officer").get(f"/cases/{case_id}").text
    assert new.reference not in page
    assert "these people belong to another household" in page


def test_a_decided_record_is_the_same_and_can_be_made_again(instance: Instance) -> None:
    case_id, _ = instance.decided("h1")
    with instance.app.app_context():
        record = db.session.scalars(select(Record).where(Record.case_id == case_id)).one()
        before, key = bytes(record.body), record.id
    assert part(instance, case_id, "M", "B1", "B2")[0] == 302
    with instance.app.app_context():
        assert bytes(db.session.get_one(Record, key).body) == before
    assert instance.client("safeguarding_lead").get(f"/cases/{case_id}/records/{key}").status_code == 200


def test_sent_twice_it_makes_one_case(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    version = str(instance.version(case_id))
    assert part(instance, case_id, "M", "B1", "B2", version=version)[0] == 302
    assert part(instance, case_id, "M", "B1", "B2", version=version)[0] == 422
    with instance.app.app_context():
        assert len(db.session.scalars(select(Case.id)).all()) == 2


def _reference(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        return db.session.get_one(Case, case_id).reference
