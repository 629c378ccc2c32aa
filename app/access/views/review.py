"""The queue of who looked: cases that were opened in an emergency, and what was noticed. For safeguarding leads and auditors."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app import clocks
from app.access import glass, noticing, readers, reviewing, table
from app.accounts.policy import ROLES, permission
from app.audit import service as audit
from app.cases import service as cases
from app.cases.models import Case
from app.extensions import db
from app.problem import Problem
from app.web.page import Page, shown
from forms.access import AnswerForm

pages = Blueprint("reading", __name__)


@pages.get("/who-looked")
@permission("reading.review")
def queue() -> Page:
    """What waits for an answer, and what was answered, in the order of its days: facts of each, and no sum of a person."""
    audit.viewed("reading.viewed", "audit", "", "")
    on = clocks.today()
    opened = reviewing.openings(current_user)
    waiting, answered = noticing.open_for(current_user), noticing.answered_for(current_user)
    ids = (
        {o.case_id for o in opened} | {f.case_id or "" for f, _ in waiting} | {f.case_id or "" for f, _, _ in answered}
    )
    return render_template(
        "access/queue.html", on=on, late=[o for o in opened if not o.review and o.review_by < on],
        due=[o for o in opened if not o.review and o.review_by >= on], reviewed=[o for o in opened if o.review], waiting=waiting,
        answered=answered, references=_references(ids), roles=ROLES, words=table.read(),
    )  # fmt: skip


@pages.route("/who-looked/opened/<id:glass_id>", methods=["GET", "POST"])
@permission("reading.review")
def opened(glass_id: str) -> Page:
    """One case that was opened in an emergency: why, what was looked at, and what a safeguarding lead says of it."""
    one = reviewing.opening(current_user, glass_id)
    if one is None:
        abort(404)
    form = _form()
    if (
        request.method == "POST"
        and form.validate()
        and _answered(form, lambda *of: glass.review(current_user, glass_id, *of))
    ):
        return redirect(url_for("reading.queue"))
    audit.viewed("reading.viewed", "break_glass", glass_id, one.case_id)
    return shown(
        "access/opened.html", form, one=one, seen=readers.under(one.case_id, one.user_id, one.opened_at, one.ends_at),
        words=table.read(), roles=ROLES, references=_references({one.case_id}), answers=current_user.role == "safeguarding_lead",
        actions=audit.ACTIONS, notes=[n for n in glass.notes(one.case_id) if n.glass_id == glass_id],
    )  # fmt: skip


@pages.route("/who-looked/noticed/<id:finding_id>", methods=["GET", "POST"])
@permission("reading.review")
def noticed(finding_id: str) -> Page:
    """One thing that was noticed: its facts, and what somebody else finds of it."""
    found = noticing.find(current_user, finding_id)
    if found is None:
        abort(404)
    finding, person, answered = found
    form = _form()
    if (
        request.method == "POST"
        and form.validate()
        and _answered(form, lambda *of: noticing.answer(current_user, finding_id, *of))
    ):
        return redirect(url_for("reading.queue"))
    audit.viewed("reading.viewed", "reading_finding", finding_id, finding.case_id or "")
    return shown(
        "access/noticed.html", form, finding=finding, person=person, answered=answered, words=table.read(), roles=ROLES,
        references=_references({finding.case_id or ""}), facts=readers.facts_in_words(finding.facts, table.read()),
    )  # fmt: skip


def _form() -> AnswerForm:
    form = AnswerForm()
    form.answer.items = [(code, said, "") for code, said in table.read().answers.items()]
    return form


def _answered(form: AnswerForm, answer: Any) -> bool:
    try:
        answer(form.answer.data or "", form.said.data or "")
    except Problem as problem:
        form.refuse(problem.field, str(problem))
        return False
    flash("Your answer is kept.", "success")
    return True


def _references(ids: set[str]) -> dict[str, str]:
    """Of these cases, those that whoever looks may see."""
    of = cases.visible_to(current_user).with_only_columns(Case.id, Case.reference).where(Case.id.in_(ids - {""}))
    return {row.id: row.reference for row in db.session.execute(of)} if ids - {""} else {}
