"""Beside the walk of cells: a household that somebody may not see changes no byte of what they get; no letter says a word; and its control."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from app import jobs
from app.cases import service as cases
from app.cases.models import Case
from app.clocks import begins, today
from app.extensions import db
from app.letters import telling
from app.notifications import mail
from app.notifications.models import Telling
from app.notifications.telling import AT_ONCE
from tests.cases.test_exclusions import keep_out, plain, second_lead
from tests.conftest import Instance

from .cells import SOUGHT, WALKERS, Household, Marked, household, marks, read, walk_routes

# What moves with every request, and is of no case: the service's own state, and whoever asks.
MOVES = ("health.", "accounts.", "metrics", "visits.page", "visits.worker", "second.", "passkeys.", "own.")


# Held by their marks, not by their bytes. The audit grows by this walk itself, and its entries are numbered without a gap for the chain; how
# many jobs wait is the administrator's work, in names and codes alone. Somebody from whom a case is kept by name counts none of its jobs.
BY_MARKS = {("auditor", "/audit"), ("auditor", "/audit.csv"), ("administrator", "/jobs")}


# What an address may name that is of no case: an officer, and a number of the figures.
NAMED = {"user_id": "", "figure": "moves", "group": "all", "cell": "unwritten"}
FEWEST_SURFACES = 38


def surfaces(instance: Instance, who: str | None) -> dict[str, str]:
    """Every page, list, count and file whose address names nothing, and every search, as somebody gets it."""
    found, client, adapter = {}, instance.client(who), instance.app.url_map.bind("localhost")
    for rule in instance.app.url_map.iter_rules():
        if rule.arguments - NAMED.keys() or "GET" not in (rule.methods or ()) or rule.endpoint.startswith(MOVES):
            continue
        named = {name: NAMED[name] for name in rule.arguments}
        with instance.app.app_context():
            named |= {"user_id": instance.user("housing_officer").id} if "user_id" in named else {}
        answer = client.get(adapter.build(rule.endpoint, named))
        found[rule.rule] = f"{answer.status} {without(read_plain(answer))}"
    for words in SOUGHT:
        answer = client.post("/search", data={"words": words}, follow_redirects=True)
        found[f"search {words}"] = without(read_plain(answer))
    return found


def read_plain(answer: Any) -> str:
    content = answer.get_data()
    return plain(content.decode("utf-8", "replace")) if not content.startswith((b"%PDF", b"PK")) else read(answer)


def without(said: str) -> str:
    """Without what is of one request: tokens, what was closed of a search, times to the second."""
    said = re.sub(r"[?&]s=[\w.=-]+", "?s=*", said)
    said = re.sub(r'(name="(?:s|next|carried)"[^>]*value=")[^"]*', r"\1*", said)
    return re.sub(r"\d\d:\d\d(:\d\d)?|nonce=\"[^\"]*\"", "*", said)


@pytest.mark.parametrize("kept", ["excluded", "restricted"])
def test_a_household_that_one_may_not_see_changes_no_byte(instance: Instance, kept: str) -> None:
    """Z2: rendered with and without it."""
    second_lead(instance)
    instance.import_case("h1", "SEEN-1", officer="other_officer")
    walkers = ("senior_officer", "administrator", "other_officer", *(("housing_officer", "safeguarding_lead", "auditor") if kept == "excluded" else ()))  # fmt: skip
    for who in walkers:
        surfaces(instance, who)  # what a first look leaves behind, such as today's summary, is there already
    before = {who: surfaces(instance, who) for who in walkers}
    marked = Marked(instance.app, instance.engine)
    made = [marked.import_case("h2")[0], marked.submitted("h2")[0], marked.decided("h2")[0]]
    seen = surfaces(instance, "senior_officer")
    assert len([each for each in seen if seen[each] != before["senior_officer"][each]]) >= 5, "it can find one"
    for case_id in made:
        if kept == "restricted":
            with instance.app.app_context():
                cases.restrict(instance.user("safeguarding_lead"), case_id, instance.version(case_id), True)
        else:
            for who in walkers:
                keep_out(instance, case_id, who)
    wrong: list[tuple[str, ...]] = []
    walked = 0
    for who in walkers:
        for where, said in surfaces(instance, who).items():
            walked += 1
            if (who, where) in BY_MARKS and (kept == "restricted" or who == "auditor"):
                wrong += [(who, where, mark) for mark in (*marks(said), *(one for one in made if one in said))]
            elif said != before[who][where]:
                wrong.append((who, where, *first_difference(before[who][where], said)))
    print(f"{kept}: {walked} surfaces")
    assert wrong == [], "\n".join(map(str, wrong))
    assert walked >= FEWEST_SURFACES * len(walkers)


def first_difference(one: str, other: str) -> tuple[str, str]:
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return one[max(0, at - 60) : at + 60], other[max(0, at - 60) : at + 60]


@pytest.fixture
def posted(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is handed over to be mailed: to whom, and all of it."""
    box: list[tuple[str, str]] = []
    monkeypatch.setattr(
        mail, "deliver", lambda message, settings, name: box.append((message["To"], f"{name}\n{message}"))
    )
    return box


@pytest.mark.parametrize("state", ["restricted", "excluded", "opened", "opened_and_excluded"])
def test_no_letter_says_a_word_and_none_goes_to_whom_it_is_kept_from(
    instance: Instance, state: str, posted: list[tuple[str, str]]
) -> None:
    house = household(instance, state)
    tomorrow = begins(today() + timedelta(days=9)) + timedelta(hours=9)
    with instance.app.app_context():
        for one in db.session.scalars(select(Telling.id).where(Telling.kind.in_(AT_ONCE))).all():
            try:
                telling.send(one)
            except jobs.Refused:
                db.session.rollback()
        with time_machine.travel(tomorrow):
            telling.once_a_day()
            for digest in set(db.session.scalars(select(Telling.digest).where(Telling.digest != ""))):
                telling.send_digest(digest)
    assert posted or "excluded" in state, "something is told"
    told = [(to, marks(said)) for to, said in posted if marks(said)]
    assert told == []
    if "excluded" in state:
        kept = {f"{who}@test.example" for who in WALKERS[1:]}
        with instance.app.app_context():
            of_it = {t.id for t in db.session.scalars(select(Telling).where(Telling.case_id.in_(house.case_ids)))}
        assert [to for to, said in posted if to in kept and any(one in said for one in of_it)] == []


def test_with_the_guard_off_the_walk_is_red(instance: Instance, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: nobody asks who may see a case, and whoever walks gets everything."""
    house: Household = household(instance, "excluded")
    assert walk_routes(house, "senior_officer", "GET").wrong == []
    monkeypatch.setattr(cases, "find", lambda user, case_id: db.session.get(Case, case_id))
    found = walk_routes(house, "senior_officer", "GET", most=60).wrong
    assert len({where for _, where, *said in found if len(said) == 2}) >= 10, "marks stand in that many pages"
