"""Tools of practice that the council owns elsewhere: shown as links where it has given their addresses, and else by name alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from app.checklists import FOLDER

FILE = "tools.yaml"


class ToolError(ValueError):
    """A mistake in the list, in a sentence."""


class Tool(NamedTuple):
    """``address`` is empty where the council has set none."""

    called: str
    used_for: str
    address: str


def parse(text: str) -> list[Tool]:
    """The list.

    Raises:
        ToolError: something is missing, or an address is none of the web's that is sent in secret.
    """
    told: Any = yaml.safe_load(text)
    found = []
    for need in ("source", "checked", "owner", "tools"):
        if not isinstance(told, dict) or not told.get(need):
            raise ToolError(f"{FILE} must say “{need}”.")
    for one in told["tools"]:
        address = str(one.get("address") or "")
        if not one.get("called") or not one.get("for"):
            raise ToolError(f"{FILE}: each tool says what it is called and what it is for.")
        if address and not address.startswith("https://"):
            raise ToolError(f"{FILE}: the address of {one['called']} begins with https:// or is empty.")
        found.append(Tool(one["called"], one["for"], address))
    return found


@lru_cache(maxsize=2)
def read(folder: Path = FOLDER) -> list[Tool]:
    """The council's tools."""
    return parse((folder / FILE).read_text(encoding="utf-8"))
