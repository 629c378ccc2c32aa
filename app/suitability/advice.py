"""What to ask next and of whom, and what would make this placement suitable."""

from __future__ import annotations

from typing import NamedTuple

from .checklist import Checklist
from .plain import in_sentence
from .result import OUTCOMES, Result, Row

_HITS = {"stop": 3, "stop_until": 3, "senior": 2, "high": 2, "medium": 1, "low": 0}


class NextQuestion(NamedTuple):
    """An open row as something to do: whom to ask, what exactly, by when and on what ground."""

    criterion: str
    subject: str
    name: str
    ask_of: str
    ask: str
    tonight: str
    planned: str
    ground: str
    at_silence: str
    could_change_outcome: bool
    narrows: int  # points of the domain's range
    effect: str


class Step(NamedTuple):
    criterion: str
    subject: str
    step: str
    owner: str


class WayForward(NamedTuple):
    """Whether this placement can be made suitable, and how; when not, the next safe step."""

    reachable: bool
    because: str
    steps: tuple[Step, ...]


def next_questions(checklist: Checklist, result: Result) -> tuple[NextQuestion, ...]:
    """Every open row, sorted by whether its answer could change the outcome, then by how much it narrows the range."""
    now = OUTCOMES.index(result.outcome)
    hits = sorted((row.hits for row in result.rows), reverse=True)
    totals: dict[str, int] = {}
    for row in result.rows:
        domain = checklist.criteria[row.criterion].domain
        totals[domain] = totals.get(domain, 0) + row.share
    found = []
    for row in result.rows:
        if not row.is_open:
            continue
        criterion = checklist.criteria[row.criterion]
        agency = checklist.agencies[criterion.ask_of]
        others = hits[1] if row.hits == hits[0] and len(hits) > 1 else hits[0] if row.hits != hits[0] else 0
        worst = max(others, _HITS[criterion.worst_effect], row.hits)
        best = max(others, _worry_alone(row))
        narrows = 100 * row.share // totals[criterion.domain] if totals[criterion.domain] else 0
        found.append(
            NextQuestion(
                row.criterion,
                row.subject,
                criterion.name,
                agency.name,
                criterion.ask or criterion.question,
                agency.tonight,
                agency.planned,
                agency.ground,
                agency.at_silence,
                worst != now or best != now,
                narrows,
                row.open_effect,
            )
        )
    shares = {(row.criterion, row.subject): row.share for row in result.rows}
    order = {name: at for at, name in enumerate(checklist.order)}
    urgency = {"hold": 0, "chase": 1, "note": 2}
    return tuple(
        sorted(
            found,
            key=lambda q: (
                not q.could_change_outcome,
                urgency[q.effect],
                -_HITS[checklist.criteria[q.criterion].worst_effect],
                -shares[q.criterion, q.subject],
                order[q.criterion],
                q.subject,
            ),
        )
    )


def _worry_alone(row: Row) -> int:
    return _HITS.get(row.effect, 0) if row.state in ("worrying", "partly") else 0


def way_forward(checklist: Checklist, result: Result) -> WayForward:
    """What would make this placement suitable, or why nothing does. A stop always leads to the next safe step."""
    stops = [row for row in result.rows if row.effect == "stop"]
    if stops:
        named = ", ".join(
            dict.fromkeys(f"{row.criterion} {in_sentence(checklist.criteria[row.criterion].name)}" for row in stops)
        )
        steps = tuple(
            Step(
                row.criterion, row.subject, "Propose another placement that is clear of this.", _placing(checklist, row)
            )
            for row in stops
        )
        return WayForward(
            False,
            f"Nothing makes this placement suitable: {named}. The duty to accommodate goes on: find another placement, or ask a senior officer for the emergency route.",
            (*steps, Step("", "household", checklist.words["no_other_placement_tonight"], "senior officer")),
        )
    blocking = [row for row in result.rows if row.hits >= 2]
    if not blocking:
        made = tuple(
            Step(row.criterion, row.subject, c.what, c.owner or row.owner)
            for row in result.rows
            for c in row.conditions
        )
        if made:
            return WayForward(True, "It is suitable if each condition is met by its date.", made)
        return WayForward(
            True,
            "Nothing is open. Set the next review.",
            (Step("", "household", "Review on the date set, or sooner if anything changes.", "housing officer"),),
        )
    steps = tuple(
        Step(
            row.criterion,
            row.subject,
            f"Ask {checklist.agencies[row.owner].name}: {checklist.criteria[row.criterion].ask or checklist.criteria[row.criterion].question}"
            if row.state == "open" and row.owner in checklist.agencies
            else row.lifts,
            checklist.agencies[row.owner].name if row.owner in checklist.agencies else row.owner,
        )
        for row in sorted(blocking, key=lambda r: -r.hits)
    )
    return WayForward(True, "It can become suitable when each of these is done.", steps)


def _placing(checklist: Checklist, row: Row) -> str:
    return row.owner if row.owner not in checklist.agencies else "placement officer"
