"""The words of a parent’s copy in the languages of the council: by people, as data. Nothing is ever translated here."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.checklists import FOLDER
from app.suitability.casefile.spelling import folded

FILE, FIRST = "languages.yaml", "English"
FOUND = "found_"  # before the code of a criterion: what is told where it was found wrong


class LanguageError(ValueError):
    """A translation that is not whole, or that nobody answers for, in a sentence."""


class Language(NamedTuple):
    """``words`` is empty where nobody has translated them yet."""

    name: str
    words: Mapping[str, str]


def parse(text: str) -> dict[str, Language]:
    """Every language by its folded name.

    Raises:
        LanguageError: words without whoever translated them and whoever read them back, two of them one person, or a word missing.
    """
    told: Any = yaml.safe_load(text)
    for need in ("source", "checked", "owner", "languages"):
        if not isinstance(told, dict) or not told.get(need):
            raise LanguageError(f"{FILE} must say “{need}”.")
    first = told["languages"].get(FIRST, {}).get("words")
    if not first:
        raise LanguageError(f"{FILE} has no words in {FIRST}.")
    return {folded(name): _language(name, said or {}, first) for name, said in told["languages"].items()}


def _language(name: str, said: Mapping[str, Any], first: Mapping[str, str]) -> Language:
    words = said.get("words") or {}
    if not words:
        return Language(name, {})
    by, read = str(said.get("translated_by") or ""), str(said.get("read_back_by") or "")
    if not by or not read or (by == read and name != FIRST):
        raise LanguageError(
            f"{FILE}: {name} has words, and not two people who answer for them: one who translated, one who read back."
        )
    missing = sorted(set(first) - set(words))
    if missing or set(words) - set(first):
        wrong = missing or sorted(set(words) - set(first))
        raise LanguageError(f"{FILE}: {name} does not have the same words as {FIRST}: {', '.join(wrong)}.")
    for key, said_so in words.items():
        if not said_so or any(("{" + part + "}" in first[key]) != ("{" + part + "}" in said_so) for part in ("days", "issued", "last", "language", "entry", "hash")):  # fmt: skip
            raise LanguageError(f"{FILE}: “{key}” in {name} is empty or lacks a day that {FIRST} has.")
    return Language(name, dict(words))


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> dict[str, Language]:
    """The council’s languages, as ``parse`` gives them."""
    return parse((folder / FILE).read_text(encoding="utf-8"))


def words_for(wanted: str, known: Mapping[str, Language]) -> tuple[Mapping[str, str], str]:
    """The words for somebody who speaks a language, and what to say where there are none in it: then they are in English."""
    found = known.get(folded(wanted)) if wanted.strip() else None
    first = known[folded(FIRST)].words
    if not wanted.strip() or (found is not None and found.words):
        return (found.words if found is not None else first), ""
    return first, first["not_translated"].format(language=wanted)
