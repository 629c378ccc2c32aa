"""The job of the day that reads who looked at what, and keeps what the rules notice. Read anew each time, and noticed once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app import clocks
from app.accounts.models import Cover, User
from app.audit import service as audit
from app.audit.models import AuditEvent
from app.audit.of_access import kind_of
from app.cases.models import Case, CaseExclusion, CaseHandover, CaseMember
from app.database import now, writing
from app.extensions import db
from app.suitability.casefile.spelling import folded

from . import noticing, table
from .models import ReadingFinding
from .watching import Entry, Known, Noticed, Watch

_AT_ONCE = 2_000
_OWN = frozenset({"reading.viewed", "glass.refused"})  # who answers looks at it; what was not opened is noticed already


def look() -> None:
    """Notice what the entries of the last year show, up to now; of days that are over only, save what is grave."""
    numbers, moment = table.read(), now()
    found = list(_noticed(moment, numbers))
    db.session.rollback()
    for one in found:
        _keep(one)


def _noticed(moment: datetime, numbers: table.Table) -> Iterator[Noticed]:
    since = moment - timedelta(days=numbers.days)
    before: dict[tuple[str, str, str], list[datetime]] = defaultdict(list)
    for row in db.session.execute(
        select(ReadingFinding.rule, ReadingFinding.user_id, ReadingFinding.case_id, ReadingFinding.happened_at)
    ):
        before[row.rule, row.user_id, row.case_id or ""].append(row.happened_at)
    people = known_people()
    watch = Watch(numbers, known(people), before)
    for entry in _entries(since, people):
        yield from watch.take(entry)
    # The day that is not over yet waits for its end: what was looked at this morning may be worked on this afternoon.
    yield from watch.end(clocks.local(moment).date())


def _entries(since: datetime, people: dict[str, str]) -> Iterator[Entry]:
    columns = (AuditEvent.at, AuditEvent.actor_id, AuditEvent.case_id, AuditEvent.action)
    query = select(*columns).where(AuditEvent.at >= since).order_by(AuditEvent.seq)
    for row in db.session.execute(query.execution_options(yield_per=_AT_ONCE)):
        if row.actor_id in people and row.action not in _OWN:
            yield Entry(row.at, row.actor_id, row.case_id, kind_of(row.action))


def known_people() -> dict[str, str]:
    """Every account, with its surname, folded."""
    return {row.id: surname(row.name) for row in db.session.execute(select(User.id, User.name))}


def surname(name: str) -> str:
    """The last word of a name, folded; empty where there is one word alone, for that may be a first name."""
    words = folded(name).split()
    return words[-1] if len(words) > 1 else ""


def known(people: dict[str, str]) -> Known:
    """What the rules know beside the entries; a fixed number of queries."""
    families: dict[str, set[str]] = defaultdict(set)
    for row in db.session.execute(select(CaseMember.case_id, CaseMember.name)):
        families[row.case_id].add(surname(row.name))
    columns = (Case.id, Case.assigned_to, Case.created_by, Case.closed_on, Case.restricted)
    cases = db.session.execute(select(*columns)).all()
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
