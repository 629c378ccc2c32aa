"""Making a copy of a record for one reader, having a second person agree where that is needed, and its sealed PDF."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from app import clocks, jobs
from app.accounts.models import User
from app.accounts.policy import ROLES
from app.audit import service as audit
from app.cases import sealed_home
from app.cases import service as cases
from app.cases.models import Case
from app.checklists import read_folder
from app.database import now, writing
from app.extensions import db
from app.records import canonical, files, process, seal
from app.records.models import Record, RecordFile
from app.records.older import in_names_of_today
from app.records.proof import RecordAltered, body_of
from app.settings import current_settings
from app.suitability.casefile.values import in_sentence

from . import copies, table, trail
from .copies import Copy, Made
from .models import Edition
from .owners import owners
from .release import Chosen, NotAllowed

RENDER = "render-edition"
MOST_ENTRIES = 20_000  # of a case in the copy for internal audit; the timeline’s own table goes as far
_NOBODY_HERE = "The recipient or the system"


class EditionProblem(cases.CaseProblem):
    """A copy cannot be made, agreed to or given, in a sentence."""


def can_copy(record: Record) -> bool:
    """Is a record of a format that copies can be made of? An earlier one stays whole, and is told from person to person."""
    return bool(json.loads(body_of(record)).get("format") == canonical.FORMAT)


def preview(record: Record, reader: str, chosen: Chosen) -> Copy:
    """The copy as it would be, and what its reader would not see; nothing is stored.

    Raises:
        NotAllowed: see ``copies.copy_for``.
    """
    return _copy(record, reader, chosen, f"{record.number}-0", {})


def _copy(record: Record, reader: str, chosen: Chosen, number: str, head: Mapping[str, Any]) -> Copy:
    body = in_names_of_today(json.loads(body_of(record)))
    if body.get("format") != canonical.FORMAT:
        raise NotAllowed("This record is of an earlier format, of which no copies are made.")
    # A home that was sealed since the record was made is in no copy of it.
    body = sealed_home.scrubbed(body, sealed_home.homes(db.session, record.case_id))
    releases = table.read()
    wants = reader in releases.readers and releases.items[trail.ITEM].for_(reader, ()).level == "whole"
    made = Made(
        number=number,
        at=clocks.written(now()),
        owners=owners(read_folder()),
        head=head,
        trail=_trail(record) if wants else None,
    )
    return copies.copy_for(body, releases, reader, chosen, made)


def _trail(record: Record) -> trail.Trail:
    """What the audit says of the case of a record up to now, oldest first, and every file of that record."""
    asked = audit.Asked(record.case_id)
    people = select(User.id, User.name).where(User.id.in_(audit.actors(asked)))
    names = {row.id: row.name for row in db.session.execute(people)}
    files = db.session.scalars(
        select(RecordFile.sha256).where(RecordFile.record_id == record.id).order_by(RecordFile.made_at)
    )
    entries = [
        trail.Entry(
            seq=e.seq,
            at=e.at,
            action=e.action,
            says=audit.ACTIONS.get(e.action, e.action),
            who=", ".join(
                x for x in (names.get(e.actor_id, _NOBODY_HERE), in_sentence(ROLES.get(e.actor_role, ""))) if x
            ),
            version=e.app_version or "",
        )
        for e in reversed(audit.entries(asked, MOST_ENTRIES))
    ]
    return trail.Trail(entries, record.sha256, list(files))


def make(user: Any, record_id: str, seen_version: int, reader: str, chosen: Chosen) -> Edition:
    """Freeze a copy and queue its PDF.

    Raises:
        StaleCase: the case changed since the person saw it. NotAllowed: see ``copies.copy_for``.
    """
    with writing() as session:
        record = session.get_one(Record, record_id)
        cases.lock_case(session, record.case_id, seen_version)
        count = session.scalar(select(func.count()).select_from(Edition).where(Edition.record_id == record_id)) or 0
        number = f"{record.number}-{count + 1}"
        body = canonical.encode(_copy(record, reader, chosen, number, audit.head(session)).body)
        made = Edition(
            case_id=record.case_id,
            record_id=record.id,
            number=number,
            reader=reader,
            about=list(chosen.about),
            opened=dict(chosen.opened),
            body=body,
            sha256=canonical.digest(body),
            made_by=user.id,
            made_by_name=user.name,
        )
        session.add(made)
        session.flush()
        detail = {"sha256": made.sha256, "reader": reader, "opened": sorted(chosen.opened)}
        audit.record(session, "edition.made", "edition", made.id, record.case_id, detail)
        jobs.enqueue(session, RENDER, made.id)
    return made


def of_record(record_id: str) -> list[Edition]:
    return list(db.session.scalars(select(Edition).where(Edition.record_id == record_id).order_by(Edition.made_at)))


def find(record_id: str, edition_id: str) -> Edition | None:
    return db.session.scalar(select(Edition).where(Edition.id == edition_id, Edition.record_id == record_id))


def body_of_copy(edition: Edition) -> dict[str, Any]:
    """What a copy holds, checked against its hash.

    Raises:
        RecordAltered: it is not what was made.
    """
    if canonical.digest(edition.body) != edition.sha256:
        raise RecordAltered(edition.number)
    found: dict[str, Any] = json.loads(edition.body)
    return found


def waits(edition: Edition, case: Case) -> bool:
    """Does it wait for a second person? So does every copy of a restricted case, and one in which somebody opened something."""
    return (case.restricted or bool(edition.opened)) and edition.agreed_at is None


def agree(user: Any, edition_id: str) -> None:
    """A second person agrees that a copy leaves.

    Raises:
        EditionProblem: they made it, or it was agreed to already.
    """
    with writing() as session:
        case_id = session.scalars(select(Edition.case_id).where(Edition.id == edition_id)).one()
        cases.lock(session, case_id)
        made = session.get_one(Edition, edition_id, populate_existing=True)
        if made.agreed_at is not None:
            raise EditionProblem(f"{made.agreed_by_name} has agreed to this copy already.")
        if made.made_by == user.id:
            raise EditionProblem("You made this copy. Somebody else looks at it before it leaves.")
        made.agreed_by, made.agreed_by_name, made.agreed_at = user.id, user.name, now()
        audit.record(session, "edition.agreed", "edition", made.id, case_id)


def file_of(edition: Edition) -> Path:
    return current_settings().records_folder / f"{edition.id}.pdf"


def is_there(edition: Edition) -> bool:
    return edition.pdf_sha256 is not None and file_of(edition).exists()


def ask_again(edition: Edition) -> None:
    """Queue the PDF of a copy whose file is gone; asked many times a day, it is made once."""
    with writing() as session:
        jobs.enqueue(session, RENDER, f"{edition.id}-{clocks.today().isoformat()}")


def make_pdf(subject: str) -> None:
    """Render, seal and store the PDF of a copy. Safe to run again: one that is there stays."""
    settings = current_settings()
    edition = db.session.get(Edition, subject.partition("-")[0])
    if edition is None or is_there(edition):
        return
    try:
        body_of_copy(edition)
        unsealed = process.render(edition.body)
    except (process.RenderFailed, RecordAltered):
        raise jobs.Failed("render") from None
    sealed = seal.seal(unsealed, settings)
    files.put(file_of(edition), sealed)
    with writing() as session:
        made = session.get_one(Edition, edition.id)
        made.pdf_sha256, made.unsealed_sha256 = canonical.digest(sealed), canonical.digest(unsealed)
        made.files = [*made.files, made.pdf_sha256]  # an earlier one, which somebody may hold, stays ours
        made.pdf_bytes, made.rendered_at = len(sealed), now()
        audit.record(session, "edition.rendered", "edition", made.id, made.case_id, {"pdf_sha256": made.pdf_sha256})


jobs.register(RENDER, make_pdf, "PDF of a copy for one reader")
