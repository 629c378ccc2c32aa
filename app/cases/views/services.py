"""The services a family uses now: typed, or chosen from the council's directory."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, g, jsonify, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.cases import alike, service
from app.cases.household import SERVICE
from app.cases.models import Case, CaseService
from app.checklists import read_folder
from app.clocks import today
from app.places import service as places
from app.places.directory import directory
from app.places.directory.importers.found import KINDS
from app.suitability.casefile import wording
from app.suitability.casefile.values import LONGEST_NAME
from app.web.page import Page, saved, shown
from forms.cases import ASKED_SERVICE, FindServiceForm, ServiceForm

pages = Blueprint("services", __name__)
LOOKED_UP = 3  # letters before anything is looked up
OFFERED = 8
_FIELDS = ("kind", "name", "postcode", "used_by", "open_known", "open_days")


@pages.route("/cases/<id:case_id>/services/new", methods=["GET", "POST"])
@pages.route("/cases/<id:case_id>/services/<id:part_id>", methods=["GET", "POST"])
@permission("case.edit")
def used(case_id: str, part_id: str | None = None) -> Page:
    """One service: what was typed or stored, over it what an entry of the directory says."""
    case: Case = g.case
    stored = _entry(case, part_id)
    chosen = _chosen(request.args.get("entry", "")[:32]) if request.method == "GET" else None
    if request.method == "GET":
        form = ServiceForm(data={"version": str(case.version), **_typed(stored), **_told(chosen)})
    else:
        form = ServiceForm()
    called = alike.labels_of(case)
    form.used_by.items = [(m.key, called[m.key], "") for m in case.members]
    if request.method == "POST" and form.validate():
        values = SERVICE.columns(ASKED_SERVICE.said(form))
        kind, postcode = form.kind.data or "", form.postcode.data or ""
        values |= {
            "kind": kind,
            "postcode": postcode,
            "directory_ref": directory.ref_of(values["directory_ref"] or "", kind, postcode, values["name"]),
        }
        if saved(
            form,
            lambda seen_version: service.save_service(current_user, case.id, seen_version, part_id, values),
            "The service is saved.",
        ):
            say_where(postcode)
            return redirect(url_for("cases.show", case_id=case.id))
    return shown(
        "cases/service.html",
        form,
        case=case,
        names=_FIELDS,
        stored=stored,
        chosen=chosen,
        days=wording.DAY,
        has_directory=bool(directory.counts(today())),
    )


def say_where(postcode: str) -> None:
    """Say at once when a postcode that was saved is in no list, or no longer in use: what is measured from it stays open."""
    place = places.locate(postcode) if postcode else None
    if place is not None and place.reason:
        flash(f"{place.reason}{'' if place.has_point else ' Distances to it cannot be measured yet.'}", "important")


@pages.route("/cases/<id:case_id>/services/find", methods=["GET", "POST"])
@pages.route("/cases/<id:case_id>/services/<id:part_id>/find", methods=["GET", "POST"])
@permission("case.edit")
def find(case_id: str, part_id: str | None = None) -> Page:
    """Look in the directory. What is looked for is posted, so that it stays out of addresses and logs."""
    case: Case = g.case
    stored = _entry(case, part_id)
    form = FindServiceForm(data=_typed(stored)) if request.method == "GET" else FindServiceForm()
    form.kind.items = [item for item in form.kind.items if item[0] in KINDS]
    found = None
    if request.method == "POST" and form.validate():
        found = directory.search(form.words.data or "", form.kind.data or "", read_folder().numbers, today())
    return shown(
        "cases/find_service.html",
        form,
        case=case,
        stored=stored,
        found=found,
        unlisted="" if found is None or directory.has_any(form.kind.data or "") else KINDS[form.kind.data or ""],
        most=directory.MOST_FOUND,
        days=wording.DAY,
    )


@pages.route("/cases/<id:case_id>/services/look", methods=["POST"])
@permission("case.edit")
def look(case_id: str) -> Response:
    """What the directory holds of what was typed so far, as JSON: a list to choose from beside the box. Posted, as above."""
    kind, words = request.form.get("kind", ""), request.form.get("words", "").strip()[:LONGEST_NAME]
    if kind not in KINDS or len(words) < LOOKED_UP:
        return jsonify(found=[])
    entries = directory.search(words, kind, read_folder().numbers, today(), OFFERED)
    return jsonify(found=[{"words": e.name, "beside": _beside(e), **_told(e)} for e in entries])


def _beside(e: directory.Entry) -> str:
    """What tells one entry from another of the same name."""
    return ", ".join(part for part in (e.address, e.written_postcode, e.closes, e.doubt) if part)


def _entry(case: Case, part_id: str | None) -> CaseService | None:
    found = next((s for s in case.services if s.id == part_id), None)
    if part_id is not None and found is None:
        abort(404)
    return found


def _chosen(entry_id: str) -> directory.Entry | None:
    return next(iter(directory.by_ids([entry_id], read_folder().numbers, today())), None) if entry_id else None


def _typed(stored: CaseService | None) -> dict[str, Any]:
    return ASKED_SERVICE.shown(SERVICE.read(stored)) if stored else {}


def _told(chosen: directory.Entry | None) -> dict[str, Any]:
    """What an entry fills in. Opening days only where it says them and can be relied on: else they are still to be asked."""
    if chosen is None:
        return {}
    return {
        "kind": chosen.kind,
        "name": chosen.name,
        "postcode": chosen.written_postcode,
        "open_known": None if chosen.open_days is None else "yes",
        "open_days": chosen.open_days,
        "directory_ref": chosen.ref,
    }
