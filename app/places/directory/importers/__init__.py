"""Readers of service files: one a format, each giving the same rows. Nothing here knows the database or the gazetteer."""
