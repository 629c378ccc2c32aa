"""Further units of a placement, through the pages and what is stored: two hotel rooms of one family on one night."""

from __future__ import annotations

import json
import re
from typing import Any

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from app.assessments import judging
from app.assessments.models import Assessment, SavedAnswer
from app.audit.models import AuditEvent
from app.cases.models import Case
from app.clocks import today
from app.decisions import service as decisions
from app.extensions import db
from app.properties.models import Unit, UnitBeside, UnitRoom
from app.records import service as records
from app.suitability.casefile.household import FurtherUnit
from tests.conftest import Instance
from tests.conversations.test_sheet import answers, sent
from tests.suitability.households import seven

ROOM: dict[str, Any] = {
    "door": "Room 14", "sleeps_known": "unknown", "kind": "hotel", "self_contained": "no", "shares_known": "none", "shared_building": "yes",
    "floor": "2",
}  # fmt: skip


class Desk:
    """An officer at the pages of a placement."""

    def __init__(self, instance: Instance, officer: FlaskClient, name: str = "h1") -> None:
        self.instance, self.officer = instance, officer
        self.case_id, self.assessment_id = (
            instance.import_tree(seven()) if name == "seven" else instance.import_case(name)
        )

    @property
    def here(self) -> str:
        return f"/cases/{self.case_id}/assessments/{self.assessment_id}"

    def post(self, path: str, **values: Any) -> Any:
        version = self.instance.version(self.case_id)
        return self.officer.post(f"{self.here}/{path}", data={"version": str(version), **values})

    def keys(self) -> list[str]:
        with self.instance.app.app_context():
            return list(db.session.get_one(Assessment, self.assessment_id).unit.keys)

    def people(self) -> dict[str, str]:
        with self.instance.app.app_context():
            return {m.name.split()[0]: m.key for m in db.session.get_one(Case, self.case_id).members}

    def judged(self) -> Any:
        found = db.session.get_one(Assessment, self.assessment_id)
        return judging.judge(found, today(), self.instance.settings.council_authority)

    def further(self) -> tuple[FurtherUnit, ...]:
        with self.instance.app.app_context():
            return self.judged().file.placement.further_units or ()


@pytest.fixture
def desk(instance: Instance, officer: FlaskClient) -> Desk:
    return Desk(instance, officer)


def test_a_unit_is_added_changed_and_taken_away(either: Instance, officer: FlaskClient) -> None:
    desk = Desk(either, officer)
    added = desk.post("units/new", **ROOM)
    assert added.status_code == 302
    _, key = desk.keys()
    assert added.headers["Location"].endswith(f"/units/{key}/rooms")
    assert desk.post(f"units/{key}/rooms", name="14", use="bed_sitting", area="16.00").status_code == 302
    assert desk.post(f"units/{key}/certificates", kind="gas").status_code == 302
    assert desk.post(f"units/{key}/change", **ROOM | {"floor": "3"}).status_code == 302
    (unit,) = desk.further()
    assert (unit.door, unit.floor, unit.sleeps, unit.shares) == ("Room 14", 3, None, ())
    assert [r.name for r in unit.rooms or ()] == ["14"]
    assert [c.kind for c in unit.certificates] == ["gas"]
    page = officer.get(f"{desk.here}/units").text
    assert "Room 14" in page
    assert "; Room 14</h" in officer.get(f"/cases/{desk.case_id}").text
    with either.app.app_context():
        rooms = db.session.scalars(select(UnitRoom.id).join(Unit).join(UnitBeside, UnitBeside.unit_id == Unit.id)).all()
        before = db.session.scalar(select(func.count()).select_from(Unit))
    assert desk.post(f"rooms/{rooms[0]}/remove").headers["Location"].endswith(f"/units/{key}/rooms")
    assert desk.further()[0].rooms == ()
    assert desk.post(f"units/{key}/remove").status_code == 302
    assert desk.further() == ()
    with either.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Unit)) == (before or 0) - 1
        told = db.session.scalars(select(AuditEvent.action).where(AuditEvent.case_id == desk.case_id)).all()
    assert [a for a in told if a.startswith("placement.unit")] == [
        "placement.unit_added", "placement.unit_changed", "placement.unit_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"door": ""}, "Enter which room or flat it is."),
        ({"door": " room  14 "}, "Another unit of this placement is called so."),
        ({"shares_known": "yes"}, "Tick what is shared"),
        ({"sleeps_known": "yes"}, "Tick who sleeps here"),
        ({"sleeps_known": "unknown", "sleeps": "MOTHER"}, "Somebody is ticked below."),
        ({"sleeps_known": "yes", "sleeps": "MOTHER"}, "would sleep in Room 14 too"),
        ({"sleeps_known": "yes", "sleeps": "nobody-here"}, "Choose from the answers shown"),
        ({"self_contained": "yes", "shares_known": "yes", "shares": "toilet"}, "Which is right?"),
    ],
)
def test_what_cannot_be_is_said_beside_the_box(desk: Desk, more: dict[str, str], said: str) -> None:
    mother = next(iter(desk.people().values()))
    first = ROOM | {"sleeps_known": "yes", "sleeps": mother}
    assert desk.post("units/new", **first).status_code == 302
    more = {name: mother if value == "MOTHER" else value for name, value in more.items()}
    back = desk.post("units/new", **ROOM | {"door": "Room 15"} | more)
    assert back.status_code == 422
    assert said in back.text
    assert len(desk.further()) == 1


