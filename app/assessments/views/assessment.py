"""The task list, the result, and submitting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments import answers, judging, service
from app.assessments.entered import page_of
from app.assessments.models import Assessment
from app.clocks import today
from app.decisions import emergency, record_contents, told
from app.decisions import service as decisions
from app.decisions.undertakings import corrected
from app.decisions.unit_words import placement_lines
from app.placements.views import where
from app.places.map import svg
from app.settings import Settings
from app.suitability.advice.during_stay import changes, duties, first_night, flips
from app.suitability.advice.elsewhere import closed_by, tonight_words
from app.suitability.advice.enquiry_log import pieces
from app.suitability.advice.next_questions import next_questions
from app.suitability.advice.report import pattern_of
from app.suitability.advice.way_forward import way_forward
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence
from app.suitability.reading.case_file import children_of
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.cases import words
from forms.decisions import submit_form

pages = Blueprint("assessments", __name__)


def _load(assessment_id: str) -> Assessment:
    found = service.find(g.case, assessment_id)
    if found is None:
        abort(404)
    return found


def _council() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.council_authority


# ---- the task list


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>")
@permission("case.view")
def show(case_id: str, assessment_id: str) -> Page:
    """The task list: every question that applies, by domain, gaps first."""
    assessment = _load(assessment_id)
    decision = decisions.of_assessment(assessment_id)
    try:
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.subject_names(judged.file.household)
    domains: dict[str, list[dict[str, Any]]] = {}
    for row in judged.result.rows:
        criterion = judged.checklist.criteria[row.criterion]
        domains.setdefault(judged.checklist.domain_titles[criterion.domain], []).append(
            {
                "row": row,
                "name": criterion.name,
                "subject": names[row.subject],
                "asked": criterion.computed is None,
                "first_night": criterion.first_night,
                "under": judged.checklist.criteria[row.under[0]].name if row.under else "",
                "state": wording.STATE[row.state],
                "effect": wording.EFFECT[row.open_effect or row.effect] if row.is_open else wording.EFFECT[row.effect],
            }
        )
    return render_template(
        "assessments/tasks.html",
        case=g.case,
        assessment=assessment,
        decision=decision,
        domains=domains,
        lines=placement_lines(judged.file),
    )


# ---- the result, and what lifts a worry


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>/result")
@permission("case.view")
def result(case_id: str, assessment_id: str) -> Page:
    """What follows from what is known, worked out afresh on each visit."""
    assessment = _load(assessment_id)
    try:
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.subject_names(judged.file.household)
    members = {m.key: m for m in children_of(judged.file.household, judged.file.on)}
    questions = next_questions(judged.checklist, judged.result)
    findings = record_contents.sorted_findings(judged)
    return render_template(
        "assessments/result.html",
        case=g.case,
        assessment=assessment,
        judged=judged,
        result=judged.result,
        names=names,
        findings=findings,
        ages={k: record_contents.age_in_words(m, judged.file.on) for k, m in members.items()},
        forward=way_forward(judged.checklist, judged.file, _council(), judged.result),
        questions=questions,
        **where.where(g.case, assessment, judged, names),
        route_words=judged.checklist.words[f"route_{judged.result.safeguarding_route}"],
        effect_words=wording.effect_in_words,
        basis_words=wording.BASIS,
        words_of=words,
        emergencies=[(e, emergency.lines(e)) for e in emergency.of_assessment(assessment_id)],
        criteria=judged.checklist.criteria,
        plans=service.plans_of(assessment),
        told=told.parts(judged.file, judged.checklist.agencies, names),
        corrections=corrected(answers.corrections(case_id, assessment.unit_id), judged.checklist, names),
        tonight_words=tonight_words(judged.checklist, judged.file, judged.result),
        closed=closed_by(judged.result),
        page_of=page_of,
        **_beside(judged),
    )


def _beside(judged: judging.Judged) -> dict[str, Any]:
    """What stands beside the outcome: patterns, days to come, duties, tonight, and who holds which piece."""
    checklist, file, found = judged.checklist, judged.file, judged.result
    patterns = [{**pattern_of(checklist, p), "outcome_rank": p.outcome.rank} for p in found.patterns]
    return {
        "patterns": patterns,
        "because": {
            c.key: [
                *(in_sentence(checklist.criteria[found.rows[at].criterion].name) for at in c.because),
                *(in_sentence(checklist.patterns[found.patterns[at].id].name) for at in c.patterns),
            ]
            for c in found.children
        },
        "flips": flips(checklist, file, _council(), found),
        "changes": changes(checklist, file, _council(), found),
        "duties": duties(checklist, file, found),
        "tonight": first_night(checklist, found),
        "pieces": pieces(checklist, file, found, file.council or ""),
    }


# ---- submitting


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/submit", methods=["GET", "POST"])
@permission("assessment.submit")
def submit(case_id: str, assessment_id: str) -> Page:
    """Hand it to the safeguarding lead with reasons in the officer's own words, child by child."""
    assessment = _load(assessment_id)
    if assessment.state == "submitted":
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    try:
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.subject_names(judged.file.household)
    children = [(c.key, names[c.key]) for c in judged.result.children]
    form = submit_form(children, judged.result.outcome)()
    if request.method == "GET":
        form.version.data = str(g.case.version)
        form["impression"].data = ["yes"] if assessment.impression_relied_on else []
        for key, _ in children or [("household", "")]:
            form[f"reason_{key}"].data = assessment.reasons.get(key, "")
    elif form.validate():
        reasons = {f.name.removeprefix("reason_"): f.data for f in form if f.name.startswith("reason_")}
        worse = form["worse_outcome"].data or "" if "worse_outcome" in form else ""
        worse_reason = form["worse_reason"].data if worse else ""
        if saved(
            form,
            lambda seen_version: service.submit(
                current_user, assessment_id, seen_version, reasons, worse, worse_reason, bool(form["impression"].data)
            ),
            "Submitted. A safeguarding lead reviews it next.",
        ):
            return redirect(url_for("cases.show", case_id=case_id))
    return shown(
        "assessments/submit.html",
        form,
        case=g.case,
        assessment=assessment,
        result=judged.result,
        children=children,
    )


@pages.post("/cases/<id:case_id>/assessments/<id:assessment_id>/withdraw")
@permission("assessment.submit")
def withdraw(case_id: str, assessment_id: str) -> Response:
    _load(assessment_id)
    form = EmptyForm()
    if not saved(
        form,
        lambda seen_version: service.withdraw(current_user, assessment_id, seen_version),
        "Withdrawn. What was recorded is kept.",
    ):
        flash(
            "Somebody changed this case since you opened the page, or it is already closed. Look at it again.",
            "important",
        )
    return redirect(url_for("cases.show", case_id=case_id))


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>/map.svg")
@permission("case.view")
def map_image(case_id: str, assessment_id: str) -> Response:
    """The small map as a picture."""
    assessment = _load(assessment_id)
    judged = judging.judge(assessment, today(), _council())
    around = where.around(assessment, judged, near=False)
    drawn = svg(around.spots, around.edge)
    if not drawn:
        abort(404)
    return Response(drawn, mimetype="image/svg+xml")
