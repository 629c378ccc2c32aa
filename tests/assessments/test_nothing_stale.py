"""Whatever is written in a case, the next view of it shows that: every route that writes is walked, and every table that is read.

A page that is shown from what is kept is held against what is stored in every test of the suite (tests/fresh.py).
"""

from __future__ import annotations

import re
from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.routing import Rule

from app.accounts.policy import POLICY
from app.assessments import taken
from app.assessments.models import SavedAcceptance, SavedAnswer, SavedPatternAnswer
from app.cases.models import Case
from app.clocks import today
from app.extensions import db
from app.lives.models import LifeStep
from app.properties.models import Unit
from tests.accounts.test_policy import Objects
from tests.conftest import Instance
from tests.fresh import columns

APPEND_ONLY = (SavedAnswer, SavedAcceptance, SavedPatternAnswer, LifeStep)
WATCHED = (Case, Unit, *taken.OF_A_CASE, *taken.OF_A_UNIT)
# Routes after which no case has another version, each with why.
NOTHING_OF_A_CASE = {
    "letters.cancel": "a letter that has left is not taken back",
    "editions.agree": "a copy of a frozen record",
    "emergency.moved": "none was escalated here",
    "journeys.measure": "no engine is set up here",
    "locate.locate": "no address service is set up here",
    "offered.confirm": "no letter of these shows an answer",
    "numbers.settle": "what was found of two cases changes neither",
    "services.find": "it searches, and what is chosen is sent to another route",
    "services.look": "it searches",
    "from_register.look": "it searches",
    "from_register.which": "it searches, and what is chosen is sent to another route",
    "lives.join": "no other household is alike: tests/lives/test_joining.py asks for the next version of both cases",
    "lives.part": "no second adult is there to stay: tests/lives/test_parting.py sends it twice, and is told the second time",
    "sharing.new_code": "a share",
    "sharing.revoke": "a share",
    "sharing.take_over": "a share",
    "photographs.listed": "a photograph is a file, which no form here has; it changes no answer",
    "court.make": "it gives the case out: tests/court/test_export.py sends it",
    "glass.tonight": "for who opened the case in an emergency: tests/access/test_break_glass.py sends it",
    "readers.why": "why somebody looks at a case that is not theirs is of the looking",
    "retention.keep": "it asks for a day to come: tests/retention/test_pages.py sends it",
    "sealed.ask": "who is named here has nothing to ask: tests/cases/test_sealed.py sends it",
    "sealed.seal": "it is sealed already here: tests/cases/test_sealed.py sends it",
    "sealed.settle": "whether somebody is shown an address changes no answer",
    "sealed.show": "it shows",
    "subject_access.release": "what is given to somebody changes no answer: tests/subject_access sends it",
    "visits.give_up": "what a phone holds, and nothing of it was sent",
    "visits.send": "it takes what a phone sends and no form: tests/visits/test_sending.py asks for the next version",
}
# Those that change what every other needs come last, in this order.
_LAST = (
    "remove",
    "from_register.left",
    "from_register.take_up",
    "from_register.leave",
    "emergency.take",
    "/danger",
    "assessments.submit",
    "taking_back",
    "decisions.review",
    "assessments.withdraw",
    "cases.restrict",
    "born.born",
    "lives.correct",
    "lives.close",
    "lives.reopen",
)
_UNKNOWN = dict.fromkeys(("self_contained", "shares_known", "sleeps_known"), "unknown")
_UNIT = _UNKNOWN | {"shares": "", "sleeps": "", "nightly_cost": "62"}
_SOON = today() + timedelta(days=1)
_DAY = {"on-day": str(today().day), "on-month": str(today().month), "on-year": str(today().year)}
# Where the first of each choice and “Pat Rowe” in every box is not something anybody could mean; an empty one is left out.
_MEANT: dict[str, dict[str, str]] = {
    "beside.new": _UNIT,
    "beside.change": _UNIT,
    "placements.placement": _UNIT,
    "placements.propose": _UNIT,
    "cases.member": {"name": "Pat Rowe", "kind": "adult"},
    "cases.remove": {"reason": "Entered by mistake."},
    "journeys.listed": {"low": "7", "high": "9", "changes": "0", "fare": "0"},
    "letters.release": {"release_why": "Read whole, and looked at whom it is to."},
    "letters.mail": {"email": "somebody@nhs.example"},
    "letters.prove": {"how": "posted", "whom": "Pat Rowe", **_DAY},
    "supervision.write": dict.fromkeys(("with_whom", "reflected", "agreed"), "Pat Rowe") | _DAY,
    "deadlines.done": {"met": "no", **_DAY},
    "deadlines.snooze": {f"until-{part}": str(getattr(_SOON, part)) for part in ("day", "month", "year")},
    "deadlines.more_time": {
        **_DAY,
        **{f"until-{part}": str(getattr(today() + timedelta(days=90), part)) for part in ("day", "month", "year")},
    },
    "editions.reader": {"do": "make", "opened": ""},
    "decisions.review": {
        "verdict": "return",
        "condition_what": "",
        "condition_owner": "",
        "condition_due-day": "",
        "condition_due-month": "",
        "condition_due-year": "",
        "condition_seen": "",
        "more": "",
    },
    "from_register.propose": _UNIT | {"checked": "yes"},
    "from_register.longer": {f"last-{part}": str(getattr(_SOON, part)) for part in ("day", "month", "year")},
    "from_register.left": {
        "said": "Pat Rowe",
        **{name.replace("on-", "left_on-"): value for name, value in _DAY.items()},
    },
    "from_register.take_up": {
        "told_by": "Pat Rowe",
        **{
            f"{box}-{part}": str(getattr(_SOON, part)) for box in ("first", "last") for part in ("day", "month", "year")
        },
    },
    "born.born": {f"born-{part}": str(getattr(today(), part)) for part in ("day", "month", "year")}
    | dict.fromkeys(("second_name", "second_sex", "third_name", "third_sex"), "")
    | {"name": "Pat Rowe", "mother": "elsewhere"},
    "letters.leads": {"what": "ended"},
    "lives.reach": {**_DAY, "how": "refused", "place": "Pat Rowe’s telephone", "code": "telephone"},
    "lives.warned": {**_DAY, **{f"due-{part}": str(getattr(_SOON, part)) for part in ("day", "month", "year")}},
    "lives.review": {**_DAY, "code": "over"},
    "lives.views": _DAY,
    "lives.left": {**_DAY, "known": "no", "to": "", "postcode": ""},
    "search.add": {**_DAY, "place": "Flat 2, 8 Invented Mews", "came": "waiting"},
}


