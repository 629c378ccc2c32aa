"""The one policy table: what each permission is called, who has it, and whether it is about a case the person must be able to see."""

from __future__ import annotations

from collections.abc import Callable, Set
from typing import NamedTuple, TypeVar

from app.suitability.casefile import wording
from app.suitability.casefile.codes import Role

ROLES = {role.value: wording.ROLE[role] for role in Role}
_WORKERS = (Role.HOUSING_OFFICER, Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD)
_READERS = (*_WORKERS, Role.AUDITOR)


class Permission(NamedTuple):
    """Roles that hold it; ``public`` needs no sign-in; ``of_case`` also needs sight of the case."""

    roles: tuple[str, ...]
    of_case: bool = False
    public: bool = False


POLICY: dict[str, Permission] = {
    # Nothing of a family is behind these.
    "public": Permission((), public=True),
    "metrics.read": Permission(
        (), public=True
    ),  # a token of the settings is the permission, and without one there is no page
    "share.open": Permission((), public=True),  # the link and its code are the permission
    "signed_in": Permission(tuple(ROLES)),
    "data.manage": Permission((Role.ADMINISTRATOR,)),
    "import.manage": Permission((Role.ADMINISTRATOR,)),  # what is in a file of theirs, and counts; of a case nothing
    "account.manage": Permission((Role.ADMINISTRATOR,)),
    "jobs.manage": Permission(
        (Role.SAFEGUARDING_LEAD, Role.ADMINISTRATOR)
    ),  # names, identifiers and codes, nothing of a family
    "data.view": Permission(tuple(ROLES)),
    "case.list": Permission(_READERS),
    "case.create": Permission(_WORKERS),
    "case.view": Permission(_READERS, of_case=True),
    "case.edit": Permission(_WORKERS, of_case=True),
    "supervision.view": Permission(_READERS, of_case=True),
    "supervision.write": Permission(_WORKERS, of_case=True),
    "case.allocate": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "team.arrange": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD)),  # of each case only what they may see
    "team.own": Permission((Role.SENIOR_OFFICER,)),
    "case.restrict": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "case.exclude": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    # Whoever works cases and may not see one. A safeguarding lead sees each that is not kept from them by name, which nothing opens.
    "glass.break": Permission((Role.HOUSING_OFFICER, Role.SENIOR_OFFICER)),
    "glass.note": Permission((Role.HOUSING_OFFICER, Role.SENIOR_OFFICER), of_case=True),
    "reading.review": Permission((Role.SAFEGUARDING_LEAD, Role.AUDITOR)),  # of each case only what they may see
    "readers.view": Permission(_READERS, of_case=True),
    "purpose.say": Permission(_READERS, of_case=True),
    "case.settle_number": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "protected.manage": Permission(_WORKERS, of_case=True),
    # A sealed home. Its page says where it is to nobody; to be shown it one has to be named, or to have it released by two people.
    "home.view": Permission(_READERS, of_case=True),
    "home.seal": Permission(_WORKERS, of_case=True),
    "home.ask": Permission(_WORKERS, of_case=True),
    "home.show": Permission(_WORKERS, of_case=True),
    "home.agree": Permission(_WORKERS, of_case=True),
    "home.name": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "answer.save": Permission(_WORKERS, of_case=True),
    "mitigation.save": Permission(_WORKERS, of_case=True),
    "mitigation.agree": Permission((Role.SENIOR_OFFICER,), of_case=True),
    "acceptance.save": Permission((Role.HOUSING_OFFICER, Role.SENIOR_OFFICER), of_case=True),
    "assessment.submit": Permission((Role.HOUSING_OFFICER, Role.SENIOR_OFFICER), of_case=True),
    "decision.review": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "decision.follow": Permission(_WORKERS, of_case=True),
    "decision.countersign": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "decision.withdraw": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "record.reissue": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "emergency.take": Permission((Role.SENIOR_OFFICER,), of_case=True),
    "emergency.ratify": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "record.view": Permission(_READERS, of_case=True),
    "court.export": Permission(
        (Role.SAFEGUARDING_LEAD, Role.AUDITOR), of_case=True
    ),  # the whole case, for a court or a review
    "document.check": Permission(_READERS),  # of a record whose case they may see; of any other as if it were not there
    "record.share": Permission(_WORKERS, of_case=True),
    "edition.agree": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "share.settle": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "letter.view": Permission(_READERS, of_case=True),
    "letter.make": Permission(_WORKERS, of_case=True),
    "letter.release": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
    "property.view": Permission(_READERS),  # buildings and units: of a family only what they may see
    "property.write": Permission(_WORKERS),
    "property.alert": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD)),  # of each case only what they may see
    "audit.view": Permission((Role.AUDITOR, Role.SAFEGUARDING_LEAD, Role.SENIOR_OFFICER), of_case=True),
    "stock.view": Permission(
        (Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD, Role.AUDITOR)
    ),  # counts of all cases; of each list only what they may see
    "audit.across": Permission((Role.AUDITOR,)),
    "keeping.view": Permission(
        (Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD, Role.AUDITOR)
    ),  # the schedule, holds on every case, certificates; of each case only what they may see
    "keeping.hold_all": Permission((Role.SAFEGUARDING_LEAD,)),
    "case.hold": Permission(_WORKERS, of_case=True),
    "case.lift_hold": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "access.make": Permission(_WORKERS, of_case=True),
    "access.release": Permission((Role.SAFEGUARDING_LEAD,), of_case=True),
    "case.dispose": Permission((Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD), of_case=True),
}


