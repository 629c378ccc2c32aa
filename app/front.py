"""Pages of the house itself: is it alive, is it ready, and what it rests on."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, url_for
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from app import clocks, disk, jobs, rights
from app.accounts.policy import permission
from app.audit import service as audit
from app.checklists import read_folder
from app.database import now, schema_version
from app.jobs import identity
from app.places.gazetteer import GazetteerProblem
from app.places.service import geocoder
from app.records import missing
from app.settings import Settings

front = Blueprint("front", __name__)
LATE_SECONDS = 900  # a job that waits so long past its time waits for a worker that does not work
_WHAT = {
    "mail-share": "Mail with a link to a record",
    "mail-answer": "Mail that an answer waits",
    "mail-ended": "Mail that a link no longer opens",
    "mail-newer": "Mail that a newer record replaces one that was shared",
    "mail-link": "Mail with a one-time link to the owner of an account",
    "mail-account": "Mail to the owner of an account that it was changed",
    "render-record": "PDF of a record",
    "render-again": "PDF of a record, made again",
}


@front.get("/healthz")
@permission("public")
def healthz() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@front.get("/readyz")
@permission("public")
def readyz() -> tuple[dict[str, Any], int]:
    """Everything a page needs is there: database at the right migration, gazetteer, a live worker, room on the disk."""
    settings: Settings = current_app.config["SETTINGS"]
    checks: dict[str, bool] = {}
    try:
        stored = schema_version()
        checks["database"], checks["migrated"] = True, stored == current_app.config["SCHEMA_HEAD"]
    except SQLAlchemyError:
        checks["database"] = checks["migrated"] = False
    try:
        geocoder().gazetteer.about()
        checks["gazetteer"] = True
    except GazetteerProblem:
        checks["gazetteer"] = False
    age = jobs.heartbeat_age(settings)
    checks["worker"] = age is not None and age < 30
    late, warnings = 0, list[str]()
    if checks["migrated"]:
        late = round(jobs.oldest_overdue(now()).total_seconds())
        checks["clock"] = audit.behind(now()) is None
        checks["jobs"] = late < LATE_SECONDS and not identity.is_copy(settings)
        warnings = rights.warnings(settings)
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


@front.get("/jobs")
@permission("jobs.manage")
def jobs_list() -> str:
    """Letters and PDFs that wait or have failed, for people: what, since when, and what to do."""
    return render_template(
        "errors/jobs.html", dead=jobs.dead(), waiting=jobs.waiting(), problems=jobs.PROBLEMS, what=_WHAT,
        held=identity.is_copy(current_app.config["SETTINGS"]),
    )  # fmt: skip


@front.post("/jobs/<key:name>/<key:subject>/again")
@permission("jobs.manage")
def jobs_again(name: str, subject: str) -> Response:
    """Try a failed job again, for three days more."""
    if jobs.again(f"{name}-{subject}"):
        flash("It is tried again within a minute.", "success")
    else:
        flash("It is not among those that failed: it may have been sent meanwhile.", "important")
    return redirect(url_for("front.jobs_list"))


@front.get("/about-the-data")
@permission("data.view")
def about_data() -> str:
    """Where points, numbers and words come from, and how old they are."""
    try:
        about = geocoder().gazetteer.about()
    except GazetteerProblem:
        about = {}
    return render_template("errors/about_data.html", about=about, checklist=read_folder())
