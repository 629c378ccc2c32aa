"""Who speaks on a sheet, what their word counts as at most, and the conversation that follows from what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from app.database import new_id
from app.suitability.advice.sheets import FAMILY, OFFICER, PROVIDER, at_most
from app.suitability.casefile import wording
from app.suitability.casefile.answers import Source
from app.suitability.casefile.codes import Grade
from app.suitability.casefile.conversations import Conversation, Speaker
from app.suitability.casefile.household import Household
from app.suitability.checklist.checklist import Checklist
from app.suitability.checklist.criterion import Criterion
from forms.sheets import Asked, SheetForm

_KEY = re.compile(r"[0-9a-f]{32}")
_KINDS: dict[str, Speaker] = {FAMILY: "family", PROVIDER: "provider", OFFICER: "seen"}
_PAPER = {OFFICER: "A record of the council", PROVIDER: "A certificate or log of the provider"}


class Speaking(NamedTuple):
    """With whom the sheet is: an agency of the council's list, or somebody of the household, alone or not."""

    code: str  # of the agency; the family, the provider and the officer are in the list
    key: str  # as in the address: of the agency, or of the member of the household
    name: str = ""  # of a member of the household
    alone: bool = False  # asked with nobody within hearing whom they may fear
    paper: bool = False  # nobody speaks: a letter or record of theirs is in hand

    @property
    def kind(self) -> Speaker:
        return "document" if self.paper else _KINDS.get(self.code, "agency")

    @property
    def needs_name(self) -> bool:
        """Must it be said who speaks? The officer is signed in, and a paper may not say who wrote it."""
        return self.code != OFFICER and not self.paper

    @property
    def query(self) -> dict[str, str]:
        """What the address of their sheet says besides the speaker."""
        return {name: "1" for name in ("alone", "paper") if getattr(self, name)}

    def may_be_asked(self, criterion: Criterion, subject: str, adults: Iterable[str]) -> bool:
        """Is this question put to them here? What a survivor is asked alone is put to nobody else, and of nobody else."""
        if self.code != FAMILY or not criterion.is_asked_alone:
            return True
        return self.alone and (subject == self.key or subject not in adults)

    def title(self, checklist: Checklist, address: str) -> str:
        if self.paper:
            return _PAPER.get(self.code) or f"A letter or record: {checklist.agencies[self.code].name}"
        if self.code == OFFICER:
            return f"What you saw and know: {address}"
        if self.code == PROVIDER:
            return f"Ring the provider: {address}"
        if self.code == FAMILY:
            return f"Talk with {self.name or 'the family'}{' alone' if self.alone else ''}"
        return f"Ring {checklist.agencies[self.code].name}"

    def called(self, checklist: Checklist) -> str:
        """The same in a list of conversations, where the place is known."""
        if self.code == OFFICER:
            return "What you saw and know"
        return "Ring the provider" if self.code == PROVIDER else self.title(checklist, "")

    def counts_as(self) -> list[tuple[str, str]]:
        """What their word may count as, the most first: it can be lowered, never raised."""
        most = at_most(self.kind, self.alone or None, True)
        lower = [g for g in (Grade.E3, Grade.E2, Grade.E1) if g.rank < most.rank and (g, most) != (Grade.E2, Grade.E1S)]
        return [(grade.value, _AS[grade]) for grade in (most, *lower)]


# In the words of who writes it down. Source: design.md, evidence grades.
_AS: dict[Grade, str] = {
    **{grade: wording.GRADE_CHOSEN[grade] for grade in (Grade.E4, Grade.E3, Grade.E2, Grade.E1S)},
    Grade.E1: "Heard only: said, and not seen by anybody who can know",
}


def speaking_of(
    checklist: Checklist, household: Household, key: str, sent: Mapping[str, str], taken_out: bool = False
) -> Speaking | None:
    """Who has a sheet under this key; None where nobody has.

    Args:
        sent: of the address or the form: ``alone``, ``paper``.
        taken_out: of somebody who left the household meanwhile what was typed is answered with a sentence.
    """
    if key in checklist.agencies:
        return None if key == FAMILY else Speaking(key, key, paper=bool(sent.get("paper")))
    member = next((m for m in household.members if m.key == key and m.kind != "unborn"), None)
    if (member is None and not taken_out) or sent.get("paper"):
        return None  # what somebody of the family shows was written by somebody else: it has the sheet of who wrote it
    return Speaking(FAMILY, key, member.name if member else "", bool(sent.get("alone")))


def key_of(typed: str | None) -> str:
    """The key of a conversation as its page was given it; empty where it is none."""
    return typed if typed and _KEY.fullmatch(typed) else ""


def held(
    form: SheetForm,
    speaking: Speaking,
    checklist: Checklist,
    wanted: Iterable[Asked] | None = None,
    put: Mapping[str, str] = {},
) -> Conversation:
    """The conversation that is going on, or has ended.

    Args:
        wanted: what is asked of them on the whole sheet; None while it is going on, line by line.
        put: by criterion, the sentence that stood on the page.
    """
    kind, name, agency = speaking.kind, form.person.data or "", checklist.agencies[speaking.code]
    most = at_most(kind, speaking.alone or None, bool(name))
    lowered = next((g for g in Grade if g.value == form.grade.data and g.rank <= most.rank), most)
    ended = wanted is not None
    question = {"agency": agency.question, "family": form.put(put)}.get(kind, "") if ended else ""
    return Conversation.model_validate(
        {
            "key": key_of(form.key.data) or new_id(),
            "speaker": kind,
            "who": {"family": speaking.key, "agency": speaking.code}.get(kind),
            "source": Source(
                name=name,
                role=form.role.data or "",
                agency=agency.name if kind in ("agency", "document") else "",
                code=speaking.code if kind in ("agency", "document") else None,
            ),
            "how": "read" if speaking.paper else form.how.data,
            "on": form.on.data,
            "alone": True if speaking.alone else None,
            "grade": lowered,
            "came": "answered" if ended and speaking.paper else form.came_of(wanted) if wanted is not None else None,
            "question": question,
            "ground": agency.ground[:200] if kind == "agency" else "",
            **({"due": form.on.data, "due_at": form.back_by.time} if form.rings_back else {}),
            "answered_on": form.on.data if ended and form.came.data in ("answered", "refused") else None,
        }
    )
