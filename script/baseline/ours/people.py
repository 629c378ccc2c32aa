"""An officer for each household that is played, and a safeguarding lead, in this tree's instance; no case, property or household."""

from __future__ import annotations

from app import create_app, demo

demo.HOUSEHOLDS = ()
demo.PEOPLE = (
    *demo.PEOPLE,
    ("Oda Officer", "officer-h1@demo.example", "housing_officer"),
    ("Ole Officer", "officer-h2@demo.example", "housing_officer"),
    ("Ona Officer", "officer-h3@demo.example", "housing_officer"),
    ("Oma Officer", "officer-h5@demo.example", "housing_officer"),
)
with create_app().app_context():
    demo.load()
