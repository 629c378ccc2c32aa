"""The sheet of a visit: the questions an officer can answer by looking, with nobody’s name and no address on it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import render_template

from app.assessments.judging import Judged
from app.conversations.groups import groups
from app.conversations.rows import Sheet, marked
from app.conversations.speaking import Speaking
from app.suitability.advice.sheets import OFFICER, lines
from forms.sheets import SheetForm, sheet_form

from .labels import labels

SPEAKING = Speaking(OFFICER, OFFICER)


class TakenAlong(NamedTuple):
    """A sheet whose rows are about “Child 1, girl, 12 weeks” and not about somebody by name; by key, what each is called."""

    sheet: Sheet
    called: Mapping[str, str]


def taken_along(judged: Judged) -> TakenAlong:
    """The officer’s own sheet of a placement, renamed for a phone."""
    follows, checklist = judged.following, judged.checklist
    asked = lines(checklist, follows.result, OFFICER)
    there = Sheet.made(judged, asked, SPEAKING, {})
    called = labels(judged.file.household, judged.file.placement.unit_keys, judged.file.on)
    rows = [row._replace(about=called.get(row.subject, "")) for row in there.rows]
    return TakenAlong(there._replace(rows=rows), called)


def html_of(judged: Judged) -> str:
    """The rows of the sheet as the page shows them, without anything that was said before: that may hold a name."""
    found = taken_along(judged)
    form: SheetForm = sheet_form(found.sheet.rows, person_needed=False)(formdata=None)
    for row in form.rows:
        form[f"{row.name}.seen"].data = marked(judged.answers, row)
    shown = [_line(judged, found, line) for line in found.sheet.lines]
    put = groups(judged.checklist, shown, [line.criterion for line in found.sheet.asked], [])
    return render_template("visits/rows.html", groups=put, form=form)


def _line(judged: Judged, found: TakenAlong, line: Any) -> dict[str, Any]:
    criterion = judged.checklist.criteria[line.criterion]
    mine = [row for row in found.sheet.rows if row.criterion is criterion]
    return {
        **line._asdict(), "name": criterion.name, "prints_later": False, "beside": 0, "once": "",
        "each": [
            {
                "row": row, "about": row.about, "short": row.about, "held": None, "so": "", "said": [],
                "worries": [o for o, option in criterion.options.items() if option.means in ("worrying", "partly")],
            }
            for row in mine
        ],
    }  # fmt: skip
