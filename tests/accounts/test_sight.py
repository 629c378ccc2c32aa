"""What opens no case: an own one beside it, a restriction, an account that is disabled."""

from __future__ import annotations

from flask.testing import FlaskClient

from tests.conftest import ROLES, Instance

from .test_policy import MARKERS, Objects


def test_an_own_case_does_not_open_what_hangs_from_another(instance: Instance, other_officer: FlaskClient) -> None:
    own_case, _ = instance.import_case("h1", officer="other_officer")
    objects = Objects(instance)
    for path in (
        f"/cases/{own_case}/assessments/{objects.assessment_id}",
        f"/cases/{own_case}/assessments/{objects.assessment_id}/result",
        f"/cases/{own_case}/assessments/{objects.assessment_id}/placement",
        f"/cases/{own_case}/assessments/{objects.assessment_id}/questions/CS15/unit",
        f"/cases/{own_case}/assessments/{objects.assessment_id}/units/{objects.unit_key}/change",
        f"/cases/{own_case}/assessments/{objects.assessment_id}/units/{objects.unit_key}/rooms",
        f"/cases/{own_case}/members/{objects.member_id}",
        f"/cases/{own_case}/records/{objects.record_id}",
        f"/cases/{own_case}/records/{objects.record_id}/record.pdf",
        f"/cases/{own_case}/records/{objects.record_id}/share",
    ):
        answer = other_officer.get(path)
        assert answer.status_code == 404, path
        assert not any(marker in answer.text for marker in MARKERS)


def test_a_restricted_case_is_seen_by_its_officer_and_the_leads_only(
    instance: Instance, lead: FlaskClient, senior: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2", "WALKED-2")
    assert lead.post(f"/cases/{case_id}/restrict", data={"version": instance.version(case_id)}).status_code == 302
    seen = {role: instance.client(role).get(f"/cases/{case_id}").status_code for role in (*ROLES, "other_officer")}
    assert seen == {
        "housing_officer": 200, "senior_officer": 404, "safeguarding_lead": 200, "auditor": 200, "administrator": 403, "other_officer": 404,
    }  # fmt: skip
    assert "WALKED-2" not in senior.get("/cases").text
    assert "WALKED-2" in lead.get("/cases").text


def test_a_disabled_account_is_out_at_once(instance: Instance, officer: FlaskClient) -> None:
    client, administrator = officer, instance.client("administrator")
    assert client.get("/").status_code == 200
    with instance.app.app_context():
        user_id = instance.user("housing_officer").id
    administrator.post(f"/people/{user_id}/disable")
    assert "/sign-in" in client.get("/").headers["Location"]
