"""The typist of this tree's own pages: the first screen, the sheet of each conversation, and the short forms for the rest."""

from __future__ import annotations

import re
from typing import Any, ClassVar, NamedTuple
from urllib.parse import urlsplit

from officer_hands import Hands
from officer_typist import Tree
from officer_typist_5a7cdc1 import PAGE_OF_A_QUESTION, WHOLE, TypistOf5a7cdc1
from playwright.sync_api import Locator

from app.checklists import read_folder

# What the page of a question no longer offers, because it did not say which substance: what an officer ticks now.
_TICKED_NOW = {("SM01", "past"): ["opioids_past"], ("SM01", "now"): ["opioids_now"]}
# Who somebody is to the children, as the first screen calls it, where the scenario does not use the same word.
_TIES = {"daughter": "child", "son": "child"}


# What the links to the short forms are called on the result, where the baseline's are called otherwise.
_CALLED = {
    "Rooms": "Add Its rooms",
    "Certificates": "Add Its certificates",
    "Change health contacts": "Add Health contacts",
    "Change events": "Add Events",
    "Change nights already in bed and breakfast": "Add Nights in bed and breakfast",
}


class Speaker(NamedTuple):
    """Whose sheet an answer belongs on: the agency's code, the grades that sheet can give, and what the list calls them.

    Of the family the sheet is that of whoever speaks, found by their name.
    """

    code: str
    grades: tuple[str, ...]
    called: str = ""


_E3 = ("E3", "E2", "E1")
# By the agency its source is of, in the words of the scenario. Whom the council's list calls otherwise is written in “Role and firm”.
_SPEAKERS = {
    "household": Speaker("", ("E1", "E1s"), "household"),
    "council": Speaker("officer", ("E2", "E1"), "council"),
    "police": Speaker("police", _E3, "police"),
    "children's social care": Speaker("social_care", _E3, "children's social care"),
    "NHS community trust": Speaker("health_visiting", _E3),
    "drug and alcohol service": Speaker("drug_service", _E3, "drug and alcohol service"),
    "Invented Surgery": Speaker("gp", _E3),
    "council ASB team": Speaker("asb_team", _E3, "council ASB team"),
    "environmental health": Speaker("environmental_health", _E3, "environmental health"),
    "Rowe Lettings": Speaker("provider", ("E2", "E1")),
    "Invented Primary School": Speaker("school", _E3),
    "Invented Secondary School": Speaker("school", _E3),
    "domestic abuse service": Speaker("domestic_abuse_service", _E3),
}


