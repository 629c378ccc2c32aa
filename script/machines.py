"""Several machines on one PostgreSQL, killed, restarted, backed up and upgraded under load; what was acknowledged is held against what is there.

    .venv/bin/python script/machines.py kills [--kills 20] | restart [--times 3] | backup | upgrade

Each starts a PostgreSQL of its own, two web machines, two workers and officers who work meanwhile, and prints what it found.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import bench_backups
import machine_counts as counts
from machine_clients import Kept, Office
from machine_house import ROOT, Estate, Postgres, made, postgres, status
from served_trees import free_port


class Postbox:
    """Takes every letter; what is kept of it is its Message-ID."""

    def __init__(self) -> None:
        self.got: list[str] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 (the name the server looks for)
        from email import message_from_bytes

        self.got.append(str(message_from_bytes(envelope.content)["Message-ID"]))
        return "250 taken"


class Stage(NamedTuple):
    """What every proof begins with: the machines, the application that looks on, who works, and where letters arrive."""

    pg: Postgres
    estate: Estate
    app: Any
    office: Office
    box: Postbox
    letters: list[str]
    records: Path


@contextmanager
def stage(pg: Postgres, folder: Path, name: str, households: int = 12, letters: int = 12, officers: int = 6) -> Iterator[Stage]:  # fmt: skip
    from aiosmtpd.controller import Controller

    box, port = Postbox(), free_port()
    controller = Controller(box, hostname="127.0.0.1", port=port)
    controller.start()
    url, data, records = pg.create(name), folder / name, folder / f"{name}-shared" / "records"
    records.parent.mkdir()
    app, found, sent = made(data, url, households, letters)
    more = {"CBC_MAIL": "smtp", "CBC_SMTP_HOST": "127.0.0.1", "CBC_SMTP_PORT": str(port), "CBC_RECORDS": str(records)}
    estate = Estate(data, url, more)
    try:
        estate.start()
        yield Stage(pg, estate, app, Office(estate, found, officers), box, sent, records)
    finally:
        estate.stop()
        controller.stop()
        let_go(app)


def drained(app: Any, seconds: float = 120) -> int:
    """Wait until every job is done; gives how many are left."""
    end = time.monotonic() + seconds
    while (left := counts.waiting(app)) and time.monotonic() < end:
        time.sleep(0.5)
    return left


class Report(NamedTuple):
    """What a proof found: everything but ``kept``, ``found`` and ``more`` has to be empty or nought."""

    kept: Kept
    found: counts.Found
    left: int
    pdfs: list[str]
    doubled: int
    missing: int
    faults: list[str]
    more: dict[str, Any]

    def shown(self) -> dict[str, Any]:
        found = self.found
        return {
            "acknowledged": found.acknowledged, "cases": len(self.kept.opened), "answers": len(self.kept.answered), "handed_in": len(self.kept.handed_in),
            "lost": found.lost, "half": found.half, "double": found.double, "chain": found.chain, "entries": found.entries,
            "ledger": {f"{state}, tried {tries}": many for (state, tries), many in sorted(found.ledger.items())},
            "jobs_left": self.left, "pdfs_wrong": self.pdfs, "letters_twice": self.doubled, "letters_missing": self.missing,
            "answers_seen": dict(sorted(self.kept.seen.items())), "wrong": self.kept.wrong, "faults": self.faults, "slowest_s": round(self.kept.slowest, 1), **self.more,
        }  # fmt: skip


def report(on: Stage, more: dict[str, Any]) -> Report:
    kept = on.office.end()
    left = drained(on.app)
    arrived = Counter(on.box.got)
    wanted = {f"<{letter}@case-by-case.invalid>" for letter in on.letters}
    return Report(
        kept, counts.counted(on.app, kept), left, counts.pdfs(on.app, on.records),
        sum(arrived.values()) - len(arrived), len(wanted - set(arrived)), faults(on.estate.data), more,
    )  # fmt: skip


def faults(data: Path) -> list[str]:
    """What the logs call a bug, each kind once: what, where, never a value."""
    found = set()
    for log in (data / "log").glob("*.log"):
        for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("{") and '"event": "bug"' in line:
                said = json.loads(line)
                found.add(f"{log.name}: {said['kind']} {said['endpoint']} {said['where'][-2:]}")
    return sorted(found)


def kills(on: Stage, many: int, seed: int = 1) -> Report:
    """-9 to web processes, web machines and workers at random moments."""
    dice, killed = random.Random(seed), Counter[str]()
    on.office.begin()
    began = time.monotonic()
    for _ in range(many):
        time.sleep(dice.uniform(0.05, 1.0))
        killed[on.estate.kill_something(dice)] += 1
    return report(on, {"killed": dict(killed), "seconds": round(time.monotonic() - began)})


def restarts(on: Stage, times: int) -> Report:
    """PostgreSQL stopped and started again under load, by turns in order and as if killed; nothing of ours is restarted."""
    running = _running(on.estate)
    on.office.begin()
    took = []
    for at in range(times):
        time.sleep(2)
        took.append(round(on.pg.restart("immediate" if at % 2 else "fast"), 1))
    time.sleep(2)
    since = Counter(on.office.kept.seen)
    end = time.monotonic() + 30  # it goes on of itself
    while on.office.kept.seen["302"] < since["302"] + 5 and time.monotonic() < end:
        time.sleep(0.2)
    same = running == _running(on.estate)
    return report(on, {"restarts_s": took, "same_processes": same, "went_on": on.office.kept.seen["302"] - since["302"]})  # fmt: skip


def _running(estate: Estate) -> list[tuple[int, ...]]:
    """Web machines with their processes, and workers: what a worker starts to draw a PDF comes and goes."""
    return [(web.popen.pid, *web.children()) for web in estate.web] + [(worker.popen.pid,) for worker in estate.workers]


def backup(on: Stage, folder: Path) -> Report:
    """A backup made, tried out and restored into a scratch folder and database while officers write."""
    bench_backups._with_programs()
    on.office.begin()
    time.sleep(4)
    before = copied(on.office.kept)
    target = folder / "backups"
    made_ = flask(on.estate, "backup", str(target))
    verified = flask(on.estate, "backup", "verify", str(target))
    scratch, url = folder / "restored", on.pg.create(f"restored_{on.estate.data.name}")
    scratch.mkdir()
    for name in ("secret.key", "seal.p12", "gazetteer.sqlite"):
        (scratch / name).symlink_to((on.estate.data / name).resolve())
    other = Estate(scratch, url, {"CBC_RECORDS": str(scratch / "records")})
    restored = flask(other, "restore", str(next(target.glob("case-by-case-*"))))
    audit = flask(other, "audit", "verify")
    found = report(on, {})
    app = looking_on(scratch, url)
    again = counts.counted(app, before)
    let_go(app)
    return found._replace(
        more={
            "backup": made_.returncode, "verify": verified.returncode, "restore": restored.returncode, "audit": audit.returncode,
            "before": before.count(), "written_meanwhile": found.kept.count() - before.count(), "restored_whole": again.is_whole,
            "restored_lost": again.lost, "said": [one.stderr[-500:] for one in (made_, verified, restored, audit) if one.returncode],
        }
    )  # fmt: skip


def copied(kept: Kept) -> Kept:
    with kept.lock:
        found = Kept()
        found.opened, found.answered, found.handed_in = dict(kept.opened), dict(kept.answered), list(kept.handed_in)
        return found


def flask(estate: Estate, *words: str, tree: Path | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "flask", "--app", "wsgi", *words]
    return subprocess.run(
        command, cwd=tree or estate.tree, env=estate.environment(), capture_output=True, text=True, check=False
    )


def looking_on(data: Path, url: str) -> Any:
    from app import create_app
    from app.settings import Settings

    return create_app(Settings(data=data, database_url=url, base_url="http://localhost", disk_reserve_mb=1))


def let_go(app: Any) -> None:
    from app.extensions import db

    with app.app_context():
        db.engine.dispose()
        if (client := app.extensions.pop("jobs_client", None)) is not None:
            client.destroy()


# ---- a new release beside the one before

NEXT = '''"""what a next release adds: a column, a table"""

import sqlalchemy as sa
from alembic import op

revision = "{revision}"
down_revision = "{head}"
{says}

def upgrade() -> None:
    op.add_column("housing_case", sa.Column("of_the_next", sa.String(), nullable=True))
    op.create_table("of_the_next", sa.Column("id", sa.String(), nullable=False), sa.PrimaryKeyConstraint("id"))


def downgrade() -> None:
    op.drop_table("of_the_next")
    op.drop_column("housing_case", "of_the_next")
'''


def next_release(folder: Path, only_expands: bool = True) -> Path:
    """This tree with one migration more, as the next release would have it."""
    from app.house import schema_head

    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name in ("app", "migrations"):
            shutil.copytree(path, folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
        elif not path.name.startswith(".") and path.name not in ("build", "instance"):
            (folder / path.name).symlink_to(path)
    says = "only_expands = True\n" if only_expands else ""
    written = NEXT.format(revision="9999", head=schema_head(), says=says)
    (folder / "migrations" / "versions" / "9999_next.py").write_text(written, encoding="utf-8")
    return folder


def upgrade(on: Stage, new: Path, report_seconds: float = 14) -> Report:
    """The tables first, while a long report is open; then machine by machine, and worker by worker, with TERM."""
    estate, ready = on.estate, []
    on.office.begin()
    time.sleep(2)
    slow = threading.Thread(target=_report_open, args=(on.pg.url(estate.data.name, "postgresql"), report_seconds))
    slow.start()
    time.sleep(0.5)
    on.office.kept.slowest = 0.0
    began = time.monotonic()
    migrated = flask(estate, "setup", tree=new)
    took, slowest = time.monotonic() - began, on.office.kept.slowest
    slow.join()
    ready.append([status(port, "/readyz") for port in estate.ports])
    refused = flask(estate, "setup")  # the old code, on the new tables
    for at in range(len(estate.web)):
        estate.web[at].stop()
        estate.web[at] = estate.web_process(at, new)
        estate.wait_for(at)
        time.sleep(1)  # old and new at once
        ready.append([status(port, "/readyz") for port in estate.ports])
    for number in range(len(estate.workers)):
        estate.workers[number].stop()
        estate.workers[number] = estate.worker(number, new)
    time.sleep(1)
    found = report(on, {
        "setup": migrated.returncode, "setup_said": migrated.stdout[-300:] + migrated.stderr[-600:], "setup_s": round(took, 1), "slowest_meanwhile_s": round(slowest, 2),
        "waited_for_locks": migrated.stdout.count("migration_waits") + migrated.stderr.count("migration_waits"), "ready": ready,
        "old_setup": refused.returncode, "old_setup_said": refused.stderr[-300:],
    })  # fmt: skip
    failed = sum(
        many
        for kind, many in found.kept.seen.items()
        if kind not in ("200", "302", "409", "422", "reset while connecting")
    )
    return found._replace(more={**found.more, "requests": sum(v for k, v in found.kept.seen.items() if k.isdigit()), "failed": failed})  # fmt: skip


def _report_open(url: str, seconds: float) -> None:
    import psycopg

    with psycopg.connect(url) as connection:
        connection.execute("SELECT count(*) FROM housing_case")
        time.sleep(seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", choices=("kills", "restart", "backup", "upgrade"))
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--logs", type=Path, help="keep the logs in this folder")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="cbc-machines-") as made_, postgres(Path(made_) / "pg") as pg:
        folder = Path(made_)
        with stage(pg, folder, asked.what) as on:
            if asked.what == "kills":
                found = kills(on, asked.kills, asked.seed)
            elif asked.what == "restart":
                found = restarts(on, asked.times)
            elif asked.what == "backup":
                found = backup(on, folder)
            else:
                found = upgrade(on, next_release(folder / "next"))
        print(json.dumps(found.shown(), indent=1))
        if asked.logs:
            shutil.copytree(folder / asked.what / "log", asked.logs, dirs_exist_ok=True)
        sys.exit(0 if found.found.is_whole and not found.kept.wrong else 1)


if __name__ == "__main__":
    main()
