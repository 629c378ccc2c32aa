"""What is known of how a family lives on: ways to reach them, warnings, each child’s views, and putting one of these right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import ROLES, permission
from app.cases.alike import labels_of
from app.clocks import today
from app.lives import correcting, steps, warnings, ways, wishes
from app.lives.models import LifeStep
from app.lives.words import CORRECTED, VIEWS, WARNING, WAYS, title
from app.web.page import Page, saved, shown
from forms.lives import ReviewWarningForm, ViewsForm, WarningForm, WayForm, WhyForm

from .shown import counted, way_in_words

pages = Blueprint("lives", __name__)


@pages.route("/cases/<id:case_id>/reach", methods=["GET", "POST"])
@permission("case.edit")
def reach(case_id: str) -> Page:
    """How they may be reached and how not, and one more."""
    form = _form(WayForm)
    form.code.items = [(code, said, "") for code, said in WAYS.items()]
    if _saved(
        form,
        lambda seen: ways.write(current_user, case_id, seen, form.values()),
        "Written down: it stands on top of the case.",
    ):
        return redirect(url_for("lives.reach", case_id=case_id))
    stand = ways.in_force(steps.of_case(case_id))
    return shown("lives/reach.html", form, case=g.case, ways=[(s, way_in_words(s), counted(s)) for s in stand])


@pages.route("/cases/<id:case_id>/warnings", methods=["GET", "POST"])
@permission("case.edit")
def warned(case_id: str) -> Page:
    """The warnings that stand, and one more."""
    form = _form(WarningForm)
    if _saved(
        form,
        lambda seen: warnings.write(current_user, case_id, seen, form.values()),
        "Written down: it stands on top of the case.",
    ):
        return redirect(url_for("lives.warned", case_id=case_id))
    listed = warnings.in_force(steps.of_case(case_id))
    return shown("lives/warnings.html", form, case=g.case, warnings=listed, on=today(), counted=counted, roles=ROLES)


@pages.route("/cases/<id:case_id>/warnings/<id:life_id>/review", methods=["GET", "POST"])
@permission("case.edit")
def review(case_id: str, life_id: str) -> Page:
    """Look at a warning again."""
    found = next((w for w in warnings.in_force(steps.of_case(case_id)) if w.step.id == life_id), None)
    if found is None:
        abort(404)
    form = _form(ReviewWarningForm)
    if _saved(form, lambda seen: warnings.review(current_user, case_id, seen, life_id, form.values()), "Written down."):
        return redirect(url_for("lives.warned", case_id=case_id))
    return shown("lives/review.html", form, case=g.case, warning=found, counted=counted, roles=ROLES)


@pages.route("/cases/<id:case_id>/views", methods=["GET", "POST"])
@permission("case.edit")
def views(case_id: str) -> Page:
    """What each child said, and one more."""
    called = labels_of(g.case)
    form = _form(ViewsForm)
    form.who.items = [(m.key, called[m.key], "") for m in g.case.members if m.kind == "child"]
    if _saved(form, lambda seen: wishes.write(current_user, case_id, seen, form.values()), "Written down."):
        return redirect(url_for("lives.views", case_id=case_id))
    listed = steps.of_case(case_id)
    gone = {s.about for s in listed if s.kind == CORRECTED}
    told = [s for s in reversed(listed) if s.kind == VIEWS and s.id not in gone]
    silent = [name for key, name, _ in form.who.items if key not in {s.who for s in told}]
    return shown("lives/views.html", form, case=g.case, told=told, called=called, silent=silent)


@pages.route("/cases/<id:case_id>/life/<id:life_id>/correct", methods=["GET", "POST"])
@permission("case.edit")
def correct(case_id: str, life_id: str) -> Page:
    """Say of one that it holds no longer, or was a mistake."""
    listed = steps.of_case(case_id)
    found = next((s for s in listed if s.id == life_id and s.kind in correcting.MAY), None)
    if found is None or any(s.about == life_id and s.kind == CORRECTED for s in listed):
        abort(404)
    form = _form(WhyForm)
    if _saved(
        form,
        lambda seen: correcting.write(current_user, case_id, seen, life_id, form.why.data or ""),
        "Written down. What stood there is in the chronology.",
    ):
        return redirect(url_for(_back(found), case_id=case_id))
    return shown("lives/correct.html", form, case=g.case, step=found, title=title(found), back_to=_back(found))


def _back(step: LifeStep) -> str:
    return {WARNING: "lives.warned", VIEWS: "lives.views", "way": "lives.reach"}.get(step.kind, "cases.show")


def _form(kind: type[Any]) -> Any:
    return kind() if request.method == "POST" else kind(data={"version": str(g.case.version)})


def _saved(form: Any, save: Callable[[int], object], done: str) -> bool:
    return request.method == "POST" and bool(form.validate()) and saved(form, save, done)
