"""The sheet of a conversation as a form: who is speaking, once; then a row for each question about each person."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from markupsafe import Markup
from wtforms import Field, Form, Label

from app.clocks import today
from app.suitability.casefile import wording
from app.suitability.casefile.answers import UNKNOWN
from app.suitability.casefile.values import LONGEST_NOTE
from app.suitability.checklist.criterion import Criterion

from .answers import day_check, ticked_beside
from .asked import items
from .base import CaseForm
from .fields import Choice, Day, Hidden, Line, Note, Ticks, not_in_future
from .measures import TimeOfDay, Whole

# What is read is a document in hand; that an answer was in part is found by itself.
HOW = [item for item in items(wording.HOW) if item[0] != "read"]
CAME = [item for item in items(wording.CAME_CHOSEN) if item[0] != "partly"]
DOES_NOT_KNOW = (UNKNOWN, "Does not know")
MOST_MINUTES, MOST_COUNTED = 1440, 10_000
WRONG = "cannot be read"  # no answer: the form is refused
WORDS = ("note", "why", "so_what", "slip")


class Asked(NamedTuple):
    """One row of the sheet: a question about one person, by name, or about the place or the household."""

    criterion: Criterion
    subject: str
    about: str = ""
    words: str = ""  # as this speaker is asked it, where it is not the question itself

    @property
    def name(self) -> str:
        return f"{self.criterion.id}-{self.subject}"

    @property
    def is_the_officers(self) -> bool:
        """Is it asked in the officer’s words? What an officer asks themselves about it no parent reads over their shoulder."""
        return self.words in ("", self.criterion.question)

    @property
    def is_typed(self) -> bool:
        """Is the answer a number or a day, and not one of several?"""
        return self.criterion.answer not in ("choice", "multiple")


class SheetForm(CaseForm):
    """Who is speaking, and how it ended; the rows are added by :func:`sheet_form`."""

    key = Hidden("Conversation")
    person = Line("Name")
    role = Line("Role and firm", longest=100)
    how = Choice("How", HOW, as_select=True)
    on = Day("When", checks=[not_in_future(today, "A conversation cannot be in the future.")])
    grade = Hidden("Counts as")
    alone = Hidden("Alone")
    paper = Hidden("A letter or record")
    came = Choice("How did it end?", CAME)
    back_by = TimeOfDay("By when will they ring back?")
    more = Choice("Add another question to this conversation", [], as_select=True)
    then = Choice("After saving", [], as_select=True)

    def __init__(self, rows: tuple[Asked, ...], person_needed: bool, is_whole: bool, **kw: Any) -> None:
        """
        Args:
            is_whole: one line of it, saved as it is chosen, does not say how the conversation ended.
        """
        self.rows, self.person_needed, self.is_whole = rows, person_needed, is_whole
        super().__init__(**kw)

    def process(self, *args: Any, **kw: Any) -> None:
        """Read what was typed; first the boxes of the rows are added to those that every sheet has."""
        for row in self.rows:
            boxes = _boxes(row, self)
            self._fields.update(boxes)
            self.__dict__.update(boxes)
        super().process(*args, **kw)

    def wrong(self) -> frozenset[str]:
        """The rows of which something has to be mended, by their names."""
        return frozenset(field.name.split(".")[0] for field in self if field.errors)

    def value_of(self, row: Asked) -> Any:
        """What was chosen, in the case file’s form; None where nothing was: that is “not asked”."""
        told = self._told(row)
        return UNKNOWN if told is None and self._is_not_known(row) else told

    def _told(self, row: Asked) -> Any:
        typed = self._typed(row)
        return self._as_written(row) if typed is None and row.is_typed else typed

    def _as_written(self, row: Asked) -> Any:
        """Numbers or a day that a form holds, as they stood on the page, where one choice confirmed them; None where it did not."""
        sent = self[f"{row.name}.so"].data
        try:
            value = json.loads(sent) if sent else None
            return value if value is None or _could_be(row.criterion, value) else WRONG
        except ValueError:
            return WRONG

    def _typed(self, row: Asked) -> Any:
        if row.criterion.answer == "counts":
            numbers = {name: getattr(self[f"{row.name}.{name}"], "number", None) for name in row.criterion.counts}
            return {name: number for name, number in numbers.items() if number is not None} or None
        field = self[row.name]
        if row.criterion.answer == "minutes":
            return getattr(field, "number", None)  # read when the form is checked
        if row.criterion.answer == "date":
            return field.data.isoformat() if field.data else None
        return UNKNOWN if field.data == [UNKNOWN] else field.data or None

    def _is_not_known(self, row: Asked) -> bool:
        """Was the box ticked that stands beside a number or a day: asked, does not know?"""
        return row.is_typed and bool(self[f"{row.name}.know"].data)

    @property
    def rings_back(self) -> bool:
        return bool(self.came.data == "asked" and self.back_by.time)

    def put(self, words: Mapping[str, str]) -> str:
        """What was asked, as it stood on the page: the sentence of each question that was answered.

        Args:
            words: by criterion, its sentence.
        """
        asked = dict.fromkeys(words[row.criterion.id] for row in self.chosen() if row.criterion.id in words)
        found = ""
        for sentence in asked:
            if len(found) + len(sentence) < LONGEST_NOTE:
                found = f"{found} {sentence}".strip()
        return found

    def words_of(self, row: Asked) -> dict[str, str]:
        return {word: self[f"{row.name}.{word}"].data or "" for word in WORDS}

    def chosen(self) -> list[Asked]:
        return [row for row in self.rows if self.value_of(row) is not None]

    def is_told(self, row: Asked) -> bool:
        """Is it answered, and all of it? Of what somebody does not know nothing is told."""
        value = self.value_of(row)
        return value is not None and value != UNKNOWN and not (isinstance(value, list) and UNKNOWN in value)

    def came_of(self, wanted: Iterable[Asked]) -> str | None:
        """How it ended: an answer in full only where all that is wanted of this speaker is told."""
        if self.came.data == "answered" and not all(self.is_told(row) for row in wanted):
            return "partly"
        return self.came.data

    def validate(self, extra_validators: Any = None) -> bool:
        fine = bool(super().validate(extra_validators))
        if not self.on.data and not self.on.errors and not self.paper.data:
            self.refuse("on", "Enter the day of the conversation. Without a day what was said has no age.")
            fine = False
        chosen = self.chosen()
        if self.person_needed and not self.person.data and chosen:
            self.refuse("person", "Enter who you are speaking to. What nobody said counts for nothing.")
            fine = False
        for row in [row for row in chosen if row.is_typed and self[f"{row.name}.so"].data]:
            first = f"{row.name}.{next(iter(row.criterion.counts))}" if row.criterion.answer == "counts" else row.name
            if self._typed(row) is not None and self._typed(row) != self._as_written(row):
                self.refuse(first, "Something else is typed than what is written down. Leave one of the two.")
                fine = False
            elif self.value_of(row) == WRONG:
                self.refuse(first, "What is written down cannot be read here. Type it.")
                fine = False
        for row in chosen:
            if self._is_not_known(row) and self._told(row) is not None:
                self.refuse(
                    f"{row.name}.know", "Something is written beside it, so somebody knows. Leave one of the two."
                )
                fine = False
            beside = ticked_beside(row.criterion, self.value_of(row))
            if beside:
                self.refuse(row.name, beside)
                fine = False
        if not self.is_whole:
            return fine
        if self.paper.data:
            if not chosen:
                self.refuse("on", "Nothing is chosen below. Choose what it says.")
            return fine and bool(chosen)
        if self.came.data in (None, "answered") and not chosen:  # nothing was said, and nobody was asked in vain
            self.refuse("came", "Nothing is chosen above. Choose what they answered, or how else it ended.")
            fine = False
        if self.came.data == "silent" and chosen:
            self.refuse("came", "Answers are chosen above, so somebody answered. Choose how it ended.")
            fine = False
        return fine


def sheet_form(rows: Sequence[Asked], person_needed: bool, is_whole: bool = True) -> Callable[..., SheetForm]:
    """The form of one sheet, or of lines of it."""
    return partial(SheetForm, tuple(rows), person_needed, is_whole)


def as_written(value: Any) -> str:
    """What the box of one choice sends, which confirms numbers or a day that a form holds."""
    return json.dumps(value, sort_keys=True)


def _could_be(criterion: Criterion, value: Any) -> bool:
    """Could this be an answer to a question that is answered by numbers or a day?"""
    if criterion.answer == "counts":
        whole = isinstance(value, dict) and set(value) <= set(criterion.counts)
        return whole and all(type(n) is int and 0 <= n <= MOST_COUNTED for n in value.values())
    if criterion.answer == "date":
        return isinstance(value, str) and date.fromisoformat(value) <= today()
    return type(value) is int and 0 <= value <= MOST_MINUTES


# ---- the boxes of a row


class _Patterns(Form):
    """A sheet has hundreds of boxes that differ in their name and label only: each kind is made once here, and copied."""

    seen = Hidden("")
    choice = Choice("", [])
    multiple = Ticks("", [])
    know = Ticks("", [DOES_NOT_KNOW])
    words = Note("", rows=2)


_PATTERNS = _Patterns()


def _like(pattern: str, form: SheetForm, name: str, label: str, **differs: Any) -> Field:
    """A box like the pattern, of this form, as if it had been made for it."""
    made = _PATTERNS[pattern]
    box: Field = object.__new__(type(made))
    box.__dict__.update(
        made.__dict__,
        _form=form,
        meta=form.meta,
        name=name,
        short_name=name,
        id=name,
        label=Label(name, label),
        **differs,
    )
    return box


def _boxes(row: Asked, form: SheetForm) -> dict[str, Field]:
    """The boxes of a row: what the page showed, the answer, and the words that go with it."""
    why, so_what = (row.criterion.why, row.criterion.so_what) if row.is_the_officers else ("", "")
    boxes = {f"{row.name}.seen": _like("seen", form, f"{row.name}.seen", "Seen"), **_answer(row, form)}
    if row.is_typed:
        boxes[f"{row.name}.know"] = _like("know", form, f"{row.name}.know", "")
        boxes[f"{row.name}.so"] = _like("seen", form, f"{row.name}.so", "As written down")
    for word, label in (
        ("note", "What exactly was said or seen?"),
        ("why", why or "Why?"),
        ("so_what", so_what or "So what, for this child?"),
        ("slip", "Why was what you chose first a slip?"),
    ):
        boxes[f"{row.name}.{word}"] = _like("words", form, f"{row.name}.{word}", label)
    return boxes


class _Heard(str):
    """A label that is read out whole and seen in part: the question stands once, above the boxes of everybody it is about."""

    seen = ""

    def __html__(self) -> Markup:
        rest = Markup('<span class="govuk-visually-hidden">{}</span>').format(self[len(self.seen) :])
        return Markup("{}{}").format(self.seen, rest)


def _answer(row: Asked, form: SheetForm) -> dict[str, Field]:
    """The boxes of the answer. Whom it is about stands in each label: the same question is asked of one child after another."""
    criterion, whom = row.criterion, f"{row.about}: " if row.about else ""
    question = _Heard(f"{whom}{row.words or criterion.question}")
    question.seen = row.about
    if criterion.answer in ("choice", "multiple"):
        listed = [(code, option.label, "") for code, option in criterion.offered.items()]
        return {row.name: _like(criterion.answer, form, row.name, question, items=[*listed, (*DOES_NOT_KNOW, "")])}
    unbound = {
        f"{row.name}.{name}": Whole(f"{whom}{count.label}", least=0, most=MOST_COUNTED)
        for name, count in criterion.counts.items()
    }
    if criterion.answer == "minutes":
        unbound = {row.name: Whole(question, least=0, most=MOST_MINUTES, unit="minutes")}
    if criterion.answer == "date":
        unbound = {row.name: Day(question, checks=[day_check(criterion)])}
    return {name: form.meta.bind_field(form, box, {"name": name, "prefix": ""}) for name, box in unbound.items()}
