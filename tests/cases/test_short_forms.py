"""The lines of the short forms say what is written down, and never that nothing is so because nobody asked."""

from __future__ import annotations

import pytest

from app.cases.models import Case, CaseContact
from app.cases.views.short_forms import of_family
from tests.conftest import Instance


@pytest.mark.parametrize(
    ("told", "about", "said"),
    [
        ({"contacts_asked": False}, "Health contacts", "not asked"),
        ({"contacts_asked": True}, "Health contacts", "asked, none"),
        ({"contacts": [CaseContact()]}, "Health contacts", "1 written down"),
        ({"nights_asked": False}, "Nights in bed and breakfast", "not asked"),
        ({"nights_asked": True}, "Nights in bed and breakfast", "asked, none"),
        ({"agencies": None}, "Why they left, and who is involved", "who is involved is not known"),
        ({"agencies": []}, "Why they left, and who is involved", "asked, none named"),
        ({"budget": None}, "A week’s money", "not asked"),
        ({}, "A service they use now", "none written down yet"),
    ],
)
def test_what_nobody_asked_is_not_none(instance: Instance, told: dict[str, object], about: str, said: str) -> None:
    with instance.app.test_request_context():
        lines = of_family(Case(id="0" * 32, **told), {})
    assert {line.about: line.said for line in lines}[about] == said
