"""By when an answer is wanted: in hours tonight, in working days where the move is planned."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from app.checklists import read_folder
from app.suitability.advice.due import due_words, is_tonight
from app.suitability.casefile.household import Placement

ON = date(2026, 11, 27)


@pytest.mark.parametrize(
    ("urgency", "starts", "tonight"),
    [
        ("tonight", ON, True),
        ("tonight", None, True),
        ("tonight", ON + timedelta(1), True),  # as the officer said
        ("planned", ON, False),
        ("planned", None, False),
        (None, None, True),  # nobody said: the sooner time
        (None, ON, True),
        (None, ON - timedelta(1), True),
        (None, ON + timedelta(1), False),
    ],
)
def test_as_the_officer_said_and_else_by_the_first_night(
    urgency: str | None, starts: date | None, tonight: bool
) -> None:
    place = Placement.model_validate({"address": "1 Made-up Street", "urgency": urgency, "starts": starts})
    assert is_tonight(place, ON) is tonight
    police = read_folder().agencies["police"]
    assert due_words(police, place, ON) == (police.tonight if tonight else police.planned)
