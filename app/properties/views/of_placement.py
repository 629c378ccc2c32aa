"""A placement and the register: finding the unit, filling in from it, what it holds against this household, and taking it up."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Blueprint, abort, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.models import Assessment
from app.assessments.stay import STAY
from app.assessments.views.of_case import assessment_of_case
from app.cases.household import household_of
from app.clocks import today
from app.decisions import service as decisions
from app.placements import registered, service
from app.properties import keeping, known
from app.properties.service import UNIT
from app.properties.views.register import open_ones, unit_or_404
from app.web.page import Page, saved, shown
from forms import property_words as words
from forms.accounts import EmptyForm
from forms.placements import ASKED_PLACEMENT
from forms.properties import AnswerForm, FactsForm, FromRegisterForm, LeftForm, LongerForm, LookForm, TakeUpForm

pages = Blueprint("from_register", __name__)
_OF = "/cases/<id:case_id>/assessments/<id:assessment_id>/register"


@pages.route("/cases/<id:case_id>/placements/register", methods=["GET", "POST"])
@permission("case.edit")
def look(case_id: str) -> Page:
    """Look for a unit in the register, before a placement of it is proposed. What is typed stands in no address."""
    form = LookForm()
    units = None
    if request.method == "POST" and form.validate():
        units = keeping.matching(form.where.data or "", form.postcode.data or "")
    return shown("properties/look.html", form, case=g.case, assessment=None, rows=_rows(units), there=_case(case_id))


@pages.route("/cases/<id:case_id>/placements/register/<id:register_id>", methods=["GET", "POST"])
@permission("case.edit")
def propose(case_id: str, register_id: str) -> Page:
    """Propose a unit of the register: what is known of it is filled in, with its age and source beside it, for an officer to confirm."""
    unit = unit_or_404(register_id)
    found = known.on(keeping.evidence_of([unit]), today())
    filled = FactsForm.shown(found.agreed())
    filled |= {"address": unit.address, "postcode": unit.building.postcode, "starts": today()}
    form = (
        FromRegisterForm()
        if request.method == "POST"
        else FromRegisterForm(data={"version": str(g.case.version), **filled})
    )
    if request.method == "POST" and form.validate():
        made: list[str] = []
        values, stay = UNIT.columns(ASKED_PLACEMENT.said(form)), STAY.columns(ASKED_PLACEMENT.said(form))

        def _linked(session: Any, assessment: Assessment) -> None:
            registered.note_link(session, current_user, case_id, assessment, register_id)

        def save(seen_version: int) -> None:
            made.append(service.propose(current_user, case_id, seen_version, values, stay, _linked))

        if saved(form, save, "The placement is proposed."):
            return redirect(url_for("from_register.show", case_id=case_id, assessment_id=made[0]))
    return shown(
        "properties/propose.html",
        form,
        case=g.case,
        unit=unit,
        known=found,
        against=known.against(found, household_of(g.case), today()),
        there=url_for("from_register.look", case_id=case_id),
    )


@pages.get(_OF)
@permission("case.view")
def show(case_id: str, assessment_id: str) -> Page:
    """What the register holds of the unit of a placement: what is against this household first, each with its age."""
    assessment = assessment_of_case(assessment_id)
    standing = registered.standing(assessment, household_of(g.case), today())
    return render_template(
        "properties/held.html",
        case=g.case,
        assessment=assessment,
        standing=standing,
        kind_words=words.KIND,
        state_words=known.state_words,
        taken=keeping.taken_on([standing.unit.id], today()) if standing else set(),
    )


@pages.route(f"{_OF}/which", methods=["GET", "POST"])
@permission("case.edit")
def which(case_id: str, assessment_id: str) -> Page:
    """Say which unit of the register a placement is of that was proposed already."""
    assessment = assessment_of_case(assessment_id)
    form = LookForm()
    asked = request.method == "POST" and form.validate()
    if request.method == "GET":
        form.where.data, form.postcode.data = assessment.unit.address, assessment.unit.postcode
    units = None
    if asked or request.method == "GET":
        units = keeping.matching(form.where.data or "", form.postcode.data or "")
    there = url_for("from_register.show", case_id=case_id, assessment_id=assessment_id)
    return shown("properties/look.html", form, case=g.case, assessment=assessment, rows=_rows(units), there=there)


@pages.post(f"{_OF}/choose/<id:register_id>")
@permission("case.edit")
def choose(case_id: str, assessment_id: str, register_id: str) -> Page:
    """It is this unit. What was answered in the assessment stays what it is."""
    unit = unit_or_404(register_id)
    return _link(assessment_of_case(assessment_id), unit.id, f"This placement is of {unit.address}.")


@pages.post(f"{_OF}/leave")
@permission("case.edit")
def leave(case_id: str, assessment_id: str) -> Page:
    """It is no unit of the register after all."""
    return _link(assessment_of_case(assessment_id), None, "This placement is of no unit of the register now.")


def _link(assessment: Assessment, register_id: str | None, done: str) -> Page:
    form = EmptyForm()
    fine = form.validate()
    if not (fine and saved(form, lambda seen: registered.link(current_user, assessment.id, seen, register_id), done)):
        for problem in form.summary():
            flash(problem.text, "important")
    return redirect(url_for("from_register.show", case_id=g.case.id, assessment_id=assessment.id))


@pages.route(f"{_OF}/answer/<id:evidence_id>", methods=["GET", "POST"])
@permission("case.edit")
def answer(case_id: str, assessment_id: str, evidence_id: str) -> Page:
    """What the officer says to a restriction that is against this household."""
    assessment = assessment_of_case(assessment_id)
    standing = _standing(assessment)
    against = next((a for a in standing.against if a.line.row.id == evidence_id), None)
    if against is None:
        flash("The register holds nothing of this against the family any more.", "important")
        return redirect(url_for("from_register.show", case_id=case_id, assessment_id=assessment_id))
    form = AnswerForm()

    def save(seen_version: int) -> None:
        registered.answer(current_user, assessment_id, seen_version, evidence_id, against.said, form.said.data or "")

    lines = [against.said, against.line.said, f"{against.line.whose}, {against.line.age}."]
    return _form(assessment, form, save, "Written down.", "Answer a restriction", lines)


@pages.route(f"{_OF}/take-up", methods=["GET", "POST"])
@permission("case.edit")
def take_up(case_id: str, assessment_id: str) -> Page:
    """The family takes up the unit: the nights, which nobody else can then have."""
    assessment = assessment_of_case(assessment_id)
    standing = _standing(assessment)
    if standing.unanswered():
        flash("Answer first what the register holds against this family.", "important")
        return redirect(url_for("from_register.show", case_id=case_id, assessment_id=assessment_id))
    form = TakeUpForm() if request.method == "POST" else TakeUpForm(data=_nights(assessment))

    def save(seen_version: int) -> None:
        values = {"first": form.first.data, "last": form.last.data, "told_by": form.told_by.data or ""}
        registered.take_up(current_user, assessment_id, seen_version, values)

    lines = [f"{standing.unit.address}. Nobody else can have it on these nights."]
    if decisions.of_assessment(assessment_id) is None:
        lines.append("Nothing is decided on this placement yet. To write down that a family is there decides nothing.")
    return _form(assessment, form, save, "Written down. The unit is taken.", "The family takes up the unit", lines)


@pages.route(f"{_OF}/stays/<id:stay_id>/left", methods=["GET", "POST"])
@permission("case.edit")
def left(case_id: str, assessment_id: str, stay_id: str) -> Page:
    """The family left: the unit is free from that night on."""
    assessment, form = assessment_of_case(assessment_id), LeftForm()
    stay = _stay(assessment, stay_id)

    def save(seen_version: int) -> None:
        if form.left_on.data is not None:
            registered.left(current_user, assessment_id, seen_version, stay.id, form.left_on.data, form.said.data or "")

    return _form(
        assessment, form, save, "Written down. The unit is free from that night on.", "The family left", [stay.said]
    )


@pages.route(f"{_OF}/stays/<id:stay_id>/longer", methods=["GET", "POST"])
@permission("case.edit")
def longer(case_id: str, assessment_id: str, stay_id: str) -> Page:
    """The booking is made longer."""
    assessment, form = assessment_of_case(assessment_id), LongerForm()
    stay = _stay(assessment, stay_id)

    def save(seen_version: int) -> None:
        if form.last.data is not None:
            registered.stay_longer(current_user, assessment_id, seen_version, stay.id, form.last.data)

    return _form(assessment, form, save, "The booking is longer.", "Book more nights", [stay.said])


def _form(assessment: Assessment, form: Any, save: Any, done: str, title: str, lines: list[str]) -> Page:
    there = url_for("from_register.show", case_id=g.case.id, assessment_id=assessment.id)
    if request.method == "POST" and form.validate() and saved(form, save, done):
        return redirect(there)
    if request.method == "GET":
        form.version.data = str(g.case.version)
    return shown(
        "properties/form.html", form, title=title, there=there, lines=[line for line in lines if line], case=g.case
    )


def _standing(assessment: Assessment) -> registered.Standing:
    standing = registered.standing(assessment, household_of(g.case), today())
    if standing is None:
        abort(404)
    return standing


def _stay(assessment: Assessment, stay_id: str) -> Any:
    stay = next((s for s in _standing(assessment).stays if s.id == stay_id), None)
    if stay is None:
        abort(404)
    return stay


def _nights(assessment: Assessment) -> dict[str, Any]:
    """The nights that were proposed."""
    if assessment.starts is None:
        return {}
    last = assessment.starts + timedelta(days=assessment.nights - 1) if assessment.nights else None
    return {"first": assessment.starts, "last": last}


def _case(case_id: str) -> str:
    return url_for("placements.propose", case_id=case_id)


def _rows(units: Any) -> Any:
    """Each unit that was found with what is known of it; None where nobody looked."""
    if units is None:
        return None
    units = open_ones(units)
    of, taken = known.by_unit(keeping.evidence_of(units), units), keeping.taken_on([u.id for u in units], today())
    return [(u, known.on(of[u.id], today()), u.id in taken) for u in units]