class Page(HTMLParser):
    """The boxes of every form of a page, each with what a person in a hurry would put there."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, MultiDict[str, str]]] = []
        self._area = self._select = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((has.get("action", ""), MultiDict()))
        name = has.get("name", "")
        if not self.forms or (tag not in ("option",) and not name):
            return
        boxes = self.forms[-1][1]
        if tag == "textarea":
            self._area = name
            boxes.setdefault(name, "")
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and has.get("value") and ("selected" in has or self._select not in boxes):
            boxes[self._select] = has["value"]
        elif tag == "button" and name:
            boxes.setdefault(name, has.get("value", ""))
        elif tag == "input" and has.get("type") in ("radio", "checkbox"):
            if "checked" in has or name not in boxes:
                boxes[name] = has.get("value", "")
        elif tag == "input":
            boxes[name] = has.get("value") or ("" if has.get("type") == "hidden" else _typed(name))

    def handle_data(self, data: str) -> None:
        if self._area:
            self.forms[-1][1][self._area] = data.strip()

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._area:
            boxes = self.forms[-1][1]
            boxes[self._area] = boxes[self._area] or "What was seen and said, in words."
            self._area = ""
        elif tag == "select":
            self._select = ""


def _typed(name: str) -> str:
    part = name.rsplit("-", 1)[-1].rsplit(".", 1)[-1]
    day = {"day": today().day, "month": today().month, "year": today().year}
    if part in day:
        return str(day[part])
    known = {"postcode": "B14 7ET", "email": "somebody@nhs.example", "nights": "2", "minutes": "7", "floor": "1"}
    return known.get(part, "2" if part in ("storeys", "area", "metres", "area_m2") else "Pat Rowe")


def stored(session: Session) -> dict[str, list[Any]]:
    """Every row of which a case file is made, by its case or its table; a case’s own version and its moment left out."""
    session.expire_all()
    found = {}
    for kind in WATCHED:
        rows = [columns(row) for row in session.scalars(select(kind)).unique()]
        for row in rows:
            for name in ("version", "changed_at") if kind is Case else ():
                del row[name]
        found[kind.__name__] = sorted(rows, key=lambda row: str(row["id"]))
    return found


def versions(session: Session) -> dict[str, Any]:
    return {
        row.id: (row.version, row.changed_at) for row in session.execute(select(Case.id, Case.version, Case.changed_at))
    }


def writing_routes(instance: Instance) -> list[Rule]:
    """Every route of a case that takes a form, those that take something away behind those that need it."""

    def when(rule: Rule) -> int:
        return next((at for at, last in enumerate(_LAST, 1) if last in rule.endpoint or last in rule.rule), 0)

    def of_case(rule: Rule) -> bool:
        view: Any = instance.app.view_functions[rule.endpoint]
        return "POST" in (rule.methods or ()) and rule.endpoint != "static" and POLICY[view.permission].of_case

    return sorted((rule for rule in instance.app.url_map.iter_rules() if of_case(rule)), key=when)


def send(instance: Instance, who: dict[str, FlaskClient], rule: Rule, address: str, version: str) -> str:
    view: Any = instance.app.view_functions[rule.endpoint]
    roles = POLICY[view.permission].roles
    role = next(r for r in ("senior_officer", "safeguarding_lead", "housing_officer") if r in roles)
    found = Page(who[role].get(address).text).forms if "GET" in (rule.methods or ()) else []
    # The form of the page itself is the last that goes to its own address.
    boxes = next((boxes for action, boxes in reversed(found) if action in ("", address)), MultiDict())
    if rule.endpoint.startswith("conversations."):
        boxes = line(who[role].get(address.removesuffix("/lines")).text, rule.endpoint)
    boxes["version"] = boxes.get("version") or version
    for name, meant in _MEANT.get(rule.endpoint, {}).items():
        boxes.pop(name, None) if meant == "" else boxes.setlist(name, [meant])
    back = who[role].post(address, data=boxes)
    said = re.findall(r'govuk-error-(?:message|summary__list)"[^>]*>(.*?)</(?:p|ul)>', back.text, re.DOTALL)
    return f"{back.status_code} {[re.sub('<[^>]+>', '', s).strip() for s in said]} {dict(boxes) if back.status_code > 399 else ''}"


def line(page: str, endpoint: str) -> MultiDict[str, str]:
    """One answer on the sheet of a provider: of the first question of several there, or of the last."""
    boxes = next(boxes for _, boxes in Page(page).forms if "key" in boxes)
    rows = [name for name in boxes if re.fullmatch(r"[A-Z]{2}\d\d-unit", name) and f"{name}.seen" in boxes]
    row = rows[0] if endpoint == "conversations.sheet" else rows[-1]
    source = {name: boxes[name] for name in ("key", "how", "on-day", "on-month", "on-year", "csrf_token")}
    return MultiDict({**source, "person": "Pat Rowe", row: boxes[row], f"{row}.seen": boxes[f"{row}.seen"]})


@pytest.mark.deep
def test_after_every_route_that_writes_the_next_view_shows_what_is_stored(either: Instance) -> None:
    walk(either)


def test_after_every_route_that_writes_the_next_view_shows_it(instance: Instance) -> None:
    walk(instance)


def walk(instance: Instance) -> None:
    objects = Objects(instance)
    who = {role: instance.client(role) for role in ("senior_officer", "safeguarding_lead", "housing_officer")}
    adapter, wrote, said = instance.app.url_map.bind("localhost"), set(), {}
    rules = writing_routes(instance)
    for rule in rules:
        arguments = objects.arguments(rule)
        if rule.endpoint == "cases.remove":
            arguments["part_id"] = objects.member_id
        address = adapter.build(rule.endpoint, arguments, method="POST")
        page = f"/cases/{objects.case_id}/assessments/{objects.assessment_id}/result"
        assert who["safeguarding_lead"].get(page).status_code in (200, 302)
        with instance.app.app_context():
            before, versions_before = stored(db.session), versions(db.session)
        said[rule.endpoint] = send(instance, who, rule, address, str(instance.version(str(arguments["case_id"]))))
        with instance.app.app_context():
            after, versions_after = stored(db.session), versions(db.session)
        if rule.endpoint == "taking_back.take_back":  # it is handed in again, for those that need it so
            again = next(r for r in rules if r.endpoint == "assessments.submit")
            version = str(instance.version(str(arguments["case_id"])))
            send(instance, who, again, adapter.build(again.endpoint, arguments, method="POST"), version)
        if after != before:
            assert versions_after != versions_before, f"{rule} wrote, and no case has another version"
        if versions_after != versions_before:
            wrote.add(rule.endpoint)
        assert who["safeguarding_lead"].get(page).status_code in (200, 302), f"after {rule}"
    left = {rule.endpoint for rule in rules} - wrote
    assert left == set(NOTHING_OF_A_CASE), "; ".join(f"{e}: {said[e]}" for e in sorted(left - set(NOTHING_OF_A_CASE)))
