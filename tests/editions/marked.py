"""A household in which every text is a string of its own, and a search that finds each wherever a PDF can hold one."""

from __future__ import annotations

import io
import json
import re
import subprocess
from typing import Any

import pikepdf

from app.settings import ROOT

MARK = re.compile(r"ZQ[0-9A-Z]{4}ZQ")
# What is read by the rules of a copy and tells nobody anything by itself: codes, days, numbers, and what is named by the checklists.
_KEPT = re.compile(
    r"(^|\.)(key|kind|code|state|effect|criterion|pattern|outcome|computed_outcome|verdict|format|on|born|due|mark|moved_in|moved_out|grade|"
    r"seen_how|sex|cause|cause_grade|reason_grade|child|who_key|tenure|role|effect_words|basis_words|name_of_question|starts|"
    r"source_date|issued_at|reviewed_at|submitted_at|couple_with|mother|speaker|accepted|protected_place)$"
    r"|^settings\.|^checklist_files\.|^audit\.|^result\.(?!findings)|\.(needs|left_because|agencies|used_by|dose_days|shares|subject)(\[\])?$"
    r"|^case_file\.household\.events\[\]\.who$|^case_file\.household\.conversations\[\]\.who$|^findings_shown\[\]\.name$|^agencies\[\]\.open\[\]\.name$"
    r"|^result\.findings\[\]\.(name|basis|owner)|^page_one\.ring\[\]\.about$|\.placement\.(?!address|postcode)"
    r"|^conditions\[\]\.owner$|^findings_shown\[\]\.owner$|subject_name$|^council$|^number$|^number_of_record$|\.(ground|within|due_words)$"
)


def tree(abuse: bool = False) -> dict[str, Any]:
    """H1 with something said of everything that a copy can hold; with ``abuse`` also of whom the family fears."""
    made: dict[str, Any] = json.loads((ROOT / "docs" / "examples" / "h1.json").read_text(encoding="utf-8"))
    home = made["household"]
    home |= {"domestic_abuse": abuse, "orders": False, "earlier_child_removed": False}
    home["lead_professional"] = {
        "name": "Leda Lead",
        "role": "Role",
        "agency": "Agency",
        "email": "leda@lead.example",
        "accepted": "2026-11-20",
    }
    home["addresses"].append(
        {
            "kind": "former",
            "address": "9 Former Road",
            "postcode": "B23 7ZZ",
            "moved_in": "2026-01-02",
            "moved_out": "2026-06-01",
        }
    )
    everyone = [m["key"] for m in home["members"]]
    home["services"] = [
        {"kind": kind, "name": f"Service {kind}", "postcode": "B23 6DJ", "used_by": everyone}
        for kind in (
            "gp",
            "probation",
            "health_visiting",
            "school",
            "pharmacy",
            "drug_alcohol",
            "mental_health",
            "social_care",
        )
    ]
    home["events"] += [
        {"kind": kind, "on": "2026-11-10", "who": "M", "what": f"Event {kind}", "grade": "E1"}
        for kind in ("birth", "move", "complaint", "benefit_stopped", "worrying_change")
    ]
    for m in home["members"]:
        m |= {"language": f"Language {m['key']}", "interpreter_needed": True}
        if m["kind"] == "adult":
            m |= {"treatment": {"medicine": f"Medicine {m['key']}", "dose_days": ["mon"]}, "needs": ["mental_health"]}
    said = {"grade": "E1", "on": "2026-11-23", "note": "Said."}
    child = {"name": "Billy Example", "role": "son", "agency": "household"}
    mother = {"name": "Marta Example", "role": "mother", "agency": "household"}
    told = {
        "CS14": ("unit", "not_compatible"), "CS20": ("household", "conflict"), "CS26": ("household", "front_door"),
        "SM02": ("M", "no_sober_carer"), "SM03": ("F", "take_home"), "SM04": ("F", "none"), "SM10": ("M", ["relapse"]),
        "SM16": ("F", "signs"), "SA10": ("M", "not_named"), "LS29": ("B1", "cannot"), "SM15": ("F", "not_compatible"),
        "SA12": ("household", "none"), "LS23": ("household", "no_search"),
    }  # fmt: skip
    if abuse:
        told |= {"CS16": ("household", "can_reach"), "CS17": ("household", "not_safe")}
    made["answers"] += [
        {"criterion": criterion, "subject": subject, "value": value, "source": mother, **said}
        for criterion, (subject, value) in told.items()
    ]
    made["answers"].append({"criterion": "CS22", "subject": "B2", "value": "2026-11-22", "source": child, **said})
    return made


