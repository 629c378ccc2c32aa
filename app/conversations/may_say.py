"""What somebody who only lets a place may be told of the family: how many, how old, from when and for how long."""

from __future__ import annotations

from app import clocks
from app.cases.ages import age_in_words
from app.suitability.advice.calls import number
from app.suitability.advice.due import is_tonight
from app.suitability.casefile.household import Member
from app.suitability.casefile.values import in_sentence
from app.suitability.reading.case_file import CaseFile

_BABY_YEARS = 2


def may_say(file: CaseFile) -> str:
    """No name, and nothing of why they come: “two adults, a baby of 11 weeks and a child of 4 years, tonight, for 28 nights”."""
    home, place = file.household, file.placement
    adults = len(home.adults())
    people = [f"{in_sentence(number(adults))} {'adult' if adults == 1 else 'adults'}"] if adults else []
    people += [_child(m, file) for m in home.members if m.kind == "child"]
    starts = "tonight" if is_tonight(place, file.on) else f"from {clocks.in_words(place.starts)}"
    nights = f"for {place.nights} {'night' if place.nights == 1 else 'nights'}" if place.nights else ""
    who = f"{', '.join(people[:-1])} and {people[-1]}" if len(people) > 1 else "".join(people)
    return ", ".join(part for part in (who, starts, nights) if part)


def _child(m: Member, file: CaseFile) -> str:
    age = m.age_on(file.on)
    if age is None:
        return "a child"
    return f"a {'baby' if age < _BABY_YEARS else 'child'} of {age_in_words(m, file.on)}"
