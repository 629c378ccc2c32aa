"""Whether every sealed PDF that the database names is there: a backup without ``records/`` looks whole until somebody asks for one.

Looked at with one listing of the folder at the start and once a day; what was found is kept beside it, for pages and /readyz.
"""

from __future__ import annotations

import json
import os
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from app import disk
from app.database import now
from app.extensions import db
from app.settings import current_settings

from .models import Record

_ROWS = 10_000


class Missing(NamedTuple):
    """Of so many PDFs that were made, how many are not in the folder, as of a moment."""

    missing: int
    named: int
    at: datetime

    @property
    def says(self) -> str:
        """A sentence for the operator; empty where all are there."""
        if not self.missing:
            return ""
        are = "is" if self.missing == 1 else "are"
        return (
            f"{self.missing:,} of {self.named:,} PDFs of records {are} not in the folder records: was it left out of a restored "
            "backup? Put it back, or make them again from the frozen records with “flask --app wsgi record make-again”."
        )


def look() -> Missing:
    """Hold the database against the folder, and keep what was found."""
    identifiers, named = _absent()
    found = Missing(len(identifiers), named, now())
    _keep(found)
    return found


def absent() -> list[str]:
    """The identifiers of records whose PDF was made and is not there, oldest first."""
    return _absent()[0]


def _absent() -> tuple[list[str], int]:
    query = select(Record.id).where(Record.pdf_sha256.is_not(None)).order_by(Record.issued_at)
    named = list(db.session.scalars(query.execution_options(yield_per=_ROWS)))
    db.session.rollback()
    try:
        with os.scandir(
            current_settings().records_folder
        ) as listed:  # after the names: what is sealed meanwhile is not missed
            there = {entry.name for entry in listed}
    except FileNotFoundError:
        there = set()
    return [identifier for identifier in named if f"{identifier}.pdf" not in there], len(named)


def kept() -> Missing | None:
    """What the last look found; None where nobody looked or it cannot be read."""
    try:
        found = json.loads(_file().read_text(encoding="ascii"))
        return Missing(int(found["missing"]), int(found["named"]), datetime.fromisoformat(found["at"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def told() -> str:
    """What /readyz says of it; empty where all are there. That nobody knows is said too."""
    found = kept()
    return (
        "Whether all PDFs of records are there is not known: the worker looks once a day."
        if found is None
        else found.says
    )


def made_again() -> None:
    """One is there again. Before all are said to be there, the folder is looked at."""
    found = kept()
    if found is None or found.missing <= 1:
        look()
    else:
        _keep(found._replace(missing=found.missing - 1))


def _keep(found: Missing) -> None:
    temporary = _file().with_suffix(".making")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as stream:
            json.dump({"missing": found.missing, "named": found.named, "at": found.at.isoformat()}, stream)
        temporary.replace(_file())
    except OSError as error:
        if not disk.is_full(error):
            raise
        temporary.unlink(missing_ok=True)
        _file().unlink(missing_ok=True)  # rather nothing than what is not so any more


def _file() -> Path:
    return current_settings().data / "records.json"
