"""The sheet saved line by line, and what else a conversation needs: alone, counting for less, a question more, ringing back."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient

from app.cases.household import CONVERSATION, household_of
from app.cases.models import Case
from app.clocks import today
from app.extensions import db
from app.suitability.casefile.conversations import Conversation
from tests.conftest import Instance

from .test_sheet import Call, answers, sent


class Line(Call):
    """A sheet of H1, each choice of it sent by itself. What came with its file is nobody's slip: it was read in a while ago."""

    def __init__(self, instance: Instance, officer: FlaskClient, speaker: str) -> None:
        with time_machine.travel(datetime.now(UTC) - timedelta(minutes=5), tick=True):
            super().__init__(instance, officer, speaker)

    def choose(self, page: str, **more: str) -> Any:
        hidden = {k: v for k, v in sent(page).items() if not re.match(r"[A-Z]{2}\d\d-|came", k)}
        seen = {
            f"{row}.seen": sent(page)[f"{row}.seen"]
            for row in {name.split(".")[0] for name in more}
            if f"{row}.seen" in sent(page)
        }
        return self.officer.post(self.path + "/lines", data={**hidden, "person": "Pat Rowe", **seen, **more})

    def held(self) -> Conversation:
        with self.instance.app.app_context():
            return CONVERSATION.plain(db.session.get_one(Case, self.case_id).conversations[-1])

    def stored(self) -> int:
        with self.instance.app.app_context():
            return len(db.session.get_one(Case, self.case_id).conversations)


