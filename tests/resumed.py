"""A long proof in parts: what was shown of this very version is kept, so that one that was stopped goes on from there."""

from __future__ import annotations

import fcntl
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from app.settings import ROOT
from tests.conftest import BUILD


class Parts:
    """The parts of one proof that were shown; kept in ``build/NAME.json``."""

    def __init__(self, name: str, of: Iterable[str], proof: str) -> None:
        """``of`` are the files and folders whose version it is a proof of; ``proof`` is the file of the proof itself."""
        self.kept = BUILD / f"{name}.json"
        self._of, self._proof = tuple(of), Path(proof)

    def _version(self) -> str:
        told = hashlib.sha256(self._proof.read_bytes())
        there = (ROOT / name for name in self._of)
        for file in sorted(f for each in there for f in (each.rglob("*.py") if each.is_dir() else (each,))):
            told.update(file.read_bytes())
        return told.hexdigest()[:16]

    def shown(self, more: str = "") -> list[str]:
        """The parts that were shown of this version, with one more."""
        BUILD.mkdir(exist_ok=True)
        with open(self.kept.with_suffix(".lock"), "w", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            kept = json.loads(self.kept.read_text(encoding="ascii")) if self.kept.exists() else {}
            version = self._version()
            found = [*kept.get(version, []), *([more] if more else [])]
            if more:
                self.kept.write_text(json.dumps({version: found}), encoding="ascii")
            return found
