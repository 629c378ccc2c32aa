"""The page of the stock: what it shows, hides and leads to; who sees it; how many queries it takes."""

from __future__ import annotations

import re

from app.clocks import today
from app.stock import summaries
from tests.conftest import Instance

from . import many


def filled(instance: Instance) -> None:
    with instance.app.app_context():
        many.load()
        summaries.make(today())


def test_peek(instance: Instance) -> None:
    filled(instance)
    page = instance.client("safeguarding_lead").get("/stock")
    assert page.status_code == 200
    pass
    text = re.sub(r"<[^>]+>", " ", page.text)
    print(re.sub(r"\s*\n\s*", "\n", text)[:9000])
