"""What the tests of the life of a case have in common: days as typed, and forms sent."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.conftest import Instance


def day_of(name: str, day: date) -> dict[str, str]:
    return {f"{name}-{part}": str(getattr(day, part)) for part in ("day", "month", "year")}


def send(
    instance: Instance, case_id: str, path: str, signed_in: str = "housing_officer", **typed: Any
) -> tuple[int, str]:
    """A form of a case, filled in and sent with the version of now."""
    data = {"version": str(instance.version(case_id)), **typed}
    answer = instance.client(signed_in).post(f"/cases/{case_id}/{path}", data=data)
    return answer.status_code, answer.text
