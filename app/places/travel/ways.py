"""Which ways of an OpenStreetMap extract may be walked, and by whom: the rules as data, from ``checklists/walking.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, NamedTuple

import yaml

from app.checklists import FOLDER

FILE = "walking.yaml"
# By whom a piece of way is walked: by anybody, by nobody with a pram, by nobody.
Walked = Literal["all", "no_pram", "none"]
_LISTS = ("walked", "open_to_all", "steps", "nobody_past", "no_pram_past")
_TAGS = ("closed_by", "ramp_for_a_pram")
_NUMBERS = (
    "far_from_council_metres", "farthest_from_a_way_metres", "longest_walk_metres", "pram_under_years", "brought_under_years",
    "school_walk_from_years", "school_walk_to_years",
)  # fmt: skip
_WORDS = ("statutory", "host")
_ANY = "*"


class RulesError(ValueError):
    """A mistake in the rules, in a sentence."""


class Said(NamedTuple):
    """A sentence that stands beside a distance, with where it comes from and the day that was checked."""

    text: str
    source: str
    checked: str


class Rules(NamedTuple):
    """The rules of one file. Metres and years are whole; a tag maps to the values that count, ``*`` for any."""

    lists: Mapping[str, frozenset[str]]
    tags: Mapping[str, Mapping[str, frozenset[str]]]
    numbers: Mapping[str, int]
    words: Mapping[str, Said]

    def of_way(self, tags: Mapping[str, str]) -> Walked:
        """Who may walk along a way with these tags."""
        if tags.get("highway") not in self.lists["walked"] or self._any("closed_by", tags) or not self._open(tags):
            return "none"
        is_steps = tags["highway"] in self.lists["steps"]
        return "no_pram" if is_steps and not self._any("ramp_for_a_pram", tags) else "all"

    def of_point(self, tags: Mapping[str, str]) -> Walked:
        """Who gets past a point of a way with these tags."""
        kind = tags.get("barrier", "")
        if kind in self.lists["nobody_past"] or self._any("closed_by", tags) or not self._open(tags):
            return "none"
        return "no_pram" if kind in self.lists["no_pram_past"] else "all"

    def _open(self, tags: Mapping[str, str]) -> bool:
        """May anybody go there on foot? What is said of people on foot stands over what is said of everybody."""
        said = tags.get("foot") or tags.get("access")
        return said is None or said in self.lists["open_to_all"]

    def _any(self, name: str, tags: Mapping[str, str]) -> bool:
        return any(tag in tags and (tags[tag] in values or _ANY in values) for tag, values in self.tags[name].items())


def parse(text: str) -> Rules:
    """The rules.

    Raises:
        RulesError: a part is missing, or is not what it must be.
    """
    told: Any = yaml.safe_load(text)
    for need in ("owner", "source", "checked", "numbers", "words", *_LISTS, *_TAGS):
        if not isinstance(told, dict) or not told.get(need):
            raise RulesError(f"{FILE} must say “{need}”.")
    for name in _NUMBERS:
        one = told["numbers"].get(name) or {}
        if type(one.get("value")) is not int or one["value"] < 1 or not one.get("source") or not one.get("checked"):
            raise RulesError(f"{FILE}: {name} has a whole number, its source and the day it was checked.")
    for name in _WORDS:
        one = told["words"].get(name) or {}
        if not all(isinstance(one.get(part), str) and one[part] for part in Said._fields):
            raise RulesError(f"{FILE}: the words {name} have a text, its source and the day it was checked.")
    return Rules(
        {name: _values(name, told[name]) for name in _LISTS},
        {name: {str(tag): _values(tag, values) for tag, values in told[name].items()} for name in _TAGS},
        {name: told["numbers"][name]["value"] for name in _NUMBERS},
        {name: Said(*(told["words"][name][part] for part in Said._fields)) for name in _WORDS},
    )


def _values(name: str, values: Any) -> frozenset[str]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise RulesError(f"{FILE}: the values of {name} are a list of words; yes and no stand in quotation marks.")
    return frozenset(values)


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> Rules:
    """The council's rules."""
    return parse((folder / FILE).read_text(encoding="utf-8"))
