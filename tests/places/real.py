"""The open data the loaders are tried on. It lies beside the repository; where it is absent a test says so and is skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

# Beside the repository, or beside the folder of its work trees.
_NEAR = [folder / "shared" / "data" for folder in Path(__file__).parents[3:5]]
DATA = next((folder for folder in _NEAR if folder.is_dir()), _NEAR[0])


def real(name: str) -> Path:
    found = DATA / name
    if not found.exists():
        pytest.skip(f"the open data file {name} is not here")
    return found
