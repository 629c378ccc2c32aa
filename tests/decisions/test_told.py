"""What was typed is read back: change any fact that a person enters, and what the pages and the record say changes with it."""

from __future__ import annotations

import types
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from flask.testing import FlaskClient
from pydantic import BaseModel

from app.checklists import read_folder
from app.decisions import record_contents, told
from app.decisions.undertakings import acceptance_in_words, plan_in_words
from app.records import service as records
from app.suitability.casefile.answers import Acceptance, Mitigation
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.household import FurtherUnit, Household, Member, Placement
from app.suitability.reading import case_file
from app.suitability.reading.case_file import CaseFile
from tests.conftest import Instance
from tests.suitability.households import full

# No person types these into the household or the placement, or they are read back in their own place beside it.
ELSEWHERE = {
    "key": "an identifier",
    "code": "which agency of the list: with whom the conversation was says it, and another one is named",
    "reference": "the case's own reference: at the top of every page and of the record",
    "directory_ref": "which entry of the directory: an identifier",
    "authority": "the district, with how it is known: under “Where it is”",
    "other_files_worried": "counted by the service, told by a pattern",
    "protected_place": "one word, told under “Where it is”; never an address",
}


def everything() -> CaseFile:
    """A family of whom everything is known, and everything happened once."""
    tree = full()
    tree["answers"] = []
    home = tree["household"]
    home.update(
        left_note="They were threatened at the door.", notice_details="2026-11-20", tenure="assured shorthold",
        bed_and_breakfast=[{"first": "2026-10-01", "last": "2026-10-03"}],
        contacts=[{
            "child": "C1", "what": "6–8 week check", "on": "2026-11-02", "outcome": "no_access", "critical": True, "need": "asthma",
            "reason": "The letter went astray", "reason_grade": "E1", "cause": "letter_to_dead_address", "cause_grade": "E3",
        }],
        enquiries=[{
            "agency": "police", "question": "Is the address compatible?", "ground": "Children Act 2004 s.16LA", "asked": "2026-11-10",
            "due": "2026-11-12", "answered": "partly", "answered_on": "2026-11-11", "reply": "They look again on Monday.",
        }],
        conversations=[{
            "key": "K1", "speaker": "agency", "who": "gp", "source": {"name": "Dr Invented", "role": "GP", "agency": "Made-up Surgery", "code": "gp"},
            "how": "telephone", "on": "2026-11-10", "at": "17:01", "alone": True, "ground": "Children Act 2004 s.16LA", "grade": "E3",
            "came": "partly", "question": "Who is registered?", "due": "2026-11-12", "due_at": "19:00", "answered_on": "2026-11-11",
            "reply": "Two of them are.",
        }],
        events=[{"kind": "release", "on": "2026-11-19", "who": "F", "what": "Released on licence", "nights": 2, "grade": "E3"}],
    )  # fmt: skip
    home["addresses"] = [
        {"kind": "former", "address": "1 Before Row", "postcode": "B1 1BB", "moved_in": "2020-01-01", "moved_out": "2026-10-01", "placed_by_council": False},
    ]  # fmt: skip
    home["lead_professional"]["email"] = "lea@health.example"
    for service in home["services"]:
        service.setdefault("postcode", "B1 1BB")
        service.setdefault("open_days", ["mon"])
    for member in home["members"]:
        member.update(
            language="Tigrinya", ethnicity="Example", faith="Example", relationship="relation", interpreter_needed=True
        )
        member.setdefault("needs", [])
        if member["kind"] == "child":
            member.update(mother="M", school_age_place="nursery", exploitation_sign=False)
    tree["placement"].update(
        postcode="B1 1BB", owner="private", manager="private", private_dwelling=False, hmo=True, floor=3, storeys=2, lift=False,
        shared_building=True, staffing="day", gas=True, cooking_provided=True, starts=tree["on"], nights=20, nightly_cost_pence=6250,
        notice_sent="2026-11-20", self_contained=False, shares=["cooking"],
        rooms=[{"name": "Room 9", "use": "bed_sitting", "area_m2": "18.5"}],
        certificates=[{"kind": "electrical", "issued": "2026-01-02", "expires": "2027-01-02", "open_danger_codes": False}],
    )  # fmt: skip
    room = {name: tree["placement"][name] for name in FurtherUnit.model_fields if name not in ("key", "door", "sleeps")}
    tree["placement"]["further_units"] = [{**room, "key": "R2", "door": "Room 2", "sleeps": ["F", "C3"]}]
    for model, entries in ((Member, home["members"]), (Household, [home]), (Placement, [tree["placement"]])):
        for name, field in model.model_fields.items():
            if name not in ELSEWHERE and not any(name in entry for entry in entries):
                for entry in entries:  # a field that is newer than what is written above
                    entry[name] = something(field.annotation)
    return case_file.build(tree, read_folder())


