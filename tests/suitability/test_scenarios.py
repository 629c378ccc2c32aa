"""Whole households, with the outcome a careful safeguarding lead expects. What is stated must be found; more may be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.trees import copied

from .conftest import example, judge, row
from .households import CHECKLIST, full, plain, settled, seven

FILES = sorted((Path(__file__).parent.parent / "scenarios").glob("*.yaml"))
RETIRED = ("disguised compliance", "failed to engage", "did not attend", "non-compliant", "hard to reach", "toxic trio")


def start(told: dict[str, Any]) -> dict[str, Any]:
    """A case file of the examples, or one of the two settled households of the tests with what the scenario changes."""
    if "case" in told:
        return example(told["case"])
    tree = {"plain": plain, "full": full, "seven": seven}[told["base"]]()
    return settled(changed(tree, {"set": told.get("facts", {})}))


def situations() -> list[Any]:
    found = []
    for file in FILES:
        for told in yaml.load_all(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader):
            name = told.get("name", file.stem)
            found.append(pytest.param(told, told.get("change", {}), told["expect"], id=name))
            for variant in told.get("variants", []):
                found.append(pytest.param(told, variant, variant["expect"], id=f"{name}: {variant['name']}"))
    return found


def changed(tree: dict[str, Any], variant: dict[str, Any]) -> dict[str, Any]:
    tree = copied(tree)
    for new in variant.get("answers", []):
        matches = [a for a in tree["answers"] if (a["criterion"], a["subject"]) == (new["criterion"], new["subject"])]
        assert matches, f"the scenario has no answer to change for {new['criterion']}"
        for match in matches:
            match |= new
    for criterion, subject in variant.get("unanswered", []):
        tree["answers"] = [a for a in tree["answers"] if (a["criterion"], a["subject"]) != (criterion, subject)]
    tree["answers"] += variant.get("add", [])
    tree.setdefault("mitigations", []).extend(variant.get("mitigations", []))
    for path, value in variant.get("set", {}).items():
        put(tree, path, value)
    return tree


def put(tree: Any, path: str, value: Any) -> None:
    """Set a fact by its path; in a list, by number, by a member's key or by a service's kind."""
    *parents, last = path.split(".")
    here = tree
    for name in parents:
        here = step(here, name)
    if isinstance(here, list):
        here[int(last) : int(last) + 1] = [value]  # the number after the last adds one
    else:
        here[last] = value


def step(here: Any, name: str) -> Any:
    if not isinstance(here, list):
        return here[name]
    if name.isdigit():
        return here[int(name)]
    return next(entry for entry in here if name in (entry.get("key"), entry.get("kind")))


@pytest.mark.parametrize(("told", "variant", "expected"), situations())
def test_a_household_ends_where_a_careful_lead_expects(
    told: dict[str, Any], variant: dict[str, Any], expected: dict[str, Any]
) -> None:
    result = judge(changed(start(told), variant))
    outcomes = expected["outcome"] if isinstance(expected["outcome"], list) else [expected["outcome"]]
    assert result["outcome"] in outcomes
    for key in ("safeguarding_route",):
        if key in expected:
            assert result[key] == expected[key]
    if "first_child" in expected:
        assert result["children"][0]["key"] == expected["first_child"]
    for wanted in expected.get("findings", []):
        found = [{k: f[k] for k in wanted} for f in row(result, wanted["criterion"], wanted["subject"])]
        assert wanted in found, (wanted, row(result, wanted["criterion"]))
    for effect in expected.get("no_effects", []):
        assert [f["criterion"] for f in result["findings"] if f["effect"] == effect] == []
    for criterion in expected.get("absent", []):
        assert row(result, criterion) == []
    for criterion, words in expected.get("why", {}).items():
        said = " ".join(w for f in row(result, criterion) for w in f["why"])
        assert [word for word in words if word not in said] == []
    fired = {p["pattern"] for p in result["patterns"]}
    assert fired >= set(expected.get("patterns", []))
    assert not fired & set(expected.get("no_patterns", []))
    if "only_patterns" in expected:
        assert fired == set(expected["only_patterns"])
    for wanted in expected.get("pattern_effects", []):
        assert wanted in [{k: p[k] for k in wanted} for p in result["patterns"]]
    if expected.get("same_findings"):
        assert result["findings"] == judge(start(told))["findings"]
    if "same_findings_but" in expected:
        but = expected["same_findings_but"]
        before = judge(start(told))["findings"]
        assert [f for f in result["findings"] if f["criterion"] not in but] == [
            f for f in before if f["criterion"] not in but
        ]
    made = " ".join(s["step"] for s in result["what_would_make_it_suitable"]["steps"])
    assert [words for words in expected.get("conditions", []) if words not in made] == []
    asked = {q["ask_of"] for q in result["next_questions"]}
    for agency in expected.get("ask", []):
        assert any(agency in name for name in asked), (agency, asked)
    by_whom = {q["ask_of"]: q["tonight"] for q in result["next_questions"]}
    for agency, when in expected.get("tonight", {}).items():
        assert by_whom[agency].startswith(when), (agency, by_whom[agency])
    route = CHECKLIST.words[f"route_{result['safeguarding_route']}"]
    assert [words for words in expected.get("route_says", []) if words not in route] == []
    for name, words in expected.get("pattern_says", {}).items():
        step = next(p["step"] for p in result["patterns"] if p["pattern"] == name)
        assert [said for said in words if said not in step] == [], step
    assert [words for words in expected.get("next_unit", []) if words not in made] == [], made
    assert [w for w in expected.get("emergency_says", []) if w not in result["emergency_route"]["says"]] == []
    for criterion, words in expected.get("remedy", {}).items():
        said = " ".join(f["remedy"] for f in row(result, criterion))
        assert [word for word in words if word not in said] == [], said
    for criterion, wanted in expected.get("due", {}).items():
        conditions = [c for f in row(result, criterion) for c in f["conditions"]]
        assert any(wanted["what"] in c["what"] and c["due"] == wanted["day"] for c in conditions), conditions
    assert [words for words in expected.get("steps_never_say", []) if words in made.casefold()] == []
    must_not_say(result)


def must_not_say(result: dict[str, Any]) -> None:
    """What no result ever does: a retired word, a total, a clearance by silence, an outcome without a next step."""
    said = str(result).casefold()
    assert [word for word in (*RETIRED, "no concerns raised") if word in said] == []
    assert set(result["scores"]) <= {
        "child_safety", "substance_misuse", "support_access", "information_sharing", "lawful_suitability",
    }  # fmt: skip
    assert not {"total", "score", "risk", "rating", "probability"} & set(result)
    steps = result["what_would_make_it_suitable"]["steps"]
    assert steps
    assert all(s["step"] and s["owner"] for s in steps)
    if result["outcome"] in ("not_suitable", "cannot_decide"):
        assert result["emergency_route"]["open"] is True


IDENTITY = [
    ({"ethnicity": "Roma", "language": "Romanian", "faith": "Orthodox"}, "a council tenant"),
    ({"ethnicity": "White British", "language": "English", "faith": "None"}, "an owner"),
    ({"ethnicity": "Black African", "language": "Somali", "faith": "Muslim"}, ""),
]


@pytest.mark.parametrize(
    "told",
    [s.values[0] for s in situations() if s.values[1] == s.values[0].get("change", {})],
    ids=lambda t: t.get("name", t.get("case", "")),
)
@pytest.mark.parametrize(("words", "tenure"), IDENTITY)
def test_who_they_are_changes_nothing_in_any_scenario(told: dict[str, Any], words: dict[str, str], tenure: str) -> None:
    tree = changed(start(told), told.get("change", {}))
    before = judge(tree)
    names = {m["key"]: f"Somebody {at}" for at, m in enumerate(tree["household"]["members"])}
    swapped = copied(tree)
    swapped["household"]["tenure"] = tenure
    for member in swapped["household"]["members"]:
        member |= {"name": names[member["key"]], **words}
    after = judge(swapped)
    for key in ("outcome", "safeguarding_route", "scores"):
        assert after[key] == before[key]
    shape = [(f["criterion"], f["subject"], f["state"], f["effect"]) for f in before["findings"]]
    assert [(f["criterion"], f["subject"], f["state"], f["effect"]) for f in after["findings"]] == shape
    assert [(p["pattern"], p["subject"], p["effect"], p["state"]) for p in after["patterns"]] == [
        (p["pattern"], p["subject"], p["effect"], p["state"]) for p in before["patterns"]
    ]
    # The interpreter is a fact of its own: asked for, it brings its question and nothing else.
    needing = copied(tree)
    adult = next(m for m in needing["household"]["members"] if m["kind"] == "adult")
    if adult.get("interpreter_needed") is False and not row(before, "SA12"):
        adult["interpreter_needed"] = True
        with_interpreter = judge(needing)
        new = {f["criterion"] for f in with_interpreter["findings"]} - {f["criterion"] for f in before["findings"]}
        assert new <= {"SA12"}
