"""The one chronology of a case: on the screen, as a table and on paper, whole or what was asked for."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from flask import Blueprint, Response, abort, g, render_template, request, url_for
from flask_login import current_user

from app import clocks
from app.accounts.policy import may, permission
from app.chronology import shown
from app.chronology.compose import NOBODY_ALONE, PAGE, Chronology, Wanted, chosen, side_by_side, years
from app.chronology.entry import KINDS, SOURCES, Opens, Words
from app.chronology.reading import Kept
from app.chronology.whole import whole
from app.database import now
from app.direction import harmless
from app.records import process
from app.settings import current_settings
from app.web.page import Page, file_name
from forms.chronology import ChronologyForm

pages = Blueprint("chronology", __name__)
LONGEST_PAPER = 2_000  # lines; more is for the table, or for days that are chosen
_NOBODY = "The household, a place or this council"


class Found(NamedTuple):
    """What was asked for, and what there is of it."""

    kept: Kept
    form: ChronologyForm
    wanted: Wanted
    whole: Chronology
    entries: list[Any]

    @property
    def words(self) -> Words:
        return self.kept.words


def _found() -> Found:
    """Everything of the case, and what of it was chosen; 422 is for the caller where the choice cannot be."""
    kept, whole_of = whole(g.case)
    form = ChronologyForm([*kept.words.people.items(), (NOBODY_ALONE, _NOBODY)], SOURCES, KINDS)
    fine = not request.args or form.validate()
    wanted = _wanted(form) if fine else Wanted()
    return Found(kept, form, wanted, whole_of, chosen(whole_of.entries, wanted) if fine else [])


def _wanted(form: ChronologyForm) -> Wanted:
    return Wanted(
        person=form.person.data or "", source=form.source.data or "", kind=form.kind.data or "", since=form.since.data, until=form.until.data,
    )  # fmt: skip


@pages.get("/cases/<id:case_id>/chronology")
@permission("case.view")
def chronology(case_id: str) -> Page:
    """Oldest first, a hundred lines a page."""
    found = _found()
    number, asked = _page_number(), {name: value for name, value in request.args.items() if name != "page" and value}
    last = max(1, -(-len(found.entries) // PAGE))
    if number > last:
        abort(404)
    page = render_template(
        "chronology/chronology.html",
        case=g.case,
        form=found.form,
        entries=found.entries[(number - 1) * PAGE : number * PAGE],
        differing=side_by_side(found.whole.differing, found.wanted),
        how_many=len(found.entries),
        whole=len(found.whole.entries),
        years=years(found.entries),
        year=_year,
        asked=asked,
        number=number,
        last=last,
        words=found.words,
        said=shown,
        address=_address_of(case_id),
    )
    return (page, 422) if found.form.errors else page


def _page_number() -> int:
    page = request.args.get("page", "1")
    if not (page.isascii() and page.isdigit() and len(page) <= 6 and int(page)):
        abort(404)
    return int(page)


def _year(year: int) -> dict[str, Any]:
    """The days of a year, as the boxes of the form have them."""
    return {
        "since-day": 1,
        "since-month": 1,
        "since-year": year,
        "until-day": 31,
        "until-month": 12,
        "until-year": year,
    }


def _address_of(case_id: str) -> Callable[[Opens | None], str]:
    """Where a line can be opened by whoever looks; empty where they may not, or where it is of nothing that has a page."""
    role = current_user.role

    def address(opens: Opens | None) -> str:
        if opens is None or opens.page not in _PAGES or not all(opens.ids):
            return ""
        endpoint, needs, names = _PAGES[opens.page]
        if opens.page == "answer" and not may(role, needs):
            endpoint, needs, names = _PAGES["result"]
        if not may(role, needs):
            return ""
        named: dict[str, Any] = dict(zip(names, opens.ids, strict=False))
        return url_for(endpoint, case_id=case_id, **named)

    return address


# The page on which a line can be opened, what somebody needs to have it, and the names of what it is of.
_PAGES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "case": ("cases.show", "case.view", ()),
    "address": ("cases.address", "case.edit", ("part_id",)),
    "nights": ("history.spells", "case.edit", ()),
    "history": ("history.entries", "case.edit", ("part",)),
    "conversation": ("cases.show", "case.view", ()),
    "assessment": ("assessments.show", "case.view", ("assessment_id",)),
    "result": ("assessments.result", "case.view", ("assessment_id",)),
    "answer": ("questions.question", "answer.save", ("assessment_id", "criterion_id", "subject")),
    "photograph": ("photographs.whole", "case.view", ("photograph_id",)),
    "considered": ("search.listed", "case.view", ()),
    "record": ("records.show", "record.view", ("record_id",)),
    "letter": ("letters.show", "letter.view", ("letter_id",)),
    "letters": ("letters.listed", "letter.view", ()),
    "court": ("court.page", "court.export", ()),
    "lead": ("letters.leads", "letter.make", ()),
    "copies": ("editions.chosen", "record.view", ("record_id",)),
    "said": ("words.taken", "record.share", ("record_id", "share_id", "word_id")),
}


@pages.get("/cases/<id:case_id>/chronology.csv")
@permission("case.view")
def chronology_table(case_id: str) -> Response:
    """The same as a table, a row for each thing of each line."""
    found = _found()
    if found.form.errors:
        abort(422)
    out = io.StringIO()
    write = csv.writer(out)
    write.writerow(shown.HEADS)
    write.writerows(map(harmless, shown.rows(found.entries, found.words)))
    answer = Response("\ufeff" + out.getvalue(), mimetype="text/csv")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(f"chronology-{g.case.reference}.csv")}"'
    return answer


@pages.get("/cases/<id:case_id>/chronology.pdf")
@permission("case.view")
def chronology_pdf(case_id: str) -> Response:
    """The same on paper: which case, made by whom and when, whole or which part of it."""
    found = _found()
    if found.form.errors:
        abort(422)
    moment = now()
    head = {
        "reference": g.case.reference,
        "council": current_settings().council_name,
        "demo": g.case.demo,
        "shown": _in_words(found),
        "on": clocks.local(moment).date().isoformat(),
        "made_by": current_user.name,
        "made": clocks.moment_in_words(moment),
        "cut": LONGEST_PAPER if len(found.entries) > LONGEST_PAPER else 0,
    }
    lines = found.entries[-LONGEST_PAPER:]
    said = shown.on_paper(lines, side_by_side(found.whole.differing, found.wanted), found.words, head)
    try:
        made = process.render(json.dumps(said).encode(), drawn_by="app.chronology.paper")
    except process.RenderFailed:
        abort(503)
    answer = Response(made, mimetype="application/pdf")
    answer.headers["Content-Disposition"] = f'attachment; filename="{file_name(f"chronology-{g.case.reference}.pdf")}"'
    return answer


def _in_words(found: Found) -> str:
    """Whether it is whole, and if not, what of it this is."""
    wanted, words = found.wanted, found.words
    said = [
        f"about {_NOBODY.lower() if wanted.person == NOBODY_ALONE else words.of(wanted.person)}"
        if wanted.person
        else "",
        f"from where: {SOURCES[wanted.source].lower()}" if wanted.source else "",
        f"of what kind: {KINDS[wanted.kind].lower()}" if wanted.kind else "",
        f"from {clocks.in_words(wanted.since)}" if wanted.since else "",
        f"until {clocks.in_words(wanted.until)}" if wanted.until else "",
    ]
    parts = "; ".join(part for part in said if part)
    return f"Only a part of it: {parts}" if parts else "The whole chronology"
