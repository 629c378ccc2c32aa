"""Measuring the ways from a unit to the services a family uses, by whatever this council has: the network here, an engine of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import NamedTuple

from app import clocks
from app.places.postcodes.geocoder import Place
from app.places.travel.transit import Post, PublicTransport
from app.places.travel.travel import TravelTimeProvider
from app.settings import Settings
from app.suitability.casefile.history import Journey
from app.suitability.casefile.household import Household
from app.suitability.casefile.proof import NEVER, ONLY_TOO_FAR
from app.suitability.casefile.settings import CouncilSettings

from .surroundings import in_use
from .walker import walker_of

NO_END = 1440  # minutes: how long it is at most, nobody can say


class Measured(NamedTuple):
    """Journeys as they are kept, and a sentence for each way that was not measured."""

    journeys: tuple[Journey, ...]
    not_measured: tuple[str, ...]


def providers(
    settings: Settings, numbers: CouncilSettings, on: date, stays: bool, post: Post | None = None
) -> list[TravelTimeProvider]:
    """What can measure here. For a protected address nothing outside this machine can."""
    found: list[TravelTimeProvider] = []
    if settings.walking_network.exists():
        from app.places.travel.walking import WalkingNetwork  # numpy: only where there is a network

        found.append(WalkingNetwork(settings.walking_network, numbers))
    if settings.transit_url and not stays:
        arrive = (clocks.next_working_day(on), time(*divmod(numbers.arrive_minutes, 60)))
        found.append(PublicTransport(settings.transit_url, settings.allowed_hosts, numbers, arrive, post))
    return found


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
    located = in_use(household.model_copy(update={"services": tuple(services)}), on)
    places = [place for place, _ in located]
    walker = walker_of(household, on)
    everyone = tuple(m.key for m in household.members)
    journeys: dict[tuple[str, str, str], Journey] = {}
    missing: list[str] = []
    unsure = [unit.precision in NEVER or place.precision in NEVER for place in places]
    weak = [unit.precision in ONLY_TOO_FAR or place.precision in ONLY_TOO_FAR for place in places]
    for service, is_unsure in zip(services, unsure, strict=True):
        if is_unsure:
            missing.append(
                f"{service.name} ({name_of(service.kind)}): not measured. Where {'the unit' if unit.precision in NEVER else 'it'} is, is not known well enough for a way."
            )
    sure = [at for at, is_unsure in enumerate(unsure) if not is_unsure]
    for engine in engines if sure else ():
        for at, way in zip(sure, engine.ways(unit, [places[at] for at in sure], walker), strict=True):
            service = services[at]
            if way.minutes_low is None or way.minutes_high is None or not way.measured:
                missing.append(f"{service.name} ({name_of(service.kind)}): not measured. {way.reason}")
                continue
            for person in service.used_by or everyone:
                made = Journey.model_validate(
                    {
                        "person": person,
                        "kind": service.kind,
                        "low": min(way.minutes_low, 1440),
                        # A point that is only roughly known can show that it is too far, never that it is near enough.
                        "high": NO_END if weak[at] else min(way.minutes_high, NO_END),
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