class CaseFacts(NamedTuple):
    """What decides who may see a case.

    ``kept_from`` are the accounts it is kept from by name; ``covered_by`` cover its officer today; ``opened_by`` opened it in an
    emergency less than an hour ago.
    """

    assigned_to: str
    created_by: str
    restricted: bool
    kept_from: Set[str] = frozenset()
    covered_by: Set[str] = frozenset()
    opened_by: Set[str] = frozenset()


def may(role: str, permission: str) -> bool:
    """Does a role hold a permission at all?"""
    return role in POLICY[permission].roles


def may_see_case(user_id: str, role: str, case: CaseFacts) -> bool:
    """Officers see the cases allocated to them; a restricted case is seen by its officer and the safeguarding leads only.

    Whoever it is kept from by name sees it in no role: that is asked first. Who covers an officer on leave sees what is theirs, but
    not what is restricted: of that the safeguarding leads say who sees it. Source: reliability.md C15.
    """
    if user_id in case.kept_from:
        return False
    if role == Role.ADMINISTRATOR:
        return False
    if user_id == case.assigned_to:
        return role in _READERS
    if case.restricted:
        return role in (Role.SAFEGUARDING_LEAD, Role.AUDITOR)
    if user_id in case.covered_by:
        return role in _READERS
    return role in (Role.SENIOR_OFFICER, Role.SAFEGUARDING_LEAD, Role.AUDITOR)


def may_read_case(user_id: str, role: str, case: CaseFacts) -> bool:
    """Whoever sees a case reads it; so does whoever opened it in an emergency, until that ends: its pages alone, in no list.

    Nobody opens what is kept from them by name, and no administrator opens anything. Source: reliability.md 4.2, Z4.
    """
    if user_id in case.kept_from:
        return False
    return may_see_case(user_id, role, case) or (user_id in case.opened_by and may(role, "glass.break"))


View = TypeVar("View", bound=Callable[..., object])


def permission(name: str) -> Callable[[View], View]:
    """Declare the permission of a route. The application refuses to start with a route that declares none."""
    if name not in POLICY:
        raise LookupError(f"there is no permission {name!r} in the policy table")

    def declare(view: View) -> View:
        view.permission = name  # type: ignore[attr-defined]
        return view

    return declare
