"""assess(): from what is known to what follows. Deterministic, total, and silent about people.

The order is always: which rows apply, what each amounts to, which effect that has, what lifts it, and only then the outcome.
Scores are worked out beside the outcome and never read by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from .care_patterns import MEANS
from .case_file import CaseFile, subjects_of
from .checklist import Checklist
from .criterion import Criterion
from .differences import difference
from .evidence import Acceptance, Answer, Mitigation, Rules, Standing, standing
from .facts import Facts, Settled
from .household import Member
from .lift import row_of
from .pattern import Look
from .patterns import find
from .reassure import may_answer
from .result import OUTCOMES, Child, Pattern, Result, Row, Score
from .weigh import Weighed, weigh
from .worry import is_a_fact, severity, weakens, worries_of


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
    facts = facts_of(checklist, case, council, ages_on)
    asked = [(checklist.criteria[name], key) for name in checklist.weighed for key in facts.rows[name]]
    settled = _Settled(checklist, facts, case, assume)
    # Rows that depend on whether anything is high are settled after all others; those worked out from it are weighed then, too.
    after = [(c, key) for c, key in asked if c.phase == 1]
    settled.weigh([(c, key) for c, key in asked if c.phase == 0 or (c.phase == 1 and c.computed is None)])
    settled.settle([(c, key) for c, key in asked if c.phase == 0])
    facts.has_high = settled.any_of(_STRONG)
    # Who has to be asked depends on whether anything is high, and their silence is itself high: then more have to be asked.
    heard = [(c, key) for c, key in after if c.computed == "who_answered"]
    for _ in range(2):
        facts.must_ask = _must_ask(checklist, facts)
        settled.weigh(heard)
        settled.settle(heard)
        if facts.has_high or not settled.any_of(_STRONG):
            break
        facts.has_high = True
    rest = [(c, key) for c, key in after if c.computed != "who_answered"]
    settled.weigh([(c, key) for c, key in rest if c.computed is not None])
    settled.settle(rest)
    facts.subject = None
    look = Look(facts, case, checklist.criteria, settled.rows, settled.weighed)
    patterns = find(look, assume)
    facts.second_look = (
        settled.any_of((*_STRONG, "hold"))
        or any(p.effect in (*_STRONG, "hold") for p in patterns)
        or "P04" in look.fired
    )
    last = [(c, key) for c, key in asked if c.phase == 2]
    settled.weigh(last)
    settled.settle(last)
    facts.anything_left = any(row.hits for row in settled.rows.values()) or any(p.hits for p in patterns)
    closing = [(c, key) for c, key in asked if c.phase == 3]
    settled.weigh(closing)
    settled.settle(closing)
    listed = ((name, key) for name in checklist.order for key in facts.rows[name])
    rows = tuple(settled.rows[where] for where in listed if where in settled.rows)
    worst = max([0, *(row.hits for row in rows), *(p.hits for p in patterns)])
    return Result(
        OUTCOMES[worst],
        _route(checklist, facts, rows, look),
        _children(facts.children, rows, patterns),
        rows,
        _scores(checklist, rows),
        checklist.version,
        patterns,
        tuple(sorted(facts.must_ask)),
    )


def _must_ask(checklist: Checklist, facts: Facts) -> dict[str, str]:
    """The agencies that have to be asked about this household and place, code to name."""
    facts.subject = None
    return {
        a.code: a.name
        for a in checklist.agencies.values()
        if a.must_ask and (a.must_ask_when is None or a.must_ask_when.evaluate(facts) is not False)
    }


_STRONG = ("stop", "stop_until", "senior", "high")


# Said once beside what was told: a worry is never blanked by a fact that somebody else wrote down.
_SAID_ANYWAY = "Told, although what is written down elsewhere says that it does not apply here. One of the two is wrong: find out which."
# Nobody’s word is put to the test with the one they fear.
_SAID_OF_SAFETY = "Told, although what is written down elsewhere says that it does not apply here. Act on it. Correct what is written down with the survivor alone, and ask nobody they may fear."


def _put_right(row: Row) -> bool:
    """In place and seen, so that by the lift table it is clear. Source: rulings.md 3."""
    return row.state == "mitigated" and row.hits == 0


class _Settled:
    """Rows as they are weighed and then given their effect, in phases."""

    def __init__(self, checklist: Checklist, facts: Facts, case: CaseFile, assume: frozenset[tuple[str, str]]) -> None:
        self._criteria, self._turn = checklist.criteria, checklist.settled
        self.facts, self.assume = facts, assume
        facts.is_settled_by, facts.is_said_by = self._is_settled, self._is_said
        self._asking: set[tuple[str, str]] = set()
        self._early: dict[tuple[str, str], bool] = {}
        self.weighed: dict[tuple[str, str], Weighed] = {}
        self.rows: dict[tuple[str, str], Row] = {}
        self._counts: dict[str, set[str]] = {}
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

    def weigh(self, asked: list[tuple[Criterion, str]]) -> None:
        """Which rows apply, and what their answers amount to."""
        facts, people = self.facts, self.facts.people
        for criterion, key in asked:
            facts.subject = people.get(key)
            applies = True if criterion.applies_when is None else criterion.applies_when.evaluate(facts)
            if applies is False and not facts.is_said_anyway(criterion.id, key):
                continue
            found = weigh(criterion, key, facts)
            if found is None:
                continue
            if applies is False:
                found = found._replace(
                    why=(*found.why, _SAID_OF_SAFETY if criterion.survivors_word else _SAID_ANYWAY),
                    anyway=True,
                    is_open=found.is_open or found.state == "clear",
                )
            if applies is None and found.is_open and criterion.applies_when is not None:
                untold = (
                    ", or ".join(criterion.applies_when.untold(facts)) or f"whether {criterion.applies_when.sentence}"
                )
                found = found._replace(why=(*found.why, f"Asked while it is not known {untold}."), doubtful=untold)
            if self.assume and found.is_open and (criterion.id, key) in self.assume:
                found = Weighed("clear", None, None, (), False, ())
            self.weighed[criterion.id, key] = found
            self._counts.setdefault(criterion.id, set()).add(key)
            state = "open" if found.is_open and found.state == "clear" else found.state
            facts.states[criterion.id, key] = Settled(state, found.is_open)

    def _is_settled(self, facts: Facts, name: str, key: str) -> bool:
        """Is what is said of a row that is not yet weighed enough? One that is asked of itself is not."""
        where = (name, key)
        if where not in self._early:
            if where in self._asking:
                return False
            self._asking.add(where)
            kept, facts.subject = facts.subject, facts.people.get(key)
            try:
                found = weigh(self._criteria[name], key, facts)
            finally:
                facts.subject = kept
                self._asking.discard(where)
            self._early[where] = found is not None and not found.is_open
        return self._early[where]

    def _is_said(self, facts: Facts, name: str, key: str) -> bool:
        """A worry that stands, which nothing but other people’s words speaks against."""
        answers = facts.known.get((name, key), ())
        if not answers:
            return False
        criterion = self._criteria[name]
        return (
            criterion.applies_when is not None
            and any(worries_of(criterion, answer, facts) or is_a_fact(criterion, answer) for answer in answers)
            and criterion.applies_when.by_nature(facts) is not False
        )

    def settle(self, asked: list[tuple[Criterion, str]]) -> None:
        """Which effect each row has, and what lifts it. What is put right and seen counts as clear for the rows after it."""
        facts, people, turn = self.facts, self.facts.people, self._turn
        for criterion, key in sorted(asked, key=lambda row: turn[row[0].id]) if len(asked) > 1 else asked:
            where = (criterion.id, key)
            found = self.weighed.get(where)
            if found is None:
                continue
            facts.subject = people.get(key)
            row = row_of(
                criterion,
                key,
                found,
                facts,
                self._mitigations.get(where, []),
                self._acceptances.get(where, []),
                len(self._counts[criterion.id]),
            )
            self.rows[where] = row
            if _put_right(row):
                facts.states[where] = Settled("clear", False)

    def any_of(self, effects: tuple[str, ...]) -> bool:
        """Has any row one of these effects? One planned or accepted still counts; one put right and seen does not."""
        return any(
            (row.effect in effects and row.state not in ("clear", "open") and not _put_right(row))
            or (row.is_open and row.open_effect in effects)
            for row in self.rows.values()
        )


def _answer_order(answer: Answer) -> tuple[str, ...]:
    """A fixed order, so that the order answers arrive in changes nothing."""
    written = (
        str(answer.value),
        answer.grade.value,
        *answer.source.identity,
        str(answer.on),
        answer.id or "",
        answer.note,
        answer.reason,
    )
    return (answer.criterion, answer.subject, *written)


def _standing(
    checklist: Checklist, criterion: Criterion, answers: list[Answer], settings: Mapping[str, int], on: date
) -> Standing:
    grave = [severity(criterion, answer, settings) > 0 for answer in answers]
    rules = Rules(
        on,
        criterion.survivor_only,
        criterion.theirs_only,
        lambda at: grave[at],
        lambda new, old: weakens(criterion, answers[new], answers[old], settings),
        lambda at: may_answer(criterion, answers[at], checklist.heard_as),
    )
    return standing(answers, rules)


def facts_of(checklist: Checklist, case: CaseFile, council: str, ages_on: date | None = None) -> Facts:
    """What the rules may look at: the household, the place, and the answers that stand."""
    settings = {**checklist.numbers, **case.settings}
    grouped: dict[tuple[str, str], list[Answer]] = {}
    for answer in case.answers:
        grouped.setdefault((answer.criterion, answer.subject), []).append(answer)
    live: dict[tuple[str, str], tuple[Answer, ...]] = {}
    differ: list[str] = []
    refused: dict[tuple[str, str], tuple[str, ...]] = {}
    for name, subject in sorted(grouped):
        answers = grouped[name, subject]
        if len(answers) == 1:
            live[name, subject] = (answers[0],)
            continue
        answers.sort(key=_answer_order)
        criterion = checklist.criteria[name]
        found = _standing(checklist, criterion, answers, settings, case.on)
        live[name, subject] = found.answers
        if found.refused:
            refused[name, subject] = found.refused
        said = difference(criterion, found.answers)
        if said:
            differ.append(said)
    children = case.household.children()
    subjects = {kind: tuple(sorted(keys)) for kind, keys in subjects_of(case.household).items()}
    return Facts(
        household=case.household,
        placement=case.placement,
        on=case.on,
        settings=settings,
        council=case.council or council,
        answers=live,
        refused=refused,
        rows={name: subjects[criterion.subject] for name, criterion in checklist.criteria.items()},
        applies=checklist.applies,
        people={m.key: m for m in (*case.household.members, *children)},
        children=children,
        differences=tuple(differ),
        journeys=case.journeys,
        ages=ages_on,
        danger=bool(case.danger),
        asks=checklist.asks,
        heard_as=checklist.heard_as,
    )


# ---- what follows


def _children(children: tuple[Member, ...], rows: tuple[Row, ...], patterns: tuple[Pattern, ...]) -> tuple[Child, ...]:
    """Each child's own result, the worst first. A row about an adult, the unit or the household bears on every child."""
    keys = {child.key for child in children}
    shared = [at for at, row in enumerate(rows) if row.subject not in keys]
    felt_by_all = [at for at, p in enumerate(patterns) if p.subject not in keys]
    found = []
    for child in children:
        own = sorted([*shared, *(at for at, row in enumerate(rows) if row.subject == child.key)])
        felt = sorted([*felt_by_all, *(at for at, p in enumerate(patterns) if p.subject == child.key)])
        worst = max([0, *(rows[at].hits for at in own), *(patterns[at].hits for at in felt)])
        found.append(
            Child(
                child.key,
                child.name,
                OUTCOMES[worst],
                tuple(at for at in own if rows[at].hits == worst and worst > 0),
                tuple(at for at in felt if patterns[at].hits == worst and worst > 0),
            )
        )
    own_first = {c.key: sum(1 for at in c.because if rows[at].subject == c.key) for c in found}
    return tuple(sorted(found, key=lambda c: (-OUTCOMES.index(c.outcome), -own_first[c.key], c.name, c.key)))


