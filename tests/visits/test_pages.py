"""Photographs on ordinary pages, without a script: kept with an answer of one’s own, shown to whoever may see the case, and noted."""

from __future__ import annotations

import io
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import delete, select, text, update
from sqlalchemy.exc import DBAPIError

from app.audit import verifying
from app.audit.models import AuditEvent
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.records import pdf
from app.records.models import Record
from app.visits.models import Photograph
from tests.conftest import Instance
from tests.conversations.test_sheet import sent
from tests.work.test_mine import jobs

from . import pictures
from .pictures import picture
from .test_sending import OnPhone

COT = "CS01-B1"


class AtDesk:
    """The officer’s sheet of H1, filled in at a desk: the cot was seen."""

    def __init__(self, instance: Instance, officer: FlaskClient) -> None:
        self.instance, self.officer = instance, officer
        self.case_id, self.assessment_id = instance.import_case("h1")
        self.path = f"/cases/{self.case_id}/assessments/{self.assessment_id}"
        page = officer.get(f"{self.path}/sheets/officer").text
        assert f"{self.path}/photographs" in page
        assert f"{self.path}/visit" in page
        done = officer.post(
            f"{self.path}/sheets/officer",
            data=sent(page, person="Housing Officer", how="face_to_face", **{COT: "ready"}),
        )
        assert done.status_code == 302
        self.choices = re.findall(r'<option value="([0-9a-f]{32})"', officer.get(f"{self.path}/photographs").text)

    def send(self, content: bytes, answer: str | None = None, by: FlaskClient | None = None) -> Any:
        data = {"answer": self.choices[0] if answer is None else answer, "photograph": (io.BytesIO(content), "cot.jpg")}
        return (by or self.officer).post(f"{self.path}/photographs", data=data, content_type="multipart/form-data")

    def kept(self) -> list[Photograph]:
        with self.instance.app.app_context():
            return list(db.session.scalars(select(Photograph).where(Photograph.case_id == self.case_id)))


@pytest.fixture
def desk(instance: Instance, officer: FlaskClient) -> AtDesk:
    return AtDesk(instance, officer)


def test_a_photograph_is_kept_with_its_day_and_stands_on_the_result(either: Instance, officer: FlaskClient) -> None:
    desk = AtDesk(either, officer)
    assert desk.send(pictures.with_place()).status_code == 302
    assert desk.send(pictures.with_place()).status_code == 302, "sent twice, kept once"
    (kept,) = desk.kept()
    assert (kept.on, kept.taken_by_name) == (today(), "Housing Officer")
    for page in (officer.get(f"{desk.path}/photographs").text, officer.get(f"{desk.path}/result").text):
        assert re.search(r'alt="Photograph of a cot on the first night, Bobbie Example"', page, re.IGNORECASE)
        assert f"/cases/{desk.case_id}/photographs/{kept.id}/small" in page
        assert "Seen by Housing Officer on" in page


def test_it_is_served_to_whoever_may_see_the_case_and_noted(desk: AtDesk, instance: Instance) -> None:
    assert desk.send(pictures.with_place()).status_code == 302
    (kept,) = desk.kept()
    path = f"/cases/{desk.case_id}/photographs/{kept.id}"
    for who in ("housing_officer", "senior_officer", "safeguarding_lead", "auditor"):
        for at in (path, path + "/small"):
            found = instance.client(who).get(at)
            assert (found.status_code, found.mimetype) == (200, "image/jpeg")
            assert found.headers["X-Content-Type-Options"] == "nosniff"
            assert found.headers["Content-Disposition"] == f"inline; filename=photograph-{today().isoformat()}.jpg"
            assert found.headers["Cache-Control"] == "no-store"
            assert found.data.startswith(b"\xff\xd8")
    other_case, _ = instance.import_case("h2")
    for who, at in (
        ("other_officer", path),
        ("administrator", path),
        (None, path),
        ("housing_officer", path.replace(desk.case_id, other_case)),
    ):
        assert instance.client(who).get(at).status_code in (302, 403, 404), (who, at)
    with instance.app.app_context():
        looked = select(AuditEvent).where(AuditEvent.action == "photograph.viewed", AuditEvent.object_id == kept.id)
        assert len(db.session.scalars(looked).all()) == 8


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (pictures.archive(), "This is not a photograph"),
        (pictures.SCRIPT, "This is not a photograph"),
        (pictures.SVG, "This is not a photograph"),
        (pictures.says_it_is_huge(), "more than 25 million points"),
        (picture()[:500], "is not whole"),
        (b"", "Nothing is in this file"),
    ],
)
def test_what_is_none_is_refused_beside_the_field(desk: AtDesk, content: bytes, why: str) -> None:
    back = desk.send(content)
    assert back.status_code == 422
    assert re.search(r'id="photograph-error"[^>]*>.*?' + why, back.text, re.DOTALL)
    assert desk.choices[0] in re.findall(r'value="(\w+)" selected', back.text), "what was chosen is still chosen"
    assert desk.kept() == []


