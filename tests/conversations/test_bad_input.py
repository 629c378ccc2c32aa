"""Sheets at their limits: forty people, a pasted page, an old draft answered question by question."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from app.settings import ROOT
from app.suitability.casefile.values import LONGEST_NOTE
from tests.conftest import Instance

from .test_lines import Line
from .test_sheet import answers, sent


def forty() -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((ROOT / "docs/examples/h1.json").read_text(encoding="utf-8"))
    tree["household"]["members"] += [
        {
            "key": f"C{n}",
            "name": f"Child Number {n}",
            "kind": "child",
            "born": f"20{10 + n % 15}-03-{1 + n % 27:02d}",
            "mother": "M",
        }
        for n in range(36)
    ]
    tree["household"]["reference"] = "FORTY"
    return tree


def test_forty_people_stand_on_one_sheet_and_are_saved(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_tree(forty())
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/health_visiting"
    page = officer.get(path)
    assert page.status_code == 200
    row = next(
        r for r in re.findall(r'data-row="([A-Z]{2}\d\d)-C7"', page.text) if f'name="{r}-C7" value="' in page.text
    )
    value = next(v for v in re.findall(rf'name="{row}-C7" value="([a-z_]+)"', page.text) if v != "unknown")
    everybody = {f"{row}-{key}": value for key in re.findall(rf'data-row="{row}-(\w+)"', page.text)}
    assert len(everybody) >= 36
    assert officer.post(path + "/lines", data=sent(page.text, person="Hester Visitor", **everybody)).json.keys() == {
        "saved"
    }
    found = answers(instance, case_id)
    assert sum(a.source_name == "Hester Visitor" for a in found.values()) >= 36, "“saved” is said of all of them"
    assert officer.post(path, data=sent(page.text, person="Hester Visitor", **everybody)).status_code == 302
    found = answers(instance, case_id)
    assert sum(a.source_name == "Hester Visitor" for a in found.values()) >= 36


@pytest.mark.parametrize("more", [0, 1])
def test_a_pasted_page_is_kept_or_told_beside_its_box_with_all_of_it(
    instance: Instance, officer: FlaskClient, more: int
) -> None:
    call = Line(instance, officer, "provider")
    pasted = "x" * (LONGEST_NOTE + more)
    back = call.post(**{"CS08-unit": "unrestricted", "CS08-unit.note": pasted})
    if not more:
        assert back.status_code == 302
        assert answers(instance, call.case_id)["CS08", "unit"].note == pasted
        return
    assert back.status_code == 422
    assert pasted in back.text, "nothing typed is lost"
    assert "Nothing you typed is lost: shorten it" in back.text
    line = call.choose(call.page(), **{"CS08-unit": "unrestricted", "CS08-unit.note": pasted})
    assert line.status_code == 422
    assert "shorten it" in line.json["problems"]["CS08-unit.note"]


def test_eight_thousand_characters_in_every_box_are_no_bug(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    page, long = call.page(), "y" * 8_000
    boxes = {name: long for name in re.findall(r'name="([^"]+)"', page) if name not in ("csrf_token", "key")}
    assert officer.post(call.path, data={**sent(page), **boxes}).status_code == 422
    assert officer.post(call.path + "/lines", data={**sent(page), **boxes}).status_code == 422


def test_a_draft_half_answered_the_old_way_is_finished_on_sheets(instance: Instance, officer: FlaskClient) -> None:
    """What was saved question by question stands on the sheet, with its source, and is not asked of the same person again."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=5), tick=True):
        case_id, assessment_id = instance.import_case("h5")
    base = f"/cases/{case_id}/assessments/{assessment_id}"
    question = f"{base}/questions/CS08/unit"
    page = officer.get(question).text
    day = datetime.now(UTC)
    typed = {
        **dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)),
        "value": "restricted", "grade": "E2", "source_name": "Pat Old", "source_role": "manager",
        "on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year),
    }  # fmt: skip
    assert officer.post(question, data=typed).status_code == 302
    sheet = officer.get(f"{base}/sheets/provider").text
    row = sheet.split('data-row="CS08-unit"', 1)[1].split("data-row=", 1)[0]
    assert "Pat Old, manager" in row
    assert (
        officer.post(
            f"{base}/sheets/provider", data=sent(sheet, person="Pat New", **{"CS08-unit": "unrestricted"})
        ).status_code
        == 302
    )
    assert answers(instance, case_id)["CS08", "unit"].source_name == "Pat New"
