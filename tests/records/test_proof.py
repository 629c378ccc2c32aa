"""Whether a PDF is ours and unaltered: hash, seal and data must all say so, and what is decided cannot be changed beneath them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import install
from app.audit.models import AuditEvent
from app.extensions import db
from app.records import canonical, proof, seal, service
from app.records.models import Record, RecordFile
from tests.conftest import Instance


@pytest.fixture
def issued(instance: Instance) -> tuple[str, str, bytes]:
    """A decided record with its sealed PDF: (case, record, PDF)."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        service.make_pdf(record_id)
        return case_id, record_id, service.file_of(db.session.get_one(Record, record_id)).read_bytes()


@pytest.fixture
def made(instance: Instance, issued: tuple[str, str, bytes]) -> Iterator[tuple[str, bytes]]:
    """The same, inside the application."""
    with instance.app.app_context():
        yield issued[1:]


def without_guards() -> None:
    """As somebody who owns the file can: the triggers are dropped first."""
    for (name,) in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all():
        db.session.execute(text(f"DROP TRIGGER {name}"))
    db.session.commit()


def test_a_hash_in_the_database_alone_proves_nothing(made: tuple[str, bytes]) -> None:
    record_id, pdf = made
    at = pdf.index(b"stream") + 40
    forged = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    db.session.add(
        RecordFile(record_id=record_id, sha256=canonical.digest(forged), unsealed_sha256="", bytes=len(forged))
    )
    db.session.flush()
    found = proof.verify(forged)
    assert (found.ours, found.unaltered) == (True, False)
    assert "seal is not whole" in found.says


def test_a_sealed_file_of_another_database_is_not_called_unaltered(made: tuple[str, bytes]) -> None:
    _, pdf = made
    without_guards()
    db.session.execute(text("DELETE FROM record_file"))
    found = proof.verify(pdf)
    assert (found.ours, found.unaltered, found.record) == (True, False, "")
    assert "not in this database" in found.says


def test_a_changed_body_is_never_shown_and_its_file_never_called_unaltered(
    instance: Instance, issued: tuple[str, str, bytes], officer: FlaskClient
) -> None:
    case_id, record_id, pdf = issued
    with instance.app.app_context():
        record = db.session.get_one(Record, record_id)
        number, body = record.number, json.loads(record.body)
        body["decision"]["outcome"] = "suitable"
        without_guards()
        changed = {"b": canonical.encode(body), "i": record_id}
        db.session.execute(text("UPDATE record SET body = :b WHERE id = :i"), changed)
        db.session.commit()
        db.session.expire_all()
        found = proof.verify(pdf)
    assert found.unaltered is False
    assert "no longer matches its own hash" in found.says
    page = officer.get(f"/cases/{case_id}/records/{record_id}")
    assert page.status_code == 409
    assert "changed after it was issued" in page.text
    done = instance.app.test_cli_runner().invoke(args=["record", "export", number])
    assert done.exit_code == 1
    assert "changed after it was issued" in done.output


def test_a_body_changed_with_its_hash_differs_from_the_data_in_the_file(made: tuple[str, bytes]) -> None:
    record_id, pdf = made
    body = json.loads(db.session.get_one(Record, record_id).body)
    body["decision"]["outcome"] = "suitable"
    other = canonical.encode(body)
    without_guards()
    db.session.execute(
        text("UPDATE record SET body = :b, sha256 = :h WHERE id = :i"),
        {"b": other, "h": canonical.digest(other), "i": record_id},
    )
    db.session.commit()
    found = proof.verify(pdf)
    assert found.unaltered is False
    assert "data inside it is not the stored record" in found.says


def test_what_lies_in_the_unused_part_of_the_signature_is_seen(instance: Instance, made: tuple[str, bytes]) -> None:
    """No signature covers the place where the signature stands."""
    _, pdf = made
    start = pdf.rindex(b"/Contents <") + len(b"/Contents <")
    end = pdf.index(b">", start)
    assert pdf[end - 200 : end] == b"0" * 200, "the signer leaves noughts"
    for changed in (
        pdf[: end - 8] + b"deadbeef" + pdf[end:],
        pdf[:start] + pdf[start : start + 40].lower() + pdf[start + 40 :],
    ):
        assert seal.is_intact(changed, instance.settings) is False
        assert proof.verify(changed).unaltered is False
    assert seal.is_intact(pdf, instance.settings) is True


def test_a_file_that_is_gone_is_made_again_and_marked_so(
    instance: Instance, issued: tuple[str, str, bytes], officer: FlaskClient
) -> None:
    case_id, record_id, pdf = issued
    (instance.settings.data / "records" / f"{record_id}.pdf").unlink()
    answer = officer.get(f"/cases/{case_id}/records/{record_id}/record.pdf", follow_redirects=True)
    assert answer.status_code == 200
    assert "being made again" in answer.text
    with instance.app.app_context():
        made_again(record_id, pdf)


def made_again(record_id: str, pdf: bytes) -> None:
    service.make_pdf_again(f"{record_id}-1")
    db.session.expire_all()
    new = service.file_of(db.session.get_one(Record, record_id)).read_bytes()
    assert new != pdf
    assert proof.verify(pdf).unaltered, "the one that was issued stays ours"
    again = proof.verify(new)
    assert again.unaltered
    assert "made again" in again.says
    files = db.session.scalars(select(RecordFile).order_by(RecordFile.made_at)).all()
    assert [f.again for f in files] == [False, True]
    assert db.session.get_one(Record, record_id).pdf_sha256 == canonical.digest(pdf), "the first hash stands"
    assert db.session.scalar(select(AuditEvent).where(AuditEvent.action == "record.rendered_again")) is not None


