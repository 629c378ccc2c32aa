"""The dates of cases that no other source tells of: six weeks, birthdays, certificates, reviews, what was learned and grows old."""

from __future__ import annotations

from collections.abc import Iterator

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
    """What is due within a week, or past its day; one query. What somebody put off is not among it until its day."""
    for due in deadlines.due_for(asker.user, asker.on, ahead=SOON.days, owners=asker.theirs, without=_TOLD_ELSEWHERE):
        whose = "" if due.is_mine or not due.owner else f"For any {due.owner.casefold()}."
        yield Row(
            kind="date", case_id=due.case_id, what=due.what, due=due.due,
            said=" ".join(part for part in (due.about, whose) if part), endpoint="deadlines.listed",
            args={"case_id": due.case_id}, link="See the date and what meets it",
        )  # fmt: skip
