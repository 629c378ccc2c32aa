"""Criteria as data: what a checklist folder says, checked once, with file and line of any mistake."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

from app.suitability.casefile import spelling
from app.suitability.casefile.answers import Source
from app.suitability.casefile.settings import CouncilSettings

from . import earlier
from .condition import Evaluate
from .criterion import DOMAINS, Agency, Criterion, Setting, Wording
from .cross_checks import check_agencies, check_references, in_turn, settled_after, weighed_after
from .located_yaml import ChecklistError, Located, fill, read
from .read_council import read_council
from .read_criterion import read_criterion
from .read_patterns import PATTERNS, PatternText, read_patterns


class Turns(NamedTuple):
    """The criteria of each turn of an assessment: ``weigh_first`` in the order they are weighed, the others as they are settled.

    ``heard`` is who answered, ``second`` what else depends on whether anything is high; ``third`` is asked because of the
    whole, and ``last`` is when it is all looked at next.
    """

    weigh_first: tuple[Criterion, ...]
    settle_first: tuple[Criterion, ...]
    heard: tuple[Criterion, ...]
    second: tuple[Criterion, ...]
    third: tuple[Criterion, ...]
    last: tuple[Criterion, ...]


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
    speaks_for: Mapping[str, Callable[[Source], bool]]  # by agency, whether a source is of it
    agencies_in: Callable[
        [str, str], frozenset[str]
    ]  # the agencies that what somebody’s agency, and role, is called tells of
    amended: bool  # of a version that knows the amendments of November 2026; an earlier one is judged as it was
    signs_told: bool  # of 2026.6 or later: a sign counts wherever it was written down; before, only in its own box
    calendar_months: bool  # of 2026.3 or later: a month is one of the calendar; before, a twelfth of 365 days
    spelt: Callable[[str], str]  # what two spellings of one name have in common: the one folding; before 2026.3, case
    tags: Mapping[str, Mapping[str, frozenset[str]]]  # by criterion, by option, what it tells; only where it tells more
    untold: Mapping[str, Mapping[str, frozenset[str]]]  # and what it leaves untold
    words: Mapping[str, str]
    numbers: CouncilSettings  # before any dated value has begun

    turns: Turns = field(init=False)
    _numbers: dict[date, CouncilSettings] = field(default_factory=dict)  # by day, worked out once

    def __post_init__(self) -> None:
        """The criteria of each turn of an assessment, worked out once."""
        weighed = [self.criteria[name] for name in self.weighed]

        def of(phase: int) -> tuple[Criterion, ...]:
            return tuple(sorted((c for c in weighed if c.phase == phase), key=lambda c: self.settled[c.id]))

        second = of(1)
        turns = Turns(
            weigh_first=tuple(c for c in weighed if c.phase == 0 or (c.phase == 1 and c.computed is None)),
            settle_first=of(0),
            heard=tuple(c for c in second if c.computed == "who_answered"),
            second=tuple(c for c in second if c.computed != "who_answered"),
            third=of(2),
            last=of(3),
        )
        object.__setattr__(self, "turns", turns)

    def numbers_on(self, day: date, own: Mapping[str, int] = MappingProxyType({})) -> CouncilSettings:
        """The settings as they are on a day: what starts on a date is as it was until then.

        Args:
            own: those a case file brings with it, as a record does that is judged again.
        """
        found = self._numbers.get(day)
        if found is None:
            begun = {s.name: s.on(day) for s in self.settings.values() if s.dated}
            found = self._numbers[day] = CouncilSettings.of({**self.numbers, **begun})
        return CouncilSettings.of({**found, **own}) if own else found


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
    pattern_read = read(patterns, pattern_file)
    version = str(pattern_read.get("version", ""))
    amended, of_spelling = _is_since(version, (2026, 2)), _is_since(version, (2026, 3))
    says_policy = _is_since(version, (2026, 4))
    spelt = spelling.kept if of_spelling else str.casefold
    says_all = _is_since(version, (2026, 5))
    settings, wordings, agencies = read_council(
        read(council, council_file), amended, None if says_all else earlier.words(amended, says_policy)
    )
    # A text says a number as it is for good; what changes on a date has no one number to say.
    numbers = {name: setting.value for name, setting in settings.items() if not setting.dated}
    pattern_top = fill(pattern_read, numbers)
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
            if not says_policy:
                criterion = replace(criterion, sign_of=earlier.SIGN_OF.get(criterion.id, ""))
            if criterion.id in criteria:
                entry.refuse(f"{criterion.id} is defined twice.", "id")
            criteria[criterion.id] = criterion
    versions[str(pattern_top.need("version", str, "the pattern file"))] = pattern_top
    texts = read_patterns(pattern_top, PATTERNS, None if says_policy else earlier.PATTERN_REMEDIES)
    if len(versions) > 1:
        list(versions.values())[-1].refuse(
            f"the files are of different versions: {', '.join(sorted(versions))}.", "version"
        )
    if not criteria:
        raise ChecklistError("checklists: no checklist file was found.")
    check_references(criteria, domains, settings)
    check_agencies(agencies, criteria, council_file)
    applies = {c.id: c.applies_when.evaluate for c in criteria.values() if c.applies_when is not None}
    looked_at = frozenset[str]().union(*(c.looks_at_rows for c in criteria.values()))
    agencies_in = _agencies_in(agencies) if of_spelling else _agencies_as_spelt(agencies)
    asks = {code: tuple(c.id for c in criteria.values() if c.ask_of == code) for code in agencies}
    return Checklist(
        version=next(iter(versions)),
        criteria=criteria,
        order=tuple(criteria),
        domain_titles=titles,
        settings=settings,
        wordings=wordings,
        agencies=agencies,
        patterns=texts,
        applies=applies,
        weighed=in_turn(criteria, weighed_after),
        settled={name: at for at, name in enumerate(in_turn(criteria, settled_after))},
        looked_at=looked_at,
        asks=asks,
        speaks_for={code: _is_of(code, agencies_in) for code in agencies},
        agencies_in=agencies_in,
        amended=amended,
        calendar_months=of_spelling,
        signs_told=_is_since(version, (2026, 6)),
        spelt=spelt,
        tags={c.id: c.tags for c in criteria.values() if c.tags},
        untold={c.id: c.untold for c in criteria.values() if c.untold},
        words={name: wording.text for name, wording in wordings.items()},
        numbers=CouncilSettings.of({name: setting.value for name, setting in settings.items()}),
    )


def _is_since(version: str, first: tuple[int, int]) -> bool:
    """Is it that version or a later one? What is no number of that kind is a draft, and of today."""
    parts = version.split(".")
    return not all(part.isdigit() for part in parts) or tuple(map(int, parts)) >= first


def _is_of(code: str, agencies_in: Callable[[str, str], frozenset[str]]) -> Callable[[Source], bool]:
    """An agency chosen from the list is that one and no other; one that was only written is known by its words."""
    return lambda source: source.code == code if source.code else code in agencies_in(source.agency, source.role)


def _agencies_in(agencies: Mapping[str, Agency]) -> Callable[[str, str], frozenset[str]]:
    """Of which agencies is somebody whose agency and role are so called? A word is a whole one, its plural or its genitive, or begins so where a star ends it.

    However it is spelt: accents, apostrophes, hyphens and white space of any kind are folded in the words and in what was typed.
    What a source’s agency is called decides; its role only where the agency is none of those known: a guard who used to be
    with the police speaks for the landlord, and a mother known to social care for herself.
    """

    def one_of(words: tuple[str, ...]) -> str:
        return "|".join(_folded_word(word) for word in words)

    known = {code: one_of(agency.known_as) for code, agency in agencies.items() if agency.known_as}
    named = {code: re.compile(words) for code, words in known.items()}
    # A role is what somebody is: “social worker”, “senior social worker”; not “known to social care”, nor “ex-police”.
    as_role = {code: re.compile(rf"(?:(?!ex|former|retired)[\w-]+ )?(?:{words})") for code, words in known.items()}
    else_named = {code: re.compile(one_of(agency.known_else)) for code, agency in agencies.items() if agency.known_else}

    # The same few names come again and again.
    @lru_cache(maxsize=4096)
    def found(agency: str, role: str) -> frozenset[str]:
        called = spelling.folded(agency)
        is_a = " ".join(spelling.folded(word).replace(" ", "-") for word in _phrase(role))
        by_name = frozenset(code for code, pattern in named.items() if pattern.search(called))
        by_role = by_name or frozenset(code for code, pattern in as_role.items() if pattern.match(is_a))
        return by_role or frozenset(code for code, pattern in else_named.items() if pattern.search(called))

    return found


_IN_A_WORD = "'’‘ʼ`´&"


def _phrase(role: str) -> list[str]:
    """The words with which a role begins, up to the first sign: “Mother (GP told her)” is a mother, “Partner: probation” a partner.

    A compound with a hyphen is one word: “ex-police” is not “ex” and then the police.
    """
    found = []
    for word in role.split():
        signs = [
            at
            for at, ch in enumerate(word)
            if not (ch in _IN_A_WORD or unicodedata.category(ch)[0] in "LMN" or unicodedata.category(ch) == "Cf")
            and not (unicodedata.category(ch) == "Pd" and 0 < at < len(word) - 1)
        ]
        whole = word[: signs[0]] if signs else word
        if whole:
            found.append(whole)
        if signs:
            break
    return found


def _folded_word(word: str) -> str:
    ends = "" if word.endswith("*") else r"s?(?!\w)"
    return r"(?<!\w)" + "[ -]".join(re.escape(part) for part in spelling.folded(word.removesuffix("*")).split()) + ends


def _agencies_as_spelt(agencies: Mapping[str, Agency]) -> Callable[[str, str], frozenset[str]]:
    """As before version 2026.3: to the letter, whatever its case."""
    known = {
        code: "|".join(_word(word) for word in agency.known_as) for code, agency in agencies.items() if agency.known_as
    }
    named = {code: re.compile(words, re.IGNORECASE) for code, words in known.items()}
    # A role is what somebody is: “social worker”, “senior social worker”; not “known to social care”, nor “ex-police”.
    as_role = {
        code: re.compile(rf"(?:(?!ex|former|retired)[\w’'-]+ )?(?:{words})", re.IGNORECASE)
        for code, words in known.items()
    }

    else_named = {
        code: re.compile("|".join(_word(word) for word in agency.known_else), re.IGNORECASE)
        for code, agency in agencies.items()
        if agency.known_else
    }

    # The same few names come again and again.
    @lru_cache(maxsize=4096)
    def found(agency: str, role: str) -> frozenset[str]:
        by_name = frozenset(code for code, pattern in named.items() if pattern.search(agency))
        by_role = by_name or frozenset(code for code, pattern in as_role.items() if pattern.match(role))
        return by_role or frozenset(code for code, pattern in else_named.items() if pattern.search(agency))

    return found


def _word(word: str) -> str:
    ends = "" if word.endswith("*") else r"(?:s|[’']s)?(?!\w)"
    return rf"(?<!\w){re.escape(word.removesuffix('*'))}{ends}"


def _domain_place(file: str) -> tuple[int, str]:
    stem = file.rsplit("/", 1)[-1].removesuffix(".yaml")
    return (DOMAINS.index(stem) if stem in DOMAINS else len(DOMAINS), file)
