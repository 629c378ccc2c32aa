"""Ways from the proposed unit that somebody checked, or that what this council has worked out."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, g, redirect, url_for
from flask import request as asked
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.models import DRAFT
from app.assessments.views.of_case import assessment_of_case
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.decisions import record_contents
from app.placements import measuring
from app.placements import service as placing
from app.properties import locating
from app.settings import current_settings
from app.suitability.casefile import wording
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.places import JourneyForm

from .locate import must_stay

pages = Blueprint("journeys", __name__)
_ASSESSMENT = "/cases/<id:case_id>/assessments/<id:assessment_id>"
_STALE = "Somebody changed this case since you opened the page, so nothing was removed. Look at it again."


@pages.route(f"{_ASSESSMENT}/journeys", methods=["GET", "POST"])
@permission("case.edit")
def listed(case_id: str, assessment_id: str) -> Page:
    """Ways somebody checked, and a form for another."""
    assessment = assessment_of_case(assessment_id)
    if not g.case.members:
        return redirect(url_for("cases.show", case_id=case_id))
    household = household_of(g.case)
    names = record_contents.subject_names(household)
    form = JourneyForm() if asked.method == "POST" else JourneyForm(data={"version": str(g.case.version)})
    form.people.items = [(m.key, names[m.key], "") for m in household.members]
    used = list(dict.fromkeys(s.kind for s in household.services))
    form.kind.items = [(kind, wording.label(kind), "") for kind in used]
    if asked.method == "POST" and form.validate():
        people, values = form.people.data or [], form.values()
        if saved(
            form,
            lambda seen_version: placing.add_journey(current_user, assessment_id, seen_version, people, values),
            "The way is written down.",
        ):
            return redirect(url_for("journeys.listed", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "placements/journeys.html",
        form,
        case=g.case,
        assessment=assessment,
        names=names,
        words=wording.label,
        used=used,
        may_measure=assessment.state == DRAFT
        and (current_settings().walking_network.exists() or bool(current_settings().transit_url)),
    )


@pages.post(f"{_ASSESSMENT}/journeys/<int(max=999):number>/remove")
@permission("case.edit")
def remove(case_id: str, assessment_id: str, number: int) -> Page:
    """Remove what was written down by mistake."""
    assessment_of_case(assessment_id)
    if not saved(
        EmptyForm(),
        lambda seen_version: placing.remove_journey(current_user, assessment_id, seen_version, number),
        "Removed.",
    ):
        flash(_STALE, "important")
    return redirect(url_for("journeys.listed", case_id=case_id, assessment_id=assessment_id))


@pages.post(f"{_ASSESSMENT}/journeys/measure")
@permission("case.edit")
def measure(case_id: str, assessment_id: str) -> Page:
    """Work out the ways by what this council has; what cannot be worked out is said to be not measured."""
    assessment = assessment_of_case(assessment_id)
    here = url_for("journeys.listed", case_id=case_id, assessment_id=assessment_id)
    if not g.case.members:
        return redirect(here)
    numbers = read_folder().numbers
    stays = bool(must_stay(g.case, assessment))
    post = current_app.extensions.get("outside_post")
    engines = measuring.providers(current_settings(), numbers, today(), stays, post)
    if not engines:
        flash("Nothing that measures ways is set up. Write down a way that was checked.", "important")
        return redirect(here)
    unit = locating.locate_unit(assessment.unit)
    found = measuring.measure(household_of(g.case), unit, today(), engines, wording.label)
    asked_outside = [e.name for e in engines if e.name == "public_transport"]
    if asked_outside:
        placing.note_asked(case_id, assessment_id, asked_outside, "measured" if found.journeys else "unavailable")
    if not saved(
        EmptyForm(),
        lambda seen_version: placing.keep_measured(current_user, assessment_id, seen_version, found.journeys),
        f"{len(found.journeys)} ways are measured.",
    ):
        flash("Somebody changed this case since you opened the page. Look at it again.", "important")
    for sentence in found.not_measured[:6]:
        flash(sentence, "important")
    return redirect(here)
