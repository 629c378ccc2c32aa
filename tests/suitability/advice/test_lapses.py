"""On which day reassurance lapses: by the rule by which it counts, on every day before and on that day."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from app.suitability.advice.during_stay import flips
from app.suitability.assess import assess, facts_of, judged
from app.suitability.judgement.reassurance import lapses_on
from app.suitability.reading import case_file
from tests.suitability.criterion_cases import base, found
from tests.suitability.households import CHECKLIST, COUNCIL, answered, full, instead, result_of, settled


def _lapse(tree: dict[str, Any], name: str, subject: str) -> date | None:
    case = case_file.build(tree, CHECKLIST)
    facts = facts_of(CHECKLIST, case, COUNCIL)
    result = judged(CHECKLIST, case, facts)
    row = next(r for r in result.rows if (r.criterion, r.subject) == (name, subject))
    return lapses_on(CHECKLIST.criteria[name], row.answers, facts.about(subject))


def test_a_word_that_does_not_count_keeps_nothing_fresh() -> None:
    """The health visitor saw it on the 18th; what the mother says on the 23rd is not what she has seen."""
    tree = base()
    seen = answered("SA02", "C1", value_of("SA02"), "E3") | {"on": "2026-11-18", "id": "hv"}
    seen["source"] = {"name": "Hana", "role": "health visitor", "agency": "health visiting"}
    said = answered("SA02", "C1", value_of("SA02"), "E1") | {"on": "2026-11-23", "id": "mum"}
    said["source"] = {"name": "Mo Full", "role": "mother", "agency": "household"}
    alone = instead(tree, "SA02", "C1", seen)
    assert found(alone, "SA02", "C1").state == "clear"
    both = instead(tree, "SA02", "C1", seen)
    both["answers"].append(said)
    assert _lapse(alone, "SA02", "C1") == _lapse(both, "SA02", "C1") == date(2026, 11, 26)


def value_of(name: str) -> str:
    return next(o.code for o in CHECKLIST.criteria[name].options.values() if o.means == "clear")


@pytest.mark.parametrize("days", range(8))
def test_of_two_voices_the_older_decides_where_two_are_wanted(days: int) -> None:
    wanted = next(
        c for c in CHECKLIST.criteria.values() if c.min_sources == 2 and c.shelf_life and c.answer == "choice"
    )
    tree = base()
    both = []
    for at, (agency, ago) in enumerate((("police", days), ("antisocial behaviour team", 0))):
        on = (date.fromisoformat(tree["on"]) - timedelta(days=ago)).isoformat()
        answer = answered(wanted.id, "unit", value_of(wanted.id), "E3") | {"on": on, "id": f"a{at}"}
        both.append({**answer, "source": {"name": f"Person {at}", "role": "", "agency": agency}})
    tree = instead(tree, wanted.id, "unit", both[0])
    tree["answers"].append(both[1])
    lasts = CHECKLIST.numbers[wanted.shelf_setting]
    assert _lapse(tree, wanted.id, "unit") == date.fromisoformat(tree["on"]) - timedelta(days=days) + timedelta(
        days=lasts + 1
    )


def test_on_the_day_it_lapses_the_judgement_itself_no_longer_finds_it_clear() -> None:
    """Every clear row of a settled household: the day before it is still clear, on the day it is not."""
    tree = settled(full())
    case = case_file.build(tree, CHECKLIST)
    result = assess(CHECKLIST, case, COUNCIL)
    facts = facts_of(CHECKLIST, case, COUNCIL)
    judged(CHECKLIST, case, facts)
    tried = 0
    for row in result.rows:
        if row.state != "clear" or not row.answers:
            continue
        facts.subject = facts.people.get(row.subject)
        day = lapses_on(CHECKLIST.criteria[row.criterion], row.answers, facts)
        if day is None:
            continue
        tried += 1
        for on, clear in ((day - timedelta(days=1), True), (day, False)):
            # Only the evidence grows old: people, place and everything else stay as they are on the day itself.
            older = [
                {**a, "on": (date.fromisoformat(a["on"]) - (on - case.on)).isoformat()}
                if a.get("on") and (a["criterion"], a["subject"]) == (row.criterion, row.subject)
                else a
                for a in tree["answers"]
            ]
            then = result_of({**tree, "answers": older})
            now = next(r for r in then.rows if (r.criterion, r.subject) == (row.criterion, row.subject))
            assert (now.state == "clear") is clear, (row.criterion, row.subject, on)
    assert tried > 20


def test_the_page_says_the_same_day() -> None:
    tree = settled(full())
    case = case_file.build(tree, CHECKLIST)
    result = assess(CHECKLIST, case, COUNCIL)
    told = flips(CHECKLIST, case, COUNCIL, result)
    assert any(flip.lapses_on for flip in told)
    for flip in told:
        day = _lapse(tree, flip.criterion, flip.subject)
        assert flip.lapses_on == (day.isoformat() if day else "")
