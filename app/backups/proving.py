"""Tries a backup out: restored into a scratch folder, held against its manifest, audited, and opened as a person would."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.accounts import links
from app.accounts.models import User, UserSession
from app.audit import verifying
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.extensions import db
from app.installation import ROOT
from app.records.models import Record
from app.settings import Settings

from . import database, keeping, parts, restoring
from .container import Damaged
from .database import BackupProblem

_TRIED_CASES = 200
_ROLES = ("safeguarding_lead", "senior_officer", "housing_officer", "auditor")


def verify(file: Path, private: str, settings: Settings, given_database: str = "") -> dict[str, Any]:
    """Restore a backup aside and look at it; gives what was found. Nothing of this installation is changed but the note of it.

    Args:
        given_database: the address of an empty PostgreSQL database; where none is given one is made and taken away again.
    Raises:
        BackupProblem: it is not good; the sentence says why.
    """
    with restoring.opened(file, private, settings, "verifying") as found:
        manifest = found.manifest
        folder = found.folder.parent / "instance"
        folder.mkdir(mode=0o700)
        if manifest["engine"] == "sqlite":
            address: Any = nullcontext("")
        elif given_database:
            address = nullcontext(given_database)
        elif database.engine_of(settings) == "postgresql":
            address = database.scratch_database(settings, f"verifying_{secrets.token_hex(6)}")
        else:
            raise BackupProblem(
                "This backup is of PostgreSQL: name an empty database to try it out in with --database."
            )
        with address as url:
            scratch = settings.model_copy(
                update={"data": folder, "database_url": url, "migration_database_url": "", "seal": None}
            )
            put = database.put(scratch, found.folder / manifest["database"])
            restoring.hold_counts(manifest, put)
            files = restoring.put_files(found, scratch)
            lent = _lend(settings, folder)
            looked = _looked_at(folder, url)
    if looked["wrong"]:
        raise Damaged(f"{file.name} is whole, and the audit in it is not: {looked['wrong'][0]}")
    if looked["problem"]:
        raise BackupProblem(f"{file.name}: {looked['problem']}")
    keeping.note(settings, keeping.noted(settings)._replace(tried=file.name, tried_at=now().replace(microsecond=0)))
    return {
        "file": file.name, "made_at": manifest["made_at"], "version": manifest["version"], "migration": manifest["migration"],
        "rows": sum(put.rows.values()), "tables": len(put.rows), "files": files, "audit": put.audit,
        "audit_entries": looked["entries"], "opened": looked["opened"], "with_keys_of_this_machine": lent,
    }  # fmt: skip


def _lend(settings: Settings, folder: Path) -> list[str]:
    """The keys and postcodes of this machine, by links: they are in no backup, and pages need some of them."""
    lent = []
    for name in (*parts.APART, "gazetteer.sqlite"):
        if (settings.data / name).exists():
            (folder / name).symlink_to((settings.data / name).resolve())
            lent.append(name)
    return [name for name in lent if name in parts.APART]


def _looked_at(folder: Path, url: str) -> dict[str, Any]:
    """In a process of its own: an application over the scratch folder, with none of this one's settings but those."""
    bare = {name: value for name, value in os.environ.items() if not name.upper().startswith(("CBC_", "FLASK_"))}
    bare |= {"CBC_DATA": str(folder), "CBC_DISK_RESERVE_MB": "0", **({"CBC_DATABASE_URL": url} if url else {})}
    done = subprocess.run(
        [sys.executable, "-m", "flask", "--app", "wsgi", "backup", "look"],
        cwd=ROOT, env=bare, capture_output=True, check=False,
    )  # fmt: skip
    try:
        looked: dict[str, Any] = json.loads(done.stdout.decode("utf-8").splitlines()[-1])
    except (ValueError, IndexError):
        raise BackupProblem(
            "What was restored could not be opened by this version."
        ) from None  # its words may name somebody
    return looked


def look() -> dict[str, Any]:
    """Over a restored installation: migrated where it is older, its audit verified, a case page and a record opened in process."""
    from app.database import schema_version

    if schema_version() != current_app.config["SCHEMA_HEAD"]:
        import flask_migrate  # Alembic: where there is something to migrate

        flask_migrate.upgrade()
    told = verifying.Told()
    with db.engine.connect() as connection, connection.begin():
        wrong = [found.says for found in verifying.verify(connection, told)]
    opened, problem = _pages()
    return {"wrong": wrong, "entries": told.entries, "opened": opened, "problem": problem}


def _pages() -> tuple[list[str], str]:
    """Which kinds of pages were opened, and a sentence where one could not be."""
    user = next(
        (u for role in _ROLES for u in db.session.scalars(select(User).where(User.role == role, User.active))), None
    )
    if user is None:
        return [], "" if db.session.scalar(select(Case.id).limit(1)) is None else "Nobody is there who may open a case."
    token = secrets.token_urlsafe(32)
    user_id = user.id
    wanted = [
        ("case", None, db.session.scalars(select(Case.id).order_by(Case.id).limit(_TRIED_CASES)).all()),
        (
            "record",
            True,
            db.session.scalars(select(Record.case_id).order_by(Record.issued_at.desc()).limit(_TRIED_CASES)).all(),
        ),
    ]
    addresses: list[tuple[str, str]] = []
    for kind, is_record, ids in wanted:
        seen = next((case_id for case_id in ids if cases.find(user, case_id) is not None), None)
        if seen is None:
            continue
        record_id = db.session.scalar(
            select(Record.id).where(Record.case_id == seen).order_by(Record.issued_at.desc()).limit(1)
        ) if is_record else None  # fmt: skip
        addresses.append((kind, f"/cases/{seen}/records/{record_id}" if is_record else f"/cases/{seen}"))
    db.session.rollback()
    with writing() as session:
        session.add(UserSession(user_id=user_id, token_hash=links.token_hash(token)))
    client = current_app.test_client()
    with client.session_transaction() as browser:
        browser["_user_id"], browser["_fresh"] = token, True
    for kind, address in addresses:
        answered = client.get(address)
        if answered.status_code != 200:
            return [], f"The page of a {kind} does not open ({answered.status_code})."
    return [kind for kind, _ in addresses], ""
