"""Names that read from right to left are set apart wherever they go out, and what was typed is not touched."""

from __future__ import annotations

import re
import time

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.cases.models import CaseMember
from app.database import writing
from app.direction import _RUN, has_none, isolated, isolated_html
from tests.conftest import Instance


def test_each_run_is_isolated_and_nothing_else() -> None:
    assert isolated_html("<h3>محمد, 11 weeks</h3>") == "<h3><bdi>محمد</bdi>, 11 weeks</h3>"
    assert isolated_html("<p>محمد علي (4), שרה בן־דוד: 11 علي</p>") == (
        "<p><bdi>محمد علي</bdi> (4), <bdi>שרה בן־דוד</bdi>: 11 <bdi>علي</bdi></p>"
    )
    plain = "<p>Łucja Wójcik, 4 years</p>"
    assert isolated_html(plain) is plain
    assert isolated("محمد, 4") == "\u2068محمد\u2069, 4"


@pytest.mark.parametrize(
    "kept",
    [
        '<input value="محمد, 4">', "<textarea>محمد, 4</textarea>", '<img alt="محمد, 4">', "<!-- محمد, 4 -->",
        "<script>'محمد'</script>", "<style>/* محمد */</style>",
    ],
)  # fmt: skip
def test_what_was_typed_and_what_is_no_text_stays(kept: str) -> None:
    assert isolated_html(f"<p>{kept}</p>") == f"<p>{kept}</p>"


def test_a_title_and_a_list_of_choices_have_isolates_and_no_tags() -> None:
    assert isolated_html("<title>محمد, 4</title>") == "<title>\u2068محمد\u2069, 4</title>"
    assert isolated_html("<option>محمد, 4</option>") == "<option>\u2068محمد\u2069, 4</option>"


def test_a_long_page_costs_next_to_nothing() -> None:
    page = "<p>Łucja Wójcik, 4 years, and what was said of her.</p>" * 4_000
    started = time.perf_counter()
    isolated_html(page)
    assert time.perf_counter() - started < 0.05


def test_every_page_of_a_case_sets_names_apart(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context(), writing() as session:
        child = session.scalars(
            select(CaseMember).where(CaseMember.case_id == case_id, CaseMember.kind == "child")
        ).first()
        assert child is not None
        child.name = "محمد"
    for path in (f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}/result"):
        text = officer.get(path).text
        assert "<bdi>محمد</bdi>" in text
        outside = re.sub(
            r"<(textarea|title|option)\b.*?</\1>|<[^>]*>", "", text.replace("<bdi>محمد</bdi>", ""), flags=re.DOTALL
        )
        assert "محمد" not in outside, "every one of them"


def test_a_page_that_surely_holds_no_such_letter_holds_none() -> None:
    """Every letter there is, one by one: where the quick look says that there is none, the long one finds none."""
    missed = [
        hex(code)
        for code in range(0x110000)
        if not 0xD800 <= code < 0xE000 and has_none(chr(code).encode()) and _RUN.search(chr(code))
    ]
    assert not missed
    assert has_none("<p>Zofia’s room – 11 weeks, £62 and É</p>".encode())
    assert not has_none("<p>محمد</p>".encode())
