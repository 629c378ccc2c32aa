"""Everything that waits for somebody. Another source is a function in this list: nothing else has to know of it, save what its kinds are called."""

from __future__ import annotations

from . import (
    apart, asked, assessments, buildings, dates, decided, desk, handed, keeping, lives, looked, shared, visits,
)  # fmt: skip
from .asker import Asker, Source

# In what words a whole list is called, by the kind of its rows. One that is not here is a fault, told at once.
KINDS: dict[str, str] = {
    "ratify": "Emergency placements to ratify or escalate",
    "disagreement": "Somebody does not agree",
    "move": "Families to be moved",
    "returned": "Returned to you",
    "handed": "Handed over to you",
    "glass": "Cases that were opened in an emergency",
    "looked": "Who looked at what, to be answered",
    "review": "Assessments that wait for your decision",
    "building": "Buildings that several cases worry about",
    "condition": "Conditions with their days",
    "agency": "Answers that others owe you",
    "notice": "Notices to be sent",
    "next_look": "Next looks",
    "date": "Dates of cases",
    "afresh": "Households to be assessed afresh",
    "warning": "Warnings to be looked at again",
    "closed": "Cases that were closed",
    "correction": "Corrections to counter-sign",
    "let_go": "Letters to let go",
    "said": "What readers added or say is wrong",
    "left": "Links of somebody who left",
    "same_number": "Two cases with one number",
    "possible_match": "Somebody here may be of a household",
    "home_asked": "Sealed homes: a second person is asked",
    "home_released": "Sealed homes that were released",
    "mail": "Letters and PDFs that did not go",
    "account": "Accounts",
    "data": "Data sets to be loaded",
    "backup": "Backups",
    "handed_in": "Waiting for a decision",
    "sent_back": "Returned to officers",
    "to_be_ratified": "Emergency decisions to be ratified",
    "correction_asked": "Corrections that wait for a second person",
    "asked": "Others were asked",
    "letter_waits": "Letters that wait for a second person",
    "draft": "Being assessed",
    "opened": "Opened, and no place proposed yet",
    "visit": "Visits that were not sent",
    "disposal": "Cases that it is proposed to destroy",
    "access": "What is held about somebody, to be released",
}
SOURCES: tuple[Source, ...] = (
    decided.emergencies,
    looked.opened,
    looked.noticed,
    shared.disagreements,
    decided.after,
    buildings.alerts,
    assessments.proposed,
    assessments.opened,
    handed.handed_over,
    visits.not_sent,
    assessments.next_looks,
    dates.kept,
    lives.warnings,
    lives.changed,
    asked.agencies,
    asked.requests,
    asked.notices,
    asked.to_let_go,
    shared.said,
    shared.left_behind,
    desk.same_numbers,
    apart.possible_matches,
    apart.homes,
    desk.failed_mail,
    keeping.proposed,
    keeping.to_release,
)
OF_AN_ADMINISTRATOR: tuple[Source, ...] = (
    desk.backups,
    desk.failed_mail,
    desk.accounts,
    desk.data_sets,
)  # they see no case

__all__ = ["KINDS", "OF_AN_ADMINISTRATOR", "SOURCES", "Asker", "Source"]
