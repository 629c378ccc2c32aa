"""Every letter has something that sends it, and words for whoever looks after the jobs; none is sent twice under one name."""

from __future__ import annotations

import pytest
from flask import Flask

from app import jobs
from app.notifications import messages


def test_every_letter_has_a_sender_and_stands_among_the_jobs(app: Flask) -> None:
    with app.app_context():
        assert all(jobs.is_known(name) for name in messages.MESSAGES)
        assert {name: jobs.WHAT[name] for name in messages.MESSAGES} == messages.MESSAGES


def test_a_letter_that_nothing_sends_stops_the_start(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(messages.MESSAGES, "mail-forgotten", "Mail that nobody thought of")
    with app.app_context(), pytest.raises(RuntimeError, match="nothing sends the letter mail-forgotten"):
        messages.refuse_unsent()
