"""A visit: begun with a key of its own, opened by its officer alone, sent once and whole or not at all."""

from __future__ import annotations

import base64
import io
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.audit.models import AuditEvent
from app.cases.models import Case, CaseConversation, CaseMember
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.visits import sending, service
from app.visits.models import Photograph, Visit
from tests.conftest import Instance
from tests.conversations.test_sheet import sent

from . import pictures
from .pictures import picture


class OnPhone:
    """A visit of H1, begun."""

    def __init__(self, instance: Instance, officer: FlaskClient) -> None:
        self.instance, self.officer = instance, officer
        self.case_id, self.assessment_id = instance.import_case("h1")
        self.begin_at = f"/cases/{self.case_id}/assessments/{self.assessment_id}/visit"
        begun = officer.post(self.begin_at)
        assert begun.status_code == 302
        self.visit_id = begun.headers["Location"].rpartition("/")[2]
        self.cookie = begun.headers["Set-Cookie"]
        self.path = f"/cases/{self.case_id}/visits/{self.visit_id}"
        self.sheet = officer.get(self.path + "/sheet").json["html"]

    def rows(self) -> list[str]:
        return re.findall(r'data-row="([^"]+)"', self.sheet)

    def row(self, criterion: str) -> str:
        return next(row for row in self.rows() if row.startswith(criterion + "-"))

    def parcel(self, files: Any = (), **chosen: Any) -> dict[str, Any]:
        day = today()
        seen = dict(re.findall(r'name="([^"]+\.seen)" value="([^"]*)"', self.sheet))
        mine = {f"{name.split('.')[0]}.seen": seen.get(f"{name.split('.')[0]}.seen", "0:") for name in chosen}
        kept = [(io.BytesIO(content), "cot.jpg") for _, content in files]
        by_name: dict[str, Any] = {}
        for (name, _), file in zip(files, kept, strict=True):
            by_name.setdefault(f"{name}.photo", []).append(file)
        return {
            "how": "face_to_face", "on-day": day.day, "on-month": day.month, "on-year": day.year, "left": "7", **mine, **chosen, **by_name,
        }  # fmt: skip

    def send(self, files: Any = (), by: FlaskClient | None = None, **chosen: Any) -> Any:
        client = by or self.officer
        return client.post(self.path + "/send", data=self.parcel(files, **chosen), content_type="multipart/form-data")

    def answers(self) -> list[SavedAnswer]:
        with self.instance.app.app_context():
            of_visit = select(SavedAnswer).where(SavedAnswer.conversation == self.visit_id)
            return list(db.session.scalars(of_visit))

    def photographs(self) -> list[Photograph]:
        with self.instance.app.app_context():
            return list(db.session.scalars(select(Photograph).where(Photograph.case_id == self.case_id)))

    def conversations(self) -> list[CaseConversation]:
        with self.instance.app.app_context():
            of = select(CaseConversation).where(CaseConversation.key == self.visit_id)
            return list(db.session.scalars(of))


@pytest.fixture
def phone(instance: Instance, officer: FlaskClient) -> OnPhone:
    return OnPhone(instance, officer)


@pytest.fixture
def either_phone(either: Instance, officer: FlaskClient) -> OnPhone:
    return OnPhone(either, officer)


def test_it_is_sent_once_and_whole_with_the_photograph_of_the_cot(either_phone: OnPhone) -> None:
    phone, cot = either_phone, either_phone.row("CS01")
    chosen, before = {cot: "ready", phone.row("CS10"): "working"}, phone.instance.version(phone.case_id)
    done = phone.send([(cot, picture())], **chosen)
    assert done.status_code == 200, done.json
    then = phone.instance.version(phone.case_id)
    assert then > before, "whoever has a page of the case open hears of it"
    again = phone.send([(cot, picture())], **chosen)
    assert (again.status_code, again.json) == (200, done.json), "the connection was lost, and it is sent again"
    assert phone.instance.version(phone.case_id) == then
    saved = {f"{a.criterion}-{a.subject}": a for a in phone.answers()}
    assert set(saved) == set(chosen)
    assert (saved[cot].value, saved[cot].grade, saved[cot].source_name, saved[cot].on) == (
        "ready",
        "E2",
        "Housing Officer",
        today(),
    )
    (held,) = phone.conversations()
    assert (held.speaker, held.came, held.on) == ("seen", "partly", today())
    (kept,) = phone.photographs()
    assert (kept.answer_id, kept.on, kept.visit_id) == (saved[cot].id, today(), phone.visit_id)
    with phone.instance.app.app_context():
        visit = db.session.get_one(Visit, phone.visit_id)
        assert (visit.ended_why, visit.key) == ("sent", None), "what the phone still holds can be read by nobody"


