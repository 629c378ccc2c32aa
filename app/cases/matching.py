"""Is somebody of the council of this household, or close to it? Asked of each case whose people or addresses change, whoever writes them.

What is found goes to the safeguarding leads and to nobody else. Until one has looked the case is kept from whom it is about. Where that is
the very person whose case it is, or who is writing in it, nothing is kept from them yet: a page that vanished would tell them what the
lead is to settle first. They see no sign of it in either case. Source: reliability.md 4.2, T2.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple

from flask import has_request_context
from flask_login import current_user
from sqlalchemy import Connection, event, insert, select, update
from sqlalchemy.orm import Session

from app.accounts.models import User
from app.audit import service as audit
from app.checklists import FOLDER, or_stop
from app.database import new_id, now
from app.notifications import telling
from app.places.postcodes import postcode as postcodes
from app.properties.addresses import code
from app.settings import current_settings
from app.suitability.casefile.spelling import folded
from app.suitability.checklist.located_yaml import Located
from app.suitability.checklist.located_yaml import read as read_yaml

from . import sealed_home
from .models import Case, CaseAddress, CaseMember
from .ties import PossibleMatch, StaffTie

FILE = "matching.yaml"
KINDS = ("name", "surname", "postcode", "address", "relation")
_CASES, _PEOPLE = "cases to be held against those who work here", "those of us to be held against every case"
# What of a row can make somebody a match.
_WATCHED: dict[type[Any], tuple[str, ...]] = {
    Case: ("assigned_to",),
    CaseMember: ("name",),
    CaseAddress: ("address", "postcode", "sealed"),
    User: ("name", "active"),
    StaffTie: ("keys",),
}


class Rule(NamedTuple):
    """Of what kinds something has to meet, and how a lead is told."""

    code: str
    needs: tuple[str, ...]
    says: str


class Met(NamedTuple):
    """What met: by which rule, what in the case it was found by, and the digests."""

    rule: str
    found_by: str
    keys: frozenset[str]


Keys = Mapping[str, Mapping[str, str]]  # of each kind: digest to what it was found by


@lru_cache(maxsize=1)
def rules() -> tuple[Rule, ...]:
    """The rules there are.

    Raises:
        ChecklistError: with file, line and what was meant.
    """
    return parsed((FOLDER / FILE).read_text(encoding="utf-8"))


def parsed(text: str) -> tuple[Rule, ...]:
    """The rules of a text of YAML.

    Raises:
        ChecklistError: with line and what was meant.
    """
    what = "the file of matches"
    told = read_yaml(text, FILE)
    told.only(("source", "checked", "rules", "never_alone"), what)
    for name in ("source", "checked"):
        told.need(name, str, what)
    alone, rules = told.need("never_alone", list, what) or [], told.need("rules", Located, what)
    if any(kind not in KINDS for kind in alone):
        told.refuse(
            f"“never_alone” lists some of {', '.join(KINDS)}: a word that is none of them guards nothing.",
            "never_alone",
        )
    if not rules:
        told.refuse(f"{what} has a rule at least: without one nobody is ever held against a household.", "rules")
    return tuple(_rule(code, rules.need(code, Located, what), alone) for code in rules)


def _rule(code: str, said: Located, alone: Collection[str]) -> Rule:
    what = f"the rule {code}"
    said.only(("needs", "says", "why"), what)
    needs = tuple(said.need("needs", list, what) or ())
    if not needs or any(kind not in KINDS for kind in needs):
        said.refuse(f"{what} needs one or more of {', '.join(KINDS)}.", "needs")
    if len(needs) == 1 and needs[0] in alone:
        said.refuse(f"{what} would match by what is never enough alone.", "needs")
    said.need("why", str, what)
    return Rule(code, needs, said.need("says", str, what))


def read_or_stop() -> None:
    """A mistake stops the start: see ``or_stop``."""
    or_stop(rules)


# ---- the words that are held against each other, as keyed digests


def digest(kind: str, said: str) -> str:
    """A keyed digest of one folded word or name: nothing without the key, which is in no database."""
    return hmac.new(_key(), f"{kind}\0{said}".encode(), hashlib.sha256).hexdigest()


def _key() -> bytes:
    return hashlib.sha256(b"ties of staff\0" + current_settings().secret_key().encode()).digest()


def names(said: str) -> Iterator[str]:
    """Under what a full name is held: all of its words, and the first and the last, in whatever order. One word is no full name."""
    found = folded(said).split()
    if len(found) > 1:
        yield " ".join(sorted(found))
        yield " ".join(sorted((found[0], found[-1])))


def surnames(said: str) -> Iterator[str]:
    """Every word of a name but the first: in a double name each half is one."""
    yield from folded(said).split()[1:]


def address(said: str, postcode: str) -> Iterator[str]:
    """An address as its numbers and its postcode, which no two homes share; of one without numbers, its first words. Nothing without a postcode."""
    at, plain = where(said, postcode), folded(said)
    for each in map(str.casefold, postcodes.in_text(said)):
        plain = plain.replace(f"{each[:-3]} {each[-3:]}", " ").replace(each, " ")
    numbers = [word for word in plain.split() if any(sign.isdigit() for sign in word)]
    known = " ".join(sorted(numbers)) or folded(said.partition(",")[0])
    if at and known:
        yield f"{known}|{at}"


def where(said: str, postcode: str) -> str:
    """The postcode of an address, in its own box or among its words, without spaces; empty where there is none."""
    written = postcode or next(iter(postcodes.in_text(said)), "")
    return code(written).replace(" ", "").casefold()


def keys_of_name(said: str) -> dict[str, set[str]]:
    return {"name": {digest("name", n) for n in names(said)}, "surname": {digest("surname", s) for s in surnames(said)}}


def keys_of_home(said: str, postcode: str) -> dict[str, set[str]]:
    at = where(said, postcode)
    return {
        "postcode": {digest("postcode", at)} if at else set(),
        "address": {digest("address", a) for a in address(said, postcode)},
    }


def keys_of_relation(said: str) -> dict[str, set[str]]:
    """Held against the names of a household: of the same digests as those."""
    return {"relation": {digest("name", n) for n in names(said)}}


# ---- which staff meet which household. Pure, but for the rows


def met(household: Keys, person: Mapping[str, Iterable[str]]) -> list[Met]:
    """What of a household meets what is known of one person, by each rule."""
    found = []
    for rule in rules():
        each = []
        for kind in rule.needs:
            listed = household.get("name" if kind == "relation" else kind, {})
            each.append([(listed[key], key) for key in person.get(kind, ()) if key in listed])
        # Every part has to meet: of a household in which one does not, there is no combination.
        for parts in list(product(*each))[:1]:
            found.append(Met(rule.code, parts[0][0], frozenset(key for _, key in parts)))
    return found


def of_household(session: Session, case_id: str) -> Keys:
    """What can be held against staff: of everybody who is or was of the household, and wherever they live or lived."""
    found: dict[str, dict[str, str]] = {kind: {} for kind in ("name", "surname", "postcode", "address")}

    def put(keys: Mapping[str, Iterable[str]], found_by: str) -> None:
        for kind, each in keys.items():
            found[kind].update(dict.fromkeys(each, found_by))

    for member in session.scalars(select(CaseMember).where(CaseMember.case_id == case_id)):
        put(keys_of_name(member.name), member.key)
    for row in session.scalars(select(CaseAddress).where(CaseAddress.case_id == case_id)):
        put(keys_of_home(*sealed_home.opened(session, row)), row.id)
    return found


def of_staff(session: Session) -> dict[str, dict[str, set[str]]]:
    """What is known of everybody whose account is open, by account: their name, and what they wrote down themselves. Two queries."""
    found: dict[str, dict[str, set[str]]] = {}
    for user_id, name in session.execute(select(User.id, User.name).where(User.active.is_(True))):
        found[user_id] = keys_of_name(name)
    for user_id, keys in session.execute(select(StaffTie.user_id, StaffTie.keys)):
        for said in keys if user_id in found else ():
            kind, _, key = said.partition(":")
            found[user_id].setdefault(kind, set()).add(key)
    return found


# ---- in the transaction that writes


def _look(session: Session, context: Any) -> None:
    for state, (is_gone, only_listed) in context.states.items():
        row = state.obj()
        columns = None if only_listed or is_gone else _WATCHED.get(type(row))
        if columns is None or (type(row) is Case and row in session.new):
            continue
        if row in session.new or any(state.attrs[name].history.has_changes() for name in columns):
            of = {User: (_PEOPLE, "id"), StaffTie: (_PEOPLE, "user_id"), Case: (_CASES, "id")}
            noted, name = of.get(type(row), (_CASES, "case_id"))
            session.info.setdefault(noted, set()).add(getattr(row, name))


def _write(session: Session) -> None:
    session.flush()
    changed: set[str] = session.info.pop(_CASES, set())
    people: set[str] = session.info.pop(_PEOPLE, set())
    if not (changed or people):
        return
    staff = of_staff(session)
    for case_id in sorted(changed):
        case = session.get(Case, case_id)
        if case is not None:
            _hold_against(session, case.id, of_household(session, case.id), staff, _at_work(case))
    theirs = {user_id: staff[user_id] for user_id in sorted(people) if user_id in staff}
    if theirs:  # who writes something down of their own is at work in no case
        for case_id, assigned_to in session.execute(select(Case.id, Case.assigned_to).order_by(Case.id)).all():
            _hold_against(session, case_id, of_household(session, case_id), theirs, {assigned_to})


def _hold_against(
    session: Session, case_id: str, household: Keys, staff: Mapping[str, Mapping[str, Iterable[str]]], here: set[str]
) -> None:
    """Hold one household against staff, in the caller's transaction. What was settled of the same words before is not asked again."""
    found = {user_id: each for user_id, person in staff.items() if (each := met(household, person))}
    if not found:
        return
    asked = select(PossibleMatch.id, PossibleMatch.user_id, PossibleMatch.keys, PossibleMatch.settled_at)
    rows = session.execute(asked.where(PossibleMatch.case_id == case_id, PossibleMatch.user_id.in_(found))).all()
    for user_id, listed in found.items():
        mine = [row for row in rows if row.user_id == user_id]
        known = {key for row in mine for key in row.keys}
        new = [each for each in listed if not each.keys <= known]
        waits = next((row for row in mine if row.settled_at is None), None)
        if waits is not None:
            _go_on(session.connection(), waits, new, user_id not in here)
        elif new:
            _note(session, case_id, user_id, new, user_id not in here)


