"""The invariants of the design, over households, places and answers that nobody thought of."""

from __future__ import annotations

import os
from datetime import date, timedelta
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from app.checklists import read_folder
from app.suitability import case_file
from app.suitability.advice import next_questions
from app.suitability.assess import assess
from app.suitability.case_file import CaseFile, subject_keys
from app.suitability.criterion import Criterion
from app.suitability.forward import way_forward
from app.suitability.result import OUTCOMES, Result

from .conftest import COUNCIL

CHECKLIST = read_folder()
ON = date(2026, 11, 23)
QUICK = settings(
    max_examples=int(os.environ.get("CBC_EXAMPLES", "150")), deadline=None, suppress_health_check=list(HealthCheck)
)
ASKED = [c for c in CHECKLIST.criteria.values() if c.computed is None]

maybe = st.sampled_from([None, True, False])


@st.composite
def members(draw: Any) -> list[dict[str, Any]]:
    people: list[dict[str, Any]] = []
    for at in range(draw(st.integers(1, 2))):
        people.append({
            "key": f"A{at}", "name": f"Adult {at}", "kind": "adult", "sex": draw(st.sampled_from(["female", "male"])),
            "born": "1995-05-05", "substance_sign": draw(maybe), "justice_sign": draw(maybe),
            "pregnant": draw(maybe), "needs": draw(st.sampled_from([None, [], ["mobility"], ["mental_health"]])),
        })  # fmt: skip
        if draw(st.integers(0, 3)) == 0:
            people[-1]["treatment"] = {"medicine": "methadone", "dose_days": ["mon", "sun"]}
    for at in range(draw(st.integers(0, 3))):
        days = draw(st.one_of(st.none(), st.integers(1, 6000)))
        people.append({
            "key": f"C{at}", "name": f"Child {at}", "kind": "child", "sex": draw(st.sampled_from(["female", "male", None])),
            "born": None if days is None else (ON - timedelta(days=days)).isoformat(),
            "needs": draw(st.sampled_from([None, [], ["chest_illness"]])),
            "school_age_place": draw(st.sampled_from([None, "primary", "nursery", "secondary"])),
        })  # fmt: skip
    return people


@st.composite
def placements(draw: Any) -> dict[str, Any]:
    rooms = draw(st.one_of(st.none(), st.lists(st.sampled_from(["bedroom", "living", "kitchen"]), max_size=3)))
    return {
        "address": "1 Invented Row",
        "kind": draw(st.sampled_from(["bed_and_breakfast", "house_or_flat", "nightly_paid", "hostel"])),
        "self_contained": draw(maybe), "cooking_provided": draw(maybe), "private_dwelling": draw(maybe),
        "shares": draw(st.sampled_from([None, [], ["toilet"], ["cooking", "corridor"]])),
        "owner": draw(st.sampled_from([None, "private", "council"])), "manager": draw(st.sampled_from([None, "private"])),
        "floor": draw(st.sampled_from([None, 0, 2])), "gas": draw(maybe), "shared_building": draw(maybe),
        "rooms": None if rooms is None else [{"use": u, "area_m2": draw(st.sampled_from([None, "9.5", "12"]))} for u in rooms],
        "nights": draw(st.sampled_from([None, 7, 60])), "authority": draw(st.sampled_from([None, COUNCIL, "E09000001"])),
    }  # fmt: skip


def values(criterion: Criterion) -> st.SearchStrategy[Any]:
    if criterion.answer == "choice":
        return st.sampled_from([*criterion.options, "unknown"])
    if criterion.answer == "multiple":
        worries = [code for code, option in criterion.options.items() if option.means != "clear"]
        clear = [code for code, option in criterion.options.items() if option.means == "clear"]
        return st.one_of(st.lists(st.sampled_from(worries), min_size=1, max_size=3, unique=True), st.just(clear[:1]))
    if criterion.answer == "minutes":
        return st.integers(0, 120)
    if criterion.answer == "date":
        return st.integers(0, 60).map(lambda days: (ON - timedelta(days=days)).isoformat())
    return st.dictionaries(st.sampled_from(sorted(criterion.counts)), st.integers(0, 5), min_size=1)


@st.composite
def answers(draw: Any, criterion: Criterion, subject: str, worth: str | None = None) -> dict[str, Any]:
    return {
        "criterion": criterion.id, "subject": subject, "value": draw(values(criterion)) if worth is None else worth,
        "grade": draw(st.sampled_from(["E1", "E1s", "E2", "E3", "E4"])),
        "on": (ON - timedelta(days=draw(st.sampled_from([0, 3, 20, 200])))).isoformat(),
        "source": {"name": draw(st.sampled_from(["Ann", "Bob"])), "role": "r", "agency": draw(st.sampled_from(["x", "y"]))},
    }  # fmt: skip


