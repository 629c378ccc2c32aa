"""Whole households, with the outcome a careful safeguarding lead expects. What is stated must be found; more may be."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
import yaml

from .conftest import example, judge, row

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))


def situations() -> list[Any]:
    found = []
    for file in FILES:
        told = yaml.safe_load(file.read_text(encoding="utf-8"))
        found.append(pytest.param(told["case"], {}, told["expect"], id=file.stem))
        for variant in told.get("variants", []):
            found.append(pytest.param(told["case"], variant, variant["expect"], id=f"{file.stem}: {variant['name']}"))
    return found


def changed(tree: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    tree = deepcopy(tree)
    for new in variant.get("answers", []):
        matches = [a for a in tree["answers"] if (a["criterion"], a["subject"]) == (new["criterion"], new["subject"])]
        assert matches, f"the scenario has no answer to change for {new['criterion']}"
        for match in matches:
            match |= new
    tree["answers"] += variant.get("add", [])
    tree.setdefault("mitigations", []).extend(variant.get("mitigations", []))
    tree["placement"] |= variant.get("placement", {})
    household = variant.get("household", {})
    for kind, facts in household.get("services", {}).items():
        next(s for s in tree["household"]["services"] if s["kind"] == kind).update(facts)
    for key, facts in household.get("members", {}).items():
        next(m for m in tree["household"]["members"] if m["key"] == key).update(facts)
    return tree


@pytest.mark.parametrize(("case", "variant", "expected"), situations())
def test_a_household_ends_where_a_careful_lead_expects(
    case: str, variant: dict[str, Any], expected: dict[str, Any]
) -> None:
    result = judge(changed(example(case), variant))
    assert result["outcome"] == expected["outcome"]
    if "safeguarding_route" in expected:
        assert result["safeguarding_route"] == expected["safeguarding_route"]
    if "first_child" in expected:
        assert result["children"][0]["key"] == expected["first_child"]
    for wanted in expected.get("findings", []):
        found = [{k: f[k] for k in wanted} for f in row(result, wanted["criterion"], wanted["subject"])]
        assert wanted in found
    for effect in expected.get("no_effects", []):
        assert [f["criterion"] for f in result["findings"] if f["effect"] == effect] == []
    for criterion in expected.get("absent", []):
        assert row(result, criterion) == []
    for criterion, words in expected.get("why", {}).items():
        said = " ".join(w for f in row(result, criterion) for w in f["why"])
        assert [word for word in words if word not in said] == []
    if expected.get("same_findings"):
        assert result["findings"] == judge(example(case))["findings"]


def test_no_word_the_field_has_retired_is_ever_said() -> None:
    retired = ("disguised compliance", "failed to engage", "did not attend", "non-compliant", "hard to reach")
    for name in ("h1", "h2", "h3", "h5"):
        said = str(judge(example(name))).casefold()
        assert [word for word in retired if word in said] == []
