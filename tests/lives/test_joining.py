"""Two households become one: people and what is known of them come along, the other case closes, and nobody is merged by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.cases import service as cases
from app.cases.models import Case, CaseNights
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.lives import along
from app.lives.models import LifeStep
from tests.cases.test_exclusions import keep_out
from tests.conftest import Instance

from .acting import day_of, send
from .test_born import ROW, told
from .test_known import WAY
from .test_parting import errors_of, part


def reference(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        return db.session.get_one(Case, case_id).reference


def join(
    instance: Instance, case_id: str, other_id: str, signed_in: str = "housing_officer", **more: Any
) -> tuple[int, str]:
    typed = {"other": reference(instance, other_id), "other_version": str(instance.version(other_id)), "why": "He came home to them.",
             "source": "Both", "grade": "E1", **day_of("on", today()), **more}  # fmt: skip
    status, text = send(instance, case_id, "join", signed_in, **typed)
    return status, errors_of(text) or text


def two(instance: Instance) -> tuple[str, str]:
    """A mother with a child, and a family of four in which somebody has the name of that child."""
    case_id, _ = instance.import_case("h2")
    other_id, _ = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        for one in sorted((case_id, other_id)):
            cases.lock_case(session, one, None)
        child = next(m for m in session.get_one(Case, case_id).members if m.key == "C")
        twin = next(m for m in session.get_one(Case, other_id).members if m.key == "B2")
        twin.name, twin.born, twin.sex = child.name, child.born, "male"
        child.sex = "female"
    return case_id, other_id


def test_they_come_in_with_what_is_known_and_the_other_case_closes(either: Instance) -> None:
    case_id, other_id = two(either)
    name, calm, grave = ROW
    day = today() - timedelta(days=50)
    told(either, case_id, name, "C", calm, day, source="Calmer")
    told(either, other_id, name, "B2", grave, day, source="Graver")
    send(either, other_id, "reach", **WAY)
    page = either.client("housing_officer").get(f"/cases/{case_id}/join?other={reference(either, other_id)}")
    assert "The same person as" in page.text
    versions = [either.version(one) for one in (case_id, other_id)]
    status, text = join(either, case_id, other_id, same_B2="C")
    assert status == 302, text
    assert all(either.version(one) > before for one, before in zip((case_id, other_id), versions, strict=True))
    with either.app.app_context():
        here, other = db.session.get_one(Case, case_id), db.session.get_one(Case, other_id)
        assert other.closed_on == today()
        assert other.members == []
        assert len(here.members) == 2 + 3, "the child of both is there once"
        answers = db.session.scalars(select(SavedAnswer).where(SavedAnswer.case_id == case_id)).all()
        side = {a.source_name: (a.value, a.grade, a.on) for a in answers if (a.criterion, a.subject) == (name, "C")}
        assert side["Calmer"] == (calm, "E3", day)
        assert side["Graver"] == (grave, "E3", day), "two sources stand side by side"
        came = db.session.scalars(select(LifeStep).where(LifeStep.case_id == case_id, LifeStep.kind == "came")).one()
        assert [line for line in came.facts["lines"] if "sex: here Female; in the other case Male" in line], came.facts
    shown = either.client("housing_officer").get(f"/cases/{case_id}").text
    assert WAY["said"] in shown
    assert "To be assessed afresh." in shown
    assert reference(either, other_id) in shown
    closed = either.client("housing_officer").get(f"/cases/{other_id}").text
    assert "This case is closed" in closed
    assert "He came home to them." in closed
    assert send(either, other_id, "reach", **WAY)[0] == 409


def test_who_may_be_one_person_is_asked_about_and_never_taken_for_one(instance: Instance) -> None:
    case_id, other_id = two(instance)
    status, text = join(instance, case_id, other_id)
    assert status == 422
    assert "is entered here already" in text
    assert join(instance, case_id, other_id, same_B2="M")[0] == 422
    status, text = join(instance, case_id, other_id, same_B2="another")
    assert status == 302, text
    with instance.app.app_context():
        assert len(db.session.get_one(Case, case_id).members) == 2 + 4


def test_a_case_that_one_may_not_see_is_as_one_that_there_is_not(instance: Instance) -> None:
    case_id, other_id = two(instance)
    keep_out(instance, other_id, "housing_officer")
    client = instance.client("housing_officer")
    hidden, none = (
        client.get(f"/cases/{case_id}/join?other={ref}") for ref in (reference(instance, other_id), "2222-2222")
    )
    assert hidden.status_code == none.status_code == 422
    assert "There is no other case with this reference that you may see." in hidden.text
    assert join(instance, case_id, other_id, same_B2="C")[0] == 422
    with instance.app.app_context():
        assert db.session.get_one(Case, other_id).closed_on is None


def _limited(instance: Instance, case_id: str) -> None:
    with instance.app.app_context():
        cases.restrict(instance.user("safeguarding_lead"), case_id, instance.version(case_id), True)


def _danger(instance: Instance, case_id: str) -> None:
    with instance.app.app_context(), writing() as session:
        cases.lock_case(session, case_id, None).danger = ["child_alone"]


@pytest.mark.parametrize(
    ("first", "more", "said"),
    [
        (_limited, {}, "limited to its officer and the leads"),
        (_danger, {}, "Danger now is written down"),
        (None, {"other_version": "0"}, "Somebody changed this case"),
        (None, day_of("on", today() + timedelta(days=2)), "in the future"),
    ],
)
def test_what_cannot_be_joined_is_refused_with_a_sentence(
    instance: Instance, first: Any, more: dict[str, str], said: str
) -> None:
    case_id, other_id = two(instance)
    if first is not None:
        first(instance, other_id)
    status, text = join(instance, case_id, other_id, same_B2="C", **more)
    assert (status, said in text) == (422, True), text
    with instance.app.app_context():
        assert db.session.get_one(Case, other_id).closed_on is None
        assert len(db.session.get_one(Case, case_id).members) == 2


def test_who_left_may_come_back_and_it_is_said_that_one_left_the_other(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    assert part(instance, case_id, "M", "B1", "B2", limited="no")[0] == 302
    with instance.app.app_context():
        other_id = db.session.scalars(select(Case.id).where(Case.id != case_id)).one()
    page = instance.client("housing_officer").get(f"/cases/{case_id}/join?other={reference(instance, other_id)}").text
    assert "One of these households left the other." in page
    status, text = join(instance, case_id, other_id)
    assert status == 302, text
    with instance.app.app_context():
        assert len(db.session.get_one(Case, case_id).members) == 4


@pytest.mark.parametrize(
    ("here", "other", "left"),
    [((), (1, 9), [(1, 9)]), (((1, 5),), (3, 9), [(6, 9)]), (((4, 5),), (1, 9), [(1, 3), (6, 9)]), (((1, 9),), (2, 3), []),
     (((1, 3), (6, 7)), (1, 9), [(4, 5), (8, 9)]), (((11, 12),), (1, 9), [(1, 9)])],
)  # fmt: skip
def test_no_night_is_lost_and_none_is_counted_twice(
    here: tuple[tuple[int, int], ...], other: tuple[int, int], left: list[tuple[int, int]]
) -> None:
    counted = [CaseNights(first=date(2026, 6, a), last=date(2026, 6, b)) for a, b in here]
    found = along._not_in(date(2026, 6, other[0]), date(2026, 6, other[1]), counted)
    assert [(a.day, b.day) for a, b in found] == left


@pytest.mark.parametrize(("here", "other"), [(True, False), (False, True), (False, False), (True, True)])
def test_that_there_were_no_nights_is_known_only_where_both_were_asked(here: bool, other: bool) -> None:
    one, two = (Case(nights_asked=asked, contacts_asked=asked, members=[]) for asked in (here, other))
    along.history(along.Along(here=two, there=one, keys={}), with_the_household=True)
    assert (one.nights_asked, one.contacts_asked) == (here and other, here and other)
