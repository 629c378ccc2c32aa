"""The fields all forms are made of. Each knows its GOV.UK component by ``kind``; templates/components/fields.html shows it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from wtforms import Field, Form, HiddenField, PasswordField, StringField
from wtforms.validators import ValidationError

from app import clocks
from app.places.postcodes import postcode as postcodes
from app.suitability.casefile.values import LONGEST_NAME, LONGEST_NOTE, clean_text, one_line

from . import dates
from .addresses import address_problem

Check = Callable[[Form, Field], None]


def needed(message: str) -> Check:
    """The field must be answered."""

    def check(form: Form, field: Field) -> None:
        if field.data in (None, "", [], ()):
            raise ValidationError(message)

    return check


class Line(StringField):
    """One line of text, cleaned of control and bidirectional characters. No browser keeps what is typed of a family."""

    kind, input_type, autocomplete = "text", "text", "off"

    def __init__(
        self,
        label: str,
        hint: str = "",
        checks: Sequence[Check] = (),
        longest: int = LONGEST_NAME,
        width: str = "",
        **kw: Any,
    ) -> None:
        super().__init__(label, list(checks), **kw)
        self.hint, self.longest, self.width = hint, longest, width

    def process_formdata(self, valuelist: list[str]) -> None:
        self.typed = valuelist[0] if valuelist else ""
        self.data = " ".join(clean_text(self.typed).split())

    def _value(self) -> str:
        return str(self.data or "")

    def pre_validate(self, form: Form) -> None:
        if len(self.data or "") > self.longest:
            raise ValidationError(
                f"{self.label.text} must be {self.longest} characters or fewer. It is {len(self.data or '')}."
            )


class Email(Line):
    """An e-mail address: what it holds is what the mail library will write to, to the letter."""

    input_type = "email"

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        problem = address_problem(self.data or "") if self.data else ""
        if problem:
            raise ValidationError(problem)


class Postcode(Line):
    """A postcode, or nothing. An unknown one is accepted; a misspelt one is explained."""

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        if self.data:
            try:
                self.data = postcodes.display(postcodes.normalise(self.data))
            except postcodes.NotAPostcode as problem:
                raise ValidationError(str(problem)) from None


class AddressLine(Line):
    """An address. Two different postcodes in one are a question, not a guess."""

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        found = [postcodes.display(code) for code in postcodes.in_text(self.data or "")]
        beside = getattr(form, "postcode", None)
        if beside is not None and beside.data:
            found.append(postcodes.display(beside.data))
        different = list(dict.fromkeys(found))
        if len(different) > 1:
            raise ValidationError(f"There are two different postcodes here: {' and '.join(different)}. Which is meant?")


class Note(StringField):
    """Free text in the officer's own words. Never filled in for them."""

    kind = "textarea"

    def __init__(self, label: str, hint: str = "", checks: Sequence[Check] = (), rows: int = 3, **kw: Any) -> None:
        super().__init__(label, list(checks), **kw)
        self.hint, self.rows = hint, rows

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_text(valuelist[0]) if valuelist else ""

    def _value(self) -> str:
        return str(self.data or "")

    def pre_validate(self, form: Form) -> None:
        if len(self.data or "") > LONGEST_NOTE:
            raise ValidationError(
                f"{self.label.text} must be {LONGEST_NOTE:,} characters or fewer. It is {len(self.data or ''):,}. Nothing you typed is lost: shorten it or put part of it in another note."
            )


class Secret(PasswordField):
    kind = "password"

    def __init__(
        self,
        label: str,
        hint: str = "",
        checks: Sequence[Check] = (),
        autocomplete: str = "current-password",
        **kw: Any,
    ) -> None:
        super().__init__(label, list(checks), **kw)
        self.hint, self.autocomplete = hint, autocomplete


class Choice(Field):
    """One of several, as radios. ``items`` are (value, label) or (value, label, hint)."""

    kind = "radios"

    def __init__(
        self,
        label: str,
        items: Iterable[tuple[str, ...]],
        hint: str = "",
        checks: Sequence[Check] = (),
        as_select: bool = False,
        **kw: Any,
    ) -> None:
        super().__init__(label, list(checks), **kw)
        self.items = [item if len(item) == 3 else (*item, "") for item in items]
        self.hint = hint
        if as_select:
            self.kind = "select"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = valuelist[0] if valuelist and valuelist[0] else None

    def pre_validate(self, form: Form) -> None:
        if self.data is not None and self.data not in [item[0] for item in self.items]:
            self.data = None
            raise ValidationError(f"Choose one of the answers shown for “{self.label.text}”.")


