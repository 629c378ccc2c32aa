"""Sharing a record: the link alone shows nothing, the code opens it once, and every step is on the timeline."""

from __future__ import annotations

import email
import email.policy
import re
import socket
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask.testing import FlaskClient
from sqlalchemy import select

from app.audit.models import AuditEvent
from app.database import now
from app.extensions import db
from app.records import service as records
from app.sharing import service
from app.sharing.models import Share
from tests.conftest import Instance

TO = {
    "name": "Hester Visitor",
    "role": "Health visitor",
    "relation": "professional",
    "email": "hester@nhs.example",
    "why": "She is the lead professional.",
}
SECRETS = ("Wójcik", "Łucja", "Zofia", "Invented Lane", "B14", "H2-", "buprenorphine", "R-20", "Hester")


def told(text: str) -> list[str]:
    """What of the family a text tells; a random token may hold any three letters by chance, and tells nothing."""
    return [s for s in SECRETS if s in re.sub(r"[A-Za-z0-9_.=-]{28,}", "", text)]


def shared(instance: Instance) -> tuple[Any, str, str, str]:
    """A record, shared and mailed: (officer, record path, link path, code)."""
    case_id, record_id = instance.decided("h2")
    officer = instance.client("housing_officer")
    path = f"/cases/{case_id}/records/{record_id}"
    page = officer.post(path + "/share", data={**TO, "version": str(instance.version(case_id))})
    assert page.status_code == 200
    code = re.search(r'id="code">(\d{4}) (\d{4})<', page.text)
    assert code
    with instance.app.app_context():
        records.make_pdf(record_id)
        share = db.session.scalars(select(Share)).one()
        service.send_mail(share.id)
    [mail] = (instance.settings.data / "mail").glob("*.eml")
    link = re.search(r"http://localhost(/shared/[\w-]+)", mail.read_text(encoding="utf-8"))
    assert link
    return officer, path, link[1], code[1] + code[2]


def test_the_mail_names_nobody(instance: Instance) -> None:
    shared(instance)
    [file] = (instance.settings.data / "mail").glob("*.eml")
    written = file.read_bytes().decode()
    assert told(written) == []
    assert file.stat().st_mode & 0o077 == 0
    message = email.message_from_string(written, policy=email.policy.default)
    assert message["To"] == "hester@nhs.example"
    assert message["Message-ID"]


def test_the_link_alone_shows_nothing_and_uses_nothing_up(instance: Instance) -> None:
    _, _, link, code = shared(instance)
    unknown = instance.app.test_client().get("/shared/" + "x" * 43)
    for agent in ("", "Mozilla/5.0 SafeLinks", "Slackbot", "GoogleImageProxy", "curl/8"):
        stranger = instance.app.test_client()
        page = stranger.get(link, headers={"User-Agent": agent})
        assert page.status_code == 200
        assert told(page.text) == []
        assert strip(page.text) == strip(unknown.text)
        stranger.head(link)
        assert stranger.get(link + "/record").status_code == 302
        assert stranger.get(link + "/record.pdf").status_code == 302
    assert instance.app.test_client().post(link, data={"code": code}).status_code == 302


def strip(page: str) -> str:
    return re.sub(r'value="[^"]*"', "", page)


def test_the_code_opens_the_record_once_and_the_recipient_answers(instance: Instance) -> None:
    officer, path, link, code = shared(instance)
    recipient = instance.app.test_client()
    assert recipient.post(link, data={"code": f"{code[:4]} {code[4:]}"}).headers["Location"] == link + "/record"
    page = recipient.get(link + "/record")
    assert "Suitable with conditions" in page.text
    with recipient.get(link + "/record.pdf") as made:
        assert made.data.startswith(b"%PDF")
    assert "Wójcik" not in made.headers["Content-Disposition"]
    assert instance.app.test_client().post(link, data={"code": code}).status_code == 422, "the code works once"
    disputed = recipient.post(link + "/record", data={"response": "disputed", "name": "Hester Visitor", "reason": ""})
    assert disputed.status_code == 422
    reason = "The pharmacy closes at noon on Saturday."
    assert (
        recipient.post(
            link + "/record", data={"response": "disputed", "name": "Hester Visitor", "reason": reason}
        ).status_code
        == 302
    )
    assert reason in officer.get(path).text
    again = recipient.post(link + "/record", data={"response": "acknowledged", "name": "Hester Visitor"})
    assert "recorded already" in again.text


