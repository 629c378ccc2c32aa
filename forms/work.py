"""Cover for somebody on leave."""

from __future__ import annotations

from .base import CaseForm
from .fields import Choice, Day, needed


class CoverForm(CaseForm):
    """Who covers, from one day to another."""

    cover = Choice("Who covers?", [], checks=[needed("Choose who covers.")], as_select=True)
    first = Day("First day", "Cover begins in the morning of this day.", [needed("Enter the first day.")])
    last = Day("Last day", "Cover ends by itself at the end of this day.", [needed("Enter the last day.")])
