"""Every photograph of a case on one page: by place, each beside what it shows, with its day, its age and who took it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, g, render_template

from app.accounts.policy import permission
from app.assessments import answers
from app.assessments import service as assessments
from app.assessments.models import SavedAnswer
from app.cases.household import household_of
from app.decisions import record_contents
from app.properties.service import names_of
from app.visits import beside
from app.web.page import Page

from .photographs import in_words

pages = Blueprint("pictures", __name__)
OF_THE_FAMILY = "Of the family, whatever the place"


@pages.get("/cases/<id:case_id>/photographs")
@permission("case.view")
def listed(case_id: str) -> Page:
    """Photographs of every place of the case, those of the newest place first; and what stands instead of an answer since."""
    kept = beside.of_case(case_id)
    recorded = answers.of_whole_case(case_id) if kept else ()
    return render_template("visits/of_case.html", case=g.case, places=_places(kept, recorded) if kept else [])


def _places(kept: Sequence[beside.Kept], recorded: Sequence[SavedAnswer]) -> list[tuple[str, list[dict[str, Any]]]]:
    household, since = household_of(g.case), _since(recorded)
    found, of = beside.by_answer(kept, recorded), []
    units: Mapping[str | None, Any] = {a.unit_id: a.unit for a in assessments.of_case(g.case.id)}
    for unit_id in [*units, None]:
        mine = [a for a in recorded if a.unit_id == unit_id]
        unit = units.get(unit_id)
        names = record_contents.subject_names(household, names_of(unit)) if unit else _names(household)
        listed_ = [one | {"since": since.get(one["answer"], "")} for one in in_words(found, mine, names)]
        if listed_:
            of.append((unit.address if unit else OF_THE_FAMILY, listed_))
    return of


def _names(household: Any) -> dict[str, str]:
    return record_contents.subject_names(household)


def _since(recorded: Sequence[SavedAnswer]) -> dict[str, str]:
    """Of an answer that stands no more, why; by its identifier."""
    put_right = {a.corrects: "The answer was put right since." for a in recorded if a.corrects}
    replaced = {key: "A later answer stands instead." for a in recorded for key in a.supersedes}
    return replaced | put_right
