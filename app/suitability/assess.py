"""assess(): from what is known to what follows. Deterministic, total, and silent about people.

The order is always: which rows apply, what each amounts to, which effect that has, what lifts it, and only then the outcome.
Scores are worked out beside the outcome and never read by it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from app.suitability.casefile.answers import Acceptance, Answer, Mitigation
from app.suitability.casefile.codes import OpenEffect, Outcome, RowState, worst_of
from app.suitability.casefile.settings import CouncilSettings
from app.suitability.casefile.units import units_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.condition import Gap
from app.suitability.checklist.criterion import Criterion
from app.suitability.facts.enquiries import silent_agencies
from app.suitability.facts.facts import Facts, RowJudgement
from app.suitability.judgement.concern import concerns_of, is_a_fact, rank_of_concern, weakens
from app.suitability.judgement.contradiction import difference
from app.suitability.judgement.effect import row_of
from app.suitability.judgement.finding import CLEAR, Finding, finding_of
from app.suitability.judgement.folding import folded
from app.suitability.judgement.follows import children_of, is_put_right, naming_its_unit, scores_of
from app.suitability.judgement.reassurance import may_answer
from app.suitability.judgement.result import Pattern, Result, Row
from app.suitability.judgement.standing import Rules, Standing, standing
from app.suitability.patterns.conversation import route_of
from app.suitability.patterns.pattern import PatternContext
from app.suitability.patterns.registry import matching
from app.suitability.reading.case_file import CaseFile, subjects_of


def assess(
    checklist: Checklist,
    case: CaseFile,
    council: str,
    ages_on: date | None = None,
    assume: frozenset[tuple[str, str]] = frozenset(),
) -> Result:
    """Judge a proposed placement.

    Args:
        checklist: one version, with the council's settings.
        case: household, placement, answers, mitigations and acceptances on a day.
        council: the authority code of the district that owes the duty, unless the case names another.
        ages_on: a day of the stay to take ages on, where it is not the day of the assessment; evidence stays as old as it is.
        assume: rows worked out from facts, and patterns, to take as settled; only to try out what would help, never to judge.
    Returns:
        the result; the same for the same input whatever its order.
    """
    return judged(checklist, case, facts_of(checklist, case, council, ages_on), assume)


def judged(
    checklist: Checklist, case: CaseFile, facts: Facts, assume: frozenset[tuple[str, str]] = frozenset()
) -> Result:
    """The same, of facts that are drawn up already: they know afterwards what each row amounts to."""
    judgement = Judgement(checklist, facts, case, assume)
    _judge_answers(judgement, checklist)
    _judge_what_rests_on_concern(judgement, checklist)
    context = PatternContext(
        facts=facts,
        case=case,
        criteria=checklist.criteria,
        rows=judgement.rows,
        findings=judgement.findings,
        texts=checklist.patterns,
    )
    patterns = matching(context, assume)
    _judge_second_look(judgement, checklist, context, patterns)
    _judge_next_look(judgement, checklist, patterns)
    rows = judgement.in_order(checklist)
    if facts.amended:
        rows = folded(rows, judgement.gaps, checklist.criteria, facts)
    if facts.units:
        rows = tuple(naming_its_unit(row, facts) for row in rows)
    return Result(
        outcome=_worst(rows, patterns),
        safeguarding_route=route_of(facts, rows, context),
        children=children_of(checklist, facts, rows, patterns),
        rows=rows,
        scores=scores_of(checklist, rows),
        checklist_version=checklist.version,
        patterns=patterns,
        must_ask=tuple(sorted(facts.so_far.must_ask)),
        silent=silent_agencies(facts) if case.household.put_to_agencies else (),
    )


def _judge_answers(judgement: Judgement, checklist: Checklist) -> None:
    """What answers and facts amount to, but for the rows that depend on whether anything is high.

    Those are given their effect after all others; those worked out from it are found then, too.
    """
    turns, facts = checklist.turns, judgement.facts
    judgement.find(_of_each(turns.weigh_first, facts))
    judgement.give_effect(_of_each(turns.settle_first, facts))
    facts.so_far.has_high = judgement.any_strong()


def _judge_what_rests_on_concern(judgement: Judgement, checklist: Checklist) -> None:
    """Who has to be asked depends on whether anything is high, and their silence is itself high: then more have to be asked."""
    turns, facts = checklist.turns, judgement.facts
    heard = _of_each(turns.heard, facts)
    for _ in range(2):
        facts.so_far.must_ask = _must_ask(checklist, facts)
        judgement.find(heard)
        judgement.give_effect(heard)
        if facts.so_far.has_high or not judgement.any_strong():
            break
        facts.so_far.has_high = True
    second = _of_each(turns.second, facts)
    judgement.find([(c, key) for c, key in second if c.computed is not None])
    judgement.give_effect(second)


def _judge_second_look(
    judgement: Judgement, checklist: Checklist, context: PatternContext, patterns: tuple[Pattern, ...]
) -> None:
    """Whether a second person has to look at the whole: where anything is strong, holds, or rests on too little."""
    judgement.facts.so_far.second_look = (
        judgement.any_strong()
        or judgement.any_hold()
        or any(p.effect.is_strong or p.effect is OpenEffect.HOLD for p in patterns)
        or "P04" in context.matches
    )
    third = _of_each(checklist.turns.third, judgement.facts)
    judgement.find(third)
    judgement.give_effect(third)


def _judge_next_look(judgement: Judgement, checklist: Checklist, patterns: tuple[Pattern, ...]) -> None:
    """When the placement is looked at again: sooner where any condition, hold or worry is left."""
    worst = _worst(judgement.rows.values(), patterns)
    judgement.facts.so_far.anything_left = worst is not Outcome.SUITABLE
    last = _of_each(checklist.turns.last, judgement.facts)
    judgement.find(last)
    judgement.give_effect(last)


def _worst(rows: Iterable[Row], patterns: Iterable[Pattern]) -> Outcome:
    """The worst that any row or pattern leads to; no number has a part in it."""
    return worst_of((*(row.outcome for row in rows), *(p.outcome for p in patterns)))


def _of_each(criteria: Sequence[Criterion], facts: Facts) -> list[tuple[Criterion, str]]:
    """Each criterion with everybody, or everything, it is asked about."""
    rows = facts.rows
    return [(c, key) for c in criteria for key in rows[c.id]]


def _must_ask(checklist: Checklist, facts: Facts) -> dict[str, str]:
    """The agencies that have to be asked about this household and place, code to name.

    Only what is known asks an agency: what nobody asked about is first asked of the person. Source: amendment 15.
    """
    facts = facts.of_all()
    found = {}
    for a in checklist.agencies.values():
        if a.must_ask:
            needed = True if a.must_ask_when is None else a.must_ask_when.evaluate(facts)
            if needed or (needed is None and not facts.amended):
                found[a.code] = a.name
    return found


_CLEAR, _OPEN, _MITIGATED, _HOLD = RowState.CLEAR, RowState.OPEN, RowState.MITIGATED, OpenEffect.HOLD
_SETTLED_CLEAR = RowJudgement("clear", False)
_NONE: list[Any] = []  # nobody writes to it


class Judgement:
    """Rows as they are weighed and then given their effect, in phases."""

    def __init__(self, checklist: Checklist, facts: Facts, case: CaseFile, assume: frozenset[tuple[str, str]]) -> None:
        self._criteria = checklist.criteria
        self.facts, self.assume = facts, assume
        facts.so_far.is_settled, facts.so_far.is_contradicted = self._is_settled, self._is_contradicted
        self._asking: set[tuple[str, str]] = set()
        self._early: dict[tuple[str, str], bool] = {}
        self.findings: dict[tuple[str, str], Finding] = {}
        self.gaps: dict[tuple[str, str], tuple[Gap, ...]] = {}  # why it is not known whether a row applies
        self.rows: dict[tuple[str, str], Row] = {}
        self.counts: dict[str, int] = {}  # of how many it is asked, by criterion
        self._mitigations: dict[tuple[str, str], list[Mitigation]] = {}
        self._acceptances: dict[tuple[str, str], list[Acceptance]] = {}
        for m in (
            sorted(case.mitigations, key=lambda m: m.model_dump_json())
            if len(case.mitigations) > 1
            else case.mitigations
        ):
            self._mitigations.setdefault((m.criterion, m.subject), []).append(m)
        for a in (
            sorted(case.acceptances, key=lambda a: a.model_dump_json())
            if len(case.acceptances) > 1
            else case.acceptances
        ):
            self._acceptances.setdefault((a.criterion, a.subject), []).append(a)

    def find(self, asked: list[tuple[Criterion, str]]) -> None:
        """Which rows apply, and what their answers amount to."""
        about, counts = self.facts.about, self.counts
        for criterion, key in asked:
            facts = about(key)
            applies = True if criterion.applies_when is None else criterion.applies_when.evaluate(facts)
            if applies is False and not facts.is_contradicted(criterion.id, key):
                continue
            found = finding_of(criterion, key, facts)
            if found is None:
                continue
            if applies is False:
                # Said once beside what was told: a worry is never blanked by a fact that somebody else wrote down, and
                # nobody’s word is put to the test with the one they fear.
                said = facts.words["why_told_of_safety" if criterion.survivors_word else "why_told_anyway"]
                found = found._replace(
                    why=(*found.why, said),
                    contradicted=True,
                    is_open=found.is_open or found.state is _CLEAR,
                )
            if applies is None and found.is_open and criterion.applies_when is not None:
                gaps = tuple(dict.fromkeys(criterion.applies_when.untold(facts)))
                untold = ", or ".join(gap.words for gap in gaps) or f"whether {criterion.applies_when.sentence}"
                why = (*found.why, facts.words["why_asked_in_doubt"].format(unknown=untold))
                found = found._replace(why=why, applicability_unknown=untold, gaps=gaps)
                self.gaps[criterion.id, key] = gaps
            if self.assume and found.is_open and (criterion.id, key) in self.assume:
                found = Finding(state=RowState.CLEAR, option=None, effect=None, why=(), is_open=False, conditions=())
            where = (criterion.id, key)
            if where not in self.findings:
                counts[criterion.id] = counts.get(criterion.id, 0) + 1
            self.findings[where] = found
            if found is CLEAR:
                facts.states[where] = _SETTLED_CLEAR
                continue
            state = _OPEN if found.is_open and found.state is _CLEAR else found.state
            facts.states[where] = RowJudgement(state, found.is_open)

    def _is_settled(self, name: str, key: str) -> bool:
        """Is what is said of a row that is not yet found enough? One that is asked of itself is not."""
        where = (name, key)
        if where not in self._early:
            if where in self._asking:
                return False
            self._asking.add(where)
            try:
                found = finding_of(self._criteria[name], key, self.facts.about(key))
            finally:
                self._asking.discard(where)
            self._early[where] = found is not None and not found.is_open
        return self._early[where]

    def _is_contradicted(self, name: str, key: str) -> bool:
        """Does a worry stand, which nothing but other people’s words speaks against?"""
        facts = self.facts.about(key)
        answers = facts.known.get((name, key), ())
        if not answers:
            return False
        criterion = self._criteria[name]
        return (
            criterion.applies_when is not None
            and any(concerns_of(criterion, answer, facts) or is_a_fact(criterion, answer) for answer in answers)
            and criterion.applies_when.by_nature(facts) is not False
        )

    def give_effect(self, asked: list[tuple[Criterion, str]]) -> None:
        """Which effect each row has, and what lifts it, in the order given: what is put right and seen counts as clear after it."""
        about = self.facts.about
        for criterion, key in asked:
            where = (criterion.id, key)
            found = self.findings.get(where)
            if found is None:
                continue
            facts = about(key)
            row = row_of(
                criterion,
                key,
                found,
                facts,
                self._mitigations.get(where, _NONE),
                self._acceptances.get(where, _NONE),
                self.counts[criterion.id],
            )
            self.rows[where] = row
            if row.state is _MITIGATED and is_put_right(row):
                facts.states[where] = _SETTLED_CLEAR

    def in_order(self, checklist: Checklist) -> tuple[Row, ...]:
        """Every row in the order of the checklist."""
        listed = ((name, key) for name in checklist.order for key in self.facts.rows[name])
        return tuple(self.rows[where] for where in listed if where in self.rows)

    def any_strong(self) -> bool:
        """Is any worry high or more? One planned or accepted still counts; one put right and seen does not."""
        return any(
            row.effect.is_strong and row.state.is_known_worry and not is_put_right(row) for row in self.rows.values()
        )

    def any_hold(self) -> bool:
        """Does any row hold while it is open?"""
        return any(row.is_open and row.open_effect is _HOLD for row in self.rows.values())


def _answer_order(answer: Answer) -> tuple[str, ...]:
    """A fixed order, so that the order answers arrive in changes nothing."""
    written = (
        str(answer.value),
        answer.grade.value,
        *answer.source.identity(str.casefold),
        str(answer.on),
        answer.id or "",
        answer.note,
        answer.reason,
    )
    return (answer.criterion, answer.subject, *written)


def _standing(
    checklist: Checklist, criterion: Criterion, answers: list[Answer], settings: CouncilSettings, on: date
) -> Standing:
    grave = [rank_of_concern(criterion, answer, settings) > 0 for answer in answers]
    rules = Rules(
        on=on,
        survivor_only=criterion.survivor_only,
        theirs_only=criterion.theirs_only,
        is_concern=lambda at: grave[at],
        less=lambda new, old: weakens(criterion, answers[new], answers[old], settings),
        may_answer=lambda at: may_answer(criterion, answers[at], checklist.speaks_for),
        spelt=checklist.spelt,
    )
    return standing(answers, rules)


def facts_of(checklist: Checklist, case: CaseFile, council: str, ages_on: date | None = None) -> Facts:
    """What the rules may look at: the household, the place, and the answers that stand."""
    settings = checklist.numbers_on(case.on, case.settings)
    grouped: dict[tuple[str, str], list[Answer]] = {}
    for answer in case.answers:
        grouped.setdefault((answer.criterion, answer.subject), []).append(answer)
    live: dict[tuple[str, str], tuple[Answer, ...]] = {}
    differ: list[str] = []
    not_superseded: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, subject in sorted(grouped):
        answers = grouped[name, subject]
        if len(answers) == 1:
            live[name, subject] = (answers[0],)
            continue
        answers.sort(key=_answer_order)
        criterion = checklist.criteria[name]
        found = _standing(checklist, criterion, answers, settings, case.on)
        live[name, subject] = found.answers
        if found.not_superseded:
            not_superseded[name, subject] = found.not_superseded
        said = difference(criterion, found.answers, checklist.words)
        if said:
            differ.append(said)
    children = case.household.children()
    asked = subjects_of(case.household, case.on if checklist.amended else None, case.placement.unit_keys)
    subjects = {kind: tuple(sorted(keys)) for kind, keys in asked.items()} | {"unit": asked["unit"]}
    return Facts(
        household=case.household,
        placement=case.placement,
        on=case.on,
        settings=settings,
        council=case.council or council,
        words=checklist.words,
        answers=live,
        not_superseded=not_superseded,
        rows={name: subjects[criterion.subject] for name, criterion in checklist.criteria.items()},
        applies=checklist.applies,
        people={m.key: m for m in (*case.household.members, *children)},
        units=units_of(case.placement, case.household),
        children=children,
        young=tuple(m for m in case.household.adults() if checklist.amended and m.key in asked["child"]),
        differences=tuple(differ),
        journeys=case.journeys,
        ages=ages_on,
        danger=bool(case.danger),
        asks=checklist.asks,
        speaks_for=checklist.speaks_for,
        agencies_in=checklist.agencies_in,
        amended=checklist.amended,
        calendar_months=checklist.calendar_months,
        signs_told=checklist.signs_told,
        spelt=checklist.spelt,
        tags=checklist.tags,
        untold=checklist.untold,
    )
