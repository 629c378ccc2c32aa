"""Whole case files for tests of the heart: the worked examples, and a small household to vary."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.checklists import read_folder
from app.settings import ROOT
from app.suitability.advice import report
from app.suitability.checklist.checklist import Checklist
from app.suitability.reading import case_file
from tests.trees import copied

COUNCIL = "E08000025"
T0 = "2026-11-23"


@pytest.fixture(scope="session")
def checklist() -> Checklist:
    return read_folder()


def example(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return tree


def small(**changes: Any) -> dict[str, Any]:
    """One parent, one child of four, a self-contained flat; nothing asked yet."""
    tree: dict[str, Any] = {
        "format": "case-by-case/1",
        "on": T0,
        "household": {
            "reference": "SMALL",
            "members": [
                {
                    "key": "A",
                    "name": "Ada Example",
                    "kind": "adult",
                    "born": "1995-01-01",
                    "sex": "female",
                    "dangerous_medicine": False,
                },
                {"key": "C", "name": "Cai Example", "kind": "child", "born": "2022-01-01", "sex": "male"},
            ],
        },
        "placement": {"address": "1 Invented Row", "kind": "house_or_flat", "self_contained": True},
        "answers": [],
    }
    for path, value in changes.items():
        here = tree
        *parents, last = path.split("__")
        for name in parents:
            here = here[name]
        here[last] = value
    return tree


def answer(criterion: str, value: Any, grade: str = "E4", subject: str = "unit", **more: Any) -> dict[str, Any]:
    return {
        "criterion": criterion, "subject": subject, "value": value, "grade": grade, "on": T0,
        "source": {"name": "Sam Source", "role": "professional", "agency": "somewhere"}, **more,
    }  # fmt: skip


def judge(tree: dict[str, Any]) -> dict[str, Any]:
    checklist = read_folder()
    return report.assessed(checklist, case_file.build(copied(tree), checklist), COUNCIL)


def row(result: dict[str, Any], criterion: str, subject: str | None = None) -> list[dict[str, Any]]:
    """Findings of a criterion; an empty list is a clear row or one that does not apply."""
    return [f for f in result["findings"] if f["criterion"] == criterion and subject in (None, f["subject"])]
