"""Leaving a placement, closing a case and opening it again."""

from __future__ import annotations

from collections.abc import Sequence

from flask import abort, g, redirect, request, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from app.accounts.policy import permission
from app.assessments import service as assessments
from app.assessments.models import SUBMITTED, Assessment
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import in_words, today
from app.deadlines import place
from app.deadlines import service as deadlines
from app.lives import closing, leaving, steps, warnings
from app.lives.closing import Owed
from app.lives.leaving import Leaving, Stay
from app.lives.views.known import _form, _saved, pages
from app.web.page import Page, shown
from forms.lives import CloseForm, LeftForm, WhyForm, close_form

_NEVER_REST = ("emergency_ratify", "move")  # somebody is without a decision, or in a place that is not suitable


@pages.route("/cases/<id:case_id>/assessments/<id:assessment_id>/left", methods=["GET", "POST"])
@permission("case.edit")
def left(case_id: str, assessment_id: str) -> Page:
    """They left this placement."""
    assessment = assessments.find(g.case, assessment_id)
    if assessment is None:
        abort(404)
    form: LeftForm = _form(LeftForm)
    told = leaving.of(steps.of_case(case_id)).get(assessment_id)
    if _saved(
        form,
        lambda seen: leaving.write(
            current_user, case_id, seen, _stay(g.case, assessment),
            Leaving(on=form.on.data or today(), why=form.why.data or "", to=form.to.data or "", postcode=form.postcode.data or ""),
        ),
        "Written down. Dates that follow from where they are are worked out anew.",
    ):  # fmt: skip
        return redirect(url_for("cases.show", case_id=case_id))
    return shown("lives/left.html", form, case=g.case, assessment=assessment, told=told)


def _stay(case: Case, assessment: Assessment) -> Stay:
    bed_and_breakfast = place.is_bed_and_breakfast(assessment, household_of(case)) if case.members else None
    return Stay(assessment.id, assessment.unit.address, assessment.starts, bed_and_breakfast)


@pages.route("/cases/<id:case_id>/close", methods=["GET", "POST"])
@permission("case.edit")
def close(case_id: str) -> Page:
    """What is still open, and why each of it may rest."""
    if g.case.closed_on is not None:
        return redirect(url_for("lives.reopen", case_id=case_id))
    owed = what_is_open(g.case)
    form: CloseForm = _form(close_form([(one.key, one.what, one.said) for one in owed if one.may_rest]))
    if _saved(
        form,
        lambda seen: closing.close(
            current_user,
            case_id,
            seen,
            form.why.data or "",
            {box.name[5:]: box.data or "" for box in form.rests},
            what_is_open,
            _noted,
        ),
        "The case is closed. It stays to be read and found; its lines are gone from My work, and one there says so.",
    ):
        return redirect(url_for("cases.show", case_id=case_id))
    return shown("lives/close.html", form, case=g.case, owed=owed, first=[one for one in owed if not one.may_rest])


@pages.route("/cases/<id:case_id>/reopen", methods=["GET", "POST"])
@permission("case.edit")
def reopen(case_id: str) -> Page:
    """Open a closed case again."""
    if g.case.closed_on is None and request.method == "GET":
        return redirect(url_for("cases.show", case_id=case_id))
    form: WhyForm = _form(WhyForm)
    if _saved(
        form,
        lambda seen: closing.reopen(current_user, case_id, seen, form.why.data or ""),
        "The case is open again. What rested is due again.",
    ):
        return redirect(url_for("cases.show", case_id=case_id))
    return shown("lives/reopen.html", form, case=g.case)


def what_is_open(case: Case) -> list[Owed]:
    """Every date that runs, every assessment on its way, every warning, and danger now."""
    found = [Owed("danger", "Danger now is written down", "", may_rest=False)] if case.danger else []
    for a in assessments.of_case(case.id):
        if a.state == SUBMITTED:
            found.append(Owed(a.id, f"{a.unit.address} waits for a safeguarding lead’s decision", "", may_rest=False))
        elif a.state == "draft":
            found.append(
                Owed(
                    a.id,
                    f"{a.unit.address} is being assessed and not decided",
                    "A returned one is among them." if a.returned_note else "",
                )
            )
    dates = deadlines.of_case(case, today())
    for one in (*dates.late, *dates.coming, *dates.without):
        named = f"{one.one.kind.name}{f', {one.one.found.about}' if one.one.found.about else ''}"
        by = (
            f"Its last day {'was' if one in dates.late else 'is'} {in_words(one.one.due)}."
            if one.one.due
            else "It has no day."
        )
        found.append(
            Owed(one.id, named, f"{by} {one.one.found.said}".strip(), may_rest=one.one.kind.code not in _NEVER_REST)
        )
    for w in warnings.in_force(steps.of_case(case.id)):
        found.append(
            Owed(w.step.id, "A warning that somebody was to look at again", f"By {in_words(w.due)}: {w.step.said}")
        )
    return found


def _noted(session: Session, case: Case, rests: Sequence[tuple[Owed, str]]) -> None:
    """Each date keeps why it rests as a line of its own: it runs on, and is back when the case is opened again."""
    deadlines.rest(session, current_user, case, {one.key: why for one, why in rests})
