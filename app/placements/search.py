"""The search log: which places were considered for a family over the weeks, and why each was not offered.

It is the evidence for “in district, or the search” and for “nothing else available”. Source: Housing Act 1996 s.208(1), Nzolameso v
Westminster [2015] UKSC 22; Suitability Order 2003 arts 3 and 4 (law.md B2 and G1).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.audit import service as audit
from app.cases.service import CaseProblem, lock_case
from app.clocks import in_words, today
from app.database import now, writing
from app.extensions import db

from .models import PlaceConsidered

MOST = 400
# What came of a place, in the words of the page and of the record.
CAME = {
    "not_available": "Not available",
    "not_for_them": "Not suitable for this family",
    "proposed": "Proposed to this family",
    "waiting": "Looked at, no answer yet",
}
NEEDS_WHY = ("not_available", "not_for_them")
DISTRICT = {"inside": "In our district", "outside": "Outside our district", "unknown": "Not known which district"}


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
        "came": f"{CAME[row.came]}{because}.{told}",
        "by": f"Written down by {row.written_by_name}",
        "struck": f"Struck out by {row.struck_by_name}: {row.struck_because}" if row.struck_at is not None else "",
    }
