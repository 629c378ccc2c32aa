"""Which conversation to have, of rows and patterns together. It suggests one to a person; nothing is ever sent."""

from __future__ import annotations

from app.suitability.casefile.codes import Effect, Outcome
from app.suitability.facts.facts import Facts
from app.suitability.judgement.follows import is_put_right
from app.suitability.judgement.result import Row

from .pattern import PatternContext


def _is_means(rows: tuple[Row, ...], look: PatternContext) -> bool:
    """Is all that stops this placement a matter of means? P22 alone caps the route; it never covers another stop."""
    stops = {row.criterion for row in rows if row.state.is_known_worry and row.effect is Effect.STOP}
    return "P22" in look.matches and all(look.criteria[name].sign_of in ("means", "shortage") for name in stops)


def route_of(facts: Facts, rows: tuple[Row, ...], look: PatternContext) -> str:
    """Which conversation to have, first match wins; nothing is ever sent. Source: rulings.md 9.

    A due date or date of birth that is not known counts as a baby, as everywhere.
    """
    if "P27" in look.matches:
        return "999"
    worrying = [row for row in rows if row.state.is_known_worry and not (facts.amended and is_put_right(row))]
    baby = any(look.is_baby(child) for child in facts.children)
    using = any(look.said("SM01", adult.key, "now") for adult in look.adults())
    unsafe_nights = any(row.criterion == "SM02" and row.state.is_worry for row in worrying)
    if any(row.criterion in ("CS20", "SM15") and row.effect == "stop" for row in worrying) or (
        baby and using and unsafe_nights
    ):
        return "refer_now"
    young = look.any_under(5) or any(child.kind == "unborn" for child in facts.children)
    others = (
        any(p.level == "full" for p in look.matches.get("P01", ()))
        or (young and ("P09" in look.matches or "P21" in look.matches))
        or any(row.criterion in ("CS18", "LS35") for row in worrying)
        # There is a concern, and nobody has said that it was referred.
        or any(row.is_open and row.criterion == "LS35" and not row.applicability_unknown for row in rows)
    )
    front_door = others or any(row.effect == "stop" for row in worrying)
    if front_door and (others or not _is_means(rows, look)):
        return "front_door"
    undecided = Outcome.CANNOT_DECIDE.rank
    strong = any(row.outcome.rank >= undecided for row in rows) or any(row.effect.is_strong for row in worrying)
    prompted = any(p.id not in ("P03", "P23", "P24") for found in look.matches.values() for p in found)
    return "lead_professional" if front_door or strong or prompted else "none"
