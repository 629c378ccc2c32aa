"""A sealed PDF is for ever: the very bytes, verified as ours, whatever the service has become since."""

from __future__ import annotations

import hashlib

from sqlalchemy import select

from app.editions import service as editions
from app.editions.models import Edition
from app.extensions import db
from app.records import pdf, proof, seal
from app.records import service as records
from app.records.models import Record

from . import judged
from .samples import OldInstance


def sealed(old: OldInstance) -> list[Record]:
    """Records that have their PDF."""
    return list(db.session.scalars(select(Record).where(Record.pdf_sha256.is_not(None)).order_by(Record.number)))


def copies(old: OldInstance) -> list[Edition]:
    """Copies for readers that have their PDF."""
    return list(db.session.scalars(select(Edition).where(Edition.pdf_sha256.is_not(None)).order_by(Edition.id)))


def test_every_stored_pdf_has_the_bytes_it_was_sealed_with(old: OldInstance) -> None:
    kept = old.sample.pdfs(old.engine)
    with old.app.app_context():
        found = [*((r, records.file_of(r)) for r in sealed(old)), *((c, editions.file_of(c)) for c in copies(old))]
        assert {made.id for made, _ in found} == set(kept)
        for made, file in found:
            stored = file.read_bytes()
            assert stored == kept[made.id]
            assert (hashlib.sha256(stored).hexdigest(), len(stored)) == (made.pdf_sha256, made.pdf_bytes)


def test_every_stored_pdf_is_verified_as_ours_and_unaltered(old: OldInstance) -> None:
    with old.app.app_context():
        for record in sealed(old):
            stored = old.sample.pdfs(old.engine)[record.id]
            told = proof.verify(stored)
            assert (told.ours, told.unaltered, told.record) == (True, True, record.number)
            assert seal.is_intact(stored, old.settings) is True, "by the seal alone, without the database"


def test_one_byte_changed_is_not_unaltered(old: OldInstance) -> None:
    with old.app.app_context():
        stored = bytearray(old.sample.pdfs(old.engine)[sealed(old)[0].id])
        stored[len(stored) // 2] ^= 1
        assert proof.verify(bytes(stored)).unaltered is False


def test_the_download_is_the_stored_file(old: OldInstance) -> None:
    client = old.client("safeguarding_lead")
    with old.app.app_context():
        pages = {r.id: f"/cases/{r.case_id}/records/{r.id}/record.pdf" for r in sealed(old)}
        pages |= {c.id: f"/cases/{c.case_id}/records/{c.record_id}/copies/{c.id}/copy.pdf" for c in copies(old)}
    got = {}
    for key, page in pages.items():
        with client.get(page) as answer:
            got[key] = answer.data
    assert got == old.sample.pdfs(old.engine)


def test_the_bodies_beside_the_dump_are_those_in_it(old: OldInstance) -> None:
    beside = {p.stem: p.read_bytes() for p in (old.sample.folder / "records").glob("*.json")}
    assert set(beside) >= {"h1", "h2", "h3", "h5"}
    if old.engine == "sqlite":  # the other engine gave its own answers their own names
        with old.app.app_context():
            bodies = set(db.session.scalars(select(Record.body)))
        assert set(beside.values()) <= bodies


def test_a_record_still_waiting_for_its_pdf_gets_one_from_todays_worker(old: OldInstance) -> None:
    with old.app.app_context():
        waiting = db.session.scalars(select(Record.id).where(Record.pdf_sha256.is_(None)).order_by(Record.number)).all()
        assert len(waiting) >= 4
        for contents in judged.records().values():
            assert contents["number"] in pdf.html_of(contents)
        if old.engine == "sqlite":
            records.make_pdf(waiting[0])
            made = db.session.get_one(Record, waiting[0], populate_existing=True)
            assert proof.verify(records.file_of(made).read_bytes()).record == made.number
