"""What stopped or held a decision is kept beside it, is what its record says, and is found again in the records of an earlier version."""

from __future__ import annotations

import json

import flask_migrate
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DatabaseError

from app.decisions.models import Decision, DecisionFinding
from app.extensions import db
from app.records.models import Record
from tests.conftest import Instance
from tests.trees import bare


def _kept() -> set[tuple[str, str, str]]:
    f = DecisionFinding
    return {tuple(row) for row in db.session.execute(select(f.decision_id, f.kind, f.effect))}


def _in_records() -> set[tuple[str, str, str]]:
    query = select(Decision.id, Record.body).join(Record, Record.id == Decision.record_id)
    found = set()
    for decision_id, body in db.session.execute(query):
        result = json.loads(body)["result"]
        found |= {(decision_id, f["criterion"], f["effect"]) for f in result["findings"]}
        found |= {(decision_id, p["pattern"], p["effect"]) for p in result["patterns"] if p["carried_by"] is None}
    return {each for each in found if each[2] in ("stop", "stop_until", "hold")}


def test_a_decision_keeps_what_its_record_says_and_an_upgrade_finds_it_again(either: Instance) -> None:
    for name in ("h1", "h3"):
        either.decided(name)
    either.decided_tree(bare())
    with either.app.app_context():
        kept = _kept()
        assert kept == _in_records()
        assert {effect for _, _, effect in kept} >= {"stop", "hold"}
        assert "P09" in {kind for _, kind, effect in kept if effect == "stop_until"}, (
            "what only comes together is a kind too"
        )
        db.session.close()
        flask_migrate.downgrade(revision="0045")
        flask_migrate.upgrade()
        assert _kept() == kept


@pytest.mark.parametrize("statement", ["UPDATE decision_finding SET effect = 'none'", "DELETE FROM decision_finding"])
def test_it_is_only_ever_added_to(either: Instance, statement: str) -> None:
    either.decided("h1")
    with either.app.app_context(), pytest.raises(DatabaseError):
        db.session.execute(text(statement))
