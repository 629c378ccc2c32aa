"""The page on which an officer writes down what was done with what a recipient added or said is wrong."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import may, permission
from app.extensions import db
from app.records.models import Record
from app.sharing import answers, service, words
from app.sharing.models import Share, ShareWord
from app.web.page import Page, saved, shown
from forms.sharing import TakenForm

pages = Blueprint("words", __name__)


@pages.route(
    "/cases/<id:case_id>/records/<id:record_id>/shares/<id:share_id>/words/<id:word_id>", methods=["GET", "POST"]
)
@permission("record.share")
def taken(case_id: str, record_id: str, share_id: str, word_id: str) -> Page:
    """What they said, and what was done with it."""
    share = service.find(record_id, share_id)
    word = None if share is None or share.case_id != g.case.id else words.find(share, word_id)
    if share is None or word is None:
        abort(404)
    refused = _refused(share, word)
    if request.method == "POST" and word.kind == words.DISAGREES and not may(current_user.role, "share.settle"):
        abort(403)
    form = TakenForm() if request.method == "POST" else TakenForm(data={"version": str(g.case.version)})
    form.verdict.items = list(TakenForm.DONE[word.kind])
    if request.method == "POST" and form.validate():
        told: list[int] = []

        def take(seen_version: int) -> None:
            told.append(words.take(current_user, word.id, seen_version, form.verdict.data or "", form.note.data or ""))

        if saved(form, take, "Written down."):
            if form.verdict.data == words.CORRECTED:
                flash(
                    f"{told[0]} {'link is' if told[0] == 1 else 'links are'} told by mail. Tell those who have a copy by hand yourself.",
                    "important",
                )
            return redirect(url_for("records.show", case_id=case_id, record_id=record_id))
    record = db.session.get_one(Record, record_id)
    return shown("sharing/taken.html", form, case=g.case, record=record, share=share, word=word, refused=refused)


def _refused(share: Share, word: ShareWord) -> str:
    """Why whoever looks may not write down what was done, in a sentence; empty where they may."""
    if word.kind != words.DISAGREES:
        return ""
    if not may(current_user.role, "share.settle"):
        return "A senior officer or a safeguarding lead who had no part in the decision hears them."
    if answers.is_own(current_user, share):
        return "You wrote or made this decision. Another senior officer or safeguarding lead hears the person who does not agree."
    return ""
