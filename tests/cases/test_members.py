"""A person’s form is an adult’s or a child’s, never both; what it does not ask stays as it is, and the whole list is to be had."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.extensions import db
from forms.members import EVERYTHING, OF_A_CHILD, OF_AN_ADULT, MemberForm
from tests.conftest import Instance

ALWAYS = {"name", "kind", "sex", "relationship", "needs", "pregnant", "language", "interpreter_needed"}


def asked(page: str) -> set[str]:
    """The boxes of the page; a choice is there with what can be chosen, a date with its three parts."""
    main = page.split('id="main-content"')[1]
    return {name.split("-")[0] for name in re.findall(r'<(?:input|select|textarea)[^>]*name="([^"]+)"', main)}


@pytest.fixture
def family(instance: Instance) -> tuple[Instance, str]:
    case_id, _ = instance.import_case("h1")
    return instance, case_id


def stored(instance: Instance, case_id: str, key: str) -> dict[str, object]:
    with instance.app.app_context():
        member = next(m for m in db.session.get_one(Case, case_id).members if m.key == key)
        return {c.key: getattr(member, c.key) for c in type(member).__mapper__.column_attrs}


@pytest.mark.parametrize(
    ("of", "there", "not_there"),
    [
        ("adult", {*OF_AN_ADULT, *ALWAYS, "born"}, OF_A_CHILD),
        ("child", {*OF_A_CHILD, *ALWAYS, "born"}, OF_AN_ADULT),
        ("unborn", {"name", "kind", "due", "mother"}, (*OF_AN_ADULT, "school_age_place", "seen_how", "born", "needs")),
        (EVERYTHING, {*OF_AN_ADULT, *OF_A_CHILD, *ALWAYS, "born", "due"}, ()),
    ],
)
def test_a_new_person_is_asked_what_is_asked_of_them(
    family: tuple[Instance, str], officer: FlaskClient, of: str, there: set[str], not_there: tuple[str, ...]
) -> None:
    found = asked(officer.get(f"/cases/{family[1]}/members/new?of={of}").text)
    assert there <= found
    assert not set(not_there) & found


def test_it_is_asked_first_who_it_is(family: tuple[Instance, str], officer: FlaskClient) -> None:
    page = officer.get(f"/cases/{family[1]}/members/new").text
    assert "Who is it?" in page
    for of in ("adult", "child", "unborn", EVERYTHING):
        assert f"/members/new?of={of}" in page
    assert not {*OF_AN_ADULT, *OF_A_CHILD} & asked(page)
    assert "Who is it?" in officer.get(f"/cases/{family[1]}/members/new?of=ghost").text


@pytest.mark.parametrize(("key", "not_there"), [("F", OF_A_CHILD), ("B1", OF_AN_ADULT)])
def test_who_is_stored_has_a_form_of_their_own_and_saving_it_changes_nothing_else(
    family: tuple[Instance, str], officer: FlaskClient, key: str, not_there: tuple[str, ...]
) -> None:
    instance, case_id = family
    with instance.app.app_context():
        [member] = [m for m in db.session.get_one(Case, case_id).members if m.key == key]
        for name, value in {
            "seen_how": "awake",
            "school_age_place": "nursery",
            "justice_sign": True,
            "dangerous_medicine": False,
        }.items():
            setattr(member, name, value)
        db.session.commit()
        path = f"/cases/{case_id}/members/{member.id}"
    page = officer.get(path).text
    assert not set(not_there) & asked(page)
    assert f"{path}?of={EVERYTHING}" in page
    before = stored(instance, case_id, key)
    typed = {
        "version": str(instance.version(case_id)),
        "name": str(before["name"]),
        "kind": str(before["kind"]),
        "language": "Polish",
    }
    assert officer.post(path, data=typed).status_code == 302
    after = stored(instance, case_id, key)
    assert after["language"] == "Polish"
    assert {name: after[name] for name in not_there if name in after} == {
        name: before[name] for name in not_there if name in before
    }


def test_what_came_all_the_same_is_kept(family: tuple[Instance, str], officer: FlaskClient) -> None:
    """From the whole list, or of somebody entered as the other first."""
    instance, case_id = family
    typed = {
        "version": str(instance.version(case_id)),
        "name": "Di Example",
        "kind": "child",
        "asks": EVERYTHING,
        "justice_sign": "yes",
    }
    assert officer.post(f"/cases/{case_id}/members/new", data=typed).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Case, case_id).members[-1].justice_sign is True


def test_a_mistake_shows_the_same_questions_again(family: tuple[Instance, str], officer: FlaskClient) -> None:
    instance, case_id = family
    path = f"/cases/{case_id}/members/new"
    for kind, not_there in (("adult", OF_A_CHILD), ("child", OF_AN_ADULT)):
        page = officer.post(path, data={"version": str(instance.version(case_id)), "kind": kind, "name": ""})
        assert page.status_code == 422
        assert not set(not_there) & asked(page.text)


def test_every_box_is_asked_of_somebody() -> None:
    assert set(OF_AN_ADULT) | set(OF_A_CHILD) <= {name for name in vars(MemberForm) if not name.startswith("_")}
