"""What jobs do with a letter: its PDF, and the mail it leaves in. Each is safe to run twice: what was made once is kept and used again."""

from __future__ import annotations

import email
import email.policy

from sqlalchemy.exc import IntegrityError

from app import clocks, disk, jobs
from app.accounts.models import User
from app.audit import service as audit
from app.cases import service as cases
from app.database import now, writing
from app.extensions import db
from app.lives import ways
from app.notifications import mail, messages
from app.records import canonical, process
from app.settings import current_settings

from . import sealed, service
from .models import Letter, LetterFile, LetterMail

_DRAWN_BY = "app.letters.paper"


def make_pdf(letter_id: str) -> None:
    """Draw a letter and keep its bytes with their hash; one that has its PDF keeps it."""
    letter = db.session.get(Letter, letter_id)
    if letter is None or sealed.file_of(letter_id, "pdf") is not None:
        return
    if canonical.digest(letter.body) != letter.sha256:
        raise jobs.Failed("render")
    try:
        made = process.render(letter.body, drawn_by=_DRAWN_BY)
    except process.RenderFailed:
        raise jobs.Failed("render") from None
    _keep(letter, "pdf", made)


def _keep(letter: Letter, what: str, content: bytes) -> None:
    """Keep bytes once; of two who made them at the same time the first."""
    values = {"case_id": letter.case_id, "letter_id": letter.id, "what": what, "sha256": canonical.digest(content)}
    key = f"{letter.id}-{what}"
    try:
        with writing() as session:
            if session.get(LetterFile, key) is None:
                session.add(LetterFile(id=key, content=content, **values))
                if what == "pdf":
                    audit.record(
                        session,
                        "letter.drawn",
                        "letter",
                        values["letter_id"],
                        values["case_id"],
                        {"sha256": values["sha256"]},
                    )
    except IntegrityError:
        db.session.rollback()


@disk.goes_through
def send(mail_id: str) -> None:
    """Send a letter closed with its pass phrase; running it again sends the same bytes under the same name."""
    settings = current_settings()
    found = db.session.get(LetterMail, mail_id)
    if found is None or found.mailed_at is not None or found.sealed is None:
        return
    letter = db.session.get_one(Letter, found.letter_id)
    if not service.may_leave(letter):
        return
    try:  # what was refused since it was asked for does not go, and whoever asked is told
        ways.refuse(
            db.session, letter.case_id, "email", (found.to_email, letter.to_name), letter.kind == "offer", "email"
        )
    except cases.CaseProblem:
        raise jobs.Refused("way_refused") from None
    make_pdf(letter.id)
    found = db.session.get_one(LetterMail, mail_id)
    letter = db.session.get_one(Letter, found.letter_id)
    kept = sealed.file_of(letter.id, mail_id)
    if kept is None:
        pdf = sealed.file_of(letter.id, "pdf")
        if pdf is None or found.sealed is None:
            raise jobs.Failed("render")
        closed = sealed.with_phrase(pdf.content, sealed.opened(found.sealed))
        said = messages.letter_of_a_case(settings, found.to_email, mail_id, closed)
        _keep(letter, mail_id, said.as_bytes(policy=email.policy.SMTP))
        kept = sealed.file_of(letter.id, mail_id)
        assert kept is not None
    # What goes out is what is kept, to the byte.
    message = email.message_from_bytes(kept.content, policy=email.policy.SMTP)
    digest = kept.sha256
    mail.deliver(message, settings, mail_id)
    with writing() as session:
        found = session.get_one(LetterMail, mail_id)
        cases.lock(session, found.case_id)
        session.refresh(found)
        if found.mailed_at is not None:
            return
        found.mailed_at, found.sealed = now(), None
        letter, sender = session.get_one(Letter, found.letter_id), session.get_one(User, found.asked_by)
        service.add_step(session, letter, sender, "mailed", clocks.today(), found.to_email, "", digest)
        audit.record(session, "letter.mailed", "letter", letter.id, letter.case_id, {"sha256": digest})


jobs.register(service.PDF, make_pdf, "PDF of a letter")
