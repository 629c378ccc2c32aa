"""What an officer does from the page after the sign-in to a first verdict, to submission and to the lead's decision, counted.

Two households are played through a browser into this tree's pages and into those of the baseline, each by its own typist from
its own case files, in an instance of its own that holds accounts and nothing else. ``officer_hands`` counts and says by which rules.
Afterwards the case is written out by the service and held against the case file: what was not typed is an error, not a saving.
"""

from __future__ import annotations

import copy
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from baseline_trees import BASELINE, NotCompared, Tree, made
from bench_figures import say
from officer_hands import Count, Hands
from officer_typist import Typist
from officer_typist_5a7cdc1 import TypistOf5a7cdc1
from officer_typist_ours import TypistOfOurs
from playwright.sync_api import Browser, Page, sync_playwright
from served_trees import free_port, served

ROOT = Path(__file__).resolve().parent.parent
OUTCOMES = {
    "h1": "Not suitable as proposed",
    "h2": "Suitable with conditions",
    "h3": "Not suitable as proposed",
    "h5": "Not suitable as proposed",
}
COMPARED = ("h1", "h2")  # the others are typed by tests/browser/test_typed_whole.py
STEPS = ("first verdict", "submitted", "decided")
NAMES = (
    "officer_model_time_vs_baseline",
    "officer_spare_time_vs_baseline",
    "first_verdict_pages",
    "h1_submitted_pages",
)
BY_KEY = {"subject", "child", "who", "used_by", "mother", "couple_with", "key"}  # what in a case file names a person
NOT_TYPED = {"reference", "authority"}  # given by the service, worked out from the postcode
Played = dict[str, dict[str, Count]]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's own Chromium, as the tests use it."""
    found = next((p for p in ("/usr/bin/chromium", "/usr/bin/chromium-browser") if Path(p).exists()), None)
    if found is None:
        raise SystemExit("Chromium is not installed: script/bootstrap --test installs it.")
    environment: dict[str, str | float | bool] = {k: v for k, v in os.environ.items() if k != "FONTCONFIG_FILE"}
    options = ["--no-sandbox", "--disable-dev-shm-usage"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=options, env=environment)
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, email: str, password: str, by: str = "Sign in") -> Page:
    """A page of a person's own, past the sign-in, which is not counted; ``by`` is what the button pressed there is called."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.set_default_timeout(15_000)
    page.goto(address + "/sign-in")
    page.fill("[name=email]", email)
    page.fill("[name=password]", password)
    with page.expect_navigation():
        page.get_by_role("button", name=by, exact=True).click()
    return page


def scenario(tree: Tree, name: str) -> Any:
    """The tree's own case file of a household, with its dates moved to today."""
    from app.clocks import today
    from app.demo import shifted

    told = json.loads((tree.folder / "docs/examples" / f"{name}.json").read_text(encoding="utf-8"))
    return shifted(told, (today() - date.fromisoformat(told["on"])).days)


def household(browser: Browser, tree: Tree, kind: type[Typist], address: str, name: str) -> dict[str, Count]:
    """One household, from the first page after the sign-in to the decision: what was done by the end of each step."""
    password = (tree.data / "demo-password.txt").read_text(encoding="ascii")
    told, number = scenario(tree, name), f"TYPED-{name.upper()}"
    officer = Hands(signed_in(browser, address, f"officer-{name}@demo.example", password, kind.signs_in))
    officer.begin(officer.page.url)

    def lead() -> Hands:
        hands = Hands(signed_in(browser, address, "lead@demo.example", password), officer.count, officer.typed)
        hands.begin(address + "/")
        return hands

    for a in told["answers"]:
        a["value"] = kind.ticked_now.get((a["criterion"], str(a["value"])), a["value"])
    asked = copy.deepcopy(told)
    for a in told["answers"]:
        counts = kind.counts_now.get((a["criterion"], str(a["value"])), a["grade"])
        if counts < a["grade"]:
            print(
                f"{name.upper()}: in {tree.name} {a['criterion']} counts as {counts} where it is typed, not as {a['grade']}."
            )
            a["grade"] = counts
    typist, reached = kind(officer, lead, told, number), {}
    typist.first_screen()
    typist.outcome()  # a verdict stands there
    reached[STEPS[0]] = copy.copy(officer.count)
    typist.conversation()
    outcome = typist.submit()
    if outcome != OUTCOMES[name]:
        raise RuntimeError(f"{tree.name}: {name} came to “{outcome}”, not to “{OUTCOMES[name]}”")
    reached[STEPS[1]] = copy.copy(officer.count)
    everything_was_typed(tree, told, asked, typist.number)
    for one in typist.not_asked:
        print(
            f"{name.upper()}: {tree.name} does not ask {one['criterion']} about {typist.names.get(one['subject'], one['subject'])}."
        )
    typist.decide()
    reached[STEPS[2]] = copy.copy(officer.count)
    return reached


def everything_was_typed(tree: Tree, told: Any, asked: Any, number: str) -> None:
    """The service writes the case out: everything the scenario knows must stand in it, and the same must be found of it.

    Args:
        told: the case file, as this tree's pages ask for it; ``asked``: as it was before.
    Raises:
        RuntimeError: something is missing or other; names it.
    """
    written = _flask(tree, "case", "export", number)
    problem = missing(by_name(told), by_name(json.loads(written)), number)
    with (
        tempfile.NamedTemporaryFile("w", suffix=".json") as ours,
        tempfile.NamedTemporaryFile("w", suffix=".json") as file,
    ):
        ours.write(written)
        file.write(json.dumps(asked))
        ours.flush()
        file.flush()
        mine = findings(_flask(tree, "assess", ours.name), json.loads(written))
        other = findings(_flask(tree, "assess", file.name), asked)
    if not problem and mine != other:
        problem = f"{number}: only of what was typed is found {mine - other}, only of the case file {other - mine}"
    if problem:
        raise RuntimeError(f"{tree.name}: {problem}")


