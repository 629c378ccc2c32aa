"""Headers, forgery, errors and logs."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.exc import IntegrityError

from app.cases import service as cases
from app.extensions import db
from app.web.links import safe_href
from tests.conftest import Instance

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("path", ["/sign-in", "/", "/nowhere", "/static/icon.svg", "/healthz", "/people", "/shared/x"])
def test_every_answer_carries_the_headers(instance: Instance, path: str, officer: FlaskClient) -> None:
    for client in (instance.client(), officer):
        with client.get(path) as answer:
            headers = answer.headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] in ("same-origin", "no-referrer")
        assert ("no-store" in headers["Cache-Control"]) == (not path.startswith("/static"))


def test_no_page_has_a_script_or_a_style_inside(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    for path in ("/", f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}/result"):
        page = officer.get(path).text
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert re.findall(r"\son\w+=", page) == []
        assert "<style" not in page
        assert re.findall(r'<(?!svg|rect|path|circle|line|text)[a-z]+[^>]*\sstyle="', page) == []


@pytest.mark.options(wtf_csrf_enabled=True)
def test_a_form_without_its_token_changes_nothing_on_any_route(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    version = instance.version(case_id)
    for path in (
        f"/cases/{case_id}/household",
        f"/cases/{case_id}/members/new",
        "/cases/new",
        "/cases/open",
        "/sign-out",
    ):
        answer = officer.post(path, data={"version": str(version)}, headers={"Origin": "https://evil.example"})
        assert answer.status_code == 400, path
    assert instance.version(case_id) == version
    for rule in instance.app.url_map.iter_rules():
        if "POST" in (rule.methods or set()) and rule.endpoint != "static":
            values: dict[str, Any] = dict.fromkeys(rule.arguments, "f" * 32) | {"case_id": case_id}
            values |= {
                k: v
                for k, v in {
                    "criterion_id": "CS15",
                    "pattern_id": "P26",
                    "subject": "unit",
                    "number": 0,
                    "answer": "agree",
                    "step": "join",
                    "part": "rooms" if "rooms" in rule.rule else "contacts" if "history" in rule.rule else "members",
                    "what": "approve" if "data" in rule.rule else "enable" if "people" in rule.rule else "restrict",
                }.items()
                if k in rule.arguments
            }
            path = instance.app.url_map.bind("localhost").build(
                rule.endpoint, {k: values[k] for k in rule.arguments}, method="POST"
            )
            assert officer.post(path, data={}, headers={"Origin": "https://evil.example"}).status_code in (
                400,
                403,
                404,
            ), path


@pytest.mark.options(wtf_csrf_enabled=True)
def test_a_page_open_for_long_is_offered_again_with_what_was_typed(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    answer = officer.post(f"/cases/{case_id}/household", data={"left_note": "Typed for an hour", "csrf_token": "old"})
    assert answer.status_code == 400
    assert "Typed for an hour" in answer.text


@pytest.mark.parametrize("href", ["javascript:alert(1)", "https://evil.example", "//evil.example", "data:text/html,x"])
def test_a_link_leads_into_this_site_or_home(href: str) -> None:
    assert safe_href(href) == "/"


def test_html_given_to_a_component_is_only_ever_a_block_of_ours() -> None:
    """The macros' html option is raw (reliability.md C14): it may be given only what a {% set %} block made."""
    wrong = []
    for file in (ROOT / "templates").glob("**/*.html"):
        text = file.read_text(encoding="utf-8")
        for at, line in enumerate(text.splitlines(), 1):
            for found in re.finditer(r"""['"]html['"]\s*:\s*([^,}]+)""", line):
                name = found.group(1).strip()
                if not re.search(r"{%-?\s*set " + re.escape(name) + r"\s*-?%}", text):
                    wrong.append(f"{file.name}:{at} {name}")
            if "|safe" in line.replace(" ", "").replace("|safe_href", ""):
                wrong.append(f"{file.name}:{at} safe")
    assert wrong == []


@pytest.mark.options(propagate_bugs=False)
def test_a_bug_shows_a_reference_and_logs_no_words_of_the_family(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], officer: FlaskClient
) -> None:
    case_id, _ = instance.import_case("h2")

    def broken(*args: Any, **more: Any) -> None:
        raise IntegrityError(
            "INSERT INTO unit VALUES (?)",
            ("Flat 1, 20 Invented Lane",),
            Exception("DETAIL: Key (address)=(Flat 1, 20 Invented Lane)"),
        )

    monkeypatch.setattr(cases, "change", broken)
    answer = officer.post(f"/cases/{case_id}/household", data={"version": "1", "left_note": "Invented Lane"})
    assert answer.status_code == 500
    said = capsys.readouterr().out
    entry = json.loads(said.strip().splitlines()[-1])
    assert entry["kind"] == "IntegrityError"
    assert entry["reference"] in answer.text
    for told in (answer.text, said):
        assert "Invented Lane" not in told
        assert "INSERT" not in told


@pytest.mark.options(propagate_bugs=False)
def test_a_database_that_cannot_be_written_says_so_in_plain_words(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context(), db.engine.connect() as connection:
        connection.exec_driver_sql("DROP TABLE audit_event")
        connection.commit()
    answer = officer.get(f"/cases/{case_id}")
    assert answer.status_code == 500, "a view that cannot be noted does not go out"
    assert "Wójcik" not in answer.text
