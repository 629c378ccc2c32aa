"""Numbers, areas, money and times as they are typed. The dates are in :mod:`forms.dates`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from wtforms import Form
from wtforms.validators import ValidationError

from .fields import Check, Line

_GROUPED = re.compile(r"-?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]*)?")
_STOP = "A comma may stand only between thousands, and a full stop before decimals."


def without_commas(typed: str) -> str | None:
    """A number without the commas between its thousands; None where a comma stands anywhere else, as it may mean a decimal."""
    if "," not in typed:
        return typed
    return typed.replace(",", "") if _GROUPED.fullmatch(typed) else None


class Whole(Line):
    """A whole number within bounds, or nothing."""

    kept_in = "number"

    def __init__(
        self,
        label: str,
        hint: str = "",
        checks: Sequence[Check] = (),
        least: int = 0,
        most: int = 100_000,
        unit: str = "",
        **kw: Any,
    ) -> None:
        super().__init__(label, hint, checks, longest=20, width="govuk-input--width-5", **kw)
        self.least, self.most, self.unit = least, most, unit

    def process_data(self, value: Any) -> None:
        super().process_data(None if value is None else str(value))  # nought is a number, and shows

    def process_formdata(self, valuelist: list[str]) -> None:
        super().process_formdata(valuelist)
        self.number: int | None = None

    def pre_validate(self, form: Form) -> None:
        self.number = None
        typed = str(self.data or "").strip()
        if not typed:
            return
        written = without_commas(typed)
        if written is None or not re.fullmatch(r"-?[0-9]{1,9}", written):
            raise ValidationError(f"{self.label.text} must be a whole number, like {max(self.least, 1)}.")
        number = int(written)
        if not self.least <= number <= self.most:
            raise ValidationError(f"{self.label.text} must be from {self.least:,} to {self.most:,}.")
        self.number = number


_TIME = re.compile(r"([01]?[0-9]|2[0-3])(?:[:.]?([0-5][0-9]))?(am|pm)?")


class TimeOfDay(Line):
    """A time as it is said: 18:30, 6.30pm, 19; ``time`` is it on the clock of 24 hours, or empty."""

    def __init__(self, label: str, hint: str = "", **kw: Any) -> None:
        super().__init__(label, hint, longest=10, width="govuk-input--width-5", **kw)
        self.time = ""

    def pre_validate(self, form: Form) -> None:
        self.time = ""
        typed = (self.data or "").replace(" ", "").lower()
        if not typed:
            return
        said = _TIME.fullmatch(typed)
        hour, half = (int(said[1]), said[3]) if said else (0, None)
        if said is None or (half and not 1 <= hour <= 12):
            raise ValidationError("Enter a time, like 18:30 or 6.30pm.")
        hour = hour % 12 + (12 if half == "pm" else 0) if half else hour
        self.time = f"{hour:02d}:{said[2] or '00'}"


class SquareMetres(Line):
    """A floor area in square metres; ``cm2`` is the same as a whole number."""

    def __init__(self, label: str, hint: str = "", **kw: Any) -> None:
        super().__init__(label, hint, longest=12, width="govuk-input--width-5", **kw)
        self.cm2: int | None = None

    def pre_validate(self, form: Form) -> None:
        self.cm2 = None
        if not self.data:
            return
        written = without_commas(self.data)
        if written is None:
            raise ValidationError(f"{_STOP} Enter the floor area like 10.5.")
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{0,6})?", written):
            raise ValidationError("Enter the floor area as a number, like 10.5.")
        area = Decimal(written)
        if not Decimal("0.5") < area < Decimal(400):
            raise ValidationError(
                "The floor area of a room must be more than 0.5 and less than 400 square metres. Measure it, or leave it empty."
            )
        self.cm2 = int(area.quantize(Decimal("0.01")) * 10_000)


class Pounds(Line):
    """Money typed in pounds; ``pence`` is what is kept."""

    kept_in = "pence"

    def __init__(self, label: str, hint: str = "", **kw: Any) -> None:
        super().__init__(label, hint, longest=12, width="govuk-input--width-5", **kw)
        self.pence: int | None = None
        self.prefix = "£"

    def process_data(self, value: Any) -> None:
        self.data = f"{value // 100}.{value % 100:02d}" if isinstance(value, int) else value

    def pre_validate(self, form: Form) -> None:
        self.pence = None
        typed = (self.data or "").strip().removeprefix("£").strip()
        if not typed:
            return
        written = without_commas(typed)
        if written is None:
            raise ValidationError(f"{_STOP} Enter the amount like 62.50 or 1,062.50.")
        if not re.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,2})?", written):
            raise ValidationError("Enter an amount in pounds, like 62 or 62.50.")
        self.pence = int(Decimal(written) * 100)
        if self.pence > 10_000_000:
            raise ValidationError("The amount is too large for a night.")
