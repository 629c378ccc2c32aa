"""On PostgreSQL: the role that serves does all that the service does, and cannot take away what guards a decided record."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
from flask.testing import FlaskClient
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from app import create_app, install, jobs, rights
from app.accounts import service as accounts
from app.accounts.models import User
from app.backups import container, making
from app.cases import service as cases
from app.cases.models import Case
from app.database import Base
from app.extensions import db
from app.jobs import identity
from app.records.models import Record
from app.retention import destroying, schedule
from app.settings import Settings
from tests.backups.programs import put_programs_in_the_way
from tests.conftest import ROLES, Instance, dispose
from tests.jobs.test_jobs import has_pdf, wait_for, worker
from tests.retention import conftest as keeping


class Parted(NamedTuple):
    """An installation whose tables are owned by another role than the one that serves."""

    instance: Instance
    serving: str
    owning: str
    said: list[str]


@pytest.fixture(scope="module")
def parted(postgresql: str, gazetteer_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Parted]:
    mark = secrets.token_hex(4)
    database, urls = f"parted_{mark}", {}
    with psycopg.connect(postgresql, autocommit=True) as connection:
        for role in ("owns", "serves"):
            password = secrets.token_hex(8)
            connection.execute(f"CREATE ROLE {role}_{mark} LOGIN PASSWORD '{password}'")  # type: ignore[call-overload]
            made = make_url(postgresql).set(
                drivername="postgresql+psycopg", username=f"{role}_{mark}", password=password, database=database
            )
            urls[role] = made.render_as_string(hide_password=False)
        connection.execute(f"CREATE DATABASE {database} OWNER owns_{mark}")  # type: ignore[call-overload]
        folder, said = tmp_path_factory.mktemp("parted") / "instance", list[str]()
        folder.mkdir()
        (folder / "gazetteer.sqlite").symlink_to(gazetteer_file)
        values = {"data": folder, "database_url": urls["serves"], "base_url": "http://localhost"}
        setup = create_app(Settings(**values, migration_database_url=urls["owns"]))
        with setup.app_context():
            for _ in range(2):
                install.prepare(setup, False, said.append)
            for role in (*ROLES, "other_officer"):
                kind = "housing_officer" if role == "other_officer" else role
                _, token = accounts.create_account(role.title(), f"{role}@test.example", kind)
                accounts.set_password(token, "correct horse battery staple")
        dispose(setup)
        app = create_app(Settings(**values))
        app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_BUGS=True)
        yield Parted(Instance(app, "postgresql"), urls["serves"], urls["owns"], said)
        dispose(app)
        connection.execute(f"DROP DATABASE {database} WITH (FORCE)")  # type: ignore[call-overload]
        for role in ("owns", "serves"):
            connection.execute(f"DROP ROLE {role}_{mark}")  # type: ignore[call-overload]


def test_a_journey_to_a_sealed_record_needs_no_more_than_it_has(parted: Parted) -> None:
    instance = parted.instance
    assert "CBC_MIGRATION_DATABASE_URL" not in os.environ
    case_id, record_id = instance.decided("h2")
    process = worker(instance)
    try:
        assert wait_for(lambda: has_pdf(instance, record_id)), (instance.settings.data / "worker.log").read_text()
    finally:
        process.terminate()
        process.wait(15)
    for role in ("housing_officer", "safeguarding_lead", "auditor"):
        assert instance.client(role).get(f"/cases/{case_id}/records/{record_id}").status_code == 200
    with instance.app.app_context():
        assert db.session.get_one(Record, record_id).pdf_sha256


def test_what_the_service_deletes_it_can_delete(parted: Parted) -> None:
    instance = parted.instance
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        officer, case = instance.user("housing_officer"), db.session.get_one(Case, case_id)
        member, service = case.members[-1].id, case.services[0].id
        cases.remove_member(officer, case_id, instance.version(case_id), member, "Entered twice.")
        cases.remove_part(officer, case_id, instance.version(case_id), "services", service)
        accounts.forget_old()
        jobs.forget_ended()
        identity.release(instance.settings)


def test_the_role_that_serves_can_be_backed_up(parted: Parted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_programs_in_the_way(monkeypatch)
    with parted.instance.app.app_context():
        made = making.make(tmp_path)
    manifest = container.checked(made.file, made.file.name)
    assert manifest["rows"]["public.audit_event"] >= manifest["audit"]["entry"] > 0
    assert any(table.startswith("dbos.") for table in manifest["rows"])


def test_what_is_restored_belongs_to_the_role_that_owns(
    parted: Parted, postgresql: str, gazetteer_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_programs_in_the_way(monkeypatch)
    case_id, _ = parted.instance.import_case("h2")
    with parted.instance.app.app_context():
        made = making.make(tmp_path / "backups")
    name, folder = f"restored_{secrets.token_hex(4)}", tmp_path / "instance"
    owner = make_url(parted.owning).username
    folder.mkdir()
    (folder / "gazetteer.sqlite").symlink_to(gazetteer_file)
    (folder / "secret.key").write_bytes((parted.instance.settings.data / "secret.key").read_bytes())
    urls = [
        make_url(url).set(database=name).render_as_string(hide_password=False)
        for url in (parted.serving, parted.owning)
    ]
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} OWNER {owner}")  # type: ignore[call-overload]
        values = {"data": folder, "database_url": urls[0], "base_url": "http://localhost"}
        restoring = create_app(Settings(**values, migration_database_url=urls[1]))
        told = restoring.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert told.exit_code == 0, told.output
        with restoring.app_context():
            install.prepare(restoring, False, lambda line: None)
        dispose(restoring)
        app = create_app(Settings(**values))
        with app.app_context():
            assert rights.warnings(app.config["SETTINGS"]) == []
            with pytest.raises(DBAPIError):
                db.session.execute(text("TRUNCATE audit_event"))
            db.session.rollback()
        assert Instance(app, "postgresql").client("safeguarding_lead").get(f"/cases/{case_id}").status_code == 200
        dispose(app)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[call-overload]


DAMAGE = (
    "ALTER TABLE record DISABLE TRIGGER ALL",
    "ALTER TABLE audit_event DISABLE TRIGGER audit_event_append_only",
    "DROP TRIGGER record_frozen ON record",
    "DROP FUNCTION refuse_change() CASCADE",
    "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "TRUNCATE audit_event",
    "TRUNCATE record CASCADE",
    "TRUNCATE dbos.workflow_status CASCADE",
    "DROP TABLE decision",
    "CREATE TABLE extra (id text)",
    "CREATE TEMPORARY TABLE audit_event (seq int)",
    "CREATE SCHEMA other",
    "UPDATE record SET body = body, number = 'x'",
    "UPDATE audit_event SET action = 'x'",
    "UPDATE decision SET id = 'x'",
    "UPDATE answer SET note = 'x'",
    "UPDATE assessment SET state = 'draft' WHERE state = 'decided'",
    "DELETE FROM record",
    "DELETE FROM decision",
    "DELETE FROM audit_event",
    "UPDATE audit_head SET seq = 0",
    "INSERT INTO audit_head (id, seq, hash) SELECT 2, seq, hash FROM audit_head",
    "SELECT seq FROM audit_head FOR UPDATE",
    "ALTER TABLE audit_event DISABLE TRIGGER audit_event_linked",
    "CREATE OR REPLACE FUNCTION audit_link() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$",
    "UPDATE audit_detail SET closed = closed",
    "DELETE FROM audit_detail",
    "UPDATE audit_key SET wrapped = wrapped",
    "CREATE TEMPORARY TABLE audit_head (seq int)",
    "DELETE FROM housing_case",
    "DELETE FROM user_account",
    "UPDATE alembic_version SET version_num = '0001'",
    "SET session_replication_role = replica",
)


@pytest.fixture(scope="module")
def decided(parted: Parted) -> str:
    return parted.instance.decided("h1")[1]


@pytest.mark.parametrize("statement", DAMAGE)
def test_the_role_that_serves_is_refused(parted: Parted, decided: str, statement: str) -> None:
    with parted.instance.app.app_context():
        before = db.session.execute(select(Record.body, Record.sha256).where(Record.id == decided)).one()
    address = parted.serving.replace("+psycopg", "")
    with (
        psycopg.connect(address) as connection,
        pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)),
    ):
        connection.execute(statement)  # type: ignore[call-overload]
    with parted.instance.app.app_context():
        assert db.session.execute(select(Record.body, Record.sha256).where(Record.id == decided)).one() == before


def test_an_entry_written_by_hand_comes_behind_the_last_wherever_it_wants_to_stand(
    parted: Parted, decided: str
) -> None:
    address = parted.serving.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        (last,) = connection.execute("SELECT seq FROM audit_head").fetchone() or (0,)
        columns = "at, actor_id, actor_role, action, object_type, object_id, case_id, request_id, detail"
        for at, seq in enumerate((1000, 0, -5, 1), start=1):
            forged = f"INSERT INTO audit_event (seq, {columns}, stored, hash) SELECT {seq}, {columns}, stored, hash FROM audit_event WHERE seq = 2 RETURNING seq"
            assert connection.execute(forged).fetchone() == (last + at,)  # type: ignore[call-overload]
        connection.rollback()


def test_every_table_has_its_rights_and_what_is_only_added_to_is_what_triggers_guard(parted: Parted) -> None:
    with parted.instance.app.app_context():
        names = inspect(db.engine).get_table_names()
        assert {*rights.ADDED_TO, *rights.DELETED_FROM, *rights.READ_ONLY} <= set(names)
        assert set(Base.metadata.tables) <= set(names)
        for name in names:
            held = {
                right
                for right in ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
                if db.session.scalar(text(f"SELECT has_table_privilege('public.\"{name}\"', '{right}')"))
            }
            assert held == set(rights.rights_on(name)), name
        guarded = db.session.scalars(
            text(
                "SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = tgrelid::regclass::text || '_append_only'"
            )
        )
        assert set(guarded) == set(rights.ADDED_TO)


def test_who_owns_the_tables_is_said_where_it_is_the_one_that_serves(
    parted: Parted, either: Instance, client: FlaskClient
) -> None:
    assert parted.instance.client().get("/readyz").json["warnings"] == []  # type: ignore[index]
    told = client.get("/readyz").json
    assert told is not None
    assert told["warnings"] == ([rights.OWNED] if either.engine == "postgresql" else [])
    assert "owns the tables" in rights.OWNED
    known = parted.instance.settings.model_copy(update={"migration_database_url": parted.owning})
    with parted.instance.app.app_context():
        assert rights.warnings(known) == [rights.KNOWN]


def test_a_second_set_up_says_nothing_and_keeps_the_rights(parted: Parted) -> None:
    assert parted.said.count("Making the tables.") == 1
    with parted.instance.app.app_context():
        assert db.session.scalar(select(User.id).limit(1)) is not None


@pytest.mark.parametrize(
    ("serving", "owning"),
    [("", "postgresql://o@h/d"), ("postgresql://s@h/d", "sqlite:///x"), ("postgresql://h/d", "postgresql://o@h/d")],
)
def test_two_roles_need_two_addresses(tmp_path: Path, serving: str, owning: str) -> None:
    with pytest.raises(ValueError, match="CBC_DATABASE_URL"):
        Settings(data=tmp_path, database_url=serving, migration_database_url=owning)


def test_a_case_is_destroyed_by_the_one_function_and_in_no_other_way(
    parted: Parted, monkeypatch: pytest.MonkeyPatch
) -> None:
    instance, found = parted.instance, schedule.read()
    rules = tuple(r._replace(confirmed=True) for r in found.rules if r.holds_for != schedule.A_CHILD)
    monkeypatch.setattr(schedule, "read", lambda: found._replace(rules=rules))
    case_id, record_id = keeping.family(instance, "Zqparted")
    keeping.closed(instance, case_id)
    disposal_id = keeping.proposed(instance, case_id)
    keeping.agreed(instance, case_id, disposal_id)
    steps = '[{"table": "answer", "paths": [[["case_id", "housing_case"]]]}]'
    with instance.app.app_context():
        for refused in (
            f"DELETE FROM record WHERE id = '{record_id}'",
            f"SELECT destroy_rows('{case_id}', '{steps}')",
            f"SELECT set_config('cbc.destroying', '{case_id}', true); DELETE FROM answer WHERE case_id = '{case_id}'",
            f'SELECT destroy_case(\'{case_id}\', \'[{{"table": "user_account", "paths": [[["id", "housing_case"]]]}}]\')',
            f'SELECT destroy_case(\'{case_id}\', \'[{{"table": "audit_event", "paths": [[["case_id", "housing_case"]]]}}]\')',
            "UPDATE disposal_step SET said_by_role = 'safeguarding_lead'",
            "DELETE FROM legal_hold",
        ):
            with db.engine.connect() as connection, connection.begin():
                for statement in refused.split("; ")[:-1]:
                    connection.exec_driver_sql(statement)
                with pytest.raises(DBAPIError):
                    connection.exec_driver_sql(refused.split("; ")[-1])
        assert destroying.destroy(disposal_id)
    assert not keeping.is_here(instance, case_id)
    done = instance.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert done.exit_code == 0, done.output
