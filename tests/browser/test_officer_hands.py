"""The counting layer of script/bench --officer at a page whose keys and words can be counted by hand."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.settings import ROOT

sys.path.insert(0, str(ROOT / "script"))

from officer_hands import Hands

pytestmark = [pytest.mark.browser, pytest.mark.xdist_group("browser")]
PAGE = """<!DOCTYPE html><title>A</title><main><p>Two words</p><p hidden>not seen</p>
<details><summary>More</summary><p>closed section</p></details><form>
<input name=who aria-label=Who><fieldset><input type=radio name=cot value=yes><input type=radio name=cot value=no></fieldset>
<select name=kind aria-label=Kind><option value="">Choose<option value=gp>GP</select><button>Save</button></form>
{links}<a href="?far">Far</a></main>"""


@pytest.fixture
def hands(browser: Browser, tmp_path: Path) -> Iterator[Hands]:
    file = tmp_path / "page.html"
    file.write_text(PAGE.format(links='<a href="?">x</a>' * 40), encoding="utf-8")
    context = browser.new_context()
    found = Hands(context.new_page())
    found.begin(file.as_uri())
    yield found
    context.close()


def test_what_can_be_seen_is_read_once(hands: Hands) -> None:
    assert (hands.count.pages, hands.count.words) == (1, 2 + 1 + 1 + 1 + 40 + 1)  # with Choose, Save and the links
    before = hands.count.words
    hands.open(hands.page.locator("summary"))
    assert hands.count.words == before + 2
    hands.press(hands.page.locator("button"))
    assert (hands.count.pages, hands.count.words) == (2, before + 2)


def test_each_tab_arrow_and_letter_is_a_key(hands: Hands) -> None:
    hands.text("who", "Ann")
    assert (hands.count.keystrokes, hands.count.dictated) == (2 + 4, 4)  # past the summary, and a shift
    hands.pick("cot", "no")
    assert hands.count.keystrokes == 6 + 2
    hands.pick("cot", "no")
    hands.select("kind", "gp")
    assert hands.count.keystrokes == 8 + 2
    assert (hands.count.fields, hands.count.thoughts, hands.count.clicks) == (3, 3, 0)


def test_enter_in_a_field_sends_and_what_is_far_is_pointed_at(hands: Hands) -> None:
    hands.text("who", "a")
    before = hands.count.keystrokes
    hands.press(hands.page.locator("button"))
    assert (hands.count.keystrokes, hands.count.clicks) == (before + 1, 0)
    hands.press(hands.page.locator("a", has_text="Far"))
    assert (hands.count.keystrokes, hands.count.clicks, hands.count.pointings, hands.count.hand_moves) == (
        before + 1,
        1,
        1,
        1,
    )
    hands.text("who", "b")
    assert hands.count.hand_moves == 2
