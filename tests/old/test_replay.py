"""Old samples judged today: outcome, route, children, effects and states as they were, or listed with the ruling that changed them."""

from __future__ import annotations

import json

from sqlalchemy import select

from app.assessments.models import Assessment, SavedAnswer
from app.checklists import read_folder
from app.decisions import versions
from app.extensions import db
from app.suitability.reading import case_file

from . import judged, shapes
from .differences import Difference, grouped, read_list, reviewed
from .samples import OldInstance, samples

_HOW = "\n\nReview each of these, and list it in tests/old/differences.yaml with its ruling, or put the code right:\n\n"


def test_every_difference_is_listed_with_its_ruling(found_today: dict[str, list[Difference]]) -> None:
    """Nothing became milder either, but where an entry says that it did."""
    found = {key: reviewed(each, read_list()).unlisted for key, each in found_today.items()}
    every = [*found["case_files"], *found["sqlite"]] or found["postgresql"]
    assert not every, f"{len(every)} differences are not listed.{_HOW}{grouped(every)}"


def test_no_entry_of_the_list_is_dead(found_today: dict[str, list[Difference]]) -> None:
    assert reviewed([one for each in found_today.values() for one in each], read_list()).dead == []


def test_both_engines_differ_from_the_past_in_the_same_way(found_today: dict[str, list[Difference]]) -> None:
    assert found_today["sqlite"] == found_today["postgresql"]


def test_the_samples_hold_what_they_are_for() -> None:
    for sample in samples():
        groups = [name.split("/")[1] for name in sample.case_files]
        assert groups.count("generated") >= 150
        assert groups.count("scenarios") >= 35
        assert groups.count("worries") >= 240
        assert {"h1.json", "h2.json", "h3.json", "h5.json"} <= set(groups)
        assert set(sample.case_files) <= set(sample.results)
        said = [tuple(row) for shape in sample.results.values() for row in shape["rows"].values()]
        assert {state for state, _, _ in said} >= {
            "worrying",
            "partly",
            "open",
            "mitigated",
            "accepted",
            "clear_with_condition",
        }
        assert {"none", "note", "low", "chase", "medium", "hold", "high", "senior", "stop_until", "stop"} <= {
            e for _, e, _ in said
        }
        assert {shape["outcome"] for shape in sample.results.values()} == set(shapes.OUTCOMES)
        fired = {key.split(" ")[0] for shape in sample.results.values() for key in shape["patterns"]}
        assert {f"P{number:02d}" for number in range(1, 28)} <= fired


def test_every_record_is_replayed_by_the_service_itself(old: OldInstance) -> None:
    """Wording may differ; what the record decided may not, unless it is listed."""
    with old.app.app_context():
        held = judged.records()
        assert set(held) >= {
            f"records/OLD-{name}" for name in ("H1", "H2", "H3", "H5", "WORSE", "SUITABLE", "ESCALATED")
        }
        for contents in held.values():
            told = versions.replay(contents, old.sample.about["council"])
            assert (told.record, told.checklist_version) == (
                contents["number"],
                contents["result"]["checklist_version"],
            )
            assert told.judged_alike, contents["number"]
            # What the code of before 2026.3 said of a few things was not kept; of every later version it is, word for word.
            if told.checklist_version not in ("2026.1", "2026.2"):
                assert told.identical, (contents["number"], told.differences[:3])


def test_a_replay_is_put_together_from_what_the_service_says_differs(old: OldInstance) -> None:
    """A record that says otherwise than its own checklist shows as exactly that, so that no difference can hide."""
    with old.app.app_context():
        contents = judged.records()["records/OLD-H1"]
        council = old.sample.about["council"]
        right = judged.replayed(contents, council)
        wrong = json.loads(json.dumps(contents))
        result = wrong["result"]
        result["outcome"] = "suitable"
        del result["findings"][3:5]
        result["findings"].append({**result["findings"][0], "criterion": "CS99"})
        result["patterns"].append({**result["patterns"][0], "pattern": "P99"})
        result["children"].append({**result["children"][0], "key": "B9"})
        assert judged.replayed(wrong, council) == right == shapes.of_report(contents["result"])


def test_every_stored_answer_is_still_an_answer(old: OldInstance) -> None:
    criteria = read_folder().criteria
    gone = {e.name for e in read_list() if e.kind == "criterion" and e.now == shapes.NOT_ASKED}
    with old.app.app_context():
        answers = db.session.scalars(select(SavedAnswer)).all()
        assert len(answers) > 500
        problems = set()
        for a in answers:
            value = tuple(a.value) if isinstance(a.value, list) else a.value
            if a.criterion in criteria:
                problems.add(case_file.value_problem(criteria[a.criterion], value))
            elif a.criterion not in gone:
                problems.add(f"{a.criterion} is no longer asked")
        assert problems - {None} == set()


def test_every_state_an_assessment_can_be_left_in_is_there(old: OldInstance) -> None:
    with old.app.app_context():
        states = set(db.session.scalars(select(Assessment.state)))
        returned = db.session.scalars(select(Assessment).where(Assessment.returned_note != "")).unique().all()
        assert states == {"draft", "submitted", "decided", "withdrawn"}
        assert len(returned) == 1
