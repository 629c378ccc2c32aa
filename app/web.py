"""The front of the house: who may pass, headers on every answer, what errors say, and typed text that survives a lost session."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from traceback import extract_tb
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import (
    Flask,
    Response,
    abort,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from flask_wtf.csrf import CSRFError, generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer
from werkzeug.exceptions import HTTPException
from werkzeug.routing import BaseConverter
from werkzeug.wrappers import Response as WerkzeugResponse

from app import clocks, disk, read_only
from app.accounts.policy import POLICY, may
from app.assessments import service as assessments
from app.audit import service as audit
from app.cases import service as cases
from app.checklists import read_folder
from app.decisions.emergency import EmergencyProblem
from app.direction import isolated_html
from app.extensions import db
from app.records.proof import RecordAltered
from app.settings import Settings
from app.suitability.plain import in_sentence
from app.suitability.result import OUTCOME_WORDS
from forms.accounts import SignInForm
from forms.cases import words

LARGEST_REQUEST = 4 * 1024 * 1024
MOST_FIELDS = 1000
_CARRY_SECONDS = 12 * 3600
Page = str | WerkzeugResponse | tuple[str, int]
log = structlog.get_logger("case_by_case")


class IdConverter(BaseConverter):
    """Our identifiers, 32 hexadecimal figures; anything else is a page that does not exist."""

    regex = "[0-9a-f]{32}"


class KeyConverter(BaseConverter):
    """A member's key or a criterion's id."""

    regex = "[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


def pass_or_refuse() -> Response | None:
    """Before every request: is it of a sane size, and may this person have this route and this case?"""
    g.request_id = secrets.token_hex(8)
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    if request.method == "POST" and len(request.form) > MOST_FIELDS:
        abort(413)
    rule = POLICY[getattr(current_app.view_functions[endpoint], "permission")]  # noqa: B009
    if rule.public:
        return read_only.refuse_before_it_starts()
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if current_user.role not in rule.roles:
        abort(403)
    if rule.of_case:
        case = cases.find(current_user, (request.view_args or {})["case_id"])
        if case is None:
            abort(404)
        g.case = case
    return read_only.refuse_before_it_starts()


def _ask_to_sign_in() -> Response:
    """Sign in first; what was typed travels along and is offered again afterwards."""
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    form = SignInForm(formdata=None)
    form.next.data = request.path
    form.carried.data = carry(request.path, request.form.to_dict(flat=False))
    page = render_template("accounts/sign_in.html", form=form, carried=True)
    return Response(page, 401)


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(str(current_app.secret_key), salt="carried")


def carry(path: str, fields: dict[str, list[str]]) -> str:
    """What was typed, signed, so that it can be sent again once the person is signed in."""
    kept = {k: v for k, v in fields.items() if k != "csrf_token" and "password" not in k}
    return str(_serializer().dumps({"path": path, "fields": kept}))


def carried(packed: str) -> tuple[str, dict[str, list[str]]] | None:
    """Unpack what carry() packed; None when it was changed or is too old."""
    try:
        found = _serializer().loads(packed, max_age=_CARRY_SECONDS)
        return str(found["path"]), dict(found["fields"])
    except (BadData, KeyError, TypeError):
        return None


def safe_path(target: str | None) -> str | None:
    """A path on this site, or None: nothing that leads elsewhere."""
    if not target:
        return None
    parts = urlsplit(target)
    if (
        parts.scheme
        or parts.netloc
        or not parts.path.startswith("/")
        or target.startswith(("//", "/\\"))
        or any(ord(c) < 32 for c in target)
    ):
        return None
    return target


def safe_href(target: str) -> str:
    """A link inside this site or to a place on the page; anything else leads home. Source: reliability.md C14."""
    return target if target.startswith("#") or safe_path(target) else "/"


# What looking at a page is called; any other page of a case is "case.viewed".
_VIEWS = {
    "records.show": "record.viewed",
    "records.pdf": "record.downloaded",
    "sharing.make": "record.viewed",
    "answers.settle": "record.viewed",
    "cases.timeline": "timeline.viewed",
}


def note_view(response: Response) -> Response:
    """Every page of a case that goes out is noted first. If it cannot be noted, it does not go out."""
    case = g.get("case")
    if case is not None and response.status_code in (200, 206, 422):
        named = request.view_args or {}
        kind = next((k for k in ("record", "assessment") if f"{k}_id" in named), "case")
        default = "assessment.viewed" if kind == "assessment" else "case.viewed"
        try:
            audit.viewed(_VIEWS.get(str(request.endpoint), default), kind, named[f"{kind}_id"], case.id)
        except disk.NotNoted as problem:
            response.close()
            return make_response(read_only.on_not_noted(problem))
    return response


def set_names_apart(response: Response) -> Response:
    """Letters that read from right to left are isolated on every page that goes out."""
    if response.mimetype == "text/html" and not response.is_streamed:
        page = response.get_data(as_text=True)
        apart = isolated_html(page)
        if apart is not page:
            response.set_data(apart)
    return response


def add_headers(response: Response) -> Response:
    settings: Settings = current_app.config["SETTINGS"]
    tiles = urlsplit(settings.tile_url) if settings.tile_url and request.endpoint == "assessments.result" else None
    pictures = f" {tiles.scheme}://{tiles.netloc}" if tiles else ""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:{pictures}; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "same-origin" if request.endpoint != "sharing.open_link" else "no-referrer"
    response.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    response.headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    if settings.https:
        response.headers["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    if request.endpoint == "static":
        response.headers["Cache-Control"] = (
            "public, max-age=31536000, immutable" if request.args.get("v") else "no-cache"
        )
    else:
        response.headers["Cache-Control"] = "no-store"
    return response


@lru_cache(maxsize=64)
def _asset_mark(folder: str, name: str) -> str:
    return hashlib.sha256((Path(folder) / name).read_bytes()).hexdigest()[:12]


def asset(name: str) -> str:
    """A static file's address, marked with its content so that it can be cached for ever."""
    return url_for("static", filename=name, v=_asset_mark(str(current_app.static_folder), name))


