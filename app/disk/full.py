"""Whether something failed because there is no room for it, on either engine or in a file."""

from __future__ import annotations

import errno
import sqlite3

from sqlalchemy.exc import DBAPIError

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_DISK_FULL = "53100"  # PostgreSQL, appendix A: disk_full


def is_full(error: BaseException) -> bool:
    """Is this a disk that takes nothing more? One that fails counts too: either way nothing can be written.

    Source: sqlite.org/rescode.html, SQLITE_FULL and SQLITE_IOERR with all that is derived from it; errno(3).
    """
    if isinstance(error, DBAPIError):
        return error.orig is not None and is_full(error.orig)
    if isinstance(error, sqlite3.Error):
        code = getattr(error, "sqlite_errorcode", None)
        return code is not None and code & 0xFF in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return getattr(error, "sqlstate", None) == _DISK_FULL
