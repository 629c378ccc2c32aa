"""Case files that make each criterion worry, each way it can, and each of the rarer patterns fire: one change to a settled household."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from tests.suitability.criterion_cases import ROWS, base, value_of
from tests.suitability.households import TODAY, answered, instead, plain, settled, young


def ago(days: int) -> str:
    return (date.fromisoformat(TODAY) - timedelta(days=days)).isoformat()


def case_files() -> dict[str, Any]:
    """By criterion, person and answer, or by pattern."""
    found: dict[str, Any] = {}
    for line in ROWS:
        name, subject = line.name, line.subject
        for written in [*(said for said, _ in line.worries), "unknown"]:
            said = written if written == "unknown" else value_of(written, name)
            found[f"{name}-{subject}-{written}"] = instead(base(), name, subject, answered(name, subject, said))
    found["LS06-household-not_joint"] = instead(
        settled(young()), "LS06", "household", answered("LS06", "household", "not_joint")
    )
    lapsed = [{"kind": "gas", "expires": ago(1)}, {"kind": "electrical", "expires": ago(1), "open_danger_codes": True}]
    unsafe = settled(plain())
    found["LS17-certificates"] = {**unsafe, "placement": {**unsafe["placement"], "gas": True, "certificates": lapsed}}
    return {**found, **_patterns()}


def _patterns() -> dict[str, Any]:
    promised = {
        "criterion": "CS15",
        "subject": "unit",
        "what": "A guard at the door",
        "owner": {"name": "Pia Place"},
        "promised_before": 1,
    }
    twice = [answered("CS21", "household", "undeclared", grade, agency=at) for at, grade in ((1, "E2"), (44, "E3"))]
    silent = [{"agency": code, "question": "What is known?", "asked": ago(20), "due": ago(10)} for code in ("police", "gp", "social_care", "school")]  # fmt: skip
    said = [{"kind": "said_done", "on": ago(at), "what": f"action {at}", "grade": "E1"} for at in range(1, 5)]
    nights = [{"kind": "emergency_placement", "on": ago(at), "nights": 30, "grade": "E4"} for at in (28, 20)]
    return {
        "P14": _with_family(settled(plain()), enquiries=silent),
        "P16": instead(settled(plain()), "CS15", "unit", answered("CS15", "unit", "past"))
        | {"mitigations": [promised]},
        "P17": _with_family(settled(plain()), events=said),
        "P18": instead(settled(plain()), "CS21", "household", *twice),
        "P25": _with_family(settled(plain()), events=nights),
        "P27": settled(plain()) | {"danger": ["child_alone", "overdose"]},
    }


def _with_family(tree: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**tree, "household": {**tree["household"], **more}}
