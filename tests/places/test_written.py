"""Names in capitals as they are said, and telephone numbers a spreadsheet has shortened."""

from __future__ import annotations

import pytest

from app.places.directory.importers.written import named, telephone


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("1ST FLOOR", "1st Floor"),
        ("21ST CENTURY HOUSE", "21st Century House"),
        ("THE 2ND SURGERY", "The 2nd Surgery"),
        ("NHS WALK-IN CENTRE", "NHS Walk-In Centre"),
        ("BOOTS UK LTD", "Boots UK Ltd"),
        ("BOOTS UK LTD.", "Boots UK Ltd."),
        ("GP HEALTH CENTRE", "GP Health Centre"),
        ("KING’S HEATH PHARMACY", "King’s Heath Pharmacy"),
        ("ST MARY'S C OF E", "St Mary's C of E"),
        ("24HR PHARMACY", "24hr Pharmacy"),
        ("UNIT 12A, B14 7ET", "Unit 12A, B14 7ET"),
        ("THE A&E ANNEXE", "The A&E Annexe"),
        ("O'BRIEN (CHEMISTS) PLC", "O'Brien (Chemists) plc"),
        ("Already Written NHS ltd", "Already Written NHS ltd"),
        ("CENTRE OF EXCELLENCE", "Centre of Excellence"),
        ("M6 JUNCTION 5", "M6 Junction 5"),
        ("", ""),
    ],
)
def test_capitals_are_put_back_as_they_are_said(said: str, is_: str) -> None:
    assert named(said) == is_


@pytest.mark.parametrize(
    ("said", "is_"),
    [
        ("1210000001", "01210000001"),
        ("1942 822420", "01942 822420"),  # as it stands in the real epraccur of September 2025
        ("2079460000", "02079460000"),
        ("7700900123", "07700900123"),
        ("8000000000", "08000000000"),
        ("1210000001.0", "01210000001"),
        ("1.21E+09", ""),  # its figures are lost
        ("01210000001", "01210000001"),
        ("0169773000", "0169773000"),  # nought and nine figures: a real kind of number
        ("169773000", "169773000"),  # nine figures may be anything
        ("111", "111"),
        ("+44 121 000 0001", "+44 121 000 0001"),
        ("4412100000", "4412100000"),
        ("9000000000", "9000000000"),
        ("", ""),
        ("none", "none"),
    ],
)
def test_a_nought_is_put_back_only_where_it_is_certain(said: str, is_: str) -> None:
    assert telephone(said) == is_
