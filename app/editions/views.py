"""Copies of a record for single readers: which there are, what each would hold and leave out, making one, and its PDF."""

from __future__ import annotations

import json

from flask import Blueprint, abort, flash, g, redirect, render_template, request, send_file, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from app.accounts.policy import permission
from app.extensions import db
from app.problem import Problem
from app.records.models import Record
from app.records.proof import body_of
from app.web.page import Page, saved
from forms.accounts import EmptyForm
from forms.editions import CopyForm

from . import service, table
from .models import Edition
from .release import Chosen, words_of
from .table import Reader

pages = Blueprint("editions", __name__)
NOBODY = "nobody"  # of the household: the other parent lives elsewhere


def _record(record_id: str) -> Record:
    record = db.session.get(Record, record_id)
    if record is None or record.case_id != g.case.id:
        abort(404)
    return record


def _edition(record_id: str, edition_id: str) -> Edition:
    found = service.find(_record(record_id).id, edition_id)
    if found is None:
        abort(404)
    return found


@pages.get("/cases/<id:case_id>/records/<id:record_id>/copies")
@permission("record.view")
def chosen(case_id: str, record_id: str) -> Page:
    """Each reader there is a copy for, and the copies that were made."""
    record = _record(record_id)
    return render_template(
        "editions/chosen.html",
        case=g.case,
        record=record,
        can_copy=service.can_copy(record),
        readers=table.read().readers.values(),
        by_hand={code for code, reader in table.read().readers.items() if reader.family},
        called={code: reader.called for code, reader in table.read().readers.items()},
        copies=[(made, service.waits(made, g.case), service.is_there(made)) for made in service.of_record(record.id)],
    )


@pages.route("/cases/<id:case_id>/records/<id:record_id>/copies/<key:reader>", methods=["GET", "POST"])
@permission("record.share")
def reader(case_id: str, record_id: str, reader: str) -> Page:
    """What a reader would be given and what not, and why; then the copy itself."""
    record, wanted = _record(record_id), table.read().readers.get(reader)
    if wanted is None or not service.can_copy(record):
        abort(404)
    form = CopyForm() if request.method == "POST" else CopyForm(data={"version": str(g.case.version)})
    _offer(form, record, wanted)
    looked, status = None, 200
    if request.method == "GET" and wanted.about:
        form.adult.data = form.adult.items[0][0] if form.adult.items else None
        form.children.data = [item[0] for item in form.children.items]
    if request.method == "GET" or form.validate():
        try:
            looked = service.preview(record, reader, _chosen(form))
        except Problem as problem:
            form.refuse("reason" if form.opened.data else "adult", str(problem))
        if looked is not None:
            form.opened.items = [(w.item, w.says, w.why) for w in looked.withheld if w.may_open]
            form.opened.items += [
                (i, _says(i), "") for i in form.opened.data or () if i not in {x[0] for x in form.opened.items}
            ]
        if looked is not None and request.form.get("do") == "make":
            made: list[Edition] = []

            def make(seen_version: int) -> None:
                made.append(service.make(current_user, record.id, seen_version, reader, _chosen(form)))

            if saved(form, make, "The copy is made. Its PDF is ready in a few seconds."):
                return redirect(url_for("editions.chosen", case_id=case_id, record_id=record_id))
    if form.errors:
        status = 422
    page = render_template(
        "editions/reader.html",
        form=form,
        case=g.case,
        record=record,
        reader=wanted,
        body=looked.body if looked else None,
        withheld=looked.withheld if looked else [],
        level_words=words_of,
    )
    return page, status


def _says(item: str) -> str:
    return table.read().items[item].says


def _offer(form: CopyForm, record: Record, wanted: Reader) -> None:
    """The people a copy may be about, and everything that may be opened for it."""
    members = json.loads(body_of(record))["case_file"]["household"]["members"]
    if wanted.about == "adult":
        form.adult.items = [(m["key"], m["name"], "") for m in members if m["kind"] == "adult"]
        if wanted.code == "other_parent":
            form.adult.items.append((NOBODY, "Somebody who is not of this household", ""))
    if wanted.about == "child":
        form.children.items = [(m["key"], m["name"], "") for m in members if m["kind"] == "child"]
    form.opened.items = [(code, item.says, "") for code, item in table.read().items.items()]


def _chosen(form: CopyForm) -> Chosen:
    about = tuple(key for key in form.about() if key != NOBODY)
    return Chosen(about, dict.fromkeys(form.opened.data or (), form.reason.data or ""), form.words.data or "")


@pages.post("/cases/<id:case_id>/records/<id:record_id>/copies/<id:edition_id>/agree")
@permission("edition.agree")
def agree(case_id: str, record_id: str, edition_id: str) -> Response:
    """A second person agrees that a copy leaves."""
    made = _edition(record_id, edition_id)
    if not EmptyForm().validate():
        abort(404)
    try:
        service.agree(current_user, made.id)
        flash("Agreed. The copy may leave now.", "success")
    except service.EditionProblem as problem:
        flash(str(problem), "important")
    return redirect(url_for("editions.chosen", case_id=case_id, record_id=record_id))


@pages.get("/cases/<id:case_id>/records/<id:record_id>/copies/<id:edition_id>/copy.pdf")
@permission("record.view")
def pdf(case_id: str, record_id: str, edition_id: str) -> Response:
    """The sealed copy, under a name that tells nothing; one that waits for a second person does not go out."""
    made = _edition(record_id, edition_id)
    here = url_for("editions.chosen", case_id=case_id, record_id=record_id)
    if service.waits(made, g.case):
        flash("This copy waits for a second person. Until they agree it does not leave.", "important")
        return redirect(here)
    if not service.is_there(made):
        if made.pdf_sha256 is not None:
            service.ask_again(made)
        flash("The PDF is being made. Reload this page in a few seconds.", "important")
        return redirect(here)
    return send_file(
        service.file_of(made),
        mimetype="application/pdf",
        as_attachment=True,
        download_name=f"{made.number}.pdf",
        max_age=0,
    )
