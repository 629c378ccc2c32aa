"""The directory on a real database: loads compared, swapped in one transaction, held; the nearest; what can be relied on."""

from __future__ import annotations

import csv
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app import install
from app.cases import protected
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.places import loading, loads
from app.places import service as places
from app.places.directory import directory
from app.places.files import FileProblem
from app.places.loads import Report
from app.places.models import DataLoad, ServicePlace
from tests.conftest import Instance

from .real import real

NUMBERS = read_folder().numbers
HEADER = "kind,name,address,postcode,easting,northing,services,hours,phone,ref,checked_on\n"


def listed(folder: Path, *rows: str, name: str = "services.csv") -> Path:
    path = folder / name
    path.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def hub(number: int, postcode: str = "B14 7ET", point: str = ",", checked: str = "") -> str:
    return f"family_hub,Hub {number},{number} Made-up Street,{postcode},{point},,,,H{number},{checked or today().isoformat()}"


def load(instance: Instance, kind: str, path: Path, day: date | None = None, **how: Any) -> Report:
    options = {"date": (day or today()).isoformat(), "owner": "Early years team"}
    return loading.run(instance.settings, kind, path, "tester", options, is_protected=protected.register(), **how)


def names(instance: Instance) -> list[str]:
    return list(db.session.scalars(select(ServicePlace.name).order_by(ServicePlace.name)))


@pytest.mark.parametrize(
    ("row", "words", "has_point"),
    [
        (hub(1, point="281594,407796"), "easting and northing are swapped", False),
        (hub(1, "", "281594,407796"), "easting and northing are swapped", False),
        (hub(1, "", "400000,900000"), "in the sea or outside Great Britain", False),
        (hub(1, "", "407796,281594"), "", True),
        (hub(1, point="430000,281594"), "km from its postcode", False),
        (hub(1, point="407850,281700"), "", True),
        (hub(1, "", ","), "neither postcode nor point", False),
        (hub(1, "B99 1DW"), "a sorting office, PO boxes or large users", False),
        (hub(1, "B14 7EO"), "is not a postcode", False),
        (hub(1, "BI4 7ET"), "Did you mean B14 7ET", False),
        ('family_hub,Hub,"1 Street, B1 1BB",B14 7ET,,,,,,H1,2026-11-01', "two different postcodes", False),
    ],
)
def test_a_point_that_cannot_be_right_is_named_and_never_used(
    instance: Instance, tmp_path: Path, row: str, words: str, has_point: bool
) -> None:
    with instance.app.app_context():
        report = load(instance, "services", listed(tmp_path, row))
        assert report.state == "active"
        assert [words in p.sentence for p in report.problems] == ([True] if words else [])
        found = db.session.scalars(select(ServicePlace)).one()
        assert (found.easting is not None) == has_point


def test_a_point_that_is_only_its_postcodes_is_known_no_better(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        place = places.locate("B14 7ET")
        own = f"{place.easting},{place.northing}"
        load(instance, "services", listed(tmp_path, hub(1, point=own), hub(2, point="407850,281700")))
        found = {s.name: (s.precision, s.radius_m) for s in db.session.scalars(select(ServicePlace))}
    assert found == {"Hub 1": ("postcode", place.radius_m), "Hub 2": ("building", 50)}


def test_a_second_load_says_what_changed_and_loses_nothing(either: Instance, tmp_path: Path) -> None:
    with either.app.app_context():
        first = load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 11))))
        assert (first.counts["added"], first.rows) == (10, 10)
        again = load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 11))))
        assert (again.counts["added"], again.counts["changed"], again.counts["no longer listed"]) == (0, 0, 0)
        moved = [hub(1, "B1 1BB"), *(hub(n) for n in range(2, 10)), hub(11)]
        dry = load(either, "services", listed(tmp_path, *moved), dry_run=True)
        assert "Hub 11" not in names(either)
        then = load(either, "services", listed(tmp_path, *moved))
        assert dry.counts == then.counts
        assert (then.counts["added"], then.counts["changed"], then.counts["no longer listed"]) == (1, 1, 1)
        states = dict(db.session.execute(select(ServicePlace.name, ServicePlace.status)).all())
        assert states["Hub 10"] == "unconfirmed"
        assert [x.state for x in loads.recent()] == ["active", "superseded", "superseded"]


