"""``flask places``: what is where, how far, and loading the data it comes from. JSON, a line each."""

from __future__ import annotations

import csv
import getpass
import json
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from flask.cli import AppGroup

from app import clocks
from app.audit import service as audit
from app.cases import protected
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.direction import harmless
from app.places.directory.importers.found import KINDS
from app.places.postcodes.geocoder import Place
from app.places.travel.distance import NEAREST_WITHIN_M, Distance, between
from app.places.travel.travel import WALKERS, StraightLine
from app.settings import current_settings

from . import due, loading, loads, service
from .directory import directory, feed
from .files import FileProblem
from .loads import Report
from .models import DataLoad
from .postcodes import build, gazetteer
from .postcodes import postcode as text

places = AppGroup("places", help="Postcodes, districts, services and distances, from the data on this machine.")


def _line(found: dict[str, Any]) -> None:
    click.echo(json.dumps(found, ensure_ascii=False))


def _typed(postcodes: tuple[str, ...]) -> Iterator[str]:
    typed = (line.replace("\ufeff", "").strip() for line in sys.stdin) if not postcodes else iter(postcodes)
    yield from filter(None, typed)


@places.command("build")
def build_command() -> None:
    """Build the gazetteer from the data packages, if there is no current one."""
    target = current_settings().gazetteer
    if gazetteer.is_current(target, build.sources()):
        click.echo("The postcode data is current.")
        return
    click.echo(f"{build.build(target):,} postcodes loaded.")


@places.command("lookup")
@click.argument("postcodes", nargs=-1)
def lookup_command(postcodes: tuple[str, ...]) -> None:
    """Where postcodes are; without arguments, one a line of standard input."""
    for postcode in _typed(postcodes):
        _line(_place(service.locate(postcode)))


def _place(place: Place) -> dict[str, Any]:
    written = text.display(place.postcode) if place.postcode else ""
    return {**place._asdict(), "postcode": written, "authority": _authority(place.authority)}


def _authority(code: str) -> dict[str, Any] | None:
    """Code and name; where the name is not on this machine, why."""
    if not code:
        return None
    name = service.districts().now_called(code).name
    missing = "" if name else "No list of authorities is loaded: flask places load authorities"
    return {"code": code, "name": name or None, **({"reason": missing} if missing else {})}


@places.command("district")
@click.argument("postcodes", nargs=-1)
def district_command(postcodes: tuple[str, ...]) -> None:
    """Which authority's district postcodes are in: in, out, near (confirm) or cannot_tell."""
    for postcode in _typed(postcodes):
        place = service.locate(postcode)
        found = service.districts().of(place, current_settings().council_authority)
        _line(
            {
                **_place(place),
                "answer": found.answer,
                "authority": _authority(found.code),
                "candidates": [{"code": c.code, "name": c.name or None} for c in found.candidates],
                "line_m": found.line_m,
                "country": found.country or None,
                "county": found.upper or None,
                "edition": found.edition or None,
                "method": found.method,
                "reason": found.reason,
            }
        )


@places.command("distance")
@click.argument("here")
@click.argument("there")
def distance_command(here: str, there: str) -> None:
    """How far two postcodes are apart, as an interval."""
    a, b = service.locate(here), service.locate(there)
    _line(_distance(between(a, b, read_folder().numbers), a, b))


def _distance(found: Distance, here: Place, there: Place) -> dict[str, Any]:
    ways = {
        f"minutes_{walker}": dict(zip(("low", "mid", "high"), way[:3], strict=True))
        for walker in WALKERS
        for way in StraightLine(read_folder().numbers).ways(here, [there], walker)
        if way.minutes_low is not None
    }
    return {
        **found._asdict(),
        **ways,
        "data_date": min(filter(None, (here.data_date, there.data_date)), default=""),
        "from": _place(here),
        "to": _place(there),
    }


@places.command("nearest")
@click.argument("postcode")
@click.option(
    "--type", "kinds", multiple=True, type=click.Choice(sorted(KINDS)), help="Only this kind; may be repeated."
)
@click.option("--each", default=3, show_default=True, type=click.IntRange(1, 20), help="How many of each kind.")
def nearest_command(postcode: str, kinds: tuple[str, ...], each: int) -> None:
    """The nearest open services of each kind."""
    place = service.locate(postcode)
    if not place.has_point:
        raise click.ClickException(place.reason)
    if directory.open_index(current_settings().services_index) is None:
        raise click.ClickException("No services are loaded on this machine: load them with “flask places load”.")
    seen = set()
    loaded = directory.counts(today())
    for near in directory.nearest(
        current_settings().services_index, place, read_folder().numbers, today(), kinds, each
    ):
        found = near.entry
        seen.add(found.kind)
        _line(
            {
                "type": found.kind,
                "name": found.name,
                **_of_service(found),
                "straight_m": near.distance.straight_m,
                "low_m": near.distance.straight_low_m,
                "high_m": near.distance.straight_high_m,
                "offers": found.offers,
                "open_days": found.open_days,
                "hours_said": found.hours_said,
                "closes": found.closes,
                "source": found.source,
                "data_date": found.data_date.isoformat(),
                "checked_on": found.checked_on.isoformat() if found.checked_on else None,
                "reason": found.doubt,
            }
        )

    for kind in sorted(set(kinds) - seen):
        there = sum(loaded.get(kind, {}).get(status, 0) for status in ("open", "closing"))
        why = (
            f"None of the {there:,} that are loaded is within {NEAREST_WITHIN_M // 1000} km."
            if there
            else "None is loaded."
        )
        _line({"type": kind, "name": None, "straight_m": None, "reason": f"{KINDS[kind]}: cannot tell. {why}"})


