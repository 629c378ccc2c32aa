"""Backups: one file that holds the database and what lies beside it, made while people work, held against itself, and put back.

``parts`` says what of the data folder is in one and what is not; ``database`` copies and restores on both engines; ``container`` is
the file itself; ``keeping`` which ones stay and when the last was made; ``making``, ``restoring`` and ``proving`` do it.
"""
