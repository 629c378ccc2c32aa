"""What a judgement amounts to, without its words: outcome, route, children, and each row's and pattern's state and effects.

A shape is plain data: ``{"outcome", "route", "children": {key: outcome}, "rows": {"SM01 M": [state, effect, open effect]},
"clear": ["CS01 C", ...], "patterns": {"P04 C": [state, effect]}}``. ``clear`` names the rows that were asked and had
nothing to say; it is None where nobody kept them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from app.suitability.judgement.result import Result

CLEAR, NOT_ASKED, NOTHING = "clear", "not asked", "nothing to say"
SILENT = (CLEAR, NOT_ASKED, NOTHING)
# From mild to grave. These are the words of the first samples as well as of today: they are not read from the service.
EFFECTS = ("none", "note", "low", "chase", "medium", "hold", "high", "senior", "stop_until", "stop")
OUTCOMES = ("suitable", "suitable_with_conditions", "cannot_decide", "not_suitable")
ROUTES = ("none", "lead_professional", "front_door", "refer_now", "999")
_LIFTED = ("mitigated", "accepted", "clear_with_condition")


def of_result(result: Result) -> dict[str, Any]:
    """The shape of a judgement made just now."""
    said = {
        f"{row.criterion} {row.subject}": [row.state, row.effect, row.open_effect]
        for row in result.rows
        if row.state != "clear"
    }
    return {
        "outcome": result.outcome,
        "route": result.safeguarding_route,
        "children": {child.key: child.outcome for child in result.children},
        "rows": said,
        "clear": sorted(f"{row.criterion} {row.subject}" for row in result.rows if row.state == "clear"),
        "patterns": _numbered((f"{p.id} {p.subject}", [p.state, p.effect]) for p in result.patterns),
    }


def of_report(report: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of a published result, as a record keeps it. It keeps no row that is plainly clear."""
    rows: dict[str, list[str]] = {}
    for finding in report["findings"]:
        key, is_open = f"{finding['criterion']} {finding['subject']}", finding["state"] == "open"
        if key in rows:  # a worry that is also unverified is published as two findings, the worry first
            rows[key][2] = finding["effect"]
        else:
            rows[key] = [finding["state"], finding["effect"], finding["effect"] if is_open else ""]
    return {
        "outcome": report["outcome"],
        "route": report["safeguarding_route"],
        "children": {child["key"]: child["outcome"] for child in report["children"]},
        "rows": rows,
        "clear": None,
        "patterns": _numbered(
            (f"{p['pattern']} {p['subject']}", [p["state"], p["effect"]]) for p in report["patterns"]
        ),
    }


def _numbered(pairs: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    """By key; a pattern that fired more than once about somebody has a number from the second on."""
    found: dict[str, list[str]] = {}
    seen: Counter[str] = Counter()
    for key, said in sorted(pairs):
        seen[key] += 1
        found[key if seen[key] == 1 else f"{key} {seen[key]}"] = said
    return found


def row_said(shape: Mapping[str, Any], key: str) -> dict[str, str] | str:
    """What a row says in a shape: its state and effects, or one word where it says nothing."""
    if key in shape["rows"]:
        state, effect, still_open = shape["rows"][key]
        return {"state": state, "effect": effect, "open_effect": still_open}
    if shape["clear"] is None:
        return NOTHING
    return CLEAR if key in shape["clear"] else NOT_ASKED


def pattern_said(shape: Mapping[str, Any], key: str) -> dict[str, str] | str:
    """What a pattern says in a shape; one that did not fire says nothing."""
    if key in shape["patterns"]:
        state, effect = shape["patterns"][key]
        return {"state": state, "effect": effect}
    return NOTHING


def gravity(said: Mapping[str, str] | str) -> tuple[int, ...]:
    """How grave something said is, to be compared: the graver of worry and doubt first, then the other.

    Raises:
        ValueError: an effect that is not in EFFECTS: put it in its place there.
    """
    if isinstance(said, str):
        return ()
    state, effect, still_open = said["state"], said["effect"], said.get("open_effect", "")
    lifted = state in _LIFTED
    # Something put right or accepted is graver than nothing to say, and milder than the same thing left as it is.
    weights = [1 if lifted else 2 * _place(effect)]
    if still_open and state != "open":
        weights.append(2 * _place(still_open))
    return tuple(sorted(weights, reverse=True))


def _place(effect: str) -> int:
    if effect not in EFFECTS:
        raise ValueError(f"“{effect}” is an effect these tests do not know: put it in its place in shapes.EFFECTS")
    return EFFECTS.index(effect)


def is_milder(kind: str, was: Any, now: Any) -> bool:
    """Is what is said now milder than what was said? ``kind`` is outcome, route, child, criterion or pattern."""
    if kind in ("criterion", "pattern"):
        return gravity(now) < gravity(was)
    order = ROUTES if kind == "route" else OUTCOMES
    return bool(was in order and (now not in order or order.index(now) < order.index(was)))
