"""What comes of how a case lives on: warnings to be looked at again, a household that became a family, cases that were closed lately."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import aliased

from app.assessments import afresh as assessed
from app.cases.models import Case
from app.clocks import in_words
from app.lives.models import LifeStep
from app.lives.words import CLOSED, CORRECTED, OVER, REVIEWED, WARNING
from app.work.ordering import Row

from .asker import Asker


def _warnings(asker: Asker) -> Select[*tuple[Any, ...]]:
    later = aliased(LifeStep)
    replaced = (
        select(later.id)
        .where(later.case_id == LifeStep.case_id, later.recorded_at >= LifeStep.recorded_at, later.id != LifeStep.id)
        .where(
            ((LifeStep.kind == WARNING) & (later.about == LifeStep.id) & later.kind.in_((CORRECTED, REVIEWED)))
            | ((LifeStep.kind == REVIEWED) & (later.about == LifeStep.about) & later.kind.in_((CORRECTED, REVIEWED)))
        )
        .exists()
    )
    return (
        select(LifeStep.id, LifeStep.case_id, LifeStep.kind, LifeStep.about, LifeStep.due, LifeStep.said)
        .join(Case, Case.id == LifeStep.case_id)
        .where(LifeStep.kind.in_((WARNING, REVIEWED)), LifeStep.code != OVER, LifeStep.due <= asker.soon, ~replaced)
        .where(asker.sees(LifeStep.case_id), Case.assigned_to.in_(asker.theirs))
        .order_by(LifeStep.due, LifeStep.id)
    )


def warnings(asker: Asker) -> Iterator[Row]:
    """Warnings whose day is near or gone by, of the cases that are their work; one query."""
    for row in asker.rows(_warnings):
        late = row.due < asker.on
        about = row.about if row.kind == REVIEWED else row.id
        yield Row(
            kind="warning", case_id=row.case_id, due=row.due,
            what="A warning is past the day on which it was to be looked at again" if late else "A warning is to be looked at again",
            said="Review overdue. It stands until somebody says what they found." if late else "",
            endpoint="lives.review", args={"case_id": row.case_id, "life_id": about}, link="Read it and look again",
        )  # fmt: skip


def _changed(asker: Asker) -> Select[*tuple[Any, ...]]:
    lately = (LifeStep.kind == CLOSED) & (Case.closed_on == LifeStep.on) & (LifeStep.on >= asker.lately)
    return (
        select(LifeStep.case_id, LifeStep.kind, LifeStep.on, LifeStep.by_name, LifeStep.facts, LifeStep.recorded_at)
        .join(Case, Case.id == LifeStep.case_id)
        .where(LifeStep.kind.in_((CLOSED, *assessed.KINDS)), lately | assessed.is_asked())
        .where(asker.sees(LifeStep.case_id), Case.assigned_to.in_(asker.theirs))
        .order_by(LifeStep.recorded_at, LifeStep.id)
    )


def changed(asker: Asker) -> Iterator[Row]:
    """Cases of theirs that were closed within four weeks, whose other lines are gone from here, and households to be assessed afresh; one query."""
    rows = asker.rows(_changed).all()
    for row in {row.case_id: row for row in rows if row.kind == CLOSED}.values():
        resting = len((row.facts or {}).get("rests", ()))
        rests = (
            f" {resting} {'thing rests' if resting == 1 else 'things rest'}, each with its reason." if resting else ""
        )
        yield Row(
            kind="closed", case_id=row.case_id, section="others", what=f"Closed by {row.by_name} on {in_words(row.on)}",
            said=f"Its other lines are gone from here.{rests}", endpoint="cases.show", args={"case_id": row.case_id}, link="See the case",
        )  # fmt: skip
    of: dict[str, list[Any]] = {}
    for row in rows:
        if row.kind != CLOSED:
            of.setdefault(row.case_id, []).append(row)
    for case_id, listed in of.items():
        yield Row(
            kind="afresh", case_id=case_id, since=listed[0].recorded_at, what="To be assessed afresh",
            said=" ".join(dict.fromkeys(assessed.why(row.kind, row.on) for row in listed)),
            endpoint="cases.show", args={"case_id": case_id}, link="Open the case",
        )  # fmt: skip
