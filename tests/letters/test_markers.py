"""A letter holds what its reader may have and nothing else: a household with another word in every box, searched for in all that leaves."""

from __future__ import annotations

import email
import email.policy
import io
import json
import secrets
import subprocess
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest
from flask.testing import FlaskClient

from app.assessments.models import Assessment
from app.cases.models import Case
from app.database import writing
from app.decisions import service as decisions
from app.extensions import db
from app.letters import sealed, sending, service, words
from app.letters.models import LetterFile, LetterMail
from app.settings import ROOT
from tests.conftest import Instance

from .making import made

# Boxes of a case file in which people write: each gets a word of its own.
_WRITTEN = {
    "name", "relationship", "medicine", "left_note", "address", "what", "reason", "reply", "ground", "question", "note", "why", "so_what",
    "role", "email", "language", "ethnicity", "faith", "need", "door", "reference", "owner_name",
}  # fmt: skip
# Names of agencies and roles that rules read, and rooms: no words about somebody.
_LEFT = ("placement.rooms", "placement.certificates")


def _word(number: int) -> str:
    """Qz and letters: a word that stands nowhere else."""
    return "Qz" + "".join(chr(ord("a") + int(d)) for d in f"{number:04d}")


class Marked:
    """A household whose every written box holds its own word; ``words`` says which box each is from."""

    def __init__(self, instance: Instance, **case_values: Any) -> None:
        tree = json.loads((ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8"))
        man = {
            "key": "F",
            "name": "x",
            "kind": "adult",
            "born": "1999-01-01",
            "sex": "male",
            "relationship": "x",
            "needs": [],
        }
        boy = {
            "key": "D",
            "name": "x",
            "kind": "child",
            "born": "2016-01-01",
            "sex": "male",
            "relationship": "x",
            "needs": [],
        }
        for person in tree["household"]["members"]:
            person |= {"language": "x", "ethnicity": "x", "faith": "x"}
        tree["household"]["members"] += [man, boy]
        tree["household"]["left_note"] = "x"
        for answer in tree["answers"]:
            answer["note"] = "x"
        self.words: dict[str, str] = {}
        self._mark(tree, "")
        tree["household"]["reference"] = f"Qzref{secrets.token_hex(3)}"
        self.words["household.reference"] = tree["household"]["reference"]
        self.case_id, self.assessment_id = instance.import_tree(tree)
        with instance.app.app_context(), writing() as session:
            case = session.get_one(Case, self.case_id)
            case.council_number = self.words["council_number"] = "Qznumber"
            for name, value in case_values.items():
                setattr(case, name, value)
            for member in case.members:
                self.words[f"name of {member.key}"] = member.name
        instance.submit(self.assessment_id)
        with instance.app.app_context():
            decisions.decide(
                instance.user("safeguarding_lead"), self.assessment_id, instance.version(self.case_id), "approve",
                "Qznote of the lead who decided, in words.", [],
            )  # fmt: skip
            self.words["note of the lead"] = "Qznote"
            unit = db.session.get_one(Assessment, self.assessment_id).unit
            self.words["address of the unit"] = unit.address
        assert len(self.words) > 100

    def _mark(self, node: Any, path: str) -> None:
        if isinstance(node, list):
            for at, entry in enumerate(node):
                self._mark(entry, f"{path}[{at}]")
            return
        for key, value in node.items() if isinstance(node, dict) else ():
            here = f"{path}.{key}".strip(".")
            if isinstance(value, str) and key in _WRITTEN and value and not here.startswith(_LEFT):
                word = _word(len(self.words))
                node[key] = f"{word}@x.example" if key == "email" else word
                self.words[here] = word
            elif not isinstance(value, str):
                self._mark(value, here)

    def said_in(self, *texts: str) -> set[str]:
        """Which words stand in any of the texts, by the box they are from."""
        whole = "\n".join(texts).casefold()
        short = {"address of the unit", *(f"name of {key}" for key in "MCFD")}
        found = {word for word in self.words.values() if word.casefold() in whole}
        return {name for name in short if self.words[name] in found} | {
            name for name, word in self.words.items() if word in found and word not in {self.words[s] for s in short}
        }


PEOPLE = {"name of C"}
PLACE = {"address of the unit"}
# By hand, from safeguarding study 2026, 5: whom a request names, and whether it says the address.
REQUESTS = {
    "social_care": PEOPLE | PLACE, "lead_professional": PEOPLE | PLACE, "police": PEOPLE | PLACE, "probation": PEOPLE | PLACE,
    "mappa": PEOPLE | PLACE, "health_visiting": PEOPLE | PLACE, "midwifery": PEOPLE | PLACE, "domestic_abuse_service": PEOPLE,
    "exploitation_hub": PEOPLE, "gp": PEOPLE, "hospital": PEOPLE, "drug_service": PEOPLE, "mental_health": PEOPLE, "school": PEOPLE,
    "other_council": PEOPLE, "pharmacy": PEOPLE, "prison": PEOPLE, "leaving_care": PEOPLE, "family_hub": PEOPLE, "nrpf": PEOPLE,
    "education": PEOPLE, "provider": PLACE, "asb_team": PLACE, "environmental_health": PLACE,
}  # fmt: skip
OTHERS = {
    "host_notice": {"name of M"} | PLACE,
    "child_notice_gp": {"name of M"} | PEOPLE | PLACE,
    "child_notice_health_visiting": {"name of M"} | PEOPLE | PLACE,
    "child_notice_school": PEOPLE,
    "midwife": PEOPLE | PLACE,
    "lead_request": PEOPLE,
}


@pytest.fixture
def marked(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> Marked:
    monkeypatch.setattr(service.asking, "refuse_not_agreed", lambda case_id, assessment_id, body: None)
    return Marked(instance)


def _letters(instance: Instance, client: FlaskClient, marked: Marked) -> Iterator[tuple[str, str, set[str]]]:
    """Every letter there is, to every agency: what it is, its identifier, and what it may hold of the household."""
    with instance.app.app_context():
        codes = [code for code, _ in service.agencies()]
    assert set(codes) == set(REQUESTS)
    for code in codes:
        boxes = {"agency": code, "about": "C", "question": "When was the child last seen?", "ground": "Public task"}
        yield code, made(instance, client, marked.case_id, "request", **boxes), REQUESTS[code]
    for kind, may in OTHERS.items():
        if kind != "host_notice":
            yield kind, made(instance, client, marked.case_id, kind, applicant="M", about="C"), may


def test_no_letter_holds_what_its_reader_must_not_have(
    instance: Instance, officer: FlaskClient, marked: Marked
) -> None:
    for what, letter_id, may in _letters(instance, officer, marked):
        with instance.app.app_context():
            body = service.find(marked.case_id, letter_id)
            assert body is not None
            assert marked.said_in(body.body.decode()) == may, what


def test_nor_does_anything_of_its_paper_or_its_mail(instance: Instance, officer: FlaskClient, marked: Marked) -> None:
    """Streams, text, title, XMP, attachments and outlines of the PDF; headers, text and attachment of the mail."""
    wanted = {
        "school": PEOPLE,
        "provider": PLACE,
        "child_notice_gp": OTHERS["child_notice_gp"],
        "child_notice_school": PEOPLE,
    }
    for what, letter_id, may in _letters(instance, officer, marked):
        if what not in wanted:
            continue
        with instance.app.app_context():
            sending.make_pdf(letter_id)
            kept = sealed.file_of(letter_id, "pdf")
            assert kept is not None
            assert marked.said_in(*_everything_in(kept.content)) == may, what
            service.send(
                instance.user("housing_officer"), letter_id, instance.version(marked.case_id), "who@reads.example"
            )
            mail = db.session.query(LetterMail).filter_by(letter_id=letter_id).one()
            sending.send(mail.id)
            sent = db.session.get_one(LetterFile, f"{letter_id}-{mail.id}").content
            message = email.message_from_bytes(sent, policy=email.policy.default)
            parts = [str(part.get_content()) for part in message.walk() if part.get_content_maintype() == "text"]
            attached = next(message.iter_attachments()).get_content()
            assert marked.said_in(sent.decode("ascii"), *parts, attached.decode("latin-1")) == set(), what


def _everything_in(pdf: bytes) -> list[str]:
    found = [subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()]
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        for thing in opened.objects:
            if isinstance(thing, pikepdf.Stream):
                try:
                    found.append(thing.read_bytes().decode("latin-1"))
                except pikepdf.PdfError:
                    found.append(thing.read_raw_bytes().decode("latin-1"))
            found.append(str(thing))
        assert len(opened.attachments) == 0
    return found


def test_of_a_family_that_could_be_looked_for_no_letter_but_its_own_says_where(
    instance: Instance, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service.asking, "refuse_not_agreed", lambda case_id, assessment_id, body: None)
    marked = Marked(instance, domestic_abuse=True)
    for what, letter_id, may in _letters(instance, officer, marked):
        with instance.app.app_context():
            body = service.find(marked.case_id, letter_id)
            assert body is not None
            assert body.protected
            assert marked.said_in(body.body.decode()) == may - PLACE, what


def test_one_row_more_and_the_search_finds_it(
    instance: Instance, officer: FlaskClient, marked: Marked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The control: what the search is for, it finds."""
    written = (ROOT / "checklists" / "letters.yaml").read_text(encoding="utf-8")
    opened = written.replace(
        "      - {says: What we ask, fact: question}",
        "      - {says: What we ask, fact: question}\n      - {says: All, fact: names}",
    )
    assert opened != written
    more = words.parsed(opened)
    for module in (service, words):
        monkeypatch.setattr(module, "words", lambda: more)
    boxes = {"agency": "gp", "about": "C", "question": "When was the child last seen?", "ground": "Public task"}
    letter_id = made(instance, officer, marked.case_id, "request", **boxes)
    with instance.app.app_context():
        body = service.find(marked.case_id, letter_id)
        assert body is not None
        assert marked.said_in(body.body.decode()) == {f"name of {key}" for key in "MCFD"} != REQUESTS["gp"]
