"""Households full of marks, a state for each, and a walk that asks everything of the service and looks for a mark."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import text
from werkzeug.routing import Rule

from app.accounts.policy import POLICY
from app.cases import service as cases
from app.cases.models import Case
from app.database import Base
from app.extensions import db
from app.finding import sealed
from app.settings import ROOT
from app.web.gate import OPENED_TO_READ, WRITES_ALL_THE_SAME
from tests.accounts.test_policy import Objects, calls, expected, outcome, role_of
from tests.cases.test_exclusions import keep_out
from tests.cases.test_sealed import MARKS as OF_THE_HOME
from tests.cases.test_sealed import seal, sealed_objects
from tests.conftest import ROLES, Instance
from tests.editions.marked import everything_in

from .test_break_glass import open_it

WALKERS = (None, *ROLES, "other_officer")
# What stands in the worked example, and the mark that stands in its place.
MARKED = {
    "Zofia Wójcik": "Mkxmother Mkxfamily",
    "Łucja Wójcik": "Mkxdaughter Mkxfamily",
    "Hanna Visit": "Mkxhanna Mkxvisitor",
    "hanna.visit@health.example": "mkxmail@health.example",
    "Invented Surgery": "Mkxsurgery",
    "Invented Nursery": "Mkxnursery",
    "Invented Lane": "Mkxplacement Lane",
    "3 Fictional Close": "3 Mkxformer Close",
    "Clinic closed that day": "Mkxreason that day",
    "No incidents in 12 months": "Mkxreply: none",
    "12-month review": "Mkxcontact review",
}
# Exactly these, for a key or a token is a row of letters too; and the home that is sealed, by its name and its postcode.
_OURS = sorted(set(re.findall(r"mkx[a-z]+", " ".join(MARKED.values()).lower())))
MARK = re.compile(f"(?i:{'|'.join(_OURS)}|mkxref|markerhome|b13 ?8dd)")
# What is searched for: each mark, a half of one, and the postcode of the home as people type it.
SOUGHT = ("Mkxmother", "mkxfam", "Mkxplacement Lane", "Mkxformer", "MKXREF", "Mkxhanna", "B13 8DD", "b138dd", "mkxmail")
STATES = ("ours", "excluded", "restricted", "sealed", "opened", "ended", "opened_and_excluded")
# Not asked: what ends the session of whoever walks.
ENDS_THE_SESSION = ("accounts.sign_out",)
# What is not there in every state: what a sealed home takes out again, and a case of the same number.
GONE = {"asked_id", "named_id", "match_id", "other_id"}
# What a look that was denied leaves behind: an entry, and what is noticed of it. A session moves with each request.
MOVES_ANYHOW = ("audit", "reading_finding", "user_session", "glass", "sign_in")


class Marked(Instance):
    """An instance whose second worked example is full of marks."""

    def import_case(self, name: str = "h2", reference: str = "", officer: str = "housing_officer") -> tuple[str, str]:
        if name != "h2":
            return super().import_case(name, reference, officer)
        said = (ROOT / "docs" / "examples" / "h2.json").read_text(encoding="utf-8")
        for plain, mark in MARKED.items():
            assert plain in said, f"{plain} is not in the example any more"
            said = said.replace(plain, mark)
        tree = json.loads(said)
        Marked.made += 1
        tree["household"]["reference"] = f"MKXREF-{'ABCDEFGHJKLM'[Marked.made % 12]}{Marked.made}"
        return self.import_tree(tree, officer)

    made = 0


@dataclass
class Walk:
    """What was walked: how many cells, of them how many were shut, and what was wrong in any."""

    cells: int = 0
    shut: int = 0
    wrong: list[tuple[Any, ...]] = field(default_factory=list)

    def add(self, other: Walk) -> None:
        self.cells, self.shut = self.cells + other.cells, self.shut + other.shut
        self.wrong += other.wrong


@dataclass
class Household:
    """Two cases of one family, with everything in them that an address can name, in one state."""

    instance: Instance
    state: str
    objects: Objects

    @property
    def case_ids(self) -> tuple[str, str]:
        return self.objects.case_id, self.objects.decided_case

    def sees(self, who: str | None) -> bool:
        """Whose work it is, or whose role sees it: what decides of every list, count, search and route."""
        if who in (None, "administrator", "other_officer"):
            return False
        if self.state in ("excluded", "opened_and_excluded"):
            return False
        return not (who == "senior_officer" and self.state in ("restricted", "opened", "ended"))

    def has_opened(self, who: str | None) -> bool:
        return self.state == "opened" and who in ("senior_officer", "other_officer")


def household(instance: Instance, state: str) -> Household:
    """A household in a state.

    ``excluded``: it is kept by name from everybody who walks, its officer, a lead, the auditor and the administrator too;
    ``opened``: restricted, sealed, and open in an emergency to a senior and another officer; ``ended``: an hour later.
    """
    marked = Marked(instance.app, instance.engine)
    objects = sealed_objects(marked)
    made = Household(instance, state, objects)
    if state in ("sealed", "opened"):
        seal(instance, objects.case_id, "housing_officer")
        with instance.app.app_context():
            objects.address_id = next(a.id for a in db.session.get_one(Case, objects.case_id).addresses if a.sealed)
    for case_id in made.case_ids:
        if state in ("restricted", "opened", "ended", "opened_and_excluded"):
            with instance.app.app_context():
                cases.restrict(instance.user("safeguarding_lead"), case_id, instance.version(case_id), True)
        if state in ("opened", "ended", "opened_and_excluded"):
            for who in ("senior_officer", "other_officer"):
                open_it(instance, case_id, who)
        if state in ("excluded", "opened_and_excluded"):
            for who in WALKERS[1:]:
                keep_out(instance, case_id, str(who))
    return made


def read(answer: Any) -> str:
    """All that an answer says: its status, its headers, and its body; of a PDF everything in it."""
    content = answer.get_data()
    said = everything_in(content) if content.startswith(b"%PDF") else content.decode("utf-8", "replace")
    return f"{answer.status}\n{answer.headers}\n{said}"


def marks(said: str, but: str = "") -> list[str]:
    """The marks that stand in what was said, without those of a text that whoever asks typed themselves."""
    folded = but.casefold()
    found = {m.group().casefold() for m in MARK.finditer(said)}
    return sorted(m for m in found if m not in folded)


def should_be(house: Household, rule: Rule, permission: str, who: str | None, method: str) -> str:
    should = expected(permission, role_of(who), house.sees(who))
    if should == "not found" and POLICY[permission].of_case and house.has_opened(who):
        reads = method == "GET" and rule.endpoint in OPENED_TO_READ
        return "open" if reads or rule.endpoint == WRITES_ALL_THE_SAME else "forbidden"
    return should


def walk_routes(house: Household, who: str | None, method: str, most: int = 0) -> Walk:
    """Every route with a method, by one person: GET all of them, POST those of a case that they may not see.

    Args:
        most: so many things that are wrong are enough; none for all of them.
    """
    walk, client = Walk(), house.instance.client(who)
    for rule, verb, path in calls(house.instance, house.objects):
        permission = house.instance.app.view_functions[rule.endpoint].permission  # type: ignore[attr-defined]
        if verb != method or rule.endpoint in ENDS_THE_SESSION:
            continue
        should = should_be(house, rule, permission, who, method)
        if method == "POST" and (should == "open" or not POLICY[permission].of_case):
            continue
        if "welcome" in rule.rule:
            should = "not found"
        answer = client.open(path, method=method, data={"version": "1"} if method == "POST" else None)
        walk.cells += 1
        walk.shut += should != "open"
        does = outcome(answer.status_code, answer.headers.get("Location", ""))
        allowed = {should}
        named = bool(GONE & rule.arguments) or rule.endpoint.startswith("sealed.")
        if should == "open" and (named or (not POLICY[permission].of_case and not house.sees(who))):
            # It names something of a case that they may not see, or that is not there in this state.
            allowed.add("not found")
        if does not in allowed and rule.endpoint not in ("accounts.sign_in", "health.readyz"):
            walk.wrong.append((method, rule.rule, who, should, does))
        if most and len(walk.wrong) >= most:
            break
        hidden = not house.sees(who) and not (house.has_opened(who) and should == "open")
        if should == "open" and not hidden and house.state not in ("sealed", "opened"):
            continue  # they may read it all
        said = read(answer)
        if should != "open" or hidden:
            walk.wrong += [(method, rule.rule, who, mark) for mark in marks(said)]
        if house.state in ("sealed", "opened"):
            walk.wrong += [(method, rule.rule, who, mark) for mark in OF_THE_HOME if mark in said]
    return walk


def walk_searches(house: Household, who: str | None) -> Walk:
    """Each mark searched for, both ways that the box has; what was typed is said again, and nothing else of it."""
    walk, client = Walk(), house.instance.client(who)
    for words in SOUGHT:
        for answer in _searched(house, client, who, words):
            said = read(answer)
            walk.cells += 1
            of_home = house.state in ("sealed", "opened") and words.casefold().startswith("b13")
            if not house.sees(who) or of_home:
                walk.shut += 1
                found = [c for c in house.case_ids if c in said]
                walk.wrong += [("search", words, who, what) for what in (*marks(said, but=words), *found)]
    return walk


def _searched(house: Household, client: FlaskClient, who: str | None, words: str) -> Iterator[Any]:
    yield client.post("/search", data={"words": words}, follow_redirects=True)
    if who is not None:
        with house.instance.app.app_context():
            closed = sealed.close(house.instance.user(who).id, words)
        yield client.get(f"/search?s={closed}&page=2")


def digest(instance: Instance) -> dict[str, str]:
    """Of each table a digest of all that is in it, but for what moves with any request."""
    found = {}
    with instance.app.app_context():
        for table in Base.metadata.sorted_tables:
            if not table.name.startswith(MOVES_ANYHOW):
                rows = sorted(repr(tuple(row)) for row in db.session.execute(text(f'SELECT * FROM "{table.name}"')))
                found[table.name] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
