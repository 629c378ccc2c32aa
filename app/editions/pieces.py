"""A record taken apart: each thing it says, with the matters it is of, whom it is about, and where a copy says it.

Only what stands here can be in a copy. Works on the frozen JSON alone; what nobody has given a matter is in no copy.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from app import clocks
from app.suitability.casefile import wording
from app.suitability.casefile.values import in_sentence

from .table import Table

# The parts of a copy, in the order in which it says them.
PARTS = {
    "why": "Why",
    "ask": "What we ask of you, by when",
    "family": "The family",
    "where": "Where they are and where they will be",
    "ring": "Whom to ring",
    "concerns": "Concerns, with what answers them",
    "conditions": "What has to be done",
    "happened": "What happened",
    "said": "Who said what",
    "open": "What nobody has answered",
    "pictures": "What was photographed",
    "far": "How far it is",
    "signed": "Who signed",
    "trail": "What was done, by whom and when",
    "seen": "Who looked at it",
    "versions": "By which versions, with the hashes",
}


PLACED = ("suitable", "suitable_with_conditions")  # outcomes with which a family goes to the place


class Piece(NamedTuple):
    """``items``: the matters it is of, all of which must be released; ``of``: whose it is, as keys of people and ``agency:code``.

    ``typed``: somebody wrote it by hand, and it may say anything. ``area``: what stands for it where only the area is given.
    ``weighs``: something is so, and is not merely not known: only then a general sentence may stand for it.
    """

    items: tuple[str, ...]
    part: str
    label: str
    text: str
    about: str = ""  # a key of the household, or a word that names nobody
    by: str = ""
    of: frozenset[str] = frozenset()
    typed: bool = False
    area: str = ""
    note: str = ""
    weighs: bool = False
    code: str = ""  # of its criterion, by which a parent’s copy has words of its own for it
    photograph: str = ""  # the hash of the one that it is about


def area_of(postcode: str) -> str:
    """The outward half of a postcode: a district of several thousand homes."""
    half = postcode.split()[0] if " " in postcode.strip() else postcode.strip()[:-3]
    return f"In the area {half.upper()}" if half else "The area is not known"


def pieces(record: Mapping[str, Any], table: Table, owners: Mapping[str, str]) -> list[Piece]:
    """Everything of a record that a copy may say.

    Args:
        owners: what an agency or officer is called, in lower case, to its code.
    """
    made = _Pieces(record, table, owners)
    return [
        *made.decision(),
        *made.asked(),
        *made.people(),
        *made.whereabouts(),
        *made.ring(),
        *made.concerns(),
        *made.conditions(),
        *made.happened(),
        *made.said(),
        *made.open(),
        *made.photographs(),
        *made.distances(),
    ]


def agency(code: str) -> str:
    return f"agency:{code}"


def _piece(items: tuple[str, ...], part: str, label: str, text: str, **more: Any) -> Piece:
    return Piece(items=items, part=part, label=label, text=text, **more)


class _Pieces:
    def __init__(self, record: Mapping[str, Any], table: Table, owners: Mapping[str, str]) -> None:
        self.record, self.table, self.owners = record, table, owners
        self.home: Mapping[str, Any] = record["case_file"]["household"]
        self.place: Mapping[str, Any] = record["case_file"]["placement"]
        self.members = {m["key"]: m for m in self.home["members"]}
        called = [(m["name"], key) for key, m in self.members.items()]
        called += [(c["name"], c["key"]) for c in record["children"]]
        self.keys = dict(called)

    def about(self, subject_name: str) -> str:
        """The key of whoever a sentence of the record is about; the words themselves where that is nobody in particular."""
        if subject_name in ("the unit", "the household"):
            return ""
        return str(self.keys.get(subject_name, "?"))

    def item(self, kind: str, code: str) -> str:
        return self.table.item_of(kind, code) or "?"

    def decision(self) -> Iterator[Piece]:
        told = self.record["decision"]
        yield _piece(("outcome",), "head", "", wording.OUTCOME[told["outcome"]])
        by = (
            f"{told['reviewer']['name']}, {told['reviewer']['role_words']}, {clocks.text_in_words(told['reviewed_at'])}"
        )
        yield _piece(("outcome",), "by", "Decided by", by)
        yield _piece(("decision_words",), "why", "In the safeguarding lead’s words", told["note"], typed=True)
        if told["worse_reason"]:
            yield _piece(("decision_words",), "why", "Judged worse than the rules", told["worse_reason"], typed=True)
        for lines in told["emergency"]:
            yield _piece(("emergency",), "why", "Emergency decision", " ".join(lines), typed=True)

    def asked(self) -> Iterator[Piece]:
        lead = self.home.get("lead_professional")
        if lead is None or not lead.get("accepted"):
            [first] = self.record["page_one"]["asks"][:1]
            yield _piece(
                ("lead_asked",), "ask", "Please", "Say whether you will lead. Nobody has accepted yet.", by=first["by"]
            )
        for one in self.record["agencies"]:
            for put in one["asked"]:
                if put["state"] not in ("answered", "partly"):
                    by = put["due_words"] if put["due"] else one["within"]
                    whose = frozenset({agency(one["code"])})
                    yield _piece(("asked",), "ask", "Please answer", put["question"], by=by, of=whose, typed=True)

    def people(self) -> Iterator[Piece]:
        kept = {c["key"]: c for c in self.record["children"]}
        for child in self.record["children"]:
            mine = frozenset({child["key"]})
            about = {"about": child["key"], "of": mine}
            yield _piece(("names",), "family", "", "", **about)
            yield _piece(("born", "names"), "family", "Born", f"{child['born']}, {child['age']}", **about)
            yield _piece(("outcome",), "family", "For this child", wording.OUTCOME[child["outcome"]], **about)
            yield _piece(("decision_words",), "family", "Why", child["reason"], typed=True, **about)
            yield _piece(("child_seen",), "family", "To the others, and how seen", child["who"], **about)
        for key, m in self.members.items():
            about = {"about": key, "of": frozenset({key})}
            if key not in kept:
                yield _piece(("names",), "family", "", "", **about)
                yield _piece(
                    ("born", "names"),
                    "family",
                    "Born",
                    clocks.text_in_words(m.get("born") or "") or "not known",
                    **about,
                )
                yield _piece(
                    ("born", "names"), "family", "To the others", m.get("relationship", ""), typed=True, **about
                )
            yield from self._facts(m, about, key in kept)

    def _facts(self, m: Mapping[str, Any], about: Mapping[str, Any], child: bool) -> Iterator[Piece]:
        needs = m.get("needs")
        told = "not asked" if needs is None else ", ".join(in_sentence(wording.label(n)) for n in needs) or "none known"
        yield _piece(
            ("child_needs" if child else "adult_health",), "family", "Needs, as told", told, weighs=bool(needs), **about
        )
        if m.get("treatment"):
            medicine = m["treatment"].get("medicine") or "not named"
            yield _piece(("treatment",), "family", "In treatment with", medicine, typed=True, weighs=True, **about)
            days = m["treatment"].get("dose_days")
            if days:
                yield _piece(
                    ("dose",), "family", "A dose on", ", ".join(wording.label(d) for d in days), weighs=True, **about
                )
        for field, item, label in (
            ("substance_sign", "substance", "A sign of alcohol or drugs, now or before"),
            ("justice_sign", "justice", "A sign of prison, probation, bail or an order"),
        ):
            sign = m.get(field)
            if not child:
                said = {True: "yes", False: "no", None: "not asked"}[sign]
                yield _piece((item,), "family", label, said, weighs=bool(sign), **about)
        if m.get("pregnant"):
            due = clocks.text_in_words(m.get("due") or "") or "not known"
            yield _piece(("pregnancy",), "family", "Pregnant, due", due, weighs=True, **about)
        if m.get("language"):
            yield _piece(("language",), "family", "Language", m["language"], typed=True, **about)
        if m.get("interpreter_needed"):
            yield _piece(("language",), "family", "Interpreter", "needed", **about)

    def whereabouts(self) -> Iterator[Piece]:
        for one in self.home["addresses"]:
            if one["kind"] == "current":
                where = ", ".join(x for x in (one["address"], one.get("postcode")) if x)
                yield _piece(("present_address",), "where", "Now", where, typed=True, area=area_of(one.get("postcode", "")), weighs=True)  # fmt: skip
        proposed = ", ".join(x for x in (self.place["address"], self.place.get("postcode")) if x)
        goes = self.record["decision"]["outcome"] in PLACED
        label = "The placement" if goes else "The place looked at, where they do not go by this decision"
        yield _piece(
            ("placement_address",), "where", label, proposed, typed=True, area=area_of(self.place.get("postcode", "")), weighs=True
        )  # fmt: skip
        yield _piece(("place_facts",), "where", "What it is", self.record["page_one"]["proposed"])
        if not goes:
            yield _piece(("outcome", "next"), "where", "Next", "Not decided yet. Ask the officer below.")

    def ring(self) -> Iterator[Piece]:
        items = {"Who leads": ("lead",), "Worried for a child": ("front_door",)}
        for row in self.record["page_one"]["ring"]:
            yield _piece(items.get(row["about"], ("ring",)), "ring", row["about"], row["whom"], by=row["number"])

    def concerns(self) -> Iterator[Piece]:
        for f in self.record["findings_shown"]:
            if f["effect"] == "hold":
                continue
            about = self.about(f["subject_name"])
            said = " ".join([*f["why"], f"What would end it: {f['remedy']}" if f["remedy"] else ""]).strip()
            whose = frozenset({about, *self._owner(f["owner"])})
            yield _piece((self.item("criteria", f["criterion"]),), "concerns", f"{f['name']} ({in_sentence(f['effect_words'])})", said, about=about, of=whose, note=f["effect"], weighs=True, code=f["criterion"])  # fmt: skip
        told = [why for f in self.record["findings_shown"] for why in f["why"]]
        for p in self.record["patterns_shown"]:
            # What a concern says already is not said again.
            facts = [fact for fact in p["facts"] if not any(fact.rstrip(".") in why for why in told)]
            said = " ".join([p["prompt"], *facts, p["step"]])
            yield _piece(
                ("working_notes",), "concerns", p["name"], said, about=self.about(p["subject_name"]), typed=True
            )
            for answer in p["answers"]:
                yield _piece(("working_notes",), "concerns", f"{p['name']}: considered", answer, typed=True)

    def _owner(self, called: str) -> set[str]:
        code = self.owners.get(called.casefold())
        return {agency(code)} if code else set()

    def conditions(self) -> Iterator[Piece]:
        subjects: dict[tuple[str, str], set[str]] = {}
        for f in self.record["result"]["findings"]:
            for c in f["conditions"]:
                subjects.setdefault((f["criterion"], c["what"].rstrip(".")), set()).add(f["subject"])
        for c in self.record["conditions"]:
            whose = subjects.get((c["criterion"], c["what"]), set())
            about = next(iter(whose)) if len(whose) == 1 else ""
            of = frozenset({about if about in self.members else "", *self._owner(c["owner"])} - {""})
            kind = "criteria" if c["criterion"] in self._criteria() else ""
            items = ("conditions", self.item(kind, c["criterion"])) if kind else ("conditions", "working_notes") if c["criterion"] else ("conditions",)  # fmt: skip
            by = clocks.text_in_words(c["due"]) or "no day set"
            yield _piece(items, "conditions", c["owner"] or "Nobody named", c["what"], about="", by=by, of=of, typed=not c["criterion"])  # fmt: skip

    def _criteria(self) -> set[str]:
        return {f["criterion"] for f in self.record["result"]["findings"]}

    def happened(self) -> Iterator[Piece]:
        found: list[tuple[str, Piece]] = []
        for c in self.home.get("contacts") or []:
            said = f"{wording.label(c['outcome'])}. {'Reason given: “' + c['reason'] + '”' if c.get('reason') else 'Reason: not known.'}"
            whose = {"about": c["child"], "of": frozenset({c["child"]})}
            found.append(
                (
                    c.get("on") or "",
                    _piece(("child_health",), "happened", c["what"], said, typed=True, weighs=True, **whose),
                )
            )
        for e in self.home["events"]:
            whose = {"about": e.get("who") or "", "of": frozenset({e.get("who") or "?"})}
            item = self.item("events", e["kind"])
            found.append((e["on"], _piece((item,), "happened", wording.label(e["kind"]), e.get("what") or "", typed=True, weighs=True, **whose)))  # fmt: skip
        for a in self.home["addresses"]:
            if a["kind"] == "former":
                where = ", ".join(x for x in (a["address"], a.get("postcode")) if x)
                found.append((a.get("moved_in") or "", _piece(("former_addresses",), "happened", "Earlier address", where, typed=True)))  # fmt: skip
        if self.home.get("left_note"):
            found.append(("", _piece(("left_why",), "happened", "Why they left", self.home["left_note"], typed=True)))
        for on, piece in sorted(found, key=lambda one: one[0]):
            yield piece._replace(by=clocks.in_words(date.fromisoformat(on)) if on else "day not known")

    def said(self) -> Iterator[Piece]:
        shown = {f["criterion"] for f in self.record["findings_shown"] if f["effect"] != "hold"}
        children = {m["name"] for m in self.members.values() if m["kind"] != "adult"}
        for domain in self.record["domains"]:
            for q in domain["questions"]:
                for a in q["answers"]:
                    who = a["source"].partition(",")[0]
                    item = self.item("criteria", q["criterion"])
                    told = f"{a['value_words']}{': ' + a['note'] if a['note'] else ''}"
                    text = f"{told} ({a['source']})"
                    about = self.about(q["subject_name"])
                    own = frozenset({self.keys.get(who, "?")})
                    if who in children:
                        yield _piece(("child_words",), "said", q["question"], text, about=about, of=own, typed=True)
                    elif a["stands"] and (q["criterion"] in shown or item == "survivor"):
                        yield _piece((item, "answers"), "said", q["question"], text, about=about, of=own, typed=True)

    def open(self) -> Iterator[Piece]:
        of_name = {f["name"]: f["criterion"] for f in self.record["result"]["findings"]}
        for one in self.record["agencies"]:
            its = self.item("agencies", one["code"])
            whose = frozenset({agency(one["code"])})
            for q in one["open"]:
                item = self.item("criteria", of_name.get(q["name"], ""))
                label = one["name"]
                yield _piece((its, item), "open", label, in_sentence(q["name"]), about=self.about(q["subject_name"]), of=whose)  # fmt: skip

    def photographs(self) -> Iterator[Piece]:
        """Each of the matter of photographs, and of that of the question whose answer it shows."""
        for p in self.record.get("photographs", ()):
            items = ("photographs", self.item("criteria", p["criterion"]))
            about = self.about(p["subject_name"])
            by = f"{p['by']}, {clocks.text_in_words(p['on'])}"
            whose = frozenset({about} - {""})
            yield _piece(items, "pictures", p["name"], p["value_words"], about=about, by=by, of=whose, photograph=p["sha256"])  # fmt: skip

    def distances(self) -> Iterator[Piece]:
        entered: Sequence[Mapping[str, Any]] = self.home["services"]
        for s, service in zip(self.record["places"]["services"], entered, strict=False):
            item = self.item("services", service["kind"])
            said = f"{s['straight']}. On foot: {in_sentence(s['walk'])}"
            of = frozenset(service.get("used_by") or ())
            yield _piece(("distances", item), "far", f"{wording.label(service['kind'])}: {s['name']}", said, of=of, typed=True, note=s["mark"])  # fmt: skip
