"""The sheet on a phone: begun on an ordinary page, filled in without a connection, sent once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Blueprint, Response, abort, current_app, g, jsonify, redirect, render_template, request, url_for
from flask_login import current_user
from flask_wtf.csrf import generate_csrf

from app import clocks
from app.accounts.policy import permission
from app.assessments import judging
from app.assessments.service import AssessmentProblem
from app.assessments.views.of_case import assessment_of_case
from app.clocks import today
from app.decisions import late_visit
from app.decisions.record_contents import names_in
from app.properties.service import names_of
from app.settings import current_settings
from app.visits import sealed, sending, service
from app.visits.models import Visit
from app.visits.taken_along import html_of, taken_along
from app.web.cookies import kept_as
from app.web.gate import writing_noted
from app.web.page import Page, shown
from forms.accounts import EmptyForm

pages = Blueprint("visits", __name__)
Answer = tuple[Response, int]
NOT_YOURS = "Somebody else began this visit. What they wrote on this phone stays closed until they sign in here themselves, and is gone after seven days."
GONE = "This visit was begun on {begun} and not sent within seven days. What was on this phone can be read by nobody any more. Visit again, or write down from your own notes what you saw."
GIVEN_UP = "This visit, begun on {begun}, was given up."
OTHER_CONTENT = "This visit was sent {sent}, and what was sent then stands. What is different now on this phone was not saved: write it down on the ordinary sheet."


@pages.get("/visit/")
@permission("public")
def shell() -> str:
    """The page of every visit. Nothing of a case and nobody’s name is in it: it is kept on the phone as a script is."""
    return render_template("visits/shell.html")


@pages.get("/visit/worker.js")
@permission("public")
def worker() -> Response:
    """The service worker, under the one address that it may answer for."""
    script = Path(str(current_app.static_folder)) / "visit_worker.js"
    return Response(script.read_bytes(), mimetype="text/javascript")


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/visit", methods=["GET", "POST"])
@permission("answer.save")
def begin(case_id: str, assessment_id: str) -> Page:
    """What a visit on a phone is, and who is meant by what on it; then it is begun."""
    assessment = assessment_of_case(assessment_id)
    try:
        judged = judging.judge(assessment, today(), current_settings().council_authority)
    except judging.NotReady:
        return redirect(url_for("cases.show", case_id=case_id))
    form = EmptyForm()
    if form.validate_on_submit():
        try:
            made = service.begin(current_user, case_id, assessment_id)
        except AssessmentProblem as problem:
            form.refuse("", str(problem))
        else:
            answer = redirect(f"{url_for('visits.shell')}#{case_id}/{made.id}")
            answer.set_cookie(
                kept_as(service.HOLDS), "1", max_age=service.HOLDS_DAYS * 86_400, path=url_for("accounts.sign_out"), httponly=True,
                secure=current_settings().https, samesite="Lax",
            )  # fmt: skip
            return answer
    called = taken_along(judged).called
    names = names_in(judged.file) | names_of(assessment.unit)
    return shown(
        "visits/begin.html",
        form,
        case=g.case,
        assessment=assessment,
        meant=[(called[key], names[key]) for key in called],
        days=service.KEPT.days,
    )


def _visit(visit_id: str) -> Visit:
    found = service.find(g.case.id, visit_id)
    if found is None:
        abort(404)
    return found


def _over(visit: Visit) -> dict[str, Any] | None:
    """Why nothing can be opened any more, in a sentence; nothing where it is open and theirs."""
    if visit.officer_id != current_user.id:
        return {"over": "not_yours", "problem": NOT_YOURS}
    why, begun = service.state(visit), clocks.in_words(clocks.local(visit.begun_at).date())
    if why == service.SENT and visit.sent_at:
        return {"over": why, "problem": f"This visit was sent {clocks.moment_in_words(visit.sent_at)}."}
    if why:
        return {"over": why, "problem": (GIVEN_UP if why == service.GIVEN_UP else GONE).format(begun=begun)}
    return None


@pages.get("/cases/<id:case_id>/visits/<id:visit_id>/key")
@permission("answer.save")
def key(case_id: str, visit_id: str) -> Answer:
    """The key of a visit, for the officer who began it and while it is open; nobody else’s."""
    visit = _visit(visit_id)
    over = _over(visit)
    if over or visit.key is None:
        if over and over["over"] == service.SENT:
            over["csrf"] = generate_csrf()  # whoever had no answer sends it again, and is told
        return jsonify(over), 409 if over and over["over"] == "not_yours" else 410
    until = clocks.moment_in_words(service.ends(visit))
    return jsonify(key=sealed.opened(visit.key), csrf=generate_csrf(), until=until), 200


@pages.get("/cases/<id:case_id>/visits/<id:visit_id>/sheet")
@permission("answer.save")
def sheet(case_id: str, visit_id: str) -> Answer:
    """The questions, to be kept on the phone under the key: nobody is named, and no address is."""
    visit = _visit(visit_id)
    over = _over(visit)
    if over:
        return jsonify(over), 409 if over["over"] == "not_yours" else 410
    judged = judging.judge(assessment_of_case(visit.assessment_id), today(), current_settings().council_authority)
    day = today()
    return jsonify(html=html_of(judged), on=[day.day, day.month, day.year]), 200


@pages.post("/cases/<id:case_id>/visits/<id:visit_id>/send")
@permission("answer.save")
def send(case_id: str, visit_id: str) -> Answer:
    """What was seen, once and whole. The same sent again is answered as it was; something else is refused."""
    sent = sending.parcel(request.form, [(name, file.read()) for name, file in request.files.items(multi=True)])
    for _, file in request.files.items(multi=True):
        file.close()
    early = _answered(_visit(visit_id), sent)
    if early:
        return early
    try:
        made = sending.pictures(sent)
        with writing_noted() as session:
            case, visit = service.locked(session, case_id, visit_id)
            early = _answered(visit, sent)
            if early:
                return early
            assessment = late_visit.taken_into(session, current_user, visit)
            sending.store(session, current_user, (case, assessment, visit), sent, made)
    except sending.Refused as problem:
        return jsonify(problems=problem.problems, seen=problem.seen), 422
    except AssessmentProblem as problem:
        return jsonify(problems={"key": str(problem)}, seen={}), 422
    answer = _answered(_visit(visit_id), sent)
    assert answer is not None
    return answer


def _answered(visit: Visit, sent: sending.Parcel) -> Answer | None:
    """What is said of a visit that is over or not theirs; nothing where it is still to be stored."""
    over = _over(visit)
    if over is None:
        return None
    if over["over"] != service.SENT:
        return jsonify(over), 409 if over["over"] == "not_yours" else 410
    when = clocks.moment_in_words(visit.sent_at) if visit.sent_at else ""
    if visit.sha256 != sent.sha256:
        return jsonify(over="other", problem=OTHER_CONTENT.format(sent=when)), 409
    result = url_for("assessments.result", case_id=visit.case_id, assessment_id=visit.assessment_id)
    late = late_visit.said(visit)
    return jsonify(sent=when, photographs=len(sent.files), result=result, **({"late": late} if late else {})), 200


@pages.post("/cases/<id:case_id>/visits/<id:visit_id>/give-up")
@permission("answer.save")
def give_up(case_id: str, visit_id: str) -> Answer:
    """There is nothing to send."""
    visit = _visit(visit_id)
    over = _over(visit)
    if over and over["over"] == "not_yours":
        return jsonify(over), 409
    service.give_up(current_user, case_id, visit_id)
    return jsonify(given_up=True), 200
