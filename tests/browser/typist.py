"""Types a case file into the pages, as an officer would."""

from __future__ import annotations

from typing import Any

from .conftest import Person


def asked(value: object) -> str | None:
    return None if value is None else "yes" if value else "no"


def type_household(officer: Person, tree: dict[str, Any], reference: str) -> tuple[str, dict[str, str]]:
    """Everything about the household. Returns the case's path, and the keys the service gave to people."""
    page, household = officer.page, tree["household"]
    officer.go("/cases/open")
    officer.fill("council_number", reference)
    officer.press("Open the case")
    path = "/cases/" + page.url.rsplit("/", 1)[1]
    for m in household["members"]:
        officer.go(path + f"/members/new?of={m['kind']}")
        officer.fill("name", m["name"])
        officer.choose("kind", m["kind"])
        officer.day("born", m.get("born"))
        officer.day("due", m.get("due"))
        officer.choose("sex", m.get("sex"))
        officer.fill("relationship", m.get("relationship"))
        officer.choose("pregnant", asked(m.get("pregnant")))
        if m.get("needs") is not None:
            officer.choose("needs_asked", "yes" if m["needs"] else "none")
            officer.tick("needs", m["needs"])
        officer.choose("substance_sign", asked(m.get("substance_sign")))
        officer.choose("dangerous_medicine", asked(m.get("dangerous_medicine")))
        officer.choose("justice_sign", asked(m.get("justice_sign")))
        treatment = m.get("treatment") or {}
        officer.fill("treatment_medicine", treatment.get("medicine"))
        officer.tick("treatment_days", treatment.get("dose_days") or [])
        officer.choose("school_age_place", m.get("school_age_place"))
        officer.choose("seen_how", m.get("seen_how"))
        officer.choose("exploitation_sign", asked(m.get("exploitation_sign")))
        officer.fill("language", m.get("language"))
        officer.choose("interpreter_needed", asked(m.get("interpreter_needed")))
        officer.press("Save")
    keys: dict[str, str] = {}
    tied = [(m["name"], tie, m[tie]) for m in household["members"] for tie in ("couple_with", "mother") if m.get(tie)]
    officer.go(path + "/services/new")
    for box in page.locator('[name="used_by"]').all():
        label = page.locator(f'label[for="{box.get_attribute("id")}"]').inner_text().strip()
        keys[next(m["key"] for m in household["members"] if m["name"] == label)] = box.get_attribute("value") or ""
    for name, tie, other in tied:
        officer.go(path)
        # As a page of its own: how it opens where its link stands is tested in test_short_forms.
        officer.go(page.locator("a", has_text=f"Change {name}").get_attribute("href") or "")
        page.select_option(f'[name="{tie}"]', keys[other])
        officer.press("Save")
    officer.go(path + "/household")
    officer.choose("left_asked", "yes" if household.get("left_because") is not None else "unknown")
    officer.tick("left_because", household.get("left_because") or [])
    officer.fill("left_note", household.get("left_note"))
    if household.get("agencies") is not None:
        officer.choose("agencies_asked", "yes")
        officer.tick("agencies", household["agencies"])
    officer.choose("orders", asked(household.get("orders")))
    for name in ("separated_parents", "domestic_abuse", "earlier_child_removed"):
        officer.choose(name, asked(household.get(name)))
    officer.press("Save")
    type_history(officer, household, path, keys)
    for a in household.get("addresses", []):
        officer.go(path + "/addresses/new")
        officer.choose("kind", a["kind"])
        officer.fill("address", a["address"])
        officer.fill("postcode", a.get("postcode"))
        officer.day("moved_in", a.get("moved_in"))
        officer.day("moved_out", a.get("moved_out"))
        officer.choose("placed_by_council", asked(a.get("placed_by_council")))
        officer.press("Save")
    for s in household.get("services", []):
        officer.go(path + "/services/new")
        if page.locator('select[name="kind"]').count():
            page.select_option('[name="kind"]', s["kind"])
        else:
            officer.choose("kind", s["kind"])
        officer.fill("name", s["name"])
        officer.fill("postcode", s.get("postcode"))
        officer.tick("used_by", [keys[k] for k in s.get("used_by", [])])
        if s.get("open_days") is not None:
            officer.choose("open_known", "yes")
            officer.tick("open_days", s["open_days"])
        officer.press("Save")
    lead = household.get("lead_professional")
    if lead:
        officer.go(path + "/lead-professional")
        for name in ("name", "role", "agency", "email"):
            officer.fill(name, lead.get(name))
        officer.day("accepted", lead.get("accepted"))
        officer.press("Save")
    return path, keys


