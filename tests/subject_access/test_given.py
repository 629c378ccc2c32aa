"""What somebody is given who asks: what is about them, and of nobody else a word; released by a second person; a month."""

from __future__ import annotations

import io
import json
import subprocess
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from app.assessments.models import SavedAnswer
from app.cases import protected
from app.cases import service as cases
from app.cases.models import Case, CaseAddress, CaseConversation, CaseMember, SupervisionNote
from app.clocks import today
from app.clocks.days import months_after
from app.database import writing
from app.deadlines import service as deadlines
from app.extensions import db
from app.settings import ROOT
from app.sharing import service as sharing
from app.subject_access import allowed, service, third_parties
from app.subject_access.models import SubjectAccess
from app.suitability.checklist.located_yaml import ChecklistError
from tests.conftest import Instance

# Of each kind of third party one, in every kind of place where a person types.
OTHERS = {
    "father": "Zqfather Quellmann", "neighbour": "Zqneighbour Pallas", "professional": "Zqworker Hallberg",
    "recipient": "Zqreader Montague", "left": "Zqleft Barnaby", "lead": "Zqlead Ferrars",
}  # fmt: skip
PLACES = ("9 Zqelsewhere Close", "Zqsealed Yard")
OWN = "I sleep badly and I asked for help."


@pytest.fixture
def family(instance: Instance) -> str:
    """A case in which many others stand beside the mother who asks."""
    case_id, record_id = instance.decided("h2")
    with instance.app.app_context():
        officer, lead = instance.user("housing_officer").id, instance.user("safeguarding_lead").id
        sharing.share(
            instance.user("housing_officer"),
            record_id,
            None,
            OTHERS["recipient"],
            "Health visitor",
            "zqreader@nhs.example",
            "She visits.",
        )
        with writing() as session:
            case = cases.lock_case(session, case_id, None)
            case.lead_name = OTHERS["lead"]
            session.add(CaseMember(case_id=case_id, key="F", place=8, name=OTHERS["father"], kind="adult"))
            session.add(
                CaseMember(case_id=case_id, key="L", place=9, name=OTHERS["left"], kind="adult", left_on=today())
            )
            session.add(CaseAddress(case_id=case_id, kind="former", address=PLACES[0], postcode="B23 6DJ"))
            session.add(
                SupervisionNote(
                    case_id=case_id,
                    on=today(),
                    with_whom=OTHERS["professional"],
                    reflected="Zqsupervised",
                    agreed="Zqagreed",
                    written_by=lead,
                    written_by_name="Lead",
                    written_by_role="safeguarding_lead",
                )
            )
            protected.seal(session, instance.user("senior_officer"), case_id, "gang", PLACES[1], "B1 1BB")
            said = {
                "case_id": case_id,
                "unit_id": None,
                "subject": "M",
                "grade": "E1",
                "on": today(),
                "recorded_by": officer,
            }

            def told(number: int, speaker: str, who: str | None, name: str, **more: Any) -> None:
                key = f"zq{number}"
                session.add(
                    CaseConversation(
                        case_id=case_id,
                        place=100 + number,
                        key=key,
                        speaker=speaker,
                        who=who,
                        source_name=name,
                        on=today(),
                        grade="E1",
                    )
                )
                session.add(SavedAnswer(**said, conversation=key, source_name=name, source_code=None, **more))

            told(1, "family", "M", "Zofia Wójcik", criterion="SM01", value="past", note=OWN)
            told(
                2,
                "family",
                "M",
                "Zofia Wójcik",
                criterion="SM01",
                value="past",
                note=f"I saw {OTHERS['father']} at the door. Zqdoor",
            )
            told(3, "family", "F", OTHERS["father"], criterion="SM01", value="past", note="Zqsaidbyfather")
            told(4, "agency", "gp", OTHERS["professional"], criterion="SM01", value="past", note="Zqnotebygp")
            told(5, "document", None, OTHERS["neighbour"], criterion="SM01", value="past", note="Zqneighboursaw")
    return case_id


def ask(instance: Instance, case_id: str, key: str = "M", role: str = "housing_officer") -> str:
    with instance.app.app_context():
        return service.ask(instance.user(role), case_id, instance.version(case_id), key, today(), "I saw her passport.")


