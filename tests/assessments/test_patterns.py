"""Patterns on the page: what comes together, answered with a reason, lifted by what lifts them, and the reasoning behind."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.extensions import db
from tests.conftest import Instance


def at(instance: Instance, name: str) -> tuple[Any, str, str, str]:
    case_id, assessment_id = instance.import_case(name)
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    return instance.client("housing_officer"), case_id, path, path + "/result"


def name_of(pattern: str) -> str:
    checklist = read_folder()
    return (checklist.patterns.get(pattern) or checklist.criteria[pattern]).name


def test_h1_shows_what_comes_together_and_never_a_label(instance: Instance) -> None:
    client, _, _, result = at(instance, "h1")
    page = client.get(result).text
    for pattern in ("P01", "P04", "P07", "P09", "P10", "P11", "P13", "P19"):
        assert name_of(pattern) in page, pattern
    for label in ("disguised compliance", "non-engaging", "hard to reach", "risk score"):
        assert label not in page.lower()


def test_a_prompt_is_answered_with_a_reason_and_stays_in_view(instance: Instance) -> None:
    client, case_id, path, result = at(instance, "h5")
    page = client.get(f"{path}/patterns/P22/household").text
    assert name_of("P22") in page
    short = client.post(
        f"{path}/patterns/P22/household", data={"reason": "Seen.", "version": str(instance.version(case_id))}
    )
    assert short.status_code == 422
    assert "at least 10 characters" in short.text
    assert "Seen." in short.text
    reason = "The health visitor and the school both say so, and the letters went to a dead address."
    kept = client.post(
        f"{path}/patterns/P22/household", data={"reason": reason, "version": str(instance.version(case_id))}
    )
    assert kept.status_code == 302
    page = client.get(result).text
    assert "Considered, with a reason" in page
    assert name_of("P22") in page
    assert "Not suitable as proposed" in page


def test_a_reason_never_lifts_a_pattern_that_has_an_effect(instance: Instance) -> None:
    client, case_id, path, result = at(instance, "h1")
    client.post(
        f"{path}/patterns/P13/household",
        data={"reason": "The GP will probably lead, as far as I know.", "version": str(instance.version(case_id))},
    )
    page = client.get(result).text
    assert name_of("P13") in page.split("Considered, with a reason")[0]


def test_a_pattern_that_does_not_exist_or_is_about_nobody_is_not_found(instance: Instance) -> None:
    client, _, path, _ = at(instance, "h5")
    assert client.get(f"{path}/patterns/P99/household").status_code == 404
    assert client.get(f"{path}/patterns/P01/nobody").status_code == 404
    assert client.get(f"{path}/mitigations/P99/household").status_code == 404


def test_out_of_routine_sleep_is_lifted_only_when_seen(instance: Instance) -> None:
    client, case_id, path, result = at(instance, "h1")
    with instance.app.app_context():
        baby = next(m.key for m in db.session.get_one(Case, case_id).members if m.name.startswith("Bobbie"))
    page = client.get(f"{path}/mitigations/P09/{baby}").text
    assert name_of("P09") in page
    day = today()
    dated = {
        f"{n}-{p}": str(v)
        for n in ("owner_accepted", "due", "in_place", "seen_on")
        for p, v in (("day", day.day), ("month", day.month), ("year", day.year))
    }
    promise = {
        "what": "The cot is brought and put up",
        "owner_name": "Pat Provider",
        **{k: v for k, v in dated.items() if k.startswith(("owner", "due"))},
    }
    assert (
        client.post(
            f"{path}/mitigations/P09/{baby}", data={**promise, "version": str(instance.version(case_id))}
        ).status_code
        == 302
    )
    assert (
        f"{name_of('P09')} (Bobbie Example): stops this place until it is put right and seen<"
        in client.get(result).text
    )
    seen = {**promise, **dated, "seen_grade": "E2", "seen_by": "Olu Officer", "version": str(instance.version(case_id))}
    assert client.post(f"{path}/mitigations/P09/{baby}", data=seen).status_code == 302
    assert (
        f"{name_of('P09')} (Bobbie Example): stops this place until it is put right and seen, put right and seen"
        in client.get(result).text
    )


def test_the_reasoning_says_facts_answers_rule_and_source_of_each_finding(instance: Instance) -> None:
    client, _, path, result = at(instance, "h1")
    assert f'href="{path}/reasoning"' in client.get(result).text
    page = client.get(path + "/reasoning").text
    for words in (
        name_of("CS15"),
        "a named professional told us",
        "Policy",
        "2026.6",
        name_of("P09"),
        "not older than 28 days",
    ):
        assert words in page, words
    assert "MASH" in page or "police" in page
    # What decides comes first, and each is said by its name.
    assert page.index(name_of("CS15")) < page.index(name_of("LS31"))
    assert "CS15" not in page


def test_the_reasoning_of_a_case_without_people_leads_back_to_the_case(officer: FlaskClient) -> None:
    assert officer.get("/cases/" + "0" * 32 + "/assessments/" + "0" * 32 + "/reasoning").status_code == 404


def test_a_pattern_of_the_building_is_found_across_files(instance: Instance, officer: FlaskClient) -> None:
    """P26: three files with a worry about the same building, each alone too little."""
    first, path, result = None, "", ""
    for number in range(4):
        case_id, assessment_id = instance.import_case("h1", f"BUILDING-{number}")
        first = case_id
        path = f"/cases/{case_id}/assessments/{assessment_id}"
        result = path + "/result"
    assert first is not None
    page = officer.get(result).text
    assert name_of("P26") in page
    assert "BUILDING-0" not in page  # no other family is named
