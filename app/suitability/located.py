"""Reads YAML text so that every value knows its line: a mistake in a checklist is named with file and line."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Any, NoReturn

import yaml

_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class ChecklistError(ValueError):
    """A mistake in a checklist: says file, line and what was meant."""


class Located(dict[str, Any]):
    """A mapping that knows its file, its own line and the line of each key."""

    def __init__(self, file: str, line: int) -> None:
        super().__init__()
        self.file = file
        self.line = line
        self.lines: dict[str, int] = {}

    def refuse(self, message: str, key: str | None = None) -> NoReturn:
        line = self.lines.get(key, self.line) if key is not None else self.line
        raise ChecklistError(f"{self.file}, line {line}: {message}")

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Refuse a key that is not allowed, with the nearest one that is."""
        names = sorted(allowed)
        for key in self:
            if key not in names:
                near = get_close_matches(key, names, n=1)
                meant = f" Did you mean “{near[0]}”?" if near else f" It may say: {', '.join(names)}."
                self.refuse(f"{what} has no “{key}”.{meant}", key)

    def need(self, key: str, kind: type, what: str) -> Any:
        if key not in self:
            self.refuse(f"{what} must say “{key}”.")
        return self.typed(key, kind, what)

    def typed(self, key: str, kind: type, what: str, default: Any = None) -> Any:
        value = self.get(key, default)
        if value is None:
            return default
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            self.refuse(f"“{key}” of {what} should be {_KIND_WORDS.get(kind, kind.__name__)}.", key)
        return value


_KIND_WORDS: dict[type, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    list: "a list",
    dict: "a mapping",
}


def read(text: str, file: str) -> Located:
    """Parse one YAML document whose top level is a mapping.

    Raises:
        ChecklistError: not YAML, or not a mapping, or a key twice; with file and line.
    """
    try:
        node = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ChecklistError(f"{file}, line {line}: this is not YAML: {error.problem}.") from error
    if not isinstance(node, yaml.MappingNode):
        raise ChecklistError(f"{file}, line 1: a checklist is a mapping of keys to values.")
    built = _build(node, file)
    assert isinstance(built, Located)
    return built


def _build(node: yaml.Node, file: str) -> Any:
    if isinstance(node, yaml.MappingNode):
        mapping = Located(file, node.start_mark.line + 1)
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in mapping:
                raise ChecklistError(f"{file}, line {key_node.start_mark.line + 1}: “{key}” is said twice.")
            mapping[key] = _build(value_node, file)
            mapping.lines[key] = key_node.start_mark.line + 1
        return mapping
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, file) for item in node.value]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    if node.tag == "tag:yaml.org,2002:int":
        return int(node.value)
    if node.tag == "tag:yaml.org,2002:bool":
        return node.value.lower() in ("true", "yes", "on")
    if node.tag == "tag:yaml.org,2002:null":
        return None
    return str(node.value)  # dates stay text: the reader decides
