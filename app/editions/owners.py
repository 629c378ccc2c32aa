"""What an agency is called where it owns a condition or a concern, to its code."""

from __future__ import annotations

from app.suitability.checklist.checklist import Checklist


def owners(checklist: Checklist) -> dict[str, str]:
    """Name in lower case to code: as the council calls it, and as its code reads."""
    found = {code.replace("_", " "): code for code in checklist.agencies}
    return found | {agency.name.casefold(): code for code, agency in checklist.agencies.items()}
