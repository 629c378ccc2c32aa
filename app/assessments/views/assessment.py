"""The task list, the result, and submitting."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments import answers, judging, service, waiting
from app.assessments.actions import Actions
from app.assessments.models import DRAFT, SUBMITTED
from app.assessments.views import result as page
from app.assessments.views import verdict
from app.assessments.views.of_case import assessment_of_case
from app.cases.ages import age_in_words
from app.checklists import read_folder
from app.clocks import today
from app.decisions import made, record_contents, told
from app.decisions import service as decisions
from app.decisions.glance import glance
from app.decisions.undertakings import corrected
from app.decisions.unit_words import beside_lines, placement_lines
from app.placements import registered
from app.placements.views import where
from app.places.map import svg
from app.settings import current_settings
from app.suitability.advice.calls import NEXT, number
from app.suitability.advice.elsewhere import tonight_words
from app.suitability.advice.plain import plain
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.result import Row
from app.suitability.reading.case_file import children_of
from app.visits.views.photographs import of_answers
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.decisions import submit_form

pages = Blueprint("assessments", __name__)


def _council() -> str:
    settings = current_settings()
    return settings.council_authority


# ---- the task list


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>")
@permission("case.view")
def show(case_id: str, assessment_id: str) -> Page:
    """The task list: every question that applies, by domain, gaps first."""
    assessment = assessment_of_case(assessment_id)
    decision = decisions.of_assessment(assessment_id)
    try:
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    criteria, names = judged.checklist.criteria, record_contents.names_in(judged.file)
    actions = Actions(current_user.role, assessment, criteria, names)
    domains: dict[str, list[dict[str, str]]] = {}
    for row in judged.result.rows:
        title = judged.checklist.domain_titles[criteria[row.criterion].domain]
        domains.setdefault(title, []).append(_task(row, actions))
    return render_template(
        "assessments/tasks.html",
        case=g.case,
        assessment=assessment,
        decision=decision,
        domains=domains,
        lines=[
            *placement_lines(judged.file),
            *(f"{door}: {line}" for door, said in beside_lines(judged.file).items() for line in said),
        ],
        returned=assessment.returned_note if waiting.is_returned(assessment) else "",
        submitted=assessment.state == SUBMITTED,
        changes=[
            actions.link(words, endpoint)
            for words, endpoint in (
                ("Change the placement", "placements.placement"),
                ("Rooms", "placements.rooms"),
                ("Certificates", "placements.certificates"),
                ("Further units", "beside.listed"),
            )
            if actions.may("case.edit", (DRAFT,))
        ],
        submit=actions.of_assessment("Submit for review", "assessments.submit", "assessment.submit", DRAFT),
        held=registered.standing(assessment, judged.file.household, today()),
    )


def _task(row: Row, actions: Actions) -> dict[str, str]:
    """A row as the list shows it: where it is answered, why it stands as it does, and the colour and words of how."""
    words = f"{actions.criteria[row.criterion].name}: {actions.names[row.subject]}"
    link = actions.answer(words, row.criterion, row.subject)
    effect = row.open_effect or row.effect if row.is_open else row.effect
    return {
        "key": f"{row.criterion}-{row.subject}",
        "words": words,
        "address": link.address if link else "",
        "hint": plain(read_folder(), _hint(row, actions)),
        "tag": f"govuk-tag--{_colour(row)}",
        "status": "Clear" if row.state == "clear" and not row.is_open else wording.EFFECT_PLAINLY[effect],
    }


def _hint(row: Row, actions: Actions) -> str:
    if actions.criteria[row.criterion].computed is not None:
        return f"Worked out from facts. {' '.join(row.why)}"
    if row.under:
        root = in_sentence(actions.criteria[row.under[0]].name)
        return f"Waits on {root}: that answer settles whether it is asked at all."
    return row.why[0] if row.why and row.state != "clear" else ""


def _colour(row: Row) -> str:
    if row.effect in ("stop", "stop_until") and row.state in ("worrying", "partly"):
        return "red"
    if (row.is_open and row.open_effect == "hold") or row.effect == "senior":
        return "orange"
    return "green" if row.state in ("clear", "clear_with_condition") else "yellow"


# ---- the result, and what lifts a worry


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>/result")
@permission("case.view")
def result(case_id: str, assessment_id: str) -> Page:
    """What follows from what is known, worked out afresh on each visit."""
    assessment = assessment_of_case(assessment_id)
    try:
        judged = judging.judge(assessment, today(), _council(), elsewhere=True)
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.names_in(judged.file)
    ages = {m.key: age_in_words(m, judged.file.on) for m in children_of(judged.file.household, judged.file.on)}
    actions = Actions(current_user.role, assessment, judged.checklist.criteria, names)
    forward = judged.following.way_forward
    asked = judged.following.calls
    decided = made.of(assessment_id)
    around = where.where(g.case, assessment, judged, names, decided.decision)
    emergencies = page.of_emergencies(decided.emergencies, actions)
    ratify = [link for _, _, link in emergencies if link]
    return render_template(
        "assessments/result.html",
        case=g.case,
        assessment=assessment,
        judged=judged,
        kept=page.kept(judged, actions, bool(emergencies)),
        result=judged.result,
        names=names,
        glance=judged.following.once("glance", lambda: glance(judged.file, names)),
        forward=forward,
        keys=verdict.keys(judged, actions),
        step=verdict.next_step(judged, actions, forward, asked, ratify, around["decision"]),
        verdicts=verdict.verdicts(judged, actions, ages),
        elsewhere=page.of_other_places(judged, judged.elsewhere, names),
        photographs=of_answers(assessment, judged.answers, names),
        calls=page.of_calls(judged, actions, asked),
        first=NEXT,
        so_many=number(min(NEXT, len(asked))),
        **around,
        route_words=judged.checklist.words[f"route_{judged.result.safeguarding_route}"],
        words_of=wording.label,
        emergencies=emergencies,
        criteria=judged.checklist.criteria,
        told=judged.following.once("told", lambda: told.parts(judged.file, judged.checklist.agencies, names)),
        short_forms=page.short_forms(judged, actions),
        corrections=corrected(
            answers.corrections(case_id, assessment.unit_id, judged.recorded), judged.checklist, names
        ),
        tonight_words=tonight_words(judged.checklist, judged.file, judged.result),
        held=registered.standing(assessment, judged.file.household, today()),
        **page.of_rows(judged, actions),
        **page.of_the_whole(judged, actions),
        **page.beside(judged, actions, forward),
    )


# ---- submitting


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/submit", methods=["GET", "POST"])
@permission("assessment.submit")
def submit(case_id: str, assessment_id: str) -> Page:
    """Hand it to the safeguarding lead with reasons in the officer's own words, child by child."""
    assessment = assessment_of_case(assessment_id)
    if assessment.state == "submitted":
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    try:
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.names_in(judged.file)
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
    assessment_of_case(assessment_id)
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
    assessment = assessment_of_case(assessment_id)
    judged = judging.judge(assessment, today(), _council())
    around = where.around(assessment, judged, near=False)
    drawn = svg(around.spots, around.edge)
    if not drawn:
        abort(404)
    return Response(drawn, mimetype="image/svg+xml")
