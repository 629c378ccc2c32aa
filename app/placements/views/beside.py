"""Further units of a placement: the list of them all, adding one, changing it and taking it away."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments.models import Assessment
from app.assessments.views.of_case import assessment_of_case
from app.cases.alike import labels_of
from app.cases.household import household_of
from app.clocks import today
from app.placements import beside, filled
from app.placements.beside import OF_ONE_BUILDING, beside_of
from app.properties import keeping, known
from app.properties.models import UnitBeside
from app.properties.service import FURTHER, further_of, names_of
from app.suitability.casefile.household import MOST_FURTHER_UNITS, UNIT
from app.web.page import Page, saved, shown
from forms.accounts import EmptyForm
from forms.placements import ASKED_UNIT_BESIDE, UnitBesideForm
from forms.properties import BesideFromRegisterForm, FactsForm

pages = Blueprint("beside", __name__)
_UNITS = "/cases/<id:case_id>/assessments/<id:assessment_id>/units"


@pages.get(_UNITS)
@permission("case.edit")
def listed(case_id: str, assessment_id: str) -> Page:
    """The units of a placement, the first one first."""
    assessment = assessment_of_case(assessment_id)
    called = labels_of(g.case)
    names = names_of(assessment.unit)
    return shown(
        "placements/units.html",
        EmptyForm(),
        case=g.case,
        assessment=assessment,
        first=names[UNIT] if len(names) > 1 else "",
        left=_left(assessment, called),
        others=[_shown(other, called) for other in assessment.unit.further],
        is_full=len(assessment.unit.further) >= MOST_FURTHER_UNITS,
        most=MOST_FURTHER_UNITS,
    )


def _left(assessment: Assessment, called: dict[str, str]) -> str:
    """Who sleeps in the first: whoever sleeps in no other, once that is known of each; nothing where it is alone."""
    others = assessment.unit.further
    if not others:
        return ""
    if any(other.sleeps is None for other in others):
        return "not known"
    placed = {key for other in others for key in other.sleeps or ()}
    return ", ".join(called[m.key] for m, _ in _people(assessment) if m.key not in placed) or "nobody"


def _shown(other: UnitBeside, called: dict[str, str]) -> dict[str, Any]:
    people = [called[key] for key in other.sleeps or () if key in called]
    said = "not known" if other.sleeps is None else ", ".join(people) or "nobody"
    return {"key": other.key, "door": other.door, "sleeps": said, "unit": other.unit}


@pages.route(f"{_UNITS}/new", methods=["GET", "POST"])
@permission("case.edit")
def new(case_id: str, assessment_id: str) -> Page:
    """A further unit: what is so of the building is shown as it is of the first, to be looked at."""
    assessment = assessment_of_case(assessment_id)
    values, others = FURTHER.read(assessment.unit), filled.of_building(assessment)
    chosen = next((u for u in others if u.id == request.args.get("register")), None)
    found = known.on(keeping.evidence_of([chosen]), today()) if chosen else None
    form = _form(assessment, {name: values[name] for name in OF_ONE_BUILDING}, chosen, found)
    if request.method == "POST" and form.validate():
        made: list[str] = []
        said = ASKED_UNIT_BESIDE.said(form)
        if saved(
            form,
            lambda seen_version: made.append(beside.add(current_user, assessment_id, seen_version, said)),
            "The unit is added. Enter its rooms.",
        ):
            return redirect(url_for("placements.rooms", case_id=case_id, assessment_id=assessment_id, unit_key=made[0]))
    against = known.against(found, household_of(g.case), today()) if found else ()
    return shown(
        "placements/unit.html", form, case=g.case, assessment=assessment, door="", others=others, chosen=chosen, known=found,
        against=against,
    )  # fmt: skip


@pages.route(f"{_UNITS}/<key:unit_key>/change", methods=["GET", "POST"])
@permission("case.edit")
def change(case_id: str, assessment_id: str, unit_key: str) -> Page:
    """The facts of a further unit, and who sleeps there."""
    assessment = assessment_of_case(assessment_id)
    other = _of_key(assessment, unit_key)
    form = _form(assessment, vars(further_of(other)))
    if request.method == "POST" and form.validate():
        said = ASKED_UNIT_BESIDE.said(form)
        if saved(
            form,
            lambda seen_version: beside.change(current_user, assessment_id, seen_version, unit_key, said),
            "The unit is saved.",
        ):
            return redirect(url_for("beside.listed", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "placements/unit.html", form, case=g.case, assessment=assessment, door=other.door, others=(), chosen=None
    )


@pages.post(f"{_UNITS}/<key:unit_key>/remove")
@permission("case.edit")
def remove(case_id: str, assessment_id: str, unit_key: str) -> Response:
    """Take a further unit away."""
    _of_key(assessment_of_case(assessment_id), unit_key)
    form = EmptyForm()
    if not saved(
        form,
        lambda seen_version: beside.remove(current_user, assessment_id, seen_version, unit_key),
        "The unit is taken away.",
    ):
        flash(
            "Somebody changed this case since you opened the page, so nothing was taken away. Look at it again.",
            "important",
        )
    return redirect(url_for("beside.listed", case_id=case_id, assessment_id=assessment_id))


def _of_key(assessment: Assessment, unit_key: str) -> UnitBeside:
    found = beside_of(assessment, unit_key)
    if found is None:
        abort(404)
    return found


def _form(
    assessment: Assessment, values: dict[str, Any], unit: Any = None, found: known.Known | None = None
) -> UnitBesideForm:
    """The boxes, filled in; of a unit of the register with what is known of it and nobody says otherwise."""
    kind = BesideFromRegisterForm if unit is not None else UnitBesideForm
    if request.method == "POST":
        form = kind()
    else:
        boxes = ASKED_UNIT_BESIDE.shown(values)
        if found is not None:
            boxes |= {**FactsForm.shown(found.agreed()), "door": unit.door}
            boxes |= {fact.name: None for fact in found.differing() if fact.name in boxes}
        form = kind(data={"version": str(g.case.version), **boxes})
    form.sleeps.items = [(m.key, name, "") for m, name in _people(assessment)]
    return form


def _people(assessment: Assessment) -> list[tuple[Any, str]]:
    called = labels_of(assessment.case)
    return [(m, called[m.key]) for m in assessment.case.members if m.kind != "unborn"]
