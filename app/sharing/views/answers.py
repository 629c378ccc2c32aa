"""The page on which a senior officer or a safeguarding lead writes down what was done about a recipient's answer."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.extensions import db
from app.records.models import Record
from app.sharing import answers, service
from app.web.page import Page, saved, shown
from forms.sharing import SettleForm

pages = Blueprint("answers", __name__)


@pages.route("/cases/<id:case_id>/records/<id:record_id>/shares/<id:share_id>/answer", methods=["GET", "POST"])
@permission("share.settle")
def settle(case_id: str, record_id: str, share_id: str) -> Page:
    """What they said, what was done so far, and what is done now."""
    share = service.find(record_id, share_id)
    if share is None or share.case_id != g.case.id or share.response not in SettleForm.OUTCOMES:
        abort(404)
    form = SettleForm() if request.method == "POST" else SettleForm(data={"version": str(g.case.version)})
    form.verdict.items = list(SettleForm.OUTCOMES[share.response])
    if request.method == "POST" and form.validate():
        typed = (form.verdict.data or "", form.spoken.data or "", form.note.data or "")
        if saved(
            form, lambda seen_version: answers.settle(current_user, share.id, seen_version, *typed), "Written down."
        ):
            return redirect(url_for("records.show", case_id=case_id, record_id=record_id))
    return shown(
        "sharing/answer.html",
        form,
        case=g.case,
        record=db.session.get_one(Record, record_id),
        share=share,
        settled=answers.is_settled(share),
        own=answers.is_own(current_user, share),
    )
