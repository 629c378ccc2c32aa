"""Proposing a placement, the task list, one question a page, the result, what lifts a worry, and submitting."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.decisions import emergency, freeze
from app.decisions import service as decisions
from app.places import service as places
from app.places.distance import walk_in_words
from app.places.map import svg
from app.settings import Settings
from app.suitability.advice import next_questions
from app.suitability.case_file import children_of, subject_keys
from app.suitability.criterion import Criterion
from app.suitability.elsewhere import closed_by, tonight_words
from app.suitability.evidence import Grade
from app.suitability.forward import way_forward
from app.suitability.jigsaw import pieces
from app.suitability.plain import in_sentence
from app.suitability.report import pattern_of
from app.suitability.result import OUTCOME_WORDS
from app.suitability.stay import changes, duties, first_night, flips
from app.web import Page, saved, shown
from forms.accounts import EmptyForm
from forms.answers import AnswerForm, answer_form, value_in_words
from forms.cases import words
from forms.decisions import submit_form

from . import judging, service, where_views
from .entered import page_of
from .models import Assessment, SavedAnswer

pages = Blueprint("assessments", __name__)


def _load(assessment_id: str) -> Assessment:
    found = service.find(g.case, assessment_id)
    if found is None:
        abort(404)
    return found


def _council() -> str:
    settings: Settings = current_app.config["SETTINGS"]
    return settings.council_authority


# ---- the task list and the questions


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
    names = freeze.subject_names(judged.file.household)
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
                "state": freeze.STATE_WORDS[row.state],
                "effect": freeze.EFFECT_WORDS[row.open_effect or row.effect]
                if row.is_open
                else freeze.EFFECT_WORDS[row.effect],
            }
        )
    return render_template(
        "assessments/tasks.html",
        case=g.case,
        assessment=assessment,
        decision=decision,
        domains=domains,
        lines=freeze.placement_lines(judged.file),
    )


def _subject(criterion: Criterion | None, subject: str, assessment: Assessment) -> tuple[Criterion, str]:
    """A criterion and the name of whom it is asked about; 404 where it is not asked about them."""
    if criterion is None or not assessment.case.members:
        abort(404)
    household = household_of(assessment.case)
    if subject not in subject_keys(criterion, household, today()):
        abort(404)
    return criterion, freeze.subject_names(household)[subject]


def _criterion(criterion_id: str, subject: str, assessment: Assessment) -> tuple[Criterion, str]:
    """A question that is asked; what is worked out from facts is not."""
    found = read_folder().criteria.get(criterion_id)
    return _subject(found if found is not None and found.computed is None else None, subject, assessment)


@pages.route(
    "/cases/<id:case_id>/assessments/<id:assessment_id>/questions/<key:criterion_id>/<key:subject>",
    methods=["GET", "POST"],
)
@permission("answer.save")
def question(case_id: str, assessment_id: str, criterion_id: str, subject: str) -> Page:
    """One question about one subject: answered, with its evidence; nobody's earlier answer is overwritten."""
    assessment = _load(assessment_id)
    criterion, name = _criterion(criterion_id, subject, assessment)
    earlier = service.of_row(service.saved_answers(case_id, assessment.unit_id), criterion.id, subject)
    form = answer_form(criterion)()
    form.replaces.items = [(a.id, f"{value_in_words(criterion, a.value)} ({_source(a)})", "") for a in earlier]
    if request.method == "GET":
        form.seen.data = service.seen_mark(earlier)
    elif form.validate():
        done = _save(form, assessment_id, criterion, subject, earlier)
        if done:
            flash(f"Saved: {criterion.name}, {name}.", "success")
            return redirect(_next_page(case_id, assessment, criterion, subject))
    return shown(
        "assessments/question.html",
        form,
        case=g.case,
        assessment=assessment,
        criterion=criterion,
        name=name,
        earlier=earlier,
        agency=read_folder().agencies.get(criterion.ask_of),
        other_bases=[
            (o.label, freeze.BASIS_WORDS[o.basis])
            for o in criterion.options.values()
            if o.basis not in (None, criterion.basis)
        ],
        counts_from=[in_sentence(read_folder().agencies[code].name) for code in criterion.only_from],
        counts_not_from=[in_sentence(read_folder().agencies[code].name) for code in criterion.not_from],
        value_in_words=value_in_words,
        source=_source,
        basis=freeze.BASIS_WORDS[criterion.basis],
        grade_words=Grade,
        age=lambda day: (today() - day).days,
        measured=_measured(assessment, subject) if criterion.answer == "minutes" else [],
    )


def _measured(assessment: Assessment, subject: str) -> list[tuple[str, str]]:
    """What is known of the way to each service this person uses: name, and the estimate in words."""
    file = judging.case_file(assessment, today(), _council())
    around = places.surroundings(file.household, places.locate_unit(assessment.unit), today(), _council(), near=False)
    return [
        (f"{s.name} ({in_sentence(words(s.kind))})", walk_in_words(s.distance))
        for s in around.services
        if not s.used_by or subject in s.used_by
    ]


