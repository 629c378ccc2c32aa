"""One question a page: answering it, and putting a slip of one's own right."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import permission
from app.assessments import answers, judging, service
from app.assessments.models import DRAFT, SUBMITTED, Assessment, SavedAnswer
from app.assessments.views.of_case import assessment_of_case
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.database import now
from app.decisions import record_contents
from app.letters import offered
from app.placements import surroundings
from app.places.travel.distance import walk_in_words
from app.properties import locating
from app.properties.service import names_of
from app.settings import current_settings
from app.suitability.advice.plain import plain_source, plainly
from app.suitability.casefile import wording
from app.suitability.casefile.answers import Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.spelling import kept
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.criterion import Criterion
from app.suitability.reading.case_file import subject_keys
from app.visits.views.photographs import of_answers
from app.web.page import Page, shown
from forms.answers import AnswerForm, answer_form, entered, value_in_words

pages = Blueprint("questions", __name__)


def _council() -> str:
    settings = current_settings()
    return settings.council_authority


def _subject(criterion: Criterion | None, subject: str, assessment: Assessment) -> tuple[Criterion, str]:
    """A criterion and the name of whom it is asked about; 404 where it is not asked about them."""
    if criterion is None or not assessment.case.members:
        abort(404)
    household = household_of(assessment.case)
    if subject not in subject_keys(criterion, household, today(), assessment.unit.keys):
        abort(404)
    return criterion, record_contents.subject_names(household, names_of(assessment.unit))[subject]


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
    assessment = assessment_of_case(assessment_id)
    criterion, name = _criterion(criterion_id, subject, assessment)
    earlier = answers.of_row(answers.saved_answers(case_id, assessment.unit_id), criterion.id, subject)
    mine = answers.correctable(current_user, earlier, now()) if assessment.state in (DRAFT, SUBMITTED) else []
    slip = next((a for a in mine if a.id == request.args.get("correct")), None)
    form = answer_form(criterion)(data=_entered(criterion, slip)) if slip else answer_form(criterion)()
    form.replaces.items = [(a.id, f"{value_in_words(criterion, a.value)} ({_source(a)})", "") for a in earlier]
    if request.method == "GET":
        form.seen.data = answers.seen_mark(earlier)
    elif form.validate() and not _to_ask(form, criterion, mine, earlier):
        done = _save(form, assessment_id, criterion, subject, earlier)
        if done:
            flash(f"Saved: {criterion.name}, {name}.", "success")
            return redirect(_next_page(case_id, assessment, criterion, subject))
    pictured = of_answers(assessment, earlier, {subject: name})
    return shown(
        "assessments/question.html",
        form,
        pictured={a.id: [p for p in pictured if p["answer"] == a.id] for a in earlier},
        case=g.case,
        assessment=assessment,
        criterion=criterion,
        name=name,
        subject=subject,
        earlier=[_answered(criterion, a, assessment_id, a in mine and not slip) for a in earlier],
        slip=next((a for a in mine if a.id == form.corrects.data), None),
        agency=_asked_of(criterion),
        source=plain_source(f"{criterion.source} ({criterion.source_date})"),
        other_bases=[
            (o.label, wording.BASIS[o.basis])
            for o in criterion.options.values()
            if o.basis not in (None, criterion.basis)
        ],
        what_counts=_what_counts(criterion),
        value_in_words=value_in_words,
        basis=wording.BASIS[criterion.basis],
        offered=[o for o in offered.of(assessment) if o.criterion == criterion.id]
        if criterion.id == offered.CHILDREN
        else [],
        measured=_measured(assessment, subject) if criterion.answer == "minutes" else [],
    )


def _answered(criterion: Criterion, a: SavedAnswer, assessment_id: str, correctable: bool) -> dict[str, Any]:
    """An earlier answer in words, with the way to correct it while it may be."""
    where: dict[str, Any] = {
        "case_id": a.case_id,
        "assessment_id": assessment_id,
        "criterion_id": criterion.id,
        "subject": a.subject,
    }
    days = (today() - a.on).days if a.on else 0
    return {
        "said": a,
        "words": value_in_words(criterion, a.value),
        "source": _source(a),
        "grade": wording.GRADE[a.grade].capitalize(),
        "age": {0: "today", 1: "yesterday"}.get(days, f"{days} days ago"),
        "correct": url_for("questions.question", **where, correct=a.id) if correctable else "",
        "until": clocks.time_of_day(a.recorded_at + answers.CORRECTED_WITHIN),
    }


def _asked_of(criterion: Criterion) -> dict[str, str] | None:
    """Whom to ask, in what words, and what happens when they are silent."""
    checklist = read_folder()
    agency = checklist.agencies.get(criterion.ask_of)
    if agency is None:
        return None
    told = {name: getattr(agency, name) for name in ("name", "ground", "tonight", "planned", "at_silence")}
    return plainly(checklist, {**told, "ask": criterion.ask}, "ground", "at_silence", "ask")


def _what_counts(criterion: Criterion) -> str:
    """What a reassuring answer has to be, and from whom; nothing where anybody's word is enough."""
    if criterion.clear_at is Grade.E1:
        return ""
    agencies = read_folder().agencies
    only = [in_sentence(agencies[code].name) for code in criterion.only_from]
    never = [in_sentence(agencies[code].name) for code in criterion.not_from]
    several = f", from {criterion.min_sources} different agencies" if criterion.min_sources > 1 else ""
    said = [f"What reassures is an answer {wording.GRADE_NEEDED[criterion.clear_at]}{several}."]
    if only:
        whose = [*(["the survivor"] if criterion.survivors_word else []), *only]
        said.append(f"It counts only from {'one of these: ' if len(whose) > 1 else ''}{'; '.join(whose)}.")
        said.append("Name their agency below.")
    if never:
        said.append(f"It does not count from {', nor from '.join(never)}.")
    whoever = ", whoever gives it" if only else ""
    said += [
        f"Where {when.sentence}, an answer {wording.GRADE_NEEDED[grade]} is enough{whoever}."
        for when, grade in criterion.clear_at_when
    ]
    return " ".join([*said, f"A worry counts however it is known{', and from anybody' if only or never else ''}."])


