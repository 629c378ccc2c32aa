"""What a council may change: settings with owner, source and date, words, and whom to ask."""

from __future__ import annotations

from datetime import date
from difflib import get_close_matches
from typing import Any

from .conditions import compile_condition
from .criterion import Agency, Setting
from .located import Located


def read_council(top: Located) -> tuple[dict[str, Setting], dict[str, str], dict[str, Agency]]:
    top.only({"settings", "words", "agencies"}, "the council file")
    settings = {}
    for name, item in top.need("settings", dict, "the council file").items():
        item.only({"value", "says", "owner", "source", "checked"}, f"setting {name}")
        checked = item.need("checked", str, f"setting {name}")
        try:
            date.fromisoformat(checked)
        except ValueError:
            item.refuse(f"“{checked}” is not a date written YYYY-MM-DD.", "checked")
        settings[name] = Setting(
            name,
            item.need("value", int, f"setting {name}"),
            item.need("says", str, f"setting {name}"),
            item.need("owner", str, f"setting {name}"),
            item.need("source", str, f"setting {name}"),
            checked,
        )
    agencies = {}
    for code, item in top.need("agencies", dict, "the council file").items():
        item.only(_AGENCY_KEYS, f"agency {code}")
        texts: dict[str, Any] = {k: item.need(k, str, f"agency {code}") for k in _AGENCY_TEXTS}
        when = item.get("must_ask_when")
        if isinstance(when, str) and when != "always":
            near = get_close_matches(when, ["always"], n=1)
            item.refuse("“must_ask_when” is “always” or a condition." + (" Did you mean “always”?" if near else ""))
        agencies[code] = Agency(
            code=code,
            route=item.typed("route", str, f"agency {code}", ""),
            must_ask=when is not None,
            must_ask_when=compile_condition(when, item, "must_ask_when") if isinstance(when, Located) else None,
            **texts,
        )
    words = {k: str(v) for k, v in top.need("words", dict, "the council file").items()}
    return settings, words, agencies


_AGENCY_TEXTS = ("name", "question", "ground", "tonight", "planned", "at_silence")
_AGENCY_KEYS = {*_AGENCY_TEXTS, "route", "must_ask_when"}