DAMAGE = [
    "UPDATE decision SET outcome = 'suitable'", "UPDATE decision SET note = ''", "DELETE FROM decision",
    "UPDATE acceptance SET reason = 'another'", "UPDATE acceptance SET review_on = '2030-01-01'", "DELETE FROM acceptance",
    "UPDATE mitigation SET agreed_by_name = 'Somebody'", "UPDATE mitigation SET what = 'another'", "DELETE FROM mitigation",
    "UPDATE assessment SET state = 'draft'", "UPDATE assessment SET worse_outcome = ''", "UPDATE assessment SET nights = 1",
    "DELETE FROM assessment", "UPDATE record SET pdf_sha256 = 'x'", "UPDATE record SET pdf_sha256 = NULL",
    "UPDATE record SET unsealed_sha256 = 'x'", "UPDATE record SET pdf_bytes = 1", "UPDATE record SET body = body",
    "UPDATE record SET sha256 = 'x'", "DELETE FROM record", "UPDATE record_file SET sha256 = 'x'", "DELETE FROM record_file",
    "UPDATE answer SET note = 'another'", "DELETE FROM answer", "DELETE FROM audit_event", "UPDATE pattern_answer SET reason = 'x'",
]  # fmt: skip


def test_no_statement_changes_what_was_decided(either: Instance) -> None:
    """Each was let through by the first version, on SQLite or on PostgreSQL, or is its neighbour."""
    case_id, assessment_id = either.import_case("h1")
    with either.app.app_context():
        _accepted_and_planned(either, case_id, assessment_id)
    either.submit(assessment_id)
    record_id = _decided(either, assessment_id)
    with either.app.app_context():
        service.make_pdf(record_id)
        allowed = []
        for statement in DAMAGE:
            table = statement.split()[1] if statement.startswith("UPDATE") else statement.split()[2]
            rows = db.session.execute(text(f"SELECT count(*) FROM {table}")).scalar()
            if not rows:
                assert table == "pattern_answer", f"nothing to damage in {table}"
                continue
            try:
                db.session.execute(text(statement))
                allowed.append(statement)
            except DatabaseError:
                pass
            db.session.rollback()
        assert allowed == []
        if either.engine == "postgresql":
            for table in ("decision", "acceptance", "mitigation", "assessment", "record", "record_file"):
                with pytest.raises(DatabaseError):
                    db.session.execute(text(f"TRUNCATE {table} CASCADE"))
                db.session.rollback()
        else:
            columns = "id, record_id, sha256, unsealed_sha256, bytes, made_at, again"
            with pytest.raises(DatabaseError):
                db.session.execute(text(f"INSERT OR REPLACE INTO record_file SELECT {columns} FROM record_file"))
            db.session.rollback()


def _accepted_and_planned(instance: Instance, case_id: str, assessment_id: str) -> None:
    from app.assessments.models import Assessment, SavedAcceptance, SavedMitigation  # noqa: PLC0415
    from app.database import writing  # noqa: PLC0415

    unit = db.session.get_one(Assessment, assessment_id).unit_id
    officer = instance.user("senior_officer").id
    with writing() as session:
        for kind, more in (
            (SavedMitigation, {"what": "A cot is brought.", "recorded_by": officer}),
            (SavedAcceptance, {"by_name": "Senior", "by_role": "senior_officer", "by_user": officer, "reason": "For one night.", "on": datetime.now(UTC).date()}),
        ):  # fmt: skip
            session.add(kind(case_id=case_id, unit_id=unit, criterion="CS07", subject="unit", **more))


def _decided(instance: Instance, assessment_id: str) -> str:
    from app.assessments.models import Assessment  # noqa: PLC0415
    from app.decisions import service as decisions  # noqa: PLC0415

    with instance.app.app_context():
        seen = db.session.get_one(Assessment, assessment_id).case.version
        lead = instance.user("safeguarding_lead")
        return str(
            decisions.decide(lead, assessment_id, seen, "approve", "Read and agreed, for these reasons.", []).record_id
        )


def test_a_certificate_that_has_ended_seals_nothing_and_stops_the_start(instance: Instance) -> None:
    said: list[str] = []
    with instance.app.app_context():
        ends = seal.ends_on(instance.settings)
        with time_machine.travel(ends - timedelta(days=59)):
            install.prepare(instance.app, False, said.append)
        assert any("ask for a new one now" in line for line in said)
        with time_machine.travel(ends + timedelta(days=1)):
            with pytest.raises(install.CannotPrepare, match="certificate that seals records ended"):
                install.prepare(instance.app, False, said.append)
            with pytest.raises(RuntimeError, match="has ended"):
                seal.seal(b"%PDF-1.7", instance.settings)


def test_what_an_earlier_certificate_sealed_stays_ours(instance: Instance, made: tuple[str, bytes]) -> None:
    _, pdf = made
    install.prepare(instance.app, False, lambda line: None)
    instance.settings.seal_file.unlink()
    install.prepare(instance.app, False, lambda line: None)
    found = proof.verify(pdf)
    assert (found.ours, found.unaltered) == (True, True)
    at = pdf.index(b"stream") + 40
    altered = pdf[:at] + bytes([pdf[at] ^ 1]) + pdf[at + 1 :]
    assert "altered after it was sealed" in proof.verify(altered).says
