"""A case file carries the life of a case and brings it along; one of before has none, and is read as before."""

from __future__ import annotations

import json
from pathlib import Path

from sqlalchemy import select

from app.assessments import judging
from app.assessments.models import Assessment
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.lives import steps
from app.lives.models import LifeStep
from tests.conftest import Instance

from .acting import day_of, send
from .test_born import ROW, born, expecting, told
from .test_known import VIEWS, WAY


def exported(instance: Instance, case_id: str) -> dict[str, object]:
    with instance.app.app_context():
        reference = db.session.get_one(Case, case_id).reference
    out = instance.app.test_cli_runner().invoke(args=["case", "export", reference])
    assert out.exit_code == 0, out.output
    found: dict[str, object] = json.loads(out.output)
    return found


def test_out_and_in_again_nothing_is_lost_and_the_outcome_is_the_same(either: Instance, tmp_path: Path) -> None:
    case_id, assessment_id, member_id = expecting(either)
    name, calm, _ = ROW
    reassured = told(either, case_id, name, "U9", calm, today())
    born(either, either.client("housing_officer"), case_id, member_id, today())
    send(either, case_id, "reach", **WAY)
    send(either, case_id, "views", **{**VIEWS, "who": "C"})
    with either.app.app_context():
        way = next(s.id for s in steps.of_case(case_id) if s.kind == "way")
    send(either, case_id, f"life/{way}/correct", why="He has left.")
    with either.app.app_context(), writing() as session:
        session.get_one(Case, case_id).closed_on = today()
        by = {"by_id": either.user("housing_officer").id, "by_name": "Olu", "by_role": "housing_officer"}
        rests = [{"what": "A date.", "why": "Not owed.", "key": "x"}]
        session.add(
            LifeStep(case_id=case_id, kind="closed", on=today(), said="They moved.", facts={"rests": rests}, **by)
        )
    tree = exported(either, case_id)
    assert [step["kind"] for step in tree["lives"]] == ["born", "way", "views", "corrected", "closed"]  # type: ignore[attr-defined,index]
    assert reassured in {a["id"] for a in tree["answers"]}, "what was said before the birth is carried"  # type: ignore[attr-defined,index]
    tree["household"]["reference"] = "LIVED-1"  # type: ignore[index]
    (tmp_path / "again.json").write_text(json.dumps(tree), encoding="utf-8")
    email = "housing_officer@test.example"
    out = either.app.test_cli_runner().invoke(args=["case", "import", str(tmp_path / "again.json"), "--officer", email])
    assert out.exit_code == 0, out.output
    made = json.loads(out.output)
    again = exported(either, made["case"])
    with either.app.app_context():
        assert db.session.get_one(Case, made["case"]).closed_on == today()
        now, then = (
            {
                (a.criterion, a.subject, str(a.value))
                for a in judging.judge(db.session.get_one(Assessment, key), today(), "E08000025").file.answers
            }
            for key in (assessment_id, made["assessment"])
        )
        assert now == then
        assert (
            db.session.scalars(select(LifeStep).where(LifeStep.case_id == made["case"], LifeStep.kind == "corrected"))
            .one()
            .about
        )
    keys = ("kind", "who", "code", "on", "said", "source", "place", "how", "grade", "facts", "rests", "by")
    assert [[step.get(k) for k in keys] for step in again["lives"]] == [
        [step.get(k) for k in keys] for step in tree["lives"]
    ]  # type: ignore[attr-defined,index]


def test_a_step_after_the_day_of_the_file_is_refused_and_a_file_of_before_is_read(
    instance: Instance, tmp_path: Path
) -> None:
    case_id, _ = instance.import_case("h2")
    assert "lives" not in exported(instance, case_id)
    send(instance, case_id, "reach", **{**WAY, **day_of("on", today())})
    tree = exported(instance, case_id)
    tree["household"]["reference"], tree["lives"][0]["written"] = "LIVED-2", "2090-01-01"  # type: ignore[index]
    (tmp_path / "x.json").write_text(json.dumps(tree), encoding="utf-8")
    out = instance.app.test_cli_runner().invoke(
        args=["case", "import", str(tmp_path / "x.json"), "--officer", "housing_officer@test.example"]
    )
    assert out.exit_code == 2
    assert "lives[0].written: This is dated after the day of the assessment." in out.output + (
        out.stderr if out.stderr_bytes else ""
    )
