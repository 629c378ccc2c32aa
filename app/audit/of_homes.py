"""What each action that keeps a family apart from somebody is called: by name, by place, by a sealed home; the rest of ``service.ACTIONS``."""

from __future__ import annotations

OF_HOMES = {
    "case.kept_out": "Case kept from somebody",
    "case.let_in": "Case no longer kept from somebody",
    "protected.added": "Protected place written down",
    "protected.removed": "Protected place taken out",
    "protected.used": "Protected places reckoned with",
    "home.sealed": "Home of the family sealed, with a reason",
    "home.named": "Somebody named who may see the sealed home",
    "home.unnamed": "Somebody may see the sealed home no longer",
    "home.asked": "Asked to see the sealed home, or to lift its seal",
    "home.released": "Sealed home released to one person by a second, for a short while",
    "home.refused": "Sealed home not released, or its seal not lifted",
    "home.lifted": "Seal of the home lifted by two people",
    "home.viewed": "Sealed home shown",
    "share.home_sealed": "Link ended, because what it opens says where a sealed home is",
    "match.found": "Possible match of somebody here with a household",
    "match.settled": "Possible match looked at by a safeguarding lead",
    "tie.added": "Something of their own written down, to be held against households",
    "tie.removed": "Something of their own taken out",
}
