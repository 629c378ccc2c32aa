"""Postcodes in text: an ordinal behind a unit is none, a real one that ends like an ordinal is; places off the map are named."""

from __future__ import annotations

import pytest

from app.places.postcodes.postcode import elsewhere, in_text


@pytest.mark.parametrize(
    ("said", "found"),
    [
        # reports.md 9
        ("Room A2 1st Floor, 10 Example Road", []),
        ("Block B2 1st Floor", []),
        ("Room C1 1st Floor", []),
        ("Flat D1 2ND", []),
        ("Block B2 1ST FLOOR, B1 1BB", ["B11BB"]),
        ("B2 1st floor, 10 Example Road, B1 1BB", ["B11BB"]),
        ("B2 1ST FLOOR", []),
        ("Unit E1, 3rd Floor", []),
        ("Unit E1 3RD", []),
        ("Suite N1 4TH STOREY", []),
        ("Flat B1 2ND FLOOR", []),
        ("Apartment B12 5th floor", []),
        ("room a2 1st floor", []),
        ("E1 5TH AVENUE", []),
        ("B2 1ST & 2ND FLOORS", ["B21ST"]),  # told apart only by asking
        # Real postcodes that end like ordinals: the directory has 6,303.
        ("1 High Street, Paisley PA1 1ST", ["PA11ST"]),
        ("1 High Street, PE11 2TH", ["PE112TH"]),
        ("PE111ST", ["PE111ST"]),
        ("1 high street, pe1 3rd", ["PE13RD"]),
        ("1 High Street, B1 1BB", ["B11BB"]),
        ("B1 1BB and B1 1BD", ["B11BB", "B11BD"]),
        ("D14 7ET", ["D147ET"]),  # mistyped: still a question
        ("", []),
    ],
)
def test_an_ordinal_after_a_unit_is_no_postcode(said: str, found: list[str]) -> None:
    assert in_text(said) == found


@pytest.mark.parametrize(
    ("postcode", "words"),
    [
        ("BT1 1AA", "Northern Ireland"),
        ("BT99 9ZZ", "Northern Ireland"),
        ("JE2 3AB", "Jersey, in the Channel Islands"),
        ("GY1 1AA", "Guernsey, Alderney or Sark"),
        ("IM1 1AA", "the Isle of Man"),
        ("BF1 2AT", "British Forces (BFPO)"),
        ("GIR 0AA", "a bank’s post"),
        ("BX1 1LT", "one organisation"),
        ("GX11 1AA", "Gibraltar"),
    ],
)
def test_what_is_on_no_map_of_great_britain_is_named(postcode: str, words: str) -> None:
    said = elsewhere(postcode)
    assert words in said
    assert said.startswith(postcode)
    assert said.endswith(".")


@pytest.mark.parametrize("postcode", ["B1 1BB", "BB1 1AA", "G1 1AA", "GL1 1AA", "BS1 1AA", "IG1 1AA"])
def test_what_is_on_the_map_is_not(postcode: str) -> None:
    assert elsewhere(postcode) == ""
