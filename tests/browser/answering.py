"""A recipient who does not agree is heard: on the list, on the case, and by somebody who did not make the decision."""

from __future__ import annotations

from collections.abc import Callable

from .conftest import Person

REASON = "The pharmacy closes at noon on Saturday, and nobody asked us who collects."


def heard(
    person: Callable[..., Person], path: str, look: Callable[[Person], None], picture: Callable[..., None]
) -> None:
    """From the tag on the list to what was done, as the officer and a senior officer see it."""
    officer = person("officer again", "officer")
    officer.go("/")
    assert "A professional does not agree" in officer.page.inner_text("main")
    look(officer)
    picture(officer, "list-disputed")
    officer.go(path)
    assert REASON in officer.page.inner_text("main")
    assert officer.page.locator("text=Write down what was done").count() == 0
    look(officer)
    picture(officer, "case-disputed")

    senior = person("senior", "senior")
    senior.go(path)
    senior.page.click("text=Write down what was done")
    look(senior)
    senior.fill("note", "They were right to say so.")
    senior.press("Write it down")
    assert "There is a problem" in senior.page.inner_text("main")
    assert senior.page.input_value("[name=note]") == "They were right to say so."
    look(senior)
    picture(senior, "answer")
    senior.choose("verdict", "changed")
    senior.fill("spoken", "Sena Senior rang Hester Visitor today at 10:15")
    senior.fill(
        "note", "The service moves the script to a pharmacy that is open all week; the placement is assessed again."
    )
    senior.press("Write it down")
    assert "Changed because of it" in senior.page.inner_text("main")
    look(senior)
    senior.go("/")
    assert "A professional does not agree" not in senior.page.inner_text("main")
