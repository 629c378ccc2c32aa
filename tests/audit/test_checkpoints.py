"""Signed heads that are kept elsewhere: anybody can check them, and what was there when one was signed cannot be changed unseen."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import text

from app.audit import checkpoints
from app.extensions import db
from tests.conftest import Instance

from .damage import filled, head_moved, in_hand, written_again, wrong


@pytest.fixture
def folder(either: Instance, tmp_path: Path) -> Path:
    made = tmp_path / "elsewhere"
    made.mkdir()
    either.app.config["SETTINGS"] = either.settings.model_copy(update={"checkpoints": made})
    return made


def _root(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + _root(leaves[:k]) + _root(leaves[k:])).digest()


@pytest.mark.parametrize("size", [*range(1, 18), 100, 255, 256, 257])
def test_the_root_is_that_of_the_rfc(size: int) -> None:
    leaves, tree = [bytes([at % 256]) * 32 for at in range(size)], checkpoints.Tree()
    for leaf in leaves:
        tree.add(leaf)
    assert tree.root() == _root(leaves)


def test_an_outsider_checks_a_checkpoint_by_what_is_published_alone(either: Instance, folder: Path) -> None:
    """Written from C2SP signed-note.md and tlog-checkpoint.md, not from ours."""
    with either.app.app_context():
        filled(20)
        made = checkpoints.leave()
        assert made is not None
        assert checkpoints.leave() is None, "nothing was added since"
        links = [bytes(h) for h in db.session.scalars(text("SELECT hash FROM audit_event ORDER BY seq"))]
    note, key = made.read_bytes().decode("utf-8"), (folder / "key.txt").read_text().strip()
    name, key_hash, coded = key.split("+", 2)
    public = base64.b64decode(coded)
    assert public[0] == 1
    assert hashlib.sha256(f"{name}\n".encode() + public).digest()[:4].hex() == key_hash
    body, signature = note.split("\n\n")
    dash, signer, given = signature.rstrip("\n").split(" ")
    assert (dash, signer) == ("—", name)
    packed = base64.b64decode(given)
    assert packed[:4].hex() == key_hash
    Ed25519PublicKey.from_public_bytes(public[1:]).verify(packed[4:], f"{body}\n".encode())
    where, size, root, *_ = body.split("\n")
    assert where == name == "localhost/audit"
    assert int(size) == len(links)
    assert base64.b64decode(root) == _root(links)


def test_the_end_cut_off_and_the_whole_written_again_are_found_only_by_a_checkpoint(
    either: Instance, folder: Path
) -> None:
    with either.app.app_context():
        filled(60)
        assert checkpoints.leave() is not None
        key = checkpoints.verifier(either.settings)
        with in_hand() as connection:
            assert list(checkpoints.held_against(connection, folder, key)) == []
            cut = connection.begin_nested()
            connection.execute(text("DELETE FROM audit_event WHERE seq > 50"))
            head_moved(connection)
            assert wrong(connection) == set()
            (found,) = checkpoints.held_against(connection, folder, key)
            assert "the end is gone" in found.says
            cut.rollback()
            written_again(connection, 30)
            assert wrong(connection) == set(), "with every hash made anew there is nothing to see in the database"
            (found,) = checkpoints.held_against(connection, folder, key)
            assert "is not what was signed" in found.says


def test_a_checkpoint_that_was_changed_or_is_anothers_is_refused(
    either: Instance, folder: Path, tmp_path: Path
) -> None:
    with either.app.app_context():
        filled(4)
        made = checkpoints.leave()
        assert made is not None
        key, note = checkpoints.verifier(either.settings), made.read_text("utf-8")
        assert checkpoints.read(note, key).size == _linked()
        other = either.settings.model_copy(update={"data": tmp_path})
        for changed, with_key in (
            (note.replace("\nentry ", "\nentry 1"), key), (note.replace("—", "-"), key), ("", key), ("x\n\n— y z\n", key),
            (note, checkpoints.verifier(other)), (note, "nonsense"), (note.partition("\n\n")[0], key),
        ):  # fmt: skip
            with pytest.raises(checkpoints.NoCheckpoint):
                checkpoints.read(changed, with_key)


def _linked() -> int:
    with db.engine.connect() as connection:
        return int(connection.scalar(text("SELECT count(*) FROM audit_event WHERE hash IS NOT NULL")) or 0)


def test_the_key_that_signs_is_its_owners_alone(either: Instance, folder: Path) -> None:
    with either.app.app_context():
        checkpoints.own_key(either.settings)
    assert either.settings.checkpoint_key.stat().st_mode & 0o077 == 0


def test_the_commands_leave_one_and_hold_the_audit_against_it(either: Instance, folder: Path) -> None:
    runner = either.app.test_cli_runner()
    with either.app.app_context():
        filled(3)
    first = json.loads(runner.invoke(args=["audit", "checkpoint"]).output)
    assert first["file"].startswith(str(folder))
    assert runner.invoke(args=["audit", "key"]).output.startswith("localhost/audit+")
    done = runner.invoke(args=["audit", "verify"])
    assert done.exit_code == 0, done.output
    assert "checkpoints" in json.loads(done.output)["seconds"]
    Path(first["file"]).write_text("changed")
    assert runner.invoke(args=["audit", "verify"]).exit_code == 1


def test_without_a_folder_nothing_is_left(either: Instance) -> None:
    with either.app.app_context():
        assert checkpoints.leave() is None
    done = either.app.test_cli_runner().invoke(args=["audit", "checkpoint"])
    assert done.exit_code == 1
    assert "CBC_CHECKPOINTS" in done.output
