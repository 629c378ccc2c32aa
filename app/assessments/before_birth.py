"""What was said of an unborn child is no answer about the child who was born, save a worry. Pure.

The member keeps its key, so that what was said stays with it and in the chronology. What reassured was said of a child nobody had seen
yet, of its sleep, its health, its cot: it is asked anew. A worry counts until somebody takes it back. Source: rulings 2026, 1; 0143.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from app.lives.models import LifeStep
from app.suitability.assess import facts_of
from app.suitability.casefile.answers import Answer, Mitigation
from app.suitability.casefile.household import Household, Placement
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.concern import rank_of_concern
from app.suitability.reading.case_file import CaseFile


def days_of(births: Iterable[LifeStep]) -> dict[str, date]:
    """On which day each child was born who was expected here before, by key; where a day was corrected, the later entry."""
    return {step.who: step.on for step in births if step.on is not None}


def is_before(subject: str, on: date | None, born: Mapping[str, date]) -> bool:
    """Was something said of a child before it was born? What has no day may have been."""
    return subject in born and (on is None or on < born[subject])


def worries(answers: Sequence[Answer], household: Household, on: date, checklist: Checklist) -> frozenset[str | None]:
    """Of what was said before a birth, the identifiers of the worries, and facts that others rest on, that nobody had taken back by then.

    Which those are the heart says, of these answers alone: what took a worry back before the birth took it back.
    """
    alone = CaseFile(on=on, household=household, placement=Placement(address="-"), answers=tuple(answers))
    stand = (a for live in facts_of(checklist, alone, "").answers.values() for a in live)
    return frozenset(a.id for a in stand if rank_of_concern(checklist.criteria[a.criterion], a, checklist.numbers) > 0)


def left_out(file: CaseFile, born: Mapping[str, date], checklist: Checklist) -> CaseFile:
    """A case file without what was said before a birth and is no answer any more.

    A written acceptance, a reason and an agreement to a plan were given for the unborn, and are given anew; the plan itself stays.
    """
    if not born:
        return file
    before = [a for a in file.answers if is_before(a.subject, a.on, born)]
    gone = {a.id for a in before} - worries(before, file.household, file.on, checklist)
    return file.model_copy(
        update={
            "answers": tuple(
                a.model_copy(update={"supersedes": tuple(k for k in a.supersedes if k not in gone)})
                if gone.intersection(a.supersedes)
                else a
                for a in file.answers
                if a.id not in gone
            ),
            "acceptances": tuple(a for a in file.acceptances if not is_before(a.subject, a.on, born)),
            "pattern_answers": tuple(p for p in file.pattern_answers if not is_before(p.subject, p.on, born)),
            "mitigations": tuple(_of_the_unborn(m, born) for m in file.mitigations),
        }
    )


def _of_the_unborn(plan: Mitigation, born: Mapping[str, date]) -> Mitigation:
    """A plan as it stands since the birth: what was seen or agreed to before was not of this child."""
    changed: dict[str, object] = {}
    if plan.agreed_on is not None and is_before(plan.subject, plan.agreed_on, born):
        changed |= {"agreed_by": "", "agreed_role": None, "agreed_on": None, "agreed_note": ""}
    if plan.seen_on is not None and is_before(plan.subject, plan.seen_on, born):
        changed |= {"seen_grade": None, "seen_by": "", "seen_on": None}
    return plan.model_copy(update=changed) if changed else plan
