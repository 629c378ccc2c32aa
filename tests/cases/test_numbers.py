"""References given by the service, the council's own numbers, and two cases that carry one: nobody learns of a case they may not see."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import flask_migrate
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from app.audit.models import AuditEvent
from app.cases import numbers
from app.cases.models import Case, NumberSettled
from app.database import new_id
from app.extensions import db
from app.settings import ROOT
from tests.conftest import Instance

from .test_lists import counted
from .test_waiting import banner

SPELLINGS = ("tn 4711 / b", "TN-4711-B", "tn4711b", " Tn–4711–B ")


def opened(instance: Instance, number: str, who: str = "housing_officer") -> str:
    made = instance.client(who).post("/cases/open", data={"council_number": number})
    assert made.status_code == 302, made.text
    return str(made.headers["Location"]).rsplit("/", 1)[1]


def masked(page: str) -> str:
    page = re.sub(r"[0-9a-f]{32}|[2346789KMRWXY]{4}-[2346789KMRWXY]{4}|\d\d:\d\d", "*", page)
    return re.sub(r'(name="(csrf_token|opening)" (type="hidden" )?value=")[^"]*', r"\1*", page)


def settled_by(instance: Instance, one: str, other: str) -> None:
    typed = {"verdict": "two_families", "note": "Rung both officers: the second number is mistyped."}
    assert instance.client("safeguarding_lead").post(f"/cases/{one}/same-number/{other}", data=typed).status_code == 302


def test_a_reference_is_short_and_no_two_letters_of_it_are_taken_for_each_other(instance: Instance) -> None:
    with instance.app.app_context():
        made = {numbers.new_reference(db.session) for _ in range(300)}
    assert len(made) == 300
    assert all(re.fullmatch(r"[2346789KMRWXY]{4}-[2346789KMRWXY]{4}", reference) for reference in made)
    assert not set("".join(made)) & set("0O1IL5SZ8B".replace("8", "")), "nor by ear: no B, D, E, P, T, no M beside N"
    assert len(set(numbers.LETTERS)) ** 8 > 800_000_000


def test_a_form_that_is_sent_twice_opens_one_case(
    either: Instance, officer: FlaskClient, other_officer: FlaskClient
) -> None:
    client, page = officer, officer.get("/cases/open").text
    found = re.search(r'name="opening" value="([0-9a-f]{32})"', page)
    assert found
    typed = {"council_number": "", "opening": found[1]}
    first, second = (client.post("/cases/open", data=typed).headers["Location"] for _ in range(2))
    assert first == second
    third = client.post("/cases/open", data={**typed, "council_number": "another family"}).headers["Location"]
    assert third != first, "the way back of a browser, and another family’s number: another case"
    typed = {"council_number": "AT-ONCE", "opening": new_id()}
    clients = [either.client("housing_officer") for _ in range(6)]
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda one: one.post("/cases/open", data=typed), clients))
    assert {answer.status_code for answer in answers} == {302}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    other = other_officer.post("/cases/open", data={**typed, "council_number": "X 9"})
    assert other.headers["Location"] not in {answer.headers["Location"] for answer in answers}, (
        "another's is another case"
    )


def test_of_many_who_open_one_number_at_once_one_does(either: Instance) -> None:
    clients = [either.client("housing_officer") for _ in range(6)]
    typed = {"council_number": "TN-4711-B"}
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(lambda one: one.post("/cases/open", data=typed).status_code, clients))
    assert sorted(answers) == [302, *[422] * 5]


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_of_a_case_they_may_see_leads_there(either: Instance, spelling: str, officer: FlaskClient) -> None:
    case_id = opened(either, "TN-4711-B")
    again = officer.post("/cases/open", data={"council_number": spelling})
    assert again.status_code == 422
    assert "has this number already. Go on in that case." in again.text
    assert f'href="/cases/{case_id}"' in again.text
    assert " ".join(spelling.split()) in again.text, "what was typed is still there"


def test_a_number_of_a_case_they_may_not_see_changes_nothing_that_they_get(
    either: Instance, lead: FlaskClient, officer: FlaskClient, senior: FlaskClient
) -> None:
    hidden = [opened(either, "TN-4711-B", "other_officer"), opened(either, "TN-4712-C", "other_officer")]
    lead.post(f"/cases/{hidden[1]}/restrict", data={"version": either.version(hidden[1])})
    officer.post("/cases/open", data={"council_number": "WARM"})
    told: list[tuple[object, ...]] = []
    for number in ("AA-0000-A", "tn4711b", "tn4712c", "BB-0000-B"):  # none, another's, a restricted one's, none
        with counted(either) as said:
            answer = officer.post("/cases/open", data={"council_number": number})
        work = [re.sub(r"\s+", " ", statement) for statement in said]
        page, listed = officer.get(answer.headers["Location"]).text, officer.get("/cases").text
        shown = masked(page).replace(number, "NUMBER")
        told.append((answer.status_code, masked(answer.text), masked(str(sorted(answer.headers))), shown, work))
        assert number in listed
        assert "one family" not in listed
    assert [one for one in told if one != told[0]] == [], "not the answer, not the page, not the statements behind it"
    assert "Two cases" not in senior.get("/").text
    assert banner(lead.get("/").text).count("Two cases carry the same number; see whether it is one family") == 2


def test_a_lead_sees_both_until_they_are_settled_and_neither_case_changes(
    either: Instance, lead: FlaskClient, senior: FlaskClient
) -> None:
    one = opened(either, "TN-4711-B", "other_officer")
    other = opened(either, "tn 4711 b")
    path = f"/cases/{one}/same-number/{other}"
    page = lead.get("/").text
    assert path in page or f"/cases/{other}/same-number/{one}" in page
    for case_id in (one, other):
        assert f'href="/cases/{case_id}"' in lead.get("/cases").text
    assert "TN-4711-B" in lead.get(path).text
    before = [either.version(case_id) for case_id in (one, other)]
    empty = lead.post(path, data={"verdict": "one_family"})
    assert (empty.status_code, "Write what you found." in empty.text) == (422, True)
    settled_by(either, one, other)
    assert "Two cases" not in lead.get("/").text
    again = lead.post(path, data={"verdict": "one_family", "note": "No, one."})
    assert (again.status_code, "Somebody has settled this already." in again.text) == (422, True)
    assert "the second number is mistyped" in lead.get(path).text
    assert [either.version(case_id) for case_id in (one, other)] == before
    with either.app.app_context():
        written = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "number.settled")).one()
        assert (written.case_id, written.detail["verdict"]) == ("", "two_families")
        assert sorted(written.detail["cases"]) == sorted((one, other))
        assert "mistyped" not in json.dumps(written.detail)
        assert db.session.scalars(select(NumberSettled)).one().settled_by_name == "Safeguarding Lead"
    for case_id in (one, other):
        assert "same number" not in senior.get(f"/cases/{case_id}/timeline").text.casefold()
        assert senior.get(path).status_code == 403


@pytest.mark.parametrize(
    "statement", ["UPDATE number_settled SET verdict = 'one_family'", "DELETE FROM number_settled"]
)
def test_what_a_lead_found_stays(either: Instance, statement: str) -> None:
    one, other = opened(either, "A 1", "other_officer"), opened(either, "A1")
    settled_by(either, one, other)
    with either.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))


def test_two_cases_with_different_numbers_are_no_pair(instance: Instance, lead: FlaskClient) -> None:
    one, other = opened(instance, "A 1"), opened(instance, "A 2")
    empty = [opened(instance, ""), opened(instance, "")]
    assert lead.get(f"/cases/{one}/same-number/{other}").status_code == 404
    assert lead.get(f"/cases/{one}/same-number/{one}").status_code == 404
    assert lead.get(f"/cases/{empty[0]}/same-number/{empty[1]}").status_code == 404
    assert "Two cases" not in lead.get("/").text


def test_a_number_can_be_put_right_and_is_held_against_others_then_too(
    either: Instance, officer: FlaskClient, lead: FlaskClient
) -> None:
    mine, hidden = opened(either, "MINE 1"), opened(either, "TN-4711-B", "other_officer")
    case_id = opened(either, "")
    client, path = officer, f"/cases/{case_id}/household"
    refused = client.post(path, data={"version": either.version(case_id), "council_number": "mine1"})
    assert (refused.status_code, "has this number already" in refused.text) == (422, True)
    odd = client.post(path, data={"version": either.version(case_id), "council_number": "–/–"})
    assert "Enter letters or figures" in odd.text
    assert client.post(path, data={"version": either.version(case_id), "council_number": "tn4711b"}).status_code == 302
    assert "tn4711b" in client.get(f"/cases/{case_id}").text
    assert client.post(path, data={"version": either.version(case_id), "left_note": "x"}).status_code == 302
    assert "tn4711b" in client.get(f"/cases/{case_id}").text, "a form without the field changes no number"
    page = lead.get("/").text
    assert f"/cases/{min(case_id, hidden)}/same-number/{max(case_id, hidden)}" in page
    assert banner(page).count("Two cases") == 1
    assert mine not in banner(page)


def imported(instance: Instance, folder: Path, reference: str, officer: str) -> tuple[int, str]:
    tree = json.loads((ROOT / "docs" / "examples" / "h1.json").read_text(encoding="utf-8"))
    tree["household"]["reference"] = reference
    (folder / "case.json").write_text(json.dumps(tree), encoding="utf-8")
    words = ["case", "import", str(folder / "case.json"), "--officer", f"{officer}@test.example"]
    told = instance.app.test_cli_runner().invoke(args=words)
    return told.exit_code, told.output


def test_a_file_keeps_its_reference_unless_it_is_taken_and_says_nothing_of_a_hidden_case(
    either: Instance, tmp_path: Path, lead: FlaskClient
) -> None:
    code, output = imported(either, tmp_path, "FILE-1", "other_officer")
    first = json.loads(output)["case"]
    code, seen = imported(either, tmp_path, "file-1", "other_officer")
    assert (code, "There is already a case with this reference." in seen) == (1, True)
    code, hidden = imported(either, tmp_path, "file-1", "housing_officer")
    assert code == 0, hidden
    second = json.loads(hidden)["case"]
    code, fresh = imported(either, tmp_path, "FILE-2", "housing_officer")
    assert sorted(json.loads(hidden)) == sorted(json.loads(fresh)), "the command says the same of both"
    with either.app.app_context():
        kept = {case.id: (case.reference, case.council_number) for case in db.session.scalars(select(Case)).unique()}
    assert kept[first] == ("FILE-1", "FILE-1")
    assert re.fullmatch(r"\w{4}-\w{4}", kept[second][0])
    assert kept[second][1] == "file-1"
    assert banner(lead.get("/").text).count("Two cases") == 1


def test_a_case_is_written_out_by_its_reference_or_by_the_councils_number(instance: Instance) -> None:
    instance.import_case("h1", "OUT-1")
    instance.import_case("h2", "out 1", officer="other_officer")
    instance.import_case("h2", "OUT-2")
    runner = instance.app.test_cli_runner()
    assert json.loads(runner.invoke(args=["case", "export", "OUT-1"]).output)["household"]["reference"] == "OUT-1"
    assert json.loads(runner.invoke(args=["case", "export", "out2"]).output)["household"]["reference"] == "OUT-2"
    several = runner.invoke(args=["case", "export", "out1"])
    assert (several.exit_code, "OUT-1, out 1" in several.output) == (1, True)
    assert runner.invoke(args=["case", "export", "–"]).exit_code == 1


def test_cases_of_before_keep_their_reference_and_are_held_against_new_numbers(
    either: Instance, officer: FlaskClient
) -> None:
    case_id, _ = either.import_case("h2", "OLD-77")
    with either.app.app_context():
        db.session.close()
        flask_migrate.downgrade(revision="0018")
        flask_migrate.upgrade()
        case = db.session.get_one(Case, case_id)
        assert (case.reference, case.council_number, case.number_folded) == ("OLD-77", "OLD-77", "old77")
    again = officer.post("/cases/open", data={"council_number": "old 77"})
    assert f'href="/cases/{case_id}"' in again.text
    page = officer.get(f"/cases/{case_id}").text
    assert "The council’s own number" not in page, "the same word twice says nothing"
    with either.app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Case)) == 1