def _source(a: SavedAnswer) -> str:
    return ", ".join(part for part in (a.source_name, a.source_role, a.source_agency) if part) or "source not named"


def _save(form: AnswerForm, assessment_id: str, criterion: Criterion, subject: str, earlier: list[SavedAnswer]) -> bool:
    values = {
        "value": form.the_value(),
        "grade": form.grade.data or "E0",
        "source_name": form.source_name.data,
        "source_role": form.source_role.data,
        "source_agency": form.source_agency.data,
        "on": form.on.data,
        "note": form.note.data,
        "why": form.why.data,
        "so_what": form.so_what.data,
        "replaces": list(form.replaces.data),
        "reason": form.reason.data,
    }
    if earlier and form.seen.data != service.seen_mark(earlier) and _same(earlier[-1], values):
        return True  # the same form sent twice
    try:
        service.save_answer(current_user, assessment_id, criterion, subject, form.seen.data or "", values)
        return True
    except service.StaleAnswer:
        form.refuse(
            "",
            "Somebody answered this question since you opened the page. Their answer is shown below; what you typed is still here. Read both, then save again if yours still stands.",
        )
        form.seen.data = service.seen_mark(earlier)
    except service.AssessmentProblem as problem:
        form.refuse("", str(problem))
    return False


def _same(a: SavedAnswer, values: dict[str, Any]) -> bool:
    kept = ("value", "grade", "source_name", "source_role", "source_agency", "on", "note", "why", "so_what", "reason")
    return a.recorded_by == current_user.id and all(getattr(a, name) == values[name] for name in kept)


def _next_page(case_id: str, assessment: Assessment, criterion: Criterion, subject: str) -> str:
    """The next open question after this one in the list, else the list."""
    judged = judging.judge(assessment, today(), _council())
    rows = [r for r in judged.result.rows if judged.checklist.criteria[r.criterion].computed is None]
    place = next((at for at, r in enumerate(rows) if (r.criterion, r.subject) == (criterion.id, subject)), -1)
    following = [r for r in rows[place + 1 :] if r.is_open]
    if not following or request.form.get("then") == "list":
        return url_for("assessments.show", case_id=case_id, assessment_id=assessment.id)
    return url_for(
        "assessments.question",
        case_id=case_id,
        assessment_id=assessment.id,
        criterion_id=following[0].criterion,
        subject=following[0].subject,
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
    names = freeze.subject_names(judged.file.household)
    members = {m.key: m for m in children_of(judged.file.household, judged.file.on)}
    questions = next_questions(judged.checklist, judged.result)
    findings = freeze.sorted_findings(judged)
    return render_template(
        "assessments/result.html",
        case=g.case,
        assessment=assessment,
        judged=judged,
        result=judged.result,
        names=names,
        findings=findings,
        outcome_words=OUTCOME_WORDS,
        ages={k: freeze.age_in_words(m, judged.file.on) for k, m in members.items()},
        forward=way_forward(judged.checklist, judged.file, _council(), judged.result),
        questions=questions,
        **where_views.where(g.case, assessment, judged, names),
        route_words=judged.checklist.words[f"route_{judged.result.safeguarding_route}"],
        effect_words=freeze.effect_words,
        basis_words=freeze.BASIS_WORDS,
        words_of=words,
        emergencies=[(e, emergency.lines(e)) for e in emergency.of_assessment(assessment_id)],
        criteria=judged.checklist.criteria,
        plans=service.plans_of(assessment),
        tonight_words=tonight_words(judged.checklist, judged.file, judged.result),
        closed=closed_by(judged.result),
        page_of=page_of,
        **_beside(judged),
    )


def _beside(judged: judging.Judged) -> dict[str, Any]:
    """What stands beside the outcome: patterns, days to come, duties, tonight, and who holds which piece."""
    checklist, file, found = judged.checklist, judged.file, judged.result
    patterns = [{**pattern_of(checklist, p), "hits": p.hits} for p in found.patterns]
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
    names = freeze.subject_names(judged.file.household)
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
            lambda seen: service.submit(
                current_user, assessment_id, seen, reasons, worse, worse_reason, bool(form["impression"].data)
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
        outcome_words=OUTCOME_WORDS,
        children=children,
    )


@pages.post("/cases/<id:case_id>/assessments/<id:assessment_id>/withdraw")
@permission("assessment.submit")
def withdraw(case_id: str, assessment_id: str) -> Response:
    _load(assessment_id)
    form = EmptyForm()
    if not saved(
        form, lambda seen: service.withdraw(current_user, assessment_id, seen), "Withdrawn. What was recorded is kept."
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
    around = where_views.around(assessment, judged, near=False)
    drawn = svg(around.spots, around.edge)
    if not drawn:
        abort(404)
    return Response(drawn, mimetype="image/svg+xml")
