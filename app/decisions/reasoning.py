"""What a record keeps of the reasoning: patterns with their answers, who was asked, what the days change, and each path."""

from __future__ import annotations

from typing import Any

from app import clocks
from app.assessments.judging import Judged
from app.suitability.advice.enquiry_log import Piece
from app.suitability.advice.plain import plainly
from app.suitability.advice.reasoning import path_of
from app.suitability.advice.report import Outlook, pattern_of
from app.suitability.judgement.result import Row

_PIECE_WORDS = {
    "not_asked": "not asked",
    "waiting": "asked on {asked}, not answered",
    "silent": "asked on {asked}, not answered in its time",
    "refused": "asked on {asked}, refused to answer",
    "partly": "asked on {asked}, partly answered",
    "answered": "asked on {asked}, answered",
    "heard": "answered in the questions themselves, last on {asked}",
    "heard_partly": "single questions answered, last on {asked}; whether it answered this one is not written down",
}


def kept(judged: Judged, names: dict[str, str], effect_words: Any, ahead: Outlook) -> dict[str, Any]:
    """Beside the result itself: everything the page shows of how it came about, in words."""
    checklist, file, found = judged.checklist, judged.file, judged.result
    return {
        "patterns_shown": [
            {
                **{
                    k: v
                    for k, v in plainly(
                        checklist, pattern_of(checklist, p), "prompt", "facts", "step", "remedy"
                    ).items()
                    if k in ("pattern", "name", "prompt", "facts", "step", "owner", "remedy", "source")
                },
                "subject_name": names[p.subject],
                "effect_words": "Prompt" if p.effect == "none" else effect_words(p.effect, p.state),
                "answers": [
                    f"{a.by}, {clocks.in_words(a.on)}: {a.reason}"
                    for a in file.pattern_answers
                    if (a.pattern, a.subject) == (p.id, p.subject)
                ],
            }
            for p in found.patterns
        ],
        "pieces": [_piece(p) for p in ahead.pieces],
        "changes": [{**c._asdict(), "rows": list(c.rows)} for c in ahead.changes],
        "rests_on": [
            {"name": checklist.criteria[f.criterion].name, "subject_name": names[f.subject], "lapses_on": f.lapses_on}
            for f in ahead.flips
        ],
        "duties": [d._asdict() for d in ahead.duties],
    }


def _piece(piece: Piece) -> dict[str, str]:
    asked = clocks.iso_in_words(piece.asked_on) if piece.asked_on else ""
    return {
        "name": piece.name,
        "question": piece.question,
        "ground": piece.ground,
        "words": _PIECE_WORDS[_state_of(piece)].format(asked=asked),
    }


def _state_of(piece: Piece) -> str:
    if not piece.heard:
        return piece.state
    return "heard_partly" if piece.state == "partly" else "heard"


def path_words(judged: Judged, row: Row, subject_name: str) -> dict[str, Any]:
    """Of one row: why it was asked, by which rule it is judged, and what lifts it."""
    path = path_of(judged.checklist, judged.file, row, subject_name)
    return {"asked": path.asked, "rule": path.rule, "remedy": path.remedy}
