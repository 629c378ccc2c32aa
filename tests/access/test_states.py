"""Z5: whatever is asked in whatever order, nothing of a restricted case goes out without a grant, its reason, a notice and a review."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from sqlalchemy import select

from app.access.models import BreakGlass, BreakGlassStep
from app.audit.models import AuditEvent
from app.cases import service as cases
from app.database import now
from app.extensions import db
from app.notifications.models import Telling
from tests.cases.test_exclusions import keep_out, let_in, reference_of
from tests.conftest import Instance

from .test_break_glass import ASK, WHY, typed

PEOPLE = ("other_officer", "senior_officer")
MARKER = "Wójcik"


def machine(instance: Instance) -> type[RuleBasedStateMachine]:
    number = count()

    class Glass(RuleBasedStateMachine):
        """One restricted case, two people who may not see it, and the clock."""

        def __init__(self) -> None:
            super().__init__()
            # Each order of steps in a month of its own: what somebody asked for in vain counts for the day.
            self.start = datetime(2026, 12, 1, 9, 0, tzinfo=UTC) + timedelta(days=40 * next(number))
            self.travel = time_machine.travel(self.start, tick=False)
            self.clock = self.travel.start()
            self.until: dict[str, datetime] = {}
            self.kept: dict[str, str] = {}
            self.refused: dict[tuple[str, Any], int] = {}
            self.served = 0

        @initialize()
        def a_case(self) -> None:
            self.case_id, _ = instance.import_case("h2")
            self.reference = reference_of(instance, self.case_id)
            with instance.app.app_context():
                lead = instance.user("safeguarding_lead")
                cases.restrict(lead, self.case_id, instance.version(self.case_id), True)

        def opens(self, who: str) -> bool:
            return who not in self.kept and who in self.until and now() < self.until[who]

        def _refuse(self, who: str) -> None:
            key = (who, now().date())
            self.refused[key] = self.refused.get(key, 0) + 1

        @rule(who=st.sampled_from(PEOPLE))
        def ask(self, who: str) -> None:
            answer = instance.client(who).post(ASK, data=typed(self.reference))
            may = who not in self.kept and self.refused.get((who, now().date()), 0) < 5
            assert answer.status_code == (302 if may else 422)
            if not may:
                self._refuse(who)
            elif not self.opens(who):
                self.until[who] = now() + timedelta(minutes=60)

        @rule(who=st.sampled_from(PEOPLE), reason=st.sampled_from(["", "short", "x" * 19, " " * 40]))
        def ask_without_a_reason(self, who: str, reason: str) -> None:
            answer = instance.client(who).post(ASK, data=typed(self.reference, reason=reason))
            assert answer.status_code == 422

        @rule(who=st.sampled_from(PEOPLE))
        def ask_for_nothing(self, who: str) -> None:
            assert instance.client(who).post(ASK, data=typed("NO-SUCH")).status_code == 422
            self._refuse(who)

        @rule(seconds=st.sampled_from([1, 59, 600, 1_799, 3_599, 3_600, 90_000]))
        def wait(self, seconds: int) -> None:
            self.clock.shift(timedelta(seconds=seconds))

        @rule(who=st.sampled_from(PEOPLE))
        def wait_to_the_second(self, who: str) -> None:
            """To the last second of what is open, and then over it."""
            if self.opens(who):
                self.clock.move_to(self.until[who] - timedelta(seconds=1))
                self.look(who)
                self.clock.shift(timedelta(seconds=1))
                self.look(who)

        @rule(who=st.sampled_from(PEOPLE))
        def end(self, who: str) -> None:
            with instance.app.app_context():
                newest = select(BreakGlass.id).where(
                    BreakGlass.case_id == self.case_id, BreakGlass.opened_by == instance.user(who).id
                )
                found = db.session.scalars(newest.order_by(BreakGlass.opened_at.desc())).first()
            if found:
                instance.client(who).post(f"{ASK}/{found}/end")
                if who in self.until and now() < self.until[who]:
                    del self.until[who]

        @rule(who=st.sampled_from(PEOPLE))
        def keep(self, who: str) -> None:
            if who not in self.kept:
                self.kept[who] = keep_out(instance, self.case_id, who)

        @rule(who=st.sampled_from(PEOPLE))
        def let(self, who: str) -> None:
            if who in self.kept:
                let_in(instance, self.case_id, self.kept.pop(who))

        @rule(answer=st.sampled_from(["justified", "asked", "training", "breach"]))
        def review(self, answer: str) -> None:
            with instance.app.app_context():
                ids = db.session.scalars(select(BreakGlass.id).where(BreakGlass.case_id == self.case_id)).all()
            for each in ids:
                instance.client("safeguarding_lead").post(
                    f"/who-looked/opened/{each}", data={"answer": answer, "said": "Asked."}
                )

        @rule(
            who=st.sampled_from(PEOPLE),
            path=st.sampled_from(["", "/chronology", "/dates", "/household", "/timeline.csv"]),
        )
        def look(self, who: str, path: str = "") -> None:
            answer = instance.client(who).get(f"/cases/{self.case_id}{path}")
            shows = MARKER in answer.get_data(as_text=True)
            assert not shows or self.opens(who), (who, path)
            if path == "":
                assert answer.status_code == (200 if self.opens(who) else 404)
                assert shows == self.opens(who)
            if path in ("/household", "/timeline.csv"):
                assert answer.status_code in (403, 404)
            self.served += shows

        @rule(who=st.sampled_from(PEOPLE))
        def write(self, who: str) -> None:
            version = instance.version(self.case_id)
            answer = instance.client(who).post(
                f"/cases/{self.case_id}/household", data={"version": version, "left_note": "x"}
            )
            assert answer.status_code == (403 if self.opens(who) else 404)
            assert instance.version(self.case_id) == version

        @invariant()
        def every_page_that_went_out_has_its_marks(self) -> None:
            if not self.served:
                return
            with instance.app.app_context():
                grants = {
                    g.id: g for g in db.session.scalars(select(BreakGlass).where(BreakGlass.case_id == self.case_id))
                }
                seen = db.session.scalars(
                    select(AuditEvent).where(AuditEvent.case_id == self.case_id, AuditEvent.action == "glass.viewed")
                ).all()
                assert len(seen) >= self.served
                owners = {instance.user("safeguarding_lead").id, instance.user("auditor").id}
                for entry in seen:
                    grant = grants[entry.detail["grant"]]
                    assert grant.opened_by == entry.actor_id
                    assert grant.opened_at <= entry.at < grant.ends_at
                    assert grant.ends_at - grant.opened_at == timedelta(minutes=60)
                for grant in grants.values():
                    assert grant.reason == WHY
                    told = set(db.session.scalars(select(Telling.owner).where(Telling.object_id == grant.id)))
                    assert owners <= told
                reviewed = set(
                    db.session.scalars(select(BreakGlassStep.glass_id).where(BreakGlassStep.kind == "review"))
                )
            waits = instance.client("safeguarding_lead").get("/").text
            for grant_id in grants.keys() - reviewed:
                assert f"/who-looked/opened/{grant_id}" in waits or "All of them" in waits

        def teardown(self) -> None:
            self.travel.stop()

    return Glass


def _tried(instance: Instance, examples: int, steps: int) -> None:
    how = settings(
        max_examples=examples, stateful_step_count=steps, deadline=None, database=None, derandomize=True,
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    run_state_machine_as_test(machine(instance), settings=how)


def test_no_order_of_steps_serves_it_without_its_marks(instance: Instance) -> None:
    _tried(instance, int(os.environ.get("CBC_STATES", "8")), 20)


@pytest.mark.deep
def test_five_hundred_orders_of_thirty_steps(instance: Instance) -> None:
    _tried(instance, 500, 30)
