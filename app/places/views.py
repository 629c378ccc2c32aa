"""Pages about places: confirming a district, ways that were checked, protected places, and the data sets for administrators."""

from __future__ import annotations

from flask import Blueprint, abort, current_app, flash, g, redirect, render_template, url_for
from flask import request as asked
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.assessments import placing
from app.assessments import service as assessments
from app.assessments.models import DRAFT, Assessment
from app.audit import service as audit
from app.cases import service as cases
from app.cases.household import household_of
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.decisions import freeze
from app.settings import Settings
from app.web import Page, saved, shown
from forms.accounts import EmptyForm
from forms.cases import words
from forms.places import ELSEWHERE, HOW, DistrictForm, JourneyForm, ProtectedForm

from . import directory, loading, loads, measuring, protected, service
from .files import FileProblem
from .importers.found import KINDS
from .locate_views import must_stay

pages = Blueprint("places", __name__)
_ASSESSMENT = "/cases/<id:case_id>/assessments/<id:assessment_id>"
_STALE = "Somebody changed this case since you opened the page, so nothing was removed. Look at it again."


def _load(assessment_id: str) -> Assessment:
    found = assessments.find(g.case, assessment_id)
    if found is None:
        abort(404)
    return found


def _settings() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    return settings


# ---- the district


@pages.route(f"{_ASSESSMENT}/district", methods=["GET", "POST"])
@permission("case.edit")
def district(case_id: str, assessment_id: str) -> Page:
    """Which authority's district the unit is in, confirmed by a person."""
    assessment = _load(assessment_id)
    council = _settings().council_authority
    found = service.district_of(service.locate_unit(assessment.unit), council)
    form = DistrictForm() if asked.method == "POST" else DistrictForm(data={"version": str(g.case.version)})
    named = {c.code: c.name or c.code for c in found.candidates}
    named[council] = service.districts().now_called(council).name or _settings().council_name
    form.authority.items = [*((code, name, code) for code, name in named.items()), (ELSEWHERE, "Another authority", "")]
    if asked.method == "POST" and form.validate():
        code = (form.code.data or "") if form.authority.data == ELSEWHERE else (form.authority.data or "")
        how = f"{dict(HOW)[form.how.data or '']}: {form.who.data}"
        if saved(
            form,
            lambda seen: placing.confirm_district(current_user, assessment_id, seen, code, how),
            "The district is confirmed.",
        ):
            return redirect(url_for("assessments.result", case_id=case_id, assessment_id=assessment_id))
    said = service.confirmed_in_words(assessment.authority, assessment.authority_how, found, council)
    return shown("places/district.html", form, case=g.case, assessment=assessment, found=found, confirmed=said)


# ---- ways that were checked


@pages.route(f"{_ASSESSMENT}/journeys", methods=["GET", "POST"])
@permission("case.edit")
def journeys(case_id: str, assessment_id: str) -> Page:
    """Ways somebody checked, and a form for another."""
    assessment = _load(assessment_id)
    if not g.case.members:
        return redirect(url_for("cases.show", case_id=case_id))
    household = household_of(g.case)
    names = freeze.subject_names(household)
    form = JourneyForm() if asked.method == "POST" else JourneyForm(data={"version": str(g.case.version)})
    form.people.items = [(m.key, names[m.key], "") for m in household.members]
    used = list(dict.fromkeys(s.kind for s in household.services))
    form.kind.items = [(kind, words(kind), "") for kind in used]
    if asked.method == "POST" and form.validate():
        people, values = form.people.data or [], form.values()
        if saved(
            form,
            lambda seen: placing.add_journey(current_user, assessment_id, seen, people, values),
            "The way is written down.",
        ):
            return redirect(url_for("places.journeys", case_id=case_id, assessment_id=assessment_id))
    return shown(
        "places/journeys.html",
        form,
        case=g.case,
        assessment=assessment,
        names=names,
        words=words,
        used=used,
        may_measure=assessment.state == DRAFT
        and (_settings().walking_network.exists() or bool(_settings().transit_url)),
    )


@pages.post(f"{_ASSESSMENT}/journeys/<int(max=999):number>/remove")
@permission("case.edit")
def remove_journey(case_id: str, assessment_id: str, number: int) -> Page:
    """Remove what was written down by mistake."""
    _load(assessment_id)
    if not saved(
        EmptyForm(), lambda seen: placing.remove_journey(current_user, assessment_id, seen, number), "Removed."
    ):
        flash(_STALE, "important")
    return redirect(url_for("places.journeys", case_id=case_id, assessment_id=assessment_id))


