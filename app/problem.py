"""What a page is told when something cannot be done: a sentence, or that the case has moved on."""

from __future__ import annotations


class Problem(ValueError):
    """Something cannot be done, in a sentence that the person reads beside what they typed.

    ``field`` names the field that it is about; empty where it is about the whole.
    """

    def __init__(self, said: str, field: str = "") -> None:
        super().__init__(said)
        self.field = field


class StaleCase(Exception):
    """The case changed since the person saw it; nothing was written."""

    def __init__(self, now_at: int) -> None:
        self.now_at = now_at
        super().__init__("the case has changed")
