"""Reads YAML text so that every value knows its line: a mistake in a checklist is named with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
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


def fill(node: Any, numbers: Mapping[str, int], owner: Located | None = None, key: str | None = None) -> Any:
    """Put the council’s numbers where a text names them in braces; a text that is only a name becomes the number.

    Raises:
        ChecklistError: a name in braces is no setting; with file, line and what was meant.
    """
    if isinstance(node, dict):
        for name in node:
            node[name] = fill(node[name], numbers, node if isinstance(node, Located) else owner, name)
        return node
    if isinstance(node, list):
        return [fill(item, numbers, owner, key) for item in node]
    if not isinstance(node, str) or "{" not in node:
        return node

    def number(found: re.Match[str]) -> str:
        name = found[1]
        if name not in numbers:
            near = get_close_matches(name, list(numbers), n=1)
            said = f"there is no setting “{name}”." + (f" Did you mean “{near[0]}”?" if near else "")
            assert owner is not None
            owner.refuse(said, key)
        return str(numbers[name])

    alone = _NAMED.fullmatch(node)
    return int(number(alone)) if alone else _NAMED.sub(number, node)


_NAMED = re.compile(r"\{([a-z0-9_]+)\}")
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
        events = yaml.parse(text, Loader=_Loader)
        first = next((e for e in events if not isinstance(e, (yaml.StreamStartEvent, yaml.DocumentStartEvent))), None)
        if not isinstance(first, yaml.MappingStartEvent):
            raise ChecklistError(f"{file}, line 1: a checklist is a mapping of keys to values.")
        built = _mapping(first, events, file)
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                raise ChecklistError(f"{file}, line {_line(event)}: a checklist is one document.")
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ChecklistError(f"{file}, line {line}: this is not YAML: {error.problem}.") from error
    except yaml.YAMLError:
        at = next((at for at, ch in enumerate(text) if not ch.isprintable() and ch not in "\n\r\t"), 0)
        line = text.count("\n", 0, at) + 1
        raise ChecklistError(f"{file}, line {line}: there is a character here that cannot be printed.") from None
    return built


def _mapping(start: yaml.Event, events: Iterator[yaml.Event], file: str) -> Located:
    mapping = Located(file, _line(start))
    for key_event in events:
        if isinstance(key_event, yaml.MappingEndEvent):
            break
        if not isinstance(key_event, yaml.ScalarEvent):
            raise ChecklistError(f"{file}, line {_line(key_event)}: a key is one word.")
        key, line = str(key_event.value), _line(key_event)
        if key in mapping:
            raise ChecklistError(f"{file}, line {line}: “{key}” is said twice.")
        mapping[key] = _value(next(events), events, file)
        mapping.lines[key] = line
    return mapping


def _value(event: yaml.Event, events: Iterator[yaml.Event], file: str) -> Any:
    if isinstance(event, yaml.ScalarEvent):
        return _scalar(event)
    if isinstance(event, yaml.MappingStartEvent):
        return _mapping(event, events, file)
    if isinstance(event, yaml.SequenceStartEvent):
        found = []
        for item in events:
            if isinstance(item, yaml.SequenceEndEvent):
                break
            found.append(_value(item, events, file))
        return found
    raise ChecklistError(f"{file}, line {_line(event)}: write it out; a reference to another line is not read.")


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


# Only whole numbers, true and false, and nothing at all are read as more than text; dates stay text: the reader decides.
_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}


def _scalar(event: Any) -> Any:
    value = event.value
    if not event.implicit[0]:
        return str(value)
    if value in _WORDS:
        return _WORDS[value]
    return int(value) if _WHOLE.fullmatch(value) else str(value)
