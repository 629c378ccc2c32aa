"""One person of the household, and whether they are entered already."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flask import request
from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.casefile import wording
from app.suitability.casefile.household import Member
from app.suitability.reading.case_file import member_problems

from .asked import Asked, InBoxes, items, ticks
from .base import CaseForm
from .fields import Choice, ChoiceOrUnknown, Day, Hidden, Line, Note, Ticks, YesNoUnknown, needed, not_in_future

LONGEST_REASON = 7_500
ANOTHER = "another person"  # a key holds no space


# Of whom each of these is asked; every other box is asked of everybody. A girl may be with child.
OF_AN_ADULT = (
    "couple_with", "substance_sign", "dangerous_medicine", "justice_sign", "treatment_medicine", "treatment_days",
)  # fmt: skip
OF_A_CHILD = ("mother", "school_age_place", "seen_how", "exploitation_sign")
OF_AN_UNBORN_CHILD = ("name", "kind", "due", "mother")
EVERYTHING = "everything"


class MemberForm(CaseForm):
    """Adult or child, never both: what is asked follows from which of them a person is. The whole list stays to be had."""

    HEADINGS = {"pregnant": "An adult", "mother": "A child", "language": "Language"}
    BESIDE = ("version", "asked_about", "same", "asks")
    FIRST = {"name": None, "kind": "", "born": "born ", "due": "due "}

    version = Hidden("Version")
    asks = Hidden("Whose questions are shown")
    asked_about = Hidden("Whom the question is about")
    same = Choice("Is this another person, or one entered twice?", [])
    name = Line("Name", "As the person writes it. An unborn child: “unborn child of …”.", [needed("Enter a name.")])
    kind = Choice(
        "This person is",
        items(wording.MEMBER_CHOSEN),
        checks=[needed("Choose whether this is an adult, a child or an unborn child.")],
    )
    born = Day(
        "Date of birth",
        "For example, 27 3 2019. Leave empty for an unborn child, or if it is not known.",
        [
            not_in_future(
                today, "The date of birth is in the future. For an unborn child, give the expected date of birth."
            )
        ],
    )
    due = Day("Expected date of birth", "For an unborn child, or for a person who is pregnant.")
    sex = ChoiceOrUnknown(
        "Sex",
        items(wording.SEX),
        "Used only for the room standard.",
    )
    relationship = Line("Relationship to the applicant", "For example, applicant, partner, daughter.")
    couple_with = Choice("Lives as a couple with", [], as_select=True)
    needs_asked = Choice(
        "Health, disability or other needs",
        [("yes", "Asked: tick any that apply below"), ("none", "Asked: none"), ("unknown", "Not asked yet")],
    )
    needs = Ticks("Which needs?", items(wording.NEED))
    pregnant = YesNoUnknown("Is this person pregnant?", "Ask privately.")
    substance_sign = YesNoUnknown(
        "Any sign of substance use now or before?", "Anything seen, said or on file, never appearance."
    )
    dangerous_medicine = YesNoUnknown(
        "Is there medicine at home that is dangerous to a child, or makes this adult drowsy?",
        "Other than treatment for opioids, which is asked for by itself.",
    )
    justice_sign = YesNoUnknown("Any sign of prison, probation, bail or an order?")
    treatment_medicine = Line(
        "Medicine in treatment", "If prescribed opioid substitution. Being in treatment protects."
    )
    treatment_days = Ticks("Days a dose is collected or supervised", items(wording.DAY))
    mother = Choice("Mother, where she is in the household", [], as_select=True)
    school_age_place = ChoiceOrUnknown("School or nursery", items(wording.SCHOOL_PLACE))
    seen_how = ChoiceOrUnknown("How has this child been seen so far?", items(wording.SEEN_HOW))
    exploitation_sign = YesNoUnknown(
        "Any sign of exploitation, gangs or missing episodes?", "Anything seen, said or on file."
    )
    language = Line("First language", "Used only to arrange an interpreter.")
    interpreter_needed = YesNoUnknown("Is an interpreter needed?")

    def asked_of(self) -> str:
        """Whose questions are shown: those of an adult, of a child, of one not born yet, or all there are."""
        chosen = self.asks.data if self.asks.data == EVERYTHING else self.kind.data
        return chosen or ""

    def is_asked(self, name: str) -> bool:
        """Is this box asked of this person? Of whom it is not known yet who they are, what is asked of everybody."""
        of = self.asked_of()
        if of == "unborn":
            return name in OF_AN_UNBORN_CHILD
        left_out = {"adult": OF_A_CHILD, "child": OF_AN_ADULT, EVERYTHING: ()}
        return name not in left_out.get(of, (*OF_AN_ADULT, *OF_A_CHILD))

    def groups(self) -> Iterator[tuple[str, list[Any]]]:
        """Those asked of this person; the headings stand where there is more than one kind of question."""
        for heading, boxes in super().groups():
            asked = [box for box in boxes if self.is_asked(box.name) or self._came(box)]
            if asked:
                yield heading if self.asked_of() == EVERYTHING or heading == "Language" else "", asked

    def answered(self) -> set[str]:
        """The boxes that what was sent answers: those that were asked, and any that came all the same."""
        return {box.name for box in self if self.is_asked(box.name) or self._came(box)}

    @staticmethod
    def _came(box: Any) -> bool:
        """Was something typed in it that the page did not ask, or is something wrong with it? What was typed is always there."""
        sent = {name.split("-")[0] for name in request.form if request.form[name]}
        return bool(box.errors) or box.name in sent

    def ask_whether_one(self, question: str, called: Mapping[str, str]) -> None:
        """Ask of entries that may be this person. An answer counts for those it was given about, and for no other.

        Args:
            question: what is asked; called: what each such entry is called, by key. Nothing is asked where there is none.
        """
        asked = set((self.asked_about.data or "").split())
        self.asked_about.data = " ".join(called)
        self.same.label.text = question
        same = "Nothing is saved here: you go to that entry."
        offered = [(key, f"The same person as {name}", same) for key, name in called.items()]
        self.same.items = [(ANOTHER, "Another person", ""), *offered] if called else []
        if not called or not set(called) <= asked:
            self.same.data = None

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if self.needs_asked.data == "yes" and not self.needs.data:
            self.refuse("needs", "Tick at least one need, or choose “Asked: none” or “Not asked yet”.")
            fine = False
        if self.needs_asked.data in ("none", "unknown") and self.needs.data:
            self.refuse(
                "needs_asked",
                "A need is ticked below. Choose “Asked: tick any that apply below”, or take the tick away.",
            )
            fine = False
        return fine

    def validate_due(self, field: Day) -> None:
        self._date_problem("due", field)

    def validate_born(self, field: Day) -> None:
        self._date_problem("born", field)

    def _date_problem(self, name: str, field: Day) -> None:
        if self.kind.data is None or field.data is None:
            return
        known: dict[str, Any] = {"kind": self.kind.data, "born": self.born.data, "due": self.due.data}
        person = Member.model_construct(key="x", name="x", pregnant=self.pregnant.known, **known)
        for at, sentence in member_problems(person, today()):
            if at == name:
                raise ValidationError(sentence)


def _treatment_said(form: MemberForm) -> dict[str, Any] | None:
    days = {"dose_days": list(form.treatment_days.data)} if form.treatment_days.data else {}
    return {"medicine": form.treatment_medicine.data, **days} if form.treatment_medicine.data or days else None


def _treatment_shown(stored: dict[str, Any] | None) -> dict[str, Any]:
    treatment = stored or {}
    return {
        "treatment_medicine": treatment.get("medicine", ""),
        "treatment_days": treatment.get("dose_days") or [],
    }


ASKED_MEMBER = Asked(
    Member,
    MemberForm,
    otherwise={
        "needs": ticks("needs_asked", "needs"),
        "treatment": InBoxes(("treatment_medicine", "treatment_days"), _treatment_said, _treatment_shown),
    },
    not_asked={
        "key": "given by the service",
        "ethnicity": "read from a case file only",
        "faith": "read from a case file only",
    },
    boxes_only={
        "version": "which state of the case they saw",
        "asks": "whose questions the page showed",
        "asked_about": "of whom it was asked",
        "same": "whether they are entered already",
    },
)


class TakeOutForm(CaseForm):
    version = Hidden("Version")
    reason = Note(
        "Why is this person taken out?",
        "For example, entered twice. A person who left, or is said to have left, stays entered: ask where they are. What you write stays on the case with your name.",
        [needed("Say why this person is taken out.")],
        rows=3,
    )

    def validate_reason(self, field: Note) -> None:
        # It stands among what happened, in one line with who it was and who wrote it.
        if len(field.data or "") > LONGEST_REASON:
            raise ValidationError(
                f"The reason must be {LONGEST_REASON:,} characters or fewer. It is {len(field.data):,}."
            )
