"""A letter and a mail to one of us over a real SMTP server: what arrives is what is kept, to the byte; cut off, it is told once in the case."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest
from sqlalchemy import select

from app import jobs
from app.database import writing
from app.extensions import db
from app.jobs.models import DEAD, Job
from app.letters import sending, service, telling
from app.letters.models import LetterFile, LetterMail, LetterStep
from app.notifications import mail, messages
from app.notifications.models import Telling
from tests.conftest import Instance
from tests.jobs.test_ledger import Postbox, by_smtp, free_port, posted

from .making import made, placed

__all__ = ["posted"]  # a fixture of that room


def on_its_way(instance: Instance) -> tuple[str, str, str]:
    """A letter that waits to be mailed: (case, letter, mail)."""
    officer = instance.client("housing_officer")
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    with instance.app.app_context():
        service.send(instance.user("housing_officer"), letter_id, instance.version(case_id), "homes@solihull.example")
        return case_id, letter_id, db.session.scalars(select(LetterMail.id)).one()


def test_what_arrives_is_what_is_kept(either: Instance, posted: Callable[..., Postbox]) -> None:
    port = free_port()
    box = posted(port)
    by_smtp(either, port)
    _, letter_id, mail_id = on_its_way(either)
    with either.app.app_context():
        jobs.run(messages.LETTER, mail_id)
        step = db.session.scalars(select(LetterStep)).one()
        assert hashlib.sha256(box.got[0]).hexdigest() == step.sha256
        assert db.session.get_one(LetterFile, f"{letter_id}-{mail_id}").content == box.got[0]
        assert b"Zofia" not in box.got[0]


def test_cut_off_between_the_server_and_the_database_it_is_the_same_mail_and_is_proved_once(
    either: Instance, posted: Callable[..., Postbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As after ``kill -9``: the server took it, and nothing was written down."""
    port = free_port()
    box = posted(port)
    by_smtp(either, port)
    case_id, _, mail_id = on_its_way(either)
    deliver = mail.deliver

    class Killed(BaseException):
        pass

    def killed(*what: object) -> None:
        deliver(*what)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(mail, "deliver", killed)
    with either.app.app_context():
        for _ in range(2):
            with pytest.raises(Killed):
                sending.send(mail_id)
            db.session.rollback()
        monkeypatch.setattr(mail, "deliver", deliver)
        sending.send(mail_id)
        sending.send(mail_id)
        assert len(box.got) == 3
        assert len(set(box.got)) == 1
        assert len(db.session.scalars(select(LetterStep)).all()) == 1
    assert either.client("housing_officer").get(f"/cases/{case_id}/letters").text.count("Sent by mail") == 1


def test_a_telling_that_was_cut_off_goes_to_the_same_person_under_the_same_name(
    either: Instance, posted: Callable[..., Postbox], monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    box = posted(port)
    by_smtp(either, port)
    either.submitted("h2")
    deliver = mail.deliver

    class Killed(BaseException):
        pass

    def killed(*what: object) -> None:
        deliver(*what)  # type: ignore[arg-type]
        raise Killed

    monkeypatch.setattr(mail, "deliver", killed)
    with either.app.app_context():
        told = db.session.scalars(select(Telling.id)).one()
        with pytest.raises(Killed):
            telling.send(told)
        db.session.rollback()
        monkeypatch.setattr(mail, "deliver", deliver)
        telling.send(told)
        telling.send(told)
        assert len(box.got) == 2
        assert len(set(box.got)) == 1


def test_an_address_that_is_refused_is_said_on_the_letter_and_another_can_be_tried(
    instance: Instance, posted: Callable[..., Postbox]
) -> None:
    port = free_port()
    posted(port, "550 no such box")
    by_smtp(instance, port)
    case_id, letter_id, mail_id = on_its_way(instance)
    with instance.app.app_context():
        jobs.run(messages.LETTER, mail_id)
        assert db.session.get_one(Job, f"{messages.LETTER}-{mail_id}").state == DEAD
    page = instance.client("housing_officer").get(f"/cases/{case_id}/letters/{letter_id}").text
    assert "it did not go" in page
    port = free_port()
    box = posted(port)
    by_smtp(instance, port)
    with instance.app.app_context():
        service.send(instance.user("housing_officer"), letter_id, instance.version(case_id), "right@solihull.example")
        second = db.session.scalars(select(LetterMail.id).where(LetterMail.id != mail_id)).one()
        jobs.run(messages.LETTER, second)
        assert len(box.got) == 1
        with writing() as session:
            assert session.get_one(LetterMail, second).mailed_at is not None
