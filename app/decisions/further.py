"""A line for each fact that has no sentence of its own: what the form asks, and what was said."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import Any

from pydantic import BaseModel

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence
from forms.asked import Asked

_OF_KIND = {"An adult": "adult", "A child": "child"}


def further_lines(model: BaseModel, told: Collection[str], asked: Asked, kind: str = "") -> list[str]:
    """What is written down beside what has a sentence of its own.

    Args:
        told: fields that have one.
        asked: how the form asks for them: its labels are the words.
        kind: of a person; what nobody asked is a gap only for those whom the form asks it of.
    """
    return [
        line
        for name in type(model).model_fields
        if name not in told and (line := _line(getattr(model, name), name, asked, kind))
    ]


def _line(value: Any, name: str, asked: Asked, kind: str) -> str:
    label, labels = asked.label(name), asked.labels(name)
    label = (label or wording.label(name)).rstrip("?")
    if value == "" or (value is None and not _is_asked_of(kind, asked.heading(name))):
        return ""
    return f"{label}: {_said(value, labels)}."


def _is_asked_of(kind: str, heading: str) -> bool:
    return kind != "unborn" and _OF_KIND.get(heading, kind) == kind


def _said(value: Any, labels: dict[str, str]) -> str:
    if value is None:
        return "not asked"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return clocks.in_words(value)
    if isinstance(value, tuple):
        return ", ".join(_said(part, labels) for part in value) or "asked, none"
    return in_sentence(labels[str(value)]) if str(value) in labels else str(value)
