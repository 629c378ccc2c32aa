"""Everything a reader will need in six years, frozen from one assessment at one moment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from app.assessments.answers import Correction
from app.assessments.judging import Judged
from app.cases.ages import age_in_words
from app.placements import search
from app.placements.surroundings import Surroundings
from app.placements.walker import walker_of
from app.places.service import confirmed_in_words
from app.records.photographs import frozen
from app.suitability.advice.next_questions import next_questions
from app.suitability.advice.plain import plain, plainly
from app.suitability.advice.report import findings_of, outlook, pattern_of, report
from app.suitability.casefile import wording
from app.suitability.casefile.called import labels
from app.suitability.casefile.codes import WORRYING_EFFECTS, Effect, OpenEffect
from app.suitability.casefile.household import UNIT, Household
from app.suitability.casefile.units import called
from app.suitability.casefile.values import in_sentence
from app.suitability.judgement.follows import STRONG
from app.suitability.judgement.result import Pattern, Row
from app.suitability.reading.case_file import CaseFile, children_of
from app.visits import beside
from forms.answers import value_in_words

from . import chronology, enquiries, first_page, reasoning, told, undertakings, whereabouts

_ONE_UNIT = MappingProxyType({UNIT: "the unit"})
ATTRIBUTION = (
    "Contains OS data © Crown copyright and database right 2025. Contains Royal Mail data © Royal Mail copyright and database right 2025. Contains National Statistics data © "
    "Crown copyright and database right 2025. Source: Office for National Statistics licensed under the Open Government Licence v.3.0. Where services are listed: contains information from NHS England, the NHS Business Services Authority, the Care Quality Commission, "
    "Ofsted and the Department for Education, licensed under the Open Government Licence v.3.0."
)


def subject_names(household: Household, units: Mapping[str, str] = _ONE_UNIT) -> dict[str, str]:
    """What each person, each unit and the household are called, by key: wherever a finding says whom it is about."""
    return {**labels(household), **units, "household": "the household"}


def names_in(file: CaseFile) -> dict[str, str]:
    """The same, of everybody and everything in a case file."""
    return subject_names(file.household, called(file.placement))


def contents(
    judged: Judged,
    around: Surroundings,
    decision: dict[str, Any],
    council: str,
    demo: bool,
    corrections: Sequence[Correction] = (),
    ring: tuple[str, str] = ("", ""),
) -> dict[str, Any]:
    """The record's contents as text, whole numbers, lists and maps.

    Args:
        ring: the council's team and its number, for whoever has a question; empty where the settings have none.
    """
    checklist, file, result = judged.checklist, judged.file, judged.result
    names = names_in(file)
    ahead = outlook(checklist, file, file.council or "", result)
    made = report(checklist, file, file.council or "", result, ahead)
    conditions = conditions_of(judged, decision)
    agencies = enquiries.by_agency(judged, ahead.pieces, names)
    # What the rules' outcome means is not what a worse one does: beside “not suitable” nothing says that it is.
    because = "" if "judged_worse" in decision else ahead.forward.because
    called = {code: agency.name for code, agency in checklist.agencies.items()}
    return {
        "council": council,
        "demo": demo,
        "council_number": judged.assessment.case.council_number,
        "decision": decision,
        "result": made,
        "case_file": file.as_json(),
        "settings": dict(checklist.numbers_on(file.on)),
        "route_words": checklist.words[f"route_{result.safeguarding_route}"],
        "children": _children(judged, decision, names),
        "conditions": conditions,
        "page_one": first_page.kept(judged, around, names, decision, conditions, agencies, because, ring),
        "agencies": agencies,
        "chronology": chronology.chronology(file.household, called, names),
        "chronology_gaps": chronology.gaps(file.household),
        "plans": [
            {"name": name, "subject_name": names[subject], "words": plain(checklist, said)}
            for name, subject, said in undertakings.undertakings(judged)
        ],
        "findings_shown": [
            shown_plainly(judged, f, names)
            for f in sorted_findings(judged)
            if f["effect"] in (*STRONG, OpenEffect.HOLD)
        ],
        "open_questions": [
            {
                "criterion": q.criterion,
                "name": q.name,
                "subject_name": names[q.subject],
                "ask": q.ask,
                "ask_of": q.ask_of,
                "why": _why(judged, q.criterion, q.subject),
            }
            for q in _next(judged)
        ],
        "scores": [
            {
                "title": checklist.domain_titles[s.domain],
                "low": s.low,
                "high": s.high,
                "open_rows": s.open_rows,
                "rows": s.rows,
            }
            for s in result.scores
        ],
        "places": whereabouts.kept(
            around, file.journeys, names, file.on, file.household.services, walker_of(file.household, file.on)
        ),
        "district_confirmed": confirmed_in_words(
            judged.assessment.authority, judged.assessment.authority_how, around.district, file.council or ""
        ),
        "told": told.as_kept(
            [
                *(p for p in told.parts(file, checklist.agencies, names) if p.title not in told.IN_A_PLACE_OF_ITS_OWN),
                *_considered(judged.assessment.case_id),
            ]
        ),
        "corrections": undertakings.corrected(corrections, checklist, names),
        **_answered(judged, names),
        **reasoning.kept(judged, names, wording.effect_in_words, ahead),
        "attribution": ATTRIBUTION,
    }


def _considered(case_id: str) -> list[told.Part]:
    """The search log, where there is one: what was struck out by mistake stays on the page of the case."""
    lines = search.lines([row for row in search.of_case(case_id) if row.struck_at is None])
    said = [f"{one['on']}: {one['what']}. {one['came']}" for one in lines]
    return [told.Part("Other places considered", [told.Entry("", said)])] if said else []


def _next(judged: Judged) -> Any:
    return next_questions(judged.checklist, judged.result)


def _why(judged: Judged, criterion: str, subject: str) -> list[str]:
    return next(list(row.why) for row in judged.result.rows if row.criterion == criterion and row.subject == subject)


# A hold stands among the worries: after what only a senior officer may accept and what is high.
_SHOWN_FIRST = (
    *(effect for effect in WORRYING_EFFECTS if effect >= Effect.HIGH), OpenEffect.HOLD, Effect.MEDIUM, OpenEffect.CHASE,
    Effect.LOW, OpenEffect.NOTE, Effect.NONE,
)  # fmt: skip


def sorted_findings(judged: Judged) -> list[dict[str, Any]]:
    """Findings with what stops it first, then holds, then high."""
    found = [f for row in judged.result.rows for f in findings_of(judged.checklist, row)]
    return sorted(found, key=lambda f: _SHOWN_FIRST.index(f["effect"]))


def shown(finding: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A finding with its words and whom it is about."""
    return {
        **{k: finding[k] for k in ("criterion", "name", "effect", "state", "why", "remedy", "owner")},
        "effect_words": wording.effect_in_words(finding["effect"], finding["state"]),
        "basis_words": wording.BASIS[finding["basis"]],
        "subject_name": names[finding["subject"]],
    }


