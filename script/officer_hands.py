"""What somebody's hands and eyes do at a browser, counted: no step of a play can be taken past it.

The keystroke-level model of Card, Moran and Newell ("The keystroke-level model for user performance time with interactive systems",
Communications of the ACM 23(7), 1980; and The Psychology of Human-Computer Interaction, 1983, chapter 8), for everybody and every
version alike:

- K 0.28 s a key or mouse button (the average typist; a shift held down is a key of its own), P 1.1 s a pointing, H 0.4 s a hand's
  move between keyboard and mouse, M 1.35 s of thinking before an act. What the machine takes is not counted, nor is scrolling.
- Where M stands, by one rule, their rule 0 with its deletions 1 to 4: one M before each unit that is decided at once, however many
  keys it takes. A unit is a field filled (a whole date, one of a group of radios), a box ticked, a button or a link.
- How a control is reached, by one rule, their expert's: by the method that takes less time from where hand and focus are, Tab after
  Tab (past the skip link where that is shorter) and arrow keys, or the mouse. A tie goes to the keyboard. Enter in a field sends its
  form where the button wanted is the one it would press. Each Tab is really pressed and the focus looked at, so that the count is
  what the page asks for.
- Reading: 240 words a minute, every word that can be seen outside closed sections, and what stands in its fields when it comes, once
  a page: what an address has shown already is not read again when it comes back, what is new on it is.

What already stands in a field as it should costs nothing but the reading. A text that is typed for the first time in a play is
dictated by it (a name, a date, an address, what somebody said): no form can spare its characters. Typed again, it could have been spared.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page

K, P, H, M = 0.28, 1.1, 0.4, 1.35
WORDS_A_MINUTE = 240
SHIFTED = set('!"£$%^&*()_+{}:@~<>?|¬“”')  # on a British keyboard; a curly quote is typed as a straight one

# The texts that can be seen, each with how often; with what stands in the fields where told to look at them too.
_SEEN = """(fields) => {
  const found = {}, add = text => { if (text) found[text] = (found[text] || 0) + 1 };
  const clipped = e => { for (; e && e !== document.body; e = e.parentElement)
    if (e.offsetWidth <= 1 && e.offsetHeight <= 1 && getComputedStyle(e).overflowX === 'hidden') return true; return false };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const text = walker.currentNode.data.trim().replace(/\\s+/g, ' '), holder = walker.currentNode.parentElement;
    if (!text || holder.closest('script, style, noscript, template, option, textarea, .govuk-skip-link')) continue;
    if (holder.checkVisibility({visibilityProperty: true, opacityProperty: true}) && !clipped(holder)) add(text);
  }
  if (fields) for (const e of document.querySelectorAll('input, textarea, select')) {
    if (!e.checkVisibility({visibilityProperty: true}) || ['hidden', 'radio', 'checkbox', 'submit', 'button'].includes(e.type)) continue;
    add((e.tagName === 'SELECT' ? (e.selectedOptions[0] || {}).text || '' : e.value).trim());
  }
  return found;
}"""

# How many Tabs lead from the focus to a control; how many when the skip link is taken first; the keys that then choose a radio.
_WAYS = """(target) => {
  const can = e => e.tabIndex >= 0 && !e.disabled && e.checkVisibility({visibilityProperty: true});
  const group = e => [...(e.form || document).querySelectorAll('input[type=radio]')].filter(o => o.name === e.name && !o.disabled);
  const stop = e => e.type === 'radio' && e.name ? group(e).find(o => o.checked) || group(e)[0] : e;
  const stops = [...document.querySelectorAll('a[href], button, input, select, textarea, summary, [tabindex]')]
    .filter(e => e.type !== 'hidden' && can(e) && stop(e) === e);
  const goal = stop(target), goes = stops.indexOf(goal), from = document.activeElement, nowhere = !from || from === document.body;
  const after = (e, at) => stops.filter((s, i) => i <= goes && e.compareDocumentPosition(s) & Node.DOCUMENT_POSITION_FOLLOWING).length;
  let tabs = null, skipped = null;
  if (goal === from) tabs = 0;
  else if (goes >= 0 && nowhere) tabs = goes + 1;
  else if (goes >= 0 && from.compareDocumentPosition(goal) & Node.DOCUMENT_POSITION_FOLLOWING) tabs = after(from);
  const main = document.querySelector('main');
  if (nowhere && goes >= 0 && main && main.contains(goal) && stops[0].matches('.govuk-skip-link')) skipped = after(main);
  let down = 0, up = 0;
  if (target.type === 'radio') {
    const all = group(target), at = all.indexOf(goal), to = all.indexOf(target);
    down = (to - at + all.length) % all.length; up = (at - to + all.length) % all.length;
  }
  return {tabs, skipped, down, up};
}"""
_IS_THERE = """(target) => { const e = document.activeElement;
  return e === target || (target.type === 'radio' && e.type === 'radio' && e.name === target.name) }"""
_ENTER_SENDS = """(target) => { const e = document.activeElement;
  if (!e || e.tagName !== 'INPUT' || !e.form) return false;
  const first = [...e.form.elements].find(o => o.type === 'submit');
  return first === target || (!!first && first.form === target.form && first.tabIndex < 0 && !first.name && !target.name) }"""


@dataclass
class Count:
    """What was done so far, and what it takes by the model."""

    pages: int = 0
    fields: int = 0
    clicks: int = 0
    keystrokes: int = 0
    pointings: int = 0
    hand_moves: int = 0
    thoughts: int = 0
    words: int = 0
    dictated: int = 0  # of the keystrokes: those of texts typed for the first time

    def seconds(self) -> float:
        acts = K * (self.keystrokes + self.clicks) + P * self.pointings + H * self.hand_moves + M * self.thoughts
        return acts + self.words * 60 / WORDS_A_MINUTE

    def less(self, before: Count) -> Count:
        """What was done since then."""
        return Count(*(getattr(self, f.name) - getattr(before, f.name) for f in fields(self)))

    def spare(self) -> float:
        """The same without what no form can spare."""
        return self.seconds() - K * self.dictated


def keys_of(text: str) -> int:
    """How many keys a text takes, a shift counted with each character that needs one."""
    return sum(2 if c.isupper() or c in SHIFTED else 1 for c in text)


def words_in(text: str) -> int:
    return len(re.findall(r"[^\W_](?:[\w’'.,@/:-]*\w)?", text))


@dataclass
class Hands:
    """Somebody at a page. ``typed`` and ``count`` may be shared by those who play one case one after another."""

    page: Page
    count: Count = field(default_factory=Count)
    typed: set[str] = field(default_factory=set)
    on_mouse: bool = False
    read: dict[str, Counter[str]] = field(default_factory=dict)
    kept: list[tuple[str, Count]] = field(default_factory=list)  # of each page, what was done on it
    before: Count = field(default_factory=Count)

    def begin(self, address: str) -> None:
        """The page they have before them when the play begins."""
        self.before = replace(self.count)
        self.page.on("domcontentloaded", lambda _: self._came())
        self.page.goto(address)
        self._look(fields=True)

    def turned(self, left: str) -> None:
        """Keep what was done on the page that is left, from its coming to the coming of the next."""
        path = urlsplit(left).path
        named = re.sub(r"/[0-9a-f]{32}|(?<=/questions)/.*|(?<=/history/[a-z]{8})/.*", "", path)
        self.kept.append((named, self.count.less(self.before)))
        self.before = replace(self.count)

    # ---- what is seen

    def _came(self) -> None:
        self.count.pages += 1

    def _look(self, fields: bool = False) -> None:
        """Read what can be seen and was not read at this address before."""
        seen: Counter[str] = Counter(self.page.evaluate(_SEEN, fields))
        known = self.read.setdefault(urlsplit(self.page.url).path, Counter())
        self.count.words += sum(words_in(text) * times for text, times in (seen - known).items())
        known |= seen

    def value_called(self, name: str, words: str) -> str:
        """The value of that box, radio or option of a field which is called so."""
        for one in self.page.locator(f'input[name="{name}"]').all():
            if self.page.locator(f'label[for="{one.get_attribute("id")}"]').inner_text().strip() == words:
                return one.get_attribute("value") or ""
        for one in self.page.locator(f'select[name="{name}"] option').all():
            if (one.text_content() or "").strip() == words:
                return one.get_attribute("value") or ""
        raise LookupError(f"{self.page.url}: nothing in “{name}” is called “{words}”")

    # ---- what is done

    def text(self, name: str, words: object) -> None:
        """Fill a field of text; what is not known is left alone."""
        if words not in (None, ""):
            self._fill(self._one(f'[name="{name}"]'), str(words))

    def day(self, name: str, iso: str | None) -> None:
        """Fill the three boxes of a date: one field, one thought."""
        if not iso:
            return
        year, month, number = (str(int(part)) for part in iso.split("-"))
        boxes = [self._one(f'[name="{name}-{part}"]') for part in ("day", "month", "year")]
        written = (number, month, year)
        if tuple(box.input_value() for box in boxes) == written:
            return
        self._decided()
        for box, part in zip(boxes, written, strict=True):
            self._write(box, part)
        self._dictated(iso, "".join(written))

    def day_in_a_line(self, name: str, iso: str | None) -> None:
        """Fill the one box of a date that is typed as it is said; the spaces in it could have been spared."""
        if iso:
            year, month, number = (str(int(part)) for part in iso.split("-"))
            self._decided()
            self._write(self._one(f'[name="{name}"]'), f"{number} {month} {year}")
            self._dictated(iso, number + month + year)

    def pick(self, name: str, value: str | None) -> None:
        """Choose one of a group of radios."""
        if value is None:
            return
        target = self._one(f'[name="{name}"][value="{value}"]')
        if not target.is_checked():
            self._decided()
            self._act(target, choose=True)

    def tick(self, name: str, values: Sequence[str]) -> None:
        """Tick boxes of one group: one field, a thought a box."""
        boxes = [self._one(f'[name="{name}"][value="{value}"]') for value in values]
        wanted = [box for box in boxes if not box.is_checked()]
        self.count.fields += bool(wanted)
        for box in wanted:
            self.count.thoughts += 1
            self._act(box, "Space")

    def select(self, name: str, value: str | None) -> None:
        """Choose from a list that opens: by arrow keys or the first letters, or by pointing twice."""
        if value is None:
            return
        target = self._one(f'select[name="{name}"]')
        if target.input_value() == value:
            return
        self._decided()
        offered: list[tuple[str, str]] = target.evaluate(
            "e => [...e.options].map(o => [o.value, o.text.trim().toLowerCase()])"
        )
        values, called = [one[0] for one in offered], [one[1] for one in offered]
        at, now = values.index(value), values.index(target.input_value())
        letters = next(
            (n for n in range(1, len(called[at])) if not any(o.startswith(called[at][:n]) for o in called[:at])), 99
        )
        if not self._act(target, *[""] * min(abs(at - now), letters), pointed_twice=True):
            target.focus()
        target.select_option(value)

    def open(self, target: Locator) -> None:
        """Open a closed section, and read it."""
        self.count.thoughts += 1
        self._act(target, "Enter")
        self._look(fields=True)

    def press(self, target: Locator) -> None:
        """Press a button or follow a link that leads to a page, and read what comes."""
        target = target.first
        self._look()
        self.count.thoughts += 1
        left = self.page.url
        with self.page.expect_event("load"):  # a new document, not the skip link
            if target.evaluate(_ENTER_SENDS):
                self._to_keyboard()
                self._keys("Enter")
            else:
                self._act(target, "Enter")
        self.turned(left)
        self._look(fields=True)
        if self.page.locator(".govuk-error-summary").count():
            raise RuntimeError(f"{self.page.url}: {self.page.locator('.govuk-error-summary').inner_text()}")

    def press_here(self, target: Locator) -> None:
        """Press what is answered on the same page, and read what is new on it."""
        target = target.first
        self._look()
        self.count.thoughts += 1
        if target.evaluate(_ENTER_SENDS):
            self._to_keyboard()
            self._keys("Enter")
        else:
            self._act(target, "Enter")
        self.page.wait_for_selector("main:not([aria-busy])")
        self._look(fields=True)
        if self.page.locator(".govuk-error-summary, .cbc-not-saved").count():
            raise RuntimeError(f"{self.page.url}: {self.page.locator('.cbc-in-place').inner_text()}")

    # ---- of what it is made

    def _one(self, selector: str) -> Locator:
        found = self.page.locator(selector)
        if found.count() != 1:
            raise LookupError(f"{self.page.url}: {found.count()} of {selector}")
        return found

    def _decided(self) -> None:
        self.count.fields += 1
        self.count.thoughts += 1

    def _fill(self, target: Locator, words: str) -> None:
        if target.input_value() == words:
            return
        self._decided()
        self._write(target, words)
        self._dictated(words, words)

    def _dictated(self, what: str, typed: str) -> None:
        if what not in self.typed:
            self.typed.add(what)
            self.count.dictated += keys_of(typed)

    def _write(self, target: Locator, words: str) -> None:
        before = target.input_value()
        by_keyboard = self._act(target, types=True)
        if before and (not by_keyboard or target.evaluate("e => e.tagName") == "TEXTAREA"):
            self._keys("Control+a")
            self.count.keystrokes += 1  # two keys at once
        self._to_keyboard()
        self.page.keyboard.type(words)
        self.count.keystrokes += keys_of(words)

    def _keys(self, *names: str) -> None:
        for name in names:
            self.count.keystrokes += 1
            if name:
                self.page.keyboard.press(name)

    def _to_keyboard(self) -> None:
        self.count.hand_moves += self.on_mouse
        self.on_mouse = False

    def _act(
        self, target: Locator, *keys: str, choose: bool = False, types: bool = False, pointed_twice: bool = False
    ) -> bool:
        """Reach a control by the quicker way and work it; says whether that was the keyboard.

        Args:
            keys: what works it from the keyboard once it has the focus.
            choose: it is one of a group of radios, worked by arrow keys.
            types: typing follows, so that a hand on the mouse must come back.
            pointed_twice: the mouse points and clicks a second time, into what opened.
        """
        ways = target.evaluate(_WAYS)
        if choose:
            down, up = ways["down"], ways["up"]
            keys = ("Space",) if not down else ("ArrowDown",) * down if down <= up else ("ArrowUp",) * up
        tabs: list[str] | None = None if ways["tabs"] is None else ["Tab"] * ways["tabs"]
        if ways["skipped"] is not None and (tabs is None or ways["skipped"] + 2 < len(tabs)):
            tabs = ["Tab", "Enter", *["Tab"] * ways["skipped"]]
        times = 2 if pointed_twice else 1
        by_mouse = (not self.on_mouse) * H + times * (P + K) + types * H
        if tabs is not None and (len(tabs) + len(keys)) * K + self.on_mouse * H <= by_mouse:
            self._to_keyboard()
            self._keys(*tabs)
            if not target.evaluate(_IS_THERE):
                raise RuntimeError(f"{self.page.url}: {len(tabs)} Tabs do not lead to {target}")
            self._keys(*keys)
            return True
        self.count.hand_moves += not self.on_mouse
        self.on_mouse = True
        self.count.pointings += times
        self.count.clicks += times
        if not pointed_twice:
            target.click()
        return False
