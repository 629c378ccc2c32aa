"""The one field of the search."""

from __future__ import annotations

from .base import CaseForm
from .fields import Line

LONGEST = 200


class SearchForm(CaseForm):
    words = Line(
        "Find a family, place or professional",
        "A name however it is spelt, birth date, address, part of a postcode, reference, or who told you.",
        longest=LONGEST,
    )
