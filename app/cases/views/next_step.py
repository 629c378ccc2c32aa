"""The one green button of a case: what whoever looks does next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import url_for
from flask_login import current_user

from app.accounts.policy import may
from app.cases.models import Case
from app.suitability.casefile.values import in_sentence


def next_step(case: Case, placements: Sequence[Mapping[str, Any]]) -> dict[str, str] | None:
    """Enter the people; review; open the result; propose a placement. None where they only read and nothing is to be read."""
    edits = may(current_user.role, "case.edit")
    if edits and not case.members:
        words = "Enter everyone who lives, or could be expected to live, with the applicant."
        return {"said": words, "words": "Add a person", "address": url_for("cases.member", case_id=case.id)}
    for a in placements:
        if a["to_review"]:
            return {
                "said": "An assessment waits for you.",
                "words": "Review",
                "spoken": f" {a['unit'].address}",
                "address": url_for("decisions.review", **a["this"]),
            }
    newest = next((a for a in placements if not a["withdrawn"]), None)
    if newest and case.members:
        return {
            "said": f"{newest['unit'].address}: {in_sentence(newest['state_words'])}.",
            "asked": newest["returned"],
            "words": "Open the result",
            "spoken": f" of {newest['unit'].address}",
            "address": url_for("assessments.result", **newest["this"]),
        }
    if edits:
        words = "Propose a placement. Stops show as soon as you do."
        return {
            "said": words,
            "words": "Propose a placement",
            "address": url_for("placements.propose", case_id=case.id),
        }
    return None
