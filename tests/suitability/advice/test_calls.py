"""What to ask next, as conversations: who is rung first, about what, and what the answers could do."""

from __future__ import annotations

import random
from typing import Any

import pytest
import yaml

from app.settings import ROOT
from app.suitability.advice.calls import Call, calls, could
from app.suitability.advice.next_questions import asked_of, next_questions
from app.suitability.assess import assess
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.result import Result
from app.suitability.reading import case_file
from tests.suitability.conftest import COUNCIL, answer, example, small
from tests.trees import bare, copied

HOUSEHOLDS = ("h1", "h2", "h3", "h5")
SILENT = {"agency": "police", "asked": "2026-10-01", "question": "Address compatible?"}


def told(checklist: Checklist, tree: dict[str, Any]) -> tuple[Result, tuple[Call, ...]]:
    case = case_file.build(copied(tree), checklist)
    result = assess(checklist, case, COUNCIL)
    return result, calls(checklist, case, result)


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_each_open_question_is_in_exactly_one_call_and_none_is_made_up(checklist: Checklist, name: str) -> None:
    result, found = told(checklist, example(name))
    asked = [where for call in found for where in call.rows]
    assert len(asked) == len(set(asked))
    assert set(asked) == {(r.criterion, r.subject) for r in result.rows if r.is_open and not r.under}


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_a_call_asks_what_its_speaker_is_asked_in_the_order_in_which_a_lead_asks(
    checklist: Checklist, name: str
) -> None:
    result, found = told(checklist, example(name))
    rows = {(r.criterion, r.subject): r for r in result.rows}
    order = [(q.criterion, q.subject) for q in next_questions(checklist, result)]
    assert len({call.speaker for call in found}) == len(found)
    for call in found:
        assert call.name == checklist.agencies[call.speaker].name
        assert {asked_of(checklist, rows[where]).agency.code for where in call.rows} == {call.speaker}
        places = [order.index(where) for where in call.rows if where in order]
        assert places == sorted(places)
        assert call.answers == len(call.rows)
        assert call.holds == sum(rows[where].open_effect == "hold" for where in call.rows)


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_the_order_of_answers_changes_no_call(checklist: Checklist, name: str) -> None:
    tree = example(name)
    _, before = told(checklist, tree)
    random.Random(4).shuffle(tree["answers"])
    assert told(checklist, tree)[1] == before


def test_the_survivor_alone_is_first_and_what_cannot_save_a_lost_place_comes_after_what_goes_with_the_family(
    checklist: Checklist,
) -> None:
    _, found = told(checklist, example("h1"))
    order = [call.speaker for call in found]
    assert order[0] == "family"
    assert order.index("health_visiting") < order.index("provider")
    assert order.index("social_care") < order.index("provider")
    assert order.index("provider") < order.index("supervisor")  # a second view of the whole is the last of what holds


def test_danger_comes_before_everybody(checklist: Checklist) -> None:
    _, found = told(checklist, small(danger=["overdose"]))
    assert found[0].speaker == "social_care"


def test_among_equals_who_could_lift_a_stop_comes_first_then_who_could_lift_most(checklist: Checklist) -> None:
    _, found = told(checklist, example("h1"))
    equal = [c for c in found if c.speaker in ("health_visiting", "drug_service", "police", "probation")]
    assert equal[0].speaker == "health_visiting"
    assert [len(c.stops) for c in equal] == sorted((len(c.stops) for c in equal), reverse=True)
    assert [c.holds for c in equal[1:]] == sorted((c.holds for c in equal[1:]), reverse=True)


def test_a_stop_that_rests_on_one_word_is_named_by_who_can_speak_to_it(checklist: Checklist) -> None:
    _, found = told(checklist, example("h1"))
    named = {call.speaker: call.stops for call in found if call.stops}
    assert named == {"health_visiting": (checklist.criteria["CS03"].name,)}


