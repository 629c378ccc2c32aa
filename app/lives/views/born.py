"""The page on which it is written down that a child is born."""

from __future__ import annotations

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments import carrying
from app.cases.alike import labels_of
from app.cases.models import Case
from app.lives import births
from app.lives.births import Baby, Birth
from app.web.page import Page, saved, shown
from forms.lives import BornForm

pages = Blueprint("born", __name__)
ELSEWHERE = "elsewhere"


@pages.route("/cases/<id:case_id>/members/<id:member_id>/born", methods=["GET", "POST"])
@permission("case.edit")
def born(case_id: str, member_id: str) -> Page:
    """Of an unborn child, or of who is pregnant where no unborn child is entered."""
    case: Case = g.case
    person = next((m for m in case.members if m.id == member_id), None)
    if person is None or not (person.kind == "unborn" or person.pregnant):
        abort(404)
    called = labels_of(case)
    mother = person.mother or "" if person.kind == "unborn" else person.key
    form = BornForm() if request.method == "POST" else BornForm(data={"version": str(case.version), "mother": mother})
    form.mother.items = [(m.key, called[m.key], "") for m in case.members if m.kind != "unborn" and m.sex != "male"]
    form.mother.items.append((ELSEWHERE, "Somebody who is not in this household, or it is not known", ""))
    if request.method == "POST" and form.validate() and form.born.data is not None:
        birth = Birth(
            on=form.born.data,
            babies=[Baby(*told) for told in form.babies()],
            mother="" if form.mother.data in (None, ELSEWHERE) else form.mother.data,
            still_pregnant=form.still_pregnant.data or "",
            grade=form.grade.data or "E0",
            said=form.said.data or "",
        )
        if saved(
            form,
            lambda seen: births.write(current_user, case.id, seen, person.key, birth, carrying.worries_of_the_unborn),
            f"{form.name.data} is a child of this household now. What was said before the birth stays to be read, and is asked anew.",
        ):
            return redirect(url_for("cases.show", case_id=case.id))
    who = (
        called.get(person.key, person.name) if person.kind == "unborn" else f"the unborn child of {called[person.key]}"
    )
    return shown("lives/born.html", form, case=case, who=who)
