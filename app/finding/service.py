"""The search of everything one may see. What one may not see is left out by the query itself: it is neither counted nor ordered nor told."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.cases.models import Case
from app.cases.service import visible_to
from app.extensions import db

from . import engines, entries
from .asked import Term
from .entries import Entry
from .folding import rules
from .models import CaseFound, FoundMark

MOST = 100  # cases that one search can find
PAGE = 20
_ALIKE = 0.55  # of the letters of two names that sound alike: less, and they are strangers (Dean and Tony)
_KINDS = {kind: at for at, kind in enumerate(entries.IN_ORDER)}
MARK = "rules"


class Reason(NamedTuple):
    """Why a case was found: what of it, how it is called, and whether it is only alike."""

    entry: Entry
    alike: bool


class Hit(NamedTuple):
    """A case that was found, with what it is put under, all reasons, and everybody in it."""

    case_id: str
    reference: str
    kind: str
    reasons: tuple[Reason, ...]
    people: tuple[Entry, ...]


class Hits(NamedTuple):
    """What was found, best first; ``more`` where there are more than are told."""

    found: tuple[Hit, ...]
    more: bool


def search(user: Any, terms: Sequence[Term]) -> Hits:
    """The cases a person may see that hold every term: what was typed first, what sounds alike behind it, at most MOST.

    One query, and where it finds more than are told a second, so that what sounds alike takes the place of nothing that was typed.
    """
    found = list(rows(db.session, user, terms, by_sound=True))
    if len(found) > MOST and any(term.keys for term in terms):
        exact = list(rows(db.session, user, terms, by_sound=False))
        there = {row.case_id for row in exact}
        found = exact + [row for row in found if row.case_id not in there]
    hits = [hit for row in found if (hit := _hit(row, terms)) is not None]
    return Hits(tuple(sorted(hits[:MOST], key=_order)), len(hits) > MOST)


def query(user: Any, terms: Sequence[Term], by_sound: bool) -> Any:
    """The one query of a search, the newest case first."""
    holds = engines.of_this_database().holds(terms, by_sound)
    columns = (CaseFound.id, CaseFound.case_id, CaseFound.entries, Case.reference)
    seen = visible_to(user).with_only_columns(*columns).join(CaseFound, CaseFound.case_id == Case.id)
    return seen.where(holds).order_by(CaseFound.id.desc()).limit(MOST + 1)


def rows(session: Session, user: Any, terms: Sequence[Term], by_sound: bool) -> Sequence[Any]:
    """What it gives: ``case_id``, ``reference`` and ``entries`` of one more than MOST cases at most."""
    return session.execute(query(user, terms, by_sound)).all()


def _hit(row: Any, terms: Sequence[Term]) -> Hit | None:
    """Why a case was found; None where what brought it is only a code that strangers share."""
    listed = [Entry(*each) for each in row.entries]
    held = [(entry, entry.words(), entry.sounds()) for entry in listed]
    why: dict[Entry, list[bool]] = {}
    for term in terms:
        found = [(entry, matches(entry, words, keys, term)) for entry, words, keys in held]
        met = [(entry, alike) for entry, alike in found if alike is not None]
        if not met:
            return None
        exactly = [each for each in met if not each[1]]
        for entry, alike in exactly or met:
            why.setdefault(entry, []).append(alike)
    best = sorted(why, key=lambda entry: (-len(why[entry]), any(why[entry]), _KINDS[entry.kind], entry.said))
    reasons = tuple(Reason(entry, any(why[entry])) for entry in best)
    return Hit(row.case_id, row.reference, best[0].kind, reasons, tuple(e for e in listed if e.kind == entries.NAME))


def matches(entry: Entry, words: set[str], keys: set[str], term: Term) -> bool | None:
    """Does an entry hold a term? False: as it was typed. True: alike. None: it does not."""
    if any(word.startswith(start) for start in term.starts for word in words):
        return False
    shared = keys.intersection(term.keys)
    if not shared:
        return None
    if any(key.startswith("f") for key in shared):
        return True
    near = (word for word in words if word.isascii())
    return True if any(_near(word, start) for word in near for start in term.starts if start.isascii()) else None


def _near(one: str, other: str) -> bool:
    return SequenceMatcher(None, one, other).ratio() >= _ALIKE


def _order(hit: Hit) -> tuple[int, bool]:
    """By what it is put under, as typed before alike; of those that are equal the newest case first, as the query gives them."""
    return (_KINDS[hit.kind], hit.reasons[0].alike)


def is_whole(session: Session) -> bool:
    """Was everything written down by the rules that are in force? Else a search says that it may not find every case."""
    return session.scalar(select(FoundMark.rules).where(FoundMark.id == MARK)) == rules()
