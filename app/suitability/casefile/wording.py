"""The words of every code of the judgement, each once: pages, records, letters and the criteria’s own pages read them here."""

from __future__ import annotations

from collections.abc import Mapping

from .codes import Basis, Code, Effect, Grade, OpenEffect, Outcome, Role, RowState
from .conversations import Came, How, Speaker
from .history import CameBack, CameOfPlace, ContactCause, ContactOutcome, DangerWord, EventKind, InDistrict, Method
from .household import (
    AddressKind,
    CertificateKind,
    Day,
    LeftBecause,
    MemberKind,
    Need,
    Owner,
    ProtectedPlace,
    RoomUse,
    SchoolPlace,
    SeenHow,
    ServiceKind,
    Sex,
    Shared,
    Staffing,
    UnitKind,
    Urgency,
)

OUTCOME: dict[str, str] = {
    Outcome.SUITABLE: "Suitable",
    Outcome.SUITABLE_WITH_CONDITIONS: "Suitable with conditions",
    Outcome.CANNOT_DECIDE: "Cannot decide yet",
    Outcome.NOT_SUITABLE: "Not suitable as proposed",
}
EFFECT: dict[str, str] = {
    Effect.STOP: "Stop",
    Effect.STOP_UNTIL: "Must be put right and seen first",
    Effect.SENIOR: "Only a senior officer may accept",
    Effect.HIGH: "High",
    Effect.MEDIUM: "Medium",
    Effect.LOW: "Noted",
    OpenEffect.HOLD: "Must be known first",
    OpenEffect.CHASE: "Still to be asked",
    OpenEffect.NOTE: "Not known",
    Effect.NONE: "Clear",
}
# The same on the page of a result, for who has never read the rules.
EFFECT_PLAINLY: dict[str, str] = {
    **EFFECT,
    Effect.STOP: "Stops this place",
    Effect.STOP_UNTIL: "Stops this place until it is put right and seen",
}
# What an effect asks for, as the criteria’s own pages say it.
EFFECT_ASKS: dict[str, str] = {
    Effect.STOP: "stop: nothing lifts it for this placement",
    Effect.STOP_UNTIL: "stop until in place and seen",
    Effect.SENIOR: "only a senior officer may accept, in writing",
    Effect.HIGH: "high: a plan of whose it is to do, by a day within the council’s limit, that a senior officer agreed to; or a senior officer’s written acceptance for as long",
    Effect.MEDIUM: "medium: in place, or a reasoned acceptance",
    Effect.LOW: "noted",
    OpenEffect.HOLD: "hold: cannot be found suitable",
    OpenEffect.CHASE: "chase: a dated condition",
    OpenEffect.NOTE: "noted as open",
}
STATE: dict[str, str] = {
    RowState.WORRYING: "Worrying",
    RowState.PARTLY: "Partly worrying",
    RowState.OPEN: "Not known",
    RowState.ACCEPTED: "Worrying, accepted in writing",
    RowState.MITIGATED: "Worrying, mitigated",
    RowState.CLEAR_WITH_CONDITION: "Clear, with a condition",
    RowState.CLEAR: "Clear",
}
BASIS: dict[str, str] = {Basis.LAW: "Law", Basis.GUIDANCE: "Guidance", Basis.POLICY: "Policy, not law"}
GRADE: dict[str, str] = {
    Grade.E0: "not asked",
    Grade.E1: "said by an adult of the household",
    Grade.E1S: "said by a survivor about their own or their child’s safety",
    Grade.E2: "seen by the officer or provider",
    Grade.E3: "a named professional told us",
    Grade.E4: "agency record or document in hand",
}
# The same grades where an officer chooses among them: what they did, in their own words.
GRADE_CHOSEN: dict[str, str] = {
    Grade.E4: "A record or document in hand",
    Grade.E3: "A named professional told us",
    Grade.E2: "Seen by an officer or the provider",
    Grade.E1S: "Said by a survivor about their own or their child’s safety",
    Grade.E1: "Said by an adult of the household",
    Grade.E0: "Nobody has asked",
}
# And where it is said which answer is enough: “an answer …”.
GRADE_NEEDED: dict[str, str] = {
    Grade.E0: "from anybody",
    Grade.E1: "from an adult of the household",
    Grade.E1S: "from the survivor",
    Grade.E2: "that an officer or the provider has seen to be so",
    Grade.E3: "from a named professional, or from a record",
    Grade.E4: "from a record or document in hand",
}
ROLE: dict[str, str] = {
    Role.HOUSING_OFFICER: "Housing officer",
    Role.SENIOR_OFFICER: "Senior officer",
    Role.SAFEGUARDING_LEAD: "Safeguarding lead",
    Role.AUDITOR: "Auditor",
    Role.ADMINISTRATOR: "Administrator",
}
NEED: dict[str, str] = {
    "chest_illness": "Asthma or another chest illness",
    "mobility": "Mobility",
    "life_sustaining": "Life-sustaining care or equipment",
    "learning": "Learning",
    "sensory": "Sensory",
    "impulsive": "Acts on impulse",
    "long_term_illness": "Long term illness",
    "mental_health": "Mental health",
    "hearing_or_reading": "Hearing, sight or reading",
    "ehc_plan": "An education, health and care plan",
    "other": "Other",
}
# The same where a sentence says what somebody has.
NEED_IN_SENTENCE: dict[str, str] = {
    "chest_illness": "a chest illness",
    "mobility": "a mobility need",
    "life_sustaining": "a need that sustains life",
    "learning": "a learning need",
    "sensory": "a sensory need",
    "impulsive": "impulsiveness that brings danger",
    "long_term_illness": "a long-term illness",
    "mental_health": "a mental health need",
    "hearing_or_reading": "a hearing or reading need",
    "ehc_plan": "an education, health and care plan",
    "other": "another need",
}
LEFT_BECAUSE: dict[str, str] = {
    "antisocial_behaviour": "Antisocial behaviour",
    "violence": "Violence",
    "domestic_abuse": "Domestic abuse",
    "exploitation": "Exploitation",
    "overcrowding": "Overcrowding",
    "disrepair": "Disrepair",
    "end_of_tenancy": "End of tenancy",
    "relationship": "Relationship breakdown",
    "custody_or_hospital": "Leaving custody or hospital",
    "asylum": "End of asylum support",
    "other": "Other",
}
SERVICE: dict[str, str] = {
    "school": "School",
    "nursery": "Nursery",
    "gp": "GP",
    "health_visiting": "Health visiting",
    "midwifery": "Midwifery",
    "pharmacy": "Pharmacy",
    "drug_alcohol": "Drug and alcohol service",
    "mental_health": "Mental health",
    "hospital": "Hospital",
    "probation": "Probation",
    "domestic_abuse": "Domestic abuse",
    "family_court": "Family court",
    "social_care": "Social care",
    "family_support": "Family support",
    "family_hub": "Family hub",
    "leaving_care": "Leaving care",
    "police": "Police",
    "work": "Work",
    "other": "Other",
}
DAY: dict[str, str] = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
MEMBER: dict[str, str] = {"adult": "Adult", "child": "Child", "unborn": "Unborn child"}
MEMBER_CHOSEN: dict[str, str] = {"adult": "An adult", "child": "A child", "unborn": "An unborn child"}
SEX: dict[str, str] = {"female": "Female", "male": "Male", "other": "Another description"}
SEX_IN_SENTENCE: dict[str, str] = {"female": "female", "male": "male", "other": "another description of sex"}
SEEN_HOW: dict[str, str] = {
    "awake": "Awake, and heard or watched apart from the adults",
    "asleep_only": "Only asleep",
    "same_adult_speaking": "Only with the same adult speaking",
}
SCHOOL_PLACE: dict[str, str] = {"nursery": "Nursery", "primary": "Primary", "secondary": "Secondary", "none": "None"}
ADDRESS: dict[str, str] = {"current": "Live now", "former": "Lived before"}
UNIT: dict[str, str] = {
    "nightly_paid": "Nightly paid flat or house",
    "house_or_flat": "Council, leased or housing association flat or house",
    "bed_and_breakfast": "Bed and breakfast",
    "hotel": "Hotel",
    "hostel": "Hostel",
    "shared_house": "Shared house",
    "refuge": "Refuge",
    "other": "Something else",
}
OWNER: dict[str, str] = {
    "council": "A council",
    "registered_provider": "A registered provider",
    "voluntary": "A voluntary organisation",
    "private": "Anyone else, privately",
}
SHARED: dict[str, str] = {
    "toilet": "Toilet",
    "washing": "Bath or shower",
    "cooking": "Kitchen",
    "corridor": "Corridor or stairs",
    "living": "Living room",
}
URGENCY: dict[str, str] = {
    "tonight": "Tonight: answers are wanted in hours",
    "planned": "Planned: answers are wanted in working days",
}
URGENCY_IN_SENTENCE: dict[str, str] = {"tonight": "tonight", "planned": "planned"}
STAFFING: dict[str, str] = {"none": "None", "day": "By day", "night": "By night", "24_hours": "At all hours"}
ROOM: dict[str, str] = {
    "bedroom": "Bedroom",
    "living": "Living room",
    "bed_sitting": "Bed-sitting room",
    "kitchen": "Kitchen",
    "bathroom": "Bathroom",
    "other": "Other",
}
CERTIFICATE: dict[str, str] = {
    "gas": "Gas safety record",
    "electrical": "Electrical report",
    "fire_risk": "Fire risk assessment",
    "hmo_licence": "HMO licence",
    "energy": "Energy certificate",
}
CONTACT_OUTCOME: dict[str, str] = {
    "kept": "Kept",
    "not_brought": "Not brought",
    "cancelled_by_family": "Cancelled by the family",
    "rebooked_by_family": "Rebooked by the family",
    "cancelled_by_service": "Cancelled by the service",
    "no_access": "No access at a home visit",
}
CONTACT_CAUSE: dict[str, str] = {
    "letter_to_dead_address": "The letter went to an old address",
    "language_wrong": "The letter was in the wrong language or form",
    "service_cancelled": "The service cancelled",
    "moved_by_council": "The council moved the family",
}
EVENT: dict[str, str] = {
    "birth": "A birth",
    "move": "A move",
    "release": "A release from custody",
    "bereavement": "A bereavement",
    "antisocial_behaviour": "A flight from antisocial behaviour",
    "benefit_stopped": "A benefit stopped",
    "improving_report": "A report that things improve",
    "worrying_change": "A worrying change",
    "said_done": "An agreed action said to be done",
    "emergency_placement": "The emergency route used",
    "complaint": "A complaint",
    "late": "Being late",
    "taken_out": "A person was taken out of the household",
}
DANGER: dict[str, str] = {
    "child_alone": "A child is alone",
    "overdose": "An overdose",
    "violence_now": "Violence now",
    "baby_cannot_be_woken": "A baby cannot be woken",
    "medicine_swallowed": "Medicine was swallowed",
}
CAME_BACK: dict[str, str] = {
    "full": "Answered in full",
    "partly": "Answered in part",
    "refused": "They refuse to answer",
}
CAME_BACK_CHOSEN: dict[str, str] = {
    "full": "A full answer",
    "partly": "Part of an answer",
    "refused": "They refuse to answer",
}
METHOD: dict[str, str] = {
    "straight_line": "Straight line",
    "walking_network": "Walking network",
    "public_transport": "Public transport",
    "journey_check": "Journey check",
}
SPEAKER: dict[str, str] = {
    "family": "One of the family",
    "provider": "Whoever lets the place",
    "agency": "An agency",
    "seen": "What the officer saw",
    "document": "A document in hand",
    "before": "Written down before conversations were kept",
}
HOW: dict[str, str] = {
    "telephone": "Telephone",
    "face_to_face": "Face to face",
    "video": "Video",
    "email": "E-mail",
    "letter": "Letter",
    "visit": "On a visit",
    "read": "Read",
}
HOW_IN_SENTENCE: dict[str, str] = {
    "telephone": "by telephone",
    "face_to_face": "face to face",
    "video": "by video",
    "email": "by e-mail",
    "letter": "by letter",
    "visit": "on a visit",
    "read": "read",
}
CAME: dict[str, str] = {
    "asked": "Asked; nothing has come back",
    "answered": "They answered",
    "partly": "They answered in part",
    "refused": "They refuse to answer",
    "silent": "Nobody answered",
}
# The same where an officer says how a conversation ended; that an answer was in part, the service finds by itself.
CAME_CHOSEN: dict[str, str] = {
    "answered": "Answered what they could",
    "silent": "No answer",
    "refused": "Refused",
    "asked": "Will ring back",
    "partly": "Answered in part",
}
PROTECTED_PLACE: dict[str, str] = {
    "inside": "This address conflicts with a protected place.",
    "not_known": "It is not known whether this address conflicts with a protected place. "
    "It is treated as if it does until a person says otherwise.",
    "clear": "No conflict with a protected place was found.",
}
CAME_OF_PLACE: dict[str, str] = {"not_available": "Not available", "not_for_them": "Not suitable for this family",
    "proposed": "Proposed to this family", "waiting": "Looked at, no answer yet"}  # fmt: skip
