"""What a measurement says: a line to read, and a figure kept by its name in build/bench.json."""

from __future__ import annotations

import json
import os
import subprocess
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
KEPT = ROOT / "build" / "bench.json"


def say(
    what: str,
    shown: str,
    beside: str = "",
    *,
    name: str = "",
    figure: float | None = None,
    unit: str = "",
    baseline: float | None = None,
    ratio: float | None = None,
    against: str = "",
    reason: str = "",
) -> None:
    """Print a line; where it has a name, keep the figure.

    Args:
        what, shown, beside: the line: what was measured, the figure with its unit, and what it is beside.
        name: what the figure is called for good; a later one of this name takes its place.
        figure, unit, baseline: the figure as a number, and that of the baseline in the same unit.
        ratio: the median of the ratios of pairs run in turn; the one figure over the other when not given.
        against: the commit the baseline was measured at, where that is another than this one.
        reason: why there is no baseline, where one was wanted.
    """
    print(f"{what:<46} {shown:<34} {beside}", flush=True)
    if not name:
        return
    if ratio is None and figure is not None and baseline:
        ratio = figure / baseline
    keep({
        "name": name, "figure": _short(figure), "unit": unit, "baseline": _short(baseline), "ratio": _short(ratio),
        "commits": {"ours": commit(ROOT), "baseline": against or None}, "load": [round(one, 2) for one in os.getloadavg()],
        "when": datetime.now().astimezone().isoformat(timespec="seconds"), **({"not_compared": reason} if reason else {}),
    })  # fmt: skip


def _short(number: float | None) -> float | None:
    return None if number is None else float(f"{number:.5g}")


def keep(found: dict[str, Any]) -> None:
    """Put a figure in the place of the one of its name, or after the others."""
    kept = json.loads(KEPT.read_text(encoding="utf-8")) if KEPT.exists() else []
    names = [one["name"] for one in kept]
    if found["name"] in names:
        kept[names.index(found["name"])] = found
    else:
        kept.append(found)
    KEPT.parent.mkdir(exist_ok=True)
    made = KEPT.with_suffix(".part")
    made.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    made.replace(KEPT)


def commit(tree: Path) -> str | None:
    """The commit a tree is at, with a + where something in it has been changed since; None where there is no telling."""
    git = ["git", "-C", str(tree)]
    try:
        at = subprocess.run([*git, "rev-parse", "--short=7", "HEAD"], capture_output=True, text=True, check=True)
        changed = subprocess.run([*git, "status", "--porcelain"], capture_output=True, text=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return at.stdout.strip() + ("+" if changed.stdout else "")
