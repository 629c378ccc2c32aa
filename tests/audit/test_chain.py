"""Every entry is linked to the one before it; what is changed, taken out, put in or moved is found, and at which entry is said."""

from __future__ import annotations

import json
import random
import threading
import tracemalloc
from collections import Counter

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from app.audit import chain, changes, details, service, verifying, writing
from app.audit.models import AuditEvent, AuditHead
from app.cases import service as cases
from app.cases.models import Case
from app.database import Base, writing_connection
from app.database import writing as a_transaction
from app.extensions import db
from app.installation import version
from app.records import service as records
from tests.assessments.test_questions import GOOD, question
from tests.conftest import Instance

from .damage import WAYS, Damage, filled, in_hand, written_again, wrong


def told(instance: Instance) -> tuple[list[verifying.Finding], verifying.Told]:
    with instance.app.app_context(), db.engine.connect() as connection:
        what = verifying.Told()
        return list(verifying.verify(connection, what)), what


def test_a_whole_case_is_linked_and_nothing_is_wrong(either: Instance) -> None:
    case_id, record_id = either.decided("h2")
    assert either.client("safeguarding_lead").get(f"/cases/{case_id}/records/{record_id}").status_code == 200
    found, what = told(either)
    assert found == []
    with either.app.app_context():
        events = db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)).all()
        assert [e.seq for e in events] == list(range(1, len(events) + 1))
        assert all(e.stored and e.hash for e in events)
        assert events[0].action == chain.SEALED
        assert events[0].plain["entries"] == 0
        head = db.session.scalars(select(AuditHead)).one()
        assert (head.seq, head.hash) == (events[-1].seq, events[-1].hash)
        assert what.linked == len(events)
        assert what.closed >= 3, "submitted, decided, issued"
        assert what.head == events[-1].hash.hex()


def test_a_hash_is_of_the_stored_bytes_and_nothing_of_the_family_is_in_them(instance: Instance) -> None:
    instance.decided("h2")
    with instance.app.app_context():
        before = chain.START
        for event in db.session.scalars(select(AuditEvent).order_by(AuditEvent.seq)):
            assert event.stored is not None
            assert chain.linked(event.seq, before, event.stored[chain.SAID :]) == (event.stored, event.hash)
            assert not any(
                word in event.stored.decode("latin-1") for word in ("Wójcik", "Invented", "B14", "SM01", "outcome")
            )
            before = event.hash or b""


