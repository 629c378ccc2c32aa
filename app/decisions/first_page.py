"""Page one of a record: for somebody with one minute, who they are, where they will be, what is asked of the reader and whom to ring."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app import clocks
from app.assessments.judging import Judged
from app.placements.surroundings import Surroundings
from app.places.travel.distance import Distance
from app.suitability.advice.plain import plain
from app.suitability.casefile import wording
from app.suitability.casefile.household import Household, Member
from app.suitability.casefile.values import in_sentence

from .enquiries import unanswered
from .glance import glance

# Who reads a record first; what other agencies have not answered stands in the part about agencies.
READERS = (
    "health_visiting", "midwifery", "lead_professional", "social_care", "gp", "school", "domestic_abuse_service", "drug_service",
    "mental_health", "probation", "police",
)  # fmt: skip
MOST_QUESTIONS, MOST_CONDITIONS = 4, 6
NO_NUMBER = "the council’s number, as you know it"


def kept(
    judged: Judged,
    around: Surroundings,
    names: dict[str, str],
    decision: dict[str, Any],
    conditions: Sequence[dict[str, str]],
    agencies: Sequence[dict[str, Any]],
    because: str,
    ring: tuple[str, str],
) -> dict[str, Any]:
    """What page one says, beside the decision and the children's own lines.

    Args:
        conditions: as the record keeps them.
        agencies: as ``enquiries.by_agency`` gives them.
        because: what the outcome means, in the rules’ words.
        ring: the council's team and its number, each as the settings have it.
    """
    file = judged.file
    return {
        "proposed": glance(file, names).place.removeprefix("Proposed: "),
        "because": plain(judged.checklist, because),
        "adults": [
            {"name": names[m.key], "born": born(m), "line": _adult(m)}
            for m in file.household.members
            if m.kind == "adult"
        ],
        "where": _where(file.household, decision["outcome"], around),
        **_asks(file.household, conditions, agencies, _answer_within(judged)),
        "ring": _ring(judged, decision, ring),
    }


def born(m: Member) -> str:
    """A birth date as a cell of a table says it."""
    if m.kind == "unborn":
        return f"due {clocks.in_words(m.due)}" if m.due else "due date not known"
    return clocks.in_words(m.born) or "not known"


def who(m: Member) -> str:
    """Of a child: who they are to the others, and how anybody has seen them."""
    seen = (
        f"seen {in_sentence(wording.SEEN_HOW[m.seen_how])}"
        if m.seen_how
        else ""
        if m.kind == "unborn"
        else "whether seen: not asked"
    )
    return _line(m.relationship, seen)


def _line(*parts: str) -> str:
    said = "; ".join(part for part in parts if part)
    return f"{said[:1].upper()}{said[1:]}"


def _adult(m: Member) -> str:
    """In one line who an adult is to the others, and what bears on a child: a sign is what somebody ticked, never a finding."""
    needs = "needs: not asked" if m.needs is None else ", ".join(in_sentence(wording.label(n)) for n in m.needs)
    signs = [
        name if sign else f"{name}: not asked"
        for name, sign in (
            ("substance use, now or before", m.substance_sign),
            ("prison, probation, bail or an order", m.justice_sign),
        )
        if sign is not False
    ]
    treatment = f"in treatment with {m.treatment.medicine or 'a medicine not named'}" if m.treatment else ""
    expecting = "" if not m.pregnant else f"pregnant, {born(m.model_copy(update={'kind': 'unborn'}))}"
    return _line(m.relationship, expecting, needs, treatment, f"signs of {'; of '.join(signs)}" if signs else "")


def _where(home: Household, outcome: str, around: Surroundings) -> list[dict[str, str]]:
    now = [", ".join(part for part in (a.address, a.postcode) if part) for a in home.addresses if a.kind == "current"]
    far = [f"{in_sentence(wording.label(s.kind))} {_km(s.distance)}" for s in around.services]
    rows = [{"when": "Now", "where": "; ".join(now) or "Not written down", "more": ""}]
    if outcome in ("not_suitable", "cannot_decide"):
        rows.append({"when": "Next", "where": "Not decided in this record", "more": "ask whom to ring, below"})
    else:
        rows.append({"when": "Next", "where": "The placement above", "more": ""})
    rows.append(
        {
            "when": "From the placement",
            "where": "",
            "more": f"in a straight line: {', '.join(far)}" if far else "no service is entered",
        }
    )
    return rows


def _km(distance: Distance) -> str:
    """How far in a straight line, to a tenth of a kilometre; two circles that touch are up to the far side of them."""
    if distance.straight_m is None:
        return "not known"
    if not distance.straight_low_m:
        return f"up to {_tenths((distance.straight_high_m or 0) + 99)} km"
    return f"{_tenths(distance.straight_m + 50)} km"


def _tenths(metres: int) -> str:
    whole, rest = divmod(metres // 100, 10)
    return f"{whole}.{rest}"


def _answer_within(judged: Judged) -> str:
    """How soon somebody says whether they lead: as the council has it of a lead professional."""
    agency = judged.checklist.agencies.get("lead_professional")
    if agency is None:
        return "no day set"
    return agency.planned if judged.file.placement.urgency == "planned" else agency.tonight


def _asks(
    home: Household, conditions: Sequence[dict[str, str]], agencies: Sequence[dict[str, Any]], lead_within: str
) -> dict[str, Any]:
    """What is asked of whom by when: the lead first, what the decision rests on, what the first readers have not answered."""
    found = _lead(home, lead_within)
    whole = len(conditions) <= MOST_CONDITIONS
    if whole:
        found += [
            {
                "who": c["owner"] or "Nobody named",
                "what": f"{c['what'].rstrip('.')}.{_seen(c)}",
                "by": clocks.text_in_words(c["due"]) or "no day set",
            }
            for c in conditions
        ]
    else:
        found += _by_owner(conditions)
    silent = [one for one in agencies if unanswered(one)]
    read_first = sorted((one for one in silent if one["code"] in READERS), key=lambda one: READERS.index(one["code"]))
    here = read_first[:MOST_QUESTIONS]
    for one in here:
        put = unanswered(one)
        due = [asked["due_words"] for asked in put if asked["due"]]
        said = " ".join(asked["question"] for asked in put)
        found.append({"who": one["name"], "what": said, "by": due[0] if due else one["within"]})
    return {
        "asks": found,
        "conditions_here": whole,
        "asked_here": [one["name"] for one in here],
        "asked_elsewhere": [one["name"].partition(" (")[0] for one in silent if one not in here],
    }


def _seen(c: Mapping[str, str]) -> str:
    """How what a lead asks for will be seen; what the rules ask for is seen by the answer to its question."""
    return f" Seen: {c['seen'].rstrip('.')}." if c.get("seen") and not c["criterion"] else ""


def _lead(home: Household, within: str) -> list[dict[str, str]]:
    lead = home.lead_professional
    if lead is None:
        return [
            {
                "who": "Whoever reads this",
                "what": "Say whether you will lead: nobody is named as lead professional.",
                "by": within,
            }
        ]
    if lead.accepted is None:
        called = ", ".join(part for part in (lead.name, lead.role, lead.agency) if part)
        return [
            {
                "who": called,
                "what": "Say whether you will lead: you are named and have not accepted.",
                "by": within,
            }
        ]
    return []


def _by_owner(conditions: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    owners: dict[str, list[str]] = {}
    for c in conditions:
        owners.setdefault(c["owner"] or "Nobody named", []).append(c["due"])
    return [
        {
            "who": owner,
            "what": f"{len(days)} {'condition' if len(days) == 1 else 'conditions'}, listed under Conditions.",
            "by": f"the first {clocks.text_in_words(min(day for day in days if day))}" if any(days) else "no day set",
        }
        for owner, days in owners.items()
    ]


def _ring(judged: Judged, decision: dict[str, Any], ring: tuple[str, str]) -> list[dict[str, str]]:
    team, number = ring
    front_door = judged.checklist.agencies.get("social_care")
    called, worried = (front_door.name, front_door.telephone) if front_door else ("Children’s social care", "")
    lead = judged.file.household.lead_professional
    officer, reviewer = decision["submitter"], decision["reviewer"]
    rows = [
        {
            "about": about,
            "whom": ", ".join(part for part in (one["name"], one["role_words"], at) if part),
            "number": number or NO_NUMBER,
        }
        for about, one, at in (("Anything here", officer, team), ("The decision", reviewer, ""))
    ]
    if lead is not None:
        leads = ", ".join(part for part in (lead.name, lead.role, lead.agency) if part)
        accepted = f"accepted {clocks.in_words(lead.accepted)}" if lead.accepted else "has not accepted"
        rows.append(
            {"about": "Who leads", "whom": f"{leads} ({accepted})", "number": lead.email or "the number you know"}
        )
    rows.append(
        {
            "about": "Worried for a child",
            "whom": f"{called}; danger now: 999",
            "number": worried or "the number you know",
        }
    )
    return rows
