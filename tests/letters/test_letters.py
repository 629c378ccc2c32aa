"""Letters: made from the case, read before they go, sent with proof, and only what their reader may have."""

from __future__ import annotations

import email
import email.policy
import io
from datetime import timedelta

from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from sqlalchemy import select

from app import clocks
from app.assessments.models import Assessment
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.letters import sealed, sending, words
from app.letters.models import LetterFile, LetterMail, LetterStep
from app.records import canonical
from tests.conftest import Instance
from tests.house.reading_grade import grade

from .making import day, letter, made, make, placed


def test_a_notice_to_the_council_of_the_area_says_what_the_law_asks_and_no_name_of_a_child(
    instance: Instance, officer: FlaskClient
) -> None:
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    page = officer.get(f"/cases/{case_id}/letters/{letter_id}").text
    for said in (
        "Zofia Wójcik",
        "1 adult",
        "1 child: 20 months",
        "Flat 1, 20 Invented Lane",
        "Main duty (s.193(2))",
        "Solihull Council",
    ):
        assert said in page, said
    assert "Łucja" not in page
    assert "The council has not confirmed these words yet" in page
    assert "It has not left." in page


def test_its_pdf_is_kept_with_its_hash_and_is_drawn_alike(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    with instance.app.app_context():
        sending.make_pdf(letter_id)
        kept = db.session.get_one(LetterFile, f"{letter_id}-pdf")
        assert kept.sha256 == canonical.digest(kept.content)
        assert kept.content[:5] == b"%PDF-"
    answer = officer.get(f"/cases/{case_id}/letters/{letter_id}/letter.pdf")
    assert answer.status_code == 200
    assert canonical.digest(answer.data) == kept.sha256
    assert "Zofia" not in answer.headers["Content-Disposition"]


def test_a_mail_holds_nothing_of_the_family_and_opens_with_the_phrase(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    page = officer.post(
        f"/cases/{case_id}/letters/{letter_id}/mail",
        data={"version": str(instance.version(case_id)), "email": "homes@solihull.example"},
    )
    assert page.status_code == 200
    phrase = page.text.split('id="phrase">')[1].split("<")[0]
    with instance.app.app_context():
        mail = db.session.scalars(select(LetterMail)).one()
        sending.send(mail.id)
        db.session.expire_all()
        mail = db.session.scalars(select(LetterMail)).one()
        assert mail.mailed_at is not None
        assert mail.sealed is None
        step = db.session.scalars(select(LetterStep)).one()
        assert (step.how, step.whom, step.noted_by_name) == ("mailed", "homes@solihull.example", "Housing Officer")
        [file] = (instance.settings.data / "mail").glob("*.eml")
        sent = file.read_bytes()
        assert canonical.digest(sent) == step.sha256
        told = email.message_from_bytes(sent, policy=email.policy.default)
        read = [
            str(told.items()),
            *(part.get_content() for part in told.walk() if part.get_content_maintype() == "text"),
        ]
        assert len(read) > 1
        for said in ("Zofia", "Wójcik", "Invented Lane", "B14", "Main duty", phrase, letter(letter_id).number):
            # Three letters stand by chance in what is packed: of the file itself only longer words are looked for.
            assert not [text for text in read if said in text], said
            assert len(said) < 4 or said.encode() not in sent, said
        attached = next(email.message_from_bytes(sent, policy=email.policy.default).iter_attachments()).get_content()
        reader = PdfFileReader(io.BytesIO(attached))
        assert reader.encrypted
        assert reader.decrypt("wrong").status.value == 0
        assert reader.decrypt(phrase).status.value > 0
        # Told again by a job that was cut off: the same bytes, and proved once.
        sending.send(mail.id)
        assert len(db.session.scalars(select(LetterStep)).all()) == 1


def test_a_letter_of_a_family_that_could_be_looked_for_gives_no_address_and_waits_for_a_second_person(
    instance: Instance, officer: FlaskClient, senior: FlaskClient
) -> None:
    case_id, _ = placed(instance, domestic_abuse=True)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    path = f"/cases/{case_id}/letters/{letter_id}"
    with instance.app.app_context():
        body = letter(letter_id).body.decode()
        sending.make_pdf(letter_id)
    assert "Invented Lane" not in body
    assert "In the area of Solihull" in body
    page = officer.get(path).text
    assert "leaves only after a second person has read it" in page
    assert officer.get(path + "/letter.pdf").status_code == 302
    sent = officer.post(path + "/mail", data={"version": str(instance.version(case_id)), "email": "a@solihull.example"})
    assert sent.status_code == 422
    assert "A second person lets this letter go first" in sent.text
    assert officer.post(path + "/release", data={"release_why": "I read it whole."}).status_code == 403
    why = {"release_why": "Read whole; the manager needs it.", "version": str(instance.version(case_id))}
    assert senior.post(path + "/release", data=why).status_code == 302
    assert officer.get(path + "/letter.pdf").status_code == 200


def test_nobody_lets_their_own_letter_go(instance: Instance, senior: FlaskClient) -> None:
    case_id, _ = placed(instance, domestic_abuse=None)
    letter_id = made(instance, senior, case_id, "host_notice", applicant="M")
    why = {"release_why": "I read it whole, twice, and rang them.", "version": str(instance.version(case_id))}
    answer = senior.post(f"/cases/{case_id}/letters/{letter_id}/release", data=why)
    assert answer.status_code == 422
    assert "You made this letter" in answer.text


def test_an_offer_is_made_of_what_was_decided_only(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = instance.import_case("h2")
    answer = make(instance, officer, case_id, "offer", applicant="M")
    assert answer.status_code == 422
    assert "under which duty" in answer.text or "not decided yet" in answer.text
    case_id, _ = placed(instance, duty="interim", elsewhere=False)
    letter_id = made(instance, officer, case_id, "offer", applicant="M", put_right="A cot, by Friday.")
    page = officer.get(f"/cases/{case_id}/letters/{letter_id}").text
    assert "A cot, by Friday." in page
    assert "The law gives no review of it" in page
    case_id, _ = placed(instance, duty="main", elsewhere=False)
    path = f"/cases/{case_id}/letters/{made(instance, officer, case_id, 'offer', applicant='M')}"
    page = officer.get(path).text
    assert "you can ask us to look at it again" in page
    assert "They can ask for a review until" not in page
    data = {"how": "handed", "whom": "M", "note": "", "version": str(instance.version(case_id)), **day("on", today())}
    assert officer.post(path + "/proof", data=data).status_code == 302
    until = clocks.in_words(today() + timedelta(days=20))
    assert f"They can ask for a review until {until}" in officer.get(path).text


def test_proof_is_who_when_how_to_whom_and_which_bytes(instance: Instance, officer: FlaskClient) -> None:
    case_id, _ = placed(instance)
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    path = f"/cases/{case_id}/letters/{letter_id}"

    def proof(how: str, whom: str, on: object = today()) -> object:
        data = {"how": how, "whom": whom, "note": "", "version": str(instance.version(case_id)), **day("on", on)}
        return officer.post(path + "/proof", data=data)

    early = proof("received", "Post room")
    assert early.status_code == 422  # type: ignore[attr-defined]
    assert "It has not left yet" in early.text  # type: ignore[attr-defined]
    with instance.app.app_context():
        sending.make_pdf(letter_id)
        digest = sealed.digest_of(letter_id, "pdf")
    assert proof("posted", "Solihull Council, first class").status_code == 302  # type: ignore[attr-defined]
    assert proof("received", "Ana Host, by telephone").status_code == 302  # type: ignore[attr-defined]
    before = proof("received", "Ana Host", today() - timedelta(days=1))
    assert before.status_code == 422  # type: ignore[attr-defined]
    page = officer.get(path).text
    for said in (
        "Printed and posted",
        "Solihull Council, first class",
        digest,
        "Ana Host, by telephone",
        "Housing Officer",
    ):
        assert said in page
    assert (
        "cannot be taken back"
        in officer.post(path + "/cancel", data={"cancel_why": "Wrong", "version": str(instance.version(case_id))}).text
    )


def test_a_draft_knows_the_day_of_its_notice(instance: Instance, officer: FlaskClient) -> None:
    case_id, assessment_id = instance.import_case("h2")
    with instance.app.app_context(), writing() as session:
        assessment = session.get_one(Assessment, assessment_id)
        assessment.authority, assessment.authority_how, assessment.notice_sent = "E08000029", "Council tax", None
    letter_id = made(instance, officer, case_id, "host_notice", applicant="M")
    data = {
        "how": "posted",
        "whom": "Solihull",
        "note": "",
        "version": str(instance.version(case_id)),
        **day("on", today()),
    }
    assert officer.post(f"/cases/{case_id}/letters/{letter_id}/proof", data=data).status_code == 302
    with instance.app.app_context():
        assert db.session.get_one(Assessment, assessment_id).notice_sent == today()


def test_the_words_of_an_offer_are_read_at_eleven_years_of_age() -> None:
    offer = words.words().kinds["offer"]
    for rights in offer.rights.values():
        filled = {"telephone": "0121 303 0000", "rights": rights, "area": ""}
        assert grade([*offer.before, *(s.format(**filled) for s in offer.after)]) <= 6
