"""Measuring the ways from a unit to the services a family uses, by whatever this council has: the network here, an engine of its own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, time
from typing import NamedTuple

from app import clocks
from app.settings import Settings
from app.suitability.history import Journey
from app.suitability.household import Household

from .geocoder import Place
from .service import in_use
from .transit import Post, PublicTransport
from .travel import TravelTimeProvider, Walker

PRAM_UNDER_YEARS = 3


class Measured(NamedTuple):
    """Journeys as they are kept, and a sentence for each way that was not measured."""

    journeys: tuple[Journey, ...]
    not_measured: tuple[str, ...]


def providers(
    settings: Settings, numbers: Mapping[str, int], on: date, stays: bool, post: Post | None = None
) -> list[TravelTimeProvider]:
    """What can measure here. For a protected address nothing outside this machine can."""
    found: list[TravelTimeProvider] = []
    if settings.walking_network.exists():
        from .walking import WalkingNetwork  # numpy: only where there is a network

        found.append(WalkingNetwork(settings.walking_network, numbers))
    if settings.transit_url and not stays:
        arrive = (clocks.next_working_day(on), time(*divmod(numbers["arrive_minutes"], 60)))
        found.append(PublicTransport(settings.transit_url, settings.allowed_hosts, numbers, arrive, post))
    return found


def walker_of(household: Household, on: date) -> Walker:
    """With a child who may be in a pram, or somebody pregnant, the family walks at a pram's pace. Not known counts as so."""
    young = any(child.under(PRAM_UNDER_YEARS, on, 0) is not False for child in household.children())
    pregnant = any(m.pregnant is not False for m in household.adults() if m.sex != "male")
    return "pram" if young or pregnant else "adult"


def measure(
    household: Household,
    unit: Place,
    on: date,
    engines: list[TravelTimeProvider],
    name_of: Callable[[str], str],
) -> Measured:
    """The way to every service somebody uses, by every engine.

    Args:
        name_of: words for a kind of service.
    """
    services = [s for s in household.services if s.kind not in ("work", "other") or s.postcode]
    places = [place for place, _ in in_use(household.model_copy(update={"services": tuple(services)}), on)]
    walker = walker_of(household, on)
    everyone = tuple(m.key for m in household.members)
    journeys: dict[tuple[str, str, str], Journey] = {}
    missing: list[str] = []
    for engine in engines:
        for service, way in zip(services, engine.ways(unit, places, walker), strict=True):
            if way.minutes_low is None or way.minutes_high is None or not way.measured:
                missing.append(f"{service.name} ({name_of(service.kind)}): not measured. {way.reason}")
                continue
            for person in service.used_by or everyone:
                made = Journey.model_validate(
                    {
                        "person": person,
                        "kind": service.kind,
                        "low": min(way.minutes_low, 1440),
                        "high": min(way.minutes_high, 1440),
                        "method": engine.name,
                        "data_date": way.data,
                        "changes": way.changes,
                    }
                )
                worse = journeys.get((person, service.kind, engine.name))
                # Two services of one kind: the longer way is the one that counts.
                if worse is None or made.high > worse.high:
                    journeys[person, service.kind, engine.name] = made
    return Measured(tuple(journeys.values()), tuple(dict.fromkeys(missing)))
