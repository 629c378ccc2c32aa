"""The checklist with one condition taken out at a time: each has to be missed by a line of a table somewhere."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import yaml

from app.checklists import COUNCIL, FOLDER, PATTERNS
from app.suitability.checklist.checklist import Checklist, load
from app.suitability.checklist.criterion import DOMAINS
from tests.trees import copied

_LISTS = ("stronger", "worry_if", "bands", "open_if", "clear_at_when")
_MANY = ("any", "all")


class Mutant(NamedTuple):
    """One condition that is gone: of which criterion, in words, and how to take it out of the raw entry."""

    criterion: str
    what: str
    domain: str
    at: int
    path: tuple[Any, ...]

    @property
    def name(self) -> str:
        return f"{self.criterion} without {self.what}"


@cache
def _raw(domain: str) -> Any:
    return yaml.load((FOLDER / f"{domain}.yaml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)


def mutants() -> Iterator[Mutant]:
    for domain in DOMAINS:
        for at, entry in enumerate(_raw(domain)["criteria"]):
            for path in _conditions(entry):
                yield Mutant(entry["id"], ".".join(map(str, path)), domain, at, path)


def _conditions(entry: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    for key in _LISTS:
        for number, item in enumerate(entry.get(key, ())):
            yield key, number
            yield from _branches(item.get("if"), (key, number, "if"))
    for code, option in (entry.get("options") or {}).items():
        for number, _ in enumerate(option.get("lower", ())):
            yield "options", code, "lower", number
    for name, count in (entry.get("counts") or {}).items():
        for number, band in enumerate(count.get("bands", ())):
            yield "counts", name, "bands", number
            if "if" in band:
                yield "counts", name, "bands", number, "if"
    if "under_one" in entry:
        yield ("under_one",)
    if "applies_when" in entry:
        yield ("applies_when",)
        yield from _branches(entry["applies_when"], ("applies_when",))


def _branches(tree: Any, path: tuple[Any, ...]) -> Iterator[tuple[Any, ...]]:
    """Every part of an any or an all, however deep."""
    if not isinstance(tree, dict):
        return
    for word, inside in tree.items():
        if word in _MANY:
            for number, part in enumerate(inside):
                yield (*path, word, number)
                yield from _branches(part, (*path, word, number))
        elif word in ("not", "surely"):
            yield from _branches(inside, (*path, word))


def checklist_of(mutant: Mutant) -> Checklist:
    """The whole checklist, read again, with the one condition gone."""
    raw = copied(_raw(mutant.domain))
    here: Any = raw["criteria"][mutant.at]
    *parents, last = mutant.path
    for step in parents:
        here = here[step]
    del here[last]
    for key in _LISTS:
        if raw["criteria"][mutant.at].get(key) == []:
            del raw["criteria"][mutant.at][key]
    texts = {f"{d}.yaml": (FOLDER / f"{d}.yaml").read_text(encoding="utf-8") for d in DOMAINS}
    texts[f"{mutant.domain}.yaml"] = yaml.safe_dump(raw, allow_unicode=True, sort_keys=False, width=10_000)
    council, patterns = ((FOLDER / name).read_text(encoding="utf-8") for name in (COUNCIL, PATTERNS))
    return load(texts, council, patterns)
