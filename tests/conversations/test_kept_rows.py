"""What a sheet keeps of its rows is what it would show afresh: to each speaker their own, and never an older answer."""

from __future__ import annotations

import re

from flask.testing import FlaskClient

from app.assessments import following as kept
from tests.conftest import Instance

from .test_lines import Line
from .test_sheet import sent

SPEAKERS = ("provider", "officer", "police", "M", "F", "M?alone=1")


def rows(officer: FlaskClient, path: str) -> str:
    """The page without what each opening has of its own: the token, and the key of the conversation."""
    page = officer.get(path)
    assert page.status_code == 200
    return re.sub(r'name="(csrf_token|key)" value="[^"]+"', "", page.text)


def test_each_speaker_is_shown_what_they_would_be_shown_afresh(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    base = call.path.removesuffix("provider")
    alone = {}
    for who in SPEAKERS:
        kept._kept.clear()
        alone[who] = rows(officer, base + who)
    assert {who: rows(officer, base + who) for who in SPEAKERS} == alone
    assert {who: rows(officer, base + who) for who in SPEAKERS} == alone
    assert len(set(alone.values())) == len(SPEAKERS)


def test_an_answer_stands_beside_its_row_at_once_and_what_was_typed_is_not_kept(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Line(instance, officer, "provider")
    first = call.page()
    assert call.choose(first, person="Una Else", **{"CS08-unit": "unrestricted"}).status_code == 200
    then = rows(officer, call.path)
    assert "<strong>Una Else" in then
    assert "<strong>Una Else" not in first
    seen = re.search(r'name="CS08-unit.seen" value="([^"]+)"', then)
    assert seen
    assert seen[1] not in first
    kept._kept.clear()
    assert rows(officer, call.path) == then
    typed = {"CS10-unit": "working", "CS10-unit.note": "Typed and not saved."}
    back = officer.post(call.path, data=sent(call.page(), person="", **typed))
    assert back.status_code == 422
    assert "Typed and not saved." in back.text
    assert rows(officer, call.path) == then


def test_every_opening_is_a_conversation_of_its_own(instance: Instance, officer: FlaskClient) -> None:
    call = Line(instance, officer, "provider")
    keys = {re.search(r'name="key" value="([0-9a-f]{32})"', call.page())[1] for _ in range(3)}  # type: ignore[index]
    assert len(keys) == 3
    assert not any(
        key in part
        for found in kept._kept.values()
        for part in found._once.values()
        if isinstance(part, str)
        for key in keys
    )
