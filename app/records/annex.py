"""The annex of a record: each question once, with everybody it is about. Works on the frozen JSON alone."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from app.suitability.casefile import wording
from app.suitability.casefile.codes import OpenEffect

from .once import Once, parted, people, together


class Annex(NamedTuple):
    """``sources``: everybody who answered, with role and agency; ``notes``: what several rows say; ``domains``: the questions."""

    sources: list[str]
    notes: list[tuple[str, str]]
    domains: list[dict[str, Any]]


def rows_of(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each domain with its questions as the annex says them: of one that is among the concerns only that; why stands there."""
    above = {(f["criterion"], f["subject_name"]) for f in record["findings_shown"] if f["effect"] != "hold"}
    return [
        {"title": domain["title"], "questions": [_open_row(q, above) for q in domain["questions"]]}
        for domain in record["domains"]
    ]


def annex(domains: Sequence[Mapping[str, Any]], before: Once | None = None) -> Annex:
    """Each question once: its rule, and what was found of each it is about; whoever told us is named in full once.

    Args:
        domains: as ``rows_of`` gives them.
        before: the notes of the pages before.
    """
    questions = [q for domain in domains for q in domain["questions"]]
    once = Once({repr((q["criterion"], q["why"])): q["why"] for q in questions}.values(), before)
    sources = list(dict.fromkeys(a["source"] for q in questions for a in q["answers"]))
    short = _short(sources)
    return Annex(
        [s for s in sources if short[s] != s],
        once.listed(),
        [{**domain, "questions": _questions(domain["questions"], once, short)} for domain in domains],
    )


# States that stand in most rows of a table, said in a word that the head of the annex explains.
_BRIEFLY = {
    f" ({wording.EFFECT[OpenEffect.HOLD].lower()})": ", first",
    f" ({wording.EFFECT[OpenEffect.CHASE].lower()})": ", to ask",
    f" ({wording.EFFECT[OpenEffect.NOTE].lower()})": "",
}


def _open_row(q: Mapping[str, Any], above: Collection[tuple[str, str]]) -> dict[str, Any]:
    state: str = q["state_words"]
    for said, briefly in _BRIEFLY.items():
        state = state.replace(said, briefly)
    if (q["criterion"], q["subject_name"]) in above:
        return {**q, "state": f"{state.partition(' (')[0]}, see Concerns", "why": []}
    return {**q, "state": state, "why": [part for why in q["why"] for part in parted(why)]}


def _short(sources: Sequence[str]) -> dict[str, str]:
    """What somebody is called in a row: the name alone where nobody else has it."""
    names = Counter(source.partition(", ")[0] for source in sources)
    return {source: name if names[name := source.partition(", ")[0]] == 1 else source for source in sources}


def _questions(questions: Sequence[Mapping[str, Any]], once: Once, short: Mapping[str, str]) -> list[dict[str, Any]]:
    by_criterion: dict[str, list[Mapping[str, Any]]] = {}
    for q in questions:
        by_criterion.setdefault(q["criterion"], []).append(q)
    return [
        {
            "criterion": criterion,
            "question": rows[0]["question"],
            "rule": _rule(rows[0]),
            "source": f"{rows[0]['basis_words'].partition(',')[0]}: {rows[0]['source']} ({rows[0]['source_date'][:4]})",
            "found": [
                {
                    "about": people(row["about"]),
                    "state": row["state"],
                    "why": once.of(row["why"]),
                    "answers": [a | {"who": short[a["source"]]} for a in row["answers"]],
                }
                for row in together(rows, ("state", "why", "answers"))
            ],
        }
        for criterion, rows in by_criterion.items()
    ]


_NEEDS = re.compile(
    r"clear needs (E\ds?) or better(?P<several> from \d+ agencies)?(?:, not older than (?P<days>\d+ days?))?; .*"
)


def _rule(q: Mapping[str, Any]) -> str:
    """“E2, 7 days”: what clears it; “Worked out” where nobody is asked."""
    found = _NEEDS.fullmatch(q["rule"])
    if found is None:
        said: str = q["rule"].removesuffix(" from facts, never asked")
        return f"{said[:1].upper()}{said[1:]}"
    return ", ".join(part for part in (f"{found[1]}{found['several'] or ''}", found["days"]) if part)
