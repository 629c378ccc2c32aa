"""Conditions of a checklist: all / any / not / surely / not_known over named facts, three-valued, said back as a sentence.

A fact that is not known makes the condition not known (None); the caller takes the cautious reading. ``surely`` is the one
way to say that not known is not enough: it holds only where the condition inside is known to hold. ``not_known`` holds
only while it is not known whether it does.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any, NamedTuple

from app.suitability.casefile.known import Known
from app.suitability.facts.about_rows import OVER_ANSWERS, OVER_ROWS
from app.suitability.facts.fact import OF_A_UNIT
from app.suitability.facts.facts import Facts
from app.suitability.facts.registry import BY_NATURE, FACTS, LAST_FACTS, OVER_STATES

from .located_yaml import Located

Evaluate = Callable[[Facts], Known]


class Gap(NamedTuple):
    """A part of a condition that is not known: the criterion it rests on, or else the fact, and of whom it is not known."""

    criterion: str
    fact: str  # of one person, where it is that or sums that up
    words: str  # as a clause: whether …, what is so of …
    people: tuple[str, ...] = ("",)  # their keys, or those of several units; "" for what is nobody's own


Untold = Callable[[Facts], tuple[Gap, ...]]


def _untold(facts: Facts) -> Known:
    return None


def _nothing(facts: Facts) -> tuple[Gap, ...]:
    return ()


@dataclass(frozen=True, slots=True)
class Condition:
    """A checked condition: evaluates three-valued, reads back as a sentence, knows which criteria it looks at."""

    evaluate: Evaluate
    sentence: str
    criteria: frozenset[str]
    facts: frozenset[str]
    options: frozenset[tuple[str, str]] = frozenset()
    by_nature: Evaluate = _untold  # the same, where all that people tell is left out as not known
    states: frozenset[str] = (
        frozenset()
    )  # the criteria of which it looks at what they amount to, not only at what was said
    untold: Untold = _nothing  # of its parts, those that are not known
    switches: frozenset[str] = frozenset()  # the settings by which it asks whether something is in force

    @property
    def over_states(self) -> bool:
        """Does it look at what other rows amount to, not only at facts and answers?"""
        return bool(self.facts & OVER_STATES)

    @property
    def last(self) -> bool:
        """Does it look at what everything else amounts to?"""
        return bool(self.facts & LAST_FACTS)


def compile_condition(tree: Any, owner: Located, key: str) -> Condition:
    """Check a condition once and turn it into a function of facts.

    Raises:
        ChecklistError: an unknown fact or a wrong argument, with file, line and what was meant.
    """
    if not isinstance(tree, Located) or len(tree) != 1:
        owner.refuse("a condition is one of all:, any:, not:, surely:, not_known: or one named fact.", key)
    name, argument = next(iter(tree.items()))
    if name in ("all", "any"):
        if not isinstance(argument, list) or not argument:
            tree.refuse(f"“{name}” needs a list of conditions.", name)
        parts = [compile_condition(item, tree, name) for item in argument]
        return _joined(name, parts)
    if name == "not":
        part = compile_condition(argument, tree, name)
        return replace(
            part,
            evaluate=_negated(part.evaluate),
            by_nature=_negated(part.by_nature),
            sentence=f"it is not so that {part.sentence}",
        )
    if name == "surely":
        part = compile_condition(argument, tree, name)
        inside = part.evaluate
        return replace(
            part,
            evaluate=lambda facts: inside(facts) is True,
            sentence=f"it is known that {part.sentence}",
            untold=_nothing,
        )
    if name == "not_known":
        part = compile_condition(argument, tree, name)
        asked = part.evaluate
        return replace(
            part,
            evaluate=lambda facts: asked(facts) is None,
            by_nature=_untold,
            sentence=f"it is not known whether {part.sentence}",
            untold=_nothing,
        )
    if name not in FACTS:
        near = get_close_matches(name, [*FACTS, "all", "any", "not", "surely", "not_known"], n=1)
        tree.refuse(f"“{name}” is not a fact." + (f" Did you mean “{near[0]}”?" if near else ""), name)
    fact = FACTS[name]
    wrong = fact.check(argument)
    if wrong:
        tree.refuse(f"“{name}” should be {wrong}.", name)
    criteria = frozenset(argument) if name in OVER_ROWS else frozenset()
    options = (
        frozenset((c, str(o)) for c, found in argument.items() for o in found) if name in OVER_ANSWERS else frozenset()
    )
    work_out, sentence = fact.work_out, fact.say(argument)
    if name in OVER_ANSWERS:
        argument = {criterion: frozenset(str(o) for o in wanted) for criterion, wanted in argument.items()}

    def evaluate(facts: Facts) -> Known:
        return work_out(facts, argument)

    return Condition(
        evaluate=evaluate,
        sentence=sentence,
        criteria=criteria,
        facts=frozenset((name,)),
        options=options,
        by_nature=evaluate if name in BY_NATURE else _untold,
        states=criteria if name in OVER_STATES else frozenset(),
        untold=lambda facts: _open_part(criteria, name, argument, sentence, facts) if evaluate(facts) is None else (),
        switches=frozenset((argument,)) if name == "in_force" else frozenset(),
    )


def _open_part(criteria: frozenset[str], name: str, argument: Any, sentence: str, facts: Facts) -> tuple[Gap, ...]:
    """What is not known of a fact: of what rests on another question, that question; else of whom it is not known."""
    if criteria:
        return tuple(Gap(criterion, "", f"what is so of {criterion}") for criterion in sorted(criteria))
    fact, words = FACTS[name], f"whether {sentence}"
    if name in OF_A_UNIT and facts.units:
        units = facts.units if facts.unit is None else (facts.unit.key,)
        return (Gap("", name, words, tuple(k for k in units if fact.work_out(facts.about(k), argument) is None)),)
    if fact.over is None:
        own = facts.subject.key if name.startswith("this_") and facts.subject is not None else ""
        return (Gap("", name, words, (own,)),)
    work_out = FACTS[fact.each].work_out
    people = [m.key for m in fact.over(facts) if work_out(facts.about(m.key), argument) is None]
    return (Gap("", fact.each, words, tuple(people) or ("",)),)


def _joined(name: str, parts: list[Condition]) -> Condition:
    join = _all if name == "all" else _any
    word = " and " if name == "all" else " or "
    sentence = word.join(f"({p.sentence})" if len(parts) > 1 and " or " in p.sentence else p.sentence for p in parts)
    return Condition(
        evaluate=join([part.evaluate for part in parts]),
        sentence=sentence,
        criteria=frozenset[str]().union(*(p.criteria for p in parts)),
        facts=frozenset[str]().union(*(p.facts for p in parts)),
        options=frozenset[tuple[str, str]]().union(*(p.options for p in parts)),
        by_nature=join([part.by_nature for part in parts]),
        states=frozenset[str]().union(*(p.states for p in parts)),
        untold=lambda facts: tuple(
            dict.fromkeys(said for p in parts if p.evaluate(facts) is None for said in p.untold(facts))
        ),
        switches=frozenset[str]().union(*(p.switches for p in parts)),
    )


def _all(parts: list[Evaluate]) -> Evaluate:
    """Kleene and, looking no further than the first that is known not to hold."""

    def evaluate(facts: Facts) -> Known:
        found: Known = True
        for part in parts:
            value = part(facts)
            if value is False:
                return False
            if value is None:
                found = None
        return found

    return evaluate


def _any(parts: list[Evaluate]) -> Evaluate:
    """Kleene or, looking no further than the first that is known to hold."""

    def evaluate(facts: Facts) -> Known:
        found: Known = False
        for part in parts:
            value = part(facts)
            if value is True:
                return True
            if value is None:
                found = None
        return found

    return evaluate


def _negated(evaluate: Evaluate) -> Evaluate:
    def negated(facts: Facts) -> Known:
        value = evaluate(facts)
        return None if value is None else not value

    return negated
