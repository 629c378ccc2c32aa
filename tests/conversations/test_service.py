"""A conversation is written down once with all that was said in it; sent again, from two tabs or an hour later, nothing is lost or doubled."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app.accounts.models import User
from app.assessments import judging
from app.assessments.answers import of_row, saved_answers, seen_mark
from app.assessments.models import Assessment, SavedAnswer
from app.assessments.service import AssessmentProblem
from app.checklists import read_folder
from app.clocks import LONDON, today
from app.conversations import service
from app.conversations.service import Said
from app.extensions import db
from app.placements import service as placements
from app.suitability.casefile.conversations import Conversation
from app.suitability.reading import case_file
from tests.conftest import Instance
from tests.suitability.conftest import COUNCIL


def held(**more: Any) -> Conversation:
    said = {
        "key": "K1",
        "speaker": "provider",
        "source": {"name": "Pat Rowe", "role": "Manager"},
        "how": "telephone",
        "on": today(),
        "grade": "E2",
    }
    return Conversation.model_validate({**said, **more})


class Desk:
    """An officer at a case of one family."""

    def __init__(self, instance: Instance) -> None:
        with time_machine.travel(
            datetime.now(LONDON) - timedelta(minutes=5), tick=True
        ):  # what came with a file is no slip
            self.case_id, self.assessment_id = instance.import_case("h1")
        self.user = db.session.scalars(select(User).where(User.role == "housing_officer")).first()
        self.unit_id = db.session.get_one(Assessment, self.assessment_id).unit_id

    def row(self, criterion: str, subject: str = "unit") -> list[SavedAnswer]:
        return of_row(saved_answers(self.case_id, self.unit_id), criterion, subject)

    def said(self, criterion: str, value: Any, subject: str = "unit", seen: str | None = None, **words: str) -> Said:
        mark = seen_mark(self.row(criterion, subject)) if seen is None else seen
        return Said(read_folder().criteria[criterion], subject, value, mark, words)

    def record(self, *said: Said, **more: Any) -> dict[tuple[str, str], str]:
        return service.record(self.user, self.assessment_id, held(**more), said)


@pytest.fixture
def desk(either: Instance) -> Any:
    with either.app.app_context():
        yield Desk(either)


def test_one_source_and_many_answers(desk: Desk) -> None:
    assert desk.record(desk.said("CS10", "working"), desk.said("LS20", "working")) == {}
    for name in ("CS10", "LS20"):
        last = desk.row(name)[-1]
        assert (last.source_name, last.grade, last.on, last.conversation) == ("Pat Rowe", "E2", today(), "K1")


def test_sent_again_nothing_is_written_twice(desk: Desk) -> None:
    both = [desk.said("CS10", "working"), desk.said("LS20", "not_working", note="No hot water since Monday.")]
    before = len(list(db.session.scalars(select(SavedAnswer.id))))
    for _ in range(3):
        assert desk.record(*both) == {}
    assert len(list(db.session.scalars(select(SavedAnswer.id)))) == before + 2


def test_another_choice_in_it_is_a_slip_and_not_a_second_account(desk: Desk) -> None:
    desk.record(desk.said("CS10", "working"))
    assert desk.record(desk.said("CS10", "not_working")) == {}
    assert [a.value for a in desk.row("CS10") if a.conversation == "K1"] == ["not_working"]


def test_a_worry_is_made_less_only_with_a_reason(desk: Desk) -> None:
    desk.record(desk.said("CS10", "not_working"))
    assert "Say why it was a slip" in desk.record(desk.said("CS10", "working"))["CS10", "unit"]
    assert "Say why it was a slip" in desk.record(desk.said("CS10", None))["CS10", "unit"], (
        "nor is it undone without one"
    )
    assert [a.value for a in desk.row("CS10") if a.conversation == "K1"] == ["not_working"]
    assert desk.record(desk.said("CS10", "working", slip="I ticked the line above.")) == {}
    assert [a.value for a in desk.row("CS10") if a.conversation == "K1"] == ["working"]


def test_nothing_chosen_is_not_asked_and_does_not_know_is_asked(desk: Desk) -> None:
    before = len(desk.row("CS10"))
    assert desk.record(desk.said("CS10", None)) == {}
    assert len(desk.row("CS10")) == before
    desk.record(desk.said("CS10", "unknown"))
    last = desk.row("CS10")[-1]
    assert (last.value, last.grade) == ("unknown", "E2")


def test_of_two_tabs_the_second_is_told_and_loses_nothing_else(desk: Desk) -> None:
    old = seen_mark(desk.row("CS10"))
    desk.record(desk.said("CS10", "working"))
    late = [desk.said("CS10", "not_working", seen=old), desk.said("LS20", "working")]
    refused = desk.record(*late, key="K2", source={"name": "Sam Other", "role": "Porter"})
    assert list(refused) == [("CS10", "unit")]
    assert refused["CS10", "unit"] == service.ANSWERED_SINCE
    assert desk.row("LS20")[-1].source_name == "Sam Other"


def test_with_somebody_else_it_is_another_conversation(desk: Desk) -> None:
    desk.record(desk.said("CS10", "working"))
    with pytest.raises(AssessmentProblem, match=r"with Pat Rowe\. For somebody else"):
        desk.record(desk.said("LS20", "working"), source={"name": "Sam Other", "role": "Porter"})
    with pytest.raises(AssessmentProblem):
        desk.record(desk.said("LS20", "working"), grade="E4")


def test_a_speaker_who_was_taken_out_is_named_and_nothing_is_saved(desk: Desk) -> None:
    with pytest.raises(AssessmentProblem, match="taken out of the household"):
        desk.record(desk.said("CS10", "working"), speaker="family", who="GONE", grade="E1")
    assert not [a for a in desk.row("CS10") if a.conversation == "K1"]


def test_a_child_not_born_then_stands_in_nobody_s_way_while_nothing_is_said_of_it(desk: Desk) -> None:
    baby = next(m for m in db.session.get_one(Assessment, desk.assessment_id).case.members if m.kind == "child")
    assert baby.born is not None
    day = baby.born.replace(year=baby.born.year - 1)
    assert desk.record(desk.said("CS01", None, baby.key), desk.said("CS10", "working"), on=day) == {}


def test_nobody_tells_of_a_child_before_it_was_born(desk: Desk) -> None:
    baby = next(m for m in db.session.get_one(Assessment, desk.assessment_id).case.members if m.kind == "child")
    assert baby.born is not None
    day = baby.born.replace(year=baby.born.year - 1)
    refused = desk.record(desk.said("CS01", "none", baby.key), on=day)
    assert "was not born on that day" in refused["CS01", baby.key]


def test_how_it_ended_may_be_written_later(desk: Desk) -> None:
    desk.record(desk.said("CS10", "working"))
    desk.record(came="answered")
    found = service.of_case(db.session.get_one(Assessment, desk.assessment_id).case, "K1")
    assert found is not None
    assert found.came == "answered"


def test_what_was_written_down_reads_back_as_a_case_file(desk: Desk) -> None:
    """No answer counts for more than its conversation, also where a landlord’s own log would count."""
    desk.record(desk.said("CS15", "none_known"), desk.said("CS10", "working"))
    assessment = db.session.get_one(Assessment, desk.assessment_id)
    file = judging.case_file(assessment, today(), COUNCIL)
    assert case_file.build(file.as_json(), read_folder()) == file


def test_at_a_second_place_a_slip_is_still_a_slip(desk: Desk) -> None:
    """What was answered about the first place is about another unit, and takes no part in it."""
    desk.record(desk.said("CS10", "working"))
    case = db.session.get_one(Assessment, desk.assessment_id).case
    second = placements.propose(desk.user, case.id, case.version, {"address": "Flat 2, Other Row"}, {})
    desk.assessment_id, desk.unit_id = second, db.session.get_one(Assessment, second).unit_id
    assert desk.record(desk.said("CS10", "working"), key="K2") == {}
    assert desk.record(desk.said("CS10", "not_working"), key="K2") == {}
    assert [a.value for a in desk.row("CS10")] == ["not_working"]
