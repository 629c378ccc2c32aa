"""Which answers stand: whose later word takes the place of an earlier one, and why another does not."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from app.suitability.casefile import spelling
from app.suitability.casefile.answers import Answer, Source
from app.suitability.casefile.codes import Grade


class Rules(NamedTuple):
    """What of a criterion decides which of its answers stand; positions are those of the answers.

    ``is_concern`` says whether an answer is one that is never blanked: a worry, or a fact that others rest on. ``less`` of two
    positions, whether the first says less than the second; ``may_answer``, whether a source may take a worry away here.
    """

    on: date
    survivor_only: bool  # CS16 to CS18: only the survivor, or the child, takes back their own fear
    theirs_only: bool  # IS03 and IS10: only who objects takes it back
    is_concern: Callable[[int], bool]
    less: Callable[[int, int], bool]
    may_answer: Callable[[int], bool]
    spelt: Callable[[str], str] = spelling.kept


class Standing(NamedTuple):
    """The answers that still count, and in words why a later one does not take the place of what it was to replace."""

    answers: tuple[Answer, ...]
    not_superseded: tuple[str, ...]


def standing(answers: Sequence[Answer], rules: Rules) -> Standing:
    """The answers that still count for one criterion and subject; order of the input changes nothing.

    A source's later answer replaces its own earlier one; another source's only by naming it, with a reason, at an equal or
    higher grade. What takes anything away from a worry, all of it or a part, needs more: a reason, an equal or higher grade,
    a day no earlier, and a source whose word counts as reassurance here. It takes the worry away only while it stands
    itself: when it is withdrawn, the worry is back. Where the fear is a survivor's own, or the objection a professional's,
    only they take it back. A source of which nothing is known is never the same as another.

    Source: design.md, The model of judgement; rulings.md 1 and 2.
    """
    not_superseded: list[str] = []
    edges: dict[int, set[int]] = {}  # by position, what is to take its place
    for old_at, old in enumerate(answers):
        for new_at, new in enumerate(answers):
            if new_at == old_at or not _replaces(new, old, rules.spelt):
                continue
            why = _why_not(new_at, new, old_at, old, rules)
            if not why:
                edges.setdefault(old_at, set()).add(new_at)
            elif rules.is_concern(old_at):
                not_superseded.append(
                    f"What {new.source.name or 'somebody'} said later does not take its place: {why}."
                )
    edges = _without_rings(edges)
    stands: dict[int, bool] = {}

    def does_stand(at: int) -> bool:
        if at not in stands:
            stands[at] = not any(takes_away(new, at) for new in edges.get(at, ()))
        return stands[at]

    def takes_away(new: int, old: int) -> bool:
        """A reassurance is gone once it was replaced; a worry only while what replaced it, or what replaced that, stands."""
        if not rules.is_concern(old) or does_stand(new):
            return True
        return any(newer in edges.get(old, ()) and takes_away(newer, new) for newer in edges.get(new, ()))

    left = tuple(answer for at, answer in enumerate(answers) if does_stand(at))
    return Standing(left, tuple(sorted(set(not_superseded))))


def _why_not(new_at: int, new: Answer, old_at: int, old: Answer, rules: Rules) -> str:
    """Why an answer does not take the place of another that it was to replace; empty where it does."""
    same_source = is_same(new.source, old.source, rules.spelt)
    concerns = rules.is_concern(old_at)
    if concerns and new.is_unknown:
        return "a worry is answered, never blanked"
    if new.is_unknown and (same_source or old.id in new.supersedes):
        return ""  # whoever withdraws a reassurance, it is withdrawn
    own_fear = rules.survivor_only and old.grade is Grade.E1S and concerns
    if own_fear and not (same_source and new.grade is Grade.E1S):
        return "only the person whose fear it is takes it back"
    if concerns and new.grade is Grade.E1S and not same_source:
        return "a survivor’s word stands beside what others say, and takes nothing of theirs away"
    ranks = (
        new.grade.rank >= old.grade.rank
        if rules.survivor_only
        else new.grade.reassurance_rank >= old.grade.reassurance_rank
    )
    if concerns and rules.less(new_at, old_at):
        if rules.theirs_only and not same_source:
            return "only who said it takes it back"
        if not new.reason:
            return "it gives no reason"
        if not ranks:
            return "it is known less surely"
        if new.on is None or new.on < (old.on or rules.on):
            return "it is of an earlier day, or of none"
        if not rules.may_answer(new_at):
            return "it is not from one of those whose word counts here"
    if not ranks and not concerns and not new.reason:
        return "it is known less surely, and gives no reason"
    if not same_source and not (new.reason and ranks):
        return "it gives no reason, or is known less surely"
    return ""


def _without_rings(edges: dict[int, set[int]]) -> dict[int, set[int]]:
    """Answers that replace each other in a ring replace nothing within it."""

    def reaches(start: int, end: int) -> bool:
        seen, waiting = {start}, [start]
        while waiting:
            for further in edges.get(waiting.pop(), ()):
                if further == end:
                    return True
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
        return False

    return {old: {new for new in news if not reaches(new, old)} for old, news in edges.items()}


def is_same(one: Source, other: Source, spelt: Callable[[str], str] = spelling.kept) -> bool:
    """Is it the same source? Two of which nothing is written are two."""
    return one.identity(spelt) == other.identity(spelt) and any(one.identity(spelt))


def _replaces(new: Answer, old: Answer, spelt: Callable[[str], str]) -> bool:
    if old.id is not None and old.id in new.supersedes:
        return True
    return is_same(new.source, old.source, spelt) and new.on is not None and old.on is not None and new.on > old.on
