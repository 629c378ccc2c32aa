"""The register of buildings and units: what is known of them and by whose word, and a placement that is of it."""

from __future__ import annotations

from typing import Any, ClassVar

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from app.clocks import today
from app.suitability.casefile import wording

from . import property_words as words
from .asked import items, kept, ticks
from .base import CaseForm
from .check import OneFile
from .fields import (
    AddressLine,
    Choice,
    ChoiceOrUnknown,
    Day,
    Hidden,
    Line,
    Note,
    Postcode,
    Ticks,
    needed,
    not_in_future,
)
from .measures import Whole
from .placements import CertificateForm, PlacementForm, UnitBesideForm, again, shares_agree

_PAST = not_in_future(today, "This day is in the future.")


class BuildingForm(CaseForm):
    """A building that is to be in the register."""

    address = AddressLine(
        "Address of the building", "Without the room or flat. Every unit has its door on a page of its own.",
        [needed("Enter the address of the building.")],
    )  # fmt: skip
    postcode = Postcode("Postcode", width="govuk-input--width-10", checks=[needed("Enter the postcode.")])
    uprn = Line("Its UPRN, where it is known", "The number of the property, up to 12 figures.", longest=12)
    notes = Note("What whoever visits should know of the building", "Nothing about a family.")


class UnitForm(CaseForm):
    """A unit of a building."""

    door = Line("Which room or flat?", "For example, Flat 3. Leave empty for a house that is one unit.", longest=60)
    council_ref = Line("Its number in the housing system, where it has one", longest=60)


class EvidenceForm(CaseForm):
    """One thing that is known, by whose word, of which day."""

    word = Choice(
        "How is it known?",
        [(code, words.WORD[code]) for code in (words.OFFICER, words.DOCUMENT, words.PROVIDER)],
        "What a provider declares is kept apart from what was seen.",
        [needed("Choose how it is known.")],
    )
    said_by = Line("By whom?", "Name and role; of a document, which one.", [needed("Say by whom it is known.")])
    on = Day("On what day was it seen or said?", checks=[needed("Give the day."), _PAST])
    words = Note("In words", "Nothing that tells of a family who lived there.")
    KIND: ClassVar[str] = ""

    def values(self) -> dict[str, Any]:
        """The row of the register, without what is of its kind."""
        until = getattr(self, "until", None)
        return {
            "kind": self.KIND, "word": self.word.data, "said_by": self.said_by.data, "on": self.on.data,
            "words": self.words.data or "", "until": until.data if until is not None else None,
        }  # fmt: skip

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        until = getattr(self, "until", None)
        if until is not None and until.data and self.on.data and until.data < self.on.data:
            self.refuse("until", "This day is before the other one.")
            fine = False
        return fine


class InspectionForm(EvidenceForm):
    KIND = words.INSPECTION
    until = Day("By what day is the next inspection due?", "Leave empty where no day is set: the page then says so.")


class CertificateOfForm(EvidenceForm):
    KIND = words.CERTIFICATE
    certificate = Choice("Which certificate?", items(wording.CERTIFICATE), checks=[needed("Choose which it is.")])
    until = Day("Lasts until")

    def values(self) -> dict[str, Any]:
        return {**super().values(), "certificate": self.certificate.data}


class RestrictionForm(EvidenceForm):
    KIND = words.RESTRICTION
    reach = Choice("For whom?", list(words.REACH.items()), checks=[needed("Choose whom it is for.")])
    under_age = Whole(
        "Under which age?", "5 for under-fives. Only for the second choice.", least=1, most=18, unit="years"
    )
    until = Day(
        "By what day is it to be put right?", "The restriction holds until somebody writes down that it is lifted."
    )

    def values(self) -> dict[str, Any]:
        return {**super().values(), "reach": self.reach.data, "under_age": self.under_age.number}

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if (self.reach.data == words.UNDER) != (self.under_age.number is not None) and not self.under_age.errors:
            under = self.reach.data == words.UNDER
            self.refuse("under_age", "Give the age." if under else "An age is only for the second choice.")
            fine = False
        if self.reach.data == words.SOME and not self.words.data:
            self.refuse("words", "Say for which families it is not.")
            fine = False
        return fine


class IncidentForm(EvidenceForm):
    KIND = words.INCIDENT

    def validate(self, extra_validators: Any = None) -> bool:
        return _needs_words(self, super().validate(extra_validators))


class ResidentsForm(EvidenceForm):
    KIND = words.RESIDENTS
    until = Day("Until what day does this hold?")

    def validate(self, extra_validators: Any = None) -> bool:
        return _needs_words(self, super().validate(extra_validators))


class VoidForm(EvidenceForm):
    KIND = words.VOID
    until = Day("By what day is it back in use?", "It stays out of use until somebody writes down that it is back.")


class LiftForm(EvidenceForm):
    """A restriction is lifted, or a unit is back in use."""

    KIND = words.LIFTED

    def validate(self, extra_validators: Any = None) -> bool:
        return _needs_words(self, super().validate(extra_validators))


class StrikeOutForm(CaseForm):
    """Something was written down by mistake."""

    why = Line("Why was it a mistake?", checks=[needed("Say why it was a mistake.")], longest=300)


def _needs_words(form: Any, fine: bool) -> bool:
    if not form.words.data and not form.words.errors:
        form.refuse("words", "Say in words what was seen or said.")
        return False
    return fine


_SHARES = ticks("shares_known", "shares")


