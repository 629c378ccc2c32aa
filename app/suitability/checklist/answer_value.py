"""Whether a value can answer a question, and in words why not."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches

from app.suitability.casefile.answers import UNKNOWN

from .criterion import Criterion


def value_problem(criterion: Criterion, value: object) -> str | None:
    """Why a value cannot answer a criterion, as a sentence; None when it can."""
    if value == UNKNOWN:
        return None
    if criterion.answer == "computed":
        return f"{criterion.id} is worked out from facts and is never answered."
    if criterion.answer == "choice" and not isinstance(value, str):
        return f"{criterion.id} takes one option, in quotation marks: {', '.join(criterion.options)}, unknown."
    if criterion.answer == "choice":
        return _option_problem(criterion, [value])
    if criterion.answer == "multiple":
        if isinstance(value, str):
            value = (value,)  # one option, as it was written while the question took only one
        if not isinstance(value, tuple) or not value:
            return f"{criterion.id} takes a list of options."
        clear = [
            v
            for v in value
            if isinstance(v, str)
            and v in criterion.options
            and criterion.options[v].means == "clear"
            and not criterion.options[v].beside
        ]
        if clear and len(value) > 1:
            return f"“{clear[0]}” cannot stand beside other options."
        # Beside what is ticked, “unknown” says that of the others nobody knows.
        if value == (UNKNOWN,):
            return f"Write “{UNKNOWN}” by itself, without a list, where nothing is known."
        return _option_problem(criterion, [v for v in value if v != UNKNOWN])
    if criterion.answer == "minutes":
        return (
            None
            if isinstance(value, int) and value <= 1440
            else f"{criterion.id} takes a whole number of minutes, up to 1,440."
        )
    if criterion.answer == "date":
        try:
            date.fromisoformat(str(value))
            return None
        except ValueError:
            return f"{criterion.id} takes a date written YYYY-MM-DD."
    if not isinstance(value, dict):
        return f"{criterion.id} takes numbers by name: {', '.join(criterion.counts)}."
    strange = [name for name in value if name not in criterion.counts]
    return f"{criterion.id} has no count “{strange[0]}”: it takes {', '.join(criterion.counts)}." if strange else None


def _option_problem(criterion: Criterion, values: list[object]) -> str | None:
    for value in values:
        if not isinstance(value, str) or value not in criterion.options:
            near = get_close_matches(str(value), list(criterion.options), n=1)
            return f"{criterion.id} has no option “{value}”." + (
                f" Did you mean “{near[0]}”?" if near else f" It has: {', '.join(criterion.options)}, unknown."
            )
    return None