DISTRICT = {"inside": "In our district", "outside": "Outside our district", "unknown": "Not known which district"}
# Which words belong to which closed set; a test finds a code without any.
OF_CODES: dict[type[Code] | type[Grade], tuple[dict[str, str], ...]] = {
    Outcome: (OUTCOME,),
    Effect: (EFFECT, EFFECT_PLAINLY),
    OpenEffect: (EFFECT, EFFECT_PLAINLY, EFFECT_ASKS),
    RowState: (STATE,),
    Basis: (BASIS,),
    Grade: (GRADE, GRADE_CHOSEN, GRADE_NEEDED),
    Role: (ROLE,),
}
# The same of the closed sets that a case file writes out as text.
OF_LITERALS: tuple[tuple[object, tuple[dict[str, str], ...]], ...] = (
    (Need, (NEED, NEED_IN_SENTENCE)),
    (LeftBecause, (LEFT_BECAUSE,)),
    (ServiceKind, (SERVICE,)),
    (Day, (DAY,)),
    (MemberKind, (MEMBER, MEMBER_CHOSEN)),
    (Sex, (SEX, SEX_IN_SENTENCE)),
    (SeenHow, (SEEN_HOW,)),
    (SchoolPlace, (SCHOOL_PLACE,)),
    (AddressKind, (ADDRESS,)),
    (UnitKind, (UNIT,)),
    (Owner, (OWNER,)),
    (Shared, (SHARED,)),
    (Urgency, (URGENCY, URGENCY_IN_SENTENCE)),
    (Staffing, (STAFFING,)),
    (RoomUse, (ROOM,)),
    (CertificateKind, (CERTIFICATE,)),
    (ProtectedPlace, (PROTECTED_PLACE,)),
    (ContactOutcome, (CONTACT_OUTCOME,)),
    (ContactCause, (CONTACT_CAUSE,)),
    (EventKind, (EVENT,)),
    (DangerWord, (DANGER,)),
    (CameBack, (CAME_BACK, CAME_BACK_CHOSEN)),
    (Method, (METHOD,)),
    (Speaker, (SPEAKER,)),
    (How, (HOW, HOW_IN_SENTENCE)),
    (Came, (CAME, CAME_CHOSEN)),
    (CameOfPlace, (CAME_OF_PLACE,)),
    (InDistrict, (DISTRICT,)),
)
_LABELS = {**NEED, **LEFT_BECAUSE, **SERVICE}


def label(code: str) -> str:
    """A code as a label: of a closed set its words; a field, or an agency of a council’s own, as it is written."""
    return _LABELS.get(code, code.replace("_", " ").capitalize())


def grade_put_in(grade: Grade) -> dict[str, str]:
    """What a sentence of a council may say of a grade: ``needed`` and ``said`` in words, ``grade`` as its code."""
    return {"grade": grade.value, "said": GRADE[grade], "needed": GRADE_NEEDED[grade]}


def effect_in_words(effect: str, state: str, words: Mapping[str, str] = EFFECT) -> str:
    """An effect, and what was done about it: "High, accepted in writing"."""
    said = words[effect]
    if state == RowState.CLEAR_WITH_CONDITION:
        return STATE[state]
    if state == RowState.MITIGATED:
        return f"{said}, with a plan, its owner and a date" if effect == Effect.HIGH else f"{said}, put right and seen"
    return f"{said}, accepted in writing" if state == RowState.ACCEPTED else said