def shown_together(judged: Judged, pattern: Pattern, names: Mapping[str, str]) -> dict[str, Any]:
    """What comes together, as ``shown`` gives a finding: what it saw is why."""
    said = pattern_of(judged.checklist, pattern)
    return {
        **{k: said[k] for k in ("pattern", "name", "effect", "state", "remedy", "owner")},
        "why": said["facts"],
        "effect_words": wording.effect_in_words(said["effect"], said["state"]),
        "basis_words": wording.BASIS[said["basis"]],
        "subject_name": names[pattern.subject],
    }


def shown_plainly(judged: Judged, finding: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    """A finding as the pages before a record's annex say it: without a code, and what its effect does."""
    said = plainly(judged.checklist, shown(finding, names), "why", "remedy")
    return said | {"effect_words": wording.effect_in_words(finding["effect"], finding["state"], wording.EFFECT_PLAINLY)}


def conditions_of(judged: Judged, decision: dict[str, Any]) -> list[dict[str, str]]:
    """What is still to be done where the placement is found suitable; one that is not has no conditions of the rules.

    Each with who does it, by when, and how it will be seen: of a rule by the answer to its own question, of a lead in her words.
    """
    checklist = judged.checklist
    found = []
    usable = decision["outcome"] in ("suitable", "suitable_with_conditions")
    for row in judged.result.rows if usable else ():
        for c in row.conditions:
            owner = checklist.agencies[c.owner].name if c.owner in checklist.agencies else c.owner
            found.append(
                {
                    "what": c.what.rstrip("."),
                    "owner": owner,
                    "due": c.due,
                    "criterion": row.criterion,
                    "seen": _seen(checklist.criteria[row.criterion].name),
                }
            )
    for p in judged.result.patterns if usable else ():
        for c in p.conditions:
            found.append(
                {
                    "what": c.what.rstrip("."),
                    "owner": c.owner,
                    "due": c.due,
                    "criterion": p.id,
                    "seen": _seen(checklist.patterns[p.id].name),
                }
            )
    return [*found, *({**c, "criterion": ""} for c in decision["conditions"])]


def _seen(name: str) -> str:
    return f"Somebody named sees it and writes it down under “{name}”"


def _children(judged: Judged, decision: dict[str, Any], names: dict[str, str]) -> list[dict[str, Any]]:
    people = {m.key: m for m in children_of(judged.file.household, judged.file.on)}
    found = []
    for child in judged.result.children:
        rows, patterns = judged.result.rows, judged.result.patterns
        because = [in_sentence(judged.checklist.criteria[rows[at].criterion].name) for at in child.because]
        because += [in_sentence(judged.checklist.patterns[patterns[at].id].name) for at in child.patterns]
        found.append(
            {
                "key": child.key,
                "name": names[child.key],
                "age": age_in_words(people[child.key], judged.file.on),
                "born": first_page.born(people[child.key]),
                "who": first_page.who(people[child.key]),
                "outcome": child.outcome,
                "because": list(dict.fromkeys(because))[:12],
                "reason": decision["reasons"].get(child.key, ""),
            }
        )
    return found


def _answered(judged: Judged, names: dict[str, str]) -> dict[str, Any]:
    """Every question with its answers, and the photographs beside them; nothing is said of photographs where there is none."""
    kept = beside.of_case(judged.assessment.case_id, with_small=True)
    found = beside.by_answer(kept, judged.answers) if kept else {}
    hashes = {key: [one.photograph.sha256 for one in listed] for key, listed in found.items()}
    pictures = [
        _photographed(judged, one, names) for a in judged.answers if a.subject in names for one in found.get(a.id, ())
    ]
    return {"domains": _domains(judged, names, hashes), **({"photographs": pictures} if pictures else {})}


def _photographed(judged: Judged, kept: beside.Kept, names: dict[str, str]) -> dict[str, Any]:
    p, a = kept
    criterion = judged.checklist.criteria[a.criterion]
    return {
        "criterion": a.criterion,
        "name": criterion.name,
        "subject_name": names[a.subject],
        "value_words": value_in_words(criterion, a.value),
        "grade": a.grade,
        "by": p.taken_by_name,
        "on": p.on.isoformat(),
        "sha256": p.sha256,
        "small": frozen(p.small),
    }


def _domains(judged: Judged, names: dict[str, str], photographed: Mapping[str, list[str]]) -> list[dict[str, Any]]:
    by_domain: dict[str, list[dict[str, Any]]] = {d: [] for d in judged.checklist.domain_titles}
    for row in judged.result.rows:
        by_domain[judged.checklist.criteria[row.criterion].domain].append(_question(judged, row, names, photographed))
    return [
        {"title": judged.checklist.domain_titles[d], "questions": questions}
        for d, questions in by_domain.items()
        if questions
    ]


def _question(judged: Judged, row: Row, names: dict[str, str], photographed: Mapping[str, list[str]]) -> dict[str, Any]:
    """A question with everything that was answered; of a photograph that is kept with an answer its hash, and nothing where there is none."""
    criterion = judged.checklist.criteria[row.criterion]
    stands = {a.id for a in row.answers}
    file = judged.file
    answers = [a for a in file.answers if a.criterion == row.criterion and a.subject == row.subject]
    return {
        "criterion": row.criterion,
        "question": criterion.question,
        "subject_name": names[row.subject],
        "state_words": f"{wording.STATE[row.state]}{'' if row.effect == 'none' else ' (' + wording.EFFECT[row.effect].lower() + ')'}",
        "why": list(row.why),
        **reasoning.path_words(judged, row, names[row.subject]),
        "answers": [
            {
                "value_words": value_in_words(criterion, a.value),
                "grade": a.grade.value,
                "source": ", ".join(p for p in (a.source.name, a.source.role, a.source.agency) if p)
                or "source not named",
                "on": a.on.isoformat() if a.on else "",
                "note": a.note,
                "why": a.why,
                "so_what": a.so_what,
                "reason": a.reason,
                "stands": a.id in stands,
                **({"photographs": photographed[a.id or ""]} if a.id in photographed else {}),
            }
            for a in answers
        ],
        "mitigations": [
            undertakings.plan_in_words(m, file.on)
            for m in file.mitigations
            if m.criterion == row.criterion and m.subject == row.subject
        ],
        "acceptances": [
            undertakings.acceptance_in_words(x)
            for x in file.acceptances
            if x.criterion == row.criterion and x.subject == row.subject
        ],
        "basis_words": wording.BASIS[criterion.basis],
        "source": criterion.source,
        "source_date": criterion.source_date,
    }
