"""What officers, a senior officer and a lead do to a case, a function a verb, through the services: for the samples' cases."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import User
from app.assessments import answers
from app.assessments import service as assessments
from app.assessments.importing import import_case
from app.assessments.models import Assessment
from app.cases.household import household_of
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.decisions import emergency
from app.decisions import service as decisions
from app.extensions import db
from app.places import loading
from app.settings import ROOT
from app.suitability.reading import case_file

PEOPLE = {
    "housing_officer": "Olu Officer",
    "other_officer": "Ottilie Other",
    "senior_officer": "Sena Senior",
    "safeguarding_lead": "Leah Lead",
    "auditor": "Arun Auditor",
    "administrator": "Ada Admin",
}
PASSWORD = "correct horse battery staple"
EXAMPLES = ("h1", "h2", "h3", "h5")


def email_of(who: str) -> str:
    return f"{who}@test.example"


def user(who: str) -> User:
    return db.session.scalars(select(User).where(User.email == email_of(who))).one()


def people() -> None:
    """An account a role with a password, and one that was closed."""
    for who, name in PEOPLE.items():
        _, token = accounts.create_account(name, email_of(who), who.replace("other", "housing"))
        accounts.set_password(token, PASSWORD)
    gone, _ = accounts.create_account("Greta Gone", email_of("gone"), "senior_officer")
    accounts.set_active(gone.id, False)


def seen(case_id: str) -> int:
    """The version of a case that somebody who looks at it now sees."""
    return db.session.get_one(Case, case_id, populate_existing=True).version


def case_of(assessment_id: str) -> str:
    return db.session.get_one(Assessment, assessment_id).case_id


def adopted(reference: str, tree: dict[str, Any], officer: str = "housing_officer") -> str:
    """A case read in from a case file; gives its assessment."""
    tree = {**tree, "household": {**tree["household"], "reference": reference}}
    with writing() as session:
        return import_case(session, user(officer), case_file.build(tree, read_folder())).id


def example(name: str) -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / f"{name}.json").read_text(encoding="utf-8"))
    return tree


def answer(assessment_id: str, criterion: str, subject: str, value: Any, grade: str = "E3", **more: Any) -> None:
    """Record an answer, as the page of its question does."""
    assessment = db.session.get_one(Assessment, assessment_id)
    row = answers.of_row(answers.saved_answers(assessment.case_id, assessment.unit_id), criterion, subject)
    values = {
        "value": value, "grade": grade, "source_name": "Sam Source", "source_role": "keyworker", "source_agency": "drug and alcohol service",
        "on": today(), "note": "What was said or seen, in words.", "why": "", "so_what": "", "reason": "", **more,
    }  # fmt: skip
    answers.save_answer(
        user("housing_officer"), assessment_id, read_folder().criteria[criterion], subject, answers.seen_mark(row), values
    )  # fmt: skip


def mitigation(assessment_id: str, criterion: str, subject: str, what: str, **more: Any) -> None:
    values = {
        "what": what, "owner_name": "", "owner_role": "", "owner_agency": "", "owner_accepted": None, "due": None,
        "in_place": None, "seen_grade": None, "seen_by": "", "seen_on": None, **more,
    }  # fmt: skip
    at = seen(case_of(assessment_id))
    assessments.save_mitigation(user("housing_officer"), assessment_id, at, criterion, subject, values)


def owned(due_in: int) -> dict[str, Any]:
    """An owner who has accepted it, and a day."""
    return {
        "owner_name": "Pia Place", "owner_role": "placement officer", "owner_agency": "council",
        "owner_accepted": today(), "due": today() + timedelta(days=due_in),
    }  # fmt: skip


def in_place() -> dict[str, Any]:
    return {"in_place": today(), "seen_grade": "E2", "seen_by": "Olu Officer", "seen_on": today()}


def acceptance(assessment_id: str, who: str, criterion: str, subject: str, review_in: int | None = 14) -> None:
    review = None if review_in is None else today() + timedelta(days=review_in)
    values = {
        "reason": "In view of everything that is known.",
        "review_on": review,
        "lead_professional_view": "She agrees.",
    }
    assessments.save_acceptance(
        user(who), assessment_id, seen(case_of(assessment_id)), criterion, subject, today(), values
    )


def submit(assessment_id: str, worse: str = "", why: str = "") -> None:
    family = household_of(db.session.get_one(Assessment, assessment_id).case)
    reasons = {c.key: f"What this place means for {c.name}, in words." for c in family.children()}
    assessments.submit(
        user("housing_officer"), assessment_id, seen(case_of(assessment_id)), reasons, worse, why, impression_relied_on=False
    )  # fmt: skip


def decide(assessment_id: str, verdict: str = "approve") -> str:
    """Approve, with a condition of the lead's own where the verdict says so; gives the record."""
    more = [
        {
            "what": "The officer looks in on Friday",
            "owner": "Olu Officer",
            "due": (today() + timedelta(days=4)).isoformat(),
        }
    ]
    return decisions.decide(
        user("safeguarding_lead"), assessment_id, seen(case_of(assessment_id)), verdict,
        "Read and agreed, for these reasons.", more if verdict != "approve" else [],
    ).record_id  # fmt: skip


def tonight(assessment_id: str) -> str:
    """An emergency decision of a senior officer."""
    values = {
        "tried": "Four hotels and two hostels were telephoned; each was full.", "why": "It is minus two and they have a car and nothing else.",
        "safe_tonight": "Bobbie sleeps in the cot we brought.", "seen_by": "Olu Officer, at 19:10, with the cot made up",
        "told": "P. Erson, Emergency Duty Team, at 19:20", "nights": 1,
    }  # fmt: skip
    return emergency.take(user("senior_officer"), assessment_id, seen(case_of(assessment_id)), values).id


def ratify(emergency_id: str, assessment_id: str, verdict: str) -> None:
    emergency.ratify(
        user("safeguarding_lead"),
        emergency_id,
        seen(case_of(assessment_id)),
        verdict,
        "Read this morning, with the family seen.",
    )


def directory(app: Flask, folder: Path) -> None:
    """Three services of the council's own list."""
    path = folder / "services.csv"
    day = today().isoformat()
    lines = [
        f"family_hub,Hub {n},{n} Made-up Street,{postcode},,,,H{n},{day}"
        for n, postcode in enumerate(("B14 7ET", "B13 8DD", "B1 1BB"))
    ]
    path.write_text(
        "\n".join(["kind,name,address,postcode,services,hours,phone,ref,checked_on", *lines]) + "\n", encoding="utf-8"
    )
    loading.run(app.config["SETTINGS"], "services", path, "Ada Admin", {"date": day, "owner": "Early years team"})
    path.unlink()
