"""What is far reaches the page before anybody types a minute: beyond, likely and not known, the school run, and what the law says of each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import osmium
import pytest
from flask.testing import FlaskClient

from app.assessments import judging
from app.assessments.models import Assessment
from app.cases.models import Case
from app.clocks import in_words, today
from app.database import writing
from app.decisions import whereabouts
from app.extensions import db
from app.placements.surroundings import surroundings
from app.placements.walker import walker_of
from app.places import loading
from app.places.postcodes.geocoder import to_wgs84
from app.places.service import locate
from tests.conftest import Instance

# Points of the real list of postcodes; the families are invented. B14 7EG and B14 7ET lie 300 m apart, B91 2JL is 6 km off.
HERE, NEAR, FAR, NOWHERE = "B14 7ET", "B14 7EG", "B91 2JL", "B99 1DW"


def placed(instance: Instance, case_id: str, assessment_id: str, here: str, services: Mapping[str, str]) -> None:
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.unit.postcode, found.unit.easting = here, None
        for service in session.get_one(Case, case_id).services:
            service.postcode = services.get(service.kind, NEAR)


def text_of(page: str) -> str:
    return " ".join(re.sub("<[^>]+>", " ", page).split())


def result(client: FlaskClient, case_id: str, assessment_id: str) -> str:
    return text_of(client.get(f"/cases/{case_id}/assessments/{assessment_id}/result").text)


@pytest.mark.parametrize(
    ("school", "line", "run"),
    [
        (FAR, "Too far on foot: Invented Secondary School; Invented Primary School.", "beyond the statutory walking distance of 2 miles"),
        (NEAR, "Likely near enough: Invented Secondary School", "likely within the statutory walking distance of 3 miles, by an estimate"),
        (NOWHERE, "Not known: Invented Secondary School; Invented Primary School.", "not known whether within the statutory walking distance"),
    ],
)  # fmt: skip
def test_beyond_likely_and_not_known_stand_in_the_verdict_before_a_minute_is_typed(
    instance: Instance, officer: FlaskClient, school: str, line: str, run: str
) -> None:
    case_id, assessment_id = instance.import_case("h3")
    placed(instance, case_id, assessment_id, HERE, {"school": school})
    with instance.app.app_context(), writing() as session:
        session.get_one(Assessment, assessment_id).journeys = []
    page = result(officer, case_id, assessment_id)
    assert page.index("Far: ") < page.index("Each child")
    assert line in page
    assert run in page
    assert "It is a duty of transport and no measure of whether a place is suitable." in page
    assert "Education Act 1996 s.444(5), s.508B and Schedule 35B; checked 29 November 2026." in page


def test_each_child_has_its_own_school_both_ways_and_who_walks_is_not_written_down(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h3")
    placed(instance, case_id, assessment_id, HERE, {"school": NEAR})
    page = result(officer, case_id, assessment_id)
    run = page.split("The school run", 1)[1].split("The buses are not known here", 1)[0]
    assert run.count("Invented Primary School") == 2
    assert run.count("Invented Secondary School") == 1
    assert run.count("minutes each way on foot, an estimate") == 3
    young = re.search(
        r"(\d+) to (\d+) minutes each way[^;]*; whoever brings and fetches them walks likely (\d+) to (\d+) minutes a day",
        run,
    )
    assert young is not None
    low, high, low_day, high_day = map(int, young.groups())
    assert (low_day, high_day) == (4 * low, 4 * high)
    assert run.count("who that is, is not written down") == 1, "of three children one is under 8"
    leave = re.search(r"to be there by 8\.45 they leave by 8\.(\d\d), perhaps earlier", run)
    assert leave is not None
    assert int(leave[1]) == 45 - high


def test_a_child_of_school_age_without_a_school_has_a_way_that_is_not_known(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h3")
    with instance.app.app_context(), writing() as session:
        case = session.get_one(Case, case_id)
        case.services[:] = [s for s in case.services if s.kind != "school"]
    page = result(officer, case_id, assessment_id)
    assert "No school is entered for " in page
    assert page.count("No school is entered, so the way is not known.") == 3
    with instance.app.app_context(), writing() as session:
        case = session.get_one(Case, case_id)
        case.services[:] = []
    assert "Far: Not known: no services are entered for this household." in result(officer, case_id, assessment_id)


def test_out_of_district_says_whom_to_tell_by_when_and_that_it_is_no_wrong_by_itself(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, assessment_id = instance.import_case("h2")
    placed(instance, case_id, assessment_id, FAR, {})
    starts = today() + timedelta(days=3)
    with instance.app.app_context(), writing() as session:
        found = session.get_one(Assessment, assessment_id)
        found.authority, found.starts, found.notice_sent = None, starts, None
    page = result(officer, case_id, assessment_id)
    by = in_words(starts + timedelta(days=13))
    assert f"The council there is to be told by {by}." in page.split("Each child")[0]
    assert "A place outside the district is no wrong by itself" in page
    assert "within 14 days, the first being the day the place was made available" in page
    with instance.app.app_context(), writing() as session:
        session.get_one(Assessment, assessment_id).notice_sent = today()
    assert f"The council there was told on {in_words(today())}." in result(officer, case_id, assessment_id)
    placed(instance, case_id, assessment_id, HERE, {})
    page = result(officer, case_id, assessment_id)
    assert "Outside the council’s own district" not in page
    assert "no wrong by itself" not in page


def island(instance: Instance, folder: Path, joined: bool) -> None:
    """Two streets, round the unit and round what is at B14 7EG, with or without a way between them."""
    here, there = locate(HERE), locate(NEAR)
    path = folder / "streets.osm.pbf"
    path.unlink(missing_ok=True)
    with osmium.SimpleWriter(str(path)) as writer:
        for ref, (place, east) in enumerate(((here, 0), (here, 30), (there, 0), (there, 30)), 1):
            latitude, longitude = to_wgs84(float((place.easting or 0) + east), float(place.northing or 0))
            writer.add_node(osmium.osm.mutable.Node(id=ref, location=(longitude, latitude)))
        for number, refs in enumerate([[1, 2], [3, 4], *([[2, 3]] if joined else [])], 1):
            writer.add_way(osmium.osm.mutable.Way(id=number, nodes=refs, tags={"highway": "footway"}))
    assert loading.run(instance.settings, "walking", path, "t", {"date": "2026-10-01"}, approved=True).state == "active"


def test_with_a_network_a_walk_is_measured_and_where_no_way_joins_it_is_not_known(
    instance: Instance, officer: FlaskClient, tmp_path: Path
) -> None:
    case_id, assessment_id = instance.import_case("h3")
    placed(instance, case_id, assessment_id, HERE, {})
    with instance.app.app_context():
        island(instance, tmp_path, joined=True)
    page = result(officer, case_id, assessment_id)
    assert "minutes each way on foot, measured" in page
    assert "Measured: " in page
    assert "(OpenStreetMap, 2026-10-01)" in page
    with instance.app.app_context():
        island(instance, tmp_path, joined=False)
    page = result(officer, case_id, assessment_id)
    assert "Not known: Invented Secondary School; Invented Primary School; Domestic abuse service." in page
    assert "Not known. No way on foot joins the two on the network that is loaded: there may be water between." in page
    assert "minutes each way on foot" not in page, "no straight line stands for the walk"
    assert "Estimate, not a route" not in page


def test_a_record_keeps_the_walk_as_it_is_known(instance: Instance, tmp_path: Path) -> None:
    case_id, assessment_id = instance.import_case("h3")
    placed(instance, case_id, assessment_id, HERE, {})
    for joined, words in ((True, "Measured: "), (False, "Not known. No way on foot joins the two")):
        with instance.app.app_context():
            island(instance, tmp_path, joined)
            found = db.session.get_one(Assessment, assessment_id)
            file = judging.judge(found, today(), instance.settings.council_authority).file
            around = surroundings(file.household, locate(HERE), file.on, instance.settings.council_authority)
            kept = whereabouts.kept(
                around, (), {}, file.on, file.household.services, walker_of(file.household, file.on)
            )
        assert {s["walk"].startswith(words) for s in kept["services"]} == {True}


def test_a_lead_reads_the_same_line(instance: Instance) -> None:
    lead = instance.client("safeguarding_lead")
    case_id, assessment_id = instance.submitted("h3")
    placed(instance, case_id, assessment_id, HERE, {"school": FAR})
    page = text_of(lead.get(f"/cases/{case_id}/assessments/{assessment_id}/review").text)
    assert "Far: Too far on foot: Invented Secondary School; Invented Primary School." in page
    placed(instance, case_id, assessment_id, "", {})
    page = text_of(lead.get(f"/cases/{case_id}/assessments/{assessment_id}/review").text)
    assert "Far: Not known: the unit’s place is not known." in page
    assert "Nothing they use is shown to be far" not in page
