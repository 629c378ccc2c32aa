"""What is wrong never weighs less than what is not known; and what is only not known is asked, never moved away from."""

from __future__ import annotations

from hypothesis import given

from app.suitability.advice.way_forward import way_forward
from app.suitability.casefile.codes import Outcome
from tests.suitability.generated import CHECKLIST, COUNCIL, built, concerns, lacking, one_more, subjects
from tests.suitability.households import full
from tests.suitability.households import result_of as whole
from tests.suitability.properties import MANY, SEARCHES, SEEDS, dice, judged, needs, result_of


@MANY
@given(SEEDS)
def test_wrong_never_weighs_less_than_not_knowing(seed: int) -> None:
    """Of every worrying option of a question, one with an effect of its own included, whoever says it."""
    (tree, before), r = judged(seed), dice(seed)
    named = {c.id for c, _ in subjects(tree) if concerns(c)}
    asked = [row for row in before.rows if row.criterion in named and row.state == "open" and not row.answers]
    needs(asked)
    row = r.choice(asked)
    lifts = {
        kind: [x for x in tree.get(kind, []) if (x["criterion"], x["subject"]) != (row.criterion, row.subject)]
        for kind in ("mitigations", "acceptances")
    }
    for said in concerns(CHECKLIST.criteria[row.criterion]):
        worry = one_more(CHECKLIST.criteria[row.criterion], row.subject, said, r.choice(["E1", "E4"]))
        after = result_of({**tree, **lifts, "answers": [*tree["answers"], worry]})
        # What held through this question, because it was asked only for want of its answer, is asked by itself now.
        named_now = {(row.criterion, row.subject), *row.settles}
        weighs = max(x.outcome for x in after.rows if (x.criterion, x.subject) in named_now)
        assert weighs >= row.outcome, (row.criterion, said)


@SEARCHES
@given(SEEDS)
def test_what_only_lacks_answers_is_never_told_to_look_elsewhere(seed: int) -> None:
    """No worry, no computed stop, and of the patterns at most P11, which counts what is not known: then there is a way."""
    tree = lacking(dice(seed))
    result = result_of(tree)
    needs(not any(row.state in ("worrying", "partly") for row in result.rows))
    needs(all(p.outcome == Outcome.SUITABLE or p.id == "P11" for p in result.patterns))
    forward = way_forward(CHECKLIST, built(tree), COUNCIL, result)
    assert forward.reachable, forward.because
    assert not any("another" in step.step for step in forward.steps if not step.criterion)


def test_two_rows_of_one_question_that_differ_in_effect_differ_in_words() -> None:
    """Two children read the same reason beside *hold* and *chase*: the rule of children under 1 had not said itself."""
    tree = full()
    rows = [row for row in whole(tree).rows if row.state == "open" and not row.answers and not row.under]
    by_question: dict[str, dict[str, tuple[str, ...]]] = {}
    for row in rows:
        by_question.setdefault(row.criterion, {}).setdefault(row.open_effect, row.why)
    several = {name: found for name, found in by_question.items() if len(found) > 1}
    assert several
    assert [name for name, found in several.items() if len(set(found.values())) < len(found)] == []
    babies = [row for row in rows if row.subject == "C1" and "a child is under 1" in " ".join(row.why)]
    assert babies
    assert not [row for row in rows if row.subject == "C4" and "a child is under 1" in " ".join(row.why)]


def test_an_age_nobody_knows_is_said_as_such() -> None:
    tree = full()
    tree["household"]["members"][3]["born"] = None
    said = [" ".join(row.why) for row in whole(tree).rows if row.subject == "C2" and row.is_open]
    assert any("Stronger, as it is not known whether a child is under 1" in words for words in said)
    assert not any("Stronger because a child is under 1" in words for words in said)
