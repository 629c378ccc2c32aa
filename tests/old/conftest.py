"""Old instances restored and brought up to date once, and copied for each test."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import psycopg
import pytest
import time_machine
from sqlalchemy.engine import make_url

from . import judged
from .differences import Difference, compared
from .samples import ENGINES, OldInstance, Sample, brought_up_to_date, opened, samples

BOTH = [pytest.param((sample, engine), id=f"{sample.version}-{engine}") for sample in samples() for engine in ENGINES]
ONE = [pytest.param(sample, id=sample.version) for sample in samples()]


class Restored(NamedTuple):
    """An instance folder, where its database is, and what bringing it up to date said."""

    sample: Sample
    engine: str
    folder: Path
    url: str
    said: list[str]


def _address(server: str, database: str) -> str:
    made = make_url(server).set(drivername="postgresql+psycopg", database=database)
    return made.render_as_string(hide_password=False)


def _on_server(server: str, statement: str) -> None:
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement)  # type: ignore[call-overload]


def _put_back(request: pytest.FixtureRequest, sample: Sample, engine: str, folder: Path, gazetteer_file: Path) -> str:
    """Restore an instance as its version left it; gives the address of its database, empty for SQLite."""
    sample.furnish(folder, engine, gazetteer_file)
    if engine == "sqlite":
        sample.restore_sqlite(folder)
        return ""
    server, name = request.getfixturevalue("postgresql"), f"old_{secrets.token_hex(6)}"
    _on_server(server, f'CREATE DATABASE "{name}"')
    url = make_url(_address(server, name))
    sample.restore_postgresql(url.set(drivername="postgresql").render_as_string(hide_password=False))
    return url.render_as_string(hide_password=False)


@pytest.fixture(scope="session")
def restored(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, gazetteer_file: Path
) -> Callable[[Sample, str], Restored]:
    """Gives the instance of a version on an engine, restored and migrated the first time it is asked for."""
    made: dict[tuple[str, str], Restored] = {}

    def of(sample: Sample, engine: str) -> Restored:
        key = (sample.version, engine)
        if key not in made:
            folder = tmp_path_factory.mktemp(f"old-{sample.version}-{engine}") / "instance"
            url = _put_back(request, sample, engine, folder, gazetteer_file)
            made[key] = Restored(sample, engine, folder, url, brought_up_to_date(sample, folder, engine, url))
        return made[key]

    return of


@pytest.fixture(params=BOTH)
def as_left(request: pytest.FixtureRequest, tmp_path: Path, gazetteer_file: Path) -> Restored:
    """An old instance on each engine, restored and not yet brought up to date."""
    sample, engine = request.param
    folder = tmp_path / "instance"
    return Restored(sample, engine, folder, _put_back(request, sample, engine, folder, gazetteer_file), [])


@contextmanager
def _a_copy(template: Restored, folder: Path, server: str, days: int) -> Iterator[OldInstance]:
    """A copy to read and write in, whose clock stands so many days after the samples were made."""
    shutil.copytree(template.folder, folder, symlinks=True)
    url, name = "", f"old_{secrets.token_hex(6)}"
    if template.engine == "postgresql":
        _on_server(server, f'CREATE DATABASE "{name}" TEMPLATE "{make_url(template.url).database}"')
        url = _address(server, name)
    clock = time_machine.travel(template.sample.at(days), tick=True)
    with clock, opened(template.sample, folder, template.engine, url) as instance:
        yield instance
    if template.engine == "postgresql":
        _on_server(server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=BOTH)
def old(
    request: pytest.FixtureRequest, restored: Callable[[Sample, str], Restored], tmp_path: Path
) -> Iterator[OldInstance]:
    """An old instance on each engine, on the afternoon of the day its samples were made."""
    sample, engine = request.param
    server = request.getfixturevalue("postgresql") if engine == "postgresql" else ""
    with _a_copy(restored(sample, engine), tmp_path / "instance", server, 0) as instance:
        yield instance


@pytest.fixture(params=ONE)
def on_sqlite(
    request: pytest.FixtureRequest, restored: Callable[[Sample, str], Restored], tmp_path: Path
) -> Iterator[OldInstance]:
    """An old instance on SQLite, on the afternoon of the day its samples were made."""
    with _a_copy(restored(request.param, "sqlite"), tmp_path / "instance", "", 0) as instance:
        yield instance


@pytest.fixture(params=ONE)
def long_after(
    request: pytest.FixtureRequest, restored: Callable[[Sample, str], Restored], tmp_path: Path
) -> Iterator[OldInstance]:
    """An old instance on SQLite, 401 days after: every link, session and mitigation of it has ended."""
    with _a_copy(restored(request.param, "sqlite"), tmp_path / "instance", "", 401) as instance:
        yield instance


@pytest.fixture(scope="session")
def found_today(restored: Callable[[Sample, str], Restored]) -> dict[str, list[Difference]]:
    """What today's code makes otherwise, of case files and of each engine's instances."""
    found: dict[str, list[Difference]] = {"case_files": [], **{engine: [] for engine in ENGINES}}
    for sample in samples():
        found["case_files"] += compared(sample.version, *judged.of_case_files(sample))
        for engine in ENGINES:
            template = restored(sample, engine)
            with opened(sample, template.folder, engine, template.url) as instance:
                found[engine] += compared(sample.version, *judged.of_instance(instance))
    return found