def test_a_line_is_saved_as_it_is_chosen_and_the_whole_says_it_once(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    page, before = call.page(), call.stored()
    saved = call.choose(page, **{"CS08-unit": "unrestricted"})
    assert (saved.status_code, list(saved.json)) == (200, ["saved"])
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200, (
        "the connection was lost, and it is sent again"
    )
    assert call.choose(page, **{"CS10-unit": "working"}).status_code == 200
    assert (call.stored(), call.held().came) == (before + 1, None), "it is going on"
    first = answers(instance, call.case_id)
    assert call.post(page, **{"CS08-unit": "unrestricted", "CS10-unit": "working"}).status_code == 302
    assert {k: a.id for k, a in answers(instance, call.case_id).items()} == {k: a.id for k, a in first.items()}
    assert (call.stored(), call.held().came) == (before + 1, "partly")


def test_who_is_speaking_is_asked_of_a_line_too(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    refused = call.choose(call.page(), person="", **{"CS08-unit": "unrestricted"})
    assert refused.status_code == 422
    assert refused.json["problems"]["person"].startswith("Enter who you are speaking to.")
    assert ("CS08", "unit") not in answers(instance, call.case_id) or answers(instance, call.case_id)[
        "CS08", "unit"
    ].source_name != "Pat Rowe"


def test_what_they_do_there_is_written_down_later_and_they_stay_one_person(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200
    assert call.choose(page, role="Manager", **{"CS10-unit": "working"}).status_code == 200
    first = answers(instance, call.case_id)["CS08", "unit"].id
    assert call.post(page, role="Manager", **{"CS08-unit": "unrestricted", "CS10-unit": "working"}).status_code == 302
    assert answers(instance, call.case_id)["CS08", "unit"].id == first
    assert call.held().source.role == "Manager"
    refused = call.choose(page, person="Ada Else", **{"LS20-unit": "unknown"})
    assert refused.status_code == 422
    assert "For somebody else open a sheet of their own." in refused.json["problems"]["person"]


def test_a_worry_made_less_in_a_line_needs_its_reason(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    assert call.choose(page, **{"CS08-unit": "unrestricted"}).status_code == 200
    options = re.findall(r'name="CS08-unit" value="([a-z_]+)"', page)
    assert "unrestricted" in options
    milder = next(o for o in options if o not in ("unrestricted", "unknown"))
    refused = call.choose(page, **{"CS08-unit": milder})
    assert refused.status_code == 422
    assert "slip" in refused.json["problems"]["CS08-unit"]
    assert call.choose(page, **{"CS08-unit": milder, "CS08-unit.slip": "I read the wrong line."}).status_code == 200


def test_a_line_of_another_s_child_of_nobody_and_of_no_question_is_refused_or_nothing(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    for name in ("CS08-Z9", "ZZ99-unit", "CS08-unit.nothing"):
        before = answers(instance, call.case_id)
        assert call.choose(page, **{name: "unrestricted"}).status_code in (200, 422)
        assert answers(instance, call.case_id).keys() == before.keys()
    assert officer.post(call.path.replace("provider", "family") + "/lines", data=sent(page)).status_code == 404


# ---- a survivor alone


def test_alone_asks_what_is_asked_alone_and_of_nobody_else(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "M")
    together = call.page()
    page = officer.get(call.path + "?alone=1").text
    asked = set(re.findall(r'data-row="([A-Z]{2}\d\d-\w+)"', page)) - set(
        re.findall(r'data-row="([A-Z]{2}\d\d-\w+)"', together)
    )
    assert asked, "what is asked alone stands on this sheet only"
    assert not any(row.endswith("-F") for row in asked), "nothing of the other parent"
    assert "Ask where nobody hears whom they may fear" in page
    assert "Ask where nobody hears" not in together
    row = next(r for r in sorted(asked) if f'name="{r}" value="' in page)
    value = next(v for v in re.findall(rf'name="{row}" value="([a-z_]+)"', page) if v != "unknown")
    refused = call.choose(together, **{row: value})
    assert answers(instance, call.case_id).keys().isdisjoint({tuple(row.split("-"))}), refused.text
    assert call.choose(page, **{row: value}).status_code == 200
    answer = answers(instance, call.case_id)[tuple(row.split("-"))]  # type: ignore[index]
    assert (answer.grade, call.held().alone, call.held().grade) == ("E1s", True, "E1s")


def test_what_was_said_alone_stands_on_no_sheet_where_others_may_sit(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "M")
    row = "LS02-household"
    page = officer.get(call.path + "?alone=1").text
    value = next(v for v in re.findall(rf'name="{row}" value="([a-z_]+)"', page) if v not in ("unknown", "complete"))
    said = {"person": "Marta Example", "alone": "1", row: value, f"{row}.note": "Only when he is out."}
    assert officer.post(call.path + "/lines", data={**sent(page), **said}).status_code == 200
    name = answers(instance, call.case_id)["LS02", "household"].source_name
    assert name == "Marta Example"
    label = re.search(rf'name="{row}" value="{value}"[^>]*><span[^>]*>([^<(]+)', page)
    assert label

    def shown(path: str) -> str:
        html = officer.get(path).text.split(f'data-row="{row}"', 1)[1].split("data-row=", 1)[0]
        return " ".join(re.findall(r"<strong>Marta Example[^<]*</strong>[^<]*", html))

    assert f"</strong> {label[1].strip()}" in shown(call.path + "?alone=1")
    assert f"</strong> {label[1].strip()}" not in shown(call.path)


def test_the_result_leads_to_the_sheet_alone(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert re.findall(r"/sheets/M\?alone=1", page)


# ---- counting for less, knowing nothing, one question more, ringing back


def test_what_it_counts_as_is_lowered_and_never_raised(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    assert re.findall(r'<option value="(E[0-4]s?)"', page) == ["E2", "E1"]
    assert call.post(page, grade="E4", **{"CS08-unit": "unrestricted"}).status_code == 302
    assert answers(instance, call.case_id)["CS08", "unit"].grade == "E2"
    page = call.page()
    assert call.post(page, grade="E1", **{"CS10-unit": "working"}).status_code == 302
    assert answers(instance, call.case_id)["CS10", "unit"].grade == "E1"


def test_of_a_number_or_a_day_somebody_may_not_know(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "health_visiting")
    page = call.page()
    row = next(name for name in re.findall(r'name="([A-Z]{2}\d\d-\w+)\.know"', page))
    assert call.post(page, **{f"{row}.know": "unknown"}).status_code == 302
    assert answers(instance, call.case_id)[tuple(row.split("-"))].value == "unknown"  # type: ignore[index]


def test_known_and_not_known_at_once_is_asked_again(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "health_visiting")
    page = call.page()
    box = next(
        name
        for name in re.findall(r'type="text"[^>]*|name="([A-Z]{2}\d\d-\w+\.\w+)"', page)
        if name and not re.search(r"(seen|know|note|why|so_what|slip)$", name)
    )
    row = box.split(".")[0]
    back = call.post(page, **{f"{row}.know": "unknown", box: "2"})
    assert back.status_code == 422
    assert "so somebody knows. Leave one of the two." in back.text


def test_another_question_is_added_and_what_was_chosen_stays(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    page = call.page()
    assert 'data-row="IS01-' not in page
    offered = re.findall(r'<option value="([A-Z]{2}\d\d)"', page)
    added = next(c for c in offered if c.startswith("SA"))
    more = call.post(page, do="add", more=added, **{"CS08-unit": "unrestricted"})
    assert more.status_code == 200
    assert f'id="line-{added}"' in more.text
    assert re.search(r'name="CS08-unit" value="unrestricted" checked', more.text)
    again = call.post(page, do="add", more="", **{"CS08-unit": "unrestricted"})
    assert again.status_code == 422
    assert "Choose the question that you want to add." in again.text


@pytest.mark.parametrize(
    ("typed", "kept"), [("18:30", "18:30"), ("6.30pm", "18:30"), ("7 pm", "19:00"), ("12am", "00:00")]
)
def test_when_they_ring_back_is_kept_on_the_clock(
    instance: Instance, officer: FlaskClient, typed: str, kept: str
) -> None:
    call = Line(instance, officer, "police")
    assert call.post(came="asked", back_by=typed).status_code == 302
    held = call.held()
    assert (held.came, held.due, held.due_at) == ("asked", today(), kept)


def test_a_time_that_is_none_is_told_beside_the_field(instance: Instance, officer: FlaskClient) -> None:
    back = Line(instance, officer, "police").post(came="asked", back_by="half past")
    assert back.status_code == 422
    assert "Enter a time, like 18:30 or 6.30pm." in back.text
    assert 'value="half past"' in back.text


def test_a_page_may_talk_to_its_own_server_and_no_other(instance: Instance, officer: FlaskClient) -> None:
    policy = Line(instance, officer, "police")
    said = officer.get(policy.path).headers["Content-Security-Policy"]
    assert "connect-src 'self';" in said


def test_what_opened_because_of_what_they_said_was_not_asked_and_leaves_their_answer_whole(
    instance: Instance, officer: FlaskClient
) -> None:
    tree = json.loads(Path("docs/examples/h2.json").read_text(encoding="utf-8"))
    case_id, assessment_id = instance.import_tree({**tree, "answers": []})
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/drug_service"
    page = officer.get(path).text
    first = {
        row: re.findall(rf'name="{re.escape(row)}" value="([^"]+)"', page)
        for row in re.findall(r'data-row="([^"]+)"', page.split("Known already", 1)[0])
    }
    chosen = {row: next(v for v in values if v != "unknown") for row, values in first.items() if values}
    chosen |= {row: "opioids_past" for row in chosen if row.startswith("SM01")}
    assert set(chosen) == set(first), "every row of this sheet is one of several"
    hidden = {k: v for k, v in sent(page).items() if not k.startswith("came")}
    source = {"person": "Dee Worker", "role": "key worker"}
    saved = officer.post(f"{path}/lines", data={**hidden, **source, **chosen})
    assert saved.status_code == 200, saved.json
    opened = set(re.findall(r'data-row="([^"]+)"', officer.get(path).text)) - set(first)
    assert opened, "their answers opened questions that did not stand on the page"
    assert officer.post(path, data={**sent(page), **source, **chosen}).status_code == 302
    with instance.app.app_context():
        home = household_of(db.session.get_one(Case, case_id))
        assert [e.answered for e in home.put_to_agencies if e.agency == "drug_service"][-1] == "full"
