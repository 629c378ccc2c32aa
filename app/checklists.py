"""The folder of checklists, read once at start; the heart only ever sees text."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from app.settings import ROOT
from app.suitability.checklist import Checklist, load
from app.suitability.criterion import DOMAINS

FOLDER = ROOT / "checklists"


@lru_cache(maxsize=4)
def read_folder(folder: Path = FOLDER) -> Checklist:
    """Read and validate every checklist of a folder.

    Raises:
        ChecklistError: with file, line and what was meant.
        FileNotFoundError: a domain has no file.
    """
    texts = {f"{domain}.yaml": (folder / f"{domain}.yaml").read_text(encoding="utf-8") for domain in DOMAINS}
    council, patterns = ((folder / name).read_text(encoding="utf-8") for name in ("council.yaml", "patterns.yaml"))
    return load(texts, council, patterns)
