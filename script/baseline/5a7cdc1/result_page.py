"""The result page of this tree: for each reference of a household asked, milliseconds of processor time of one view."""

from __future__ import annotations

import os
import sys
from pathlib import Path

sys.path.insert(1, str(Path(__file__).resolve().parent.parent))

from in_process import Inside, measuring, processor_ms

from wsgi import app

VIEWS = 20
officer = Inside(app)
officer.sign_in(os.environ["CBC_DATA"])


def view(reference: str) -> float:
    page = officer.placement(reference) + "/result"
    assert officer.ask(page)[0] == 200
    return processor_ms(lambda: officer.ask(page), VIEWS)


measuring({"ready": True}, view)
