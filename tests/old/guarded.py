"""What is kept from whom, given out and let go, since there are rooms for it; and who signs in by what.

OLD-SEALED holds a sealed home that was shown once; OLD-GLASS was opened in an emergency; OLD-MATCHED may be close to somebody of the council;
OLD-SEEN was visited; OLD-GIVEN was given out; OLD-HELD is held; OLD-LEAVING is proposed to be destroyed, with one who agreed; OLD-GONE is destroyed, and its certificate is left.
"""

from __future__ import annotations

import io
from datetime import date, timedelta
from typing import Any
from unittest.mock import patch

import pyotp
from PIL import Image
from sqlalchemy import select

from app.access import glass, looking, noticing
from app.access.models import ReadingFinding
from app.accounts import second
from app.accounts.models import CouncilIdentity, Passkey, User
from app.assessments.models import Assessment, SavedAnswer
from app.cases import exclusions, handing, matches, own, sealing, supervision
from app.cases.models import Case
from app.cases.service import lock_case, restrict
from app.cases.ties import PossibleMatch
from app.clocks import today
from app.court import service as court
from app.database import writing
from app.extensions import db
from app.lives import steps, warnings, wishes
from app.placements import registered
from app.properties import keeping
from app.retention import complaints, destroying, holds, proposing, schedule
from app.retention.models import Disposal
from app.sharing import service as sharing
from app.subject_access import service as subject_access
from app.visits import photographs
from app.visits import service as visits
from app.work import covering
from tests.suitability.households import plain, settled

from .desk import adopted, answer, case_of, decide, example, seen, submit, user

OFFICER, OTHER, SENIOR, LEAD = "housing_officer", "other_officer", "senior_officer", "safeguarding_lead"
WHY = "In view of what was said, and by whom."


def before() -> str:
    """What is done before the worker runs; gives the case that is destroyed once its PDF is there."""
    _second_steps()
    _sealed()
    _opened_in_an_emergency()
    _possible_matches()
    _held()
    _told_and_given()
    _seen_there()
    _noticed()
    _proposed("OLD-LEAVING", SENIOR)
    gone = adopted("OLD-GONE", settled(plain()))
    submit(gone)
    decide(gone)
    return case_of(gone)


def _second_steps() -> None:
    """Codes of an app, with those on paper; a passkey; and an account that comes by the council's own sign-in."""
    auditor = user("auditor")
    offered = second.offer(auditor.id, auditor.email)
    with writing() as session:
        codes = second.set_up(
            session, session.get_one(User, auditor.id), offered.closed, pyotp.TOTP(offered.secret).now()
        )
        assert codes
        session.add(
            Passkey(user_id=user(SENIOR).id, credential="c2FtcGxl", public_key=b"a sample", sign_count=0, name="laptop")
        )
        session.add(CouncilIdentity(user_id=user(OTHER).id, issuer="https://sign-in.example", subject="person-1"))


def _sealed() -> None:
    assessment_id = adopted("OLD-SEALED", example("h1"))
    case_id = case_of(assessment_id)
    named = [user(OFFICER).id]
    sealing.seal(user(OFFICER), case_id, seen(case_id), WHY, named, steps.that_say, sharing.end_links_that_say)
    asked = sealing.ask(user(SENIOR), case_id, seen(case_id), "show", "To bring the cot tonight.")
    sealing.settle(user(LEAD), case_id, seen(case_id), asked, True, "Rung her: it is so.")
    assert sealing.show(user(SENIOR), case_id)
    sealing.ask(user(SENIOR), case_id, seen(case_id), "lift", "They moved on.")
    submit(assessment_id)


def _opened_in_an_emergency() -> None:
    """A restricted case, opened by its reference, closed again and answered for; and an asking that opened nothing."""
    case_id = case_of(adopted("OLD-GLASS", example("h3"), OTHER))
    restrict(user(LEAD), case_id, seen(case_id), True)
    opened = glass.ask(user(SENIOR), "OLD-GLASS", "here_now", "They stand at the desk and have nowhere to sleep.")
    if opened is None:  # a senior officer sees it already
        opened = glass.ask(user(OFFICER), "OLD-GLASS", "here_now", "They stand at the desk and have nowhere to sleep.")
    who = next(u for u in (user(OFFICER), user(SENIOR)) if glass.of_user(u.id))
    glass.note(who, case_id, "The door was changed, and the night porter told.")
    found, _ = glass.of_user(who.id)[0]
    assert glass.end(who, found.id)
    glass.review(user(LEAD), found.id, "justified", "Rung: it is so.")
    glass.ask(user(OFFICER), "OLD-NOWHERE", "danger", "Somebody rang about a child alone at home.")


def _possible_matches() -> None:
    """Whoever may be close to a family: one waits for a lead, one was kept out by her."""
    own.add(user(SENIOR), "former_name", "Mo Marker", "", "")
    own.add(user(OTHER), "relation", "Mo Marker", "", "")
    tree = settled(plain())
    tree["household"]["members"][0]["name"] = "Mo Marker"
    case_id = case_of(adopted("OLD-MATCHED", tree))
    found = db.session.scalars(select(PossibleMatch).where(PossibleMatch.case_id == case_id)).all()
    of_senior = next(m for m in found if m.user_id == user(SENIOR).id)
    matches.settle(user(LEAD), case_id, of_senior.id, True, "He says that he was married to her.", lambda *_: None)
    assert len(found) > 1


