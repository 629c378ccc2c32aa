"""Makes a backup: copied, closed, made durable under another name, read back, and only then called one."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from app import clocks, disk, installation, jobs
from app.audit import service as audit
from app.database import now, writing
from app.settings import Settings, current_settings

from . import container, database, keeping, parts
from .database import BackupProblem

_STALE_SECONDS = 86_400
_CHUNK = 1 << 20


class Made(NamedTuple):
    """A backup that is there, whole: what it is called, its size, when, its hash, what it let go, and what is not in it.

    ``vanished`` are files that were listed and gone before they were read.
    """

    file: Path
    bytes: int
    at: datetime
    sha256: str
    is_closed: bool
    gone: list[str]
    unknown: list[str]
    vanished: list[str]


def make(folder: Path) -> Made:
    """Back this installation up into a folder, while people work; then delete what the schedule does not keep.

    Raises:
        BackupProblem: why there is none. Nothing is deleted then, and nothing is left that could be taken for one.
    """
    settings = current_settings()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(settings), _scratch(settings) as scratch:
            made = _make(settings, folder, scratch)
    except OSError as error:
        raise BackupProblem(
            f"No backup was made: {error.strerror or 'a file could not be read whole'} ({Path(str(error.filename or folder)).name})."
        ) from None
    with writing() as session:
        audit.record(
            session, "backup.made", "backup", made.file.name, "",
            {"bytes": made.bytes, "sha256": made.sha256, "encrypted": made.is_closed, "deleted": len(made.gone), "vanished": len(made.vanished)},
        )  # fmt: skip
    return made


def _make(settings: Settings, folder: Path, scratch: Path) -> Made:
    _clear(folder)
    is_closed = bool(settings.backup_key)
    while (target := folder / keeping.name_of(moment := now().replace(microsecond=0), is_closed)).exists():
        time.sleep(0.1)  # one of this very second is there
    temporary = folder / f".{target.name}.making"
    try:
        # The database first: a PDF is put on the disk before it is named there, so that every one it names is found after.
        copied = database.copy(settings, scratch)
        sha256, unknown, vanished = write(settings, copied, scratch, temporary, moment)
        if hash_of(temporary) != sha256:
            raise BackupProblem(
                "What was written does not read back as it was written: the disk of the backups is not to be trusted."
            )
        temporary.replace(target)
        _make_durable(folder)
    finally:
        temporary.unlink(missing_ok=True)
    before = keeping.noted(settings)
    keeping.note(settings, before._replace(at=moment, file=target.name))
    gone = keeping.let_go(folder, settings, target.name)
    return Made(
        file=target,
        bytes=target.stat().st_size,
        at=moment,
        sha256=sha256,
        is_closed=is_closed,
        gone=gone,
        unknown=unknown,
        vanished=vanished,
    )


def write(
    settings: Settings, copied: database.Copied, scratch: Path, target: Path, moment: datetime
) -> tuple[str, list[str], list[str]]:
    """Write the file of a backup, and make it durable; gives its hash, what is not known, and what vanished while it was written."""
    vanished = []
    with open(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        # One that is not closed is hashed as it is put together: not a second time.
        closed = container.Hashing(stream) if settings.backup_key else None
        with container.closing_with(settings.backup_key, closed or stream) as plain:  # type: ignore[arg-type]
            writer = container.Writer(plain)
            writer.add(copied.name, scratch / copied.name)
            for part in parts.files(settings, disk.of_this_instance().read_only() is not None):
                try:
                    writer.add(part.name, part.path)
                except FileNotFoundError:  # let go since the folder was listed, or taken away by somebody
                    vanished.append(part.name)
            writer.add_bytes("settings.env", parts.settings_text(settings).encode())
            unknown = parts.unknown(settings)
            writer.close(_manifest(settings, copied, moment, unknown, vanished))
        stream.flush()
        os.fsync(stream.fileno())
    return writer.sha256() if closed is None else closed.sha256.hexdigest(), unknown, vanished


def _manifest(
    settings: Settings, copied: database.Copied, moment: datetime, unknown: list[str], vanished: list[str]
) -> dict[str, object]:
    return {
        "made_at": clocks.written(moment),
        "version": installation.version(),
        "migration": copied.migration,
        "engine": database.engine_of(settings),
        "database": copied.name,
        "rows": copied.rows,
        "audit": copied.audit,
        "keys": parts.fingerprints(settings),
        "not_in_it": [*parts.APART, *unknown],
        "vanished": vanished,
    }


def hash_of(path: Path) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        while piece := stream.read(_CHUNK):
            digest.update(piece)
    return digest.hexdigest()


def _make_durable(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _clear(folder: Path) -> None:
    """What a backup that was killed left; one of another machine may be under way, so only what is a day old."""
    for each in folder.glob(".case-by-case-*.making"):
        if time.time() - each.stat().st_mtime > _STALE_SECONDS:
            each.unlink(missing_ok=True)


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    with open(os.open(settings.data / "backups.lock", os.O_RDWR | os.O_CREAT, 0o600)) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BackupProblem("Another backup of this installation is being made.") from None
        yield


@contextmanager
def _scratch(settings: Settings) -> Iterator[Path]:
    """A folder of this machine's for the plain copy: what was left by one that was killed goes first. We are alone here."""
    folder = settings.data / "backing-up"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def of_job(subject: str) -> None:
    """The job of an hour. One that was made in that hour already, or whose folder was taken out of the settings, is not made."""
    settings = current_settings()
    last = keeping.noted(settings).at
    if settings.backups is not None and (last is None or keeping.hour_of(last) < subject):
        make(settings.backups)


jobs.register(keeping.JOB, of_job, "Backup", long=True)
