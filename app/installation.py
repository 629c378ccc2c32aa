"""Where this installation stands and whose district it is: all that a command needs which opens no instance."""

from __future__ import annotations

import fcntl
import os
import re
import tomllib
from functools import cache
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent
AUTHORITY = r"^[EW]\d{8}$"  # what the ONS code of a district looks like
EXAMPLE_AUTHORITY = "E08000025"


@cache
def version() -> str:
    """The version of this service, as its own files say it."""
    with open(ROOT / "pyproject.toml", "rb") as stream:
        return str(tomllib.load(stream)["project"]["version"])


def instance_folder() -> Path:
    """The folder that holds everything this installation owns; it need not be there."""
    return Path(os.environ.get("CBC_DATA", ROOT / "instance"))


def wait_until_prepared() -> None:
    """Wait while ``script/server`` holds the instance to make it ready; at once where nobody does.

    It names the lock with ``CBC_PREPARING``. Where preparing fails it ends whoever waits here, and then gives the lock back.
    """
    lock = os.environ.get("CBC_PREPARING", "")
    if lock:
        with open(lock) as held:
            fcntl.flock(held, fcntl.LOCK_SH)


def council_authority() -> str:
    """The council's own district, read as :class:`app.settings.Settings` reads it, and nothing else of the settings.

    Raises:
        SystemExit: it is no code of a district, or the settings file may not be read; in a sentence.
    """
    try:
        kept = dotenv_values(instance_folder() / "settings.env", encoding="utf-8")
    except OSError as error:
        raise SystemExit(f"Case by Case did not start: settings.env cannot be read. {error.strerror}.") from None
    # The environment comes after the file and wins. Capitals and small letters in a name are the same.
    named = {name.lower(): value for name, value in (*kept.items(), *os.environ.items()) if value is not None}
    code = named.get("cbc_council_authority", EXAMPLE_AUTHORITY)
    if not re.fullmatch(AUTHORITY, code):
        raise SystemExit(
            "Case by Case did not start: a setting cannot be used. "
            f"CBC_COUNCIL_AUTHORITY: String should match pattern '{AUTHORITY}'."
        )
    return code
