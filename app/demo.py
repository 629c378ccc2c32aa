"""Demonstration data: the invented households of the scenarios, and one account a role. Marked as such on every page."""

from __future__ import annotations

import json
import secrets
from datetime import date, timedelta

from sqlalchemy import select

from app.accounts import service as accounts
from app.accounts.models import User
from app.assessments.importing import import_case
from app.cases.models import Case
from app.checklists import read_folder
from app.clocks import today
from app.database import writing
from app.demo_conversations import in_conversations
from app.extensions import db
from app.installation import ROOT
from app.settings import current_settings
from app.suitability.reading import case_file

PEOPLE = (
    ("Olu Officer", "officer@demo.example", "housing_officer"),
    ("Sena Senior", "senior@demo.example", "senior_officer"),
    ("Leah Lead", "lead@demo.example", "safeguarding_lead"),
    ("Arun Auditor", "auditor@demo.example", "auditor"),
    ("Ada Admin", "admin@demo.example", "administrator"),
)
HOUSEHOLDS = ("h1", "h2", "h3", "h5")


def is_here() -> bool:
    """Does this instance hold the demonstration?"""
    return db.session.scalar(select(User.id).where(User.email == PEOPLE[0][1])) is not None


def load() -> None:
    """Add what is not there yet; a second run changes nothing."""
    words = current_settings().data / "demo-password.txt"
    if not words.exists():
        words.write_text(
            "-".join(secrets.SystemRandom().sample(_WORDS, 4)) + f"-{secrets.randbelow(1000):03d}", encoding="ascii"
        )
        words.chmod(0o600)
    password = words.read_text(encoding="ascii")
    for name, email, role in PEOPLE:
        if db.session.scalar(select(User.id).where(User.email == email)) is None:
            _, token = accounts.create_account(name, email, role)
            accounts.set_password(token, password)
    officer = db.session.scalars(select(User).where(User.email == "officer@demo.example")).one()
    for file_name in HOUSEHOLDS:
        tree = json.loads((ROOT / "docs" / "examples" / f"{file_name}.json").read_text(encoding="utf-8"))
        reference = f"DEMO-{file_name.upper()}"
        if db.session.scalar(select(Case.id).where(Case.reference == reference)) is not None:
            continue
        tree["household"]["reference"] = reference
        in_conversations(tree, read_folder())
        file = case_file.build(shifted(tree, (today() - date.fromisoformat(tree["on"])).days), read_folder())
        with writing() as session:
            import_case(session, officer, file, demo=True)


def shifted(tree: object, days: int) -> object:
    """The same case file with every date moved, so that the demonstration is always of today."""
    if isinstance(tree, dict):
        return {k: shifted(v, days) for k, v in tree.items()}
    if isinstance(tree, list):
        return [shifted(v, days) for v in tree]
    if isinstance(tree, str) and len(tree) == 10 and tree[4:5] == "-" and tree[7:8] == "-":
        try:
            return (date.fromisoformat(tree) + timedelta(days=days)).isoformat()
        except ValueError:
            return tree
    return tree


def how_to_sign_in(base_url: str) -> str:
    password = (current_settings().data / "demo-password.txt").read_text(encoding="ascii")
    lines = "\n".join(f"  {email}  ({role.replace('_', ' ')})" for _, email, role in PEOPLE)
    return f"Demonstration accounts, all with the password {password}\n{lines}\nSign in at {base_url.rstrip('/')}/sign-in\n"


_WORDS = [
    "harbour",
    "lantern",
    "meadow",
    "copper",
    "willow",
    "pebble",
    "saddle",
    "thimble",
    "orchard",
    "ribbon",
    "candle",
    "marble",
    "bramble",
    "kettle",
    "anchor",
    "feather",
    "garden",
    "velvet",
    "walnut",
    "tunnel",
]
