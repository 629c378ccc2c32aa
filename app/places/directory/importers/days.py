"""The days in a file: read once each, in the shapes that publishers write; one that cannot be read is named and never passed over."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from app.places.files import Problems, RowProblem

_MONTHS = {
    m: n for n, m in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)
}
_YEAR_FIRST = re.compile(r"(\d{4})([-/]?)(\d{2})\2(\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_IN_WORDS = re.compile(r"(\d{1,2})[-/ ]([A-Za-z]{3})[A-Za-z]*[-/ ](\d{4})")
_MIDNIGHT = re.compile(r"(?:[T ]| - )00:00(?::00(?:\.0+)?)?Z?$")


@lru_cache(maxsize=16_384)
def day_in(text: str) -> date | None:
    """20270831, 2027-08-31, 31-08-2027, 31/08/2027 or 31/Aug/2027, with or without a midnight behind it; None where it is no day."""
    bare = _MIDNIGHT.sub("", text.strip())
    try:
        if said := _YEAR_FIRST.fullmatch(bare):
            return date(int(said[1]), int(said[3]), int(said[4]))
        if said := _DAY_FIRST.fullmatch(bare):
            return date(int(said[3]), int(said[2]), int(said[1]))
        if (said := _IN_WORDS.fullmatch(bare)) and (month := _MONTHS.get(said[2].casefold())):
            return date(int(said[3]), month, int(said[1]))
    except ValueError:  # the 31st of June
        pass
    return None


def dated(status: str, opens: str, closes: str, line: int, problems: Problems) -> tuple[str, date | None, date | None]:
    """Status, first day and last day of a row; a day that cannot be read leaves an open service unconfirmed, and is named."""
    opens_on, closes_on = day_in(opens) if opens else None, day_in(closes) if closes else None
    for what, said, found in (("opens", opens, opens_on), ("closes", closes, closes_on)):
        if said and found is None:
            problems.append(RowProblem(line, f"“{said[:20]}” is no day, so it is not known when it {what}."))
            status = status if status == "closed" else "unconfirmed"
    return status, opens_on, closes_on