def _flask(tree: Tree, *words: str) -> str:
    return subprocess.run(
        [str(tree.folder / ".venv/bin/flask"), "--app", "wsgi", *words],
        cwd=tree.folder, env=tree.environment(), capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip


def findings(said: str, of: Any) -> set[tuple[str, ...]]:
    """What is found, by the name of whom it is about; ``of`` is the case file."""
    names = {m["key"]: m["name"] for m in of["household"]["members"]}
    found = json.loads(said)["findings"]
    return {(f["criterion"], names.get(f["subject"], f["subject"]), f["state"], f["effect"]) for f in found}


def by_name(told: Any) -> Any:
    """A case file with the people called by their names, whatever keys they have."""
    names = {m["key"]: m["name"] for m in told["household"]["members"]}

    def named(value: Any, at: str = "") -> Any:
        if isinstance(value, dict):
            return {k: named(v, k) for k, v in value.items() if k not in NOT_TYPED}
        if isinstance(value, list):
            return [named(v, at) for v in value]
        return names.get(value, value) if at in BY_KEY else value

    found = {part: named(told[part]) for part in ("household", "placement", "answers")}
    asked = [one for one in map(_asked, told["household"].get("conversations", [])) if one]
    return {**found, "household": {**found["household"], "enquiries": asked}} if asked else found


def _asked(held: Any) -> Any:
    """The question that was put to an agency in a conversation, as a case file had it before there were conversations."""
    from app.suitability.casefile.conversations import Conversation

    found = Conversation.model_validate(held).enquiry()
    return found and found.model_dump(mode="json", exclude_none=True)


def missing(wanted: Any, found: Any, where: str) -> str:
    """What of the one does not stand in the other, or nothing; lists in any order."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        said = (missing(value, found.get(name), f"{where}, {name}") for name, value in wanted.items())
        return next((one for one in said if one), "")
    if isinstance(wanted, list) and isinstance(found, list):
        for one in wanted:
            if all(missing(one, other, where) for other in found):
                return f"{where}: {one} is not among the {len(found)} that were typed"
        return ""
    if found == [wanted]:
        return ""  # of what may be several since, this one is ticked
    if where.endswith(", note") and str(wanted) in str(found):
        return ""  # the first screen writes what was asked before the words
    return "" if wanted == found else f"{where}: {found} and not {wanted}"


def played(browser: Browser, tree: Tree, kind: type[Typist]) -> Played:
    """Both households in a tree's own instance, and the outcome each comes to."""
    tree.data.mkdir(parents=True, exist_ok=True)
    port = free_port()
    with served(tree, port):
        tree.run("python", str(tree.program("people")))
        return {name: household(browser, tree, kind, f"http://127.0.0.1:{port}", name) for name in COMPARED}


def table(title: str, found: Played) -> None:
    print(f"\n{title}")
    print(f"{'':<22}{'pages':>7}{'fields':>8}{'clicks':>8}{'keys':>8}{'read':>8}{'model':>10}{'spare':>10}")
    for name, steps in found.items():
        for step, c in steps.items():
            print(
                f"{name.upper() + ', ' + step:<22}{c.pages:>7}{c.fields:>8}{c.clicks:>8}{c.keystrokes:>8}{c.words:>8}"
                f"{c.seconds():>8.0f} s{c.spare():>8.0f} s"
            )


def compared() -> None:
    """Play both, print both, and keep the four figures; where the baseline cannot be made, says so and plays ours alone."""
    with tempfile.TemporaryDirectory(prefix="cbc-officer-") as data, chromium() as browser:
        base: Played | None = None
        why = ""
        try:
            tree = made()
            base = played(browser, tree._replace(data=Path(data) / "theirs"), TypistOf5a7cdc1)
            table(f"The pages of {BASELINE}", base)
        except NotCompared as problem:
            why = str(problem)
        ours = played(browser, Tree("ours", ROOT, Path(data) / "ours"), TypistOfOurs)
        table("The pages of this tree", ours)
        print()
        tell(ours, base, why)


def tell(ours: Played, base: Played | None, why: str) -> None:
    """The four figures. Times are of both households to the decision; the pages to a first verdict the more of the two."""

    def times(found: Played) -> tuple[float, float]:
        last = [steps[STEPS[2]] for steps in found.values()]
        return sum(c.seconds() for c in last), sum(c.spare() for c in last)

    def pages(found: Played) -> tuple[float, float]:
        return max(steps[STEPS[0]].pages for steps in found.values()), found["h1"][STEPS[1]].pages

    figures = [*times(ours), *pages(ours)]
    beside = [None] * 4 if base is None else [*times(base), *pages(base)]
    told = (
        "H1 and H2 to the decision, model time", "the same without what no form can spare", "pages to a first verdict, the more of H1 and H2",
        "pages until H1 is submitted",
    )  # fmt: skip
    for what, name, mine, theirs in zip(told, NAMES, figures, beside, strict=True):
        unit = "s" if "time" in name else "pages"
        say(
            what, f"{mine:.0f} {unit}", f"{mine / theirs:.2f} x {BASELINE} ({theirs:.0f} {unit})" if theirs else "not compared",
            name=name, figure=mine, unit=unit, baseline=theirs, against=BASELINE, reason=why,
        )  # fmt: skip
