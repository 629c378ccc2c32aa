"""What becomes of a case while it lives: a birth, leaving, closing, warnings, how they may be reached, a child’s views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from app.clocks import today
from app.suitability.casefile import wording

from .asked import items
from .base import CaseForm
from .fields import (
    Choice,
    ChoiceOrUnknown,
    Day,
    Hidden,
    Line,
    Note,
    Postcode,
    Ticks,
    YesNoUnknown,
    needed,
    not_in_future,
)
from .history import HOW_KNOWN

_FUTURE = "This day is in the future."


class BornForm(CaseForm):
    """The child is born: when, who it is, and what became of the pregnancy."""

    HEADINGS = {"second_name": "Twins or more", "mother": "The mother", "grade": "How this is known"}

    version = Hidden("Version")
    born = Day("When was the child born?", checks=[needed("Enter the day of birth."), not_in_future(today, f"{_FUTURE} Until then the child is not born yet.")])  # fmt: skip
    name = Line(
        "Name",
        "As the family writes it. “Baby” and the family’s name, where there is none yet.",
        [needed("Enter a name.")],
    )
    sex = ChoiceOrUnknown("Sex", items(wording.SEX))
    second_name = Line("Name of a second child of this birth", "Leave empty where one child was born.")
    second_sex = ChoiceOrUnknown("Sex of the second child", items(wording.SEX))
    third_name = Line("Name of a third child of this birth")
    third_sex = ChoiceOrUnknown("Sex of the third child", items(wording.SEX))
    mother = Choice("Who gave birth?", [], as_select=True)
    still_pregnant = YesNoUnknown(
        "Is she still pregnant?", "Nothing ends the pregnancy here but your answer.", no="No: it ended with this birth"
    )
    grade = Choice("How do you know of the birth?", HOW_KNOWN, checks=[needed("Choose how it is known.")])
    said = Note(
        "What else was told of the birth?", "How mother and child are, where they are tonight, and who said so."
    )

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        for name in ("second", "third"):
            if self[f"{name}_sex"].data and not self[f"{name}_name"].data:
                self.refuse(f"{name}_name", "Enter the name of this child, or take the answer below away.")
                fine = False
        return fine

    def babies(self) -> list[tuple[str, str | None]]:
        """Name and sex of each child of this birth; None where the sex is not known."""
        listed = [
            (self.name.data or "", self.sex.chosen),
            *((self[f"{n}_name"].data or "", self[f"{n}_sex"].chosen) for n in ("second", "third")),
        ]
        return [listed[0], *(baby for baby in listed[1:] if baby[0])]


class WayForm(CaseForm):
    """A way in which the family may be reached, or must not be."""

    version = Hidden("Version")
    how = Choice(
        "Is this way safe, or must it not be used?",
        [("refused", "Do not contact them by it"), ("safe", "Safe to contact them by it")],
        checks=[needed("Choose whether it is safe, or must not be used.")],
    )
    code = Choice("Which way?", [], checks=[needed("Choose the way.")])
    place = Line(
        "Which number, address or person?",
        "Leave empty where none of this kind may be used. For example: the number of her old telephone; the flat in Invented Lane; her sister Ana.",
        longest=200,
    )
    said = Note("Why, and when, if it depends on the time", "For example: he answers this telephone in the evening.")
    source = Line("Who says so?", "Name and role, or who of the family.", [needed("Say who says so.")], longest=200)
    grade = Choice("How is it known?", HOW_KNOWN, checks=[needed("Choose how it is known.")])
    on = Day("On what day did they say so?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])

    def values(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("how", "code", "place", "said", "source", "grade")} | {
            "on": self.on.data
        }


class WarningForm(CaseForm):
    """A risk to staff or to a child: what happened, never what somebody is."""

    version = Hidden("Version")
    said = Note(
        "What happened, or was said? To whom is it a risk?",
        "Who did what, when and where. No label: “on 3 May he shouted and blocked the door”, not “violent”.",
        [needed("Say what happened.")],
        rows=4,
    )
    on = Day("On what day did it happen?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])
    source = Line("Who says so?", "Name and role.", [needed("Say who says so.")], longest=200)
    grade = Choice("How is it known?", HOW_KNOWN, checks=[needed("Choose how it is known.")])
    due = Day(
        "On what day does somebody look at it again?",
        "At most a year from now.",
        [needed("Enter the day: a warning without one stays for ever.")],
    )

    def values(self) -> dict[str, Any]:
        return {
            "said": self.said.data or "",
            "on": self.on.data,
            "source": self.source.data or "",
            "grade": self.grade.data or "E0",
            "due": self.due.data,
        }


class ReviewWarningForm(CaseForm):
    """What was found when somebody looked at a warning again."""

    version = Hidden("Version")
    code = Choice(
        "Is it still so?",
        [
            ("stands", "It stands", "Or nobody knows. It is looked at again."),
            ("over", "It is over", "It is not shown any more, and stays in the chronology."),
        ],
        checks=[needed("Choose whether it stands or is over.")],
    )
    said = Note("What did you find, and how?", checks=[needed("Say what you found.")])
    source = Line("Who says so?", "Name and role.", [needed("Say who says so.")], longest=200)
    grade = Choice("How is it known?", HOW_KNOWN, checks=[needed("Choose how it is known.")])
    on = Day("On what day was it looked at?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])
    due = Day("If it stands: on what day is it looked at again?")

    def values(self) -> dict[str, Any]:
        return {name: self[name].data or "" for name in ("code", "said", "source")} | {
            "grade": self.grade.data or "E0", "on": self.on.data, "due": self.due.data,
        }  # fmt: skip


class ViewsForm(CaseForm):
    """What a child said, in the child’s own words; or why nobody asked."""

    version = Hidden("Version")
    who = Choice("Which child?", [], checks=[needed("Choose the child.")])
    code = Choice(
        "Were their views sought?",
        [
            ("sought", "Yes: this is what they said or showed"),
            ("not_sought", "Not sought, because of what is written below"),
        ],
        checks=[needed("Choose whether their views were sought.")],
    )
    said = Note(
        "In their own words, or why they were not sought",
        "What they said, drew or showed, not what it is taken to mean. That a child is young is no reason by itself.",
        [needed("Write what the child said, or why nobody asked.")],
        rows=4,
    )
    source = Line("Who asked, or decided not to?", "Name and role.", [needed("Say who.")], longest=200)
    place = Line("Where?", "For example: at school, without the parents.", longest=200)
    how = Line("How?", "For example: talking while drawing.", longest=200)
    on = Day("On what day?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])
    interpreter = YesNoUnknown("Was there an interpreter?")

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        for name, said in (("place", "Say where the child was asked."), ("how", "Say how the child was asked.")):
            if self.code.data == "sought" and not self[name].data:
                self.refuse(name, said)
                fine = False
        return fine

    def values(self) -> dict[str, Any]:
        facts = {"interpreter": self.interpreter.data} if self.interpreter.data else {}
        return {name: self[name].data or "" for name in ("who", "code", "said", "source", "place", "how")} | {
            "on": self.on.data,
            "facts": facts,
        }


class LeftForm(CaseForm):
    """They left a placement."""

    version = Hidden("Version")
    on = Day("On what day did they leave?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])
    why = Note(
        "Why did they leave, and who says so?", checks=[needed("Say why, or that nobody knows and who was asked.")]
    )
    known = Choice(
        "Where are they now?",
        [("yes", "Known: it is written below"), ("no", "Not known")],
        checks=[needed("Choose whether it is known where they are.")],
    )
    to = Line("Address or place where they are now", longest=200)
    postcode = Postcode("Postcode")

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.known.data == "yes" and not self.to.data:
            self.refuse("to", "Write where they are, or choose that it is not known.")
            fine = False
        if self.known.data == "no" and self.to.data:
            self.refuse("known", "A place is written below. Choose that it is known, or take the place away.")
            fine = False
        return fine


class WhyForm(CaseForm):
    """A reason, for opening a case again or for ending what was written down."""

    version = Hidden("Version")
    why = Note("Why?", "What is known now, and who says so.", [needed("Say why.")])


class CloseForm(CaseForm):
    """Closing a case: why, and of each open thing why it may rest."""

    version = Hidden("Version")
    why = Note(
        "Why is this case closed?",
        "What became of the family, and who knows it.",
        [needed("Say why the case is closed.")],
    )

    @property
    def rests(self) -> list[Any]:
        return [box for box in self if box.name.startswith("rest_")]


def close_form(owed: Iterable[tuple[str, str, str]]) -> type[CloseForm]:
    """The form with a box for each thing that is open: its key, what it is, and what is said of it."""
    boxes = {
        f"rest_{key}": Note(f"{what}: why may this rest?", said, [needed(f"Say why this may rest: {what}.")], rows=2)
        for key, what, said in owed
    }
    return type("CloseForm", (CloseForm,), boxes)


_LINKS = "Links that others have to documents of this case"


class PartForm(CaseForm):
    """Some of the household leave it: who, since when, and what goes with them."""

    HEADINGS = {"why": "What is written in their case only", "to": "Where they are now"}

    version = Hidden("Version")
    who = Ticks("Who leaves this household?", [], checks=[needed("Choose who leaves.")])
    on = Day("Since what day do they not belong to it any more?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])  # fmt: skip
    limited = Choice(
        "Who may see their case?",
        [
            (
                "yes",
                "Its officer and the safeguarding leads only",
                "Where anybody flees from somebody, or nobody knows.",
            ),
            ("no", "Whoever may see cases of this office"),
        ],
        checks=[needed("Choose who may see their case.")],
    )
    why = Note(
        "What happened, and why do they leave?",
        "This case does not show it. Write nothing of where they are into this case.",
        [needed("Say what happened.")],
    )
    source = Line("Who says so?", "Name and role, or who of the family.", [needed("Say who says so.")], longest=200)
    grade = Choice("How is it known?", HOW_KNOWN, checks=[needed("Choose how it is known.")])
    to = Line("Address or place", "Leave empty where it is not known. It is written in their case only.", longest=200)
    postcode = Postcode("Postcode")

    @property
    def goes(self) -> dict[str, str]:
        return {box.name[5:]: box.data for box in self if box.name.startswith("goes_") and box.data}

    @property
    def kept(self) -> dict[str, str]:
        """Why a reader still leads for those who stay, by the identifier of their link."""
        going_on = [box.name[5:] for box in self if box.name.startswith("link_") and box.data == "stays"]
        return {key: self[f"why_{key}"].data or "" for key in going_on}

    def validate(self, extra_validators: object = None) -> bool:
        fine = bool(super().validate(extra_validators))
        for key in [box.name[5:] for box in self if box.name.startswith("link_")]:
            why = (self[f"why_{key}"].data or "").strip()
            if self[f"link_{key}"].data == "stays" and not why:
                self.refuse(f"why_{key}", "Say why they still lead for those who stay.")
                fine = False
            if self[f"link_{key}"].data != "stays" and why:
                self.refuse(f"link_{key}", "A reason is written below. Choose that the link goes on, or take it away.")
                fine = False
        return fine


def part_form(
    ways: Iterable[tuple[str, str]], homes: Iterable[tuple[str, str]], links: Iterable[tuple[str, str]] = ()
) -> type[PartForm]:
    """The form with a box for each way to reach them, each present address, and two for each open link: its identifier, and what it is."""
    of_a_way = [
        ("with", "It is theirs who leave: this case does not show it any more"),
        ("both", "Both"),
        ("stays", "It is theirs who stay"),
    ]
    of_a_home = [
        ("stays", "It is the home that they left"),
        ("with", "They who leave are there now: this case does not show it any more"),
    ]
    boxes = {
        f"goes_{key}": Choice(f"{what}: whose is it?", items, checks=[needed(f"Say whose this is: {what}")])
        for listed, items in ((ways, of_a_way), (homes, of_a_home))
        for key, what in listed
    }
    first = next(iter(boxes), "")
    headings = {**PartForm.HEADINGS, first: "What is written down in this case already"}
    for key, whom in links:
        if _LINKS not in headings.values():
            headings[f"link_{key}"] = _LINKS
        boxes[f"link_{key}"] = Choice(
            f"The link of {whom}",
            [
                ("ends", "It ends with this"),
                ("stays", "It goes on: they lead for those who stay", "The document made before is not shown by it any more."),
            ],
        )  # fmt: skip
        boxes[f"why_{key}"] = Line(
            f"If the link of {whom} goes on: why do they lead for those who stay?",
            "This case shows it. Write nothing of where anybody is.",
            longest=200,
        )
    return type("PartForm", (PartForm,), {**boxes, "HEADINGS": headings})


class JoinForm(CaseForm):
    """People of another case come into this household."""

    version = Hidden("Version")
    other = Hidden("Other case")
    other_version = Hidden("Version of the other case")
    on = Day("Since what day are they one household?", checks=[needed("Enter the day."), not_in_future(today, _FUTURE)])
    why = Note("What happened?", "Both cases show it.", [needed("Say what happened.")])
    source = Line("Who says so?", "Name and role, or who of the family.", [needed("Say who says so.")], longest=200)
    grade = Choice("How is it known?", HOW_KNOWN, checks=[needed("Choose how it is known.")])

    @property
    def same(self) -> dict[str, str]:
        return {box.name[5:]: box.data for box in self if box.name.startswith("same_") and box.data}


def join_form(people: Iterable[tuple[str, str, list[tuple[str, str]]]]) -> type[JoinForm]:
    """The form with a question for each person who may be entered here already: key, what they are called, and who it may be."""
    boxes = {
        f"same_{key}": Choice(
            f"{name}: is this somebody who is entered here already?",
            [*of, ("another", "Another person")],
            checks=[needed(f"Say whether {name} is entered here already.")],
        )
        for key, name, of in people
    }
    return type("JoinForm", (JoinForm,), boxes)
