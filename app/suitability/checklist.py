"""Criteria as data: what a checklist folder says, checked once, with file and line of any mistake."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from .conditions import Evaluate
from .council import read_council
from .criterion import DOMAINS, Agency, Criterion, Setting, Wording
from .criterion_reader import read_criterion
from .evidence import Source
from .located import ChecklistError, Located, fill, read
from .pattern_text import PATTERNS, PatternText, read_patterns
from .references import check_agencies, check_references, in_turn, settled_after, weighed_after


@dataclass(frozen=True, slots=True)
class Checklist:
    """All five domains of one version, with council settings and agencies."""

    version: str
    criteria: Mapping[str, Criterion]
    order: tuple[str, ...]
    domain_titles: Mapping[str, str]
    settings: Mapping[str, Setting]
    wordings: Mapping[str, Wording]
    agencies: Mapping[str, Agency]
    patterns: Mapping[str, PatternText]

    applies: Mapping[str, Evaluate]  # by criterion, where it does not always apply
    weighed: tuple[str, ...]  # the order in which they are weighed, what one rests on before it
    settled: Mapping[str, int]  # and at which place each is then given its effect
    looked_at: frozenset[str]  # criteria that others look at
    asks: Mapping[str, tuple[str, ...]]  # by agency, the criteria it is asked about
    heard_as: Mapping[str, Callable[[Source], bool]]  # by agency, whether a source is of it

    @property
    def words(self) -> dict[str, str]:
        return {name: wording.text for name, wording in self.wordings.items()}

    @property
    def numbers(self) -> dict[str, int]:
        return {name: setting.value for name, setting in self.settings.items()}


def load(
    domains: Mapping[str, str],
    council: str,
    patterns: str,
    council_file: str = "council.yaml",
    pattern_file: str = "patterns.yaml",
) -> Checklist:
    """Build a checklist from text.

    Args:
        domains: file name to YAML text, one a domain.
        council: YAML text of settings and agencies.
        patterns: YAML text of the words of the patterns.
    Raises:
        ChecklistError: the first mistake found, with file, line and what was meant.
    """
    settings, wordings, agencies = read_council(read(council, council_file))
    numbers = {name: setting.value for name, setting in settings.items()}
    pattern_top = fill(read(patterns, pattern_file), numbers)
    criteria: dict[str, Criterion] = {}
    titles: dict[str, str] = {}
    versions: dict[str, Located] = {}
    for file in sorted(domains, key=lambda name: _domain_place(name)):
        top = fill(read(domains[file], file), numbers)
        top.only({"version", "domain", "title", "criteria"}, "a checklist file")
        domain = top.need("domain", str, "a checklist file")
        if domain not in DOMAINS:
            top.refuse(f"“{domain}” is not a domain. It may be: {', '.join(DOMAINS)}.", "domain")
        versions[str(top.need("version", str, "a checklist file"))] = top
        titles[domain] = top.need("title", str, "a checklist file")
        for entry in top.need("criteria", list, "a checklist file"):
            if not isinstance(entry, Located):
                top.refuse("each criterion is a mapping.", "criteria")
            criterion = read_criterion(entry, domain, settings, agencies)
            if criterion.id in criteria:
                entry.refuse(f"{criterion.id} is defined twice.", "id")
            criteria[criterion.id] = criterion
    versions[str(pattern_top.need("version", str, "the pattern file"))] = pattern_top
    texts = read_patterns(pattern_top, PATTERNS)
    if len(versions) > 1:
        list(versions.values())[-1].refuse(
            f"the files are of different versions: {', '.join(sorted(versions))}.", "version"
        )
    if not criteria:
        raise ChecklistError("checklists: no checklist file was found.")
    check_references(criteria, domains)
    check_agencies(agencies, criteria, council_file)
    applies = {c.id: c.applies_when.evaluate for c in criteria.values() if c.applies_when is not None}
    looked_at = frozenset[str]().union(*(c.looks_at_rows for c in criteria.values()))
    asks = {code: tuple(c.id for c in criteria.values() if c.ask_of == code) for code in agencies}
    return Checklist(
        next(iter(versions)),
        criteria,
        tuple(criteria),
        titles,
        settings,
        wordings,
        agencies,
        texts,
        applies,
        in_turn(criteria, weighed_after),
        {name: at for at, name in enumerate(in_turn(criteria, settled_after))},
        looked_at,
        asks,
        _heard_as(agencies),
    )


def _heard_as(agencies: Mapping[str, Agency]) -> dict[str, Callable[[Source], bool]]:
    """By agency, is a source of it? A word is a whole one, its plural or its genitive, or begins so where a star ends it.

    What a source’s agency is called decides; its role only where the agency is none of those known: a guard who used to be
    with the police speaks for the landlord, and a mother known to social care for herself.
    """
    known = {
        code: "|".join(_word(word) for word in agency.known_as) for code, agency in agencies.items() if agency.known_as
    }
    named = {code: re.compile(words, re.IGNORECASE) for code, words in known.items()}
    # A role is what somebody is: “social worker”, “senior social worker”; not “known to social care”, nor “ex-police”.
    as_role = {
        code: re.compile(rf"(?:(?!ex|former|retired)[\w’'-]+ )?(?:{words})", re.IGNORECASE)
        for code, words in known.items()
    }

    # The same few names come again and again.
    @lru_cache(maxsize=4096)
    def found(agency: str, role: str) -> frozenset[str]:
        by_name = frozenset(code for code, pattern in named.items() if pattern.search(agency))
        return by_name or frozenset(code for code, pattern in as_role.items() if pattern.match(role))

    def of(code: str) -> Callable[[Source], bool]:
        return lambda source: code in found(source.agency, source.role)

    return {code: of(code) for code in agencies}


def _word(word: str) -> str:
    ends = "" if word.endswith("*") else r"(?:s|[’']s)?(?!\w)"
    return rf"(?<!\w){re.escape(word.removesuffix('*'))}{ends}"


def _domain_place(file: str) -> tuple[int, str]:
    stem = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    return (DOMAINS.index(stem) if stem in DOMAINS else len(DOMAINS), file)
