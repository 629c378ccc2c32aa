"""The pages of a team: who holds which cases, who covers for whom, and what nobody holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, abort, flash, redirect, render_template, url_for
from flask_login import current_user

from app.accounts.policy import ROLES, permission
from app.problem import Problem
from app.suitability.casefile.values import in_sentence
from app.web.page import Page, shown
from app.work import covering, service, team
from forms.work import CoverForm

pages = Blueprint("team", __name__)


@pages.get("/team")
@permission("team.arrange")
def home() -> Page:
    """Everybody who holds cases, and the cases that nobody holds who could work on them."""
    nobody = team.without_officer(current_user)
    return render_template(
        "work/team.html", officers=team.officers(current_user), roles=ROLES, nobody=nobody,
        about=service.about(current_user, [case_id for case_id, _ in nobody]),
    )  # fmt: skip


@pages.get("/team/<id:user_id>")
@permission("team.arrange")
def officer(user_id: str) -> Page:
    """The cases of one officer, of those that whoever looks may see."""
    person = team.find(user_id)
    if person is None:
        abort(404)
    held = team.held_by(current_user, user_id)
    return render_template(
        "work/officer.html", person=person, role=in_sentence(ROLES[person.role]), held=held,
        about=service.about(current_user, held), covers=[each for o in team.officers(current_user) if o.user.id == user_id for each in o.covers],
    )  # fmt: skip


@pages.route("/team/<id:user_id>/cover", methods=["GET", "POST"])
@permission("team.arrange")
def cover(user_id: str) -> Page:
    """Who covers for an officer on leave, from one day to another."""
    person = team.find(user_id)
    if person is None or not person.active:
        abort(404)
    form = CoverForm()
    others = [o for o in team.officers(current_user) if o.user.id != user_id]
    form.cover.items = [(o.user.id, f"{o.user.name}, {in_sentence(ROLES[o.user.role])}", "") for o in others]
    if form.is_submitted() and form.validate():
        first, last = form.first.data, form.last.data
        assert isinstance(first, date) and isinstance(last, date)  # noqa: PT018 - the form asked for both
        try:
            covering.set_cover(current_user, user_id, form.cover.data or "", first, last)
            flash("Written down. Whoever covers sees their work from the first day; it ends by itself.", "success")
            return redirect(url_for("team.home"))
        except Problem as problem:
            form.refuse(problem.field, str(problem))
    return shown("work/cover.html", form, person=person)


@pages.post("/team/covers/<id:cover_id>/end")
@permission("team.arrange")
def end(cover_id: str) -> Page:
    """End a cover before its last day."""
    return _done(lambda: covering.end_cover(current_user, cover_id), "The cover has ended.")


@pages.post("/team/<id:user_id>/<any(join, leave):step>")
@permission("team.own")
def place(user_id: str, step: str) -> Page:
    """Somebody is in one's team from now on, or no longer."""
    do = covering.put_in_team if step == "join" else covering.take_out_of_team
    return _done(lambda: do(current_user, user_id), "Written down.")


def _done(step: Callable[[], None], words: str) -> Page:
    try:
        step()
        flash(words, "success")
    except Problem as problem:
        flash(str(problem), "important")
    return redirect(url_for("team.home"))
