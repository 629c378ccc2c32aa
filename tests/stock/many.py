"""Households enough to see bars, loaded at once: everything that the figures count, in numbers that are known.

``python -m tests.stock.many FOLDER`` loads them into the instance of that folder.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert, select

from app.accounts.models import User
from app.assessments.models import Assessment, SavedAnswer
from app.cases.models import Case, CaseAddress, CaseConversation, CaseMember
from app.clocks import begins, today
from app.database import new_id, now, writing
from app.deadlines.models import Clock, ClockLook, key_of
from app.deadlines.place import IN_NONE_NOW, NOT_KNOWN_IN_LAW
from app.decisions.found import rows
from app.decisions.models import Decision, DecisionFinding, EmergencyDecision
from app.extensions import db
from app.properties.models import Unit
from app.properties.register import RegisterBuilding, RegisterEvidence, RegisterStay, RegisterUnit
from app.records import canonical
from app.records.models import Record
from app.settings import ROOT
from app.stock.decided import month_of, months, since
from app.suitability.casefile.codes import Grade


@cache
def _frozen() -> str:
    """A record as an earlier version froze it, whole."""
    return (ROOT / "tests" / "old" / "b32783c" / "records" / "h1.json").read_text(encoding="utf-8")


def _record(number: str, outcome: str, found: Sequence[tuple[str, str]]) -> dict[str, Any]:
    """A whole record that can be opened, of which this is what was found."""
    body: dict[str, Any] = json.loads(_frozen())
    body["number"], body["result"]["outcome"] = number, outcome
    like = body["result"]["findings"][0]
    body["result"]["findings"] = [
        {**like, "criterion": criterion, "effect": effect} for criterion, effect in found if criterion[:1] != "P"
    ]
    together = {**body["result"]["patterns"][0], "carried_by": None}
    body["result"]["patterns"] = [
        {**together, "pattern": kind, "effect": effect} for kind, effect in found if kind[:1] == "P"
    ]
    return body


class Loader:
    """Rows by their table, put in together at the end."""

    def __init__(self, officer: str, lead: str, on: date) -> None:
        self.officer, self.lead, self.on = officer, lead, on
        self.rows: dict[Any, list[dict[str, Any]]] = {}
        self.made = 0

    def add(self, kind: Any, /, **values: Any) -> str:
        key = values.setdefault("id", new_id())
        self.rows.setdefault(kind, []).append(values)
        return str(key)

    def case(self, **values: Any) -> str:
        self.made += 1
        reference = f"STOCK-{new_id()[:6]}-{self.made}"
        return self.add(
            Case, reference=reference, reference_folded=reference.casefold(), number_folded="", created_by=self.officer,
            assigned_to=values.pop("officer", self.officer), **values,
        )  # fmt: skip

    def looked_at(self, case_id: str) -> None:
        self.rows.setdefault(ClockLook, []).append({"case_id": case_id, "version": 1, "day": self.on})

    def child(self, case_id: str, born: date | None, key: str = "C1") -> None:
        self.add(CaseMember, case_id=case_id, key=key, name="Robin", kind="child", born=born)

    def place(self, case_id: str, starts: date | None = None, **values: Any) -> tuple[str, str]:
        """A placement of a unit: (assessment, unit)."""
        unit: dict[str, Any] = {
            "address": "Flat 1, 8 Long Row",
            "postcode": "B8 1BG",
            "kind": "nightly_paid",
            "shares": [],
        }
        unit.update(values.pop("unit", {}))
        unit_id = self.add(Unit, **unit)
        made = {"state": "draft", "created_by": self.officer, "starts": starts, "created_at": now(), **values}
        return self.add(Assessment, case_id=case_id, unit_id=unit_id, **made), unit_id

    def clock(self, case_id: str, kind: str, subject: str = "family", **values: Any) -> None:
        made = {"state": "running", "rule_version": "test", "about": "", **values}
        self.add(Clock, id=key_of(case_id, kind, subject), case_id=case_id, kind=kind, subject=subject, **made)

    def decision(
        self, case_id: str, on: date, took: int | None = 3, outcome: str = "suitable", found: Sequence[tuple[str, str]] = (), **values: Any
    ) -> None:  # fmt: skip
        """A decision of a day, with a record that keeps what was found."""
        submitted = None if took is None else begins(on - timedelta(days=took)) + timedelta(hours=9)
        assessment_id, _ = self.place(case_id, state="decided", submitted_at=submitted, **values)
        reviewed_at = begins(on) + timedelta(hours=12)
        body = _record(f"R-{new_id()[:12]}", outcome, found)
        record_id = self.add(
            Record, case_id=case_id, number=body["number"], issued_at=reviewed_at, body=canonical.encode(body),
            sha256=canonical.digest(canonical.encode(body)),
        )  # fmt: skip
        decision_id = self.add(
            Decision, case_id=case_id, assessment_id=assessment_id, outcome=outcome, verdict="approve", reviewer=self.lead,
            reviewed_at=reviewed_at, note="Read.", conditions=[], record_id=record_id,
        )  # fmt: skip
        self.rows.setdefault(DecisionFinding, []).extend(
            {"decision_id": decision_id, "kind": row.kind, "effect": row.effect}
            for row in rows(decision_id, body["result"])
        )

    def asked(
        self, case_id: str, who: str, came: str, ago: int, days: int | None = None, due: int | None = None
    ) -> None:
        """A question to an agency so many days ago, answered so many days later, wanted so many days later."""
        asked_on = self.on - timedelta(days=ago)
        self.add(
            CaseConversation, case_id=case_id, place=len(self.rows.get(CaseConversation, ())), key=new_id(), speaker="agency", who=who,
            on=asked_on, came=came, question="Is this child known?", due=None if due is None else asked_on + timedelta(days=due),
            answered_on=None if days is None else asked_on + timedelta(days=days), grade="E0",
        )  # fmt: skip

    def saw(self, case_id: str, unit_id: str) -> None:
        self.add(
            CaseConversation, case_id=case_id, unit_id=unit_id, place=len(self.rows.get(CaseConversation, ())), key=new_id(), speaker="seen",
            on=self.on, grade="E2",
        )  # fmt: skip

    def cot(self, case_id: str, unit_id: str, value: str, grade: str = Grade.E2, **values: Any) -> str:
        return self.add(
            SavedAnswer, case_id=case_id, unit_id=unit_id, criterion="CS01", value=value, grade=str(grade),
            recorded_by=self.officer, **{"subject": "C1", "recorded_at": now(), "supersedes": [], **values},
        )  # fmt: skip

    def emergency(self, case_id: str, on: date, verdict: str | None) -> None:
        assessment_id, _ = self.place(case_id)
        self.add(
            EmergencyDecision, case_id=case_id, assessment_id=assessment_id, outcome="not_suitable", frozen={}, taken_by=self.lead,
            taken_by_name="Sam", taken_at=begins(on) + timedelta(hours=20), first_night=on, nights=1, tried="x", why="x", safe_tonight="x",
            seen_by="x", told="x", review_by=on, verdict=verdict,
        )  # fmt: skip

    def registered(self, case_id: str, unit_id: str, building: str, at: int) -> None:
        """A unit of the register with this family in it, which was inspected or was not."""
        by = {"added_by": self.officer, "added_by_name": "O."}
        known = self.add(RegisterUnit, building_id=building, door=f"Flat {at}", folded=f"flat {at}", **by)
        noted = {"noted_by": self.officer, "noted_by_name": "O."}
        if due := (None, self.on + timedelta(days=9), self.on - timedelta(days=9))[at % 3]:
            self.add(
                RegisterEvidence, building_id=building, unit_id=known, kind="inspection", word="officer", said_by="O.", on=self.on,
                until=due, **noted,
            )  # fmt: skip
        night = self.on - timedelta(days=1)
        self.add(
            RegisterStay, case_id=case_id, unit_id=known, proposed_id=unit_id, said="x", first=night, last=night, told_by="O.", **noted
        )  # fmt: skip

    def store(self) -> None:
        order = (
            Case,
            CaseMember,
            CaseAddress,
            Unit,
            Assessment,
            CaseConversation,
            SavedAnswer,
            Record,
            Decision,
            DecisionFinding,
            EmergencyDecision,
            Clock,
            ClockLook,
            RegisterBuilding,
            RegisterUnit,
            RegisterEvidence,
            RegisterStay,
        )
        with writing() as session:
            for kind in order:
                for values in self.rows.get(kind, ()):
                    session.execute(insert(kind).values(**values))


def loader() -> Loader:

    by_role = {user.role: user.id for user in db.session.scalars(select(User).order_by(User.email.desc()))}
    return Loader(by_role["housing_officer"], by_role["safeguarding_lead"], today())


def load() -> None:
    """Two hundred households: every figure has bars, some of its numbers are too few to be shown, and some are not known."""
    load, on = loader(), today()
    every = list(months(on))
    number = (
        9 + db.session.scalars(select(func.count()).select_from(RegisterBuilding)).one()
    )  # loaded again, it is another
    building = load.add(
        RegisterBuilding, address=f"{number} Long Row", folded=f"{number} long row", postcode="B8 1BG",
        added_by=load.officer, added_by_name="O.",
    )  # fmt: skip
    for at in range(200):
        case_id = load.case()
        load.child(
            case_id, None if at % 17 == 3 else on - timedelta(days=20 + 3 * at // 2 if at % 2 else 400 + 37 * at)
        )
        if at % 17:
            load.looked_at(case_id)
        for move in range(at % 5):
            left = on - timedelta(days=20 + 40 * move)
            load.add(CaseAddress, case_id=case_id, kind="former", address=f"{move} High Street", moved_out=left)
        starts = on - timedelta(days=5 + at % 60)
        shares: list[str] | None = None if at % 9 == 0 else ["cooking"] if at % 3 == 0 else []
        authority = ("E08000025", "E08000028", None)[at % 3]
        unit = {
            "shares": shares,
            "postcode": "" if at % 7 == 0 else "B8 1BG",
            "address": f"Flat {at}, {8 + at % 4} Long Row",
        }
        _, unit_id = load.place(case_id, starts, unit=unit, authority=authority)
        if at % 3:
            load.saw(case_id, unit_id)
        if at % 2:
            load.registered(case_id, unit_id, building, at)
        if at % 4 == 0 and at % 17:
            about = NOT_KNOWN_IN_LAW if at % 16 == 0 else "" if at % 28 else IN_NONE_NOW
            load.clock(case_id, "bed_and_breakfast", about=about, due=on + timedelta(days=41 - (at * 7) % 60))
        if cell := ("ready", "none", "promised", "", "ready")[at % 5]:
            load.cot(case_id, unit_id, cell, Grade.E1 if at % 10 == 0 else Grade.E2)
        for more in range(2):
            month = every[(at + more * 5) % 12]
            day = max(since(on), min(on, date.fromisoformat(f"{month}-{1 + at % 27:02}")))
            outcome, found = (
                ("suitable", []), ("not_suitable", [("CS01", "stop_until"), ("CS10", "stop")]), ("cannot_decide", [("CS19", "hold")]),
                ("suitable_with_conditions", []), ("not_suitable", [("CS10", "stop")]),
            )[(at + more) % 5]  # fmt: skip
            load.decision(case_id, day, 1 + (at * 3 + more) % 19, outcome, found, unit=unit)
            assert month_of(day) in every
        load.asked(
            case_id,
            "health_visiting",
            ("answered", "answered", "asked", "silent")[at % 4],
            30,
            2 + at % 9 if at % 4 < 2 else None,
            3,
        )
        load.asked(
            case_id,
            "childrens_social_care",
            ("answered", "partly", "asked", "asked")[at % 4],
            2,
            1 + at % 2 if at % 4 < 2 else None,
            5,
        )
        if at % 20 == 0:
            load.asked(case_id, "police", "asked", 40, None, 3)
        if at % 4 == 1:
            verdict = ("ratified", "ratified", "escalated", None)[at % 16 // 4]
            load.emergency(case_id, max(since(on), on - timedelta(days=at)), verdict)
        state, due = (("met", -9), ("running", 9), ("lapsed", -4), ("met", 3))[at % 4]
        load.clock(
            case_id, "condition", f"s{at}", state=state, due=on + timedelta(days=due), began=on - timedelta(days=30)
        )
    load.store()


def main(folder: str) -> None:
    from app import create_app  # noqa: PLC0415
    from app.settings import Settings  # noqa: PLC0415

    app = create_app(Settings(data=Path(folder), base_url="http://localhost"))
    with app.app_context():
        load()


if __name__ == "__main__":
    main(sys.argv[1])
