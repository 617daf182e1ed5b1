"""`${var:NAME}`: what variables there are, what they stand for, and a document with their values in their places."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aicfg.manifest.compose import mentions_variables
from aicfg.manifest.compose.fault import Fault
from aicfg.source import Document, Path, Place
from aicfg.tuples import NamedTuple

_UNREAD: Mapping[str, tuple[str, str]] = {
    "include": ("no variable is replaced in `include`", "write the path out"),
    "variables": (
        "a variable's value is not searched for variables",
        "write the value out, or `$${` for a literal `${`",
    ),
}
"""Keys in whose values no variable is replaced, with what to say about one there."""

_PIECE = re.compile(r"\$\$\{|\$\{var:([A-Za-z_][A-Za-z0-9_]*)\}")


class Variable(NamedTuple):
    """A variable with its value: a scalar, None where it has none yet.

    `written` is the text of the value as it stands in a file (quotes included) or on the command line, `place` where
    it stands, None for one that was given from outside.
    """

    value: Any
    written: str | None = None
    place: Place | None = None

    @property
    def text(self) -> str:
        """What it is inside a longer text."""
        if isinstance(self.value, str):
            return self.value
        return json.dumps(self.value) if self.written is None else self.written.strip("\"'")


class Unresolved(str):
    """A text that names a variable without a usable value."""


def names_in(text: str) -> Iterator[str]:
    """The variables that a text names. `$${var:NAME}` names none: it is a literal `${var:NAME}`."""
    return (match[1] for match in _PIECE.finditer(text) if match[1] is not None)


class Substituted(Document):
    """A document with the values of variables in their places.

    A value that is nothing but a variable stands where the variable is defined. `unresolved` are the paths of texts
    that name variables without a value, with these names.
    """

    def __init__(self, base: Document, data: Any, variables: Mapping[str, Variable]) -> None:
        walk = _Walk(variables)
        changed = walk.visit(data, ()) if mentions_variables(base) else data
        super().__init__(changed, base.source, base.spans, base.root, base.problems)
        self.base = base
        self.uses: Mapping[Path, Variable] = walk.uses
        self.unresolved: Mapping[Path, tuple[str, ...]] = walk.unresolved

    def stands_at(self, path: Path, *, key: bool = False) -> tuple[Document, Path]:
        place = None if key or path not in self.uses else self.uses[path].place
        return (self.base, path) if place is None else place.document.stands_at(place.path)

    def source_text(self, path: Path) -> str | None:
        return self.uses[path].written if path in self.uses else self.base.source_text(path)


class _Walk:
    """One walk through a document. Parts without variables are shared with it."""

    def __init__(self, variables: Mapping[str, Variable]) -> None:
        self.variables = variables
        self.uses: dict[Path, Variable] = {}
        self.unresolved: dict[Path, tuple[str, ...]] = {}

    def visit(self, value: Any, path: Path) -> Any:
        kind = value.__class__
        if kind is str:
            return self._text(value, path) if "${var:" in value and not _unread(path) else value
        if kind is dict:
            items = {key: self.visit(item, (*path, key)) for key, item in value.items()}
            return items if any(items[key] is not item for key, item in value.items()) else value
        if kind is list:
            entries = [self.visit(item, (*path, index)) for index, item in enumerate(value)]
            return entries if any(new is not old for new, old in zip(entries, value, strict=True)) else value
        return value

    def _text(self, text: str, path: Path) -> Any:
        names = tuple(names_in(text))
        missing = tuple(name for name in names if name not in self.variables or self.variables[name].value is None)
        if missing:
            self.unresolved[path] = missing
            return Unresolved(text)
        if names and _PIECE.fullmatch(text):
            self.uses[path] = self.variables[names[0]]
            return self.uses[path].value
        return _PIECE.sub(lambda match: match[0] if match[1] is None else self.variables[match[1]].text, text)


def _unread(path: Path) -> str | None:
    """The key around a path in whose value no variable is replaced."""
    inner = path[2:] if path[:1] == ("environments",) else path
    return str(inner[0]) if inner and inner[0] in _UNREAD else None


class Usage(NamedTuple):
    """Which variables are named, whether they exist or not, and the places where they may not be.

    `unusable` are variables whose own value names another one.
    """

    names: frozenset[str]
    unusable: frozenset[str]
    misplaced: tuple[Fault, ...]


def usage_in(documents: Iterable[Document]) -> Usage:
    """Which variables the documents name, in all of their environments."""
    names, unusable, misplaced = set[str](), set[str](), list[Fault]()
    for document in documents:
        if not mentions_variables(document):
            continue
        for path, text, is_key in _signs(document.data, ()):
            names.update(names_in(text))
            key = None if is_key else _unread(path)
            if key is None and not is_key:
                continue
            said = _UNREAD[key] if key else ("no variable is replaced in a key", "write the key out")
            misplaced.append(Fault("misplaced-variable", Place(document, path), *said, at_key=is_key))
            if key == "variables":
                unusable.add(str(path[-1]))
    return Usage(frozenset(names), frozenset(unusable), tuple(misplaced))


def _signs(value: Any, path: Path) -> Iterator[tuple[Path, str, bool]]:
    """The texts and the keys that name variables: path, text, and whether it is a key."""
    if isinstance(value, str):
        if any(names_in(value)):
            yield path, value, False
    elif isinstance(value, dict):
        for key, item in value.items():
            if "${var:" in key and any(names_in(key)):
                yield (*path, key), key, True
            yield from _signs(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _signs(item, (*path, index))
