"""The heart: decides what is known, what is open and what follows, from plain data and a date. Imports nothing of ours."""
