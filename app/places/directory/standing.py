"""Whether a service is open on a day: its list gives a status and days, and the day it is used decides, not the day it was loaded."""

from __future__ import annotations

from datetime import date

from app import clocks

IN_USE = ("open", "closing")


def on_day(status: str, opens_on: date | None, closes_on: date | None, on: date) -> str:
    """The status on a day: open, closing (open, with a day to come on which it closes), closed or unconfirmed.

    The day something closes is its last. A list that calls it open after that day is behind; one that calls it closed is believed.
    """
    if status == "closed" or (closes_on is not None and closes_on < on):
        return "closed"
    if status == "unconfirmed" or (opens_on is not None and opens_on > on):
        return "unconfirmed"
    return "closing" if status == "closing" or closes_on is not None else "open"


def closes_in_words(status: str, closes_on: date | None) -> str:
    """“It closes on 31 August 2027.” of one that is closing; empty for any other."""
    if status != "closing":
        return ""
    if closes_on is None:
        return "It is going to close; the list does not say when."
    return f"It closes on {clocks.in_words(closes_on)}."


def why_not(listed: str, opens_on: date | None, closes_on: date | None, on: date, follows: str = "") -> str:
    """Why one cannot be used on a day, as a sentence; empty where it is in use.

    Args:
        listed: its status as the list has it.
        follows: the names of what took its place.
    """
    status = on_day(listed, opens_on, closes_on, on)
    if status == "closed":
        since = (
            f"It closed on {clocks.in_words(closes_on)}."
            if closes_on is not None and closes_on < on
            else "It is closed."
        )
        return f"{since} {follows} took its place." if follows else since
    if status == "unconfirmed" and opens_on is not None and opens_on > on:
        return f"It opens on {clocks.in_words(opens_on)}."
    return "It is not in the newest list." if status == "unconfirmed" else ""
