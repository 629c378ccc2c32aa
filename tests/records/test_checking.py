"""Check this document: ours, altered, superseded, not ours; told to whoever may see its case; nothing of a file is kept. And others than us agree."""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.audit import service as audit
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.database import writing
from app.extensions import db
from app.records import outside, pdf, proof, seal, service
from app.records.models import Record
from tests.conftest import Instance

Sealed = tuple[str, str, bytes]


@pytest.fixture
def sealed(instance: Instance) -> Sealed:
    """A decided record with its PDF as it was issued: (case, record, PDF)."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        service.make_pdf(record_id)
        return case_id, record_id, service.file_of(db.session.get_one(Record, record_id)).read_bytes()


def put(client: FlaskClient, data: bytes) -> Any:
    """As a browser sends it; made here, since the client's own parts of a large file are left open where it is refused."""
    head = b'--x\r\nContent-Disposition: form-data; name="document"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    return client.post("/check", data=head + data + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x")


def heading(page: str) -> str:
    found = re.search(r'role="status"><h2 class="govuk-heading-m">([^<]*)', page)
    return found[1] if found else ""


def flipped(data: bytes) -> bytes:
    """With one bit of what is printed changed."""
    at = data.index(b"stream") + 40
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def entries(instance: Instance, action: str) -> int:
    with instance.app.app_context():
        return db.session.scalar(select(func.count()).select_from(AuditEvent).where(AuditEvent.action == action)) or 0


def test_a_record_as_it_was_issued_is_ours_and_that_it_was_checked_is_an_entry(
    instance: Instance,
    sealed: Sealed,
    officer: FlaskClient,
) -> None:
    case_id, record_id, data = sealed
    before = {f: f.stat().st_size for f in instance.settings.data.rglob("*.pdf")}
    answer = put(officer, data)
    assert answer.status_code == 200
    assert heading(answer.text) == "Ours, and unaltered"
    assert f"/cases/{case_id}/records/{record_id}" in answer.text
    assert entries(instance, "record.checked") == 1
    assert {f: f.stat().st_size for f in instance.settings.data.rglob("*.pdf")} == before, "nothing of it is kept"


def test_one_bit_makes_it_altered_and_so_does_another_body_around_its_data(
    instance: Instance,
    sealed: Sealed,
    officer: FlaskClient,
) -> None:
    _, record_id, data = sealed
    with instance.app.app_context():
        record = db.session.get_one(Record, record_id)
        number, unsealed = record.number, pdf.render(record.body)
    with pikepdf.open(io.BytesIO(unsealed)) as other:
        other.docinfo["/Title"] = "Suitable"
        made = io.BytesIO()
        other.save(made)
    with pikepdf.open(io.BytesIO(data)) as signed:
        signed.docinfo["/Title"] = "Suitable"
        again = io.BytesIO()
        signed.save(again)
    for changed in (flipped(data), unsealed, made.getvalue(), again.getvalue()):
        answer = put(officer, changed)
        assert heading(answer.text) == "Altered: do not rely on it"
        assert number in answer.text
    page = put(officer, data + b"\n%%EOF\n").text
    assert heading(page) == "Not ours as it stands"
    assert "altered after it was sealed" in page


def test_what_a_newer_record_replaces_is_said_so(instance: Instance, sealed: Sealed, officer: FlaskClient) -> None:
    _, record_id, data = sealed
    with instance.app.app_context():
        contents = service.contents(record_id)
        for name in ("format", "number", "issued_at", "audit"):
            contents.pop(name)
        with writing() as session:
            record = session.get_one(Record, record_id)
            newer = service.issue(
                session, record.case_id, "R-2026-00099", record.issued_at.replace(year=2027), contents
            )
            number = newer.number
    page = put(officer, data).text
    assert heading(page) == "Ours and unaltered, but a newer record replaces it"
    assert number in page


def test_a_case_one_may_not_see_is_answered_as_a_seal_of_another_database(
    instance: Instance,
    sealed: Sealed,
    other_officer: FlaskClient,
    officer: FlaskClient,
) -> None:
    case_id, _, data = sealed
    with instance.app.app_context():
        elsewhere = seal.seal(plain_pdf(), instance.settings)
    told = [put(other_officer, each) for each in (data, elsewhere)]
    pages = [re.sub(r'(name="csrf_token" value=")[^"]*', r"\1", each.text) for each in told]
    assert heading(pages[0]) == "Sealed by us, but of no record that you may see"
    assert pages[0] == pages[1]
    assert case_id not in pages[0]
    with instance.app.app_context():
        of = (AuditEvent.case_id == case_id, AuditEvent.action == audit.DENIED)
        assert db.session.scalar(select(func.count()).select_from(AuditEvent).where(*of)) == 1, "its leads see that"
        lead = instance.user("safeguarding_lead")
        assert cases.find(lead, case_id) is not None
    for changed in (flipped(data),):  # and one that was changed names no record
        page = put(other_officer, changed).text
        assert heading(page) == "Altered: do not rely on it"
        assert "R-20" not in page


