"""Figures of families: bed and breakfast, babies, districts, moves, cots. Each is counted by one function, and whoever opens a number asks it again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from sqlalchemy import Select, and_, func, or_, select

from app.assessments.answers import standing
from app.assessments.models import SavedAnswer
from app.cases.models import Case, CaseAddress, CaseMember
from app.checklists import read_folder
from app.clocks.days import months_after
from app.deadlines.models import ClockLook
from app.extensions import db
from app.places import service as places
from app.properties.locating import locate_unit
from app.settings import current_settings
from app.suitability.advice.during_stay import birthday
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.wording import DISTRICT

from . import lives
from .figure import ALL, Counted, Figure, Group, one_group, tally

COT = "CS01"  # the question whether a child under two has a cot on the first night
COT_UNTIL = 2  # years
_DOUBT = "Not known whether it is bed and breakfast in law"


def nights(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Families who are in bed and breakfast, or perhaps are, by the nights used over every spell; as their dates count them. Two queries."""
    limit = read_folder().numbers_on(on).bed_and_breakfast_nights
    for case_id, clock in lives.bed_and_breakfast(within).items():
        used = limit - (clock.due - on).days
        third = "over" if used > limit else str(min(2, max(0, used - 1) * 3 // limit))
        yield Counted(case_id, "doubt" if lives.is_in_doubt(clock) else third, case_id)
    unlooked = select(Case.id).outerjoin(ClockLook, ClockLook.case_id == Case.id).where(ClockLook.case_id.is_(None))
    for case_id in db.session.scalars(lives.within(unlooked, Case.id, within)):
        yield Counted(case_id, "unlooked", case_id)


def _of_nights(on: date, rows: Sequence[Counted]) -> list[Group]:
    limit = read_folder().numbers_on(on).bed_and_breakfast_nights
    third = limit // 3
    cells = {
        "0": f"1 to {third} nights",
        "1": f"{third + 1} to {2 * third} nights",
        "2": f"{2 * third + 1} to {limit} nights",
        "over": "Over six weeks" if limit == 42 else f"Over {limit} nights",
        "doubt": _DOUBT,
        "unlooked": "Nights not counted yet",
    }
    return [tally(rows, ALL, "Nights used, over every spell", cells)]


def under_ones(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Families with a child under one, by the place they are in; and those with a child whose age nobody knows. Five queries."""
    # Of 1 March it is asked who was born after 28 February: who was born on the 29th of a leap year turns one today.
    latest = months_after(on, -12)
    young = or_(CaseMember.born > latest - timedelta(days=1), CaseMember.born.is_(None))
    query = select(CaseMember.case_id, CaseMember.born).where(
        CaseMember.kind == "child", CaseMember.left_on.is_(None), young
    )
    born: dict[str, list[date | None]] = {}
    for row in db.session.execute(lives.within(query, CaseMember.case_id, within)):
        born.setdefault(row.case_id, []).append(row.born)
    hotels, homes = lives.bed_and_breakfast(within), lives.of_all(on, within)
    for case_id, days in born.items():
        if any(day is not None and birthday(day, 1) > on for day in days):
            yield Counted(case_id, _kind_of_place(case_id, hotels, homes), case_id)
        elif None in days:
            yield Counted(case_id, "age", case_id)


def _kind_of_place(case_id: str, hotels: object, homes: dict[str, lives.Place]) -> str:
    clock = hotels.get(case_id)  # type: ignore[attr-defined]
    if clock is not None:
        return "doubt" if lives.is_in_doubt(clock) else "hotel"
    home = homes.get(case_id)
    if home is None:
        return "nowhere"
    return "unknown" if home.shared is None else "shared" if home.shared else "own"


_UNDER_ONES = {
    "hotel": "In bed and breakfast",
    "shared": "In another place where something is shared",
    "own": "Where nothing is shared",
    "doubt": _DOUBT,
    "unknown": "Not known whether anything is shared",
    "nowhere": "Not known where they are",
    "age": "A child whose age nobody knows",
}


def district(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Families in a place, by whether it is in the council’s district: as a person confirmed it, else by the postcode and the boundary."""
    council = current_settings().council_authority
    known: dict[tuple[object, ...], str | None] = {}
    for case_id, home in lives.of_all(on, within).items():
        found = places.as_called_on(home.authority, council, on)
        if not found:
            unit = home.unit
            spot = (unit.postcode, unit.easting, unit.northing, unit.radius_m, unit.precision)
            if spot not in known:
                known[spot] = places.authority_for(locate_unit(unit), council, on)
            found = known[spot]
        yield Counted(case_id, "unknown" if not found else "inside" if found == council else "outside", case_id)


def moves(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Families by how often they moved in the months that the council counts: one less than the addresses written down. One query."""
    since = months_after(on, -read_folder().numbers_on(on).moves_window_months)
    lived = and_(CaseAddress.case_id == Case.id, or_(CaseAddress.moved_out.is_(None), CaseAddress.moved_out >= since))
    query = select(Case.id, func.count(CaseAddress.id).label("many")).outerjoin(CaseAddress, lived).group_by(Case.id)
    for case_id, many in db.session.execute(lives.within(query, Case.id, within)):
        yield Counted(case_id, "unwritten" if not many else str(min(many - 1, 3)), case_id)


def cots(on: date, within: Select[str] | None = None) -> Iterator[Counted]:
    """Families with a child under two in a place, by what was answered of a cot there; the worst of each family counts. Five queries."""
    homes = lives.of_all(on, within)
    query = select(CaseMember.case_id, CaseMember.key).where(
        CaseMember.kind == "child",
        CaseMember.left_on.is_(None),
        CaseMember.born > months_after(on, -12 * COT_UNTIL),
    )
    children: dict[str, list[str]] = {}
    for row in db.session.execute(lives.within(query, CaseMember.case_id, within)):
        if row.case_id in homes:
            children.setdefault(row.case_id, []).append(row.key)
    said: dict[tuple[str, str], list[SavedAnswer]] = {}
    asked = select(SavedAnswer).where(SavedAnswer.criterion == COT).order_by(SavedAnswer.recorded_at, SavedAnswer.id)
    for answer in standing(list(db.session.scalars(lives.within(asked, SavedAnswer.case_id, within)))):
        home = homes.get(answer.case_id)
        if home is not None and answer.unit_id == home.unit.id:
            said.setdefault((answer.case_id, answer.subject), []).append(answer)
    for case_id, keys in children.items():
        found = {_cot(said.get((case_id, key), [])) for key in keys}
        yield Counted(case_id, next(cell for cell in _WORST_FIRST if cell in found), case_id)


_WORST_FIRST = ("none", "promised", "unknown", "said", "ready")


def _cot(answers: list[SavedAnswer]) -> str:
    """Of one child: a cot that somebody says is missing is missing until that answer was replaced by name, or by whoever said it."""
    replaced = {id_ for answer in answers for id_ in answer.supersedes}
    newest = {(a.source_name, a.source_role, a.source_agency, a.source_code): a.id for a in answers}
    left = [a for a in answers if a.id not in replaced and a.id in newest.values()]
    values = {a.value for a in left if isinstance(a.value, str)}
    for cell in ("none", "promised"):
        if cell in values:
            return cell
    ready = [a for a in left if a.value == "ready"]
    if not ready:
        return "unknown"
    return "ready" if any(Grade(a.grade).reassurance_rank >= Grade.E2.reassurance_rank for a in ready) else "said"


_HOW_MANY = {
    "0": "No move",
    "1": "One move",
    "2": "Two moves",
    "3": "Three moves or more",
    "unwritten": "No address written down",
}

FIGURES = (
    Figure(
        key="nights",
        title="Families in bed and breakfast",
        counts="families",
        says="Families with children, or who expect one, who are in bed and breakfast in law now, by the nights they have spent in it over every spell.",
        unknown="Where it is not known whether a place is bed and breakfast in law, its nights count, and the family has a row of its own. "
        "Nights before the council knew the family are in it only where somebody wrote them down.",
        rows=nights,
        groups=_of_nights,
    ),
    Figure(
        key="under-ones",
        title="Families with a child under one",
        counts="families",
        says="Where families with a child under one are. Something is shared where another household uses the toilet, the bathroom or the kitchen too.",
        unknown="A family is where its newest placement says, from its first night on. Of some nobody wrote down a placement: that is a row of its own.",
        rows=under_ones,
        groups=one_group("Place they are in", _UNDER_ONES),
    ),
    Figure(
        key="district",
        title="Out of district",
        counts="families",
        says="Families in a placement, by whether it is in the council’s own district.",
        unknown="Where nobody confirmed it and the postcode cannot tell, it is not known.",
        rows=district,
        groups=one_group("Where the place is", {where: DISTRICT[where] for where in ("outside", "inside", "unknown")}),
    ),
    Figure(
        key="moves",
        title="Moves in 12 months",
        counts="families",
        says="All families, by the moves between addresses that are written down for the months the council counts.",
        unknown="An address that nobody wrote down is in no row: the moves may be more.",
        rows=moves,
        groups=one_group("Moves", _HOW_MANY),
    ),
    Figure(
        key="cots",
        title="Cots",
        counts="families",
        says="Families with a child under two in a placement, by what was answered about a cot for the first night. Of several children the worst answer counts.",
        unknown="That nobody answered is no cot and no missing cot: it is a row of its own. What only the family said is not seen.",
        rows=cots,
        groups=one_group(
            "Cot in the place",
            {
                "none": "No cot there",
                "promised": "Promised, not there yet",
                "said": "Said to be ready, not seen",
                "ready": "Up and ready, seen",
                "unknown": "Nobody has answered",
            },
        ),
    ),
)
