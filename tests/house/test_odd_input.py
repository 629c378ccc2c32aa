"""Odd text in every field of every form: a 4xx with a sentence, never a 500, and nothing comes back raw."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.conftest import Instance

ODD = [
    "", " ", "x" * 9000, "\x00", "a\x00b", "\ud7ff", "\u202e\u2066abc", "e\u0301" * 50, "\U0001f600", "مرحبا", "{{7*7}}", "' OR 1=1 --",
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "a\r\nSet-Cookie: x=1", "9" * 30, "-1", "0", "4000", "1e308", "NaN", "²", "٣", "0001", "1,5",
    "31", "2029", "../../etc/passwd", "%00", "null", "[]", "{}", "true", "unknown", "javascript:alert(1)",
]  # fmt: skip


# The ones that broke something once, in the prototype or here, are tried in each field by itself.
ALONE = ("\x00", "x" * 9000, "9" * 30, "²", "٣", "1e308", "31", "a\r\nSet-Cookie: x=1")


def fields(page: str) -> list[str]:
    return sorted(set(re.findall(r'name="([^"]+)"', page)) - {"csrf_token", "viewport", "robots", "theme-color"})


def walk(client: Any, path: str, version: str) -> list[tuple[str, str, int]]:
    wrong = []
    names = fields(client.get(path).text)
    for odd in ODD:
        for only in (None, *(names if odd in ALONE else ())):
            typed = {name: (odd if only in (None, name) else "") for name in names}
            if "version" in names and only != "version":
                typed["version"] = version
            answer = client.post(path, data=typed)
            if answer.status_code >= 500:
                wrong.append((path, f"{only}={odd[:20]!r}", answer.status_code))
            if "<script>alert(1)" in answer.text:
                wrong.append((path, "comes back raw", answer.status_code))
            if only is None and len(wrong) > 5:
                return wrong
    return wrong


FORMS = [
    "/members/new", "/household", "/addresses/new", "/services/new", "/lead-professional", "/bed-and-breakfast", "/placements/new",
    "{a}/placement", "{a}/rooms", "{a}/certificates", "{a}/questions/CS15/unit", "{a}/questions/CS03/B1", "{a}/questions/SA04/B1",
    "{a}/questions/SA06/B2", "{a}/questions/CS22/B1", "{a}/mitigations/CS01/B1", "{a}/acceptances/CS07/unit", "{a}/submit",
]  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_no_field_of_a_case_breaks_on_odd_text(instance: Instance, form: str) -> None:
    case_id, assessment_id = instance.adopt("h1")
    path = f"/cases/{case_id}" + form.format(a=f"/assessments/{assessment_id}")
    assert walk(instance.client("housing_officer"), path, str(instance.version(case_id))) == []


@pytest.mark.parametrize("path", ["/sign-in", "/cases/new", "/shared/no-such-link"])
def test_no_field_outside_a_case_breaks_on_odd_text(instance: Instance, path: str) -> None:
    assert walk(instance.client("housing_officer"), path, "1") == []


def test_no_field_of_a_review_or_a_share_breaks_on_odd_text(instance: Instance) -> None:
    case_id, assessment_id = instance.submitted("h1")
    lead = instance.client("safeguarding_lead")
    assert walk(lead, f"/cases/{case_id}/assessments/{assessment_id}/review", str(instance.version(case_id))) == []
    decided, record_id = instance.decided("h2")
    assert walk(lead, f"/cases/{decided}/records/{record_id}/share", str(instance.version(decided))) == []


@pytest.mark.parametrize(
    "odd", [{"version": "9" * 500}, {"version": "-5"}, {"version": "١"}, {}, {"version": ["1", "2"]}]
)
def test_a_version_that_is_none_is_an_old_one(instance: Instance, odd: dict[str, Any]) -> None:
    case_id, _ = instance.adopt("h1")
    answer = instance.client("housing_officer").post(
        f"/cases/{case_id}/household", data={"left_asked": "unknown", **odd}
    )
    assert answer.status_code in (302, 422)
