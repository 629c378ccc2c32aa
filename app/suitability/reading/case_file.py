"""The case file: everything an assessment needs, as one JSON document. Checked with a path and a sentence."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from difflib import get_close_matches
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from app.suitability.casefile import history
from app.suitability.casefile.answers import UNKNOWN, Acceptance, Answer, Mitigation
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import filled
from app.suitability.casefile.history import Considered, DangerWord, DateWritten, Journey, PatternAnswer
from app.suitability.casefile.household import HOUSEHOLD, SERVICE_KINDS, UNIT, Household, Member, Placement
from app.suitability.casefile.problems import in_words
from app.suitability.casefile.units import unit_problems
from app.suitability.casefile.values import LONGEST_NAME, Plain, When, one_line
from app.suitability.checklist.answer_value import value_problem
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion

LONGEST_FILE = 4_000_000  # characters
TOO_LARGE = "This file is larger than a case file can be (4 MB)."
_DEEPEST = 60
_LONGEST_PREGNANCY_WEEKS = 44


class CaseFile(Plain):
    """Household, proposed placement and what is known, on one day."""

    format: Literal["case-by-case/1"] = "case-by-case/1"
    on: When
    council: Annotated[str, Field(pattern=r"^[EWSN]\d{8}$")] | None = None
    household: Household
    placement: Placement
    answers: Annotated[tuple[Answer, ...], Field(max_length=5000)] = ()
    mitigations: Annotated[tuple[Mitigation, ...], Field(max_length=1000)] = ()
    acceptances: Annotated[tuple[Acceptance, ...], Field(max_length=1000)] = ()
    journeys: Annotated[tuple[Journey, ...], Field(max_length=400)] = ()
    pattern_answers: Annotated[tuple[PatternAnswer, ...], Field(max_length=400)] = ()
    impression_relied_on: bool | None = None
    danger: tuple[DangerWord, ...] = ()
    considered: Annotated[tuple[Considered, ...], Field(max_length=400)] | None = None
    dates: Annotated[tuple[DateWritten, ...], Field(max_length=400)] | None = None
    lives: Annotated[tuple[history.LifeWritten, ...], Field(max_length=400)] | None = None
    settings: dict[str, Annotated[int, Field(strict=True, ge=0, le=1_000_000)]] = Field(default_factory=dict)


class CaseFileError(ValueError):
    """A case file that cannot be used: ``problems`` is a list of (path, sentence)."""

    def __init__(self, problems: list[tuple[str, str]]) -> None:
        self.problems = problems
        super().__init__("\n".join(f"{path}: {sentence}" for path, sentence in problems))


def parse(text: str, checklist: Checklist) -> CaseFile:
    """Read a case file.

    Raises:
        CaseFileError: with the path and a sentence for each problem.
    """
    text = text.removeprefix("\ufeff")  # some editors begin a file with a mark
    if len(text) > LONGEST_FILE:
        raise CaseFileError([("(file)", TOO_LARGE)])
    if _depth(text) > _DEEPEST:
        raise CaseFileError([("(file)", "This file is nested too deeply to be a case file.")])
    try:
        tree = json.loads(text, object_pairs_hook=_no_twice, parse_constant=_no_constant)
    except ValueError as error:
        where = f"line {error.lineno}, column {error.colno}: " if isinstance(error, json.JSONDecodeError) else ""
        raise CaseFileError(
            [
                (
                    "(file)",
                    f"This is not a JSON document: {where}{getattr(error, 'msg', error)}."
                    if text.strip()
                    else "This file is empty.",
                )
            ]
        ) from None
    return build(tree, checklist)


def reference_in(text: str) -> str | None:
    """The household's reference of a file that was refused, to tell whose it is; None where it does not say one."""
    if len(text) > LONGEST_FILE or _depth(text) > _DEEPEST:
        return None
    try:
        tree = json.loads(text.removeprefix("\ufeff"), object_pairs_hook=_said_once)
    except ValueError:
        return None
    household = tree.get("household") if isinstance(tree, dict) else None
    reference = household.get("reference") if isinstance(household, dict) else None
    if not isinstance(reference, str) or len(reference) > LONGEST_NAME:
        return None
    return one_line(reference) or None


