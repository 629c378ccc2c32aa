"""What the register knows against a proposed place, in two lines for whoever decides: of the unit, and of the building around it.

Nothing there is no clearance, and is said so. The heart knows nothing of it: it is for a person to weigh.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from app.assessments.models import Assessment
from app.clocks import in_words
from app.properties.known import Line
from app.suitability.casefile.household import Household
from app.suitability.casefile.values import in_sentence
from forms import property_words as words

from . import buildings, registered

_NOT_SAID = "Nobody has said which unit of the register this is: what it knows is not known here."
_NOTHING = "Nothing against this family is written down. That is no sign that there is nothing."


class Said(NamedTuple):
    """A line: what it is of, what is said, and, where there is more than is said, what the link to it is called."""

    of: str
    said: str
    more: str = ""


def lines(user: Any, assessment: Assessment, household: Household, day: date) -> list[Said]:
    """One line of the unit, and one of the building where there is anything to say."""
    standing = registered.standing(assessment, household, day)
    found = [_of_unit(standing)]
    around = _of_building(standing, buildings.at(user, day, assessment.case_id, assessment.unit))
    return [*found, around] if around else found


def _of_unit(standing: registered.Standing | None) -> Said:
    if standing is None:
        return Said("Register", _NOT_SAID, "Say which")
    if not standing.against:
        return Said("Register", _NOTHING, "What it holds")
    open_ = {each.line.row.id for each in standing.unanswered()}
    first = sorted(standing.against, key=lambda each: each.line.row.id not in open_)[0]
    answered = "Not answered." if first.line.row.id in open_ else f"Answered: {_answer(standing, first.line.row.id)}"
    return Said("Register", f"{first.said} {_whose(first.line)} {answered}", _more(len(standing.against) - 1))


def _answer(standing: registered.Standing, evidence_id: str) -> str:
    row = [a for a in standing.answers if a.evidence_id == evidence_id][-1]
    return f"{row.said} ({row.noted_by_name})."


def _of_building(standing: registered.Standing | None, worries: Sequence[buildings.Worry]) -> Said | None:
    """The newest incident, and the other cases that worry, as far as whoever reads may see them."""
    incidents = [line for line in standing.held.lines if line.row.kind == words.INCIDENT] if standing else []
    said = []
    if incidents:
        newest = incidents[0]
        more = f" And {len(incidents) - 1} before." if len(incidents) > 1 else ""
        said.append(f"Incident: {newest.said.rstrip('.')}. {_whose(newest)}{more}")
    if worries:
        cases = "another family’s case worries" if len(worries) == 1 else f"{len(worries)} other families’ cases worry"
        about = "; ".join(dict.fromkeys(in_sentence(name) for w in worries for name in w.about))
        by = f"By {worries[0].officer}, {in_words(worries[0].on)}"
        said.append(f"{cases[0].upper()}{cases[1:]}: {about}. {by}{' the newest' if len(worries) > 1 else ''}.")
    return Said("The building", " ".join(said), "What it holds" if incidents else "") if said else None


def _whose(line: Line) -> str:
    return f"{line.whose}, {line.age}."


def _more(rest: int) -> str:
    return f"And {rest} more" if rest else "What it holds"
