"""The sheet of a visit: the questions an officer can answer by looking, with nobody’s name and no address on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from flask import render_template

from app.assessments.judging import Judged
from app.conversations.groups import Group
from app.conversations.rows import Sheet, marked
from app.conversations.speaking import Speaking
from app.suitability.advice.sheets import OFFICER, lines
from forms.sheets import SheetForm, sheet_form

from .labels import labels

SPEAKING = Speaking(OFFICER, OFFICER)
_OF_HOMES = (
    "child_safety",
    "substance_misuse",
)  # of these the officer is asked what is to be seen, of the rest what is in the file


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
    return render_template("visits/rows.html", groups=_groups(judged, shown), form=form)


def _groups(judged: Judged, shown: Sequence[Mapping[str, Any]]) -> list[Group]:
    """What can be seen at the place stands open; what an officer knows from the file can be answered too, and stands closed."""
    criteria = judged.checklist.criteria

    def is_seen_there(line: Mapping[str, Any]) -> bool:
        criterion = criteria[line["criterion"]]
        return OFFICER in criterion.verifiers and (criterion.ask_of != OFFICER or criterion.domain in _OF_HOMES)

    there = [line for line in shown if is_seen_there(line)]
    wanted, known = [line for line in there if line["is_open"]], [line for line in there if not line["is_open"]]
    besides = [line for line in shown if line not in there]
    keys = [line for line in wanted if line["before_keys"]]
    found = (
        Group("Before keys", keys),
        Group("At the place", [line for line in wanted if line not in keys]),
        Group(f"Known already, to be looked at again: {len(known)}", known, closed=True),
        Group(f"What you know besides: {len(besides)}", besides, closed=True),
    )
    return [group for group in found if group.lines]


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
