"""The proposed placement: unit facts, rooms, certificates, the stay."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from wtforms.validators import ValidationError

from app.suitability.casefile import wording
from app.suitability.casefile.household import Certificate, FurtherUnit, Placement, Room

from .asked import Asked, InBoxes, items, ticks
from .base import CaseForm
from .fields import AddressLine, Choice, ChoiceOrUnknown, Day, Hidden, Line, Postcode, Ticks, YesNoUnknown, needed
from .measures import Pounds, SquareMetres, Whole


class PlacementForm(CaseForm):
    HEADINGS = {"urgency": "The stay"}
    FIRST = {
        **dict.fromkeys(("address", "postcode", "kind", "urgency"), ""),
        **dict.fromkeys(("shares_known", "shares"), "shared: "),
        "floor": "floor ",
        "starts": "first night ",
        "nights": "nights: ",
    }
    LATER = ("notice_sent",)
    ABOUT_LATER = "Notice to a host authority"

    version = Hidden("Version")
    address = AddressLine(
        "Address of the unit", "With the room or flat number.", [needed("Enter the address of the unit.")]
    )
    postcode = Postcode(
        "Postcode", "An unknown postcode is accepted: the distances then stay open.", width="govuk-input--width-10"
    )
    kind = Choice("What kind of place is it?", items(wording.UNIT), checks=[needed("Choose what kind of place it is.")])
    self_contained = YesNoUnknown("Is it self-contained, behind its own front door?")
    shares_known = Choice(
        "Is anything shared with another household?",
        [("yes", "Yes: tick what is shared below"), ("none", "No, nothing"), ("unknown", "Not known")],
    )
    shares = Ticks("What is shared?", items(wording.SHARED))
    cooking_provided = YesNoUnknown("Are cooking facilities provided?")
    shared_building = YesNoUnknown("Is the building shared with other households?")
    hmo = YesNoUnknown(
        "Is it in a house in multiple occupation?", "Several households sharing. A self-contained flat is not."
    )
    floor = Whole("Floor", "0 for the ground floor, 2 for the second floor.", least=-5, most=100)
    storeys = Whole(
        "How many storeys has the unit itself?",
        "1 for a flat on one floor, 2 for a house with bedrooms upstairs.",
        least=1,
        most=10,
    )
    lift = YesNoUnknown("Is there a lift?")
    staffing = ChoiceOrUnknown("Staff on site", items(wording.STAFFING))
    owner = ChoiceOrUnknown("Who owns it?", items(wording.OWNER))
    manager = ChoiceOrUnknown("Who manages it?", items(wording.OWNER))
    private_dwelling = YesNoUnknown("Is it in somebody’s private dwelling?")
    gas = YesNoUnknown("Is there a gas supply?")
    urgency = ChoiceOrUnknown(
        "Is it for tonight, or planned?", items(wording.URGENCY), "It sets by when each answer is wanted."
    )
    starts = Day("First night")
    nights = Whole("Expected number of nights", "Every other test depends on it.", least=1, most=3650)
    nightly_cost = Pounds("Cost for a night, in pounds")
    notice_sent = Day(
        "When was the host authority notified?",
        "Only where the unit is outside the district. A late notice is a breach, never unsuitability.",
    )

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        return shares_agree(self) and fine


def shares_agree(form: Any) -> bool:
    """Does what is said of sharing agree with itself? What does not is refused beside its box."""
    fine, shared = True, set(form.shares.data or ())
    if form.shares_known.data != "yes" and shared:
        form.refuse("shares_known", "Something is ticked as shared below. Choose “Yes”, or take the ticks away.")
        fine = False
    if form.shares_known.data == "yes" and not shared:
        form.refuse("shares", "Tick what is shared, or choose “Not known”.")
        fine = False
    if form.self_contained.known and shared & {"toilet", "washing", "cooking"}:
        form.refuse(
            "self_contained",
            "A self-contained unit shares no toilet, washing or cooking, and one of these is ticked. Which is right?",
        )
        fine = False
    return fine


ASKED_PLACEMENT = Asked(
    Placement,
    PlacementForm,
    otherwise={
        "shares": ticks("shares_known", "shares"),
        "nightly_cost_pence": InBoxes(
            ("nightly_cost",), lambda form: form.nightly_cost.pence, lambda pence: {"nightly_cost": pence}
        ),
    },
    not_asked={
        **dict.fromkeys(("rooms", "certificates", "authority"), "on a page of their own"),
        "further_units": "on pages of their own",
        "other_files_worried": "counted by the service",
        "protected_place": "worked out by the service",
    },
    boxes_only={"version": "which state of the case they saw"},
)


def again(box: Any, **otherwise: Any) -> Any:
    """The same box of another form: asked in the same words."""
    return box.field_class(*box.args, **(box.kwargs | otherwise))


class UnitBesideForm(CaseForm):
    """A further unit in the building of the first, for the same nights."""

    version = Hidden("Version")
    door = Line(
        "Which room or flat is it?",
        "For example, Room 14. It is in the building of the first; a unit in another building is a placement of its own.",
        [needed("Enter which room or flat it is.")],
        longest=60,
    )
    sleeps_known = Choice(
        "Is it known who sleeps here?",
        [("yes", "Yes: tick them below"), ("none", "Nobody sleeps here"), ("unknown", "Not known")],
        "Once this is known of every further unit, whoever sleeps in none of them sleeps in the first.",
    )
    sleeps = Ticks("Who sleeps here?", [])
    kind = again(PlacementForm.kind)
    self_contained = again(PlacementForm.self_contained)
    shares_known = again(PlacementForm.shares_known)
    shares = again(PlacementForm.shares)
    cooking_provided = again(PlacementForm.cooking_provided)
    shared_building = again(PlacementForm.shared_building)
    hmo = again(PlacementForm.hmo)
    floor = again(PlacementForm.floor)
    storeys = again(PlacementForm.storeys)
    lift = again(PlacementForm.lift)
    staffing = again(PlacementForm.staffing)
    owner = again(PlacementForm.owner)
    manager = again(PlacementForm.manager)
    private_dwelling = again(PlacementForm.private_dwelling)
    gas = again(PlacementForm.gas)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.sleeps_known.data != "yes" and self.sleeps.data:
            self.refuse("sleeps_known", "Somebody is ticked below. Choose “Yes”, or take the ticks away.")
            fine = False
        if self.sleeps_known.data == "yes" and not self.sleeps.data:
            self.refuse("sleeps", "Tick who sleeps here, or choose “Not known”.")
            fine = False
        return shares_agree(self) and fine


ASKED_UNIT_BESIDE = Asked(
    FurtherUnit,
    UnitBesideForm,
    otherwise={"shares": ticks("shares_known", "shares"), "sleeps": ticks("sleeps_known", "sleeps")},
    not_asked={
        "key": "given by the service",
        **dict.fromkeys(("rooms", "certificates"), "on a page of their own"),
    },
    boxes_only={"version": "which state of the case they saw"},
)


class RoomForm(CaseForm):
    version = Hidden("Version")
    name = Line("Name of the room", "For example, back bedroom.", longest=60)
    use = Choice("Use", items(wording.ROOM), checks=[needed("Choose what the room is used for.")])
    area = SquareMetres(
        "Measured floor area in square metres",
        "Leave empty if nobody has measured it: the space standard then stays open.",
    )


def _square_metres(form: RoomForm) -> Decimal | None:
    return None if form.area.cm2 is None else Decimal(form.area.cm2) / 10_000


ASKED_ROOM = Asked(
    Room,
    RoomForm,
    otherwise={
        "area_m2": InBoxes(("area",), _square_metres, lambda area: {"area": None if area is None else str(area)})
    },
    boxes_only={"version": "which state of the case they saw"},
)


class CertificateForm(CaseForm):
    version = Hidden("Version")
    kind = Choice("Which certificate?", items(wording.CERTIFICATE), checks=[needed("Choose which certificate it is.")])
    issued = Day("Issued on")
    expires = Day("Lasts until")
    open_danger_codes = YesNoUnknown(
        "Any open “danger” or “potential danger” code (C1 or C2)?", "Electrical reports only."
    )

    def validate_expires(self, field: Day) -> None:
        if field.data and self.issued.data and field.data < self.issued.data:
            raise ValidationError("The certificate ends before it was issued.")


ASKED_CERTIFICATE = Asked(Certificate, CertificateForm, boxes_only={"version": "which state of the case they saw"})
