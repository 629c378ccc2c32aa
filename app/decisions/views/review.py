"""The safeguarding lead's review."""

from __future__ import annotations

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.models import User
from app.accounts.policy import ROLES, permission
from app.assessments import answers as recorded
from app.assessments import judging
from app.assessments import service as assessments
from app.assessments.actions import Actions
from app.clocks import today
from app.decisions import again, at_review, challenge, emergency, record_contents, rows, service, told
from app.decisions.glance import glance
from app.decisions.undertakings import corrected, undertakings
from app.decisions.views import meanwhile
from app.extensions import db
from app.placements import what_speaks_against
from app.placements.views import where
from app.problem import StaleCase
from app.settings import current_settings
from app.sharing import answers
from app.sharing import service as sharing
from app.suitability.advice.plain import plainly
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Outcome
from app.suitability.casefile.values import in_sentence
from app.visits.views.photographs import of_answers
from app.web.page import Page, version_seen
from forms.decisions import ReviewForm, review_form

pages = Blueprint("decisions", __name__)
# Said so that nobody can read it as approving the room.
_AGREE = {
    ("approve", "suitable"): "Agree: suitable",
    ("approve", "suitable_with_conditions"): "Agree: suitable with these conditions",
    ("approve", "cannot_decide"): "Confirm: it cannot be decided yet",
    ("approve", "not_suitable"): "Confirm: not suitable",
    ("approve_with_conditions", "False"): "Confirm, and say what has to be done",
}
_NO_CONDITIONS = {
    True: "None of the rules. You can add one below.",
    False: "None: no condition makes a placement suitable that is not.",
}


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/review", methods=["GET", "POST"])
@permission("decision.review")
def review(case_id: str, assessment_id: str) -> Page:
    """Read it, then approve, approve with conditions, or return."""
    assessment = assessments.find(g.case, assessment_id)
    if assessment is None:
        abort(404)
    decided = service.of_assessment(assessment_id)
    if decided is not None:
        flash("This assessment has been decided.", "important")
        return redirect(url_for("records.show", case_id=case_id, record_id=decided.record_id))
    form = _form()
    changed_meanwhile: list[meanwhile.Said] = []
    signing = request.method == "POST" and not request.form.get("more")
    if signing and form.validate():
        try:
            if form.verdict.data == "return":
                service.send_back(current_user, assessment_id, version_seen(form), form.note.data or "")
                flash("Returned to the officer.", "success")
                return redirect(url_for("cases.show", case_id=case_id))
            made = service.decide(
                current_user,
                assessment_id,
                version_seen(form),
                form.verdict.data or "",
                form.note.data or "",
                form.conditions(),
                sharing.mark_older,
                form.worse_outcome.data or "",
            )
            flash("Decided. The record is issued; its PDF is being made.", "success")
            return redirect(url_for("records.show", case_id=case_id, record_id=made.record_id))
        except StaleCase as stale:
            form.refuse(
                "",
                "Something in this case changed since you opened this page, and nothing is signed. What changed stands below, and the result is worked out afresh: read it again before you decide. What you typed is still here.",
            )
            form.version.data = str(stale.now_at)
            db.session.expire_all()
            changed_meanwhile = meanwhile.changed(g.case, form.since.data or "")
            form.verdict.data = None
        except service.DecisionProblem as problem:
            form.refuse("", str(problem))
            decided = service.of_assessment(assessment_id)
            if decided is not None:
                flash(str(problem), "important")
                return redirect(url_for("records.show", case_id=case_id, record_id=decided.record_id))
    settings = current_settings()
    judged = judging.judge(assessment, today(), settings.council_authority)
    outcome = service.final_outcome(judged.result.outcome, assessment.worse_outcome, "approve")
    names = record_contents.names_in(judged.file)
    findings = rows.in_plain_words(judged, rows.findings(judged, names))
    actions = Actions(current_user.role, assessment, judged.checklist.criteria, names)
    around = where.where(g.case, assessment, judged, names, None)
    _offer(form, outcome)
    page = render_template(
        "decisions/review.html",
        form=form,
        case=g.case,
        assessment=assessment,
        outcome=outcome,
        names=names,
        worries=[f for f in findings if f["effect"] in rows.WORRIES],
        holds=[f for f in findings if f["effect"] == rows.HOLD],
        rest=[f for f in findings if f["effect"] in ("medium", "chase", "low")],
        patterns=rows.in_plain_words(judged, rows.patterns(judged, names)),
        considered={(a.pattern, a.subject): a for a in judged.file.pattern_answers},
        done=undertakings(judged),
        told=told.parts(judged.file, judged.checklist.agencies, names),
        corrections=corrected(recorded.corrections(case_id, assessment.unit_id), judged.checklist, names),
        conditions=[
            plainly(judged.checklist, c, "what")
            for c in record_contents.conditions_of(judged, {"outcome": outcome, "conditions": []})
        ],
        no_conditions=_NO_CONDITIONS[outcome in ("suitable", "suitable_with_conditions")],
        glance=glance(judged.file, names),
        forward=judged.following.way_forward,
        sent_by=_name_of(assessment.submitted_by),
        signs=current_user.name,
        far_in_a_line=around["far_in_a_line"],
        outside=around["outside"],
        ranges=at_review.ranges(judged),
        one_voice=at_review.one_voice(judged, names),
        named=at_review.NAMED,
        silent=at_review.silent(judged),
        photographs=of_answers(assessment, judged.answers, names),
        register_says=what_speaks_against.lines(current_user, assessment, judged.file.household, today()),
        not_asked=at_review.not_asked(judged),
        lead_words=told.lead_words(judged.file.household),
        changed=at_review.changed_since_returned(judged, assessment, names),
        challenge=challenge.written(judged, assessment),
        challenge_needed=challenge.is_needed(judged),
        tonight=at_review.tonight(judged.file),
        signs_of=at_review.of_adults(judged.file, names),
        meanwhile=changed_meanwhile,
        again=again.in_record(assessment).get("again", ""),
        emergencies=[
            (e, emergency.lines(e), actions.ratify(e.id, e.verdict)) for e in emergency.of_assessment(assessment_id)
        ],
        may_settle=actions.may("share.settle"),
        unsettled=answers.unsettled([case_id]).get(case_id, []),
        own=current_user.id in (assessment.submitted_by, assessment.created_by),
        result=judged.result,
    )
    return page, 422 if form.errors else 200


