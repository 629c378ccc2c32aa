"""What grown installations cost: two web machines beside one, an entry of the audit beside a bare row, a backup beside bare means.

    .venv/bin/python script/bench_machines.py [--households 500] [--rounds 5] [--only NAME]

``two_machines_vs_one``: pages a second of two web processes and PostgreSQL, each on a core of its own, beside one; it takes four cores, and says
“not measured” on fewer. ``audit_chain_vs_unchained``: an append to the chain, its head row locked by the trigger, beside a bare insert into the
same table without the trigger, each in a transaction of its own, in turn. ``backup_vs_bare``: see script/bench_backups.py.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import bench_backups
from bench_figures import say
from bench_grown import _server, signed_in
from machine_house import Estate, made, postgres

CORES, ROUNDS, HOUSEHOLDS = 4, 5, 300
TWO, AIM_TWO = "two_machines_vs_one", 1.6
CHAIN, AIM_CHAIN = "audit_chain_vs_unchained", 6.0
APPENDS, AT_ONCE = 400, 4  # appends of a round, and how many write at once


# ---- two machines beside one


def two_machines(rounds: int = ROUNDS) -> None:
    """Pages of a case a second; the clients share the last core."""
    cores = sorted(os.sched_getaffinity(0))
    if len(cores) < CORES:
        say(f"{TWO}: not measured", f"it takes {CORES} cores, and there are {len(cores)}", f"aim {AIM_TWO}", name=TWO, reason=f"{len(cores)} cores")  # fmt: skip
        return
    with tempfile.TemporaryDirectory(prefix="cbc-two-") as folder, postgres(Path(folder) / "pg") as pg:
        app, households, _ = made(Path(folder) / "data", pg.create("two"), 4, 0)
        del app
        estate = Estate(Path(folder) / "data", pg.url("two"))
        os.sched_setaffinity(pg.server.get_pid(), {cores[2]})
        estate.start(web=2, workers=0)
        try:
            for at, web in enumerate(estate.web):
                for pid in (web.popen.pid, *web.children()):
                    os.sched_setaffinity(pid, {cores[at]})
            os.sched_setaffinity(0, {cores[3]})
            cookie = signed_in_at(estate.ports[0])
            path = f"/cases/{households[0][0]}/assessments/{households[0][1]}/result"
            pairs = []
            for at in range(rounds + 1):
                one, two = pages_a_second(estate.ports[:1], cookie, path), pages_a_second(estate.ports, cookie, path)
                pairs += [(one, two)][: at > 0]
        finally:
            os.sched_setaffinity(0, set(cores))
            estate.stop()
    ratio = statistics.median(two / one for one, two in pairs)
    one, two = (statistics.median(pair[n] for pair in pairs) for n in (0, 1))
    say(f"{TWO}", f"{two:.0f} pages a second", f"{ratio:.2f} x one ({one:.0f}), aim {AIM_TWO}", name=TWO, figure=two, unit="pages a second", baseline=one, ratio=ratio)  # fmt: skip


def signed_in_at(port: int) -> str:
    import grown
    from machine_house import OFFICER, PASSWORD

    assert PASSWORD == grown.PASSWORD
    return signed_in(port, OFFICER).cookie


def pages_a_second(ports: Sequence[int], cookie: str, path: str, seconds: float = 4.0) -> float:
    """Eight at once, each machine by turns."""
    from bench import Browser

    ends, lock, many = time.perf_counter() + seconds, threading.Lock(), 0

    def run(number: int) -> None:
        nonlocal many
        browser, mine = Browser(ports[number % len(ports)]), 0
        browser.cookie = cookie
        while time.perf_counter() < ends:
            status, _ = browser.get(path)
            assert status == 200, status
            mine += 1
        with lock:
            many += mine

    threads = [threading.Thread(target=run, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return many / seconds


# ---- the chain


def chain(rounds: int = ROUNDS) -> None:
    """Appends on PostgreSQL, linked and not, one writer and several; the ratio is of all of them."""
    with tempfile.TemporaryDirectory(prefix="cbc-chain-") as folder, _server("postgresql", Path(folder)) as url_of:
        app = installed(Path(folder) / "data", url_of(1))
        with app.app_context():
            plain_table()
            found = {writers: chained(app, writers, rounds) for writers in (1, AT_ONCE)}
            let_go()
    for writers, pairs in found.items():
        ours, bare = (statistics.median(pair[n] for pair in pairs) for n in (0, 1))
        ratio = statistics.median(linked / plain for linked, plain in pairs)
        say(
            f"an entry of the audit, {writers} at once", f"{ours * 1e3:.2f} ms", f"{ratio:.2f} x unchained ({bare * 1e3:.2f} ms), aim {AIM_CHAIN}",
            name=CHAIN if writers == AT_ONCE else f"{CHAIN}_alone", figure=ours * 1e3, unit="ms", baseline=bare * 1e3, ratio=ratio,
        )  # fmt: skip


def installed(folder: Path, url: str) -> Any:
    import flask_migrate

    from app import create_app
    from app.settings import Settings

    app = create_app(Settings(data=folder, database_url=url, disk_reserve_mb=0))
    with app.app_context():
        flask_migrate.upgrade()
    return app


def let_go() -> None:
    from app.extensions import db

    db.session.close()
    db.engine.dispose()


def plain_table() -> None:
    """The audit's table without its trigger and without what names another entry: what an unchained audit would be."""
    from sqlalchemy import text

    from app.extensions import db

    with db.engine.begin() as connection:
        connection.execute(text("CREATE TABLE plain_event (LIKE audit_event INCLUDING DEFAULTS INCLUDING INDEXES)"))
        connection.execute(text("CREATE SEQUENCE plain_seq"))
        connection.execute(text("ALTER TABLE plain_event ALTER seq SET DEFAULT nextval('plain_seq')"))
        for (name,) in connection.execute(
            text(
                "SELECT attname FROM pg_attribute WHERE attrelid = 'plain_event'::regclass AND attnum > 0 AND attnotnull AND attname <> 'seq'"
            )
        ).all():
            connection.execute(text(f"ALTER TABLE plain_event ALTER {name} DROP NOT NULL"))