class Marked:
    """A record of which every text is a mark; ``where`` says of each mark the place in the record it stands in."""

    def __init__(self, record: dict[str, Any]) -> None:
        self.where: dict[str, str] = {}
        self._names: dict[str, str] = {}
        for m in [*record["case_file"]["household"]["members"], *record["children"]]:
            self._names.setdefault(m["name"], self._mark(f"name of {m['key']}"))
        self.record: dict[str, Any] = self._of(record, "", "")

    def _mark(self, where: str) -> str:
        mark = f"ZQ{len(self.where):04d}ZQ"
        self.where[mark] = where
        return mark

    def _of(self, value: Any, path: str, within: str) -> Any:
        if isinstance(value, dict):
            within = str(value.get("key") or value.get("criterion") or value.get("code") or value.get("kind") or within)
            if path == "case_file.household.addresses[]":
                within = value["kind"]
            if path == "page_one.ring[]":
                within = value["about"]
            return {k: self._of(v, f"{path}.{k}" if path else k, within) for k, v in value.items()}
        if isinstance(value, list):
            return [self._of(v, f"{path}[]", within) for v in value]
        if not isinstance(value, str) or not value:
            return value
        if value in self._names:
            return self._names[value]
        if _KEPT.search(path):
            return value
        if path.endswith("].source"):
            who, comma, _rest = value.partition(", ")
            return f"{self._names.get(who, who)}{comma}{self._mark(f'{path} of {within}')}"
        return self._mark(f"{path} of {within}")


def marks_in(said: str) -> set[str]:
    return set(MARK.findall(said))


def everything_in(pdf: bytes) -> str:
    """All that a PDF holds, as text: its words as drawn, every stream decompressed, every string of every object, its XMP and
    description, attachments, their names, and its outlines."""
    found = []
    for how in ("-raw", "-layout"):
        done = subprocess.run(["pdftotext", how, "-", "-"], input=pdf, capture_output=True, check=True)
        found.append(done.stdout.decode())
    with pikepdf.open(io.BytesIO(pdf)) as file:
        found += [f"{k} {v}" for k, v in file.docinfo.items()]
        found.append(bytes(file.Root.Metadata.read_bytes()).decode())
        for name, spec in file.attachments.items():
            found += [name, spec.filename, spec.description, spec.get_file().read_bytes().decode()]
        with file.open_outline() as outline:
            waiting = list(outline.root)
            while waiting:
                item = waiting.pop()
                found.append(str(item.title))
                waiting += item.children
        for thing in file.objects:
            if isinstance(thing, pikepdf.Stream):
                data = thing.read_bytes()
                found += [data.decode("latin-1"), data.decode("utf-16-be", "replace")]
            found += _strings(thing, 0)
    return "\n".join(found)


def _strings(thing: Any, depth: int) -> list[str]:
    if depth > 40:
        return []
    if isinstance(thing, pikepdf.String):
        return [str(thing)]
    if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream)):
        return [
            s
            for key in thing
            if (held := thing[key]) is not None and not _indirect(held)
            for s in _strings(held, depth + 1)
        ]
    if isinstance(thing, pikepdf.Array):
        return [s for held in thing if not _indirect(held) for s in _strings(held, depth + 1)]
    return []


def _indirect(held: Any) -> bool:
    return bool(getattr(held, "is_indirect", False))
