"""The folder of checklists, read once at start; the heart only ever sees text."""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import TypeVar

from app.installation import ROOT
from app.suitability.checklist.checklist import Checklist, load
from app.suitability.checklist.criterion import DOMAINS
from app.suitability.checklist.located_yaml import ChecklistError

FOLDER = ROOT / "checklists"
_Read = TypeVar("_Read")
COUNCIL, PATTERNS = "council.yaml", "patterns.yaml"
# What a version is made of. The council's file may change at any time: its words are kept with each record.
RULES = (*(f"{domain}.yaml" for domain in DOMAINS), PATTERNS)
FILES = (*RULES, COUNCIL)


def read_texts(folder: Path = FOLDER) -> dict[str, str]:
    """Every file of a checklist folder as text.

    Raises:
        FileNotFoundError: a file is missing.
    """
    return {name: (folder / name).read_text(encoding="utf-8") for name in FILES}


def from_texts(texts: Mapping[str, str]) -> Checklist:
    """A checklist from the text of its files.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    # Reading makes many small objects and no rings: a collection half-way would look through everything imported, for
    # longer than the reading takes.
    collecting = gc.isenabled()
    gc.disable()
    try:
        return load({f"{d}.yaml": texts[f"{d}.yaml"] for d in DOMAINS}, texts[COUNCIL], texts[PATTERNS])
    finally:
        if collecting:
            gc.enable()


def digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


@lru_cache(maxsize=4)
def read_folder(folder: Path = FOLDER) -> Checklist:
    """Read and validate every checklist of a folder, once.

    Raises:
        ChecklistError: with file, line and what was meant.
        FileNotFoundError: a file is missing.
    """
    return from_texts(read_texts(folder))


def name_of(code: str) -> str:
    """What a question or a pattern is called; of one that is asked no more its code, and of none nothing."""
    checklist = read_folder()
    found = checklist.criteria.get(code) or checklist.patterns.get(code)
    return found.name if found is not None else code


def or_stop(read: Callable[[], _Read]) -> _Read:
    """What is read from the folder. A mistake stops the start, with file, line and what was meant; never with a stack trace."""
    try:
        return read()
    except (ChecklistError, OSError) as problem:
        raise SystemExit(f"Case by Case did not start: {problem}") from None


def read_or_stop() -> Checklist:
    """The folder's checklist; see ``or_stop``."""
    return or_stop(read_folder)


@lru_cache(maxsize=4)
def digests(folder: Path = FOLDER) -> Mapping[str, str]:
    """File name to SHA-256, of the folder as it was first read."""
    return {name: digest(text) for name, text in read_texts(folder).items()}
