"""What happens around a decision since it has rooms of its own: a search, several units, who leads, letters, copies, what readers add.

OLD-AROUND is decided, with a condition; OLD-BESIDE has a further unit and is kept from somebody by name.
"""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from app.cases import exclusions
from app.cases.household import household_of
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.decisions import afterwards
from app.decisions.models import Decision
from app.editions import service as editions
from app.editions.release import Chosen
from app.extensions import db
from app.letters import asking, lead
from app.letters import service as letters
from app.placements import beside, search
from app.placements.models import PlaceConsidered
from app.properties.models import UnitBeside
from app.sharing import service as sharing
from app.sharing import words
from app.sharing.models import Share
from tests.suitability.households import plain, settled

from .desk import adopted, case_of, decide, example, seen, submit, user

OFFICER, LEAD = "housing_officer", "safeguarding_lead"
COPIES = {"health_visitor": (), "applicant_parent": ("A",), "school": ("C",)}


def before() -> dict[str, str]:
    """What is done before the worker runs; gives what ``answered`` goes on with."""
    _several_units()
    assessment_id = adopted("OLD-AROUND", settled(plain()))
    case_id = case_of(assessment_id)
    submit(assessment_id)
    record_id = decide(assessment_id, "approve_with_conditions")
    _searched(case_id)
    _led(case_id)
    _asked_of_telling(case_id)
    request = letters.make(
        user(OFFICER), case_id, seen(case_id), "request", letters.To("Sam Source", "Drug and alcohol service", "1 Invented Square"),
        {"agency": "drug_service", "about": ["A"], "question": "Is he seen every week?", "ground": "consent", "by_when": today() + timedelta(days=5)},
    )  # fmt: skip
    offer = letters.make(
        user(OFFICER), case_id, seen(case_id), "offer", letters.To("Al Plain", "", "Flat 1, 2 Invented Row"),
        {"applicant": "A", "put_right": "We bring a second bed."},
    )  # fmt: skip
    letters.send(user(OFFICER), request, seen(case_id), "sam.source@drugs.example")
    kept = {"case": case_id, "assessment": assessment_id, "request": request, "offer": offer}
    for reader, about in COPIES.items():
        copy = editions.make(user(OFFICER), record_id, seen(case_id), reader, Chosen(about=about))
        kept[reader] = copy.id
    to = ("Hester Around", "health visitor", "hester.around@nhs.example", "She visits the family.")
    made, code = sharing.share(user(OFFICER), record_id, None, *to, edition_id=kept["health_visitor"])
    return kept | {"share": made.id, "code": code}


def _several_units() -> None:
    assessment_id = adopted("OLD-BESIDE", example("h5"))
    case_id = case_of(assessment_id)
    made = beside.add(user(OFFICER), assessment_id, seen(case_id), {"door": "Room 12", "sleeps": None, "kind": "other"})
    with writing() as session:  # a key is drawn by lot, and results of the two engines are held side by side by it
        session.scalars(select(UnitBeside).where(UnitBeside.key == made)).one().key = "second-unit"
    exclusions.keep_out(user(LEAD), case_id, seen(case_id), user("senior_officer").id, "She is a neighbour of theirs.")


def _searched(case_id: str) -> None:
    """Two places that were considered, and one struck out."""
    looked = {
        "on": today(),
        "size": "",
        "nightly_cost_pence": 4_500,
        "district": "inside",
        "told_by": "Pat Rowe, Rowe Lettings",
    }
    for place, came, because in (
        ("Flat 2, 8 Invented Mews", "not_available", "Let the day before."),
        ("Flat 3, 8 Invented Mews", "not_for_them", "Four floors up and no lift."),
        ("Flat 4, 8 Invented Mews", "waiting", ""),
    ):
        search.add(user(OFFICER), case_id, seen(case_id), {**looked, "place": place, "came": came, "because": because})
    last = db.session.scalars(select(PlaceConsidered).where(PlaceConsidered.came == "waiting")).one()
    search.strike(user(OFFICER), case_id, seen(case_id), last.id, "It is another family’s.")


def _led(case_id: str) -> None:
    them = {
        "name": "Lena Lead",
        "role": "keyworker",
        "agency": "family hub",
        "email": "lena@hub.example",
        "on": today(),
    }
    other = {**them, "name": "Lou Lead", "email": "lou@hub.example"}
    for what, who, note in (
        ("ended", them, "Lea Prof is on leave from today; ask Lena."),
        ("proposed", them, ""),
        ("declined", them, "She is on leave until spring; ask Lou."),
        ("proposed", other, ""),
        ("accepted", other, ""),
    ):
        lead.step(user(OFFICER), case_id, seen(case_id), what, {**who, "note": note})


def _asked_of_telling(case_id: str) -> None:
    """The parent agrees that the practice is told, and not that the school is."""
    for body, said in (("gp", "agreed"), ("school", "refused")):
        values = {"asked_of": "A", "on": today(), "answer": said, "details_on": None, "note": ""}
        family = household_of(db.session.get_one(Case, case_id, populate_existing=True))
        asking.ask(user(OFFICER), case_id, seen(case_id), body, values, family)


def answered(folder: Path, kept: dict[str, str]) -> None:
    """Once letters and copies have their files: one is posted and one answered, the reader of a copy adds something, a condition is met."""
    case_id = kept["case"]
    for letter, how, whom in (
        (kept["offer"], "posted", "Al Plain"),
        (kept["offer"], "received", "Al Plain"),
        (kept["request"], "answered", "Sam Source"),
    ):
        letters.prove(user(OFFICER), letter, seen(case_id), how, today(), whom, "")
    share = db.session.get_one(Share, kept["share"], populate_existing=True)
    found = re.search(r"/shared/(\S+)", (folder / "mail" / f"{share.id}.eml").read_text(encoding="utf-8"))
    assert found
    visit = sharing.redeem(found[1], kept["code"])
    assert visit
    assert words.say(found[1], visit, words.ADDED, "He comes to the group on Tuesdays.")
    assert words.say(found[1], visit, words.WRONG, "The group is on Tuesdays, not on Mondays.")
    decision = db.session.scalars(select(Decision).where(Decision.assessment_id == kept["assessment"])).one()
    waits = next(s for s in afterwards.steps_of(decision.id) if s.kind == afterwards.CONDITION)
    afterwards.met(user(OFFICER), decision, seen(case_id), waits.id, "Olu Officer", today(), "Seen on the visit.")
    afterwards.ask_correction(
        user(OFFICER), decision, seen(case_id), "The flat is on the ground floor.", "It is on the first.", "Olu Officer"
    )