def markers() -> list[str]:
    """Everything that must not be in what she is given: words of others’ names, places, and what only others said."""
    words = [word for name in OTHERS.values() for word in name.split()]
    return [
        *words,
        "Zqdoor",
        "Zqelsewhere",
        "Zqsealed",
        "Zqsupervised",
        "Zqagreed",
        "Zqsaidby",
        "Zqnote",
        "Zqneighbour",
        "zqreader@",
        "Łucja",
    ]


def text_of(pdf: bytes, tmp_path: Path) -> str:
    (tmp_path / "given.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftotext", str(tmp_path / "given.pdf"), "-"], capture_output=True, check=True)
    return done.stdout.decode()


def test_nothing_of_anybody_else_is_in_it(instance: Instance, family: str, tmp_path: Path) -> None:
    access_id = ask(instance, family)
    with instance.app.app_context():
        service.release(
            instance.user("safeguarding_lead"), family, instance.version(family), access_id, "Read for names."
        )
    answer = instance.client("housing_officer").get(f"/cases/{family}/subject-access/{access_id}/given.zip")
    assert answer.status_code == 200
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        given = {name: archive.read(name) for name in archive.namelist()}
    texts = [
        given["what-is-held.json"].decode(),
        text_of(given["what-is-held.pdf"], tmp_path),
        str(given["what-is-held.pdf"]),
        str(answer.headers),
    ]
    assert [m for m in markers() for text in texts if m.casefold() in text.casefold()] == []
    for text in texts[:2]:
        assert "Zofia Wójcik" in text
        assert OWN.rstrip(".") in " ".join(text.split()), "what she said herself is hers"
        assert "Something was left out" in " ".join(text.split())
    said = json.loads(given["what-is-held.json"])
    assert not any(p["title"] == "Where you lived" for p in said["parts"]), "another adult is in it: no address"


