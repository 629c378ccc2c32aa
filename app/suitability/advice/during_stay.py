"""What the days to come change: birthdays and births during the stay, reassurance that lapses, tonight, and duties."""

from __future__ import annotations

from datetime import date, timedelta
from typing import NamedTuple

from app.suitability.assess import assess, facts_of, judged
from app.suitability.casefile.called import labels
from app.suitability.casefile.codes import Outcome
from app.suitability.casefile.household import Household, Member
from app.suitability.casefile.values import day_in_words
from app.suitability.checklist.checklist import Checklist
from app.suitability.facts.facts import Facts
from app.suitability.judgement.reassurance import lapses_on
from app.suitability.judgement.result import Result, Row
from app.suitability.reading.case_file import CaseFile

from .next_questions import asked_of

_OLDEST = 21  # the last birthday any rule looks at


class Change(NamedTuple):
    """A day of the stay on which ages change something: why, and what the outcome would be from that day."""

    on: str
    because: str
    outcome: str
    changes_outcome: bool
    rows: tuple[str, ...]


class Flip(NamedTuple):
    """A clear row whose loss would change the outcome, and the day its reassurance lapses, where it does."""

    criterion: str
    subject: str
    becomes: str
    outcome: str
    lapses_on: str


class FirstNight(NamedTuple):
    """Something that must be known before keys tonight."""

    criterion: str
    subject: str
    name: str
    ask_of: str
    ask: str
    by: str


class ToDo(NamedTuple):
    """A duty with its clock. It never touches the outcome."""

    criterion: str
    what: str
    owner: str
    due: str
    state: str


def changes(checklist: Checklist, case: CaseFile, council: str, result: Result) -> tuple[Change, ...]:
    """Every day of the stay on which a birthday or a birth changes a row, with the outcome from that day.

    Evidence is kept as old as it is today: what lapses is said by :func:`flips`.
    """
    last = case.placement.ends(case.on)
    if last is None:
        return ()
    days: dict[date, list[str]] = {}
    numbers = checklist.numbers_on(case.on, case.settings)
    weeks = {numbers.unborn_counts_weeks, numbers.birth_plan_weeks}
    called = labels(case.household)
    for member in (*case.household.members, *_implied(case.household)):
        for day, why in _days_of(member, weeks, called[member.key]):
            if case.on < day <= last:
                days.setdefault(day, []).append(why)
    found = []
    before = result
    for day in sorted(days):
        after = assess(checklist, _born_by(case, day), council, ages_on=day)
        names = _differs(checklist, before, after)
        if names or after.outcome != before.outcome:
            found.append(
                Change(
                    day.isoformat(),
                    "; ".join(sorted(days[day])),
                    after.outcome.value,
                    after.outcome != before.outcome,
                    names,
                )
            )
        before = after
    return tuple(found)


def _days_of(member: Member, weeks_before: set[int], called: str) -> list[tuple[date, str]]:
    if member.kind == "unborn":
        if member.due is None:
            return []
        born = [(member.due, f"{called}: expected to be born")]
        # A birth near enough counts as a child under 1; nearer still, other questions hold.
        return born + [
            (member.due - timedelta(weeks=weeks), f"{called}: expected within {weeks} weeks")
            for weeks in sorted(weeks_before)
        ]
    if member.born is None:
        return []
    return [(birthday(member.born, age), f"{called} turns {age}") for age in range(1, _OLDEST + 1)]


def birthday(born: date, age: int) -> date:
    """A birthday; one born on 29 February turns a year older on 1 March of a common year."""
    try:
        return born.replace(year=born.year + age)
    except ValueError:
        return date(born.year + age, 3, 1)


def _implied(household: Household) -> tuple[Member, ...]:
    entered = {m.key for m in household.members}
    return tuple(child for child in household.children() if child.key not in entered)


