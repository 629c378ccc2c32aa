"""Closed sets: each code has its words, their order is that of the set, and none is compared by its letters."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, get_args, get_origin

import pytest

from app.suitability.casefile import codes, wording
from app.suitability.casefile.codes import Code, Effect, Grade, OpenEffect, Outcome, worst_of
from app.suitability.casefile.values import Plain

CLOSED = [
    kind for kind in vars(codes).values()
    if isinstance(kind, type) and issubclass(kind, (Code, Grade)) and kind is not Code
]  # fmt: skip
APP = Path(__file__).parents[3] / "app"


@pytest.mark.parametrize("kind", CLOSED, ids=lambda kind: kind.__name__)
def test_every_code_has_its_words(kind: type[Code]) -> None:
    for words in wording.OF_CODES[kind]:
        missing = [code for code in kind if not words.get(code)]
        assert missing == ([Effect.NONE] if words is wording.EFFECT_ASKS and kind is Effect else [])


@pytest.mark.parametrize(("closed", "words"), wording.OF_LITERALS, ids=lambda part: str(part)[:30])
def test_every_code_of_a_case_file_has_its_words(closed: object, words: tuple[dict[str, str], ...]) -> None:
    for each in words:
        assert set(each) == set(get_args(closed)), "in the order in which they are offered, and none without"
        assert all(each.values())


def _closed(annotation: object) -> list[object]:
    """The closed sets of text that a field may be one of."""
    if get_origin(annotation) is Literal:
        return [annotation]
    return [found for part in get_args(annotation) for found in _closed(part)]


def _models(of: type[Plain] = Plain) -> list[type[Plain]]:
    return [found for kind in of.__subclasses__() for found in (kind, *_models(kind))]


def test_no_field_of_a_case_file_has_a_code_without_words() -> None:
    known = [*(set(get_args(closed)) for closed, _ in wording.OF_LITERALS), set(wording.ROLE)]
    fields = [
        (f"{model.__name__}.{name}", set(get_args(closed)))
        for model in _models()
        for name, field in model.model_fields.items()
        for closed in _closed(field.annotation)
    ]
    assert len(fields) > 20
    without = [name for name, codes_of in fields if not any(codes_of <= one for one in known)]
    assert without == ["CaseFile.format"], "which nobody reads aloud"


def _tables(file: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Every table of text by text that a module writes out: a mapping, or a list of pairs."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        pairs: list[tuple[ast.expr | None, ast.expr]] = []
        if isinstance(node, ast.Dict):
            pairs = list(zip(node.keys, node.values, strict=True))
        elif isinstance(node, ast.List | ast.Tuple):
            pairs = [(e.elts[0], e.elts[1]) for e in node.elts if isinstance(e, ast.Tuple) and len(e.elts) >= 2]
        texts = [
            (k.value, v.value)
            for k, v in pairs
            if isinstance(k, ast.Constant) and isinstance(v, ast.Constant)
            and isinstance(k.value, str) and isinstance(v.value, str) and len(v.value) > 1
        ]  # fmt: skip
        if texts:
            yield node.lineno, dict(texts)


def test_what_a_code_is_called_is_written_once() -> None:
    """No form, page or letter has a table of its own with a word for each code of a closed set of a case file."""
    closed = [set(get_args(one)) for one, _ in wording.OF_LITERALS]
    found = [
        f"{file.relative_to(APP.parent)}:{line}"
        for folder in (APP, APP.parent / "forms")
        for file in folder.rglob("*.py")
        if file.name not in ("wording.py", "enquiries.py")  # which maps codes to codes
        for line, table in _tables(file)
        if any(codes_of <= set(table) for codes_of in closed)
    ]
    assert found == []


def test_a_code_of_two_sets_is_called_alike_in_both() -> None:
    labels: dict[str, set[str]] = {}
    for words in (wording.NEED, wording.LEFT_BECAUSE, wording.SERVICE):
        for code, said in words.items():
            labels.setdefault(code, set()).add(said)
    assert {code for code, said in labels.items() if len(said) > 1} == set()
    assert all(wording.label(code) in said for code, said in labels.items())


def test_codes_are_compared_by_their_place() -> None:
    assert Effect.LOW < Effect.MEDIUM < Effect.HIGH < Effect.SENIOR < Effect.STOP_UNTIL < Effect.STOP
    assert max("high", Effect.STOP) is Effect.STOP, "a text of the set is read as its code"
    assert sorted(Outcome, reverse=True)[0] is Outcome.NOT_SUITABLE
    with pytest.raises(ValueError, match="chase"):
        assert Effect.LOW < OpenEffect.CHASE
    assert worst_of([]) is Outcome.SUITABLE


def test_wrong_never_weighs_less_than_not_knowing() -> None:
    assert all(effect.at_least.outcome == effect.outcome for effect in OpenEffect)


def test_a_ladder_is_written_once() -> None:
    """No list of three or more codes of one set, as texts, anywhere but where the set is."""
    found = []
    for file in APP.rglob("*.py"):
        if file.name == "codes.py":
            continue
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Tuple | ast.List | ast.Set | ast.Dict):
                parts = node.keys if isinstance(node, ast.Dict) else node.elts
                said = {part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)}
                found += [
                    f"{file.relative_to(APP)}:{node.lineno} {kind.__name__}" for kind in (Effect, OpenEffect, Outcome)
                    if len(said & {code.value for code in kind}) > 2
                ]  # fmt: skip
    assert found == []
