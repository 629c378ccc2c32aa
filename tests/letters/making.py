"""What tests of letters begin from: a decided case in another council's district, with its duty written down."""

from __future__ import annotations

import json
import re
import secrets
from typing import Any

from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.cases.models import Case
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.letters.models import Letter
from app.settings import ROOT
from tests.conftest import Instance

ELSEWHERE = "E08000029"  # Solihull
TO = {
    "to_name": "Homelessness manager",
    "to_organisation": "Solihull Council",
    "to_address": "1 Invented Square\nSolihull",
}


def placed(
    instance: Instance, name: str = "h2", duty: str = "main", elsewhere: bool = True, **case_values: Any
) -> tuple[str, str]:
    """A decided case, its unit in another district, which leaves it undecided, or in our own: (case, assessment)."""
    tree = json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    tree["household"]["reference"] = f"{name.upper()}-{secrets.token_hex(3)}"
    for answer in tree["answers"]:
        if answer["criterion"] == "LS01":
            answer["value"] = duty
    case_id, assessment_id = instance.import_tree(tree)
    with instance.app.app_context(), writing() as session:
        assessment = session.get_one(Assessment, assessment_id)
        if elsewhere:
            assessment.authority, assessment.authority_how = ELSEWHERE, "Council tax"
        assessment.notice_sent = None
        case = session.get_one(Case, case_id)
        for key, value in case_values.items():
            setattr(case, key, value)
    instance.submit(assessment_id)
    with instance.app.app_context():
        decisions.decide(
            instance.user("safeguarding_lead"),
            assessment_id,
            instance.version(case_id),
            "approve",
            "Read and agreed, for these reasons.",
            [],
        )
    return case_id, assessment_id


def make(instance: Instance, client: FlaskClient, case_id: str, kind: str, **boxes: Any) -> Any:
    """Send the page on which a letter is made."""
    data = {**TO, "version": str(instance.version(case_id)), **boxes}
    return client.post(f"/cases/{case_id}/letters/new/{kind}", data=data)


def made(instance: Instance, client: FlaskClient, case_id: str, kind: str, **boxes: Any) -> str:
    """A letter, made by the page: its identifier."""
    answer = make(instance, client, case_id, kind, **boxes)
    assert answer.status_code == 302, re.sub(r"<[^>]+>", " ", answer.text)[:3000]
    return str(answer.location).rstrip("/").rsplit("/", 1)[1]


def letter(letter_id: str) -> Letter:
    return db.session.get_one(Letter, letter_id)


def day(name: str, on: Any) -> dict[str, str]:
    return {f"{name}-day": str(on.day), f"{name}-month": str(on.month), f"{name}-year": str(on.year)}
