"""What would make this placement suitable: the smallest set of answers and mitigations, tried out on the same engine."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import NamedTuple

from app.suitability.assess import assess
from app.suitability.casefile.answers import Acceptance, Answer, Mitigation, Source
from app.suitability.casefile.codes import Effect, Grade, Outcome
from app.suitability.casefile.household import LeadProfessional
from app.suitability.casefile.units import called
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.judgement.result import Pattern, Result, Row
from app.suitability.reading.case_file import CaseFile

from .elsewhere import closed_by, next_unit, tonight_words
from .steps import Step, owner_of, steps_of

_ROUNDS = 8  # answering a question can open others; more rounds than any chain of conditions is long


class WayForward(NamedTuple):
    """Whether this placement can be made suitable, and how; when not, the next safe step."""

    reachable: bool
    because: str
    steps: tuple[Step, ...]
    elsewhere: bool = False  # where it cannot: would another place cure it?


class _Action(NamedTuple):
    """One thing to do, and the case and assumptions as they would be once it is done."""

    where: tuple[str, str]
    answers: tuple[Answer, ...] = ()
    mitigations: tuple[Mitigation, ...] = ()
    acceptances: tuple[Acceptance, ...] = ()
    lead: bool = False
    assumed: bool = False


def way_forward(checklist: Checklist, case: CaseFile, council: str, result: Result) -> WayForward:
    """The smallest set of answers and mitigations that reaches *Suitable with conditions*, or why none does.

    Each step is tried out: the case as it would be is assessed again, what that opens is added, and what turns out not to
    be needed is taken away. A stop always leads to the next safe step. A step about one of several units says which.
    """
    found = _found(checklist, case, council, result)
    units = called(case.placement)
    if len(units) == 1:
        return found
    return found._replace(steps=tuple(_of_which(step, units, checklist) for step in found.steps))


def _of_which(step: Step, units: Mapping[str, str], checklist: Checklist) -> Step:
    name = units.get(step.subject)
    if name is None or step.criterion not in checklist.criteria or step.step.endswith(f"({name})"):
        return step
    return step._replace(step=f"{name}: {step.step}")


def _found(checklist: Checklist, case: CaseFile, council: str, result: Result) -> WayForward:
    stops = _stops(result)
    if stops:
        return _stopped(checklist, case, result, stops)
    if _good(result):
        return _met(checklist, result)
    actions, found = _reach(checklist, case, council, {}, result)
    roots = _roots(checklist, case, found, actions)
    if not _good(found) and roots:
        # What hangs on a question nobody answered cannot be settled one by one: the question comes first.
        actions, found = _reach(checklist, case, council, {**roots, **actions}, result)
    actions = {**roots, **actions}
    if not _good(found):
        if _stops(found):
            return _stopped(checklist, case, result, _stops(found))
        left = dict.fromkeys(
            [checklist.criteria[r.criterion].name for r in found.rows if r.outcome >= Outcome.CANNOT_DECIDE]
            + [checklist.patterns[p.id].name for p in found.patterns if p.outcome >= Outcome.CANNOT_DECIDE]
        )
        return WayForward(
            False,
            checklist.words["way_not_found"].format(remains="; ".join(map(in_sentence, left))),
            (*_elsewhere(checklist, result), _tonight(checklist, case, result)),
            elsewhere=True,
        )
    kept = _smallest(checklist, case, council, actions, roots)
    return WayForward(
        True,
        checklist.words["way_found"],
        steps_of(checklist, result, found, kept),
    )


def _reach(
    checklist: Checklist, case: CaseFile, council: str, actions: dict[tuple[str, str], _Action], before: Result
) -> tuple[dict[tuple[str, str], _Action], Result]:
    """Add what each trial opens until it is good, or until nothing new comes up; ``before`` is the case as it is."""
    asked = {(r.criterion, r.subject) for r in before.rows if r.is_open}
    found = before
    if actions:
        found = _try(checklist, case, council, list(actions.values()))
    for _ in range(_ROUNDS):
        if _good(found):
            break
        fresh = {a.where: a for a in _actions(checklist, case, found) if a.where not in actions}
        # What stays open though it is answered, because a fact is wanting or the trial itself contradicts it, is taken as settled.
        stuck = [
            (r.criterion, r.subject)
            for r in found.rows
            if r.outcome >= Outcome.CANNOT_DECIDE
            and r.state == "open"
            and (checklist.criteria[r.criterion].open_if or (r.criterion, r.subject) not in asked)
        ]
        fresh |= {w: actions[w]._replace(assumed=True) for w in stuck if w in actions and not actions[w].assumed}
        if not fresh:
            break
        actions = actions | fresh
        found = _try(checklist, case, council, list(actions.values()))
    return actions, found


def _good(result: Result) -> bool:
    return result.outcome in ("suitable", "suitable_with_conditions")


def _stops(result: Result) -> list[Row]:
    return [row for row in result.rows if row.effect == "stop" and row.state != "open"]


def _stopped(checklist: Checklist, case: CaseFile, result: Result, stops: list[Row]) -> WayForward:
    named = "; ".join(dict.fromkeys(in_sentence(checklist.criteria[row.criterion].name) for row in stops))
    nowhere = all(checklist.criteria[row.criterion].no_place for row in stops)
    steps = tuple(
        Step(
            row.criterion,
            row.subject,
            checklist.criteria[row.criterion].no_place or checklist.words["step_place"],
            _placing(checklist, row),
        )
        for row in stops
    )
    wanted = next_unit(checklist, result)
    steps += _elsewhere(checklist, result) if wanted else ()
    then = "way_then_nowhere" if nowhere else "way_then_tonight" if closed_by(result) else "way_then_elsewhere"
    return WayForward(
        False,
        checklist.words["way_stopped"].format(stops=named, then=checklist.words[then]),
        (*steps, _tonight(checklist, case, result)),
        elsewhere=not nowhere,
    )


def _tonight(checklist: Checklist, case: CaseFile, result: Result) -> Step:
    return Step("", "household", tonight_words(checklist, case, result), "senior officer")


def _elsewhere(checklist: Checklist, result: Result) -> tuple[Step, ...]:
    """Another place to look for, by what this one lacks."""
    wanted = next_unit(checklist, result)
    words = checklist.words
    said = words["step_unit"].format(wanted="; ".join(wanted)) if wanted else words["step_elsewhere"]
    return (Step("", "unit", said, "placement officer"),)


def _met(checklist: Checklist, result: Result) -> WayForward:
    made = tuple(
        Step(row.criterion, row.subject, c.what, owner_of(checklist, c.owner or row.owner))
        for row in result.rows
        for c in row.conditions
    )
    made += tuple(Step(p.id, p.subject, c.what, c.owner) for p in result.patterns for c in p.conditions)
    made += tuple(
        Step(p.id, p.subject, p.remedy, checklist.patterns[p.id].owner)
        for p in result.patterns
        if p.outcome is Outcome.SUITABLE_WITH_CONDITIONS and not p.conditions
    )
    if made:
        return WayForward(True, checklist.words["way_conditions"], made)
    review = Step("", "household", checklist.words["step_review"], "housing officer")
    return WayForward(True, checklist.words["way_clear"], (review,))


# ---- trying it out


def _actions(checklist: Checklist, case: CaseFile, result: Result) -> list[_Action]:
    found = [
        _for_row(checklist, checklist.criteria[row.criterion], row, case)
        for row in result.rows
        if row.outcome >= Outcome.CANNOT_DECIDE
    ]
    if any(row.outcome >= Outcome.CANNOT_DECIDE for row in result.rows):
        return found  # what patterns ask for is often answered by the rows they rest on
    rows = {(r.criterion, r.subject): r for r in result.rows}
    return [_for_pattern(checklist, p, rows, case) for p in result.patterns if p.outcome >= Outcome.CANNOT_DECIDE]


def _for_row(checklist: Checklist, criterion: Criterion, row: Row, case: CaseFile) -> _Action:
    where = (row.criterion, row.subject)
    if criterion.computed == "lead_professional":
        return _Action(where=where, lead=True)
    answers = _answers(checklist, criterion, row, case) if row.is_open and criterion.computed is None else ()
    assumed = row.is_open and criterion.computed is not None
    if row.state == "open":
        return _Action(where=where, answers=answers, assumed=assumed)
    if row.effect == "senior" and not row.by_seeing:
        return _Action(where=where, answers=answers, acceptances=(_accepted(where, case),), assumed=assumed)
    done = _mitigated(where, case, row.effect == "stop_until" or row.by_seeing, _doer(criterion), criterion.seen_at)
    return _Action(where=where, answers=answers, mitigations=(done,), assumed=assumed)


def _for_pattern(checklist: Checklist, p: Pattern, rows: dict[tuple[str, str], Row], case: CaseFile) -> _Action:
    where = (p.id, p.subject)
    if p.id == "P13":
        return _Action(where=where, lead=True)
    if p.effect == "senior":
        return _Action(where=where, acceptances=(_accepted(where, case),))
    if p.effect in ("high", "stop_until"):
        owner = checklist.patterns[p.id].owner
        return _Action(where=where, mitigations=(_mitigated(where, case, p.effect == "stop_until", owner),))
    open_rows = [rows[r] for r in p.rows if r in rows and rows[r].is_open and checklist.criteria[r[0]].computed is None]
    answers = tuple(a for row in open_rows for a in _answers(checklist, checklist.criteria[row.criterion], row, case))
    return _Action(where=where, answers=answers, assumed=not answers)


_SETTLED = Source(name="The answer still to come", role="professional", agency="the agency to be asked")


def _answers(checklist: Checklist, criterion: Criterion, row: Row, case: CaseFile) -> tuple[Answer, ...]:
    """Reassuring answers as they would be, from as many agencies as the row needs; the same words as what is said now."""
    settling = _settling_value(criterion) if row.state != "open" and criterion.leaves_open else None
    value = settling or _clear_value(criterion, row, case)
    return tuple(
        Answer(
            criterion=row.criterion,
            subject=row.subject,
            value=value,
            grade=Grade.E4,
            source=_SETTLED.model_copy(update={"agency": _voice(checklist, criterion, number)}),
            on=case.on,
            note="As it would be answered.",
        )
        for number in range(criterion.min_sources)
    )


def _voice(checklist: Checklist, criterion: Criterion, number: int) -> str:
    """The agency whose answer it would be: one whose word counts."""
    if criterion.only_from:
        return checklist.agencies[criterion.only_from[number % len(criterion.only_from)]].known_as[0].removesuffix("*")
    return f"{_SETTLED.agency} {number}"


def _settling_value(criterion: Criterion) -> str | None:
    """What answers a question that a known worry left open: the mildest other worry that stops nothing."""
    settling = [
        (-(option.effect or criterion.worrying or Effect.LOW).rank, code)
        for code, option in criterion.options.items()
        if option.means == "worrying"
        and not (option.leaves_open or option.leaves_open_if)
        and not (option.effect or "stop").startswith("stop")
    ]
    return max(settling)[1] if settling else None


def _clear_value(criterion: Criterion, row: Row, case: CaseFile) -> str | int | tuple[str, ...] | dict[str, int]:
    if criterion.answer in ("choice", "multiple"):
        # What would leave the row open whatever its grade, a denial of what is written down, is no way to settle it.
        denials = {option for o in criterion.open_if for name, option in o.when.options if name == criterion.id}
        clear = [c for c, option in criterion.options.items() if option.means == "clear" and c not in denials]
        clear += [code for code, option in criterion.options.items() if option.means == "clear_with_condition"]
        said = [
            v
            for a in row.answers
            if not a.is_unknown
            for v in (a.value if isinstance(a.value, tuple) else (a.value,))
            if v in clear
        ]
        # Where each is a denial of something, the question is settled only with what it denies: the first is tried.
        chosen = str(said[0]) if said else (clear or [c for c, o in criterion.options.items() if o.means == "clear"])[0]
        return (chosen,) if criterion.answer == "multiple" else chosen
    if criterion.answer == "minutes":
        return 0
    if criterion.answer == "date":
        return (case.on + timedelta(days=criterion.day == "to_come")).isoformat()
    return dict.fromkeys(criterion.counts, 0)


def _accepted(where: tuple[str, str], case: CaseFile) -> Acceptance:
    return Acceptance(
        criterion=where[0],
        subject=where[1],
        by="A senior officer",
        role="senior_officer",
        reason="As it would be accepted.",
        on=case.on,
        review_on=case.on + timedelta(days=1),
        lead_professional_view="As it would be given.",
    )


def _doer(criterion: Criterion) -> str:
    return criterion.mitigations[0].owner if criterion.mitigations else "placement officer"


def _mitigated(where: tuple[str, str], case: CaseFile, seen: bool, owner: str, seen_at: Grade = Grade.E2) -> Mitigation:
    """In place and seen where only that lifts it; else a plan of whose it is to do, for a day, that a senior officer agreed to."""
    whose = owner.split(" and ")[0].split(", ")[0].split(" or ")[0].split(" with ")[0]
    return Mitigation(
        criterion=where[0],
        subject=where[1],
        what="As it would be done.",
        owner=Source(name="Its owner", role=whose, agency=whose),
        owner_accepted=case.on,
        due=case.on,
        in_place=case.on if seen else None,
        seen_grade=seen_at if seen else None,
        seen_by="Somebody named" if seen else "",
        seen_on=case.on if seen else None,
        agreed_by="A senior officer",
        agreed_role="senior_officer",
        agreed_on=case.on,
    )


def _try(checklist: Checklist, case: CaseFile, council: str, actions: list[_Action]) -> Result:
    lead = case.household.lead_professional
    household = case.household
    if any(a.lead for a in actions):
        name = lead.name if lead is not None else "A lead professional"
        household = household.model_copy(update={"lead_professional": LeadProfessional(name=name, accepted=case.on)})
    tried = case.model_copy(
        update={
            "household": household,
            "answers": (*case.answers, *(x for a in actions for x in a.answers)),
            "mitigations": (*case.mitigations, *(x for a in actions for x in a.mitigations)),
            "acceptances": (*case.acceptances, *(x for a in actions for x in a.acceptances)),
        }
    )
    return assess(checklist, tried, council, assume=frozenset(a.where for a in actions if a.assumed))


def _roots(
    checklist: Checklist, case: CaseFile, result: Result, actions: dict[tuple[str, str], _Action]
) -> dict[tuple[str, str], _Action]:
    """Open questions on which several others depend: answering one may make the others unnecessary."""
    wanted = {name for name, _ in actions if name in checklist.criteria for name in checklist.criteria[name].looks_at}
    return {
        (row.criterion, row.subject): _for_row(checklist, checklist.criteria[row.criterion], row, case)
        for row in result.rows
        if row.criterion in wanted and row.state == "open" and (row.criterion, row.subject) not in actions
    }


def _smallest(
    checklist: Checklist,
    case: CaseFile,
    council: str,
    actions: dict[tuple[str, str], _Action],
    roots: dict[tuple[str, str], _Action],
) -> list[tuple[str, str]]:
    """Take away, from the last that came up, whatever the rest makes unnecessary.

    Only rows that depend on other rows can be made unnecessary, and patterns; the rest are not tried.
    """
    kept = dict(actions)
    for where in reversed(list(actions)):
        criterion = checklist.criteria.get(where[0])
        alone = criterion is not None and not criterion.looks_at_rows and criterion.phase == 0
        if alone and where not in roots:
            continue
        fewer = [a for w, a in kept.items() if w != where]
        if _good(_try(checklist, case, council, fewer)):
            del kept[where]
    return list(kept)


def _placing(checklist: Checklist, row: Row) -> str:
    return row.owner if row.owner not in checklist.agencies else "placement officer"
