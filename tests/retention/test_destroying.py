"""A case is destroyed: its rows and files go on both engines, the audit still verifies, the others are as they were, and a certificate says so."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import details, verifying
from app.audit.models import AuditEvent
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.jobs.models import Job
from app.retention import certificate, destroying, erasing, order, proposing, tidying, tombstones
from app.retention.models import Disposal
from tests.conftest import Instance

from .conftest import agreed, closed, destroyed, family, is_here, proposed

pytestmark = pytest.mark.usefixtures("confirmed")


def wrong(instance: Instance) -> list[str]:
    with instance.app.app_context(), db.engine.connect() as connection:
        return [found.says for found in verifying.verify(connection, verifying.Told())]


def rows_of(instance: Instance, case_id: str) -> dict[str, int]:
    with instance.app.app_context():
        return {
            step.table: many
            for step in order.steps()
            if (
                many := db.session.scalar(
                    text(f'SELECT count(*) FROM "{step.table}" WHERE {step.where()}'), {"case": case_id}
                )
            )
        }


def everything(instance: Instance) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table but the audit's and the job engine's, for what must be as it was."""
    with instance.app.app_context():
        names = sorted(
            set(inspect(db.engine).get_table_names()) - {"audit_event", "audit_detail", "audit_key", "audit_head"}
        )
        return {
            name: sorted(map(tuple, db.session.execute(text(f'SELECT * FROM "{name}"')).all()), key=repr)
            for name in names
            if not name.startswith(
                ("case_found_words", "dbos", "workflow", "operation", "notifications", "streams", "event_")
            )
        }


def test_two_agree_and_nothing_of_it_is_left(either: Instance) -> None:
    case_id, record_id = family(either, "Zqmarker")
    other, other_record = family(either, "Zqother")
    closed(either, case_id)
    before = rows_of(either, other)
    assert len(rows_of(either, case_id)) > 12
    number = destroyed(either, case_id)
    assert rows_of(either, case_id) == {}
    assert rows_of(either, other) == before
    assert not is_here(either, case_id)
    assert not (either.settings.data / "records" / f"{record_id}.pdf").exists()
    assert (either.settings.data / "records" / f"{other_record}.pdf").exists()
    assert wrong(either) == []
    done = either.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert done.exit_code == 0, done.output
    with either.app.app_context():
        [(row, said)] = certificate.listed()
        assert (row.number, row.case_id) == (number, case_id)
        assert [a["name"] for a in said["agreed"]] == ["Senior Officer", "Safeguarding Lead"]
        assert said["rows"]["housing_case"] == 1
        assert said["files"] == 1
        assert db.session.scalar(select(func.count()).select_from(Disposal)) == 0
        assert [j.id for j in db.session.scalars(select(Job)) if case_id in j.id or record_id in j.id] == []
        kept = db.session.scalars(
            select(AuditEvent).where(AuditEvent.case_id == case_id).order_by(AuditEvent.seq)
        ).all()
        assert {"case.created", "decision.made", "record.issued", "case.destroyed"} & {e.action for e in kept} >= {
            "decision.made", "record.issued", "case.destroyed",
        }  # fmt: skip
        assert all(e.actor_id for e in kept)
        assert not any(details.all_opened(kept).values())
    for role in ("housing_officer", "safeguarding_lead", "auditor"):
        assert either.client(role).get(f"/cases/{case_id}").status_code == 404


def test_what_guards_rows_is_there_again_afterwards(either: Instance) -> None:
    case_id, _ = family(either, "Zqmarker")
    family(either, "Zqother")
    closed(either, case_id)
    before = _guards(either)
    destroyed(either, case_id)
    assert _guards(either) == before
    assert len(before) > 50
    with either.app.app_context():
        for table in ("record", "answer", "decision", "destruction", "audit_event"):
            with pytest.raises(DBAPIError), db.engine.begin() as connection:
                connection.execute(text(f"DELETE FROM {table}"))


def _guards(instance: Instance) -> list[tuple[Any, ...]]:
    asked = (
        "SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'trigger' ORDER BY name"
        if instance.engine == "sqlite"
        else "SELECT tgname, tgrelid::regclass::text, tgenabled::text FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2"
    )
    with instance.app.app_context():
        return [tuple(row) for row in db.session.execute(text(asked)).all()]


