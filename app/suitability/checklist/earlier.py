"""What the code of earlier versions said, and the checklists have said themselves since version 2026.4 or 2026.5.

A record is judged again on the files it was frozen with, for as long as it is kept. The files of earlier versions do not say
this, because it stood in the code of their day: without it those records would come out otherwise. So it is kept as it was
then. **Nothing here is edited**: what a lead changes is changed in ``checklists/``, under a new version.
"""

from __future__ import annotations

from collections.abc import Mapping

_MEANS = ("SA11", "CS05", "CS06", "CS07", "LS12", "LS13", "LS14", "LS20", "LS31", "SA06", "SM06", "SA08")
_HARM = (
    *("CS03", "CS04", "CS14", "CS15", "CS16", "CS17", "CS18", "CS19", "CS20", "CS21", "CS22", "CS23", "CS26"),
    *("SM01", "SM02", "SM04", "SM05", "SM07", "SM09", "SM10", "SM11", "SM12", "SM13", "SM14", "SM15", "SM16"),
    *("IS06", "IS10", "LS06", "LS35", "SA05"),
)
_SHORTAGE = ("CS02", "LS08", "LS09")

# By criterion, ``sign_of``.
SIGN_OF: Mapping[str, str] = {
    **dict.fromkeys(_MEANS, "means"),
    **dict.fromkeys(_HARM, "harm"),
    **dict.fromkeys(_SHORTAGE, "shortage"),
}

# By pattern, what ended an effect of its own.
PATTERN_REMEDIES: Mapping[str, str] = {
    "P04": "One call each to those who would know.",
    "P07": "The treatment service or GP asked again, since the newest of these.",
    "P09": "The cot and its space in this unit: in place and seen.",
    "P10": "CS20 and SM14 answered by probation, police or prison; probation told of the children, social care of the release.",
    "P11": "Two different agencies asked about the building, and the service about those nearby.",
    "P12": "Earlier history read and put in a chronology (IS07).",
    "P13": "A lead professional who has accepted.",
    "P15": "A senior officer writes what life adds up to for each child, with a date to look again.",
    "P19": "The child seen awake, and heard or watched apart from that adult, by a professional.",
    "P25": "A senior officer’s written review.",
}