def test_ten_wrong_codes_lock_the_link_for_good(instance: Instance, client: FlaskClient) -> None:
    officer, path, link, code = shared(instance)
    for number in range(5):
        assert client.post(link, data={"code": f"{number:08d}"}).status_code == 422
    assert client.post(link, data={"code": code}).status_code == 422, "five wrong ones use up a code"
    with instance.app.app_context():
        share_id = db.session.scalars(select(Share)).one().id
    fresh = officer.post(f"{path}/shares/{share_id}/code")
    new = re.search(r'id="code">(\d{4}) (\d{4})<', fresh.text)
    assert new
    for number in range(5):
        client.post(link, data={"code": f"{number:08d}"}, environ_overrides={"REMOTE_ADDR": "203.0.113.2"})
    from_elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.3"}}
    assert client.post(link, data={"code": new[1] + new[2]}, **from_elsewhere).status_code == 422
    assert "This link has ended" in officer.get(officer.post(f"{path}/shares/{share_id}/code").headers["Location"]).text


def test_a_revoked_link_ends_at_once_even_a_visit_under_way(instance: Instance, client: FlaskClient) -> None:
    officer, path, link, code = shared(instance)
    client.post(link, data={"code": code})
    assert client.get(link + "/record").status_code == 200
    with instance.app.app_context():
        share_id = db.session.scalars(select(Share)).one().id
    officer.post(f"{path}/shares/{share_id}/revoke")
    assert client.get(link + "/record").status_code == 302
    assert client.get(link + "/record.pdf").status_code == 302


@pytest.mark.parametrize(("days", "opens"), [(0.16, True), (0.17, False), (8, False)])
def test_the_code_lasts_four_hours_and_the_link_a_week(instance: Instance, days: float, opens: bool) -> None:
    _, _, link, code = shared(instance)
    with time_machine.travel(now() + timedelta(days=days)):
        assert (instance.app.test_client().post(link, data={"code": code}).status_code == 302) is opens


def test_neither_the_link_nor_the_code_is_stored(instance: Instance) -> None:
    _, _, link, code = shared(instance)
    with instance.app.app_context():
        share = db.session.scalars(select(Share)).one()
        stored = " ".join(str(getattr(share, c.key)) for c in Share.__table__.columns)
    assert link.rsplit("/", 1)[1] not in stored
    assert code not in stored


def test_sending_the_form_twice_shares_once(instance: Instance, officer: FlaskClient) -> None:
    case_id, record_id = instance.decided("h2")
    typed = {**TO, "version": str(instance.version(case_id))}
    assert officer.post(f"/cases/{case_id}/records/{record_id}/share", data=typed).status_code == 200
    second = officer.post(f"/cases/{case_id}/records/{record_id}/share", data=typed)
    assert second.status_code == 422
    assert "Somebody changed this case" in second.text
    with instance.app.app_context():
        assert len(db.session.scalars(select(Share)).all()) == 1


