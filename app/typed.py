"""What a setting says in a line of text, read: lists, groups with their roles, and an address to listen at."""

from __future__ import annotations

from ipaddress import ip_address

BACKUP_UNITS = ("hourly", "daily", "weekly", "monthly")


def schedule_of(said: str) -> dict[str, int]:
    """How many backups of each unit are kept, as the setting says it: ``24 hourly, 35 daily``. A unit not named is none.

    Raises:
        ValueError: it is no such list, or nothing would be kept.
    """
    found: dict[str, int] = {}
    for each in said.split(","):
        number, _, unit = each.strip().partition(" ")
        if not (number.isascii() and number.isdigit()) or unit not in BACKUP_UNITS or unit in found:
            raise ValueError("say it as in “24 hourly, 35 daily, 5 weekly, 3 monthly”")
        found[unit] = int(number)
    if not any(found.values()):
        raise ValueError("nothing would be kept: say at least one")
    return found


ROLE_KEYS = (
    "housing_officer",
    "senior_officer",
    "safeguarding_lead",
    "auditor",
    "administrator",
)  # of ``Role``; a test holds the two equal


def listed(said: str) -> list[str]:
    return [each.strip() for each in said.split(",") if each.strip()]


def groups_of(said: str) -> dict[str, str]:
    """Which group is which role, as the setting says it: ``Housing-Officers=housing_officer, …``. The last ``=`` parts the two.

    Raises:
        ValueError: it is no such list, or names a role that there is not.
    """
    found: dict[str, str] = {}
    for each in listed(said):
        group, _, role = each.rpartition("=")
        if not group.strip() or role.strip() not in ROLE_KEYS or group.strip() in found:
            raise ValueError(
                f"say it as in “Housing-Officers=housing_officer”, each group once; roles are {', '.join(ROLE_KEYS)}"
            )
        found[group.strip()] = role.strip()
    return found


def is_this_machine(address: str) -> bool:
    """Whether a web server that listens there is reached from this machine alone."""
    bare = address.strip().strip("[]")
    if bare.casefold() == "localhost":
        return True
    try:
        return ip_address(bare).is_loopback
    except ValueError:
        return False
