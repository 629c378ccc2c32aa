"""Writing to the audit, and reading a case's timeline from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

from flask import current_app, g, has_request_context, request
from flask_login import current_user
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app import disk, installation
from app.database import now, writing_connection
from app.extensions import db

from . import chain, reading, writing
from .details import AuditKey
from .models import AuditEvent, AuditHead
from .of_access import OF_ACCESS
from .of_accounts import OF_ACCOUNTS
from .of_courts import OF_COURTS
from .of_homes import OF_HOMES
from .of_lives import OF_LIVES
from .of_retention import OF_RETENTION
from .of_the_house import OF_THE_HOUSE
from .of_the_register import OF_THE_REGISTER
from .of_visits import OF_VISITS

# What each action is called on a timeline. An action that is not here is refused: the words are part of the design.
ACTIONS = {
    **OF_ACCOUNTS,
    **OF_ACCESS,
    "case.created": "Case opened",
    "case.imported": "Case read in from a file",
    "case.exported": "Case written out to a file",
    "case.viewed": "Case looked at",
    "case.changed": "Household changed",
    "case.allocated": "Case allocated",
    "case.handed_over": "Case handed over to another officer, with a reason",
    "cover.set": "Cover for an officer on leave set",
    "cover.ended": "Cover for an officer ended before its last day",
    "team.joined": "Officer put into a team",
    "team.left": "Officer taken out of a team",
    "case.restricted": "Case restricted",
    "case.unrestricted": "Case restriction lifted",
    "case.denied": "Look-up denied: they may not see this case",
    "number.settled": "Two cases with one number looked at by a safeguarding lead",
    "search.added": "Place considered written down",
    "search.struck": "Place considered struck out, with a reason",
    **OF_LIVES,
    **OF_HOMES,
    **OF_THE_HOUSE,
    "supervision.written": "Note of supervision written down",
    "supervision.viewed": "Notes of supervision looked at",
    "placement.created": "Placement proposed",
    "placement.changed": "Placement changed",
    "placement.unit_added": "Further unit of a placement added",
    "placement.unit_changed": "Further unit of a placement changed",
    "placement.unit_removed": "Further unit of a placement taken away",
    "assessment.viewed": "Assessment looked at",
    "conversation.held": "Conversation written down",
    "conversation.changed": "How a conversation ended written down",
    "answer.saved": "Answer saved",
    "answer.superseded": "Answer superseded, with a reason",
    "answer.corrected": "Own answer corrected within the hour",
    "mitigation.saved": "Mitigation saved",
    "mitigation.agreed": "Plan agreed to",
    "acceptance.saved": "Written acceptance saved",
    "pattern.answered": "Pattern answered with a reason",
    "assessment.submitted": "Submitted for review",
    "assessment.returned": "Returned, naming what to change",
    "assessment.withdrawn": "Withdrawn",
    "assessment.taken_back": "Taken back by the officer before it was decided",
    "assessment.again": "Assessment begun again of a placement that was decided",
    "decision.made": "Decision made",
    "condition.met": "Condition of a decision seen to be met",
    "condition.moved": "Condition of a decision looked at again: another day set",
    "decision.correction_asked": "Correction of a recorded fact asked for",
    "decision.correction_signed": "Correction of a recorded fact counter-signed",
    "decision.correction_refused": "Correction of a recorded fact not counter-signed",
    "decision.withdrawn": "Decision withdrawn",
    "decision.moved": "Where the family was moved written down",
    "record.issued_again": "Record issued anew with what happened since",
    "emergency.taken": "Emergency decision for tonight taken",
    "emergency.ratified": "Emergency decision looked at by a safeguarding lead",
    "emergency.moved": "Where the family of an escalated emergency decision was moved written down",
    "record.issued": "Record issued",
    "record.rendered": "Record made into a PDF",
    "record.rendered_again": "Record made into a PDF again: the earlier file was gone",
    "record.not_stamped": "No time-stamp could be had for the PDF of a record",
    "record.exported": "Record written out to a file",
    "record.viewed": "Record looked at",
    "record.downloaded": "Record downloaded",
    "record.checked": "A file checked against the record",
    "share.made": "Record shared",
    "share.code_made": "New code given",
    "share.mailed": "Mail with the link sent",
    "share.opened": "Link opened",
    "share.code_refused": "Wrong code on a link",
    "share.locked": "Link locked after wrong codes",
    "share.record_read": "Record read by the recipient",
    "share.acknowledged": "Acknowledged by the recipient",
    "share.will_lead": "The recipient says that they will lead",
    "share.disputed": "Disputed by the recipient",
    "share.settled": "What was done about the recipient’s answer written down",
    "share.taken_over": "Share taken over from somebody whose account is disabled",
    "share.ended": "Link ended, because the case was restricted",
    "share.revoked": "Share revoked",
    "share.said": "Something added or corrected by the recipient",
    "share.said_taken": "What was done with what the recipient said written down",
    "edition.made": "Copy for one reader made",
    "edition.agreed": "Copy for one reader agreed to by a second person",
    "edition.rendered": "Copy for one reader made into a PDF",
    "edition.viewed": "Copies for single readers looked at",
    "edition.downloaded": "Copy for one reader downloaded",
    "letter.made": "Letter made",
    "letter.viewed": "Letter looked at",
    "letter.drawn": "Letter made into a PDF",
    "letter.downloaded": "Letter downloaded",
    "letter.released": "Letter let go by a second person",
    "letter.cancelled": "Letter taken back before it left",
    "letter.mail_asked": "Letter handed over to be mailed",
    "letter.mailed": "Letter sent by mail",
    "letter.proved": "What happened with a letter written down",
    "notice.asked": "Asked whether others may be told of a child",
    "lead.stepped": "Step about the lead professional written down",
    **OF_THE_REGISTER,
    "clock.began": "Dates that the case has to keep began",
    "clock.redated": "Date dated anew: what starts it was corrected",
    "clock.running": "Date running again",
    "clock.still": "Date standing still by its own rule",
    "clock.woke": "Date no longer put off",
    "clock.lapsed": "Date gone by",
    "clock.met": "Date met",
    "clock.ended": "Date not asked for any more",
    "clock.snoozed": "Date put off, with a reason",
    "clock.started": "What starts a date written down",
    "clock.answered": "What met a date written down",
    "clock.noted": "What was done about a date written down",
    **OF_VISITS,
    **OF_RETENTION,
    "people.told": "Told by mail to one of us",
    "data.loaded": "Data set loaded",
    "place.asked": "Address service asked",
    "chronology.viewed": "Chronology looked at",
    "chronology.downloaded": "Chronology downloaded, as a table or for paper",
    **OF_COURTS,
    "timeline.viewed": "Timeline looked at",
    "timeline.downloaded": "Timeline downloaded as a table",
    "audit.viewed": "Entries of all cases looked at",
    "audit.downloaded": "Entries of all cases downloaded as a table",
    "found.viewed": "Searched among all cases they may see",
    "disk.read_only": "Nothing could be saved from here on: the disk was full",
    "disk.writable": "There was room on the disk again",
    chain.SEALED: "Earlier entries, which had no link, sealed with their count and hash",
    "case.details_erased": "What entries of the case said more of it erased",
    "case.erasure_agreed": "Erasure of what entries of a case said more agreed to by a second safeguarding lead",
}


class Actor(Protocol):
    id: Any
    role: Any


def _entry(
    action: str, object_type: str, object_id: str, case_id: str, detail: dict[str, Any] | None, actor: Actor | None
) -> dict[str, Any]:
    if action not in ACTIONS:
        raise LookupError(f"the audit has no action {action!r}")
    who: Any = actor
    if who is None and has_request_context() and current_user and current_user.is_authenticated:
        who = current_user
    return {
        "at": now(),
        "actor_id": who.id if who is not None else "system",
        "actor_role": who.role if who is not None else "system",
        "action": action,
        "object_type": object_type,
        "object_id": object_id,
        "case_id": case_id,
        "request_id": g.get("request_id", "") if has_request_context() else "",
        "detail": detail or {},
        "rule": _rule(),
        "app_version": installation.version(),
    }


def _rule() -> str | None:
    """The permission by which whoever asks was let through; nothing where no page asked: a job, or a command on the server."""
    view = current_app.view_functions.get(request.endpoint or "") if has_request_context() else None
    return getattr(view, "permission", None)


def record(
    session: Session,
    action: str,
    object_type: str,
    object_id: str,
    case_id: str = "",
    detail: dict[str, Any] | None = None,
    actor: Actor | None = None,
) -> None:
    """Add one entry to the transaction that does the thing. ``detail`` holds codes and counts, never personal data.

    It is stored as the last thing before the transaction is committed, with what was changed: see ``writing``.
    """
    writing.add(session, _entry(action, object_type, object_id, case_id, detail, actor))


def viewed(action: str, object_type: str, object_id: str, case_id: str, detail: dict[str, Any] | None = None) -> None:
    """Note that a person looked, before the page goes out, in a transaction of its own; on a full disk in the spool.

    Raises:
        NotNoted: it could be noted nowhere. The page must not go out.
    """
    entry = _entry(action, object_type, object_id, case_id, detail, None)
    try:
        _store(entry)
    except disk.NothingSaved:
        if not disk.of_this_instance().note({**entry, "at": entry["at"].isoformat()}):
            _store(entry)  # there is room again since a moment ago


def _store(entry: dict[str, Any]) -> None:
    with writing_connection() as connection:
        writing.append(connection, [entry])


def take_in(period: str, since: datetime, lines: Sequence[dict[str, Any]]) -> None:
    """Store what the spool holds, in order and once each, between the beginning and the end of the read-only time.

    Args:
        period: what the time is known by; since: its beginning; lines: entries as ``viewed`` noted them, of this time or an
            earlier one, with the identifier of their line. One that is stored already is left as it is.
    """
    now_it_began = {**_OF_THE_DISK, "action": "disk.read_only", "at": since, "spooled": f"{period}-began"}
    now_it_ended = {**_OF_THE_DISK, "action": "disk.writable", "at": now(), "spooled": f"{period}-ended"}
    viewed = [
        {
            **{k: v for k, v in line.items() if k != "id"},
            "at": datetime.fromisoformat(line["at"]),
            "spooled": line["id"],
        }
        for line in lines
    ]
    entries = [now_it_began, *viewed, now_it_ended]
    with writing_connection() as connection:
        for start in range(0, len(entries), 500):
            some = entries[start : start + 500]
            wanted = [entry["spooled"] for entry in some]
            stored = set(connection.scalars(select(AuditEvent.spooled).where(AuditEvent.spooled.in_(wanted))))
            fresh = [entry for entry in some if entry["spooled"] not in stored]
            if fresh:
                writing.append(connection, fresh)


def head(session: Session) -> dict[str, Any]:
    """The number of the newest entry and, as hexadecimal, the hash of the newest that is linked: for whoever keeps it elsewhere."""
    seq, link = session.execute(select(AuditHead.seq, AuditHead.hash)).one()
    return {"entry": seq, "hash": link.hex()}


def seal_unlinked() -> int:
    """Seal what an earlier version wrote beside the chain while both were running; gives how many entries it was."""
    with db.engine.connect() as connection:
        found = chain.sealing(reading.unlinked(connection))
    if found["entries"]:
        with writing_connection() as connection:
            found = chain.sealing(reading.unlinked(connection))
            writing.append(connection, [_entry(chain.SEALED, "audit", "", "", found, None)])
    return int(found["entries"])


def erase_details(session: Session, case_id: str, actor: Actor | None = None) -> None:
    """Destroy the key of a case's details, in the caller's transaction: that they are gone is an entry, and the chain holds."""
    session.execute(delete(AuditKey).where(AuditKey.case_id == case_id))
    record(session, "case.details_erased", "case", case_id, case_id, actor=actor)


def agree_to_erasure(session: Session, case_id: str, rule: str, actor: Actor) -> None:
    """The second person, and under which rule: an entry of no case, for those of the case have nothing left that could close it."""
    record(session, "case.erasure_agreed", "case", case_id, "", {"rule": rule}, actor)


_OF_THE_DISK = {
    "actor_id": "system", "actor_role": "system", "object_type": "instance", "object_id": "", "case_id": "",
    "request_id": "", "detail": {},
}  # fmt: skip
disk.register(take_in)


DENIED = "case.denied"
_LOOKED_AT = tuple(action for action in ACTIONS if action.endswith((".viewed", ".downloaded", ".checked")))
_CHANGED_NOTHING = (*_LOOKED_AT, DENIED, "glass.stopped", "purpose.said")


class Asked(NamedTuple):
    """Which entries: of one case or of all, done by one person, from a moment and before another, looks or the rest or both.

    ``cases`` chooses the cases that may be seen; entries of none are then among them. ``but`` chooses what they are not about: what is
    kept from whoever asks.
    """

    case_id: str = ""
    who: str = ""
    since: datetime | None = None
    before: datetime | None = None
    looks: bool | None = None
    cases: Any = None
    but: Any = None


def entries(asked: Asked, limit: int, before: int | None = None) -> Sequence[AuditEvent]:
    """The last ``limit`` of them, newest first; with ``before``, those older than that entry."""
    wanted = _of(select(AuditEvent), asked)
    if before is not None:
        wanted = wanted.where(AuditEvent.seq < before)
    return db.session.scalars(wanted.order_by(AuditEvent.seq.desc()).limit(limit)).all()


def how_many(asked: Asked) -> int:
    return db.session.scalar(_of(select(func.count()).select_from(AuditEvent), asked)) or 0


def actors(asked: Asked) -> list[str]:
    """Whoever did or looked at anything of what is asked for; the system and recipients of links are nobody's account."""
    return list(db.session.scalars(_of(select(AuditEvent.actor_id).distinct(), asked)))


