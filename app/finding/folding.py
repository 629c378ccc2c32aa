"""Words as they are searched, and the keys under which spellings of one name meet. Pure: letters in, letters out.

Spelling is folded in one place (``spelling.folded``). What it cannot know is added here: letters of other alphabets in Latin ones
(AnyASCII, and Ukrainian as Ukrainian passports have it), the sound of a name (Double Metaphone), and a small table of spellings
with its sources, names.yaml.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import date
from functools import lru_cache
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import yaml
from anyascii import anyascii
from doublemetaphone import doublemetaphone

from app.suitability.casefile.spelling import folded

RULES = 1  # counted up with every change of what this module makes of a text
_TABLE = Path(__file__).parent / "names.yaml"
_LIBRARIES = ("anyascii", "doublemetaphone")
_SHORTEST_SOUND, _SHORTEST_CODE = 3, 2  # letters of a name, and of a code: shorter ones bring strangers together
_BETWEEN = re.compile(r"[-‐‑–’'‘ʼ`´/]")


@lru_cache(maxsize=1)
def rules() -> str:
    """What an index was made by, as a digest: another one, and it is to be made again."""
    said = "\0".join((str(RULES), _TABLE.read_text(encoding="utf-8"), *(version(name) for name in _LIBRARIES)))
    return hashlib.sha256(said.encode()).hexdigest()[:16]


class _Table(NamedTuple):
    letters: Mapping[int, str]
    first: Mapping[str, str]
    families: Mapping[str, frozenset[str]]


@lru_cache(maxsize=1)
def _table() -> _Table:
    told: dict[str, Any] = yaml.safe_load(_TABLE.read_text(encoding="utf-8"))
    families: dict[str, set[str]] = {}
    for group in told["names"]:
        for spellings in group["spellings"]:
            for word in spellings:
                families.setdefault(folded(word), set()).add(f"f{folded(spellings[0])}")
    letters = {ord(letter): latin for letter, latin in told["ukrainian"]["letters"].items()}
    return _Table(letters, told["ukrainian"]["first"], {word: frozenset(keys) for word, keys in families.items()})


def in_latin(piece: str) -> tuple[str, ...]:
    """A text of other letters in Latin ones, as the libraries and passports write it; nothing where it is Latin already."""
    if folded(piece).isascii():
        return ()
    ways = [anyascii(piece)]
    small = piece.casefold()
    table = _table()
    if any("Ѐ" <= letter <= "ӿ" for letter in small):
        begun = table.first.get(small[0], "") + small[1:] if small[0] in table.first else small
        ways.append(anyascii(begun.translate(table.letters)))
    found = (folded(way).replace(" ", "") for way in ways)
    return tuple(dict.fromkeys(way for way in found if way))


def words_of(text: str) -> set[str]:
    """Every word under which a text can be found: as folded, its joined and parted spellings, and in Latin letters."""
    found: set[str] = set()
    whole = folded(text).split()
    found.update(whole)
    found.update("".join(pair) for pair in pairwise(whole))
    for piece in text.split():
        apart = _BETWEEN.sub(" ", piece)
        found.update(folded(apart).split())
        found.add(folded(piece).replace(" ", ""))
        for part in apart.split():
            found.update(in_latin(part))
    return found - {""}


def keys_of(word: str, latin: Iterable[str] = ()) -> set[str]:
    """The keys under which spellings of a name meet: of the table, and of its sound.

    Args:
        word: one folded word; ``latin``: the same in Latin letters, where it has others.
    """
    found: set[str] = set()
    families = _table().families
    for spelling in (word, *latin):
        found |= families.get(spelling, frozenset())
        if spelling.isascii() and spelling.isalpha() and len(spelling) >= _SHORTEST_SOUND:
            found.update(_sounds(spelling))
    return found


@lru_cache(maxsize=16384)
def _sounds(spelling: str) -> tuple[str, ...]:
    return tuple({f"s{code.casefold()}" for code in doublemetaphone(spelling) if len(code) >= _SHORTEST_CODE})


def keys_of_name(text: str) -> set[str]:
    """All of them, of a name as it was typed."""
    found: set[str] = set()
    for piece in _BETWEEN.sub(" ", text).split():
        for word in folded(piece).split():
            found |= keys_of(word, in_latin(piece))
    for word in words_of(text):
        found |= _table().families.get(word, frozenset())
    return found


def key_of_day(day: date) -> str:
    """A whole day as one word of figures."""
    return f"b{day.year:04d}{day.month:02d}{day.day:02d}"


def words_of_day(day: date) -> set[str]:
    """A birth date as it is looked for: the whole day, and its day of the year where the year is not known."""
    return {key_of_day(day), f"m{day.month:02d}{day.day:02d}"}
