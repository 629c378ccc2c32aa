"""Records that were frozen under earlier names: read in the names of today. What is stored, hashed and sealed is never touched."""

from __future__ import annotations

from typing import Any

# Key of an earlier record to key of today. Until November 2026 what ends a worry was called what lifts it.
RENAMED = {"lifts": "remedy"}


def in_names_of_today(value: Any) -> Any:
    """The same value with the names of today: lists and maps of it are walked, and nothing is left out."""
    if isinstance(value, dict):
        return {RENAMED.get(key, key): in_names_of_today(inner) for key, inner in value.items()}
    return [in_names_of_today(inner) for inner in value] if isinstance(value, list) else value
