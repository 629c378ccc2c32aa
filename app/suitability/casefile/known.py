"""Three-valued logic: what is true, what is false, and what nobody knows. Unknown is never “no”."""

from __future__ import annotations

from collections.abc import Sequence

Known = bool | None


def any_known(values: Sequence[Known]) -> Known:
    """Kleene or: true where one is; else not known where one is not."""
    if any(value is True for value in values):
        return True
    return None if any(value is None for value in values) else False


def all_known(values: Sequence[Known]) -> Known:
    """Kleene and: false where one is; else not known where one is not."""
    if any(value is False for value in values):
        return False
    return None if any(value is None for value in values) else True
