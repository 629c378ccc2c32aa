"""The typist of commit 5a7cdc1: a page for each person, one for each part of what happened, and one for each question."""

from __future__ import annotations

import re

from officer_hands import Hands
from officer_typist import NOTE_OF_THE_LEAD, Tree, Typist, asked, pounds, reason_for
from playwright.sync_api import Locator

WHOLE = {"unit": "the unit", "household": "the household"}
PAGE_OF_A_QUESTION = re.compile(r"/questions/([^/]+)/[^/]+$")


class TypistOf5a7cdc1(Typist):
    """As its own test types, but by the links of the pages, and the answers in the order in which the list offers them."""

    number_field = "reference"
    sign = "Decide"

    def first_screen(self) -> None:
        self.press("Open a case")
        self.hands.text(self.number_field, self.number)
        self.press("Open the case")
        for member in self.household["members"]:
            self.press("Add a person")
            self.member(member)
            self.press("Save")
        self.press("Propose a placement")
        self.placement(self.tree["placement"])
        self.press("Save")
        self.follow("See the result so far")

    def member(self, m: Tree) -> None:
        hands = self.hands
        hands.text("name", m["name"])
        hands.pick("kind", m["kind"])
        hands.day("born", m.get("born"))
        hands.day("due", m.get("due"))
        hands.pick("sex", m.get("sex"))
        hands.text("relationship", m.get("relationship"))
        self.tie(m, "couple_with")
        if m.get("needs") is not None:
            hands.pick("needs_asked", "yes" if m["needs"] else "none")
            hands.tick("needs", m["needs"])
        for name in ("pregnant", "substance_sign", "dangerous_medicine", "justice_sign"):
            hands.pick(name, asked(m.get(name)))
        treatment = m.get("treatment") or {}
        hands.text("treatment_medicine", treatment.get("medicine"))
        hands.tick("treatment_days", treatment.get("dose_days") or [])
        self.tie(m, "mother")
        hands.pick("school_age_place", m.get("school_age_place"))
        hands.pick("seen_how", m.get("seen_how"))
        hands.pick("exploitation_sign", asked(m.get("exploitation_sign")))
        hands.text("language", m.get("language"))
        hands.pick("interpreter_needed", asked(m.get("interpreter_needed")))

    def tie(self, m: Tree, to: str) -> None:
        """Who somebody is a couple with, or whose child they are, where that person is entered already."""
        other = self.names.get(m.get(to) or "")
        if other and self.hands.page.locator(f'select[name="{to}"] option', has_text=other).count():
            self.hands.select(to, self.hands.value_called(to, other))

    def placement(self, p: Tree) -> None:
        hands = self.hands
        hands.text("address", p["address"])
        hands.text("postcode", p.get("postcode"))
        hands.pick("kind", p["kind"])
        hands.pick("self_contained", asked(p.get("self_contained")))
        if p.get("shares") is not None:
            hands.pick("shares_known", "yes" if p["shares"] else "none")
            hands.tick("shares", p["shares"])
        for name in ("cooking_provided", "shared_building", "hmo"):
            hands.pick(name, asked(p.get(name)))
        hands.text("floor", p.get("floor"))
        hands.text("storeys", p.get("storeys"))
        hands.pick("lift", asked(p.get("lift")))
        for name in ("staffing", "owner", "manager"):
            hands.pick(name, p.get(name))
        for name in ("private_dwelling", "gas"):
            hands.pick(name, asked(p.get(name)))
        hands.day("starts", p.get("starts"))
        hands.text("nights", p.get("nights"))
        hands.text("nightly_cost", pounds(p.get("nightly_cost_pence")))

    # ---- everything else

    def conversation(self) -> None:
        self.follow("All questions")
        self.parts_of_the_unit(self.tree["placement"])
        self.follow("Back")
        self.couples()
        self.about_the_household()
        self.history()
        self.addresses()
        self.services()
        self.lead_professional()
        self.follow("Open the assessment")
        self.answers()

    def parts_of_the_unit(self, p: Tree) -> None:
        hands = self.hands
        for part, found in (("Rooms", p.get("rooms") or []), ("Certificates", p.get("certificates") or [])):
            if not found:
                continue
            self.follow(part)
            for one in found:
                if part == "Rooms":
                    hands.text("name", one.get("name"))
                    hands.pick("use", one["use"])
                    hands.text("area", one.get("area_m2"))
                else:
                    hands.pick("kind", one["kind"])
                    hands.day("issued", one.get("issued"))
                    hands.day("expires", one.get("expires"))
                    hands.pick("open_danger_codes", asked(one.get("open_danger_codes")))
                self.press("Add")
            self.follow("No more to add")

    def couples(self) -> None:
        """Those who were entered before the person they are a couple with, or before their mother."""
        entered: list[str] = []
        for m in self.household["members"]:
            entered.append(m["key"])
            if any(m.get(tie) and m[tie] not in entered for tie in ("couple_with", "mother")):
                self.follow(f"Change {m['name']}")
                self.tie(m, "couple_with")
                self.tie(m, "mother")
                self.press("Save")

    def about_the_household(self) -> None:
        household, hands = self.household, self.hands
        self.follow("Change why they left")
        if household.get("left_because") is not None:
            hands.pick("left_asked", "yes")
            hands.tick("left_because", household["left_because"])
        hands.text("left_note", household.get("left_note"))
        if household.get("agencies") is not None:
            hands.pick("agencies_asked", "yes")
            hands.tick("agencies", household["agencies"])
        for name in ("orders", "separated_parents", "domestic_abuse", "earlier_child_removed"):
            hands.pick(name, asked(household.get(name)))
        self.press("Save")

    def history(self) -> None:
        """Health contacts, questions put, events, money, nights in bed and breakfast."""
        household, hands = self.household, self.hands
        if household.get("contacts") is not None:
            self.follow("Change health contacts")
            for contact in household["contacts"]:
                self.contact(contact)
                self.press("Add")
            if not household["contacts"]:
                self.press("none to list")
            self.follow("Back")
        if household.get("enquiries"):
            self.follow("Change questions put to agencies")
            for enquiry in household["enquiries"]:
                self.enquiry(enquiry)
                self.press("Add")
            self.follow("Back")
        if household.get("events"):
            self.follow("Change events")
            for event in household["events"]:
                hands.select("kind", event["kind"])
                hands.day("on", event["on"])
                if event.get("who"):
                    hands.select("who", hands.value_called("who", self.names[event["who"]]))
                hands.text("what", event.get("what"))
                hands.pick("grade", event.get("grade"))
                self.press("Add")
            self.follow("Back")
        if household.get("budget"):
            self.follow("Change a week’s money")
            for name, pence in household["budget"].items():
                hands.text(name, pounds(pence))
            self.press("Save")
        if household.get("bed_and_breakfast") is not None:
            self.follow("Change nights already in bed and breakfast")
            for spell in household["bed_and_breakfast"]:
                hands.day("first", spell["first"])
                hands.day("last", spell["last"])
                self.press("Add")
            if not household["bed_and_breakfast"]:
                self.press("Asked: no night in bed and breakfast")
            self.follow("Back")

    def contact(self, contact: Tree) -> None:
        hands = self.hands
        hands.pick("child", hands.value_called("child", self.names[contact["child"]]))
        for name in ("what", "need"):
            hands.text(name, contact.get(name))
        hands.day("on", contact.get("on"))
        hands.pick("outcome", contact.get("outcome"))
        hands.pick("critical", asked(contact.get("critical")))
        hands.text("reason", contact.get("reason"))
        for name in ("reason_grade", "cause", "cause_grade"):
            hands.pick(name, contact.get(name))

    def enquiry(self, enquiry: Tree) -> None:
        hands = self.hands
        hands.select("agency", enquiry["agency"])
        for name in ("question", "ground"):
            hands.text(name, enquiry.get(name))
        for name in ("asked", "due"):
            hands.day(name, enquiry.get(name))
        hands.pick("answered", enquiry.get("answered"))
        hands.day("answered_on", enquiry.get("answered_on"))
        hands.text("reply", enquiry.get("reply"))

    def addresses(self) -> None:
        hands = self.hands
        for a in self.household.get("addresses", []):
            self.follow("Add an address")
            hands.pick("kind", a["kind"])
            hands.text("address", a["address"])
            hands.text("postcode", a.get("postcode"))
            hands.day("moved_in", a.get("moved_in"))
            hands.day("moved_out", a.get("moved_out"))
            hands.pick("placed_by_council", asked(a.get("placed_by_council")))
            self.press("Save")

    def services(self) -> None:
        hands = self.hands
        for s in self.household.get("services", []):
            self.follow("Add a service")
            if hands.page.locator('select[name="kind"]').count():
                hands.select("kind", s["kind"])
            else:
                hands.pick("kind", s["kind"])
            hands.text("name", s["name"])
            hands.text("postcode", s.get("postcode"))
            for key in s.get("used_by", []):
                self.keys[key] = hands.value_called("used_by", self.names[key])
            hands.tick("used_by", [self.keys[key] for key in s.get("used_by", [])])
            if s.get("open_days") is not None:
                hands.pick("open_known", "yes")
                hands.tick("open_days", s["open_days"])
            self.press("Save")

    def lead_professional(self) -> None:
        told = self.household.get("lead_professional")
        if told:
            self.follow("Change lead professional")
            for name in ("name", "role", "agency", "email"):
                self.hands.text(name, told.get(name))
            self.hands.day("accepted", told.get("accepted"))
            self.press("Save")

    # ---- one question a page

    def answers(self) -> None:
        """The known answers as the list offers them; the next page is answered where it asks something known, else left for the list."""
        left: dict[tuple[str, str], list[Tree]] = {}
        for a in self.to_answer:
            left.setdefault((a["criterion"], {**self.names, **WHOLE}[a["subject"]]), []).append(a)
        page = self.hands.page
        while left:
            here = PAGE_OF_A_QUESTION.search(page.url)
            if here:
                name = self.whom()
                known = left.get((here[1], name))
                if not known:
                    self.follow("All questions")
                    continue
                self.answer(known.pop(0))
                if not known:
                    del left[here[1], name]
                self.press("Save and go on")
                continue
            for one in page.locator(".govuk-task-list__link").all():
                asks = PAGE_OF_A_QUESTION.search(one.get_attribute("href") or "")
                if asks and (asks[1], (one.text_content() or "").strip().rsplit(": ", 1)[1]) in left:
                    self.hands.press(self.shown(one))
                    break
            else:
                self.nobody_is_asked([one for many in left.values() for one in many])
                return

    def whom(self) -> str:
        """Whom the question of this page is about."""
        return self.hands.page.locator(".govuk-caption-l").inner_text().split(", about ", 1)[1]

    def shown(self, link: Locator) -> Locator:
        """The link, where it can be seen."""
        return link

    def nobody_is_asked(self, answers: list[Tree]) -> None:
        """The list offers no question for these answers, with every other one given."""
        raise LookupError(f"{self.hands.page.url}: nobody is asked {answers}")

    def value(self, name: str, count: str, value: object) -> None:
        """What was answered, in whatever boxes the question has; ``count`` is what stands before the name of a number."""
        hands = self.hands
        if isinstance(value, dict):
            for one, number in value.items():
                hands.text(count + one, number)
        elif isinstance(value, list):
            hands.tick(name, value)
        elif isinstance(value, int):
            hands.text(name, value)
        elif hands.page.locator(f'[name="{name}-day"]').count():
            hands.day(name, str(value))
        else:
            hands.pick(name, str(value))

    def answer(self, a: Tree) -> None:
        hands = self.hands
        self.value("value", "count_", a["value"])
        hands.pick("grade", a["grade"])
        for name in ("name", "role", "agency"):
            hands.text(f"source_{name}", a["source"].get(name))
        hands.day("on", a.get("on"))
        for name in ("note", "why", "so_what"):
            hands.text(name, a.get(name))

    # ---- to the lead, and theirs

    def submit(self) -> str:
        page = self.hands.page
        if PAGE_OF_A_QUESTION.search(page.url):
            self.follow("All questions")
        self.hands.press(self.hands.page.locator('main a[href$="/submit"]'))
        outcome = self.outcome()
        for area in page.locator('textarea[name^="reason_"]').all():
            label = page.locator(f'label[for="{area.get_attribute("id")}"]').inner_text()
            child = next(name for name in self.names.values() if name in label)
            self.hands.text(area.get_attribute("name") or "", reason_for(child))
        if self.tree.get("impression_relied_on"):
            self.hands.tick("impression", ["yes"])
        self.press("Submit for review")
        return outcome

    def decide(self) -> None:
        self.hands = self.lead()
        self.to_the_review(self.hands)
        self.hands.pick("verdict", "approve")
        self.hands.text("note", NOTE_OF_THE_LEAD)
        self.press(self.sign)

    def to_the_review(self, lead: Hands) -> None:
        self.follow(self.number)
        self.press("Review")

    def outcome(self) -> str:
        return self.hands.page.locator(
            ".cbc-outcome .govuk-heading-l, .cbc-outcome .govuk-heading-m"
        ).first.inner_text()
