"""What to ask next: of whom, in which words, by when and on what ground, in the order a safeguarding lead would ask."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from app.suitability.casefile.answers import Source
from app.suitability.casefile.codes import Effect, Outcome, RowState
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Agency, Criterion
from app.suitability.judgement.result import Result, Row


class Beside(NamedTuple):
    """Another row that a question settles, or that is confirmed with it."""

    criterion: str
    subject: str
    name: str


class NextQuestion(NamedTuple):
    """An open row as something to do: whom to ask, what exactly, by when and on what ground."""

    criterion: str
    subject: str
    name: str
    ask_of: str
    ask: str
    exact_question: str  # what this agency is asked, in the words of the safeguarding specification
    tonight: str
    planned: str
    ground: str
    at_silence: str
    could_change_outcome: bool
    narrows: int  # points of the domain's range
    effect: str
    doubtful: bool = False  # asked only because it is not known whether it applies
    settles: tuple[Beside, ...] = ()  # the rows that this answer settles
    with_it: tuple[Beside, ...] = ()  # the rows that the same person confirms in the same step
    escalate: bool = False  # asked already, and silent past its time: not asked again, taken higher

    def as_json(self) -> dict[str, object]:
        """The published shape."""
        beside = {k: [b._asdict() for b in getattr(self, k)] for k in ("settles", "with_it")}
        return {**self._asdict(), **beside}


Where = tuple[str, str]  # a criterion and its subject
_AT_ONCE = (0, 1)  # of the order of urgency: danger, and what a survivor is asked alone
_ID = re.compile(r"\b(?:CS|SM|SA|IS|LS)\d\d\b")


def with_names(checklist: Checklist, said: str) -> str:
    """A sentence for a reader who does not know the numbers of the questions."""
    for number in set(_ID.findall(said)):
        said = said.replace(f"{number} {checklist.criteria[number].name}", number)
    as_named = checklist.words["row_named"]
    return _ID.sub(lambda found: as_named.format(name=checklist.criteria[found[0]].name, criterion=found[0]), said)


class Asked(NamedTuple):
    """Whom to ask about an open row, and in what words."""

    agency: Agency
    words: str


def asked_of(checklist: Checklist, row: Row) -> Asked:
    """Whom to ask. Where it is not known whether a row applies, no agency hears of the family before the officer found out.

    Where a person's own word is enough, or what would let an agency hear of the family is not known, that person is asked.
    """
    criterion = checklist.criteria[row.criterion]
    code, words = row.asked or (criterion.ask_of, criterion.ask or criterion.question)
    agency = checklist.agencies[code]
    if not row.applicability_unknown or code in _OWN:
        return Asked(agency, words)
    unknown = with_names(checklist, row.applicability_unknown)
    said = checklist.words["ask_find_out_first"].format(unknown=unknown, agency=agency.name, question=words)
    return Asked(checklist.agencies["officer"], said)


_OWN = ("officer", "family", "supervisor")  # the officer and whom the officer is with: nothing leaves the room


def next_questions(checklist: Checklist, result: Result) -> tuple[NextQuestion, ...]:
    """Every open row that no other settles, in the order a lead asks.

    Danger; the survivor's own word, alone; holds, those first whose worst answer is a stop; chases; notes. Where a stop
    stands, what is about a unit that may not be used comes after what goes with the family to the next. A second person's
    view of the whole comes last of the holds. What one person said and has only grown old is confirmed in one step.
    """
    now = result.outcome
    felt = sorted(
        [*(r.outcome for r in result.rows), *(p.outcome for p in result.patterns)], key=lambda o: o.rank, reverse=True
    )
    totals: dict[str, int] = {}
    for row in result.rows:
        domain = checklist.criteria[row.criterion].domain
        totals[domain] = totals.get(domain, 0) + row.share
    lost = any(row.effect == "stop" and row.state != "open" for row in result.rows)
    danger = result.safeguarding_route == "999"
    found: list[tuple[tuple[object, ...], Row, NextQuestion]] = []
    order = {name: at for at, name in enumerate(checklist.order)}
    for row in result.rows:
        if not row.is_open or row.under:
            continue
        criterion = checklist.criteria[row.criterion]
        others = felt[0] if row.outcome is not felt[0] else felt[1] if len(felt) > 1 else Outcome.SUITABLE
        grave = gravest(checklist, (criterion, *(checklist.criteria[name] for name, _ in row.settles)))
        worst = max(others, grave.outcome, row.outcome)
        best = max(others, worry_alone(row))
        narrows = 100 * row.share // totals[criterion.domain] if totals[criterion.domain] else 0
        changes = worst != now or best != now
        urgency = urgency_of(criterion, row, grave, danger)
        place = (
            urgency,
            criterion.phase == 2,
            lost and about_the_unit(criterion),
            -grave.rank,
            -len(row.settles),
            order[row.criterion],
            row.subject,
        )
        found.append((place, row, _question(checklist, result, row, changes, narrows)))
    return _together(checklist, _roots_first(sorted(found, key=lambda f: f[0])))


def _roots_first(asked: list[tuple[tuple[object, ...], Row, NextQuestion]]) -> list[tuple[Row, NextQuestion]]:
    """A question stands before those it settles a part of; danger and a survivor's own word wait for nothing."""
    waits = {(row.criterion, row.subject): row.after if place[0] not in _AT_ONCE else () for place, row, _ in asked}
    found: dict[Where, None] = {}

    def take(where: Where, above: frozenset[Where]) -> None:
        if where in waits and where not in found and where not in above:
            for root in waits[where]:
                take(root, above | {where})
            found[where] = None

    for where in waits:
        take(where, frozenset())
    by_row = {(row.criterion, row.subject): (row, q) for _, row, q in asked}
    return [by_row[where] for where in found]