def test_a_call_says_whether_it_counts_wherever_they_go(checklist: Checklist) -> None:
    _, found = told(checklist, example("h1"))
    by = {call.speaker: call for call in found}
    assert by["provider"].wherever == 0
    assert 0 < by["health_visiting"].wherever < by["health_visiting"].answers
    for call in found:
        kinds = [checklist.criteria[name].scope for name, _ in call.rows]
        assert call.wherever == kinds.count("household")


@pytest.mark.parametrize(("starts", "which"), [("2026-11-23", "tonight"), (None, "tonight"), ("2026-11-24", "planned")])
def test_the_first_night_decides_by_when(checklist: Checklist, starts: str | None, which: str) -> None:
    tree = small()
    if starts:
        tree["placement"]["starts"] = starts
    _, found = told(checklist, tree)
    for call in found:
        agency = checklist.agencies[call.speaker]
        assert (call.tonight, call.planned) == (agency.tonight, agency.planned)
        assert call.due == getattr(call, which)


def test_a_silent_agency_is_not_rung_again_but_taken_higher(checklist: Checklist) -> None:
    tree = small()
    tree["household"]["enquiries"] = [SILENT]
    result, found = told(checklist, tree)
    assert result.silent == ("police",)
    police = next(call for call in found if call.speaker == "police")
    assert "Do not ask again: escalate." in police.escalate
    assert checklist.agencies["police"].at_silence in police.escalate
    assert police.examples == ()
    assert [call.escalate for call in found if call.speaker != "police"] == [""] * (len(found) - 1)


@pytest.mark.parametrize("name", HOUSEHOLDS)
def test_examples_are_whole_sentences_in_plain_words(checklist: Checklist, name: str) -> None:
    for call in told(checklist, example(name))[1]:
        assert 1 <= len(call.examples) <= 3
        assert len(set(call.examples)) == len(call.examples)
        for said in call.examples:
            assert said.endswith(("?", "."))
            assert not any(number in said for number in checklist.criteria)


def test_a_call_whose_worst_answer_stops_the_place_could_change_the_outcome_until_it_is_stopped(
    checklist: Checklist,
) -> None:
    result, found = told(checklist, small())
    assert result.outcome == "cannot_decide"
    by = {call.speaker: call for call in found}
    assert by["police"].could_change_outcome  # a worry of theirs would stop the place
    stopped, asked = told(checklist, small(answers=[answer("CS15", "current")]))
    assert stopped.outcome == "not_suitable"
    assert not any(call.could_change_outcome for call in asked)  # nothing is worse, and nobody's word lifts it


def _situations() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for file in sorted((ROOT / "tests" / "scenarios").glob("h*.yaml")):
        written = yaml.safe_load(file.read_text(encoding="utf-8"))
        found.append((file.stem, written["expect"]))
    return found


@pytest.mark.parametrize(("name", "expected"), _situations(), ids=lambda x: x if isinstance(x, str) else "")
def test_whom_a_lead_expects_to_be_asked_is_rung(checklist: Checklist, name: str, expected: dict[str, Any]) -> None:
    _, found = told(checklist, example(name))
    names = " ".join(call.name for call in found)
    for whom in expected.get("ask", ()):
        assert whom in names
    by = {call.name: call.tonight for call in found}
    for whom, when in expected.get("tonight", {}).items():
        assert when in by[whom]


def test_how_much_must_be_known_first_is_counted_only_where_somebody_could_ask_it(checklist: Checklist) -> None:
    """“47 must be known first” helped nobody at five on a Friday."""
    _, of_nothing = told(checklist, bare())
    _, of_much = told(checklist, example("h2"))
    said = {call.holds: could(call) for call in (*of_nothing, *of_much)}
    many, few = [n for n in said if n > 9], [n for n in said if 0 < n < 10]
    assert many
    assert few
    assert all("What must be known first stands first on the sheet." in said[n] for n in many)
    assert all("must be known first." in said[n] and "on the sheet" not in said[n] for n in few)
