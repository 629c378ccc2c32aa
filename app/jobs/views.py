"""Letters and PDFs that wait or have failed, for people: what, since when, and what to do."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import jobs
from app.accounts.policy import permission
from app.backups import keeping
from app.letters.owners import is_of, subjects_kept_from
from app.letters.telling import nobody_to_tell
from app.settings import current_settings

from . import identity

pages = Blueprint("jobs", __name__)


@pages.get("/jobs")
@permission("jobs.manage")
def listed() -> str:
    """Letters and PDFs that wait or have failed, for people: what, since when, and what to do."""
    hidden = subjects_kept_from(current_user.id)
    dead, waiting = ([j for j in found if not is_of(j.subject, hidden)] for found in (jobs.dead(), jobs.waiting()))
    return render_template(
        "jobs/jobs.html", dead=dead, waiting=waiting, problems=jobs.PROBLEMS, what=jobs.WHAT,
        nobody=nobody_to_tell(), held=identity.is_copy(current_settings()), kept=keeping.shown(),
    )  # fmt: skip


@pages.post("/jobs/<key:name>/<key:subject>/again")
@permission("jobs.manage")
def again(name: str, subject: str) -> Response:
    """Try a failed job again, for three days more."""
    if not is_of(subject, subjects_kept_from(current_user.id)) and jobs.again(f"{name}-{subject}"):
        flash("It is tried again within a minute.", "success")
    else:
        flash("It is not among those that failed: it may have been sent meanwhile.", "important")
    return redirect(url_for("jobs.listed"))
