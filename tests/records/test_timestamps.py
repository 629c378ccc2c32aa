"""A time-stamp (RFC 3161) of a sealed record: had where an authority is set, no wait where it is not there, and an entry that says so."""

from __future__ import annotations

import io
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from asn1crypto import keys, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.timestamps import DummyTimeStamper
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from sqlalchemy import func, select

from app.audit.models import AuditEvent
from app.extensions import db
from app.records import proof, service, timestamps
from app.records.models import Record
from tests.conftest import Instance


def authority() -> tuple[DummyTimeStamper, bytes]:
    """A time-stamping authority of our own making, and its certificate as DER."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Invented time-stamping authority")])
    start = datetime.now(UTC) - timedelta(days=1)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(7)
        .not_valid_before(start).not_valid_after(start + timedelta(days=30))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING]), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    der = made.public_bytes(Encoding.DER)
    plain = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    stamps = DummyTimeStamper(asn1_x509.Certificate.load(der), keys.PrivateKeyInfo.load(plain))
    return stamps, der


@contextmanager
def listening(answer: Any) -> Iterator[tuple[str, list[bytes]]]:
    """A server on this machine; ``answer`` gives status and body for what it was asked. What it was asked is kept."""
    asked: list[bytes] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(self.rfile.read(int(self.headers["Content-Length"])))
            status, body = answer(asked[-1])
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/tsr", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def made(instance: Instance, url: str, monkeypatch: pytest.MonkeyPatch) -> tuple[bytes, int]:
    """A record's PDF with this authority set, and how many entries say that it has no stamp."""
    _, record_id = instance.decided("h2")
    monkeypatch.setattr(instance.settings, "tsa_url", url)
    monkeypatch.setattr(instance.settings, "outside_hosts", "127.0.0.1")
    with instance.app.app_context():
        service.make_pdf(record_id)
        found = service.file_of(db.session.get_one(Record, record_id)).read_bytes()
        assert proof.verify(found).unaltered, "with a stamp or without, it is ours and unaltered"
        of = AuditEvent.action == "record.not_stamped"
        return found, db.session.scalar(select(func.count()).select_from(AuditEvent).where(of)) or 0


def test_a_sealed_record_carries_the_stamp_of_the_authority_that_is_set(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamps, certificate = authority()

    def answer(asked: bytes) -> tuple[int, bytes]:
        return 200, stamps.request_tsa_response(tsp.TimeStampReq.load(asked)).dump()

    with listening(answer) as (url, asked):
        data, missing = made(instance, url, monkeypatch)
    assert missing == 0
    assert all(len(each) < 120 and b"W\xc3\xb3jcik" not in each for each in asked), "it gets a hash and nothing else"
    (signature,) = PdfFileReader(io.BytesIO(data)).embedded_signatures
    signer = signature.signer_cert
    roots = [signer, asn1_x509.Certificate.load(certificate)]
    status = validate_pdf_signature(signature, ValidationContext(trust_roots=roots, allow_fetching=False))
    stamp = status.timestamp_validity
    assert (stamp.intact, stamp.valid, stamp.trusted) == (True, True, True)
    assert abs((datetime.now(UTC) - stamp.timestamp).total_seconds()) < 600


def slow(asked: bytes) -> tuple[int, bytes]:
    time.sleep(1.0)
    return 200, b""


def of_another_hash(asked: bytes) -> tuple[int, bytes]:
    stamps, _ = authority()
    other = tsp.TimeStampReq.load(asked)
    other["message_imprint"]["hashed_message"] = bytes(32)
    return 200, stamps.request_tsa_response(tsp.TimeStampReq.load(other.dump(force=True))).dump()


@pytest.mark.parametrize(
    "answer",
    [
        lambda asked: (500, b""),
        lambda asked: (200, b"<html>no</html>"),
        lambda asked: (200, bytes(200_000)),
        slow,
        of_another_hash,
    ],
    ids=["refuses", "no stamp", "too large", "slow", "another hash"],
)
def test_a_record_never_waits_for_a_stamp_and_an_entry_says_that_it_has_none(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, answer: Any
) -> None:
    monkeypatch.setattr(timestamps, "SECONDS", 0.5)
    with listening(answer) as (url, asked):
        _, missing = made(instance, url, monkeypatch)
    assert asked
    assert missing == 1


def test_a_host_that_is_not_on_the_list_is_never_asked(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    with listening(lambda asked: (200, b"")) as (url, asked):
        monkeypatch.setattr(timestamps, "SECONDS", 0.5)
        _, missing = made(instance, url.replace("127.0.0.1", "localhost"), monkeypatch)
    assert asked == []
    assert missing == 1
