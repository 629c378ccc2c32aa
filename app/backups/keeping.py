"""Which backups stay in a folder, when the last good one was made, and when the next is due."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from sqlalchemy import select

from app import clocks, disk, jobs
from app.audit.models import AuditEvent
from app.database import now, writing
from app.extensions import db
from app.settings import Settings, current_settings
from app.typed import schedule_of

JOB = "backup"
NAME = re.compile(r"case-by-case-(?P<moment>\d{8}T\d{6}Z)\.backup(\.age)?")


def name_of(moment: datetime, is_closed: bool) -> str:
    """What a backup of a moment is called."""
    return f"case-by-case-{clocks.in_a_name(moment)}.backup" + (".age" if is_closed else "")


def moment_of(name: str) -> datetime | None:
    """The moment in a backup's name; None where it is not the name of one."""
    found = NAME.fullmatch(name)
    try:
        return None if found is None else clocks.of_a_name(found["moment"])
    except ValueError:
        return None


_UNITS = {
    "hourly": lambda at: (at.year, at.month, at.day, at.hour),
    "daily": lambda at: (at.year, at.month, at.day),
    "weekly": lambda at: at.isocalendar()[:2],
    "monthly": lambda at: (at.year, at.month),
}


def kept(names: Iterable[str], schedule: dict[str, int], always: Iterable[str] = ()) -> set[str]:
    """Which of these backups stay: the newest of each of so many hours, days, weeks and months there are backups of, by UTC.

    The newest of all stays, and so does what ``always`` names. What is not called as a backup is not ours to judge: it is not in the answer.
    """
    dated = sorted(((at, name) for name in names if (at := moment_of(name)) is not None), reverse=True)
    found = {name for _, name in dated[:1]} | {name for _, name in dated if name in set(always)}
    for unit, how_many in schedule.items():
        seen: dict[Any, str] = {}
        for at, name in dated:
            seen.setdefault(_UNITS[unit](at), name)
        found |= set(list(seen.values())[:how_many])
    return found


def let_go(folder: Path, settings: Settings, made: str) -> list[str]:
    """Delete the backups that the schedule does not keep, and give their names. Only called when a good one was just ``made``.

    That one stays even where another is called as of a later moment, by a clock that was wrong.
    """
    names = [each.name for each in folder.iterdir() if moment_of(each.name) is not None]
    tried = noted(settings).tried
    staying = kept(names, schedule_of(settings.backups_kept), {made, tried})
    gone = sorted(set(names) - staying)
    for name in gone:
        (folder / name).unlink(missing_ok=True)
    return gone


# ---- what is known of the last one


class Noted(NamedTuple):
    """The last good backup made here: when, and what it is called; and the last that was tried out, by restoring it. None: there is none."""

    at: datetime | None = None
    file: str = ""
    tried: str = ""
    tried_at: datetime | None = None


def noted(settings: Settings) -> Noted:
    """What is kept of it beside the database; nothing where it cannot be read."""
    try:
        found = json.loads((settings.data / "backups.json").read_text(encoding="utf-8"))
        at, tried_at = (datetime.fromisoformat(found[k]) if found[k] else None for k in ("at", "tried_at"))
        return Noted(at, str(found["file"]), str(found["tried"]), tried_at)
    except (OSError, ValueError, KeyError, TypeError):
        return Noted()


def note(settings: Settings, what: Noted) -> None:
    """Keep it; whole, or not at all."""
    target = settings.data / "backups.json"
    temporary = target.with_suffix(".making")
    said = {**what._asdict(), **{k: each.isoformat() if (each := getattr(what, k)) else "" for k in ("at", "tried_at")}}
    with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as stream:
        json.dump(said, stream)
        stream.flush()
        os.fsync(stream.fileno())
    temporary.replace(target)


class Old(NamedTuple):
    """The last good backup is too old, or there is none: a sentence, and the day on which there should have been another."""

    says: str
    by: date


def old() -> Old | None:
    """Is it time to warn? Where none was ever made here, so long after the first entry of the audit; one query then."""
    settings = current_settings()
    if not settings.backups_old_hours:
        return None
    last = noted(settings).at
    since = last or db.session.scalar(select(AuditEvent.at).order_by(AuditEvent.seq).limit(1))
    if since is None or now() - since <= timedelta(hours=settings.backups_old_hours):
        return None
    by = clocks.local(since + timedelta(hours=settings.backups_old_hours)).date()
    if last is None:
        return Old("No good backup was ever made by this installation.", by)
    return Old(f"The last good backup was made {clocks.moment_in_words(last)}.", by)


def untried() -> Old | None:
    """Is it time to warn that no backup was tried out, by restoring it, for too long? One query where none ever was."""
    settings = current_settings()
    if not settings.backups_old_hours or not settings.backups_tried_days:
        return None
    last = noted(settings).tried_at
    since = last or db.session.scalar(select(AuditEvent.at).order_by(AuditEvent.seq).limit(1))
    if since is None or now() - since <= timedelta(days=settings.backups_tried_days):
        return None
    by = clocks.local(since + timedelta(days=settings.backups_tried_days)).date()
    if last is None:
        return Old("No backup of this installation was ever tried out by restoring it.", by)
    return Old(f"A restore was last proven {clocks.moment_in_words(last)}.", by)


class Shown(NamedTuple):
    """When the last good backup was made and a restore was last proven, in words, empty where neither was; and whether each is too long ago."""

    made: str
    tried: str
    is_old: bool
    is_untried: bool


def shown() -> Shown | None:
    """What whoever looks after the machine sees of it; None where backups are looked after elsewhere."""
    settings = current_settings()
    if not settings.backups_old_hours:
        return None
    last = noted(settings)
    return Shown(
        clocks.moment_in_words(last.at), clocks.moment_in_words(last.tried_at), old() is not None, untried() is not None
    )


# ---- by schedule


def once_due() -> None:
    """Ask for a backup where a folder is set and the last one is old enough; whoever asks second finds it asked for."""
    settings = current_settings()
    if settings.backups is None:
        return
    last, moment = noted(settings).at, now()
    # A quarter of an hour is how often it is looked: one that is a moment too young would wait for another.
    if last is not None and moment - last < timedelta(hours=settings.backups_every_hours) - timedelta(minutes=7):
        return
    disk.of_this_instance().before_write()
    with writing() as session:
        jobs.enqueue(session, JOB, hour_of(moment))


def hour_of(moment: datetime) -> str:
    """The hour of a job, by UTC: ``20270301T12``. Hours order as their texts do."""
    return clocks.in_a_name(moment)[:11]
