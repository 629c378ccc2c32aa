"""The search log of a family, and up to four of its placements side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import chain
from typing import Any, NamedTuple

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user

from app.accounts.policy import permission
from app.assessments import judging
from app.assessments import service as assessments
from app.assessments.models import DECIDED, DRAFT, SUBMITTED, Assessment
from app.assessments.views import result
from app.clocks import today
from app.decisions import record_contents, rows
from app.decisions.glance import glance
from app.placements import search
from app.placements.surroundings import Surroundings
from app.placements.views import where
from app.placements.views.far import far
from app.settings import current_settings
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Effect, Outcome, RowState
from app.suitability.casefile.values import in_sentence
from app.web.page import Page, saved, shown
from forms.search import ConsideredForm, StrikeForm

pages = Blueprint("search", __name__)
SIDE_BY_SIDE = 4
_STATES = {DRAFT: "being assessed", SUBMITTED: "waiting for review", DECIDED: "decided"}


@pages.get("/cases/<id:case_id>/places-considered")
@permission("case.view")
def listed(case_id: str) -> Page:
    """Every place that was considered, the newest day first."""
    form = ConsideredForm(formdata=None, data={"version": str(g.case.version), "on": today()})
    return _page(case_id, form)


@pages.post("/cases/<id:case_id>/places-considered")
@permission("case.edit")
def add(case_id: str) -> Page:
    """Write down a place that was considered, and what came of it."""
    form = ConsideredForm()
    _offer(form)
    if form.validate():
        if form.came.data in search.NEEDS_WHY and not form.because.data:
            form.because.errors = ["Say why: without a reason this is no evidence of a search."]
        elif saved(
            form, lambda seen: search.add(current_user, case_id, seen, form.values()), "The place is written down."
        ):
            return redirect(url_for("search.listed", case_id=case_id))
    return _page(case_id, form)


@pages.route("/cases/<id:case_id>/places-considered/<id:considered_id>/strike", methods=["GET", "POST"])
@permission("case.edit")
def strike(case_id: str, considered_id: str) -> Page:
    """Strike out what was written down by mistake, with the reason; it stays to be read."""
    row = next((one for one in search.of_case(case_id) if one.id == considered_id and one.struck_at is None), None)
    if row is None:
        flash("This was struck out while you were looking at it.", "important")
        return redirect(url_for("search.listed", case_id=case_id))
    form = StrikeForm() if request.method == "POST" else StrikeForm(data={"version": str(g.case.version)})
    if request.method == "POST" and form.validate():
        why = form.why.data or ""
        if saved(form, lambda seen: search.strike(current_user, case_id, seen, considered_id, why), "Struck out."):
            return redirect(url_for("search.listed", case_id=case_id))
    return shown("placements/strike.html", form, case=g.case, line=search.line(row))


def _page(case_id: str, form: ConsideredForm) -> Page:
    _offer(form)
    return shown("placements/search.html", form, case=g.case, lines=search.lines(search.of_case(case_id)))


def _offer(form: ConsideredForm) -> None:
    form.came.items = [(code, words, "") for code, words in wording.CAME_OF_PLACE.items()]
    form.district.items = [(code, words, "") for code, words in wording.DISTRICT.items()]


class Column(NamedTuple):
    """A placement as it stands beside the others."""

    address: str
    this: Mapping[str, str]
    state: str
    outcome: Outcome
    place: str
    children: Mapping[str, tuple[Outcome, str]]  # by name: what it comes to, and the gravest of why
    stops: Sequence[str]
    high: int
    to_know: int
    far: Sequence[Any]
    not_measured: str  # why nothing, or not everything, could be measured; empty where all was
    nightly_cost: str
    nights: int | None


@pages.get("/cases/<id:case_id>/compare")
@permission("case.view")
def compare(case_id: str) -> Page:
    """The newest placements side by side, each child the worst first: no sum, no rank, no score."""
    found = [a for a in assessments.of_case(case_id) if a.state in _STATES][:SIDE_BY_SIDE]
    columns = [column for column in map(_column, found) if column is not None]
    if len(columns) < 2:
        flash("There is nothing to compare yet: propose a second place first.", "important")
        return redirect(url_for("cases.show", case_id=case_id))
    names = dict.fromkeys(name for column in columns for name in column.children)
    worst_first = sorted(names, key=lambda name: -max(c.children[name][0].rank for c in columns if name in c.children))
    considered = search.lines([row for row in search.of_case(case_id) if row.struck_at is None])
    return render_template(
        "placements/compare.html",
        case=g.case,
        columns=columns,
        children=worst_first,
        outcome_words=wording.OUTCOME,
        words_of=wording.label,
        considered=considered,
    )


def _column(assessment: Assessment) -> Column | None:
    try:
        judged = judging.judge(assessment, today(), current_settings().council_authority)
    except judging.NotReady:
        return None
    names = record_contents.names_in(judged.file)
    found, criteria = judged.result, judged.checklist.criteria
    worries = rows.findings(judged, names)
    children = {}
    for child in found.children:
        of_rows = (criteria[found.rows[at].criterion].name for at in child.because)
        together = (judged.checklist.patterns[found.patterns[at].id].name for at in child.patterns)
        first = next(chain(of_rows, together), "")
        is_open = bool(child.because) and found.rows[child.because[0]].state is RowState.OPEN
        why = in_sentence(first)
        children[names[child.key]] = (child.outcome, f"it is not known yet: {why}" if is_open else why)
    names_of_stops = list(
        dict.fromkeys(f["name"] for f in (*worries, *rows.patterns(judged, names)) if result.stops(f))
    )
    around = where.around(assessment, judged, near=False)
    cost = assessment.nightly_cost_pence
    return Column(
        address=assessment.unit.address,
        this={"case_id": assessment.case_id, "assessment_id": assessment.id},
        state=_STATES[assessment.state],
        outcome=found.outcome,
        place=glance(judged.file, names).place,
        children=children,
        stops=[*names_of_stops[:1], *map(in_sentence, names_of_stops[1:])],
        high=sum(f["effect"] == Effect.HIGH for f in worries),
        to_know=sum(f["effect"] == rows.HOLD for f in worries),
        far=far(around, judged),
        not_measured=_not_measured(around),
        nightly_cost=f"£{cost / 100:,.2f}" if cost is not None else "",
        nights=assessment.nights,
    )


def _not_measured(around: Surroundings) -> str:
    """A distance nobody could measure is open: it is never near."""
    if not around.services:
        return "No services are entered, so nothing can be measured"
    if not around.unit.has_point:
        return "The place is not found, so every distance is open"
    left = [s.name for s in around.services if not s.distance.is_known]
    return f"Not known how far: {'; '.join(left)}" if left else ""
