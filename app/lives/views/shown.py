"""What stands at the head of a case: how they may be reached, warnings, births, each child’s views, and whether it is closed; one query."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from flask import g
from flask_login import current_user

from app.assessments import afresh
from app.cases import departed
from app.cases.alike import labels_of
from app.cases.models import Case
from app.cases.service import visible_to
from app.checklists import read_folder
from app.clocks import today
from app.extensions import db
from app.lives import leaving, parting, steps, warnings, ways, wishes
from app.lives.along import ASKED_BEFORE, is_waiting
from app.lives.models import LifeStep
from app.lives.warnings import Warned
from app.lives.words import BORN, CAME, CLOSED, PARTED, REFUSED, SOUGHT, WAYS
from app.suitability.casefile import wording


class Child(NamedTuple):
    """A child’s views as a page shows them: None where nobody wrote anything down."""

    name: str
    key: str
    said: LifeStep | None

    @property
    def were_sought(self) -> bool:
        return self.said is not None and self.said.code == SOUGHT

    @property
    def again_since(self) -> date | None:
        """The day after the last on which they count as what the child says now; None while they do. They stay the child’s words."""
        if self.said is None or self.said.on is None:
            return None
        last = self.said.on + timedelta(days=read_folder().numbers_on(today())["views_days"])
        return last + timedelta(days=1) if last < today() else None


class Household(NamedTuple):
    """People who left, or came from, another household: since when, who, and the other case where it may be seen."""

    on: date | None
    names: str
    other: tuple[str, str] | None


class Asked(NamedTuple):
    """What an agency was asked in a case that people left, and did not answer there: whom, on what day, and by when it was wanted."""

    agency: str
    on: date | None
    due: date | None


class Life(NamedTuple):
    """``ways`` as lines with whether each is refused; ``born`` of children who were expected here."""

    steps: Sequence[LifeStep]
    refused: Sequence[str]
    safe: Sequence[str]
    warnings: Sequence[Warned]
    overdue: frozenset[str]
    closed: LifeStep | None
    left: dict[str, LifeStep]
    parted: Sequence[Household] = ()
    came: Sequence[Household] = ()
    afresh: Sequence[str] = ()
    asked: Sequence[Asked] = ()

    def views_of(self, members: Iterable[Any], called: Mapping[str, str]) -> list[Child]:
        """Of each child who is born, what they said last; by what they are called. The case’s own members are not read for it."""
        here = [m for m in members if m.kind == "child"]
        found = wishes.newest(self.steps, (m.key for m in here))
        return [Child(called.get(m.key, m.name), m.key, found[m.key]) for m in here]

    def born_since(self, moment: datetime) -> list[LifeStep]:
        return [s for s in self.steps if s.kind == BORN and s.recorded_at > moment]


def life_of(case: Case) -> Life:
    """Everything of it, read once for a page."""
    kept = g.get("life")
    if kept is None or kept[0] != (case.id, case.version):
        g.life = kept = (case.id, case.version), _read(case)
    found: Life = kept[1]
    return found


def _read(case: Case) -> Life:
    listed = steps.of_case(case.id)
    stand = ways.in_force(listed)
    warned = warnings.in_force(listed)
    closed = [s for s in listed if s.kind == CLOSED]
    return Life(
        steps=listed,
        refused=[way_in_words(s) for s in stand if s.how == REFUSED],
        safe=[way_in_words(s) for s in stand if s.how != REFUSED],
        warnings=warned,
        overdue=frozenset(w.step.id for w in warned if w.is_overdue(today())),
        closed=closed[-1] if closed and case.closed_on else None,
        left=leaving.of(listed),
        parted=_parted(case, [s for s in listed if s.kind == PARTED]),
        afresh=afresh.of_case(case.id, listed),
        came=_came(case, [s for s in listed if s.kind == CAME]),
        asked=_asked(case) if any(s.kind == CAME for s in listed) else (),
    )


def _asked(case: Case) -> list[Asked]:
    """What waits for an answer since before they came; read only of a case that people came into."""
    names = read_folder().agencies
    found = []
    for c in case.conversations:
        if is_waiting(c) and c.question.startswith(ASKED_BEFORE):
            agency = names.get(c.who or "")
            found.append(Asked(agency.name if agency else c.source_agency or c.source_name, c.on, c.due))
    return found


def _parted(case: Case, listed: Sequence[LifeStep]) -> list[Household]:
    """Who left. Their case is told to whoever may see it, and to nobody else; no query where nobody left."""
    if not listed:
        return []
    called = departed.names(case.id)
    seen = parting.cases_of(db.session, [s.id for s in listed], visible_to(current_user))
    return [Household(s.on, _named(s, called), seen.get(s.id)) for s in listed]


def _came(case: Case, listed: Sequence[LifeStep]) -> list[Household]:
    called = labels_of(case) if listed else {}
    return [
        Household(s.on, _named(s, called), parting.came_from(db.session, s, visible_to(current_user))) for s in listed
    ]


def _named(step: LifeStep, called: Mapping[str, str]) -> str:
    return "; ".join(called[key] for key in step.facts.get("people", ()) if key in called)


def way_in_words(step: LifeStep) -> str:
    """A way in one line: which, what of it, why."""
    named = f": {step.place}" if step.place else " of any kind" if step.how == REFUSED else ""
    return f"{WAYS.get(step.code, step.code)}{named}.{f' {step.said}' if step.said else ''}"


def counted(step: LifeStep) -> str:
    """How it is known, in words."""
    return wording.GRADE[step.grade]
