"""The look of each morning, over two thousand cases: as many questions to the database as over a few."""

from __future__ import annotations

import re
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select

from app.assessments.models import Assessment
from app.cases.models import Case, CaseMember
from app.clocks import today
from app.database import new_id, writing
from app.decisions import afterwards
from app.decisions.models import Decision, DecisionStep
from app.extensions import db
from app.letters import telling
from app.letters.models import NoticeAsked
from app.notifications.models import Telling
from app.properties.models import Unit
from tests.cases.test_lists import counted
from tests.conftest import Instance

from .making import placed

MANY = 2_000
OLD = (Case, CaseMember, Unit, Assessment, Decision, DecisionStep, NoticeAsked)


def copies(instance: Instance, case_id: str, how_many: int) -> None:
    """So many cases like this one, each row with an identity of its own and what refers to it led along."""
    with instance.app.app_context(), writing() as session:
        unit_ids = select(Assessment.unit_id).where(Assessment.case_id == case_id)
        rows: list[tuple[Any, list[dict[str, Any]]]] = []
        for model in OLD:
            column = model.id if model is Case else getattr(model, "case_id", None)
            of_it = select(model).where(model.id.in_(unit_ids) if column is None else column == case_id)
            names = [c.key for c in model.__mapper__.column_attrs]
            found = session.scalars(of_it).unique()
            rows.append((model, [{name: getattr(row, name) for name in names} for row in found]))
        ids = [row["id"] for _, listed in rows for row in listed]
        for _ in range(how_many):
            new = {old: new_id() for old in ids}
            for model, listed in rows:
                if listed:
                    session.execute(insert(model), [_like(row, new) for row in listed])


def _like(row: dict[str, Any], new: dict[str, str]) -> dict[str, Any]:
    made = {key: new.get(value, value) if isinstance(value, str) else value for key, value in row.items()}
    for name in ("reference", "reference_folded"):
        if name in made:
            made[name] = f"{made[name]}-{made['id'][:12]}"
    return made


def late(instance: Instance) -> str:
    """A case of which something comes up in the morning: a condition past its day, and a notice nobody has sent."""
    case_id, assessment_id = placed(instance)
    with instance.app.app_context(), writing() as session:
        decision = session.scalars(select(Decision).where(Decision.assessment_id == assessment_id)).one()
        condition = [{"what": "The cot is made up", "owner": "Olu", "due": today().isoformat()}]
        afterwards.begin(session, instance.user("safeguarding_lead"), decision, condition)
    return case_id


@pytest.mark.parametrize("many", [MANY])
def test_two_thousand_cases_take_as_many_queries_as_three(instance: Instance, many: int, record_property: Any) -> None:
    case_id = late(instance)
    morning = today() + timedelta(days=400)
    copies(instance, case_id, 2)
    with counted(instance) as few, instance.app.app_context():
        found = telling.gather(morning)
    kinds = {kind for kind, *_ in found}
    assert {"condition_lapsed", "notice_late"} <= kinds
    assert len({case for _, case, *_ in found}) == 3
    copies(instance, case_id, many - 3)
    with counted(instance) as all_of_them, instance.app.app_context():
        found = telling.gather(morning)
    assert len({case for _, case, *_ in found}) == many
    assert len(all_of_them) == len(few), Counter(re.sub(r"\s+", " ", said)[:90] for said in all_of_them).most_common(8)
    assert len(few) <= 20
    print(f"{len(few)} queries, {len(found)} things of {many} cases")

    with counted(instance) as handed_out, instance.app.app_context(), writing() as session:
        from app.notifications import telling as notes  # noqa: PLC0415 (the room beside)

        notes.note_all(session, found)
        telling._hand_out(session, morning)
    reads = [said for said in handed_out if said.startswith("SELECT")]
    print(f"{len(reads)} reads to hand out")
    assert len(reads) <= 20, [re.sub(r"\s+", " ", said)[:80] for said in reads[:40]]
    with instance.app.app_context():
        owners = set(db.session.scalars(select(Telling.owner).where(Telling.digest != "")))
        assert len(owners) == 1
