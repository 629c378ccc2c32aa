"""The dates of cases that no other source tells of: six weeks, birthdays, certificates, reviews, what was learned and grows old."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from app.deadlines import service as deadlines
from app.work.ordering import Row

from .asker import SOON, Asker

# These wait in words of their own, each with the page on which it is done.
_TOLD_ELSEWHERE = (
    "answer",
    "child_notice",
    "condition",
    "disagreement",
    "emergency_ratify",
    "host_notice",
    "move",
    "next_look",
)


def kept(asker: Asker) -> Iterator[Row]:
    """What is due within a week, or past its day; one query. What somebody put off is not among it until its day.

    The same of several people or bodies of one case by one day is one thing to do.
    """
    together: dict[tuple[str, str, date | None, bool], list[deadlines.Due]] = {}
    for due in deadlines.due_for(asker.user, asker.on, ahead=SOON.days, owners=asker.theirs, without=_TOLD_ELSEWHERE):
        together.setdefault((due.case_id, due.what, due.due, due.is_mine), []).append(due)
    for (case_id, what, day, is_mine), listed in together.items():
        whose = "" if is_mine or not listed[0].owner else f"For any {listed[0].owner.casefold()}."
        about = "; ".join(due.about for due in listed if due.about)
        yield Row(
            kind="date", case_id=case_id, what=what, due=day, said=" ".join(part for part in (about, whose) if part),
            endpoint="deadlines.listed", args={"case_id": case_id}, link="See the date and what meets it",
        )  # fmt: skip