def _form() -> ReviewForm:
    """As many conditions as the page shows; one more where that was asked for."""
    sent = request.form.get("shown", "")
    rows = int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 4 else 1
    more = bool(request.form.get("more"))
    shape = review_form(rows + more)
    if request.method == "GET":
        form = shape(data={"version": str(g.case.version), "since": meanwhile.newest(db.session)})
    else:
        form = shape()
    form.worse_outcome.items = [(code.value, wording.OUTCOME[code], "") for code in Outcome if code > Outcome.SUITABLE]
    form.shown.data = str(form.ROWS)
    return form


def _offer(form: ReviewForm, outcome: str) -> None:
    """What may be decided about what stands: nothing is better than it, and of the worst nothing is worse."""
    worse = [item for item in form.worse_outcome.items if Outcome(item[0]) > Outcome(outcome)]
    form.worse_outcome.items = worse
    usable = outcome in ("suitable", "suitable_with_conditions")
    form.verdict.items = [
        (code, _AGREE.get((code, outcome if code == "approve" else str(usable)), words), said)
        for code, words, said in form.verdict.items
        if code != "worse" or worse
    ]


def _name_of(user_id: str | None) -> str:
    found = db.session.get(User, user_id) if user_id else None
    return f"{found.name}, {in_sentence(ROLES[found.role])}" if found else "nobody"
