"""The outline of a YAML or JSON text: its maps, lists and scalars with their places, however broken the text is.

While somebody types, a text is rarely YAML. This reading never fails: what it does not understand it leaves out, and
goes on in the next line. Of a text that is YAML it finds the same keys and values as the reader does, which the tests
hold it to; nothing is linted or changed by it.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property, lru_cache
from typing import Any, Literal

from aicfg.source import Path
from aicfg.source.scalars import resolve


class Entry:
    """A key of a map with its value, or an item of a list. `colon` is the offset of its colon or dash, -1 without."""

    __slots__ = ("colon", "column", "key", "key_end", "node", "start")

    def __init__(self, key: str | int, start: int, key_end: int, column: int, colon: int) -> None:
        self.key = key
        self.start = start
        self.key_end = key_end
        self.column = column
        self.colon = colon
        self.node: Node | None = None

    @property
    def end(self) -> int:
        return max(self.key_end, self.node.end if self.node else 0)


class Node:
    """A value: a map or list with its entries, or a scalar.

    `start` and `end` are offsets in the text; `column` that of the keys or dashes, -1 inside brackets. `text` is a
    scalar's text without quotes, `alias` the name of the anchor that stands for it.
    """

    __slots__ = ("alias", "anchor", "column", "end", "entries", "kind", "quote", "start", "text")

    def __init__(self, kind: Literal["map", "list", "scalar"], start: int, column: int = -1) -> None:
        self.kind = kind
        self.start = start
        self.end = start
        self.column = column
        self.entries: list[Entry] = []
        self.text = ""
        self.quote = ""
        self.alias: str | None = None
        self.anchor: str | None = None

    @property
    def in_brackets(self) -> bool:
        return self.kind != "scalar" and self.column < 0

    def entry(self, key: str | int) -> Entry | None:
        """The entry of a key or index: of a key that stands twice, the last."""
        if isinstance(key, int):
            return self.entries[key] if self.kind == "list" and 0 <= key < len(self.entries) else None
        return next((entry for entry in reversed(self.entries) if entry.key == key), None)


class Outline:
    """One document of a text, from the offset `start` to `end`."""

    def __init__(self, text: str, start: int, end: int, root: Node | None, anchors: dict[str, Node]) -> None:
        self.text = text
        self.start = start
        self.end = end
        self.root = root
        self.anchors = anchors

    @cached_property
    def data(self) -> Any:
        """The document as plain values, as far as it can be told."""
        return self.value(self.root)

    def target(self, node: Node | None) -> Node | None:
        """The node that an alias stands for; any other node is its own."""
        if node is None or node.alias is None:
            return node
        found = self.anchors.get(node.alias)
        return None if found is None or found.end > node.start or found.alias else found

    def find(self, path: Path) -> Node | None:
        """The node at a path, through aliases."""
        node = self.target(self.root)
        for part in path:
            entry = node.entry(part) if node else None
            node = self.target(entry.node) if entry else self._merged(node, part)
        return node

    def value_at(self, path: Path) -> Any:
        """The plain value at a path, None where there is none."""
        return self.value(self.find(path))

    def names(self, *path: str | int) -> list[str]:
        """The keys of the map at a path."""
        node = self.find(path)
        return [str(entry.key) for entry in node.entries] if node and node.kind == "map" else []

    def _merged(self, node: Node | None, part: str | int) -> Node | None:
        """What a merge key brings for a key."""
        entry = node.entry("<<") if node and node.kind == "map" else None
        other = self.target(entry.node) if entry else None
        found = other.entry(part) if other and other is not node else None
        return self.target(found.node) if found else None

    def value(self, node: Node | None, known: dict[int, Any] | None = None) -> Any:
        """A node as a plain value. `known` has those of maps and lists that were met before: aliases repeat them."""
        known = {} if known is None else known
        node = self.target(node)
        if node is None:
            return None
        if node.kind == "scalar":
            return node.text if node.quote else resolve(node.text)
        if id(node) in known:
            return known[id(node)]
        if node.kind == "list":
            known[id(node)] = values = list[Any]()
            values += (self.value(entry.node, known) for entry in node.entries)
            return values
        known[id(node)] = found = dict[str, Any]()
        for entry in node.entries:
            if entry.colon >= 0 or node.in_brackets:
                found[str(entry.key)] = self.value(entry.node, known)
        merge = node.entry("<<")
        merged = self.value(merge.node, known) if merge is not None else None
        if isinstance(merged, dict) and merged is not found:
            found.pop("<<", None)
            found.update({key: value for key, value in merged.items() if key not in found})
        return found


def walk(node: Node | None, path: Path = ()) -> Iterator[tuple[Path, Entry]]:
    """Every entry below a node, with its path."""
    for entry in node.entries if node else ():
        yield (*path, entry.key), entry
        yield from walk(entry.node, (*path, entry.key))


@lru_cache(maxsize=8)
def outlines(text: str) -> tuple[Outline, ...]:
    """The documents of a text, at least one."""
    from aicfg.lsp.scanning import scan  # which knows the classes above

    return tuple(scan(text))
