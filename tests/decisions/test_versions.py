"""A record can be judged again on its own checklist; a used version never changes; a draft says what it would change."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app import checklists, install
from app.decisions import impact, versions
from app.decisions.models import FrozenText, UsedChecklist
from app.extensions import db
from app.records.models import Record
from app.settings import ROOT
from tests.conftest import Instance


def run(instance: Instance, *words: str, given: str = "") -> Result:
    return instance.app.test_cli_runner().invoke(args=list(words), input=given)


def exported(instance: Instance, name: str) -> dict[str, object]:
    instance.decided(name)
    with instance.app.app_context():
        number = db.session.scalars(select(Record.number)).one()
    tree: dict[str, object] = json.loads(run(instance, "record", "export", number).stdout)
    return tree


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_a_record_replays_identically_on_both_databases(either: Instance, name: str, tmp_path: Path) -> None:
    record = exported(either, name)
    file = tmp_path / "record.json"
    file.write_text(json.dumps(record), encoding="utf-8")
    found = run(either, "assess", "replay", str(file))
    told = json.loads(found.stdout)
    assert found.exit_code == 0, found.output
    assert (told["identical"], told["differences"], told["checklist_version"]) == (True, [], "2026.6")


def test_replay_says_exactly_what_differs(instance: Instance) -> None:
    record = exported(instance, "h2")
    record["result"]["outcome"] = "suitable"  # type: ignore[index]
    found = run(instance, "assess", "replay", "-", given=json.dumps(record))
    told = json.loads(found.stdout)
    assert (found.exit_code, told["judged_alike"]) == (1, False)
    assert told["differences"] == [{"path": "outcome", "record": "suitable", "now": "suitable_with_conditions"}]


def test_other_words_are_a_difference_and_no_other_judgement(instance: Instance) -> None:
    """What it decided is what a court asks about; that a sentence reads otherwise now is said too."""
    record = exported(instance, "h2")
    record["result"]["what_would_make_it_suitable"]["because"] = "As it was said then."  # type: ignore[index]
    found = run(instance, "assess", "replay", "-", given=json.dumps(record))
    told = json.loads(found.stdout)
    assert (found.exit_code, told["judged_alike"], told["identical"]) == (0, True, False)
    assert [d["path"] for d in told["differences"]] == ["what_would_make_it_suitable.because"]


def test_a_record_from_before_results_named_the_household_is_no_different(instance: Instance) -> None:
    record = exported(instance, "h2")
    assert record["result"].pop("reference").startswith("H2-")  # type: ignore[attr-defined]
    found = run(instance, "assess", "replay", "-", given=json.dumps(record))
    assert (found.exit_code, json.loads(found.stdout)["differences"]) == (0, [])


def test_another_household_in_a_record_is_a_difference_and_so_is_anything_else_it_lacks(instance: Instance) -> None:
    record = exported(instance, "h2")
    reference = record["result"]["reference"]  # type: ignore[index]
    record["result"]["reference"] = "H9"  # type: ignore[index]
    del record["result"]["outcome"]  # type: ignore[attr-defined]
    told = json.loads(run(instance, "assess", "replay", "-", given=json.dumps(record)).stdout)
    assert told["differences"] == [
        {"path": "outcome", "record": None, "now": "suitable_with_conditions"},
        {"path": "reference", "record": "H9", "now": reference},
    ]


def test_a_record_is_replayed_on_its_own_checklist_not_on_todays(
    instance: Instance, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = exported(instance, "h2")
    texts = checklists.read_texts()
    texts["child_safety.yaml"] = texts["child_safety.yaml"].replace("name: A cot on the first night", "name: A cot")
    monkeypatch.setattr(versions, "digests", lambda: {n: checklists.digest(t) for n, t in texts.items()})
    monkeypatch.setattr(versions, "read_folder", lambda: checklists.from_texts(texts))
    found = run(instance, "assess", "replay", "-", given=json.dumps(record))
    assert json.loads(found.stdout)["identical"] is True, found.output


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ("{", "not a JSON document"),
        ("[]", "not a record of ours"),
        ('{"number": "R-1"}', "it has no “case_file”"),
        ('{"number": "R", "case_file": {}, "result": {}, "settings": {}}', "before checklists were kept"),
    ],
)
def test_what_is_not_a_record_is_refused_with_a_sentence(instance: Instance, given: str, words: str) -> None:
    found = run(instance, "assess", "replay", "-", given=given)
    assert found.exit_code == 1
    assert words in found.output
    assert "Traceback" not in found.output


def test_a_record_whose_checklist_is_not_kept_says_so(instance: Instance) -> None:
    record = exported(instance, "h2")
    record["checklist_files"]["council.yaml"] = "0" * 64  # type: ignore[index]
    found = run(instance, "assess", "replay", "-", given=json.dumps(record))
    assert "is not kept here: council.yaml" in found.output


def test_a_used_version_is_kept_once_and_never_changed(either: Instance) -> None:
    either.decided("h2")
    with either.app.app_context():
        assert db.session.scalars(select(UsedChecklist.version)).all() == ["2026.6"]
        assert len(db.session.scalars(select(FrozenText.digest)).all()) == len(checklists.FILES)
        for change in ("UPDATE used_checklist SET version = 'x'", "DELETE FROM frozen_text"):
            with pytest.raises(DatabaseError):
                db.session.execute(text(change))
            db.session.rollback()


def test_a_changed_file_under_a_used_version_is_refused_at_start_and_at_a_decision(
    instance: Instance, monkeypatch: pytest.MonkeyPatch, lead: FlaskClient
) -> None:
    instance.decided("h2")
    changed = {**checklists.digests(), "child_safety.yaml": "0" * 64}
    monkeypatch.setattr(versions, "digests", lambda: changed)
    with instance.app.app_context(), pytest.raises(install.CannotPrepare, match=r"child_safety\.yaml: changed under"):
        install.prepare(instance.app, False, lambda line: None)
    case_id, assessment_id = instance.submitted("h1")
    page = lead.post(
        f"/cases/{case_id}/assessments/{assessment_id}/review",
        data={
            "version": str(instance.version(case_id)),
            "verdict": "approve",
            "note": "Read and agreed with, for these reasons and no other.",
        },
    )
    assert "ask the operator" in page.text.casefold()
    with instance.app.app_context():
        assert len(db.session.scalars(select(Record.id)).all()) == 1


def test_a_council_may_change_its_own_words_and_numbers(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    instance.decided("h2")
    monkeypatch.setattr(versions, "digests", lambda: {**checklists.digests(), "council.yaml": "0" * 64})
    with instance.app.app_context():
        versions.refuse_changed(db.session)


def draft(folder: Path, old: str, new: str, file: str = "child_safety.yaml") -> Path:
    folder.mkdir()
    for name, content in checklists.read_texts().items():
        content = content.replace('version: "2026.6"', 'version: "2027.1"')
        if name == file:
            assert old in content
            content = content.replace(old, new, 1)
        (folder / name).write_text(content, encoding="utf-8")
    return folder


def test_impact_lists_whose_outcome_would_change_and_why(instance: Instance, tmp_path: Path) -> None:
    instance.decided("h2")
    instance.decided("h1")
    same = draft(tmp_path / "same", "name: A cot on the first night", "name: A cot")
    found = [json.loads(line) for line in run(instance, "checklists", "impact", str(same)).stdout.splitlines()]
    assert found == [{"draft": "2027.1", "records": 2, "changed": 0, "cannot_be_judged": 0}]
    stricter = draft(tmp_path / "stricter", "clear_at: E2\n    shelf_life: baby\n    worrying: stop_until\n    open: hold\n    basis: policy",
                     "clear_at: E4\n    shelf_life: baby\n    worrying: stop_until\n    open: hold\n    basis: guidance")  # fmt: skip
    found = [
        json.loads(line)
        for line in run(instance, "checklists", "impact", str(stricter), "--processes", "2").stdout.splitlines()
    ]
    assert [(f["was"], f["would_be"]) for f in found[:-1]] == [("suitable_with_conditions", "cannot_decide")]
    assert any("CS01 C: now open hold" in why for why in found[0]["why"])
    assert found[0]["also"] == ["C: suitable_with_conditions → cannot_decide", "route: none → lead_professional"]
    assert found[-1] == {"draft": "2027.1", "records": 2, "changed": 1, "cannot_be_judged": 0}


def test_impact_tells_of_a_child_or_a_route_where_the_outcome_is_the_same(instance: Instance, tmp_path: Path) -> None:
    """Both children of H1 are stopped by the building; without that, the baby by the cot, and the other by nothing."""
    instance.decided("h1")
    current = "means: worrying, effect: stop, says: There is current"
    milder = draft(tmp_path / "milder", current, current.replace("effect: stop", "effect: high"))
    found = [json.loads(line) for line in run(instance, "checklists", "impact", str(milder)).stdout.splitlines()]
    assert [(f["was"], f["would_be"]) for f in found[:-1]] == [("not_suitable", "not_suitable")]
    assert "B2: not_suitable → cannot_decide" in found[0]["also"], "the stop was the building’s, and his alone is none"
    assert found[-1]["changed"] == 1


def test_impact_says_which_records_a_draft_cannot_read(instance: Instance, tmp_path: Path) -> None:
    instance.decided("h2")
    renamed = draft(tmp_path / "renamed", "      ready: {label", "      made_up: {label")
    found = [json.loads(line) for line in run(instance, "checklists", "impact", str(renamed)).stdout.splitlines()]
    assert "CS01 has no option “ready”" in found[0]["problem"]
    assert found[-1]["cannot_be_judged"] == 1


def test_a_draft_with_a_mistake_is_refused_before_anything_is_judged(instance: Instance, tmp_path: Path) -> None:
    broken = draft(tmp_path / "broken", "worrying: stop_until", "worrying: stop_untill")
    found = run(instance, "checklists", "impact", str(broken))
    assert found.exit_code == 1
    assert "Did you mean “stop_until”?" in found.output


def test_impact_on_two_processes_is_the_same_as_on_one(instance: Instance) -> None:
    instance.decided("h2")
    instance.decided("h1")
    with instance.app.app_context():
        bodies = list(impact.stored()) * 150
    alone = list(impact.impact(bodies, checklists.read_texts(), "E08000025", 1))
    together = list(impact.impact(bodies, checklists.read_texts(), "E08000025", 2))
    assert len(alone) == 300
    assert alone == together
    assert [found.record for found in together[:4]] == [json.loads(body)["number"] for body in bodies[:4]]


def test_impact_holds_no_more_records_than_the_processes_are_working_on(instance: Instance) -> None:
    instance.decided("h2")
    with instance.app.app_context():
        body = next(impact.stored())
    drawn = 0

    def bodies() -> Iterator[bytes]:
        nonlocal drawn
        for _ in range(1000):
            drawn += 1
            yield body

    most = 0
    for at, _ in enumerate(impact.impact(bodies(), checklists.read_texts(), "E08000025", 2)):
        most = max(most, drawn - at)
    assert (drawn, at) == (1000, 999)
    assert most <= impact.CHUNK * (2 * impact.LONGEST + 1)


FOR_EVER = """
import itertools, multiprocessing, sys
from app.checklists import read_texts
from app.decisions.impact import impact
if __name__ == "__main__":
    body = open(sys.argv[1], "rb").read()
    for at, _ in enumerate(impact(itertools.repeat(body), read_texts(), "E08000025", 2)):
        if at == 100:
            print(*(child.pid for child in multiprocessing.active_children()), flush=True)
"""


def test_a_killed_command_leaves_no_process_behind(instance: Instance, tmp_path: Path) -> None:
    instance.decided("h2")
    with instance.app.app_context():
        (tmp_path / "record.json").write_bytes(next(impact.stored()))
    program = tmp_path / "for_ever.py"
    program.write_text(FOR_EVER, encoding="utf-8")
    words = [sys.executable, str(program), str(tmp_path / "record.json")]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(words, env=environment, stdout=subprocess.PIPE, text=True) as command:
        assert command.stdout is not None
        others = [int(pid) for pid in command.stdout.readline().split()]
        assert len(others) == 1
        command.kill()
    until = time.monotonic() + 20
    while Path(f"/proc/{others[0]}").exists() and time.monotonic() < until:
        time.sleep(0.1)
    assert not Path(f"/proc/{others[0]}").exists()
