"""A postcode as text: one shape, and a sentence when it is not one."""

from __future__ import annotations

import re

# The letters that stand in each place, so that an O for a 0 is seen. Source: BS 7666; every postcode in use fits.
_SHAPE = re.compile(
    r"^([A-PR-UWYZ]\d[ABCDEFGHJKMNPRSTUVWXY\d]?|[A-PR-UWYZ][A-HK-Y]\d[ABEHMNPRVWXY\d]?|GIR|NPT)(\d[ABD-HJLNP-UW-Z]{2})$"
)
_LOOKS_ALIKE = {"O": "0", "I": "1", "L": "1", "S": "5", "0": "O", "1": "I", "5": "S"}
_FIND = re.compile(r"\b[A-Z]{1,2}\d[A-Z\d]?\s*\d[A-Z]{2}\b", re.I)


class NotAPostcode(ValueError):
    """Says what is wrong, and what may have been meant."""


def normalise(text: str) -> str:
    """Upper case, without spaces: how a postcode is kept.

    Raises:
        NotAPostcode: with a sentence for the person who typed it.
    """
    squeezed = "".join(text.upper().split())
    if _SHAPE.match(squeezed):
        return squeezed
    meant = _meant(squeezed)
    hint = (
        f" Did you mean {display(meant)}? Check the letter O and the number 0."
        if meant
        else " It should look like B1 1AA."
    )
    raise NotAPostcode(f"“{text.strip()[:20]}” is not a postcode.{hint}")


def _meant(squeezed: str) -> str | None:
    """The one postcode reached by swapping a letter and the number that looks like it."""
    if not 5 <= len(squeezed) <= 7:
        return None
    swaps = [(at, _LOOKS_ALIKE[ch]) for at, ch in enumerate(squeezed) if ch in _LOOKS_ALIKE]
    found = set()
    for at, ch in swaps:
        tried = squeezed[:at] + ch + squeezed[at + 1 :]
        if _SHAPE.match(tried):
            found.add(tried)
        for at_2, ch_2 in swaps:
            if at_2 > at:
                twice = tried[:at_2] + ch_2 + tried[at_2 + 1 :]
                if _SHAPE.match(twice):
                    found.add(twice)
    return found.pop() if len(found) == 1 else None


def display(postcode: str) -> str:
    """With one space before the last three."""
    squeezed = "".join(postcode.upper().split())
    return f"{squeezed[:-3]} {squeezed[-3:]}" if len(squeezed) > 3 else squeezed


# Every area of a postcode. Source: ONS Postcode Directory, November 2025; BX and GX are non-geographic and Gibraltar's.
_WRITTEN = """AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY E EC EH EN EX FK FY G GL GU GX
    GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR
    RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE"""
_AREAS = frozenset(_WRITTEN.split())
# "1st" behind a letter and a figure reads like the end of a postcode: of a room, a flat or a block and the floor it is on. Real
# postcodes end in 1ST, 2ND, 3RD and nTH too (6,303 of the directory), so what stands around it decides.
_ORDINAL = re.compile(r"1ST|2ND|3RD|[04-9]TH", re.I)
_UNIT = re.compile(
    r"\b(flat|flt|apartment|apt|room|rm|unit|block|blk|suite|studio|bedsit|door|plot|annexe|house|no|number|maisonette|tower|wing|villa|hostel)"
    r"[.:]?\s*$",
    re.I,
)
_FLOOR = re.compile(
    r"^[\s,]*(floors?|flr|fl|storeys?|stor(?:y|ies)|levels?|landings?|decks?|left|right|front|rear|back|and|or|avenue|ave|street|st|road|rd|"
    r"lane|drive|close|terrace|cross|battalion|century)\b",
    re.I,
)


def in_text(text: str) -> list[str]:
    """Every different postcode in a piece of text, in the kept shape; “Room A2 1st Floor” holds none."""
    found = (at for at in _FIND.finditer(text) if not _is_an_ordinal(at, text))
    return list(dict.fromkeys("".join(at[0].upper().split()) for at in found))


def _is_an_ordinal(at: re.Match[str], text: str) -> bool:
    """Is the end of what looks like a postcode the number of a floor or a street?"""
    written = at[0]
    if not _ORDINAL.fullmatch(written[-3:]):
        return False
    area = re.match(r"[A-Za-z]+", written)
    if area is None or area[0].upper() not in _AREAS:
        return True
    if written[-2:].islower() and not written.islower():
        return True  # “B2 1st”
    return bool(_FLOOR.match(text[at.end() :]) or _UNIT.search(text[: at.start()]))


_PLACES = {
    "BT": "Northern Ireland",
    "JE": "Jersey, in the Channel Islands",
    "GY": "Guernsey, Alderney or Sark, in the Channel Islands",
    "IM": "the Isle of Man",
    "GX": "Gibraltar",
}
_FORCES, _GIRO, _NOWHERE = "BF", "GIR", "BX"
_OFF_THE_MAP = frozenset((*_PLACES, _FORCES, _GIRO[:2], _NOWHERE))  # how they begin


def elsewhere(postcode: str) -> str:
    """Why a postcode of this area is on no map of Great Britain, as a sentence, whether it is listed or not; empty of any other."""
    if postcode[:2].upper() not in _OFF_THE_MAP:
        return ""
    written = display(postcode)
    squeezed = "".join(postcode.upper().split())
    if squeezed.startswith(_GIRO):
        return f"{written} was the postcode of a bank’s post, at no place where anybody lives."
    area = re.match(r"[A-Z]*", squeezed)
    letters = area[0] if area else ""
    if letters == _FORCES:
        return f"{written} is a British Forces (BFPO) address: the post goes there through the forces, and the place is not told."
    if letters == _NOWHERE:
        return f"{written} is a postcode for the post of one organisation, at no place on the map."
    if place := _PLACES.get(letters):
        return f"{written} is in {place}, whose grid is not used here."
    return ""


_ANYWHERE = re.compile(r"(?=([A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}))")


def anywhere(text: str) -> list[str]:
    """Whatever could be a postcode in a piece of text, spaces ignored: more than there are, never fewer."""
    return list(dict.fromkeys(_ANYWHERE.findall("".join(text.upper().split()))))


def as_number(postcode: str) -> int:
    """The postcode as a base-36 number: the key of the gazetteer."""
    return int(postcode, 36)


_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def from_number(number: int) -> str:
    """The postcode of a base-36 number, in the kept shape."""
    found = ""
    while number:
        number, digit = divmod(number, 36)
        found = _DIGITS[digit] + found
    return found
