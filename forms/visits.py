"""A photograph of what was seen, for an answer that was saved before."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict

from .base import CaseForm
from .check import OneFile
from .fields import Choice, needed


class PhotographForm(CaseForm):
    answer = Choice("What does it show?", [], checks=[needed("Choose what the photograph shows.")], as_select=True)
    photograph = OneFile(
        "A photograph of what you saw",
        "JPEG, PNG or WebP, up to 8 million bytes. Show the thing, not the family: no faces, no papers with names.",
    )

    def __init__(self, **kw: Any) -> None:
        parts: Any = [request.files, request.form]
        super().__init__(formdata=CombinedMultiDict(parts) if request.method == "POST" else None, **kw)
