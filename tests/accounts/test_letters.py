"""A one-time link goes to the owner of the account and to nobody else; the owner hears of every change."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from email import message_from_bytes
from email.message import Message
from email.policy import default
from typing import Any

import pytest
import time_machine
from aiosmtpd.controller import Controller
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import MetaData, select
from sqlalchemy.orm import Session

from app import jobs
from app.accounts import letters, links, service
from app.accounts.models import AccountLetter, OneTimeLink, User
from app.audit.models import AuditEvent
from app.database import now, writing
from app.extensions import db
from app.jobs.models import DONE, Job
from app.notifications import messages
from tests.conftest import Instance
from tests.jobs.test_jobs import wait_for, worker
from tests.jobs.test_ledger import Postbox, by_smtp, free_port, posted

__all__ = ["posted"]
NIA = {"name": "Nia New", "email": "nia@test.example", "role": "housing_officer"}
WORDS = {"password": "four unrelated words here", "again": "four unrelated words here"}


def run_letters(app: Flask, again: bool = False) -> None:
    """Do what the worker would do with the letters of accounts."""
    with app.app_context():
        names = (messages.LINK, messages.ACCOUNT)
        for name, subject, state in db.session.execute(select(Job.name, Job.subject, Job.state)).all():
            if name in names and (again or state != DONE):
                jobs.run(name, subject)


def read(box: Postbox) -> list[Message]:
    return [message_from_bytes(given, policy=default) for given in box.got]


def link_in(letter: Message) -> str:
    found = re.search(r"http://localhost(/welcome/\S+)", str(letter.get_payload()))
    assert found, "no link in the letter"
    return found[1]


def actions(instance: Instance, user_id: str) -> list[str]:
    with instance.app.app_context():
        of = select(AuditEvent.action).where(AuditEvent.object_id == user_id).order_by(AuditEvent.seq)
        return list(db.session.scalars(of))


def id_of(instance: Instance, email: str) -> str:
    with instance.app.app_context():
        return db.session.scalars(select(User.id).where(User.email == email)).one()


def everything_kept(session: Session) -> str:
    """Every row of every table, the job engine's own too, as one text."""
    every = MetaData()
    engine = db.engine
    every.reflect(engine)
    if engine.dialect.name == "postgresql":
        every.reflect(engine, schema="dbos")
    return "\n".join(repr(tuple(row)) for table in every.tables.values() for row in session.execute(select(table)))


def test_the_link_reaches_its_owner_and_stands_nowhere_else(
    either: Instance, posted: Callable[..., Postbox], administrator: FlaskClient, client: FlaskClient
) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    pages = administrator.post("/people", data=NIA, follow_redirects=True).text
    run_letters(either.app)
    pages += administrator.get("/people").text + administrator.get("/jobs").text
    assert "Link sent" in pages
    (letter,) = read(box)
    assert letter["To"] == "nia@test.example"
    assert "Example Council" in str(letter["Subject"])
    assert "Housing options team" in letter.get_payload()
    link = link_in(letter)
    token = link.rsplit("/", 1)[1]
    assert token not in pages
    assert "/welcome/" not in pages
    with either.app.app_context():
        assert token not in everything_kept(db.session)
    assert actions(either, id_of(either, NIA["email"])) == [
        "account.created",
        "account.link_asked",
        "account.link_sent",
    ]
    assert client.post(link, data=WORDS).status_code == 302
    run_letters(either.app)
    assert "The password of your account was set" in read(box)[-1].get_payload()


def test_a_job_cut_off_after_the_letter_left_sends_the_same_letter_again(
    either: Instance, posted: Callable[..., Postbox], administrator: FlaskClient
) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    administrator.post("/people", data=NIA)
    with either.app.app_context():
        letter_id = db.session.scalars(select(AccountLetter.id)).one()
        letters.send_link(letter_id)
        with writing() as session:
            session.get_one(AccountLetter, letter_id).sent_at = None  # cut off before it could be written down
        letters.send_link(letter_id)
        letters.send_link(letter_id)
    first, second = read(box)
    assert first["Message-ID"] == second["Message-ID"]
    assert link_in(first) == link_in(second)
    assert either.app.test_client().post(link_in(first), data=WORDS).status_code == 302
    with either.app.app_context():
        with writing() as session:
            session.get_one(AccountLetter, letter_id).sent_at = None
        letters.send_link(letter_id)
    assert len(box.got) == 2, "a link that was used is not sent again"
    assert either.app.test_client().get(link_in(first)).status_code == 404


