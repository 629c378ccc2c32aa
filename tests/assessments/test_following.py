"""What follows is worked out once, kept while nothing changes, and never read for another file, day or council."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.assessments import following as kept
from app.assessments import judging
from app.assessments.models import Assessment
from app.clocks import today
from app.extensions import db
from app.suitability.advice.way_forward import way_forward
from app.suitability.assess import assess
from tests.conftest import Instance
from tests.conversations.test_sheet import sent
from tests.suitability.conftest import COUNCIL


def judged(instance: Instance, assessment_id: str, council: str = COUNCIL) -> judging.Judged:
    with instance.app.app_context():
        return judging.judge(db.session.get_one(Assessment, assessment_id), today(), council)


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_what_is_kept_is_what_would_be_worked_out_afresh(instance: Instance, name: str) -> None:
    _, assessment_id = instance.import_case(name)
    for _ in range(2):
        found = judged(instance, assessment_id)
        fresh = assess(found.checklist, found.file, COUNCIL)
        assert found.result == fresh
        assert found.following.way_forward == way_forward(found.checklist, found.file, COUNCIL, fresh)


def test_it_is_worked_out_once_while_nothing_changes(instance: Instance) -> None:
    _, assessment_id = instance.import_case("h5")
    first = judged(instance, assessment_id)
    assert judged(instance, assessment_id).following is first.following
    assert judged(instance, assessment_id, "E08000026").following is not first.following


def test_an_answer_makes_it_another(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    first = judged(instance, assessment_id)
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    page = officer.get(path).text
    assert officer.post(path, data=sent(page, person="Pat Rowe", **{"CS08-unit": "unrestricted"})).status_code == 302
    then = judged(instance, assessment_id)
    assert then.following is not first.following
    assert then.result != first.result


def test_no_more_are_kept_than_a_worker_may_hold(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kept, "MOST", 2)
    made = [instance.import_case("h2", reference=f"KEPT-{n}")[1] for n in range(4)]
    for assessment_id in made:
        judged(instance, assessment_id)
    assert len(kept._kept) <= 2