def build(tree: Any, checklist: Checklist) -> CaseFile:
    """Check an already parsed document; see :func:`parse`."""
    try:
        case = CaseFile.model_validate(_whole(tree))
    except ValidationError as error:
        raise CaseFileError(in_words(error.errors(include_url=False), CaseFile)[:20]) from None
    units = unit_problems(case.placement, case.household)
    problems = [*_dates(case), *units, *_references(case, checklist), *_history(case, checklist)]
    if problems:
        raise CaseFileError(problems[:20])
    return case


def _whole(tree: Any) -> Any:
    """The document with what its answers leave out and their conversations say."""
    home = tree.get("household") if isinstance(tree, dict) else None
    if not isinstance(home, dict) or not home.get("conversations"):
        return tree
    return {**tree, "answers": filled(tree.get("answers", ()), home["conversations"])}


def _depth(text: str) -> int:
    deep = deepest = 0
    in_string = escaped = False
    for ch in text:
        if in_string:
            escaped = ch == "\\" and not escaped
            if ch == '"' and not escaped:
                in_string = False
            elif ch != "\\":
                escaped = False
        elif ch == '"':
            in_string, escaped = True, False
        elif ch in "[{":
            deep += 1
            deepest = max(deepest, deep)
            if deepest > _DEEPEST:
                return deepest
        elif ch in "]}":
            deep -= 1
    return deepest


def _no_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"“{key}” is said twice")
        found[key] = value
    return found


