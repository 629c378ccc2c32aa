"""Two families in one unit on one night: the database itself refuses the second, whoever asks and at whatever moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import func, insert, select
from sqlalchemy.exc import IntegrityError

from app.clocks import today
from app.database import writing
from app.extensions import db
from app.placements import registered
from app.properties.register import RegisterNight, RegisterStay
from tests.conftest import Instance

from .test_register import day, proposed, taken, unit


def test_the_key_alone_refuses_a_second_family(either: Instance) -> None:
    """Past every check of the service: rows as somebody with a database shell would write them."""
    unit_id, officer = unit(either), either.client("housing_officer")
    one, first = proposed(either, officer, unit_id)
    taken(either, officer, one, first, today(), today() + timedelta(days=3))
    with either.app.app_context():
        stay = db.session.scalars(select(RegisterStay)).one().id
        night = {"unit_id": unit_id, "night": today() + timedelta(days=3), "stay_id": stay}
        with pytest.raises(IntegrityError), writing() as session:
            session.execute(insert(RegisterNight), [night])
        with writing() as session:
            session.execute(insert(RegisterNight), [{**night, "night": today() + timedelta(days=4)}])


def test_of_many_officers_at_one_moment_one_family_has_the_unit(either: Instance) -> None:
    unit_id, officer = unit(either), either.client("housing_officer")
    families = [proposed(either, officer, unit_id, "h1") for _ in range(4)]
    clients = [either.client("housing_officer") for _ in families]
    first, last = today(), today() + timedelta(days=20)

    def try_it(at: int) -> tuple[int, str]:
        case_id, assessment_id = families[at]
        begins = first + timedelta(days=at)  # each another span, all with nights in common
        sent = {
            "version": str(versions[at]),
            **day("first", begins),
            **day("last", last + timedelta(days=at)),
            "told_by": "Keys",
        }
        answer = clients[at].post(f"/cases/{case_id}/assessments/{assessment_id}/register/take-up", data=sent)
        return answer.status_code, answer.text

    versions = [either.version(case_id) for case_id, _ in families]
    with ThreadPoolExecutor(len(families)) as threads:
        answers = list(threads.map(try_it, range(len(families))))
    assert sorted(status for status, _ in answers) == [302, 422, 422, 422]
    assert all("The unit is taken on the night of" in text for status, text in answers if status == 422)
    with either.app.app_context():
        assert len(db.session.scalars(select(RegisterStay)).all()) == 1
        assert db.session.scalar(select(func.count()).select_from(RegisterNight)) == 21


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        (0, -1, "The last night is before the first."),
        (0, 400, "366 nights here at most"),
        (60, 61, "more than 28 days ahead"),
    ],
)
def test_nights_that_cannot_be_right_are_refused(instance: Instance, first: int, last: int, said: str) -> None:
    unit_id, officer = unit(instance), instance.client("housing_officer")
    case_id, assessment_id = proposed(instance, officer, unit_id, "h1")
    answer = taken(
        instance, officer, case_id, assessment_id, today() + timedelta(days=first), today() + timedelta(days=last)
    )
    assert answer.status_code == 422
    assert said in answer.text
    with instance.app.app_context():
        assert db.session.scalars(select(RegisterStay)).all() == []


def test_a_family_that_looks_again_after_a_colleague_is_told_the_case_has_changed(instance: Instance) -> None:
    unit_id, officer = unit(instance), instance.client("housing_officer")
    case_id, assessment_id = proposed(instance, officer, unit_id, "h1")
    at = f"/cases/{case_id}/assessments/{assessment_id}/register/take-up"
    sent = {"version": "1", **day("first", today()), **day("last", today()), "told_by": "KEPT WORDS"}
    answer = officer.post(at, data=sent)
    assert answer.status_code == 422
    assert "Somebody changed this case" in answer.text
    assert "KEPT WORDS" in answer.text
    with instance.app.app_context():
        assert registered.stays_in(instance.user("senior_officer"), unit_id) == []
