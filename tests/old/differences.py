"""What today's code makes otherwise of old samples, and the reviewed list of it: ``python -m tests.old.differences``.

The command prints every difference that ``differences.yaml`` does not list, grouped by kind, each as an entry to be
completed with the ruling that made it so. It looks at the case files and at the SQLite dumps; the tests also look at PostgreSQL.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.settings import ROOT

from . import judged, shapes
from .samples import HERE, brought_up_to_date, opened, samples

LIST = HERE / "differences.yaml"
WHOLE = ("outcome", "route", "child")  # said of a whole case, or of a whole child
NAMED = ("criterion", "pattern")
_ALWAYS = {"version", "where", "subject", "ruling", "because", "milder"}
_WORDS = {"state", "effect", "open_effect"}


class Difference(NamedTuple):
    """One thing that is said otherwise now. ``was`` and ``now`` are a word, or state and effects."""

    version: str
    where: str
    kind: str
    name: str  # of the criterion or the pattern; empty for the others
    subject: str
    was: Any
    now: Any

    @property
    def milder(self) -> bool:
        return shapes.is_milder(self.kind, self.was, self.now)


class BadEntry(ValueError):
    """An entry of the list that cannot be used, in a sentence."""


class Entry(NamedTuple):
    """One kind of change with the ruling that made it so; see README.md for what each word means."""

    number: int
    version: str
    where: str
    kind: str
    name: Any  # of the criterion or the pattern, or a list of such names
    subject: str
    was: Any
    now: Any
    cause: tuple[str, ...]
    milder: bool

    def covers(self, found: Difference, moved: frozenset[str]) -> bool:
        """Is this difference of the kind listed here? ``moved`` names the criteria and patterns that differ in its sample."""
        return (
            self.kind == found.kind
            and _agrees(self.name, found.name)
            and fnmatchcase(found.version, self.version)
            and fnmatchcase(found.where, self.where)
            and fnmatchcase(found.subject, self.subject)
            and _agrees(self.was, found.was)
            and _agrees(self.now, found.now)
            and (not self.cause or bool(moved & set(self.cause)))
            and (self.milder or not found.milder)
        )


def _agrees(wanted: Any, said: Any) -> bool:
    """A word agrees with itself, a list with any of its words, and a word for silence with silence nobody can tell apart."""
    if wanted == "*":
        return True
    if isinstance(wanted, list):
        return any(_agrees(one, said) for one in wanted)
    if isinstance(wanted, dict):
        return isinstance(said, dict) and all(_agrees(word, said.get(key, "")) for key, word in wanted.items())
    if said == shapes.NOTHING and wanted in shapes.SILENT:
        return True
    return bool(wanted == said or (wanted == shapes.NOTHING and said in shapes.SILENT))


def entry_of(number: int, told: Mapping[str, Any]) -> Entry:
    """An entry as it is written in the list.

    Raises:
        BadEntry: it names no version, ruling or reason, or says what no entry says.
    """
    kinds = [kind for kind in (*WHOLE, *NAMED) if kind in told]
    if len(kinds) != 1:
        raise BadEntry(f"entry {number}: it is about one of {', '.join((*WHOLE, *NAMED))}")
    kind = kinds[0]
    allowed = _ALWAYS | {kind} | ({"cause"} if kind in WHOLE else {"was", "now"})
    if strange := sorted(set(told) - allowed):
        raise BadEntry(f"entry {number}: it cannot say “{strange[0]}”")
    for needed in ("version", "ruling", "because"):
        if not str(told.get(needed) or "").strip():
            raise BadEntry(f"entry {number}: it has to say its {needed}")
    both = told[kind] if kind in WHOLE else told
    if not isinstance(both, Mapping) or not {"was", "now"} <= set(both):
        raise BadEntry(f"entry {number}: it has to say what was and what is now")
    for said in (both["was"], both["now"]):
        if isinstance(said, Mapping) and not set(said) <= _WORDS:
            raise BadEntry(f"entry {number}: what was and is now is told by {', '.join(sorted(_WORDS))}")
    return Entry(
        number, str(told["version"]), str(told.get("where", "*")), kind, told[kind] if kind in NAMED else "",
        str(told.get("subject", "*")), both["was"], both["now"], tuple(told.get("cause", ())), bool(told.get("milder", False)),
    )  # fmt: skip


def read_list(path: Path = LIST) -> list[Entry]:
    return [entry_of(at + 1, told) for at, told in enumerate(yaml.safe_load(path.read_text(encoding="utf-8")) or [])]


def compared(version: str, was: judged.Shapes, now: judged.Shapes) -> list[Difference]:
    """Everything that is said otherwise, in order. A sample that is only on one side is a difference of its outcome."""
    found: list[Difference] = []
    for where in sorted({*was, *now}):
        if where in was and where in now:
            found += _of_one(version, where, was[where], now[where])
        else:
            there, here = (side[where]["outcome"] if where in side else shapes.NOT_ASKED for side in (was, now))
            found.append(Difference(version, where, "outcome", "", "", there, here))
    return found


def _of_one(version: str, where: str, was: Mapping[str, Any], now: Mapping[str, Any]) -> list[Difference]:
    found = [
        Difference(version, where, kind, "", "", was[kind], now[kind])
        for kind in ("outcome", "route")
        if was[kind] != now[kind]
    ]
    for key in sorted({*was["children"], *now["children"]}):
        there, here = (side["children"].get(key, shapes.NOTHING) for side in (was, now))
        if there != here:
            found.append(Difference(version, where, "child", "", key, there, here))
    for kind, part, said in (("criterion", "rows", shapes.row_said), ("pattern", "patterns", shapes.pattern_said)):
        for key in sorted({*was[part], *now[part]}):
            name, subject = key.split(" ", 1)
            there, here = said(was, key), said(now, key)
            if there != here:
                found.append(Difference(version, where, kind, name, subject, there, here))
    return found


class Reviewed(NamedTuple):
    """``unlisted`` are differences no entry covers; ``dead`` are entries, by number, that cover nothing they should."""

    unlisted: list[Difference]
    dead: list[str]


def reviewed(found: Iterable[Difference], entries: Sequence[Entry]) -> Reviewed:
    """Hold differences against the list. One that is milder is covered only by an entry that says so."""
    listed = list(found)
    moved: dict[tuple[str, str], set[str]] = {}
    for one in listed:
        if one.kind in NAMED:
            moved.setdefault((one.version, one.where), set()).add(one.name)
    unlisted, used, used_for_milder = [], set(), set()
    for one in listed:
        there = frozenset(moved.get((one.version, one.where), ()))
        covering = {entry.number for entry in entries if entry.covers(one, there)}
        used |= covering
        if one.milder:
            used_for_milder |= covering
        if not covering:
            unlisted.append(one)
    dead = [f"entry {e.number} covers no difference" for e in entries if e.number not in used]
    dead += [
        f"entry {e.number} says that something is milder, and nothing it covers is"
        for e in entries
        if e.milder and e.number in used and e.number not in used_for_milder
    ]
    return Reviewed(unlisted, dead)


def grouped(found: Iterable[Difference]) -> str:
    """Differences by kind, as entries of the list that still need their ruling, the most frequent first."""
    groups: dict[tuple[str, ...], list[Difference]] = {}
    for one in found:
        key = (one.version, one.kind, one.name, _flow(one.was), _flow(one.now))
        groups.setdefault(key, []).append(one)
    lines = []
    for (version, kind, name, was, now), many in sorted(groups.items(), key=lambda g: (-len(g[1]), g[0])):
        first, places = many[0], len({one.where for one in many})
        about = f", {first.subject}" if first.subject else ""
        lines.append(
            f"# {len(many)} in {places} {'sample' if places == 1 else 'samples'}, the first {first.where}{about}"
        )
        lines.append(f"- version: {version}")
        lines += (
            [f"  {kind}: {{was: {was}, now: {now}}}"]
            if kind in WHOLE
            else [f"  {kind}: {name}", f"  was: {was}", f"  now: {now}"]
        )
        lines += ["  milder: true"] if first.milder else []
        lines += ["  ruling:", "  because:", ""]
    return "\n".join(lines)


def _flow(said: Any) -> str:
    """State and effects on one line of YAML; an effect that is empty is left out."""
    if isinstance(said, Mapping):
        return "{" + ", ".join(f"{key}: {word}" for key, word in said.items() if word) + "}"
    return str(said)


def today() -> list[Difference]:
    """Every difference in the case files and the SQLite dumps of every version."""
    found: list[Difference] = []
    for sample in samples():
        found += compared(sample.version, *judged.of_case_files(sample))
        with tempfile.TemporaryDirectory(prefix="old-") as working:
            folder = Path(working) / "instance"
            sample.furnish(folder, "sqlite", ROOT / "build" / "gazetteer.sqlite")
            sample.restore_sqlite(folder)
            brought_up_to_date(sample, folder, "sqlite", "")
            with opened(sample, folder, "sqlite", "") as instance:
                found += compared(sample.version, *judged.of_instance(instance))
    return found


def main() -> int:
    """Print what is not listed, and entries that are dead; 1 where there is any."""
    unlisted, dead = reviewed(today(), read_list())
    for line in filter(None, (grouped(unlisted), "\n".join(dead))):
        print(line)
    print(f"# {len(unlisted)} differences are not listed; {len(dead)} entries are dead.")
    return 1 if unlisted or dead else 0


if __name__ == "__main__":
    sys.exit(main())
