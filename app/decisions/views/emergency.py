"""The pages of the emergency route: taking the decision tonight, and ratifying it the next working day."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments import judging
from app.assessments.models import DRAFT, SUBMITTED
from app.assessments.views.of_case import assessment_of_case
from app.checklists import read_folder
from app.clocks import today
from app.decisions import emergency, escalated, record_contents, rows
from app.settings import current_settings
from app.suitability.advice.during_stay import first_night
from app.suitability.advice.elsewhere import closed_by, tonight_words
from app.web.page import Page, saved, shown
from forms.afterwards import MovedForm
from forms.decisions import RatifyForm, emergency_form

pages = Blueprint("emergency", __name__)
_ASSESSMENT = "/cases/<id:case_id>/assessments/<id:assessment_id>"


@pages.route(f"{_ASSESSMENT}/emergency", methods=["GET", "POST"])
@permission("emergency.take")
def take(case_id: str, assessment_id: str) -> Page:
    """Nothing else tonight: what a senior officer decides, in writing, for a few nights."""
    assessment = assessment_of_case(assessment_id)
    back = url_for("assessments.result", case_id=case_id, assessment_id=assessment_id)
    settings = current_settings()
    try:
        judged = judging.judge(assessment, today(), settings.council_authority)
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    if judged.result.outcome not in emergency.OPEN_OUTCOMES or assessment.state not in (DRAFT, SUBMITTED):
        flash("No emergency decision is needed on this placement.", "important")
        return redirect(back)
    if closed_by(judged.result):
        flash(tonight_words(judged.checklist, judged.file, judged.result), "important")
        return redirect(f"{back}#tonight")
    needs = emergency.asked(judged.checklist, judged.file.household, judged.result, today())
    shape = emergency_form(needs.most_nights, needs.tell_social_care, needs.see_cot)
    form = shape() if request.method == "POST" else shape(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        values = {name: form[name].data or "" for name in ("tried", "why", "safe_tonight", "seen_by", "told")}
        values["nights"] = form["nights"].number
        if saved(
            form,
            lambda seen_version: emergency.take(current_user, assessment_id, seen_version, values),
            "The emergency decision is written down. A safeguarding lead looks at it on the next working day.",
        ):
            return redirect(back)
    names = record_contents.names_in(judged.file)
    return shown(
        "decisions/emergency.html",
        form,
        case=g.case,
        assessment=assessment,
        result=judged.result,
        needs=needs,
        names=names,
        tonight=first_night(judged.checklist, judged.result),
        stops=_stops(judged, names),
        words=read_folder().words,
    )


def _stops(judged: judging.Judged, names: dict[str, str]) -> list[dict[str, Any]]:
    """What stops the place, by itself or where it comes together, in words."""
    said = ("name", "about", "remedy", "conditions", "effect", "state", "effect_words")
    # What a row carries stands among the findings already.
    own = [p for p in rows.patterns(judged, names) if not p["carried_by"]]
    together = [{k: p[k] for k in said} | {"why": [*p["facts"], p["remedy"]]} for p in own]
    listed = [*rows.findings(judged, names), *together]
    return rows.in_plain_words(judged, (one for one in listed if one["effect"] in ("stop", "stop_until")))


@pages.route(f"{_ASSESSMENT}/emergency/<id:emergency_id>", methods=["GET", "POST"])
@permission("emergency.ratify")
def ratify(case_id: str, assessment_id: str, emergency_id: str) -> Page:
    """The next working day: a safeguarding lead ratifies, or escalates."""
    assessment = assessment_of_case(assessment_id)
    taken = emergency.find(assessment_id, emergency_id)
    if taken is None:
        abort(404)
    form = RatifyForm() if request.method == "POST" else RatifyForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        verdict, note = form.verdict.data or "", form.note.data or ""
        said = "Ratified." if verdict == "ratified" else "Escalated. Find the family another place now."
        if saved(
            form, lambda seen_version: emergency.ratify(current_user, taken.id, seen_version, verdict, note), said
        ):
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "decisions/ratify.html",
        form,
        case=g.case,
        assessment=assessment,
        taken=taken,
        lines=emergency.lines(taken),
        findings=rows.frozen_in_plain_words(
            read_folder(),
            [*taken.frozen["findings"], *taken.frozen.get("patterns", ())],  # not kept before 30 November 2026
        ),
        own=taken.taken_by == current_user.id,
    )


@pages.route(f"{_ASSESSMENT}/emergency/<id:emergency_id>/moved", methods=["GET", "POST"])
@permission("decision.follow")
def moved(case_id: str, assessment_id: str, emergency_id: str) -> Page:
    """The family of an emergency decision that was escalated is somewhere else."""
    assessment = assessment_of_case(assessment_id)
    taken = emergency.find(assessment_id, emergency_id)
    if taken is None:
        abort(404)
    form = MovedForm() if request.method == "POST" else MovedForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        said, since = form.reason.data or "", form.seen_on.data or today()
        if saved(form, lambda seen: escalated.moved(current_user, taken.id, seen, said, since), "Written down."):
            return redirect(url_for("cases.show", case_id=case_id))
    return shown(
        "decisions/moved.html",
        form,
        case=g.case,
        assessment=assessment,
        lines=emergency.lines(taken),
        due=escalated.due(taken),
        waits=escalated.waits(taken),
    )