def test_the_same_visit_with_other_content_is_refused(phone: OnPhone) -> None:
    cot = phone.row("CS01")
    assert phone.send(**{cot: "ready"}).status_code == 200
    for other in (phone.send(**{cot: "none"}), phone.send([(cot, picture())], **{cot: "ready"})):
        assert other.status_code == 409
        assert "what was sent then stands" in other.json["problem"]
    assert [a.value for a in phone.answers()] == ["ready"]
    assert phone.photographs() == []


def test_two_that_send_at_once_store_it_once(either_phone: OnPhone) -> None:
    phone, cot = either_phone, either_phone.row("CS01")
    clients = [phone.instance.client("housing_officer") for _ in range(4)]
    with ThreadPoolExecutor(4) as hands:
        done = list(hands.map(lambda c: phone.send([(cot, picture())], by=c, **{cot: "ready"}).status_code, clients))
    assert done == [200] * 4
    assert (len(phone.answers()), len(phone.photographs()), len(phone.conversations())) == (1, 1, 1)


def test_it_is_stored_whole_or_not_at_all(phone: OnPhone) -> None:
    """One photograph is none: neither the answers nor the other photograph are there, and the visit is still to be sent."""
    cot, alarm = phone.row("CS01"), phone.row("CS10")
    chosen = {cot: "ready", alarm: "working"}
    back = phone.send([(cot, picture()), (alarm, pictures.archive())], **chosen)
    assert back.status_code == 422
    assert list(back.json["problems"]) == [f"{alarm}.photo"]
    assert (phone.answers(), phone.photographs(), phone.conversations()) == ([], [], [])
    assert phone.officer.get(phone.path + "/key").status_code == 200
    assert phone.send([(cot, picture())], **chosen).status_code == 200


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        (pictures.archive(), "This is not a photograph"),
        (pictures.SCRIPT, "This is not a photograph"),
        (pictures.says_it_is_huge(), "more than 25 million points"),
        (picture()[:400], "is not whole"),
        (picture() + b"x" * (8 * 1024 * 1024), "more than 8 million bytes"),
        (b"", "Nothing is in this file"),
    ],
)
def test_what_is_no_photograph_is_refused_beside_its_row(phone: OnPhone, sent: bytes, why: str) -> None:
    cot = phone.row("CS01")
    back = phone.send([(cot, sent)], **{cot: "ready"})
    assert back.status_code == 422
    assert why in back.json["problems"][f"{cot}.photo"]
    assert phone.answers() == []


def test_more_than_may_be_sent_at_once_is_refused(phone: OnPhone) -> None:
    cot = phone.row("CS01")
    assert phone.send([(cot, b"x" * (17 * 1024 * 1024))], **{cot: "ready"}).status_code == 413
    many = phone.send([(cot, picture(colour=(n, n, n))) for n in range(13)], **{cot: "ready"})
    assert (many.status_code, many.json["problems"][f"{cot}.photo"]) == (422, sending.TOO_MANY)
    other = phone.officer.post(f"/cases/{phone.case_id}/household", data={"left_note": "x" * (5 * 1024 * 1024)})
    assert other.status_code == 413, "other pages take words, as before"
    outside = phone.instance.client().post(
        phone.path + "/send", data={"p": (io.BytesIO(b"x" * 5_000_000), "x")}, content_type="multipart/form-data"
    )
    assert outside.status_code == 413, "nobody who is not signed in sends more than before"


def test_a_photograph_or_words_without_an_answer_are_refused_beside_it(phone: OnPhone) -> None:
    cot = phone.row("CS01")
    for chosen in ({f"{cot}.note": ""}, {cot: "unknown"}):
        back = phone.send([(cot, picture())], **chosen)
        assert (back.status_code, back.json["problems"][f"{cot}.photo"]) == (422, sending.NO_ANSWER)
    alone = phone.send(**{f"{cot}.note": "It stood by the radiator."})
    assert (alone.status_code, alone.json["problems"][cot]) == (422, sending.WORDS_ALONE)
    empty = phone.send()
    assert (empty.status_code, empty.json["problems"]) == (422, {"key": sending.NOTHING})


