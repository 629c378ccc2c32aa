"""What a passkey signs: asked by us, for this, for this account, and good once. That a browser can do it is shown in tests/browser."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from flask.testing import FlaskClient
from sqlalchemy import select

from app.accounts.models import Passkey, RecoveryCode
from app.database import now
from app.extensions import db
from tests.conftest import Instance

from .test_fresh import said_at, token_of
from .test_second_step import codes_in, demand, set_up


def text(given: bytes) -> str:
    return base64.urlsafe_b64encode(given).decode().rstrip("=")


def cbor(value: Any) -> bytes:
    """As much of CBOR as an attestation needs."""

    def head(kind: int, number: int) -> bytes:
        if number < 24:
            return bytes([kind << 5 | number])
        return bytes([kind << 5 | 24, number]) if number < 256 else bytes([kind << 5 | 25]) + struct.pack(">H", number)

    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value)) + value.encode()
    return head(5, len(value)) + b"".join(cbor(key) + cbor(item) for key, item in value.items())


class Device:
    """A device that holds one passkey, and does what a browser would."""

    def __init__(self, host: str = "localhost", origin: str = "http://localhost", verifies: bool = True) -> None:
        self.key, self.id, self.count = ec.generate_private_key(ec.SECP256R1()), hashlib.sha256(b"a device").digest(), 0
        self.host, self.origin, self.verifies = host, origin, verifies
        self.owner = b""

    def _data(self, extra: bytes = b"") -> bytes:
        self.count += 1
        flags = 0x01 | (0x04 if self.verifies else 0) | (0x40 if extra else 0)
        return hashlib.sha256(self.host.encode()).digest() + bytes([flags]) + struct.pack(">I", self.count) + extra

    def _said(self, kind: str, challenge: str) -> bytes:
        return json.dumps({"type": kind, "challenge": challenge, "origin": self.origin, "crossOrigin": False}).encode()

    def make(self, options: Any) -> str:
        self.owner = base64.urlsafe_b64decode(options["user"]["id"] + "==")
        numbers = self.key.public_key().public_numbers()
        public = cbor({1: 2, 3: -7, -1: 1, -2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")})
        extra = bytes(16) + struct.pack(">H", len(self.id)) + self.id + public
        attestation = cbor({"fmt": "none", "attStmt": {}, "authData": self._data(extra)})
        said = self._said("webauthn.create", options["challenge"])
        return self._answer({"clientDataJSON": text(said), "attestationObject": text(attestation)})

    def use(self, options: Any) -> str:
        said, data = self._said("webauthn.get", options["challenge"]), self._data()
        signature = self.key.sign(data + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return self._answer(
            {
                "clientDataJSON": text(said),
                "authenticatorData": text(data),
                "signature": text(signature),
                "userHandle": text(self.owner),
            }
        )

    def _answer(self, response: dict[str, str]) -> str:
        return json.dumps({"id": text(self.id), "rawId": text(self.id), "type": "public-key", "response": response})


def registered(client: FlaskClient, device: Device) -> str:
    options = client.get("/account/passkeys/options").get_json()
    assert options["authenticatorSelection"]["residentKey"] == "required"
    return client.post("/account/passkeys/new", data={"name": "blue key", "credential": device.make(options)}).text


def by(client: FlaskClient, device: Device) -> int:
    options = client.get("/sign-in/passkey").get_json()
    return client.post("/sign-in/passkey", data={"credential": device.use(options)}).status_code


def test_a_passkey_is_a_whole_sign_in(either: Instance) -> None:
    demand(either, "all")
    client, device = either.client("housing_officer"), Device()
    page = registered(client, device)
    assert len(codes_in(page)) == 8
    assert "blue key" in client.get("/account").text
    visitor = either.app.test_client()
    assert by(visitor, device) == 302
    assert "Housing Officer, housing_officer@test.example" in visitor.get("/account").text
    assert "last used" in visitor.get("/account").text
    right = {"email": "housing_officer@test.example", "password": "correct horse battery staple"}
    half = either.app.test_client().post("/sign-in", data=right)
    assert half.headers["Location"].startswith("/sign-in/code"), "by password it wants a code on paper or the passkey"


def test_what_was_signed_is_good_once_and_for_ten_minutes(either: Instance) -> None:
    device = Device()
    registered(either.client("housing_officer"), device)
    visitor = either.app.test_client()
    signed = device.use(visitor.get("/sign-in/passkey").get_json())
    assert visitor.post("/sign-in/passkey", data={"credential": signed}).status_code == 302
    again = either.app.test_client().post("/sign-in/passkey", data={"credential": signed})
    assert (again.status_code, "not right, or came too late" in again.text) == (422, True)
    options = visitor.get("/sign-in/passkey").get_json()
    with time_machine.travel(now() + timedelta(minutes=11)):
        late = either.app.test_client().post("/sign-in/passkey", data={"credential": device.use(options)})
        assert late.status_code == 422


@pytest.mark.parametrize(
    "device",
    [Device(host="evil.example"), Device(origin="https://evil.example"), Device(verifies=False)],
    ids=["another service", "another page", "nobody was asked who holds it"],
)
def test_what_a_device_signs_for_others_or_unasked_is_refused(instance: Instance, device: Device) -> None:
    client = instance.client("housing_officer")
    assert "not right, or came too late" in registered(client, device)
    good = Device()
    registered(client, good)
    good.host, good.origin, good.verifies = device.host, device.origin, device.verifies
    assert by(instance.app.test_client(), good) == 422


def test_a_challenge_is_of_one_purpose_and_one_account(instance: Instance) -> None:
    officer, auditor, device = instance.client("housing_officer"), instance.client("auditor"), Device()
    registered(officer, device)
    for_sign_in = officer.get("/sign-in/passkey").get_json()
    assert officer.post("/confirm/passkey", data={"credential": device.use(for_sign_in)}).status_code == 422
    for_confirming = officer.get("/confirm/passkey").get_json()
    visitor = instance.app.test_client()
    assert visitor.post("/sign-in/passkey", data={"credential": device.use(for_confirming)}).status_code == 422
    of_auditor = auditor.get("/confirm/passkey").get_json()
    assert auditor.post("/confirm/passkey", data={"credential": device.use(of_auditor)}).status_code == 422
    made_for_officer = Device().make(officer.get("/account/passkeys/options").get_json())
    refused = auditor.post("/account/passkeys/new", data={"name": "x", "credential": made_for_officer})
    assert refused.status_code == 422
    own = {**for_sign_in, "challenge": text(b"a" * 48)}
    assert visitor.post("/sign-in/passkey", data={"credential": device.use(own)}).status_code == 422


def test_confirming_by_passkey_gives_the_session_another_token(instance: Instance) -> None:
    client, device = instance.client("housing_officer"), Device()
    registered(client, device)
    said_at(instance, 9)
    assert client.get("/account/passkeys/new").status_code == 302
    page = client.get("/confirm").text
    assert "data-passkey" in page
    before = token_of(client)
    done = client.post(
        "/confirm/passkey",
        data={"next": "/account/passkeys/new", "credential": device.use(client.get("/confirm/passkey").get_json())},
    )
    assert done.headers["Location"] == "/account/passkeys/new"
    assert token_of(client) != before
    assert client.get("/account/passkeys/new").status_code == 200


@pytest.mark.parametrize(
    "sent",
    ["", "null", "[]", "{}", "[" * 30_000, '{"id": 1, "response": {"clientDataJSON": "e30"}}', '{"id": "x", "response": {"clientDataJSON": "bnVsbA"}}',
     '{"id": "x", "response": {"clientDataJSON": "é"}}', "x" * 30_000, '{"id": "x", "response": "y"}'],
)  # fmt: skip
def test_whatever_is_sent_there_is_a_sentence(instance: Instance, sent: str) -> None:
    client = instance.client("housing_officer")
    for path, more in (("/sign-in/passkey", {}), ("/confirm/passkey", {}), ("/account/passkeys/new", {"name": "x"})):
        answer = client.post(path, data={"credential": sent, **more})
        assert (answer.status_code, "did not work" in answer.text) == (422, True), path


def test_taken_away_or_disabled_it_opens_nothing(either: Instance) -> None:
    client, device = either.client("housing_officer"), Device()
    registered(client, device)
    with either.app.app_context():
        key_id, user_id = db.session.execute(select(Passkey.id, Passkey.user_id)).one()
    other = either.client("auditor")
    assert "no such passkey of yours" in other.post(f"/account/passkeys/{key_id}/remove", follow_redirects=True).text
    demand(either, "all")
    assert "only one you have" in client.post(f"/account/passkeys/{key_id}/remove", follow_redirects=True).text
    either.client("administrator").post(f"/people/{user_id}/disable")
    assert by(either.app.test_client(), device) == 422
    either.client("administrator").post(f"/people/{user_id}/enable")
    client = either.client("housing_officer")
    set_up(client)
    assert "is taken away" in client.post(f"/account/passkeys/{key_id}/remove", follow_redirects=True).text
    assert by(either.app.test_client(), device) == 422
    with either.app.app_context():
        assert len(db.session.scalars(select(RecoveryCode)).all()) == 8, "they stand in for the app that is left"
