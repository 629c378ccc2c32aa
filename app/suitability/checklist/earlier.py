"""What the code of earlier versions said, and the checklists have said themselves since version 2026.4.

A record is judged again on the files it was frozen with, for as long as it is kept. The files of versions 2026.1 to 2026.3 do
not say this, because it stood in the code of their day: without it those records would come out otherwise. So it is kept as it
was then. **Nothing here is edited**: what a lead changes is changed in ``checklists/``, under a new version.
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


def words(amended: bool) -> Mapping[str, str]:
    """By name, the sentences that a council’s file does not say, as they were; ``amended`` is False before 2026.2."""
    return _WORDS if amended else {**_WORDS, **_WORDS_BEFORE_AMENDMENTS}
