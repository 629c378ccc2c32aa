"""A file of a housing system loaded from a page: said first, row by row, then confirmed; the whole of it, or nothing.

Between the two nothing of the file is kept here: it goes to the browser closed, is opened for the same person alone within an hour, and
what would be done must still be what was shown.
"""

from __future__ import annotations

import base64
import hashlib
import json
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from app.accounts.models import User
from app.accounts.policy import may
from app.cases import protected
from app.extensions import db
from app.properties import from_file, loading
from app.properties.from_file import Wrong
from app.settings import current_settings
from forms.imports import UNITS

from . import households

if TYPE_CHECKING:
    from cryptography.fernet import Fernet

KEPT_SECONDS = 3600
_ENDINGS = (".csv", ".zip", ".gz")


class Chosen(NamedTuple):
    """A file and what is to become of it. ``officer_id``: of families, whose cases they become."""

    kind: str
    name: str
    content: bytes
    day: date
    source: str = ""
    officer_id: str = ""
    without_bad_rows: bool = False


class Told(NamedTuple):
    """What a file would do or did. ``counts`` are figures alone; ``refused``: for its bad rows nothing is written."""

    counts: Mapping[str, int]
    wrong: Sequence[Wrong]
    differs: Sequence[str]
    refused: bool
    is_as_shown: bool = True

    @property
    def is_written(self) -> bool:
        return self.is_as_shown and not self.refused


def look(user: Any, chosen: Chosen) -> Told:
    """What would be done; nothing is written.

    Raises:
        FileProblem: it cannot be read as a table at all.
    """
    return _run(user, chosen, to_write=False, shown=None)


def load(user: Any, chosen: Chosen, shown: Mapping[str, int]) -> Told:
    """Write it, where it would do what was shown; all of it or nothing.

    Raises:
        FileProblem: it cannot be read as a table at all.
    """
    return _run(user, chosen, to_write=True, shown=shown)


def _run(user: Any, chosen: Chosen, to_write: bool, shown: Mapping[str, int] | None) -> Told:
    with tempfile.TemporaryDirectory() as folder:
        ending = next((end for end in _ENDINGS if chosen.name.casefold().endswith(end)), ".csv")
        path = Path(folder) / f"the-file{ending}"
        path.write_bytes(chosen.content)
        plan: Any
        if chosen.kind == UNITS:
            read = from_file.read(path, protected.register())
            plan = (
                loading.load(user, read, chosen.day, chosen.source or chosen.name, chosen.without_bad_rows, shown)
                if to_write
                else loading.look(read)
            )
        else:
            plan = households.load(
                officer(chosen.officer_id), path, to_write=to_write, without_bad_rows=chosen.without_bad_rows, also_alike=False,
                only_if=shown, by=user,
            )  # fmt: skip
    counts = plan.counts()
    refused = bool(plan.wrong) and not chosen.without_bad_rows
    return Told(counts, plan.wrong, getattr(plan, "differs", ()), refused, shown is None or dict(shown) == counts)


def officer(user_id: str) -> User | None:
    """An active account that may open cases."""
    found = db.session.get(User, user_id) if user_id else None
    return found if found is not None and found.active and may(found.role, "case.create") else None


# ---- between looking and loading


def close(user_id: str, chosen: Chosen, counts: Mapping[str, int]) -> str:
    """The file and what was shown of it, as text that this person’s confirmation alone opens again."""
    head = {**chosen._asdict(), "content": "", "day": chosen.day.isoformat(), "user": user_id, "counts": dict(counts)}
    packed = zlib.compress(json.dumps(head).encode() + b"\0" + chosen.content)
    return _fernet().encrypt(packed).decode("ascii")


def opened(user_id: str, closed: str) -> tuple[Chosen, dict[str, int]] | None:
    """What was closed; None where it is another person’s, older than an hour, or none of ours."""
    from cryptography.fernet import InvalidToken

    try:
        packed = _fernet().decrypt(closed.encode(), ttl=KEPT_SECONDS)
    except (InvalidToken, ValueError, UnicodeError):
        return None
    said, _, content = zlib.decompress(packed).partition(b"\0")
    head = json.loads(said)
    if head.pop("user") != user_id:
        return None
    counts = head.pop("counts")
    return Chosen(**{**head, "content": content, "day": date.fromisoformat(head["day"])}), counts


def _fernet() -> Fernet:
    from cryptography.fernet import Fernet  # only where a file is loaded

    key = hashlib.sha256(b"imports\0" + current_settings().secret_key().encode()).digest()
    return Fernet(base64.urlsafe_b64encode(key))