def _born_by(case: CaseFile, day: date) -> CaseFile:
    """The household as it would be once births expected by a day have happened."""
    household = case.household
    born = {
        child.key: child.model_copy(update={"kind": "child", "born": child.due, "due": None})
        for child in household.children()
        if child.kind == "unborn" and child.due is not None and case.on < child.due <= day
    }
    if not born:
        return case
    mothers = {child.mother for child in born.values()}
    kept = tuple(
        m.model_copy(update={"pregnant": False, "due": None}) if m.key in mothers else m
        for m in household.members
        if m.key not in born
    )
    return case.model_copy(update={"household": household.model_copy(update={"members": (*kept, *born.values())})})


def _differs(checklist: Checklist, before: Result, after: Result) -> tuple[str, ...]:
    was = {(r.criterion, r.subject): (r.state, r.effect, r.open_effect) for r in before.rows}
    now = {(r.criterion, r.subject): (r.state, r.effect, r.open_effect) for r in after.rows}
    moved = dict.fromkeys(c for c, s in (*now, *was) if was.get((c, s)) != now.get((c, s)))
    return tuple(f"{c} {checklist.criteria[c].name}" for c in checklist.order if c in moved)


def flips(checklist: Checklist, case: CaseFile, council: str, result: Result) -> tuple[Flip, ...]:
    """The clear rows whose loss would change the outcome, the soonest to lapse first.

    A row that others look at is tried on the engine without its answers, since losing it may open them too; a row on its
    own can do no more than its own open effect.
    """
    now = result.outcome
    if now is Outcome.NOT_SUITABLE:
        return ()  # nothing is worse
    found = []
    facts: Facts | None = None
    for row in result.rows:
        if row.state not in ("clear", "clear_with_condition"):
            continue
        worst = row.if_open.outcome
        if row.criterion in checklist.looked_at and row.answers:
            worst = max(worst, _without(checklist, case, council, row).outcome)
        if worst > now:
            if facts is None:  # drawn up once, and only where something flips
                facts = facts_of(checklist, case, council)
                judged(checklist, case, facts)
            lapses = lapses_on(checklist.criteria[row.criterion], row.answers, facts.about(row.subject))
            lapse = lapses.isoformat() if lapses else ""
            found.append(Flip(row.criterion, row.subject, row.if_open.value, worst.value, lapse))
    return tuple(sorted(found, key=lambda f: (f.lapses_on or "9999", checklist.order.index(f.criterion), f.subject)))


def _without(checklist: Checklist, case: CaseFile, council: str, row: Row) -> Result:
    kept = tuple(a for a in case.answers if (a.criterion, a.subject) != (row.criterion, row.subject))
    return assess(checklist, case.model_copy(update={"answers": kept}), council)


def first_night(checklist: Checklist, result: Result) -> tuple[FirstNight, ...]:
    """The short set still to be answered before keys tonight."""
    found = []
    for row in result.rows:
        criterion = checklist.criteria[row.criterion]
        tonight = criterion.first_night or any(checklist.criteria[name].first_night for name, _ in row.settles)
        if tonight and row.is_open and not row.under:
            asked = asked_of(checklist, row)
            found.append(
                FirstNight(
                    criterion=row.criterion,
                    subject=row.subject,
                    name=criterion.name,
                    ask_of=asked.agency.name,
                    ask=asked.words,
                    by=asked.agency.tonight,
                )
            )
    return tuple(found)


def duties(checklist: Checklist, case: CaseFile, result: Result) -> tuple[ToDo, ...]:
    """What the council must still do by a day, counted from the start of the stay with that day as the first."""
    settings = checklist.numbers_on(case.on, case.settings)
    found = []
    for row in result.rows:
        duty = checklist.criteria[row.criterion].duty
        if duty is None:
            continue
        starts = case.placement.starts or case.on
        if duty.since == "answer":
            # From the latest of three: the placement, what was agreed, the details of the bodies. Source: Housing Act 1996 s.213AA.
            known = case.household.notice_details or starts
            starts = max((starts, known, *(a.on for a in row.answers if a.on is not None and not a.is_unknown)))
        due = starts + timedelta(days=settings[duty.days] - 1)
        state = (
            "done"
            if row.state == "clear" and not duty.with_record
            else "overdue"
            if due < case.on
            else f"due {day_in_words(due)}"
        )
        found.append(ToDo(row.criterion, duty.what, duty.owner, due.isoformat(), state))
    return tuple(found)
