"""Photographs in a record and in a copy: small, whole within the frozen data, so that the same data draw the same page in six years."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

SMALL = "small"


def frozen(content: bytes) -> str:
    """A small photograph as text of a record."""
    return base64.b64encode(content).decode("ascii")


def sources(kept: Sequence[Mapping[str, Any]]) -> list[str]:
    """What each photograph is drawn from: an address that holds the picture itself, and fetches nothing."""
    return [f"data:image/jpeg;base64,{one[SMALL]}" for one in kept]


def without(kept: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same photographs without the pictures: what is said of each."""
    return [{name: value for name, value in one.items() if name != SMALL} for one in kept]