def test_an_entry_that_could_not_be_stored_takes_its_change_back(
    either: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id, _ = either.import_case("h2")

    def broken(*args: object) -> None:
        raise RuntimeError("the audit cannot be written")

    version = either.version(case_id)
    monkeypatch.setattr(writing, "append", broken)
    with either.app.app_context():
        with pytest.raises(RuntimeError):
            cases.change(either.user("housing_officer"), case_id, version, {"left_note": "Never stored"})
        assert db.session.get_one(Case, case_id).left_note != "Never stored"
    monkeypatch.undo()
    with either.app.app_context():
        cases.change(either.user("housing_officer"), case_id, version, {"left_note": "Stored"})
    assert told(either)[0] == [], "and nothing of the entry that was not stored is left for the next transaction"


# ---- damage


def tried(instance: Instance, times: int, seed: int) -> Counter[str]:
    """Damage an audit so many times; each has to be found exactly where it is."""
    with instance.app.app_context():
        filled(60)
        done: Counter[str] = Counter()
        with in_hand() as connection:
            damage = Damage(connection, random.Random(seed))
            assert wrong(connection) == set()
            for _ in range(times):
                way, should, found = damage.tried()
                assert found == should, way
                done[way] += 1
            assert wrong(connection) == set(), "all of it was taken back"
    return done


def test_hundreds_of_changes_are_each_located(either: Instance) -> None:
    done = tried(either, 250, 20261129)
    assert set(done) == {way.__name__ for way in WAYS}


@pytest.mark.deep
def test_ten_thousand_changes_are_each_located(instance: Instance) -> None:
    assert sum(tried(instance, 10_000, 7).values()) == 10_000


def test_the_end_cut_off_is_found_by_the_head(either: Instance) -> None:
    with either.app.app_context():
        filled(30)
        with in_hand() as connection:
            last = connection.scalar(text("SELECT max(seq) FROM audit_event")) or 0
            connection.execute(text("DELETE FROM audit_event WHERE seq > :n"), {"n": last - 5})
            assert wrong(connection) == {last - 4}
            # Whoever moves the head too leaves nothing to see here: that is what checkpoints elsewhere are for.
            row = connection.execute(text("SELECT seq, hash FROM audit_event ORDER BY seq DESC LIMIT 1")).one()
            connection.execute(text("UPDATE audit_head SET seq = :s, hash = :h"), {"s": row.seq, "h": row.hash})
            assert wrong(connection) == set()


def test_rows_that_entries_speak_of_are_held_against_them(either: Instance) -> None:
    either.decided("h2")
    changes = {
        "UPDATE decision SET note = 'Another reason.'": "a decision that it wrote was changed since: note",
        "DELETE FROM decision_step; DELETE FROM decision": "the decision that it made is gone",
        "UPDATE record SET sha256 = 'x'": "does not have the hash",
    }
    with either.app.app_context():
        db.session.close()
        for statement, says in changes.items():
            with db.engine.connect() as connection:
                if connection.dialect.name == "sqlite":
                    for (name,) in connection.execute(
                        text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
                    ).all():
                        connection.execute(text(f"DROP TRIGGER {name}"))
                else:
                    connection.execute(text("SET LOCAL session_replication_role = replica"))
                for each in statement.split("; "):
                    connection.execute(text(each))
                found = [f.says for f in verifying.verify(connection, verifying.Told())]
                assert any(says in said for said in found), (statement, found)
                connection.rollback()


def test_a_record_carries_the_head_it_was_issued_behind(either: Instance) -> None:
    _, record_id = either.decided("h2")
    with either.app.app_context():
        said = records.contents(record_id)["audit"]
        behind = db.session.scalars(select(AuditEvent).where(AuditEvent.seq == said["entry"])).one()
        assert behind.hash is not None
        assert behind.hash.hex() == said["hash"]
        issued = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "record.issued")).one()
        assert said["entry"] < issued.seq
        db.session.close()
        # Everything written again from there on holds within itself; the record does not hold with it.
        with in_hand() as connection:
            written_again(connection, said["entry"])
            (found,) = verifying.verify(connection, verifying.Told())
            assert f"was issued behind entry {said['entry']} with another hash" in found.says


def test_every_table_of_a_case_is_told_or_left_out_on_purpose() -> None:
    """Of the others an entry says that something was done: they hold keys, links, sealed places or frozen bodies."""
    of_a_case = {
        name
        for name, held in Base.metadata.tables.items()
        if "case_id" in held.columns or name.startswith(("unit", "case_"))
    }
    assert of_a_case - changes.TRACKED == {
        "audit_event",
        "audit_detail",
        "audit_key",
        "edition",
        "protected_place",
        "record",
        "share",
        "letter",
        "letter_file",
        "visit",  # when a sheet was taken along; what was saved of it is told
        "photograph",  # bytes; its entry has their hash
        "letter_mail",
        "telling",
        "share_word",
        "clock",  # what follows from the others; its lines are told
        "clock_look",
        "case_found",  # the words of the case again, for the search
        "case_found_mark",
        "former_name",  # a name that was replaced: the entry of its change says it
    } | {  # on pages of their own, each with entries of its own
        "legal_hold", "disposal", "disposal_step", "destruction", "subject_access", "court_export", "reading_finding",
        "home_asked", "home_named", "home_seal", "sealed_address", "possible_match",  # nobody reads of them in the case
    }  # fmt: skip
    assert set(Base.metadata.tables) >= changes.TRACKED


def test_an_answer_changed_by_hand_is_named(instance: Instance) -> None:
    client, path, mark = question(instance, "h1")
    assert client.post(path, data={**GOOD, "seen": mark}).status_code == 302
    with instance.app.app_context(), db.engine.connect() as connection:
        connection.execute(text("DROP TRIGGER answer_no_update"))
        newest = connection.scalar(text("SELECT id FROM answer ORDER BY recorded_at DESC LIMIT 1"))
        connection.execute(text("UPDATE answer SET note = 'Nobody said this.' WHERE id = :id"), {"id": newest})
        (found,) = verifying.verify(connection, verifying.Told())
        assert f"an answer that it wrote was changed since: note (row {newest})" in found.says


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
