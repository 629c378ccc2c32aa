"""The pages about places: the district confirmed, a way written down, a place sealed and never seen again, data sets decided."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app.assessments import judging
from app.assessments.models import Assessment
from app.audit.models import AuditEvent
from app.cases import protected
from app.cases.models import Case, ProtectedPlace
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.places import loading
from app.places import service as places
from app.places.models import ServicePlace
from app.records.models import Record
from app.suitability.advice.report import assessed
from tests.conftest import Instance
from tests.places.test_directory import hub, listed

CANARY = "9 Canary Hidden Row"


def paths(case_id: str, assessment_id: str) -> tuple[str, str]:
    return f"/cases/{case_id}", f"/cases/{case_id}/assessments/{assessment_id}"


def moved(instance: Instance, case_id: str, assessment_id: str, postcode: str) -> None:
    """The unit has another postcode, and nobody has confirmed anything about it."""
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.unit.postcode, found.authority, found.authority_how = postcode, None, ""


def judged(instance: Instance, assessment_id: str) -> Any:
    found = db.session.get_one(Assessment, assessment_id)
    return judging.judge(found, today(), instance.settings.council_authority)


def test_the_district_follows_the_postcode_until_a_person_confirms_it(either: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = either.import_case("h2")
    _, here = paths(case_id, assessment_id)
    for postcode, authority, words in (
        ("B3 3DQ", "E08000025", "In the council’s own district"),
        ("B91 2JL", "E08000029", "Outside the district"),
        ("B99 1DW", None, "It cannot be told: to be confirmed"),
        ("", None, "It cannot be told: to be confirmed"),
    ):
        moved(either, case_id, assessment_id, postcode)
        with either.app.app_context():
            assert judged(either, assessment_id).file.placement.authority == authority
        assert words in officer.get(f"{here}/result").text
    page = officer.get(f"{here}/district")
    assert page.status_code == 200
    typed = {"authority": "elsewhere", "code": "E0800002", "how": "uprn", "who": "Address register"}
    answer = officer.post(f"{here}/district", data={**typed, "version": str(either.version(case_id))})
    assert answer.status_code == 422
    assert "a letter and eight figures" in answer.text
    typed["code"] = "e08000028"
    assert officer.post(f"{here}/district", data={**typed, "version": str(either.version(case_id))}).status_code == 302
    with either.app.app_context():
        found = judged(either, assessment_id)
        assert found.file.placement.authority == "E08000028"
        assert any(r.criterion == "LS23" for r in found.result.rows)
    page = officer.get(f"{here}/result").text
    assert "Confirmed outside the district, in E08000028" in page
    assert "Address register" in page
    assert "otherwise" not in page, "without a postcode the data says nothing"
    moved(either, case_id, assessment_id, "B3 3DQ")
    with either.app.app_context(), writing() as session:
        session.get_one(Assessment, assessment_id).authority = "E08000028"
    assert (
        "The data on this machine says otherwise: In the council’s own district" in officer.get(f"{here}/result").text
    )


def test_another_address_takes_back_what_was_confirmed_of_the_old_one(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    _, here = paths(case_id, assessment_id)
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).authority
    typed = {"address": "4 Other Street", "postcode": "B91 2JL", "kind": "house_or_flat"}
    assert (
        officer.post(f"{here}/placement", data={**typed, "version": str(instance.version(case_id))}).status_code == 302
    )
    with instance.app.app_context():
        found = db.session.get_one(Assessment, assessment_id)
        assert (found.authority, found.authority_how, found.journeys) == (None, "", [])


JOURNEY = {
    "people": ["C"], "kind": "gp", "low": "20", "high": "35", "changes": "1", "fare": "4.60", "tool": "Operator’s planner",
    "travelled_for": "A weekday, arriving by 9", "on-day": "1", "on-month": "11", "on-year": "2026",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"high": "10"}, "The longest time is shorter"),
        ({"low": ""}, "Enter the shortest time"),
        ({"high": "an hour"}, "must be a whole number"),
        ({"tool": ""}, "Say how it was checked"),
        ({"travelled_for": ""}, "which day and hour"),
        ({"on-year": "2099"}, "in the future"),
        ({"people": []}, "Choose whose way it is"),
        ({"people": ["Nobody"]}, "Choose from the answers shown"),
    ],
)
def test_a_way_that_cannot_be_right_is_told_beside_its_field(
    instance: Instance, change: dict[str, Any], words: str, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    _, here = paths(case_id, assessment_id)
    data = {**JOURNEY, "version": str(instance.version(case_id)), **change}
    answer = officer.post(f"{here}/journeys", data=data)
    assert answer.status_code == 422
    assert words in answer.text
    assert "4.60" in answer.text, "what was typed is still there"


def test_a_way_that_was_checked_is_evidence_with_a_name(either: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = either.import_case("h2")
    _, here = paths(case_id, assessment_id)
    for low in ("20", "25"):
        data = {**JOURNEY, "low": low, "version": str(either.version(case_id))}
        assert officer.post(f"{here}/journeys", data=data).status_code == 302
    with either.app.app_context():
        kept = [j for j in db.session.get_one(Assessment, assessment_id).journeys if j["kind"] == "gp"]
        assert len(kept) == 1, "a later check of the same way takes the place of the earlier"
        assert (kept[0]["low"], kept[0]["high"], kept[0]["fare_pence"], kept[0]["changes"]) == (25, 35, 460, 1)
        assert (kept[0]["method"], kept[0]["by"]) == ("journey_check", "Housing Officer")
        number = db.session.get_one(Assessment, assessment_id).journeys.index(kept[0])
    page = officer.get(f"{here}/journeys").text
    assert "Operator’s planner, for A weekday, arriving by 9" in page
    data = {"version": str(either.version(case_id))}
    assert officer.post(f"{here}/journeys/{number}/remove", data=data).status_code == 302
    with either.app.app_context():
        assert [j for j in db.session.get_one(Assessment, assessment_id).journeys if j["kind"] == "gp"] == []


def test_a_way_made_together_is_written_down_once(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    _, here = paths(case_id, assessment_id)
    with instance.app.app_context():
        everyone = [m.key for m in db.session.get_one(Case, case_id).members if m.kind != "unborn"]
    data = {**JOURNEY, "people": everyone, "version": str(instance.version(case_id))}
    assert officer.post(f"{here}/journeys", data=data).status_code == 302
    with instance.app.app_context():
        kept = [j["person"] for j in db.session.get_one(Assessment, assessment_id).journeys if j["kind"] == "gp"]
    assert sorted(kept) == sorted(everyone)


def sealed(instance: Instance, case_id: str, postcode: str, role: str = "perpetrator") -> None:
    data = {"role": role, "address": CANARY, "postcode": postcode, "version": str(instance.version(case_id))}
    answer = instance.client("housing_officer").post(f"/cases/{case_id}/protected", data=data)
    assert answer.status_code == 302, answer.text


@pytest.mark.parametrize(
    ("unit", "protected_at", "answer", "outcome"),
    [
        ("B14 7ET", "B14 7ET", "inside", "not_suitable"),
        ("B14 7ET", "B14 7EG", "inside", "not_suitable"),
        ("B14 7ET", "SW1A 1AA", "clear", None),
        ("B14 7ET", "B99 1DW", "not_known", "cannot_decide"),
        ("B14 7ET", "B14 7ZZ", "not_known", "cannot_decide"),
        ("", "B14 7ET", "not_known", "cannot_decide"),
    ],
)
def test_a_protected_place_says_only_whether_it_conflicts(
    instance: Instance, unit: str, protected_at: str, answer: str, outcome: str | None
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    moved(instance, case_id, assessment_id, unit)
    sealed(instance, case_id, protected_at)
    with instance.app.app_context():
        found = judged(instance, assessment_id)
        assert found.file.placement.protected_place == answer
        rows = [r for r in found.result.rows if r.criterion == "CS16"]
        assert len(rows) == 1, "a place on record is asked about, whatever the family left for"
        if answer == "inside":
            assert (rows[0].effect, rows[0].why) == (
                "stop",
                ("This address conflicts with a protected place.", "Not asked, or not answered."),
            )
        else:
            assert rows[0].open_effect == "hold"
        if outcome and answer == "inside":
            assert found.result.outcome == outcome


def test_the_sealed_address_appears_nowhere(either: Instance, caplog: pytest.LogCaptureFixture) -> None:
    """On no page, in no export, record, log, audit entry or column that is not sealed."""
    caplog.set_level(logging.DEBUG)
    case_id, assessment_id = either.import_case("h2")
    sealed(either, case_id, "B1 1BB")
    seen = []
    for role in ("housing_officer", "safeguarding_lead", "senior_officer", "auditor"):
        client = either.client(role)
        case, here = paths(case_id, assessment_id)
        for path in (
            case,
            here,
            f"{here}/result",
            f"{here}/reasoning",
            f"{case}/timeline",
            f"{case}/protected",
            f"{here}/map.svg",
        ):
            seen.append(client.get(path).get_data(as_text=True))
    with either.app.app_context():
        found = judged(either, assessment_id)
        seen.append(json.dumps(found.file.as_json()))
        seen.append(json.dumps(assessed(read_folder(), found.file, either.settings.council_authority)))
        reasons = {c.key: f"What this place means for {c.name}, in words." for c in found.result.children}
        decided = db.session.get_one(Assessment, assessment_id)
        decisions_of(either, decided, reasons)
        for body in db.session.scalars(select(Record.body)):
            seen.append(body.decode())
        seen += [f"{e.action} {e.detail}" for e in db.session.scalars(select(AuditEvent))]
        row = db.session.scalars(select(ProtectedPlace)).one()
        seen += [row.role, row.sealed, row.match]
    seen.append(caplog.text)
    everything = "\n".join(seen)
    assert len(everything) > 50_000
    assert "Canary" not in everything
    assert "B1 1BB" not in everything
    assert "B11BB" not in everything
    assert "protected place" in everything.lower()


def decisions_of(instance: Instance, found: Assessment, reasons: dict[str, str]) -> None:
    from app.assessments import service as assessments  # noqa: PLC0415

    assessments.submit(instance.user("housing_officer"), found.id, found.case.version, reasons, "", "")
    version = db.session.get_one(Case, found.case_id).version
    decisions.decide(instance.user("safeguarding_lead"), found.id, version, "approve", "Read and agreed by me.", [])


def test_a_refuge_on_record_is_secret_and_nothing_to_keep_away_from(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h2")
    moved(instance, case_id, assessment_id, "B14 7ET")
    sealed(instance, case_id, "B14 7ET", role="refuge")
    with instance.app.app_context():
        assert judged(instance, assessment_id).file.placement.protected_place is None


def test_every_unit_tried_against_a_protected_place_is_audited(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    sealed(instance, case_id, "B1 1BB")
    for number in range(3):
        typed = {"address": f"{number} Trial Street", "postcode": "B14 7ET", "kind": "house_or_flat"}
        data = {**typed, "version": str(instance.version(case_id))}
        assert officer.post(f"/cases/{case_id}/placements/new", data=data).status_code == 302
    with instance.app.app_context():
        used = db.session.scalars(select(AuditEvent).where(AuditEvent.action == "protected.used")).all()
    assert len(used) == 3


def test_what_is_taken_out_is_destroyed(instance: Instance, lead: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    sealed(instance, case_id, "B14 7ET")
    with instance.app.app_context():
        place_id = protected.of_case(case_id)[0].id
    data = {"version": str(instance.version(case_id))}
    path = f"/cases/{case_id}/protected/{place_id}/remove"
    assert lead.post(path, data=data).status_code == 302
    with instance.app.app_context():
        row = db.session.scalars(select(ProtectedPlace)).one()
        assert (row.sealed, row.match) == ("", "")
        assert judged(instance, assessment_id).file.placement.protected_place is None
    data = {"version": str(instance.version(case_id))}
    assert lead.post(path, data=data).status_code == 404


def test_another_installations_key_opens_nothing(instance: Instance) -> None:
    case_id, _ = instance.import_case("h2")
    sealed(instance, case_id, "B14 7ET")
    (instance.settings.data / "secret.key").write_text("another key altogether", encoding="ascii")
    with instance.app.app_context():
        assert protected.conflict(protected.of_case(case_id), places.locate("B14 7ET"), 3000) == "not_known"


def test_an_administrator_decides_on_a_held_load(
    instance: Instance, tmp_path: Path, administrator: FlaskClient
) -> None:
    options = {"date": today().isoformat()}
    with instance.app.app_context():
        loading.run(instance.settings, "services", listed(tmp_path, *(hub(n) for n in range(1, 11))), "t", options)
        short = listed(tmp_path, *(hub(n) for n in range(1, 8)), "family_hub,No day,x,B1 1BB,,,,,,,")
        assert loading.run(instance.settings, "services", short, "t", options).state == "held"
    page = administrator.get("/data").text
    assert "waits for you" in page
    assert "does not say when it was last checked" in page
    load_id = re.search(r"/data/([0-9a-f]{32})/", page)[1]  # type: ignore[index]
    assert administrator.post(f"/data/{load_id}/approve").status_code == 302
    assert "waits for you" not in administrator.get("/data").text
    with instance.app.app_context():
        assert db.session.execute(text("SELECT count(*) FROM service_place WHERE status = 'open'")).scalar() == 7
    assert "does not wait" in administrator.post(f"/data/{load_id}/discard", follow_redirects=True).text


def test_the_nearest_are_a_note_on_the_result_and_in_the_record(
    instance: Instance, tmp_path: Path, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    moved(instance, case_id, assessment_id, "B14 7ET")
    with instance.app.app_context():
        loading.run(instance.settings, "services", listed(tmp_path, hub(1), hub(2)), "t", {"date": today().isoformat()})
        assert db.session.scalars(select(ServicePlace)).all()
    page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
    assert "The nearest services of each kind, as a note" in page
    assert "Family hub: Hub 1" in page
    with instance.app.app_context():
        found = judged(instance, assessment_id)
        reasons = {c.key: f"What this place means for {c.name}, in words." for c in found.result.children}
        decisions_of(instance, db.session.get_one(Assessment, assessment_id), reasons)
        body = json.loads(db.session.scalars(select(Record.body)).one())
    assert sorted(n["name"] for n in body["places"]["nearest"]) == ["Hub 1", "Hub 2"]
    assert body["places"]["district_words"].startswith("In the council’s own district")


@pytest.mark.parametrize("path", ["placements/new", "addresses/new"])
def test_a_sorting_office_is_refused_as_an_address(instance: Instance, path: str, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    typed = {"kind": "house_or_flat" if "placements" in path else "current", "address": "4 Typed Street"}
    data = {**typed, "postcode": "B99 1DW", "version": str(instance.version(case_id))}
    answer = officer.post(f"/cases/{case_id}/{path}", data=data)
    assert answer.status_code == 422
    assert "as a sorting office, PO boxes or large users of post have" in answer.text
    assert "4 Typed Street" in answer.text
    data["postcode"] = "ZE99 9ZZ"
    assert officer.post(f"/cases/{case_id}/{path}", data=data).status_code == 302


def test_the_way_to_school_is_held_against_the_statutory_distance(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h3")
    moved(instance, case_id, assessment_id, "B14 7ET")
    for postcode, words in (
        ("B91 2JL", "beyond the limit."),
        ("B14 7EG", "likely within the limit (an estimate: check the real way). To be settled by the housing officer."),
        ("B99 1DW", "not known. To be settled by the housing officer."),
    ):
        with instance.app.app_context(), writing() as session:
            for service in session.get_one(Case, case_id).services:
                if service.kind == "school":
                    service.postcode = postcode
        page = officer.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text
        assert "statutory walking distance of" in page
        assert words in page, postcode