def test_what_would_name_somebody_is_found_at_the_last_look(
    instance: Instance, family: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: were a list to let something of somebody else through, it is refused, and nothing is stored."""
    from app.subject_access import bundle  # noqa: PLC0415

    put = bundle.put_together

    def leaky(held: Any, *rest: Any) -> bundle.Bundle:
        made = put(held, *rest)
        return made._replace(parts=[*made.parts, ("More", [("Who told", OTHERS["neighbour"])])])

    monkeypatch.setattr(bundle, "put_together", leaky)
    with pytest.raises(service.AccessProblem, match="Something of somebody else"):
        ask(instance, family)
    with instance.app.app_context():
        assert db.session.scalars(select(SubjectAccess)).all() == []


def test_what_became_known_meanwhile_stops_the_release(instance: Instance, family: str) -> None:
    access_id = ask(instance, family)
    with instance.app.app_context():
        with writing() as session:
            cases.lock_case(session, family, None)
            session.add(CaseMember(case_id=family, key="N", place=10, name="Badly Sleep", kind="adult"))
        lead = instance.user("safeguarding_lead")
        with pytest.raises(service.AccessProblem, match="Something of somebody else"):
            service.release(lead, family, instance.version(family), access_id, "Read for names.")
    assert (
        instance.client("housing_officer").get(f"/cases/{family}/subject-access/{access_id}/given.zip").status_code
        == 302
    )


def test_an_address_is_given_only_where_it_is_certain(instance: Instance) -> None:
    case_id, _ = instance.decided("h2")

    def given_address(**facts: Any) -> bool:
        with instance.app.app_context(), writing() as session:
            case = cases.lock_case(session, case_id, None)
            for name, value in facts.items():
                setattr(case, name, value)
            if not any(a.address == "7 Own Street" for a in case.addresses):
                session.add(CaseAddress(case_id=case_id, kind="current", address="7 Own Street", postcode="B14 7ET"))
        access_id = ask(instance, case_id)
        with instance.app.app_context():
            return "7 Own Street" in db.session.get_one(SubjectAccess, access_id).body.decode()

    safe = {"domestic_abuse": False, "orders": False, "separated_parents": False}
    assert given_address(**safe)
    for name in safe:
        for value in (True, None):
            assert not given_address(**{**safe, name: value}), (name, value)
    assert not given_address(**safe, restricted=True)


def test_whoever_put_it_together_does_not_release_it(instance: Instance, family: str) -> None:
    access_id = ask(instance, family, role="safeguarding_lead")
    with instance.app.app_context(), pytest.raises(service.AccessProblem, match="Another person looks at it"):
        service.release(instance.user("safeguarding_lead"), family, instance.version(family), access_id, "Read.")


def test_it_has_a_month_and_is_met_by_hand(instance: Instance, family: str) -> None:
    access_id = ask(instance, family)
    with instance.app.app_context():
        row = db.session.get_one(SubjectAccess, access_id)
        shown = deadlines.one_of(db.session.get_one(Case, family), row.clock_id, today())
        assert shown is not None
        assert (shown.one.due, shown.one.state) == (months_after(today(), 1), "running")
        assert shown.one.due - today() >= timedelta(days=28)


def test_the_pages(instance: Instance, family: str, officer: FlaskClient, lead: FlaskClient) -> None:
    base, day = f"/cases/{family}/subject-access", today()
    typed = {
        "person": "M",
        "on-day": day.day,
        "on-month": day.month,
        "on-year": day.year,
        "proved": "I saw her passport.",
    }
    empty = officer.post(f"{base}/ask", data={**typed, "person": "", "version": instance.version(family)})
    assert (empty.status_code, "I saw her passport." in empty.text) == (422, True)
    made = officer.post(f"{base}/ask", data={**typed, "version": instance.version(family)})
    assert made.status_code == 302
    access_id = made.headers["Location"].rsplit("/", 1)[-1]
    assert OWN.rstrip(".") in officer.get(f"{base}/{access_id}").text
    assert officer.get(f"{base}/{access_id}/given.zip").status_code == 302
    assert (
        officer.post(f"{base}/{access_id}/release", data={"version": instance.version(family), "why": "x"}).status_code
        == 403
    )
    assert (
        lead.post(
            f"{base}/{access_id}/release", data={"version": instance.version(family), "why": "Read for names."}
        ).status_code
        == 302
    )
    assert officer.get(f"{base}/{access_id}/given.zip").status_code == 200
    assert "Released" in officer.get(base).text


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("names_of_professionals: false", "names_of_professionals: true"),
        ("own: [name,", "own: [treatment,"),
        ("reader: applicant_parent\n", ""),
    ],
)
def test_a_list_that_would_give_more_is_refused(before: str, after: str) -> None:
    text = (ROOT / "checklists" / "subject_access.yaml").read_text(encoding="utf-8")
    assert before in text
    with pytest.raises(ChecklistError, match=r"subject_access\.yaml, line"):
        allowed.parsed(text.replace(before, after, 1))


WORDS = st.text("abcdefghijklmnopqrstuvwxyzłóéÅ", min_size=3, max_size=12)


@given(first=WORDS, last=WORDS, before=st.text(max_size=20), mark=st.sampled_from(["", ".", ",", "’s", "!", "\n"]))
def test_a_name_is_found_in_any_case_beside_any_mark(first: str, last: str, before: str, mark: str) -> None:
    found = third_parties.markers([f"{first} {last}"], [], ["Zofia Wójcik"])
    own = {"zofia", "wojcik", "wójcik"}
    for word in (first, last):
        if word.casefold() not in own and third_parties.markers([word], [], ["Zofia Wójcik"]).words:
            assert found.found_in(f"{before} {word.upper()}{mark} and more")


def test_what_is_hers_is_no_marker_and_numbers_are_nobodys() -> None:
    found = third_parties.markers(["Łucja Wójcik"], ["12 Invented Lane"], ["Zofia Wójcik"], ["B14 7ET"])
    assert not found.found_in("Zofia Wojcik lives in B14 7ET since 2020-01-01.")
    for text in ("lucja", "Łucja’s", "12, invented lane", "B14 7QH", "0121 496 0000", "somebody@example.org"):
        assert found.found_in(f"She said {text} to us."), text


def test_an_apostrophe_hides_no_name() -> None:
    found = third_parties.markers(["Aoife O’Neil"], [], ["Zofia Wójcik"])
    for text in ("O'Neil", "ONeil", "O’NEIL’S", "neil", "Aoife's"):
        assert found.found_in(f"She met {text} there."), text
