"""The register: its list, a building, a unit, and what is written down of either. Every page that goes out is noted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.audit import service as audit
from app.cases import protected
from app.clocks import today
from app.placements import registered
from app.places.directory.importers.found import is_refuge
from app.problem import Problem
from app.properties import keeping, known
from app.properties.register import RegisterBuilding, RegisterEvidence, RegisterUnit
from app.web.page import Page, shown
from forms import property_words as words
from forms.properties import FORMS, BuildingForm, EvidenceForm, FactsForm, LiftForm, StrikeOutForm, UnitForm

pages = Blueprint("properties", __name__)
STATES = {
    "restriction": "With a restriction in force",
    "overdue": "Inspection overdue",
    "never": "Never inspected",
    "void": "Out of use",
}


def building_or_404(building_id: str) -> RegisterBuilding:
    """A building; one at the postcode of a refuge is as one that there is not, whoever asks."""
    found = keeping.building(building_id)
    if found is None or protected.register()(in_text(found)):
        abort(404)
    return found


def unit_or_404(register_id: str) -> RegisterUnit:
    found = keeping.unit(register_id)
    if found is None:
        abort(404)
    building_or_404(found.building_id)
    return found


def in_text(building: RegisterBuilding) -> str:
    """What is looked through for the postcode of a refuge."""
    return f"{building.address}, {building.postcode}"


def open_ones(units: Sequence[RegisterUnit]) -> list[RegisterUnit]:
    """Units without those at the postcode of a refuge."""
    is_protected = protected.register()
    return [u for u in units if not is_protected(in_text(u.building))]


@pages.get("/properties")
@permission("property.view")
def listed() -> Page:
    """Units by address, a page at a time: by postcode or door, restricted, overdue, never inspected, out of use."""
    where, state = request.args.get("where", "")[:200], request.args.get("state", "")
    state = state if state in STATES else ""
    found = keeping.listed(where, state, today(), request.args.get("after", ""))
    units = open_ones(found.units)
    of = known.by_unit(keeping.evidence_of(units), units)
    taken = keeping.taken_on([u.id for u in units], today())
    audit.viewed("property.listed", "register_building", "", "")
    return render_template(
        "properties/list.html",
        rows=[(u, known.on(of[u.id], today()), u.id in taken) for u in units],
        more=found.units[-1].id if found.more else "",
        where=where,
        state=state,
        states=STATES,
        state_words=known.state_words,
    )


@pages.route("/properties/new", methods=["GET", "POST"])
@permission("property.write")
def new_building() -> Page:
    form = BuildingForm()
    made: list[str] = []
    values = {name: form[name].data or "" for name in ("address", "postcode", "uprn", "notes")}

    def save() -> None:
        if is_refuge(values["address"], values["notes"]) or protected.register()(
            f"{values['address']}, {values['postcode']}"
        ):
            raise keeping.RegisterProblem("This address is not for this register.", "address")
        made.append(keeping.add_building(current_user, values))

    if _kept(form, save, "The building is in the register."):
        return redirect(url_for("properties.building", building_id=made[0]))
    return shown("properties/form.html", form, title="A building for the register", there=url_for("properties.listed"))


@pages.get("/properties/<id:building_id>")
@permission("property.view")
def building(building_id: str) -> Page:
    """A building: what is known of it, and its units."""
    found = building_or_404(building_id)
    units, rows = keeping.units_of(building_id), keeping.all_of_building(building_id)
    of, taken = known.by_unit(rows, units), keeping.taken_on([u.id for u in units], today())
    audit.viewed("property.viewed", "register_building", building_id, "")
    return render_template(
        "properties/building.html",
        building=found,
        known=known.on([r for r in rows if r.unit_id is None], today()),
        rows=[(u, known.on(of[u.id], today()), u.id in taken) for u in units],
        kinds=[(kind, words.KIND[kind]) for kind in words.OF_A_BUILDING],
        kind_words=words.KIND,
        state_words=known.state_words,
    )


@pages.route("/properties/<id:building_id>/units/new", methods=["GET", "POST"])
@permission("property.write")
def new_unit(building_id: str) -> Page:
    found, form = building_or_404(building_id), UnitForm()
    made: list[str] = []

    def save() -> None:
        made.append(keeping.add_unit(current_user, building_id, form.door.data or "", form.council_ref.data or ""))

    if _kept(form, save, "The unit is in the register."):
        return redirect(url_for("properties.unit", register_id=made[0]))
    there = url_for("properties.building", building_id=building_id)
    return shown("properties/form.html", form, title=f"A unit of {found.address}", there=there)


@pages.get("/properties/units/<id:register_id>")
@permission("property.view")
def unit(register_id: str) -> Page:
    """A unit: its restrictions first, its facts by whose word, everything that is known, and who is in it as far as one may see."""
    found = unit_or_404(register_id)
    audit.viewed("property.viewed", "register_unit", register_id, "")
    return render_template(
        "properties/unit.html",
        unit=found,
        known=known.on(keeping.evidence_of([found]), today()),
        stays=registered.stays_in(current_user, register_id),
        kinds=[(kind, words.KIND[kind]) for kind in words.OF_A_UNIT],
        kind_words=words.KIND,
        state_words=known.state_words,
        today=today(),
    )


# ---- writing down what is known


@pages.route("/properties/<id:building_id>/evidence/<key:evidence_kind>", methods=["GET", "POST"])
@permission("property.write")
def of_building(building_id: str, evidence_kind: str) -> Page:
    """Something of the whole building."""
    found = building_or_404(building_id)
    if evidence_kind not in words.OF_A_BUILDING:
        abort(404)
    return _written(found, None, FORMS[evidence_kind](), words.KIND[evidence_kind])


@pages.route("/properties/units/<id:register_id>/evidence/<key:evidence_kind>", methods=["GET", "POST"])
@permission("property.write")
def of_unit(register_id: str, evidence_kind: str) -> Page:
    """Something of one unit."""
    found = unit_or_404(register_id)
    if evidence_kind not in words.OF_A_UNIT:
        abort(404)
    return _written(found.building, found, FORMS[evidence_kind](), words.KIND[evidence_kind])


@pages.route("/properties/evidence/<id:evidence_id>/right", methods=["GET", "POST"])
@permission("property.write")
def right(evidence_id: str) -> Page:
    """What was written down is set right: the earlier words stay to be read."""
    row = _row(evidence_id)
    kind = LiftForm if row.kind == words.LIFTED else FORMS.get(row.kind)
    if kind is None:
        abort(404)
    form = kind(data=_shown(row)) if request.method == "GET" else kind()
    more = {"corrects": row.id, "lifts": row.lifts}
    return _written(*_of(row), form, f"Set right: {words.KIND[row.kind]}", more)


@pages.route("/properties/evidence/<id:evidence_id>/lift", methods=["GET", "POST"])
@permission("property.write")
def lift(evidence_id: str) -> Page:
    """A restriction is lifted, or a unit is back in use: by whose word, and what was seen."""
    row = _row(evidence_id)
    if row.kind not in words.LIFTABLE:
        abort(404)
    title = "Back in use" if row.kind == words.VOID else f"Lift the restriction: {known.reach(row)}"
    return _written(*_of(row), LiftForm(), title, {"lifts": row.id})


@pages.route("/properties/evidence/<id:evidence_id>/strike", methods=["GET", "POST"])
@permission("property.write")
def strike(evidence_id: str) -> Page:
    """Something was written down by mistake: it is taken back, with the reason, and stays to be read."""
    row, form = _row(evidence_id), StrikeOutForm()
    building, unit = _of(row)
    values = {
        "kind": words.STRUCK, "word": words.OFFICER, "said_by": current_user.name, "on": today(), "words": form.why.data or "",
        "corrects": row.id,
    }  # fmt: skip
    there = _there(building, unit)
    if _kept(form, lambda: keeping.add_evidence(current_user, building.id, row.unit_id, values), "Taken back."):
        return redirect(there)
    title = f"Take back as a mistake: {words.KIND[row.kind]}"
    return shown("properties/form.html", form, title=title, there=there, lines=[row.words] if row.words else [])


def _written(
    building: RegisterBuilding,
    unit: RegisterUnit | None,
    form: EvidenceForm,
    title: str,
    more: dict[str, Any] | None = None,
) -> Page:
    there = _there(building, unit)
    of = unit.id if unit else None

    def save() -> None:
        keeping.add_evidence(current_user, building.id, of, {**form.values(), **(more or {})})

    if _kept(form, save, "Written down."):
        return redirect(there)
    about = [unit.address if unit else f"The whole building: {building.address}"]
    return shown("properties/form.html", form, title=title, there=there, lines=about)


def _there(building: RegisterBuilding, unit: RegisterUnit | None) -> str:
    if unit is not None:
        return url_for("properties.unit", register_id=unit.id)
    return url_for("properties.building", building_id=building.id)


def _row(evidence_id: str) -> RegisterEvidence:
    row = keeping.row_of(evidence_id)
    if row is None:
        abort(404)
    return row


def _of(row: RegisterEvidence) -> tuple[RegisterBuilding, RegisterUnit | None]:
    return building_or_404(row.building_id), keeping.unit(row.unit_id) if row.unit_id else None


def _shown(row: RegisterEvidence) -> dict[str, Any]:
    """A row as the boxes of its form show it."""
    boxes = {
        name: getattr(row, name) for name in ("said_by", "on", "until", "words", "certificate", "reach", "under_age")
    }
    # What came from a file has no kind of word that a person may give: it is asked.
    boxes["word"] = row.word if row.word != words.SYSTEM else None
    return boxes | FactsForm.shown(row.facts or {})


def _kept(form: Any, save: Callable[[], object], done: str) -> bool:
    """Try to save what was sent; what cannot be right stands beside its box, and everything typed is still there."""
    if request.method != "POST" or not form.validate():
        return False
    try:
        save()
    except Problem as problem:
        form.refuse(problem.field, str(problem))
        return False
    flash(done, "success")
    return True
