"""A record on paper: page one is enough, few pages after it, each question once, nothing said twice, nothing small, no code."""

from __future__ import annotations

import io
import json
import re
import subprocess
from collections import Counter
from types import SimpleNamespace
from typing import Any

import pikepdf
import pytest
from weasyprint import HTML

from app import clocks
from app.checklists import read_folder
from app.decisions import chronology, enquiries, record_contents, told
from app.extensions import db
from app.records import annex, canonical, pdf
from app.records.models import Record
from app.settings import ROOT
from app.suitability.advice.enquiry_log import pieces
from app.suitability.assess import assess
from tests.conftest import Instance
from tests.decisions.test_told import changed, everything
from tests.house import reading_grade as reading
from tests.house.test_plain_words import of_the_trade

ANNEX = "Annex: every question, once"
# Of H1 nearly everything is open, of H2 nothing: pages before the annex, and in all.
MOST_PAGES = {"h1": (6, 14), "h2": (4, 9)}
SMALLEST_PT = 9.0


@pytest.fixture(scope="module")
def kept() -> dict[str, tuple[bytes, bytes]]:
    return {}


def issued(instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str) -> tuple[bytes, bytes]:
    """The body of a decided record, and its PDF."""
    if name not in kept:
        _, record_id = instance.decided(name)
        with instance.app.app_context():
            body = db.session.get_one(Record, record_id).body
        kept[name] = body, pdf.render(body)
    return kept[name]


def pages_of(made: bytes) -> list[str]:
    """The text of each page, as a reader's program takes it out."""
    done = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True)
    return done.stdout.decode().split("\f")[:-1]


def flat(page: str) -> str:
    return " ".join(page.split())


@pytest.mark.parametrize("name", sorted(MOST_PAGES))
def test_a_record_has_few_pages(instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str) -> None:
    pages = pages_of(issued(instance, kept, name)[1])
    before, whole = MOST_PAGES[name]
    [start] = [at for at, page in enumerate(pages) if ANNEX in page]
    print(f"\n{name}: {start} pages before the annex, {len(pages)} in all")
    assert start <= before
    assert len(pages) <= whole


def test_page_one_is_enough(instance: Instance, kept: dict[str, tuple[bytes, bytes]]) -> None:
    """Who, what was decided and why, what is asked by when, where they are and will be, whom to ring: in this order."""
    body, made = issued(instance, kept, "h1")
    record = json.loads(body)
    first = flat(pages_of(made)[0])
    family = {m["key"]: m for m in record["case_file"]["household"]["members"]}
    at = -1
    for words in (
        "Housing decision about Bobbie Example, 11 weeks, Billy Example, 4 years", "Not suitable as proposed",
        "Room 7, The Invented Hotel", "Why, in the safeguarding lead’s words: Read and agreed", "What this means: Nothing makes",
        "Decided by Safeguarding Lead", "What we ask of you, by when", "Say whether you will lead", "Health visiting team",
        "Last seen by whom?", "The family", "What this place means for Bobbie", "Where they are and where they will be",
        "14 Invented Row, B23 6AA", "in a straight line: GP", "Whom to ring", "Housing Officer", "Children’s social care front door",
        "999", "Safeguarding route:",
    ):  # fmt: skip
        assert words in first, words
        assert first.index(words, at + 1) > at, f"{words} stands too early"
        at = first.index(words, at + 1)
    for member in family.values():
        assert member["name"] in first
        assert clocks.iso_in_words(member["born"]) in first, "a birth date"
    by = next(asked["by"] for asked in record["page_one"]["asks"] if asked["who"] == "Health visiting team")
    assert by == "the same day"
    assert by in first


def test_where_they_go_is_said_only_where_it_is_decided(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]]
) -> None:
    assert "Not decided in this record" in flat(pages_of(issued(instance, kept, "h1")[1])[0])
    decided = flat(pages_of(issued(instance, kept, "h2")[1])[0])
    assert "Next The placement above" in decided
    assert "Not decided in this record" not in decided


def test_conditions_stand_on_page_one_with_owner_and_day(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]]
) -> None:
    body, made = issued(instance, kept, "h2")
    record = json.loads(body)
    first = flat(pages_of(made)[0])
    assert len(record["conditions"]) >= 3
    for condition in record["conditions"]:
        assert condition["what"].split()[0] in first
        assert clocks.iso_in_words(condition["due"]) in first
        assert condition["owner"] in first
    assert not [said for said in said_of(pdf.html_of(record)) if "What would end it" in said], "H2 has nothing high"


