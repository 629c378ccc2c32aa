"""A record's page and its PDF, and the check of a PDF that somebody holds."""

from __future__ import annotations

import json
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import jobs
from app.accounts.policy import may, permission
from app.audit import service as audit
from app.cases import service as cases
from app.decisions import after_links, afterwards, reissue
from app.editions import proof as copies
from app.extensions import db
from app.notifications import messages
from app.settings import current_settings
from app.sharing import answers, tools, words
from app.sharing import service as sharing
from app.sharing.models import Share
from app.web.gate import note_denied
from app.web.page import Page, shown
from forms.check import CheckForm

from . import missing, outside, proof, service
from .models import Record
from .older import in_names_of_today

pages = Blueprint("records", __name__)


def _load(record_id: str) -> Record:
    record = db.session.get(Record, record_id)
    if record is None or record.case_id != g.case.id:
        abort(404)
    return record


@pages.get("/cases/<id:case_id>/records/<id:record_id>")
@permission("record.view")
def show(case_id: str, record_id: str) -> Page:
    """The record in short, its PDF, and with whom it is shared."""
    record = _load(record_id)
    body = in_names_of_today(json.loads(proof.body_of(record)))
    decision = afterwards.of_record(record)
    steps = afterwards.steps_of(decision.id) if decision else []
    return render_template(
        "records/show.html",
        since=[
            *body.get("issue", {}).get("since", ()),
            *(afterwards.since(decision, record.issued_at, steps) if decision else ()),
        ],
        after=after_links.of_record(record, decision, steps),
        issues=reissue.issues_of(record.reissue_of or record.id),
        case=g.case,
        record=record,
        body=body,
        shares=(shares := sharing.of_record(record.id)),
        links={share.id: _links(share) for share in shares},
        words=words.of_shares([share.id for share in shares]),
        tools=tools.read(),
        mails=jobs.told(messages.SHARED, [share.id for share in shares]),
        made=jobs.told(service.RENDER, [record.id]).get(record.id),
        gone=record.pdf_sha256 is not None and not service.is_there(record),
        folder=missing.kept(),
    )


def _links(share: Share) -> dict[str, str]:
    """What whoever looks may do about a share, by address: nothing under a name where they may not."""
    where: dict[str, Any] = {"case_id": share.case_id, "record_id": share.record_id, "share_id": share.id}
    answered = share.response in (answers.DISPUTED, answers.NOT_ME)
    found = {}
    if answered and not answers.is_settled(share) and may(current_user.role, "share.settle"):
        found["settle"] = url_for("answers.settle", **where)
    if not share.revoked_at and may(current_user.role, "record.share"):
        found["new_code"] = url_for("sharing.new_code", **where)
        found["revoke"] = url_for("sharing.revoke", **where)
    return found


@pages.get("/cases/<id:case_id>/records/<id:record_id>/record.pdf")
@permission("record.view")
def pdf(case_id: str, record_id: str) -> Response:
    """The sealed PDF, under a neutral name."""
    record = _load(record_id)
    if not service.is_there(record):
        if record.pdf_sha256 is not None:
            service.ask_for_it_again(record)
            flash(service.MADE_AGAIN, "important")
        return redirect(url_for("records.show", case_id=case_id, record_id=record_id))
    return send_file(
        service.file_of(record),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{record.number}.pdf",
        max_age=0,
    )


_HEADINGS = {
    proof.UNALTERED: "Ours, and unaltered", proof.SUPERSEDED: "Ours and unaltered, but a newer record replaces it",
    proof.ALTERED: "Altered: do not rely on it", proof.NOT_HERE: "Sealed by us, but of no record that you may see",
    proof.NOT_OURS: "Not ours as it stands",
}  # fmt: skip


@pages.route("/check", methods=["GET", "POST"])
@permission("document.check")
def check() -> Page:
    """What can be said of the file, by hash, seal and the data inside; that it was checked is an entry of the case."""
    form, found = CheckForm(), None
    if request.method == "POST" and form.validate():
        pdf = form.document.data
        carries = outside.look(pdf, current_settings())
        found = copies.verify(pdf, carries, _may_see) or proof.verify(pdf, lambda *_: carries, _may_see)
        if found.case_id:
            audit.viewed("record.checked", "record", found.record_id, found.case_id, {"kind": found.kind})
    return shown("records/check.html", form, found=found, heading=_HEADINGS.get(found.kind, "") if found else "")


def _may_see(record: Record) -> bool:
    """May they be told of it? That they may not is an entry of its case, as any look-up that is denied."""
    if cases.find(current_user, record.case_id) is not None:
        return True
    note_denied(record.case_id)
    return False
