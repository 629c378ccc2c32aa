"""What every load has in common: a dry run, a comparison with what is there, held or refused when too much is missing, a register."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app import clocks
from app.database import now
from app.extensions import db

from . import files
from .files import FileProblem, Problems
from .models import DataLoad

# rulings.md 12: under 80 in 100 of the last rows is held for approval, under 50 refused.
HELD_UNDER_PERCENT, REFUSED_UNDER_PERCENT = 80, 50
KEPT_PROBLEMS = 500
ALL_PROBLEMS = "rows that need looking at, in all"
KINDS = {
    "postcodes": "Postcodes",
    "districts": "District boundaries",
    "authorities": "Names and successors of authorities",
    "schools": "Schools (GIAS)",
    "gp": "GP practices (ODS epraccur)",
    "pharmacies": "Pharmacies (ODS edispensary)",
    "pharmacy_hours": "Pharmacies with opening hours (NHSBSA)",
    "cqc": "Services registered with CQC",
    "childcare": "Childcare (Ofsted)",
    "open_referral": "Open Referral UK",
    "services": "The council’s own list of services",
    "walking": "Walking network (OpenStreetMap)",
}


@dataclass
class Report:
    """What a load did, or would do. ``state`` is active, held or refused; a dry run keeps nothing."""

    kind: str
    file_name: str
    sha256: str
    source: str
    data_date: date
    rows: int = 0
    before: int = 0
    state: str = "active"
    why: str = ""
    owner: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)

    def as_json(self) -> dict[str, Any]:
        """For the command line: whole numbers and text."""
        return {
            "kind": self.kind,
            "file": self.file_name,
            "source": self.source,
            "data_date": self.data_date.isoformat(),
            "state": self.state,
            "why": self.why,
            "rows": self.rows,
            "before": self.before,
            "counts": self.counts,
            "problems": [{"line": p.line, "sentence": p.sentence} for p in self.problems[:KEPT_PROBLEMS]],
            "problems_in_all": len(self.problems),
        }


def begun(kind: str, path: Path, source: str, data_date: date, owner: str = "") -> Report:
    """A report of a file, before it is known what is in it.

    Raises:
        FileProblem: it is not there, or the data is dated in the future: then nothing of it would ever grow old.
    """
    if data_date > clocks.today():
        raise FileProblem(f"{path.name}: its data is dated {data_date.isoformat()}, which is still to come.")
    return Report(
        kind=kind, file_name=path.name, sha256=files.digest(path), source=source, data_date=data_date, owner=owner
    )


def weigh(report: Report, rows: int, before: int, what: str) -> None:
    """Hold or refuse a load that has far fewer rows than what it would replace. Source: rulings.md 12."""
    report.rows, report.before = rows, before
    if rows == 0:
        report.state, report.why = "refused", f"There is no usable row of {what} in it."
    elif before and 100 * rows < REFUSED_UNDER_PERCENT * before:
        report.state = "refused"
        report.why = f"It has {rows:,} {what} where there were {before:,}: less than half. It is refused."
    elif before and 100 * rows < HELD_UNDER_PERCENT * before:
        report.state = "held"
        report.why = f"It has {rows:,} {what} where there were {before:,}. It waits until an administrator approves it."


def let_through(report: Report, approved: bool) -> None:
    """A load that was held and then approved by an administrator is taken; one that was refused never is."""
    if approved and report.state == "held":
        report.state, report.why = "active", ""


def as_date(text: str, what: str) -> date:
    """A day written YYYY-MM-DD.

    Raises:
        FileProblem: it is not one.
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise FileProblem(f"{what}: “{text[:20]}” is not a day written YYYY-MM-DD.") from None


def register(session: Session, report: Report, by: str) -> DataLoad:
    """Write a load down; an active one supersedes the one before it of the same kind and source file family."""
    if report.state == "active":
        supersede(session, report.kind)
    made = DataLoad(
        kind=report.kind,
        file_name=report.file_name,
        sha256=report.sha256,
        source=report.source,
        owner=report.owner,
        data_date=report.data_date,
        state=report.state,
        rows=report.rows,
        counts={**report.counts, **_more(report)},
        problems=[{"line": p.line, "sentence": p.sentence} for p in report.problems[:KEPT_PROBLEMS]],
        why=report.why,
        loaded_at=now(),
        loaded_by=by,
    )
    session.add(made)
    session.flush()
    return made


def _more(report: Report) -> dict[str, int]:
    """How many rows there are to look at, where not all are kept."""
    return {ALL_PROBLEMS: len(report.problems)} if len(report.problems) > KEPT_PROBLEMS else {}


def supersede(session: Session, kind: str) -> None:
    session.execute(
        update(DataLoad).where(DataLoad.kind == kind, DataLoad.state == "active").values(state="superseded")
    )


def find(load_id: str) -> DataLoad | None:
    return db.session.get(DataLoad, load_id)


def recent(most: int = 60) -> Sequence[DataLoad]:
    """Newest first."""
    return db.session.scalars(select(DataLoad).order_by(DataLoad.loaded_at.desc()).limit(most)).all()
