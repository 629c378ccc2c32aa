"""What an entry changed, in words: which field, what it was, what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import select

from app import clocks
from app.accounts.models import User
from app.assessments.models import SavedAnswer
from app.audit.changes import Change
from app.cases import departed
from app.cases.alike import labels_of
from app.cases.models import Case
from app.checklists import name_of, read_folder
from app.extensions import db
from app.suitability.casefile import wording
from forms.answers import MitigationForm, value_in_words
from forms.cases import AddressForm, HouseholdForm, ServiceForm
from forms.members import MemberForm

_CODE, _ID, _DAY = (
    re.compile(r"[a-z][a-z0-9_]*"),
    re.compile(r"[0-9a-f]{32}"),
    re.compile(r"\d{4}-\d\d-\d\d(T.*)?"),
)
# What a row is, and the form whose boxes say what its columns hold.
_ROWS: dict[str, tuple[str, Any]] = {
    "housing_case": ("", HouseholdForm), "case_member": ("Person", MemberForm), "case_address": ("Address", AddressForm),
    "case_service": ("Service", ServiceForm), "conversation": ("Conversation", None), "case_contact": ("Health contact", None),
    "case_event": ("What happened", None), "case_nights": ("Nights in bed and breakfast", None), "assessment": ("Placement", None),
    "mitigation": ("Plan", MitigationForm), "acceptance": ("Written acceptance", None), "pattern_answer": ("Answer to a pattern", None),
    "unit": ("Unit", None), "unit_beside": ("Further unit", None), "unit_room": ("Room", None), "unit_certificate": ("Certificate", None),
    "letter_step": ("What happened with a letter", None), "notice_asked": ("Whether others may be told", None), "lead_step": ("Who leads", None),
    "decision": ("Decision", None), "decision_step": ("After the decision", None), "emergency_decision": ("Emergency decision", None), "emergency_move": ("After the emergency decision", None), "share_step": ("What was done about an answer", None),
    "place_considered": ("Place considered", None), "supervision_note": ("Note of supervision", None), "case_exclusion": ("", None), "case_handover": ("Handed over", None), "clock_step": ("A date of the case", None), "life_step": ("The life of the case", None),
    "break_glass": ("Opened in an emergency", None), "break_glass_step": ("What came of it", None), "tonight_note": ("Done in an emergency", None),
}  # fmt: skip
NOUNS = {table: noun for table, (noun, _) in _ROWS.items()}
_CALLED = {
    "sealed": "Held sealed",
    "assigned_to": "Allocated to",
    "restricted": "Restricted",
    "user_id": "Kept from",
    "set_by": "By",
    "set_at": "Since",
    "lifted_by": "Lifted by",
    "lifted_at": "Lifted",
    "lifted_reason": "Why it was lifted",
    "from_name": "From",
    "to_name": "To",
    "by_name": "By",
    "contacts_asked": "Health contacts asked about",
    "nights_asked": "Nights asked about",
}
_ABOUT = {"unit": "the unit", "household": "the household"}


class Line(NamedTuple):
    """One thing that is otherwise: what it is, what it was, what it is now. Empty: nothing was there, or nothing is."""

    what: str
    was: str
    now: str


class Told:
    """Tells the changes of some entries; people and answers they name are looked up at once."""

    def __init__(self, case: Case | None, changes: Iterable[Change]) -> None:
        listed = list(changes)
        self._people = {**departed.names(case.id), **labels_of(case)} if case is not None else {}
        ids = {
            v
            for change in listed
            for side in ("was", "now")
            for v in change[side].values()
            if isinstance(v, str) and _ID.fullmatch(v)
        }
        self._names = (
            {row.id: row.name for row in db.session.execute(select(User.id, User.name).where(User.id.in_(ids)))}
            if ids
            else {}
        )
        new = [change["id"] for change in listed if change["in"] == "answer"]
        answers = list(db.session.scalars(select(SavedAnswer).where(SavedAnswer.id.in_(new)))) if new else []
        earlier = {key for a in answers for key in (*a.supersedes, *([a.corrects] if a.corrects else []))}
        before = (
            {a.id: a for a in db.session.scalars(select(SavedAnswer).where(SavedAnswer.id.in_(earlier)))}
            if earlier
            else {}
        )
        self._before = {
            a.id: [before[k] for k in (*a.supersedes, *([a.corrects] if a.corrects else [])) if k in before]
            for a in answers
        }

    def lines(self, changes: Iterable[Change]) -> list[Line]:
        """Every change of an entry, a line each field."""
        return [
            line
            for change in changes
            for line in (self._answer(change) if change["in"] == "answer" else self._row(change))
        ]

    def _answer(self, change: Change) -> Iterable[Line]:
        now: Mapping[str, Any] = change["now"]
        criterion = now.get("criterion", "")
        whom = now.get("subject", "")
        about = _ABOUT.get(whom) or self._people.get(whom, whom)
        was = "; ".join(
            dict.fromkeys(
                self._said(criterion, {"value": a.value, "source_name": a.source_name})
                for a in self._before.get(change["id"], [])
            )
        )
        yield Line(f"{name_of(criterion)}, {about}", was, self._said(criterion, now))
        for name in ("note", "why", "reason", "slip"):
            if now.get(name):
                yield Line(wording.label(name), "", str(now[name]))

    def _said(self, criterion: str, answer: Mapping[str, Any]) -> str:
        known = read_folder().criteria.get(criterion)
        value = answer.get("value")
        said = value_in_words(known, value) if known is not None else self._words(value)
        return f"{said} ({answer['source_name']})" if answer.get("source_name") else said

    def _row(self, change: Change) -> Iterable[Line]:
        noun, form = _ROWS.get(change["in"], (wording.label(change["in"]), None))
        which = change["now"].get("name") or change["was"].get("name") or ""
        for name in dict.fromkeys([*change["was"], *change["now"]]):
            what = ": ".join(part for part in (f"{noun} {which}".strip(), _label(form, name)) if part)
            called = _choices(form).get(name, {})
            was, now = (self._told(name, change[side].get(name), called) for side in ("was", "now"))
            if was != now:
                yield Line(what, was, now)

    def _told(self, name: str, value: Any, called: Mapping[str, str]) -> str:
        """A column's value in words: what stands there as a code has a name of its own."""
        if isinstance(value, str) and name in ("criterion", "pattern"):
            return name_of(value)
        if isinstance(value, str) and name.endswith("grade"):
            return wording.GRADE.get(value, value)
        return _ABOUT.get(value, "") if name == "subject" and value in _ABOUT else self._words(value, called)

    def _words(self, value: Any, called: Mapping[str, str] = {}) -> str:
        """A value in words; ``called`` are those of a box that offers some to choose from."""
        if value is None or value == "" or value == [] or value == {}:
            return ""
        if isinstance(value, bool):
            return "Yes" if value else "No"
        if isinstance(value, dict):
            return "; ".join(f"{self._people.get(k) or wording.label(k)}: {self._words(v)}" for k, v in value.items())
        if isinstance(value, list):
            return "; ".join(self._words(v, called) for v in value)
        said = str(value)
        if _ID.fullmatch(said):
            return str(self._names.get(said, "another entry"))
        if _DAY.fullmatch(said):
            return clocks.text_in_words(said)
        return called.get(said) or self._people.get(said) or (wording.label(said) if _CODE.fullmatch(said) else said)


def _label(form: Any, name: str) -> str:
    return _CALLED.get(name) or _labels(form).get(name) or wording.label(name)


@cache
def _labels(form: Any) -> dict[str, str]:
    """What each box of a form is called."""
    boxes = {name: getattr(form, name) for name in dir(form) if not name.startswith("_")} if form is not None else {}
    return {
        name: str(box.args[0])
        for name, box in boxes.items()
        if getattr(box, "args", None) and hasattr(box, "field_class")
    }


@cache
def _choices(form: Any) -> dict[str, dict[str, str]]:
    """What each choice of a box is called."""
    boxes = {name: getattr(form, name).args for name in _labels(form)}
    return {
        name: {item[0]: item[1] for item in args[1]}
        for name, args in boxes.items()
        if len(args) > 1 and isinstance(args[1], (list, tuple)) and all(isinstance(item, tuple) for item in args[1])
    }
