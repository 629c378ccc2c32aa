"""The fonts that records are drawn with: shipped files only, each under a private name, so that no other font is ever picked.

Two sets. Inter and DejaVu draw every record and are loaded with it. The fonts of ``scripts/`` draw what those lack; one of them is
read only for a record that holds its letters, so that all the others cost nothing. ``scripts/index.json`` says what each draws.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from app.installation import ROOT

FONTS = ROOT / "app" / "static" / "fonts"
SCRIPTS = ROOT / "app" / "records" / "scripts"
# Family, weight, file.
FACES = [
    ("DR", 400, "inter-latin-400-normal.woff2"),
    ("DR", 700, "inter-latin-700-normal.woff2"),
    ("DRX", 400, "inter-latin-ext-400-normal.woff2"),
    ("DRX", 700, "inter-latin-ext-700-normal.woff2"),
    ("DRC", 400, "inter-cyrillic-400-normal.woff2"),
    ("DRC", 700, "inter-cyrillic-700-normal.woff2"),
    ("DRF", 400, "DejaVuSans.ttf"),
    ("DRF", 700, "DejaVuSans-Bold.ttf"),
]


class Face(NamedTuple):
    """One file: the private name of its family, its weight, and what it draws that no font of every record does."""

    family: str
    weight: int
    file: str
    draws: tuple[range, ...]


@lru_cache(maxsize=1)
def scripts() -> tuple[Face, ...]:
    """The fonts of single scripts, in the order of their files."""
    told = json.loads((SCRIPTS / "index.json").read_text(encoding="utf-8"))
    return tuple(Face(f"S-{e['family']}", e["weight"], name, _ranges(e["draws"])) for name, e in told.items())


def _ranges(written: str) -> tuple[range, ...]:
    """“980-983 985” as ranges of code points."""
    bounds = (part.split("-") for part in written.split())
    return tuple(range(int(b[0], 16), int(b[-1], 16) + 1) for b in bounds)


@lru_cache(maxsize=1)
def _family_of() -> dict[int, str]:
    return {code: face.family for face in scripts() for some in face.draws for code in some}


@lru_cache(maxsize=1)
def drawn_by_scripts() -> frozenset[int]:
    """Every character that a font of a single script draws."""
    return frozenset(_family_of())


def needed_for(codes: Iterable[int]) -> list[Face]:
    """The faces of single scripts that these characters need: both weights where there are two.

    Raises:
        FileNotFoundError: one is not there. What is drawn without it would be boxes.
    """
    families = {family for code in codes if (family := _family_of().get(code))}
    found = [face for face in scripts() if face.family in families]
    for face in found:
        if not (SCRIPTS / face.file).is_file():
            raise FileNotFoundError(f"The font {face.file} is not in app/records/scripts.")
    return found


def file_of(name: str) -> Path | None:
    """Where a font of ours is; None where the name is no font of ours."""
    if any(name == file for _, _, file in FACES):
        return FONTS / name
    return SCRIPTS / name if any(name == face.file for face in scripts()) else None


def missing() -> list[str]:
    """The files that are not there: no record can be drawn without them, or none that holds their letters."""
    gone = {name for _, _, name in FACES if not (FONTS / name).is_file()}
    if not (SCRIPTS / "index.json").is_file():
        return sorted({*gone, "index.json"})
    return sorted(gone | {face.file for face in scripts() if not (SCRIPTS / face.file).is_file()})
