"""Figures of what was asked and looked at: agencies’ answers, places that an officer saw, school places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Select, exists, select

from app import clocks
from app.assessments.models import WITHDRAWN, Assessment
from app.cases.models import CaseConversation
from app.checklists import read_folder
from app.clocks.table import read as clock_table
from app.extensions import db
from app.suitability.casefile import wording

from .decided import since
from .figure import Counted, Figure, Group, one_group, tally
from .lives import within as of_cases

_CAME = {"answered": "answered", "partly": "partly", "refused": "refused", "silent": "silent"}
# Silence first: of what may be shown it is held back last.
_WORDS = {
    "silent": "Silent: the day went by, or nobody answered",
    "answered": "Answered",
    "waits": "Still waiting, within the time",
    "partly": "Answered in part",
    "refused": "Refused to answer",
}


def answers(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Questions that were put to agencies, by what came of them; of what came the days it took. One query.

    Nothing that came is silence once the day by which it was wanted has gone by. It is no answer, and takes no days.
    """
    kind: Any = clock_table().kinds["answer"]
    numbers = read_folder().numbers_on(on)
    query = select(
        CaseConversation.case_id, CaseConversation.id, CaseConversation.who, CaseConversation.source_agency, CaseConversation.on,
        CaseConversation.due, CaseConversation.came, CaseConversation.answered_on,
    ).where(
        CaseConversation.speaker == "agency", CaseConversation.question != "", CaseConversation.came.is_not(None),
        CaseConversation.on >= since(on), CaseConversation.on <= on,
    )  # fmt: skip
    for row in db.session.execute(of_cases(query, CaseConversation.case_id, within)):
        due = row.due or kind.ends(row.on, numbers)
        cell = _CAME.get(row.came) or ("silent" if due is not None and due < on else "waits")
        took = (row.answered_on - row.on).days if cell in ("answered", "partly") and row.answered_on else None
        yield Counted(row.case_id, cell, row.id, row.who or "unnamed", took)


def _of_answers(on: date, rows: Sequence[Counted]) -> list[Group]:
    """Each agency of the list, by its name and in no other order; that one was never asked is not told from few questions."""
    agencies = read_folder().agencies
    others = {row.group for row in rows} - agencies.keys()
    named = {
        **{code: agency.name for code, agency in agencies.items()},
        **{code: wording.label(code) for code in others},
    }
    return [tally(rows, code, words, _WORDS) for code, words in sorted(named.items(), key=lambda each: each[1])]


def seen(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Units that were proposed in a year, by whether an officer wrote down what they saw there. One query."""
    looked = exists().where(CaseConversation.unit_id == Assessment.unit_id, CaseConversation.speaker == "seen")
    query = select(Assessment.case_id, Assessment.unit_id, looked.label("seen")).where(
        Assessment.state != WITHDRAWN, Assessment.created_at >= clocks.begins(since(on))
    )
    for case_id, unit_id, was_seen in db.session.execute(of_cases(query, Assessment.case_id, within)):
        yield Counted(case_id, "seen" if was_seen else "never", unit_id)


FIGURES = (
    Figure(
        key="answers",
        title="What agencies answered",
        counts="questions",
        says="Questions put to each agency in the last twelve months, and the days until an answer came.",
        unknown="Silence is counted as silence, never as an answer: it takes no days and clears nothing. What still waits within its time stands apart.",
        rows=answers,
        groups=_of_answers,
    ),
    Figure(
        key="seen",
        title="Places nobody of the council has seen",
        counts="places proposed",
        says="Places proposed in the last twelve months, by whether an officer wrote down what they saw there.",
        unknown="The same flat proposed to two families is counted twice. A place that somebody saw and wrote nothing about counts as not seen.",
        rows=seen,
        groups=one_group(
            "Seen by an officer", {"seen": "An officer saw it", "never": "Nobody has written down that they saw it"}
        ),
    ),
    Figure(
        key="schools",
        title="School places applied for after the move",
        counts="children",
        says="This is not known.",
        unknown="Nobody is asked whether a school place was applied for after a move, and nothing here records it: there is no number to show, and that is not none. "
        "What is asked is whether the school knows of the move; it is on the sheet of the school, child by child.",
        rows=None,
        groups=lambda _on, _rows: [],
    ),
)