def something(annotation: Any) -> Any:
    """Any value that a field can hold."""
    options = [o for o in get_args(annotation) if o is not type(None)]
    if get_origin(annotation) is Literal:
        return get_args(annotation)[0]
    if get_origin(annotation) is tuple:
        return [something(options[0])]
    if get_origin(annotation) in (Union, types.UnionType, Annotated):
        return something(options[0])
    return {bool: False, int: 1, Decimal: "1", date: "2026-11-02", str: "Example"}[annotation]


def said(file: CaseFile) -> str:
    names = record_contents.subject_names(file.household)
    found = told.parts(file, read_folder().agencies, names)
    return "\n".join(
        text for part in found for entry in part.entries for text in (part.title, entry.name, *entry.lines)
    )


def others(annotation: Any, value: Any, name: str) -> list[Any]:
    """Other values that a field could hold: another one of its kind, and none at all where that may be."""
    found: list[Any] = []
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    if type(None) in options and value is not None:
        found.append(None)
    for option in options:
        origin = get_origin(option)
        if origin is Literal:
            found += [other for other in get_args(option) if other != value][:2]
    if isinstance(value, bool):
        found.append(not value)
    elif isinstance(value, Grade):
        found.append(Grade.E4 if value is not Grade.E4 else Grade.E1)
    elif isinstance(value, (int, Decimal)):
        found.append(value + 1)
    elif isinstance(value, date):
        found.append(value - timedelta(days=1))
    elif isinstance(value, str) and not any(get_origin(o) is Literal for o in options):
        found.append(
            {"couple_with": "C4", "mother": "F", "who": "M", "child": "C2", "agency": "gp"}.get(name, value + " indeed")
        )
    elif isinstance(value, tuple) and value and isinstance(value[0], str):
        found += [value[1:], ()]
        found.append(
            (*value, {"dose_days": "sun", "open_days": "sun", "used_by": "C4", "needs": "learning"}.get(name, value[0]))
            if name in ("dose_days", "open_days", "used_by", "needs")
            else value[1:]
        )
    return [other for other in found if other != value]


def changed(model: BaseModel, path: str = "") -> Iterator[tuple[str, BaseModel]]:
    """The same thing with one field another, for every field of it and of what it holds."""
    for name, field in type(model).model_fields.items():
        if name in ELSEWHERE:
            continue
        value, here = getattr(model, name), f"{path}.{name}"
        if isinstance(value, BaseModel):
            for where, inner in changed(value, here):
                yield where, model.model_copy(update={name: inner})
            if field.default is None:
                yield f"{here}=None", model.model_copy(update={name: None})
            continue
        if isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
            for at, part in enumerate(value):
                for where, inner in changed(part, f"{here}[{at}]"):
                    yield where, model.model_copy(update={name: (*value[:at], inner, *value[at + 1 :])})
                if name == "members":
                    continue  # others name them: what is left would be no household
                yield f"{here} without [{at}]", model.model_copy(update={name: (*value[:at], *value[at + 1 :])})
            if field.default is None:
                yield f"{here}=None", model.model_copy(update={name: None})
            continue
        for other in others(field.annotation, value, name):
            yield f"{here}={other}", model.model_copy(update={name: other})


def test_every_fact_about_people_and_place_is_read_back() -> None:
    file = everything()
    whole, silent, tried = said(file), [], 0
    for part in ("household", "placement"):
        for where, other in changed(getattr(file, part), part):
            tried += 1
            if said(file.model_copy(update={part: other})) == whole:
                silent.append(where)
    assert tried > 300
    assert silent == []


