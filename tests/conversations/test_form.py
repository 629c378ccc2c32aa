"""The form of a sheet: its many boxes are copied from a few, and are as if each had been made for itself."""

from __future__ import annotations

from typing import Any

import pytest
from wtforms import Form

from app.clocks import today
from forms.fields import Choice, Day, Email, Hidden, Line, Note, Ticks
from forms.measures import Pounds, Whole
from forms.sheets import DOES_NOT_KNOW, Asked, SheetForm, sheet_form
from tests.conftest import Instance
from tests.suitability.households import CHECKLIST

ROWS = [
    Asked(criterion, "C1", "Ada", words)
    for criterion in CHECKLIST.criteria.values()
    if criterion.computed is None
    for words in dict.fromkeys(("", criterion.parents_words))
]
WORDS = {
    "note": "What exactly was said or seen?", "why": "Why?", "so_what": "So what, for this child?",
    "slip": "Why was what you chose first a slip?",
}  # fmt: skip


def made(instance: Instance, rows: list[Asked], **typed: str) -> SheetForm:
    method: dict[str, Any] = {"method": "POST", "data": typed} if typed else {}
    with instance.app.test_request_context(**method):
        form = sheet_form(rows, person_needed=False, is_whole=False)()
        if typed:
            form.validate()
        return form


def for_itself(row: Asked) -> Form:
    """The same boxes, each made and bound by itself."""
    criterion, question = row.criterion, f"{row.about}: {row.words or row.criterion.question}"
    listed = [(code, option.label) for code, option in criterion.offered.items()]
    why, so_what = (criterion.why, criterion.so_what) if row.is_the_officers else ("", "")
    labels = WORDS | ({"why": why} if why else {}) | ({"so_what": so_what} if so_what else {})
    boxes: dict[str, Any] = {f"{row.name}.seen": Hidden("Seen")}
    match criterion.answer:
        case "choice":
            boxes[row.name] = Choice(question, [*listed, DOES_NOT_KNOW])
        case "multiple":
            boxes[row.name] = Ticks(question, [*listed, DOES_NOT_KNOW])
        case "minutes":
            boxes[row.name] = Whole(question, least=0, most=1440, unit="minutes")
        case "date":
            boxes[row.name] = Day(question)
        case _:
            for name, count in criterion.counts.items():
                boxes[f"{row.name}.{name}"] = Whole(f"{row.about}: {count.label}", least=0, most=10_000)
    if row.is_typed:
        boxes[f"{row.name}.know"] = Ticks("", [DOES_NOT_KNOW])
    boxes |= {f"{row.name}.{word}": Note(label, rows=2) for word, label in labels.items()}
    return type("ByItself", (Form,), boxes)()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.criterion.id}{'p' if row.words else ''}")
def test_a_copied_box_is_as_one_made_for_itself(instance: Instance, row: Asked) -> None:
    form = made(instance, [row])
    shown = ("kind", "hint", "items", "rows", "least", "most", "unit", "width", "longest", "input_type", "autocomplete")
    for name, box in for_itself(row)._fields.items():
        copy = form[name]
        assert type(copy) is type(box)
        assert (copy.name, copy.id, copy.short_name, copy.label.text, copy.label.field_id) == (
            box.name, box.id, box.short_name, box.label.text, box.label.field_id,
        )  # fmt: skip
        assert (copy.data, copy.object_data, copy.errors, copy.filters) == (box.data, box.object_data, (), box.filters)
        assert [getattr(copy, a, None) for a in shown] == [getattr(box, a, None) for a in shown]
        assert len(copy.validators) == (
            1 if row.criterion.answer == "date" and name == row.name else len(box.validators)
        )


