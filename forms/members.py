"""One person of the household, and whether they are entered already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from wtforms.validators import ValidationError

from app.clocks import today
from app.suitability.casefile.household import Member, Need
from app.suitability.reading.case_file import member_problems

from .base import CaseForm
from .cases import DAYS, items
from .fields import Choice, ChoiceOrUnknown, Day, Hidden, Line, Note, Ticks, YesNoUnknown, needed, not_in_future

LONGEST_REASON = 7_500
ANOTHER = "another person"  # a key holds no space


class MemberForm(CaseForm):
    version = Hidden("Version")
    asked_about = Hidden("Whom the question is about")
    same = Choice("Is this another person, or one entered twice?", [])
    name = Line("Name", "As the person writes it. An unborn child: “unborn child of …”.", [needed("Enter a name.")])
    kind = Choice(
        "This person is",
        [("adult", "An adult"), ("child", "A child"), ("unborn", "An unborn child")],
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
        [("female", "Female"), ("male", "Male"), ("other", "Another description")],
        "Used only for the room standard.",
    )
    relationship = Line("Relationship to the applicant", "For example, applicant, partner, daughter.")
    couple_with = Choice("Lives as a couple with", [], as_select=True)
    mother = Choice("Mother, where she is in the household", [], "A child or an unborn child only.", as_select=True)
    pregnant = YesNoUnknown("Is this person pregnant?", "Ask privately.")
    needs_asked = Choice(
        "Health, disability or other needs",
        [("yes", "Asked: tick any that apply below"), ("none", "Asked: none"), ("unknown", "Not asked yet")],
    )
    needs = Ticks("Which needs?", items(Need))
    substance_sign = YesNoUnknown(
        "Any sign of substance use now or before?", "Adults only. Anything seen, said or on file, never appearance."
    )
    dangerous_medicine = YesNoUnknown(
        "Is there medicine at home that is dangerous to a child, or makes this adult drowsy?",
        "Adults only. Other than treatment for opioids, which is asked for by itself.",
    )
    justice_sign = YesNoUnknown("Any sign of prison, probation, bail or an order?", "Adults only.")
    exploitation_sign = YesNoUnknown(
        "Any sign of exploitation, gangs or missing episodes?", "Children only. Anything seen, said or on file."
    )
    seen_how = ChoiceOrUnknown(
        "How has this child been seen so far?",
        [
            ("awake", "Awake, and heard or watched apart from the adults"),
            ("asleep_only", "Only asleep"),
            ("same_adult_speaking", "Only with the same adult speaking"),
        ],
        "Children only.",
    )
    treatment_medicine = Line(
        "Medicine in treatment", "If prescribed opioid substitution. Being in treatment protects."
    )
    treatment_days = Ticks("Days a dose is collected or supervised", DAYS)
    school_age_place = ChoiceOrUnknown(
        "School or nursery",
        [("nursery", "Nursery"), ("primary", "Primary"), ("secondary", "Secondary"), ("none", "None")],
        "Children only.",
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

    def entry(self) -> dict[str, Any]:
        """What was said, as it is stored."""
        treated = bool(self.treatment_medicine.data or self.treatment_days.data)
        treatment = {
            "medicine": self.treatment_medicine.data,
            **({"dose_days": list(self.treatment_days.data)} if self.treatment_days.data else {}),
        }
        return {
            "name": self.name.data,
            "kind": self.kind.data,
            "born": self.born.data,
            "due": self.due.data,
            "sex": self.sex.chosen,
            "relationship_": self.relationship.data,
            "couple_with": self.couple_with.data,
            "mother": self.mother.data,
            "pregnant": self.pregnant.known,
            "needs": list(self.needs.data)
            if self.needs_asked.data == "yes" or self.needs.data
            else []
            if self.needs_asked.data == "none"
            else None,
            "substance_sign": self.substance_sign.known,
            "dangerous_medicine": self.dangerous_medicine.known,
            "justice_sign": self.justice_sign.known,
            "exploitation_sign": self.exploitation_sign.known,
            "seen_how": self.seen_how.chosen,
            "treatment": treatment if treated else None,
            "school_age_place": self.school_age_place.chosen,
            "language": self.language.data,
            "interpreter_needed": self.interpreter_needed.known,
        }


def values_of(m: Any) -> dict[str, Any]:
    """What is stored of a person, as the form shows it; nothing of one who is not entered yet."""
    if m is None:
        return {}
    treatment = m.treatment or {}
    return {
        "name": m.name,
        "kind": m.kind,
        "born": m.born,
        "due": m.due,
        "sex": m.sex,
        "relationship": m.relationship_,
        "couple_with": m.couple_with,
        "mother": m.mother,
        "pregnant": m.pregnant,
        "needs_asked": "unknown" if m.needs is None else "yes" if m.needs else "none",
        "needs": m.needs,
        "substance_sign": m.substance_sign,
        "dangerous_medicine": m.dangerous_medicine,
        "justice_sign": m.justice_sign,
        "exploitation_sign": m.exploitation_sign,
        "seen_how": m.seen_how,
        "treatment_medicine": treatment.get("medicine", ""),
        "treatment_days": treatment.get("dose_days") or [],
        "school_age_place": m.school_age_place,
        "language": m.language,
        "interpreter_needed": m.interpreter_needed,
    }


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
