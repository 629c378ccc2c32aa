"""The open data the loaders are tried on. It lies beside the repository; where it is absent a test says so and is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

DATA = Path(__file__).parents[3] / "shared" / "data"


def real(name: str) -> Path:
    found = DATA / name
    if not found.exists():
        pytest.skip(f"the open data file {name} is not here")
    return found
