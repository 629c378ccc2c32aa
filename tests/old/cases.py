"""The cases of the samples: every state a case can be left in, and the jobs done for some of them."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from app.cases import service as cases
from app.decisions import service as decisions
from tests.suitability.households import full, plain, settled

from .desk import EXAMPLES, adopted, case_of, decide, directory, example, ratify, seen, submit, tonight, user
from .families import from_nothing, household, in_hand, lifted, moved


def before_the_worker(app: Flask, folder: Path) -> dict[str, str]:
    """Everything but what is decided last; gives the records that are made into PDFs and shared, by example."""
    directory(app, folder)
    household("OLD-EMPTY")
    from_nothing("OLD-DRAFT")
    lifted(adopted("OLD-FULL", settled(full())))
    in_hand("OLD-IN-HAND")
    moved("OLD-MOVED")
    submit(adopted("OLD-SUBMITTED", example("h5")))
    returned = adopted("OLD-RETURNED", settled(full()))
    lifted(returned)
    submit(returned)
    decisions.send_back(
        user("safeguarding_lead"), returned, seen(case_of(returned)), "Say who looks after Bo at night."
    )
    restricted = adopted("OLD-RESTRICTED", example("h3"), "other_officer")
    cases.restrict(user("safeguarding_lead"), case_of(restricted), seen(case_of(restricted)), True)
    tonight(adopted("OLD-TONIGHT", example("h1")))
    ratified = adopted("OLD-RATIFIED", example("h1"))
    ratify(tonight(ratified), ratified, "ratified")
    records = {}
    for name in EXAMPLES:
        made = adopted(f"OLD-{name.upper()}", example(name))
        submit(made)
        records[name] = decide(made)
    return records


def after_the_worker() -> None:
    """Decisions whose PDFs nobody has made yet: suitable, worse than the rules, with conditions, and after an emergency."""
    suitable = adopted("OLD-SUITABLE", settled(plain()))
    submit(suitable)
    decide(suitable)
    worse = adopted("OLD-WORSE", example("h2"))
    submit(worse, "not_suitable", "The mother cannot manage the stairs with the pram; nobody had asked.")
    decide(worse)
    conditions = in_hand("OLD-CONDITIONS")
    submit(conditions)
    decide(conditions, "approve_with_conditions")
    escalated = adopted("OLD-ESCALATED", example("h1"))
    ratify(tonight(escalated), escalated, "escalated")
    submit(escalated)
    decide(escalated)
