"""Sharing a record, and the recipient's own pages, which name nobody until the code is given."""

from __future__ import annotations

import json
import secrets

from flask import (
    Blueprint,
    abort,
    flash,
    g,
    redirect,
    render_template,
    request,
    send_file,
    session,
    url_for,
)
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts import tries
from app.accounts.policy import permission
from app.cases.models import Case
from app.checklists import read_folder
from app.decisions import afterwards
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from app.records.older import in_names_of_today
from app.records.proof import body_of
from app.settings import current_settings
from app.sharing import service
from app.sharing.models import Share
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.sharing import AnswerRecordForm, CodeForm, ShareForm

pages = Blueprint("sharing", __name__)


def _record(record_id: str) -> Record:
    record = db.session.get(Record, record_id)
    if record is None or record.case_id != g.case.id:
        abort(404)
    return record


@pages.route("/cases/<id:case_id>/records/<id:record_id>/share", methods=["GET", "POST"])
@permission("record.share")
def make(case_id: str, record_id: str) -> Page:
    """Name the recipient, and why they need it; the code is shown once."""
    record, case = _record(record_id), g.case
    form = ShareForm() if request.method == "POST" else ShareForm(data=_suggested(case))
    form.household = tuple(m.name for m in case.members if m.name)
    if request.method == "POST" and form.validate():
        made: list[tuple[Share, str]] = []
        to = [str(getattr(form, name).data or "") for name in ("name", "role", "email", "why")]
        if saved(
            form, lambda seen_version: made.append(service.share(current_user, record.id, seen_version, *to)), "Shared."
        ):
            share, code = made[0]
            return render_template("sharing/code.html", case=case, record=record, share=share, code=code)
    return shown("sharing/share.html", form, case=case, record=record)


def _suggested(case: Case) -> dict[str, str]:
    role = ", ".join(part for part in (case.lead_role, case.lead_agency) if part)
    return {"version": str(case.version), "name": case.lead_name, "role": role, "email": case.lead_email}


@pages.post("/cases/<id:case_id>/records/<id:record_id>/shares/<id:share_id>/code")
@permission("record.share")
def new_code(case_id: str, record_id: str, share_id: str) -> Page:
    record = _record(record_id)
    made = service.find(record.id, share_id)
    if made is None or not EmptyForm().validate():
        abort(404)
    try:
        code = service.new_code(current_user, share_id)
    except service.ShareProblem as problem:
        flash(str(problem), "important")
        return redirect(url_for("records.show", case_id=case_id, record_id=record_id))
    return render_template("sharing/code.html", case=g.case, record=record, share=made, code=code)


@pages.post("/cases/<id:case_id>/records/<id:record_id>/shares/<id:share_id>/revoke")
@permission("record.share")
def revoke(case_id: str, record_id: str, share_id: str) -> Response:
    if service.find(_record(record_id).id, share_id) is None:
        abort(404)
    service.revoke(current_user, share_id)
    flash("The link is revoked. It opens nothing any more.", "success")
    return redirect(url_for("records.show", case_id=case_id, record_id=record_id))


@pages.post("/cases/<id:case_id>/records/<id:record_id>/shares/<id:share_id>/take-over")
@permission("record.share")
def take_over(case_id: str, record_id: str, share_id: str) -> Response:
    if service.find(_record(record_id).id, share_id) is None or not EmptyForm().validate():
        abort(404)
    try:
        service.take_over(current_user, share_id)
        flash("You answer for this link from now on. It opens for its reader as before.", "success")
    except service.ShareProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("records.show", case_id=case_id, record_id=record_id))


# ---- the recipient


_VISIT, _BROWSER = "case-by-case-visit", "browser"


@pages.route("/shared/<locator>", methods=["GET", "POST"])
@permission("share.open")
def open_link(locator: str) -> Page:
    """The link alone shows nothing: unknown, ended, revoked and locked links all look like this one."""
    form = CodeForm()
    if request.method == "POST" and form.validate():
        try:
            token = service.redeem(locator, form.code.data or "", _browser(), request.remote_addr or "")
        except tries.TooManyTries:
            form.refuse("code", "There were too many tries from here. Wait fifteen minutes, then try again.")
            return render_template("sharing/open.html", form=form), 429
        except tries.Busy:
            form.refuse("code", "Others are opening links just now. Try again in a moment.")
            return render_template("sharing/open.html", form=form), 503
        if token is not None:
            return _remembered(redirect(url_for("sharing.read", locator=locator)), locator, token)
        form.refuse(
            "code",
            "This code does not open this link. Check the eight digits. After five wrong tries ask the sender for a new code; the link may also have ended.",
        )
    elif request.method == "GET" and _visit(locator) is not None:
        return redirect(url_for("sharing.read", locator=locator))
    _browser()
    return shown("sharing/open.html", form)


def _browser() -> str:
    """What this browser is known by, so that a code it sends twice at once opens once and fails never."""
    if _BROWSER not in session:
        session[_BROWSER] = secrets.token_urlsafe(16)
    return str(session[_BROWSER])


def _remembered(answer: Response, locator: str, token: str) -> Response:
    """The visit is kept in this browser, for this link alone: two links in one browser live side by side."""
    settings = current_settings()
    days = read_folder().numbers.share_days
    path = url_for("sharing.open_link", locator=locator)
    answer.set_cookie(
        _VISIT, token, max_age=days * 86_400, path=path, httponly=True, secure=settings.https, samesite="Lax"
    )
    return answer


def _visit(locator: str) -> Share | None:
    return service.visit(locator, request.cookies.get(_VISIT, "")[:200])


@pages.route("/shared/<locator>/record", methods=["GET", "POST"])
@permission("share.open")
def read(locator: str) -> Page:
    """After the code: the record in short, its PDF, and the recipient's answer."""
    made = _visit(locator)
    if made is None:
        return redirect(url_for("sharing.open_link", locator=locator))
    record = db.session.get_one(Record, made.record_id)
    form = AnswerRecordForm() if request.method == "POST" else AnswerRecordForm(data={"name": made.recipient_name})
    if request.method == "POST" and form.validate():
        if service.respond(
            locator,
            request.cookies.get(_VISIT, "")[:200],
            form.response.data or "",
            form.name.data or "",
            form.reason.data or "",
        ):
            flash("Thank you. The council sees your answer now.", "success")
            return redirect(url_for("sharing.read", locator=locator))
        form.refuse("", "Your answer is recorded already, or this visit has ended.")
    service.read(made)
    body, newer = in_names_of_today(json.loads(body_of(record))), service.newer_than(made)
    decision = afterwards.of_record(record)
    since = [*body.get("issue", {}).get("since", ())]
    if decision is not None:
        since += afterwards.since(decision, record.issued_at, afterwards.steps_of(decision.id))
    return shown(
        "sharing/read.html", form, made=made, record=record, body=body, locator=locator, newer=newer, since=since
    )


@pages.get("/shared/<locator>/record.pdf")
@permission("share.open")
def read_pdf(locator: str) -> Page:
    made = _visit(locator)
    if made is None:
        return redirect(url_for("sharing.open_link", locator=locator))
    record = db.session.get_one(Record, made.record_id)
    if not records.is_there(record):
        if record.pdf_sha256 is not None:
            records.ask_for_it_again(record)
            flash(records.MADE_AGAIN, "important")
        return redirect(url_for("sharing.read", locator=locator))
    service.read(made)
    return send_file(
        records.file_of(record),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{record.number}.pdf",
        max_age=0,
    )
