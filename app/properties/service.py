"""Units as plain data for the heart, and from a case file."""

from __future__ import annotations

from decimal import Decimal

from app.suitability.casefile.household import Certificate, Placement, Room

from .models import Unit, UnitCertificate, UnitRoom


def placement_of(
    unit: Unit,
    starts: object,
    nights: int | None,
    nightly_cost_pence: int | None,
    authority: str | None,
    notice_sent: object = None,
    other_files_worried: int | None = None,
    protected_place: str | None = None,
) -> Placement:
    """A unit and the proposed stay, as plain data."""
    rooms = tuple(
        Room(
            name=r.name,
            use=r.use,
            area_m2=None if r.area_cm2 is None else (Decimal(r.area_cm2) / 10_000).quantize(Decimal("0.01")),
        )
        for r in unit.rooms
    )
    return Placement(
        address=unit.address,
        postcode=unit.postcode,
        kind=unit.kind,
        self_contained=unit.self_contained,
        shares=None if unit.shares is None else tuple(unit.shares),
        cooking_provided=unit.cooking_provided,
        owner=unit.owner,
        manager=unit.manager,
        private_dwelling=unit.private_dwelling,
        hmo=unit.hmo,
        floor=unit.floor,
        storeys=unit.storeys,
        lift=unit.lift,
        rooms=rooms if rooms or unit.rooms_listed else None,
        shared_building=unit.shared_building,
        staffing=unit.staffing,
        gas=unit.gas,
        certificates=tuple(
            Certificate(kind=c.kind, issued=c.issued, expires=c.expires, open_danger_codes=c.open_danger_codes)
            for c in unit.certificates
        ),
        starts=starts,
        nights=nights,
        nightly_cost_pence=nightly_cost_pence,
        authority=authority or None,
        notice_sent=notice_sent,
        other_files_worried=other_files_worried,
        protected_place=protected_place,
    )


def unit_from(placement: Placement) -> Unit:
    """A unit from a case file's placement."""
    return Unit(
        address=placement.address,
        postcode=placement.postcode,
        kind=placement.kind,
        self_contained=placement.self_contained,
        shares=None if placement.shares is None else list(placement.shares),
        cooking_provided=placement.cooking_provided,
        owner=placement.owner,
        manager=placement.manager,
        private_dwelling=placement.private_dwelling,
        hmo=placement.hmo,
        floor=placement.floor,
        storeys=placement.storeys,
        lift=placement.lift,
        shared_building=placement.shared_building,
        staffing=placement.staffing,
        gas=placement.gas,
        rooms_listed=placement.rooms is not None,
        rooms=[
            UnitRoom(name=r.name, use=r.use, area_cm2=None if r.area_m2 is None else int(r.area_m2 * 10_000))
            for r in placement.rooms or ()
        ],
        certificates=[
            UnitCertificate(kind=c.kind, issued=c.issued, expires=c.expires, open_danger_codes=c.open_danger_codes)
            for c in placement.certificates
        ],
    )
