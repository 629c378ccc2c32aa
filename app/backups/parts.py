"""What of the data folder is in a backup, what is kept apart from it, and what is made again (docs/decisions/0148)."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from pydantic import SecretStr

from app.settings import Settings

# Files and folders that are in no table and cannot be made again from what is in one.
TAKEN = (
    "records", "seals", "mail", "undo", "asked", "tried", "held",
    "districts.sqlite", "walking.network", "services.columns", "spool", "destroyed.jsonl",
)  # fmt: skip
# Keys: whoever holds a backup and these can read and sign everything. They are kept somewhere else, once.
APART = ("secret.key", "seal.p12", "checkpoint.key")
# Made again, of this machine or this process alone, or in the backup in another form.
NOT_TAKEN = (
    "case-by-case.sqlite", "gazetteer.sqlite", "compiled", "log", "reserve", "worker.json", "worker.heartbeat", "jobs.json",
    "records.json", "welcome.txt", "settings.env", "settings.restored.env", "to_load", "backups.json", "backups.lock", "backing-up", "destroyed.tidied",
)  # fmt: skip
_OF_ITS_OWN = re.compile(
    r".*(\.making|\.lock|\.pid|\.sock|-wal|-shm|-journal)|(verifying|restoring|replaced)-.*|worker-\d+\.heartbeat"
)
_SECRET_PARTS = re.compile(r"(?<=://)[^/@\s]*@|\?.*")


class Part(NamedTuple):
    """A file of the data folder: its name in the backup, and where it lies."""

    name: str
    path: Path


def files(settings: Settings, is_read_only: bool) -> Iterator[Part]:
    """Every file that goes in. The spool is bare room, unless the instance is read only: then it holds who looked at what."""
    for name in TAKEN:
        if name == "spool" and not is_read_only:
            continue
        root = settings.place_of(name)
        if root.is_file():
            yield Part(f"data/{name}", root)
            continue
        for folder, inner, names in os.walk(root):
            inner.sort()
            for each in sorted(names):
                path = Path(folder, each)
                if not each.endswith(".making") and path.is_file() and not path.is_symlink():
                    yield Part(f"data/{name}/{path.relative_to(root).as_posix()}", path)


def unknown(settings: Settings) -> list[str]:
    """What lies in the data folder and is in none of the lists: it is not in the backup, and somebody has to hear of it."""
    known = {*TAKEN, *APART, *NOT_TAKEN, Path(settings.database).name}
    return sorted(
        each.name for each in settings.data.iterdir() if each.name not in known and not _OF_ITS_OWN.fullmatch(each.name)
    )


def settings_text(settings: Settings) -> str:
    """The settings as they are, without secrets: passwords and keys are named and left out, in addresses too."""
    lines = ["# Settings as they were when the backup was made. Passwords and keys are not in it."]
    for name, field in type(settings).model_fields.items():
        value, key = getattr(settings, name), f"CBC_{name.upper()}"
        if name == "data" or value == field.default:
            continue
        if isinstance(value, SecretStr) or name == "migration_database_url":
            lines.append(f"# {key} was set; it is not in this backup")
        else:
            shown = str(value).lower() if isinstance(value, bool) else str(value)
            bare = _SECRET_PARTS.sub("", shown) if "://" in shown else shown
            lines.append(f"{key}={bare}" + ("  # without what stood there to sign in" if bare != shown else ""))
    return "\n".join(lines) + "\n"


def fingerprints(settings: Settings) -> dict[str, str]:
    """By which each key can be known again, and nothing else told of it; empty where there is none."""
    paths = {"secret.key": settings.data / "secret.key", "seal.p12": settings.seal_file, "checkpoint.key": settings.checkpoint_key}  # fmt: skip
    return {
        name: hashlib.sha256(b"case-by-case key\0" + path.read_bytes()).hexdigest()[:16] if path.is_file() else ""
        for name, path in paths.items()
    }
