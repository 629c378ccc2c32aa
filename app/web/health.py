"""Is the service alive, and is it ready?"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app
from sqlalchemy.exc import SQLAlchemyError

from app import clocks, disk, jobs, rights, upgrading
from app.accounts.policy import permission
from app.audit import service as audit
from app.backups import keeping
from app.database import now, schema_version
from app.extensions import db
from app.finding import engines
from app.jobs import identity
from app.places.postcodes.gazetteer import GazetteerProblem
from app.places.service import geocoder
from app.records import missing
from app.settings import Settings, current_settings

pages = Blueprint("health", __name__)
LATE_SECONDS = 900  # a job that waits so long past its time waits for a worker that does not work


@pages.get("/healthz")
@permission("public")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@pages.get("/readyz")
@permission("public")
def readyz() -> tuple[dict[str, Any], int]:
    """Everything a page needs is there: database at the right migration, gazetteer, a live worker, room on the disk."""
    settings = current_settings()
    checks: dict[str, bool] = {}
    try:
        stored = schema_version()
        checks["database"], checks["migrated"] = True, upgrading.may_serve(stored, current_app.config["SCHEMA_HEAD"])
    except SQLAlchemyError:
        checks["database"] = checks["migrated"] = False
    try:
        geocoder().gazetteer.about()
        checks["gazetteer"] = True
    except GazetteerProblem:
        checks["gazetteer"] = False
    age = jobs.heartbeat_age(settings)
    checks["worker"] = age is not None and age < 30
    late, warnings, head = 0, list[str](), None
    if checks["migrated"]:
        late = round(jobs.oldest_overdue(now()).total_seconds())
        checks["clock"] = audit.behind(now()) is None
        head = audit.head(db.session)
        checks["jobs"] = late < LATE_SECONDS and not identity.is_copy(settings)
        late_ones = [late_one.says for late_one in (keeping.old(), keeping.untried()) if late_one is not None]
        warnings = [*rights.warnings(settings), *engines.warnings(), *late_ones]
    room = disk.of_this_instance()
    checks["disk"] = not room.is_low()
    if checks["migrated"]:
        room.look()
    mode = room.read_only()
    checks["writable"] = mode is None
    # A small disk is a warning; and on a full one pages are served, where jobs wait and nothing of theirs is missed.
    needed = set(checks) - {"disk", "writable"} if mode is None else {"database", "migrated"}
    ready = all(checks[name] for name in needed)
    status = "not ready" if not ready else "ready" if mode is None else "read only"
    said = {
        "status": status,
        "checks": checks,
        "warnings": [*warnings, *_warnings(settings)],
        "oldest_job_seconds": late,
        "audit": head,
    }
    return said, 200 if ready else 503


def _warnings(settings: Settings) -> list[str]:
    """What an operator must hear of, in sentences without anything of a family."""
    room, found = disk.of_this_instance(), []
    mode = room.read_only()
    if mode is not None:
        found.append(
            f"Nothing has been saved since {clocks.moment_in_words(mode.since)}, because the disk is full: pages can be read. Make room."
        )
    if room.is_low():
        found.append(
            f"There are {room.free() // disk.MEGABYTE} MB of free disk: make some, or nothing can be saved soon."
        )
    if missing.told():
        found.append(missing.told())
    return found
