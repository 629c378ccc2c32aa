"""What a case can be found by, read from its rows in one query: people, former names, numbers, places, professionals.

Not: protected places, which are sealed; notes and answers, which are read in the case; what a page would not show.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import CompoundSelect, Connection, String, bindparam, cast, literal, null, or_, select, union_all

from app.assessments.models import Assessment, SavedAnswer
from app.cases.models import Case, CaseAddress, CaseConversation, CaseMember, CaseService, folded_number
from app.placements.models import PlaceConsidered
from app.properties.models import Unit, UnitBeside
from app.sharing.models import Share
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.spelling import folded

from .folding import keys_of_name, words_of, words_of_day
from .models import FormerName

NAME, FORMER, REFERENCE, NUMBER, ADDRESS, PROPOSED, EARLIER, CONSIDERED, PROFESSIONAL, SERVICE = IN_ORDER = (
    "name", "former_name", "reference", "number", "address", "proposed", "earlier_address", "considered", "professional", "service",
)  # fmt: skip
_OF_THE_FAMILY = (Grade.E1, Grade.E1S)
OF_PEOPLE = (NAME, FORMER, PROFESSIONAL)  # found by how they sound, too


class Entry(NamedTuple):
    """One thing a case can be found by: of which kind, what is shown of it, and a birth date as ISO or nothing."""

    kind: str
    said: str
    day: str = ""

    def words(self) -> set[str]:
        """Every word it is found by."""
        found = words_of(self.said)
        if self.kind in (REFERENCE, NUMBER):
            found.add(folded_number(self.said))
        if self.day:
            found |= words_of_day(date.fromisoformat(self.day))
        return found - {""}

    def sounds(self) -> set[str]:
        return keys_of_name(self.said) if self.kind in OF_PEOPLE else set()


class Found(NamedTuple):
    """A case as it is written down for finding."""

    words: str
    sounds: str
    entries: list[list[str]]


def found_by(entries: Iterable[Entry]) -> Found:
    """The texts that an index is made of."""
    listed = list(dict.fromkeys(entries))
    words = sorted({word for entry in listed for word in entry.words()})
    sounds = sorted({key for entry in listed for key in entry.sounds()})
    return Found(_spaced(words), _spaced(sounds), [list(entry) for entry in listed])


def _spaced(words: Sequence[str]) -> str:
    return f" {' '.join(words)} " if words else ""


def of_case(connection: Connection, case_id: str) -> list[Entry]:
    """What one case can be found by, as its rows are now."""
    return of_cases(connection, [case_id])[case_id]


def of_cases(connection: Connection, case_ids: Sequence[str]) -> dict[str, list[Entry]]:
    """The same of several; one query."""
    found: dict[str, list[Entry]] = {case_id: [] for case_id in case_ids}
    for case_id, part, *told in connection.execute(_statement(), {"cases": list(case_ids)}):
        found[case_id].extend(_READ[part](*(each or "" for each in told)))
    return {case_id: sorted(dict.fromkeys(entries)) for case_id, entries in found.items()}


def _case(reference: str, number: str, name: str, role: str, agency: str) -> Iterable[Entry]:
    yield Entry(REFERENCE, reference)
    if number and number != reference:
        yield Entry(NUMBER, number)
    yield from _professional(name, role, agency)


def _member(name: str, born: str, *_: str) -> Iterable[Entry]:
    yield Entry(NAME, name, born[:10])


def _former(name: str, *_: str) -> Iterable[Entry]:
    yield Entry(FORMER, name)


def _place(address: str, postcode: str, kind: str, *_: str) -> Iterable[Entry]:
    has = postcode and folded(postcode).replace(" ", "") in folded(address).replace(" ", "")
    yield Entry(kind, address if has or not postcode else f"{address}, {postcode}" if address else postcode)


def _professional(name: str, role: str, agency: str, *_: str) -> Iterable[Entry]:
    said = ", ".join(each for each in (name, role, agency) if each)
    if said:
        yield Entry(PROFESSIONAL, said)


def _service(name: str, postcode: str, *_: str) -> Iterable[Entry]:
    yield Entry(SERVICE, ", ".join(each for each in (name, postcode) if each))


_READ: dict[str, Callable[..., Iterable[Entry]]] = {
    "case": _case, "member": _member, "former": _former, "place": _place, "professional": _professional, "service": _service,
}  # fmt: skip


@lru_cache(maxsize=1)
def _statement() -> CompoundSelect[Any]:
    wanted: Any = bindparam("cases", expanding=True)

    def part(called: str, owner: Any, *columns: Any) -> Any:
        told = [cast(column, String) for column in columns]
        told += [cast(null(), String)] * (5 - len(told))
        return select(owner, literal(called), *told).where(owner.in_(wanted))

    lived = {"current": ADDRESS, "former": EARLIER}
    addresses = [
        part("place", CaseAddress.case_id, CaseAddress.address, CaseAddress.postcode, literal(kind)).where(
            CaseAddress.kind == said, CaseAddress.sealed.is_(False)
        )
        for said, kind in lived.items()
    ]
    unit = part("place", Assessment.case_id, Unit.address, Unit.postcode, literal(PROPOSED)).where(
        Unit.id == Assessment.unit_id
    )
    beside = part("place", Assessment.case_id, Unit.address, Unit.postcode, literal(PROPOSED)).where(
        UnitBeside.first_id == Assessment.unit_id, Unit.id == UnitBeside.unit_id
    )
    told = (CaseConversation.source_name, CaseConversation.source_role, CaseConversation.source_agency)
    said = (SavedAnswer.source_name, SavedAnswer.source_role, SavedAnswer.source_agency)
    return union_all(
        part("case", Case.id, Case.reference, Case.council_number, Case.lead_name, Case.lead_role, Case.lead_agency),
        part("member", CaseMember.case_id, CaseMember.name, CaseMember.born),
        part("former", FormerName.case_id, FormerName.name),
        *addresses,
        unit,
        beside,
        part("place", PlaceConsidered.case_id, PlaceConsidered.place, literal(""), literal(CONSIDERED)).where(
            PlaceConsidered.struck_at.is_(None)
        ),
        part("service", CaseService.case_id, CaseService.name, CaseService.postcode),
        # Who speaks as the family is no professional, whatever they are called there.
        part("professional", CaseConversation.case_id, *told).where(
            CaseConversation.speaker != "family",
            CaseConversation.grade.not_in(_OF_THE_FAMILY),
            or_(told[0] != "", told[2] != ""),
        ),
        part("professional", SavedAnswer.case_id, *said).where(
            SavedAnswer.conversation.is_(None),
            SavedAnswer.grade.not_in(_OF_THE_FAMILY),
            or_(said[0] != "", said[2] != ""),
        ),
        part("professional", Share.case_id, Share.recipient_name, Share.recipient_role),
    )
