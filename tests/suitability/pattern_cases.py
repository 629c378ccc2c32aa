"""What the tests of patterns share: settled households, and small changes to them."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from typing import Any

from app.suitability.judgement.result import Pattern
from tests.trees import copied

from .households import answered, full, instead, plain, result_of, settled

T0 = date(2026, 11, 23)


@cache
def _settled(name: str) -> Any:
    return settled({"full": full, "plain": plain}[name]())


def plain_case() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_settled("plain"))
    return tree


def fired(tree: dict[str, Any], name: str) -> list[Pattern]:
    return [p for p in result_of(tree).patterns if p.id == name]


def ago(days: int) -> str:
    return (T0 - timedelta(days=days)).isoformat()


def contacts(tree: dict[str, Any], *entries: dict[str, Any], child: str = "C") -> dict[str, Any]:
    tree["household"]["contacts"] = [
        {"child": child, "what": f"clinic {at}", "outcome": "not_brought", "reason": "A cold.", "reason_grade": "E1", "on": ago(30), "critical": False, **e}
        for at, e in enumerate(entries)
    ]  # fmt: skip
    return tree


def aged(tree: dict[str, Any], born: str) -> dict[str, Any]:
    tree["household"]["members"][1]["born"] = born
    return settled(tree)


def event(tree: dict[str, Any], kind: str, days: int, **more: Any) -> dict[str, Any]:
    tree["household"].setdefault("events", []).append({"kind": kind, "on": ago(days), **more})
    return tree


def member(tree: dict[str, Any], key: str) -> dict[str, Any]:
    found: dict[str, Any] = next(m for m in tree["household"]["members"] if m["key"] == key)
    return found


def tree_value(tree: dict[str, Any], name: str) -> Any:
    return next(a["value"] for a in tree["answers"] if a["criterion"] == name)


def not_asked(tree: dict[str, Any], agency: str) -> dict[str, Any]:
    """The same case with no question to an agency in the log."""
    kept = [e for e in tree["household"]["enquiries"] if e["agency"] != agency]
    return {**tree, "household": {**tree["household"], "enquiries": kept}}


def past_user(tree: dict[str, Any]) -> dict[str, Any]:
    member(tree, "A")["substance_sign"] = True
    tree = instead(tree, "SM01", "A", answered("SM01", "A", "past", on=ago(6)))
    return settled(tree)
