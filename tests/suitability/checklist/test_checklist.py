"""A checklist with a mistake stops the start, and says file, line and what was meant."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from app.checklists import FOLDER, RULES
from app.settings import ROOT
from app.suitability.casefile.settings import NEEDED
from app.suitability.checklist.checklist import Checklist, load
from app.suitability.checklist.criterion import DOMAINS
from app.suitability.checklist.located_yaml import ChecklistError, read
from app.suitability.checklist.read_council import NEEDED_WORDS


def texts() -> dict[str, str]:
    return {f"{d}.yaml": (FOLDER / f"{d}.yaml").read_text(encoding="utf-8") for d in DOMAINS}


COUNCIL = (FOLDER / "council.yaml").read_text(encoding="utf-8")
PATTERNS = (FOLDER / "patterns.yaml").read_text(encoding="utf-8")

MISTAKES = [
    ("child_safety.yaml", "    worrying: stop_until\n", "    worrying: stop_untill\n", "Did you mean “stop_until”?"),
    ("child_safety.yaml", "    clear_at: E2\n", "    clear_at: E9\n", "E9"),
    ("child_safety.yaml", "    so_what: ", "    so_waht: ", "Did you mean “so_what”?"),
    ("child_safety.yaml", "{this_child_under: 2}", "{this_chidl_under: 2}", "Did you mean “this_child_under”?"),
    ("child_safety.yaml", "{this_child_under: 2}", '{this_child_under: "two"}', "a whole number"),
    ("child_safety.yaml", "{not_clear: [CS01, CS02]}", "{not_clear: [CS01, CS98]}", "is not a criterion"),
    ("child_safety.yaml", "    ask_of: provider\n", "    ask_of: provder\n", "Did you mean “provider”?"),
    ("child_safety.yaml", "    basis: guidance\n", "    basis: opinion\n", "opinion"),
    ("child_safety.yaml", '    source_date: "2024-02-28"\n', "    source_date: soon\n", "date"),
    ("child_safety.yaml", "  - id: CS02\n", "  - id: CS01\n", "defined twice"),
    ("child_safety.yaml", "domain: child_safety", "domain: safety", "is not a domain"),
    ("child_safety.yaml", 'version: "2026.6"', 'version: "2026.7"', "different versions"),
    ("child_safety.yaml", "    shelf_life: baby\n", "    shelf_life: babby\n", "babby"),
    ("child_safety.yaml", "means: worrying, says: There is no cot in this unit.", "means: bad", "bad"),
    (
        "substance_misuse.yaml",
        "applies_when: {answer: {SM01: [opioids]}}",
        "applies_when: {answer: {SM08: [held]}}",
        "in a ring of conditions",
    ),
    ("child_safety.yaml", "criteria:\n", "criteria:\n\t- x\n", "not YAML"),
    ("child_safety.yaml", "means: clear}", "menas: clear}", "Did you mean “means”?"),
    ("child_safety.yaml", "    answer: choice\n", "    answer: chioce\n", "Did you mean “choice”?"),
    ("child_safety.yaml", '    source_date: "2024-02-28"\n', "", "must say “source_date”"),
    ("child_safety.yaml", "    sign_of: harm\n", "    sign_of: harms\n", "Did you mean “harm”?"),
    ("child_safety.yaml", "    sign_of: harm\n", "    sign_of: neglect\n", "It may be: means, harm, shortage."),
    ("child_safety.yaml", "    first_night: true\n", "    first_night: perhaps\n", "true or false"),
    (
        "child_safety.yaml",
        "    applies_when: {this_child_born: true}\n",
        "    applies_when: &x {this_child_born: true}\n    why: *x\n",
        "said twice",
    ),
    ("child_safety.yaml", "criteria:\n", "criteria: []\n---\ncriteria:\n", "one document"),
    (
        "lawful_suitability.yaml",
        "[private_rented_offer, none_named]",
        "[private_rented_ofer, none_named]",
        "Did you mean “private_rented_offer”?",
    ),
    (
        "lawful_suitability.yaml",
        "    computed: affordable\n",
        "    computed: afordable\n",
        "Did you mean “affordable”?",
    ),
    ("support_access.yaml", "over: school_minutes_primary,", "over: school_minute_primary,", "school_minutes_primary"),
    ("patterns.yaml", "{id: P02,", "{id: P01,", "defined twice"),
    ("patterns.yaml", "{id: P02,", "{id: P2,", "Did you mean “P"),
    ("patterns.yaml", " prompt: ", " promtp: ", "Did you mean “prompt”?"),
    ("patterns.yaml", ' source_date: "', ' source_date: "soon', "is not a date"),
    ("council.yaml", "  chaser_days: {", "  chaser_dayz: {", "Is “chaser_dayz” meant?"),
    ("council.yaml", "value: 42,", "value: many,", "a whole number"),
    ("council.yaml", 'checked: "2026-11-23"', "checked: lately", "is not a date"),
    ("council.yaml", "must_ask_when: always", "must_ask_when: alway", "Did you mean “always”?"),
    ("council.yaml", "{SM01: [past, now]}", "{SM91: [past, now]}", "is not a criterion"),
    ("council.yaml", "{SM01: [past, now]}", "{SM01: [past, naw]}", "Did you mean “now”?"),
    ("council.yaml", "question: ", "qestion: ", "Did you mean “question”?"),
    ("council.yaml", "  front_door: ", "  fornt_door: ", "these words are missing: “front_door”"),
    ("council.yaml", "  route_999: {text: ", "  route_999: {txet: ", "Did you mean “text”?"),
    ("council.yaml", 'text: "Call 999 now."', 'text: ""', "“route_999” are empty"),
    ("council.yaml", "value: 42,", "value: -42,", "below nothing"),
    ("council.yaml", "{newborn_days}", "{newborn_dayz}", "Did you mean “newborn_days”?"),
    (
        "council.yaml",
        'owner: safeguarding lead, source: "safeguarding study 2026 section 3", checked: "2026-11-25"}',
        'source: "safeguarding study 2026 section 3", checked: "2026-11-25"}',
        "must say “owner”",
    ),
    (
        "child_safety.yaml",
        "{building_current_days} days and",
        "{bulding_current_days} days and",
        "Did you mean “building_current_days”?",
    ),
    ("patterns.yaml", "{p03_move_days}", "{p03_move_day}", "Did you mean “p03_move_days”?"),
    # Rings: by what another row amounts to, by itself, and by what decides whether one is asked.
    (
        "child_safety.yaml",
        "  - id: CS01\n",
        "  - id: CS01\n    stronger: [{if: {worrying: [CS03]}, worrying: stop}]\n",
        "in a ring of conditions",
    ),
    (
        "child_safety.yaml",
        "  - id: CS01\n",
        "  - id: CS01\n    clear_at_when: [{if: {confirmed: [CS01]}, grade: E1}]\n",
        "ring of conditions: CS01 → CS01",
    ),
    (
        "child_safety.yaml",
        "  - id: CS01\n",
        "  - id: CS01\n    stronger: [{if: {worrying: [IS11]}, worrying: stop}]\n",
        "looks at IS11, which is settled only after it",
    ),
    ("child_safety.yaml", "    verifiers: [officer, provider]\n", "", "must say “verifiers”"),
    ("child_safety.yaml", "{worrying: [CS14]}", "{worrying: [CS12]}", "ring of conditions: CS12 → CS12"),
    ("substance_misuse.yaml", "{worrying: [CS03]}", "{worrying: [SM17]}", "ring of conditions: SM17 → SM17"),
]


@pytest.mark.parametrize(("file", "old", "new", "words"), MISTAKES)
def test_a_mistake_is_refused_with_file_and_line(file: str, old: str, new: str, words: str) -> None:
    changed = {**texts(), "council.yaml": COUNCIL, "patterns.yaml": PATTERNS}
    assert old in changed[file]
    changed[file] = changed[file].replace(old, new, 1)
    council, patterns = changed.pop("council.yaml"), changed.pop("patterns.yaml")
    with pytest.raises(ChecklistError) as told:
        load(changed, council, patterns)
    assert re.match(r"[a-z_]+\.yaml, line \d+: ", str(told.value)), str(told.value)
    assert words in str(told.value)


def test_a_setting_says_who_owns_it_where_it_is_from_and_when_it_was_checked(checklist: Checklist) -> None:
    for setting in checklist.settings.values():
        assert setting.owner
        assert setting.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", setting.checked)


def test_every_criterion_asks_somebody_something_and_names_its_source(checklist: Checklist) -> None:
    for criterion in checklist.criteria.values():
        assert criterion.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", criterion.source_date)
        assert criterion.ask_of in checklist.agencies
        if criterion.computed is None:
            assert criterion.question.endswith("?")
            assert criterion.help
            assert criterion.why
            assert criterion.so_what


def test_the_content_the_first_release_owes_is_there(checklist: Checklist) -> None:
    owed = [
        "CS01",
        "CS02",
        "CS03",
        "CS06",
        "CS07",
        "CS08",
        "CS10",
        "CS11",
        "CS12",
        "CS13",
        "CS14",
        "CS15",
        "CS16",
        "CS19",
        "CS20",
        "CS21",
        "CS22",
        "SM01",
        "SM02",
        "SM03",
        "SM04",
        "SM05",
        "SM06",
        "SM07",
        "SM08",
        "SM09",
        "SM10",
        "SM11",
        "SM14",
        "SA01",
        "SA02",
        "SA04",
        "SA06",
        "SA08",
        "IS01",
        "IS02",
        "IS03",
        "IS12",
        "LS02",
        "LS05",
        "LS07",
        "LS08",
        "LS09",
        "LS12",
        "LS13",
        "LS15",
        "LS16",
        "LS17",
        "LS18",
        "LS23",
    ]
    assert set(owed) <= set(checklist.criteria)


def test_policy_is_never_called_law(checklist: Checklist) -> None:
    laws = {c.id for c in checklist.criteria.values() if c.basis == "law"}
    statute = {
        "CS10",
        "CS20",
        "LS01",
        "LS02",
        "LS03",
        "LS04",
        "LS05",
        "LS07",
        "LS08",
        "LS09",
        "LS12",
        "LS13",
        "LS14",
    }
    statute |= {
        "LS16",
        "LS17",
        "LS18",
        "LS19",
        "LS22",
        "LS23",
        "LS24",
        "LS25",
        "LS26",
        "LS27",
        "LS28",
        "LS31",
        "LS32",
    }
    statute |= {"LS33", "LS34"}
    statute |= {"IS04"}  # only once its section is in force: until then it is given as policy
    assert laws == statute


# A number that a council or Parliament may change is a setting; ages and measures of the body are not such numbers.
_WORDS = "|".join(("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "twelve", "twenty"))
_COUNTED = re.compile(
    rf"\b(?:\d+|{_WORDS}) (?:working )?(?:days?|weeks?|months?|nights?|hours?|minutes?|agencies|addresses|visits|contacts)\b|\d ?%",
    re.IGNORECASE,
)
_TELEPHONE = re.compile(r"(?<![\w.])(?:\+44|0[1-9])[ \d]{7,}\d\b")
# Said of a body, of one evening, or of the law whose table this is.
_NOT_SETTINGS = ("before 37 weeks", "the last three nights", "one night")


def _counted(text: str) -> list[str]:
    for said in _NOT_SETTINGS:
        text = text.replace(said, "")
    return [found[0] for found in _COUNTED.finditer(text)]


@pytest.mark.parametrize("file", RULES)
def test_no_count_of_days_and_no_telephone_number_is_in_a_rule(file: str) -> None:
    wrong = []
    for at, line in enumerate((FOLDER / file).read_text(encoding="utf-8").splitlines(), 1):
        wrong += [f"{file}:{at}: {found}" for found in [*_counted(line), *_TELEPHONE.findall(line)]]
        wrong += [
            f"{file}:{at}: {name}: {number}"
            for name, number in re.findall(r"(\w+): (\d+)\b", line)
            if name
            not in (
                "this_child_under",
                "any_child_under",
                "people_at_least",
                "min_sources",
                "weight",
                "value",
                "tells",
                "parents_order",
            )
        ]
    assert wrong == []


def test_code_holds_no_telephone_number_and_no_count_of_days() -> None:
    found = []
    root = FOLDER.parent
    for file in [*root.glob("app/**/*.py"), *root.glob("forms/*.py"), *root.glob("templates/**/*.html")]:
        text = Path(file).read_text(encoding="utf-8")
        found += [f"{file.name}: {number}" for number in _TELEPHONE.findall(text)]
    for file in (root / "app" / "suitability").glob("**/*.py"):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        documented = {id(node.body[0].value) for node in ast.walk(tree) if _is_documented(node)}
        for node in ast.walk(tree):
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documented:
                found += [f"{file.name}:{node.lineno}: {said}" for said in _counted(node.value)]
    assert found == []


def _is_documented(node: ast.AST) -> bool:
    if not isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) or not node.body:
        return False
    first = node.body[0]
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)


def test_the_words_the_routes_and_the_agencies_say_whose_they_are(checklist: Checklist) -> None:
    for entry in (*checklist.settings.values(), *checklist.wordings.values(), *checklist.agencies.values()):
        assert entry.owner
        assert entry.source
        assert re.fullmatch(r"\d{4}-\d\d-\d\d", entry.checked)
    page = (ROOT / "docs" / "criteria" / "settings.md").read_text(encoding="utf-8")
    for wording in checklist.wordings.values():
        assert wording.text in page, "what a council may change is on the page the lead signs off"


def test_every_setting_that_code_names_is_needed_and_there(checklist: Checklist) -> None:
    """A rule that looks for a setting nobody gives would stop on a Friday evening; the loader stops at the start."""
    nodes = [
        node
        for file in (ROOT / "app").rglob("*.py")
        if file.parts[-2:] != ("casefile", "settings.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
    ]
    read = {node.attr for node in nodes if isinstance(node, ast.Attribute)}
    weights = {name for name in checklist.settings if name.startswith("weight_")}
    assert (read & checklist.settings.keys()) | weights == NEEDED, (
        "each is read somewhere, and none is needed for nothing"
    )
    by_text = [
        ast.unparse(node) for node in nodes
        if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant) and node.slice.value in NEEDED
    ]  # fmt: skip
    assert by_text == [], "one that rules name is an attribute: a mistyped one is found by the type checker"
    assert checklist.words.keys() >= NEEDED_WORDS


def test_a_source_that_can_be_read_has_its_address(checklist: Checklist) -> None:
    law = [s for s in checklist.settings.values() if re.match(r"[A-Z].*(Act|Order|Regulations) (19|20)\d\d", s.source)]
    unknown = {"child_notice_days"}  # of a section that no address was found for
    assert [s.name for s in law if not s.href and s.name not in unknown] == []
    page = (ROOT / "docs" / "criteria" / "settings.md").read_text(encoding="utf-8")
    assert all(f"[{s.source}]({s.href})" in page for s in checklist.settings.values() if s.href)


def test_an_address_of_a_source_is_one() -> None:
    wrong = COUNCIL.replace("https://www.legislation.gov.uk/uksi/2020/312", "legislation.gov.uk, 2020")
    with pytest.raises(ChecklistError, match=r"council.yaml.*“legislation.gov.uk, 2020” is not an address"):
        load(texts(), wrong, PATTERNS)


def test_the_files_read_the_same_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {**texts(), "council.yaml": COUNCIL, "patterns.yaml": PATTERNS}.items():
        quick = read(text, name)
        with monkeypatch.context() as patched:
            patched.setattr("app.suitability.checklist.located_yaml._Loader", yaml.SafeLoader)
            assert read(text, name) == quick
        assert yaml.load(text, yaml.BaseLoader).keys() == quick.keys()