def _held() -> None:
    case_id = case_of(adopted("OLD-HELD", example("h5")))
    first = holds.put(user(LEAD), case_id, seen(case_id), "police", "DC Example asked on the telephone.")
    holds.put(user(LEAD), case_id, seen(case_id), "inquiry", "The coroner's letter of this morning.")
    holds.lift(user(LEAD), first, case_id, seen(case_id), "The police want nothing more.")
    complaints.write(user(OFFICER), case_id, seen(case_id), today(), "letter", "That her sister was told where she is.")


def _told_and_given() -> None:
    """What a child said, a warning, a note of supervision; given out for a court and to whom it is about; handed over and covered."""
    assessment_id = adopted("OLD-GIVEN", example("h2"))
    submit(assessment_id)
    decide(assessment_id)
    case_id = case_of(assessment_id)
    family = db.session.get_one(Case, case_id)
    child = next(m.key for m in family.members if m.kind == "child")
    adult = next(m.key for m in family.members if m.kind != "child")
    said = {"source": "Hanna Visit", "place": "at home", "how": "play", "on": today(), "facts": {}}
    wishes.write(
        user(OFFICER), case_id, seen(case_id), {"who": child, "code": "sought", "said": "She likes the garden.", **said}
    )
    warned = {
        "said": "A dog that bites lives there.", "on": today(), "source": "Olu Officer", "grade": "E2",
        "due": today() + timedelta(days=90), "who": "",
    }  # fmt: skip
    warnings.write(user(OFFICER), case_id, seen(case_id), warned)
    note = {"on": today(), "with_whom": "Sena Senior", "reflected": "What is her day like?", "agreed": "To ask."}
    supervision.write(user(OFFICER), case_id, seen(case_id), note)
    subject_access.ask(user(OFFICER), case_id, seen(case_id), adult, today(), "Her passport, seen at the desk.")
    family = db.session.get_one(Case, case_id, populate_existing=True)
    court.export(user(LEAD), family, family.version, "court", "Family Court, 7", io.BytesIO())
    handing.hand_over(user(SENIOR), case_id, seen(case_id), user(OTHER).id, "Olu is away from tomorrow.")
    covering.set_cover(
        user(SENIOR), user(OFFICER).id, user(OTHER).id, today() + timedelta(days=1), today() + timedelta(days=9)
    )
    covering.put_in_team(user(SENIOR), user(OFFICER).id)
    exclusions.keep_out(user(LEAD), case_id, seen(case_id), user("administrator").id, "A neighbour of theirs.")


def _seen_there() -> None:
    """A building and a unit of the register with what is known of them; a visit, and a photograph of what was seen."""
    assessment_id = adopted("OLD-SEEN", example("h1"))
    case_id, assessment = case_of(assessment_id), db.session.get_one(Assessment, assessment_id)
    building = keeping.add_building(user(SENIOR), {"address": "3 Made-up Street", "postcode": assessment.unit.postcode})
    unit = keeping.add_unit(user(SENIOR), building, "Room 7", "")
    told = {"word": "officer", "said_by": "Olu Officer", "on": today() - timedelta(days=12), "until": None}
    known = {"kind": "restriction", "reach": "under", "under_age": 5, "words": "Until the restrictors are fitted."}
    keeping.add_evidence(user(OFFICER), building, unit, told | known)
    registered.link(user(SENIOR), assessment_id, seen(case_id), unit)
    visits.begin(user(OFFICER), case_id, assessment_id)
    answer(
        assessment_id,
        "CS11",
        "unit",
        "can",
        "E2",
        source_name="Olu Officer",
        source_role="housing officer",
        source_agency="council",
    )
    saved = select(SavedAnswer.id).where(SavedAnswer.case_id == case_id, SavedAnswer.criterion == "CS11")
    made = io.BytesIO()
    Image.new("RGB", (64, 48), (120, 90, 60)).save(made, "JPEG")
    last = db.session.scalars(saved.order_by(SavedAnswer.recorded_at.desc())).first()
    visits.add_photograph(user(OFFICER), case_id, assessment_id, str(last), photographs.made_anew(made.getvalue()))
    submit(assessment_id)


def _noticed() -> None:
    """What the rules noticed of whoever asked for what does not open, answered for."""
    looking.look()
    found = db.session.scalars(select(ReadingFinding.id).order_by(ReadingFinding.id)).first()
    assert found
    noticing.answer(user("auditor"), found, "asked", "They had the reference from a telephone call.")


def _proposed(reference: str, *who: str) -> str:
    """A case that was closed long ago, proposed to be destroyed, with those who agreed; gives the proposal."""
    found = db.session.scalars(select(Case).where(Case.reference == reference)).first()
    case_id = found.id if found is not None else case_of(adopted(reference, settled(plain())))
    with writing() as session:
        lock_case(session, case_id, None).closed_on = date(2019, 11, 1)
    with patch.object(schedule, "read", _confirmed):
        proposing.propose()
        disposal = db.session.scalars(select(Disposal.id).where(Disposal.case_id == case_id)).one()
        for each in who:
            proposing.agree(user(each), case_id, seen(case_id), disposal, "no", "Nobody claims anything any more.")
    return disposal


def _confirmed(read: Any = schedule.read) -> schedule.Schedule:
    """As a council confirms it, and without the rule that keeps a child's case until they are grown up."""
    said = read()
    rules = tuple(r._replace(confirmed=True) for r in said.rules if r.holds_for != schedule.A_CHILD)
    return said._replace(rules=rules)


def destroyed(case_id: str) -> None:
    """Once its PDF is there: two agree, and it is destroyed."""
    reference = db.session.get_one(Case, case_id).reference
    disposal = _proposed(reference, SENIOR, LEAD)
    with patch.object(schedule, "read", _confirmed):
        assert destroying.destroy(disposal)