def _of(query: Any, asked: Asked) -> Any:
    if asked.case_id:
        query = query.where(AuditEvent.case_id == asked.case_id)
    if asked.cases is not None:
        query = query.where(AuditEvent.case_id.in_(asked.cases) | (AuditEvent.case_id == ""))
    if asked.but is not None:
        query = query.where(AuditEvent.object_id.not_in(asked.but))
    if asked.who:
        query = query.where(AuditEvent.actor_id == asked.who)
    if asked.since is not None:
        query = query.where(AuditEvent.at >= asked.since)
    if asked.before is not None:
        query = query.where(AuditEvent.at < asked.before)
    if asked.looks is not None:
        query = query.where(AuditEvent.action.in_(_LOOKED_AT) if asked.looks else AuditEvent.action.not_in(_LOOKED_AT))
    return query


# What rests on everything entered before it, whoever does it; and what brought in words that nobody here typed.
_RESTS_ON_IT = (
    "decision.made", "emergency.taken", "emergency.ratified", "record.issued", "mitigation.agreed", "acceptance.saved",
    "assessment.returned", "share.made",
)  # fmt: skip
_BROUGHT_IN, _AT_ONCE = "case.imported", timedelta(minutes=1)


def acted_since(case_id: str, moment: datetime, but: str) -> bool:
    """Has anything been done in a case since a moment that an entry of then cannot be taken back behind?

    By somebody else, whatever it was; by anybody, a decision or an agreement, which rests on it. To have looked is not to have
    acted, and neither is what the service does by itself. What came with a file is nobody's slip of the hand.
    """
    somebody_else = AuditEvent.actor_id.not_in((but, "system")) & AuditEvent.action.not_in(_CHANGED_NOTHING)
    since = (AuditEvent.at >= moment) & (somebody_else | AuditEvent.action.in_(_RESTS_ON_IT))
    with_a_file = (AuditEvent.action == _BROUGHT_IN) & (AuditEvent.at >= moment - _AT_ONCE)
    wanted = select(AuditEvent.seq).where(AuditEvent.case_id == case_id, since | with_a_file)
    return db.session.scalar(wanted.limit(1)) is not None


