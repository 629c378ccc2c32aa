"""The one page that takes a file: it is looked at, and nothing of it is kept."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.datastructures import CombinedMultiDict, FileStorage
from wtforms import Field

from .base import CaseForm

_BEGINS = b"%PDF-"


class OneFile(Field):
    """A file, as its bytes; empty where none was chosen."""

    kind = "file"

    def __init__(self, label: str, hint: str, **kw: Any) -> None:
        super().__init__(label, **kw)
        self.hint = hint

    def process_formdata(self, valuelist: list[Any]) -> None:
        sent = valuelist[0] if valuelist else None
        self.data = sent.read() if isinstance(sent, FileStorage) else b""


class CheckForm(CaseForm):
    document = OneFile("The PDF", "As it was sent or handed to you, up to 3 megabytes. It is looked at and not kept.")

    def __init__(self, **kw: Any) -> None:
        parts: Any = [request.files, request.form]
        sent = CombinedMultiDict(parts) if request.method == "POST" else None
        super().__init__(formdata=sent, **kw)

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        data = self.document.data or b""
        if not data:
            self.refuse("document", "Choose a PDF.")
        elif len(data) > 3_000_000:
            self.refuse("document", "This file is larger than any record. Choose a PDF of up to 3 megabytes.")
        elif _BEGINS not in data[:1024]:
            self.refuse("document", "This is not a PDF. Choose the file itself, not a photograph or a scan of it.")
        else:
            return fine
        return False