def built(tree: dict[str, Any]) -> CaseFile:
    return case_file.build(tree, CHECKLIST)


def places_of(tree: dict[str, Any]) -> list[tuple[Criterion, str]]:
    household = built({**tree, "answers": [], "mitigations": [], "acceptances": []}).household
    return [(c, key) for c in ASKED for key in subject_keys(c, household)]


@st.composite
def cases(draw: Any) -> dict[str, Any]:
    tree: dict[str, Any] = {
        "on": ON.isoformat(), "answers": [],
        "household": {
            "reference": "ANY", "members": draw(members()), "orders": draw(maybe), "separated_parents": draw(maybe),
            "left_because": draw(st.sampled_from([None, ["antisocial_behaviour"], ["domestic_abuse"]])),
            "agencies": draw(st.sampled_from([None, [], ["gp", "police", "probation"]])),
        },
        "placement": draw(placements()),
    }  # fmt: skip
    where = places_of(tree)
    for criterion, subject in draw(st.lists(st.sampled_from(where), max_size=25, unique_by=lambda w: (w[0].id, w[1]))):
        tree["answers"].append(draw(answers(criterion, subject)))
    if draw(st.booleans()):
        criterion, subject = draw(st.sampled_from(where))
        tree["mitigations"] = [{
            "criterion": criterion.id, "subject": subject, "what": "Something is done", "owner": {"name": "Olu"},
            "owner_accepted": ON.isoformat(), "due": (ON + timedelta(days=2)).isoformat(), "in_place": ON.isoformat(),
            "seen_grade": "E2", "seen_by": "Olu", "seen_on": ON.isoformat(),
        }]  # fmt: skip
    return tree


def result_of(tree: dict[str, Any]) -> Result:
    return assess(CHECKLIST, built(tree), COUNCIL)


def place(result: Result) -> int:
    return OUTCOMES.index(result.outcome)


def concerns(criterion: Criterion) -> list[Any]:
    """Every worrying value of a criterion."""
    if criterion.answer in ("choice", "multiple"):
        found = [code for code, option in criterion.options.items() if option.means in ("worrying", "partly")]
        return [[code] for code in found] if criterion.answer == "multiple" else found
    if criterion.answer == "minutes":
        return [240]
    if criterion.answer == "counts":
        return [{name: 4} for name, count in criterion.counts.items() if count.means == "worrying"]
    return []


def reassurances(criterion: Criterion) -> list[Any]:
    if criterion.answer in ("choice", "multiple"):
        found = [c for c, option in criterion.options.items() if option.means == "clear" and option.clear_at is None]
        return [[code] for code in found] if criterion.answer == "multiple" else found
    if criterion.answer == "minutes":
        return [5]
    if criterion.answer == "counts":
        return [dict.fromkeys(criterion.counts, 0)]
    return [ON.isoformat()]


def one_more(criterion: Criterion, subject: str, value: Any, grade: str) -> dict[str, Any]:
    return {
        "criterion": criterion.id, "subject": subject, "value": value, "grade": grade, "on": ON.isoformat(),
        "source": {"name": "A new voice", "role": "professional", "agency": "another agency"},
    }  # fmt: skip


@QUICK
@given(cases(), st.data())
def test_raising_a_concern_never_improves_the_outcome(tree: dict[str, Any], data: Any) -> None:
    criterion, subject = data.draw(st.sampled_from([w for w in places_of(tree) if concerns(w[0])]))
    worry = one_more(
        criterion,
        subject,
        data.draw(st.sampled_from(concerns(criterion))),
        data.draw(st.sampled_from(["E1", "E2", "E4"])),
    )
    before, after = result_of(tree), result_of({**tree, "answers": [*tree["answers"], worry]})
    assert place(after) >= place(before)


@QUICK
@given(cases(), st.data())
def test_turning_an_open_row_clear_never_worsens_the_outcome(tree: dict[str, Any], data: Any) -> None:
    before = result_of(tree)
    people = {name: c for name, c in CHECKLIST.criteria.items() if c.computed is None and reassurances(c)}
    open_rows = [r for r in before.rows if r.state == "open" and r.criterion in people]
    assume(open_rows)
    row = data.draw(st.sampled_from(open_rows))
    criterion = people[row.criterion]
    made = [
        {**one_more(criterion, row.subject, value, "E4"), "source": {"name": f"Voice {n}", "role": "r", "agency": f"agency {n}"}}
        for value in [data.draw(st.sampled_from(reassurances(criterion)))]
        for n in range(max(1, criterion.min_sources))
    ]  # fmt: skip
    after = result_of({**tree, "answers": [*tree["answers"], *made]})
    assert place(after) <= place(before)


