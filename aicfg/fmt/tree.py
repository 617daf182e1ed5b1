"""What a formatter has to know of a text: its values as they are nested, and the comments and blank lines of each.

A comment belongs to what it stands behind in its line, or to what it stands above. One that is indented deeper than
what follows belongs to the end of what is above it.
"""

from __future__ import annotations

from typing import TypeAlias

from aicfg.tuples import NamedTuple

Lines: TypeAlias = "list[str | None]"
"""Comments that stand on lines of their own. None is a blank line."""


class Column:
    """Comments that stand below each other at the same column, and stay so: the room before them is at least `gap`."""

    __slots__ = ("at", "gap")

    def __init__(self, at: int, gap: int) -> None:
        self.at = at
        self.gap = gap


class Comment(NamedTuple):
    """A comment behind something in its line."""

    text: str
    column: Column


class Leaf:
    """A scalar or an alias. `text` is how it is written, without the anchor and tag, which are its `properties`.

    `style` is the quote, the sign of a block scalar, "*" of an alias or "" for a plain scalar. `parent` is the column
    that the indentation of a block scalar counts from.
    """

    __slots__ = ("aliases", "anchors", "parent", "properties", "style", "text", "value")

    def __init__(self, text: str, style: str, value: str, properties: str, parent: int) -> None:
        self.text = text
        self.style = style
        self.value = value
        self.properties = properties
        self.parent = parent
        self.anchors: frozenset[str] = frozenset()
        self.aliases: frozenset[str] = frozenset()


class Entry:
    """A key and its value in a block, or an item of a list there, which has no key.

    `lead` stands above it, `head` behind the key or dash, `inner` between that line and a value that follows below,
    `tail` behind the value, `after` below it.
    """

    __slots__ = ("after", "head", "inner", "key", "lead", "tail", "value")

    def __init__(self, key: Leaf | None, lead: Lines) -> None:
        self.key = key
        self.lead = lead
        self.head: Comment | None = None
        self.inner: Lines = []
        self.tail: Comment | None = None
        self.after: Lines = []
        self.value: Node = _NOTHING

    @property
    def anchors(self) -> frozenset[str]:
        return self.value.anchors | (self.key.anchors if self.key else frozenset())

    @property
    def aliases(self) -> frozenset[str]:
        return self.value.aliases


class Block:
    """A map or list in block style. `header` stands above all that is in it, `trailing` below."""

    __slots__ = ("column", "entries", "header", "is_map", "properties", "trailing")

    def __init__(self, is_map: bool, column: int) -> None:
        self.is_map = is_map
        self.column = column
        self.properties = ""
        self.entries: list[Entry] = []
        self.header: Lines = []
        self.trailing: Lines = []

    @property
    def anchors(self) -> frozenset[str]:
        return _names(self.properties).union(*(entry.anchors for entry in self.entries))

    @property
    def aliases(self) -> frozenset[str]:
        return frozenset[str]().union(*(entry.aliases for entry in self.entries))


class Item(NamedTuple):
    """A key and its value inside braces, or an item inside brackets. `colon` is False for a key that stands alone."""

    key: Leaf | None
    colon: bool
    value: Node

    @property
    def anchors(self) -> frozenset[str]:
        return self.value.anchors | (self.key.anchors if self.key else frozenset())

    @property
    def aliases(self) -> frozenset[str]:
        return self.value.aliases


class Flow:
    """A map or list in flow style; `brackets` is "{}", "[]" or, for a pair without its own, "".

    `gaps` are the line ends ("\\n") and comments before each item, and before the closing bracket; `comma` tells that
    one stands behind the last item.
    """

    __slots__ = ("brackets", "comma", "gaps", "is_map", "items", "properties")

    def __init__(self, is_map: bool, brackets: str) -> None:
        self.is_map = is_map
        self.brackets = brackets
        self.properties = ""
        self.items: list[Item] = []
        self.gaps: list[list[str]] = []
        self.comma = False

    @property
    def has_comments(self) -> bool:
        return any(piece != "\n" for gap in self.gaps for piece in gap)

    @property
    def anchors(self) -> frozenset[str]:
        return _names(self.properties).union(*(item.anchors for item in self.items))

    @property
    def aliases(self) -> frozenset[str]:
        return frozenset[str]().union(*(item.aliases for item in self.items))


Node: TypeAlias = "Leaf | Block | Flow"

_NOTHING = Leaf("", "", "", "", 0)


class Tree(NamedTuple):
    """A document: the lines before it and behind it, which stay as they are, and its value, in an entry of its own.

    `json` tells that the text is JSON, whose quotes stay.
    """

    prefix: tuple[str, ...]
    whole: Entry
    suffix: tuple[str, ...]
    json: bool
    has_aliases: bool


def _names(properties: str) -> frozenset[str]:
    """The anchor among the properties of a value."""
    return frozenset(part[1:] for part in properties.split() if part.startswith("&"))
