"""How a family may be reached, warnings with a day, and each child’s own views: shown, kept, and nothing goes a refused way."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.cases.models import CaseMember
from app.clocks import in_words, today
from app.database import writing
from app.extensions import db
from app.lives import ways
from app.lives.models import LifeStep
from app.sharing import service as sharing
from app.sharing.models import Share
from app.work import service as work
from tests.conftest import Instance

from .acting import day_of, send

WAY = {
    "how": "refused",
    "code": "email",
    "place": "",
    "said": "He reads her mail.",
    "source": "Her, alone",
    "grade": "E1",
    **day_of("on", today()),
}
WARNING = {
    "said": "On the stairs he said he would wait for the officer.",
    "source": "Olu, housing officer",
    "grade": "E2",
    **day_of("on", today()),
}
VIEWS = {"code": "sought", "said": "I want my own bed and the cat.", "source": "Ms Hale, teacher", "place": "at school", "how": "while drawing",
         "interpreter": "no", **day_of("on", today())}  # fmt: skip


def first_child(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        found = (
            select(CaseMember.key)
            .where(CaseMember.case_id == case_id, CaseMember.kind == "child")
            .order_by(CaseMember.place)
        )
        return db.session.scalars(found).first() or ""


def newest_step(instance: Instance, case_id: str) -> str:
    with instance.app.app_context():
        query = select(LifeStep.id).where(LifeStep.case_id == case_id).order_by(LifeStep.recorded_at.desc())
        return db.session.scalars(query).first() or ""


def test_a_refused_way_stands_everywhere_somebody_could_use_it(either: Instance) -> None:
    case_id, record_id = either.decided("h2")
    assert send(either, case_id, "reach", **WAY)[0] == 302
    assert (
        send(
            either,
            case_id,
            "reach",
            **{**WAY, "how": "safe", "code": "telephone", "place": "07700 900123", "said": "Mornings."},
        )[0]
        == 302
    )
    officer = either.client("housing_officer")
    for page in ("", "/letters", f"/records/{record_id}/share", "/letters/make/offer", "/reach"):
        told = officer.get(f"/cases/{case_id}{page}")
        if told.status_code == 200:
            assert "He reads her mail." in told.text, page
        else:
            assert page == "/letters/make/offer"
    assert "07700 900123" in officer.get(f"/cases/{case_id}").text
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "Do not contact them: by e-mail" in chronology
    assert (
        send(either, case_id, f"life/{newest_step(either, case_id)}/correct", why="She has another number now.")[0]
        == 302
    )
    page = officer.get(f"/cases/{case_id}").text
    assert "07700 900123" not in page
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert "07700 900123" in chronology, "nothing is deleted"
    assert "She has another number now." in chronology


def test_nothing_is_shared_or_mailed_to_what_is_refused(either: Instance) -> None:
    case_id, record_id = either.decided("h2")
    send(either, case_id, "reach", **{**WAY, "place": "Ana@Example.org", "said": "It is his account."})
    send(either, case_id, "reach", **{**WAY, "code": "through", "place": "Bram Sweet", "said": "His brother."})
    for email, name in (("ana@example.org", "Hester"), ("b.sweet@nhs.example", "Bram Sweet")):
        code, page = send(
            either,
            case_id,
            f"records/{record_id}/share",
            name=name,
            role="Health visitor",
            email=email,
            why="She visits.",
            right="yes",
            read="yes",
        )
        assert code == 422
        assert "Do not contact them" in page
        assert email in page, "what was typed is still there"
    with either.app.app_context():
        assert not db.session.scalars(select(Share)).all()
        sharing.share(
            either.user("housing_officer"),
            record_id,
            None,
            "Hester",
            "Health visitor",
            "hester@nhs.example",
            "She visits.",
        )


@pytest.mark.parametrize(
    ("code", "place", "to", "family", "refused"),
    [
        ("post", "", ["1 Invented Lane"], True, True),
        ("post", "", ["The surgery"], False, False),
        ("post", "1 Invented Lane", ["Mrs Rowe", "1, invented lane"], False, True),
        ("email", "07700", ["x@nhs.example"], True, False),
        ("through", "Ana Rowe", ["Ana Rowe, sister"], False, True),
        ("through", "Ana", ["Banana House"], False, False),
        ("telephone", "", ["x@nhs.example"], True, False),
    ],
)
def test_what_is_refused_is_told_from_what_is_not(
    instance: Instance, code: str, place: str, to: list[str], family: bool, refused: bool
) -> None:
    case_id, _ = instance.import_case("h2")
    send(instance, case_id, "reach", **{**WAY, "code": code, "place": place})
    used = code if code in ("post", "email") else "email"
    with instance.app.app_context(), writing() as session:
        if refused:
            with pytest.raises(ways.CaseProblem, match="Nothing was sent"):
                ways.refuse(session, case_id, used, to, family, "email")
        else:
            ways.refuse(session, case_id, used, to, family, "email")


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"how": "safe"}, "Say which number, address or person is safe"),
        ({"source": ""}, "Say who says so."),
        (day_of("on", today() + timedelta(days=1)), "This day is in the future."),
        ({"version": "1"}, "Somebody changed this case"),
    ],
)
def test_a_way_that_says_too_little_is_refused(instance: Instance, more: dict[str, str], said: str) -> None:
    case_id, _ = instance.import_case("h2")
    code, page = send(instance, case_id, "reach", **{**WAY, **more})
    assert (code, said in page, "He reads her mail." in page) == (422, True, True)


def test_a_warning_says_what_happened_and_is_never_silently_gone(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    due = today() + timedelta(days=5)
    assert send(either, case_id, "warnings", **WARNING, **day_of("due", due))[0] == 302
    officer = either.client("housing_officer")
    page = officer.get(f"/cases/{case_id}").text
    assert WARNING["said"] in page
    assert f"Looked at again by {in_words(due)}" in page
    assert "A warning is to be looked at again" in officer.get("/").text
    warning = newest_step(either, case_id)
    with either.app.app_context(), writing() as session:  # its day has gone by: as if it were a week later
        session.add(
            LifeStep(case_id=case_id, kind="warning_reviewed", code="stands", about=warning, due=today() - timedelta(days=2), said="Still so.",
                     on=today(), by_id=either.user("housing_officer").id, by_name="Olu", by_role="housing_officer", grade="E2")
        )  # fmt: skip
    assert "Review overdue since" in officer.get(f"/cases/{case_id}").text
    told = officer.get("/").text
    assert "A warning is past the day on which it was to be looked at again" in told
    assert "A warning is past the day" not in either.client("other_officer").get("/").text
    found = {
        "code": "over",
        "said": "He has moved away, says the police.",
        "source": "PC Hill",
        "grade": "E3",
        **day_of("on", today()),
    }
    assert send(either, case_id, f"warnings/{warning}/review", **found)[0] == 302
    assert WARNING["said"] not in officer.get(f"/cases/{case_id}").text
    assert "A warning is" not in officer.get("/").text
    chronology = either.client("safeguarding_lead").get(f"/cases/{case_id}/chronology").text
    assert WARNING["said"] in chronology
    assert "A warning was looked at again: it is over" in chronology


@pytest.mark.parametrize(
    ("due", "said"),
    [
        ({}, "Enter the day: a warning without one stays for ever."),
        (day_of("due", today()), "Choose a day after today."),
        (day_of("due", today() + timedelta(days=400)), "longer nobody would know"),
    ],
)
def test_a_warning_without_a_day_is_refused(instance: Instance, due: dict[str, str], said: str) -> None:
    case_id, _ = instance.import_case("h2")
    code, page = send(instance, case_id, "warnings", **WARNING, **due)
    assert (code, said in page, WARNING["said"] in page) == (422, True, True)


def test_a_childs_views_are_shown_on_case_result_and_before_signing_and_missing_is_said(either: Instance) -> None:
    case_id, assessment_id = either.submitted("h2")
    child = first_child(either, case_id)
    lead = either.client("safeguarding_lead")
    pages = (
        f"/cases/{case_id}",
        f"/cases/{case_id}/assessments/{assessment_id}/result",
        f"/cases/{case_id}/assessments/{assessment_id}/review",
    )
    for page in pages:
        assert "Nobody has written down what this child says, or why nobody asked." in lead.get(page).text, page
    assert (
        send(either, case_id, "views", who=child, **{**VIEWS, "code": "not_sought", "said": "She is three weeks old."})[
            0
        ]
        == 302
    )
    assert "not sought, because:" in lead.get(pages[1]).text
    assert send(either, case_id, "views", who=child, **VIEWS)[0] == 302
    for page in pages:
        told = " ".join(lead.get(page).text.split())
        assert "I want my own bed and the cat." in told, page
        assert "Ms Hale, teacher, at school, while drawing" in told, page
    mistaken = newest_step(either, case_id)
    assert send(either, case_id, f"life/{mistaken}/correct", why="It was her brother.")[0] == 302
    assert "not sought, because:" in lead.get(pages[0]).text
    chronology = lead.get(f"/cases/{case_id}/chronology").text
    assert "I want my own bed and the cat." in chronology
    assert "It was her brother." in chronology


def test_views_before_the_birth_of_nobody_or_without_where_and_how_are_refused(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    child = first_child(instance, case_id)
    for more, said in (
        ({**day_of("on", today() - timedelta(days=9000))}, "The child was not born yet on this day."),
        ({"place": ""}, "Say where the child was asked."),
        ({"who": "X99"}, "Choose one of the answers shown"),
        ({"version": "1"}, "Somebody changed this case"),
    ):
        code, page = send(instance, case_id, "views", **{"who": child, **VIEWS, **more})
        assert (code, said in page, "my own bed" in page) == (422, True, True), said


@pytest.mark.parametrize("statement", ["UPDATE life_step SET said = 'x'", "DELETE FROM life_step"])
def test_the_database_lets_nobody_change_a_step(either: Instance, statement: str) -> None:
    case_id, _ = either.import_case("h2")
    send(either, case_id, "reach", **WAY)
    with either.app.app_context(), pytest.raises(DatabaseError), writing() as session:
        session.execute(text(statement))


def test_who_covers_sees_the_warning_and_nobody_else(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    send(instance, case_id, "warnings", **WARNING, **day_of("due", today() + timedelta(days=2)))
    with instance.app.app_context():
        for who, sees in (("housing_officer", True), ("other_officer", False), ("senior_officer", False)):
            kinds = {row.kind for row in work.of(instance.user(who)).rows["due"]}
            assert ("warning" in kinds) is sees, who


def test_what_a_child_said_long_ago_is_asked_again_and_stays(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h2")
    child = first_child(instance, case_id)
    lead = instance.client("safeguarding_lead")
    pages = (f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}/review")
    for ago, again in ((28, False), (29, True)):
        when = day_of("on", today() - timedelta(days=ago))
        assert send(instance, case_id, "views", who=child, **{**VIEWS, **when})[0] == 302
        for page in pages:
            told = lead.get(page).text
            assert ("To be asked again since" in told) is again, (page, ago)
            assert "I want my own bed and the cat." in told
