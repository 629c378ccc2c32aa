"""A case given out whole: by whom, what is in it, what stays, and who hears of it."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.audit import verifying
from app.audit.models import AuditEvent
from app.cases import exclusions, protected, supervision
from app.clocks import today
from app.court import data
from app.database import Base, writing
from app.extensions import db
from app.lives.models import LifeStep
from app.notifications.models import Telling
from app.records.models import CourtExport
from tests.accounts.test_fresh import of_page, said_at
from tests.cases.test_sealed import seal
from tests.conftest import Instance

from .exports import checked, decided, exported

PASSWORD = "correct horse battery staple"
ASKED = {"purpose": "inquest", "words": "HM Coroner, reference 7"}


def ask(client: FlaskClient, instance: Instance, case_id: str, **other: str) -> object:
    # Buffered: the answer is a file, which a server closes and a test does not.
    said = {**ASKED, "version": str(instance.version(case_id)), **other}
    return client.post(f"/cases/{case_id}/court", data=said, buffered=True)


@pytest.mark.parametrize("role", ["safeguarding_lead", "auditor"])
def test_a_lead_or_the_auditor_gets_everything_in_one_file(either: Instance, tmp_path: Path, role: str) -> None:
    case_id, _ = decided(either)
    version = either.version(case_id)
    answer = ask(either.client(role), either, case_id)
    assert answer.status_code == 200, answer.text  # type: ignore[attr-defined]
    assert answer.mimetype == "application/zip"  # type: ignore[attr-defined]
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:  # type: ignore[attr-defined]
        names = set(packed.namelist())
        packed.extractall(tmp_path / "export")
    assert {"index.html", "manifest.json", "manifest.note", "verify.py", "chronology.csv", "chronology.pdf", "answers.csv", "data/case.json",
            "audit/entries.jsonl", "audit/entries.csv", "audit/chain.txt", "audit/people.json", "checkpoints/key.txt"} <= names  # fmt: skip
    assert {n.split("/")[0] for n in names} >= {"records", "rules", "checkpoints"}
    assert checked(tmp_path / "export").status == 0
    index = (tmp_path / "export" / "index.html").read_text("utf-8")
    for said in (
        "HM Coroner, reference 7",
        "A coroner’s inquest",
        "Protected places",
        "Read and agreed, for these reasons.",
    ):
        assert said in index
    rows = json.loads((tmp_path / "export" / "data" / "case.json").read_text("utf-8"))
    assert rows["answer"]
    assert rows["decision"][0]["note"] == "Read and agreed, for these reasons."
    assert either.version(case_id) == version + 1
    with either.app.app_context():
        made = db.session.scalars(select(CourtExport)).one()
        entry = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "court.exported")).one()
        assert entry.detail == {"purpose": "inquest", "manifest_sha256": made.manifest_sha256, "files": made.files}
        assert (entry.actor_id, entry.object_id, entry.rule) == (either.user(role).id, made.id, "court.export")
        told = {t.owner for t in db.session.scalars(select(Telling).where(Telling.kind == "court_export"))}
        assert told == {either.user("housing_officer").id, either.user("safeguarding_lead").id} - {either.user(role).id}
        with db.engine.connect() as connection, connection.begin():
            assert list(verifying.verify(connection, verifying.Told())) == []
    page = either.client("safeguarding_lead").get(f"/cases/{case_id}/court").text
    assert made.manifest_sha256 in page
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "The whole case was given out" in chronology


@pytest.mark.parametrize("role", ["housing_officer", "senior_officer", "administrator"])
def test_nobody_else_does(instance: Instance, role: str) -> None:
    case_id, _ = instance.decided("h2")
    assert instance.client(role).get(f"/cases/{case_id}/court").status_code == 403
    assert ask(instance.client(role), instance, case_id).status_code == 403  # type: ignore[attr-defined]


def test_nothing_leaves_until_it_was_said_lately_that_it_is_them(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = instance.decided("h2")
    said_at(instance, 6)
    answer = ask(lead, instance, case_id)
    assert answer.status_code == 401  # type: ignore[attr-defined]
    assert "Confirm that it is you" in answer.text  # type: ignore[attr-defined]
    with instance.app.app_context():
        assert db.session.scalar(select(CourtExport.id)) is None
    carried = {**of_page(answer.text), "password": PASSWORD}  # type: ignore[attr-defined]
    offered = lead.post("/confirm", data=carried)
    assert offered.status_code == 200
    assert "HM Coroner, reference 7" in offered.text, "what was typed is still there"
    assert ask(lead, instance, case_id).status_code == 200  # type: ignore[attr-defined]


def test_what_is_missing_is_said_and_nothing_leaves(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = instance.decided("h2")
    for other, said in (
        ({"purpose": ""}, "Choose for what"), ({"words": ""}, "Write who asked"), ({"version": "0"}, "Somebody changed this case"),
    ):  # fmt: skip
        answer = ask(lead, instance, case_id, **other)
        assert answer.status_code == 422  # type: ignore[attr-defined]
        assert said in answer.text  # type: ignore[attr-defined]
        assert other.get("words", "HM Coroner") in answer.text  # type: ignore[attr-defined]
    with instance.app.app_context():
        assert db.session.scalar(select(CourtExport.id)) is None
        assert db.session.scalar(select(AuditEvent.seq).where(AuditEvent.action == "court.exported")) is None


def test_what_stays_is_nowhere_in_it(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    other_id, _ = instance.import_case("h1", "Elsewhere-1")
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        with writing() as session:
            protected.seal(session, lead, case_id, "gang", "1 ZQSEALED Row", "B1 1BB")
        exclusions.keep_out(lead, case_id, instance.version(case_id), instance.user("administrator").id, "ZQKEPT")
        note = {"on": today(), "with_whom": "ZQWITH", "reflected": "ZQNOTE", "agreed": "ZQNOTE"}
        supervision.write(lead, case_id, instance.version(case_id), note)
    folder = exported(instance, case_id, tmp_path / "export")
    held = {f.relative_to(folder).as_posix(): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    assert len(held) > 15
    for marker in ("ZQSEALED", "ZQKEPT", "ZQWITH", "ZQNOTE", "Elsewhere-1", other_id):
        assert [name for name, content in held.items() if marker.encode() in content] == [], marker
    assert b"HM Coroner" in held["index.html"], "the marker search finds what is there"
    assert checked(folder).status == 0
    out = checked(folder).out
    assert "say more is not here" in out, "that something was left out of entries is said"
    left = json.loads(held["manifest.json"])["left_out"]
    assert any("Protected places" in each for each in left)
    assert any("Notes of supervision" in each for each in left)


def test_every_table_of_a_case_leaves_or_its_reason_is_given() -> None:
    """A new table has to be thought of here: what tells where somebody is must not leave because nobody thought of it."""
    of_cases = {t.name for t in Base.metadata.tables.values() if "case_id" in t.columns}
    known = {*data.OF_THE_CASE, *data.LEFT_OUT, *data.NOT_SAID}
    assert of_cases - known == set()
    assert known - of_cases - {"housing_case"} == set()


def test_where_people_are_who_left_does_not_leave_with_the_others(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    with instance.app.app_context(), writing() as session:
        lead = instance.user("safeguarding_lead")
        by = {"by_id": lead.id, "by_name": "Lead", "by_role": "safeguarding_lead", "on": today()}
        way = LifeStep(case_id=case_id, kind="way", said="ZQWAY", source="x", grade="E2", **by)
        session.add(way)
        session.flush()
        session.add(LifeStep(case_id=case_id, kind="parted", said="They left", facts={"withheld": [way.id]}, **by))
    folder = exported(instance, case_id, tmp_path / "export")
    assert [f.name for f in folder.rglob("*") if f.is_file() and b"ZQWAY" in f.read_bytes()] == []
    assert checked(folder).status == 0


def test_a_closed_case_can_be_given_out_and_one_kept_from_a_lead_cannot(instance: Instance, lead: FlaskClient) -> None:
    case_id, _ = decided(instance)
    with instance.app.app_context(), writing() as session:
        session.execute(
            text("UPDATE housing_case SET closed_on = :day WHERE id = :id"), {"day": today().isoformat(), "id": case_id}
        )
    assert ask(lead, instance, case_id).status_code == 200  # type: ignore[attr-defined]
    with instance.app.app_context():
        auditor = instance.user("auditor").id
        exclusions.keep_out(
            instance.user("safeguarding_lead"), case_id, instance.version(case_id), auditor, "A relative"
        )
    assert ask(instance.client("auditor"), instance, case_id).status_code == 404  # type: ignore[attr-defined]


def test_the_command_writes_the_same_into_a_new_folder(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    with instance.app.app_context():
        reference = db.session.scalar(text("SELECT reference FROM housing_case WHERE id = :id"), {"id": case_id})
        db.session.rollback()
    runner, folder = instance.app.test_cli_runner(), tmp_path / "given"
    words = ["case", "for-court", str(reference), str(folder), "--for", "court", "--words", "Family Court, 7"]
    for email, password in (("safeguarding_lead@test.example", "wrong"), ("housing_officer@test.example", PASSWORD)):
        told = runner.invoke(args=words, input=f"{email}\n{password}\n")
        assert (told.exit_code, "Nothing was given out" in told.output) == (1, True)
        assert not folder.exists()
    told = runner.invoke(args=words, input=f"safeguarding_lead@test.example\n{PASSWORD}\n")
    assert told.exit_code == 0, told.output
    assert checked(folder).status == 0
    assert not list(folder.glob(".*"))
    assert runner.invoke(args=words, input=f"safeguarding_lead@test.example\n{PASSWORD}\n").exit_code == 1, "not empty"


def test_details_that_were_erased_are_not_taken_for_altered(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = decided(instance)
    with instance.app.app_context(), writing() as session:
        from app.audit import service as audit  # noqa: PLC0415

        audit.erase_details(session, case_id, instance.user("safeguarding_lead"))
    said = checked(exported(instance, case_id, tmp_path / "export"))
    assert said.status == 0, said.out
    assert "erased" in said.out


def test_nothing_is_given_out_while_their_home_is_held_sealed(either: Instance) -> None:
    """Older papers of the case may say the address, and so may what was changed since."""
    case_id, _ = decided(either)
    seal(either, case_id, "senior_officer")
    answer = ask(either.client("safeguarding_lead"), either, case_id)
    assert answer.status_code == 422  # type: ignore[attr-defined]
    assert "held sealed" in answer.text  # type: ignore[attr-defined]
    assert "HM Coroner, reference 7" in answer.text  # type: ignore[attr-defined]
    with either.app.app_context():
        assert db.session.scalars(select(CourtExport)).all() == []
