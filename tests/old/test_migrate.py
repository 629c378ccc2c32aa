"""What a version left behind is restored and brought up to date on both engines, with nothing lost, and only once."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import flask_migrate
import pytest
from sqlalchemy import func, inspect, select, table, text
from sqlalchemy.exc import DatabaseError

from app import install
from app.database import Base, schema_version
from app.decisions.models import FrozenText
from app.extensions import db
from app.house import schema_head
from app.records.models import Record

from .conftest import Restored
from .samples import OldInstance, Sample, opened, samples

# Tables the upgrade itself writes, or that are not ours.
_NOT_STORED = {"alembic_version"}


def counted() -> dict[str, int]:
    """Rows of every table."""
    names = set(inspect(db.engine).get_table_names()) - _NOT_STORED
    return {name: db.session.scalar(select(func.count()).select_from(table(name))) or 0 for name in sorted(names)}


def everything() -> dict[str, list[str]]:
    """Every row of every table of ours, as text."""
    return {
        name: sorted(repr(tuple(row)) for row in db.session.execute(select(held)))
        for name, held in Base.metadata.tables.items()
    }


def test_there_are_samples() -> None:
    assert "5a7cdc1" in [sample.version for sample in samples()]


def test_the_upgrade_command_brings_it_to_the_head_and_loses_nothing(as_left: Restored) -> None:
    with opened(as_left.sample, as_left.folder, as_left.engine, as_left.url) as instance:
        with instance.app.app_context():
            assert schema_version() == as_left.sample.about["schema"]
            before = counted()
            assert before["answer"] > 500
            db.session.close()
        told = instance.app.test_cli_runner().invoke(args=["db", "upgrade"])
        assert told.exit_code == 0, told.output
        with instance.app.app_context():
            assert schema_version() == instance.app.config["SCHEMA_HEAD"]
            after = counted()
            assert {name: count for name, count in before.items() if after.get(name, -1) < count} == {}
            flask_migrate.check()


def test_starting_once_more_changes_nothing(old: OldInstance) -> None:
    with old.app.app_context():
        before = everything()
        said: list[str] = []
        install.prepare(old.app, False, said.append)
        db.session.rollback()
        assert said == []
        assert {name for name, rows in everything().items() if rows != before[name]} == set()


def test_the_first_start_says_what_it_does(restored: Callable[[Sample, str], Restored]) -> None:
    for sample in samples():
        said = restored(sample, "sqlite").said
        wanted = ["Bringing the tables up to date."] if sample.about["schema"] != schema_head() else []
        assert {*wanted, "The index of services is made anew."} <= set(said)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_event SET action = 'x'",
        "DELETE FROM answer",
        "UPDATE record SET body = NULL",
        "DELETE FROM frozen_text",
        "DELETE FROM share_step",
        "UPDATE share SET response = 'acknowledged' WHERE response = 'disputed'",
    ],
)
def test_what_may_never_change_is_still_refused_by_the_database(old: OldInstance, statement: str) -> None:
    with old.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))


def test_kept_texts_are_what_they_were_hashed_as(old: OldInstance) -> None:
    with old.app.app_context():
        kept = db.session.scalars(select(FrozenText)).all()
        assert len(kept) >= 7
        assert [k.digest for k in kept if hashlib.sha256(k.text.encode("utf-8")).hexdigest() != k.digest] == []
        records = db.session.scalars(select(Record)).all()
        assert len(records) >= 8
        assert [r.number for r in records if hashlib.sha256(r.body).hexdigest() != r.sha256] == []


def test_secrets_keep_their_rights(old: OldInstance) -> None:
    folder: Path = old.settings.data
    assert [name for name in ("secret.key", "seal.p12", "settings.env") if (folder / name).stat().st_mode & 0o077] == []
