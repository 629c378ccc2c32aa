"""What was destroyed, kept beside the database and beside the backups: a backup of before brings a case back, and this takes it away again.

A line is the certificate, which holds nothing of a family, and a mark that only this installation's key can make: a line that somebody
else wrote would destroy a case at the next restore. Source: reliability.md 4.8, B5.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select, text

from app import rights
from app.audit import service as audit
from app.database import writing
from app.extensions import db
from app.settings import Settings

from . import certificate, erasing
from .models import Destruction

FILE = "destroyed.jsonl"


class NotOurs(RuntimeError):
    """A list of what was destroyed that cannot be read, or that this installation's key did not make: a sentence."""


class Again(NamedTuple):
    """What was destroyed again: how many of the list there are, and how many of them were here."""

    listed: int
    destroyed: int


def keep(settings: Settings) -> None:
    """Write the list down whole, from the database and what is listed already: in the data folder, and beside the backups."""
    bodies = {row.case_id: row.body.decode("utf-8") for row in db.session.scalars(select(Destruction))}
    db.session.rollback()
    for folder in filter(None, (settings.data, settings.backups)):
        if not folder.is_dir():
            continue
        try:
            before = read([folder / FILE], settings)
        except NotOurs:
            before = {}  # what another wrote is put aside, and said at the next restore
            (folder / FILE).replace(folder / f"{FILE}.not-ours")
        lines = {**before, **bodies}
        if lines:
            _write(folder / FILE, lines, settings)


def _write(target: Path, bodies: dict[str, str], settings: Settings) -> None:
    temporary = target.with_suffix(".making")
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        for _, body in sorted(bodies.items()):
            stream.write(json.dumps({"body": body, "mark": _mark(body, settings)}, ensure_ascii=False) + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)


def read(files: Iterable[Path], settings: Settings) -> dict[str, str]:
    """What the lists say was destroyed: certificates by case. A file that is not there says nothing.

    Raises:
        NotOurs: a line cannot be read, or was not made with the key that is here.
    """
    found: dict[str, str] = {}
    for path in files:
        if not path.is_file():
            continue
        if not (settings.data / "secret.key").is_file():
            raise NotOurs(
                f"{path.name} lists what was destroyed, and secret.key is not here to tell whether it is ours. Put back the one you kept."
            )
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                said: dict[str, Any] = json.loads(line)
                body = str(said["body"])
                case_id = str(json.loads(body)["case"])
                is_ours = hmac.compare_digest(str(said["mark"]), _mark(body, settings))
            except (ValueError, KeyError, TypeError):
                raise NotOurs(f"A line of {path} cannot be read.") from None
            if not is_ours:
                raise NotOurs(f"A line of {path} was not made with the secret.key that is here.")
            found[case_id] = body
    return found


def _mark(body: str, settings: Settings) -> str:
    key = hashlib.sha256(b"what was destroyed\0" + settings.secret_key().encode()).digest()
    return hmac.new(key, body.encode("utf-8"), hashlib.sha256).hexdigest()


def destroy_again(bodies: dict[str, str], settings: Settings) -> Again:
    """Destroy again what a restored database brought back, and put the certificates back; before anybody signs in.

    What was agreed is in the certificate: nobody is asked again, and a hold of then that was lifted before it stops nothing.
    """
    there = set(db.session.scalars(text("SELECT case_id FROM destruction")))
    db.session.rollback()
    destroyed = 0
    for case_id, body in sorted(bodies.items()):
        if case_id in there:
            continue
        is_here = db.session.scalar(text("SELECT 1 FROM housing_case WHERE id = :case"), {"case": case_id}) is not None
        db.session.rollback()
        if is_here and settings.migration_database_url:
            with rights.owning(settings) as connection:
                erasing.erase(connection, case_id, settings, is_owner=True)
        with writing() as session:
            if is_here and not settings.migration_database_url:
                erasing.erase(session.connection(), case_id, settings, is_owner=True)
            certificate.write_down(session, json.loads(body))
            audit.erase_details(session, case_id)
            audit.record(session, "case.destroyed", "case", case_id, case_id)
        destroyed += is_here
    return Again(len(bodies), destroyed)
