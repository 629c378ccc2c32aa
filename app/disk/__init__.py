"""A full disk: what is kept back for it."""
