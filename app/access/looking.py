"""Reads who looked at what, and keeps what the rules notice: all of it once a day, what is grave every quarter of an hour. Noticed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError

from app import clocks
from app.accounts.models import Cover, User
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.audit.of_access import DENIED, kind_of
from app.cases.models import Case, CaseExclusion, CaseHandover, CaseMember
from app.database import now, writing
from app.extensions import db
from app.suitability.casefile.spelling import folded

from . import noticing, table
from .models import ReadingFinding
from .watching import AT_ONCE, Entry, Known, Noticed, Watch

_IN_A_BATCH, _LATELY = 2_000, timedelta(days=1)
_OWN = frozenset({"reading.viewed", "glass.refused"})  # who answers looks at it; what was not opened is noticed already


def look() -> None:
    """Notice what the entries of the last year show, up to now; of days that are over only, save what is grave."""
    numbers, moment = table.read(), now()
    since = AuditEvent.at >= moment - timedelta(days=numbers.days)
    _keep_all(list(_noticed(moment, numbers, since)))


def look_at_once() -> None:
    """Notice what is grave in what was looked at and asked for since yesterday: the rules of a whole day wait for ``look``."""
    numbers, moment = table.read(), now()
    longest = max(numbers.numbers[rule]["within_days"] for rule in ("restricted", "denied"))
    denied = (AuditEvent.at >= moment - timedelta(days=longest)) & AuditEvent.action.in_(DENIED)
    lately = AuditEvent.at >= moment - _LATELY
    _keep_all(
        [
            one
            for one in _noticed(moment, numbers, lately | denied)
            if one.rule in AT_ONCE and one.at >= moment - _LATELY
        ]
    )


def _keep_all(found: Sequence[Noticed]) -> None:
    db.session.rollback()
    for one in found:
        _keep(one)


def _noticed(moment: datetime, numbers: table.Table, which: ColumnElement[bool]) -> Iterator[Noticed]:
    before: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    for row in db.session.execute(
        select(ReadingFinding.rule, ReadingFinding.user_id, ReadingFinding.case_id, ReadingFinding.happened_at)
    ):
        before[row.rule, row.user_id, row.case_id or ""].append(row.happened_at)
    people = known_people()
    watch = Watch(numbers, known(people, which), before)
    for entry in _entries(which, people):
        yield from watch.take(entry)
    # The day that is not over yet waits for its end: what was looked at this morning may be worked on this afternoon.
    yield from watch.end(clocks.local(moment).date())


def _entries(which: ColumnElement[bool], people: dict[str, str]) -> Iterator[Entry]:
    columns = (AuditEvent.at, AuditEvent.actor_id, AuditEvent.case_id, AuditEvent.action)
    query = select(*columns).where(which).order_by(AuditEvent.seq)
    for row in db.session.execute(query.execution_options(yield_per=_IN_A_BATCH)):
        if row.actor_id in people and row.action not in _OWN:
            yield Entry(row.at, row.actor_id, row.case_id, kind_of(row.action))


def known_people() -> dict[str, str]:
    """Every account, with its surname, folded."""
    return {row.id: surname(row.name) for row in db.session.execute(select(User.id, User.name))}


def surname(name: str) -> str:
    """The last word of a name, folded; empty where there is one word alone, for that may be a first name."""
    words = folded(name).split()
    return words[-1] if len(words) > 1 else ""


def known(people: dict[str, str], which: ColumnElement[bool]) -> Known:
    """What the rules know beside the entries, of the cases that these are of; a fixed number of queries."""
    of = select(AuditEvent.case_id).where(which)
    families: dict[str, set[str]] = defaultdict(set)
    for row in db.session.execute(select(CaseMember.case_id, CaseMember.name).where(CaseMember.case_id.in_(of))):
        families[row.case_id].add(surname(row.name))
    columns = (Case.id, Case.assigned_to, Case.created_by, Case.closed_on, Case.restricted)
    cases = db.session.execute(select(*columns).where(Case.id.in_(of))).all()
    held: dict[str, set[str]] = {row.id: {row.assigned_to, row.created_by} for row in cases}
    for handed in db.session.execute(select(CaseHandover.case_id, CaseHandover.from_id, CaseHandover.to_id)):
        held.setdefault(handed.case_id, set()).update((handed.from_id, handed.to_id))
    covers: dict[str, list[Cover]] = defaultdict(list)
    for cover in db.session.scalars(select(Cover)):
        covers[cover.cover_id].append(cover)

    def theirs(who: str, case: str, day: date) -> bool:
        """Held by them at some time, or by somebody for whom they stood in that day."""
        holders = held.get(case, set())
        return who in holders or any(c.holder_id in holders and c.first <= day <= c.last for c in covers.get(who, ()))

    kept = select(CaseExclusion.user_id, CaseExclusion.case_id).where(CaseExclusion.lifted_at.is_(None))
    return Known(
        surnames=people, families={case: names - {""} for case, names in families.items()}, theirs=theirs,
        closed={row.id: row.closed_on for row in cases if row.closed_on is not None},
        restricted=frozenset(row.id for row in cases if row.restricted),
        kept=frozenset((row.user_id, row.case_id) for row in db.session.execute(kept)),
    )  # fmt: skip


def _keep(one: Noticed) -> None:
    """Keep what was noticed, once: a second worker that notices the same changes nothing."""
    key = noticing.key_of(one.rule, one.who, one.case, clocks.local(one.at).date().isoformat())
    try:
        with writing() as session:
            if session.get(ReadingFinding, key) is not None:
                return
            # An address that somebody asked for may be of no case: then it is of none.
            case_id = one.case if one.case and session.get(Case, one.case) is not None else ""
            noticing.add(session, one.rule, one.who, case_id, one.at, one.facts, key)
            audit.record(session, "reading.found", "reading_finding", key, case_id)
    except IntegrityError:
        db.session.rollback()