def test_more_conditions_than_fit_are_counted_there_and_listed_once(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]]
) -> None:
    record = json.loads(issued(instance, kept, "h2")[0])
    record["conditions"] = [
        {"what": f"Do the thing numbered {at}", "owner": "Housing officer", "due": "2026-12-01", "criterion": ""}
        for at in range(9)
    ]
    record["page_one"] |= {
        "conditions_here": False,
        "asks": [{"who": "Housing officer", "what": "9 conditions, listed under Conditions.", "by": "the first"}],
    }
    html = pdf.html_of(record)
    assert [html.count(f"Do the thing numbered {at}") for at in range(9)] == [1] * 9
    assert html.index("9 conditions, listed") < html.index("Do the thing numbered 0")


def said_of(html: str) -> list[str]:
    """Every sentence on paper of five words or more, apart from the label before it.

    A citation in the annex is a name; a cell without a full stop is a value.
    """
    body = re.sub(r"<i>.*?</i>", "", html.split("<body>", 1)[1], flags=re.DOTALL).replace("</strong>", "</strong><br>")
    return [
        said
        for said in reading.sentences(reading.parts(body, hidden=True))
        if len(said.split()) >= 5 and re.match(r"[A-Z0-9“].*[.?!”]$", said)
    ]


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_no_sentence_stands_twice(instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str) -> None:
    record = json.loads(issued(instance, kept, name)[0])
    said = said_of(pdf.html_of(record))
    assert len(said) > 100
    typed = json.dumps(record["case_file"], ensure_ascii=False)  # typed in two fields, it is read back in both
    assert [(one, often) for one, often in Counter(said).items() if often > max(1, typed.count(one.strip("“”")))] == []


def test_a_sentence_said_twice_is_found(instance: Instance, kept: dict[str, tuple[bytes, bytes]]) -> None:
    record = json.loads(issued(instance, kept, "h2")[0])
    record["decision"]["note"] = record["route_words"] = "This very sentence stands in two places."
    assert Counter(said_of(pdf.html_of(record)))["This very sentence stands in two places."] == 2


@pytest.mark.parametrize("name", ["h1", "h2", "h3", "h5"])
def test_no_code_stands_before_the_annex(instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str) -> None:
    html = pdf.html_of(json.loads(issued(instance, kept, name)[0]))
    before, after = html.split(f">{ANNEX}<")
    assert of_the_trade(before.split("<body>", 1)[1]) == set()
    assert re.search(r"\bCS\d\d\b", after)
    assert re.search(r"\bE3\b", after)


def sizes(made: bytes) -> Counter[float]:
    """How many pieces of text are drawn in each size, in points as they lie on paper; forms drawn on a page are walked too."""
    found: Counter[float] = Counter()
    with pikepdf.open(io.BytesIO(made)) as file:
        for page in file.pages:
            _measure(page, (1.0, 0.0, 0.0, 1.0), found)
    return found


def _measure(holder: Any, outer: tuple[float, ...], found: Counter[float]) -> None:
    now, line, size, stack = outer, (1.0, 0.0, 0.0, 1.0), 0.0, []
    for operands, operator in pikepdf.parse_content_stream(holder):
        name = str(operator)
        if name == "q":
            stack.append(now)
        elif name == "Q":
            now = stack.pop()
        elif name == "cm":
            now = _times(tuple(float(x) for x in list(operands)[:4]), now)
        elif name == "BT":
            line = (1.0, 0.0, 0.0, 1.0)
        elif name == "Tm":
            line = tuple(float(x) for x in list(operands)[:4])
        elif name == "Tf":
            size = float(operands[1])
        elif name in ("Tj", "TJ", "'", '"'):
            _, _, c, d = _times(line, now)
            found[round(size * (c * c + d * d) ** 0.5, 2)] += 1
        elif name == "Do":
            drawn = holder.Resources.XObject[str(operands[0])]
            if str(drawn.Subtype) == "/Form":
                inner = tuple(float(x) for x in list(drawn.get("/Matrix", [1, 0, 0, 1, 0, 0]))[:4])
                _measure(drawn, _times(inner, now), found)


def _times(a: tuple[float, ...], b: tuple[float, ...]) -> tuple[float, ...]:
    return (a[0] * b[0] + a[1] * b[2], a[0] * b[1] + a[1] * b[3], a[2] * b[0] + a[3] * b[2], a[2] * b[1] + a[3] * b[3])


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_nothing_is_smaller_than_nine_points(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str
) -> None:
    """Measured where it lies on paper: text, foot of the page and the marks on the map."""
    found = sizes(issued(instance, kept, name)[1])
    print(f"\n{name}: {dict(sorted(found.items()))}")
    assert sum(found.values()) > 500
    assert min(found) >= SMALLEST_PT


