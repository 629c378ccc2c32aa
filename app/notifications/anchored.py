"""Once a day, by mail to people outside the housing service: where the audit stands. Whoever keeps it is a witness."""

from __future__ import annotations

from datetime import timedelta

from app import clocks, disk, jobs
from app.audit import checkpoints, reading
from app.audit import service as audit
from app.database import now, writing
from app.extensions import db
from app.jobs.models import Job
from app.settings import Settings, current_settings

from . import mail, messages, telling

_FROM_HOUR = 7  # in England, as the digests


def once_a_day() -> None:
    """Queue the mail of the day to each address of the settings, from seven in the morning; a second worker changes nothing."""
    day = clocks.today()
    if now() < clocks.begins(day) + timedelta(hours=_FROM_HOUR):
        return
    wanted = [f"{clocks.in_a_name(now())[:8]}-{_of(address)}" for address in current_settings().anchor_addresses]
    there = [subject for subject in wanted if db.session.get(Job, f"{messages.ANCHOR}-{subject}") is not None]
    db.session.rollback()
    for subject in wanted:
        if subject not in there:
            disk.of_this_instance().before_write()
            with writing() as session:
                jobs.enqueue(session, messages.ANCHOR, subject)


def _of(address: str) -> str:
    return telling.keyed(address.casefold())[:16]


def send(subject: str) -> None:
    """Mail where the audit stands now to the address that a job names; to none that was taken out of the settings meanwhile."""
    settings: Settings = current_settings()
    to = next((a for a in settings.anchor_addresses if _of(a) == subject.partition("-")[2]), "")
    if not to:
        return
    with db.engine.connect() as connection:
        reading.as_one_state(connection)
        head = checkpoints.head(connection, settings)
    if head is None:
        return
    note = checkpoints.signed(head, checkpoints.own_key(settings))
    name = f"anchor-{subject}"
    mail.deliver(messages.anchor(settings, to, name, head.entry, head.link.hex(), note), settings, name)
    with writing() as session:
        audit.record(session, "audit.mailed", "audit", "", "", {"entry": head.entry})
