"""The samples of a version: reading them, and putting its instance back together on SQLite or PostgreSQL."""

from __future__ import annotations

import gzip
import json
import lzma
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
from sqlalchemy import select

from app import install
from app.accounts.models import User
from app.extensions import db
from app.settings import load_settings
from tests import kept
from tests.conftest import Instance, dispose

HERE = Path(__file__).parent
ENGINES = ("sqlite", "postgresql")
SECRETS = ("settings.env", "secret.key", "seal.p12")


def packed(value: Any) -> bytes:
    """Plain data as compressed JSON. Case files that are much alike take next to nothing: it looks far back."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return lzma.compress(text.encode("utf-8"), preset=9)


def unpacked(path: Path) -> Any:
    return json.loads(lzma.decompress(path.read_bytes()))


@dataclass(frozen=True)
class Sample:
    """What one version stored."""

    folder: Path

    @property
    def version(self) -> str:
        return self.folder.name

    @cached_property
    def about(self) -> dict[str, Any]:
        """``day``, ``council``, ``schema``, ``people`` (e-mail by role) and ``links`` (by engine)."""
        found: dict[str, Any] = json.loads((self.folder / "about.json").read_text(encoding="utf-8"))
        return found

    @property
    def day(self) -> date:
        return date.fromisoformat(self.about["day"])

    def at(self, days: int) -> datetime:
        """An afternoon hour so many days after it was made; on the day itself its codes and links still work."""
        day = self.day + timedelta(days=days)
        return datetime(day.year, day.month, day.day, 15, tzinfo=ZoneInfo("Europe/London"))

    @cached_property
    def results(self) -> dict[str, Any]:
        """Shapes by name, as the version itself judged."""
        found: dict[str, Any] = unpacked(self.folder / "results.json.xz")
        return found

    @cached_property
    def case_files(self) -> dict[str, Any]:
        """Every case file as plain data, by the name it has in ``results``."""
        folder = self.folder / "case_files"
        found = {
            f"case_files/{p.name}": json.loads(p.read_text(encoding="utf-8")) for p in sorted(folder.glob("*.json"))
        }
        for path in sorted(folder.glob("*.json.xz")):
            group = path.name.removesuffix(".json.xz")
            found |= {f"case_files/{group}/{name}": tree for name, tree in unpacked(path).items()}
        return found

    def pdfs(self, engine: str) -> dict[str, bytes]:
        """Sealed PDFs by the identifier of their record."""
        return {p.stem: p.read_bytes() for p in sorted((self.folder / "pdfs" / engine).glob("*.pdf"))}

    def furnish(self, folder: Path, engine: str, gazetteer_file: Path) -> None:
        """What lies beside the database in an instance folder, with the rights it has there."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "gazetteer.sqlite").symlink_to(gazetteer_file)
        for name in SECRETS:
            shutil.copyfile(self.folder / "beside" / name, folder / name)
            (folder / name).chmod(0o600)
        shutil.copytree(self.folder / "pdfs" / engine, folder / "records")

    def restore_sqlite(self, folder: Path) -> None:
        script = gzip.decompress((self.folder / "sqlite.sql.gz").read_bytes()).decode("utf-8")
        connection = sqlite3.connect(folder / "case-by-case.sqlite")
        connection.executescript(script)
        connection.close()

    def restore_postgresql(self, url: str) -> None:
        """Into an empty database, by nothing but a connection."""
        script = gzip.decompress((self.folder / "postgresql.sql.gz").read_bytes()).decode("utf-8")
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(script)  # type: ignore[call-overload]


def samples() -> list[Sample]:
    """Every version, by name."""
    return [Sample(path.parent) for path in sorted(HERE.glob("*/about.json"))]


class OldInstance(Instance):
    """An instance that a version left behind, opened by today's code."""

    def __init__(self, app: Any, engine: str, sample: Sample) -> None:
        super().__init__(app, engine)
        self.sample = sample

    def user(self, role: str) -> User:
        return db.session.scalars(select(User).where(User.email == self.sample.about["people"][role])).one()


@contextmanager
def opened(sample: Sample, folder: Path, engine: str, url: str) -> Iterator[OldInstance]:
    """Today's service over an instance folder of a sample; its settings file is read as the service reads it."""
    app = kept.made(load_settings(folder).model_copy(update={"database_url": url}))
    app.config.update(WTF_CSRF_ENABLED=False, PROPAGATE_BUGS=True)
    try:
        yield OldInstance(app, engine, sample)
    finally:
        dispose(app)


def brought_up_to_date(sample: Sample, folder: Path, engine: str, url: str) -> list[str]:
    """Migrate a restored instance as the operator's start does; gives what it said."""
    said: list[str] = []
    with opened(sample, folder, engine, url) as instance, instance.app.app_context():
        install.prepare(instance.app, False, lambda line: said.append(str(line)))
        kept.in_use(instance.app)
    return said