def _scores(checklist: Checklist, rows: tuple[Row, ...]) -> tuple[Score, ...]:
    """Source: rulings.md 8. Whole numbers; the low end rounds down and the high end up."""
    by_domain: dict[str, list[Row]] = {domain: [] for domain in checklist.domain_titles}
    for row in rows:
        by_domain[checklist.criteria[row.criterion].domain].append(row)
    found = []
    for domain, mine in by_domain.items():
        total = low = high = still_open = 0
        for row in mine:
            total += 2 * row.share
            low += row.share * row.credit
            high += row.share * (2 if row.state == "open" else row.credit)
            still_open += row.is_open
        if total:
            found.append(Score(domain, 100 * low // total, -(-100 * high // total), still_open, len(mine)))
    return tuple(found)


def _is_means(rows: tuple[Row, ...], look: Look) -> bool:
    """Is all that stops this placement a matter of means? P22 alone caps the route; it never covers another stop."""
    stops = {row.criterion for row in rows if row.effect == "stop" and row.state != "open"}
    return "P22" in look.fired and stops <= {*MEANS, "CS02", "LS08", "LS09"}


def _route(checklist: Checklist, facts: Facts, rows: tuple[Row, ...], look: Look) -> str:
    """Which conversation to have, first match wins; nothing is ever sent. Source: rulings.md 9.

    A due date or date of birth that is not known counts as a baby, as everywhere.
    """
    if "P27" in look.fired:
        return "999"
    worrying = [row for row in rows if row.state in ("worrying", "partly", "mitigated", "accepted")]
    baby = any(look.is_baby(child) for child in facts.children)
    using = any(look.said("SM01", adult.key, "now") for adult in facts.household.adults())
    unsafe_nights = any(row.criterion == "SM02" and row.state in ("worrying", "partly") for row in worrying)
    if any(row.criterion in ("CS20", "SM15") and row.effect == "stop" for row in worrying) or (
        baby and using and unsafe_nights
    ):
        return "refer_now"
    young = look.any_under(5) or any(child.kind == "unborn" for child in facts.children)
    others = (
        any(p.level == "full" for p in look.fired.get("P01", ()))
        or (young and ("P09" in look.fired or "P21" in look.fired))
        or any(row.criterion in ("CS18", "LS35") for row in worrying)
        # There is a concern, and nobody has said that it was referred.
        or any(row.criterion == "LS35" and row.is_open and not row.doubtful for row in rows)
    )
    front_door = others or any(row.effect == "stop" for row in worrying)
    if front_door and (others or not _is_means(rows, look)):
        return "front_door"
    strong = any(row.hits >= 2 or (row.effect in ("stop_until", *_STRONG) and row.state != "open") for row in rows)
    prompted = any(p.id not in ("P03", "P23", "P24") for found in look.fired.values() for p in found)
    return "lead_professional" if front_door or strong or prompted else "none"
