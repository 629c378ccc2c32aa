"""Everything that was written down about the family and the place, read back in sentences: on the result, the review, in the record.

What nobody has asked is said as such: a reader has to see the gap, and that it is one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation, of_enquiry
from app.suitability.casefile.history import Budget, Contact, Enquiry, Event
from app.suitability.casefile.household import Address, Household, Member, Service, Treatment
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.criterion import Agency
from app.suitability.reading.case_file import CaseFile
from forms.cases import ASKED_HOUSEHOLD
from forms.history import BudgetForm
from forms.members import ASKED_MEMBER

from .further import further_lines
from .unit_words import beside_lines, placement_lines, pounds, yes_no

# What has a sentence of its own; whatever else a person or a household has is a line of its own, in the words of the form.
OF_A_PERSON = {
    "key", "name", "kind", "born", "due", "sex", "relationship", "couple_with", "mother", "pregnant", "needs",
    "substance_sign", "dangerous_medicine", "justice_sign", "exploitation_sign", "seen_how", "treatment",
    "school_age_place", "language", "interpreter_needed", "ethnicity", "faith",
}  # fmt: skip
OF_A_HOUSEHOLD = {
    "reference", "members", "left_because", "left_note", "addresses", "services", "agencies", "lead_professional",
    "orders", "separated_parents", "domestic_abuse", "earlier_child_removed", "notice_details", "contacts", "enquiries", "conversations",
    "events", "budget", "bed_and_breakfast", "tenure",
}  # fmt: skip


class Entry(NamedTuple):
    """Somebody or something, and what was written down about them."""

    name: str  # empty where the sentences stand for themselves
    lines: list[str]


class Part(NamedTuple):
    title: str
    entries: list[Entry]


# What a record keeps with its day, its agency or its distance instead (chronology.py, enquiries.py, whereabouts.py).
IN_A_PLACE_OF_ITS_OWN = (
    "Addresses", "Services they use now", "Health contacts", "What happened", "Questions put to agencies", "Conversations",
)  # fmt: skip


def parts(file: CaseFile, agencies: Mapping[str, Agency], names: Mapping[str, str]) -> list[Part]:
    """Everything typed about people, home, history and place, in the order in which a reader asks for it."""
    home = file.household
    called = {code: agency.name for code, agency in agencies.items()}
    found = [
        Part("The people", [Entry(names[m.key], _person(m, file.on, names)) for m in home.members]),
        Part("The household", [Entry("", _household(home, called))]),
        Part("Addresses", [_address(a) for a in home.addresses] or _nothing("No address is written down.")),
        Part("Services they use now", [_service(s, names) for s in home.services] or _nothing("None is written down.")),
        Part("Health contacts", _contacts(home, names)),
        Part(
            "What happened", [_event(e, names) for e in _in_order(home.events)] or _nothing("No event is written down.")
        ),
        Part(
            "Questions put to agencies",
            [_enquiry(e, called) for e in home.put_to_agencies] or _nothing("None is written down."),
        ),
        *_conversations(home, called, names),
        Part("A week’s money", [Entry("", _money(home.budget))]),
        Part("The place", [Entry("", placement_lines(file)), *_beside(file)]),
    ]
    if file.danger:
        found.insert(0, Part("Danger now", [Entry("", [f"{wording.DANGER[word]}." for word in file.danger])]))
    return found


def of_people(home: Household, on: date, names: Mapping[str, str]) -> dict[str, list[str]]:
    """What is written down of each person, by key."""
    return {m.key: _person(m, on, names) for m in home.members}


def of_home(home: Household, called: Mapping[str, str], names: Mapping[str, str]) -> list[Part]:
    """What is written down of the household beside its people and what has a day."""
    return [
        Part("The household", [Entry("", _household(home, called))]),
        Part("Services they use now", [_service(s, names) for s in home.services] or _nothing("None is written down.")),
        Part("A week’s money", [Entry("", _money(home.budget))]),
    ]


def _beside(file: CaseFile) -> list[Entry]:
    return [Entry(door, lines) for door, lines in beside_lines(file).items()]


def as_kept(found: Sequence[Part]) -> list[dict[str, Any]]:
    """As a record keeps them."""
    return [{"title": p.title, "entries": [e._asdict() for e in p.entries]} for p in found]


def _nothing(said: str) -> list[Entry]:
    return [Entry("", [said])]


# ---- people


def _person(m: Member, on: date, names: Mapping[str, str]) -> list[str]:
    kind = wording.MEMBER[m.kind]
    sex = wording.SEX_IN_SENTENCE.get(m.sex or "", "sex not recorded")
    lines = [", ".join(part for part in (kind, m.relationship, *([] if m.kind == "unborn" else [sex])) if part) + "."]
    lines.append(_born(m))
    if m.couple_with:
        lines.append(f"Lives as a couple with {names[m.couple_with]}.")
    if m.mother:
        lines.append(f"Mother: {names[m.mother]}.")
    if m.pregnant is not None or (m.kind == "adult" and m.sex != "male"):
        lines.append(_pregnancy(m))
    lines.append(_needs(m))
    grown = m.kind == "adult"
    for value, asked, of_them in (
        (m.substance_sign, "Sign of substance use, now or before", grown),
        (m.dangerous_medicine, "Medicine at home that is dangerous to a child, or makes a carer drowsy", grown),
        (m.justice_sign, "Sign of prison, probation, bail or an order", grown),
        (m.exploitation_sign, "Sign of exploitation, gangs or missing episodes", m.kind == "child"),
        (m.interpreter_needed, "Interpreter needed", m.kind != "unborn"),
    ):
        if value is not None or of_them:
            lines.append(yes_no(asked, value))
    if m.treatment is not None:
        lines.append(treatment_in_words(m.treatment))
    if m.seen_how is not None or m.kind == "child":
        lines.append(f"Seen so far: {in_sentence(wording.SEEN_HOW[m.seen_how]) if m.seen_how else 'not asked'}.")
    if m.school_age_place is not None or m.kind == "child":
        lines.append(
            f"School or nursery: {in_sentence(wording.SCHOOL_PLACE[m.school_age_place]) if m.school_age_place else 'not asked'}."
        )
    for what, text in (("First language", m.language), ("Ethnicity", m.ethnicity), ("Faith", m.faith)):
        if text:
            lines.append(f"{what}: {text}.")
    return lines + further_lines(m, OF_A_PERSON, ASKED_MEMBER, m.kind)


def _born(m: Member) -> str:
    if m.kind == "unborn":
        return f"Due {clocks.in_words(m.due)}." if m.due else "Due date not known."
    return f"Born {clocks.in_words(m.born)}." if m.born else "Date of birth not known."


def _pregnancy(m: Member) -> str:
    due = f", due {clocks.in_words(m.due)}" if m.due else ", due date not known" if m.pregnant else ""
    return yes_no("Pregnant", m.pregnant, due)


def _needs(m: Member) -> str:
    if m.needs is None:
        return "Health, disability or other needs: not asked."
    return f"Needs: {', '.join(in_sentence(wording.label(n)) for n in m.needs)}." if m.needs else "Needs: asked, none."


def treatment_in_words(t: Treatment) -> str:
    days = (
        "days not known"
        if t.dose_days is None
        else f"a dose is collected on {_and(wording.DAY[d] for d in t.dose_days)}"
    )
    return f"Prescribed treatment for opioids: {t.medicine or 'medicine not named'}, {days}."


def _and(said: Any) -> str:
    found = list(said)
    return f"{', '.join(found[:-1])} and {found[-1]}" if len(found) > 1 else found[0] if found else "no day"


# ---- the household


def _household(home: Household, called: Mapping[str, str]) -> list[str]:
    left = home.left_because
    lines = [
        "Why they left: not known."
        if left is None
        else f"Why they left: {'; '.join(in_sentence(wording.label(code)) for code in left) or 'none of the reasons listed'}."
    ]
    if home.left_note:
        lines.append(f"What happened, in the officer’s words: {home.left_note}")
    known = home.agencies
    lines.append(
        "Agencies involved: not known."
        if known is None
        else f"Agencies involved: {'; '.join(in_sentence(called.get(code, wording.label(code))) for code in known) or 'none'}."
    )
    lines += [
        yes_no("Court order, bail or licence condition known", home.orders),
        yes_no("A child with parents who live apart", home.separated_parents),
        yes_no("Domestic abuse, now or in the past", home.domestic_abuse),
        yes_no("An earlier child was removed", home.earlier_child_removed),
        f"GP practice, health visiting team and school all known since: {clocks.in_words(home.notice_details) or 'not yet all known'}.",
        _nights(home),
        lead_words(home),
    ]
    if home.tenure:
        lines.append(f"Tenure: {home.tenure}.")
    return lines + further_lines(home, OF_A_HOUSEHOLD, ASKED_HOUSEHOLD)


def _nights(home: Household) -> str:
    spells = home.bed_and_breakfast
    if spells is None:
        return "Nights already in bed and breakfast: not asked."
    if not spells:
        return "Nights already in bed and breakfast: asked, none."
    runs = "; ".join(f"{clocks.in_words(s.first)} to {clocks.in_words(s.last)}" for s in spells)
    return f"Nights already in bed and breakfast: {runs}."


def lead_words(home: Household) -> str:
    """Who leads, and whether they have said so."""
    lead = home.lead_professional
    if lead is None:
        return "Lead professional: nobody is named."
    accepted = f"accepted on {clocks.in_words(lead.accepted)}" if lead.accepted else "has not accepted"
    who = ", ".join(part for part in (lead.name, lead.role, lead.agency, lead.email) if part)
    return f"Lead professional: {who}: {accepted}."


def _address(a: Address) -> Entry:
    where = ", ".join(part for part in (a.address, a.postcode) if part)
    lines = ["They live there now." if a.kind == "current" else "They lived there before."]
    lines.append(f"Moved in: {clocks.in_words(a.moved_in) or 'not known'}.")
    if a.kind == "former" or a.moved_out:
        lines.append(f"Moved out: {clocks.in_words(a.moved_out) or 'not known'}.")
    return Entry(where, [*lines, yes_no("Placed there by the council", a.placed_by_council)])


def service_lines(s: Service, names: Mapping[str, str]) -> list[str]:
    """Who uses a service, where it is and when it is open."""
    return _service(s, names).lines


def _service(s: Service, names: Mapping[str, str]) -> Entry:
    users = _and(names.get(key, "somebody") for key in s.used_by) if s.used_by else "who uses it is not written down"
    opens = "" if s.open_days is None else f"Open on {_and(wording.DAY[day] for day in s.open_days)}."
    where = s.postcode or "postcode not known"
    return Entry(
        f"{s.name} ({in_sentence(wording.label(s.kind))})", [f"{where}; {users}.", *([opens] if opens else [])]
    )


# ---- what happened


def _contacts(home: Household, names: Mapping[str, str]) -> list[Entry]:
    if home.contacts is None:
        return _nothing("Not asked.")
    listed = sorted(home.contacts, key=lambda c: c.on or date.max)
    return [_contact(c, names) for c in listed] or _nothing("Asked: none is listed.")


def _contact(c: Contact, names: Mapping[str, str]) -> Entry:
    lines = [f"{names[c.child]}: {wording.CONTACT_OUTCOME[c.outcome].lower()}{f', for {c.need}' if c.need else ''}."]
    lines.append(yes_no("Missing it could hurt the child most", c.critical))
    if c.reason:
        lines.append(f"Reason: “{c.reason}” ({how_known(c.reason_grade)}).")
    elif c.outcome != "kept" or c.reason_grade is not Grade.E0:
        lines.append(f"Reason: none is written down ({how_known(c.reason_grade)}).")
    if c.cause is not None or c.cause_grade is not Grade.E0:
        cause = wording.CONTACT_CAUSE[c.cause] if c.cause else "Nothing shows that the system caused it"
        lines.append(f"{cause} ({how_known(c.cause_grade)}).")
    return Entry(f"{c.what}, {clocks.in_words(c.on) or 'day not known'}", lines)


def _in_order(events: Sequence[Event]) -> list[Event]:
    return sorted(events, key=lambda e: e.on)


def _event(e: Event, names: Mapping[str, str]) -> Entry:
    who = names[e.who] if e.who else ""
    nights = f"For {e.nights} night{'s' if e.nights != 1 else ''}." if e.nights else ""
    said = [part for part in (f"{who}." if who else "", e.what, nights, f"How known: {how_known(e.grade)}.") if part]
    return Entry(f"{clocks.in_words(e.on)}: {in_sentence(wording.EVENT[e.kind])}", said)


def how_known(grade: Grade) -> str:
    """By whom something is known, in words."""
    return "nobody has asked how it is known" if grade is Grade.E0 else wording.GRADE[grade]


def _enquiry(e: Enquiry, called: Mapping[str, str]) -> Entry:
    lines = [f"Asked on {clocks.in_words(e.asked)}: “{e.question}”"]
    lines.append(
        f"Ground: {e.ground or 'not written down'}. Answer due by: {clocks.in_words(e.due) or 'no day was set'}."
    )
    if e.answered:
        lines.append(f"{wording.CAME_BACK[e.answered]}, {clocks.in_words(e.answered_on) or 'day not known'}.")
    else:
        when = f" A day stands beside it: {clocks.in_words(e.answered_on)}." if e.answered_on else ""
        lines.append(f"Nothing has come back.{when}")
    if e.reply:
        lines.append(f"What they said: “{e.reply}”")
    return Entry(called.get(e.agency, wording.label(e.agency)), lines)


def _conversations(home: Household, called: Mapping[str, str], names: Mapping[str, str]) -> list[Part]:
    held = [c for c in home.conversations if more_than_a_question(c)]
    return [Part("Conversations", [_conversation(c, called, names) for c in held])] if held else []


def more_than_a_question(c: Conversation) -> bool:
    """Does it say more than a question put to an agency, which is listed as one?

    Of what was stored before there were conversations, name, role and day stand with each answer.
    """
    asked = c.enquiry()
    return c.speaker != "before" and not (asked is not None and of_enquiry(c.key, asked) == c)


def _conversation(c: Conversation, called: Mapping[str, str], names: Mapping[str, str]) -> Entry:
    code = [called.get(c.source.code, c.source.code)] if c.source.code and c.source.code != c.who else []
    whom = names.get(c.who or "") or called.get(c.who or "", "")
    who = ", ".join(part for part in (whom, c.source.name, c.source.role, c.source.agency, *code) if part)
    when = f"{clocks.in_words(c.on) or 'day not known'}{f', {c.at}' if c.at else ''}"
    alone = {None: "not written down", True: "yes", False: "no"}[c.alone]
    lines = [
        f"{wording.SPEAKER[c.speaker]}; {wording.HOW_IN_SENTENCE[c.how] if c.how else 'how is not written down'}; {when}.",
        f"With nobody within hearing whom they may fear: {alone}.",
        f"What was said in it counts at most as: {how_known(c.grade)}.",
        f"{wording.CAME[c.came] if c.came else 'How it ended is not written down'}, {clocks.in_words(c.answered_on) or 'no day'}.",
        f"Ground: {c.ground or 'not written down'}. Asked: {f'“{c.question}”' if c.question else 'no exact question'}.",
        f"Answer due by: {clocks.in_words(c.due) or 'no day was set'}{f', {c.due_at}' if c.due_at else ''}.",
    ]
    return Entry(who or "Nobody named", [*lines, *([f"What they said: “{c.reply}”"] if c.reply else [])])


def _money(budget: Budget | None) -> list[str]:
    if budget is None:
        return ["Not asked."]
    labels = {name: field.args[0] for name, field in vars(BudgetForm).items() if hasattr(field, "args") and field.args}
    return [
        f"{labels[name]}: {pounds(value) if value is not None else 'not known'}."
        for name, value in ((name, getattr(budget, name)) for name in Budget.model_fields)
    ]
