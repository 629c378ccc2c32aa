"""What somebody is given who asks what is held about them, read once from ``checklists/subject_access.yaml``. Closed where it says nothing."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from app.checklists import FOLDER, or_stop
from app.suitability.checklist.located_yaml import Located
from app.suitability.checklist.located_yaml import read as read_yaml

FILE = "subject_access.yaml"
# Fields of a person's entry that may be named at all. Not: signs that others saw, treatment, who carries whom, places in lists.
KNOWN = (
    "name", "kind", "born", "due", "sex", "relationship", "pregnant", "needs", "language", "interpreter_needed", "ethnicity", "faith",
    "school_age_place",
)  # fmt: skip
SAYS = ("purposes", "sources", "kept", "rights", "withheld")
_TEXTS = ("version", "source", "owner", "checked", "reader")


class Allowed(NamedTuple):
    """``own`` are fields of their own entry; ``reader`` is whose row of editions.yaml answers are held against."""

    version: str
    source: str
    owner: str
    checked: str
    reader: str
    confirmed: bool
    own: tuple[str, ...]
    says: dict[str, str]


@lru_cache(maxsize=1)
def read() -> Allowed:
    """The list there is.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(read)


def parsed(text: str) -> Allowed:
    """The list of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    what = "what somebody is given"
    top = read_yaml(text, FILE)
    top.only((*_TEXTS, "confirmed", "names_of_professionals", "own", "says"), what)
    if top.need("names_of_professionals", bool, what):
        top.refuse("no names of professionals can be given by this version.", "names_of_professionals")
    own = top.need("own", list, what)
    if strange := sorted(set(own) - set(KNOWN)):
        top.refuse(f"{', '.join(strange)} can be given to nobody by this. It may say: {', '.join(KNOWN)}.", "own")
    said = top.need("says", Located, what)
    said.only(SAYS, "what it says")
    return Allowed(
        confirmed=top.need("confirmed", bool, what),
        own=tuple(own),
        says={name: said.need(name, str, "what it says") for name in SAYS},
        **{name: top.need(name, str, what) for name in _TEXTS},
    )
