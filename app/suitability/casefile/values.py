"""The base of every value in a case file: frozen, strict about names, text made safe to store and to print."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

LONGEST_NOTE = 8_000  # more than this can stall a render: reliability.md C7
LONGEST_NAME = 200
_MARKS_PER_LETTER = 4
_LINE_ENDS = dict.fromkeys([0x0D, 0x85, 0x2028, 0x2029], "\n")
_NOTES = range(0xFFF9, 0xFFFC)  # marks around a note between the lines: no font draws them
# Bidirectional overrides and isolates can make a printed sentence read as another one.
_BIDI = dict.fromkeys([0x061C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A), 0xFEFF, *_NOTES])
_MARK = r"[\u0300-\u036f\u1ab0-\u1aff\u20d0-\u20ff\ufe20-\ufe2f]"
_MARKS = re.compile(rf"({_MARK}{{{_MARKS_PER_LETTER}}}){_MARK}+")


def in_sentence(label: str) -> str:
    """A label inside a sentence: a small first letter, unless it begins with an abbreviation such as GP."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def a_few(labels: Iterable[str], most: int = 2) -> str:
    """The first of a list, and how many more there are: what a closed section holds is told at a glance, not read out."""
    listed = list(labels)
    more = len(listed) - most
    return "; ".join(listed) if more <= 0 else f"{'; '.join(listed[:most])} and {more} more"


def clean_text(text: str) -> str:
    """Normal form C without control, surrogate or bidirectional characters; line ends as ``\\n``."""
    if text.isascii() and text.isprintable():
        return text.strip()  # plain letters on one line: nothing to make safe
    text = text.replace("\r\n", "\n").translate(_LINE_ENDS).translate(_BIDI)
    text = "".join(ch for ch in text if ch in "\n\t" or unicodedata.category(ch) not in ("Cc", "Cs", "Cn", "Co"))
    return _MARKS.sub(r"\1", unicodedata.normalize("NFC", text)).strip()


def one_line(text: str) -> str:
    """Text made safe, without line ends."""
    return " ".join(clean_text(text).split())


Line = Annotated[str, Field(max_length=LONGEST_NAME), AfterValidator(one_line)]
Note = Annotated[str, Field(max_length=LONGEST_NOTE), AfterValidator(clean_text)]
Key = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]


def _written_date(value: object) -> object:
    if isinstance(value, (int, float)):
        raise ValueError("write a date as YYYY-MM-DD")
    return value


When = Annotated[date, BeforeValidator(_written_date), Field(ge=date(1900, 1, 1), le=date(2100, 12, 31))]


class Plain(BaseModel):
    """Plain data: equal by value, never changed, no unknown names."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    def as_json(self) -> Any:
        """The same value as strings, integers, booleans, lists and maps."""
        return self.model_dump(mode="json", exclude_none=True)


@lru_cache(maxsize=1024)
def day_in_words(day: date) -> str:
    """A day as people write it: 28 November 2026."""
    return f"{day.day} {day:%B %Y}"