def test_a_failure_half_way_leaves_everything(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    disposal_id = proposed(either, case_id)
    agreed(either, case_id, disposal_id)
    before, guards = everything(either), _guards(either)
    with monkeypatch.context() as patched, either.app.app_context():
        patched.setattr(certificate, "write_down", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            destroying.destroy(disposal_id)
    assert everything(either) == before
    assert _guards(either) == guards
    with either.app.app_context():
        assert destroying.destroy(disposal_id)
        assert destroying.destroy(disposal_id) is None, "done once"
    assert not is_here(either, case_id)


@pytest.mark.parametrize("many", [8, pytest.param(1000, marks=pytest.mark.deep)])
def test_no_byte_of_half_of_the_cases_is_left(instance: Instance, many: int) -> None:
    """A9: markers in the database, its log, the records folder and every other file of the data folder."""
    marks = {f"Zqm{number:04d}x": family(instance, f"Zqm{number:04d}x") for number in range(many)}
    gone = random.Random(9).sample(sorted(marks), many // 2)
    for mark in gone:
        closed(instance, marks[mark][0])
    assert set(gone) <= _found(instance, marks), "they are found where they are there: else this would prove nothing"
    stay = {mark: rows_of(instance, marks[mark][0]) for mark in marks if mark not in gone}
    for mark in gone:
        destroyed(instance, marks[mark][0])
    with instance.app.app_context():
        assert tidying.once_due()
        assert not tidying.once_due(), "nothing was destroyed since"
    assert _found(instance, marks) == set(stay)
    assert {mark: rows_of(instance, marks[mark][0]) for mark in stay} == stay
    assert wrong(instance) == []


def _found(instance: Instance, marks: Any) -> set[str]:
    """Which marks stand in any file of the data folder, byte for byte."""
    said = b"".join(
        path.read_bytes().lower()
        for path in instance.settings.data.rglob("*")
        if path.is_file() and not path.is_symlink()
    )
    return {mark for mark in marks if mark.lower().encode() in said}


def test_no_text_of_it_is_left_in_any_table(either: Instance) -> None:
    case_id, _ = family(either, "Zqgone")
    family(either, "Zqstays")
    closed(either, case_id)
    destroyed(either, case_id)
    with either.app.app_context():
        tidying.tidy()
    said = repr(everything(either)).lower()
    assert "zqgone" not in said
    assert "zqstays" in said


def test_one_alone_and_two_without_a_lead_destroy_nothing(either: Instance) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    disposal_id = proposed(either, case_id)
    agreed(either, case_id, disposal_id, "senior_officer")
    with either.app.app_context():
        with pytest.raises(proposing.DisposalProblem, match="You agreed to this already"):
            proposing.agree(
                either.user("senior_officer"), case_id, either.version(case_id), disposal_id, "no", "Again."
            )
        assert destroying.destroy(disposal_id) is None
        if either.engine == "postgresql":  # the database asks by itself
            with pytest.raises(DBAPIError, match="nobody agreed"), writing() as session:
                erasing.erase(session.connection(), case_id, either.settings)
    assert is_here(either, case_id)


def test_nothing_is_agreed_by_a_rule_that_is_not_confirmed(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.retention import schedule  # noqa: PLC0415

    case_id, _ = family(instance, "Zqmarker")
    closed(instance, case_id)
    disposal_id = proposed(instance, case_id)
    now = schedule.read()
    unconfirmed = now._replace(rules=tuple(r._replace(confirmed=False) for r in now.rules))
    monkeypatch.setattr(schedule, "read", lambda: unconfirmed)
    with instance.app.app_context(), pytest.raises(proposing.DisposalProblem, match="not yet confirmed"):
        proposing.agree(
            instance.user("senior_officer"), case_id, instance.version(case_id), disposal_id, "no", "Why not."
        )


@pytest.mark.parametrize(("said", "says"), [("yes", "it is kept until"), ("unknown", "Ask children")])
def test_a_child_who_was_looked_after_keeps_it(instance: Instance, said: str, says: str) -> None:
    case_id, _ = family(instance, "Zqmarker")
    closed(instance, case_id)
    disposal_id = proposed(instance, case_id)
    with instance.app.app_context(), pytest.raises(proposing.DisposalProblem, match=says):
        proposing.agree(
            instance.user("senior_officer"), case_id, instance.version(case_id), disposal_id, said, "Why not."
        )


def test_it_is_proposed_once_and_again_after_the_day_it_was_kept_until(instance: Instance) -> None:
    case_id, _ = family(instance, "Zqmarker")
    family(instance, "Zqopen")
    closed(instance, case_id)
    disposal_id = proposed(instance, case_id)
    with instance.app.app_context():
        assert proposing.propose() == 0
        lead, until = instance.user("safeguarding_lead"), today().replace(year=today().year + 1, day=1)
        proposing.keep(lead, case_id, instance.version(case_id), disposal_id, until, "A brother’s case goes on.")
        assert proposing.propose() == 0
        assert proposing.propose(until) == 1
        assert db.session.scalar(select(func.count()).select_from(Disposal)) == 2


# ---- beside the backups


def test_a_list_that_is_not_ours_is_refused(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = family(instance, "Zqmarker")
    other, _ = family(instance, "Zqother")
    closed(instance, case_id)
    destroyed(instance, case_id)
    kept = instance.settings.data / tombstones.FILE
    line = json.loads(kept.read_text(encoding="utf-8"))
    assert "zqmarker" not in kept.read_text(encoding="utf-8").lower()
    body = json.loads(line["body"]) | {"case": other}
    (tmp_path / tombstones.FILE).write_text(json.dumps({"body": json.dumps(body), "mark": line["mark"]}) + "\n")
    with instance.app.app_context(), pytest.raises(tombstones.NotOurs, match=r"not made with the secret\.key"):
        tombstones.read([tmp_path / tombstones.FILE], instance.settings)
    done = instance.app.test_cli_runner().invoke(args=["retention", "destroy-again", str(tmp_path / tombstones.FILE)])
    assert done.exit_code == 1
    assert is_here(instance, other)


def test_a_case_that_came_back_is_found_by_the_audit_and_destroyed_again(either: Instance) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    destroyed(either, case_id)
    with either.app.app_context(), writing() as session:
        officer = either.user("housing_officer").id
        session.add(Case(id=case_id, reference="Zqback", created_by=officer, assigned_to=officer))
    assert any("was destroyed, and it is here" in said for said in wrong(either))


def test_two_workers_at_once_destroy_it_once(either: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    disposal_id = proposed(either, case_id)
    agreed(either, case_id, disposal_id)
    taking, other = destroying.writing, list[str | None]()

    def after_another() -> Any:
        if not other:
            other.append("")
            other.append(destroying.destroy(disposal_id))
        return taking()

    with either.app.app_context():
        monkeypatch.setattr(destroying, "writing", after_another)
        assert destroying.destroy(disposal_id) is None
    assert str(other[1]).startswith("D-")
    assert not is_here(either, case_id)