def entry(number: int) -> dict[str, Any]:
    from app.database import now

    return {
        "at": now(), "actor_id": f"{number % 40:032x}", "actor_role": "housing_officer", "action": "case.viewed", "object_type": "case",
        "object_id": f"{number:032x}", "case_id": f"{number % 1000:032x}", "request_id": f"{number:016x}", "detail": {},
    }  # fmt: skip


def chained(app: Any, writers: int, rounds: int) -> list[tuple[float, float]]:
    """Seconds of an append, linked and bare, of each round; by turns which is first. The first round is not counted."""
    from sqlalchemy import Table, insert

    from app.audit import writing
    from app.audit.models import AuditEvent
    from app.extensions import db

    table: Table = AuditEvent.__table__  # type: ignore[assignment]
    columns = {column.name for column in table.columns} - {"seq", "hash"}
    plain = insert(table.to_metadata(type(table.metadata)(), name="plain_event"))

    def linked(connection: Any, number: int) -> None:
        writing.append(connection, [entry(number)])

    def bare(connection: Any, number: int) -> None:
        row = writing._row(connection, entry(number), {}, [])  # the same row and its bytes: only the link is not there
        connection.execute(plain, {name: row[name] for name in row if name in columns})

    def timed(append: Callable[[Any, int], None]) -> float:
        def run() -> None:
            with app.app_context():
                for number in range(APPENDS // writers):
                    with db.engine.begin() as connection:
                        append(connection, number)

        threads = [threading.Thread(target=run) for _ in range(writers)]
        began = time.perf_counter()
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return (time.perf_counter() - began) / (APPENDS // writers * writers)

    found = []
    for at in range(rounds + 1):
        taken = {which.__name__: timed(which) for which in ((linked, bare) if at % 2 else (bare, linked))}
        found += [(taken["linked"], taken["bare"])][: at > 0]
    return found


def compared(households: int = HOUSEHOLDS, rounds: int = ROUNDS, only: Sequence[str] = ()) -> None:
    """All three, one after the other."""
    if not only or TWO in only:
        two_machines(rounds)
    if not only or CHAIN in only:
        chain(rounds)
    if not only or bench_backups.NAME in only:
        bench_backups.compared(households, rounds)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--households", type=int, default=HOUSEHOLDS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", action="append", default=[], choices=(TWO, CHAIN, bench_backups.NAME))
    asked = parser.parse_args()
    compared(asked.households, asked.rounds, asked.only)


if __name__ == "__main__":
    main()
