"""A field is known in every wing, or it is said why not: one that is new is added in memory, and each wing that lacks it names it."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from pydantic import create_model
from sqlalchemy import Column, Integer, MetaData, inspect
from sqlalchemy.orm import registry

from app.assessments.stay import STAY
from app.cases.household import ADDRESS, HOUSEHOLD, MEMBER, SERVICE
from app.cases.models import Case
from app.checklists import read_folder
from app.decisions import record_contents, told, unit_words
from app.extensions import db
from app.mapping import Kept, NotKept
from app.properties.service import CERTIFICATE, DOOR, FURTHER, ROOM, UNIT
from app.suitability.casefile.household import FurtherUnit, Household, Member, Placement
from forms.asked import Asked, NotAsked, boxes_of
from forms.cases import ASKED_ADDRESS, ASKED_HOUSEHOLD, ASKED_LEAD_PROFESSIONAL, ASKED_SERVICE
from forms.measures import Whole
from forms.members import ASKED_MEMBER, EVERYTHING
from forms.placements import ASKED_CERTIFICATE, ASKED_PLACEMENT, ASKED_ROOM, ASKED_UNIT_BESIDE
from tests.conftest import Instance
from tests.decisions.test_told import everything

KEPT = [MEMBER, ADDRESS, SERVICE, HOUSEHOLD, ROOM, CERTIFICATE, UNIT, FURTHER, STAY, DOOR]
OF_A_PART = (STAY, DOOR)  # tables that keep some of the fields, and name them
ASKED = [
    ASKED_MEMBER, ASKED_HOUSEHOLD, ASKED_ADDRESS, ASKED_SERVICE, ASKED_LEAD_PROFESSIONAL, ASKED_PLACEMENT, ASKED_ROOM,
    ASKED_CERTIFICATE, ASKED_UNIT_BESIDE,
]  # fmt: skip


def with_field(plain: Any) -> Any:
    return create_model(plain.__name__, __base__=plain, shoe_size=(int | None, None))


def with_column(table: Any) -> Any:
    """The same table with one column more, for nobody else to see."""
    mapped = inspect(table)
    copy = mapped.local_table.to_metadata(MetaData())
    copy.append_column(Column("shoe_size", Integer))
    renamed = {name: copy.c[column.name] for name, column in mapped.columns.items() if name != column.name}
    parts = {relation.key: None for relation in mapped.relationships}
    made = type(table.__name__, (), parts)
    registry().map_imperatively(made, copy, properties=renamed)
    return made


def kept(of: Kept[Any, Any], plain: Any, table: Any, columns_only: dict[str, str] | None = None) -> Kept[Any, Any]:
    fields = of.fields + tuple(of.elsewhere) if of in OF_A_PART else None
    columns = of.columns_only if columns_only is None else columns_only
    return Kept(plain, table, fields=fields, otherwise=of.otherwise, elsewhere=of.elsewhere, columns_only=columns)


def asked(of: Asked, plain: Any, form: Any) -> Asked:
    return Asked(plain, form, otherwise=of.otherwise, not_asked=of.not_asked, boxes_only=of.boxes_only)


@pytest.mark.parametrize("of", [k for k in KEPT if k not in OF_A_PART], ids=lambda of: of.plain_type.__name__)
def test_a_table_that_lacks_a_field_is_named(of: Kept[Any, Any]) -> None:
    name, table = of.plain_type.__name__, inspect(of.table).local_table.name
    with pytest.raises(NotKept) as problem:
        kept(of, with_field(of.plain_type), of.table)
    assert str(problem.value) == (
        f"{name}.shoe_size is kept nowhere: give the table {table} a column “shoe_size” and a migration, or say how it is kept."
    )


@pytest.mark.parametrize("of", KEPT, ids=lambda of: of.table.__name__)
def test_a_column_that_no_model_knows_is_named(of: Kept[Any, Any]) -> None:
    name, table = of.plain_type.__name__, inspect(of.table).local_table.name
    with pytest.raises(NotKept) as problem:
        kept(of, of.plain_type, with_column(of.table))
    assert str(problem.value) == (
        f"The column “shoe_size” of {table} is no field of {name}: add the field, or say what the column is for."
    )


@pytest.mark.parametrize("of", [k for k in KEPT if k not in OF_A_PART], ids=lambda of: of.plain_type.__name__)
def test_a_field_and_its_column_need_no_line_between_them(of: Kept[Any, Any]) -> None:
    both = kept(of, with_field(of.plain_type), with_column(of.table))
    assert both.columns({"shoe_size": 4}) == {"shoe_size": 4}


@pytest.mark.parametrize("of", KEPT, ids=lambda of: of.table.__name__)
def test_an_exception_that_is_none_is_named(of: Kept[Any, Any]) -> None:
    with pytest.raises(NotKept, match="has no “hat_size”, but it is said that something is kept there"):
        kept(of, of.plain_type, of.table, {**of.columns_only, "hat_size": "a line nobody took away"})


@pytest.mark.parametrize("of", ASKED, ids=lambda of: of.form.__name__)
def test_a_form_that_lacks_a_field_is_named(of: Asked) -> None:
    with pytest.raises(NotAsked) as problem:
        asked(of, with_field(of.plain), of.form)
    assert str(problem.value) == (
        f"{of.plain.__name__}.shoe_size is asked for nowhere: give {of.form.__name__} a box “shoe_size”, or say why it is not asked."
    )


@pytest.mark.parametrize("of", ASKED, ids=lambda of: of.form.__name__)
def test_a_box_that_fills_no_field_is_named(of: Asked) -> None:
    more = type(of.form.__name__, (of.form,), {"shoe_size": Whole("Shoe size")})
    with pytest.raises(NotAsked) as problem:
        asked(of, of.plain, more)
    assert str(problem.value) == (
        f"The box “shoe_size” of {of.form.__name__} is no field of {of.plain.__name__}: add the field, or say what the box is for."
    )
    assert asked(of, with_field(of.plain), more).fields[-1] == "shoe_size"


def test_every_exception_has_its_reason() -> None:
    reasons = [*(k.elsewhere | k.columns_only for k in KEPT), *(a.not_asked | a.boxes_only for a in ASKED)]
    assert all(reason.strip() for said in reasons for reason in said.values())


def test_what_a_field_holds_is_the_same_after_it_was_kept() -> None:
    file = everything()
    home, place = file.household, file.placement
    kept_home = home.model_copy(update={"enquiries": ()})  # a question is kept as the conversation in which it was put
    assert HOUSEHOLD.plain(HOUSEHOLD.row(kept_home)) == kept_home
    bare = Household(reference="BARE", members=(Member(key="M", name="Mo", kind="adult"),))
    assert HOUSEHOLD.plain(HOUSEHOLD.row(bare)) == bare
    computed = {name: getattr(place, name) for name in STAY.elsewhere}
    for other in (place, Placement(address="1 Invented Row", **computed)):
        assert UNIT.plain(UNIT.row(other), **STAY.read(STAY.row(other)), **computed) == other


def test_what_is_not_kept_with_the_unit_has_to_be_given() -> None:
    with pytest.raises(TypeError, match="Placement needs starts, nights"):
        UNIT.plain(UNIT.row(everything().placement))


def test_what_a_form_shows_is_what_it_says(instance: Instance) -> None:
    with instance.app.test_request_context():
        for of, row in [(MEMBER, MEMBER.row(m)) for m in everything().household.members] + [
            (HOUSEHOLD, HOUSEHOLD.row(everything().household))
        ]:
            box = ASKED_MEMBER if of is MEMBER else ASKED_HOUSEHOLD
            values = {name: value for name, value in of.read(row).items() if name in box.fields}
            assert box.said(box.form(data=box.shown(values))) == values


@pytest.mark.parametrize(
    ("path", "of"),
    [
        ("members/{member}?of=everything", ASKED_MEMBER), ("household", ASKED_HOUSEHOLD), ("addresses/new", ASKED_ADDRESS),
        ("services/new", ASKED_SERVICE), ("lead-professional", ASKED_LEAD_PROFESSIONAL), ("placements/new", ASKED_PLACEMENT),
        ("assessments/{assessment}/placement", ASKED_PLACEMENT), ("assessments/{assessment}/rooms", ASKED_ROOM),
        ("assessments/{assessment}/certificates", ASKED_CERTIFICATE), ("assessments/{assessment}/units/new", ASKED_UNIT_BESIDE),
    ],
)  # fmt: skip
def test_every_box_is_on_its_page(instance: Instance, officer: FlaskClient, path: str, of: Asked) -> None:
    case_id, assessment_id = instance.import_case("h5")
    with instance.app.app_context():
        member = db.session.get_one(Case, case_id).members[-1].id
    page = officer.get(f"/cases/{case_id}/" + path.format(member=member, assessment=assessment_id)).text
    on_page = set(re.findall(r'name="([a-z_0-9]+)(?:-day)?"', page))
    beside = {"asked_about", "same"}  # only where somebody may be entered already: test_alike
    assert set(boxes_of(of.form)) - on_page - beside == set()


def test_a_box_that_is_new_is_shown_under_the_last_heading(instance: Instance) -> None:
    more = type("MemberForm", (ASKED_MEMBER.form,), {"shoe_size": Whole("Shoe size")})
    with instance.app.test_request_context():
        headings = [
            (heading, [box.name for box in boxes]) for heading, boxes in more(data={"asks": EVERYTHING}).groups()
        ]
    assert [heading for heading, _ in headings] == ["", "An adult", "A child", "Language"]
    assert headings[-1][1][-1] == "shoe_size"


@pytest.mark.parametrize(("value", "line"), [(4, "Shoe size: 4."), (None, "Shoe size: not asked.")])
@pytest.mark.parametrize("part", ["member", "household", "placement"])
def test_a_field_without_a_sentence_of_its_own_is_a_line_of_the_record(part: str, value: int | None, line: str) -> None:
    file = everything()
    home, place = file.household, file.placement
    if part == "member":
        first, *rest = home.members
        home = home.model_copy(update={"members": (_more(first, value), *rest)})
    file = file.model_copy(
        update={
            "household": _more(home, value) if part == "household" else home,
            "placement": _more(place, value) if part == "placement" else place,
        }
    )
    names = record_contents.subject_names(file.household)
    found = told.parts(file, read_folder().agencies, names)
    assert [said for p in found for entry in p.entries for said in entry.lines if "Shoe size" in said] == [line]


def test_only_fields_are_said_to_have_a_sentence_of_their_own() -> None:
    assert set(Member.model_fields) >= told.OF_A_PERSON
    assert set(Household.model_fields) >= told.OF_A_HOUSEHOLD
    assert set(Placement.model_fields) >= unit_words.OF_A_PLACEMENT
    assert set(FurtherUnit.model_fields) >= unit_words.OF_A_FURTHER_UNIT


def test_a_further_unit_has_every_fact_that_a_unit_has() -> None:
    of_the_whole = {"address", "postcode", "further_units", *STAY.fields, *STAY.elsewhere}
    assert set(FurtherUnit.model_fields) - {"key", "door", "sleeps"} == set(Placement.model_fields) - of_the_whole
    both = {name: (FurtherUnit.model_fields[name], Placement.model_fields[name]) for name in FURTHER.fields}
    assert [n for n, (a, b) in both.items() if (a.annotation, a.default) != (b.annotation, b.default)] == []


def _more(model: Any, value: int | None) -> Any:
    return with_field(type(model)).model_construct(**{**vars(model), "shoe_size": value})


def test_a_case_file_reads_a_field_that_is_new_and_writes_it() -> None:
    tree = {"key": "M", "name": "Mo", "kind": "adult", "born": "1990-01-01", "shoe_size": 4}
    member = with_field(Member).model_validate(tree)
    assert (member.born, member.as_json()["shoe_size"]) == (date(1990, 1, 1), 4)