def test_it_shows_what_they_saw_themselves_and_nothing_else(desk: AtDesk, instance: Instance) -> None:
    assert len(desk.choices) == 1
    assert desk.send(picture(), answer="").status_code == 422
    assert desk.send(picture(), answer="f" * 32).status_code == 422
    senior = instance.client("senior_officer")
    assert "You have written down nothing yet that you saw" in senior.get(f"{desk.path}/photographs").text
    assert desk.send(picture(), by=senior).status_code == 422
    assert desk.kept() == []


@pytest.mark.parametrize(
    "statement", [update(Photograph).values(taken_by_name="x"), delete(Photograph)], ids=["changed", "taken out"]
)
def test_a_photograph_is_never_changed_or_taken_out(either: Instance, officer: FlaskClient, statement: Any) -> None:
    assert AtDesk(either, officer).send(picture()).status_code == 302
    with either.app.app_context(), pytest.raises(DBAPIError), writing() as session:
        session.execute(statement)


def test_the_audit_misses_a_photograph_that_is_gone(desk: AtDesk, instance: Instance) -> None:
    assert desk.send(picture()).status_code == 302
    with instance.app.app_context(), db.engine.connect() as connection:
        connection.execute(text("DROP TRIGGER photograph_no_delete"))
        connection.execute(text("DELETE FROM photograph"))
        (found,) = verifying.verify(connection, verifying.Told())
        assert "the photograph that it made is gone" in found.says


def test_what_is_not_sent_is_work_until_it_is_sent_and_said_when_it_is_gone(
    instance: Instance, officer: FlaskClient
) -> None:
    phone = OnPhone(instance, officer)

    def said(days: int) -> list[str]:
        with time_machine.travel(datetime.now(UTC) + timedelta(days=days), tick=True):
            page = instance.client("housing_officer").get("/").text
            return [
                row
                for section in ("now", "soon", "later", "over")
                for row in jobs(page, section)
                if "isit begun on" in row
            ]

    assert any("Send the visit begun on" in row for row in said(0))
    assert any("was not sent, and is gone" in row for row in said(8))
    assert "isit begun on" not in instance.client("senior_officer").get("/").text, "nobody else can open it"
    assert phone.send(**{COT: "ready"}).status_code == 200
    assert said(0) == said(8) == []


def test_a_worker_may_stand_on_the_page_of_a_visit_alone(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    policy = {
        path: officer.get(path).headers["Content-Security-Policy"]
        for path in (
            "/",
            "/sign-in",
            f"/cases/{case_id}/assessments/{assessment_id}/visit",
            "/visit/worker.js",
            "/visit/",
        )
    }
    assert [path for path, said in policy.items() if "worker-src" in said] == ["/visit/"]
    assert policy["/visit/"].endswith("; worker-src 'self'")
    assert policy["/visit/"].startswith(policy["/"])


def test_the_annex_of_a_record_names_the_photograph_and_a_record_without_one_says_nothing_of_it(
    instance: Instance, officer: FlaskClient
) -> None:
    said = {}
    for with_one in (True, False):
        desk = AtDesk(instance, officer)
        if with_one:
            assert desk.send(picture()).status_code == 302
            (kept,) = desk.kept()
        instance.submit(desk.assessment_id)
        _, record_id = instance._decided(desk.case_id, desk.assessment_id)
        with instance.app.app_context():
            body = db.session.get_one(Record, record_id).body
        said[with_one] = body.decode(), pdf.html_of(json.loads(body))
    assert f'"photographs":["{kept.sha256}"]' in said[True][0]
    assert f"Photograph kept:</strong> SHA-256 {kept.sha256}" in re.sub("[\u2060\u200b\u00ad]", "", said[True][1])
    assert not any("hotograph kept" in part or '"photographs"' in part for part in said[False])