def test_a_short_list_is_held_until_an_administrator_approves(either: Instance, tmp_path: Path) -> None:
    with either.app.app_context():
        load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 11))))
        short = listed(tmp_path, *(hub(n) for n in range(1, 8)), name="short.csv")
        assert load(either, "services", short).state == "held"
        assert len(names(either)) == 10
        short.unlink()
        held = loads.recent()[0]
        assert held.state == "held"
        with pytest.raises(FileProblem, match="does not wait"):
            loading.discard(either.settings, loads.recent()[1], "admin")
        report = loading.approve(either.settings, held, "admin")
        assert report.state == "active"
        db.session.expire_all()
        states = [s for (s,) in db.session.execute(select(ServicePlace.status).order_by(ServicePlace.name))]
        assert states.count("unconfirmed") == 3
        half = load(either, "services", listed(tmp_path, *(hub(n) for n in range(1, 4))))
        assert half.state == "refused"
        assert db.session.scalar(select(func.count()).select_from(DataLoad).where(DataLoad.state == "refused")) == 1


def test_a_file_that_breaks_half_way_leaves_everything_as_it_was(instance: Instance, tmp_path: Path) -> None:
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1)))
        broken = tmp_path / "broken.csv"
        broken.write_bytes((HEADER + hub(2) + "\n").encode() + b'family_hub,"' + b"x" * 200_000 + b'",,,,,,,,,\n')
        with pytest.raises(FileProblem, match="cannot be read as CSV"):
            load(instance, "services", broken)
        db.session.rollback()
        assert names(instance) == ["Hub 1"]


def test_what_is_too_old_can_no_longer_be_relied_on(instance: Instance, tmp_path: Path) -> None:
    limit = NUMBERS["service_checked_days"]
    fresh, old = (today() - timedelta(days=d) for d in (limit, limit + 1))
    rows = [
        f"pharmacy,Fresh,1 Street,B14 7ET,,,supervised_consumption=yes,mon-sun 09:00-18:00,,P1,{fresh.isoformat()}",
        f"pharmacy,Old,2 Street,B14 7ET,,,supervised_consumption=yes,mon-sun 09:00-18:00,,P2,{old.isoformat()}",
    ]
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, *rows))
        found = {e.name: e for e in directory.search("", "pharmacy", NUMBERS, today())}
    assert found["Fresh"].relied_on
    assert found["Fresh"].offers == {"supervised_consumption": True}
    assert found["Fresh"].open_days == ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    assert not found["Old"].relied_on
    assert (found["Old"].offers, found["Old"].open_days) == ({}, None)
    assert "days ago" in found["Old"].doubt


