"""The name of the other council, which only an installation with a list of authorities knows."""

from __future__ import annotations

import pytest

from app.letters import context

from .making import ELSEWHERE


@pytest.fixture(autouse=True)
def named(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = context.where
    monkeypatch.setattr(
        context,
        "where",
        lambda assessment: context.Where("out", "Solihull") if assessment.authority == ELSEWHERE else plain(assessment),
    )
