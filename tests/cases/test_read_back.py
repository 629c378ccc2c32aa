"""What the first screen wrote down is read back in a line on the short forms; what is not known, and what has to be mended, stands open."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from forms.base import CaseForm
from forms.cases import HouseholdForm
from forms.members import MemberForm
from forms.placements import PlacementForm
from tests.conftest import Instance

FORMS: tuple[type[CaseForm], ...] = (HouseholdForm, MemberForm, PlacementForm)


def stored(form: type[CaseForm], **data: object) -> CaseForm:
    made = form(formdata=None, data=data, meta={"csrf": False})
    made.is_stored = True
    return made


def open_boxes(form: CaseForm) -> list[str]:
    return [box.name for _, boxes in form.groups() for box in boxes]


def test_what_was_written_down_is_read_back_and_closed(instance: Instance) -> None:
    with instance.app.test_request_context():
        form = stored(
            PlacementForm, address="1 Invented Row", kind="hotel", shares_known="yes", shares=["toilet"], floor=0
        )
        assert form.read_back() == "1 Invented Row; hotel; shared: toilet; floor 0"
        assert not {"address", "kind", "shares_known", "shares", "floor"} & set(open_boxes(form))
        assert {"postcode", "nights", "lift"} <= set(open_boxes(form))


def test_what_is_not_known_stands_open(instance: Instance) -> None:
    with instance.app.test_request_context():
        form = stored(HouseholdForm, left_asked="unknown", left_because=[])
        assert {"left_asked", "left_because", "left_note"} <= set(open_boxes(form))
        assert form.read_back() == ""


def test_a_new_one_and_one_with_a_mistake_are_open_from_end_to_end(instance: Instance) -> None:
    with instance.app.test_request_context():
        new = MemberForm(formdata=None, data={"name": "A Example", "kind": "child"}, meta={"csrf": False})
        assert new.written() == []
        wrong = PlacementForm(formdata=MultiDict({"address": "1 Invented Row", "nights": "x"}), meta={"csrf": False})
        wrong.is_stored = True
        assert not wrong.validate()
        assert (wrong.written(), wrong.later()) == ([], [])
        assert {"address", "nights", "notice_sent"} <= set(open_boxes(wrong))


@pytest.mark.parametrize("form", FORMS)
def test_every_box_stands_once(instance: Instance, form: type[CaseForm]) -> None:
    """Closed or open, none is lost: what a page does not hold it would empty when it is saved."""
    with instance.app.test_request_context():
        made = stored(form)
        names = [box.name for box in (*made.written(), *made.later())] + open_boxes(made)
        assert len(names) == len(set(names))
        assert set(made.FIRST) | set(made.LATER) <= {box.name for box in made}


def test_saved_without_opening_it_nothing_of_it_is_lost(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    address = f"/cases/{case_id}/assessments/{assessment_id}/placement"
    page = officer.get(address).text
    assert re.search(r"<summary[^>]*>.*?Room 7, The Invented Hotel.*?bed and breakfast.*?Change", page, re.DOTALL)
    boxes = re.findall(r'<input[^>]*name="(address|postcode|floor|nights)"[^>]*value="([^"]*)"', page)
    assert dict(boxes)["floor"] == "2"
    assert len(boxes) == 4
