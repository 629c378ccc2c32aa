"""The verdict of a result: whether the keys may be given, each child in a line, and the one next step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from flask_login import current_user

from app.accounts.policy import may
from app.assessments.actions import NOT_RUNG, OPEN, Actions, Link
from app.assessments.judging import Judged
from app.assessments.models import DRAFT, SUBMITTED
from app.cases import service as cases
from app.decisions.models import Decision
from app.suitability.advice import calls as advice
from app.suitability.advice.sheets import FAMILY
from app.suitability.advice.way_forward import WayForward
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Outcome, RowState
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.result import Child

from .result import adults_of, for_tonight

_NAMED = 4  # of what is wrong for a child, in its line
# What whoever stands before the family may do with the keys, while nobody has decided.
_KEYS = {
    Outcome.SUITABLE: "Keys once a safeguarding lead has signed.",
    Outcome.SUITABLE_WITH_CONDITIONS: "Keys once a safeguarding lead has signed and what must come before them is done.",
    Outcome.CANNOT_DECIDE: "No keys yet: the answers below come first.",
    Outcome.NOT_SUITABLE: "No keys for this place.",
}


def keys(judged: Judged, actions: Actions) -> str:
    """Whether the keys may be given, in a sentence; nothing where somebody has decided, whose words stand instead."""
    return _KEYS[judged.result.outcome] if actions.assessment.state in OPEN else ""


class NextStep(NamedTuple):
    """The one thing to do next, what else may be done, and what is said where whoever looks can do nothing."""

    green: Link | None
    others: list[Link]
    said: str = ""


class Verdict(NamedTuple):
    """A child in a line."""

    name: str
    outcome: str
    because: list[str]
    not_known: list[str]  # named as such: what nobody has answered is no finding
    more: int


def next_step(
    judged: Judged,
    actions: Actions,
    forward: WayForward,
    asked: Sequence[advice.Call],
    ratify: Sequence[Link],
    decision: Decision | None,
) -> NextStep:
    """One green button: what whoever looks does next about this placement."""
    state = actions.assessment.state
    if decision is not None:
        return NextStep(
            actions.of_case("Open the record of the decision", "records.show", record_id=decision.record_id), []
        )
    if state == SUBMITTED:
        review = actions.of_assessment("Review", "decisions.review", "decision.review", SUBMITTED)
        others = [*ratify, *([review] if review else []), *_taking_back(actions)]
        said = "" if ratify or review else "It waits for a safeguarding lead."
        return NextStep(others[0] if ratify or review else None, others[1:] if ratify or review else others, said)
    if state != DRAFT:
        return NextStep(None, [], "It was withdrawn. What was recorded is kept.")
    bad = judged.result.outcome is Outcome.NOT_SUITABLE
    submit = actions.of_assessment(
        "Submit as not suitable" if bad else "Submit for review", "assessments.submit", "assessment.submit", DRAFT
    )
    propose = (
        actions.of_case("Propose another place, same family", "placements.propose")
        if actions.may("case.edit")
        else None
    )
    ring = next((link for call in asked for link in _ringing(actions, call, adults_of(judged))), None)
    good = judged.result.outcome < Outcome.CANNOT_DECIDE
    if not forward.reachable and forward.elsewhere:
        order = [propose, submit, for_tonight(judged, actions)]
    elif good:
        order = [submit, ring]
    else:
        order = [ring, submit, propose, for_tonight(judged, actions)]
    found = [*ratify, *(link for link in order if link)]
    # Whom a refusal is for is not plain by itself; where it may become good the button says “for review”.
    said = "Submitted, it goes to a safeguarding lead." if bad and submit else ""
    return NextStep(found[0] if found else None, found[1:], said)


def _taking_back(actions: Actions) -> list[Link]:
    """For whoever handed it in, and the officer of the case."""
    assessment = actions.assessment
    hands_in = may(current_user.role, "assessment.submit")
    if not hands_in or (
        current_user.id != assessment.submitted_by and not cases.is_work_of(current_user, assessment.case)
    ):
        return []
    back = actions.of_assessment("Take it back", "taking_back.take_back", "assessment.submit", SUBMITTED)
    return [back] if back else []


def _ringing(actions: Actions, call: advice.Call, adults: Sequence[tuple[str, str]]) -> list[Link]:
    """The sheets of a call as buttons of the page: each names whom, since it stands away from its card."""
    links = actions.sheets(call, list(adults))
    if call.speaker == FAMILY or call.speaker in NOT_RUNG:
        return [link._replace(spoken="") for link in links]
    return [link._replace(words=f"{link.words}: {in_sentence(call.name)}", spoken="") for link in links]


def verdicts(judged: Judged, actions: Actions, ages: dict[str, str]) -> list[Verdict]:
    """Each child in a line: how old, what it comes to, and the gravest of why."""
    return judged.following.once("verdicts", lambda: _verdicts(judged, actions.names, ages))


def _verdicts(judged: Judged, names: Mapping[str, str], ages: Mapping[str, str]) -> list[Verdict]:
    found = []
    for child in judged.result.children:
        because, not_known = _because(judged, child)
        left = max(0, _NAMED - len(because))
        found.append(
            Verdict(
                name=f"{names[child.key]}, {ages[child.key]}",
                outcome=wording.OUTCOME[child.outcome],
                because=because[:_NAMED],
                not_known=not_known[:left],
                more=max(0, len(because) + len(not_known) - _NAMED),
            )
        )
    return found


def _because(judged: Judged, child: Child) -> tuple[list[str], list[str]]:
    """What is wrong for a child, and apart from it what is only not known: read as one, an open question sounds like a finding."""
    found, checklist = judged.result, judged.checklist
    rows = [found.rows[at] for at in child.because]
    names = [checklist.criteria[row.criterion].name for row in rows if row.state is not RowState.OPEN]
    names += [checklist.patterns[found.patterns[at].id].name for at in child.patterns]
    not_known = [in_sentence(checklist.criteria[row.criterion].name) for row in rows if row.state is RowState.OPEN]
    return [*names[:1], *map(in_sentence, names[1:])], not_known
