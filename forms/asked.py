"""A plain model and the form that asks for it: a field is a box of the same name; what is asked otherwise is said once, both ways."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import Form

Values = Mapping[str, Any]


class NotAsked(TypeError):
    """Fields that no box asks for, or boxes that fill no field: a sentence each."""


@dataclass(frozen=True)
class InBoxes:
    """A field that is asked for in boxes of other names, or in more than one.

    Args:
        boxes: the boxes of the form.
        said: what was said, of the form.
        shown: what those boxes show, of the stored value.
    """

    boxes: tuple[str, ...]
    said: Callable[[Any], Any]
    shown: Callable[[Any], dict[str, Any]]


def boxes_of(form: type[Form]) -> tuple[str, ...]:
    """The names of a form's boxes, in the order in which they are written."""
    found = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")}
    written = [(box.creation_counter, name) for name, box in found.items() if hasattr(box, "creation_counter")]
    return tuple(name for _, name in sorted(written))


class Asked:
    """How one form asks for one plain model."""

    def __init__(
        self,
        plain: Any,
        form: type[Form],
        *,
        otherwise: Mapping[str, InBoxes] | None = None,
        not_asked: Mapping[str, str] | None = None,
        boxes_only: Mapping[str, str] | None = None,
    ) -> None:
        """
        Args:
            not_asked: fields that this form does not ask for, each with the reason.
            boxes_only: boxes that fill no field of the model, each with what it is for.
        Raises:
            NotAsked: the model and the form do not agree.
        """
        self.plain, self.form = plain, form
        self.otherwise, self.not_asked = dict(otherwise or {}), dict(not_asked or {})
        self.boxes_only = dict(boxes_only or {})
        boxes, fields = boxes_of(form), plain.model_fields
        known = {box for asked in self.otherwise.values() for box in asked.boxes} | {*self.boxes_only}
        self.fields = tuple(name for name in fields if name not in self.not_asked)
        problems = [
            f"{plain.__name__}.{name} is asked for nowhere: give {form.__name__} a box “{name}”, or say why it is not asked."
            for name in self.fields
            if name not in boxes and name not in self.otherwise
        ]
        problems += [
            f"The box “{name}” of {form.__name__} is no field of {plain.__name__}: add the field, or say what the box is for."
            for name in boxes
            if name not in fields and name not in known
        ]
        problems += [
            f"{form.__name__} is said to have, or not to have, “{name}”, which is no box and no field: take that away."
            for name in sorted({*known, *self.not_asked, *self.otherwise})
            if name not in boxes and name not in fields
        ]
        if problems:
            raise NotAsked("\n".join(problems))

    def said(self, form: Any) -> dict[str, Any]:
        """What was said, by the fields of the model."""
        return {
            name: self.otherwise[name].said(form) if name in self.otherwise else kept(form[name])
            for name in self.fields
        }

    def shown(self, values: Values) -> dict[str, Any]:
        """What is stored, by the boxes of the form."""
        found: dict[str, Any] = {}
        for name in self.fields:
            if name in values:
                asked = self.otherwise.get(name)
                found |= asked.shown(values[name]) if asked else {name: values[name]}
        return found

    def label(self, name: str) -> str:
        """What the form asks, where it asks for a field in a box of its name; else nothing."""
        return str(self._written(name, 0, ""))

    def labels(self, name: str) -> dict[str, str]:
        """What each answer of such a box is called, by its code."""
        return {item[0]: item[1] for item in self._written(name, 1, ()) if isinstance(item, tuple)}

    def heading(self, name: str) -> str:
        """Under which heading of the page it is asked."""
        headings: dict[str, str] = getattr(self.form, "HEADINGS", {})
        found = ""
        for box in boxes_of(self.form):
            found = headings.get(box, found)
            if box == name:
                return found
        return ""

    def _written(self, name: str, at: int, otherwise: Any) -> Any:
        box = getattr(self.form, name, None)
        written = getattr(box, "args", ())
        return written[at] if len(written) > at else otherwise


def items(words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The codes of a closed set with their words, to choose from."""
    return list(words.items())


def kept(box: Any) -> Any:
    """What a box holds, as it is kept: yes and no as true and false, a number as a number."""
    value = getattr(box, getattr(box, "kept_in", "data"))
    return list(value) if isinstance(value, list) else value


def ticks(asked: str, ticked: str) -> InBoxes:
    """A list behind a question of three answers: yes with what is ticked, none, and not known."""

    def said(form: Any) -> list[str] | None:
        if form[asked].data == "yes" or form[ticked].data:
            return list(form[ticked].data)
        return [] if form[asked].data == "none" else None

    def shown(value: list[str] | None) -> dict[str, Any]:
        return {asked: "unknown" if value is None else "yes" if value else "none", ticked: value}

    return InBoxes((asked, ticked), said, shown)


def ticks_if_known(asked: str, ticked: str) -> InBoxes:
    """A list behind a question of two answers: yes with what is ticked, and not known."""

    def said(form: Any) -> list[str] | None:
        return list(form[ticked].data) if form[asked].data == "yes" else None

    def shown(value: list[str] | None) -> dict[str, Any]:
        return {asked: None if value is None else "yes", ticked: value}

    return InBoxes((asked, ticked), said, shown)
