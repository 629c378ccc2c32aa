"""The seven cross-checks (a) to (g) that close section 6 of safeguarding.md, each over thousands of households."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from app.suitability.advice.next_questions import next_questions
from app.suitability.advice.way_forward import way_forward
from app.suitability.casefile.codes import Grade, Outcome
from tests.suitability.generated import (
    CHECKLIST,
    COUNCIL,
    built,
    concerns,
    may_concern,
    one_more,
    reassurances,
    subjects,
    unheard,
)
from tests.suitability.properties import MANY, SEARCHES, SEEDS, dice, felt, judged, needs, place, result_of


def reassuring(criterion: Any, subject: str, said: Any, grade: str) -> list[dict[str, Any]]:
    """As many different voices as the question needs."""
    return [one_more(criterion, subject, said, grade, n) for n in range(max(1, criterion.min_sources))]


@MANY
@given(SEEDS)
def test_a_a_hold_that_becomes_verified_clear_never_worsens_an_outcome(seed: int) -> None:
    (tree, before), r = judged(seed), dice(seed)
    holds = [
        row
        for row in before.rows
        if row.is_open
        and row.open_effect == "hold"
        and CHECKLIST.criteria[row.criterion].computed is None
        and row.state == "open"
        and unheard(row)
        and reassurances(CHECKLIST.criteria[row.criterion])
    ]
    needs(holds)
    row = r.choice(holds)
    criterion = CHECKLIST.criteria[row.criterion]
    made = reassuring(criterion, row.subject, r.choice(reassurances(criterion)), "E4")
    assert place(result_of({**tree, "answers": [*tree["answers"], *made]})) <= place(before)


@MANY
@given(SEEDS)
def test_b_a_worry_is_superseded_only_with_a_reason_and_an_equal_grade(seed: int) -> None:
    (tree, before), r = judged(seed), dice(seed)
    may = may_concern(tree)
    where = [w for w in subjects(tree) if concerns(w[0]) and reassurances(w[0]) and w[0].answer != "date" and may(*w)]
    needs(where)
    criterion, subject = r.choice(where)
    needs(any(row.criterion == criterion.id for row in before.rows) or criterion.answer not in ("counts", "minutes"))
    grade = r.choice(["E2", "E3", "E4"])
    old = one_more(criterion, subject, r.choice(concerns(criterion)), grade) | {"id": "old", "on": "2026-11-20"}
    others = [a for a in tree["answers"] if (a["criterion"], a["subject"]) != (criterion.id, subject)]
    tree["answers"] = [*others, old]

    def counts(new: dict[str, Any]) -> bool:
        rows = [
            x
            for x in result_of({**tree, "answers": [*others, old, new]}).rows
            if (x.criterion, x.subject) == (criterion.id, subject)
        ]
        assert rows, "a worry is on record, so the row is there"
        return rows[0].state not in ("open", "clear", "clear_with_condition")

    weaker = {"E2": "E1", "E3": "E2", "E4": "E3"}[grade]
    good = r.choice(reassurances(criterion))
    blank = one_more(criterion, subject, "unknown", "E4") | {"supersedes": ["old"], "reason": "Withdrawn."}
    unreasoned = one_more(criterion, subject, good, "E4") | {"supersedes": ["old"]}
    lesser = one_more(criterion, subject, good, weaker) | {"supersedes": ["old"], "reason": "Seen since."}
    earlier = one_more(criterion, subject, good, "E4") | {
        "supersedes": ["old"],
        "reason": "As before.",
        "on": "2026-11-19",
    }
    assert counts(r.choice([old | {"id": "again"}, blank, unreasoned, lesser, earlier]))


@MANY
@given(SEEDS)
def test_c_what_a_parent_says_never_lifts_a_stop_or_a_hold(seed: int) -> None:
    (tree, before), r = judged(seed), dice(seed)
    rows = []
    for row in before.rows:
        criterion = CHECKLIST.criteria[row.criterion]
        grades = [criterion.clear_at, *(lower for _, lower in criterion.clear_at_when)]
        strong = (row.state == "open" and row.open_effect == "hold") or row.effect in ("stop", "stop_until")
        if (
            strong
            and criterion.computed is None
            and min(g.rank for g in grades) > Grade.E1.rank
            and reassurances(criterion)
        ):
            rows.append(row)
    needs(rows)
    row = r.choice(rows)
    criterion = CHECKLIST.criteria[row.criterion]
    grades = ["E1"] if criterion.survivors_word else ["E1", "E1s"]
    said = reassuring(criterion, row.subject, r.choice(reassurances(criterion)), r.choice(grades))
    after = result_of({**tree, "answers": [*tree["answers"], *said]})
    # A row that held for those counted under it may leave them to hold by themselves: what is said brought them out.
    named = {(row.criterion, row.subject), *row.settles}
    still = [x for x in after.rows if (x.criterion, x.subject) in named]
    assert (row.criterion, row.subject) in {(x.criterion, x.subject) for x in still}
    assert max(x.outcome for x in still) >= row.outcome


@MANY
@given(SEEDS)
def test_c_nor_does_it_close_what_rests_on_it(seed: int) -> None:
    """A parent’s reassurance below the grade of its question betters nothing, on that row or on any other."""
    (tree, before), r = judged(seed), dice(seed)
    rows = []
    for row in before.rows:
        criterion = CHECKLIST.criteria[row.criterion]
        grades = [criterion.clear_at, *(lower for _, lower in criterion.clear_at_when)]
        grades += [o.clear_at for o in criterion.options.values() if o.clear_at is not None]
        if (
            row.state == "open"
            and min(g.rank for g in grades) > Grade.E1.rank
            and unheard(row)
            and reassurances(criterion)
        ):
            rows.append(row)
    needs([row for row in rows if CHECKLIST.criteria[row.criterion].computed is None])
    row = r.choice([row for row in rows if CHECKLIST.criteria[row.criterion].computed is None])
    criterion = CHECKLIST.criteria[row.criterion]
    said = reassuring(criterion, row.subject, r.choice(reassurances(criterion)), "E1")
    after = result_of({**tree, "answers": [*tree["answers"], *said]})
    assert place(after) >= place(before)
    held = {(x.criterion, x.subject) for x in before.rows if x.is_open and x.open_effect == "hold"}
    still = {
        (x.criterion, x.subject)
        for x in after.rows
        if x.outcome >= Outcome.CANNOT_DECIDE or (x.under and x.open_effect == "hold")
    }
    # One that held only for those counted under it may leave them to hold by themselves.
    for_others = {(x.criterion, x.subject) for x in before.rows if any(w in still for w in x.settles)}
    assert held <= still | for_others, (row.criterion, said[0]["value"], held - still)


@MANY
@given(SEEDS)
def test_d_who_they_are_changes_nothing(seed: int) -> None:
    (tree, before), r = judged(seed), dice(seed)
    word = r.choice(["Roma", "White British", "Ahmadi", "Ńdébélé", "x"])
    for at, member in enumerate(tree["household"]["members"]):
        member |= {"name": f"N{at} {word}"[:60], "ethnicity": word, "faith": word, "language": word}
    tree["household"]["tenure"] = word
    after = result_of(tree)
    assert felt(after) == felt(before)
    assert after.scores == before.scores


@MANY
@given(SEEDS)
def test_e_every_worrying_answer_at_any_grade_is_shown(seed: int) -> None:
    (tree, _), r = judged(seed), dice(seed)
    # A day told by somebody who knows of a later one is no worry: there, only what nobody has answered is tried.
    heard = {(a["criterion"], a["subject"]) for a in tree["answers"]}
    may = may_concern(tree)
    where = [
        w
        for w in subjects(tree)
        if concerns(w[0]) and may(*w) and (w[0].answer != "date" or (w[0].id, w[1]) not in heard)
    ]
    needs(where)
    criterion, subject = r.choice(where)
    worry = one_more(criterion, subject, r.choice(concerns(criterion)), r.choice(["E1", "E1s", "E2", "E3", "E4"]))
    after = result_of({**tree, "answers": [*tree["answers"], worry]})
    rows = [x for x in after.rows if (x.criterion, x.subject) == (criterion.id, subject)]
    assert rows
    assert rows[0].state not in ("clear", "clear_with_condition", "open")


@MANY
@given(SEEDS)
def test_f_no_rule_reads_the_tone_of_a_note(seed: int) -> None:
    """A note may be asked for; what it says decides nothing."""
    (tree, before), r = judged(seed), dice(seed)
    tone = r.choice(
        ["LOVELY family, well presented, open", "hostile, evasive, chaotic; red flag, score 9/10", "ok", "😡"]
    )

    def rewrite(node: Any) -> None:
        if isinstance(node, dict):
            for key, value in node.items():
                if (
                    key
                    in ("note", "why", "so_what", "left_note", "reply", "question", "ground", "reason", "what", "need")
                    and isinstance(value, str)
                    and value
                ):
                    node[key] = f"{tone}: {value}" if key in ("question", "reason", "what", "need") else tone
                else:
                    rewrite(value)
        elif isinstance(node, list):
            for value in node:
                rewrite(value)

    rewrite(tree)
    for said in tree["answers"]:
        said |= {"why": tone, "so_what": tone}
    assert felt(result_of(tree)) == felt(before)


@SEARCHES
@given(SEEDS)
def test_g_every_outcome_names_a_next_step_with_an_owner(seed: int) -> None:
    tree, result = judged(seed)
    forward = way_forward(CHECKLIST, built(tree), COUNCIL, result)
    assert forward.because
    assert forward.steps
    assert all(step.step and step.owner for step in forward.steps)
    # What is said to be out of reach is out of reach; what is suitable already needs no way.
    assert forward.reachable or result.outcome in ("not_suitable", "cannot_decide")
    assert all(q.ask and q.ask_of and q.tonight for q in next_questions(CHECKLIST, result))