def _said_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Without what is said twice: nobody knows which of the two is meant."""
    times = Counter(name for name, _ in pairs)
    return {name: value for name, value in pairs if times[name] == 1}


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a number a case file may hold")


def member_problems(member: Member, on: date) -> list[tuple[str, str]]:
    """Dates of a member that cannot be right on the day of assessment: (field, sentence)."""
    found: list[tuple[str, str]] = []
    if member.born is not None and member.born > on:
        found.append(
            ("born", "The date of birth is in the future. For an unborn child give the expected date of birth.")
        )
    if member.born is not None and member.born.year < on.year - 120:
        found.append(("born", "The date of birth is more than 120 years ago."))
    if member.kind == "child" and member.born is not None and (member.age_on(on) or 0) >= 21:
        found.append(("born", "This person is 21 or over: enter them as an adult."))
    if member.kind == "adult" and member.born is not None and member.born <= on and (member.age_on(on) or 0) < 16:
        found.append(("born", "This person is under 16: enter them as a child."))
    if member.due is not None and member.due > on + timedelta(weeks=_LONGEST_PREGNANCY_WEEKS):
        found.append(("due", "The expected date of birth is farther away than a pregnancy lasts."))
    if member.due is not None and member.due < on - timedelta(weeks=8):
        found.append(
            (
                "due",
                "The expected date of birth is long past. If the baby has been born, enter the child with a date of birth.",
            )
        )
    if member.kind == "unborn" and member.born is not None:
        found.append(("born", "An unborn child has an expected date of birth, not a date of birth."))
    if member.kind != "unborn" and member.due is not None and not member.pregnant:
        found.append(("due", "An expected date of birth goes with a pregnancy or an unborn child."))
    return found


def _dates(case: CaseFile) -> list[tuple[str, str]]:
    found = []
    for at, member in enumerate(case.household.members):
        found += [
            (f"household.members[{at}].{field}", sentence) for field, sentence in member_problems(member, case.on)
        ]
    for at, answer in enumerate(case.answers):
        if answer.on is not None and answer.on > case.on:
            found.append((f"answers[{at}].on", "This answer is dated after the day of the assessment."))
    for at, place in enumerate(case.considered or ()):
        if place.on > case.on:
            found.append((f"considered[{at}].on", "This place was considered after the day of the assessment."))
    found += history.written_after(case.on, dates=case.dates or (), lives=case.lives or ())
    return found


def subject_keys(
    criterion: Criterion, household: Household, on: date, units: tuple[str, ...] = (UNIT,)
) -> tuple[str, ...]:
    """Everybody (or everything) a criterion may be asked about on a day."""
    return subjects_of(household, on, units)[criterion.subject]


def subjects_of(household: Household, on: date | None, units: tuple[str, ...] = (UNIT,)) -> dict[str, tuple[str, ...]]:
    """Whom, or what, a criterion of each kind may be asked about on a day.

    One of 16 or 17 who is entered as an adult is a child too, and one who heads the household has an adult’s part in it:
    both are asked about as both. ``on`` is None under the rules of an earlier version, which asked about them as one only.
    ``units`` are the keys of the placement’s units.
    """
    children, adults = household.children(), household.adults()
    if on is not None:
        children, adults = (*children, *_young(adults, on)), (*adults, *_young_heads(household, on))
    return {
        "unit": units,
        "household": (HOUSEHOLD,),
        "child": tuple(m.key for m in children),
        "adult": tuple(m.key for m in adults),
        "person": tuple(m.key for m in household.members if m.kind != "unborn"),
    }


def children_of(household: Household, on: date) -> tuple[Member, ...]:
    """Every child of a household on a day, the unborn and those of 16 and 17 who are entered as adults among them."""
    return (*household.children(), *_young(household.adults(), on))


def _young(adults: Sequence[Member], on: date) -> tuple[Member, ...]:
    """Those of 16 and 17 who are entered as adults."""
    return tuple(m for m in adults if (age := m.age_on(on)) is not None and age < 18)


def _young_heads(household: Household, on: date) -> tuple[Member, ...]:
    """Those of 16 and 17 entered as children, where nobody older is there to head the household."""
    if any(m.kind == "adult" for m in household.members):
        return ()
    return tuple(m for m in household.members if m.kind == "child" and 16 <= (m.age_on(on) or 0) < 18)


def pattern_subjects(household: Household, units: tuple[str, ...] = (UNIT,)) -> tuple[str, ...]:
    """Everybody (or everything) a pattern may be about."""
    people = {*(m.key for m in household.members), *(c.key for c in household.children())}
    return (*sorted(people), HOUSEHOLD, *units)


def _references(case: CaseFile, checklist: Checklist) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    ids = {answer.id for answer in case.answers if answer.id is not None}
    subjects = subjects_of(case.household, case.on if checklist.amended else None, case.placement.unit_keys)
    listed: tuple[tuple[str, Sequence[Answer | Mitigation | Acceptance]], ...] = (
        ("answers", case.answers),
        ("mitigations", case.mitigations),
        ("acceptances", case.acceptances),
    )
    for kind, entries in listed:
        for at, entry in enumerate(entries):
            wrong = _reference(entry, subjects, case, checklist)
            found += [(f"{kind}[{at}].{field}", sentence) for field, sentence in wrong]
    for at, answer in enumerate(case.answers):
        criterion = checklist.criteria.get(answer.criterion)
        problem = value_problem(criterion, answer.value) if criterion else None
        if problem:
            found.append((f"answers[{at}].value", problem))
        if answer.grade is Grade.E0 and answer.value != UNKNOWN:
            found.append(
                (
                    f"answers[{at}].grade",
                    "E0 means that nobody asked, and here is an answer. Say how it is known, E1 to E4.",
                )
            )
        found += [
            (f"answers[{at}].supersedes", f"There is no answer with the id “{key}”.")
            for key in answer.supersedes
            if key not in ids
        ]
    for name in case.settings:
        if name not in checklist.settings:
            near = get_close_matches(name, list(checklist.settings), n=1)
            found.append(
                (f"settings.{name}", "There is no such setting." + (f" Did you mean “{near[0]}”?" if near else ""))
            )
    return found


def _reference(
    entry: Answer | Mitigation | Acceptance,
    subjects: Mapping[str, tuple[str, ...]],
    case: CaseFile,
    checklist: Checklist,
) -> list[tuple[str, str]]:
    criterion = checklist.criteria.get(entry.criterion)
    if criterion is None and entry.criterion in checklist.patterns and not isinstance(entry, Answer):
        return _pattern_reference(entry.subject, case)
    if criterion is None:
        near = get_close_matches(entry.criterion, list(checklist.criteria), n=1)
        return [
            (
                "criterion",
                f"There is no criterion “{entry.criterion}”." + (f" Did you mean “{near[0]}”?" if near else ""),
            )
        ]
    keys = subjects[criterion.subject]
    if entry.subject not in keys:
        asked = ", ".join(keys) if keys else "nobody in this household"
        return [("subject", f"{criterion.id} is not asked about “{entry.subject}”. It is asked about: {asked}.")]
    return []


def _pattern_reference(subject: str, case: CaseFile) -> list[tuple[str, str]]:
    keys = pattern_subjects(case.household, case.placement.unit_keys)
    return [] if subject in keys else [("subject", f"Nobody here is “{subject}”. It may be: {', '.join(keys)}.")]


def _history(case: CaseFile, checklist: Checklist) -> list[tuple[str, str]]:
    """What lists of enquiries, journeys and pattern answers name must exist."""
    found = []
    known = {*checklist.agencies, *SERVICE_KINDS}
    for at, agency in enumerate(case.household.agencies or ()):
        if agency not in known:
            near = get_close_matches(agency, sorted(known), n=1)
            said = f"There is no agency “{agency}”." + (f" Did you mean “{near[0]}”?" if near else "")
            found.append((f"household.agencies[{at}]", said))
    for at, enquiry in enumerate(case.household.enquiries):
        if enquiry.agency not in checklist.agencies:
            near = get_close_matches(enquiry.agency, list(checklist.agencies), n=1)
            said = f"There is no agency “{enquiry.agency}”." + (f" Did you mean “{near[0]}”?" if near else "")
            found.append((f"household.enquiries[{at}].agency", said))
        if enquiry.asked > case.on:
            found.append((f"household.enquiries[{at}].asked", "This was asked after the day of the assessment."))
        if enquiry.answered_on is not None and enquiry.answered_on < enquiry.asked:
            found.append((f"household.enquiries[{at}].answered_on", "This was answered before it was asked."))
    found += _conversations(case, checklist)
    keys = {m.key for m in case.household.members}
    for at, journey in enumerate(case.journeys):
        if journey.person not in keys:
            found.append((f"journeys[{at}].person", f"Nobody here is “{journey.person}”."))
        if journey.kind not in SERVICE_KINDS:
            near = get_close_matches(journey.kind, SERVICE_KINDS, n=1)
            said = f"There is no kind of service “{journey.kind}”." + (f" Did you mean “{near[0]}”?" if near else "")
            found.append((f"journeys[{at}].kind", said))
        if journey.high < journey.low:
            found.append((f"journeys[{at}].high", "The longest way is shorter than the shortest."))
    for at, answer in enumerate(case.pattern_answers):
        if answer.pattern not in checklist.patterns:
            near = get_close_matches(answer.pattern, list(checklist.patterns), n=1)
            said = f"There is no pattern “{answer.pattern}”." + (f" Did you mean “{near[0]}”?" if near else "")
            found.append((f"pattern_answers[{at}].pattern", said))
        found += [(f"pattern_answers[{at}].{f}", said) for f, said in _pattern_reference(answer.subject, case)]
    return found


def _conversations(case: CaseFile, checklist: Checklist) -> list[tuple[str, str]]:
    """With whom they were, on which day, and what the answers given in them count as."""
    found = []
    held = {c.key: c for c in case.household.conversations}
    for at, c in enumerate(case.household.conversations):
        if c.speaker == "agency" and c.who not in checklist.agencies:
            near = get_close_matches(str(c.who), list(checklist.agencies), n=1)
            said = f"There is no agency “{c.who}”." + (f" Did you mean “{near[0]}”?" if near else "")
            found.append((f"household.conversations[{at}].who", said))
        if c.on is not None and c.on > case.on:
            found.append(
                (f"household.conversations[{at}].on", "This conversation is dated after the day of the assessment.")
            )
    for at, answer in enumerate(case.answers):
        if answer.source.code is not None and answer.source.code not in checklist.agencies:
            found.append((f"answers[{at}].source.code", f"There is no agency “{answer.source.code}”."))
        if answer.conversation is None:
            continue
        within = held.get(answer.conversation)
        if within is None:
            found.append((f"answers[{at}].conversation", f"There is no conversation “{answer.conversation}”."))
        elif answer.grade.rank > within.grade.rank:
            said = f"An answer counts as no more than its conversation: {within.grade.value}, and this one says {answer.grade.value}."
            found.append((f"answers[{at}].grade", said))
    return found


def schema() -> dict[str, Any]:
    """The JSON Schema of a case file."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Case by Case: case file",
        **CaseFile.model_json_schema(),
    }
