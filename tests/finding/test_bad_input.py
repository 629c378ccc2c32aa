"""Whatever is typed into the search ends in a sentence or an empty result."""

from __future__ import annotations

import html

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app.clocks import today
from app.finding import asked
from app.finding.entries import Entry, found_by
from tests.conftest import Instance

ODD = [
    '"', "' OR 1=1 --", 'words : "x"', "NEAR(a b)", "a NEAR b", "AND OR NOT", "wojcik*", "wojcik AND", "words:wojcik", "{words} : a", "^wojcik", "a -b", "(((",
    "%", "%%%", "_", "100%", "\\", "wojcik%", "a\0b", "\0", "‮wojcik‬", "محمد ‏أحمد", "🦘", "ﷺ", "İı", "ß", "क्षत्रिय", "ᚠᚢᚦ", "1" * 150,
    "a" * 200, "..", "-", "'", "&", "<script>alert(1)</script>", "{{7*7}}", "32/13/1992", "0/0/0000", "99 March 2020", "31 Feb", "a b c d",
]  # fmt: skip


@pytest.mark.parametrize("words", ODD)
def test_odd_words_find_nothing_or_say_why(either: Instance, officer: FlaskClient, words: str) -> None:
    answer = officer.post("/search", data={"words": words}, follow_redirects=True)
    assert answer.status_code in (200, 422)
    page = html.unescape(answer.text)
    assert ("was found" in page or "were found" in page) == (answer.status_code == 200)
    assert answer.status_code == 200 or "govuk-error-summary" in page


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("", "Type a name, birth date, reference"),
        ("   ", "Type a name, birth date, reference"),
        ("!?.", "Type a name, birth date, reference"),
        ("a", "Type at least two letters or figures"),
        ("a b", "Type at least two letters or figures"),
        ("x" * 8000, "must be 200 characters or fewer. It is 8000"),
        ("one two three four five six seven eight nine ten eleven twelve thirteen", "Type 12 words or fewer"),
    ],
)
def test_what_cannot_be_searched_is_said_beside_the_field(officer: FlaskClient, words: str, says: str) -> None:
    answer = officer.post("/search", data={"words": words})
    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert 'href="#words"' in answer.text
    assert words.strip() in html.unescape(answer.text)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60), st.sampled_from(["name", "address", "reference"]))
def test_any_text_can_be_stored_and_whatever_is_searched_is_letters_and_figures(text: str, kind: str) -> None:
    made = found_by([Entry(kind, text)])
    assert "%" not in made.words + made.sounds
    assert '"' not in made.words + made.sounds
    try:
        terms = asked.terms(text, today())
    except asked.CannotSearch:
        return
    for term in terms:
        for word in (*term.starts, *term.keys):
            assert not set(word) & set("\"%_\\*:()^{}' \0"), word