def test_the_councils_word_is_added_to_the_national_entry(instance: Instance, tmp_path: Path) -> None:
    ods = tmp_path / "edispensary.csv"
    row = ["FXX01", "INVENTED CHEMIST", *[""] * 7, "B14 7ET", "", "", "A", "1", *[""] * 13]
    with open(ods, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerow(row)
    own = f"pharmacy,Invented Chemist,1 Street,B14 7ET,,,supervised_consumption=yes,,,FXX01,{today().isoformat()}"
    with instance.app.app_context():
        load(instance, "pharmacies", ods)
        load(instance, "services", listed(tmp_path, own))
        near = directory.nearest(
            instance.settings.services_index, places.locate("B14 7ET"), NUMBERS, today(), ["pharmacy"]
        )
        found = directory.search("invented", "pharmacy", NUMBERS, today())
    assert [n.entry.offers for n in near] == [{"supervised_consumption": True}], "one pharmacy, not two"
    assert [(e.ref, e.offers) for e in found] == [("pharmacies:FXX01", {"supervised_consumption": True})]


def test_a_protected_postcode_is_left_out_without_saying_why(instance: Instance, tmp_path: Path) -> None:
    case_id, _ = instance.import_case("h2")
    with instance.app.app_context():
        with writing() as session:
            protected.seal(session, instance.user("safeguarding_lead"), None, "refuge", "9 Hidden Row", "B14 7ET")
            protected.seal(
                session, instance.user("safeguarding_lead"), case_id, "perpetrator", "8 Hidden Row", "B1 1BB"
            )
        report = load(instance, "services", listed(tmp_path, hub(1), hub(2, "B1 1BB")))
        assert names(instance) == ["Hub 2"], "a perpetrator’s postcode is no reason: it would show where that is"
    assert [p.sentence for p in report.problems] == ["This entry may not be in the directory. It was left out."]


def test_no_importer_takes_a_refuge(instance: Instance, tmp_path: Path) -> None:
    ods = tmp_path / "edispensary.csv"
    rows = [["FXX01", "INVENTED WOMEN’S REFUGE"], ["FXX02", "INVENTED CHEMIST"]]
    with open(ods, "w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([*row, *[""] * 7, "B14 7ET", "", "", "A", "1", *[""] * 13] for row in rows)
    with instance.app.app_context():
        report = load(instance, "pharmacies", ods)
        assert names(instance) == ["Invented Chemist"]
    assert [p.sentence for p in report.problems] == ["This looks like a refuge. Refuges never enter the directory."]


def test_the_real_services_of_the_west_midlands(instance: Instance) -> None:
    """Counts as SOURCES.md gives them, through the database to the nearest."""
    with instance.app.app_context():
        loading.run(
            instance.settings, "districts", real("boundaries/lad25_westmids.geojson"), "t", {"date": "2025-05-01"}
        )
        made = load(instance, "schools", real("gias/schools_west-midlands_with_postcode_points.csv"), date(2025, 7, 1))
        assert (made.rows, made.counts["without a point"]) == (1549, 0)
        made = load(instance, "gp", real("ods/epraccur_west-midlands.csv"), date(2025, 9, 1))
        assert made.state == "active"
        made = load(instance, "pharmacies", real("ods/edispensary_west-midlands.csv"), date(2025, 4, 1))
        assert made.state == "active"
        inside: dict[str, int] = {}
        for row in db.session.execute(
            select(ServicePlace.kind, ServicePlace.postcode).where(ServicePlace.status == "open")
        ):
            if places.locate(row.postcode).authority == "E08000025":
                inside[row.kind] = inside.get(row.kind, 0) + 1
        assert inside["gp"] == 157
        assert inside["pharmacy"] == 258
        assert inside["school"] + inside.get("nursery", 0) == 443
        near = directory.nearest(instance.settings.services_index, places.locate("B3 3DQ"), NUMBERS, today())
        kinds = [n.entry.kind for n in near]
        assert kinds.count("gp") == kinds.count("pharmacy") == kinds.count("school") == 3
        assert all(n.distance.straight_m is not None and n.distance.straight_m < 2000 for n in near)
        assert not any(n.entry.relied_on for n in near), "lists of 2025 are too old to be relied on"


def test_an_index_that_is_missing_or_of_another_make_is_made_anew_at_the_start(
    instance: Instance, tmp_path: Path
) -> None:
    here = instance.settings.services_index
    with instance.app.app_context():
        install.prepare(instance.app, False, lambda line: None)
        assert not here.exists(), "nothing is listed"
        load(instance, "services", listed(tmp_path, hub(1)))
        for was in (None, b"CBCNEAR2 of an older make"):
            here.unlink()
            if was:
                here.write_bytes(was)
            said: list[str] = []
            install.prepare(instance.app, False, said.append)
            assert said == ["The index of services is made anew."]
            assert directory.nearest(here, places.locate("B14 7ET"), NUMBERS, today())[0].entry.name == "Hub 1"
        install.prepare(instance.app, False, said.append)
        assert len(said) == 1


def test_a_closed_school_names_the_one_that_took_its_place(instance: Instance, tmp_path: Path) -> None:
    register = tmp_path / "edubasealldata20261101.csv"
    header = "URN,EstablishmentName,EstablishmentStatus (name),Postcode"
    register.write_text(
        f"{header}\n100001,Old Primary,Closed,B14 7ET\n100002,New Academy,Open,B14 7ET\n", encoding="cp1252"
    )
    links = "URN,LinkURN,LinkName,LinkType,LinkEstablishedDate\n100001,100002,New Academy,Successor,01-09-2026\n"
    (tmp_path / "links_edubasealldata20261101.csv").write_text(links, encoding="cp1252")
    with instance.app.app_context():
        load(instance, "schools", register, date(2026, 11, 1))
        found = directory.by_refs(["schools:100001"], NUMBERS, today())["schools:100001"]
    assert found.doubt == "It is closed. New Academy took its place."


def test_each_entry_may_have_its_own_owner_and_none_is_checked_in_the_future(
    instance: Instance, tmp_path: Path
) -> None:
    path = tmp_path / "services.csv"
    path.write_text(
        "kind,name,address,postcode,checked_on,owner,services,easting,northing\n"
        f"family_hub,Hub 1,1 Street,B14 7ET,{today().isoformat()},Early help,,,\n"
        f"family_hub,Hub 2,2 Street,B14 7ET,{today().isoformat()},,,,\n"
        "pharmacy,Late Chemist,3 Street,B14 7ET,2099-11-01,,supervised_consumption=yes,,\n"
        f"pharmacy,Slip Chemist,4 Street,B14 7ET,{today().isoformat()},,supervised_consumtion=yes,406638,abc\n",
        encoding="utf-8",
    )
    with instance.app.app_context():
        report = load(instance, "services", path)
        kept = {e.name: e for e in db.session.scalars(select(ServicePlace))}
    assert {name: e.owner for name, e in kept.items()} == {
        "Hub 1": "Early help", "Hub 2": "Early years team", "Slip Chemist": "Early years team",
    }  # fmt: skip
    assert kept["Slip Chemist"].offers == {}
    said = " ".join(f"{p.line}: {p.sentence}" for p in report.problems)
    for words in (
        "4: It was last checked on 2099-11-01, which is still to come",
        "5: “supervised_consumtion” is not an offer that is known. Did you mean “supervised_consumption”",
        "5: Easting and northing are two numbers",
    ):
        assert words in said


def test_how_many_rows_need_looking_at_is_said_where_not_all_are_kept(
    instance: Instance, tmp_path: Path, administrator: FlaskClient
) -> None:
    with instance.app.app_context():
        bad = [f"family_hub,Hub {at},1 Street,B14 7ET,,,,,,B{at},never" for at in range(600)]
        report = load(instance, "services", listed(tmp_path, hub(1), *bad))
        assert report.as_json()["problems_in_all"] == 600
        assert len(report.as_json()["problems"]) == loads.KEPT_PROBLEMS
    page = administrator.get("/data").text
    assert "The first 500 of 600 rows that need looking at" in page


@pytest.mark.parametrize("damage", [b"", b"CBCNEAR3"])
def test_an_index_that_is_cut_off_is_made_anew_at_the_start(instance: Instance, tmp_path: Path, damage: bytes) -> None:
    here = instance.settings.services_index
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1)))
        here.write_bytes(damage if damage else here.read_bytes()[:40])
        said: list[str] = []
        install.prepare(instance.app, False, said.append)
        assert said == ["The index of services is made anew."]
