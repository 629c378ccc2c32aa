"""What is asked of every family at the door, and which rows of the checklists hold what was said: data, with its source.

Nothing is concluded here. A “yes” sets the fact that the checklists look for and stands with its words at the rows it touches;
a “no” is an answer of whoever said it, at the grade of the conversation, and never a fact: a fact would say that nobody else
knows better. Where nobody asked nothing is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from app.suitability.casefile.answers import UNKNOWN, Value

Said = Literal["yes", "no"]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that is asked at the door.

    Args:
        asks, hint: its words on the page; numbers of the council's settings stand in braces.
        about: whom the rows are about.
        fact: the fact of each such person, or of the household, that a “yes” sets.
        rows: for each criterion, the value that “yes” and “no” are to it; “unknown” where what was said does not settle it, so
            that the row stays open and shows the words. A criterion without values has none for either: the fact alone raises it.
        alone: each adult is asked with nobody within hearing whom they may fear.
        source: why these rows.
    """

    code: str
    asks: str
    hint: str
    about: Literal["adult", "child", "household"]
    source: str
    fact: str = ""
    rows: Mapping[str, Mapping[Said, Value]] = field(default_factory=dict)
    alone: bool = False


TOPICS: tuple[Topic, ...] = (
    Topic(
        code="substances",
        asks="Alcohol or drugs",
        hint="now, ever, or in treatment",
        about="adult",
        fact="substance_sign",
        rows={"SM01": {"yes": UNKNOWN, "no": ("none",)}},
        source="SM01: a sign of use holds the open row; which substance, and when, is asked next. Safeguarding study 2026 7.8: "
        "“historic” closes no question.",
    ),
    Topic(
        code="justice",
        asks="Prison or probation",
        hint="out in the last {release_weeks} weeks, due out, or on licence, order, tag or bail",
        about="adult",
        fact="justice_sign",
        rows={"SM14": {"yes": "involved", "no": "no_involvement"}},
        source="SM14, which asks exactly this; SM15 and CS20 follow from it. HM Inspectorate of Probation 2023: silence is not "
        "clearance, and a family’s word is not probation’s.",
    ),
    Topic(
        code="violence",
        asks="Violence or fear at home",
        hint="by anybody in or near the family, now or before; ask each adult alone",
        about="household",
        fact="domestic_abuse",
        rows={"CS17": {}},
        alone=True,
        source="CS17: where it would be safe is the survivor’s to say, alone and first, of this address: a “yes” here raises the row "
        "and answers nothing. Homelessness Code of Guidance 17.6 and chapter 21.",
    ),
    Topic(
        code="social_care",
        asks="Children’s social care",
        hint="open now, or closed in the last {social_care_closed_months} months",
        about="child",
        rows={"CS19": {"yes": UNKNOWN, "no": "not_open"}},
        source="CS19: the status of each child is what the social worker says it is. No condition of the checklists looks for a sign "
        "of it, so a “yes” stands with its words at the row of each child.",
    ),
)
BY_CODE = {topic.code: topic for topic in TOPICS}