def test_small_text_is_found() -> None:
    style = pdf.CSS(string="p { font-size: 8pt }")
    assert min(sizes(HTML(string="<p>Small</p>").write_pdf(stylesheets=[style]))) == 8.0


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_each_question_stands_once_with_everybody_it_is_about(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]], name: str
) -> None:
    record = json.loads(issued(instance, kept, name)[0])
    questions = [q for domain in record["domains"] for q in domain["questions"]]
    html = pdf.html_of(record)
    for criterion in {q["criterion"] for q in questions}:
        assert html.count(f'<th scope="row">{criterion}</th>') == 1
    rows = [q for domain in annex.annex(annex.rows_of(record)).domains for q in domain["questions"]]
    for row in rows:
        about = {q["subject_name"] for q in questions if q["criterion"] == row["criterion"]} - {
            "the unit",
            "the household",
        }
        assert {who for found in row["found"] for who in found["about"]} == about
        given = [a["value_words"] for q in questions if q["criterion"] == row["criterion"] for a in q["answers"]]
        assert {a["value_words"] for found in row["found"] for a in found["answers"]} == set(given)


def test_what_is_open_stands_with_the_agency_that_can_answer(
    instance: Instance, kept: dict[str, tuple[bytes, bytes]]
) -> None:
    """Every open question, every question put and every reply, whoever it is of; and what page one asks is not asked again."""
    record = json.loads(issued(instance, kept, "h1")[0])
    opened = {(q["name"], q["subject_name"]) for q in record["open_questions"]}
    assert opened == {(q["name"], q["subject_name"]) for agency in record["agencies"] for q in agency["open"]}
    assert len(opened) > 50
    assert {piece["name"] for piece in record["pieces"]} <= {agency["name"] for agency in record["agencies"]}
    html = pdf.html_of(record)
    later = [one for one in record["agencies"] if one["name"] not in record["page_one"]["asked_here"]]
    for question, often in Counter(put["question"] for agency in later for put in agency["asked"]).items():
        assert html.count(f"“{question}”") == often
    for agency in record["agencies"]:
        if agency["name"] in record["page_one"]["asked_here"]:
            assert "see page one: not asked" in html


def test_every_entry_of_the_chronology_is_read_back() -> None:
    """As ``tests/decisions/test_told.py`` has it of the pages: change any field, and what the record keeps changes."""
    file = everything()
    names = {m.key: m.name for m in file.household.members}

    def said(home: Any) -> str:
        return json.dumps([chronology.chronology(home, {}, names), chronology.gaps(home)], ensure_ascii=False)

    whole, silent, tried = said(file.household), [], 0
    for where, other in changed(file.household):
        if where.startswith((".addresses", ".contacts", ".events", ".conversations")):
            tried += 1
            if said(other) == whole:
                silent.append(where)
    assert tried > 60
    assert silent == []


def test_every_field_of_a_question_put_to_an_agency_is_read_back() -> None:
    checklist, file = read_folder(), everything()

    def said(home: Any) -> str:
        changed_file = file.model_copy(update={"household": home})
        result = assess(checklist, changed_file, "")
        judged: Any = SimpleNamespace(checklist=checklist, file=changed_file, result=result)
        asked = enquiries.by_agency(
            judged, pieces(checklist, changed_file, result, ""), record_contents.names_in(changed_file)
        )
        return json.dumps(asked, ensure_ascii=False)

    whole, silent, tried = said(file.household), [], 0
    for where, other in changed(file.household):
        if where.startswith(".enquiries"):
            tried += 1
            if said(other) == whole:
                silent.append(where)
    assert tried >= 10
    assert silent == []


def test_nothing_told_is_in_no_place() -> None:
    """What the record leaves out of what was written down has a place of its own: by day, by agency or by distance."""
    file = everything()
    names = {m.key: m.name for m in file.household.members}
    titles = {part.title for part in told.parts(file, {}, names)}
    assert set(told.IN_A_PLACE_OF_ITS_OWN) <= titles


# ---- records of the first format


@pytest.mark.parametrize("name", ["h1", "h2"])
def test_a_record_of_the_first_format_is_drawn_by_what_drew_it(name: str) -> None:
    bodies = [path.read_bytes() for path in sorted((ROOT / "tests" / "old").glob(f"*/records/{name}.json"))]
    found = [body for body in bodies if json.loads(body)["format"] == canonical.FIRST_FORMAT]
    assert len(found) >= 3
    for body in found:
        html = pdf.html_of(json.loads(body))
        assert "Every question, as it was asked" in html
        assert ANNEX not in html
    with pikepdf.open(io.BytesIO(pdf.render(found[0]))) as file:
        assert len(file.pages) > 9


def test_a_record_of_an_unknown_format_is_refused(instance: Instance, kept: dict[str, tuple[bytes, bytes]]) -> None:
    record = json.loads(issued(instance, kept, "h2")[0])
    assert record["format"] == canonical.FORMAT != canonical.FIRST_FORMAT
    for unknown in ("case-by-case/record/3", ""):
        with pytest.raises(pdf.UnknownFormat):
            pdf.html_of({**record, "format": unknown})
