"""PostgreSQL's own “disk full”: the audit lies in a tablespace on a file system of a few megabytes that is filled."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask.testing import FlaskClient
from psycopg import sql

from tests.conftest import Instance

from .test_read_only import room_again, room_of, spooled, stored
from .test_spool import fill


@pytest.fixture
def small_audit(either: Instance) -> Iterator[Path]:
    """The audit's table in a tablespace of six megabytes: its folder. Only on a server of this machine, by root."""
    folder = Path(tempfile.mkdtemp(prefix="cbc-space-"))
    name = sql.Identifier(f"small_{secrets.token_hex(4)}")
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "none", folder], capture_output=True, check=False)
    if done.returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a small file system")
    try:
        address = either.settings.database_url.replace("+psycopg", "")
        with psycopg.connect(address, autocommit=True) as connection:
            own = connection.execute("SELECT current_setting('data_directory')").fetchone()
            if own is None or not Path(own[0]).exists():
                pytest.skip("the PostgreSQL that was given is on another machine")
            about = os.stat(own[0])
            (folder / "space").mkdir(mode=0o700)
            for path in (folder, folder / "space"):
                os.chown(path, about.st_uid, about.st_gid)
            where = sql.Literal(str(folder / "space"))
            connection.execute(sql.SQL("CREATE TABLESPACE {} LOCATION {}").format(name, where))
            connection.execute(sql.SQL("ALTER TABLE audit_event SET TABLESPACE {}").format(name))
            yield folder
            (folder / "filler").unlink(missing_ok=True)
            connection.execute("SET lock_timeout = '10s'")
            connection.execute("ALTER TABLE audit_event SET TABLESPACE pg_default")
            connection.execute("CHECKPOINT")
            connection.execute(sql.SQL("DROP TABLESPACE {}").format(name))
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        shutil.rmtree(folder)


@pytest.mark.full_disk
@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_what_postgresql_cannot_store_is_noted_and_stored_later(
    either: Instance, small_audit: Path, officer: FlaskClient
) -> None:
    case_id, _ = either.import_case("h2")
    filler = fill(small_audit)
    before, views = len(stored(either, "case.viewed")), 0
    while room_of(either).read_only() is None:
        assert officer.get(f"/cases/{case_id}").status_code == 200
        views += 1
        assert views < 300, "a page of PostgreSQL holds fewer"
    assert len(spooled(either)) == 1
    version = either.version(case_id)
    answer = officer.post(f"/cases/{case_id}/household", data={"version": str(version), "note": "Typed."})
    assert answer.status_code == 503
    assert room_again(either) is False
    filler.unlink()
    assert room_again(either)
    assert len(stored(either, "case.viewed")) == before + views