def gravest(checklist: Checklist, criteria: Iterable[Criterion]) -> Effect:
    """The strongest effect any answer to one of these could have."""
    return max(c.worst_effect for c in criteria)


def urgency_of(criterion: Criterion, row: Row, grave: str, danger: bool) -> int:
    """Danger, a survivor alone, holds whose worst answer is a stop, other holds, chases, notes: 0 to 5."""
    if danger and criterion.id == "LS35":
        return 0
    if row.open_effect == "hold":
        return 1 if criterion.asked_first else 2 if grave in ("stop", "stop_until") else 3
    return 4 if row.open_effect == "chase" else 5


def escalate_words(checklist: Checklist, agency: Agency) -> str:
    """What to do about an agency that was asked and is silent."""
    return checklist.words["ask_escalate"].format(agency=agency.name, at_silence=agency.at_silence)


def _question(checklist: Checklist, result: Result, row: Row, changes: bool, narrows: int) -> NextQuestion:
    criterion = checklist.criteria[row.criterion]
    agency, words = asked_of(checklist, row)
    silent = agency.code in result.silent
    if silent:
        words = escalate_words(checklist, agency)
    return NextQuestion(
        criterion=row.criterion, subject=row.subject, name=criterion.name, ask_of=agency.name, ask=words, exact_question=agency.question, tonight=agency.tonight, planned=agency.planned,
        ground=agency.ground, at_silence=agency.at_silence, could_change_outcome=changes, narrows=narrows, effect=row.open_effect, doubtful=bool(row.applicability_unknown),
        settles=tuple(_beside(checklist, *where) for where in row.settles), with_it=(), escalate=silent,
    )  # fmt: skip


def _beside(checklist: Checklist, criterion: str, subject: str) -> Beside:
    return Beside(criterion, subject, checklist.criteria[criterion].name)


def _together(checklist: Checklist, asked: list[tuple[Row, NextQuestion]]) -> tuple[NextQuestion, ...]:
    """What one source said and has only grown old, as one question at the place of the first. Source: amendment 20."""
    by_source: dict[tuple[str, ...], list[Row]] = {}
    for row, _ in asked:
        if row.lapsed is not None and any(row.lapsed.identity(checklist.spelt)):
            by_source.setdefault(row.lapsed.identity(checklist.spelt), []).append(row)
    found = []
    for row, q in asked:
        mine = by_source.get(row.lapsed.identity(checklist.spelt), []) if row.lapsed is not None else []
        if len(mine) < 2:
            found.append(q)
        elif row is mine[0]:
            rest = tuple(_beside(checklist, r.criterion, r.subject) for r in mine[1:])
            found.append(q._replace(ask=confirm_words(checklist, mine), with_it=rest))
    return tuple(found)


def confirm_words(checklist: Checklist, rows: list[Row]) -> str:
    """One step for everything one source said that has only grown old."""
    source = rows[0].lapsed
    assert source is not None
    names = dict.fromkeys(in_sentence(checklist.criteria[r.criterion].name) for r in rows)
    return checklist.words["ask_again"].format(source=who(source), questions="; ".join(names))


def who(source: Source) -> str:
    return ", ".join(part for part in (source.name, source.role, source.agency) if part) or "the same source"


def about_the_unit(criterion: Criterion) -> bool:
    """Is it asked of this unit only, so that it is no use where the unit may not be used anyway?"""
    return criterion.subject == "unit" or (criterion.subject == "child" and bool(criterion.next_unit))


def worry_alone(row: Row) -> Outcome:
    """What the worry of a row leads to, once nothing of it is open."""
    return row.effect.outcome if row.state in (RowState.WORRYING, RowState.PARTLY) else Outcome.SUITABLE
