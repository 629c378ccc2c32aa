"""R3: the power fails at a thousand moments. Nothing that was acknowledged is lost, nothing is there in part; with weaker settings it is."""

from __future__ import annotations

import shutil
import sqlite3
import sys
from contextlib import closing
from pathlib import Path

import pytest

from app.settings import ROOT
from tests.conftest import copy_of

sys.path.insert(0, str(ROOT / "script"))

import power_cuts

needs_strace = pytest.mark.skipif(
    shutil.which("strace") is None, reason="this machine has no strace: apt-get install strace"
)


@needs_strace
@pytest.mark.parametrize("cuts", [200, pytest.param(1_000, marks=pytest.mark.deep)])
def test_nothing_that_was_acknowledged_is_lost(sqlite_template: Path, tmp_path: Path, cuts: int) -> None:
    found = power_cuts.cuts_of(copy_of(sqlite_template, tmp_path / "instance"), cuts=cuts)
    assert (found.lost, found.half, found.corrupt) == (0, 0, 0), found
    assert found.unsynced > cuts // 4, "cuts fall between a write and its sync"


@needs_strace
def test_with_weaker_settings_it_is(sqlite_template: Path, tmp_path: Path) -> None:
    """The measure is able to fail: where SQLite does not sync its log at each commit, what was acknowledged goes."""
    found = power_cuts.cuts_of(copy_of(sqlite_template, tmp_path / "instance"), cuts=100, synchronous="NORMAL")
    assert found.lost > 50, found
    assert found.corrupt == 0, "it loses, and stays whole"


def test_a_disk_is_built_again_as_it_may_be_left() -> None:
    """What was synced is there; of the rest each is there or not, or torn between two sectors."""
    disk = power_cuts.Disk({"a": b""})
    for done in (
        power_cuts.Done("write", "a", 0, b"x" * 1024),
        power_cuts.Done("sync", "a", 0),
        power_cuts.Done("write", "a", 0, b"y" * 1024),
    ):
        disk.take(done)
    seen = {bytes(disk.as_it_may_be(power_cuts.random.Random(seed))["a"]) for seed in range(60)}
    assert seen == {b"x" * 1024, b"y" * 1024, b"y" * 512 + b"x" * 512}


def test_what_is_there_in_part_is_seen(sqlite_template: Path, tmp_path: Path) -> None:
    path = copy_of(sqlite_template, tmp_path / "instance") / power_cuts.DATABASE
    assert power_cuts.looked_at(path) == (True, set(), set())
    with closing(sqlite3.connect(path)) as connection:
        now = "2026-01-01 00:00:00"
        connection.execute(
            "INSERT INTO job (id, name, subject, state, queued_at, next_try_at, tries, runs, problem) VALUES ('a', 'b', 'cut-7', 'waiting', ?, ?, 0, 0, '')",
            (now, now),
        )
        connection.commit()
    assert power_cuts.looked_at(path) == (True, set(), {7})
    path.write_bytes(b"no database")
    assert power_cuts.looked_at(path)[0] is False
