"""Conversations as they are stored: what was a list becomes a table and can go back while nothing would be lost; every answer has one."""

from __future__ import annotations

import flask_migrate
import pytest
from sqlalchemy import select, text

from app.assessments.models import SavedAnswer
from app.cases.household import CONVERSATION, household_of
from app.cases.models import Case, CaseConversation
from app.extensions import db
from app.suitability.casefile.conversations import Conversation
from app.suitability.casefile.household import Household
from tests.conftest import Instance

# A conversation's own key is given anew by each migration; what it says is not.
SAID = ("speaker", "who", "source", "grade", "on", "came", "question", "due", "answered_on", "reply", "ground")


def home(case_id: str) -> Household:
    db.session.expire_all()
    return household_of(db.session.get_one(Case, case_id))


def said(found: Household) -> list[tuple[object, ...]]:
    return [tuple(getattr(c, name) for name in SAID) for c in found.conversations]


def test_what_is_stored_goes_back_and_forth_and_says_the_same(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        before = home(case_id)
        linked = {a.id: a.conversation for a in db.session.scalars(select(SavedAnswer))}
        assert None not in linked.values()
        assert len(before.put_to_agencies) == 8
        db.session.close()
        flask_migrate.downgrade(revision="0021")
        listed = db.session.scalar(text("SELECT enquiries FROM housing_case WHERE id = :id"), {"id": case_id})
        assert str(listed).count("question") == 8
        db.session.close()
        flask_migrate.upgrade()
        after = home(case_id)
        assert after.model_copy(update={"conversations": ()}) == before.model_copy(update={"conversations": ()})
        assert sorted(map(repr, said(after))) == sorted(map(repr, said(before)))
        keys = {c.key for c in after.conversations}
        assert {a.conversation for a in db.session.scalars(select(SavedAnswer))} <= keys


def test_answers_stay_guarded_after_the_migration(either: Instance) -> None:
    either.import_case("h2")
    with either.app.app_context():
        db.session.close()
        flask_migrate.downgrade(revision="0021")
        flask_migrate.upgrade()
        with pytest.raises(Exception, match="append-only"):
            db.session.execute(text("UPDATE answer SET conversation = 'x'"))
        db.session.rollback()


def test_it_does_not_go_back_where_typed_work_would_be_lost(either: Instance) -> None:
    case_id, _ = either.import_case("h2")
    with either.app.app_context():
        case = db.session.get_one(Case, case_id)
        typed = Conversation(key="K1", speaker="provider", how="telephone", came="silent")
        case.conversations.append(CONVERSATION.row(typed, place=99))
        db.session.commit()
        db.session.close()
        with pytest.raises(SystemExit, match="cannot go back: conversations were written down"):
            flask_migrate.downgrade(revision="0021")
        assert db.session.scalar(select(CaseConversation.came).where(CaseConversation.key == "K1")) == "silent"


def test_a_conversation_with_who_was_taken_out_is_kept_as_one_from_before(instance: Instance) -> None:
    case_id, _ = instance.import_case("h1")
    with instance.app.app_context():
        case = db.session.get_one(Case, case_id)
        held = Conversation(key="K1", speaker="family", who="GONE", how="face_to_face")
        case.conversations.append(CONVERSATION.row(held, place=99))
        db.session.commit()
        (last,) = [c for c in home(case_id).conversations if c.key == "K1"]
        assert (last.speaker, last.who, last.how) == ("before", None, "face_to_face")
