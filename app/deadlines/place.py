"""Dates that follow from where the family is: bed and breakfast, notices, the first contact, the next look, certificates, shelf lives."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from app.assessments import judging
from app.assessments.judging import Judged
from app.assessments.models import DECIDED, Assessment
from app.assessments.stay import STAY
from app.clocks import days, in_words, nights
from app.letters import due as notices
from app.letters import service as letters
from app.lives import families
from app.properties.service import placement_of
from app.settings import current_settings
from app.suitability.casefile import wording
from app.suitability.casefile.household import Household
from app.suitability.casefile.known import any_known
from app.suitability.casefile.units import units_of
from app.suitability.law.standards import is_legal_bed_and_breakfast

from .found import Found, Holds, decided_place, lives_in

# What the date of the six weeks says of where they are, for whoever counts families as well.
NOT_KNOWN_IN_LAW, IN_NONE_NOW = "it is not known whether it is so in law", "they are in none now"
NEXT_LOOK = "IS12"  # the question on which day the place is looked at next
_MONTHS = {"gas": "gas_record_months", "electrical": "electrical_record_months"}


def found(holds: Holds) -> Iterator[Found]:
    if holds.household is None:
        return
    place = lives_in(holds)
    yield from _six_weeks(holds, holds.household, place)
    yield from _notices(holds)
    yield from _reviews(holds)
    if place is not None and (place.id in holds.decided or _is_emergency(holds, place)):
        yield _first_contact(holds, holds.household, place)
    current = decided_place(holds)
    for one in {a.id: a for a in (place, current) if a is not None}.values():
        yield from _certificates(holds, one)
    if current is not None and current.id == getattr(holds.place, "id", current.id):
        judged = judging.judge(current, holds.on, current_settings().council_authority)
        yield from _looks(holds, current, judged)


def _is_given(holds: Holds, place: Assessment) -> bool:
    """Was it decided or taken as an emergency? One that is only proposed was made available to nobody, unless its first night has gone by."""
    first_night_gone = place.starts is not None and place.starts < holds.on
    return place.id in holds.decided or _is_emergency(holds, place) or first_night_gone


def _is_emergency(holds: Holds, place: Assessment) -> bool:
    """Did a senior officer take it for a night or more?"""
    return any(taken.assessment_id == place.id for taken in holds.emergencies)


def is_bed_and_breakfast(assessment: Assessment, household: Household) -> bool | None:
    """In law, of any of its units; None where a fact that decides is not known."""
    outside = dict.fromkeys(("authority", "other_files_worried", "protected_place"))
    place = placement_of(assessment.unit, **STAY.read(assessment), **outside)
    units = [unit.place for unit in units_of(place, household).values()] or [place]
    return any_known([is_legal_bed_and_breakfast(unit) for unit in units])


def _six_weeks(holds: Holds, household: Household, place: Assessment | None) -> Iterator[Found]:
    """The nights of a family over every spell. What may be bed and breakfast is counted until it is known that it is not."""
    if not household.children() and not any(m.pregnant for m in household.members):
        return
    spells = household.bed_and_breakfast or ()
    in_law = None if place is None else is_bed_and_breakfast(place, household)
    is_taken = place is not None and (place.id in holds.decided or _is_emergency(holds, place))
    # Of a place that is only proposed tonight nobody knows that they go; one whose first night has gone by is where they are.
    are_there = place is not None and place.starts is not None and (is_taken or place.starts < holds.on)
    since = place.starts if place is not None and are_there and in_law is not False else None
    if not spells and since is None:
        return
    limit = holds.numbers.bed_and_breakfast_nights
    told = nights.counted(spells, since, holds.on, limit)
    said = [f"{told.used} of {limit} nights used, over every spell together."]
    if in_law is None and since is not None:
        said.append(
            "Whether this is bed and breakfast in law is not known: it is counted until somebody knows that it is not."
        )
    if since is not None and not is_taken:
        said.append("The place is not decided, and its first night has gone by: they are taken to be there.")
    if household.bed_and_breakfast is None:
        said.append("Nobody has written down whether there were such nights before: there may be fewer left.")
    said += [
        f"Nights from {in_words(first)} to {in_words(last)} are written down twice, and count once."
        for first, last in nights.overlapping(spells)
    ]
    known = families.since(holds.lives)
    if known is not None and told.first is not None and known > told.first:
        after = nights.counted(families.after(spells, known), since and max(since, known), holds.on, limit)
        last = f" The last by that count would be {in_words(after.last)}." if after.last else ""
        said.append(
            f"It is known since {in_words(known)} that there is a child or a pregnancy: {after.used} of them since then.{last} "
            "From which day the law counts is not settled: the earlier day is kept here."
        )
    if not told.is_running and told.left:
        said.append(f"They are in none now, so that it stands still; {told.left} left, and a gap sets nothing back.")
    yield Found(
        kind="bed_and_breakfast",
        subject="family",
        about=IN_NONE_NOW if not told.is_running else NOT_KNOWN_IN_LAW if in_law is None else "",
        began=told.first,
        due=told.last,
        met_on=None,
        met_by="",
        still=not told.is_running,
        said=" ".join(said),
        next=("history.spells", {"case_id": holds.case.id}, "Nights in bed and breakfast"),
    )


def _notices(holds: Holds) -> Iterator[Found]:
    """What others have to be told, as the letters of the case say it; no second reckoning."""
    if holds.place is None or not _is_given(holds, holds.place):
        return
    available = holds.known.made_available(holds.place)
    where = ("letters.listed", {"case_id": holds.case.id}, "Letters and notices")
    for one in notices.of_case(holds.case, holds.on, holds.known):
        sent = one.state in notices.SENT
        subject = f"{holds.place.id}{one.body}"
        if one.kind != notices.HOST:
            asked = one.state != "ask"
            # In a household that became one with a child in the middle of a stay nobody could be asked before.
            became = families.since(holds.lives)
            began = max(available, became) if available and became else available
            yield Found(
                kind="child_ask",
                subject=subject,
                about=one.to,
                began=began,
                due=began,
                met_on=None,
                met_by="they were asked" if asked else "",
                said="" if asked else one.said,
                next=where,
            )
            if one.state in ("ask", "refused"):
                continue
        yield Found(
            kind="host_notice" if one.kind == notices.HOST else "child_notice",
            subject=subject,
            about=one.to,
            began=_begun(holds, one.kind, one.by) or available,
            due=one.by,
            met_on=None,
            met_by="it was sent" if sent else "",
            said=one.said,
            next=where,
        )


def _begun(holds: Holds, kind: str, by: date | None) -> date | None:
    """The day from which a notice is counted: its days before its last."""
    code = "host_notice" if kind == notices.HOST else "child_notice"
    return None if by is None else by - timedelta(days=int(holds.numbers[str(holds.kind(code).length)]) - 1)


def _reviews(holds: Holds) -> Iterator[Found]:
    """Until when a review may be asked for: of each offer that was given, where the duty carries one for certain."""
    for letter in holds.known.letters.get(holds.case.id, ()):
        told = letters.review_from(letter, holds.known.steps.get(letter.id, ()))
        if told is None:
            continue
        yield Found(
            kind="review_request",
            subject=letter.id,
            about=f"Offer {letter.number}",
            began=told,
            due=holds.ends("review_request", told),
            next=("letters.show", {"case_id": holds.case.id, "letter_id": letter.id}, "Open the letter"),
        )


def _first_contact(holds: Holds, household: Household, place: Assessment) -> Found:
    starts = place.starts
    assert starts is not None
    spoke = [
        c.on for c in household.conversations if c.speaker in ("family", "seen") and c.on is not None and c.on >= starts
    ]
    return Found(
        kind="first_contact",
        subject=place.id,
        about=place.unit.address,
        began=starts,
        due=holds.ends("first_contact", starts),
        met_on=min(spoke, default=None),
        met_by="they were seen or spoken to" if spoke else "",
        next=("assessments.show", {"case_id": holds.case.id, "assessment_id": place.id}, "Open the assessment"),
    )


def _certificates(holds: Holds, place: Assessment) -> Iterator[Found]:
    """Of each kind that was seen, the one that lasts longest. What is written on it lasts no longer than the law lets it."""
    latest: dict[str, tuple[date, date | None]] = {}
    for held in place.unit.certificates:
        if held.expires is None:
            continue
        last = held.expires
        if held.kind in _MONTHS and held.issued is not None:
            last = min(last, days.months_after(held.issued, holds.numbers[_MONTHS[held.kind]]) - timedelta(days=1))
        if held.kind not in latest or last > latest[held.kind][0]:
            latest[held.kind] = last, held.issued
    for kind, (last, issued) in latest.items():
        yield Found(
            kind="certificate",
            subject=f"{place.id}{kind}",
            about=f"{wording.CERTIFICATE[kind]}, {place.unit.address}",
            began=issued,
            due=last,
            next=("placements.certificates", {"case_id": holds.case.id, "assessment_id": place.id}, "Certificates"),
        )


def _looks(holds: Holds, place: Assessment, judged: Judged) -> Iterator[Found]:
    """The next look that was promised, and the first day on which something learned is too old and the outcome changes."""
    result = ("assessments.result", {"case_id": holds.case.id, "assessment_id": place.id}, "Open the result")
    said = [a for a in judged.answers if a.criterion == NEXT_LOOK and isinstance(a.value, str) and _day(a.value)]
    if said:
        newest = max(said, key=lambda a: (a.recorded_at, a.id))
        yield Found(
            kind="next_look",
            subject=place.id,
            about=newest.note,
            began=newest.on,
            due=_day(newest.value),
            next=result,
        )
    if place.state != DECIDED:
        return
    lapsing = sorted(f.lapses_on for f in judged.following.flips if f.lapses_on)
    first = date.fromisoformat(lapsing[0]) if lapsing else None
    same = [f for f in judged.following.flips if f.lapses_on and f.lapses_on == lapsing[0]]
    named = "; ".join(dict.fromkeys(judged.checklist.criteria[f.criterion].name for f in same))
    yield Found(
        kind="shelf_life",
        subject=place.id,
        about=named,
        began=None,
        due=first - timedelta(days=1) if first else None,
        said=f"After this day the outcome would be otherwise: {wording.OUTCOME[same[0].outcome].lower()}."
        if same
        else "",
        next=result,
        keeps=True,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