class YesNoUnknown(Choice):
    """Yes, no, or not known: true, false, or None. Nothing is chosen for the officer."""

    kept_in = "known"

    def __init__(
        self, label: str, hint: str = "", checks: Sequence[Check] = (), yes: str = "Yes", no: str = "No", **kw: Any
    ) -> None:
        super().__init__(label, [("yes", yes), ("no", no), ("unknown", "Not known")], hint, checks, **kw)

    def process_data(self, value: Any) -> None:
        self.data = None if value is None else "yes" if value is True else "no" if value is False else value

    @property
    def known(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.data or "")


class ChoiceOrUnknown(Choice):
    """One of several, or not known, which can be chosen again after something else was."""

    kept_in = "chosen"

    def __init__(self, label: str, items: Iterable[tuple[str, ...]], hint: str = "", **kw: Any) -> None:
        super().__init__(label, [*items, ("unknown", "Not known")], hint, **kw)

    @property
    def chosen(self) -> str | None:
        return None if self.data == "unknown" else self.data


class Ticks(Field):
    """Any number of several, as checkboxes."""

    kind = "checkboxes"

    def __init__(
        self, label: str, items: Iterable[tuple[str, ...]], hint: str = "", checks: Sequence[Check] = (), **kw: Any
    ) -> None:
        super().__init__(label, list(checks), **kw)
        self.items = [item if len(item) == 3 else (*item, "") for item in items]
        self.hint = hint

    def process_data(self, value: Any) -> None:
        self.data = list(value or [])

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = list(dict.fromkeys(v for v in valuelist if v))

    def pre_validate(self, form: Form) -> None:
        allowed = [item[0] for item in self.items]
        strange = [v for v in self.data or [] if v not in allowed]
        if strange:
            self.data = [v for v in self.data if v in allowed]
            raise ValidationError(f"Choose from the answers shown for “{self.label.text}”.")


class Day(Field):
    """Day, month and year in three boxes, named apart so that each can be pointed at."""

    kind = "date"

    def __init__(self, label: str, hint: str = "", checks: Sequence[Check] = (), **kw: Any) -> None:
        super().__init__(label, list(checks), **kw)
        self.hint = hint
        self.parts = ("", "", "")
        self.wrong_part = ""

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        self.process_errors: list[str] = []
        value = data if isinstance(data, date) else self.default if isinstance(self.default, date) else None
        self.object_data = value
        self.data = value
        self.parts = (str(value.day), str(value.month), str(value.year)) if value else ("", "", "")
        names = [f"{self.name}-{part}" for part in ("day", "month", "year")]
        if formdata is not None and any(name in formdata for name in names):
            day, month, year = (one_line(formdata.get(name, ""))[:40] for name in names)
            if day and not month and not year:
                day, month, year = dates.parts_of(day)  # the whole date in the first box
            self.parts = (day, month, year)
            self.data = None
            self.raw_data = list(self.parts)
            self._read()

    def _read(self) -> None:
        if not any(self.parts):
            return
        missing = [name for name, part in zip(("day", "month", "year"), self.parts, strict=True) if not part]
        if missing:
            self.wrong_part = missing[0]
            self.process_errors.append(f"{self.label.text} must include a {' and a '.join(missing)}.")
            return
        try:
            self.data = dates.day_of(*self.parts, this_year=clocks.today().year)
        except dates.NotADate as problem:
            self.wrong_part = problem.part
            self.process_errors.append(f"{self.label.text}{problem}")


class Hidden(HiddenField):
    kind = "hidden"

    def process_formdata(self, valuelist: list[str]) -> None:
        self.data = clean_text(valuelist[0])[:2000] if valuelist else ""


def not_in_future(today: Callable[[], date], message: str) -> Check:
    def check(form: Form, field: Field) -> None:
        if isinstance(field.data, date) and field.data > today():
            raise ValidationError(message)

    return check


def not_in_past(today: Callable[[], date], message: str) -> Check:
    def check(form: Form, field: Field) -> None:
        if isinstance(field.data, date) and field.data < today():
            raise ValidationError(message)

    return check
