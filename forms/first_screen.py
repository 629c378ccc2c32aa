"""The first screen: who is here, why they left, where they would go and when, and what has been said. One page, one save."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

from flask import request
from wtforms import Form
from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.advice.first_told import TOPICS, Topic
from app.suitability.casefile import wording
from app.suitability.casefile.household import Member
from app.suitability.casefile.spelling import folded
from app.suitability.reading.case_file import member_problems

from . import dates
from .asked import items
from .base import CaseForm, Problem
from .cases import ASKED_HOUSEHOLD
from .fields import AddressLine, Choice, Hidden, Line, Note, Ticks
from .measures import Whole

LINES, MORE, MOST = 5, 3, 40
OVERDUE = timedelta(weeks=3)  # no pregnancy lasts longer after its due date
LONGEST_WORDS = 1_000  # those of all topics stand in one note
NOTHING = "nothing"
DOCUMENT = "document"


class Tie(NamedTuple):
    """What somebody is to the children: how they are entered, and as whom."""

    words: str
    kind: str
    relationship: str


TIES: dict[str, Tie] = {
    "mother": Tie("Mother", "adult", "mother"),
    "father": Tie("Father", "adult", "father"),
    "partner": Tie("Partner, not a parent", "adult", "partner of a parent"),
    "grandparent": Tie("Grandparent", "adult", "grandparent"),
    "adult": Tie("Other adult", "adult", "other adult"),
    "child": Tie("Their child", "child", "child"),
    "other_child": Tie("Another child", "child", "another child"),
    "unborn": Tie("Child not born yet", "unborn", ""),
}


class DayLine(Line):
    """A date typed as it is said, in one box."""

    def pre_validate(self, form: Form) -> None:
        super().pre_validate(form)
        self.day = None
        if not self.data:
            return
        try:
            self.day = dates.as_spoken(self.data, today())
        except dates.NotADate as problem:
            raise ValidationError(f"{self.label.text}{problem}") from None

    day: date | None = None


class Person(NamedTuple):
    """One line of who is here."""

    at: int
    name: str
    tie: Tie | None
    day: date | None

    @property
    def kind(self) -> str:
        return self.tie.kind if self.tie else ""

    @property
    def born(self) -> date | None:
        return None if self.kind == "unborn" else self.day

    @property
    def due(self) -> date | None:
        return self.day if self.kind == "unborn" else None


class FirstScreenForm(CaseForm):
    """Lines and topics are added by :func:`first_screen_form`."""

    opening = Hidden("Opening")  # of this page, so that a form that is sent twice opens one case
    # Shown where another case may be of this family. What it said then is sent along: of others it is asked anew.
    another = Ticks("Is it another family?", [("yes", "I have looked: none of these is this family")])
    alike = Hidden("Cases that were shown as alike")
    left_because = Ticks("Why did they leave? Tick all that were said.", ASKED_HOUSEHOLD.labels("left_because").items())
    left_note = Note("What happened, in a line", rows=2)
    address = AddressLine("Address or postcode, or a place you know")
    kind = Choice("Kind of place", items(wording.UNIT), as_select=True)
    floor = Whole("Floor", least=-5, most=100)
    shares = Ticks("Shared with another household", [*items(wording.SHARED), (NOTHING, "Nothing is shared")])
    urgency = Choice("Tonight, or planned?", items(wording.URGENCY))
    starts = DayLine("From")
    nights = Whole("Nights", least=1, most=3650)

    lines: int = LINES
    kinds_known: bool = False  # the place is known already, with what kind it is

    def box(self, at: int, name: str) -> Any:
        return self[f"p{at}.{name}"]

    def told(self, topic: Topic, name: str = "said") -> Any:
        return self[f"{topic.code}.{name}"]

    def people(self) -> list[Person]:
        """The lines on which anything is written."""
        found = []
        for at in range(1, self.lines + 1):
            name, born, tie = (self.box(at, part) for part in ("name", "born", "tie"))
            if name.data or born.data or tie.data:
                found.append(Person(at, name.data or "", TIES.get(tie.data or ""), born.day))
        return found

    def called(self, at: int) -> str:
        return self.box(at, "name").data or f"Person {at}"

    def summary(self) -> list[Problem]:
        """In the order of the page: the lines of people come first."""
        return sorted(super().summary(), key=lambda p: not re.match(r"#p[0-9]", p.href))

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        self._check_people()
        self._check_place()
        for topic in TOPICS:
            self._check_told(topic)
        return not any(field.errors for field in self) and not self.form_errors

    # ---- who is here

    def _check_people(self) -> None:
        people = self.people()
        if len(people) > MOST:
            self.refuse(
                f"p{people[-1].at}.name",
                f"A household can have {MOST} people here. If there are more, open a second case and say so in both.",
            )
        if not people:
            self.refuse("p1.name", "Enter who is here: each child, and the adults with them.")
            return
        for person in people:
            self._check_person(person)
        if not any(p.kind in ("child", "unborn") for p in people) and all(p.tie for p in people):
            self.refuse(
                "p1.tie",
                "No child is entered, and no child not born yet. Enter each child on a line: this page judges a place for children.",
            )
        self._check_twice([p for p in people if p.tie and p.name])

    def _check_person(self, person: Person) -> None:
        at = person.at
        if not person.name and person.kind != "unborn":
            self.refuse(f"p{at}.name", f"Enter a name for person {at}.")
        if person.tie is None and not self.box(at, "tie").errors:
            self.refuse(f"p{at}.tie", f"Choose who {person.name or f'person {at}'} is to the children.")
        if person.tie is None or person.day is None:
            return
        known: dict[str, Any] = {"kind": person.kind, "born": person.born, "due": person.due}
        member = Member.model_construct(key="x", name="x", **known)
        for _, sentence in member_problems(member, today())[:1]:
            self.refuse(f"p{at}.born", sentence)
            return
        if person.due and person.due < today() - OVERDUE:
            self.refuse(
                f"p{at}.born",
                "The date due has gone by. If the baby is born, choose “Their child” and give the date of birth.",
            )

    def _check_twice(self, people: Sequence[Person]) -> None:
        """Two lines that cannot be told apart: one person entered twice, or two who need a name of their own each."""
        for at, person in enumerate(people):
            for other in people[:at]:
                same = folded(other.name) == folded(person.name) and (
                    "unborn" in (person.kind, other.kind) or None in (person.day, other.day) or person.day == other.day
                )
                if same and (person.kind == "unborn") is (other.kind == "unborn"):
                    self.refuse(
                        f"p{person.at}.name",
                        f"{person.name} is on two lines. If they are two people, write how you tell them apart beside the name; else take one line away.",
                    )
                    break

    # ---- where, and when

    def _check_place(self) -> None:
        if not self.address.data:
            self.refuse("address", "Enter where they would go: an address or a postcode.")
        if self.kind.data is None and not self.kinds_known and not self.kind.errors:
            self.refuse("kind", "Choose what kind of place it is.")
        if NOTHING in self.shares.data and len(self.shares.data) > 1:
            self.refuse("shares", "“Nothing is shared” is ticked beside something that is. Take one of them away.")
        if self.urgency.data is None and not self.urgency.errors:
            self.refuse(
                "urgency", "Choose whether it is for tonight or planned. It sets by when each answer is wanted."
            )
        if self.urgency.data == "tonight" and self.starts.day and self.starts.day > today():
            self.refuse("starts", "“Tonight” is chosen, and the first night is later. Which is right?")

    # ---- what has been said

    def speaker(self, topic: Topic) -> int | None:
        """The line of who said so, where it is somebody of the family."""
        found = re.fullmatch(r"p([0-9]{1,2})", self.told(topic, "who").data or "")
        return int(found[1]) if found else None

    def whom(self, topic: Topic) -> list[int]:
        """The lines of the adults it is about: those ticked; all of them where nothing is ticked."""
        adults = [p.at for p in self.people() if p.kind == "adult"]
        if topic.about != "adult":
            return []
        ticked = [int(v[1:]) for v in self.told(topic, "about").data or []]
        return [at for at in ticked if at in adults] or adults

    def _check_told(self, topic: Topic) -> None:
        said, who = self.told(topic).data, self.told(topic, "who")
        if said is None:
            if self.told(topic, "words").data or self.told(topic, "name").data or who.data:
                self.refuse(
                    f"{topic.code}.said",
                    "Choose “Yes” or “No” for what was said, or take away who said it and the words.",
                )
            return
        people = {p.at: p for p in self.people()}
        speaker = self.speaker(topic)
        if not who.data and not who.errors:
            self.refuse(f"{topic.code}.who", "Choose who said so. What nobody said counts for nothing.")
        if speaker is not None and (speaker not in people or people[speaker].kind == "unborn"):
            self.refuse(f"{topic.code}.who", f"Nobody who could say so is on line {speaker}. Choose who said so.")
        if topic.about == "adult":
            self._check_whom(topic, people)
        if said == "no" and topic.alone and speaker is not None and not self.told(topic, "alone").data:
            self.refuse(
                f"{topic.code}.said",
                "A “no” to this is only kept from somebody who was asked alone. Ask alone and tick it; until then choose “Nobody asked”.",
            )
        if said == "no" and topic.fact == "domestic_abuse" and "domestic_abuse" in self.left_because.data:
            self.refuse(
                f"{topic.code}.said",
                "Domestic abuse is ticked as a reason why they left, and “No” is chosen here. Which is right?",
            )

    def _check_whom(self, topic: Topic, people: Mapping[int, Person]) -> None:
        adults = [p for p in people.values() if p.kind == "adult"]
        ticked = [int(v[1:]) for v in self.told(topic, "about").data or []]
        strange = [at for at in ticked if at not in people or people[at].kind != "adult"]
        if strange:
            self.refuse(f"{topic.code}.about", f"Line {strange[0]} is no adult. Tick each adult it is about.")
        elif self.told(topic).data == "yes" and len(adults) > 1 and not ticked:
            self.refuse(f"{topic.code}.about", "Tick each adult it is about, or may be about.")


def lines_wanted() -> int:
    """How many lines the page shows: those that were sent, three more where more were asked for, and never too many."""
    sent = [
        int(found[1]) for name in request.form if (found := re.fullmatch(r"p([0-9]{1,3})\.(?:name|born|tie)", name))
    ]
    shown = max([LINES, *sent])
    return min(shown + MORE if "more" in request.form else shown, MOST + 1)


def first_screen_form(lines: int, agencies: Mapping[str, str]) -> type[FirstScreenForm]:
    """The form with so many lines.

    Args:
        agencies: who may have said something, by the code of the council's list.
    """
    members: dict[str, Any] = {"lines": lines}
    numbered = [(f"p{at}", f"Person {at}") for at in range(1, lines + 1)]
    for at in range(1, lines + 1):
        members[f"p{at}.name"] = Line(f"Name of person {at}")
        members[f"p{at}.born"] = DayLine(f"Date of birth, or date due, of person {at}")
        members[f"p{at}.tie"] = Choice(
            f"Who person {at} is to the children",
            [(code, tie.words, tie.kind) for code, tie in TIES.items()],
            as_select=True,
        )
    who = [
        *numbered,
        *((f"a-{code}", name) for code, name in agencies.items()),
        (DOCUMENT, "A document in hand: name it"),
    ]
    for topic in TOPICS:
        members[f"{topic.code}.said"] = Choice(topic.asks, [("yes", "Yes"), ("no", "No"), ("", "Nobody asked")])
        members[f"{topic.code}.who"] = Choice(f"{topic.asks}: who said so", who, as_select=True)
        members[f"{topic.code}.name"] = Line(f"{topic.asks}: name of who said so")
        members[f"{topic.code}.words"] = Line(f"{topic.asks}: in their words", longest=LONGEST_WORDS)
        if topic.about == "adult":
            members[f"{topic.code}.about"] = Ticks(f"{topic.asks}: about whom", numbered)
        if topic.alone:
            members[f"{topic.code}.alone"] = Ticks(f"{topic.asks}: asked alone", [("yes", "I asked them alone")])
    made: type[FirstScreenForm] = type("FirstScreenOf", (FirstScreenForm,), members)
    return made
