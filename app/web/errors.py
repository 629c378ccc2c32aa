"""What people read when something went wrong, and what the log keeps of it: never a name, never a value."""

from __future__ import annotations

import secrets
from pathlib import Path
from traceback import extract_tb

import structlog
from flask import (
    Response,
    current_app,
    flash,
    g,
    redirect,
    render_template,
    request,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.accounts.policy import POLICY
from app.extensions import db
from app.records.proof import RecordAltered
from app.web.gate import ask_to_sign_in

from . import away, read_only

log = structlog.get_logger("case_by_case")


_PAGES = {
    400: (
        "This could not be understood",
        "Go back: what you typed is still in your browser. Check it and send it again.",
    ),
    403: (
        "You may not do this",
        "Your role does not include it. If you think it should, ask your manager; another officer can do it meanwhile.",
    ),
    404: (
        "Page not found",
        "It may not exist, or you may not have access to the case. Check the address, or go to your work.",
    ),
    405: ("This could not be done", "Go back and use the button on the page."),
    413: (
        "Too much was sent",
        "This page takes up to 4 million characters. Go back: what you typed is still in your browser. Shorten it, or put part of it in another note.",
    ),
    429: ("Too many tries", "Wait fifteen minutes and try again."),
}


def on_http_error(error: HTTPException) -> tuple[str, int]:
    code = error.code or 500
    title, next_step = _PAGES.get(code, ("This could not be done", "Go back and try again."))
    return render_template("web/error.html", title=title, next_step=next_step, reference=""), code


def on_csrf_error(error: CSRFError) -> tuple[str, int] | Response:
    """A form that was open too long, or whose session is gone: from our own page it is offered again, else refused."""
    same_site = (
        request.headers.get("Origin") in (None, request.host_url.rstrip("/"))
        and request.headers.get("Sec-Fetch-Site", "same-origin") == "same-origin"
    )
    view = current_app.view_functions.get(request.endpoint or "")
    if same_site and view is not None and POLICY[getattr(view, "permission", "public")].public:
        flash("This page was open for a long time. Please fill it in and send it again.", "important")
        return redirect(request.path)  # type: ignore[return-value]
    if same_site and request.form and not current_user.is_authenticated:
        return ask_to_sign_in()
    if current_user.is_authenticated and same_site and request.form:
        return render_template(
            "accounts/resume.html",
            path=request.path,
            fields={k: v for k, v in request.form.to_dict(flat=False).items() if k != "csrf_token"},
            why="This page was open for a long time.",
        ), 400
    return render_template(
        "web/error.html",
        title="This page was open too long",
        next_step="Go back, reload the page and send it again. What you typed is still in your browser.",
        reference="",
    ), 400


def on_altered(error: RecordAltered) -> tuple[str, int]:
    """A stored record that is not what was issued is not shown."""
    log.error("record_altered", reference=g.get("request_id"), number=error.number)
    page = render_template(
        "web/error.html",
        title="This record was changed after it was issued",
        next_step=f"Do not rely on it, and do not share it. Tell your administrator that record {error.number} does not match its hash; the sealed PDF, or a backup, says what was issued.",
        reference=g.get("request_id", ""),
    )
    return page, 409


def on_bug(error: Exception) -> tuple[str, int] | Response:
    """A page with a reference and no detail; a log line with the kind of error and no personal data."""
    gone = away.meet(error)
    if gone is not None:
        return gone
    db.session.rollback()
    full = read_only.meet(error)
    if full is not None:
        return full
    reference = g.get("request_id") or secrets.token_hex(8)
    # Database errors carry the row in their text, on PostgreSQL even with parameters hidden: only the kind is logged.
    where = _frames(error)
    log.error("bug", reference=reference, kind=type(error).__name__, endpoint=request.endpoint, where=where)
    if current_app.config.get("PROPAGATE_BUGS"):
        raise error
    page = render_template(
        "web/error.html",
        title="Something went wrong here",
        next_step="It is not your doing. Go back: what you typed is still in your browser. If it goes on, tell your administrator the reference.",
        reference=reference,
    )
    return page, 500


def _frames(error: Exception) -> list[str]:
    """Where it happened, innermost last: files and lines, never values."""
    return [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in extract_tb(error.__traceback__)[-8:]
    ]