def _measured(assessment: Assessment, subject: str) -> list[tuple[str, str]]:
    """What is known of the way to each service this person uses: name, and the estimate in words."""
    file = judging.case_file(assessment, today(), _council())
    around = surroundings.surroundings(
        file.household, locating.locate_unit(assessment.unit), today(), _council(), near=False
    )
    return [
        (f"{s.name} ({in_sentence(wording.SERVICE[s.kind])})", walk_in_words(s.distance))
        for s in around.services
        if not s.used_by or subject in s.used_by
    ]


def _source(a: SavedAnswer) -> str:
    return ", ".join(part for part in (a.source_name, a.source_role, a.source_agency) if part) or "source not named"


def _values(form: AnswerForm) -> dict[str, Any]:
    return {
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


def _save(form: AnswerForm, assessment_id: str, criterion: Criterion, subject: str, earlier: list[SavedAnswer]) -> bool:
    values = _values(form)
    if earlier and form.seen.data != answers.seen_mark(earlier) and _same(earlier[-1], values):
        return True  # the same form sent twice
    values["corrects"] = form.corrects.data
    values["slip"] = form.slip.data if form.corrects.data else ""
    try:
        answers.save_answer(current_user, assessment_id, criterion, subject, form.seen.data or "", values)
        return True
    except answers.StaleAnswer:
        form.refuse(
            "",
            "Somebody answered this question since you opened the page. Their answer is shown below; what you typed is still here. Read both, then save again if yours still stands.",
        )
        form.seen.data = answers.seen_mark(earlier)
    except answers.NeedsReason as problem:
        form.refuse("slip", str(problem))
    except service.AssessmentProblem as problem:
        form.refuse("", str(problem))
        form.corrects.data = ""
    return False


def _entered(criterion: Criterion, slip: SavedAnswer) -> dict[str, Any]:
    """What was entered, to be put right: everything but why it was a slip."""
    same = ("source_name", "source_role", "source_agency", "on", "note", "why", "so_what", "reason")
    return {
        **entered(criterion, slip.value),
        **{name: getattr(slip, name) for name in same},
        "grade": slip.grade if slip.grade != Grade.E0 else None,
        "replaces": slip.supersedes,
        "corrects": slip.id,
    }


def _to_ask(form: AnswerForm, criterion: Criterion, mine: list[SavedAnswer], earlier: list[SavedAnswer]) -> bool:
    """Does the same person seem to say two things within the hour? Then it is asked whether the first was a slip of the hand.

    The way back of a browser and another choice would otherwise make a family contradict itself.
    """
    source = Source(name=form.source_name.data, role=form.source_role.data, agency=form.source_agency.data)
    own = next((a for a in mine if answers.source_of(a).identity(kept) == source.identity(kept)), None)
    if own is None or form.corrects.data or form.again.data == "new":
        return False
    if form.again.data == "slip":
        form.corrects.data = own.id
        return False
    if form.seen.data != answers.seen_mark(earlier) and _same(own, _values(form)):
        return False  # the same form sent twice
    before = f"At {clocks.time_of_day(own.recorded_at)} you entered “{value_in_words(criterion, own.value)}”"
    form.refuse("again", f"{before} from the same person. Say whether this is a correction or something new.")
    form.seen.data = answers.seen_mark(earlier)
    return True


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
        "questions.question",
        case_id=case_id,
        assessment_id=assessment.id,
        criterion_id=following[0].criterion,
        subject=following[0].subject,
    )