class SlowPostbox:
    """Takes every letter, a little slowly, so that kills fall into the sending."""

    def __init__(self) -> None:
        self.got: list[Message] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append(message_from_bytes(envelope.content, policy=default))
        time.sleep(0.15)
        return "250 taken"


def test_a_worker_killed_while_it_sends_links_loses_none_and_each_works(
    instance: Instance, client: FlaskClient
) -> None:
    port, box, kills, people = free_port(), SlowPostbox(), 3, 12
    by_smtp(instance, port)
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    with instance.app.app_context():
        for number in range(people):
            service.make_account(f"Person {number}", f"p{number}@test.example", "housing_officer")
    heart = instance.settings.data / "worker.heartbeat"
    os.environ |= {"CBC_MAIL": "smtp", "CBC_SMTP_HOST": "127.0.0.1", "CBC_SMTP_PORT": str(port)}
    try:
        for kill in range(kills):
            heart.unlink(missing_ok=True)
            process = worker(instance)
            assert wait_for(heart.exists, 60)
            time.sleep(0.3 + 0.4 * kill)
            process.kill()
            process.wait(10)
        process = worker(instance)
        try:
            assert wait_for(lambda: unsent(instance) == 0, 120)
        finally:
            process.terminate()
            process.wait(15)
    finally:
        for name in ("CBC_MAIL", "CBC_SMTP_HOST", "CBC_SMTP_PORT"):
            del os.environ[name]
        controller.stop()
    links = {str(letter["To"]): link_in(letter) for letter in box.got}
    assert len(links) == people
    assert len(box.got) - people <= kills
    assert max(Counter(link_in(letter) for letter in box.got).values()) <= 1 + kills
    assert len({link_in(letter) for letter in box.got}) == people, "the same letter has the same link"
    assert [client.get(link).status_code for link in links.values()] == [200] * people


def unsent(instance: Instance) -> int:
    with instance.app.app_context():
        return len(db.session.scalars(select(AccountLetter.id).where(AccountLetter.sent_at.is_(None))).all())


def test_a_mail_server_that_is_away_is_said_on_the_page_and_in_the_end_somebody_rings(instance: Instance) -> None:
    by_smtp(instance, free_port())
    administrator = instance.client("administrator")
    administrator.post("/people", data=NIA)
    assert "Link on its way" in administrator.get("/people").text
    run_letters(instance.app)
    assert "Link not sent yet: tried again at" in administrator.get("/people").text
    with time_machine.travel(now() + timedelta(days=4)):
        run_letters(instance.app)
    told = administrator.get("/people").text
    assert "The link could not be sent: ring them." in told
    assert "could not be reached for three days" in told


def test_a_newer_link_ends_the_older_and_a_disabled_account_gets_none(
    either: Instance, posted: Callable[..., Postbox], administrator: FlaskClient
) -> None:
    port = free_port()
    by_smtp(either, port)
    box = posted(port)
    administrator.post("/people", data=NIA)
    user_id = id_of(either, NIA["email"])
    run_letters(either.app)
    administrator.post(f"/people/{user_id}/link")
    run_letters(either.app)
    old, new = (link_in(letter) for letter in read(box))
    assert [either.app.test_client().get(link).status_code for link in (old, new)] == [404, 200]
    administrator.post(f"/people/{user_id}/link")
    administrator.post(f"/people/{user_id}/disable")
    run_letters(either.app)
    assert [str(letter["Subject"]).split(":")[0] for letter in read(box)] == [
        "Set your password", "Set your password", "Your account was changed",
    ]  # fmt: skip
    assert either.app.test_client().get(new).status_code == 404
    assert "Link not sent: it was ended first" in administrator.get("/people").text
    told = administrator.post(f"/people/{user_id}/link", follow_redirects=True).text
    assert "This account is disabled. Enable it first." in told


