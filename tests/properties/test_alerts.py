"""Buildings that several cases worry about: told as far as one may see the cases, and of one that one may not nothing at all."""

from __future__ import annotations

import re
from datetime import timedelta

from sqlalchemy import select

from app.assessments.models import Assessment, SavedAnswer
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.placements import buildings
from app.properties import keeping
from app.work import service as work
from tests.cases.test_lists import counted
from tests.conftest import Instance


def hotel(instance: Instance, cases: int) -> list[str]:
    """So many cases that worry about one hotel, each in a room of its own."""
    made = []
    for n in range(cases):
        case_id, assessment_id = instance.import_case("h1")
        with instance.app.app_context(), writing() as session:
            unit = session.get_one(Assessment, assessment_id).unit
            unit.address = f"Room {n + 20}, {unit.address.split(',', 1)[1].strip().upper() if n % 2 else unit.address.split(',', 1)[1]}"
        made.append(case_id)
    return made


def alerts(instance: Instance, role: str) -> list[buildings.Alert]:
    with instance.app.app_context():
        return buildings.standing(instance.user(role), today())


def test_three_cases_make_an_alert_among_the_work_of_a_lead_and_two_do_not(either: Instance) -> None:
    hotel(either, 2)
    assert alerts(either, "safeguarding_lead") == []
    hotel(either, 1)
    [alert] = alerts(either, "safeguarding_lead")
    assert len(alert.worries) == 3
    assert "Invented Hotel" in alert.address
    for role in ("safeguarding_lead", "senior_officer"):
        page = either.client(role).get("/").text
        assert "Several families’ cases worry about one building" in page
    assert "worry about one building" not in either.client("housing_officer").get("/").text
    assert either.client("housing_officer").get("/properties/alerts").status_code == 403


def test_of_a_case_that_one_may_not_see_there_is_no_trace(instance: Instance) -> None:
    made = hotel(instance, 3)
    lead, senior = instance.client("safeguarding_lead"), instance.client("senior_officer")
    without = [re.sub(r"csrf_token.*?>", "", instance.client("senior_officer").get("/properties/alerts").text)]
    assert "Case " in without[0]
    lead.post(f"/cases/{made[0]}/restrict", data={"version": str(instance.version(made[0]))})
    assert len(alerts(instance, "safeguarding_lead")[0].worries) == 3
    assert alerts(instance, "senior_officer") == [], "two are left for them: no alert, and no number"
    page = senior.get("/properties/alerts").text
    assert "Invented Hotel" not in page
    assert "worry about one building" not in senior.get("/").text
    hotel(instance, 1)
    [alert] = alerts(instance, "senior_officer")
    assert made[0] not in {w.case_id for w in alert.worries}
    assert len(alert.worries) == 3


def test_it_is_dealt_with_in_words_and_stands_again_with_something_newer(instance: Instance) -> None:
    made = hotel(instance, 4)
    lead, senior = instance.client("safeguarding_lead"), instance.client("senior_officer")
    lead.post(f"/cases/{made[0]}/restrict", data={"version": str(instance.version(made[0]))})
    page = lead.get("/properties/alerts").text
    sent = dict(re.findall(r'name="(address|postcode)" value="([^"]+)"', page))
    building = lead.post("/properties/new", data=sent).headers["Location"]
    assert lead.post(f"{building}/alert", data={"said": ""}).status_code == 422
    said = "Commissioning told by telephone, the police by their front door; four families looked at again."
    answer = lead.post(f"{building}/alert", data={"said": said}, follow_redirects=True).text
    assert said in answer
    assert "No alert stands" in answer
    assert "worry about one building" not in lead.get("/").text
    assert said not in senior.get(f"{building}/alert").text, "it was done for a case that they may not see"
    again = lead.post(f"{building}/alert", data={"said": "KEPT WORDS"})
    assert again.status_code == 422
    assert "KEPT WORDS" in again.text
    hotel(instance, 1)
    assert len(alerts(instance, "safeguarding_lead")[0].worries) == 5


def test_what_is_older_than_the_window_or_was_a_slip_worries_nobody(instance: Instance) -> None:
    hotel(instance, 3)
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        assert len(buildings.standing(lead, today())) == 1
        assert buildings.standing(lead, today() + timedelta(days=29)) == []
        with writing() as session:
            wrong = session.scalars(select(SavedAnswer).where(SavedAnswer.criterion.in_(("CS15", "CS12")))).all()
            one = wrong[0].case_id
            for answer in [a for a in wrong if a.case_id == one]:
                values = {
                    n: getattr(answer, n)
                    for n in ("case_id", "unit_id", "criterion", "subject", "grade", "recorded_by")
                }
                session.add(SavedAnswer(**values, value="no", supersedes=[], corrects=answer.id))
        assert buildings.standing(lead, today()) == []


def test_the_work_of_a_lead_asks_as_often_for_ten_cases_as_for_three(instance: Instance) -> None:
    def asked() -> int:
        with instance.app.app_context(), counted(instance) as said:
            buildings.standing(instance.user("safeguarding_lead"), today())
        return len(said)

    hotel(instance, 3)
    few = asked()
    hotel(instance, 7)
    with instance.app.app_context():
        assert [row.kind for row in work.of(instance.user("safeguarding_lead")).rows["due"]].count("building") == 1
        assert db.session.scalar(select(keeping.RegisterUnit.id)) is None
    assert asked() == few
