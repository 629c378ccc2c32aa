"""A full disk: what is kept back for it, and the read-only mode in which pages can still be read.

While the instance is read-only nothing is written but what lets people in and out and takes access away, in room that the
reserve gives back; every view is noted in a spool first (see ``spool``). It ends by itself, once there is room and everything in
the spool stands in the audit.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import wraps
from typing import Any, NamedTuple, ParamSpec, TypeVar, cast

import structlog
from click import ClickException
from flask import Flask, current_app
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db
from app.settings import Settings

from .full import is_full
from .reserve import Reserve
from .spool import BLOCK, Spool, SpoolFull

__all__ = [
    "Disk",
    "NotNoted",
    "NothingSaved",
    "ReadOnly",
    "goes_through",
    "going_through",
    "init_app",
    "is_full",
    "of_this_instance",
    "register",
]

MEGABYTE = 1024 * 1024
# What a write needs at the most: SQLite's log of four megabytes, before it is written over from the start.
STEP = 4 * MEGABYTE
LOOK_SECONDS = 10
SPOOL_PART = 8  # one part in eight of the reserve
_NOTHING = (
    "Nothing was saved: the disk of the computer that runs this service is full, or does not take what is written."
)
_P = ParamSpec("_P")
_R = TypeVar("_R")
Taker = Callable[[str, datetime, Sequence[dict[str, Any]]], None]
_takers: list[Taker] = []
_goes_through: ContextVar[bool] = ContextVar("goes_through", default=False)
_returning: ContextVar[bool] = ContextVar("returning", default=False)
log = structlog.get_logger("case_by_case.disk")


class NothingSaved(ClickException):
    """There is no room, and nothing of what was to be written was. A command that meets it says the sentence and ends with 1."""

    def __init__(self) -> None:
        super().__init__(_NOTHING)


class NotNoted(RuntimeError):
    """A view could not be noted anywhere: the page must not be shown."""


class ReadOnly(NamedTuple):
    """Since when nothing is saved. ``period`` is empty where no spool can say so: it is known to this process alone."""

    since: datetime
    period: str


def register(taker: Taker) -> None:
    """Make known who takes the spool into the audit: it gets period, beginning and lines, and stores each once."""
    _takers[:] = [taker]


class Disk:
    """The disk of one instance folder."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.spool = Spool(settings.data / "spool")
        self.reserve = Reserve(settings.data / "reserve")
        self._alone: datetime | None = None
        self._looked = -float(LOOK_SECONDS)

    def free(self) -> int:
        """Bytes that may still be written."""
        found = os.statvfs(self.settings.data)
        return found.f_bavail * found.f_frsize

    def is_low(self) -> bool:
        """Is it time to warn?"""
        return self.free() < self.settings.disk_warning_mb * MEGABYTE

    def read_only(self) -> ReadOnly | None:
        """Since when the instance is read-only; None where it is not."""
        head = self.spool.head()
        if head is None:
            return None if self._alone is None else ReadOnly(self._alone, "")
        try:
            return ReadOnly(datetime.fromisoformat(head["since"]), str(head["period"]))
        except (KeyError, ValueError):  # what cannot be read is not taken for "all is well"
            return ReadOnly(datetime.fromtimestamp(self.spool.path.stat().st_mtime, UTC), "")

    # ---- keeping room back

    def prepare(self) -> str:
        """At the start: keep room back where there is some; where there is next to none, give some back to start with.

        Returns:
            a sentence where the operator must hear of it.
        """
        if self.free() < STEP:
            self.reserve.release(STEP)
        try:
            self._keep(resize=self.read_only() is None)
        except OSError as error:
            if not is_full(error):
                raise
            return f"There is no room on the disk to keep {self.settings.disk_reserve_mb} MB back for the day it is full: make some."
        return "There is little room on the disk: make some, or nothing can be saved soon." if self.is_low() else ""

    def _keep(self, resize: bool = False) -> None:
        """Fill what is missing of spool and reserve, as long as that does not make the disk full."""
        whole = self.settings.disk_reserve_mb * MEGABYTE
        if not whole:
            return
        spool = whole // SPOOL_PART // BLOCK * BLOCK
        missing = whole - spool - self.reserve.size() + (0 if self.spool.is_there() else spool)
        if missing > 0 and self.free() - missing < self._least():
            raise SpoolFull(28, "no room to keep back")
        if not self.spool.is_there() or (resize and self.spool.size() != spool):
            self.spool.make(spool)
        self.reserve.fill(whole - spool)

    def _least(self) -> int:
        return self.settings.disk_read_only_mb * MEGABYTE

    def make_room(self) -> bool:
        """Give back a step of the reserve where there is less than what must go through needs; whether it gave any."""
        if self.free() >= STEP or not self.reserve.release(STEP):
            return False
        _say("reserve_released", left_mb=self.reserve.size() // MEGABYTE)
        return True

    # ---- the mode

    def is_writable(self) -> bool:
        """Before something is written: may it be? Where it could not, whether there is room again."""
        if _returning.get():
            return True
        if self.read_only() is None:
            if self.free() >= self._least():
                return True
            self.begin()
        return self.look()

    def before_write(self) -> None:
        """At the beginning of every transaction that writes.

        Raises:
            NothingSaved: the instance is read-only, and this is not what must go through all the same.
        """
        if self.is_writable():
            return
        if not _goes_through.get():
            raise NothingSaved
        self.make_room()

    def met(self, error: BaseException) -> None:
        """After a write that failed.

        Raises:
            NothingSaved: it failed for want of room, and the instance is read-only from now on.
        """
        if is_full(error):
            if not _returning.get():
                self.begin()
            raise NothingSaved from None

    def begin(self) -> None:
        """From now on nothing is saved. Known to every process of the instance, and after a restart."""
        if self.read_only() is not None:
            return
        since = datetime.now(UTC)
        try:
            with self.spool.held() as handle:
                if self.spool.head(handle) is None:
                    self.spool.put_head(
                        handle,
                        {"since": since.isoformat(), "period": secrets.token_hex(8), "reserve": self.reserve.size()},
                    )
        except OSError:  # no spool was ever made, or its disk fails: this process knows, and shows no case
            self._alone = since
        _say("read_only_began", free_mb=self.free() // MEGABYTE)

    def note(self, entry: dict[str, Any]) -> bool:
        """Write a view down in the spool, and to the disk, before its page goes out.

        Returns:
            False where the instance is not read-only any more: it goes into the audit itself.
        Raises:
            NotNoted: it could not be written down.
        """
        try:
            with self.spool.held() as handle:
                head = self.spool.head(handle)
                if head is None:
                    return False
                if not head.get("period"):
                    head = {"since": datetime.now(UTC).isoformat(), "period": secrets.token_hex(8), "reserve": 0}
                    self.spool.put_head(handle, head)
                self.spool.append(handle, head["period"], entry)
        except OSError as error:
            _say("view_not_noted", kind=type(error).__name__)
            raise NotNoted("A view could not be noted.") from None
        return True

    def look(self, at_once: bool = False) -> bool:
        """Is there room again? Then the spool goes into the audit, and the instance is read-only no more.

        Looked at every ten seconds at the most, unless ``at_once``. Needs an application context.
        """
        if self.read_only() is None:
            return True
        if not at_once and time.monotonic() - self._looked < LOOK_SECONDS:
            return False
        self._looked = time.monotonic()
        # A little more than where it begins, so that it does not come and go.
        if self.free() < self._least() * 5 // 4:
            return False
        try:
            if self._alone is not None and self.spool.head() is None:
                return self._return_alone(self._alone)
            with self.spool.held() as handle:
                return self._return(handle)
        except NothingSaved:
            return False
        except OSError as error:
            if not is_full(error):
                raise
            return False
        except SQLAlchemyError as error:  # a database that is away takes nothing in either
            _say("spool_not_taken_in", kind=type(error).__name__)
            return False

    def _return(self, handle: int) -> bool:
        head = self.spool.head(handle)
        if head is None:
            return True
        held = int(head.get("reserve", 0))
        missing = held - self.reserve.size()
        if missing > 0:
            if self.free() - missing < self._least():
                return False
            self.reserve.fill(held)
        entries = self.spool.entries(handle)
        period = str(head.get("period") or secrets.token_hex(8))
        with _room_is_back():
            for take_in in _takers:
                take_in(
                    period, datetime.fromisoformat(head["since"]) if "since" in head else datetime.now(UTC), entries
                )
        self.spool.put_head(handle, None)
        _say("read_only_ended", views=sum(e["id"].startswith(f"{period}-") for e in entries))
        return True

    def _return_alone(self, since: datetime) -> bool:
        with _room_is_back():
            for take_in in _takers:
                take_in(secrets.token_hex(8), since, [])
        self._alone = None
        with suppress(OSError):
            self._keep()
        _say("read_only_ended", views=0)
        return True


@contextmanager
def _room_is_back() -> Iterator[None]:
    token = _returning.set(True)
    try:
        yield
    finally:
        _returning.reset(token)


def _say(event: str, **more: object) -> None:
    with suppress(OSError):  # a log on the same full disk
        log.warning(event, **more)


@contextmanager
def going_through() -> Iterator[None]:
    """What is written in here is written on a full disk too, where the reserve gives room for it."""
    token = _goes_through.set(True)
    try:
        yield
    finally:
        _goes_through.reset(token)


def goes_through(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """A function that is safe to begin again, and must write on a full disk too, in room that the reserve gives back."""

    @wraps(function)
    def wrapped(*args: _P.args, **named: _P.kwargs) -> _R:
        with going_through():
            try:
                return function(*args, **named)
            except Exception as error:
                if not isinstance(error, NothingSaved) and not is_full(error):
                    raise
            # It was the first to meet the full disk: now the reserve gives.
            db.session.rollback()
            room = of_this_instance()
            room.begin()
            room.make_room()
            return function(*args, **named)

    return wrapped


def init_app(app: Flask, settings: Settings) -> None:
    app.extensions["disk"] = Disk(settings)


def of_this_instance() -> Disk:
    return cast(Disk, current_app.extensions["disk"])