def test_the_owner_hears_of_every_change(
    instance: Instance, posted: Callable[..., Postbox], administrator: FlaskClient
) -> None:
    port = free_port()
    by_smtp(instance, port)
    box = posted(port)
    user_id = id_of(instance, "housing_officer@test.example")
    for what in ("disable", "disable", "enable"):
        administrator.post(f"/people/{user_id}/{what}")
    with instance.app.app_context():
        token = service.new_link(user_id)
        assert service.set_password(token, WORDS["password"])
    run_letters(instance.app)
    run_letters(instance.app, again=True)
    told = [letter.get_payload() for letter in read(box)]
    assert len(told) == 4, "once for each change, and none for what changed nothing"
    for said in ("was disabled", "was enabled", "was made on the server", "password of your account was set"):
        assert sum(said in text for text in told) == 1, said
    assert all("To make sure that this is ours" in text and "your password by mail" in text for text in told)
    assert {letter["To"] for letter in read(box)} == {"housing_officer@test.example"}
    assert token not in "".join(told)


def test_where_no_mail_is_sent_the_link_is_made_on_the_server(
    instance: Instance, administrator: FlaskClient, client: FlaskClient
) -> None:
    made = administrator.post("/people", data=NIA, follow_redirects=True).text
    assert "flask --app wsgi people link E-MAIL" in made
    assert "/welcome/" not in made
    user_id = id_of(instance, NIA["email"])
    asked = administrator.post(f"/people/{user_id}/link", follow_redirects=True).text
    assert "This service sends no mail here" in asked
    assert "Send a new link" not in asked
    with instance.app.app_context():
        assert db.session.scalars(select(OneTimeLink).where(OneTimeLink.user_id == user_id)).all() == []
        assert db.session.scalars(select(AccountLetter)).all() == []
    runner = instance.app.test_cli_runner()
    link = runner.invoke(args=["people", "link", " Nia@Test.example"]).output.strip()
    assert link.startswith("http://localhost/welcome/")
    assert actions(instance, user_id) == ["account.created", "account.link_made_on_server"]
    assert client.post(link.removeprefix("http://localhost"), data=WORDS).status_code == 302
    nobody = runner.invoke(args=["people", "link", "nobody@test.example"])
    assert (nobody.exit_code, "There is no account" in nobody.output) == (1, True)
    administrator.post(f"/people/{user_id}/disable")
    assert "This account is disabled" in runner.invoke(args=["people", "link", NIA["email"]]).output


def test_a_change_nobody_has_words_for_is_refused(instance: Instance) -> None:
    with instance.app.app_context(), pytest.raises(LookupError), writing() as session:
        letters.queue_change(session, instance.user("auditor"), "renamed")


def test_a_link_that_is_sent_twice_at_once_sets_one_password(either: Instance) -> None:
    with either.app.app_context(), writing() as session:
        token = links.make(session, either.user("housing_officer"))

    def once(word: str) -> bool:
        with either.app.app_context():
            return service.set_password(token, f"a long enough {word} password")

    with ThreadPoolExecutor(6) as threads:
        assert sorted(threads.map(once, ("one", "two", "three", "four", "five", "six"))) == [False] * 5 + [True]


def test_a_letter_that_failed_is_not_forgotten_before_it_went(instance: Instance) -> None:
    with instance.app.app_context():
        with writing() as session:
            user = instance.user("housing_officer")
            old = now() - timedelta(days=40)
            session.add_all(AccountLetter(user_id=user.id, kind="link", asked_at=old, sent_at=at) for at in (None, old))
        service.forget_old()
        left = db.session.scalars(select(AccountLetter.sent_at).where(AccountLetter.kind == "link")).all()
        assert left == [None]
