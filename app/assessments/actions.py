"""What whoever looks may do about an assessment and each of its rows, as links: the pages only show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from flask import request, url_for

from app.accounts.policy import may
from app.suitability.advice.calls import Call
from app.suitability.advice.next_questions import NextQuestion
from app.suitability.advice.sheets import FAMILY
from app.suitability.casefile.values import in_sentence
from app.suitability.checklist.criterion import Criterion

from .entered import page_of
from .models import DRAFT, SUBMITTED, Assessment, SavedMitigation

OPEN = (DRAFT, SUBMITTED)
_WORRY = ("worrying", "partly")
# How it is found out, where nobody is rung.
NOT_RUNG = {
    "officer": "Look it up and write down",
    "supervisor": "Ask a second person and write down",
}


class Link(NamedTuple):
    """Something that may be done: in which words, where, and what is read out after the words."""

    words: str
    address: str
    spoken: str = ""
    in_place: bool = False  # on the result it opens where it stands


class Plan(NamedTuple):
    """What is to be done about a high concern, and the link by which a senior officer agrees to it, where one may."""

    said: SavedMitigation
    agree: Link | None


def _address(endpoint: str, **values: str | None) -> str:
    """As ``url_for``. A page of a result has hundreds of addresses, each visit the same."""
    return _made_once(request.script_root, endpoint, tuple(values.items()))


@lru_cache(maxsize=8192)
def _made_once(root: str, endpoint: str, values: tuple[tuple[str, str | None], ...]) -> str:
    return url_for(endpoint, **dict(values))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Actions:
    """What a person in a role may do about an assessment."""

    role: str
    assessment: Assessment
    criteria: Mapping[str, Criterion]
    names: Mapping[str, str]  # of whom a row may be about

    def may(self, permission: str, states: tuple[str, ...] = ()) -> bool:
        """Does the role hold it, in these states of the assessment, or in any?"""
        return may(self.role, permission) and (not states or self.assessment.state in states)

    def link(self, words: str, endpoint: str, spoken: str = "", **more: Any) -> Link:
        """A link to a page of this assessment."""
        address = _address(endpoint, case_id=self.assessment.case_id, assessment_id=self.assessment.id, **more)
        return Link(words, address, spoken)

    def of_case(self, words: str, endpoint: str, **more: Any) -> Link:
        """A link to a page of the case."""
        return Link(words, url_for(endpoint, case_id=self.assessment.case_id, **more))

    def where_entered(self, words: str, criterion: str, subject: str, spoken: str = "") -> Link | None:
        """To the page on which a computed row's facts are entered."""
        computed = self.criteria[criterion].computed
        if not computed or not self.may("case.edit", (DRAFT,)):
            return None
        where = page_of(computed, self.assessment.case_id, self.assessment.id, subject, self.assessment.unit.keys)
        return Link(words, where, spoken)

    def answer(
        self, words: str, criterion: str, subject: str, states: tuple[str, ...] = (), spoken: str = ""
    ) -> Link | None:
        """To the page of a question, where somebody is asked it."""
        if self.criteria[criterion].computed is not None or not self.may("answer.save", states):
            return None
        page = self.link(words, "questions.question", spoken, criterion_id=criterion, subject=subject)
        return page._replace(in_place=True)

    def sheets(self, call: Call, adults: Iterable[tuple[str, str]]) -> list[Link]:
        """To the sheet on which everything one speaker tells is written down; of the family, each adult by themselves.

        A sheet of the family is a page of its own: they may see the screen, and the result says what others told.

        Args:
            adults: the key and the name of each.
        """
        if not self.may("answer.save", OPEN):
            return []
        if call.speaker == FAMILY:
            how, query = ("alone and write down", "1") if call.alone else ("and write down", None)
            return [
                self.link(f"Ask {name} {how}", "conversations.sheet", speaker=key, alone=query) for key, name in adults
            ]
        words = NOT_RUNG.get(call.speaker, "Ring and write down")
        return [self.link(words, "conversations.sheet", f": {call.name}", speaker=call.speaker)._replace(in_place=True)]

    def paper(self, call: Call) -> Link | None:
        """To the sheet of a letter or record of theirs; nobody of the family has one, and a second person writes down what they think."""
        if call.speaker in (FAMILY, "supervisor") or not self.may("answer.save", OPEN):
            return None
        words = {"officer": "A record in hand", "provider": "A certificate or log in hand"}.get(
            call.speaker, "A letter or record in hand"
        )
        sheet = self.link(words, "conversations.sheet", f": {call.name}", speaker=call.speaker, paper="1")
        return sheet._replace(in_place=True)

    def on_question(self, asked: NextQuestion) -> Link | None:
        """Of what to ask next."""
        name = in_sentence(asked.name)
        return self.answer(
            "Record the answer", asked.criterion, asked.subject, spoken=f" about {name}"
        ) or self.where_entered("Enter what it rests on", asked.criterion, asked.subject, f": {name}")

    def on_hold(self, finding: Mapping[str, Any]) -> Link | None:
        """Of what must be known first."""
        words = f"{finding['name']}: {self.names[finding['subject']]}"
        return self.answer(words, finding["criterion"], finding["subject"], OPEN) or self.where_entered(
            words, finding["criterion"], finding["subject"]
        )

    def on_worry(self, finding: Mapping[str, Any]) -> list[Link] | None:
        """Of a stop or a high concern; nothing where there is no more to be done about it."""
        if finding["state"] not in _WORRY or self.assessment.state != DRAFT:
            return None
        row, about = finding["criterion"], self._about(finding)
        accepted = finding["effect"] in ("senior", "high") and not finding["ended_by_seeing"]
        return [
            *(self._plan(row, finding["subject"], about) if finding["effect"] != "stop" else ()),
            *(self._acceptance("Accept in writing", row, finding["subject"], f": {about}") if accepted else ()),
        ]

    def on_note(self, finding: Mapping[str, Any]) -> Link | None:
        """Of what is only to be noted or chased."""
        if finding["effect"] != "medium" or finding["state"] not in _WORRY or self.assessment.state != DRAFT:
            return None
        spoken = f": {in_sentence(finding['name'])}"
        found = self._acceptance("Accept, with a reason", finding["criterion"], finding["subject"], spoken)
        return found[0] if found else None

    def on_pattern(self, pattern: Mapping[str, Any]) -> list[Link] | None:
        """Of what comes together; nothing where there is no more to be done about it."""
        if self.assessment.state not in OPEN:
            return None
        row, subject, about, effect = pattern["pattern"], pattern["subject"], self._about(pattern), pattern["effect"]
        found = []
        if effect == "none" and self.may("answer.save"):
            words = "Answer with a reason"
            found.append(self.link(words, "remedies.pattern", f": {about}", pattern_id=row, subject=subject))
        if self.assessment.state == DRAFT and pattern["state"] == "worrying" and not pattern["carried_by"]:
            found += self._plan(row, subject, about) if effect in ("high", "stop_until") else []
            accepted = effect in ("high", "senior")
            found += self._acceptance("Accept in writing", row, subject, f": {about}") if accepted else []
        return found

    def plans(self, finding: Mapping[str, Any], plans: Iterable[SavedMitigation]) -> list[Plan]:
        """The plans for a high concern that a plan can end, oldest first."""
        if finding["effect"] != "high" or finding["ended_by_seeing"]:
            return []
        agrees, spoken = self.may("mitigation.agree", OPEN), f": {self._about(finding)}"
        return [
            Plan(
                plan,
                self.link("Read and agree to this plan", "remedies.agree", spoken, mitigation_id=plan.id)
                if agrees and not plan.agreed_on
                else None,
            )
            for plan in plans
            if (plan.criterion, plan.subject) == (finding["criterion"], finding["subject"])
        ]

    def ratify(self, emergency_id: str, verdict: str | None) -> Link | None:
        """Of an emergency decision nobody has looked at yet."""
        if verdict or not self.may("emergency.ratify"):
            return None
        return self.link("Ratify or escalate", "emergency.ratify", emergency_id=emergency_id)

    def ask(self, words: str) -> Link | None:
        """To write down that an agency was asked, or what it answered."""
        if not self.may("case.edit"):
            return None
        return self.of_case(words, "history.entries", part="enquiries")._replace(in_place=True)

    def of_assessment(self, words: str, endpoint: str, permission: str, *states: str) -> Link | None:
        """Something about the assessment as a whole, in some states of it."""
        return self.link(words, endpoint) if self.may(permission, states) else None

    def _about(self, row: Mapping[str, Any]) -> str:
        return f"{in_sentence(row['name'])}, {self.names[row['subject']]}"

    def _plan(self, row: str, subject: str, about: str) -> list[Link]:
        if not self.may("mitigation.save"):
            return []
        words = "Say what will be done"
        return [self.link(words, "remedies.mitigation", f" about {about}", criterion_id=row, subject=subject)]

    def _acceptance(self, words: str, row: str, subject: str, spoken: str) -> list[Link]:
        if not self.may("acceptance.save"):
            return []
        return [self.link(words, "remedies.acceptance", spoken, criterion_id=row, subject=subject)]
