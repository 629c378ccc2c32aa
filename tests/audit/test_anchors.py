"""What somebody outside kept: the audit is held against it, whatever it is kept in; and the nine ways to change the structure of an audit."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import Connection, text

from app.audit import anchors, chain, checkpoints
from app.extensions import db
from app.jobs.models import Job
from app.notifications import anchored, mail, messages
from app.records import service as records
from app.settings import Settings
from tests.conftest import Instance

from .damage import filled, head_moved, in_hand, written_again, wrong

MORNING = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.fixture
def kept(either: Instance, tmp_path: Path) -> Path:
    """Sixty entries, and a folder outside that holds a checkpoint over them."""
    made = tmp_path / "outside"
    made.mkdir()
    either.app.config["SETTINGS"] = either.settings.model_copy(update={"checkpoints": made})
    with either.app.app_context():
        filled(60)
        assert checkpoints.leave() is not None
        filled(5)
    return made


def deleted(c: Connection, first: int, last: int) -> None:
    c.execute(text("DELETE FROM audit_event WHERE seq = :s"), {"s": first + 20})


def swapped(c: Connection, first: int, last: int) -> None:
    for old, new in ((first + 20, -1), (first + 30, first + 20), (-1, first + 30)):
        c.execute(text("UPDATE audit_event SET seq = :n WHERE seq = :o"), {"n": new, "o": old})


COLUMNS = "at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail, commitment, rule, app_version, stored, hash"


def duplicated(c: Connection, first: int, last: int) -> None:
    c.execute(
        text(f"INSERT INTO audit_event (seq, {COLUMNS}) SELECT :n, {COLUMNS} FROM audit_event WHERE seq = :o"),
        {"n": last + 1, "o": first + 20},
    )


def inserted(c: Connection, first: int, last: int) -> None:
    """One put in between: those behind it move up, without their links being made anew."""
    c.execute(text("UPDATE audit_event SET seq = -seq - 1 WHERE seq > :s"), {"s": first + 20})
    c.execute(text("UPDATE audit_event SET seq = -seq WHERE seq < 0"))
    c.execute(
        text(f"INSERT INTO audit_event (seq, {COLUMNS}) SELECT :n, {COLUMNS} FROM audit_event WHERE seq = :o"),
        {"n": first + 21, "o": first + 5},
    )


def truncated(c: Connection, first: int, last: int) -> None:
    c.execute(text("DELETE FROM audit_event WHERE seq > :s"), {"s": first + 40})
    head_moved(c)


def edited_and_linked_anew(c: Connection, first: int, last: int) -> None:
    written_again(c, first + 20)


def dropped_and_linked_anew(c: Connection, first: int, last: int) -> None:
    """One taken out, and every one behind it moved down and linked anew."""
    at = first + 20
    link = bytes(c.execute(text("SELECT hash FROM audit_event WHERE seq = :s"), {"s": at - 1}).scalar_one())
    behind = c.execute(text("SELECT seq, stored FROM audit_event WHERE seq > :s ORDER BY seq"), {"s": at}).all()
    c.execute(text("DELETE FROM audit_event WHERE seq = :s"), {"s": at})
    for seq, stored in behind:
        made, link = chain.linked(seq - 1, link, bytes(stored)[chain.SAID :])
        c.execute(
            text("UPDATE audit_event SET seq = :n, stored = :b, hash = :h WHERE seq = :o"),
            {"n": seq - 1, "b": made, "h": link, "o": seq},
        )
    head_moved(c)


def forked(c: Connection, first: int, last: int) -> None:
    """Another past from an entry on, as one who is shown the other half of a council would be: each entry says something else."""
    for seq in range(first + 40, last + 1):
        written_again(c, seq)


def an_old_database(c: Connection, first: int, last: int) -> None:
    """As a copy of yesterday is: it ends earlier, and goes on with other entries."""
    c.execute(text("DELETE FROM audit_event WHERE seq > :s"), {"s": first + 40})
    head_moved(c)
    link = bytes(c.execute(text("SELECT hash FROM audit_head")).scalar_one())
    said = c.execute(text("SELECT stored FROM audit_event WHERE seq = :s"), {"s": first + 3}).scalar_one()
    for seq in range(first + 41, first + 45):
        made, link = chain.linked(seq, link, bytes(said)[chain.SAID :])
        c.execute(
            text(f"INSERT INTO audit_event (seq, {COLUMNS}) SELECT :n, at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail, commitment, rule, app_version, :b, :h FROM audit_event WHERE seq = :o"),
            {"n": seq, "b": made, "h": link, "o": first + 3},
        )  # fmt: skip
    head_moved(c)


ATTACKS: tuple[tuple[Callable[[Connection, int, int], None], bool], ...] = (
    # What is done, and whether the audit shows it by itself.
    (deleted, True), (swapped, True), (duplicated, True), (inserted, True), (truncated, False), (edited_and_linked_anew, False),
    (dropped_and_linked_anew, False), (forked, False), (an_old_database, False),
)  # fmt: skip


@pytest.mark.parametrize(("attack", "is_seen"), ATTACKS, ids=lambda a: getattr(a, "__name__", ""))
def test_nine_attacks_on_its_structure_are_found_with_an_anchor(
    either: Instance, kept: Path, attack: Callable[[Connection, int, int], None], is_seen: bool
) -> None:
    with either.app.app_context(), in_hand() as connection:
        key = checkpoints.verifier(either.settings)
        first, last = connection.execute(text("SELECT min(seq), max(seq) FROM audit_event")).one()
        told: dict[str, int] = {}
        assert list(checkpoints.agree(connection, [kept], key, told)) == []
        assert told["anchors"] == 1
        attack(connection, first, last)
        assert bool(wrong(connection)) == is_seen, "what an audit shows by itself"
        found = list(checkpoints.agree(connection, [kept], key, told))
        assert wrong(connection) or found, "with the anchor it is found"
        assert is_seen or found, "and what an audit does not show by itself, by the anchor alone"


def test_it_is_held_against_whatever_somebody_kept(either: Instance, tmp_path: Path) -> None:
    """A PDF of a record, a mail, what was copied from paper or from /readyz, and a checkpoint: each alone finds it."""
    _, record_id = either.decided("h1")
    settings = either.settings.model_copy(
        update={"checkpoints": tmp_path / "left", "anchor_mail": "audit@council.example"}
    )
    (tmp_path / "left").mkdir()
    either.app.config["SETTINGS"] = settings
    outside = tmp_path / "outside"
    outside.mkdir()
    with either.app.app_context():
        records.make_pdf(record_id)
        (outside / "record.pdf").write_bytes((settings.data / "records" / f"{record_id}.pdf").read_bytes())
        body = json.loads(db.session.scalar(text("SELECT body FROM record WHERE id = :id"), {"id": record_id}))
        db.session.rollback()
        said = f"the last entry of the council’s audit was entry {body['audit']['entry']}, and its hash {body['audit']['hash']}."
        (outside / "paper.txt").write_text(said, "utf-8")
        (outside / "ready.json").write_text(json.dumps(either.client().get("/readyz").json))
        with time_machine.travel(MORNING, tick=False):
            anchored.once_a_day()
            subject = db.session.query(Job.subject).filter(Job.name == messages.ANCHOR).scalar()
            db.session.rollback()
            anchored.send(subject)
        (outside / "mail.eml").write_bytes(next((settings.data / "mail").glob("anchor-*.eml")).read_bytes())
        left = checkpoints.leave()
        assert left is not None
        (outside / "checkpoint.txt").write_bytes(left.read_bytes())
        filled(3)
    runner = either.app.test_cli_runner()
    done = runner.invoke(args=["audit", "verify", "--against", str(outside)])
    assert done.exit_code == 0, done.output
    told = json.loads(done.output.splitlines()[-1])
    assert told["anchors"] == 6, "the mail holds two: in words and signed"
    with either.app.app_context(), in_hand() as connection:
        key, first = checkpoints.verifier(settings), connection.scalar(text("SELECT min(seq) FROM audit_event"))
        written_again(connection, first + 1)
        for file in sorted(outside.iterdir()):
            assert list(checkpoints.agree(connection, [file], key, {})) != [], file.name


def test_what_is_no_anchor_is_said_and_counts_as_wrong(either: Instance, tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text("All is well.")
    runner = either.app.test_cli_runner()
    done = runner.invoke(args=["audit", "verify", "--against", str(tmp_path / "note.txt")])
    assert (done.exit_code, "note.txt cannot be held against the audit" in done.output) == (1, True)
    done = runner.invoke(args=["audit", "verify", "--against", str(tmp_path / "note.txt"), "--key", "nonsense"])
    assert (done.exit_code, "cannot be used" in done.output) == (1, True)


# ---- the mail


def test_each_address_gets_one_a_day_from_seven_and_it_holds_nothing_of_a_family(
    either: Instance, tmp_path: Path
) -> None:
    either.decided("h2")
    either.app.config["SETTINGS"] = either.settings.model_copy(
        update={"anchor_mail": "a@council.example, b@audit.example"}
    )

    def queued() -> list[str]:
        found = [j.subject for j in db.session.query(Job).filter(Job.name == messages.ANCHOR).order_by(Job.subject)]
        db.session.rollback()
        return found

    with either.app.app_context(), time_machine.travel(datetime(2026, 12, 1, 6, 30, tzinfo=UTC), tick=False) as clock:
        anchored.once_a_day()
        assert queued() == []
        clock.move_to(MORNING)
        for _ in range(2):
            anchored.once_a_day()
        assert len(queued()) == 2
        for subject in queued():
            anchored.send(subject)
        clock.move_to(datetime(2026, 12, 2, 9, tzinfo=UTC))
        anchored.once_a_day()
        assert len(queued()) == 4
        sent = sorted((either.settings.data / "mail").glob("anchor-*.eml"))
        assert len(sent) == 2
        said = " ".join(each.read_bytes().decode("utf-8") for each in sent)
        for word in ("Wójcik", "Invented", "B14", "H2-", "case-by-case.invalid/"):
            assert word not in said
        key = anchors.key_of(checkpoints.verifier(either.settings))
        found = [a for each in sent for a in anchors.anchors_in(each.name, each.read_bytes(), key)]
        assert sum(a.size > 0 for a in found) == 2
        entry = "SELECT count(*) FROM audit_event WHERE action = 'audit.mailed'"
        assert db.session.scalar(text(entry)) == 2
        db.session.rollback()
        either.app.config["SETTINGS"] = either.settings.model_copy(update={"anchor_mail": ""})
        anchored.send(queued()[-1])
        assert len(list((either.settings.data / "mail").glob("anchor-*.eml"))) == 2, (
            "an address that was taken out gets none"
        )


def test_an_address_that_is_none_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="is no e-mail address"):
        Settings(data=tmp_path, anchor_mail="audit@council.example, internal audit")
    assert Settings(data=tmp_path, anchor_mail="").anchor_addresses == ()


def test_a_mail_that_goes_by_smtp_is_the_one_that_is_kept(instance: Instance) -> None:
    """The attachment survives the form in which mail travels."""
    with instance.app.app_context():
        filled(3)
        with db.engine.connect() as connection:
            head = checkpoints.head(connection, instance.settings)
        assert head is not None
        note = checkpoints.signed(head, checkpoints.own_key(instance.settings))
        made = messages.anchor(instance.settings, "a@b.example", "n", head.entry, head.link.hex(), note)
        mail.deliver(made, instance.settings, "n")
        key = anchors.key_of(checkpoints.verifier(instance.settings))
        kept = (instance.settings.data / "mail" / "n.eml").read_bytes()
        for content in (kept, kept.replace(b"\r\n", b"\n")):
            found = anchors.anchors_in("n.eml", content, key)
            assert {(a.entry, a.link) for a in found} == {(head.entry, head.link.hex())}
            assert any(a.size == head.size for a in found)