class TypistOfOurs(TypistOf5a7cdc1):
    """Where the pages are still those of the baseline it plays them as the baseline's typist does; where they are others, its own way."""

    ticked_now = _TICKED_NOW
    counts_now: ClassVar[dict[tuple[str, str], str]] = {
        ("CS12", "shared"): "E2"
    }  # a provider's own word counts as no more; a worry counts however it is known
    in_place = False  # are they in the short forms of the page before them?
    sign = "Sign as"
    signs_in = "Sign in and open a case"

    # ---- the first screen: from the sign-in to the result in one page

    def first_screen(self) -> None:
        lines = {m["key"]: f"p{at}" for at, m in enumerate(self.household["members"], 1)}
        for m in self.household["members"]:
            self.line(lines[m["key"]], m)
        self.hands.tick("left_because", self.household.get("left_because") or [])
        self.hands.text("left_note", self.household.get("left_note"))
        self.place()
        self.signs(lines)
        self.involved(lines)
        self.press("Save and see the result")

    def line(self, at: str, m: Tree) -> None:
        hands, called = self.hands, m.get("relationship", "")
        if not hands.page.locator(f'[name="{at}.name"]').count():
            hands.press_here(self.button("Add another person"))
        hands.text(f"{at}.name", m["name"])
        hands.day_in_a_line(f"{at}.born", m.get("born") or m.get("due"))
        hands.select(f"{at}.tie", "unborn" if m["kind"] == "unborn" else _TIES.get(called, called))

    def place(self) -> None:
        p, hands = self.tree["placement"], self.hands
        hands.text("address", f"{p['address']}, {p['postcode']}")
        hands.select("kind", p["kind"])
        hands.text("floor", p.get("floor"))
        if p.get("shares") is not None:
            hands.tick("shares", p["shares"] or ["nothing"])
        hands.pick("urgency", "tonight")  # the first night of both is today; left empty, “From” means that
        hands.text("nights", p.get("nights"))

    def signs(self, lines: dict[str, str]) -> None:
        """Alcohol or drugs: of whom there is a sign. What exactly they say of it is written down when they are talked with."""
        signs = [m["key"] for m in self.household["members"] if m.get("substance_sign")]
        if signs:
            self.hands.pick("substances.said", "yes")
            self.about("substances", signs, lines)
            self.hands.select("substances.who", lines[signs[0]])

    def involved(self, lines: dict[str, str]) -> None:
        """Prison or probation: an answer of the family that the first screen writes down itself is not typed again."""
        for a in [a for a in self.to_answer if a["criterion"] == "SM14" and a["source"].get("agency") == "household"]:
            said = {"involved": "yes", "no_involvement": "no"}[str(a["value"])]
            speaker = next(key for key, name in self.names.items() if name == a["source"]["name"])
            self.hands.pick("justice.said", said)
            if said == "yes":
                self.about("justice", [a["subject"]], lines)
            self.hands.select("justice.who", lines[speaker])
            self.hands.text("justice.words", a.get("note"))
            self.to_answer.remove(a)

    def about(self, topic: str, keys: list[str], lines: dict[str, str]) -> None:
        if sum(m["kind"] == "adult" for m in self.household["members"]) > 1:
            self.hands.tick(f"{topic}.about", [lines[key] for key in keys])

    # ---- everything else: the short forms, then the conversations, then the pages of single questions

    def conversation(self) -> None:
        page = self.hands.page
        self.number = page.locator(".govuk-back-link").inner_text().removeprefix("Case ")
        self.in_place = True
        self.hands.press_here(page.locator('main a[data-in-place][href$="/placement"]'))
        self.placement(self.tree["placement"])
        self.press("Save")
        self.hands.open(page.locator("summary", has_text="The family and the place"))
        self.parts_of_the_unit(self.tree["placement"])
        for m in self.household["members"]:
            self.follow(f"Change {m['name']}")
            self.member(m)
            self.press("Save")
        self.about_the_household()
        enquiries = self.household.pop("enquiries", None)
        self.history()
        self.addresses()
        self.services()
        self.lead_professional()
        self.in_place = False
        self.enquiries = list(enquiries or [])
        self.sheets()
        self.answers()
        if enquiries is not None:
            self.the_other_questions(enquiries)

    def press(self, words: str) -> None:
        """A short form is saved where it stands."""
        if self.in_place:
            self.hands.press_here(self.hands.page.locator(".cbc-in-place").get_by_role("button", name=words))
        else:
            super().press(words)

    def follow(self, words: str) -> None:
        """A short form opens where its link stands, and is closed there."""
        if not self.in_place:
            super().follow(words)
        elif words == "Back":
            self.press("Close")
        else:
            self.hands.press_here(self.link(_CALLED.get(words, words)))

    def contact(self, contact: Tree) -> None:
        """What the system did is closed until it is asked."""
        if contact.get("cause"):
            self.hands.open(self.hands.page.locator("summary", has_text="Did the system cause it"))
        super().contact(contact)

    def the_other_questions(self, enquiries: list[Tree]) -> None:
        """Questions put to agencies of which no sheet says that they were answered in full."""
        self.household["enquiries"] = enquiries
        if self.enquiries:
            self.in_place = True
            self.hands.press_here(self.opened(self.link("Add Questions put to agencies")))
            for one in self.enquiries:
                self.enquiry(one)
                self.press("Add")
            self.press("Close")
            self.in_place = False

    def enquiry(self, enquiry: Tree) -> None:
        """The question of the council’s list is ticked and not typed again."""
        listed = read_folder().agencies[enquiry["agency"]]
        if (enquiry.get("question"), enquiry.get("ground")) == (listed.question, listed.ground):
            self.hands.tick("listed", ["listed"])
            enquiry = {name: value for name, value in enquiry.items() if name not in ("question", "ground")}
        super().enquiry(enquiry)

    def goes_to(self, link: Locator) -> None:
        """To a sheet or a question, which opens where its link stands or is a page of its own."""
        self.in_place = link.first.get_attribute("data-in-place") is not None
        (self.hands.press_here if self.in_place else self.hands.press)(link)

    def where(self) -> str:
        """The path of what is before them: of what is open in its place, else of the page."""
        open_here = self.hands.page.locator(".cbc-in-place")
        of = open_here.get_attribute("data-of") if open_here.count() else None
        return of or urlsplit(self.hands.page.url).path

    def answers(self) -> None:
        """One question after the other: from the result, where it stands under whom it is asked of; what stands nowhere there, from the list."""
        while self.to_answer:
            here = PAGE_OF_A_QUESTION.search(self.where())
            if here:
                name = self.whom()
                known = [
                    a
                    for a in self.to_answer
                    if (a["criterion"], {**self.names, **WHOLE}[a["subject"]]) == (here[1], name)
                ]
                if known:
                    self.answer(known[0])
                    self.to_answer.remove(known[0])
                    self.press("Save and go on")
                    continue
                self.follow("See the result")
            self.in_place = False
            link = self.to_question()
            if link is None:
                self.follow("All questions")
                super().answers()
                self.follow("See the result")
                return
            self.goes_to(link)
        if not self.where().endswith("/result"):
            self.follow("See the result")
        self.in_place = False

    def to_question(self) -> Locator | None:
        """The first question on the result that is still to be answered, opening what is closed round it."""
        for a in self.to_answer:
            key = self.keys.get(a["subject"], a["subject"])
            link = self.hands.page.locator(f'main a[href$="/questions/{a["criterion"]}/{key}"]')
            if link.count():
                return self.opened(link)
        return None

    def whom(self) -> str:
        return self.hands.page.locator(".govuk-caption-l").inner_text().removeprefix("About ")

    def shown(self, link: Locator) -> Locator:
        return self.opened(link)

    def opened(self, link: Locator) -> Locator:
        shown = [one for one in link.all() if one.is_visible()]
        while not shown:
            self.hands.open(link.first.locator("xpath=ancestor::details[not(@open)]").first.locator("> summary"))
            shown = [one for one in link.all() if one.is_visible()]
        return shown[0]

    def sheets(self) -> None:
        """What one person said on one day, in one go; what their sheet cannot hold is left for the pages of the questions."""
        found: dict[tuple[str, str, str, str], list[Tree]] = {}
        for a in self.to_answer:
            speaker = _SPEAKERS[a["source"]["agency"]]
            kind = "paper" if a["grade"] == "E4" and speaker.code else "alone" if a["grade"] == "E1s" else ""
            if a["grade"] in speaker.grades or kind:
                found.setdefault((a["source"]["agency"], a["source"]["name"], a["on"], kind), []).append(a)
        left = list(found.items())
        while left:
            (agency, name, _, kind), said = left.pop(0)
            speaker = _SPEAKERS[agency]
            link = self.to_sheet(speaker.code, name, kind)
            if link is None:
                continue
            self.goes_to(link)
            self.sheet(said, speaker, kind == "paper")
            while then := self.goes_on(left):
                (agency, _, _, kind), said = left.pop(left.index(then))
                self.hands.select("then", _SPEAKERS[agency].code)
                self.press("Save, and go on")
                self.sheet(said, _SPEAKERS[agency])
            self.press("Save, and see the result")
            self.in_place = False

    def goes_on(self, left: list[tuple[tuple[str, str, str, str], list[Tree]]]) -> Any:
        """The first conversation still to be had that this sheet leads to without the result between them."""
        offered = self.hands.page.locator("select[name=then] option").evaluate_all("all => all.map(e => e.value)")
        return next((one for one in left if not one[0][3] and _SPEAKERS[one[0][0]].code in offered), None)

    def to_sheet(self, code: str, name: str, kind: str = "") -> Locator | None:
        """The way from the result to the sheet, opening what is closed; None where there is none."""
        link = self.hands.page.locator(f'main a[href$="/sheets/{code}{f"?{kind}=1" if kind else ""}"]')
        if not code:
            link = self.hands.page.locator(
                'main .cbc-calls a[href*="/sheets/"], main details a[href*="/sheets/"]'
            ).filter(has_text=f"{name} alone" if kind else name)
        return self.opened(link) if link.count() else None

    def sheet(self, said: list[Tree], speaker: Speaker, paper: bool = False) -> None:
        """One sheet, filled from its head to its end."""
        hands, source = self.hands, said[0]["source"]
        role = source.get("role", "")
        if not speaker.called and source["agency"]:
            role = f"{role}, {source['agency']}"
        hands.text("person", source["name"])
        hands.text("role", role)
        hands.day("on", said[0]["on"])
        if (
            speaker.code
        ):  # of the family what is not about where a survivor is safe counts as the household’s word anyway
            hands.select("grade", said[0]["grade"])
        there = self.rows()
        added = dict.fromkeys(a["criterion"] for a in said if (a["criterion"], a["subject"]) not in there)
        for criterion in added:
            if hands.page.locator(f'select[name="more"] option[value="{criterion}"]').count():
                hands.select("more", criterion)
                hands.press_here(self.button("Add it"))
        there = self.rows()
        order = list(there)
        known = [a for a in said if (a["criterion"], a["subject"]) in there]
        for a in sorted(known, key=lambda a: order.index((a["criterion"], a["subject"]))):
            self.said(there[a["criterion"], a["subject"]], a)
            self.to_answer.remove(a)
            a["source"] = {"name": source["name"], "role": role}  # the sheet knows who speaks
            if paper or speaker.code not in ("", "officer", "provider"):
                a["source"]["code"] = speaker.code
        if not paper and self.is_all(speaker.code, said[0]["on"]):
            hands.pick("came", "answered")

    def is_all(self, code: str, on: str) -> bool:
        """Does the scenario say that this agency answered in full, and the page that nothing is left? Else how it ended is left open."""
        nothing_left = self.hands.page.locator("[data-gaps]").inner_text().startswith("0 of")
        for one in self.enquiries:
            if (
                nothing_left
                and (one["agency"], one["asked"], one["answered"]) == (code, on, "full")
                and not one.get("reply")
            ):
                self.enquiries.remove(one)
                return True
        return False

    def rows(self) -> dict[tuple[str, str], str]:
        """The rows of the sheet, by what is asked and of whom, with the name of their boxes."""
        told: list[tuple[str, str]] = self.hands.page.locator(".cbc-ans").evaluate_all(
            "all => all.map(e => [e.dataset.row, (e.querySelector('legend, label') || e).textContent.trim()])"
        )
        keys = {name: key for key, name in self.names.items()}
        found = {}
        for row, words in told:
            criterion, subject = row.split("-", 1)
            about = next((key for name, key in keys.items() if words.startswith(name)), subject)
            found[criterion, about] = row
        self.keys |= {about: row.split("-", 1)[1] for (_, about), row in found.items()}
        return found

    def said(self, row: str, a: Tree) -> None:
        """One answer: chosen, and where something was said about it, with its words."""
        hands = self.hands
        box = hands.page.locator(f'.cbc-ans[data-row="{row}"]')
        closed = box.locator("xpath=ancestor::details[not(@open)]")
        if closed.count():
            hands.open(closed.locator("> summary"))
        self.value(row, f"{row}.", a["value"])
        if not any(a.get(word) for word in ("note", "why", "so_what")):
            return
        if not box.locator(f'[name="{row}.note"]').is_visible():
            hands.open(box.locator("[data-words]"))
        for word in ("note", "why", "so_what"):
            hands.text(f"{row}.{word}", a.get(word))

    def nobody_is_asked(self, answers: list[Tree]) -> None:
        """The checklist of today does not ask what does not apply to this household: it is left out, and told beside the figures."""
        self.not_asked = answers
        self.tree["answers"] = [a for a in self.tree["answers"] if a not in answers]

    # ---- to the lead

    def to_the_review(self, lead: Hands) -> None:
        lead.press(lead.page.locator("a", has_text=re.compile("Read and decide")))
