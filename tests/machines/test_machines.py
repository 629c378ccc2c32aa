"""Two web machines and two workers on one PostgreSQL, killed, restarted, backed up and upgraded while officers work: nothing that was acknowledged is lost."""

from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.resumed import Parts

sys.path.insert(0, str(ROOT / "script"))

import machines
from machine_house import Postgres, postgres


@pytest.fixture(scope="module")
def pg() -> Iterator[Postgres]:
    """A PostgreSQL that these tests may stop."""
    with tempfile.TemporaryDirectory(prefix="cbc-pg-") as folder, postgres(Path(folder) / "pg") as server:
        yield server


def nothing_is_lost(found: machines.Report) -> None:
    """0 lost, 0 half-written, 0 double, the chain whole, every job done, every PDF and letter there, and no page that was a fault."""
    shown = json.dumps(found.shown(), indent=1)
    assert found.found.is_whole, shown
    assert found.kept.wrong == [], shown
    assert found.faults == [], shown
    assert found.kept.seen["500"] == found.kept.seen["503 without a word"] == 0, shown
    assert (found.left, found.pdfs, found.missing) == (0, [], 0), shown
    assert {state for state, _ in found.found.ledger} == {"done"}, shown
    assert found.kept.opened, shown
    assert found.kept.answered, shown
    assert found.kept.handed_in, shown


def killed(pg: Postgres, folder: Path, name: str, many: int, seed: int) -> None:
    with machines.stage(pg, folder, name) as on:
        found = machines.kills(on, many, seed)
    nothing_is_lost(found)
    assert sum(found.more["killed"].values()) == many
    assert found.doubled <= found.more["killed"].get("worker", 0), "a letter twice for each kill of a worker, at most"


def test_twenty_kills_of_web_machines_and_workers(pg: Postgres, tmp_path: Path) -> None:
    killed(pg, tmp_path, "kills", 20, seed=1)


PARTS, PART = 9, 20
_OF = ("app", "migrations/versions", "script/machines.py", "script/machine_house.py", "script/machine_clients.py", "script/gunicorn_hooks.py")  # fmt: skip


DEEP = Parts("deep-machines", _OF, __file__)


@pytest.mark.deep
@pytest.mark.parametrize("part", range(PARTS))
def test_two_hundred_kills_of_web_machines_and_workers(pg: Postgres, tmp_path: Path, part: int) -> None:
    """With the twenty above two hundred. What was shown of this version is kept: stopped in the middle, it goes on from there."""
    if str(part) in DEEP.shown():
        pytest.skip("shown already, of this very version: build/deep-machines.json")
    killed(pg, tmp_path, f"kills_{part}", PART, seed=100 + part)
    DEEP.shown(str(part))


def test_postgresql_restarted_under_load(pg: Postgres, tmp_path: Path) -> None:
    """In order, as if killed, in order: pages say so with 503 and words, and go on without a restart of ours."""
    with machines.stage(pg, tmp_path, "restart") as on:
        found = machines.restarts(on, 3)
    nothing_is_lost(found)
    assert found.kept.seen["503"] > 0, "somebody met it"
    assert found.more["same_processes"], "nothing of ours was restarted"
    assert found.more["went_on"] >= 5


def test_a_backup_restored_while_officers_write(pg: Postgres, tmp_path: Path) -> None:
    """It holds everything that was acknowledged before it was made, restores whole, and its audit verifies."""
    with machines.stage(pg, tmp_path, "backup") as on:
        found = machines.backup(on, tmp_path)
    nothing_is_lost(found)
    assert [found.more[step] for step in ("backup", "verify", "restore", "audit")] == [0, 0, 0, 0], found.more["said"]
    assert found.more["before"] > 0
    assert found.more["written_meanwhile"] > 0
    assert found.more["restored_lost"] == []
    assert found.more["restored_whole"]


@pytest.mark.deep
def test_a_rolling_upgrade_under_load(pg: Postgres, tmp_path: Path) -> None:
    """The tables first, behind an open report; then each machine. Old and new code serve at once, and no request fails."""
    with machines.stage(pg, tmp_path, "upgrade") as on:
        found = machines.upgrade(on, machines.next_release(tmp_path / "next"))
    nothing_is_lost(found)
    assert found.more["failed"] == 0, found.kept.seen
    assert found.more["requests"] > 100
    assert found.more["setup"] == 0, found.more["setup_said"]
    assert found.more["waited_for_locks"] > 0, (
        "the report stood in its way, and it waited without keeping anybody waiting"
    )
    assert found.more["ready"] == [[200, 200]] * 3, "old code on new tables, then old and new, then new"
    assert found.more["old_setup"] == 1, "old code does not begin on new tables"
    assert "newer version" in found.more["old_setup_said"]
