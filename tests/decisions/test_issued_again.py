"""An emergency that is ratified after the decision, a record issued anew, and a family that is in a place found not suitable."""

from __future__ import annotations

import json
import re
from datetime import timedelta

from flask.testing import FlaskClient
from sqlalchemy import select

from app.clocks import in_words, next_working_day, today
from app.decisions import afterwards, emergency, reissue, service
from app.decisions.models import Decision
from app.extensions import db
from app.letters import owners
from app.notifications.models import Telling
from app.sharing import answers
from app.sharing import service as sharing
from app.sharing.models import Share
from tests.conftest import Instance
from tests.decisions.test_afterwards import NOTE, WHY, body_of, day, post
from tests.decisions.test_emergency import SAID
from tests.decisions.test_lead_decides import words_of
from tests.sharing.test_sharing import TO

# ---- the emergency's ratification, marked on every record issued before it


def before_ratification(instance: Instance) -> tuple[str, str, str]:
    """An emergency decision, then the decision on the same placement, and nobody has ratified yet: (case, record, emergency)."""
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        values = {**SAID_VALUES, "nights": 2}
        taken = emergency.take(instance.user("senior_officer"), assessment_id, instance.version(case_id), values).id
    instance.submit(assessment_id)
    with instance.app.app_context():
        made = service.decide(
            instance.user("safeguarding_lead"), assessment_id, instance.version(case_id), "approve", WHY, []
        )
        return case_id, made.record_id, taken


SAID_VALUES = {name: SAID[name] for name in ("tried", "why", "safe_tonight", "seen_by", "told")}


def test_a_ratification_is_marked_on_the_record_issued_before_it(instance: Instance, lead: FlaskClient) -> None:
    case_id, record_id, taken = before_ratification(instance)
    before = body_of(instance, record_id)
    there = f"/cases/{case_id}/records/{record_id}"
    assert "was ratified on" not in lead.get(there).text
    with instance.app.app_context():
        emergency.ratify(instance.user("safeguarding_lead"), taken, instance.version(case_id), "ratified", NOTE)
        pages = [words_of(lead.get(at).text) for at in (there, f"/cases/{case_id}")]
    for page in pages:
        assert re.search(rf"The emergency decision of [^.]* was ratified on [^.]* by Safeguarding Lead: {NOTE}", page)
    assert body_of(instance, record_id) == before, "the stored bytes stay"
    made = post(instance, lead, f"{there}/issue-again")
    assert made.status_code == 302
    newer = made.headers["Location"].rsplit("/", 1)[1]
    assert newer != record_id
    body = json.loads(body_of(instance, newer))
    assert any("was ratified on" in said for said in body["issue"]["since"])
    assert body["format"] == json.loads(before)["format"]
    assert {k: v for k, v in body.items() if k not in ("issue", "number", "issued_at", "audit")} == {
        k: v for k, v in json.loads(before).items() if k not in ("number", "issued_at", "audit")
    }
    assert "was ratified on" in words_of(lead.get(made.headers["Location"]).text), "the new issue’s page says it too"
    assert "A newer issue stands instead of this one." in words_of(lead.get(there).text)
    once_more = post(instance, lead, f"{there}/issue-again")
    assert once_more.status_code == 302
    with instance.app.app_context():
        assert len(reissue.issues_of(record_id)) == 2, "nothing has happened since, so nothing is issued"


def test_the_reader_of_a_shared_record_sees_what_happened_since(instance: Instance, lead: FlaskClient) -> None:
    case_id, record_id, taken = before_ratification(instance)
    with instance.app.app_context():
        made, code = sharing.share(
            instance.user("housing_officer"), record_id, instance.version(case_id), TO["name"], TO["role"], TO["email"], TO["why"]
        )  # fmt: skip
        link = f"/shared/{sharing._box().decrypt(made.link_sealed or b'').decode()}"
        sharing.send_mail(made.id)
    reader = instance.app.test_client()
    assert reader.post(link, data={"code": code}).status_code == 302
    assert "was ratified on" not in reader.get(link + "/record").text
    with instance.app.app_context():
        emergency.ratify(instance.user("safeguarding_lead"), taken, instance.version(case_id), "ratified", NOTE)
    assert "was ratified on" in words_of(reader.get(link + "/record").text)
    again_issued = post(instance, lead, f"/cases/{case_id}/records/{record_id}/issue-again")
    newer = again_issued.headers["Location"].rsplit("/", 1)[1]
    assert "A newer record replaces this one." in reader.get(link + "/record").text
    with instance.app.app_context():
        second, second_code = sharing.share(
            instance.user("housing_officer"), newer, instance.version(case_id), TO["name"], TO["role"], TO["email"], TO["why"]
        )  # fmt: skip
        link = f"/shared/{sharing._box().decrypt(second.link_sealed or b'').decode()}"
    another = instance.app.test_client()
    assert another.post(link, data={"code": second_code}).status_code == 302
    said = {
        "response": "disputed",
        "name": "Hester Visitor",
        "reason": "The baby has not been seen awake by any of us.",
    }
    assert another.post(link + "/record", data=said).status_code == 302, (
        "an answer about a later issue finds who decided"
    )
    with instance.app.app_context():
        share = db.session.get_one(Share, second.id)
        assert answers.is_own(instance.user("safeguarding_lead"), share)
        asked = db.session.scalars(select(Telling).where(Telling.kind == "disagreement")).one()
        heard = owners.owner_of(asked)
        assert heard is not None
        assert heard.email == "senior_officer@test.example"


# ---- not suitable, and the family is there


def test_where_the_family_is_there_already_a_dated_task_moves_them(
    instance: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    case_id, record_id, _ = before_ratification(instance)
    there = f"/cases/{case_id}/records/{record_id}"
    with instance.app.app_context():
        decision = db.session.scalars(select(Decision).where(Decision.record_id == record_id)).one()
        task = next(s for s in afterwards.steps_of(decision.id) if s.kind == "move")
        assert task.due == next_working_day(today())
    for client in (officer, lead):
        assert "Not suitable, and the family is there: find them another place" in client.get("/").text
    path = f"{there}/moves/{task.id}"
    where = "They are in a flat of their own, and Olu saw them arrive with the cot."
    late = post(instance, officer, path, reason=where, **day("seen_on", today() + timedelta(1)))
    assert "This day is still to come." in late.text
    assert post(instance, officer, path, reason=where, **day("seen_on", today())).status_code == 302
    assert "the family is there" not in lead.get("/").text
    assert f"The family was moved, {in_words(today())}: {where}" in words_of(lead.get(there).text)


def test_who_is_not_there_yet_is_not_to_be_moved(instance: Instance, lead: FlaskClient) -> None:
    _, record_id = instance.decided("h1")
    with instance.app.app_context():
        decision = db.session.scalars(select(Decision).where(Decision.record_id == record_id)).one()
        assert decision.outcome == "not_suitable"
        assert [s.kind for s in afterwards.steps_of(decision.id)] == []
    assert "the family is there" not in lead.get("/").text