def type_history(officer: Person, household: dict[str, Any], path: str, keys: dict[str, str]) -> None:
    """What happened before: health contacts, questions put, events, money, nights in bed and breakfast."""
    page = officer.page
    for contact in household.get("contacts") or []:
        officer.go(path + "/history/contacts")
        officer.choose("child", keys[contact["child"]])
        for name in ("what", "need", "reason"):
            officer.fill(name, contact.get(name))
        officer.day("on", contact.get("on"))
        officer.choose("critical", asked(contact.get("critical")))
        if contact.get("cause"):
            page.locator("summary", has_text="Did the system cause it").click()
        for name in ("outcome", "reason_grade", "cause", "cause_grade"):
            officer.choose(name, contact.get(name))
        officer.press("Add")
    if household.get("contacts") == []:
        officer.go(path + "/history/contacts")
        officer.press("none to list")
    for enquiry in household.get("enquiries", []):
        officer.go(path + "/history/enquiries")
        page.select_option('[name="agency"]', enquiry["agency"])
        for name in ("question", "ground", "reply"):
            officer.fill(name, enquiry.get(name))
        for name in ("asked", "due", "answered_on"):
            officer.day(name, enquiry.get(name))
        officer.choose("answered", enquiry.get("answered"))
        officer.press("Add")
    for event in household.get("events", []):
        officer.go(path + "/history/events")
        page.select_option('[name="kind"]', event["kind"])
        officer.day("on", event["on"])
        if event.get("who"):
            page.select_option('[name="who"]', keys[event["who"]])
        officer.fill("what", event.get("what"))
        officer.choose("grade", event.get("grade"))
        officer.press("Add")
    if household.get("budget"):
        officer.go(path + "/money")
        for name, pence in household["budget"].items():
            officer.fill(name, f"{pence / 100:.2f}")
        officer.press("Save")
    if household.get("bed_and_breakfast") == []:
        officer.go(path + "/bed-and-breakfast")
        officer.press("Asked: no night in bed and breakfast")
    for spell in household.get("bed_and_breakfast", []):
        officer.go(path + "/bed-and-breakfast")
        officer.day("first", spell["first"])
        officer.day("last", spell["last"])
        officer.press("Add")


def type_placement(officer: Person, tree: dict[str, Any], path: str) -> str:
    """The unit, its rooms and certificates, and the stay. Returns the assessment's path."""
    page, p = officer.page, tree["placement"]
    officer.go(path + "/placements/new")
    officer.fill("address", p["address"])
    officer.fill("postcode", p.get("postcode"))
    officer.choose("kind", p["kind"])
    for name in ("self_contained", "cooking_provided", "private_dwelling", "lift", "shared_building", "gas", "hmo"):
        officer.choose(name, asked(p.get(name)))
    if p.get("shares") is not None:
        officer.choose("shares_known", "yes" if p["shares"] else "none")
        officer.tick("shares", p["shares"])
    for name in ("owner", "manager", "staffing"):
        officer.choose(name, p.get(name))
    officer.fill("floor", p.get("floor"))
    officer.fill("storeys", p.get("storeys"))
    officer.day("starts", p.get("starts"))
    officer.fill("nights", p.get("nights"))
    pence = p.get("nightly_cost_pence")
    officer.fill("nightly_cost", f"{pence / 100:.2f}" if pence is not None else None)
    officer.press("Save")
    assessment = page.url.replace(officer.running.address, "")
    for room in p.get("rooms") or []:
        officer.go(assessment + "/rooms")
        officer.fill("name", room.get("name"))
        officer.choose("use", room["use"])
        officer.fill("area", room.get("area_m2"))
        officer.press("Add")
    for certificate in p.get("certificates", []):
        officer.go(assessment + "/certificates")
        officer.choose("kind", certificate["kind"])
        officer.day("issued", certificate.get("issued"))
        officer.day("expires", certificate.get("expires"))
        officer.choose("open_danger_codes", asked(certificate.get("open_danger_codes")))
        officer.press("Add")
    return assessment


# What the page of a question no longer offers, because it did not say which substance: what an officer ticks now.
_TICKED_NOW = {("SM01", "past"): ["opioids_past"], ("SM01", "now"): ["opioids_now"]}


def asked_now(tree: dict[str, Any]) -> dict[str, Any]:
    """The same household as it is told to the questions of today."""
    answers = [{**a, "value": _TICKED_NOW.get((a["criterion"], str(a["value"])), a["value"])} for a in tree["answers"]]
    return {**tree, "answers": answers}


def type_answers(officer: Person, tree: dict[str, Any], assessment: str, keys: dict[str, str]) -> None:
    page = officer.page
    for a in tree["answers"]:
        officer.go(f"{assessment}/questions/{a['criterion']}/{keys.get(a['subject'], a['subject'])}")
        value = a["value"]
        if isinstance(value, dict):
            for name, number in value.items():
                officer.fill(f"count_{name}", str(number))
        elif isinstance(value, list):
            officer.tick("value", value)
        elif isinstance(value, int):
            officer.fill("value", value)
        elif page.locator('[name="value-day"]').count():
            officer.day("value", value)
        else:
            officer.choose("value", value)
        officer.choose("grade", a["grade"])
        for name in ("name", "role", "agency"):
            officer.fill(f"source_{name}", a["source"].get(name))
        officer.day("on", a.get("on"))
        for name in ("note", "why", "so_what"):
            officer.fill(name, a.get(name))
        officer.press("Save and go on")
        assert "There is a problem" not in page.inner_text("main"), page.inner_text("main")
