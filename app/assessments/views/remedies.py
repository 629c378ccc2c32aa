"""What lifts a worry or closes a prompt: a mitigation, a written acceptance, a reason; and the reasoning behind a result."""

from __future__ import annotations

from typing import NamedTuple

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments import judging, service
from app.assessments.models import Assessment
from app.assessments.views.of_case import assessment_of_case
from app.cases.alike import to_be_read
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.decisions import record_contents
from app.properties.service import names_of
from app.settings import current_settings
from app.suitability.advice.plain import plain
from app.suitability.advice.reasoned import reasoned
from app.suitability.casefile import wording
from app.suitability.checklist.criterion import OfferedMitigation
from app.suitability.reading.case_file import pattern_subjects, subject_keys
from app.web.page import Page, saved, shown
from forms.answers import AcceptanceForm, AgreeForm, MitigationForm, PatternAnswerForm

pages = Blueprint("remedies", __name__)


class Worry(NamedTuple):
    """A row or a pattern somebody does something about."""

    id: str
    name: str
    about: str
    offered: tuple[OfferedMitigation, ...]


def _worry(row_id: str, subject: str, assessment: Assessment) -> Worry:
    """A criterion or a pattern about somebody; 404 where there is none such."""
    checklist = read_folder()
    if not assessment.case.members:
        abort(404)
    household = household_of(assessment.case)
    about = record_contents.subject_names(household, names_of(assessment.unit)).get(subject, "")
    criterion, pattern = checklist.criteria.get(row_id), checklist.patterns.get(row_id)
    if criterion is not None and subject in subject_keys(criterion, household, today(), assessment.unit.keys):
        return Worry(row_id, criterion.name, about, criterion.mitigations)
    if pattern is None or subject not in pattern_subjects(household, assessment.unit.keys):
        abort(404)
    return Worry(row_id, pattern.name, about, (OfferedMitigation(plain(checklist, pattern.step), pattern.owner),))


def _as_it_stands(row_id: str, subject: str, assessment: Assessment) -> list[str]:
    """What the worry does and why, as it stands today: what is accepted, or put right, is read before it is signed."""
    try:
        judged = judging.judge(assessment, today(), current_settings().council_authority)
    except judging.NotReady:
        return []
    for row in judged.result.rows:
        if (row.criterion, row.subject) == (row_id, subject) and row.state != "clear":
            effect = row.open_effect if row.state == "open" else row.effect
            said = wording.effect_in_words(effect, row.state, wording.EFFECT_PLAINLY)
            return [f"{said}.", *(plain(judged.checklist, why) for why in row.why)]
    for p in judged.result.patterns:
        if (p.id, p.subject) == (row_id, subject):
            said = (
                wording.effect_in_words(p.effect, p.state, wording.EFFECT_PLAINLY) if p.effect != "none" else "A prompt"
            )
            return [f"{said}.", *(plain(judged.checklist, fact) for fact in p.facts)]
    return []


@pages.route(
    "/cases/<id:case_id>/assessments/<id:assessment_id>/mitigations/<key:criterion_id>/<key:subject>",
    methods=["GET", "POST"],
)
@permission("mitigation.save")
def mitigation(case_id: str, assessment_id: str, criterion_id: str, subject: str) -> Page:
    """What will be done about a worry, by whom, by when, and whether it was seen."""
    assessment = assessment_of_case(assessment_id)
    worry = _worry(criterion_id, subject, assessment)
    form = MitigationForm() if request.method == "POST" else MitigationForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        fields = (
            "what",
            "owner_name",
            "owner_role",
            "owner_agency",
            "owner_accepted",
            "due",
            "in_place",
            "seen_grade",
            "seen_by",
            "seen_on",
        )
        values = {n: getattr(form, n).data for n in fields}
        if saved(
            form,
            lambda seen_version: service.save_mitigation(
                current_user, assessment_id, seen_version, worry.id, subject, values
            ),
            "The mitigation is saved.",
        ):
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "assessments/remedy.html",
        form,
        case=g.case,
        assessment=assessment,
        worry=worry,
        title="What will be done",
        stands=_as_it_stands(worry.id, subject, assessment),
        offered=worry.offered,
    )


