"""The dates of a case: what is due, by whom and why; putting one off, writing down what starts or meets one."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, g, redirect, render_template, url_for
from flask_login import current_user

from app.accounts.policy import ROLES, permission
from app.clocks import today
from app.clocks.table import read as read_table
from app.deadlines import service
from app.web.page import Page, saved, shown
from forms.deadlines import CorrectForm, DoneForm, MoreTimeForm, SnoozeForm, StartForm

pages = Blueprint("deadlines", __name__)


@pages.get("/cases/<id:case_id>/dates")
@permission("case.view")
def listed(case_id: str) -> Page:
    """What has gone by first, then what comes, the earliest on top."""
    return render_template("deadlines/dates.html", case=g.case, dates=service.of_case(g.case, today()), **_words())


@pages.route("/cases/<id:case_id>/dates/begin", methods=["GET", "POST"])
@permission("case.edit")
def begin(case_id: str) -> Page:
    """Write down what starts a date."""
    form = StartForm()
    if form.is_submitted() and form.validate():
        if saved(form, lambda seen: service.start(current_user, case_id, seen, form.values()), "The date is kept."):
            return redirect(url_for("deadlines.listed", case_id=case_id))
    elif not form.is_submitted():
        form.on.data = None
    form.version.data = form.version.data or str(g.case.version)
    return shown("deadlines/begin.html", form, case=g.case)


@pages.route("/cases/<id:case_id>/dates/<id:clock_id>/put-off", methods=["GET", "POST"])
@permission("case.edit")
def snooze(case_id: str, clock_id: str) -> Page:
    """Put one off one’s list, with a reason."""
    form = SnoozeForm()
    return _about(
        "snooze",
        form,
        clock_id,
        lambda seen: service.snooze(current_user, case_id, seen, clock_id, **form.values()),
        "It is put off. It runs on.",
    )


@pages.route("/cases/<id:case_id>/dates/<id:clock_id>/done", methods=["GET", "POST"])
@permission("case.edit")
def done(case_id: str, clock_id: str) -> Page:
    """Write down what was done about one, and whether that meets it."""
    form = DoneForm()
    return _about(
        "done",
        form,
        clock_id,
        lambda seen: service.answer(current_user, case_id, seen, clock_id, form.values()),
        "It is written down.",
    )


@pages.route("/cases/<id:case_id>/dates/<id:clock_id>/more-time", methods=["GET", "POST"])
@permission("case.edit")
def more_time(case_id: str, clock_id: str) -> Page:
    """Write down that more time was given in writing."""
    form = MoreTimeForm()
    return _about(
        "more_time",
        form,
        clock_id,
        lambda seen: service.extend(current_user, case_id, seen, clock_id, form.values()),
        "Its last day is a later one now.",
    )


@pages.route("/cases/<id:case_id>/dates/<id:clock_id>/correct", methods=["GET", "POST"])
@permission("case.edit")
def correct(case_id: str, clock_id: str) -> Page:
    """It began on another day: it is counted anew, and says so."""
    form = CorrectForm()
    return _about(
        "correct",
        form,
        clock_id,
        lambda seen: service.correct(current_user, case_id, seen, clock_id, **form.values()),
        "It is counted from that day now.",
    )


def _words() -> dict[str, Any]:
    """What the page says of every date: from which hour a day is over, and who takes a step."""
    whose = {"officer": "The officer of the case", **ROLES}
    return {
        "cut_off": f"{read_table().cut_off.hour}:{read_table().cut_off.minute:02}",
        "today": today(),
        "whose": whose,
    }


def _about(what: str, form: Any, clock_id: str, save: Any, told: str) -> Page:
    """A page about one date: its form, and the date itself beside it."""
    if form.is_submitted() and form.validate() and saved(form, save, told):
        return redirect(url_for("deadlines.listed", case_id=g.case.id))
    one = service.one_of(g.case, clock_id, today())
    if one is None:
        abort(404)
    form.version.data = form.version.data or str(g.case.version)
    return shown("deadlines/one.html", form, case=g.case, what=what, s=one)
