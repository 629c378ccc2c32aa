"""The play of one household, step by step, whatever the pages of a version look like: each version has a typist of its own."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any, ClassVar

from officer_hands import Hands
from playwright.sync_api import Locator

Tree = dict[str, Any]
NOTE_OF_THE_LEAD = "Read with the officer. The reasons are the children's own and I agree with them."


def reason_for(name: str) -> str:
    """What the officer writes about a child: the scenario says nothing of it, so the play does."""
    return f"For {name}, because of what was seen and said, and for nights most of all."


def asked(value: object) -> str | None:
    return None if value is None else "yes" if value else "no"


def pounds(pence: int | None) -> str | None:
    return None if pence is None else f"{pence / 100:.2f}"


class Typist(ABC):
    """Plays a case file into the pages of one version.

    Every page is come to as a person comes to it, by what stands on the page before; every act goes through ``Hands``.
    The steps are played in the order they stand in, and what each does not have to do it leaves to the next.
    """

    ticked_now: ClassVar[
        dict[tuple[str, str], Any]
    ] = {}  # of a question and its answer: what these pages offer in its place
    signs_in = "Sign in"  # what the button of the sign-in is called that is pressed with a family waiting
    # Of a question and its answer: what it counts as where it is written down on the sheet of who said it.
    counts_now: ClassVar[dict[tuple[str, str], str]] = {}

    def __init__(self, officer: Hands, lead: Callable[[], Hands], tree: Tree, number: str) -> None:
        """``lead`` puts the safeguarding lead at a browser of theirs; ``number`` is the council's own for the case."""
        self.hands, self.lead, self.tree, self.number = officer, lead, tree, number
        self.household: Tree = tree["household"]
        self.names: dict[str, str] = {m["key"]: m["name"] for m in self.household["members"]}
        self.keys: dict[str, str] = {}  # what the service calls them in its fields, once a page has shown it
        self.to_answer: list[Tree] = list(tree["answers"])  # those that were not given yet
        self.not_asked: list[Tree] = []  # answers of the scenario that these pages ask of nobody; taken out of ``tree``

    @abstractmethod
    def first_screen(self) -> None:
        """From the page that comes after the sign-in to the first verdict: who they are, and the place proposed."""

    @abstractmethod
    def conversation(self) -> None:
        """Everything else the scenario knows."""

    @abstractmethod
    def submit(self) -> str:
        """Hand it to the safeguarding lead, with a reason for each child; says the outcome that stood there."""

    @abstractmethod
    def decide(self) -> None:
        """The lead, from their own list of cases to the decision made."""

    @abstractmethod
    def outcome(self) -> str:
        """The outcome that stands on the page now."""

    # ---- words for all of them

    def button(self, words: str) -> Locator:
        return self.hands.page.locator("main button, main a.govuk-button").filter(has_text=words)

    def link(self, words: str) -> Locator:
        return self.hands.page.locator("a").filter(has_text=words)

    def press(self, words: str) -> None:
        self.hands.press(self.button(words))

    def follow(self, words: str) -> None:
        self.hands.press(self.link(words))
