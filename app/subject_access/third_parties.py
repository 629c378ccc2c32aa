"""By what somebody else would be known in a text: names, addresses, numbers, of everybody of a case but the one who asks. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from typing import NamedTuple

from app.suitability.casefile.spelling import folded

SHORTEST = 3  # letters of a word of a name: what is shorter is looked for with the rest of it
_POSTCODE = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?:\+?\d[\s()-]?){9,}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+")


class Markers(NamedTuple):
    """Words and whole phrases, folded. ``allowed`` are postcodes that may stand there, folded without spaces."""

    words: frozenset[str]
    phrases: frozenset[str]
    allowed: frozenset[str] = frozenset()

    def found_in(self, text: str) -> bool:
        """Does anything of somebody else stand in a text? So does any postcode, telephone number or e-mail address that is not allowed."""
        for said in (f" {_plain(text)} ", f" {_joined(text)} "):
            if set(said.split()) & self.words or any(f" {phrase} " in said for phrase in self.phrases):
                return True
        if _NUMBER.search(text) or _ADDRESS.search(text):
            return True
        return any(_code(found) not in self.allowed for found in _POSTCODE.findall(text))


def markers(
    names: Iterable[str], phrases: Iterable[str], own: Collection[str], allowed: Collection[str] = ()
) -> Markers:
    """What stands for others.

    Args:
        names: of people: each word of one is looked for, but those that are the asker’s own name, too; phrases: addresses, looked for whole.
        own: names of whoever asks; allowed: postcodes that they are given.
    """
    mine = {word for name in own for word in _words(name)}
    words, whole = set(), {_plain(each) for each in phrases}
    for name in names:
        said = _plain(name)
        words |= {word for word in _words(name) if len(word) >= SHORTEST and word not in mine}
        if said and not set(said.split()) <= mine:
            whole.add(said)
    return Markers(frozenset(words), frozenset(whole - {""}), frozenset(_code(each) for each in allowed))


def _words(name: str) -> set[str]:
    return {*_plain(name).split(), *_joined(name).split()}


def _plain(text: str) -> str:
    """Folded, with nothing but letters and figures: a name with a full stop or “’s” behind it is that name."""
    return " ".join(folded(re.sub(r"[^\w]+", " ", text)).split())


def _joined(text: str) -> str:
    """The same with what an apostrophe parts in one: O’Neil is oneil, too."""
    return " ".join(re.sub(r"[^\w]+", " ", folded(text)).split())


def _code(postcode: str) -> str:
    return "".join(postcode.split()).upper()


def is_same(one: str, other: str) -> bool:
    """Is it one name, in whatever spelling?"""
    return _plain(one) == _plain(other)