# ---- what the views share


def version_seen(form: Any) -> int:
    """The case version a form was opened on; an unreadable one never matches."""
    written = str(form.version.data or "")
    return int(written) if written.isdecimal() and len(written) < 10 else -1


def saved(form: Any, save: Callable[[int], object], done: str) -> bool:
    """Try to save; a case that moved on, or a problem, becomes an error on the form with everything typed still there."""
    try:
        save(version_seen(form))
    except cases.StaleCase as stale:
        form.refuse(
            "",
            "Somebody changed this case since you opened this page. What is stored now is shown below; what you typed is still here. Check it and save again.",
        )
        form.version.data = str(stale.now_at)
        db.session.expire_all()
        return False
    except (cases.CaseProblem, assessments.AssessmentProblem, EmergencyProblem) as problem:
        form.refuse("", str(problem))
        return False
    flash(done, "success")
    return True


def shown(template: str, form: Any, **values: Any) -> tuple[str, int]:
    return render_template(template, form=form, **values), 422 if form.errors else 200


# ---- errors


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
        "It may not exist, or you may not have access to the case. Check the address, or go to your list of cases.",
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
    return render_template("errors/error.html", title=title, next_step=next_step, reference=""), code


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
        return _ask_to_sign_in()
    if current_user.is_authenticated and same_site and request.form:
        return render_template(
            "accounts/resume.html",
            path=request.path,
            fields={k: v for k, v in request.form.to_dict(flat=False).items() if k != "csrf_token"},
            why="This page was open for a long time.",
        ), 400
    return render_template(
        "errors/error.html",
        title="This page was open too long",
        next_step="Go back, reload the page and send it again. What you typed is still in your browser.",
        reference="",
    ), 400


def on_altered(error: RecordAltered) -> tuple[str, int]:
    """A stored record that is not what was issued is not shown."""
    log.error("record_altered", reference=g.get("request_id"), number=error.number)
    page = render_template(
        "errors/error.html",
        title="This record was changed after it was issued",
        next_step=f"Do not rely on it, and do not share it. Tell your administrator that record {error.number} does not match its hash; the sealed PDF, or a backup, says what was issued.",
        reference=g.get("request_id", ""),
    )
    return page, 409


def on_bug(error: Exception) -> tuple[str, int] | Response:
    """A page with a reference and no detail; a log line with the kind of error and no personal data."""
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
        "errors/error.html",
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


def init_app(app: Flask, settings: Settings) -> None:
    """Bind all of this to an application, and refuse to start with a route that declares no permission."""
    app.url_map.converters["id"] = IdConverter
    app.url_map.converters["key"] = KeyConverter
    app.before_request(pass_or_refuse)
    app.after_request(set_names_apart)
    app.after_request(add_headers)
    app.after_request(note_view)
    app.register_error_handler(CSRFError, on_csrf_error)
    app.register_error_handler(HTTPException, on_http_error)
    app.register_error_handler(RecordAltered, on_altered)
    app.register_error_handler(disk.NothingSaved, read_only.on_nothing_saved)
    app.register_error_handler(disk.NotNoted, read_only.on_not_noted)
    app.register_error_handler(Exception, on_bug)
    app.jinja_env.globals.update(
        asset=asset,
        may=lambda name: current_user.is_authenticated and may(current_user.role, name),
        csrf_token=generate_csrf,
        outcome_words=OUTCOME_WORDS,
    )
    app.jinja_env.filters.update(
        safe_href=safe_href,
        sentence=in_sentence,
        label=words,
        day=clocks.in_words,
        moment=clocks.moment_in_words,
        isoday=clocks.text_in_words,
        moment_text=clocks.text_in_words,
    )

    @app.context_processor
    def _shared() -> dict[str, Any]:
        return {
            "council_name": settings.council_name,
            "demo": settings.demo,
            "read_only": read_only.banner(),
            "words_danger": read_folder().words["danger"],
            "words_front_door": read_folder().words["front_door"],
            "words": read_folder().words,
        }


def refuse_undeclared(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        if rule.endpoint == "static":
            continue
        name = getattr(view, "permission", None)
        if name not in POLICY:
            raise RuntimeError(f"the route {rule.rule} declares no permission")
        if POLICY[name].of_case and "case_id" not in rule.arguments:
            raise RuntimeError(f"the route {rule.rule} is about a case and does not name it")
