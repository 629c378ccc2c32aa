"""The task list, the result, and submitting."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import clocks
from app.accounts.policy import permission
from app.assessments import answers, judging, service
from app.assessments.actions import OPEN, Actions, Link
from app.assessments.models import DRAFT, SUBMITTED
from app.assessments.views.of_case import assessment_of_case
from app.clocks import today
from app.decisions import emergency, record_contents, rows, told
from app.decisions import service as decisions
from app.decisions.undertakings import corrected
from app.decisions.unit_words import placement_lines
from app.placements.views import where
from app.places.map import svg
from app.settings import current_settings
from app.suitability.advice.during_stay import changes, duties, first_night, flips
from app.suitability.advice.elsewhere import closed_by, tonight_words
from app.suitability.advice.enquiry_log import Piece, pieces
from app.suitability.advice.next_questions import NextQuestion, next_questions
from app.suitability.advice.sheets import FAMILY
from app.suitability.advice.way_forward import way_forward
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.result import Row
from app.suitability.reading.case_file import children_of
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.cases import words
from forms.decisions import submit_form

pages = Blueprint("assessments", __name__)
_PIECE_WORDS = {
    "not_asked": "not asked",
    "waiting": "asked, not answered yet",
    "silent": "asked, not answered in its time",
    "refused": "refused to answer",
    "partly": "answered in part",
    "answered": "answered",
}


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
    criteria, names = judged.checklist.criteria, record_contents.subject_names(judged.file.household)
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
        lines=placement_lines(judged.file),
        returned=assessment.returned_note if assessment.state == DRAFT else "",
        submitted=assessment.state == SUBMITTED,
        changes=[
            actions.link(words, endpoint)
            for words, endpoint in (
                ("Change the placement", "placements.placement"),
                ("Rooms", "placements.rooms"),
                ("Certificates", "placements.certificates"),
            )
            if actions.may("case.edit", (DRAFT,))
        ],
        submit=actions.of_assessment("Submit for review", "assessments.submit", "assessment.submit", DRAFT),
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
        "hint": _hint(row, actions),
        "tag": f"govuk-tag--{_colour(row)}",
        "status": "Clear" if row.state == "clear" and not row.is_open else wording.EFFECT[effect],
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
        judged = judging.judge(assessment, today(), _council())
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    names = record_contents.subject_names(judged.file.household)
    members = {m.key: m for m in children_of(judged.file.household, judged.file.on)}
    actions = Actions(current_user.role, assessment, judged.checklist.criteria, names)
    return render_template(
        "assessments/result.html",
        case=g.case,
        assessment=assessment,
        judged=judged,
        result=judged.result,
        names=names,
        ages={k: record_contents.age_in_words(m, judged.file.on) for k, m in members.items()},
        forward=way_forward(judged.checklist, judged.file, _council(), judged.result),
        **where.where(g.case, assessment, judged, names),
        route_words=judged.checklist.words[f"route_{judged.result.safeguarding_route}"],
        words_of=words,
        emergencies=[
            (e, emergency.lines(e), actions.ratify(e.id, e.verdict)) for e in emergency.of_assessment(assessment_id)
        ],
        criteria=judged.checklist.criteria,
        told=told.parts(judged.file, judged.checklist.agencies, names),
        corrections=corrected(answers.corrections(case_id, assessment.unit_id), judged.checklist, names),
        tonight_words=tonight_words(judged.checklist, judged.file, judged.result),
        **_rows(judged, actions),
        **_of_the_whole(judged, actions),
        **_beside(judged, actions),
    )


def _rows(judged: judging.Judged, actions: Actions) -> dict[str, Any]:
    """The rows of the result, each with what may be done about it."""
    plans = service.plans_of(actions.assessment)
    findings = rows.findings(judged, actions.names)
    others = (*rows.WORRIES, rows.HOLD)
    asked = next_questions(judged.checklist, judged.result)
    return {
        "questions": [
            {**q._asdict(), "about": actions.names[q.subject], "answer": actions.on_question(q)} for q in asked
        ],
        "sheets": actions.sheets(_speakers(judged, asked)),
        "patterns": [{**p, "actions": actions.on_pattern(p)} for p in rows.patterns(judged, actions.names)],
        "worries": [
            {**f, "actions": actions.on_worry(f), "plans": actions.plans(f, plans)}
            for f in findings
            if f["effect"] in rows.WORRIES
        ],
        "holds": [{**f, "answer": actions.on_hold(f)} for f in findings if f["effect"] == rows.HOLD],
        "rest": [{**f, "answer": actions.on_note(f)} for f in findings if f["effect"] not in others],
    }


def _speakers(judged: judging.Judged, asked: Sequence[NextQuestion]) -> Iterator[tuple[str, str]]:
    """Everybody who is asked something, in the order in which a lead asks; of the family each adult by themselves."""
    codes = {agency.name: code for code, agency in judged.checklist.agencies.items()}
    for name in dict.fromkeys(q.ask_of for q in asked):
        if codes[name] == FAMILY:
            yield from ((m.key, m.name) for m in judged.file.household.adults())
        else:
            yield codes[name], name


def _of_the_whole(judged: judging.Judged, actions: Actions) -> dict[str, Any]:
    """What may be done about the placement as a whole."""
    may_be_tonight = judged.result.outcome in ("not_suitable", "cannot_decide")
    tonight = OPEN if may_be_tonight and not closed_by(judged.result) else ()
    return {
        "may_be_tonight": may_be_tonight,
        "take_tonight": actions.of_assessment(
            "Take the emergency decision for tonight", "emergency.take", "emergency.take", *tonight
        )
        if tonight
        else None,
        "left_to_a_senior": actions.assessment.state in tonight,
        "confirm_district": actions.of_assessment("Confirm the district", "district.confirm", "case.edit", DRAFT),
        "find_address": actions.of_assessment("Find the exact address", "locate.locate", "case.edit", DRAFT)
        if where.asks_outside()
        else None,
        "write_way_down": actions.of_assessment(
            "Write down a way that was checked", "journeys.listed", "case.edit", DRAFT
        ),
        "submit": actions.of_assessment("Submit for review", "assessments.submit", "assessment.submit", DRAFT),
        "review": actions.of_assessment("Review", "decisions.review", "decision.review", SUBMITTED),
    }


def _beside(judged: judging.Judged, actions: Actions) -> dict[str, Any]:
    """What stands beside the outcome: days to come, duties, tonight, and who holds which piece."""
    checklist, file, found = judged.checklist, judged.file, judged.result
    return {
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
        "pieces": [
            {**p._asdict(), "state_words": _piece_words(p), "ask": _ask(p, actions)}
            for p in pieces(checklist, file, found, file.council or "")
        ],
        "ask_any": actions.ask("Record a question or an answer"),
    }


def _ask(piece: Piece, actions: Actions) -> Link | None:
    if piece.state not in ("not_asked", "partly"):
        return None
    return actions.ask("Write down that it was asked", f": {piece.name}", agency=piece.agency)


def _piece_words(piece: Piece) -> str:
    said = _PIECE_WORDS[piece.state]
    if not piece.heard:
        return f"{said} (asked on {clocks.iso_in_words(piece.asked_on)})" if piece.asked_on else said
    unsaid = "; whether it answered its exact question is not written down" if piece.state == "partly" else ""
    return f"{said} in {piece.heard}{unsaid}"


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
