"""The sheet as the officer uses it: one source, many answers, without JavaScript; nothing chosen is not asked."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.cases import service as cases
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today
from app.conversations.rows import short_names
from app.decisions import service as decisions
from app.extensions import db
from app.records import pdf
from app.records import service as records
from app.suitability.casefile.household import Household, Member
from tests.conftest import Instance
from tests.suitability.households import CHECKLIST


def sent(page: str, **more: str) -> dict[str, Any]:
    """What a browser would send back of a page, with what was typed."""
    day = today()
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    dates = {"on-day": str(day.day), "on-month": str(day.month), "on-year": str(day.year)}
    return {**hidden, **dates, "how": "telephone", "came": "answered"} | more


def answers(instance: Instance, case_id: str) -> dict[tuple[str, str], SavedAnswer]:
    with instance.app.app_context():
        return {
            (a.criterion, a.subject): a
            for a in db.session.scalars(
                select(SavedAnswer).where(SavedAnswer.case_id == case_id).order_by(SavedAnswer.recorded_at)
            )
        }


def test_one_call_one_sheet(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    page = officer.get(path)
    assert page.status_code == 200
    assert "not asked;" in page.text
    assert f'name="on-day" type="text" value="{today().day}"' in page.text, "now, unless changed"
    done = officer.post(
        path,
        data=sent(
            page.text,
            person="Pat Rowe",
            role="Manager",
            **{"CS08-unit": "unrestricted", "CS10-unit": "working", "LS20-unit": "unknown"},
        ),
    )
    assert done.status_code == 302, re.findall(r"error-message.*", done.text)[:5]
    found = answers(instance, case_id)
    for name, value in (("CS08", "unrestricted"), ("CS10", ["working"]), ("LS20", "unknown")):
        last = found[name, "unit"]
        assert (last.value, last.source_name, last.grade) == (value, "Pat Rowe", "E2")
    assert ("CS05", "unit") not in found or found["CS05", "unit"].source_name != "Pat Rowe"


def test_who_is_speaking_is_asked_beside_the_field_and_what_was_chosen_stays(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/provider"
    back = officer.post(path, data=sent(officer.get(path).text, **{"CS08-unit": "unrestricted"}))
    assert back.status_code == 422
    assert "Enter who you are speaking to." in back.text
    assert re.search(r'name="CS08-unit" value="unrestricted" checked', back.text)


def test_every_speaker_has_a_sheet_and_nobody_else(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/"
    assert {
        officer.get(path + who).status_code for who in ("provider", "officer", "police", "health_visiting", "M")
    } == {200}
    assert {officer.get(path + who).status_code for who in ("family", "nobody", "Z9")} == {404}
    assert instance.client("auditor").get(path + "provider").status_code in (403, 404)


def test_the_result_leads_to_the_sheet_of_everybody_who_is_asked(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h1")
    path = f"/cases/{case_id}/assessments/{assessment_id}"
    found = set(re.findall(rf'href="{path}/sheets/([^"]+)"', officer.get(path + "/result").text))
    assert {"provider", "health_visiting", "police", "officer"} <= found
    assert {officer.get(f"{path}/sheets/{who}").status_code for who in found} == {200}
    assert "/sheets/" not in instance.client("auditor").get(path + "/result").text


class Call:
    """A sheet of H1 that an officer fills in."""

    def __init__(self, instance: Instance, officer: FlaskClient, speaker: str) -> None:
        self.instance, self.officer = instance, officer
        self.case_id, self.assessment_id = instance.import_case("h1")
        self.path = f"/cases/{self.case_id}/assessments/{self.assessment_id}/sheets/{speaker}"

    def page(self) -> str:
        return self.officer.get(self.path).text

    def post(self, page: str | None = None, **more: str) -> Any:
        return self.officer.post(self.path, data=sent(page or self.page(), person="Pat Rowe", **more))

    def asked(self, agency: str) -> list[str | None]:
        with self.instance.app.app_context():
            home = household_of(db.session.get_one(Case, self.case_id))
            return [e.answered for e in home.put_to_agencies if e.agency == agency]


def test_one_answer_of_many_is_no_full_answer(instance: Instance, officer: FlaskClient) -> None:
    """Silence about the rest is never clearance: what an agency was not heard on is not known."""
    call = Call(instance, officer, "police")
    assert "Ask exactly: “Address compatible? Fleeing risk reaches here?”" in call.page()
    before = call.asked("police")
    assert call.post(**{"CS15-unit": "none_known"}).status_code == 302
    assert call.asked("police") == [*before, "partly"]


def test_an_agency_that_knows_nothing_has_answered_in_part_at_most(instance: Instance, officer: FlaskClient) -> None:
    call = Call(instance, officer, "police")
    names = dict.fromkeys(re.findall(r'name="([A-Z]{2}[0-9]{2}-[A-Za-z0-9]+)" value="unknown"', call.page()), "unknown")
    assert names
    assert call.post(**names).status_code == 302
    assert call.asked("police")[-1] == "partly"


@pytest.mark.parametrize(
    ("chosen", "came", "says"),
    [
        ({}, "", "Nothing is chosen above."),
        ({}, "answered", "Nothing is chosen above."),
        ({"CS15-unit": "none_known"}, "silent", "so somebody answered"),
    ],
)
def test_how_it_ended_agrees_with_what_is_chosen(
    instance: Instance, officer: FlaskClient, chosen: dict[str, str], came: str, says: str
) -> None:
    call = Call(instance, officer, "police")
    back = call.post(came=came, **chosen)
    assert back.status_code == 422
    assert says in back.text


def test_nobody_answered_is_kept_as_that(instance: Instance, officer: FlaskClient) -> None:
    call = Call(instance, officer, "police")
    assert call.post(came="silent").status_code == 302
    assert call.asked("police")[-1] is None


def test_of_two_tabs_the_second_chooses_again_beside_the_first_one_s_answer(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Call(instance, officer, "provider")
    late = call.page()
    assert call.post(**{"CS10-unit": "working"}).status_code == 302
    refused = call.officer.post(
        call.path, data=sent(late, person="Sam Other", **{"CS10-unit": "smoke_alarm", "LS20-unit": "working"})
    )
    assert refused.status_code == 422
    assert "Somebody answered this since you opened the sheet." in refused.text
    assert re.search(r'name="CS10-unit" value="smoke_alarm" checked', refused.text)
    again = sent(refused.text, person="Sam Other", **{"CS10-unit": "smoke_alarm", "LS20-unit": "working"})
    assert call.officer.post(call.path, data=again).status_code == 302
    found = answers(instance, call.case_id)
    assert [found[name, "unit"].source_name for name in ("CS10", "LS20")] == ["Sam Other", "Sam Other"]


def test_on_a_sheet_of_the_family_stands_nothing_that_somebody_else_said(
    instance: Instance, officer: FlaskClient
) -> None:
    """They may see the screen: what the father, or an agency, said of somebody is not theirs to read there."""
    call = Call(instance, officer, "F")
    page = call.page()
    assert "Talk with" in page
    assert "Marta Example, mother" not in page
    assert "Marta Example, mother" in call.officer.get(call.path.removesuffix("F") + "provider").text
    assert not re.search(r'name="CS1[67]-', page)


def test_what_was_typed_of_who_was_taken_out_is_answered_in_words(instance: Instance, officer: FlaskClient) -> None:
    call = Call(instance, officer, "F")
    page = call.page()
    with instance.app.app_context():
        gone = next(m for m in db.session.get_one(Case, call.case_id).members if m.key == "F")
        cases.remove_member(
            instance.user("housing_officer"), call.case_id, instance.version(call.case_id), gone.id, "Entered twice."
        )
    back = call.post(page, **{"SA11-household": "can"})
    assert back.status_code == 422
    assert "taken out of the household since you opened this sheet" in back.text
    assert "Pat Rowe" in back.text
    assert call.officer.get(call.path).status_code == 404


def test_a_key_of_one_s_own_is_none(instance: Instance, officer: FlaskClient) -> None:
    call = Call(instance, officer, "provider")
    assert call.post(key="../x", **{"CS10-unit": "working"}).status_code == 302
    assert re.fullmatch("[0-9a-f]{32}", answers(instance, call.case_id)["CS10", "unit"].conversation or "")


def test_every_box_says_whom_it_is_about(instance: Instance, officer: FlaskClient) -> None:
    """A day, or a number of contacts, is asked of one child after another: no two boxes of a sheet have one label."""
    call = Call(instance, officer, "health_visiting")
    asked = call.page()
    labels = [
        " ".join(re.sub(r"<[^>]+>", "", label).split())
        for whose, label in re.findall(
            r'<label class="govuk-label govuk-label--s" for="([^"]+)">(.*?)</label>', asked, re.DOTALL
        )
        if not re.search(r"\.(note|why|so_what|slip)$", whose)  # of a group that is named, below
    ]
    groups = re.findall(r'<div role="group" aria-label="([^"]+)"', asked)
    assert len(groups) == len(set(groups)) > 5
    legends = [
        " ".join(re.sub(r"<[^>]+>", "", legend).split())
        for legend in re.findall(r'<legend class="govuk-fieldset__legend[^>]*>(.*?)</legend>', asked, re.DOTALL)
    ]
    assert any(label.startswith("Bobbie Example: ") for label in labels)
    assert any(legend.startswith("Bobbie Example: ") for legend in legends)
    for said in (labels, legends):
        assert len(said) == len(set(said)), sorted(said)


def test_a_parent_is_asked_in_their_own_words_first_and_what_was_put_is_kept(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Call(instance, officer, "F")
    page = call.page()
    asked = sorted((c for c in CHECKLIST.criteria.values() if c.parents_order), key=lambda c: c.parents_order)
    there = [c for c in asked if f'id="line-{c.id}"' in page.split("Known already")[0]]
    assert len(there) > 5
    first = re.findall(r'id="line-([A-Z]{2}[0-9]{2})"', page.split("<h2")[2])
    assert first == [c.id for c in there], "these before all others, in their order"
    assert page.split("<h2")[2].startswith(' class="govuk-heading-m">Ask first')
    for criterion in there:
        assert criterion.parents_words in page
        assert criterion.question not in page, "the officer's own question stands beside it nowhere"
        prompts = {criterion.why, criterion.so_what} - {""}
        others = {p for c in CHECKLIST.criteria.values() if c not in there for p in (c.why, c.so_what)}
        assert not [p for p in prompts - others if p in page], "nor what the officer asks themselves of it"
    put = {"SA11": "yes", "LS33": "yes"}
    data = {f"{name}-household": next(iter(CHECKLIST.criteria[name].offered)) for name in put}
    assert call.post(**data).status_code == 302
    with instance.app.app_context():
        home = household_of(db.session.get_one(Case, call.case_id))
    held = [c for c in home.conversations if c.who == "F" and c.speaker == "family"][-1]
    words = [CHECKLIST.criteria[name].parents_words for name in put]
    assert sorted(held.question.split("? ")) == sorted(" ".join(words).split("? "))
    assert all(sentence in held.question for sentence in words), "as it stood on the page"
    result = call.officer.get(call.path.split("/sheets")[0] + "/result").text
    assert all(sentence in result for sentence in words), "and it is read back"


def test_each_of_several_things_is_chosen_by_itself_and_shown_in_result_case_file_and_record(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Call(instance, officer, "provider")
    data = {"CS10-unit": ["smoke_alarm", "way_out"], "LS19-unit": ["not_explained", "unknown"]}
    assert call.post(**data).status_code == 302  # type: ignore[arg-type]
    said = ("A smoke alarm is missing or does not work.", "The way out is not usable with what this family brings.", "Nobody explained the way out.")  # fmt: skip
    shown = call.page()
    for words in ("A smoke alarm, on any storey; A way out that is usable", "of the others it is not known"):
        assert words in shown, "beside the question, on the sheet"
    base = call.path.split("/sheets")[0]
    result = call.officer.get(base + "/result").text
    assert all(words in result for words in said)
    instance.submit(call.assessment_id)
    with instance.app.app_context():
        lead = instance.user("safeguarding_lead")
        version = db.session.get_one(Case, call.case_id).version
        made = decisions.decide(lead, call.assessment_id, version, "approve", "Read, and agreed for these reasons.", [])
        told = records.contents(made.record_id)
    kept = {a["criterion"]: a["value"] for a in told["case_file"]["answers"] if a["subject"] == "unit"}
    assert list(kept["CS10"]) == ["smoke_alarm", "way_out"]
    assert list(kept["LS19"]) == ["not_explained", "unknown"]
    drawn = " ".join(re.sub(r"<[^>]*>", " ", pdf.html_of(told)).split())
    assert all(words in drawn for words in said), "in the PDF too"


def test_none_of_these_beside_one_of_them_is_refused_in_words(instance: Instance, officer: FlaskClient) -> None:
    call = Call(instance, officer, "provider")
    for other in ("smoke_alarm", "unknown"):
        back = call.post(**{"CS10-unit": ["working", other]})  # type: ignore[dict-item]
        assert back.status_code == 422
        assert "“None of these: each was tested” cannot be ticked with anything else." in back.text
        assert re.search(rf'name="CS10-unit" value="{other}" checked', back.text), "what was typed stays"


def test_numbers_a_form_holds_are_confirmed_in_one_choice(either: Instance) -> None:
    case_id, assessment_id = either.import_case("h1")
    officer = either.client("housing_officer")
    path = f"/cases/{case_id}/assessments/{assessment_id}/sheets/health_visiting"
    page = officer.get(path).text
    row, shown = re.findall(r'name="(SA04-[A-Z0-9]+)\.so" value="([^"]+)"', page)[0]
    said = html.unescape(shown)

    def post(**more: str) -> Any:
        return officer.post(path, data=sent(page, person="Nia Parry", role="health visitor", **more))

    both = post(**{f"{row}.so": said, f"{row}.due": "9"})
    assert both.status_code == 422
    assert "Something else is typed than what is written down." in both.text
    assert re.search(rf'name="{row}\.so"[^>]* checked', both.text), "what was chosen stays"
    for wrong in ("{", '{"due": -1}', '{"due": "3"}', '{"other": 3}', "[]", '"2026"'):
        answer = post(**{f"{row}.so": wrong})
        assert answer.status_code == 422, wrong
        assert "What is written down cannot be read here. Type it." in answer.text, wrong
    assert post(**{f"{row}.so": said, f"{row}.know": "unknown"}).status_code == 422
    assert post(**{f"{row}.so": said}).status_code == 302
    found = answers(either, case_id)["SA04", row.split("-")[1]]
    assert (found.value, found.source_name, found.grade) == (json.loads(said), "Nia Parry", "E3")


def test_of_several_people_each_choice_stands_once_and_is_read_out_with_each(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Call(instance, officer, "social_care")
    page = call.page()
    line = page.split('id="line-CS19"', 1)[1].split('id="line-', 1)[0]
    seen = re.search(r'<div class="cbc-each__words" aria-hidden="true">(.*?)</div>', line, re.DOTALL)
    assert seen
    words = re.findall(r"<span>(.*?)</span>", seen[1])
    assert words[-1] == "Does not know"
    assert 'class="cbc-each cbc-each--2"' in line
    legends = re.findall(r"<legend>(.*?)</legend>", line, re.DOTALL)
    assert [legend.split("<")[0] for legend in legends] == ["Bobbie", "Billy"]
    for legend in legends:
        assert "Example: Is this child known" in re.sub(r"<[^>]+>", "", legend)
    for row in line.split('class="cbc-ans"')[1:]:
        assert re.findall(r'<span class="cbc-pick__said">(.*?)</span>', row) == words


def test_who_shares_a_first_name_is_called_by_the_whole_name() -> None:
    people = [
        Member(key="a", kind="adult", name="Jo Black"),
        Member(key="b", kind="child", name="jo White"),
        Member(key="c", kind="child", name="Sam White"),
        Member(key="u", kind="unborn", name="Sam to come"),
    ]
    assert short_names(Household(reference="X", members=tuple(people))) == {"c": "Sam"}


def test_a_question_that_may_rest_is_its_name_and_what_could_stop_it_stands_open(
    instance: Instance, officer: FlaskClient
) -> None:
    call = Call(instance, officer, "F")
    page = call.page().split("Known already")[0]
    resting = re.findall(
        r'<details class="cbc-fold cbc-line(| cbc-line--aloud)"><summary>(.*?)</summary>\s*(.*?)</details>',
        page,
        re.DOTALL,
    )
    assert len(resting) > 3
    assert {aloud for aloud, _, _ in resting} == {"", " cbc-line--aloud"}
    for aloud, named, line in resting:
        (criterion,) = re.findall(r'id="line-([A-Z]{2}[0-9]{2})"', line)
        says = CHECKLIST.criteria[criterion].parents_words if aloud else CHECKLIST.criteria[criterion].name
        assert says, "a parent is the first to be asked it"
        assert says in html.unescape(named), "what it is about stands there, or the question as it is read to them"
        assert "data-keys" not in line.split(">")[0], "what must be known before keys does not rest"
        assert not CHECKLIST.criteria[criterion].is_asked_alone
    assert " data-keys" in re.sub(r'<details class="cbc-fold cbc-line[^>]*>.*?</details>', "", page, flags=re.DOTALL)
    # What is typed stands open when the page comes back.
    radios = [re.search(r'type="radio" name="((\w+)-\w+)" value="', line) for _, _, line in resting]
    row, name = next((found[1], found[2]) for found in radios if found)
    value = next(iter(CHECKLIST.criteria[name].offered))
    back = officer.post(call.path, data=sent(call.page(), **{row: value, "on-year": "2999"}))
    assert back.status_code == 422
    closed = "".join(re.findall(r'<details class="cbc-fold cbc-line[^>]*>.*?</details>', back.text, re.DOTALL))
    assert f'id="line-{name}"' in back.text
    assert f'id="line-{name}"' not in closed