def _of_service(found: directory.Entry) -> dict[str, Any]:
    """Where a service is, with what its postcode says of the authority and whether the postcode is in use."""
    by_postcode = service.locate(found.postcode) if found.postcode else None
    place = _place(found.place)
    if by_postcode is not None:
        place |= {"authority": _authority(by_postcode.authority), "live": by_postcode.live}
    return place


@places.command("load")
@click.argument("kind", type=click.Choice(sorted(loads.KINDS)))
@click.argument("file")
@click.option("--date", "day", default="", help="The day the data is of, YYYY-MM-DD, where the file does not say.")
@click.option("--areas", default="", help="Postcodes: only these areas, such as B,WS.")
@click.option("--resolution", default="", help="Districts: BFC or BGC, where the file does not say.")
@click.option("--owner", default="", help="Services: who keeps this list.")
@click.option("--problems", "listed", default="", help="Write every row that needs looking at to this file, as CSV.")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
def load_command(
    kind: str, file: str, day: str, areas: str, resolution: str, owner: str, listed: str, dry_run: bool
) -> None:
    """Load a data set: compared with what is there, and swapped in whole or not at all.

    For open_referral FILE may be the https address of a feed, on a host of CBC_OUTSIDE_HOSTS.
    """
    options = {"date": day, "areas": areas, "resolution": resolution, "owner": owner}
    try:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(file)
            if kind == "open_referral" and file.startswith(("https://", "http://")):
                path = feed.fetch(
                    file, current_settings().allowed_hosts, Path(folder), keep=current_settings().data / "feeds"
                )
                options["date"] = options["date"] or today().isoformat()
            report = loading.run(
                current_settings(),
                kind,
                path,
                getpass.getuser(),
                {name: value for name, value in options.items() if value},
                dry_run=dry_run,
                is_protected=protected.register(),
            )
    except (FileProblem, gazetteer.GazetteerProblem) as problem:
        raise click.ClickException(str(problem)) from None
    if listed:
        with open(listed, "w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([("line", "problem"), *map(harmless, report.problems)])
    _say(report, dry_run)


def _say(report: Report, dry_run: bool) -> None:
    if not dry_run:
        with writing() as session:
            audit.record(session, "data.loaded", "data", report.kind, "", {"state": report.state, "rows": report.rows})
    _line({**report.as_json(), "dry_run": dry_run})
    sys.exit({"active": 0, "held": 3, "refused": 1}[report.state])


@places.command("ratios")
@click.option("--pairs", default=2000, show_default=True, type=click.IntRange(10, 20_000), help="How many pairs.")
def ratios_command(pairs: int) -> None:
    """How much longer a walk is than the straight line here: what the estimate's interval is held against."""
    from .travel import ratios, walking  # numpy: only where it is asked for

    try:
        network = walking.Network(current_settings().walking_network)
    except (OSError, ValueError, KeyError):
        raise click.ClickException("No walking network is loaded: flask places load walking FILE") from None
    numbers = read_folder().numbers
    longest = numbers.longest_route_percent_of_straight_line / 100
    bands, apart = ratios.measured(network, network.where, (1.0, longest), pairs)
    for band in bands:
        _line(
            {
                "straight_m": [band.low_m, band.high_m],
                "pairs": band.pairs,
                "ratio": dict(zip(map(str, ratios.SHARES), band.shares, strict=False)),
                "within_the_estimate": band.within,
                "longer_than_the_estimate": band.longer,
            }
        )
    _line({"no_way_joins": apart, "estimate": [1.0, longest], "data_date": network.data_date})


@places.command("data")
def data_command() -> None:
    """What was loaded, newest first."""
    for load in loads.recent():
        _line(
            {
                "id": load.id,
                "kind": load.kind,
                "state": load.state,
                "source": load.source,
                "data_date": load.data_date.isoformat(),
                "rows": load.rows,
                "counts": load.counts,
                "problems": len(load.problems),
                "unmatched": load.unmatched,
                "loaded_at": clocks.written(load.loaded_at),
                "why": load.why,
            }
        )


def _load(load_id: str) -> DataLoad:
    found = loads.find(load_id)
    if found is None:
        raise click.ClickException("There is no such load: see “flask places data”.")
    return found


@places.command("approve")
@click.argument("load_id")
def approve_command(load_id: str) -> None:
    """Take a load that was held because too many rows were missing."""
    load = _load(load_id)
    try:
        report = loading.approve(current_settings(), load, getpass.getuser(), is_protected=protected.register())
    except FileProblem as problem:
        raise click.ClickException(str(problem)) from None
    _say(report, False)


@places.command("undo")
@click.argument("load_id")
def undo_command(load_id: str) -> None:
    """Take the newest load of a data set back; the one before it serves again."""
    load = _load(load_id)
    try:
        loading.take_back(current_settings(), load, getpass.getuser(), protected.register())
    except FileProblem as problem:
        raise click.ClickException(str(problem)) from None
    with writing() as session:
        audit.record(session, "data.loaded", "data", load.kind, "", {"what": "undo"})
    click.echo("Taken back.")


@places.command("due")
def due_command() -> None:
    """Which file is to be loaded next, and where it comes from."""
    for data_set in due.of_each(service.days_of_data(), today()):
        _line({**data_set._asdict(), "loaded": data_set.loaded.isoformat() if data_set.loaded else None})


@places.command("discard")
@click.argument("load_id")
def discard_command(load_id: str) -> None:
    """Throw a held load away; what serves stays."""
    load = _load(load_id)
    try:
        loading.discard(current_settings(), load, getpass.getuser())
    except FileProblem as problem:
        raise click.ClickException(str(problem)) from None
    click.echo("Discarded.")