@pages.route(
    "/cases/<id:case_id>/assessments/<id:assessment_id>/plans/<id:mitigation_id>",
    methods=["GET", "POST"],
)
@permission("mitigation.agree")
def agree(case_id: str, assessment_id: str, mitigation_id: str) -> Page:
    """A senior officer reads a plan and agrees to it in writing: only then does it count for a high concern."""
    assessment = assessment_of_case(assessment_id)
    plan = service.plan_of(assessment, mitigation_id)
    if plan is None:
        abort(404)
    worry = _worry(plan.criterion, plan.subject, assessment)
    form = AgreeForm() if request.method == "POST" else AgreeForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: service.agree_to_plan(
                current_user, assessment_id, seen_version, plan.id, today(), form.note.data or ""
            ),
            "You have agreed to the plan.",
        )
    ):
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "assessments/plan.html",
        form,
        case=g.case,
        assessment=assessment,
        worry=worry,
        plan=plan,
        stands=_as_it_stands(worry.id, plan.subject, assessment),
    )


@pages.route(
    "/cases/<id:case_id>/assessments/<id:assessment_id>/acceptances/<key:criterion_id>/<key:subject>",
    methods=["GET", "POST"],
)
@permission("acceptance.save")
def acceptance(case_id: str, assessment_id: str, criterion_id: str, subject: str) -> Page:
    """A written acceptance. What it lifts depends on the role of the person signed in."""
    assessment = assessment_of_case(assessment_id)
    worry = _worry(criterion_id, subject, assessment)
    form = AcceptanceForm() if request.method == "POST" else AcceptanceForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        values = {n: getattr(form, n).data for n in ("reason", "review_on", "lead_professional_view")}
        if saved(
            form,
            lambda seen_version: service.save_acceptance(
                current_user, assessment_id, seen_version, worry.id, subject, today(), values
            ),
            "Your acceptance is saved.",
        ):
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "assessments/remedy.html",
        form,
        case=g.case,
        assessment=assessment,
        worry=worry,
        title="Written acceptance",
        stands=_as_it_stands(worry.id, subject, assessment),
        offered=(),
    )


@pages.route(
    "/cases/<id:case_id>/assessments/<id:assessment_id>/patterns/<key:pattern_id>/<key:subject>",
    methods=["GET", "POST"],
)
@permission("answer.save")
def pattern(case_id: str, assessment_id: str, pattern_id: str, subject: str) -> Page:
    """A prompt answered with a reason. It stays on the record, and lifts nothing that has an effect."""
    assessment = assessment_of_case(assessment_id)
    checklist = read_folder()
    found = checklist.patterns.get(pattern_id)
    if found is None:
        abort(404)
    text = {
        "name": found.name,
        "owner": found.owner,
        **{part: plain(checklist, getattr(found, part)) for part in ("prompt", "when", "rationale", "step")},
    }
    worry = _worry(pattern_id, subject, assessment)
    form = PatternAnswerForm() if request.method == "POST" else PatternAnswerForm(data={"version": str(g.case.version)})
    if (
        request.method == "POST"
        and form.validate()
        and saved(
            form,
            lambda seen_version: service.answer_pattern(
                current_user, assessment_id, seen_version, pattern_id, subject, today(), form.reason.data or ""
            ),
            "Your reason is saved.",
        )
    ):
        return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    return shown("assessments/pattern.html", form, case=g.case, assessment=assessment, worry=worry, text=text)


@pages.get("/cases/<id:case_id>/assessments/<id:assessment_id>/reasoning")
@permission("case.view")
def reasoning(case_id: str, assessment_id: str) -> Page:
    """One page of worked reasoning: for each finding, the facts, answers, rule and source that led to it."""
    assessment = assessment_of_case(assessment_id)
    settings = current_settings()
    try:
        judged = judging.judge(assessment, today(), settings.council_authority)
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    read = judged.file.model_copy(update={"household": to_be_read(judged.file.household)})
    return render_template(
        "assessments/reasoning.html",
        case=g.case,
        assessment=assessment,
        outcome=wording.OUTCOME[judged.result.outcome],
        paths=reasoned(judged.checklist, read, judged.result),
        version=judged.result.checklist_version,
    )
