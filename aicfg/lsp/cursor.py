"""A position in an outline: the key or value that stands there, or what may be written there."""

from __future__ import annotations

from typing import Literal

from aicfg.lsp.outline import Entry, Node, Outline, outlines
from aicfg.source import Path
from aicfg.tuples import NamedTuple


class Spot(NamedTuple):
    """A key or a scalar in a text: its path, its range, and which of the two it is."""

    path: Path
    start: int
    end: int
    part: Literal["key", "value"]
    node: Node | None = None


class Slot(NamedTuple):
    """A place where something may be written, in place of what stands from `start` to `end`.

    At `path` stands the map that a key is wanted for, or the value itself. `present` are keys that are there already;
    `colon` tells that the key has its colon, `tight` that a blank has to come before the value, `quoted` that keys and
    texts stand in double quotes here.
    """

    path: Path
    start: int
    end: int
    key: bool
    value: bool
    present: frozenset[str] = frozenset()
    colon: bool = False
    tight: bool = False
    quoted: bool = False
    text: str = ""


def outline_at(text: str, offset: int) -> Outline:
    """The document of a text that an offset belongs to."""
    documents = outlines(text)
    return next((each for each in documents if offset < each.end), documents[-1])


def spot_at(outline: Outline, offset: int) -> Spot | None:
    """The key or scalar at an offset, None between them."""
    node, path = outline.root, Path()
    while node is not None:
        if node.kind == "scalar":
            inside = node.start <= offset <= node.end
            return Spot(path, node.start, node.end, "value", node) if inside and node.end > node.start else None
        entry = _entry_before(node, offset)
        if entry is None:
            return None
        path = (*path, entry.key)
        if node.kind == "map" and entry.start <= offset <= entry.key_end:
            return Spot(path, entry.start, entry.key_end, "key", entry.node)
        node = entry.node
    return None


def _entry_before(node: Node, offset: int) -> Entry | None:
    """The last entry that begins at or before an offset."""
    low, high = 0, len(node.entries)
    while low < high:
        middle = (low + high) // 2
        low, high = (middle + 1, high) if node.entries[middle].start <= offset else (low, middle)
    return node.entries[low - 1] if low else None


def slot_at(outline: Outline, offset: int) -> Slot | None:
    """What may be written at an offset; None inside comments, and where nothing has room."""
    if _in_comment(outline, offset):
        return None
    return _Slots(outline, offset).find()


def _in_comment(outline: Outline, offset: int) -> bool:
    text = outline.text
    start = _line_start(text, offset)
    at = start
    while (at := text.find("#", at, offset)) >= 0:
        if at == start or text[at - 1].isspace():
            spot = spot_at(outline, at)
            if spot is None or not spot.start < at < spot.end:
                return True
        at += 1
    return False


def _line_start(text: str, offset: int) -> int:
    return max(text.rfind("\n", 0, offset), text.rfind("\r", 0, offset)) + 1


