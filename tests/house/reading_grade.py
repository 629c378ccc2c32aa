"""How hard a page is to read, worked out offline: the school grade of Flesch and Kincaid of what stands on it.

Every item of a list, label, legend, heading, cell and paragraph is ended with a full stop where it has none, for a reader stops
there. What is typed by people, what is drawn and what nobody sees is left out. Three figures: of every word; without the names
of laws, of agencies, of offices and of forms, which nobody here may change (``NAMES``); and without them of whole sentences alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from typing import NamedTuple

RUNNING = 8  # words of a sentence that is more than a label
# What ends a sentence by standing apart from what follows.
_APART = frozenset((
    "address", "br", "button", "caption", "dd", "details", "div", "dl", "dt", "fieldset", "form", "h1", "h2", "h3", "h4", "hr", "input",
    "label", "legend", "li", "main", "nav", "ol", "p", "section", "select", "summary", "table", "td", "textarea", "th", "tr", "ul",
))  # fmt: skip
_LEFT_OUT = frozenset(("option", "script", "style", "svg", "textarea"))
_NO_END = frozenset(("br", "hr", "img", "input", "link", "meta"))
_ENDS = re.compile(r"(?<=[.?!…])[”’\"')]*\s+(?=\S)")
_WORD = re.compile(r"[A-Za-z’']+")

# Names that stand as the law, or whoever bears them, gives them. Printed with every table.
LAWS = (
    r"(?:[A-Z][\w’]+ (?:(?:and|of|to|\([A-Z]\w+(?: [a-z]+)*(?: [A-Z]\w+)*\)) )*){1,8}(?:Act|Acts|Order|Regulations)"
    r"(?: \(England\))?(?: \d{4})?(?:,? (?:ss?|arts?|regs?|Sch)\.? ?\d+[A-Z]{0,2}(?:\(\w+\))*(?:(?: to |, | and )\d+[A-Z]{0,2}(?:\(\w+\))*)*)*"
)
NAMES = (
    # guidance
    "Working Together", "Right Help Right Time", "Homelessness Code of Guidance", "UK GDPR", "Manual for Streets",
    # offices
    "safeguarding lead", "lead professional", "senior officer", "housing officer", "placement officer", "health visitor",
    "social worker",
    # agencies and services
    "Children’s Advice and Support Service", "Emergency Duty Team", "children’s social care", "social care", "health visiting team",
    "health visiting", "midwifery", "specialist midwife", "neonatal unit", "drug and alcohol service", "youth justice", "probation",
    "adult or perinatal mental health team", "mental health team", "MAPPA co-ordinator", "domestic abuse service",
    "exploitation hub", "antisocial behaviour team", "environmental health", "housing standards", "family hub", "early help",
    "leaving care team", "Home Office", "Ofsted",
    # plans, duties and forms
    "education, health and care plan", "personal housing plan", "HMO licence", "fire risk assessment", "Section 208", "Section 213",
)  # fmt: skip
_NAMES = re.compile(rf"{LAWS}|(?i:\b(?:{'|'.join(sorted(map(re.escape, NAMES), key=len, reverse=True))})\b)")


class _Reader(HTMLParser):
    def __init__(self, hidden: bool) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._so_far: list[str] = []
        self._open: list[tuple[str, bool]] = []  # each tag that is open, and whether what is in it is left out
        self._hidden = hidden

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        classes = told.get("class", "").split()
        if tag in _APART or "govuk-button" in classes:
            self._end()
        if tag in _NO_END:
            return
        unseen = not self._hidden and ("govuk-visually-hidden" in classes or "hidden" in told)
        self._open.append((tag, tag in _LEFT_OUT or unseen or (bool(self._open) and self._open[-1][1])))

    def handle_endtag(self, tag: str) -> None:
        if tag in _NO_END or not any(name == tag for name, _ in self._open):
            return
        while self._open.pop()[0] != tag:
            pass
        if tag in _APART:
            self._end()

    def handle_data(self, data: str) -> None:
        if not (self._open and self._open[-1][1]):
            self._so_far.append(data)

    def _end(self) -> None:
        said = " ".join("".join(self._so_far).split())
        self._so_far = []
        if said:
            self.parts.append(said)

    def close(self) -> None:
        super().close()
        self._end()


def main_of(page: str) -> str:
    """What the page is about: without its head, its foot and what leads elsewhere."""
    return page.split("<main", 1)[1].split(">", 1)[1].split("</main", 1)[0] if "<main" in page else page


def parts(html: str, hidden: bool = False) -> list[str]:
    """Each thing that stands by itself; with ``hidden`` also what is only read out."""
    reader = _Reader(hidden)
    reader.feed(html)
    reader.close()
    return reader.parts


def sentences(said: Iterable[str]) -> list[str]:
    """Each sentence of what stands by itself; what has no letter is none."""
    return [piece for part in said for piece in _ENDS.split(part) if _WORD.search(piece)]


def without_names(said: str) -> str:
    return " ".join(_NAMES.sub(" ", said).split())


_SILENT_E = re.compile(
    r"(?<=[aeiouy][^aeiouy])e(?=(?:ment|ful|less|ly|ty|ness|guard\w*)s?$)|(?<=saf)e(?=guard)|(?<=hous)e(?=h)"
)
_SILENT_END = re.compile(r"[^aeioutd]ed$|(?<![aeiou]|[sxzcg])(?<!ch|sh)es$|(?<![aeiouy])(?<![^aeiouy]l)e$")
# Where two vowels that stand together are spoken apart.
_TWO_IN_ONE = re.compile(
    r"[aeiouy]ing$|(?<![ctsgx])i(?:o(?!ur)|um|a)|iet|(?<![qg])ua[lrt]|[aeiou]y[aeiou]|eate|[rl]ea$"
)


def syllables(word: str) -> int:
    """How many syllables, as nearly as the letters of English tell it."""
    said = re.sub(r"[’'].*$", "", word.lower()) or word.lower()
    said = _SILENT_E.sub("", said)
    found = len(re.findall(r"[aeiouy]+", said)) + len(_TWO_IN_ONE.findall(said))
    return max(1, found - (found > 1 and _SILENT_END.search(said) is not None))


def grade(said: Iterable[str] | str) -> float:
    """The school grade of Flesch and Kincaid (1975) of some text, or of what stands by itself on a page."""
    found = sentences([said] if isinstance(said, str) else said)
    words = [word for sentence in found for word in _WORD.findall(sentence)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(found) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


class Grades(NamedTuple):
    """Of a page: of every word; without the names nobody here may change; and so of its whole sentences alone."""

    whole: float
    without_names: float
    running: float


def grades_of_page(page: str) -> Grades:
    """The last of the three is not flattered by labels of two words, which make any page of boxes look easy."""
    said = parts(main_of(page))
    left = sentences(without_names(part) for part in said)
    return Grades(grade(said), grade(left), grade(one for one in left if len(_WORD.findall(one)) >= RUNNING))
