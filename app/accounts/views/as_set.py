"""The settings as they are, and where each comes from: to read, for they are changed on the server alone."""

from __future__ import annotations

import os
import re
from typing import NamedTuple

from flask import render_template
from pydantic import SecretStr

from app.accounts.policy import permission
from app.accounts.views.entering import pages
from app.settings import Settings, current_settings
from app.web.page import Page

# What signs in inside an address is shown to nobody.
_SECRET_PARTS = re.compile(r"(?<=://)[^/@\s]*@|\?.*")
_WRITTEN = re.compile(r"^(?:export )?\s*(CBC_\w+)\s*=", re.MULTILINE | re.IGNORECASE)


class AsSet(NamedTuple):
    """One setting: its key, what it is for, what it is now, and where that comes from."""

    key: str
    says: str
    value: str
    source: str


@pages.get("/settings")
@permission("account.manage")
def as_set() -> Page:
    return render_template("accounts/as_set.html", settings=list(_listed(current_settings())))


def _listed(settings: Settings) -> list[AsSet]:
    file = settings.data / "settings.env"
    text = file.read_text(encoding="utf-8") if file.is_file() else ""
    written = {name.upper() for name in _WRITTEN.findall(text)}
    around = {name.upper() for name in os.environ}
    found = []
    for name, field in type(settings).model_fields.items():
        key = f"CBC_{name.upper()}"
        source = "the environment" if key in around else "settings.env" if key in written else "as shipped"
        found.append(AsSet(key, field.description or "", _shown(name, getattr(settings, name)), source))
    return found


def _shown(name: str, value: object) -> str:
    if isinstance(value, SecretStr) or name in ("database_url", "migration_database_url"):
        held = value.get_secret_value() if isinstance(value, SecretStr) else value
        return "set, and not shown" if held else "not set"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "not set" if value in ("", None) else _SECRET_PARTS.sub("", str(value))
