"""What to ask next: of whom, in which words, by when and on what ground."""

from __future__ import annotations

import re
from typing import NamedTuple

from .checklist import Checklist
from .criterion import Agency, Criterion
from .lift import HITS
from .result import OUTCOMES, Result, Row
from .worry import EFFECT_ORDER


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
    doubtful: bool = False  # asked only because it is not known whether it applies: what settles that is asked first


_ID = re.compile(r"\b(?:CS|SM|SA|IS|LS)\d\d\b")


def with_names(checklist: Checklist, said: str) -> str:
    """A sentence for a reader who does not know the numbers of the questions."""
    for number in set(_ID.findall(said)):
        said = said.replace(f"{number} {checklist.criteria[number].name}", number)
    return _ID.sub(lambda found: f"“{checklist.criteria[found[0]].name}” ({found[0]})", said)


class Asked(NamedTuple):
    """Whom to ask about an open row, and in what words."""

    agency: Agency
    words: str


def asked_of(checklist: Checklist, row: Row) -> Asked:
    """Whom to ask. Where it is not known whether a row applies, no agency hears of the family before the officer found out.

    Where a person's own word is enough, it is that person who is asked.
    """
    criterion = checklist.criteria[row.criterion]
    agency, words = checklist.agencies[criterion.ask_of], criterion.ask or criterion.question
    if row.own_word and not row.doubtful:
        return Asked(checklist.agencies["family"], criterion.question)
    if not row.doubtful or agency.code in _OWN:
        return Asked(agency, words)
    first = f"Find out first {with_names(checklist, row.doubtful)}. If it then does not apply, nothing is asked."
    return Asked(checklist.agencies["officer"], f"{first} If it does, ask {agency.name}: {words}")


_OWN = ("officer", "family", "supervisor")  # the officer and whom the officer is with: nothing leaves the room


def next_questions(checklist: Checklist, result: Result) -> tuple[NextQuestion, ...]:
    """Every open row, sorted by whether its answer could change the outcome, then by how much it narrows the range.

    Where a stop stands no answer changes the outcome, but what holds a placement here may hold the next one too: a hold
    comes before a chase, and a chase before a note; and what could itself be a stop before the rest. What is about a unit that
    may not be used comes after what goes with the family to the next. A question asked only because it is not known whether it
    applies comes after those that are surely asked: one of them settles it. A second person's view of the whole comes last.
    """
    now = OUTCOMES.index(result.outcome)
    hits = sorted([row.hits for row in result.rows] + [p.hits for p in result.patterns], reverse=True)
    totals: dict[str, int] = {}
    for row in result.rows:
        domain = checklist.criteria[row.criterion].domain
        totals[domain] = totals.get(domain, 0) + row.share
    lost = any(row.effect == "stop" and row.state != "open" for row in result.rows)
    found = []
    for row in result.rows:
        if not row.is_open:
            continue
        criterion = checklist.criteria[row.criterion]
        agency, words = asked_of(checklist, row)
        others = hits[1] if row.hits == hits[0] and len(hits) > 1 else hits[0] if row.hits != hits[0] else 0
        worst = max(others, HITS[criterion.worst_effect], row.hits)
        best = max(others, _worry_alone(row))
        narrows = 100 * row.share // totals[criterion.domain] if totals[criterion.domain] else 0
        found.append(
            NextQuestion(
                row.criterion,
                row.subject,
                criterion.name,
                agency.name,
                words,
                agency.question,
                agency.tonight,
                agency.planned,
                agency.ground,
                agency.at_silence,
                worst != now or best != now,
                narrows,
                row.open_effect,
                bool(row.doubtful),
            )
        )
    order = {name: at for at, name in enumerate(checklist.order)}
    urgency = {"hold": 0, "chase": 1, "note": 2}
    worst_of = {name: EFFECT_ORDER.index(c.worst_effect) for name, c in checklist.criteria.items()}
    return tuple(
        sorted(
            found,
            key=lambda q: (
                not q.could_change_outcome,
                *(
                    (
                        checklist.criteria[q.criterion].phase == 2,
                        q.doubtful,
                        -q.narrows,
                        urgency[q.effect],
                    )
                    if q.could_change_outcome
                    else (
                        urgency[q.effect],
                        checklist.criteria[q.criterion].phase == 2,
                        lost and _about_the_unit(checklist.criteria[q.criterion]),
                        100 * q.doubtful + worst_of[q.criterion],
                        -q.narrows,
                    )
                ),
                -HITS[checklist.criteria[q.criterion].worst_effect],
                order[q.criterion],
                q.subject,
            ),
        )
    )


def _about_the_unit(criterion: Criterion) -> bool:
    return criterion.subject == "unit" or bool(criterion.next_unit)


def _worry_alone(row: Row) -> int:
    return HITS.get(row.effect, 0) if row.state in ("worrying", "partly") else 0
