"""What each criterion is expected to do, written from the specification, and the settled household it is tried in."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from app.suitability.judgement.result import Row
from tests.trees import copied

from .households import (
    CHECKLIST,
    clear_value,
    full,
    row_of,
    settled,
)

# Written from the specification, not from the checklists; one line a criterion, in the order of the files. Of whom it is asked in
# the full household, and its open effect there (- where it is asked only of others); whether it is asked of the plain household too;
# then what reassures: grade, days (- where none), different agencies, whose word only; then options that reassure at a grade of
# their own (=E3), and each worry with its effect in the full household (=high).
# Subjects: C1 is 6 months, C2 4 years, C3 9, C4 12; M is in treatment and expecting; F is on licence.
# Grades and days are from safeguarding.md sections 2.0 to 2.4 (grade in each row; days by class: a baby, sleep or substances 7, a
# building and who lives in it 28, addresses and orders 7, school and GP 90; CS10, SA12 and LS08 on the day). Where it gives no class,
# and for the rows of law.md, which gives neither, what stands here is what docs/judgement.md says was chosen.
TABLE = """
CS01 C1 hold - E2 7 1 - promised=stop_until none=stop_until
CS02 C1 hold - E2 7 1 - does_not_fit=stop
CS03 C1 hold - E3 7 1 - smoker=high alcohol=high drugs=high drowsy_medicine=high born_early=high low_weight=high exhausted_or_lone=high sofa_only=high
CS04 C1 hold - E3 7 1 - sofa_or_shared=high elsewhere=high
CS05 unit hold - E2 7 1 - cannot=high
CS06 unit hold plain E2 28 1 - found=stop_until serious=stop_until
CS07 unit chase plain E2 28 1 - shares_with_adult=high sexes_share=high no_floor=medium
CS08 unit hold - E2 28 1 - unrestricted=stop_until
CS09 unit hold - E2 28 1 - stairs=high balcony=high low_sills=high hot_surfaces=high hot_taps=high open_water=high cords=high yard=high partly=high not_safe=high
CS10 unit hold plain E2 1 1 - smoke_alarm=stop_until carbon_monoxide=stop_until way_out=stop_until not_working=stop_until
CS11 unit hold - E2 28 1 - cannot=high
CS12 unit hold - E2 28 1 - shared=high
CS13 unit chase - E2 28 1 - not_secure=stop_until
CS14 unit hold plain E3 28 1 police,probation not_compatible=stop
CS15 unit hold plain E3 28 2 asb_team,police,provider past=high current=stop
CS16 household hold - E4 7 1 police,asb_team can_reach=stop
CS17 household hold - E3 7 1 domestic_abuse_service not_safe=stop
CS18 C4 hold - E3 7 1 - linked=high compatible=high rival=stop
CS19 C1 hold plain E4 7 1 social_care in_need=high plan_neglect=stop_until plan_or_order=stop_until
CS20 household hold - E4 7 1 - conflict=stop perpetrator_here=stop_until
CS21 household hold plain E2 7 1 - undeclared=high not_all=high
CS22 C1 hold plain E2 - 1 - 2026-11-15=high
CS23 C1 chase plain E2 28 1 - nobody_can_say=high described_worrying=high
CS24 M hold - E3 90 1 - partly=high does_not_fit=high life_sustaining_unmet=stop
CS25 M hold - E3 7 1 - not_pregnant=E1 late_or_unbooked=high hidden=high
CS26 household chase plain E2 28 1 - no_action=E3 early_help=E3 graded_care=E3 front_door=E3 started=E3 offered=high declined=high not_started=high
CS27 household chase plain E4 7 1 - addresses:2=medium addresses:3=high crossings:1=high
SM01 F hold plain E3 7 1 - opioids_long_past=E3 other_long_past=E3 tablets_long_past=E3 alcohol_now=high alcohol_past=high cannabis_now=high cannabis_past=high opioids_now=high opioids_past=high other_now=high other_past=high tablets_now=high tablets_past=high injecting=high past=high now=high
SM02 M hold - E3 7 1 - no_sober_carer=stop_until
SM03 M hold - E3 7 1 -
SM04 M hold - E2 7 1 - issued=stop_until none=stop_until
SM05 M hold - E3 7 1 - not_told=high
SM06 M hold - E2 7 1 - 46=high
SM07 M hold - E3 7 1 - not_accepted=high gap=stop_until
SM08 M chase - E2 7 1 - no_opioids=E3 not_held=high
SM09 unit chase - E2 7 1 - nobody_injects=E3 not_safe=stop_until
SM10 M hold - E3 7 1 - overdose=high emergency_department=high missed_collections=high left_treatment=high test_contradicts=high relapse=high events=high
SM11 M hold - E3 7 1 - street=high building=stop
SM12 M hold - E3 7 1 - dependence=high bingeing=high fits=high licensed_premises=high premises=high present=high
SM13 C1 hold - E4 7 1 - not_named=stop_until
SM14 F hold plain E3 7 1 probation,prison,police,mappa involved_confirmed=E3 involved=high
SM15 F hold - E3 7 1 mappa,police,social_care not_compatible=stop
SM16 M chase plain E2 7 1 - signs=high
SM17 unit note - E2 7 1 - present=medium
SA01 C1 hold plain E3 90 1 - not_reachable=high
SA02 C1 hold - E3 7 1 - not_accepted=high
SA03 household hold - E3 7 1 - not_workable=high
SA04 C1 hold plain E3 90 1 - not_brought:1=low no_access:1=low
SA05 computed - -
SA06 C3 chase plain E2 90 1 - 31=medium 46=high
SA07 C3 chase plain E3 90 1 - not_told=medium low=high not_on_roll=high
SA08 household chase plain E2 28 1 - health=high drug_alcohol=high mental_health=high perinatal=high probation=high domestic_abuse=high family_court=high family_support=high unworkable=high
SA09 household note plain E1 90 1 - none=medium
SA10 M hold - E3 28 1 - not_named=high
SA11 household chase plain E1 7 1 - partly=medium cannot=medium nothing_tonight=high
SA12 household chase - E2 1 1 - none=medium relative_or_child=high
SA13 unit chase - E2 28 1 - partly=medium none_at_night=high
SA14 household hold - E4 28 1 - not_told=high
IS01 computed - plain
IS02 computed - plain
IS03 household hold plain E3 28 1 - objects=high
IS04 household note plain E4 - 1 - agreed=low not_asked=low
IS05 household note plain E2 28 1 - missing=medium
IS06 computed - plain
IS07 household chase plain E4 90 1 - partly=medium not_read=high
IS08 household hold plain E3 28 1 - no_service=E1 one_way=high
IS09 household chase - E2 28 1 - not_alone=medium never_seen=high
IS10 household note plain E3 28 1 - disagrees=senior
IS11 - - - E2 28 1 -
IS12 household hold plain E2 - 1 - 2026-11-20=high 2026-12-20=high
LS01 household hold plain E2 28 1 - none_named=high
LS02 household hold plain E2 7 1 - incomplete=high
LS03 household hold plain E2 28 1 - apart=high child_apart=senior
LS04 household chase plain E4 90 1 - stale=high none=high
LS05 computed - plain
LS06 - - - E3 - 1 - older=E2
LS07 computed - plain
LS08 household hold - E4 1 1 - something_else=stop
LS09 computed - -
LS10 computed - -
LS11 unit chase plain E2 28 1 - short_notice=medium out_by_day=medium
LS12 computed - plain
LS13 computed - plain
LS14 computed - -
LS15 unit hold plain E2 28 1 - not_inspected=high do_not_use=stop
LS16 unit hold plain E4 28 1 - category_1=stop_until prohibition=stop
LS17 computed - -
LS18 computed - plain
LS19 unit chase - E2 28 1 - out_of_date=high not_explained=high way_out_unusable=stop_until unusable=stop_until not_current=high
LS20 unit hold plain E2 28 1 - not_working=stop_until
LS21 unit chase - E4 90 1 - unlicensed=stop_until not_fit=stop_until
LS22 unit hold - E4 28 1 - condition=stop electrical_goods=stop fire=stop carbon_monoxide=stop landlord=stop mandatory_licence=stop additional_licence=stop energy=stop gas=stop agreement=stop
LS23 household chase - E4 28 1 - no_search=senior
LS24 household chase plain E2 28 1 - reasoned=E4 departs=high
LS25 household chase plain E1 90 1 - cannot=medium
LS26 unit chase plain E2 90 1 - not_within_reach=medium
LS27 computed - -
LS28 M hold - E2 90 1 - not_reasoned=senior
LS29 M hold - E2 28 1 - cannot=stop_until
LS30 M chase - E3 90 1 - does_not_meet=high
LS31 computed - plain
LS32 household chase plain E1 90 1 - not_met=medium
LS33 household note plain E1 90 1 - not_arranged=low
LS34 household note plain E2 - 1 - not_done=low
LS35 household hold - E3 28 1 - not_made=stop_until promised=stop_until
"""


class Expected(NamedTuple):
    """One line of the table."""

    name: str
    subject: str
    if_open: str
    of_plain: bool
    grade: str = "-"
    days: str = "-"
    sources: int = 1
    whose: str = "-"
    own_grades: dict[str, str] = {}  # by option
    worries: tuple[tuple[str, str], ...] = ()  # what is said, and its effect


def _expected(line: str) -> Expected:
    name, subject, if_open, plain_too, *reassures = line.split()
    if not reassures:
        return Expected(name, subject, if_open, plain_too == "plain")
    grade, days, sources, whose, *options = reassures
    said = [(what, effect) for what, effect in (option.split("=") for option in options)]
    own = {what: effect for what, effect in said if effect in GRADES}
    worries = tuple((what, effect) for what, effect in said if effect not in GRADES)
    return Expected(name, subject, if_open, plain_too == "plain", grade, days, int(sources), whose, own, worries)


GRADES = ("E1", "E2", "E3", "E4")
LINES = [_expected(line) for line in TABLE.strip().splitlines()]
ASKED = [line for line in LINES if line.subject != "computed"]
ROWS = [line for line in ASKED if line.subject != "-"]  # asked in the full household


@cache
def _base() -> Any:
    return settled(full())


def base() -> dict[str, Any]:
    tree: dict[str, Any] = copied(_base())
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
