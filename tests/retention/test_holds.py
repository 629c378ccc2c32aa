"""A hold beats every timer: set by the case itself or by hand, and asked for at the very end, too."""

from __future__ import annotations

import random

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from app.cases.models import Case, CaseEvent
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.retention import destroying, erasing, holds, proposing
from app.retention.models import Disposal
from tests.conftest import Instance

from .conftest import agreed, closed, destroyed, family, is_here, proposed

pytestmark = pytest.mark.usefixtures("confirmed")


def test_the_case_itself_sets_a_hold(either: Instance) -> None:
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    disposal_id = proposed(either, case_id)
    agreed(either, case_id, disposal_id)
    with either.app.app_context():
        with writing() as session:
            session.add(
                CaseEvent(case_id=case_id, place=90, kind="bereavement", on=today(), what="Her grandmother died.")
            )
        assert destroying.destroy(disposal_id) is None
        [hold] = holds.standing(db.session, case_id)
        assert (hold.kind, hold.by_name) == (holds.DEATH, holds.BY_ITSELF)
        assert "grandmother" not in hold.reason
        holds.lift(
            either.user("safeguarding_lead"), hold.id, case_id, either.version(case_id), "Nothing to do with us."
        )
        assert destroying.destroy(disposal_id) is None, "it was ended by the hold: two have to agree anew"
        assert proposing.propose() == 1, "and what was lifted is not set again"
        assert holds.standing(db.session, case_id) == []
    assert is_here(either, case_id)


def test_five_hundred_attempts_are_stopped_while_any_hold_stands(either: Instance) -> None:
    """Random orders of holding, lifting, proposing, agreeing and destroying: with a hold standing it is never gone."""
    chance = random.Random(f"holds on {either.engine}")
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    attempts = stopped = 0
    with either.app.app_context():
        people = [either.user(role) for role in ("senior_officer", "safeguarding_lead")]
        lead = people[1]
        holds.put(lead, case_id, either.version(case_id), holds.POLICE, "The police asked.")
        while attempts < 250:  # on each engine
            standing = holds.standing(db.session, case_id)
            step = chance.choice(
                ("hold", "lift", "hold all", "propose", "agree", "agree", "destroy", "destroy", "destroy")
            )
            version = either.version(case_id)
            if step == "hold" and len(standing) < 4:
                holds.put(lead, case_id, version, chance.choice([*holds.KINDS]), "Asked for.")
            elif step == "hold all" and len(standing) < 4:
                holds.put_on_every_case(lead, holds.INQUIRY, "An inquiry.")
            elif step == "lift" and len(standing) > 1:  # one is left: what is tried here is never lawful
                held = chance.choice(standing)
                holds.lift(lead, held.id, held.case_id, version if held.case_id else None, "Not needed.")
            elif step == "propose":
                proposing.propose()
            elif step == "agree":
                found = proposing.open_one(db.session, case_id)
                if found is None:  # as it would be had it been proposed before it was held
                    with writing() as session:
                        row = Disposal(case_id=case_id, rule="homeless_application", schedule="x", due=today())
                        session.add(row)
                    continue
                with (
                    writing() as session
                ):  # past every question of a page: what a fault, or somebody clever, would leave
                    proposing._say(session, chance.choice(people), found.row, proposing.AGREED, "Yes.")
            elif step == "destroy":
                found = proposing.open_one(db.session, case_id)
                attempts += 1
                if found is not None and chance.random() < 0.5:
                    assert destroying.destroy(found.row.id) is None
                elif either.engine == "postgresql":
                    with pytest.raises(DBAPIError, match="a legal hold stands"), writing() as session:
                        erasing.erase(session.connection(), case_id, either.settings)
                else:
                    table = chance.choice(["record", "answer", "decision"])
                    with pytest.raises(DBAPIError), writing() as session:
                        session.execute(text(f"DELETE FROM {table} WHERE case_id = :case"), {"case": case_id})
                stopped += 1
            assert db.session.scalar(select(Case.id).where(Case.id == case_id)) is not None
            db.session.rollback()
        assert attempts == stopped == 250
        # The control: with the last hold lifted the same two destroy it.
        for held in holds.standing(db.session, case_id):
            holds.lift(lead, held.id, held.case_id, either.version(case_id) if held.case_id else None, "Over.")
        waiting = proposing.open_one(db.session, case_id)
        if waiting is not None:
            proposing.keep(
                lead,
                case_id,
                either.version(case_id),
                waiting.row.id,
                today().replace(year=today().year + 1, day=1),
                "No.",
            )
    assert is_here(either, case_id)


def test_with_the_hold_lifted_the_same_case_goes(either: Instance) -> None:
    """The control of the one above: it is the hold that stops it, and nothing else."""
    case_id, _ = family(either, "Zqmarker")
    closed(either, case_id)
    with either.app.app_context():
        lead = either.user("safeguarding_lead")
        held = holds.put_on_every_case(lead, holds.INQUIRY, "An inquiry asked.")
        assert proposing.propose() == 0
        holds.lift(lead, held, None, None, "It is over.")
    destroyed(either, case_id)
    assert not is_here(either, case_id)
