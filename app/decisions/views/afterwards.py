"""What is written down after a decision: a condition looked at, a fact corrected, the decision withdrawn, the family moved, a new issue."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import may, permission
from app.decisions import afterwards, reissue
from app.decisions.models import Decision, DecisionStep
from app.extensions import db
from app.records.models import Record
from app.sharing import service as sharing
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.afterwards import ConditionForm, CorrectionForm, CountersignForm, MovedForm, WithdrawForm
from forms.fields import Day

pages = Blueprint("afterwards", __name__)
_RECORD = "/cases/<id:case_id>/records/<id:record_id>"
_MET = ("met", "It is met, and somebody saw it", "Who saw it, and on which day, goes below.")
_LATER = ("later", "It is not met: it has until another day", "A safeguarding lead decides that, with a reason.")


def _decision(record_id: str) -> Decision:
    record = db.session.get(Record, record_id)
    decision = afterwards.of_record(record) if record is not None and record.case_id == g.case.id else None
    if decision is None:
        abort(404)
    return decision


def _step(decision: Decision, step_id: str, kind: str) -> DecisionStep:
    found = db.session.get(DecisionStep, step_id)
    if found is None or found.decision_id != decision.id or found.kind != kind:
        abort(404)
    return found


def _day(box: Day) -> date:
    """The day in a box that the form has checked."""
    if box.data is None:
        raise LookupError(f"{box.name} was not checked")
    return box.data


def _page(
    form: Any, record_id: str, save: Callable[[int], object], done: str, title: str, button: str, **beside: Any
) -> Page:
    """One form about a record: saved, or shown again with what was typed."""
    there = url_for("records.show", case_id=g.case.id, record_id=record_id)
    if request.method == "POST" and form.validate() and saved(form, save, done):
        return redirect(there)
    if request.method == "GET":
        form.version.data = str(g.case.version)
    return shown("decisions/afterwards.html", form, case=g.case, there=there, title=title, button=button, **beside)


@pages.route(f"{_RECORD}/conditions/<id:step_id>", methods=["GET", "POST"])
@permission("decision.follow")
def condition(case_id: str, record_id: str, step_id: str) -> Page:
    """Somebody saw it met; or a lead gives it another day."""
    decision = _decision(record_id)
    step = _step(decision, step_id, afterwards.CONDITION)
    form = ConditionForm()
    leads = may(current_user.role, "decision.withdraw")
    form.verdict.items = [_MET, _LATER] if leads else [_MET]

    def save(seen_version: int) -> None:
        said = form.reason.data or ""
        if form.verdict.data == "met":
            seen_by, seen_on = form.seen_by.data or "", _day(form.seen_on)
            afterwards.met(current_user, decision, seen_version, step.id, seen_by, seen_on, said)
        else:
            afterwards.another_day(current_user, decision, seen_version, step.id, _day(form.due), said)

    first = afterwards.first_of(step, afterwards.steps_of(decision.id))
    left_out = () if leads else ("due",)
    lines = [f"{first.said}.", f"Whose: {first.seen_by or 'nobody named'}."]
    return _page(
        form, record_id, save, "Written down.", "How does this condition stand?", "Write it down", lines=lines, left_out=left_out
    )  # fmt: skip


@pages.route(f"{_RECORD}/correct", methods=["GET", "POST"])
@permission("decision.follow")
def correct(case_id: str, record_id: str) -> Page:
    """A fact in the record is wrong: ask for its correction, which a second person counter-signs."""
    decision, form = _decision(record_id), CorrectionForm()

    def save(seen_version: int) -> None:
        said, instead, known = (box.data or "" for box in (form.said, form.instead, form.reason))
        afterwards.ask_correction(current_user, decision, seen_version, said, instead, known)

    lines = [
        "The record keeps every word it was issued with. The correction stands beside it, once a second person has signed it."
    ]
    done = "Asked for. A second person counter-signs it."
    return _page(form, record_id, save, done, "Something in the record is wrong", "Ask for the correction", lines=lines)


@pages.route(f"{_RECORD}/corrections/<id:step_id>", methods=["GET", "POST"])
@permission("decision.countersign")
def countersign(case_id: str, record_id: str, step_id: str) -> Page:
    """The second person's word on a correction."""
    decision = _decision(record_id)
    step = _step(decision, step_id, afterwards.CORRECTION)
    form = CountersignForm()
    lines = [
        f"The record says: “{step.said}”",
        f"Right is, says {step.taken_by_name}: “{step.instead}”",
        f"How that is known: {step.seen_by}",
    ]
    return _page(
        form,
        record_id,
        lambda seen_version: afterwards.countersign(
            current_user, decision, seen_version, step.id, form.verdict.data or "", form.reason.data or ""
        ),
        "Written down.",
        "Counter-sign a correction",
        f"Sign as {current_user.name}",
        lines=lines,
        own=step.taken_by == current_user.id,
    )


@pages.route(f"{_RECORD}/withdraw", methods=["GET", "POST"])
@permission("decision.withdraw")
def withdraw(case_id: str, record_id: str) -> Page:
    """The decision holds no longer."""
    decision, form = _decision(record_id), WithdrawForm()
    return _page(
        form,
        record_id,
        lambda seen_version: afterwards.withdraw(current_user, decision, seen_version, form.reason.data or ""),
        "Withdrawn. The record stays as it was, and says so wherever it is shown.",
        "Withdraw the decision",
        "Withdraw it",
        lines=["It stays as it was made. From now on nobody is placed on it, and whoever opens its record reads why."],
    )


@pages.route(f"{_RECORD}/moves/<id:step_id>", methods=["GET", "POST"])
@permission("decision.follow")
def moved(case_id: str, record_id: str, step_id: str) -> Page:
    """The family is out of a place that was found not suitable."""
    decision = _decision(record_id)
    step = _step(decision, step_id, afterwards.MOVE)
    form = MovedForm()
    return _page(
        form,
        record_id,
        lambda seen_version: afterwards.moved(
            current_user, decision, seen_version, step.id, form.reason.data or "", _day(form.seen_on)
        ),
        "Written down.",
        "The family was moved",
        "Write it down",
        lines=[step.said],
    )


@pages.post(f"{_RECORD}/issue-again")
@permission("record.reissue")
def issue_again(case_id: str, record_id: str) -> Page:
    """A new issue with what happened since; whoever has a link to the older one is told."""
    decision, form = _decision(record_id), EmptyForm()
    made: list[Record] = []
    if form.validate() and saved(
        form,
        lambda seen_version: made.append(reissue.issue_again(current_user, decision, seen_version, sharing.mark_older)),
        "Issued anew. Its PDF is being made.",
    ):
        return redirect(url_for("records.show", case_id=case_id, record_id=made[0].id))
    for problem in form.summary():
        flash(problem.text, "important")
    return redirect(url_for("records.show", case_id=case_id, record_id=record_id))
