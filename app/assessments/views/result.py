"""What the page of a result is made of: the verdict and the next step, the calls, and every reason behind them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from flask import request

from app import clocks
from app.accounts.policy import may
from app.assessments import answers
from app.assessments.actions import OPEN, Actions, Link
from app.assessments.judging import Judged
from app.assessments.models import DRAFT, SavedAnswer
from app.cases.alike import labels_of
from app.cases.views.short_forms import ShortForm, of_family, of_place
from app.decisions import emergency, rows
from app.decisions.models import EmergencyDecision
from app.placements.views import where
from app.suitability.advice import calls as advice
from app.suitability.advice.during_stay import first_night
from app.suitability.advice.elsewhere import closed_by, next_unit
from app.suitability.advice.enquiry_log import Piece
from app.suitability.advice.plain import plain, plainly
from app.suitability.advice.sheets import FAMILY, OFFICER
from app.suitability.advice.way_forward import WayForward
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Effect, Outcome
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.concern import rank_of_concern
from forms.answers import value_in_words

_PIECE_WORDS = {
    "not_asked": "not asked",
    "waiting": "asked, not answered yet",
    "silent": "asked, not answered in its time",
    "refused": "refused to answer",
    "partly": "answered in part",
    "answered": "answered",
}
_COUNTED = (
    (Effect.STOP, "stopping this place"),
    (Effect.STOP_UNTIL, "stopping it until it is put right and seen"),
    (Effect.SENIOR, "that only a senior officer may accept"),
    (Effect.HIGH, "high"),
)
WORRYING = ("worrying", "partly")
Adults = list[tuple[str, str]]
_SHOWN_OF_A_PLAN = (
    "id", "criterion", "subject", "what", "owner_name", "owner_role", "agreed_on", "agreed_by_name",
)  # fmt: skip


def looked_at(actions: Actions) -> tuple[Hashable, ...]:
    """What decides which links a page has, beside what follows from the case file: the role, the state, and which placement it is."""
    assessment = actions.assessment
    return (actions.role, assessment.case_id, assessment.id, assessment.state, request.script_root)


def kept(judged: Judged, actions: Actions, has_emergencies: bool) -> Callable[..., Any]:
    """Of a part of the page that rests on the case file and on who looks, what it came to; see ``Following.once``.

    Whatever else enters a part that is kept stands in its name here: the plans are shown as they are stored. Nothing of a session
    is kept: no name of who looks, and no token.
    """
    plans = tuple(tuple(getattr(plan, name) for name in _SHOWN_OF_A_PLAN) for plan in judged.plans)

    def part(name: str, caller: Callable[[], Any]) -> Any:
        return judged.following.once((name, *looked_at(actions), plans, has_emergencies), caller)

    return part


def adults_of(judged: Judged) -> Adults:
    """The key and the name of every adult who can be asked."""
    return [(m.key, m.name) for m in judged.file.household.adults()]


def for_tonight(judged: Judged, actions: Actions) -> Link | None:
    """The emergency decision, where it is open for this unit and these people."""
    is_open = judged.result.outcome >= Outcome.CANNOT_DECIDE and not closed_by(judged.result)
    return (
        actions.of_assessment("Emergency for tonight", "emergency.take", "emergency.take", *OPEN) if is_open else None
    )


def of_calls(judged: Judged, actions: Actions, asked: Sequence[advice.Call]) -> list[dict[str, Any]]:
    """Each call with the sheet it opens and, for whoever asks question by question, its questions."""
    return judged.following.once(("of_calls", *looked_at(actions)), lambda: _of_calls(judged, actions, asked))


def _of_calls(judged: Judged, actions: Actions, asked: Sequence[advice.Call]) -> list[dict[str, Any]]:
    said = _questions(judged, actions.names)
    by_row = {
        (q.criterion, q.subject): {**plain_words, "answer": actions.on_question(q)}
        for q, plain_words in zip(judged.following.questions, said, strict=True)
    }
    calls = [_call(judged, call) for call in asked]
    return [
        {
            **plain_words,
            "sheets": actions.sheets(call, adults_of(judged)),
            "paper": actions.paper(call),
            "questions": [by_row[row] for row in call.rows if row in by_row],
        }
        for call, plain_words in zip(asked, calls, strict=True)
    ]


def _questions(judged: Judged, names: Mapping[str, str]) -> list[dict[str, Any]]:
    checklist = judged.checklist
    return [{**plainly(checklist, q._asdict(), "ask"), "about": names[q.subject]} for q in judged.following.questions]


def _call(judged: Judged, call: advice.Call) -> dict[str, Any]:
    return {
        **call._asdict(),
        "could": advice.could(call),
        "called": "What you saw and know" if call.speaker == OFFICER else call.name,  # who reads it is the officer
        "escalate": plain(judged.checklist, call.escalate),
        "examples": [plain(judged.checklist, said) for said in call.examples],
    }


def stops(one: Mapping[str, Any]) -> bool:
    """Does a finding stop the place? What comes together does so by itself where no row carries it: then nothing else says why."""
    stopping = one["effect"] in (Effect.STOP, Effect.STOP_UNTIL) and one["state"] in WORRYING
    return stopping and not one.get("carried_by")


def of_rows(judged: Judged, actions: Actions) -> dict[str, Any]:
    """The rows of the result in plain words, each with what may be done about it."""
    plans = judged.plans
    findings = judged.following.once("findings", lambda: _findings(judged, actions.names))
    patterns = judged.following.once("patterns", lambda: _patterns(judged, actions.names))
    others = (*rows.WORRIES, rows.HOLD)

    def once(name: str, work: Callable[[], list[dict[str, Any]]]) -> list[dict[str, Any]]:
        return judged.following.once((name, *looked_at(actions)), work)

    counted = Counter(f["effect"] for f in findings)
    together = [p for p in patterns if stops(p)]
    return {
        "stopping": list(dict.fromkeys(in_sentence(one["name"]) for one in (*filter(stops, findings), *together))),
        "lifted_by": list(dict.fromkeys(in_sentence(p["ended_by"]).rstrip(".") for p in together if p["ended_by"])),
        "counts": [f"{counted[effect]} {words}" for effect, words in _COUNTED if counted[effect]],
        "patterns": once("shown", lambda: [{**p, "actions": actions.on_pattern(p)} for p in patterns]),
        "worries": [
            {**f, "actions": actions.on_worry(f), "plans": actions.plans(f, plans)}
            for f in findings
            if f["effect"] in rows.WORRIES
        ],
        "holds": once(
            "holds", lambda: [{**f, "answer": actions.on_hold(f)} for f in findings if f["effect"] == rows.HOLD]
        ),
        "rest": once(
            "rest", lambda: [{**f, "answer": actions.on_note(f)} for f in findings if f["effect"] not in others]
        ),
    }


def _findings(judged: Judged, names: Mapping[str, str]) -> list[dict[str, Any]]:
    return [
        plainly(judged.checklist, f, "why", "remedy", "conditions")
        | {"effect_words": wording.effect_in_words(f["effect"], f["state"], wording.EFFECT_PLAINLY)}
        for f in rows.findings(judged, names)
    ]


def _patterns(judged: Judged, names: Mapping[str, str]) -> list[dict[str, Any]]:
    plain_fields = ("prompt", "facts", "rationale", "source", "step", "ended_by", "conditions")
    return [
        plainly(judged.checklist, p, *plain_fields)
        | {
            "effect_words": p["effect_words"]
            and wording.effect_in_words(p["effect"], p["state"], wording.EFFECT_PLAINLY)
        }
        for p in rows.patterns(judged, names)
    ]


def of_other_places(judged: Judged, earlier: Sequence[SavedAnswer], names: dict[str, str]) -> list[dict[str, str]]:
    """What was worrying of somebody when another place was asked about, and nobody has answered for this one."""
    answered = {(a.criterion, a.subject) for a in judged.answers}
    found = []
    for a in earlier:
        criterion = judged.checklist.criteria[a.criterion]
        if (a.criterion, a.subject) in answered or a.subject not in names:
            continue
        if rank_of_concern(criterion, answers.plain_answer(a), judged.checklist.numbers_on(judged.file.on)) == 0:
            continue
        who = ", ".join(part for part in (a.source_name, a.source_role or a.source_agency) if part) or "nobody named"
        said = a.note or value_in_words(criterion, a.value)
        found.append(
            {
                "name": criterion.name,
                "about": names[a.subject],
                "said": said,
                "who": who,
                "when": clocks.in_words(a.on) or "day not known",
            }
        )
    return found


def of_the_whole(judged: Judged, actions: Actions) -> dict[str, Any]:
    """What may be done about the placement as a whole."""
    tonight = judged.result.outcome >= Outcome.CANNOT_DECIDE
    is_open = tonight and not closed_by(judged.result)
    return {
        "may_be_tonight": tonight,
        "take_tonight": for_tonight(judged, actions),
        "left_to_a_senior": is_open and actions.assessment.state in OPEN and not may(actions.role, "emergency.take"),
        "confirm_district": actions.of_assessment("Confirm the district", "district.confirm", "case.edit", DRAFT),
        "find_address": actions.of_assessment("Find the exact address", "locate.locate", "case.edit", DRAFT)
        if where.asks_outside()
        else None,
        "write_way_down": actions.of_assessment(
            "Write down a way that was checked", "journeys.listed", "case.edit", DRAFT
        ),
        "change": actions.of_assessment("Change", "placements.placement", "case.edit", DRAFT),
    }


def short_forms(judged: Judged, actions: Actions) -> list[ShortForm]:
    """Where what is known of the family and the place is added or changed, for whoever may."""
    return judged.following.once(("short_forms", *looked_at(actions)), lambda: _short_forms(judged, actions))


def _short_forms(judged: Judged, actions: Actions) -> list[ShortForm]:
    assessment = judged.assessment
    family = of_family(assessment.case, labels_of(assessment.case)) if actions.may("case.edit") else []
    place = of_place(assessment.case_id, assessment.id) if actions.may("case.edit", (DRAFT,)) else []
    return [*family, *place]


def of_emergencies(taken: Sequence[EmergencyDecision], actions: Actions) -> list[tuple[Any, list[str], Link | None]]:
    """Each emergency decision with what it says, and the link by which a lead looks at it."""
    return [(e, emergency.lines(e), actions.ratify(e.id, e.verdict)) for e in taken]


def beside(judged: Judged, actions: Actions, forward: WayForward) -> dict[str, Any]:
    """What stands beside the outcome: the next place, days to come, duties, tonight, and who holds which piece."""
    return judged.following.once(("beside", *looked_at(actions)), lambda: _beside(judged, actions, forward))


def _beside(judged: Judged, actions: Actions, forward: WayForward) -> dict[str, Any]:
    checklist, found, follows = judged.checklist, judged.result, judged.following
    steps = [s._replace(step=plain(checklist, s.step)) for s in forward.steps]
    conditional = found.outcome is Outcome.SUITABLE_WITH_CONDITIONS
    return {
        **_needs(judged, forward),
        # Conditions stand in the verdict itself: "suitable if" without them says nothing.
        "conditions": steps if conditional else [],
        "steps": [] if conditional else steps,
        "flips": judged.following.flips,
        "changes": [c._replace(rows=tuple(plain(checklist, row) for row in c.rows)) for c in follows.changes],
        "duties": judged.following.duties,
        "tonight": first_night(checklist, found),
        "pieces": [{**_piece(judged, p), "ask": _ask(p, actions)} for p in follows.pieces],
        "ask_any": actions.ask("Record a question or an answer"),
    }


def _piece(judged: Judged, p: Piece) -> dict[str, Any]:
    return {
        **plainly(judged.checklist, p._asdict(), "question", "at_silence"),
        "state_words": plain(judged.checklist, _piece_words(p)),
    }


def _needs(judged: Judged, forward: WayForward) -> dict[str, list[str]]:
    """What the next place must have: what is wrong with this one, and apart from it what nobody knows of it."""
    if forward.reachable or not forward.elsewhere:
        return {"needs": [], "needs_too": []}
    wrong = next_unit(judged.checklist, judged.result, only_known=True)
    return {
        "needs": wrong,
        "needs_too": [w for w in next_unit(judged.checklist, judged.result) if w not in wrong],
    }


def _ask(piece: Piece, actions: Actions) -> Link | None:
    if piece.state == "answered" or piece.agency == FAMILY or not actions.may("answer.save", OPEN):
        return None
    sheet = actions.link("Ring and write down", "conversations.sheet", f": {piece.name}", speaker=piece.agency)
    return sheet._replace(in_place=True)


def _piece_words(piece: Piece) -> str:
    said = _PIECE_WORDS[piece.state]
    if not piece.heard:
        return f"{said} (asked on {clocks.iso_in_words(piece.asked_on)})" if piece.asked_on else said
    unsaid = "; whether it answered its exact question is not written down" if piece.state == "partly" else ""
    return f"{said} in {piece.heard}{unsaid}"
