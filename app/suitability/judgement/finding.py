"""What the standing answers to one question amount to, before any effect: worrying, clear, or open."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from app.suitability.casefile import proof, wording
from app.suitability.casefile.answers import Answer, Source, is_stale
from app.suitability.casefile.codes import Basis, Effect, RowState
from app.suitability.checklist.condition import Gap
from app.suitability.checklist.criterion import Criterion, Option
from app.suitability.facts.computed_rows import COMPUTED
from app.suitability.facts.facts import Facts

from .concern import Concern, concerns_of, gravest, options_of
from .reassurance import clear_grade, counts_as_reassurance, is_sufficient, is_whole, shelf_days, verified


class Finding(NamedTuple):
    """What the standing answers amount to before effects."""

    state: RowState
    option: Option | None
    effect: Effect | None
    why: tuple[str, ...]
    is_open: bool
    conditions: tuple[Option, ...]
    concern_on: date | None = None  # the day of the newest worry, where an answer is one
    applicability_unknown: str = ""  # asked only because this is not known: what decides whether it applies
    contradicted: bool = False  # told, although what is written down elsewhere says that it does not apply
    basis: Basis | None = None  # where it is not the criterion's own
    gaps: tuple[Gap, ...] = ()  # what decides whether it applies, and is not known
    lapsed: Source | None = None  # open only because what this source said has grown old
    by: date | None = None  # the last day on which it is not yet unlawful: nothing lifts it for longer
    closes: str = ""  # it closes the emergency route for this unit and these people; where else tonight


# A worry that follows from facts, or from what was measured, and from no answer.
_NO_ANSWER = Concern(RowState.WORRYING, None, None, "")
CLEAR = Finding(state=RowState.CLEAR, option=None, effect=None, why=(), is_open=False, conditions=())


def finding_of(criterion: Criterion, key: str, facts: Facts) -> Finding | None:
    """What stands about one subject. None when a computed row turns out not to apply."""
    where = (criterion.id, key)
    answers = facts.answers.get(where, ())
    if criterion.is_quick and len(answers) == 1:
        # What almost every row of a settled household has: one answer, an option that worries nobody, and it is enough.
        only = answers[0]
        if (
            only.value in criterion.reassuring
            and only.grade.reassurance_rank >= criterion.clear_at.rank
            and only.source.name
        ):
            lasts = shelf_days(criterion, facts)
            if lasts is None or not is_stale(only, lasts, facts.on):
                return CLEAR
    forced: Effect | None = None
    said: tuple[str, ...] = ()
    closes = ""
    if criterion.worry_if:
        triggered = [w for w in criterion.worry_if if w.when.evaluate(facts) is True]
        if triggered:
            forced = max(w.effect for w in triggered)
            said = tuple(w.says for w in triggered)
            closes = next((w.emergency for w in triggered if w.emergency), "")
    if criterion.computed is not None:
        worked = COMPUTED[criterion.computed](facts)
        if worked.state == "not_applicable":
            return None
        return Finding(
            state=RowState.WORRYING if worked.state == "worrying" else RowState.CLEAR,
            option=None,
            effect=worked.effect,
            why=(worked.says,),
            is_open=worked.state == "open" or worked.also_open,
            conditions=(),
            basis=worked.basis,
            by=worked.by,
        )
    known = facts.known.get(where, ())
    # What almost every row has is one answer, an option that worries nobody.
    reassures = (
        len(known) == 1 and known[0].value in criterion.reassuring if criterion.answer == "choice" else not known
    )
    worry = None if reassures else gravest(criterion, known, facts)
    needed = clear_grade(criterion, facts)
    enough, missing = is_sufficient(criterion, answers, needed, facts)
    if worry is None and forced is None and enough and criterion.is_simple:
        return CLEAR  # what most rows of a settled household are
    way = _travelled(criterion, facts) if criterion.travel_to else None
    # What was measured over the limit stands beside what anybody says, unless that is good enough and says why it differs.
    measured = way if way is not None and way.state == "worrying" else None
    if measured is not None:
        if any(a.reason and counts_as_reassurance(criterion, a, facts) for a in known):
            measured = None
        elif known:
            measured = measured._replace(why=(*measured.why, facts.words["why_measured_otherwise"]))
    if way is not None and not way.is_open and measured is None and worry is None:
        enough = True
    unknown = tuple(o.says for o in criterion.open_if if o.when.evaluate(facts) is not False) if enough else ()
    if worry is not None or forced is not None or measured is not None:
        concern, why = worry or (_NO_ANSWER, ())
        option, effect = concern.option, concern.effect
        unverified = (
            option is not None and option.verify and not enough and not verified(known, needed, criterion, facts)
        )
        more: tuple[str, ...] = (
            (facts.words["lacking_proof"].format(**wording.grade_put_in(needed)),) if unverified else ()
        )
        if not enough and any(a.leaves_unknown for a in known) and not verified(known, needed, criterion, facts):
            # What is ticked is told; what is not ticked is no “no” here.
            unverified, more = True, missing
        if criterion.answer == "counts" and not enough:
            unverified, more = True, missing
        if criterion.leaves_open and _left_open(criterion, known, facts):
            unverified, more = True, (facts.words["why_left_open"],)
        if worry is None and (forced is not None or measured is None):
            # A worry that follows from facts answers nothing that nobody was asked.
            unverified, more = not enough or bool(unknown), (*(() if enough else missing), *unknown)
        if measured is not None:
            effect, why = stronger_effect(effect, measured.effect), (*why, *measured.why)
            unverified = unverified or (worry is None and measured.is_open)
        # An undated worry may be of today; a day that is still to come is no later than today: else nothing could answer it.
        days = [min(a.on or facts.on, facts.on) for a in known if concerns_of(criterion, a, facts)]
        return Finding(
            state=concern.state if forced is None and measured is None else RowState.WORRYING,
            option=option,
            effect=stronger_effect(effect, forced),
            why=(*why, *said, *more, *facts.not_superseded.get((criterion.id, key), ())),
            is_open=unverified,
            conditions=(),
            concern_on=max(days, default=None),
            closes=closes or next((o.emergency for a in known for o in options_of(criterion, a) if o.emergency), ""),
        )
    if way is not None and not known:
        missing = way.why
    if unknown:
        return Finding(state=RowState.CLEAR, option=None, effect=None, why=unknown, is_open=True, conditions=())
    if enough:
        made: tuple[Option, ...] = ()
        if criterion.conditional:
            chosen = (o for a in known for o in options_of(criterion, a))
            made = tuple(dict.fromkeys(o for o in chosen if o.means == "clear_with_condition"))
        return Finding(
            state=RowState.CLEAR,
            option=None,
            effect=None,
            why=way.why if way is not None and not known else (),
            is_open=False,
            conditions=made,
        )
    return Finding(
        state=RowState.CLEAR,
        option=None,
        effect=None,
        why=missing,
        is_open=True,
        conditions=(),
        lapsed=_lapsed(criterion, answers, facts),
    )


def _left_open(criterion: Criterion, known: tuple[Answer, ...], facts: Facts) -> bool:
    """Was a worry told that leaves its question open, and has nobody who can know answered it since, if with another worry?"""
    unsettled = [a.on or facts.on for a in known if any(_leaves_open(o, facts) for o in options_of(criterion, a))]
    if not unsettled:
        return False
    told = [
        a for a in known if a.on is not None and a.on >= max(unsettled) and counts_as_reassurance(criterion, a, facts)
    ]
    return not any(o.means == "worrying" and not _leaves_open(o, facts) for a in told for o in options_of(criterion, a))


def _leaves_open(option: Option, facts: Facts) -> bool:
    told = option.leaves_open_if
    return option.leaves_open or (told is not None and told.evaluate(facts) is True)


def _lapsed(criterion: Criterion, answers: tuple[Answer, ...], facts: Facts) -> Source | None:
    """Whose reassurance was enough once, and is only too old now."""
    days = shelf_days(criterion, facts) if answers else None
    if days is None:
        return None
    old = (a for a in answers if a.on is not None and is_stale(a, days, facts.on) and is_whole(criterion, a, facts))
    return next((a.source for a in old), None)


def stronger_effect(a: Effect | None, b: Effect | None) -> Effect | None:
    found = [e for e in (a, b) if e is not None]
    return max(found) if found else None


def _travelled(criterion: Criterion, facts: Facts) -> Finding | None:
    """Met, not met or cannot tell, from the journeys measured; None where there is none. Source: rulings.md 12."""
    key = facts.subject.key if facts.subject is not None else ""
    mine = [j for j in facts.journeys if j.person == key and j.kind in criterion.travel_to]
    if not mine:
        return None
    limits = [
        (facts.settings[b.over], b.effect)
        for b in criterion.bands
        if b.when is None or b.when.evaluate(facts) is not False
    ]
    over: list[Effect] = []
    why: list[str] = []
    within = True
    for j in mine:
        span = f"{j.low} to {j.high} minutes by {j.method.replace('_', ' ')}" + (
            f" ({j.data_date})" if j.data_date else ""
        )
        measured = j.method in proof.MEASURED
        told = [
            (proof.within(limit, j.low, j.high, measured, walked=False).answer, limit, effect)
            for limit, effect in limits
        ]
        hit = [(limit, effect) for answer, limit, effect in told if answer == proof.BEYOND]
        if hit:
            over += [effect for _, effect in hit]
            why.append(f"Not met: {span}, over the limit of {max(limit for limit, _ in hit)}.")
        elif measured and all(answer == proof.WITHIN for answer, _, _ in told):
            why.append(f"Met: {span}.")
        else:
            within = False
            why.append(f"Cannot tell: {span}. Check the real journey at the hours needed.")
    if over:
        return Finding(
            state=RowState.WORRYING, option=None, effect=max(over), why=tuple(why), is_open=not within, conditions=()
        )
    return Finding(state=RowState.CLEAR, option=None, effect=None, why=tuple(why), is_open=not within, conditions=())


def answer_awaited(criterion: Criterion, facts: Facts) -> str:
    """What the condition says that an answer which may come after the move makes."""
    return facts.words["condition_answer"].format(name=criterion.name)