@pytest.mark.parametrize(
    ("case", "typed", "words"),
    [
        ("h1", {"relation": "family", "name": "Nan Invented", "role": "grandmother"}, "It is not shared with the family"),
        ("h1", {"name": "  marta   EXAMPLE "}, "This is the name of somebody of the household"),
        ("h1", {"relation": ""}, "Say who they are to this family"),
        ("h3", {"relation": "family", "name": "Rob Invented", "role": "husband, joint applicant"}, "must not be known"),
        ("h3", {"relation": "service", "name": "Elm School", "role": "head teacher"}, "any domestic abuse"),
    ],
)  # fmt: skip
def test_the_whole_record_goes_to_nobody_of_the_family_and_to_no_school_or_provider(
    instance: Instance, case: str, typed: dict[str, str], words: str, officer: FlaskClient
) -> None:
    """H1: no answer of probation or police about the father reaches the mother. H3: no copy to the husband, no address to a
    school, nothing of domestic abuse to a provider."""
    case_id, record_id = instance.decided(case)
    page = officer.post(
        f"/cases/{case_id}/records/{record_id}/share", data={**TO, **typed, "version": str(instance.version(case_id))}
    )
    assert page.status_code == 422
    assert words in page.text
    assert "She is the lead professional." in page.text
    with instance.app.app_context():
        assert db.session.scalars(select(Share)).all() == []
    assert list((instance.settings.data / "mail").glob("*.eml")) == []


@pytest.mark.parametrize(
    "address", ["nobody", "a@b", "two@x.example, three@x.example", "a b@x.example", "x@y.example\r\nBcc: z@y.example"]
)
def test_an_address_that_is_not_one_is_explained(instance: Instance, address: str, officer: FlaskClient) -> None:
    case_id, record_id = instance.decided("h2")
    typed = {**TO, "email": address, "version": str(instance.version(case_id))}
    answer = officer.post(f"/cases/{case_id}/records/{record_id}/share", data=typed)
    assert answer.status_code == 422
    assert "Enter an e-mail address" in answer.text


def test_every_step_is_on_the_timeline(instance: Instance, client: FlaskClient, auditor: FlaskClient) -> None:
    officer, path, link, code = shared(instance)
    client.post(link, data={"code": "00000000"})
    client.post(link, data={"code": code})
    client.get(link + "/record")
    client.post(link + "/record", data={"response": "acknowledged", "name": "Hester Visitor"})
    case_id = path.split("/")[2]
    with instance.app.app_context():
        actions = set(db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == case_id)))
    assert {
        "assessment.submitted", "decision.made", "record.issued", "record.rendered", "share.made", "share.mailed",
        "share.code_refused", "share.opened", "share.record_read", "share.acknowledged",
    } <= actions  # fmt: skip
    page = auditor.get(f"/cases/{case_id}/timeline").text
    assert "Acknowledged by the recipient" in page
    assert officer.get(f"/cases/{case_id}/timeline").status_code == 403


class Inbox:
    def __init__(self) -> None:
        self.messages: list[Any] = []

    async def handle_DATA(self, server: object, session: object, envelope: Any) -> str:  # noqa: N802 (aiosmtpd's name)
        self.messages.append(envelope)
        return "250 OK"


@pytest.fixture
def smtp() -> Iterator[tuple[Inbox, Controller]]:
    inbox = Inbox()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    controller = Controller(inbox, hostname="127.0.0.1", port=port)
    controller.start()
    yield inbox, controller
    controller.stop()


def test_by_smtp_the_same_mail_arrives_at_a_real_server_once(
    instance: Instance, smtp: tuple[Inbox, Controller]
) -> None:
    inbox, controller = smtp
    instance.app.config["SETTINGS"] = instance.settings.model_copy(
        update={"mail": "smtp", "smtp_host": "127.0.0.1", "smtp_port": controller.port}
    )
    _, record_id = instance.decided("h2")
    with instance.app.app_context():
        share, _ = service.share(
            instance.user("housing_officer"),
            record_id,
            None,
            "Hester",
            "Health visitor",
            "hester@nhs.example",
            "She visits.",
        )
        service.send_mail(share.id)
        service.send_mail(share.id)
    assert len(inbox.messages) == 1
    assert inbox.messages[0].rcpt_tos == ["hester@nhs.example"]
    assert told(inbox.messages[0].content.decode()) == []
