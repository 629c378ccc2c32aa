"""A record's page and its PDF."""

from __future__ import annotations

import json

from flask import Blueprint, abort, flash, g, redirect, render_template, send_file, url_for
from werkzeug.wrappers import Response

from app import jobs
from app.accounts.policy import permission
from app.extensions import db
from app.notifications import messages
from app.sharing import service as sharing
from app.web.page import Page

from . import missing, service
from .models import Record
from .older import in_names_of_today
from .proof import body_of

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
    return render_template(
        "records/show.html",
        case=g.case,
        record=record,
        body=in_names_of_today(json.loads(body_of(record))),
        shares=(shares := sharing.of_record(record.id)),
        mails=jobs.told(messages.SHARED, [share.id for share in shares]),
        made=jobs.told(service.RENDER, [record.id]).get(record.id),
        gone=record.pdf_sha256 is not None and not service.is_there(record),
        folder=missing.kept(),
    )


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
