"""What may be a password: long, of any characters, taken as it is typed, and not of words that anybody would try here."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from app.accounts import service
from app.settings import ROOT
from tests.conftest import Instance

OF_OURS = [
    "CaseByCase2026!!", "Example Council 1", "housing officer 12", "Safeguarding-Lead", "PasswordPassword1", "WinterWinter2026", "Welcome to Housing",
]  # fmt: skip
ITS_OWN = [
    "four unrelated words here",
    "193847562093847561029",
    "!£$%^&*()_+{}:@~<>?",
    "ślepy żuraw pod mostem",
    "    spaces at both ends    ",
    "housing x7Kq92vTz and more",
    "a" * 10 + "bcdefghij" + "k" * 45,
    "long enough and not cut off " * 7,
]


@pytest.mark.parametrize("password", OF_OURS)
def test_what_anybody_would_try_here_is_refused(password: str, instance: Instance) -> None:
    with instance.app.app_context():
        assert len(password) >= service.SHORTEST_PASSWORD
        assert "words that anybody would try here" in str(service.password_problem(password))


@pytest.mark.parametrize("password", ITS_OWN)
def test_any_characters_do_and_it_is_taken_as_it_is_typed(password: str, instance: Instance) -> None:
    with instance.app.app_context():
        _, token = service.create_account("New Person", "new@test.example", "housing_officer")
    client = instance.app.test_client()
    assert client.post(f"/welcome/{token}", data={"password": password, "again": password}).status_code == 302
    for other in (password[:-1], password.swapcase(), password + "x"):
        if other != password:
            assert client.post("/sign-in", data={"email": "new@test.example", "password": other}).status_code == 422
    right = instance.app.test_client().post("/sign-in", data={"email": "new@test.example", "password": password})
    assert right.status_code == 302


def test_the_words_are_those_of_the_document(instance: Instance) -> None:
    text = (ROOT / "docs" / "running" / "security.md").read_text(encoding="utf-8")
    (listed,) = re.findall(r"^Refused words: (.+)\.$", text, re.MULTILINE)
    assert tuple(listed.split(", ")) == service.WORDS_OF_OURS


def test_the_boxes_hide_what_is_typed_and_let_a_manager_of_passwords_fill_them(instance: Instance) -> None:
    with instance.app.app_context():
        _, token = service.create_account("New Person", "new@test.example", "housing_officer")
    client: FlaskClient = instance.app.test_client()
    boxes = [
        box
        for path in ("/sign-in", f"/welcome/{token}")
        for box in re.findall(r"<input[^>]*name=\"(?:password|again)\"[^>]*>", client.get(path).text)
    ]
    assert len(boxes) == 3
    for box in boxes:
        assert 'type="password"' in box
        assert re.search(r'autocomplete="(current|new)-password"', box), box
        assert "onpaste" not in box
        assert "maxlength" not in box
