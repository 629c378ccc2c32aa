"""The invariants of the design, over thousands of households that nobody thought of."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import cache
from typing import Any

from hypothesis import given

from app.suitability.advice.next_questions import next_questions
from app.suitability.assess import assess
from app.suitability.casefile.codes import Outcome, worst_of
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from app.suitability.checklist.cross_checks import in_turn, settled_after, weighed_after
from app.suitability.judgement.result import ROUTES
from app.suitability.reading.case_file import CaseFileError, parse

from .generated import (
    CHECKLIST,
    COUNCIL,
    ON,
    answer,
    built,
    case,
    concerns,
    may_concern,
    one_more,
    reassurances,
    subjects,
    unheard,
)
from .properties import MANY, SEEDS, dice, felt, judged, needs, place, result_of


@MANY
@given(SEEDS)
def test_raising_a_concern_never_improves_the_outcome(seed: int) -> None:
    """But that it answers what nobody had asked: a pattern that stood on the question being open (P09: use not known) ends,
    and what weighed more while it was not known (SA14: whether a child is on a plan) weighs what it does."""
    (tree, before), r = judged(seed), dice(seed)
    lifted = {(m["criterion"], m["subject"]) for k in ("mitigations", "acceptances") for m in tree.get(k, [])}
    where = [w for w in subjects(tree) if concerns(w[0]) and (w[0].id, w[1]) not in lifted]
    needs(where)
    criterion, subject = r.choice(where)  # whether or not anybody would have asked
    said = r.choice(concerns(criterion))
    worry = one_more(criterion, subject, said, r.choice(["E1", "E4"]))  # by the least of voices, or the surest
    after = result_of({**tree, "answers": [*tree["answers"], worry]})
    if place(after) >= place(before):
        return
    answered = {(x.criterion, x.subject) for x in before.rows if x.is_open} - {
        (x.criterion, x.subject) for x in after.rows if x.is_open
    }
    ended = {(p.id, p.subject) for p in before.patterns} - {(p.id, p.subject) for p in after.patterns}
    assert (criterion.id, subject) in answered, (criterion.id, said)
    stood_on = [
        " ".join(p.facts) for p in before.patterns if (p.id, p.subject) in ended and p.outcome > Outcome.SUITABLE
    ]
    now = {(x.criterion, x.subject): x.outcome for x in after.rows}
    in_doubt = [x for x in before.rows if any(why.startswith("Stronger, as it is not known") for why in x.why)]
    stood_on += [" ".join(x.why) for x in in_doubt if now.get((x.criterion, x.subject), Outcome.SUITABLE) < x.outcome]
    assert stood_on, (criterion.id, said)
    assert all("not known" in facts for facts in stood_on), (criterion.id, said, ended)
    sure = [x.outcome for x in before.rows if x not in in_doubt]
    assert max(x.outcome for x in after.rows) >= max(sure), (criterion.id, said)


@MANY
@given(SEEDS)
def test_turning_an_open_row_clear_never_worsens_the_outcome(seed: int) -> None:
    (tree, before), r = judged(seed), dice(seed)
    named = {name: c for name, c in CHECKLIST.criteria.items() if c.computed is None and reassurances(c)}
    still_open = [row for row in before.rows if row.state == "open" and row.criterion in named and unheard(row)]
    needs(still_open)
    row = r.choice(still_open)
    criterion = named[row.criterion]
    said = r.choice(reassurances(criterion))
    entered = {m["key"] for m in tree["household"]["members"] if m.get("pregnant")}
    # A pregnancy that is not written down with the household is news: the row stays open, and the midwife is asked.
    needs((row.criterion, said) != ("CS25", "booked") or row.subject in entered)
    made = [one_more(criterion, row.subject, said, "E4", n) for n in range(max(1, criterion.min_sources))]
    after = result_of({**tree, "answers": [*tree["answers"], *made]})
    assert place(after) <= place(before), (row.criterion, said)


@MANY
@given(SEEDS)
def test_a_stop_survives_every_other_answer(seed: int) -> None:
    """Any stop, said by anybody of anybody: nothing else that is said takes it away, nor softens it."""
    tree, r = case(seed), dice(seed)
    tree["household"]["members"].append({"key": "Z", "name": "Zed", "kind": "child", "born": "2024-01-01"})
    may = may_concern(tree)
    criterion, subject, said = r.choice([(c, key, x) for c, key in subjects(tree) for x in stops(c) if may(c, key)])
    stop = one_more(criterion, subject, said, "E1")
    tree["answers"] = [a for a in tree["answers"] if a["criterion"] != criterion.id]
    before = result_of({**tree, "answers": [*tree["answers"], stop]})
    assert any(row.effect == "stop" and row.criterion == criterion.id for row in before.rows), criterion.id
    where = [w for w in subjects(tree) if w[0].id != criterion.id]
    more = [answer(r, c, key) for c, key in r.sample(where, min(len(where), r.randint(0, 30)))]
    good = [one_more(criterion, subject, value, "E4", 1) for value in reassurances(criterion)]
    lesser = [one_more(criterion, subject, value, "E4", 1) for value in concerns(criterion) if value != said]
    soothing = r.choice(good)
    added = r.choice([[], [soothing], [{**soothing, "source": stop["source"]}], lesser])
    after = result_of({**tree, "answers": [*tree["answers"], stop, *more, *added]})
    assert after.outcome == "not_suitable"
    assert any(row.criterion == criterion.id and row.effect == "stop" for row in after.rows), (criterion.id, said)


def stops(criterion: Criterion) -> list[Any]:
    """What may be said of a criterion that is a stop by itself, whatever else is known."""
    found = [
        c for c, o in criterion.options.items() if o.means == "worrying" and (o.effect or criterion.worrying) == "stop"
    ]
    return [[code] for code in found] if criterion.answer == "multiple" else list(found)


@cache
def turned() -> Checklist:
    """The same checklist with every file, and the criteria in it, the other way round."""
    criteria = dict(reversed(CHECKLIST.criteria.items()))
    return replace(
        CHECKLIST,
        criteria=criteria,
        order=tuple(criteria),
        weighed=in_turn(criteria, weighed_after),
        settled={name: at for at, name in enumerate(in_turn(criteria, settled_after))},
    )


@MANY
@given(SEEDS)
def test_the_order_of_the_criteria_changes_nothing(seed: int) -> None:
    tree, before = judged(seed)
    after = assess(turned(), built(tree), COUNCIL)
    assert sorted(felt(after)[1:]) == sorted(felt(before)[1:])
    assert felt(after)[0] == felt(before)[0]
    assert {c.key: c.outcome for c in after.children} == {c.key: c.outcome for c in before.children}


SIGNS = (
    "substance_sign",
    "justice_sign",
    "exploitation_sign",
    "orders",
    "domestic_abuse",
    "separated_parents",
    "danger",
)


@MANY
@given(SEEDS)
def test_a_sign_that_somebody_saw_never_improves_the_outcome(seed: int) -> None:
    """A fact that tells of trouble, where there was another word or none."""
    (tree, before), r = judged(seed), dice(seed)
    sign, kind = r.choice(SIGNS), r.choice(["adult", "child"])
    people = [m for m in tree["household"]["members"] if m["kind"] == kind]
    if sign == "danger":
        tree["danger"] = ["child_alone"]
    elif sign in ("orders", "domestic_abuse", "separated_parents"):
        tree["household"][sign] = True
    else:
        people = [m for m in people if (sign == "exploitation_sign") is (kind == "child")]
        needs(people)
        r.choice(people)[sign] = True
    assert place(result_of(tree)) >= place(before), sign


@MANY
@given(SEEDS)
def test_order_changes_nothing(seed: int) -> None:
    (mixed, before), r = judged(seed), dice(seed)

    def mix(node: Any) -> None:
        if isinstance(node, dict):
            for value in node.values():
                mix(value)
                if isinstance(value, list):
                    r.shuffle(value)
        elif isinstance(node, list):
            for value in node:
                mix(value)

    mix(mixed)
    after = result_of(mixed)
    assert felt(after) == felt(before)
    assert after.scores == before.scores


@MANY
@given(SEEDS)
def test_the_same_file_always_gives_the_same_result(seed: int) -> None:
    tree, first = judged(seed)
    again = parse(json.dumps(tree), CHECKLIST)
    assert result_of(tree) == first
    assert felt(result_of(again.as_json())) == felt(first)


@MANY
@given(SEEDS)
def test_what_comes_back_is_whole(seed: int) -> None:
    _, result = judged(seed)
    assert result.outcome in set(Outcome)
    assert result.safeguarding_route in ROUTES
    for score in result.scores:
        assert 0 <= score.low <= score.high <= 100
    # The worst child leads, and the outcome is never better than any row or pattern allows.
    if result.children:
        assert result.children[0].outcome == result.outcome
    assert result.outcome == worst_of([*(row.outcome for row in result.rows), *(p.outcome for p in result.patterns)])


def refusals(tree: dict[str, Any]) -> list[tuple[str, str]]:
    try:
        result_of(tree)
    except CaseFileError as refused:
        return refused.problems or [("", "?")]  # refused without a word is a failure too
    return []


@MANY
@given(SEEDS)
def test_anything_else_is_refused_with_a_path_and_a_sentence(seed: int) -> None:
    tree, r = case(seed), dice(seed)
    node, junk = tree, [None, "", "x" * 300, -1, 10**9, [], {}, ["x"], {"x": 1}, True, "2026-13-01", 1.5, "Ω\u202e"]
    while True:  # go down to some value and put something else there
        key = r.choice(list(node) if isinstance(node, dict) else range(len(node)))
        below = node[key]
        if isinstance(below, (dict, list)) and below and r.random() < 0.85:
            node = below
            continue
        node[key] = r.choice(junk)
        break
    refused = refusals(tree)
    assert all(path and (sentence[0].isupper() or sentence[0] == "“") for path, sentence in refused), refused


@MANY
@given(SEEDS)
def test_an_answer_to_a_pattern_lifts_nothing(seed: int) -> None:
    tree, before = judged(seed)
    needs(before.patterns)
    tree["pattern_answers"] = [
        {"pattern": p.id, "subject": p.subject, "by": "Olu", "reason": "Considered, because of what was seen.", "on": ON.isoformat()}
        for p in before.patterns
    ]  # fmt: skip
    after = result_of(tree)
    assert (after.outcome, after.safeguarding_route) == (before.outcome, before.safeguarding_route)
    assert [(p.id, p.subject, p.effect, p.outcome) for p in after.patterns] == [
        (p.id, p.subject, p.effect, p.outcome) for p in before.patterns
    ]
    assert all(p.state != "answered" for p in after.patterns if p.effect != "none")


@MANY
@given(SEEDS)
def test_no_number_decides(seed: int) -> None:
    """Weights make the ranges; whatever they are, nothing else moves."""
    (tree, before), r = judged(seed), dice(seed)
    weights = {name: r.randint(0, 50) for name in CHECKLIST.settings if name.startswith("weight_")}
    assert weights
    assert felt(result_of({**tree, "settings": weights})) == felt(before)


@MANY
@given(SEEDS)
def test_questions_come_in_a_leads_order(seed: int) -> None:
    """Holds before chases before notes; of the holds the survivor's own word first, then those that could be a stop.

    A question that settles a part of whether another is asked takes the place of that other, and stands before it.
    """
    result = judged(seed)[1]
    questions = next_questions(CHECKLIST, result)
    danger = result.safeguarding_route == "999"
    order: dict[tuple[str, str], tuple[int, int, bool, bool]] = {}
    for q in questions:
        criterion = CHECKLIST.criteria[q.criterion]
        named = [criterion, *(CHECKLIST.criteria[beside.criterion] for beside in q.settles)]
        stops = any(c.worst_effect in ("stop", "stop_until") for c in named)
        first = 0 if danger and q.criterion == "LS35" else 1 if criterion.asked_first and q.effect == "hold" else 2
        effect = ("hold", "chase", "note").index(q.effect)
        order[q.criterion, q.subject] = (first, effect, q.effect == "hold" and not stops, criterion.phase == 2)
    after = {(r.criterion, r.subject): r.after for r in result.rows}
    at = {where: number for number, where in enumerate(order)}
    for where in reversed(order):
        for root in after[where] if order[where][0] == 2 else ():
            if root in order:
                assert at[root] < at[where]
                order[root] = min(order[root], order[where])
    assert list(order.values()) == sorted(order.values())
    # Each open row is asked once, or counted under the one that settles it, or confirmed with another.
    counted = [(q.criterion, q.subject) for q in questions]
    counted += [(b.criterion, b.subject) for q in questions for b in (*q.settles, *q.with_it)]
    assert sorted(counted) == sorted((r.criterion, r.subject) for r in result.rows if r.is_open)
