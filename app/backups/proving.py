"""Tries a backup out: restored into a scratch folder, held against its manifest, audited, and opened as a person would."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select

from app.accounts import links
from app.accounts.models import User, UserSession
from app.audit import checkpoints, reading, verifying
from app.cases import service as cases
from app.cases.models import Case
from app.database import now, writing
from app.editions.models import Edition
from app.extensions import db
from app.installation import ROOT
from app.records.models import Record, RecordFile
from app.settings import Settings, current_settings

from . import database, keeping, making, parts, restoring
from .container import Damaged
from .database import BackupProblem

_TRIED_CASES, _NAMED = 200, 5
_ROLES = ("safeguarding_lead", "senior_officer", "housing_officer", "auditor")


def verify(
    file: Path, private: str, settings: Settings, given_database: str = "", against: Sequence[Path] = ()
) -> dict[str, Any]:
    """Restore a backup aside and look at it; gives what was found. Nothing of this installation is changed but the note of it.

    Args:
        given_database: the address of an empty PostgreSQL database; where none is given one is made and taken away again.
        against: anchors of the audit that were kept outside; those that the settings have left where none is given.
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
            # Where records lie elsewhere they do not here: into the folder of those that are in use nothing is put back by trying it out.
            aside = {"data": folder, "records": None, "database_url": url, "migration_database_url": "", "seal": None}
            scratch = settings.model_copy(update=aside)
            put = database.put(scratch, found.folder / manifest["database"])
            restoring.hold_counts(manifest, put)
            files = restoring.put_files(found, scratch)
            lent = _lend(settings, folder)
            looked = _looked_at(folder, url)
            told: dict[str, int] = {"anchors": 0, "newer": 0}
            paths = list(against) or ([settings.checkpoints] if settings.checkpoints else [])
            moved = _held_against(scratch, settings, paths, manifest["made_at"], told)
    if looked["wrong"] or moved:
        raise Damaged(f"{file.name} is whole, and the audit in it is not: {[*looked['wrong'], *moved][0]}")
    for problem in (looked["problem"], _of_pdfs(looked["pdfs"])):
        if problem:
            raise BackupProblem(f"{file.name}: {problem}")
    keeping.note(settings, keeping.noted(settings)._replace(tried=file.name, tried_at=now().replace(microsecond=0)))
    return {
        "file": file.name, "made_at": manifest["made_at"], "version": manifest["version"], "migration": manifest["migration"],
        "rows": sum(put.rows.values()), "tables": len(put.rows), "files": files, "audit": put.audit,
        "audit_entries": looked["entries"], "opened": looked["opened"], "with_keys_of_this_machine": lent,
        "pdfs": looked["pdfs"]["held"], "anchors": told["anchors"] - told["newer"],
        "not_shown": [*looked["not_opened"], *_not_held(paths, told)],
    }  # fmt: skip


def _held_against(
    scratch: Settings, settings: Settings, paths: Sequence[Path], made_at: str, told: dict[str, int]
) -> list[str]:
    """What the restored audit is no longer, of each anchor that is not newer than the backup."""
    if not paths:
        return []
    with database.connected(scratch) as connection:
        reading.as_one_state(connection)
        return [
            found.says for found in checkpoints.agree(connection, paths, checkpoints.verifier(settings), told, made_at)
        ]


def _not_held(paths: Sequence[Path], told: dict[str, int]) -> list[str]:
    if told["anchors"] > told["newer"]:
        return []
    why = (
        "CBC_CHECKPOINTS names no folder and nothing was given with --against"
        if not paths
        else "all of them are newer"
        if told["newer"]
        else "there is none"
    )
    return [
        f"The audit in it was held against no anchor from outside, for {why}: only one shows that it was not written anew."
    ]


def _of_pdfs(found: dict[str, Any]) -> str:
    """What is wrong with the PDFs that the restored database names, in a sentence; empty where each is there and the one it names."""
    said = []
    for what, called in (("missing", "not in it"), ("other", "in it and not what the database says")):
        if found[what]:
            shown = ", ".join(found[what][:_NAMED]) + (" and more" if len(found[what]) > _NAMED else "")
            said.append(f"{len(found[what])} of {found['named']} PDFs are {called}: {shown}.")
    return " ".join(said)


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
    opened, not_opened, problem = _pages()
    return {
        "wrong": wrong, "entries": told.entries, "opened": opened, "not_opened": not_opened, "problem": problem, "pdfs": _pdfs(),
    }  # fmt: skip


def _pdfs() -> dict[str, Any]:
    """Every PDF that the restored database names, held against the files: how many, and the numbers of those that are not right."""
    folder = current_settings().records_folder
    hashes: dict[str, set[str]] = {}
    for record_id, sha256 in db.session.execute(select(RecordFile.record_id, RecordFile.sha256)):
        hashes.setdefault(record_id, set()).add(sha256)
    named = [
        (record.id, record.number, {record.pdf_sha256, *hashes.get(record.id, ())})
        for record in db.session.execute(
            select(Record.id, Record.number, Record.pdf_sha256).where(Record.pdf_sha256.is_not(None))
        )
    ]
    copies = select(Edition.id, Edition.number, Edition.pdf_sha256, Edition.files).where(
        Edition.pdf_sha256.is_not(None)
    )
    named += [(copy.id, copy.number, {copy.pdf_sha256, *copy.files}) for copy in db.session.execute(copies)]
    db.session.rollback()
    found: dict[str, Any] = {"named": len(named), "held": 0, "missing": [], "other": []}
    for identifier, number, known in named:
        file = folder / f"{identifier}.pdf"
        if not file.is_file():
            found["missing"].append(number)
        elif making.hash_of(file) not in known:
            found["other"].append(number)
        else:
            found["held"] += 1
    return found


def _pages() -> tuple[list[str], list[str], str]:
    """Which kinds of pages were opened; of which none was, and why, in sentences; and a sentence where one should have and did not."""
    user = next(
        (u for role in _ROLES for u in db.session.scalars(select(User).where(User.role == role, User.active))), None
    )
    if user is None:
        if db.session.scalar(select(Case.id).limit(1)) is None:
            return [], ["No page was opened: there is no case in it, and nobody who may open one."], ""
        return [], [], "Nobody is there who may open a case."
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
    addresses, not_opened = list[tuple[str, str]](), []
    for kind, is_record, ids in wanted:
        seen = next((case_id for case_id in ids if cases.find(user, case_id) is not None), None)
        if seen is None:
            why = "there is none in it" if not ids else "none of those that were tried may be seen by whoever looked"
            not_opened.append(f"No page of a {kind} was opened: {why}.")
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
            return [], not_opened, f"The page of a {kind} does not open ({answered.status_code})."
    return [kind for kind, _ in addresses], not_opened, ""
