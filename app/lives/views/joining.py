"""The page on which people of another case are taken into this household."""

from __future__ import annotations

from typing import Any

from flask import g, redirect, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments.placed import is_placed
from app.cases.alike import labels_of
from app.cases.models import Case, folded_number
from app.cases.service import visible_to
from app.clocks import today
from app.extensions import db
from app.lives import families, joining, steps
from app.lives.joining import Joining
from app.lives.views.ending import _noted, what_is_open
from app.lives.views.known import pages
from app.lives.views.parting import goes_along
from app.sharing import parted
from app.web.page import Page, saved, shown
from forms.lives import join_form


@pages.route("/cases/<id:case_id>/join", methods=["GET", "POST"])
@permission("case.edit")
def join(case_id: str) -> Page:
    """Which case first; then who of it may be entered here already, since when, and why."""
    case: Case = g.case
    asked = (request.form if request.method == "POST" else request.args).get("other", "")
    other = _seen(asked, case_id)
    if other is None:
        form: Any = join_form(())()
        if asked:
            form.refuse("other", "There is no other case with this reference that you may see.")
        return shown("lives/join.html", form, case=case, other=None, asked=asked)
    called, theirs = labels_of(case), labels_of(other)
    there = joining.alike(case, other)
    kind = join_form(
        (key, theirs[key], [(m.key, f"The same person as {called[m.key]}") for m in listed])
        for key, listed in there.items()
    )
    first = {"version": str(case.version), "other": other.reference, "other_version": str(other.version)}
    form = kind() if request.method == "POST" else kind(data=first)
    if (
        request.method == "POST"
        and form.validate()
        and saved(form, lambda seen: _write(form, case, other, seen), _DONE)
    ):
        return redirect(url_for("cases.show", case_id=case_id))
    have_parted = joining.are_parted(steps.of_case(case_id), steps.of_case(other.id))
    first_done = [one.what for one in what_is_open(other) if not one.may_rest]
    return shown(
        "lives/join.html", form, case=case, other=other, asked=asked, people=list(theirs.values()), parted=have_parted, first=first_done,
        links=parted.open_links(db.session, other.id),
    )  # fmt: skip


_DONE = "They are one household now, and the other case is closed. What is known of them came along. Have the household assessed afresh."


def _seen(reference: str, case_id: str) -> Case | None:
    """Another case that this person may see, by its reference."""
    folded = folded_number(reference)
    query = visible_to(current_user).where(Case.reference_folded == folded, Case.id != case_id)
    found: Case | None = db.session.scalars(query).unique().first() if folded else None
    return found


def _write(form: Any, case: Case, other: Case, seen: int) -> None:
    told = Joining(
        on=form.on.data or today(), why=form.why.data or "", source=form.source.data or "", grade=form.grade.data or "E0", same=form.same
    )  # fmt: skip
    version = str(form.other_version.data or "")
    joining.write(
        current_user, case.id, seen, other.id, int(version) if version.isdecimal() and len(version) < 10 else -1, told,
        goes_along, lambda session, one: parted.end(session, one, {}), what_is_open, _noted, lambda session, one: families.watched(current_user, session, one, is_placed),
    )  # fmt: skip
