"""The search log: which places were considered for a family over the weeks, and why each was not offered.

It is the evidence for “in district, or the search” and for “nothing else available”. Source: Housing Act 1996 s.208(1), Nzolameso v
Westminster [2015] UKSC 22; Suitability Order 2003 arts 3 and 4 (law.md B2 and G1).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases.service import CaseProblem, lock_case
from app.clocks import begins, in_words, local, today
from app.database import now, writing
from app.extensions import db
from app.suitability.casefile.history import Considered
from app.suitability.casefile.wording import CAME_OF_PLACE, DISTRICT

from .models import PlaceConsidered

MOST = 400
NEEDS_WHY = ("not_available", "not_for_them")


def of_case(case_id: str) -> Sequence[PlaceConsidered]:
    """Every place that was considered, the newest day first; what was struck out stays and says so."""
    newest = (PlaceConsidered.on.desc(), PlaceConsidered.written_at.desc())
    return db.session.scalars(select(PlaceConsidered).where(PlaceConsidered.case_id == case_id).order_by(*newest)).all()


def add(user: Any, case_id: str, seen_version: int, values: dict[str, Any]) -> None:
    """Write down a place that was considered.

    Args:
        values: the columns of the row, as the form gives them.
    Raises:
        CaseProblem: the day is ahead, or there are more than ``MOST``.
        StaleCase: somebody changed the case meanwhile.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        if values["on"] > today():
            raise CaseProblem("This day is in the future.", "on")
        there = session.scalars(select(PlaceConsidered.id).where(PlaceConsidered.case_id == case_id)).all()
        if len(there) >= MOST:
            raise CaseProblem(f"A case can have {MOST} places here.")
        made = PlaceConsidered(case_id=case_id, written_by=user.id, written_by_name=user.name, **values)
        session.add(made)
        session.flush()
        audit.record(session, "search.added", "place", made.id, case_id, {"came": made.came})


def strike(user: Any, case_id: str, seen_version: int, place_id: str, why: str) -> None:
    """Strike out what was written down by mistake: it stays to be read, and says why it does not count.

    Raises:
        CaseProblem: it is struck out already, or is not of this case.
    """
    with writing() as session:
        lock_case(session, case_id, seen_version)
        row = session.get(PlaceConsidered, place_id)
        if row is None or row.case_id != case_id or row.struck_at is not None:
            raise CaseProblem("This was struck out while you were looking at it.")
        row.struck_because, row.struck_by_name, row.struck_at = why, user.name, now()
        audit.record(session, "search.struck", "place", row.id, case_id)


def carried(case_id: str, on: date) -> tuple[Considered, ...] | None:
    """The log up to a day as a case file holds it, the oldest day first; None where nobody had begun one."""
    found = tuple(
        Considered(
            on=row.on,
            place=row.place,
            size=row.size,
            nightly_cost_pence=row.nightly_cost_pence,
            district=row.district or None,
            came=row.came,
            because=row.because,
            told_by=row.told_by,
            written_by=row.written_by_name,
            struck_because=row.struck_because,
            struck_by=row.struck_by_name,
            struck_on=local(row.struck_at).date() if row.struck_at is not None else None,
        )
        for row in of_case(case_id)[::-1]
        if row.on <= on
    )
    return found or None


def bring(session: Session, user: Any, case_id: str, held: Sequence[Considered] | None) -> None:
    """In the transaction that reads a case file in: its log comes along, under the names of those who wrote it."""
    for one in held or ():
        session.add(
            PlaceConsidered(
                case_id=case_id,
                on=one.on,
                place=one.place,
                size=one.size,
                nightly_cost_pence=one.nightly_cost_pence,
                district=one.district or "",
                came=one.came,
                because=one.because,
                told_by=one.told_by,
                written_by=user.id,
                written_by_name=one.written_by or user.name,
                struck_because=one.struck_because,
                struck_by_name=one.struck_by,
                struck_at=begins(one.struck_on) if one.struck_on is not None else None,
            )
        )


def lines(rows: Sequence[PlaceConsidered]) -> list[dict[str, str]]:
    """Each place as the page and the record say it: the day, what it is, what came of it and why, who told us."""
    return [line(row) for row in rows]


def line(row: PlaceConsidered) -> dict[str, str]:
    cost = f"£{row.nightly_cost_pence / 100:,.2f} a night" if row.nightly_cost_pence is not None else ""
    what = "; ".join(part for part in (row.place, row.size, DISTRICT.get(row.district, ""), cost) if part)
    told = f" Told by {row.told_by}." if row.told_by else ""
    because = f": {row.because.rstrip('.')}" if row.because else ""
    return {
        "id": row.id,
        "on": in_words(row.on) or "",
        "what": what,
        "came": f"{CAME_OF_PLACE[row.came]}{because}.{told}",
        "by": f"Written down by {row.written_by_name}",
        "struck": f"Struck out by {row.struck_by_name}: {row.struck_because}" if row.struck_at is not None else "",
    }
