"""The two files of a full disk: blocks that are really there, lines that are whole, in order and never lost."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import subprocess
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

import pytest

from app.disk.reserve import Reserve
from app.disk.spool import BLOCK, Spool, SpoolFull

ENTRY = {"at": "2026-11-28T20:15:00+00:00", "actor_id": "a" * 32, "actor_role": "safeguarding_lead", "action": "emergency.ratified",
         "object_type": "assessment", "object_id": "b" * 32, "case_id": "c" * 32, "request_id": "d" * 16, "detail": {}}  # fmt: skip


@pytest.fixture
def spool(tmp_path: Path) -> Spool:
    made = Spool(tmp_path / "spool")
    made.make(64 * BLOCK)
    return made


@pytest.fixture(params=["tmpfs", "ext4"])
def small(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """A real file system of 24 megabytes: in memory, and one as servers have it, with its journal."""
    target, image = tmp_path / "small", tmp_path / "image"
    target.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "none", target]
    if request.param == "ext4":
        if shutil.which("mkfs.ext4") is None:
            pytest.skip("mkfs.ext4 is not installed")
        image.write_bytes(bytes(24 * 1024 * 1024))
        subprocess.run(["mkfs.ext4", "-q", "-m", "0", image], check=True)
        mount = ["mount", "-o", "loop", image, target]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small file system")
    yield target
    subprocess.run(["umount", "--lazy", target], check=True)


def fill(folder: Path) -> Path:
    """Write until the file system takes nothing more."""
    target = folder / "filler"
    with open(target, "wb", buffering=0) as stream, pytest.raises(OSError, match="No space"):
        _write_on(stream)
    return target


def _write_on(stream: FileIO) -> None:
    while stream.write(bytes(4096)) == 4096:
        pass


def test_the_reserve_is_blocks_and_gives_them_back_in_steps(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve")
    assert (reserve.size(), reserve.release(BLOCK)) == (0, 0)
    reserve.fill(1024 * 1024)
    assert reserve.size() >= 1024 * 1024, "not a sparse file"
    assert reserve.release(256 * 1024) == 256 * 1024
    assert reserve.size() <= 800 * 1024
    reserve.fill(1024 * 1024)
    assert reserve.size() >= 1024 * 1024
    reserve.fill(512 * 1024)
    assert reserve.size() == 512 * 1024


@pytest.mark.full_disk
def test_a_reserve_that_cannot_be_had_takes_nothing(small: Path) -> None:
    reserve = Reserve(small / "reserve")
    with pytest.raises(OSError, match="No space"):
        reserve.fill(64 * 1024 * 1024)
    assert reserve.size() == 0


@pytest.mark.full_disk
def test_a_full_disk_gives_room_again_by_a_step_of_the_reserve_and_takes_every_line_of_the_spool(small: Path) -> None:
    spool, reserve = Spool(small / "spool"), Reserve(small / "reserve")
    spool.make(64 * BLOCK)
    reserve.fill(1024 * 1024)
    fill(small)
    with pytest.raises(OSError, match="No space"):
        (small / "more").write_bytes(bytes(4096))
    with spool.held() as handle:
        spool.put_head(handle, {"since": "now", "period": "p"})
        for _ in range(63):
            spool.append(handle, "p", ENTRY)
    assert reserve.release(64 * 1024) == 64 * 1024
    (small / "more").write_bytes(bytes(4096))


def test_lines_stand_in_order_with_a_name_each_until_there_is_no_place(spool: Spool) -> None:
    with spool.held() as handle:
        for number in range(1, 64):
            spool.append(handle, "first", ENTRY | {"request_id": str(number)})
        with pytest.raises(SpoolFull):
            spool.append(handle, "first", ENTRY)
        lines = spool.entries(handle)
    assert [line["id"] for line in lines] == [f"first-{n}" for n in range(1, 64)]
    assert [line["request_id"] for line in lines] == [str(n) for n in range(1, 64)]
    assert spool.path.stat().st_size == 64 * BLOCK


def test_a_later_time_begins_at_the_front_and_loses_nothing_of_what_it_does_not_overwrite(spool: Spool) -> None:
    with spool.held() as handle:
        for _ in range(5):
            spool.append(handle, "first", ENTRY)
        for _ in range(2):
            spool.append(handle, "second", ENTRY)
        assert [line["id"] for line in spool.entries(handle)] == [
            "second-1", "second-2", "first-3", "first-4", "first-5",
        ]  # fmt: skip


def test_a_line_that_was_cut_off_is_no_line_and_stops_none(spool: Spool) -> None:
    with spool.held() as handle:
        spool.append(handle, "p", ENTRY)
        os.pwrite(handle, b'{"id": "p-', 2 * BLOCK)
        assert [line["id"] for line in spool.entries(handle)] == ["p-1"]
        spool.append(handle, "p", ENTRY)
        assert [line["id"] for line in spool.entries(handle)] == ["p-1", "p-3"]


def test_a_line_that_does_not_fit_is_refused_whole(spool: Spool) -> None:
    with spool.held() as handle:
        with pytest.raises(SpoolFull):
            spool.append(handle, "p", ENTRY | {"object_id": "x" * BLOCK})
        assert spool.entries(handle) == []


def test_what_the_head_says(spool: Spool, tmp_path: Path) -> None:
    assert Spool(tmp_path / "nowhere").head() is None
    assert spool.head() is None
    with spool.held() as handle:
        spool.put_head(handle, {"since": "2026"})
        assert spool.head() == {"since": "2026"}
        os.pwrite(handle, b"\xff broken", 0)
        assert spool.head() == {}, "not known is not no"
        spool.put_head(handle, None)
    assert spool.head() is None


def _append(path: Path, who: str) -> None:
    spool = Spool(path)
    for _ in range(20):
        with spool.held() as handle:
            spool.append(handle, "p", ENTRY | {"actor_id": who})


def test_processes_that_note_at_once_lose_no_line(tmp_path: Path) -> None:
    spool = Spool(tmp_path / "spool")
    spool.make(128 * BLOCK)
    context = multiprocessing.get_context("spawn")
    children = [context.Process(target=_append, args=(spool.path, str(n))) for n in range(4)]
    for child in children:
        child.start()
    for child in children:
        child.join(60)
    with spool.held() as handle:
        lines = spool.entries(handle)
    assert len({line["id"] for line in lines}) == 80
    assert sorted(line["actor_id"] for line in lines) == sorted("0123" * 20)
