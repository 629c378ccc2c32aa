"""What a rule looks at, in a word or two: where it looks at more than three things, a page names these and lists nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 3  # as many things as one sentence may name with “or” between them
# By fact, what it looks at. One that is not here says itself.
TOPICS: dict[str, str] = {
    "this_child_under": "the child’s age",
    "any_child_under": "the age of a child",
    "this_child_aged": "the child’s age",
    "any_child_aged": "the age of a child",
    "this_person_needs": "what this person needs",
    "any_child_needs": "what a child needs",
    "anyone_needs": "what somebody needs",
    "any_adult_needs": "what an adult needs",
    "left_because": "why the family left",
    "above_ground_floor": "the floor",
    "shared_building": "who shares the building",
    "staff_at_night": "staff at night",
    "protected_place": "a protected place",
    "uses_service": "the services they use",
    "dangerous_medicine": "medicine at home",
    "this_adult_shows_substance_sign": "a sign of substance use",
    "any_justice_sign": "a sign of prison or probation",
    "orders": "orders",
    "separated_parents": "parents who live apart",
    "domestic_abuse": "domestic abuse",
    "lead_professional_accepted": "who leads",
    "contacts_rest_on_the_carers_word": "contacts a child was not brought to",
    "danger": "danger now",
}
# Of what more than three things are named: the same in a clause.
_CHAIN = re.compile(
    r"\b(this person|a child|somebody|an adult|the family) (has|uses|left because of) .+?(?: or .+?){3,}$"
)
_PARTS = re.compile(r", or (?=whether |what )")
_BRIEFLY = {
    "has": "has a need that matters here",
    "uses": "uses a service that matters here",
    "left because of": "left because of something that matters here",
}
_UNKNOWN = re.compile(r"(?<=not known )(whether .*?|what .*?)(?=\.(?:\s|$))")


def briefly(said: str) -> str:
    """A sentence in which more than three things stand with “or” between them, without the list; of several unknowns as a list."""
    return _UNKNOWN.sub(lambda found: either(_shorter(part) for part in _PARTS.split(found[1])), said)


def _shorter(clause: str) -> str:
    """Only what a rule puts together of a list is shortened: never what somebody wrote."""
    return _CHAIN.sub(lambda found: f"{found[1]} {_BRIEFLY[found[2]]}", clause)


def either(clauses: Iterable[str]) -> str:
    """Some clauses as one: up to three with “or” between them, more as a list."""
    said = list(dict.fromkeys(clauses))
    return ", or ".join(said) if len(said) <= MOST else f"{'; '.join(said[:-1])}; or {said[-1]}"


# How a clause begins, and how what denies it does.
_DENIED = (
    ("a child ", "no child "),
    ("an adult ", "no adult "),
    ("somebody ", "nobody "),
    ("there is a sign ", "there is no sign "),
)


def denied(clause: str) -> str:
    """A clause said of nobody, where it can be; else that it is not so."""
    is_one_thing = " or " not in clause and " and " not in clause
    begins = next(((was, now) for was, now in _DENIED if clause.startswith(was)), None) if is_one_thing else None
    return clause.replace(*begins, 1) if begins else f"it is not so that {clause}"
