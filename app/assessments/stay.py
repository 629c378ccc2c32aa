"""The stay of a placement: what the unit does not keep is kept with the assessment, or worked out."""

from __future__ import annotations

from app.mapping import Kept
from app.properties.service import UNIT
from app.suitability.casefile.household import Placement

from .models import Assessment

STAY = Kept(
    Placement,
    Assessment,
    fields=UNIT.elsewhere,
    elsewhere={
        "authority": "confirmed by a person, or else by the postcode and the boundary",
        "other_files_worried": "counted over the other cases",
        "protected_place": "one word, worked out of what is sealed",
    },
    columns_only={
        "state": "how far it is",
        "created_at": "when it was begun",
        "authority": "only where a person confirmed it",
        "authority_how": "how that is known",
        "impression_relied_on": "of the case file, beside the placement",
        "journeys": "of the case file, beside the placement",
        **dict.fromkeys(("submitted_at", "reasons", "worse_outcome", "worse_reason"), "what was handed to the lead"),
        "returned_note": "why the lead returned it",
        "taken_back_note": "why the officer took it back",
        **dict.fromkeys(("follows", "again_because", "again_note"), "which decided one it looks at again, and why"),
    },
)