def test_no_more_than_six_beside_the_first(desk: Desk, officer: FlaskClient) -> None:
    for number in range(6):
        assert desk.post("units/new", **ROOM | {"door": f"Room {number}"}).status_code == 302
    assert "A placement can have 6 further units here." in officer.get(f"{desk.here}/units").text
    refused = desk.post("units/new", **ROOM | {"door": "Room 7"})
    assert refused.status_code == 422
    assert "A placement can have 6 further units here." in refused.text


def test_what_is_of_the_building_is_shown_to_begin_with_and_what_is_of_the_door_is_not(
    instance: Instance, officer: FlaskClient
) -> None:
    desk = Desk(instance, officer, "seven")
    page = officer.get(f"{desk.here}/units/new").text
    assert re.search(r'name="staffing"[^>]*value="24_hours"[^>]*checked', page)
    assert not re.search(r'name="self_contained"[^>]*checked', page)


def test_two_tabs_lose_nothing(desk: Desk) -> None:
    seen = desk.instance.version(desk.case_id)
    assert desk.post("units/new", **ROOM).status_code == 302
    late = desk.officer.post(f"{desk.here}/units/new", data={**ROOM, "door": "Room 15", "version": str(seen)})
    assert late.status_code == 422
    assert 'value="Room 15"' in late.text
    assert len(desk.further()) == 1


def test_each_question_about_the_unit_has_a_choice_for_each_on_the_sheet(
    instance: Instance, officer: FlaskClient
) -> None:
    desk = Desk(instance, officer, "seven")
    path = f"{desk.here}/sheets/provider"
    page = officer.get(path).text
    assert re.search(r'name="CS10-unit" value="', page)
    assert re.search(r'name="CS10-R14" value="', page)
    assert re.search(r"<legend[^>]*>Room 12", page)
    assert re.search(r"<legend[^>]*>Room 14", page)
    done = officer.post(
        path, data=sent(page, person="Pat Rowe", role="Manager", **{"CS10-unit": "working", "CS08-R14": "unrestricted"})
    )
    assert done.status_code == 302, re.findall(r"error-message.*", done.text)[:5]
    found = answers(instance, desk.case_id)
    assert found["CS10", "unit"].value == ["working"]
    assert ("CS10", "R14") not in found
    assert found["CS08", "R14"].value == "unrestricted"
    assert ("CS08", "unit") not in found
    result = officer.get(f"{desk.here}/result").text
    assert re.search(r"Windows \(Room 14\)", result)
    assert "Beside it, for the same family: Room 14." in result


def test_a_line_of_a_sheet_is_saved_about_one_of_them(instance: Instance, officer: FlaskClient) -> None:
    desk = Desk(instance, officer, "seven")
    page = officer.get(f"{desk.here}/sheets/provider").text
    hidden = sent(page, person="Pat Rowe", role="Manager")
    line = {k: v for k, v in hidden.items() if not re.match(r"[A-Z]{2}\d\d-", k)}
    seen = {"CS10-R14.seen": hidden["CS10-R14.seen"]}
    done = officer.post(f"{desk.here}/sheets/provider/lines", data={**line, **seen, "CS10-R14": "working"})
    assert done.status_code == 200, done.text
    assert answers(instance, desk.case_id)["CS10", "R14"].value == ["working"]


def test_a_question_is_asked_of_each_by_its_door(instance: Instance, officer: FlaskClient) -> None:
    desk = Desk(instance, officer, "seven")
    assert "Room 14" in officer.get(f"{desk.here}/questions/CS10/R14").text
    assert "Room 12" in officer.get(f"{desk.here}/questions/CS10/unit").text
    assert officer.get(f"{desk.here}/questions/CS10/R99").status_code == 404
    tasks = officer.get(desk.here).text
    assert "Windows: Room 12" in tasks
    assert "Windows: Room 14" in tasks
    assert "Room 14: Who sleeps here: Fay Seven" in tasks


