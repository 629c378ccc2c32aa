"""The rows of a sheet: what this speaker can answer, and what else came with what was sent or is added to it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from app.assessments import answers
from app.assessments.judging import Judged
from app.assessments.models import SavedAnswer
from app.suitability.advice.sheets import Line, words_for
from app.suitability.casefile.household import Household, Placement
from app.suitability.casefile.units import called
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.reading.case_file import subjects_of
from forms.sheets import Asked

from .speaking import Speaking

_POSTED = re.compile(r"([A-Z]{2}[0-9]{2})-([A-Za-z0-9][A-Za-z0-9_-]{0,39})(?:\..*)?")


class Sheet(NamedTuple):
    """A sheet: its rows, a line for each question of them, and those that were asked of this speaker to begin with."""

    rows: list[Asked]
    lines: list[Line]
    asked: tuple[Line, ...]
    adults: frozenset[str]

    @classmethod
    def made(cls, judged: Judged, asked: Sequence[Line], speaking: Speaking, sent: Mapping[str, str]) -> Sheet:
        """Of a speaker, and of what was sent: another answer may have taken a row off the sheet meanwhile.

        Args:
            sent: by the name of a box, what stands in it; ``more`` is a question that is added.
        """
        checklist, household = judged.checklist, judged.file.household
        names = {m.key: m.name for m in (*household.members, *household.children())} | of_several(judged.file.placement)
        adults = frozenset(m.key for m in household.adults())

        def row_of(criterion: Criterion, subject: str) -> Asked:
            return Asked(criterion, subject, names.get(subject, ""), words_for(criterion, speaking.code))

        rows = [row_of(checklist.criteria[line.criterion], subject) for line in asked for subject in line.subjects]
        rows = [row for row in rows if askable(row, speaking, adults)]
        left = {row.criterion.id for row in rows}
        asked = tuple(line for line in asked if line.criterion in left)
        subjects = subjects_of(household, judged.file.on, judged.file.placement.unit_keys)
        there = {row.name for row in rows}
        for criterion_id, subject in of_boxes(sent, {c: subjects[k.subject] for c, k in checklist.criteria.items()}):
            criterion = checklist.criteria[criterion_id]
            row = row_of(criterion, subject)
            if row.name in there or criterion.computed is not None or not askable(row, speaking, adults):
                continue
            there.add(row.name)
            rows.append(row)
        return cls(rows, _lines(asked, rows, speaking), asked, adults)

    def wanted(self) -> list[Asked]:
        """The rows of which an answer is still wanted."""
        are_open = {line.criterion for line in self.asked if line.is_open}
        return [row for row in self.rows if row.criterion.id in are_open]


def askable(row: Asked, speaking: Speaking, adults: Iterable[str]) -> bool:
    return speaking.may_be_asked(row.criterion, row.subject, adults)


def of_boxes(sent: Mapping[str, str], subjects: Mapping[str, Sequence[str]]) -> list[tuple[str, str]]:
    """The question and the subject of each box that was sent, and those of the question that is added."""
    found = []
    for name in sent:
        posted = _POSTED.fullmatch(name)
        if posted and posted[2] in subjects.get(posted[1], ()):
            found.append((posted[1], posted[2]))
    if sent.get("do") == "add":
        added = sent.get("more", "")
        found += [(added, subject) for subject in subjects.get(added, ())]
    return list(dict.fromkeys(found))


def questions_in(sent: Mapping[str, str], checklist: Checklist) -> set[str]:
    """The questions that any box is of, whomever it is about."""
    named = {posted[1] for posted in map(_POSTED.fullmatch, sent) if posted}
    return named & checklist.criteria.keys()


def _lines(asked: Sequence[Line], rows: Sequence[Asked], speaking: Speaking) -> list[Line]:
    """The lines of the sheet, and one for what only came with what was sent: it stands with those that are open, where it is seen."""
    listed = {line.criterion: line for line in asked}
    for row in rows:
        if row.criterion.id not in listed:
            mine = tuple(r.subject for r in rows if r.criterion is row.criterion)
            listed[row.criterion.id] = Line(
                criterion=row.criterion.id, words=words_for(row.criterion, speaking.code), subjects=mine, before_keys=False, is_open=True, counts_once=(),
            )  # fmt: skip
    return list(listed.values())


def could_be_added(judged: Judged, there: Sheet, speaking: Speaking) -> list[tuple[str, ...]]:
    """Every other question somebody may have answered without being asked, by its name."""
    listed = {line.criterion for line in there.lines}
    subjects = subjects_of(judged.file.household, judged.file.on, judged.file.placement.unit_keys)
    return [
        (c.id, c.name, "")
        for c in judged.checklist.criteria.values()
        if c.computed is None
        and c.id not in listed
        and any(speaking.may_be_asked(c, subject, there.adults) for subject in subjects[c.subject])
    ]


def marked(recorded: Sequence[SavedAnswer], row: Asked) -> str:
    """What the page shows of what was answered before."""
    return answers.seen_mark(answers.of_row(recorded, row.criterion.id, row.subject))


def of_several(placement: Placement) -> dict[str, str]:
    """The units by name where each has to be told from the others; one alone needs no name beside its questions."""
    return called(placement) if placement.further_units else {}


def short_names(household: Household) -> dict[str, str]:
    """By the key of somebody born, the first word of their name, where nobody else of the household begins with it."""
    first = {m.key: m.name.split()[0] for m in household.members if m.kind != "unborn" and m.name.strip()}
    begins = Counter(word.casefold() for word in first.values())
    return {key: word for key, word in first.items() if begins[word.casefold()] == 1}


def of_household(
    household: Household, criterion: Criterion, subject: str, code: str, units: Mapping[str, str]
) -> Asked:
    """A row of its own, where the whole sheet is not wanted."""
    named = {m.key: m.name for m in household.members} | (dict(units) if len(units) > 1 else {})
    about = named.get(subject, "")
    return Asked(criterion, subject, about, words_for(criterion, code))