def test_no_two_boxes_and_no_two_forms_hold_what_was_typed_in_one(instance: Instance) -> None:
    listed = [next(r for r in ROWS if r.criterion.answer == a) for a in ("choice", "multiple")]
    rows = [row._replace(subject=subject) for row in listed for subject in ("C1", "C2")]
    one, _, several, _ = rows
    option, ticked = next(iter(one.criterion.offered)), next(iter(several.criterion.offered))
    form = made(
        instance, rows, **{one.name: option, several.name: ticked, f"{one.name}.note": "Only this.", f"{one.name}.seen": "1:x"}
    )  # fmt: skip
    assert (form[one.name].data, form[several.name].data, form[f"{one.name}.note"].data) == (
        option,
        [ticked],
        "Only this.",
    )
    form[several.name].data.append("another")
    form[one.name].errors = ["wrong"]
    for other in (made(instance, rows), made(instance, rows, **{f"{several.name}.note": "x"})):
        assert {str(other[row.name].data) for row in rows} == {"None", "[]"}
        assert not any(other[row.name].errors for row in rows)
        assert not other[f"{one.name}.note"].data
    assert {str(form[row.name].data) for row in (rows[1], rows[3])} == {"None", "[]"}


def test_what_is_typed_into_a_copied_box_is_checked_and_cleaned(instance: Instance) -> None:
    row = next(r for r in ROWS if r.criterion.answer == "choice")
    form = made(
        instance, [row], **{row.name: "no such answer", f"{row.name}.note": "n" * 9000, f"{row.name}.seen": "a\x00b"}
    )
    assert form[row.name].errors
    assert form[row.name].data is None
    assert "characters or fewer" in form[f"{row.name}.note"].errors[0]
    assert "\x00" not in form[f"{row.name}.seen"].data


def test_a_row_s_mistakes_stand_in_the_order_of_the_sheet(instance: Instance) -> None:
    rows = [r for r in ROWS if r.criterion.answer == "choice" and not r.words][:3]
    form = made(instance, rows[::-1], **{row.name: "no such answer" for row in rows})
    hrefs = [problem.href for problem in form.summary()]
    assert hrefs == ["#on-day", *(f"#{row.name}" for row in rows[::-1])]


class Boxes(Form):
    words = Note("What “exactly” & <why>?", rows=2)
    long = Note("In three lines", rows=3)
    line = Line("A line")
    name = Line("A narrow one", width="govuk-input--width-10")
    mail = Email("E-mail address")
    number = Whole("How many?", least=0, most=10)
    below = Whole("How many degrees?", least=-5, most=10)
    minutes = Whole("How long?", unit="minutes")
    cost = Pounds("Cost of a night")
    one_of = Choice("Which?", [("a", "A & <b>"), ("b", 'B "quoted"')], as_select=True)
    none_of = Choice("Which of none?", [], as_select=True)
    radios = Choice("Which one?", [("a", "A"), ("b", "B", "a hint")])
    ticks = Ticks("Which ones?", [("a", "A"), ("b", "B")])
    bare = Ticks("", [("unknown", "Not known")])
    on = Day("When?")
    hinted = Line("With a hint", "As on the letter.")
    hidden = Hidden("Hidden")


TYPED = [
    {},
    {"words": "Two\n  lines & <b>", "line": 'He said "no"', "number": "7", "one_of": "b", "on": today()},
    {
        "words": "\nbegins below",
        "line": "'",
        "number": "0",
        "one_of": "c",
        "radios": "b",
        "ticks": ["a"],
        "hidden": '"',
    },
]


@pytest.mark.parametrize("big", [False, True])
@pytest.mark.parametrize("typed", TYPED)
def test_a_box_is_written_in_the_library_s_own_letters(instance: Instance, typed: dict[str, Any], big: bool) -> None:
    written = "{% from 'components/fields.html' import field, by_the_library %}{{ MACRO(f, big) }}"
    ours, theirs = written.replace("MACRO", "field"), written.replace("MACRO", "by_the_library")
    form = Boxes(data=typed)
    with instance.app.test_request_context():
        render = instance.app.jinja_env.from_string
        for box in form:
            if box.kind != "hidden":
                assert render(ours).render(f=box, big=big) == render(theirs).render(f=box, big=big), box.name
            box.errors = ["Something is wrong"]
            if box.kind != "hidden":
                assert render(ours).render(f=box, big=big) == render(theirs).render(f=box, big=big), box.name
