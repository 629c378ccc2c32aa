"""Each line of the table of conditions holds; and no condition could be taken out without a line that misses it."""

from __future__ import annotations

from functools import cache

import pytest

from app.suitability.reading.case_file import CaseFile, build
from tests.suitability.condition_cases import LINES, Line, file_of, follows
from tests.suitability.criterion_cases import ROWS, base, value_of
from tests.suitability.households import CHECKLIST, answered, instead, plain, settled
from tests.suitability.judgement.test_strengthening import STRENGTHS, drop
from tests.suitability.mutants import Mutant, checklist_of, mutants

# What changes nothing when it is taken out, and why it is said all the same.
NEVER_MISSED = {
    "CS05 without stronger.0": "with a child under 1 an open row holds, and a worry never weighs less than that",
    "SA01 without stronger.0": "the same",
    "SM02 without applies_when.any.1": "only somebody who uses or used is asked about treatment",
    "SM08 without applies_when.any.1": "the same",
    "CS07 without worry_if.3.if.all.1": "the longer sentence says it already, and weighs more",
    "CS27 without worry_if.0.if.all.1": "the same",
    "SA08 without applies_when": "a service that nobody wrote down may be used, so it is always asked",
    "IS08 without applies_when": "the same",
}


@pytest.mark.parametrize("line", LINES, ids=[f"{at}-{line[0]}" for at, line in enumerate(LINES)])
def test_each_line(line: Line) -> None:
    assert follows(CHECKLIST, file_of(line), line[0], line[1]) == line[6]


@cache
def _files() -> dict[str, list[tuple[str, CaseFile, str]]]:
    """By criterion, every household some table tries it on: of whom, the file, and what follows today."""
    found: dict[str, list[tuple[str, CaseFile, str]]] = {}

    def add(name: str, subject: str, file: CaseFile) -> None:
        found.setdefault(name, []).append((subject, file, follows(CHECKLIST, file, name, subject)))

    for line in LINES:
        add(line[0], line[1], file_of(line))
    for name, subject, written, changed, _ in STRENGTHS:
        tree = drop(changed(base()))
        said = [answered(name, subject, value_of(written, name))] if written else []
        add(name, subject, build(instead(tree, name, subject, *said), CHECKLIST))
    calm = settled(plain())
    for row in ROWS:
        name, subject = row.name, row.subject
        for said in ([], *([answered(name, subject, value_of(worry, name))] for worry, _ in row.worries)):
            add(name, subject, build(instead(base(), name, subject, *said), CHECKLIST))
        add(name, subject, build(base(), CHECKLIST))
        # Of whom it would be asked where little is: what keeps it from being asked there is missed.
        of = (
            {"C": "C", "M": "A", "F": "A"}.get(subject[0], subject) if subject not in ("unit", "household") else subject
        )
        add(name, of, build(instead(calm, name, of), CHECKLIST))
    return found


@pytest.mark.parametrize("mutant", list(mutants()), ids=lambda mutant: mutant.name)
def test_no_condition_could_go_without_being_missed(mutant: Mutant) -> None:
    checklist = checklist_of(mutant)
    missed = [
        subject
        for subject, file, before in _files().get(mutant.criterion, [])
        if follows(checklist, file, mutant.criterion, subject) != before
    ]
    if mutant.name in NEVER_MISSED:
        assert not missed, "it is missed after all: take it off the list"
    else:
        assert missed, f"{mutant.name}: no line of any table notices"
