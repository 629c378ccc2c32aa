"""The data sets for administrators, and what the pages rest on."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app import jobs
from app.accounts.policy import permission
from app.audit import service as audit
from app.cases import protected
from app.checklists import read_folder
from app.clocks import moment_in_words as moment
from app.clocks import today
from app.database import writing
from app.places.directory.importers.found import KINDS
from app.places.directory.vocabulary import vocabularies
from app.settings import current_settings
from app.suitability.advice.plain import plain, plain_source
from app.web.page import Page, shown
from forms.data import LOAD, LOOK, LoadForm

from . import asked, due, loading, loads, progress, service, undo
from .directory import directory
from .files import FileProblem
from .postcodes.gazetteer import GazetteerProblem

pages = Blueprint("places", __name__)
LOAD_DATA = "load_data"


@pages.get("/data")
@permission("data.manage")
def data_sets() -> Page:
    """Which data is loaded, how old it is, what changed, and what was wrong row by row."""
    listed, settings = loads.recent(), current_settings()
    return render_template(
        "places/data.html",
        listed=listed,
        undoable={load.id for load in listed if undo.can_be_undone(settings, load, listed)},
        running=progress.running(settings.data),
        tried=loading.trials(settings),
        asked=asked.newest(settings),
        due=due.of_each(service.days_of_data(), today()),
        tables={name: table.title for name, table in vocabularies().items()},
        vocabularies=vocabularies().values(),
        kinds=loads.KINDS,
        counts=directory.counts(today()),
        kind_names=KINDS,
        gazetteer=service.gazetteer_about(),
        boundaries=service.districts().about(),
        today=today(),
        all_problems=loads.ALL_PROBLEMS,
        datasets=service.postcode_datasets(),
        to_load=service.data_to_load(today()),
    )


@pages.route("/data/load", methods=["GET", "POST"])
@permission("data.manage")
def load_data() -> Page:
    """Look at a file of the folder, or load it, as a job."""
    settings, form = current_settings(), LoadForm()
    there = asked.files(settings)
    form.file.items = [(f.name, f.name, f"{-(-f.bytes // 1000):,} kB, last changed {moment(f.changed)}") for f in there]
    form.kind.items = [(kind, name, "") for kind, name in loads.KINDS.items()]
    if request.method == "POST" and form.validate():
        what = LOAD if request.form.get("what") == LOAD else LOOK
        kind, file = form.kind.data or "", form.file.data or ""
        try:
            made = asked.ask(settings, kind, file, form.options(), what == LOOK, current_user.name)
        except FileProblem as problem:
            form.refuse("file", str(problem))
        else:
            try:
                with writing() as session:
                    jobs.enqueue(session, LOAD_DATA, made)
                    audit.record(session, "data.loaded", "data", kind, "", {"what": f"asked to {what}"})
            except BaseException:
                asked.withdraw(settings, made)
                raise
            flash("The file is being looked at." if what == LOOK else "The file is being loaded.", "success")
            return redirect(url_for("places.data_sets"))
    return shown("places/load.html", form, folder=settings.files_to_load, files=there)


def _do(asked_id: str) -> None:
    """The job: what was asked, done once, and in the audit as a load by the command is."""
    report = asked.do(current_settings(), asked_id, protected.register())
    if report is not None:
        with writing() as session:
            audit.record(session, "data.loaded", "data", report.kind, "", {"state": report.state, "rows": report.rows})


jobs.register(LOAD_DATA, _do, "Load of a data set", long=True)


@pages.post("/data/<id:load_id>/<any(approve, discard, undo):what>")
@permission("data.manage")
def decide_load(load_id: str, what: str) -> Response:
    """Take a load that was held, throw it away, or take the newest of a data set back."""
    load = loads.find(load_id)
    if load is None:
        abort(404)
    try:
        if what == "approve":
            report = loading.approve(current_settings(), load, current_user.name, is_protected=protected.register())
            flash(
                "Loaded." if report.state == "active" else report.why,
                "success" if report.state == "active" else "important",
            )
        elif what == "undo":
            loading.take_back(current_settings(), load, current_user.name, protected.register())
            flash("Taken back. What was there before serves again.", "success")
        else:
            loading.discard(current_settings(), load, current_user.name)
            flash("Discarded. What was there still serves.", "success")
        with writing() as session:
            audit.record(session, "data.loaded", "data", load.kind, "", {"what": what})
    except FileProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("places.data_sets"))


@pages.get("/about-the-data")
@permission("data.view")
def about() -> str:
    """Where points, numbers and words come from, and how old they are."""
    try:
        about = service.geocoder().gazetteer.about()
    except GazetteerProblem:
        about = {}
    checklist = read_folder()
    return render_template(
        "places/about.html",
        about=about,
        checklist=checklist,
        settings=[
            (plain(checklist, s.says), s.value, s.owner, plain_source(s.source), s.checked)
            for name, s in checklist.settings.items()
            if name != "protected_metres"
        ],
    )
