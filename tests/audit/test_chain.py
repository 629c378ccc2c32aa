"""Every entry is linked to the one before it; what is changed, taken out, put in or moved is found, and at which entry is said."""

from __future__ import annotations

import random
from collections import Counter

import pytest
from sqlalchemy import select, text

from app.audit import chain, changes, verifying, writing
from app.audit.models import AuditEvent, AuditHead
from app.cases import service as cases
from app.cases.models import Case
from app.database import Base
from app.extensions import db
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


_ON_PAGES_OF_THEIR_OWN = {
    "court_export",
    "destruction",
    "disposal",
    "disposal_step",
    "home_asked",
    "home_named",
    "home_seal",
    "legal_hold",
    "possible_match",
    "reading_finding",
    "sealed_address",
    "subject_access",
}


def test_every_table_of_a_case_is_told_or_left_out_on_purpose() -> None:
    """Of the others an entry says that something was done: they hold keys, links, sealed places or frozen bodies."""
    of_a_case = {
        name
        for name, held in Base.metadata.tables.items()
        if "case_id" in held.columns or name.startswith(("unit", "case_"))
    }
    assert (
        of_a_case - changes.TRACKED
        == {
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
        }
        | _ON_PAGES_OF_THEIR_OWN
    )
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