def test_who_sleeps_where_is_listed_of_each(instance: Instance, officer: FlaskClient) -> None:
    desk = Desk(instance, officer, "seven")
    told = re.findall(r"Who sleeps here</dt><dd[^>]*>([^<]+)<", officer.get(f"{desk.here}/units").text)
    assert told == ["Mina Seven, Ama Seven, Cleo Seven", "Fay Seven, Ben Seven, Dov Seven, Ede Seven"]
    assert desk.post("units/new", **ROOM | {"door": "Room 15"}).status_code == 302
    told = re.findall(r"Who sleeps here</dt><dd[^>]*>([^<]+)<", officer.get(f"{desk.here}/units").text)
    assert [told[0], told[2]] == ["not known", "not known"]


def test_what_follows_from_facts_leads_to_the_page_of_its_unit(instance: Instance, officer: FlaskClient) -> None:
    tree = seven()
    tree["placement"]["further_units"][0] |= {"certificates": [], "sleeps": None}
    case_id, assessment_id = instance.import_tree(tree)
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert f"/cases/{case_id}/assessments/{assessment_id}/units/R14/certificates" in page
    assert f'href="/cases/{case_id}/assessments/{assessment_id}/units"' in page


def test_a_case_goes_out_and_comes_in_with_its_units(either: Instance, officer: FlaskClient) -> None:
    desk = Desk(either, officer, "seven")
    with either.app.app_context():
        one = desk.judged()
        tree = json.loads(json.dumps(one.file.as_json()))
    tree["household"]["reference"] = "SEVEN-AGAIN"
    again = Desk.__new__(Desk)
    again.instance, again.officer = either, officer
    again.case_id, again.assessment_id = either.import_tree(tree)
    with either.app.app_context():
        other = again.judged()
        assert other.file.placement == one.file.placement
        assert [(r.criterion, r.subject, r.state) for r in other.result.rows] == [
            (r.criterion, r.subject, r.state) for r in one.result.rows
        ]


def test_an_answer_about_a_unit_that_was_taken_away_stays_and_is_judged_no_more(
    instance: Instance, officer: FlaskClient
) -> None:
    desk = Desk(instance, officer, "seven")
    page = officer.get(f"{desk.here}/sheets/provider").text
    officer.post(
        f"{desk.here}/sheets/provider",
        data=sent(page, person="Pat Rowe", role="Manager", **{"CS08-R14": "unrestricted"}),
    )
    assert desk.post("units/R14/remove").status_code == 302
    with instance.app.app_context():
        judged = desk.judged()
        assert [a for a in judged.file.answers if a.subject == "R14"] == []
        assert db.session.scalars(select(SavedAnswer.id).where(SavedAnswer.subject == "R14")).all() != []
    for path in ("", "/result", "/units"):
        assert officer.get(f"{desk.here}{path}").status_code == 200


def test_who_left_the_household_sleeps_in_no_room(instance: Instance, officer: FlaskClient) -> None:
    desk = Desk(instance, officer, "seven")
    with instance.app.app_context():
        member = next(m.id for m in db.session.get_one(Case, desk.case_id).members if m.key == "C5")
    version = str(instance.version(desk.case_id))
    assert (
        officer.post(
            f"/cases/{desk.case_id}/members/{member}/remove", data={"version": version, "reason": "Entered by mistake."}
        ).status_code
        == 302
    )
    assert desk.further()[0].sleeps == ("F", "C2", "C4")


def test_the_record_keeps_each_unit_and_says_of_which(
    either: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    desk = Desk(either, officer, "seven")
    either.submit(desk.assessment_id)
    review = lead.get(f"{desk.here}/review").text
    assert "Room 14" in review
    with either.app.app_context():
        made = decisions.decide(
            either.user("safeguarding_lead"), desk.assessment_id, either.version(desk.case_id), "approve", "Read and agreed, for these reasons.", [],
        )  # fmt: skip
        kept = records.contents(made.record_id)
    assert [e["name"] for part in kept["told"] if part["title"] == "The place" for e in part["entries"]] == [
        "",
        "Room 14",
    ]
    asked = {q["subject_name"] for d in kept["domains"] for q in d["questions"]}
    assert {"Room 12", "Room 14"} <= asked
    assert "the unit" not in asked
    assert [u["key"] for u in kept["case_file"]["placement"]["further_units"]] == ["R14"]
    page = officer.get(f"/cases/{desk.case_id}/records/{made.record_id}")
    assert page.status_code == 200


def test_a_step_down_is_refused_where_a_unit_was_typed(either: Instance, officer: FlaskClient) -> None:
    desk = Desk(either, officer)
    with either.app.app_context():
        db.session.close()
        flask_migrate.downgrade(revision="0023")
        flask_migrate.upgrade()
    assert desk.post("units/new", **ROOM).status_code == 302
    with either.app.app_context():
        db.session.close()
        with pytest.raises(SystemExit, match="further units of a placement were written down"):
            flask_migrate.downgrade(revision="0023")
        assert db.session.execute(text("SELECT count(*) FROM unit_beside")).scalar() == 1
