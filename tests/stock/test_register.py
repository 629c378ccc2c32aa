"""Units never inspected, counted from the register by the rules of its own page, and the cases of families who are in them."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from app.cases.models import Case
from app.clocks import today
from app.placements import registered
from app.properties import keeping, known
from app.stock import register
from tests.conftest import Instance


def test_each_unit_is_counted_as_its_page_says(either: Instance) -> None:
    day = today()
    seen: dict[str, list[dict[str, Any]]] = {
        "never": [],
        "provider alone": [{"word": "provider"}],
        "photograph alone": [{"kind": "photograph"}],
        "taken back": [{"strike": True}],
        "in time": [{"until": day}],
        "overdue": [{"on": day - timedelta(days=9), "until": day - timedelta(days=1)}],
        "newest counts": [{"on": day - timedelta(days=9), "until": day + timedelta(days=9)}, {"until": None}],
    }
    with either.app.app_context():
        senior = either.user("senior_officer")
        building = keeping.add_building(senior, {"address": "1 Counted Row", "postcode": "B14 7EH"})
        other = keeping.add_building(senior, {"address": "2 Counted Row", "postcode": "B14 7EH"})
        for door, rows in seen.items():
            unit = keeping.add_unit(senior, building, door, "")
            for row in rows:
                strike, more = row.get("strike"), {k: v for k, v in row.items() if k != "strike"}
                what = {"kind": "inspection", "word": "officer", "said_by": "O.", "on": day, "words": "x", **more}
                made = keeping.add_evidence(senior, building, unit, what)
                if strike:
                    gone = {"kind": "struck", "word": "officer", "said_by": "O.", "on": day, "corrects": made}
                    keeping.add_evidence(senior, building, unit, gone)
        keeping.add_unit(senior, other, "of an inspected building", "")
        whole = {"kind": "inspection", "word": "document", "said_by": "D.", "on": day, "until": day}
        keeping.add_evidence(senior, other, None, whole)
        counted = Counter(row.cell for row in register.inspected(day))
        units = [u for b in (building, other) for u in keeping.units_of(b)]
        pages = known.by_unit(keeping.evidence_of(units), units)
        assert counted == Counter(known.on(pages[u.id], day).inspection for u in units)
        assert counted == {"never": 4, "in_time": 2, "overdue": 1, "no_day": 1}
        listed = keeping.listed("", "never", day).units
        assert len(listed) == counted["never"], "and as the list of the register says"


def test_behind_it_are_the_cases_of_families_who_took_one_up(instance: Instance) -> None:
    case_id, assessment_id = instance.import_case("h1")
    with instance.app.app_context():
        senior = instance.user("senior_officer")
        building = keeping.add_building(senior, {"address": "1 Counted Row", "postcode": "B14 7EH"})
        unit = keeping.add_unit(senior, building, "Flat 1", "")
        keeping.add_unit(senior, building, "Flat 2", "")
        registered.link(senior, assessment_id, instance.version(case_id), unit)
        stay = {"first": today(), "last": today(), "told_by": "O."}
        registered.take_up(senior, assessment_id, instance.version(case_id), stay)
        (group,) = register.FIGURES[0].groups(today(), list(register.inspected(today())))
        assert {cell.key: cell.number for cell in group.cells}["never"] == 2, "a unit with a family is one unit"
        mine = select(Case.id).where(Case.id == case_id)
        assert [(r.case_id, r.cell) for r in register.inspected(today(), mine)] == [(case_id, "never")]
        assert list(register.inspected(today(), mine.where(Case.id == ""))) == []
