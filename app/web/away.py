"""What people read while the database does not answer: 503 and a sentence, what was typed still there, and no word about the fault."""

from __future__ import annotations

from contextlib import suppress

import structlog
from flask import Response, g, make_response, render_template, request, session
from sqlalchemy.exc import SQLAlchemyError

from app import pools
from app.extensions import db, login

from . import read_only

SECONDS = 5  # after which whoever asks by machine may ask again
log = structlog.get_logger("case_by_case")


def meet(error: Exception) -> Response | None:
    """The page for an error that is a database away, or None. Nothing of it asks the database: nobody is signed in on it."""
    if not pools.is_away(error):
        return None
    with suppress(SQLAlchemyError):
        db.session.close()
    log.error("database_away", reference=g.get("request_id", ""), kind=type(error).__name__, endpoint=request.endpoint)
    g._login_user = login.anonymous_user()
    g.pop("case", None)
    g.pop("glass", None)
    said = {"path": request.path, "inside": "_user_id" in session, "ring": read_only.whom_to_ring()}
    page = make_response(render_template("web/away.html", **said, **read_only.typed()._asdict()), 503)
    page.headers["Retry-After"] = str(SECONDS)
    return page
