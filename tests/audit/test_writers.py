"""Many write at once, and what they write is one chain."""

from __future__ import annotations

import json
import threading
import tracemalloc

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import chain, details, service, verifying, writing
from app.audit.models import AuditEvent
from app.database import writing as a_transaction
from app.database import writing_connection
from app.extensions import db
from app.installation import version
from tests.conftest import Instance

from .damage import filled, in_hand
from .test_chain import told

# ---- writers


def test_writers_at_once_make_one_chain(either: Instance) -> None:
    problems: list[Exception] = []

    def write(who: int) -> None:
        try:
            with either.app.app_context():
                for at in range(25):
                    with writing_connection() as connection:
                        row = service._entry("case.viewed", "case", f"{who}-{at}", f"{who:032x}", {"n": at}, None)
                        writing.append(connection, [row])
        except Exception as problem:  # whatever it is, it is shown
            problems.append(problem)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []
    found, what = told(either)
    assert found == []
    assert what.linked >= 200


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET hash = NULL", "DELETE FROM audit_detail", "UPDATE audit_detail SET case_id = 'x'",
        "UPDATE audit_key SET wrapped = wrapped || wrapped", "UPDATE audit_head SET seq = 0" , "DELETE FROM audit_head",
        "INSERT INTO audit_head (id, seq, hash) SELECT 2, seq, hash FROM audit_head",
    ],
)  # fmt: skip
def test_the_database_refuses_to_break_the_chain_on_sqlite(instance: Instance, statement: str) -> None:
    instance.decided("h2")
    with instance.app.app_context(), pytest.raises(DBAPIError), a_transaction() as session:
        session.execute(text(statement))


def test_an_entry_that_names_another_before_it_is_refused_on_sqlite(instance: Instance) -> None:
    with instance.app.app_context():
        filled(3)
        copied = "INSERT INTO audit_event (seq, at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail, stored, hash) "
        copied += "SELECT {}, at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail, stored, hash FROM audit_event WHERE seq = 2"
        for seq in ("(SELECT seq + 1 FROM audit_head)", "1000", "0", "-5"):
            with pytest.raises(DBAPIError), a_transaction() as session:
                session.execute(text(copied.format(seq)))


# ---- what was there before, and an earlier version beside this one


def _as_an_earlier_version_writes(many: int) -> None:
    with writing_connection() as connection:
        for at in range(many):
            connection.execute(
                text(
                    "INSERT INTO audit_event (at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail) "
                    "SELECT at, actor_id, actor_role, 'case.viewed', 'case', :o, 'c', '', '{}' FROM audit_event LIMIT 1"
                ),
                {"o": str(at)},
            )


def test_a_step_down_and_up_keeps_the_proof_and_seals_what_was_written_meanwhile(either: Instance) -> None:
    either.decided("h2")
    with either.app.app_context():
        before = db.session.scalar(select(func.count()).select_from(AuditEvent)) or 0
        db.session.close()
        flask_migrate.downgrade(revision="0024")
        _as_an_earlier_version_writes(7)
        flask_migrate.upgrade()
        flask_migrate.check()
    either.decided("h1")
    found, what = told(either)
    assert found == []
    assert what.unproved == 7
    assert what.linked > before + 1


def test_an_earlier_version_can_write_beside_this_one_and_is_sealed_at_the_next_start(either: Instance) -> None:
    with either.app.app_context():
        filled(5)
        _as_an_earlier_version_writes(3)
    with either.app.app_context():
        filled(5)
    found, _ = told(either)
    assert len(found) == 1
    assert "stand beside the chain" in found[0].says
    with either.app.app_context():
        assert service.seal_unlinked() == 3
        assert service.seal_unlinked() == 0
    found, what = told(either)
    assert found == []
    assert what.unproved == 3
    with either.app.app_context(), in_hand() as connection:
        connection.execute(text("UPDATE audit_event SET actor_id = 'x' WHERE hash IS NULL AND object_id = '1'"))
        (only,) = verifying.verify(connection, verifying.Told())
        assert "Something was changed among those that had no link" in only.says


# ---- erasing


def test_erased_details_say_nothing_and_the_chain_holds(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    other, _ = either.decided("h1")
    with either.app.app_context(), a_transaction() as session:
        service.erase_details(session, case_id)
    found, what = told(either)
    assert found == []
    assert what.erased >= 3
    with either.app.app_context():
        ours = db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == case_id)).all()
        assert {bool(e.detail) for e in ours} == {False}
        assert any(e.detail for e in db.session.scalars(select(AuditEvent).where(AuditEvent.case_id == other)))
        assert all(set(says) == set() for says in details.all_opened(ours).values())


def test_a_key_that_is_gone_without_an_entry_is_found(either: Instance) -> None:
    case_id, _ = either.decided("h2")
    with either.app.app_context(), in_hand() as connection:
        connection.execute(text("DELETE FROM audit_key WHERE case_id = :c"), {"c": case_id})
        found = list(verifying.verify(connection, verifying.Told()))
        assert len(found) >= 3
        assert all("its key is gone" in f.says for f in found)


# ---- the command, and how much it takes


def test_the_command_says_what_is_wrong_and_ends_with_one(instance: Instance) -> None:
    instance.decided("h2")
    runner = instance.app.test_cli_runner()
    done = runner.invoke(args=["audit", "verify"])
    said = json.loads(done.output)
    assert (done.exit_code, said["wrong"]) == (0, 0)
    assert set(said["seconds"]) == {"entries_and_links", "commitments_and_rows"}
    with instance.app.app_context(), a_transaction() as session:
        session.execute(text("DROP TRIGGER audit_event_no_update"))
        session.execute(text("UPDATE audit_event SET actor_role = 'auditor' WHERE seq = 4"))
    done = runner.invoke(args=["audit", "verify"])
    lines = [json.loads(line) for line in done.output.splitlines()]
    assert done.exit_code == 1
    assert lines[0] == {"entry": 4, "says": "Entry 4: its row says otherwise than what was hashed: in what role."}


def test_it_reads_in_as_much_memory_as_one_entry_takes(instance: Instance) -> None:
    with instance.app.app_context():
        filled(4_000, closed_every=50)
        with db.engine.connect() as connection:
            list(verifying.verify(connection, verifying.Told()))  # what is loaded once
            tracemalloc.start()
            assert list(verifying.verify(connection, verifying.Told())) == []
            _, peak = tracemalloc.get_traced_memory()
            tracemalloc.stop()
    assert peak < 700_000, "the entries alone take more than five times that"


# ---- by which permission, and by which version


def test_an_entry_says_by_which_permission_and_which_version_wrote_it(either: Instance, officer: FlaskClient) -> None:
    case_id, _ = either.import_case("h2")
    assert officer.get(f"/cases/{case_id}").status_code == 200
    with either.app.app_context():
        looked = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq.desc())).first()
        assert looked is not None
        assert (looked.rule, looked.app_version) == ("case.view", version())
        said = chain.read(looked.stored or b"")
        assert (said["rule"], said["app_version"]) == ("case.view", version())
        by_nobody = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "case.imported")).one()
        assert by_nobody.rule is None, "no page let it through"
        assert "rule" not in chain.read(by_nobody.stored or b"")
    assert told(either)[0] == []
    with either.app.app_context():
        db.session.close()
        with in_hand() as connection:
            looked_seq = connection.scalar(text("SELECT max(seq) FROM audit_event"))
            connection.execute(text("UPDATE audit_event SET rule = 'public' WHERE seq = :s"), {"s": looked_seq})
            (found,) = verifying.verify(connection, verifying.Told())
            assert "by which permission" in found.says
