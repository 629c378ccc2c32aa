"""The dates of cases that no other source tells of: six weeks, birthdays, certificates, reviews, what was learned and grows old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.clocks import silence, table
from app.deadlines import due as due_dates
from app.suitability.casefile.values import in_sentence
from app.work.ordering import Row

from .asker import SOON, Asker

# These wait in words of their own, each with the page on which it is done: for whoever it is up to.
_TOLD_ELSEWHERE = ("disagreement", "emergency_ratify", "move")
# These wait in words of their own for the officer of the case, and for nobody else: once they are a role's together, they are told here.
_TOLD_TO_OFFICERS = ("answer", "child_notice", "condition", "host_notice", "next_look")


def kept(asker: Asker) -> Iterator[Row]:
    """What is due within a week, or past its day; one query. What somebody put off is not among it until its day.

    The same of several people or bodies of one case by one day is one thing to do.
    """
    together: dict[tuple[str, str, date | None, bool], list[due_dates.Due]] = {}
    found = due_dates.due_for(
        asker.user, asker.on, ahead=SOON.days, owners=asker.theirs, without=_TOLD_ELSEWHERE, only_of_roles=_TOLD_TO_OFFICERS
    )  # fmt: skip
    for due in found:
        together.setdefault((due.case_id, due.what, due.due, due.is_mine), []).append(due)
    for (case_id, what, day, is_mine), listed in together.items():
        whose = "" if is_mine or not listed[0].owner else f"For any {listed[0].owner.casefold()}."
        about = "; ".join(due.about for due in listed if due.about)
        if listed[0].kind == "answer" and day is not None:
            about = f"{about}. {step_reached(day, asker.on)}"
        yield Row(
            kind="date", case_id=case_id, what=what, due=day, said=" ".join(part for part in (about, whose) if part),
            endpoint="deadlines.listed", args={"case_id": case_id}, link="See the date and what meets it",
        )  # fmt: skip


def step_reached(day: date, on: date, at: str = "") -> str:
    """Which step a silence has reached, in a sentence; empty where the answer may still come in time. ``at``: the hour of the day."""
    reached = silence.now(silence.ladder(day, at, table.read()), on)
    return f"Now: {in_sentence(reached.rung.name)}." if reached is not None else ""
