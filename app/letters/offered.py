"""What letters already show of a question: offered with its source and its day, to be confirmed in one choice. Nothing is answered here.

Of the notices about children who was asked, what they said, and what was sent; of the notice to the council of the area the day on
which it went, where it went for an earlier assessment of the same place. Source: Housing Act 1996 ss.208 and 213AA.
"""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.assessments import answers
from app.assessments import service as assessments
from app.assessments.models import DRAFT, Assessment
from app.audit import service as audit
from app.cases.household import people_of
from app.checklists import read_folder
from app.database import writing
from app.problem import Problem
from app.settings import current_settings
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.household import HOUSEHOLD

from . import asking, context, placed
from .models import LetterStep, NoticeAsked
from .placed import Known

CHILDREN, HOST = "IS04", "LS27"
_HOST_KIND = "host_notice"


class OfferedProblem(Problem):
    """It cannot be confirmed now, in a sentence."""


class Offered(NamedTuple):
    """What is written down of a question; ``value`` as a case file has an answer, of a day the day itself."""

    criterion: str
    words: str
    value: str
    label: str
    on: date
    source: str

    @property
    def name(self) -> str:
        return read_folder().criteria[self.criterion].name


def of(assessment: Assessment) -> list[Offered]:
    """Of a placement that is still assessed: at most one of each question. What is answered so already is not offered."""
    known = placed.read(assessment.case_id)
    found = [_host(assessment, known), _children(assessment, known)]
    return [one for one in found if one is not None]


def _of_this_place(assessment: Assessment, known: Known) -> list[Assessment]:
    """The assessment, and the earlier ones of the same place that it follows, newest first."""
    by_id = {a.id: a for a in known.assessments.get(assessment.case_id, ())}
    found = [assessment]
    while (earlier := by_id.get(found[-1].follows or "")) is not None and earlier not in found:
        found.append(earlier)
    return found


def _host(assessment: Assessment, known: Known) -> Offered | None:
    if assessment.notice_sent is not None or assessment.state != DRAFT:
        return None
    letters = [
        made for a in _of_this_place(assessment, known) for made in known.letters_of(a) if made.kind == _HOST_KIND
    ]
    went = [(step, made) for made in letters for step in known.steps.get(made.id, ()) if step.how in context.WENT]
    if not went:
        return None
    step, made = min(went, key=lambda one: one[0].on)
    words = (
        f"Letter {made.number} to {made.to_name}: sent on {clocks.in_words(step.on)}{_received(known.steps[made.id])}"
    )
    return Offered(
        criterion=HOST, words=words, value=step.on.isoformat(), label=f"sent on {clocks.in_words(step.on)}", on=step.on, source=step.noted_by_name,
    )  # fmt: skip


def _received(steps: Any) -> str:
    has_it = next((step for step in steps if step.how in ("received", "answered")), None)
    return f"; {has_it.whom} has it, {clocks.in_words(has_it.on)}" if has_it is not None else ""


def _children(assessment: Assessment, known: Known) -> Offered | None:
    """Offered once every body there is was asked about and the answer is known: half of it settles nothing."""
    said: dict[str, NoticeAsked] = {}
    for a in _of_this_place(assessment, known)[::-1]:
        said |= known.said(a)
    bodies = asking.bodies_for(people_of(assessment.case), clocks.today())
    if not bodies or any(
        body not in said or said[body].answer not in (asking.AGREED, asking.REFUSED) for body in bodies
    ):
        return None
    agreed = [body for body in bodies if said[body].answer == asking.AGREED]
    sent = {body: step for body in agreed if (step := _sent(assessment, known, body)) is not None}
    value = "refused" if not agreed else "agreed_sent" if len(sent) == len(agreed) else "agreed"
    before = answers.of_row(answers.saved_answers(assessment.case_id, assessment.unit_id), CHILDREN, HOUSEHOLD)
    if before and before[-1].value == value:
        return None
    days = [*(said[body].on for body in bodies), *(step.on for step in sent.values())]
    noted = [(row.noted_at, row.noted_by_name) for row in (said[body] for body in bodies)]
    noted += [(step.noted_at, step.noted_by_name) for step in sent.values()]
    return Offered(
        criterion=CHILDREN,
        words="; ".join(_of_body(body, said[body], sent.get(body)) for body in bodies),
        value=value,
        label=read_folder().criteria[CHILDREN].options[value].label,
        on=max(days),
        source=max(noted)[1],
    )


def _sent(assessment: Assessment, known: Known, body: str) -> LetterStep | None:
    letters = [
        m for a in _of_this_place(assessment, known) for m in known.letters_of(a) if m.kind == f"child_notice_{body}"
    ]
    went = [step for made in letters for step in known.steps.get(made.id, ()) if step.how in context.WENT]
    return min(went, key=lambda step: step.on, default=None)


def _of_body(body: str, asked: NoticeAsked, sent: LetterStep | None) -> str:
    said = "agreed" if asked.answer == asking.AGREED else "did not want it"
    words = f"{asking.BODIES[body]}: {asked.asked_of_name} {said} on {clocks.in_words(asked.on)}"
    if asked.answer != asking.AGREED:
        return words
    return f"{words}, sent on {clocks.in_words(sent.on)}" if sent is not None else f"{words}, not sent yet"


def confirm(user: Any, assessment_id: str, seen_version: int, criterion: str, value: str) -> None:
    """Somebody looked at what is written down, and says that it is so: it is an answer, with its source and its day.

    Raises:
        StaleCase: the case changed since the person saw it.
        OfferedProblem: something else is written down by now, or nothing.
    """
    with writing() as session:
        case, assessment = assessments.lock_draft(
            session, assessment_id, seen_version, or_submitted=criterion == CHILDREN
        )
        found = next((one for one in of(assessment) if one.criterion == criterion), None)
        if found is None or found.value != value:
            raise OfferedProblem("Something else is written down by now. Read it again.")
        if criterion == HOST:
            assessment.notice_sent = found.on
            audit.record(session, "placement.changed", "assessment", assessment.id, case.id)
            return
        row = answers.of_row(answers.recorded(case.id, assessment.unit_id, CHILDREN), CHILDREN, HOUSEHOLD)
        standing = answers.standing(row)
        values = {
            "value": found.value, "grade": Grade.E4.value, "source_name": found.source, "source_role": "", "source_agency": current_settings().council_name,
            "on": found.on, "note": f"Written down with the letters: {found.words}.", "why": "", "so_what": "",
            "replaces": [a.id for a in standing], "reason": "The letters and who was asked show it." if standing else "",
        }  # fmt: skip
        mark = answers.seen_mark(standing)
        answers.add_answer(
            session, user, case, assessment, read_folder().criteria[CHILDREN], HOUSEHOLD, mark, values, row
        )
