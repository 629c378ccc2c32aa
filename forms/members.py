"""One person of the household, and whether they are entered already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

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


class MemberForm(CaseForm):
    HEADINGS = {"pregnant": "An adult", "mother": "A child", "language": "Language"}
    BESIDE = ("version", "asked_about", "same")

    version = Hidden("Version")
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
        "Any sign of substance use now or before?", "Adults only. Anything seen, said or on file, never appearance."
    )
    dangerous_medicine = YesNoUnknown(
        "Is there medicine at home that is dangerous to a child, or makes this adult drowsy?",
        "Adults only. Other than treatment for opioids, which is asked for by itself.",
    )
    justice_sign = YesNoUnknown("Any sign of prison, probation, bail or an order?", "Adults only.")
    treatment_medicine = Line(
        "Medicine in treatment", "If prescribed opioid substitution. Being in treatment protects."
    )
    treatment_days = Ticks("Days a dose is collected or supervised", items(wording.DAY))
    mother = Choice("Mother, where she is in the household", [], "A child or an unborn child only.", as_select=True)
    school_age_place = ChoiceOrUnknown(
        "School or nursery",
        items(wording.SCHOOL_PLACE),
        "Children only.",
    )
    seen_how = ChoiceOrUnknown(
        "How has this child been seen so far?",
        items(wording.SEEN_HOW),
        "Children only.",
    )
    exploitation_sign = YesNoUnknown(
        "Any sign of exploitation, gangs or missing episodes?", "Children only. Anything seen, said or on file."
    )
    language = Line("First language", "Used only to arrange an interpreter.")
    interpreter_needed = YesNoUnknown("Is an interpreter needed?")

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
