"""The front of the house: who may pass, headers on every answer, what errors say, and typed text that survives a lost session."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from flask import (
    Flask,
    Response,
    abort,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask_login import current_user
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.routing import BaseConverter

from app import disk
from app.access import glass
from app.accounts import council, fresh
from app.accounts.policy import POLICY
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.database import writing
from app.web.carried import carry
from forms.accounts import ConfirmForm, SignInForm

from . import away, read_only

MOST_FIELDS = 1000
# Where photographs are taken in, more may be sent, by whoever is signed in: what is sent to any other page is words.
TAKES_PHOTOGRAPHS = (
    "visits.send",
    "photographs.listed",
    "register_photographs.of_unit",
    "register_photographs.of_building",
)
LARGEST_WITH_PHOTOGRAPHS = 16 * 1024 * 1024
TAKES_FILES, LARGEST_FILE = ("imports.look",), 17 * 1024 * 1024


class IdConverter(BaseConverter):
    """Our identifiers, 32 hexadecimal figures; anything else is a page that does not exist."""

    regex = "[0-9a-f]{32}"


class KeyConverter(BaseConverter):
    """A member's key or a criterion's id."""

    regex = "[A-Za-z0-9][A-Za-z0-9_-]{0,39}"


def pass_or_refuse() -> Response | tuple[Response, int] | None:
    """Before every request: is it of a sane size, and may this person have this route and this case?"""
    g.request_id = secrets.token_hex(8)
    endpoint = request.endpoint
    if endpoint is None or endpoint == "static":
        return None
    if endpoint in TAKES_PHOTOGRAPHS and current_user.is_authenticated:
        request.max_content_length = LARGEST_WITH_PHOTOGRAPHS
    if endpoint in TAKES_FILES and current_user.is_authenticated:
        request.max_content_length = LARGEST_FILE
    if request.method == "POST" and len(request.form) > MOST_FIELDS:
        abort(413)
    rule = POLICY[getattr(current_app.view_functions[endpoint], "permission")]  # noqa: B009
    if rule.public:
        return read_only.refuse_before_it_starts()
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    case_id = (request.view_args or {})["case_id"] if rule.of_case else ""
    if current_user.role not in rule.roles:
        if rule.of_case and cases.find(current_user, case_id) is None:
            note_denied(case_id)
        abort(403)
    if rule.of_case:
        g.case = _seen_or_opened(case_id)
        if g.get("glass") is not None and not _is_read_only_page(endpoint):
            return _only_to_read()
        if request.method == "POST" and g.case.closed_on is not None and endpoint not in OF_A_CLOSED_CASE:
            return _closed()
    if request.method == "POST" and getattr(current_app.view_functions[endpoint], "wants_confirming", False):
        refused = read_only.refuse_before_it_starts()
        return refused or (None if fresh.confirmed_lately() else ask_to_confirm())
    return read_only.refuse_before_it_starts()


# What may be done with a closed case: open it, hand it over, keep it from somebody, give it out for a court, and what concerns a sealed home.
OF_A_CLOSED_CASE = frozenset(
    {
        "lives.reopen",
        "cases.allocate",
        "cases.restrict",
        "exclusions.listed",
        "exclusions.lift",
        "sharing.revoke",
        "supervision.write",
        "glass.tonight",
        "readers.why",
        "court.make",
        # What is kept of it, and how long, is asked of a closed case above all.
        "retention.hold",
        "retention.lift",
        "retention.complain",
        "retention.agree",
        "retention.keep",
        "subject_access.ask",
        "subject_access.release",
        "retention.acknowledge",
        "sealed.seal",
        "sealed.name",
        "sealed.unname",
        "sealed.ask",
        "sealed.settle",
        "sealed.show",
        "matches.settle",
    }
)


CLOSED_TO_A_VISIT = (
    "This case was closed since the visit began, and nothing in a closed case is changed. What you saw is kept on this phone, closed, until seven days after the visit began. "
    "Open the case again, with the reason, and send it then."
)


def _closed() -> Response | tuple[Response, int]:
    """Nothing in a closed case is changed: whoever would, opens it first."""
    if str(request.endpoint).startswith("visits."):  # a script asks, on a phone that keeps what it has
        return jsonify(over="closed", problem=CLOSED_TO_A_VISIT), 409
    page = render_template(
        "web/error.html", title="This case is closed", reference="",
        next_step="Nothing was saved: open the case again first, with the reason. Go back: what you typed is still in your browser.",
        onward=(url_for("lives.reopen", case_id=g.case.id), "Open this case again"),
    )  # fmt: skip
    return Response(page, 409)


# What may be read of a case that somebody opened in an emergency. A page that is new is none of them until it is named here: no form, no
# file to take away, no letter, link or record to send, no note of supervision, no timeline, no place that is kept secret.
OPENED_TO_READ = frozenset(
    {
        "cases.show",
        "assessments.show",
        "assessments.result",
        "assessments.map_image",
        "remedies.reasoning",
        "records.show",
        "chronology.chronology",
        "deadlines.listed",
        "search.listed",
        "search.compare",
        "pictures.listed",
        "photographs.whole",
        "photographs.small",
        "from_register.show",
    }
)
WRITES_ALL_THE_SAME = "glass.tonight"


def _is_read_only_page(endpoint: str) -> bool:
    reads = request.method in ("GET", "HEAD", "OPTIONS")
    return endpoint == WRITES_ALL_THE_SAME or (reads and endpoint in OPENED_TO_READ)


def _only_to_read() -> Response:
    """More than reading was asked of a case that is open in an emergency: nothing of it is done, and an entry says so."""
    with suppress(disk.NotNoted):
        audit.viewed("glass.stopped", "break_glass", g.glass.id, g.case.id)
    page = render_template(
        "web/error.html", title="This case is open to you to be read", reference="",
        next_step="You opened it in an emergency. Nothing is changed, sent or taken away from it, and nothing was saved. "
        "What you did for the family tonight can be written down. For anything else ring the duty safeguarding lead.",
        onward=(url_for("glass.tonight", case_id=g.case.id), "Write down what you did tonight"),
    )  # fmt: skip
    return Response(page, 403)


def _seen_or_opened(case_id: str) -> Case:
    """A case this person may see, or one that they opened in an emergency a moment ago; that is asked of nobody who sees it anyway."""
    case = cases.find(current_user, case_id)
    if case is not None:
        return case
    opened = glass.opened(current_user, case_id)
    if opened is None:
        note_denied(case_id)
        abort(404)
    case, g.glass = opened
    return case


def case_or_deny(case_id: str) -> Case:
    """A case this person may see. Any other is denied as one that there is not: one answer, one work, and an entry of that case."""
    case = cases.find(current_user, case_id)
    if case is None:
        note_denied(case_id)
        abort(404)
    return case


def note_denied(case_id: str) -> None:
    """That somebody asked is told to those who see the case; of one that there is not it is told to nobody.

    Nothing of a case goes out, so that it does not have to wait for room on the disk.
    """
    with suppress(disk.NotNoted):
        audit.viewed(audit.DENIED, "case", case_id, case_id)


def ask_to_sign_in() -> Response:
    """Sign in first; what was typed travels along and is offered again afterwards."""
    if request.method != "POST":
        return redirect(url_for("accounts.sign_in", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    form = SignInForm(formdata=None)
    form.next.data = request.path
    form.carried.data = carry(request.path, request.form.to_dict(flat=False))
    page = render_template("accounts/sign_in.html", form=form, carried=True)
    return Response(page, 401)


def ask_to_confirm(error: fresh.NotConfirmed | None = None) -> Response:
    """Say first that it is you; what was typed travels along and is offered again afterwards."""
    if request.method != "POST":
        return redirect(url_for("accounts.confirm", next=request.full_path.rstrip("?")))  # type: ignore[return-value]
    form = ConfirmForm(formdata=None)
    by = fresh.ways(current_user.id)
    if not by.is_there:
        del form.code
    form.carried.data = carry(request.path, request.form.to_dict(flat=False))
    page = render_template(
        "accounts/confirm.html", form=form, carried=True, minutes=fresh.MINUTES, has_passkey=bool(by.passkeys),
        council=council.to_confirm_by(current_user.id),
    )  # fmt: skip
    return Response(page, 401)


# What looking at a page is called; any other page of a case is "case.viewed".
_VIEWS = {
    "records.show": "record.viewed",
    "records.pdf": "record.downloaded",
    "sharing.make": "record.viewed",
    "editions.chosen": "edition.viewed",
    "editions.reader": "edition.viewed",
    "editions.pdf": "edition.downloaded",
    "sharing.make_of_copy": "edition.viewed",
    "words.taken": "edition.viewed",
    "answers.settle": "record.viewed",
    "letters.show": "letter.viewed",
    "supervision.listed": "supervision.viewed",
    "readers.listed": "timeline.viewed",
    "retention.of_case": "keeping.viewed",
    "subject_access.show": "access.viewed",
    "subject_access.release": "access.viewed",
    "subject_access.given": "access.downloaded",
    "letters.pdf": "letter.downloaded",
    "court.page": "court.viewed",
    "court.make": "court.viewed",
    "chronology.chronology": "chronology.viewed",
    "chronology.chronology_table": "chronology.downloaded",
    "chronology.chronology_pdf": "chronology.downloaded",
    "cases.timeline": "timeline.viewed",
    "cases.timeline_table": "timeline.downloaded",
    "cases.timeline_pdf": "timeline.downloaded",
    "visits.key": "visit.opened",
    "visits.sheet": "visit.opened",
    "visits.send": "visit.looked_at",
    "visits.give_up": "visit.looked_at",
    "photographs.whole": "photograph.viewed",
    "photographs.small": "photograph.viewed",
}


def _view() -> tuple[str, str, str, str, dict[str, str] | None]:
    """What looking at this page is: the action, what is looked at, of which case, and under which grant where there is one."""
    named = request.view_args or {}
    kind = next((k for k in ("letter", "record", "visit", "photograph", "assessment") if f"{k}_id" in named), "case")
    default = "assessment.viewed" if kind == "assessment" else "case.viewed"
    action, of = _VIEWS.get(str(request.endpoint), default), named[f"{kind}_id"]
    if g.get("glass") is not None:
        return "glass.viewed", kind, of, named["case_id"], {"grant": g.glass.id, "page": action}
    return action, kind, of, named["case_id"], None


@contextmanager
def writing_noted() -> Iterator[Session]:
    """A write transaction in which it is also noted that somebody was here: both are stored or neither is; see :func:`note_view`.

    Where nothing is stored, what goes out is noted as every page is.
    """
    with writing() as session:
        yield session
        audit.record(session, *_view())
    g.is_noted = True


def note_view(response: Response) -> Response:
    """Every page of a case that goes out is noted first. If it cannot be noted, it does not go out."""
    case = g.get("case")
    if case is not None and response.status_code in (200, 206, 422) and not g.get("is_noted"):
        try:
            audit.viewed(*_view())
        except disk.NotNoted as problem:
            response.close()
            return make_response(read_only.on_not_noted(problem))
        except SQLAlchemyError as error:  # here no handler of errors is asked any more
            gone = away.meet(error)
            if gone is None:
                raise
            response.close()
            return gone
    return response


# ---- what the views share


# ---- errors


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
