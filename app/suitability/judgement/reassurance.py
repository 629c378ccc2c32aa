"""Is what was said enough? At the grade a question asks for, within its shelf life, from those whose word counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta

from app.suitability.casefile import wording
from app.suitability.casefile.answers import UNKNOWN, Answer, Source, is_stale
from app.suitability.casefile.codes import Grade
from app.suitability.checklist.criterion import Criterion
from app.suitability.facts.facts import Facts

HeardAs = Mapping[str, Callable[[Source], bool]]  # by agency, whether a source is of it


def clear_grade(criterion: Criterion, facts: Facts) -> Grade:
    grade = criterion.clear_at
    for when, lower in criterion.clear_at_when:
        if when.evaluate(facts) is True:
            grade = lower
    return grade


def shelf_days(criterion: Criterion, facts: Facts) -> int | None:
    return None if criterion.shelf_life is None else facts.settings.by_name[criterion.shelf_setting]


def verified(answers: tuple[Answer, ...], grade: Grade, criterion: Criterion, facts: Facts) -> bool:
    days = shelf_days(criterion, facts)
    return any(
        reaches(criterion, a, grade) and not a.leaves_unknown and not is_stale(a, days, facts.on) for a in answers
    )


def is_sufficient(
    criterion: Criterion, answers: tuple[Answer, ...], grade: Grade, facts: Facts
) -> tuple[bool, tuple[str, ...]]:
    """Is it clear? And if not, what is missing, in words."""
    if not answers:
        return False, (facts.words["lacking_unasked"],)
    days = shelf_days(criterion, facts)
    missing: list[str] = []
    counted: list[Answer] = []
    if criterion.is_plain and len(answers) == 1:
        only = answers[0]
        wants = grade if not criterion.options_graded else _option_grade(criterion, only) or grade
        good = only.grade.reassurance_rank >= wants.rank and (only.source.name != "" or not _is_unnamed(only))
        # Of the grade, so somebody was asked; what is left is whether they said that they do not know, of all or of the rest.
        told = only.value != UNKNOWN and not (criterion.answer == "multiple" and only.leaves_unknown)
        if good and told and not is_stale(only, days, facts.on):
            return True, ()  # what almost every row has: one answer, and it is enough
    untold = _untold(criterion, answers)
    for answer in answers:
        lacking = _lacks(criterion, answer, grade, facts)
        if lacking:
            missing.append(lacking)
        elif is_stale(answer, days, facts.on):
            missing.append(facts.words["lacking_stale"].format(days=days))
        else:
            counted.append(answer)
    if untold:
        missing.append(facts.words["lacking_numbers"].format(numbers=", ".join(untold)))
    elif _is_enough(criterion, counted, facts):
        return True, ()
    elif counted and (heard := len({voice_of(criterion, a, facts) for a in counted})) < criterion.min_sources:
        missing.append(facts.words["lacking_agencies"].format(heard=heard, wanted=criterion.min_sources))
    return False, tuple(dict.fromkeys(missing))


def lapses_on(criterion: Criterion, answers: Sequence[Answer], facts: Facts) -> date | None:
    """The first day on which what reassures now is no longer enough, by the same rule; None where it does not grow old.

    Only what counts today is looked at: a word of too low a grade, or of somebody who cannot know, keeps nothing fresh.
    """
    days = shelf_days(criterion, facts)
    if days is None:
        return None
    counted = [a for a in answers if a.on is not None and counts_as_reassurance(criterion, a, facts)]
    if not _is_enough(criterion, counted, facts):
        return None  # something else than these answers makes it clear
    for end in sorted({a.on + timedelta(days=days + 1) for a in counted if a.on is not None}):
        fresh = [a for a in counted if a.on is not None and a.on + timedelta(days=days + 1) > end]
        if not _is_enough(criterion, fresh, facts):
            return end
    return None


def _is_enough(criterion: Criterion, counted: Sequence[Answer], facts: Facts) -> bool:
    """Are answers that lack nothing from as many agencies as are wanted, and is every number told by one of them?

    A number told only by a voice that is not enough is not told: one good answer does not carry it.
    """
    voices = {voice_of(criterion, a, facts) for a in counted}
    return bool(voices) and len(voices) >= criterion.min_sources and not _untold(criterion, counted)


def _lacks(criterion: Criterion, answer: Answer, grade: Grade, facts: Facts) -> str:
    """What one answer lacks to reassure, whatever its age, in words; empty where it lacks nothing."""
    wants = _option_grade(criterion, answer) or grade
    if answer.is_unknown:
        return facts.words["lacking_unknown"]
    if answer.leaves_unknown:
        return facts.words["lacking_rest_unknown"]
    if criterion.answer == "date" and criterion.day != "to_come" and is_to_come(answer, facts):
        return facts.words["lacking_day_to_come"]
    if _is_unnamed(answer):
        return facts.words["lacking_name"]
    if not counts_from(criterion, answer, facts.speaks_for, wants):
        return facts.words["lacking_source"]
    if not reaches(criterion, answer, wants):
        said, needed = wording.GRADE[answer.grade], wording.GRADE_NEEDED[wants]
        return facts.words["lacking_grade"].format(
            said=said, needed=needed, grade=answer.grade.value, wanted=wants.value
        )
    if criterion.in_words and not answer.note:
        return facts.words["lacking_words"]
    return ""


def is_whole(criterion: Criterion, answer: Answer, facts: Facts) -> bool:
    """Does one answer lack nothing, whatever its age?"""
    return not _lacks(criterion, answer, clear_grade(criterion, facts), facts)


def counts_as_reassurance(criterion: Criterion, answer: Answer, facts: Facts) -> bool:
    """Could this one answer reassure: is it of the grade, named, in words where asked, from those who can know, and fresh?"""
    return is_whole(criterion, answer, facts) and not is_stale(answer, shelf_days(criterion, facts), facts.on)


_NAMED = (Grade.E2, Grade.E3, Grade.E4)


def _is_unnamed(answer: Answer) -> bool:
    """It was seen, a professional told us, or a record says so, and nobody wrote down who: then it is nobody’s word."""
    source = answer.source
    return answer.grade in _NAMED and not (source.name or source.agency or source.role)


def reaches(criterion: Criterion, answer: Answer, wants: Grade) -> bool:
    """Is it of the grade? A survivor’s own word on where they are safe is enough; on anything else it is the household’s."""
    if criterion.survivors_word and answer.grade is Grade.E1S:
        return True
    return answer.grade.reassurance_rank >= wants.rank


def counts_from(criterion: Criterion, answer: Answer, speaks_for: HeardAs, needed: Grade | None = None) -> bool:
    """Does this source’s reassurance count? Not a landlord’s where only the police can know. Source: safeguarding.md CS14.

    Where the household’s own word is enough (``needed`` is no more), anybody’s is.
    """
    if needed is not None and needed.rank <= Grade.E1.rank:
        return True
    if criterion.survivors_word and answer.grade is Grade.E1S:
        return True
    if any(speaks_for[agency](answer.source) for agency in criterion.not_from):
        return False
    return not criterion.only_from or _known_agency(criterion, answer, speaks_for) != ""


def may_answer(criterion: Criterion, answer: Answer, speaks_for: HeardAs) -> bool:
    """May this source take a worry away here? On some rows fewer may than may reassure: no landlord answers the police."""
    if criterion.answers_from:
        return any(speaks_for[agency](answer.source) for agency in criterion.answers_from)
    return counts_from(criterion, answer, speaks_for)


def _known_agency(criterion: Criterion, answer: Answer, speaks_for: HeardAs) -> str:
    """Which of the agencies that a row names a source is of; empty where it is of none."""
    return next((agency for agency in criterion.only_from if speaks_for[agency](answer.source)), "")


def voice_of(criterion: Criterion, answer: Answer, facts: Facts) -> tuple[str, ...]:
    """What counts as one agency: two desks of the police are one voice."""
    named = _known_agency(criterion, answer, facts.speaks_for) if criterion.only_from else ""
    if named:
        return (named,)
    source = answer.source
    return (facts.spelt(source.agency),) if source.agency else source.identity(facts.spelt)


def _untold(criterion: Criterion, answers: Sequence[Answer]) -> list[str]:
    """Numbers that could worry and that no answer gives: one number told is not the others told."""
    if criterion.answer != "counts":
        return []
    told = {name for a in answers if isinstance(a.value, dict) for name in a.value}
    return [count.label for name, count in criterion.counts.items() if count.means == "worrying" and name not in told]


def _option_grade(criterion: Criterion, answer: Answer) -> Grade | None:
    """The grade at which what was chosen is reassuring, where it has one of its own; of several, the highest."""
    if isinstance(answer.value, str):
        option = criterion.options.get(answer.value)
        return option.clear_at if option is not None else None
    if not isinstance(answer.value, tuple):
        return None
    chosen = (criterion.options[v] for v in answer.value if v in criterion.options)
    return max((o.clear_at for o in chosen if o.clear_at is not None), key=lambda grade: grade.rank, default=None)


def is_to_come(answer: Answer, facts: Facts) -> bool:
    return isinstance(answer.value, str) and answer.value > facts.on.isoformat()