def _at_work(case: Case) -> set[str]:
    """Whose case it is, and who is writing in it: a page that vanished under their hands would tell them."""
    acting = has_request_context() and current_user and current_user.is_authenticated
    return {case.assigned_to, *((current_user.id,) if acting else ())}


def _note(session: Session, case_id: str, user_id: str, found: Iterable[Met], holds: bool) -> None:
    listed = list(found)
    keys = sorted({key for each in listed for key in each.keys})
    grounds = [[each.rule, each.found_by] for each in listed]
    made = {"id": new_id(), "case_id": case_id, "user_id": user_id, "grounds": grounds, "keys": keys, "holds": holds}
    session.connection().execute(insert(PossibleMatch).values(found_at=now(), reason="", settled_by_name="", **made))
    # Of no case: whoever it is about may read the case's own timeline, where it would stand.
    audit.record(session, "match.found", "possible_match", str(made["id"]))
    telling.note(session, "possible_match", case_id, str(made["id"]))


def _go_on(connection: Connection, waits: Any, found: Iterable[Met], holds: bool) -> None:
    """It waits already: what is new is added, and what could not be kept from them before is, once it is their case no more."""
    listed = list(found)
    row = connection.execute(
        select(PossibleMatch.grounds, PossibleMatch.holds).where(PossibleMatch.id == waits.id)
    ).one()
    values: dict[str, Any] = {}
    if listed:
        values["grounds"] = [*row.grounds, *([each.rule, each.found_by] for each in listed)]
        values["keys"] = sorted({*waits.keys, *(key for each in listed for key in each.keys)})
    if holds and not row.holds:
        values["holds"] = True
    if values:
        connection.execute(update(PossibleMatch).where(PossibleMatch.id == waits.id).values(**values))


event.listen(Session, "after_flush", _look)
# Before the entries of the audit, which are the last thing that a transaction stores.
event.listen(Session, "before_commit", _write, insert=True)