def test_every_field_that_is_read_back_was_filled() -> None:
    """Otherwise the test above would pass over it."""
    empty: list[str] = []

    def look(model: BaseModel, path: str) -> None:
        for name in type(model).model_fields:
            value = getattr(model, name)
            if name in ELSEWHERE:
                continue
            if isinstance(value, BaseModel):
                look(value, f"{path}.{name}")
            elif isinstance(value, tuple) and value and isinstance(value[0], BaseModel):
                look(value[0], f"{path}.{name}[0]")
            elif value in (None, "", ()):
                empty.append(f"{path}.{name}")

    file = everything()
    look(file.household, "household")
    look(file.placement, "placement")
    # What is filled for another member of the household: treatment, couple, pregnancy are of the adults.
    of_children = {
        f"household.members[0].{name}" for name in ("mother", "exploitation_sign", "seen_how", "school_age_place")
    }
    assert set(empty) == of_children


def test_what_nobody_asked_reads_as_not_asked() -> None:
    bare = case_file.build(
        {
            "on": "2026-11-23",
            "household": {"reference": "BARE", "members": [{"key": "M", "name": "Mo", "kind": "adult"}, {"key": "C", "name": "Bo", "kind": "child"}]},
            "placement": {"address": "1 Invented Row"},
        },
        read_folder(),
    )  # fmt: skip
    text = said(bare)
    for words in (
        "Sign of substance use, now or before: not asked.", "Health, disability or other needs: not asked.", "Lift: not asked.",
        "Pregnant: not asked.", "Seen so far: not asked.", "Date of birth not known.", "Why they left: not known.",
    ):  # fmt: skip
        assert words in text
    assert "none" not in text.lower().replace("none is written down", "")
    assert ": no." not in text


PLAN = Mitigation(
    criterion="CS01", subject="C1", what="A cot is brought.", owner={"name": "Pat Owner", "role": "placement officer", "agency": "council"},
    owner_accepted=date(2026, 11, 20), due=date(2026, 11, 24), in_place=date(2026, 11, 21), seen_grade="E2", seen_by="Sam Seer",
    seen_on=date(2026, 11, 22), promised_before=1, agreed_by="Sol Senior", agreed_role="senior_officer", agreed_on=date(2026, 11, 22),
    agreed_note="Because it is here.",
)  # fmt: skip
ACCEPTED = Acceptance(
    criterion="CS01", subject="C1", by="Sol Senior", role="senior_officer", reason="Read, and agreed to.", on=date(2026, 11, 22),
    review_on=date(2026, 11, 29), lead_professional_view="She agrees.",
)  # fmt: skip


@pytest.mark.parametrize(
    ("whole", "words"),
    [(PLAN, lambda m: plan_in_words(m, date(2026, 11, 23))), (ACCEPTED, acceptance_in_words)],
)
def test_every_word_of_a_plan_and_of_an_acceptance_is_read_back(whole: Any, words: Any) -> None:
    """Of which row and whom stands before it."""
    kept = {"criterion", "subject"}
    silent = [
        where
        for where, other in changed(whole)
        if words(other) == words(whole) and where.split("=")[0].strip(".") not in kept
    ]
    assert silent == []


def test_result_review_and_record_read_it_back(either: Instance, lead: FlaskClient) -> None:
    case_id, assessment_id = either.submitted("h2")
    for page in ("result", "review"):
        text = lead.get(f"/cases/{case_id}/assessments/{assessment_id}/{page}").text
        for title in ("The people", "Health contacts", "What happened", "A week’s money", "The place"):
            assert f'<span class="govuk-details__summary-text">{title}</span>' in text, (page, title)
        assert "Sign of substance use, now or before:" in text
        assert "is not evidence by itself" in text
    _, record_id = either.decided("h1")
    with either.app.app_context():
        kept = records.contents(record_id)["told"]
    assert [p["title"] for p in kept][:2] == ["The people", "The household"]
    assert all(
        set(e) == {"name", "lines"} and all(isinstance(line, str) for line in e["lines"])
        for p in kept
        for e in p["entries"]
    )
