"""What each criterion is expected to do, written from the specification, and the settled household it is tried in."""

from __future__ import annotations

from copy import deepcopy
from functools import cache
from typing import Any

from app.suitability.judgement.result import Row

from .households import (
    CHECKLIST,
    clear_value,
    full,
    row_of,
    settled,
)

# Written from the specification, not from the checklists: the open effect in the full household, and each worry's effect there.
# Subjects: C1 is 6 months, C2 4 years, C3 9, C4 12; M is in treatment and expecting; F is on licence.
TABLE = """
CS01 C1 hold promised=stop_until none=stop_until
CS02 C1 hold does_not_fit=stop
CS03 C1 hold smoker=high alcohol=high drugs=high drowsy_medicine=high born_early=high low_weight=high exhausted_or_lone=high sofa_only=high
CS04 C1 hold sofa_or_shared=high elsewhere=high
CS05 unit hold cannot=high
CS06 unit hold found=stop_until serious=stop_until
CS07 unit chase shares_with_adult=high sexes_share=high no_floor=medium
CS08 unit hold unrestricted=stop_until
CS09 unit hold partly=high not_safe=high
CS10 unit hold not_working=stop_until
CS11 unit hold cannot=high
CS12 unit hold shared=high
CS13 unit chase not_secure=stop_until
CS14 unit hold not_compatible=stop
CS15 unit hold past=high current=stop
CS16 household hold can_reach=stop
CS17 household hold not_safe=stop
CS18 C4 hold linked=high compatible=high rival=stop
CS19 C1 hold in_need=high plan_neglect=stop_until plan_or_order=stop_until
CS20 household hold conflict=stop perpetrator_here=stop_until
CS21 household hold undeclared=high not_all=high
CS22 C1 hold 2026-11-15=high
CS23 C1 chase nobody_can_say=high described_worrying=high
CS24 M hold partly=high does_not_fit=high life_sustaining_unmet=stop
CS25 M hold late_or_unbooked=high hidden=high
CS26 household chase offered=high declined=high not_started=high
CS27 household chase addresses:2=medium addresses:3=high crossings:1=high
SM01 F hold alcohol_now=high alcohol_past=high cannabis_now=high cannabis_past=high opioids_now=high opioids_past=high other_now=high other_past=high tablets_now=high tablets_past=high injecting=high past=high now=high
SM02 M hold no_sober_carer=stop_until
SM03 M hold
SM04 M hold issued=stop_until none=stop_until
SM05 M hold not_told=high
SM06 M hold 46=high
SM07 M hold not_accepted=high gap=stop_until
SM08 M chase not_held=high
SM09 unit chase not_safe=stop_until
SM10 M hold events=high
SM11 M hold street=high building=stop
SM12 M hold present=high premises=high
SM13 C1 hold not_named=stop_until
SM14 F hold involved=high
SM15 F hold not_compatible=stop
SM16 M chase signs=high
SM17 unit note present=medium
SA01 C1 hold not_reachable=high
SA02 C1 hold not_accepted=high
SA03 household hold not_workable=high
SA04 C1 hold not_brought:1=low no_access:1=low
SA06 C3 chase 31=medium 46=high
SA07 C3 chase not_told=medium low=high not_on_roll=high
SA08 household chase unworkable=high
SA09 household note none=medium
SA10 M hold not_named=high
SA11 household chase partly=medium cannot=medium nothing_tonight=high
SA12 household chase none=medium relative_or_child=high
SA13 unit chase partly=medium none_at_night=high
SA14 household hold not_told=high
IS03 household hold objects=high
IS04 household note agreed=low not_asked=low
IS05 household note missing=medium
IS07 household chase partly=medium not_read=high
IS08 household hold one_way=high
IS09 household chase not_alone=medium never_seen=high
IS10 household note disagrees=senior
IS12 household hold 2026-11-20=high 2026-12-20=high
LS01 household hold none_named=high
LS02 household hold incomplete=high
LS03 household hold apart=high child_apart=senior
LS04 household chase stale=high none=high
LS08 household hold something_else=stop
LS11 unit chase short_notice=medium out_by_day=medium
LS15 unit hold not_inspected=high do_not_use=stop
LS16 unit hold category_1=stop_until prohibition=stop
LS19 unit chase not_current=high unusable=stop_until
LS20 unit hold not_working=stop_until
LS21 unit chase unlicensed=stop_until not_fit=stop_until
LS22 unit hold condition=stop electrical_goods=stop fire=stop carbon_monoxide=stop landlord=stop mandatory_licence=stop additional_licence=stop energy=stop gas=stop agreement=stop
LS23 household chase no_search=senior
LS24 household chase departs=high
LS25 household chase cannot=medium
LS26 unit chase not_within_reach=medium
LS28 M hold not_reasoned=senior
LS29 M hold cannot=stop_until
LS30 M chase does_not_meet=high
LS32 household chase not_met=medium
LS33 household note not_arranged=low
LS34 household note not_done=low
LS35 household hold not_made=stop_until promised=stop_until
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]
COMPUTED = {
    "SA05",
    "IS01",
    "IS02",
    "IS06",
    "LS05",
    "LS07",
    "LS09",
    "LS10",
    "LS12",
    "LS13",
    "LS14",
    "LS17",
    "LS18",
    "LS27",
    "LS31",
}
ELSEWHERE = {"LS06", "IS11"}  # asked only of the young, or only once something is high: below


@cache
def _base() -> Any:
    return settled(full())


def base() -> dict[str, Any]:
    tree: dict[str, Any] = deepcopy(_base())
    return tree


def value_of(written: str, criterion: str) -> Any:
    answer = CHECKLIST.criteria[criterion].answer
    if answer == "counts":
        name, number = written.split(":")
        return {**clear_value(CHECKLIST.criteria[criterion]), name: int(number)}
    if answer == "minutes":
        return int(written)
    return [written] if answer == "multiple" else written


def found(tree: dict[str, Any], criterion: str, subject: str) -> Row:
    row = row_of(tree, criterion, subject)
    assert row is not None, f"{criterion} does not apply to {subject}"
    return row
