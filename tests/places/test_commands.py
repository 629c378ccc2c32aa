"""``flask places``: one JSON line each, a reason where it cannot tell, and a sentence where something is wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from app.clocks import today
from app.places.postcodes import gazetteer
from tests.conftest import Instance

from .test_directory import hub, listed, load


def run(instance: Instance, *words: str, given: str = "") -> Result:
    return instance.app.test_cli_runner().invoke(args=["places", *words], input=given)


def lines(told: Result) -> list[dict[str, Any]]:
    assert told.exit_code == 0, told.output
    return [json.loads(line) for line in told.stdout.splitlines()]


FIELDS = {
    "postcode", "easting", "northing", "latitude", "longitude", "radius_m", "precision", "authority", "live", "dataset",
    "data_date", "method", "reason",
}  # fmt: skip


def test_lookup_prints_what_is_known_and_why_something_is_not(instance: Instance) -> None:
    typed = "\ufeffB3 3DQ\r\n\r\nb33dq\nBI 1AA\nZZ1 1ZZ\nBT1 1AA\nIM1 1AE\n"
    found = lines(run(instance, "lookup", given=typed))
    assert all(set(line) >= FIELDS for line in found)
    first, again, slip, nowhere, ireland, man = found
    assert first == again
    assert (first["postcode"], first["easting"], first["northing"], first["live"]) == ("B3 3DQ", 406638, 286850, True)
    assert first["authority"]["code"] == "E08000025"
    assert first["authority"]["reason"].startswith("No list of authorities is loaded")
    assert "Did you mean B1 1AA" in slip["reason"]
    assert nowhere["easting"] is None
    assert nowhere["reason"]
    # Which of these are in use no list we hold can tell.
    assert [(p["live"], p["easting"]) for p in (ireland, man)] == [(None, None)] * 2
    assert "Northern Ireland" in ireland["reason"]
    assert "Isle of Man" in man["reason"]


def test_district_tells_other_countries_by_name(instance: Instance) -> None:
    told = {line["postcode"]: line for line in lines(run(instance, "district", "B66 2QT", "BT1 1AA", "CF10 1AA"))}
    assert (told["B66 2QT"]["answer"], told["B66 2QT"]["authority"]["code"]) == ("out", "E08000028")
    assert (told["BT1 1AA"]["answer"], told["BT1 1AA"]["country"]) == ("out", "Northern Ireland")
    assert (told["CF10 1AA"]["answer"], told["CF10 1AA"]["country"]) == ("out", "Wales")


def test_distance_is_an_interval_in_metres_and_minutes_with_method_and_date(instance: Instance) -> None:
    (told,) = lines(run(instance, "distance", "B3 3DQ", "B14 7ET"))
    assert told["straight_low_m"] <= told["straight_m"] <= told["straight_high_m"]
    for walker in ("minutes_adult", "minutes_pram"):
        assert told[walker]["low"] <= told[walker]["mid"] <= told[walker]["high"]
    assert told["minutes_adult"]["mid"] < told["minutes_pram"]["mid"]
    assert "estimated, not a route" in told["method"]
    assert told["data_date"] == told["from"]["data_date"]
    (unknown,) = lines(run(instance, "distance", "B3 3DQ", "ZZ1 1ZZ"))
    assert unknown["straight_m"] is None
    assert unknown["reason"]


def test_nearest_says_of_each_kind_why_there_is_none(instance: Instance, tmp_path: Path) -> None:
    assert "No services are loaded" in run(instance, "nearest", "B3 3DQ").output
    with instance.app.app_context():
        load(instance, "services", listed(tmp_path, hub(1)))
    near, none = lines(run(instance, "nearest", "B14 7ET", "--type", "family_hub", "--type", "police"))
    assert (near["name"], near["live"], near["authority"]["code"]) == ("Hub 1", True, "E08000025")
    assert (none["type"], none["reason"]) == ("police", "Police station: cannot tell. None is loaded.")
    (far,) = lines(run(instance, "nearest", "TR19 7AA", "--type", "family_hub"))
    assert far["reason"] == "Family hub: cannot tell. None of the 1 that are loaded is within 15 km."


@pytest.mark.parametrize("file", ["nope.csv", "."])
def test_a_file_that_is_not_there_is_a_sentence(instance: Instance, tmp_path: Path, file: str) -> None:
    for kind in ("services", "postcodes", "gp", "districts"):
        told = run(instance, "load", kind, str(tmp_path / file), "--date", "2026-11-01")
        assert (told.exit_code, told.exception.__class__) == (1, SystemExit), told.output
        assert "is not there" in told.output


def test_without_postcode_data_a_load_is_a_sentence(instance: Instance, tmp_path: Path) -> None:
    instance.settings.gazetteer.unlink()
    told = run(instance, "load", "services", str(listed(tmp_path, hub(1))), "--date", today().isoformat())
    assert told.exit_code == 1
    assert "No postcode data is loaded" in told.output


def test_every_row_that_needs_looking_at_can_be_had(instance: Instance, tmp_path: Path) -> None:
    rows = [f"family_hub,Hub {at},1 Street,B14 7ET,,,,,,B{at},never" for at in range(600)]
    out = tmp_path / "problems.csv"
    path = listed(tmp_path, hub(1), *rows)
    told = run(
        instance, "load", "services", str(path), "--date", today().isoformat(), "--problems", str(out), "--dry-run"
    )
    assert json.loads(told.stdout)["problems_in_all"] == 600
    assert len(out.read_text(encoding="utf-8").splitlines()) == 601


def test_a_damaged_gazetteer_is_made_anew(tmp_path: Path) -> None:
    damaged = tmp_path / "gazetteer.sqlite"
    damaged.write_bytes(b"SQLite format 3\0" + b"\0" * 200)
    assert gazetteer.is_current(damaged, "x") is False