class _Slots:
    """The search for the slot of one offset, from the top down."""

    def __init__(self, outline: Outline, offset: int) -> None:
        self.text = outline.text
        self.offset = offset
        self.root = outline.root
        start = _line_start(self.text, offset)
        line = self.text[start:offset]
        self.blank = not line.strip()
        dashed = line.strip(" -") == "" and "-" in line  # the place behind a dash counts as the column
        self.bare = self.blank or dashed
        self.column = len(line) if self.bare else len(line) - len(line.lstrip(" \t"))
        self.json = self.text.lstrip()[:1] in ("{", "[") and '"' in self.text

    def find(self) -> Slot | None:
        node, path = self.root, Path()
        while True:
            if node is None:
                return self._empty(path)
            if node.kind == "scalar":
                return self._scalar(node, path)
            if node.in_brackets and self.offset >= node.end and self.text[node.end - 1 : node.end] in ("}", "]"):
                return None
            entry = _entry_before(node, self.offset)
            if entry is None:
                inside = node.in_brackets and self.offset > node.start
                return self._between(node, path) if inside else self._above(node, path)
            found = self._at_entry(node, entry, path)
            if not isinstance(found, bool):
                return found
            if not found:
                return self._between(node, path)
            node, path = entry.node, (*path, entry.key)

    def _at_entry(self, node: Node, entry: Entry, path: Path) -> Slot | bool | None:
        """The slot at the last entry before the offset, True where it lies inside, False where it lies behind."""
        if node.kind == "map" and (self.offset <= entry.key_end or entry.colon < 0):
            if self.offset > entry.key_end and "\n" in self.text[entry.key_end : self.offset]:
                return False if self.column <= entry.column else None
            return self._key(node, entry, path)
        if self.offset <= entry.colon:
            return None
        if node.in_brackets:
            behind = self.text[max(entry.end, entry.colon + 1) : self.offset]
            return "," not in behind
        if not any(sign in self.text[entry.colon : self.offset] for sign in "\r\n"):
            return True
        return self._below(node, entry)

    def _below(self, node: Node, entry: Entry) -> Slot | bool | None:
        """The same in a line below the key or dash."""
        inner = entry.node
        if inner is not None and inner.start <= self.offset <= inner.end:
            if inner.kind == "scalar" or inner.in_brackets or self.column > entry.column or not self.blank:
                return True
            return (
                inner.column == entry.column and node.kind == "map" and self.column == inner.column and not self.blank
            )
        if self.column <= entry.column:
            own_list = inner is not None and inner.kind == "list" and inner.column == entry.column
            return own_list and not self.blank
        if inner is None or (inner.kind != "scalar" and not inner.in_brackets):
            return True
        return None

    def _key(self, node: Node, entry: Entry, path: Path) -> Slot:
        present = frozenset(str(each.key) for each in node.entries if each is not entry)
        quoted = self.text[entry.start : entry.start + 1] == '"'
        start, end = (entry.start, entry.key_end) if self.offset <= entry.key_end else (self.offset, self.offset)
        only = len(node.entries) == 1 and entry.colon < 0 and not node.in_brackets
        return Slot(path, start, end, True, only, present, entry.colon >= 0, quoted=quoted, text=self.text[start:end])

    def _between(self, node: Node, path: Path) -> Slot | None:
        """Where a new key, or in brackets a new item, may stand."""
        at, present = self.offset, frozenset(str(each.key) for each in node.entries)
        if node.kind == "list":
            return Slot((*path, len(node.entries)), at, at, False, True, quoted=self.json) if node.in_brackets else None
        if not node.in_brackets and (self.column != node.column or not self.bare):
            return None
        return Slot(path, at, at, True, False, present, quoted=self.json)

    def _above(self, node: Node, path: Path) -> Slot | None:
        """Where a new key may stand above those of a map: one whose own keys are below it already, too."""
        if not self.bare or self.column > node.column or node.kind != "map" or node.in_brackets:
            return None
        present = frozenset(str(each.key) for each in node.entries) if self.column == node.column else frozenset[str]()
        return Slot(path, self.offset, self.offset, True, False, present, quoted=self.json)

    def _empty(self, path: Path) -> Slot:
        at = self.offset
        tight = self.text[at - 1 : at] in (":", "-")
        below = self.blank or self.text[_line_start(self.text, at) : at].strip(" -") == ""
        return Slot(path, at, at, below and not self.json, True, tight=tight, quoted=self.json)

    def _scalar(self, node: Node, path: Path) -> Slot | None:
        if (
            not node.start <= self.offset <= node.end
            or node.quote in ("|", ">")
            or "\n" in self.text[node.start : node.end]
        ):
            on_line = "\n" not in self.text[min(self.offset, node.start) : max(self.offset, node.start)]
            return self._empty(path)._replace(key=False) if self.offset < node.start and on_line else None
        start = _line_start(self.text, node.start)
        alone = self.text[start : node.start].strip(" -") == "" and not node.quote
        quoted = self.json or node.quote == '"'
        return Slot(path, node.start, node.end, alone, True, quoted=quoted, text=self.text[node.start : node.end])
