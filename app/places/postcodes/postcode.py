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


def in_text(text: str) -> list[str]:
    """Every different postcode in a piece of text, in the kept shape."""
    return list(dict.fromkeys("".join(found.upper().split()) for found in _FIND.findall(text)))


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