_WORDS = {
    "remedy_stop": "Nothing lifts this for this placement. Another placement, or a change of the facts.",
    "remedy_in_hand": "{offer}: in hand ({grade}), with who gave it and when.",
    "remedy_work_seen": "{offer}: done, with who saw it done and when. Nobody accepts it instead.",
    "remedy_seen": "{offer}: in place and seen in this unit, with who saw it and when.",
    "remedy_senior": "A senior officer’s written acceptance.",
    "remedy_senior_child_safety": "A senior officer’s written acceptance, with the lead professional’s view on record.",
    "remedy_high": "{offer}: its owner has accepted it for a day within {days} days and within the stay, and a senior officer has agreed in writing; or a senior officer’s written acceptance, for as long.",
    "remedy_medium": "{offer}: in place; or the officer’s reasoned acceptance.",
    "remedy_low": "Nothing is needed: it is noted.",
    "remedy_open": "An answer at {grade} or better.",
    "remedy_open_agencies": "An answer at {grade} or better from {agencies} agencies.",
    "remedy_facts": "The missing facts, entered with the household, the place or the list they belong to.",
    "remedy_prompt": "A reason, in your own words.",
    "offer_unnamed": "A mitigation that answers the worry",
    "offer_pattern": "What the pattern asks for",
    "lacking_unasked": "Not asked, or not answered.",
    "lacking_unknown": "Answered “not known”.",
    "lacking_rest_unknown": "Of the others on the list it is not known whether they hold.",
    "lacking_day_to_come": "The day told is still to come, so it tells nothing.",
    "lacking_name": "Reassuring, but nobody is named who said or wrote it.",
    "lacking_source": "Reassuring, but not from one of those whose word counts here.",
    "lacking_grade": "Reassuring, but only {said} ({grade}); it counts from {wanted}.",
    "lacking_words": "Said without words: write what exactly was said or seen.",
    "lacking_stale": "Reassuring, but older than {days} days or undated.",
    "lacking_numbers": "Not told: {numbers}.",
    "lacking_agencies": "{heard} of {wanted} different agencies have answered.",
    "way_stopped": "Nothing makes this placement suitable: {stops}. The duty to accommodate goes on: {then}.",
    "way_then_nowhere": "no other place cures that by itself: what has to change is said below",
    "way_then_elsewhere": "find another placement, or ask a senior officer for the emergency route",
    "way_then_tonight": "find another placement tonight; the emergency route is closed for this one",
    "way_not_found": "No set of answers and mitigations is known to make this placement suitable. What would remain: {remains}. The duty to accommodate goes on.",
    "way_found": "It can become suitable with conditions when each of these is done.",
    "way_conditions": "It is suitable if each condition is met by its date.",
    "way_clear": "Nothing is open. Set the next review.",
    "step_place": "Propose another placement that is clear of this.",
    "step_unit": "Look for another unit: {wanted}.",
    "step_elsewhere": "Propose another placement.",
    "step_review": "Review on the date set, or sooner if anything changes.",
    "step_ask": "Ask {agency}: {question}",
    "step_ask_family": "Ask them, each apart where possible: {question}",
}
# No plan had a latest day before 2026.2.
_WORDS_BEFORE_AMENDMENTS = {
    "remedy_high": "{offer}: with an owner who has accepted it and a date; or a senior officer’s written acceptance.",
}
# What stood in the code up to version 2026.4: why a row weighs what it does, what is asked, and what a pattern saw.
_WORDS_TO_2026_4 = {
    "why_told_anyway": "Told, although what is written down elsewhere says that it does not apply here. One of the two is wrong: find out which.",
    "why_told_of_safety": "Told, although what is written down elsewhere says that it does not apply here. Act on it. Correct what is written down with the survivor alone, and ask nobody they may fear.",
    "why_asked_in_doubt": "Asked while it is not known {unknown}.",
    "why_baby": "a child is under 1, or expected within {weeks} weeks",
    "why_stronger": "Stronger because {because}.",
    "why_stronger_in_doubt": "Stronger, as it is not known whether {because}.",
    "why_not_less_than_unknown": "Stronger because not knowing it would weigh more here.",
    "why_weaker": "Weaker because {because}.",
    "why_seen_too_long_ago": "It was seen put right, too long ago to rely on: look again.",
    "why_left_open": "What is known of it worries, and the question stays open.",
    "why_measured_otherwise": "What was said of it, if it differs, has to be sure enough and to say why it differs from what was measured.",
    "why_others_rest_on_it": "What rests on this answer holds.",
    "lacking_proof": "Not yet known well enough: it needs {grade}, {said}.",
    "row_named": "“{name}” ({criterion})",
    "condition_answer": "Chase the answer: {name}",
    "condition_review": "Review: {name}",
    "ask_find_out_first": "Find out first {unknown}. If it then does not apply, nothing is asked. If it does, ask {agency}: {question}",
    "ask_escalate": "{agency}: asked, and silent past the time. Do not ask again: escalate. {at_silence}",
    "ask_again": "Ask {source} to say again, of today, what they said before: {questions}.",
    "saw_only_household": "{criterion} {name}{person}: only said by the household.",
    "saw_impression": "The officer ticked that an impression was relied on.",
    "saw_difference": "{criterion} {name}: {accounts}.",
    "saw_source": "{source} ({grade})",
    "saw_undated_flight": "They fled antisocial behaviour, on a day nobody has written down.",
    "saw_treatment_said": "{name} is said to be in treatment. {why}",
    "saw_service_silent": "The service is silent past its time.",
    "saw_service_unanswered": "The service has not answered.",
    "saw_cot_not_clear": "{criterion} {name}: not clear.",
    "saw_sofa_or_shared_bed": "The baby slept on a sofa or in a shared bed.",
    "saw_cold": "The room cannot be kept warm.",
    "saw_moves": "{number} moves in the window.",
    "saw_use_now": "{name}: substance use now.",
    "saw_use_not_known": "{name}: substance use not known.",
    "saw_medicine_at_home": "{name}: medicine taken home.",
    "saw_medicine_not_known": "{name}: whether medicine is taken home is not known.",
    "saw_sleep_smoker": "Somebody in the home smokes.",
    "saw_sleep_alcohol": "A carer drinks.",
    "saw_sleep_drugs": "A carer uses drugs.",
    "saw_sleep_born_early": "Born before 37 weeks.",
    "saw_sleep_low_weight": "Under 2.5 kg at birth.",
    "saw_orders_not_confirmed": "Licence, release or order not yet confirmed by those who hold it.",
    "saw_row_state": "{name}: {state}.",
    "saw_addresses": "{number} addresses in {months} months.",
    "saw_crossings": "{number} crossings of health visiting, school or council lines.",
    "saw_nobody_leads": "{number} agencies are involved and no lead professional has accepted.",
    "saw_silence": "{agency}: asked “{question}”, not answered by {day}.",
    "saw_accepted": "{domain}: accepted {criteria}.",
    "saw_high_in_domains": "High concerns in {domains}.",
    "saw_not_in_place": "{criterion} “{what}”: {why}.",
    "saw_owner_not_accepted": "its owner has not accepted it",
    "saw_date_passed": "its date, {day}, has passed",
    "saw_promised_before": "the same was promised in {number} earlier records",
    "saw_said_in_place": "{criterion} “{what}”: said to be in place.",
    "saw_said_done": "“{what}”: said to be done on {day}.",
    "saw_undeclared": "{number} sources; who they are stays with the answer.",
    "saw_not_seen": "Not seen by a professional within the limit.",
    "saw_seen_not_told": "Nobody has said when a professional last saw this child awake.",
    "saw_seen_asleep_only": "Only ever seen asleep.",
    "saw_seen_with_one_adult": "Only ever seen with the same adult speaking for the child.",
    "saw_reassuring": "{day}: {name}, reassuring.",
    "saw_worrying": "{day}: {name}, worrying.",
    "saw_earlier_child_removed": "An earlier child was removed.",
    "saw_booked_late": "{name}: booked late or not at all.",
    "saw_contact_avoided": "{name}: contact about the pregnancy is avoided.",
    "saw_means": "{criterion} {name}.",
    "saw_notice_refused": "The notice to GP, health visitor and school was refused.",
    "saw_survivors_word": "{criterion} {name}: the survivor’s own word.",
    "saw_emergency": "{day}: emergency placement, {nights} nights agreed.",
    "saw_building_worries": "{number} files in {days} days worry about this building.",
    "saw_danger_child_alone": "A child is alone.",
    "saw_danger_overdose": "An overdose.",
    "saw_danger_violence_now": "Violence now.",
    "saw_danger_baby_cannot_be_woken": "A baby cannot be woken.",
    "saw_danger_medicine_swallowed": "Medicine was swallowed.",
}


def words(amended: bool, says_policy: bool) -> Mapping[str, str]:
    """By name, the sentences that a council’s file does not say, as they were.

    Args:
        amended: False before 2026.2.
        says_policy: of 2026.4: what ends a worry, what reassurance lacks and the way forward it says itself.
    """
    if says_policy:
        return _WORDS_TO_2026_4
    before = {} if amended else _WORDS_BEFORE_AMENDMENTS
    return {**_WORDS, **before, **_WORDS_TO_2026_4}
