"""What somebody is told whose case file cannot be used: a path, and a sentence in words that are not the library's."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any

Problem = tuple[str, str]

_VALUE = (
    "An answer is an option, a list of options, a whole number, a date (YYYY-MM-DD), numbers by name, or “unknown”."
)
_DATE = "Write a date as YYYY-MM-DD, from 1900-01-01 to 2100-12-31."
# By what the check calls the mistake; what stands in braces is the limit it names.
_SENTENCES = {
    "missing": "This is missing and is needed.",
    "string_type": "This should be text in quotation marks.",
    "string_too_short": "This is empty and is needed.",
    "string_too_long": "This is longer than {max_length:,} characters. Shorten it, or split it.",
    "int_type": "This should be a whole number, without quotation marks.",
    "int_parsing": "This should be a whole number, without quotation marks.",
    "int_from_float": "This should be a whole number.",
    "int_parsing_size": "This number is too large.",
    "bool_type": "This should be true or false; leave it out where it is not known.",
    "bool_parsing": "This should be true or false; leave it out where it is not known.",
    "tuple_type": "This should be a list, in square brackets.",
    "model_type": "This should be names with values, in braces.",
    "model_attributes_type": "This should be names with values, in braces.",
    "dict_type": "This should be names with values, in braces.",
    "too_short": "This needs at least {min_length}.",
    "too_long": "This is more than the {max_length:,} there may be.",
    "decimal_type": "This should be a number of square metres, such as \"10.50\".",
    "decimal_parsing": "This should be a number of square metres, such as \"10.50\".",
    "decimal_max_places": "Write this with at most {decimal_places} digits after the point.",
    "greater_than": "This should be more than {gt}.",
    "greater_than_equal": "This should be {ge} or more.",
    "less_than": "This should be less than {lt}.",
    "less_than_equal": "This should be {le} or less.",
}  # fmt: skip
_PATTERNS = {
    "council": "This is the code of an authority: E, W, S or N and eight digits.",
    "authority": "This is the code of an authority: E, W, S or N and eight digits.",
}
_KEY = "A key is up to 40 letters, digits, “-” or “_”, and begins with a letter or a digit."


def path_of(parts: Iterable[int | str]) -> str:
    text = ""
    for part in parts:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text or "(file)"


def in_words(errors: Iterable[Any], model: Any) -> list[Problem]:
    """Each mistake once: a value that is none of the kinds an answer may be is one mistake, not one for each kind."""
    found: dict[Problem, None] = {}
    for error in errors:
        found.setdefault(_in_words(error, model))
    return list(found)


def _in_words(error: Any, model: Any) -> Problem:
    kind, where, context = error["type"], tuple(error["loc"]), error.get("ctx", {})
    if len(where) > 3 and where[0] == "answers" and where[2] == "value":
        return path_of(where[:3]), _VALUE
    path = path_of(where)
    if kind == "extra_forbidden":
        near = get_close_matches(str(where[-1]), _names_beside(where, model), n=1)
        said = f"There is no such name here as “{where[-1]}”."
        return path, said + (f" Did you mean “{near[0]}”?" if near else "")
    if kind == "value_error":
        message = str(context.get("error", error["msg"]))
        return path, message[:1].upper() + message[1:] + "."
    if kind in ("literal_error", "enum"):
        given = str(error.get("input"))[:60]
        return path, f"“{given}” is not one of {context.get('expected', 'the words allowed here')}."
    if kind == "string_pattern_mismatch":
        return path, _PATTERNS.get(str(where[-1]), _KEY)
    if kind.startswith("date") or "datetime.date" in error["msg"]:
        return path, _DATE
    sentence = _SENTENCES.get(kind)
    return path, sentence.format(**context) if sentence else f"{error['msg']}."


def _names_beside(where: tuple[int | str, ...], model: Any) -> list[str]:
    for part in where[:-1]:
        if isinstance(part, int) or not hasattr(model, "model_fields"):
            continue
        field = model.model_fields.get(part)
        if field is None:
            return []
        model = _model_in(field.annotation) or model
    return list(getattr(model, "model_fields", {}))


def _model_in(annotation: Any) -> Any:
    if hasattr(annotation, "model_fields"):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
