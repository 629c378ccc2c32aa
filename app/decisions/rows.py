"""Findings and patterns as the pages of a result show them, in words: the same for the officer and for the lead who reviews."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from app.assessments.judging import Judged
from app.suitability.advice.plain import plain, plainly
from app.suitability.advice.report import pattern_of
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Effect, OpenEffect
from app.suitability.checklist.checklist import Checklist
from app.suitability.judgement.follows import STRONG

from .record_contents import sorted_findings

WORRIES, HOLD = STRONG, OpenEffect.HOLD


def findings(judged: Judged, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every finding with whom it is about and its words, what stops it first."""
    return [
        {
            **f,
            "about": names[f["subject"]],
            "effect_words": wording.effect_in_words(f["effect"], f["state"]),
            "basis_words": wording.BASIS[f["basis"]],
        }
        for f in sorted_findings(judged)
    ]


def patterns(judged: Judged, names: Mapping[str, str]) -> list[dict[str, Any]]:
    """Every pattern that fired. One that only prompts has no effect to put into words, and nothing ends it."""
    found = []
    for p in judged.result.patterns:
        prompts = p.effect is Effect.NONE
        found.append(
            {
                **pattern_of(judged.checklist, p),
                "outcome_rank": p.outcome.rank,
                "about": names[p.subject],
                "shade": "low" if prompts else p.effect,
                "effect_words": "" if prompts else wording.effect_in_words(p.effect, p.state),
                "ended_by": "" if prompts else p.remedy,
            }
        )
    return found


_OF_A_FINDING = ("why", "remedy", "conditions")
_OF_A_PATTERN = ("prompt", "facts", "rationale", "step", "ended_by", "conditions")


def in_plain_words(judged: Judged, shown: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The same findings or patterns for whoever has never read the rules: no code, and what an effect does."""
    return [
        plainly(judged.checklist, one, *(_OF_A_PATTERN if "pattern" in one else _OF_A_FINDING))
        | {
            "effect_words": one["effect_words"]
            and wording.effect_in_words(one["effect"], one["state"], wording.EFFECT_PLAINLY)
        }
        for one in shown
    ]


def frozen_in_plain_words(checklist: Checklist, frozen: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Findings as an emergency decision keeps them, in the words of today."""
    return [
        {
            **f,
            "why": [plain(checklist, said) for said in f["why"]],
            "effect_words": wording.effect_in_words(f["effect"], f["state"], wording.EFFECT_PLAINLY),
        }
        for f in frozen
    ]
