"""The words of letters and what each may hold, read once from ``checklists/letters.yaml``. A mistake there stops the start."""

from __future__ import annotations

import string
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from app.checklists import FOLDER, or_stop
from app.suitability.checklist.located_yaml import Located, read

FILE = "letters.yaml"
PLACES = ("address", "area", "none", "address_to_the_family")
ABOUT = ("everybody", "children", "chosen")
NEEDS = ("applicant", "duty", "place", "about", "question", "decided")
FACTS = (
    "applicant", "household", "names", "children", "people", "place", "available", "duty", "stay", "put_right", "question",
    "ground", "by_when", "answer_to", "seen",
)  # fmt: skip
FILLED = ("telephone", "rights", "area")
RIGHTS = ("main", "interim", "other")


class Release(NamedTuple):
    """What an agency is told: whether who it is about, and how much of where; and what it is asked."""

    people: bool
    place: str
    asks: str = ""  # in plain words; empty: the council’s question as it stands among the agencies


class Kind(NamedTuple):
    """One kind of letter: its words, its rows (what each says, and the fact in it), and whose words they are."""

    code: str
    name: str
    to: str
    title: str
    body: str
    owner: str
    source: str
    date: str
    confirmed: bool
    needs: tuple[str, ...]
    place: str
    about: str
    before: tuple[str, ...]
    rows: tuple[tuple[str, str], ...]
    after: tuple[str, ...]
    rights: Mapping[str, str]
    agencies: Mapping[str, Release]

    def release(self, agency: str) -> Release:
        """What this letter may say to an agency; one that nobody wrote down is told who, and not where."""
        return self.agencies.get(agency, Release(True, self.place))


class Words(NamedTuple):
    version: str
    area: str
    route: str
    after_protected: str
    kinds: Mapping[str, Kind]


@lru_cache(maxsize=1)
def words() -> Words:
    """The words there are.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(words)


def parsed(text: str) -> Words:
    """The words of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    top = read(text, FILE)
    top.only(("version", "protected", "letters"), "the file of letters")
    protected = top.need("protected", Located, "the file of letters")
    protected.only(("owner", "source", "date", "confirmed", "area", "route", "after"), "protected")
    letters = top.need("letters", Located, "the file of letters")
    said = {name: str(protected.need(name, str, "protected")) for name in ("area", "route", "after")}
    for name, sentence in said.items():
        _only_filled(protected, name, sentence)
    return Words(
        version=top.need("version", str, "the file of letters"),
        area=said["area"],
        route=said["route"],
        after_protected=said["after"],
        kinds={code: _kind(code, letters.need(code, Located, "letters")) for code in letters},
    )


def _kind(code: str, said: Located) -> Kind:
    what = f"the letter {code}"
    said.only(
        (
            "name", "for", "title", "body", "owner", "source", "date", "confirmed", "needs", "place", "about", "before", "rows",
            "after", "rights", "agencies",
        ),
        what,
    )  # fmt: skip
    for name, known in (("place", PLACES), ("about", ABOUT)):
        if said.need(name, str, what) not in known:
            said.refuse(f"{what}: {name} is one of {', '.join(known)}.", name)
    needs = tuple(said.typed("needs", list, what, []))
    if strange := set(needs) - set(NEEDS):
        said.refuse(f"{what} cannot need {', '.join(sorted(strange))}; it may need {', '.join(NEEDS)}.", "needs")
    rights = dict(said.typed("rights", Located, what, None) or {})
    if rights and set(rights) != set(RIGHTS):
        said.refuse(f"{what}: rights are said for {', '.join(RIGHTS)}.", "rights")
    for name in ("before", "after"):
        for sentence in said.typed(name, list, what, []):
            _only_filled(said, name, sentence)
    return Kind(
        code=code,
        name=said.need("name", str, what),
        to=said.need("for", str, what),
        title=said.need("title", str, what),
        body=said.typed("body", str, what, ""),
        owner=said.need("owner", str, what),
        source=said.need("source", str, what),
        date=said.need("date", str, what),
        confirmed=said.need("confirmed", bool, what),
        needs=needs,
        place=said["place"],
        about=said["about"],
        before=tuple(said.typed("before", list, what, [])),
        rows=tuple(_row(row, what) for row in said.need("rows", list, what)),
        after=tuple(said.typed("after", list, what, [])),
        rights=rights,
        agencies={
            name: _release(entry, what) for name, entry in (said.typed("agencies", Located, what, None) or {}).items()
        },
    )


def _row(row: Any, what: str) -> tuple[str, str]:
    row.only(("says", "fact"), f"a row of {what}")
    fact = row.need("fact", str, f"a row of {what}")
    if fact not in FACTS:
        row.refuse(f"{what}: there is no fact {fact}; there are {', '.join(FACTS)}.", "fact")
    return row.need("says", str, f"a row of {what}"), fact


def _release(entry: Any, what: str) -> Release:
    entry.only(("people", "place", "asks"), f"an agency of {what}")
    if entry.need("place", str, what) not in ("address", "area", "none"):
        entry.refuse(f"{what}: an agency is told the address, the area or none.", "place")
    return Release(entry.need("people", bool, what), entry["place"], entry.typed("asks", str, what, ""))


def _only_filled(said: Located, key: str, sentence: str) -> None:
    strange = {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None} - set(FILLED)
    if strange:
        said.refuse(f"“{sorted(strange)[0]}” cannot be filled in; only {', '.join(FILLED)} can.", key)