class FactsForm(EvidenceForm):
    """The facts of a unit that last. What is left empty, or not known, is not said."""

    KIND = words.FACTS
    HEADINGS: ClassVar[dict[str, str]] = {"kind": "What is known of the unit"}
    kind = ChoiceOrUnknown(
        "What kind of place is it?", [(code, name) for code, name in wording.UNIT.items() if code != "refuge"],
        "A refuge is never in this register.",
    )  # fmt: skip
    self_contained = again(UnitBesideForm.self_contained)
    shares_known = again(UnitBesideForm.shares_known)
    shares = again(UnitBesideForm.shares)
    cooking_provided = again(UnitBesideForm.cooking_provided)
    shared_building = again(UnitBesideForm.shared_building)
    hmo = again(UnitBesideForm.hmo)
    floor = again(UnitBesideForm.floor)
    storeys = again(UnitBesideForm.storeys)
    lift = again(UnitBesideForm.lift)
    staffing = again(UnitBesideForm.staffing)
    owner = again(UnitBesideForm.owner)
    manager = again(UnitBesideForm.manager)
    private_dwelling = again(UnitBesideForm.private_dwelling)
    gas = again(UnitBesideForm.gas)

    def facts(self) -> dict[str, Any]:
        """The facts that were said, by name; what is not known is none."""
        said = {name: _SHARES.said(self) if name == "shares" else kept(self[name]) for name in words.FACT}
        return {name: value for name, value in said.items() if value is not None}

    def values(self) -> dict[str, Any]:
        return {**super().values(), "facts": self.facts()}

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        fine = shares_agree(self) and fine
        if fine and not self.facts():
            self.refuse("", "Say at least one fact.")
            return False
        return fine

    @staticmethod
    def shown(facts: dict[str, Any]) -> dict[str, Any]:
        """Facts as the boxes show them."""
        return {k: v for k, v in facts.items() if k != "shares"} | (
            _SHARES.shown(facts["shares"]) if "shares" in facts else {}
        )


class PhotographOfForm(EvidenceForm):
    """A photograph of a building or unit; what it shows is said in words."""

    KIND = words.PHOTOGRAPH
    photograph = OneFile(
        "The photograph",
        "JPEG, PNG or WebP, up to 8 million bytes. Show the thing: nobody who lives there, no papers, nothing of a family.",
    )

    def __init__(self, **kw: Any) -> None:
        parts: Any = [request.files, request.form]
        super().__init__(formdata=CombinedMultiDict(parts) if request.method == "POST" else None, **kw)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = super().validate(extra_validators)
        if not self.words.data and not self.words.errors:
            self.refuse("words", "Say in words what it shows.")
            return False
        return fine


FORMS: dict[str, type[EvidenceForm]] = {
    form.KIND: form
    for form in (FactsForm, InspectionForm, CertificateOfForm, RestrictionForm, IncidentForm, ResidentsForm, VoidForm)
}


# ---- a placement that is of the register


def _looked_at() -> Any:
    return Ticks(
        "Have you looked at what is filled in?",
        [("yes", "I have held each thing against what I know today, and changed or emptied what I could not stand by")],
        "What the register holds is old. What you save is what you say.",
        [needed("Look at what is filled in, and say that you have.")],
    )


class FromRegisterForm(PlacementForm):
    """A placement filled in from the register: whoever proposes it says that they looked at each thing."""

    checked = _looked_at()


class BesideFromRegisterForm(UnitBesideForm):
    """A further unit, filled in the same way."""

    checked = _looked_at()


class CertificateFromRegisterForm(CertificateForm):
    """A certificate, filled in the same way."""

    checked = _looked_at()


class LookForm(CaseForm):
    """Which unit of the register is it?"""

    where = Line("Address or door", longest=200)
    postcode = Postcode("Postcode", width="govuk-input--width-10")

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if fine and not self.where.data and not self.postcode.data:
            self.refuse("where", "Enter an address or a postcode.")
            return False
        return fine


class AnswerForm(CaseForm):
    """What is answered to a restriction against the household."""

    version = Hidden("Version")
    said = Note(
        "What do you say to this?",
        "What was done about it, by whom, and who saw it; or why this family is placed here all the same, and who agreed. It lifts nothing.",
        [needed("Say what you answer.")],
    )


class TakeUpForm(CaseForm):
    """The nights for which a family takes up a unit."""

    version = Hidden("Version")
    first = Day("First night", checks=[needed("Give the first night.")])
    last = Day(
        "Last night that is booked", "It can be made longer, and ends when you write down that they left.",
        [needed("Give the last night that is booked.")],
    )  # fmt: skip
    told_by = Line("How is it known that they have the keys, or will?", checks=[needed("Say how it is known.")])


class LeftForm(CaseForm):
    """A family left a unit."""

    version = Hidden("Version")
    left_on = Day("On what day did they leave?", "They slept there the night before.", [needed("Give the day."), _PAST])
    said = Line("How is it known?", checks=[needed("Say how it is known.")], longest=300)


class LongerForm(CaseForm):
    """A booking is made longer."""

    version = Hidden("Version")
    last = Day("Last night that is booked now", checks=[needed("Give the last night.")])


class AlertForm(CaseForm):
    """What was done about a building that several cases worry about."""

    said = Note(
        "What was done?",
        "Commissioning and the police told, by whom and when; every family in the building looked at again.",
        [needed("Say what was done.")],
    )
