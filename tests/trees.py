"""Case files as trees of JSON, before anything is read of them."""

from __future__ import annotations

import marshal
from datetime import date
from typing import Any

from app.clocks import today


def copied(tree: Any) -> Any:
    """A tree that shares nothing with the one given, in a quarter of the time of ``deepcopy``: it holds only what JSON does."""
    return marshal.loads(marshal.dumps(tree))


def bare(born: date | None = None) -> dict[str, Any]:
    """Two names and an address: all else nobody has said, so that only what comes together stops the place."""
    child: dict[str, str] = {"key": "C1", "name": "Ivo Invented", "kind": "child"}
    if born is not None:
        child["born"] = born.isoformat()
    members = [{"key": "A1", "name": "Nadia Invented", "kind": "adult"}, child]
    return {
        "format": "case-by-case/1",
        "on": today().isoformat(),
        "household": {"reference": "BARE", "members": members},
        "placement": {"address": "14 Invented Road", "postcode": "B11 1AA", "kind": "nightly_paid"},
    }
