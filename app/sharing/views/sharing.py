"""Sharing a record, and the recipient's own pages, which name nobody until the code is given."""

from __future__ import annotations

import json
import secrets
from typing import Any

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
from app.editions import service as editions
from app.editions import table
from app.editions.models import Edition
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from app.records.older import in_names_of_today
from app.records.proof import body_of
from app.settings import current_settings
from app.sharing import left, parted, service, tools, words
from app.sharing.models import Share
from app.web.cookies import kept_as, told
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.sharing import AnswerRecordForm, CodeForm, SayForm, ShareCopyForm, ShareForm

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


@pages.route("/cases/<id:case_id>/records/<id:record_id>/copies/<id:edition_id>/share", methods=["GET", "POST"])
@permission("record.share")
def make_of_copy(case_id: str, record_id: str, edition_id: str) -> Page:
    """Share a copy that was made for one reader; a parent's is given by hand, and has no link."""
    record, case = _record(record_id), g.case
    copy = editions.find(record.id, edition_id)
    if copy is None:
        abort(404)
    reader = table.read().readers.get(copy.reader)
    if reader is None or reader.family or editions.waits(copy, case):
        flash("This copy is not sent: it is given by hand, or waits for a second person.", "important")
        return redirect(url_for("editions.chosen", case_id=case_id, record_id=record_id))
    suggested = _suggested(case) if copy.reader == "lead_professional" else {"version": str(case.version)}
    form = ShareCopyForm() if request.method == "POST" else ShareCopyForm(data=suggested)
    form.household = tuple(m.name for m in case.members if m.name)
    if request.method == "POST" and form.validate():
        made: list[tuple[Share, str]] = []
        name, role, email, why = (str(getattr(form, box).data or "") for box in ("name", "role", "email", "why"))

        def share(seen_version: int) -> None:
            made.append(service.share(current_user, record.id, seen_version, name, role, email, why, copy.id))

        if saved(form, share, "Shared."):
            share_made, code = made[0]
            return render_template("sharing/code.html", case=case, record=record, share=share_made, code=code)
    return shown("sharing/share_copy.html", form, case=case, record=record, copy=copy, reader=reader)


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
        left.take_over(current_user, share_id)
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
        kept_as(_VISIT), token, max_age=days * 86_400, path=path, httponly=True, secure=settings.https, samesite="Lax"
    )
    return answer


def _visit(locator: str) -> Share | None:
    return service.visit(locator, told(_VISIT))


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
            told(_VISIT),
            form.response.data or "",
            form.name.data or "",
            form.reason.data or "",
        ):
            flash("Thank you. The council sees your answer now.", "success")
            return redirect(url_for("sharing.read", locator=locator))
        form.refuse("", "Your answer is recorded already, or this visit has ended.")
    return _read_page(made, record, form, SayForm(formdata=None), locator)


@pages.post("/shared/<locator>/words")
@permission("share.open")
def say(locator: str) -> Page:
    """What the recipient knows beside it, or says is wrong: as often as they like while the link lives."""
    made = _visit(locator)
    if made is None:
        return redirect(url_for("sharing.open_link", locator=locator))
    form = SayForm()
    if form.validate():
        if words.say(locator, told(_VISIT), form.kind.data or "", form.said.data or ""):
            flash("Thank you. It is kept under your name, and the council is told.", "success")
            return redirect(url_for("sharing.read", locator=locator))
        form.refuse("", "This visit has ended, or very much was said already: ring the officer.")
    answer = AnswerRecordForm(formdata=None, data={"name": made.recipient_name})
    return _read_page(made, db.session.get_one(Record, made.record_id), answer, form, locator)


def _read_page(made: Share, record: Record, form: AnswerRecordForm, say_form: SayForm, locator: str) -> Page:
    """What was shared, in short: the copy for this reader, or of an earlier share the record. Since a parting, nothing of it."""
    left_at = parted.parted_since(made.case_id, record.issued_at)
    if left_at is not None:
        service.came_back(made)
        said = [word for word in words.of_shares([made.id]) if word.said_at > left_at]
        forms = {"form": say_form if say_form.errors else form, "answer_form": form, "say_form": say_form}
        page = render_template(
            "sharing/parted.html", made=made, locator=locator, said=said, newer=service.newer_than(made), **forms
        )
        return page, 422 if form.errors or say_form.errors else 200
    service.read(made)
    copy = editions.find(record.id, made.edition_id) if made.edition_id else None
    decision = afterwards.of_record(record)
    since = afterwards.since(decision, record.issued_at, afterwards.steps_of(decision.id)) if decision else []
    content: dict[str, Any]
    if copy is not None:
        content = {"copy": editions.body_of_copy(copy), "number": copy.number, "ready": copy.pdf_sha256 is not None}
    else:
        body = in_names_of_today(json.loads(body_of(record)))
        content = {"body": body, "number": record.number, "ready": record.pdf_sha256 is not None}
        since = [*body.get("issue", {}).get("since", ()), *since]
    page = render_template(
        "sharing/read.html",
        form=say_form if say_form.errors else form,
        answer_form=form,
        say_form=say_form,
        made=made,
        locator=locator,
        newer=service.newer_than(made),
        since=since,
        corrections=words.corrections_of(record.id),
        said=words.of_shares([made.id]),
        tools=tools.read(),
        **content,
    )
    return page, 422 if form.errors or say_form.errors else 200


@pages.get("/shared/<locator>/record.pdf")
@permission("share.open")
def read_pdf(locator: str) -> Page:
    made = _visit(locator)
    if made is None:
        return redirect(url_for("sharing.open_link", locator=locator))
    record = db.session.get_one(Record, made.record_id)
    if parted.parted_since(made.case_id, record.issued_at) is not None:
        return redirect(url_for("sharing.read", locator=locator))
    copy = editions.find(record.id, made.edition_id) if made.edition_id else None
    if copy is not None:
        return _pdf_of_copy(made, copy, locator)
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


def _pdf_of_copy(made: Share, copy: Edition, locator: str) -> Page:
    if not editions.is_there(copy):
        if copy.pdf_sha256 is not None:
            editions.ask_again(copy)
        flash("The PDF is being made. Reload this page in a few seconds.", "important")
        return redirect(url_for("sharing.read", locator=locator))
    service.read(made)
    return send_file(
        editions.file_of(copy),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{copy.number}.pdf",
        max_age=0,
    )
