"""Every migration goes up and down, leaves nothing to add, and refuses a database of a newer version."""

from __future__ import annotations

from pathlib import Path

import click
import flask_migrate
import pytest
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, text

from app import house, install
from app.database import schema_version
from app.extensions import db
from tests.conftest import Instance

OURS = {"user_account", "housing_case", "answer", "record", "audit_event", "share"}


def test_down_and_up_again_with_the_triggers_back(either: Instance) -> None:
    with either.app.app_context():
        db.session.close()
        assert set(inspect(db.engine).get_table_names()) >= OURS
        flask_migrate.downgrade(revision="base")
        assert set(inspect(db.engine).get_table_names()) & OURS == set()
        flask_migrate.upgrade()
        assert set(inspect(db.engine).get_table_names()) >= OURS
        assert schema_version() == either.app.config["SCHEMA_HEAD"]
        flask_migrate.check()
        if either.engine == "sqlite":
            triggers = {
                row[0] for row in db.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'"))
            }
            assert len(triggers) >= 5
            strict = {row[0] for row in db.session.execute(text("SELECT name FROM pragma_table_list WHERE strict = 1"))}
            assert strict >= OURS


def test_migrations_have_their_commands(instance: Instance) -> None:
    runner = instance.app.test_cli_runner()
    assert runner.invoke(args=["db", "current"]).exit_code == 0
    assert {"db", "setup", "worker", "assess"} <= set(instance.app.cli.list_commands(click.Context(instance.app.cli)))


def test_the_last_migration_is_read_as_alembic_reads_it(instance: Instance) -> None:
    with instance.app.app_context():
        scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    assert scripts.get_current_head() == instance.app.config["SCHEMA_HEAD"] == house.schema_head()


@pytest.mark.parametrize(
    ("files", "why"),
    [
        ([], "there is none"),
        (['revision = "0001"\ndown_revision = None\n', 'revision = "0002"\ndown_revision = None\n'], "0001, 0002"),
        (['revision = "0001"\n'], "does not say which revision it is"),
    ],
    ids=["none", "two ends", "no migration"],
)
def test_migrations_without_one_end_are_refused(files: list[str], why: str, tmp_path: Path) -> None:
    for number, text_ in enumerate(files):
        (tmp_path / f"{number}.py").write_text(text_, encoding="ascii")
    with pytest.raises(RuntimeError, match=why):
        house.schema_head(tmp_path)


def test_a_database_of_a_newer_version_is_refused(instance: Instance) -> None:
    with instance.app.app_context():
        db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        db.session.commit()
        with pytest.raises(install.CannotPrepare, match="newer version"):
            install.prepare(instance.app, False, lambda line: None)


def test_sqlite_is_set_up_to_keep_what_it_acknowledged(instance: Instance) -> None:
    with instance.app.app_context():
        said = {
            name: db.session.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert said == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}
