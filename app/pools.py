"""How many connections to PostgreSQL a process opens at most, and when a database counts as away: in one place, so that it can be reckoned.

A web process has four threads (script/supervisord.conf). Each holds one connection for its request and a second for as long as it notes
a view. The job engine keeps a pool of its own: small in a web process, which only queues, larger in a worker.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoneFree

# Of a process: kept open, and opened beside where more are needed at once.
KEPT, BESIDE = 4, 4
OF_THE_QUEUE = 2  # through which a process queues jobs
OF_A_WORKER = 10  # the job engine's own: three queues, what each runs, and its listening
WEB_PROCESSES = 2  # of a machine: script/supervisord.conf
OF_SETUP = 3  # a migration, and what looks on
KEPT_BACK = 3  # by PostgreSQL for its administrator: superuser_reserved_connections

_CONNECT_SECONDS, _WAIT_SECONDS = 5, 10
# PostgreSQL, appendix A: the server stops, was killed, or starts; too many connections; class 08, the connection itself.
_AWAY = ("57P01", "57P02", "57P03", "53300")


def options(url: str) -> dict[str, Any]:
    """What SQLAlchemy is told of the engine of an address."""
    if not url.startswith("postgresql"):
        return {}
    return {
        "pool_pre_ping": True,  # a connection from before a restart is made anew, and nobody notices
        "pool_size": KEPT,
        "max_overflow": BESIDE,
        "pool_timeout": _WAIT_SECONDS,
        "connect_args": {"connect_timeout": _CONNECT_SECONDS},
    }


def most_connections(machines: int, workers: int) -> int:
    """How many connections so many web machines and workers open at most, with what setup and PostgreSQL's administrator need."""
    process = KEPT + BESIDE + OF_THE_QUEUE
    return machines * WEB_PROCESSES * process + workers * (process + OF_A_WORKER) + OF_SETUP + KEPT_BACK


def is_away(error: BaseException) -> bool:
    """Did this fail because PostgreSQL does not answer, or has no connection left? On SQLite nothing is ever away."""
    if isinstance(error, NoneFree):
        return True
    if not isinstance(error, DBAPIError) or not any(
        each.__module__.partition(".")[0] == "psycopg" for each in type(error.orig).__mro__
    ):
        return False
    if error.connection_invalidated:
        return True
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # nobody answered who could have said why
        return any(each.__name__ in ("OperationalError", "InterfaceError") for each in type(error.orig).__mro__)
    return state in _AWAY or state.startswith("08")


def is_locked(error: SQLAlchemyError) -> bool:
    """Was a lock not to be had in the time that was given for it? (55P03, lock_not_available)"""
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) == "55P03"


def closing(close: Callable[..., Any]) -> Callable[..., Any]:
    """What closes sessions at the end of a request, on a connection that died meanwhile too: by then the answer is made, and says what was saved."""

    @wraps(close)
    def closed(*given: Any) -> None:
        try:
            close(*given)
        except DBAPIError as error:
            if not is_away(error):
                raise

    return closed
