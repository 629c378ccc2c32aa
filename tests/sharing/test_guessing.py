"""Somebody who guesses, and machines that open links before their reader does: ten thousand wrong codes, a scanner of mails."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import func, select

from app.accounts import tries
from app.audit.models import AuditEvent
from app.extensions import db
from app.sharing import service
from app.sharing.models import Share, ShareVisit
from tests.conftest import Instance

from .test_sharing import SECRETS, shared, told

SCANNERS = (
    "Mozilla/5.0 (compatible; SafeLinks)", "Barracuda Sentinel (EE)", "Mimecast URL Protect", "curl/8.5.0", "facebookexternalhit/1.1",
)  # fmt: skip


class Quick:
    """Counts the slow hashes and makes them quick: what is looked at here is what is let through to them."""

    def __init__(self) -> None:
        self.right, self.hashed = "", 0

    def matches(self, stored: str, code: str) -> bool:
        self.hashed += 1
        return stored != service._NO_CODE and code == self.right


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Quick:
    made = Quick()
    monkeypatch.setattr(service, "_matches", made.matches)
    return made


@pytest.mark.parametrize("many", [1_000, pytest.param(10_000, marks=pytest.mark.deep)])
def test_ten_thousand_wrong_codes_open_nothing_and_write_little(either: Instance, quick: Quick, many: int) -> None:
    """From a hundred addresses; the right code is among them, after the link is locked."""
    _, _, link, code = shared(either)
    quick.right = code
    locator = link.rsplit("/", 1)[1]
    answers: Counter[str] = Counter()
    with either.app.app_context():
        guesses = [f"{number:08d}" for number in range(many)]
        guesses[many // 2] = code
        for number, guess in enumerate(guesses):
            address = f"203.0.113.{number % 100}"
            try:
                token = service.redeem(locator, guess, "a browser", address)
                answers["opened" if token else "refused"] += 1
            except (tries.TooManyTries, tries.Busy):
                answers["not tried"] += 1
        assert answers["opened"] == 0
        assert sum(answers.values()) == many
        share = db.session.scalars(select(Share)).one()
        db.session.refresh(share)
        assert not service.is_alive(share), "it is locked"
        assert share.all_tries == service.LINK_TRIES
        assert db.session.scalars(select(ShareVisit)).all() == []
        written = Counter(db.session.scalars(select(AuditEvent.action).where(AuditEvent.action.like("share.%"))))
        assert (written["share.code_refused"], written["share.locked"], written["share.opened"]) == (
            service.LINK_TRIES - 1, 1, 0,
        )  # fmt: skip
        print(dict(answers), f"{quick.hashed} hashed")
    client = either.app.test_client()
    assert client.post(link, data={"code": code}).status_code != 302
    assert client.get(link + "/record").status_code in (302, 404, 410)


@pytest.mark.parametrize("agent", SCANNERS)
def test_a_scanner_that_opens_every_link_uses_nothing_up_and_learns_nothing(instance: Instance, agent: str) -> None:
    _, _, link, code = shared(instance)
    scanner = instance.app.test_client()
    with instance.app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditEvent))
        word = db.session.scalars(select(Share.code_hash)).one()
    for path in (link, link + "/record", link + "/record.pdf"):
        for method in ("HEAD", "GET", "OPTIONS", "HEAD"):
            answer = scanner.open(path, method=method, headers={"User-Agent": agent})
            assert answer.status_code < 500
            assert told(answer.text) == []
            assert not [secret for secret in SECRETS if secret in answer.text]
            if method == "HEAD":
                assert answer.data == b""
    with instance.app.app_context():
        share = db.session.scalars(select(Share)).one()
        assert (share.code_hash, share.opened_at, share.all_tries, share.code_tries) == (word, None, 0, 0)
        assert db.session.scalars(select(ShareVisit)).all() == []
        assert db.session.scalar(select(func.count()).select_from(AuditEvent)) == before, "nobody read anything"
    reader = instance.app.test_client()
    assert reader.post(link, data={"code": code}).status_code == 302, "the code still works, once, for its reader"
    assert reader.get(link + "/record").status_code == 200
