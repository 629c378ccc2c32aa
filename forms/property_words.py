"""What the register’s codes are called: the kinds of evidence, whose word it is, whom a restriction is for."""

from __future__ import annotations

from app.suitability.casefile import wording

# Whose word it is. They are never merged: what a provider declares is not what an officer saw.
OFFICER, DOCUMENT, PROVIDER, SYSTEM = "officer", "document", "provider", "system"
WORD: dict[str, str] = {
    OFFICER: "Seen by an officer",
    DOCUMENT: "A document in hand",
    PROVIDER: "Declared by the provider",
    SYSTEM: "Carried over from the housing system",
}
WORD_BY: dict[str, str] = {
    OFFICER: "Seen by {who}",
    DOCUMENT: "By a document: {who}",
    PROVIDER: "Declared by the provider: {who}",
    SYSTEM: "Carried over from the housing system: {who}; who established it is not known",
}
FACTS, INSPECTION, CERTIFICATE, RESTRICTION, INCIDENT, RESIDENTS, VOID = (
    "facts", "inspection", "certificate", "restriction", "incident", "residents", "void",
)  # fmt: skip
LIFTED, STRUCK, PHOTOGRAPH = "lifted", "struck", "photograph"
KIND: dict[str, str] = {
    RESTRICTION: "Restriction",
    INSPECTION: "Inspection",
    CERTIFICATE: "Certificate",
    INCIDENT: "Incident",
    RESIDENTS: "Other residents",
    VOID: "Out of use",
    FACTS: "Facts of the unit",
    PHOTOGRAPH: "Photograph",
    LIFTED: "Lifted",
    STRUCK: "Taken back as a mistake",
}
# What may be written down of a building, and of a unit.
OF_A_BUILDING = (RESTRICTION, INSPECTION, CERTIFICATE, INCIDENT, RESIDENTS)
OF_A_UNIT = (FACTS, *OF_A_BUILDING, VOID)
LIFTABLE = (RESTRICTION, VOID)
EVERYBODY, UNDER, SOME = "everybody", "under", "some"
REACH: dict[str, str] = {
    EVERYBODY: "Nobody may be placed here",
    UNDER: "Not for children under an age",
    SOME: "Not for some families: say in words which",
}
FACT: dict[str, str] = {
    "kind": "Kind of place",
    "self_contained": "Self-contained",
    "shares": "Shared with another household",
    "cooking_provided": "Cooking facilities provided",
    "shared_building": "Building shared with other households",
    "hmo": "In a house in multiple occupation",
    "floor": "Floor",
    "storeys": "Storeys of the unit itself",
    "lift": "Lift",
    "staffing": "Staff on site",
    "owner": "Owner",
    "manager": "Manager",
    "private_dwelling": "In somebody’s private dwelling",
    "gas": "Gas supply",
}
_OF_FACT = {"kind": wording.UNIT, "staffing": wording.STAFFING, "owner": wording.OWNER, "manager": wording.OWNER}


def of_fact(name: str, value: object) -> str:
    """The value of a fact, in words."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, list):
        return ", ".join(wording.SHARED[part] for part in value) or "Nothing"
    if name == "floor" and value == 0:
        return "Ground floor"
    return _OF_FACT.get(name, {}).get(str(value), str(value))


def age(days: int) -> str:
    """How old something is, as people say it."""
    if days <= 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 60 else f"{days // 30} months ago" if days < 730 else f"{days // 365} years ago"
