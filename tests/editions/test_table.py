"""The table of releases: closed where it says nothing, refused where it is wrong; the copies of the worked households."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from app.checklists import FOLDER, read_folder
from app.editions import copies, languages, table
from app.editions.owners import owners
from app.editions.release import Chosen, NotAllowed
from app.extensions import db
from app.records import canonical, pdf
from app.records.models import Record
from tests.conftest import Instance
from tests.house import reading_grade

from .marked import everything_in

MOST_OF_A_PARENT = 6.0
GOOD = (FOLDER / table.FILE).read_text(encoding="utf-8")
WORDS = (FOLDER / languages.FILE).read_text(encoding="utf-8")


def record_of(instance: Instance, name: str) -> dict[str, Any]:
    _, record_id = instance.decided(name)
    with instance.app.app_context():
        found: dict[str, Any] = json.loads(db.session.get_one(Record, record_id).body)
        return found


def copy_of(record: dict[str, Any], reader: str, chosen: Chosen | None = None) -> copies.Copy:
    members = record["case_file"]["household"]["members"]
    about = table.read().readers[reader].about
    keys = [m["key"] for m in members if m["kind"] == about]
    if reader == "other_parent":
        keys = keys[1:]
    whom = tuple(keys[:1] if about == "adult" else keys)
    head = {"entry": 1234, "hash": "0123456789abcdef" * 4}
    made = copies.Made("R-2026-00001-1", record["issued_at"], owners(read_folder()), head)
    return copies.copy_for(record, table.read(), reader, chosen or Chosen(whom), made)


@pytest.mark.parametrize(
    ("was", "now", "says"),
    [
        ("school: whole", "school: everything", "gives school"),
        ("to: {applicant_parent: whole", "to: {grandmother: whole", "grandmother"),
        ("criteria: [CS14]", "criteria: [CS14, CS16]", "CS16"),
        ("refuge: {applicant_parent: none", "sanctuary: {applicant_parent: none", "sanctuary"),
        ('checked: "2026-11-29"', "", "checked"),
        ("provider: short", "provider: route", "does not say its sentence"),
    ],
)
def test_a_mistake_in_the_table_is_named(was: str, now: str, says: str) -> None:
    assert was in GOOD
    with pytest.raises(table.TableError, match=says):
        table.parse(GOOD.replace(was, now, 1))


def test_every_question_is_of_one_matter_and_a_new_one_is_of_none() -> None:
    releases, checklist = table.read(), read_folder()
    assert {c for c in checklist.criteria if not releases.item_of("criteria", c)} == set()
    assert releases.item_of("criteria", "XX99") == ""


def test_a_reader_a_row_does_not_name_is_given_nothing() -> None:
    releases = table.read()
    assert releases.items["answers"].for_("school", ()).level == "none"
    assert releases.items["placement_address"].for_("applicant_parent", ("refuge", "abuse")).level == "whole"
    assert releases.items["placement_address"].for_("lead_professional", ("abuse",)).level == "area"
    assert releases.items["placement_address"].for_("lead_professional", ("abuse", "refuge")).level == "route"


def test_a_lower_level_is_never_raised_by_what_is_so() -> None:
    for item in table.read().items.values():
        for cells in item.when.values():
            for reader, cell in cells.items():
                assert table.LEVELS.index(item.for_(reader, table.CIRCUMSTANCES).level) <= table.LEVELS.index(
                    cell.level
                )


@pytest.mark.parametrize(
    ("reader", "chosen"),
    [
        ("applicant_parent", Chosen()),
        ("applicant_parent", Chosen(("B1",))),
        ("school", Chosen(("M",))),
        ("no_such_reader", Chosen()),
        ("health_visitor", Chosen(opened={"answers": "because"})),
        ("police", Chosen(opened={"placement_address": " "})),
    ],
)
def test_what_cannot_be_made_is_refused(instance: Instance, reader: str, chosen: Chosen) -> None:
    made = copies.Made("R", "2026-11-29T10:00:00+00:00", {})
    with pytest.raises(NotAllowed):
        copies.copy_for(record_of(instance, "h1"), table.read(), reader, chosen, made)


@pytest.mark.parametrize("name", ["h1", "h2", "h3"])
def test_pages_and_words_of_the_copies(instance: Instance, name: str) -> None:
    """The lead professional's at most four pages and no annex; a parent's is read at the age of eleven."""
    record = record_of(instance, name)
    lead = pdf.render(canonical.encode(copy_of(record, "lead_professional").body))
    said = everything_in(lead)
    pages = max(int(n) for n in re.findall(r"Page \d+ of (\d+)", said))
    assert pages <= 4
    assert "Annex" not in said
    for reader in ("applicant_parent", "other_parent"):
        grades = reading_grade.grades_of_page(pdf.html_of(copy_of(record, reader).body))
        print(f"\n{name} {reader}: {grades.whole:.1f} {grades.running:.1f}; the lead's copy {pages} pages")
        assert max(grades.whole, grades.running) <= MOST_OF_A_PARENT


def test_h3_the_copies_of_a_family_that_fled(instance: Instance) -> None:
    """No copy to the husband, no map, no address for the school, nothing of abuse for the provider, area alone for the others."""
    record = record_of(instance, "h3")
    place, home = record["case_file"]["placement"], record["case_file"]["household"]
    street = place["address"]
    outward = place["postcode"].split()[0]
    for reader in table.read().readers:
        copy = copy_of(record, reader, Chosen() if reader == "other_parent" else None)
        said = everything_in(pdf.render(canonical.encode(copy.body)))
        flat = " ".join(said.split())
        assert (street in flat) == (reader in ("applicant_parent", "provider")), reader
        assert copy.body["map"] is None, reader
        if reader in ("provider", "other_parent"):
            for word in ("abuse", "IDVA", "MARAC", "non-molestation", "husband", "fled", "Ida Vale", "dv.example"):
                assert word not in flat, (reader, word)
        if reader == "school":
            assert place["postcode"] not in flat
            assert "Give nothing about this family to anybody who asks" in flat
        if reader in ("lead_professional", "health_visitor", "gp", "social_care"):
            assert f"In the area {outward}" in flat, reader
        if reader == "other_parent":
            assert not any(m["name"] in flat for m in home["members"])
            assert outward not in flat


def test_a_typed_text_that_names_what_is_closed_is_left_out_and_said_so(instance: Instance) -> None:
    record = record_of(instance, "h1")
    record["decision"]["note"] = "His probation officer at 14 Invented Row agrees."
    record["children"][0]["reason"] = "Finn takes methadone."
    copy = copy_of(record, "lead_professional")
    said = json.dumps(copy.body, ensure_ascii=False)
    assert "probation" not in said
    assert "methadone" not in said
    [words] = [w for w in copy.withheld if w.item == "decision_words"]
    assert words.held == ("In the safeguarding lead’s words", "Why")


def test_a_parent_is_told_what_was_found_in_words_of_their_own() -> None:
    """Each thing that can be wrong with a place has a sentence for a parent, and nothing else has: the name of a rule is none."""
    first = languages.read()["english"].words
    told = {key.removeprefix(languages.FOUND) for key in first if key.startswith(languages.FOUND)}
    assert told == set(table.read().items["room"].of["criteria"])
    assert all(first[languages.FOUND + code].endswith(".") for code in told)


def test_a_parents_copy_says_it_in_those_words(instance: Instance) -> None:
    body = copy_of(record_of(instance, "h1"), "applicant_parent").body
    said = [row["text"] for row in body["wrong"]]
    assert "There is no safe cot for a baby on the first night." in said
    assert not [text for text in said if not text.endswith(".")]
    assert not [key for key in body["words"] if key.startswith(languages.FOUND)]


# ---- languages


def test_a_language_nobody_has_translated_is_said_so(instance: Instance) -> None:
    record = record_of(instance, "h1")
    record["case_file"]["household"]["members"][0] |= {"language": "Tigrinya", "interpreter_needed": True}
    html = pdf.html_of(copy_of(record, "applicant_parent").body)
    assert "This page is not yet in Tigrinya." in html
    assert "You asked for an interpreter. It is free." in html


def translated(**change: Any) -> str:
    import yaml  # noqa: PLC0415 (a test of a file)

    told = yaml.safe_load(WORDS)
    words = {key: f"({said})" for key, said in told["languages"]["English"]["words"].items()}
    told["languages"]["Polish"] = {"translated_by": "A person", "read_back_by": "Another", "words": words} | change
    return yaml.safe_dump(told, allow_unicode=True)


def test_a_translation_by_people_is_used() -> None:
    found, said = languages.words_for("polish", languages.parse(translated()))
    assert (found["where"], said) == ("(Where)", "")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"read_back_by": ""}, "two people"),
        ({"read_back_by": "A person"}, "two people"),
        ({"words": {"where": "Gdzie"}}, "same words"),
    ],
)
def test_a_translation_nobody_answers_for_is_refused(change: dict[str, Any], says: str) -> None:
    with pytest.raises(languages.LanguageError, match=says):
        languages.parse(translated(**change))


def test_a_translation_without_its_days_is_refused() -> None:
    words = dict(languages.read()["english"].words) | {"rights_2": "You can ask for a review."}
    with pytest.raises(languages.LanguageError, match="lacks a day"):
        languages.parse(translated(words=words))