def test_what_others_said_meanwhile_stands_beside_it(phone: OnPhone, instance: Instance) -> None:
    cot = phone.row("CS01")
    path = f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/sheets/provider"
    page = instance.client("senior_officer").get(path).text

    done = instance.client("senior_officer").post(path, data=sent(page, person="Pat Rowe", **{cot: "none"}))
    assert done.status_code == 302
    assert phone.send(**{cot: "ready"}).status_code == 200
    with instance.app.app_context():
        criterion, _, subject = cot.partition("-")
        row = db.session.scalars(
            select(SavedAnswer).where(
                SavedAnswer.criterion == criterion, SavedAnswer.subject == subject, SavedAnswer.case_id == phone.case_id
            )
        ).all()
        by = {a.source_name: a for a in row}
        assert by["Pat Rowe"].id not in by["Housing Officer"].supersedes, "the provider’s no still stands"


def test_what_the_officer_wrote_at_the_desk_meanwhile_gives_way_only_when_it_was_seen(
    phone: OnPhone, instance: Instance
) -> None:
    cot = phone.row("CS01")
    path = f"/cases/{phone.case_id}/assessments/{phone.assessment_id}/sheets/officer"

    page = phone.officer.get(path).text
    assert phone.officer.post(path, data=sent(page, person="Housing Officer", **{cot: "none"})).status_code == 302
    back = phone.send(**{cot: "ready"})
    assert (back.status_code, back.json["problems"]) == (422, {cot: sending.OWN_SINCE})
    assert phone.answers() == []
    again = phone.send(**{cot: "ready", **back.json["seen"]})
    assert again.status_code == 200, "looked at, and chosen again"


def test_somebody_taken_out_of_the_case_meanwhile_is_said_and_nothing_is_lost(
    phone: OnPhone, instance: Instance
) -> None:
    cot = phone.row("CS01")
    with instance.app.app_context(), writing() as session:
        member = select(CaseMember).where(CaseMember.case_id == phone.case_id, CaseMember.key == cot.partition("-")[2])
        session.delete(session.scalars(member).one())
    back = phone.send(**{cot: "ready", phone.row("CS10"): "working"})
    assert (back.status_code, back.json["problems"]) == (422, {cot: sending.TAKEN_OUT})
    assert phone.answers() == []


# ---- the key


def test_the_key_is_of_the_officer_who_began_it_alone(phone: OnPhone, instance: Instance) -> None:
    mine = phone.officer.get(phone.path + "/key")
    assert (mine.status_code, len(base64.b64decode(mine.json["key"]))) == (200, 32)
    assert mine.headers["Cache-Control"] == "no-store"
    assert instance.client("housing_officer").get(phone.path + "/key").json["key"] == mine.json["key"], (
        "signed in afresh"
    )
    for who in ("senior_officer", "safeguarding_lead"):
        other = instance.client(who)
        for answer in (
            other.get(phone.path + "/key"),
            other.get(phone.path + "/sheet"),
            phone.send(by=other),
            other.post(phone.path + "/give-up"),
        ):
            assert (answer.status_code, answer.json["over"]) == (409, "not_yours"), who
            assert mine.json["key"] not in answer.text
    for who in ("other_officer", "auditor", "administrator", None):
        assert instance.client(who).get(phone.path + "/key").status_code in (302, 403, 404)
    with instance.app.app_context():
        visit = db.session.get_one(Visit, phone.visit_id)
        assert base64.b64decode(mine.json["key"]) not in (visit.key or b""), "sealed where it is kept"
        looked = db.session.scalars(select(AuditEvent.action).where(AuditEvent.object_id == phone.visit_id)).all()
        assert {"visit.begun", "visit.opened"} <= set(looked)