def denied(case_id: str, who: Sequence[str]) -> dict[str, tuple[int, datetime]]:
    """Of these people, who asked for a case that they may not see: how often, and when last."""
    of = (AuditEvent.case_id == case_id, AuditEvent.action == DENIED, AuditEvent.actor_id.in_(who))
    counted = (
        select(AuditEvent.actor_id, func.count(), func.max(AuditEvent.at)).where(*of).group_by(AuditEvent.actor_id)
    )
    return {row[0]: (row[1], row[2]) for row in db.session.execute(counted)}


# Two processes of one machine may write in the other order than they looked at the clock.
_SKEW = timedelta(seconds=5)


def last(case_id: str, action: str, object_id: str) -> datetime | None:
    """When something was last done to a thing of a case; None where it never was."""
    done = (AuditEvent.case_id == case_id, AuditEvent.action == action, AuditEvent.object_id == object_id)
    return db.session.scalar(select(AuditEvent.at).where(*done).order_by(AuditEvent.at.desc()).limit(1))


def behind(moment: datetime) -> datetime | None:
    """The newest moment of any entry, where a clock stands behind it: then it was set back, and what it says is marked so."""
    last = db.session.scalar(select(AuditEvent.at).order_by(AuditEvent.at.desc()).limit(1))
    return last if last is not None and last > moment + _SKEW else None
