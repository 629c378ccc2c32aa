"""A record issued anew: the body it was frozen with, and before it what happened since. The bytes of the first stay what they are."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import service as audit
from app.cases import sealed_home
from app.cases import service as cases
from app.database import now, writing
from app.extensions import db
from app.records import service as records
from app.records.models import Record
from app.records.proof import body_of

from . import afterwards
from .afterwards import AfterwardsProblem
from .models import Decision

_OF_AN_ISSUE = ("number", "issued_at", "audit")  # what every issue has of its own


def issues_of(record_id: str) -> list[Record]:
    """The first record of a decision and every later issue of it, oldest first."""
    wanted = (Record.id == record_id) | (Record.reissue_of == record_id)
    return list(db.session.scalars(select(Record).where(wanted).order_by(Record.issued_at, Record.number)))


def issue_again(
    user: Any, decision: Decision, seen_version: int, then: Callable[[Session, Record], None] | None = None
) -> Record:
    """Issue the record of a decision anew; ``then`` is done in the same transaction.

    Raises:
        StaleCase: the case changed since the person saw it.
        AfterwardsProblem: nothing has happened since the newest issue.
    """
    with writing() as session:
        cases.lock_case(session, decision.case_id, seen_version)
        issued = issues_of(decision.record_id)
        first, newest, steps = issued[0], issued[-1], afterwards.steps_of(decision.id)
        if not afterwards.since(decision, newest.issued_at, steps):
            raise AfterwardsProblem("Nothing has happened since this record was issued.")
        frozen = {name: value for name, value in json.loads(body_of(first)).items() if name not in _OF_AN_ISSUE}
        happened = afterwards.since(decision, first.issued_at, steps)
        # What was sealed since is not issued anew. The bytes of the first stay what they are, and this one names their hash.
        frozen = sealed_home.scrubbed(frozen, sealed_home.homes(session, decision.case_id))
        frozen["issue"] = {"of": first.number, "of_sha256": first.sha256, "since": happened}
        moment = now()
        number = records.next_number(session, moment)
        made = records.issue(session, decision.case_id, number, moment, frozen, first.id)
        audit.record(session, "record.issued_again", "record", made.id, decision.case_id)
        if then is not None:
            then(session, made)
    return made