def test_after_seven_days_it_is_gone_and_said_so(either_phone: OnPhone) -> None:
    phone, instance = either_phone, either_phone.instance
    with time_machine.travel(datetime.now(UTC) + timedelta(days=6, hours=23), tick=True):
        assert instance.client("housing_officer").get(phone.path + "/key").status_code == 200
    with time_machine.travel(datetime.now(UTC) + timedelta(days=7, hours=1), tick=True):
        client = instance.client("housing_officer")
        gone = client.get(phone.path + "/key")
        assert (gone.status_code, gone.json["over"]) == (410, "gone")
        assert "not sent within seven days" in gone.json["problem"]
        assert phone.send(by=client, **{phone.row("CS01"): "yes"}).status_code == 410
        with instance.app.app_context():
            service.let_go()
            service.let_go()
            visit = db.session.get_one(Visit, phone.visit_id)
            assert (visit.key, visit.ended_why) == (None, "gone")
        assert client.get(phone.path + "/key").json == gone.json
    assert phone.answers() == []


def test_given_up_it_is_over(phone: OnPhone) -> None:
    assert phone.officer.post(phone.path + "/give-up").status_code == 200
    assert phone.officer.post(phone.path + "/give-up").status_code == 200
    assert phone.officer.get(phone.path + "/key").status_code == 410
    assert phone.send(**{phone.row("CS01"): "yes"}).status_code == 410


# ---- what the phone is given


def test_nobody_is_named_on_the_phone_and_no_address_is(instance: Instance, officer: FlaskClient) -> None:
    for name in ("h1", "h2", "h3", "h5"):
        case_id, assessment_id = instance.import_case(name)
        begun = officer.post(f"/cases/{case_id}/assessments/{assessment_id}/visit").headers["Location"]
        given = officer.get(f"/cases/{case_id}/visits/{begun.rpartition('/')[2]}/sheet").text
        with instance.app.app_context():
            case = db.session.get_one(Case, case_id)
            words = {case.reference, *(part for m in case.members for part in m.name.split() if len(part) > 2)}
            words |= {a.address for a in case.addresses} | {s.name for s in case.services if s.name}
            words |= {c.source_name for c in case.conversations if c.source_name}
            words.discard("Domestic abuse service")  # a body of the council’s list
        assert "Child 1" in given
        assert [w for w in words if w in given] == []
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/visit").text
    with instance.app.app_context():
        assert all(m.name in page for m in db.session.get_one(Case, case_id).members), (
            "before leaving, who is meant is read"
        )


def test_the_page_of_a_visit_holds_nothing_of_anybody(officer: FlaskClient, instance: Instance) -> None:
    for client in (officer, instance.client()):
        page = client.get("/visit/")
        assert page.status_code == 200
        assert "Housing Officer" not in page.text
        assert 'name="csrf_token" value=""' in page.text
    assert officer.get("/visit/").text == instance.client().get("/visit/").text
    assert officer.get("/visit/worker.js").mimetype == "text/javascript"


# ---- signing out


def test_signing_out_warns_of_what_is_not_sent_and_leaves_it(phone: OnPhone, instance: Instance) -> None:
    client = instance.client("housing_officer")
    plain = instance.client("housing_officer").post("/sign-out")
    assert (plain.status_code, plain.headers["Clear-Site-Data"]) == (302, '"cache", "storage"'), (
        "a browser that holds none"
    )
    client.set_cookie("case-by-case-visit", "1", path="/sign-out")
    warned = client.post("/sign-out")
    assert warned.status_code == 200
    assert "has not been sent" in warned.text
    assert client.get("/").status_code == 200, "still signed in"
    out = client.post("/sign-out", data={"anyway": "1"})
    assert (out.status_code, out.headers["Clear-Site-Data"]) == (302, '"cache"')
    other = instance.client("senior_officer")
    other.set_cookie("case-by-case-visit", "1", path="/sign-out")
    theirs = other.post("/sign-out")
    assert (theirs.status_code, theirs.headers["Clear-Site-Data"]) == (302, '"cache"'), (
        "nor does somebody else’s take it away"
    )
    assert "Path=/sign-out" in phone.cookie
    assert "HttpOnly" in phone.cookie


def test_a_visit_to_a_family_that_expects_a_child_nobody_has_entered_says_who_is_meant(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        mother = session.scalars(select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.key == "M")).one()
        mother.pregnant, mother.due = True, today() + timedelta(days=60)
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/visit")
    assert page.status_code == 200
    assert "Unborn child" in page.text
