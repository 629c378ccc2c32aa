"""The page of the stock: what it shows, hides and leads to; who sees what; and in how many queries."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.cases import exclusions
from app.cases.models import Case
from app.clocks import today
from app.database import writing
from app.extensions import db
from app.stock import summaries
from app.stock.figures import FIGURES
from app.stock.models import StockSummary
from tests.cases.test_lists import counted
from tests.conftest import Instance

from . import many


def filled(instance: Instance) -> None:
    with instance.app.app_context():
        many.load()
        summaries.make(today())


def families(instance: Instance, how_many: int, few: int = 12) -> list[str]:
    """Cases with no address written down, a few with one, and twelve each with two, three and four; counted. Gives those without."""
    with instance.app.app_context():
        load = many.loader()
        made = [load.case() for _ in range(how_many)]
        for addresses, number in ((1, few), (2, 12), (3, 12), (4, 12)):
            for _ in range(number):
                case_id = load.case()
                for at in range(addresses):
                    load.add(many.CaseAddress, case_id=case_id, kind="former", address=f"{at} High Street")
        load.store()
        summaries.make(today())
    return made


def section(page: str, key: str) -> str:
    found = re.search(rf'<section class="cbc-figure" aria-labelledby="{key}">(.*?)</section>', page, re.DOTALL)
    assert found, key
    return found.group(1)


def references(page: str) -> list[str]:
    return sorted(re.findall(r"STOCK-[0-9a-f]+-\d+", page))


def test_a_page_without_a_count_says_so_and_draws_nothing(instance: Instance, lead: FlaskClient) -> None:
    page = lead.get("/stock").text
    assert "Nothing has been counted yet." in page
    assert "<svg" not in page
    assert lead.get("/stock/nights.csv").status_code == 404
    assert lead.get("/stock/nights/all/0").status_code == 404


def test_every_figure_has_a_chart_with_its_words_and_a_table(either: Instance) -> None:
    filled(either)
    page = either.client("safeguarding_lead").get("/stock").text
    for key, figure in FIGURES.items():
        part = section(page, key)
        assert figure.title in part
        assert "Not in these numbers." in part
        assert part.count("<svg") <= part.count("<table")
        assert ("<svg" in part) == (figure.rows is not None), key
        for chart in re.findall(r"<svg.*?</svg>", part, re.DOTALL):
            assert 'role="img"' in chart
            assert re.search(r"<title [^>]*>[^<]+</title>\s*<desc [^>]*>[^<]+</desc>", chart)
            assert "script" not in chart
    assert "there is no number to show, and that is not none" in section(page, "schools")


def test_a_few_stay_hidden_and_the_next_with_them_on_the_page_and_in_the_file(
    instance: Instance, lead: FlaskClient
) -> None:
    families(instance, 31, few=3)
    part, file = section(lead.get("/stock").text, "moves"), lead.get("/stock/moves.csv").text
    assert "No move: fewer than 10." in part
    assert "No address written down: not shown." in part
    rows = list(csv.reader(io.StringIO(file.lstrip("\ufeff"))))
    assert [row[3:5] for row in rows[1:-1]] == [
        ["No move", "fewer than 10"], ["One move", "12"], ["Two moves", "12"], ["Three moves or more", "12"],
        ["No address written down", "not shown"], ["Total", "70"],
    ]  # fmt: skip
    # The three, the thirty-one and a share of the seventy are nowhere: not in words, nor as the length of a bar.
    words = re.sub(r"<[^>]+>", " ", part)
    assert {int(n) for n in re.findall(r"\d+", words)} <= {10, 12, 70}
    assert {float(n) for n in re.findall(r'<rect [^>]*width="([0-9.]+)"', part)} == {236.0}
    assert lead.get("/stock/moves/all/0").status_code == 404
    assert lead.get("/stock/moves/all/unwritten").status_code == 404


def test_fewer_than_ten_in_all_is_a_sentence_and_no_chart(instance: Instance, lead: FlaskClient) -> None:
    with instance.app.app_context():
        load = many.loader()
        for _ in range(9):
            load.case()
        load.store()
        summaries.make(today())
    part = section(lead.get("/stock").text, "moves")
    assert "Fewer than 10, or none, so that nothing is drawn." in part
    assert "<svg" not in part
    assert "<table" not in part


def test_a_number_leads_to_the_cases_that_somebody_may_open_a_page_at_a_time(either: Instance) -> None:
    cases = families(either, 60)
    with either.app.app_context(), writing() as session:
        session.execute(update(Case).where(Case.id.in_(cases[:4])).values(restricted=True))
    for role, seen in (("senior_officer", 56), ("safeguarding_lead", 60), ("auditor", 60)):
        client, address, found = either.client(role), "/stock/moves/all/unwritten", list[str]()
        assert ">60<" in section(client.get("/stock").text, "moves").replace(">60 ", ">60<")
        while address:
            page = client.get(address).text
            assert len(references(page)) <= 25
            found += references(page)
            further = re.search(r'href="(/stock/moves/all/unwritten\?after=[0-9a-f]{32})"', page)
            address = further.group(1) if further else ""
        assert len(found) == len(set(found)) == seen


def test_whoever_a_case_is_kept_from_learns_nothing_by_comparing(instance: Instance) -> None:
    """A lead it is kept from and a lead it is not kept from read the same number, and the same list."""
    cases = families(instance, 20)
    lead, senior = instance.client("safeguarding_lead"), instance.client("senior_officer")
    with instance.app.app_context():
        version = db.session.get_one(Case, cases[7]).version
        exclusions.keep_out(
            instance.user("safeguarding_lead"), cases[7], version, instance.user("senior_officer").id, "A cousin."
        )
        hidden = db.session.get_one(Case, cases[7]).reference
        summaries.make(today())
    pages = [section(client.get("/stock").text, "moves") for client in (lead, senior)]
    assert pages[0] == pages[1]
    assert ">20 " in pages[0] or ">20<" in pages[0]
    lists = [references(client.get("/stock/moves/all/unwritten").text) for client in (lead, senior)]
    assert lists[0] == lists[1]
    assert len(lists[0]) == 19
    assert hidden not in lists[0]
    assert "kept from anybody by name" in lead.get("/stock/moves/all/unwritten").text


@pytest.mark.parametrize(
    ("role", "answer"), [("housing_officer", 403), ("administrator", 403), ("senior_officer", 200), ("auditor", 200)]
)
def test_who_sees_the_page(instance: Instance, role: str, answer: int) -> None:
    assert instance.client(role).get("/stock").status_code == answer
    assert ("Our stock" in instance.client(role).get("/").text) == (answer == 200)


@pytest.mark.parametrize(
    "address",
    ["/stock/none.csv", "/stock/none/all/0", "/stock/moves/all/none", "/stock/moves/none/0", "/stock/moves/all/unwritten?after=x", "/stock/schools/all/0"],
)  # fmt: skip
def test_what_there_is_not_is_not_found(instance: Instance, lead: FlaskClient, address: str) -> None:
    families(instance, 12)
    assert lead.get(address).status_code == 404


def test_pages_and_lists_take_the_same_queries_however_many_cases(either: Instance) -> None:
    client, seen = either.client("safeguarding_lead"), []
    paths = (
        "/stock",
        *(
            f"/stock/{cell}"
            for cell in ("moves/all/unwritten", "district/all/outside", "kinds/stops/CS10", "days/all/")
        ),
    )
    for _ in range(2):
        filled(either)
        month = many.month_of(today().replace(day=1) - timedelta(days=40))
        asked = [path + month if path.endswith("/") else path for path in paths]
        numbers = []
        for path in asked:
            client.get(path)
            with counted(either) as said:
                assert client.get(path).status_code == 200, path
            numbers.append(len(said))
        seen.append(numbers)
    assert seen[0] == seen[1]
    assert seen[0][0] <= 8, seen  # the summary is one of them; the others are of every page
    assert max(seen[0][1:]) <= 14, seen


def test_the_list_behind_a_kind_of_stop_goes_on_page_by_page(instance: Instance, lead: FlaskClient) -> None:
    filled(instance)
    page, listed = lead.get("/stock/kinds/stops/CS10").text, []
    while on := re.search(r'href="(/stock/kinds/stops/CS10[?]after=[0-9a-f]{32})"', page):
        listed += references(page)
        page = lead.get(on[1]).text
    listed += references(page)
    number = re.search(r"([0-9,]+) decisions were counted", page)
    assert number is not None
    assert len(set(listed)) == len(listed) > 25  # more than a page
    assert len(listed) <= int(number[1].replace(",", ""))  # a case may have several decisions


def test_a_count_of_yesterday_says_that_it_is_not_of_today(instance: Instance, lead: FlaskClient) -> None:
    with instance.app.app_context():
        summaries.make(today() - timedelta(days=1))
    assert "That is not today" in lead.get("/stock").text
    with instance.app.app_context():
        summaries.make(today())
    assert "That is not today" not in lead.get("/stock").text


def test_the_summary_holds_counts_and_nobody(instance: Instance) -> None:
    filled(instance)
    with instance.app.app_context():
        stored = str([row.cells for row in db.session.scalars(select(StockSummary))])
        ids = [*db.session.scalars(select(Case.id)), *db.session.scalars(select(Case.reference))]
    assert len(ids) == 400
    assert not [each for each in ids if each in stored]
    assert "Robin" not in stored
