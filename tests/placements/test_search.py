"""The search log, which is only added to, and placements side by side, which are not summed up."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.decisions import service as decisions
from app.extensions import db
from app.placements import search
from app.records import service as records
from app.settings import ROOT
from app.suitability.reading import case_file
from tests.conftest import Instance
from tests.trees import bare

LISTED = "/cases/{}/places-considered"


def _typed(instance: Instance, case_id: str, **more: str) -> dict[str, str]:
    day = today()
    typed = {
        "version": str(instance.version(case_id)), "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year),
        "place": "Flat 2, 8 Invented Mews", "came": "not_available", "because": "Let the day before.", "told_by": "Pat Rowe, Rowe Lettings",
        "district": "inside",
    }  # fmt: skip
    return typed | more


def test_a_place_is_written_down_with_why_and_stays(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    before = instance.version(case_id)
    assert "no sign that nobody looked" in officer.get(LISTED.format(case_id)).text

    answer = officer.post(LISTED.format(case_id), data=_typed(instance, case_id), follow_redirects=True)

    assert "Flat 2, 8 Invented Mews; In our district" in answer.text
    assert "Not available: Let the day before. Told by Pat Rowe, Rowe Lettings." in answer.text
    assert instance.version(case_id) == before + 1
    assert (
        "Place considered written down" in instance.client("safeguarding_lead").get(f"/cases/{case_id}/timeline").text
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"because": ""}, "Say why: without a reason this is no evidence of a search."),
        ({"place": ""}, "Say which place."),
        ({"came": ""}, "Choose what came of it."),
        ({"on-year": str(today().year + 1)}, "This day is in the future."),
        ({"nightly_cost": "about 50"}, ""),
        ({"came": "sold"}, ""),
        ({"version": "1"}, "Somebody changed this case since you opened this page."),
    ],
)
def test_what_cannot_be_right_is_said_and_nothing_typed_is_lost(
    instance: Instance, officer: FlaskClient, more: dict[str, str], said: str
) -> None:
    case_id, _ = instance.import_case("h1")
    instance.client("housing_officer").post(LISTED.format(case_id), data=_typed(instance, case_id))
    answer = officer.post(LISTED.format(case_id), data=_typed(instance, case_id, told_by="KEPT WORDS", **more))
    assert answer.status_code == 422
    assert "KEPT WORDS" in answer.text
    assert said in answer.text
    with instance.app.app_context():
        assert len(search.of_case(case_id)) == 1


def test_a_mistake_is_struck_out_and_can_still_be_read(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    officer.post(LISTED.format(case_id), data=_typed(instance, case_id))
    page = officer.get(LISTED.format(case_id)).text
    path = re.search(r'href="([^"]+/strike)"', page)
    assert path
    sent = {"version": str(instance.version(case_id)), "why": "Written on the wrong case."}
    assert officer.post(path[1], data=sent | {"why": ""}).status_code == 422
    struck = officer.post(path[1], data=sent, follow_redirects=True).text
    assert "<s>Flat 2, 8 Invented Mews; In our district. Not available" in struck
    assert "Written on the wrong case." in struck
    assert "Places considered: 0" in struck
    assert "struck out while you were looking" in officer.post(path[1], data=sent, follow_redirects=True).text


def test_a_reader_reads_and_cannot_write(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    auditor = instance.client("auditor")
    assert "Write one down" not in auditor.get(LISTED.format(case_id)).text
    assert auditor.post(LISTED.format(case_id), data=_typed(instance, case_id)).status_code == 403


def _two_places(instance: Instance) -> tuple[str, FlaskClient]:
    case_id, _ = instance.import_case("h1")
    officer = instance.client("housing_officer")
    tree: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
    place = tree["placement"]
    sent = {
        "version": str(instance.version(case_id)),
        "address": "Flat 9, 20 Invented Lane",
        "postcode": place["postcode"],
        "kind": place["kind"],
    }
    answer = officer.post(f"/cases/{case_id}/placements/new", data=sent)
    assert answer.status_code == 302, answer.text[-3000:]
    return case_id, officer


def test_placements_stand_side_by_side_the_worst_child_first_and_nothing_is_summed(instance: Instance) -> None:
    case_id, officer = _two_places(instance)
    assert "Placements side by side" in officer.get(f"/cases/{case_id}").text
    officer.post(LISTED.format(case_id), data=_typed(instance, case_id))
    page = officer.get(f"/cases/{case_id}/compare")
    assert page.status_code == 200
    main = page.text.split("<main", 1)[1].split("</main", 1)[0]
    heads = re.findall(r'<th scope="row"[^>]*>([^<]+)</th>', main)
    assert heads[:3] == ["What is found", "Bobbie Example", "Billy Example"]
    assert "Flat 9, 20 Invented Lane" in main
    assert "Room 7, The Invented Hotel" in main
    assert "Drugs, violence and takeover at the building" in main
    assert "Let the day before." in main
    assert not re.search(r"\b(?:score|rank|best|total)\b", main, re.IGNORECASE)


def test_a_distance_nobody_could_measure_is_not_said_to_be_near(instance: Instance) -> None:
    case_id, officer = _two_places(instance)
    sent = {
        "version": str(instance.version(case_id)),
        "address": "Somewhere, 1 Unlisted Row",
        "postcode": "LL99 9ZZ",
        "kind": "hostel",
    }
    assert officer.post(f"/cases/{case_id}/placements/new", data=sent).status_code == 302
    page = officer.get(f"/cases/{case_id}/compare").text
    assert "The place is not found, so every distance is open" in page
    assert "Nothing by a straight line" not in page


def test_what_only_comes_together_is_not_said_to_be_nothing(instance: Instance, officer: FlaskClient) -> None:
    """A place that is not suitable for what comes together alone is not called one that nothing stops."""
    tree = bare()
    case_id, _ = instance.import_tree(tree)
    sent = {**tree["placement"], "version": str(instance.version(case_id)), "address": "15 Invented Road"}
    assert officer.post(f"/cases/{case_id}/placements/new", data=sent).status_code == 302
    main = officer.get(f"/cases/{case_id}/compare").text.split("<main", 1)[1]
    assert main.count("Not suitable as proposed") >= 4  # each place, and the child in each
    assert "Nothing that is known" not in main
    assert main.count("Not suitable as proposed: out-of-routine sleep") == 2
    assert main.count(">Out-of-routine sleep<") == 2


def test_one_placement_alone_is_not_compared(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    answer = officer.get(f"/cases/{case_id}/compare", follow_redirects=True)
    assert "There is nothing to compare yet" in answer.text


def test_the_log_spans_weeks_newest_first(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h1")
    for days in (30, 2, 14):
        day = today() - timedelta(days=days)
        typed = _typed(instance, case_id, place=f"Place of {days}")
        typed |= {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
        officer.post(LISTED.format(case_id), data=typed)
    page = officer.get(LISTED.format(case_id)).text
    assert page.index("Place of 2;") < page.index("Place of 14;") < page.index("Place of 30;")


def test_the_record_holds_what_was_considered_and_not_what_was_struck_out(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    officer = instance.client("housing_officer")
    officer.post(LISTED.format(case_id), data=_typed(instance, case_id, place="Room 3, MISTAKEN House"))
    path = re.search(r'href="([^"]+/strike)"', officer.get(LISTED.format(case_id)).text)
    assert path
    officer.post(path[1], data={"version": str(instance.version(case_id)), "why": "Another family's."})
    officer.post(LISTED.format(case_id), data=_typed(instance, case_id))
    with instance.app.app_context():
        lead, version = instance.user("safeguarding_lead"), instance.version(case_id)
        made = decisions.decide(lead, assessment_id, version, "approve", "Read and agreed, for these reasons.", [])
        kept = json.dumps(records.contents(made.record_id))
    assert "Other places considered" in kept
    assert "Flat 2, 8 Invented Mews" in kept
    assert "MISTAKEN" not in kept


# ---- in a case file


def test_the_log_goes_along_when_a_case_is_written_out_and_read_in_elsewhere(either: Instance, tmp_path: Path) -> None:
    """What was struck out too, each under the name of who wrote it; and the second file is the first one."""
    case_id, _ = either.import_case("h1")
    officer = either.client("housing_officer")
    for more in (
        {},
        {"place": "Anywhere in B14", "came": "waiting", "because": "", "nightly_cost": "62.50"},
        {"place": "A mistake"},
    ):
        assert officer.post(LISTED.format(case_id), data=_typed(either, case_id, **more)).status_code == 302
    with either.app.app_context():
        wrong = next(row for row in search.of_case(case_id) if row.place == "A mistake")
        user = either.user("housing_officer")
        search.strike(user, case_id, either.version(case_id), wrong.id, "Of another family.")
    first = _written_out(either, case_id)
    assert [(c["place"], c["came"]) for c in first["considered"]] == [
        ("Flat 2, 8 Invented Mews", "not_available"), ("Anywhere in B14", "waiting"), ("A mistake", "not_available"),
    ]  # fmt: skip
    assert first["considered"][1]["nightly_cost_pence"] == 6250
    assert first["considered"][2]["struck_because"] == "Of another family."

    first["household"]["reference"] = "ELSEWHERE-1"
    file = tmp_path / "case.json"
    file.write_text(json.dumps(first), encoding="utf-8")
    ran = either.app.test_cli_runner().invoke(
        args=["case", "import", str(file), "--officer", "other_officer@test.example"]
    )
    assert ran.exit_code == 0, ran.output
    there = json.loads(ran.output)["case"]
    assert _written_out(either, there)["considered"] == first["considered"]
    page = either.client("other_officer").get(LISTED.format(there)).text
    assert "Written down by Housing Officer" in page
    assert "Struck out by Housing Officer: Of another family." in page


def _written_out(instance: Instance, case_id: str) -> dict[str, Any]:
    with instance.app.app_context():
        reference = db.session.get_one(Case, case_id).reference
    ran = instance.app.test_cli_runner().invoke(args=["case", "export", reference])
    assert ran.exit_code == 0, ran.output
    written: dict[str, Any] = json.loads(ran.output)
    return written


def test_a_case_file_of_before_and_one_without_a_log_are_read_as_they_were() -> None:
    tree = json.loads((ROOT / "docs/examples/h1.json").read_text(encoding="utf-8"))
    file = case_file.build(tree, read_folder())
    assert file.considered is None
    assert "considered" not in file.as_json(), "what an earlier version wrote is what this one writes"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"came": "sold"}, "considered[0].came"),
        ({"place": ""}, "considered[0].place"),
        ({"on": "2099-01-01"}, "This place was considered after the day of the assessment."),
        ({"nightly_cost_pence": -1}, "considered[0].nightly_cost_pence"),
        ({"near": "yes"}, "considered[0].near"),
    ],
)
def test_a_log_that_cannot_be_right_is_refused_with_its_line(wrong: dict[str, Any], said: str) -> None:
    tree = json.loads((ROOT / "docs/examples/h1.json").read_text(encoding="utf-8"))
    tree["considered"] = [{"on": tree["on"], "place": "Flat 2", "came": "waiting"} | wrong]
    with pytest.raises(case_file.CaseFileError) as refused:
        case_file.build(tree, read_folder())
    assert said in str(refused.value)
