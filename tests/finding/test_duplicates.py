"""Before a case is opened: cases that may be of the same family, with the reason. Nothing is merged, and nobody is refused."""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.cases.models import Case
from app.extensions import db
from app.finding.duplicates import Somebody, possible
from tests.cases.door import PAGE, Door, line, small
from tests.conftest import Instance

BORN = date(1990, 2, 1)


@pytest.fixture
def there(either: Instance) -> str:
    case_id, _ = Door(either, either.client("housing_officer")).opened(
        small(**{"p1.name": "Ali Hassan", "p2.name": "Maryam Hassan"})
    )
    return case_id


@pytest.mark.parametrize(
    ("name", "born", "why"),
    [
        ("Ali Hassan", BORN, "Ali Hassan has the same name, born 1 February 1990, the same day"),
        ("Hassan Ali", BORN, "the same name, born 1 February 1990, the same day"),
        ("Aly Hasan", BORN, "a name that sounds the same, born 1 February 1990, the same day"),
        ("علي حسن", BORN, "a name that sounds the same"),
        ("Ali Hassan", date(1990, 1, 2), "day and month changed round"),
        ("Ali Hassan", None, "a birth date is not known"),
        ("Aly Hasan", None, ""),
        ("Ali Hassan", date(1991, 2, 1), ""),
        ("Omar Hassan", BORN, ""),
        ("Hassan", BORN, ""),
        ("Ali", BORN, ""),
    ],
)
def test_who_may_be_one_and_why(there: str, either: Instance, name: str, born: date | None, why: str) -> None:
    with either.app.app_context():
        told = possible(either.user("housing_officer"), [Somebody(name, born)])
        assert [each.case_id for each in told] == ([there] if why else [])
        assert not why or why in told[0].because[0]
        assert possible(either.user("other_officer"), [Somebody(name, born)]) == []


def boxes(page: str) -> dict[str, Any]:
    return dict(re.findall(r'<input type="hidden" name="(alike)" value="([0-9a-f ]*)"', page))


def test_it_is_asked_once_with_a_link_and_then_opened_as_another_family(
    there: str, either: Instance, officer: FlaskClient
) -> None:
    typed = small(**{"p1.name": "Aly Hasan", "p1.born": "1 2 90", "p2.name": "Somebody Else"})
    first = officer.post(PAGE, data=typed)
    assert first.status_code == 422
    page = html.unescape(first.text)
    assert "A case may be there already for this family" in page
    assert f'href="/cases/{there}"' in page
    assert "Aly Hasan: Ali Hassan has a name that sounds the same, born 1 February 1990, the same day." in page
    assert 'value="Somebody Else"' in page, "what was typed stays"
    assert officer.post(PAGE, data=typed).status_code == 422, "not ticked"
    assert officer.post(PAGE, data={**typed, "another": "yes"}).status_code == 422, "ticked and never shown"
    done = officer.post(PAGE, data={**typed, **boxes(first.text), "another": "yes"})
    assert done.status_code == 302
    again = officer.post(PAGE, data={**typed, **boxes(first.text), "another": "yes"})
    assert again.headers["Location"] == done.headers["Location"], "sent twice, it is opened once"
    with either.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 2


def test_a_case_that_they_may_not_see_is_never_told(there: str, either: Instance, other_officer: FlaskClient) -> None:
    typed = small(**line(1, "Ali Hassan", "1 2 1990", "mother"))
    assert other_officer.post(PAGE, data=typed).status_code == 302