def plain_pdf() -> bytes:
    made = io.BytesIO()
    with pikepdf.new() as empty:
        empty.add_blank_page()
        empty.save(made)
    return made.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        plain_pdf(),
        b"%PDF-1.7\n" + os.urandom(4000),
        b"%PDF-1.7\n" + b"[" * 200_000,
        b"%PDF-1.7\n1 0 obj<</Length 99999999>>stream\n\nstartxref\n0\n%%EOF",
    ],
    ids=["another's", "noise", "nested", "cut off"],
)
def test_what_is_not_ours_is_said_to_be_so(instance: Instance, officer: FlaskClient, data: bytes) -> None:
    answer = put(officer, data)
    assert answer.status_code == 200
    assert heading(answer.text) == "Not ours as it stands"
    assert entries(instance, "record.checked") == 0


@pytest.mark.parametrize(
    ("data", "says", "status"),
    [
        (b"", "Choose a PDF.", 422),
        (b"\x89PNG\r\n" + bytes(2000), "This is not a PDF.", 422),
        (b"%PDF-1.7" + bytes(3_000_000), "larger than any record", 422),
        (b"%PDF-1.7" + bytes(5_000_000), "Too much was sent", 413),
    ],
    ids=["none", "a picture", "large", "too large"],
)
def test_what_cannot_be_checked_is_refused_with_a_sentence(
    officer: FlaskClient, data: bytes, says: str, status: int
) -> None:
    answer = put(officer, data) if data else officer.post("/check", data={"document": "typed"})
    assert answer.status_code == status
    assert says in answer.text


def test_a_file_that_takes_too_long_is_let_go(
    instance: Instance,
    sealed: Sealed,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    *_, data = sealed
    monkeypatch.setattr(outside, "LONGEST_SECONDS", 0.01)
    with instance.app.app_context():
        assert outside.look(data, instance.settings) == proof.Carries(False, False, "")
        found = proof.verify(data, outside.look)
        assert not found.unaltered, "what could not be read is never called unaltered"


def test_a_reader_outside_says_the_same_as_one_within(instance: Instance, sealed: Sealed) -> None:
    *_, data = sealed
    with instance.app.app_context():
        for each in (data, flipped(data), plain_pdf()):
            assert outside.look(each, instance.settings) == proof.look_here(each, instance.settings)


def test_the_head_of_the_audit_is_printed_as_the_data_says_it(
    instance: Instance, sealed: Sealed, tmp_path: Path
) -> None:
    _, record_id, data = sealed
    with instance.app.app_context():
        said = service.contents(record_id)["audit"]
    text = subprocess.run(["pdftotext", "-raw", "-", "-"], input=data, capture_output=True, check=True).stdout.decode()
    squeezed = re.sub(r"[\s\u200b\u00ad]", "", text)
    assert f"wasentry{said['entry']},anditshash{said['hash']}." in squeezed


# ---- others than us


@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="pdfsig (poppler-utils) is not on PATH")
def test_pdfsig_finds_the_seal_whole_and_a_changed_file_broken(sealed: Sealed, tmp_path: Path) -> None:
    *_, data = sealed
    told = {}
    for name, each in (("whole", data), ("changed", flipped(data))):
        (tmp_path / f"{name}.pdf").write_bytes(each)
        done = subprocess.run(
            ["pdfsig", "-nocert", str(tmp_path / f"{name}.pdf")], capture_output=True, text=True, check=False
        )
        told[name] = done.stdout
    assert "Signature is Valid." in told["whole"]
    assert "Total document signed" in told["whole"]
    assert "ETSI.CAdES.detached" in told["whole"]
    assert "Signature is Valid." not in told["changed"]
    assert "Digest Mismatch" in told["changed"]


_BY_PYHANKO = """
import sys
from pyhanko.keys import load_certs_from_pemder_data
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
roots = list(load_certs_from_pemder_data(open(sys.argv[2], "rb").read()))
(found,) = PdfFileReader(open(sys.argv[1], "rb")).embedded_signatures
status = validate_pdf_signature(found, ValidationContext(trust_roots=roots, allow_fetching=False))
print(status.intact, status.valid, status.trusted, status.coverage.name, status.docmdp_ok)
"""


def test_pyhanko_outside_the_product_agrees(instance: Instance, sealed: Sealed, tmp_path: Path) -> None:
    *_, data = sealed
    (tmp_path / "seal.der").write_bytes(seal.own_certificate(instance.settings))
    told = []
    for each in (data, flipped(data)):
        (tmp_path / "it.pdf").write_bytes(each)
        command = [sys.executable, "-I", "-c", _BY_PYHANKO, str(tmp_path / "it.pdf"), str(tmp_path / "seal.der")]
        told.append(subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout.split())
    assert told[0] == ["True", "True", "True", "ENTIRE_FILE", "True"]
    assert told[1][0] == "False"
