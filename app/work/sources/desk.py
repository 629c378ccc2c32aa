"""What is of no case, or of two: numbers carried twice, letters that did not go, accounts that wait, data that is to be loaded."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, select

from app import jobs
from app.accounts import requests
from app.backups import keeping
from app.cases import numbers
from app.jobs.models import DEAD, Job
from app.letters.owners import is_of, subjects_kept_from
from app.notifications.models import Telling
from app.places import due as editions
from app.places import service as places
from app.work.ordering import Row

from .asker import Asker

_WHAT = {"make": "An account waits for your word", "link": "A new password waits for your word", "enable": "An account to be opened again waits for your word"}  # fmt: skip


def same_numbers(asker: Asker) -> Iterator[Row]:
    """Two cases with one number, for the leads; three queries."""
    for pair in numbers.unsettled(asker.user) if asker.is_lead else ():
        yield Row(
            kind="same_number", case_id=pair.first[0], what="Two cases carry the same number; see whether it is one family",
            said=f"{pair.first[1]} and {pair.second[1]}.", endpoint="numbers.settle",
            args={"case_id": pair.first[0], "other_id": pair.second[0]}, link="Look at both",
        )  # fmt: skip


def _failed_mail(asker: Asker) -> Select[*tuple[Any, ...]]:
    return (
        select(Telling.case_id, Telling.object_id, Job.problem, Job.ended_at)
        .join(Job, Job.id == Telling.object_id)
        .where(Telling.kind == "mail_failed", asker.sees(Telling.case_id), Job.state == DEAD)
        .where((Telling.owner == asker.user.id) | Telling.case_id.in_(asker.held))
    )


def failed_mail(asker: Asker) -> Iterator[Row]:
    """Letters and PDFs that did not go: for who looks after them as one line, for others each that is theirs; two queries."""
    if asker.user.role in ("safeguarding_lead", "administrator"):
        hidden = subjects_kept_from(asker.user.id)
        many = sum(not is_of(job.subject, hidden) for job in jobs.dead())
        if many:
            what = "1 letter or PDF did not go" if many == 1 else f"{many} letters or PDFs did not go"
            yield Row(kind="mail", what=what, endpoint="jobs.listed", link="See why, and send again")
        return
    for row in {row.object_id: row for row in asker.rows(_failed_mail)}.values():
        yield Row(
            kind="mail", case_id=row.case_id, what="A letter or PDF did not go", said=jobs.PROBLEMS.get(row.problem, ""),
            since=row.ended_at, endpoint="cases.show", args={"case_id": row.case_id}, link="See the case",
        )  # fmt: skip


def accounts(asker: Asker) -> Iterator[Row]:
    """Changes of accounts that wait for a second administrator; two queries."""
    for each in requests.waiting() if asker.user.role == "administrator" else ():
        own = each.request.asked_by == asker.user.id
        yield Row(
            kind="account", what="Waits for another administrator" if own else _WHAT[each.request.what],
            said=f"{each.name}, {each.email}. Asked for by {each.asked_by}.", since=each.request.asked_at,
            section="others" if own else "due", endpoint="accounts.people", link="See people",
        )  # fmt: skip


def data_sets(asker: Asker) -> Iterator[Row]:
    """Editions that are out, or should be; for administrators; one query."""
    if asker.user.role == "administrator":
        for each in editions.of_each(places.days_of_data(), asker.on):
            if each.state in ("out", "due", "none"):
                yield Row(
                    kind="data", what=f"Load: {each.name}", said=each.said, endpoint="places.data_sets", link="See data sets",
                )  # fmt: skip


def backups(asker: Asker) -> Iterator[Row]:
    """The last good backup, or the last restore that was proven, is older than the settings allow, or there is none; for administrators.

    A query where there is none.
    """
    old = keeping.old() if asker.user.role == "administrator" else None
    if old is not None:
        yield Row(
            kind="backup", what="Have a backup made, and see why there was none", said=old.says, due=old.by,
            endpoint="jobs.listed", link="See what failed",
        )  # fmt: skip
    untried = keeping.untried() if asker.user.role == "administrator" else None
    if untried is not None:
        yield Row(
            kind="backup", what="Have a backup tried out: “backup verify” on the server", said=untried.says, due=untried.by,
            endpoint="jobs.listed", link="See backups",
        )  # fmt: skip