@pages.post(f"{_ASSESSMENT}/journeys/measure")
@permission("case.edit")
def measure_journeys(case_id: str, assessment_id: str) -> Page:
    """Work out the ways by what this council has; what cannot be worked out is said to be not measured."""
    assessment = _load(assessment_id)
    here = url_for("places.journeys", case_id=case_id, assessment_id=assessment_id)
    if not g.case.members:
        return redirect(here)
    numbers = read_folder().numbers
    stays = bool(must_stay(g.case, assessment))
    post = current_app.extensions.get("outside_post")
    engines = measuring.providers(_settings(), numbers, today(), stays, post)
    if not engines:
        flash("Nothing that measures ways is set up. Write down a way that was checked.", "important")
        return redirect(here)
    unit = service.locate_unit(assessment.unit)
    found = measuring.measure(household_of(g.case), unit, today(), engines, words)
    asked_outside = [e.name for e in engines if e.name == "public_transport"]
    if asked_outside:
        placing.note_asked(case_id, assessment_id, asked_outside, "measured" if found.journeys else "unavailable")
    if not saved(
        EmptyForm(),
        lambda seen: placing.keep_measured(current_user, assessment_id, seen, found.journeys),
        f"{len(found.journeys)} ways are measured.",
    ):
        flash("Somebody changed this case since you opened the page. Look at it again.", "important")
    for sentence in found.not_measured[:6]:
        flash(sentence, "important")
    return redirect(here)


# ---- protected places


@pages.route("/cases/<id:case_id>/protected", methods=["GET", "POST"])
@permission("protected.manage")
def protected_places(case_id: str) -> Page:
    """Places the family must not be near: what kind, by whom and when; never where."""
    form = ProtectedForm() if asked.method == "POST" else ProtectedForm(data={"version": str(g.case.version)})
    form.role.items = [(code, name, "") for code, name in protected.ROLES.items()]
    if asked.method == "POST" and form.validate():
        typed = (form.role.data or "", form.address.data or "", form.postcode.data or "")
        if saved(form, lambda seen: _keep(case_id, seen, *typed), "Written down and sealed."):
            return redirect(url_for("places.protected_places", case_id=case_id))
    return shown("places/protected.html", form, case=g.case, places=protected.of_case(case_id), roles=protected.ROLES)


def _keep(case_id: str, seen: int, role: str, address: str, postcode: str) -> None:
    with writing() as session:
        cases.take(session, case_id, seen)
        made = protected.seal(session, current_user, case_id, role, address, postcode)
        audit.record(session, "protected.added", "protected_place", made.id, case_id)


@pages.post("/cases/<id:case_id>/protected/<id:place_id>/remove")
@permission("protected.manage")
def remove_protected(case_id: str, place_id: str) -> Page:
    """Take a protected place out of use; what was sealed is destroyed."""
    gone: list[bool] = []

    def take_out(seen: int) -> None:
        with writing() as session:
            cases.take(session, case_id, seen)
            gone.append(protected.remove(session, case_id, place_id))
            if gone[0]:
                audit.record(session, "protected.removed", "protected_place", place_id, case_id)

    if not saved(EmptyForm(), take_out, "Taken out."):
        flash(_STALE, "important")
    elif not gone[0]:
        abort(404)
    return redirect(url_for("places.protected_places", case_id=case_id))


# ---- data sets


@pages.get("/data")
@permission("data.manage")
def data_sets() -> Page:
    """Which data is loaded, how old it is, what changed, and what was wrong row by row."""
    return render_template(
        "places/data.html",
        listed=loads.recent(),
        kinds=loads.KINDS,
        counts=directory.counts(),
        kind_names=KINDS,
        gazetteer=service.gazetteer_about(),
        boundaries=service.districts().about(),
        today=today(),
        all_problems=loads.ALL_PROBLEMS,
        datasets=service.postcode_datasets(),
        to_load=service.data_to_load(today()),
    )


@pages.post("/data/<id:load_id>/<any(approve, discard):what>")
@permission("data.manage")
def decide_load(load_id: str, what: str) -> Response:
    """Take a load that was held, or throw it away."""
    load = loads.find(load_id)
    if load is None:
        abort(404)
    try:
        if what == "approve":
            report = loading.approve(_settings(), load, current_user.name, is_protected=protected.register())
            flash(
                "Loaded." if report.state == "active" else report.why,
                "success" if report.state == "active" else "important",
            )
        else:
            loading.discard(_settings(), load, current_user.name)
            flash("Discarded. What was there still serves.", "success")
        with writing() as session:
            audit.record(session, "data.loaded", "data", load.kind, "", {"what": what})
    except FileProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("places.data_sets"))
