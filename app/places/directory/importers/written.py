"""Names, addresses and telephone numbers as a register or a spreadsheet left them, put back as they are said."""

from __future__ import annotations

import re
from functools import lru_cache

# Words that stay in capitals, and those that have a shape of their own, in names that a register writes all in capitals.
_CAPITALS = frozenset(
    [
        "A&E",
        "BBC",
        "CAMHS",
        "CE",
        "CIC",
        "CMHT",
        "CQC",
        "CVS",
        "DSP",
        "GP",
        "HM",
        "HMP",
        "HQ",
        "ICB",
        "II",
        "III",
        "IV",
        "LLP",
        "NHS",
        "PCT",
        "PO",
        "RAF",
        "RC",
        "SEN",
        "SENCO",
        "SMS",
        "UK",
        "UTC",
        "VA",
        "VC",
        "YMCA",
        "YWCA",
    ]
)
_SHAPED = {"LTD": "Ltd", "PLC": "plc", "GPS": "GPs", "OF": "of", "AND": "and", "THE": "the", "DR": "Dr"}
_FIRST = {"OF": "Of", "AND": "And", "THE": "The"}
_ORDINAL = re.compile(r"(\d+)(ST|ND|RD|TH|HR|HRS|AM|PM)", re.I)
_TOKEN = re.compile(r"[^\s,;:/()\[\]\-–]+")


@lru_cache(maxsize=65_536)
def named(text: str) -> str:
    """A name or address written in capitals, as it is said: “King’s”, “1st Floor”, “NHS Walk-In Centre”, “Boots UK Ltd”."""
    said = " ".join(text.split())
    if not said.isupper():
        return said
    return _TOKEN.sub(lambda found: _word(found[0], found.start() == 0), said)


@lru_cache(maxsize=16_384)
def _word(word: str, first: bool) -> str:
    bare = word.strip(".’'\"&")
    if bare in _CAPITALS or word in _CAPITALS:
        return word
    if bare in _SHAPED:
        return word.replace(bare, _FIRST.get(bare, _SHAPED[bare]) if first else _SHAPED[bare])
    if ordinal := _ORDINAL.fullmatch(bare):
        return word.replace(bare, ordinal[1] + ordinal[2].lower())
    if not word.isalpha() and any(ch.isdigit() for ch in word):
        return word  # a postcode, a road number, “12A”
    return re.sub(r"(?<=[’'])S\b", "s", word.title())


# A United Kingdom number without its first nought has ten figures and begins with one of these. Nine figures, or another first
# figure, may be many things and are left as they are. Source: Ofcom, National Telephone Numbering Plan.
_WITHOUT_NOUGHT = re.compile(r"[12378]\d{9}")
_AS_A_FRACTION = re.compile(r"(\d+)\.0+")
_AS_A_POWER = re.compile(r"\d(\.\d+)?E\+?\d+", re.I)


def telephone(text: str) -> str:
    """A telephone number with the nought that a spreadsheet took, where it is certain that it did; empty where figures are lost."""
    said = " ".join(text.split())
    if not said.isdecimal():  # nothing but figures is neither
        if _AS_A_POWER.fullmatch(said):
            return ""
        if whole := _AS_A_FRACTION.fullmatch(said):
            said = whole[1]
    return f"0{said}" if _WITHOUT_NOUGHT.fullmatch(said.replace(" ", "")) else said
