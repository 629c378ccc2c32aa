"""Who cannot open a case in an emergency, by what, and that nobody else pays for it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from app.cases.models import Case
from app.database import new_id, writing
from tests.cases.test_lists import counted
from tests.conftest import Instance

from .test_break_glass import ASK, typed


def test_a_part_of_a_reference_or_a_number_of_the_council_opens_nothing(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2", "EMER-6789")
    with instance.app.app_context(), writing() as session:
        session.get_one(Case, case_id).council_number = "HA-123"
    client = instance.client("other_officer")
    for reference in ("EMER", "EMER-678", "HA-123", "%"):
        assert client.post(ASK, data=typed(reference)).status_code == 422, reference
    assert client.post(ASK, data=typed("emer 6789")).status_code == 302, "typed as it is heard"


@pytest.mark.parametrize("who", ["safeguarding_lead", "auditor", "administrator"])
def test_nobody_else_asks(instance: Instance, who: str) -> None:
    assert instance.client(who).get(ASK).status_code == 403
    assert instance.client(who).post(ASK, data=typed("X")).status_code == 403


def test_who_never_broke_a_glass_pays_no_query_for_it(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    officer.get(f"/cases/{case_id}")
    with counted(instance) as said:
        officer.get(f"/cases/{case_id}/places-considered")
    assert not [s for s in said if "break_glass" in s]
    other = instance.client("other_officer")
    with counted(instance) as denied:
        other.get(f"/cases/{new_id()}")
    assert len([s for s in denied if "FROM housing_case JOIN break_glass" in s.replace("\n", " ")]) == 1
