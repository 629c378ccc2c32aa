"""What publishers call things, as tables with their source: a word that is in none is counted and shown, never dropped or guessed.

A table stands in ``vocabularies/<publisher>.yaml`` and is named ``publisher.table``, such as ``cqc.service_types``.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.places.files import Problems
from app.suitability.casefile.spelling import folded

FOLDER = Path(__file__).parent / "vocabularies"


class Vocabulary(NamedTuple):
    """One table. ``words`` are folded; an empty meaning is a word that is known and is none of the directory's kinds."""

    title: str
    publisher: str
    version: str
    source: str
    checked: str
    words: Mapping[str, str]


@lru_cache(maxsize=1)
def vocabularies() -> Mapping[str, Vocabulary]:
    """Every table by its name; read once a process."""
    found = {}
    for file in sorted(FOLDER.glob("*.yaml")):
        told: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8"))
        about = {name: str(told[name]) for name in ("publisher", "version", "source", "checked")}
        for name, table in told["tables"].items():
            words = {folded(str(word)): str(means or "") for word, means in table["words"].items()}
            found[f"{file.stem}.{name}"] = Vocabulary(title=table["title"], words=words, **about)
    return found


@lru_cache(maxsize=8192)
def meaning_of(table: str, word: str) -> str | None:
    """What a word means in a table; empty where it is known and means nothing here, None where it is not in it.

    Raises:
        KeyError: there is no such table.
    """
    return vocabularies()[table].words.get(folded(word))


def meaning(table: str, word: str, problems: Problems) -> str | None:
    """The same, and a word that is not in the table is counted for the administrator; an empty word is no word.

    Args:
        table: ``publisher.table``.
        word: as the file has it, whatever its case, spaces and dashes.
        problems: of the load; its ``unmatched`` counts by table and word.
    """
    word = " ".join(word.split())
    if not word:
        return ""
    found = meaning_of(table, word)
    if found is None:
        problems.unknown(table, word)
    return found
