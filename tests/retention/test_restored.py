"""B5: a backup older than a destruction is restored, and the case is destroyed again before anybody signs in."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from app import install
from app.audit import verifying
from app.extensions import db
from app.retention import certificate, tombstones
from tests.backups.programs import put_programs_in_the_way
from tests.backups.test_drill import _elsewhere, _make, _server
from tests.conftest import Instance

from .conftest import closed, destroyed, family, is_here

pytestmark = pytest.mark.usefixtures("confirmed")


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> None:
    put_programs_in_the_way(monkeypatch)


@pytest.mark.parametrize("where", ["beside the backup", "in the data folder"])
def test_what_was_destroyed_since_is_destroyed_again(
    either: Instance, tmp_path: Path, request: pytest.FixtureRequest, where: str
) -> None:
    case_id, record_id = family(either, "Zqgone")
    other, _ = family(either, "Zqstays")
    closed(either, case_id)
    backups = tmp_path / "backups"
    made = _make(either, backups)
    before = either.settings
    if where == "beside the backup":
        either.app.config["SETTINGS"] = before.model_copy(update={"backups": backups})
    number = destroyed(either, case_id)
    either.app.config["SETTINGS"] = before
    assert (backups / tombstones.FILE).exists() == (where == "beside the backup")
    with _elsewhere(either, tmp_path / "other", _server(either, request)) as there:
        if where == "in the data folder":
            (there.settings.data / tombstones.FILE).write_bytes((either.settings.data / tombstones.FILE).read_bytes())
        told = there.app.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert told.exit_code == 0, told.output
        assert "Destroyed again what was destroyed since: 1 cases, of 1 that are listed." in told.output
        assert not is_here(there, case_id)
        assert is_here(there, other)
        assert not (there.settings.data / "records" / f"{record_id}.pdf").exists()
        with there.app.app_context():
            install.prepare(there.app, False, lambda line: None)
            assert [row.number for row, _ in certificate.listed()] == [number]
            with db.engine.connect() as connection, connection.begin():
                assert list(verifying.verify(connection, verifying.Told())) == []
        again = there.app.test_cli_runner().invoke(args=["retention", "destroy-again"])
        assert json.loads(again.output) == {"listed": 1, "destroyed": 0}


def test_without_a_list_it_comes_back_and_the_restore_says_what_to_do(instance: Instance, tmp_path: Path) -> None:
    """The control: it is the list that destroys it again."""
    case_id, _ = family(instance, "Zqgone")
    closed(instance, case_id)
    made = _make(instance, tmp_path / "backups")
    destroyed(instance, case_id)
    with _elsewhere(instance, tmp_path / "other", None) as there:
        told = there.app.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert told.exit_code == 0, told.output
        assert "destroy it again before anybody signs in" in told.output
        assert is_here(there, case_id)


@pytest.mark.parametrize("how", ["another key", "no key", "not a list"])
def test_a_list_that_cannot_be_trusted_stops_the_restore_before_it_begins(
    instance: Instance, tmp_path: Path, how: str
) -> None:
    case_id, _ = family(instance, "Zqgone")
    closed(instance, case_id)
    backups = tmp_path / "backups"
    made = _make(instance, backups)
    destroyed(instance, case_id)
    kept = (instance.settings.data / tombstones.FILE).read_text(encoding="utf-8")
    (backups / tombstones.FILE).write_text("{" if how == "not a list" else kept, encoding="utf-8")
    with _elsewhere(instance, tmp_path / "other", None) as there:
        key = there.settings.data / "secret.key"
        if how == "another key":
            key.write_text("another")
        elif how == "no key":
            key.unlink()
        told = there.app.test_cli_runner().invoke(args=["restore", str(made.file)])
        assert told.exit_code == 1
        assert "Nothing more was restored." in told.output + (told.stderr if told.stderr_bytes is not None else "")
        assert not (there.settings.data / "case-by-case.sqlite").exists()