@QUICK
@given(cases(), st.data())
def test_a_stop_survives_every_other_answer(tree: dict[str, Any], data: Any) -> None:
    stop = one_more(CHECKLIST.criteria["CS15"], "unit", "current", "E1")
    tree = {**tree, "answers": [a for a in tree["answers"] if a["criterion"] != "CS15"]}
    tree["household"]["members"].append({"key": "Z", "name": "Zed", "kind": "child", "born": "2024-01-01"})
    before = result_of({**tree, "answers": [*tree["answers"], stop]})
    assume(any(r.effect == "stop" and r.criterion == "CS15" for r in before.rows))
    more = [
        data.draw(answers(c, key))
        for c, key in data.draw(st.lists(st.sampled_from(places_of(tree)), max_size=30))
        if c.id != "CS15"
    ]
    soothing = one_more(CHECKLIST.criteria["CS15"], "unit", "none_known", "E4")
    for added in (more, [*more, soothing], [*more, {**soothing, "source": stop["source"]}]):
        after = result_of({**tree, "answers": [*tree["answers"], stop, *added]})
        assert after.outcome == "not_suitable"
        assert any(r.criterion == "CS15" and r.effect == "stop" for r in after.rows)


@QUICK
@given(cases(), st.data())
def test_what_a_parent_says_never_lifts_what_needs_more(tree: dict[str, Any], data: Any) -> None:
    before = result_of(tree)
    rows = [
        r
        for r in before.rows
        if r.state == "open"
        and (c := CHECKLIST.criteria[r.criterion]).computed is None
        and c.clear_at.value != "E1"
        and not c.clear_at_when
        and reassurances(c)
    ]
    assume(rows)
    row = data.draw(st.sampled_from(rows))
    criterion = CHECKLIST.criteria[row.criterion]
    said = one_more(criterion, row.subject, data.draw(st.sampled_from(reassurances(criterion))), "E1")
    after = result_of({**tree, "answers": [*tree["answers"], said]})
    still = [r for r in after.rows if (r.criterion, r.subject) == (row.criterion, row.subject)]
    assert not still or still[0].is_open or still[0].state in ("worrying", "partly")


@QUICK
@given(cases(), st.randoms(use_true_random=False))
def test_order_changes_nothing(tree: dict[str, Any], random: Any) -> None:
    before = result_of(tree)
    shuffled = {**tree, "answers": list(tree["answers"]), "household": {**tree["household"]}}
    random.shuffle(shuffled["answers"])
    shuffled["household"]["members"] = random.sample(tree["household"]["members"], len(tree["household"]["members"]))
    after = result_of(shuffled)
    assert after == before


@QUICK
@given(cases(), st.text(min_size=1, max_size=20).filter(str.strip), st.sampled_from(["Roma", "White British", ""]))
def test_who_they_are_changes_nothing(tree: dict[str, Any], name: str, word: str) -> None:
    before = result_of(tree)
    for at, member in enumerate(tree["household"]["members"]):
        member |= {"name": f"N{at}{name}"[:60], "ethnicity": word, "faith": word, "language": word}
    tree["household"]["tenure"] = word
    after = result_of(tree)
    assert [(r.criterion, r.subject, r.state, r.effect, r.open_effect, r.hits) for r in after.rows] == [
        (r.criterion, r.subject, r.state, r.effect, r.open_effect, r.hits) for r in before.rows
    ]
    assert (after.outcome, after.safeguarding_route, after.scores) == (
        before.outcome,
        before.safeguarding_route,
        before.scores,
    )


@QUICK
@given(cases())
def test_every_outcome_names_a_next_step_with_an_owner(tree: dict[str, Any]) -> None:
    result = result_of(tree)
    steps = way_forward(CHECKLIST, built(tree), COUNCIL, result).steps
    assert steps
    assert all(step.step and step.owner for step in steps)
    assert all(q.ask and q.ask_of and q.tonight for q in next_questions(CHECKLIST, result))


@QUICK
@given(cases())
def test_ranges_are_ranges_and_the_worst_child_leads(tree: dict[str, Any]) -> None:
    result = result_of(tree)
    for score in result.scores:
        assert 0 <= score.low <= score.high <= 100
    if result.children:
        assert result.children[0].outcome == result.outcome
    assert result_of(tree) == result


@QUICK
@given(cases(), st.data())
def test_every_worrying_answer_at_any_grade_is_shown(tree: dict[str, Any], data: Any) -> None:
    criterion, subject = data.draw(st.sampled_from([w for w in places_of(tree) if concerns(w[0])]))
    worry = one_more(criterion, subject, data.draw(st.sampled_from(concerns(criterion))), "E1")
    after = result_of({**tree, "answers": [*tree["answers"], worry]})
    rows = [r for r in after.rows if (r.criterion, r.subject) == (criterion.id, subject)]
    assert not rows or rows[0].state not in ("clear", "clear_with_condition", "open")
