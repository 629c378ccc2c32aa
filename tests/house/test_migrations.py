"""Every migration goes up and down, leaves nothing to add, and refuses a database of a newer version."""

from __future__ import annotations

import flask_migrate
import pytest
from sqlalchemy import inspect, text

from app import install
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
