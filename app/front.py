"""Pages of the house itself: is it alive, is it ready, and what it rests on."""

from __future__ import annotations

import shutil
from typing import Any

from flask import Blueprint, current_app, render_template
from sqlalchemy.exc import SQLAlchemyError

from app import jobs
from app.accounts.policy import permission
from app.checklists import read_folder
from app.database import schema_version
from app.places.gazetteer import GazetteerProblem
from app.places.service import geocoder
from app.settings import Settings

front = Blueprint("front", __name__)


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
    checks["disk"] = shutil.disk_usage(settings.data).free > 200 * 1024 * 1024
    ready = all(checks.values())
    return {"status": "ready" if ready else "not ready", "checks": checks}, 200 if ready else 503


@front.get("/about-the-data")
@permission("data.view")
def about_data() -> str:
    """Where points, numbers and words come from, and how old they are."""
    try:
        about = geocoder().gazetteer.about()
    except GazetteerProblem:
        about = {}
    return render_template("errors/about_data.html", about=about, checklist=read_folder())
