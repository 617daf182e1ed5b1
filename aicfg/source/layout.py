"""How the maps of a document are laid out in its text: what an edit has to know about its surroundings."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from aicfg.patterns import later
from aicfg.source.document import PROPERTIES, Document, Path
from aicfg.source.writing import Style
from aicfg.tuples import NamedTuple

_LINE_BREAK = later(r"[\r\n]")
_REST_OF_LINE = later(r"[ \t]*(?:#[^\r\n]*)?(?=[\r\n]|\Z)")
_JSON = later(r"\s*[\[{]\s*[\"\[{]")


class Impossible(Exception):
    """The text cannot be edited in this place without a change to more than is meant."""


class Entry(NamedTuple):
    """A key and its value in the text: offsets. `end` is that of the value without blank lines below it."""

    key: str
    start: int
    key_end: int
    value: int
    end: int


class Map(NamedTuple):
    """A map of a document: its place, its own entries in order of the text, and whether it is in `{…}`."""

    start: int
    end: int
    entries: tuple[Entry, ...]
    flow: bool

    def entry(self, key: str) -> Entry:
        for entry in self.entries:
            if entry.key == key:
                return entry
        raise Impossible("the key comes from elsewhere")


class Layout:
    """The text of a document, as edits look at it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.text = document.source.text

    @property
    def line_end(self) -> str:
        return self.document.source.line_end

    def value(self, path: Path) -> Any:
        """The value at a path. Raises Impossible where there is none."""
        value = self.document.data
        for part in path:
            try:
                value = value[part]
            except (LookupError, TypeError):
                raise Impossible("there is no such value") from None
        return value

    def span(self, path: Path) -> tuple[int, int]:
        """The offsets of the value at a path, as it stands there: of an alias, not of what that repeats."""
        return self.document.place_offsets(self.document.walk(path)[-1][1])

    def map(self, path: Path) -> Map:
        """The map at a path. Raises Impossible for what is none, or stands inside brackets without its own."""
        value = self.value(path)
        if not isinstance(value, dict) or value not in self.document.spans:
            raise Impossible("this is no map")
        places = self.document.spans.of(value)
        start, end = self.document.place_offsets(places[0])
        start = self.behind_properties(start, end)
        entries = []
        for index, key in enumerate(value):
            key_place = self.document.place_offsets(places[2 * index + 1])
            first, last = self.document.place_offsets(places[2 * index + 2])
            if start <= key_place[0] < end:  # the others come from a merge key
                entries.append(Entry(key, *key_place, first, self._trimmed(max(first, key_place[1]), last)))
        flow = self.text.startswith("{", start)
        if not flow and self.in_brackets(path[:-1]):
            raise Impossible("a pair without braces")
        return Map(start, end, tuple(sorted(entries, key=lambda entry: entry.start)), flow)

    def _trimmed(self, start: int, end: int) -> int:
        return max(start, start + len(self.text[start:end].rstrip()))

    def behind_properties(self, start: int, end: int) -> int:
        """Where a value itself starts, behind its anchor. Raises Impossible for one with a tag."""
        match = PROPERTIES.match(self.text, start, end)
        if match is None:
            return start
        if "!" in re.sub(r"#.*", "", match.group()):
            raise Impossible("a tag may say what the value is")
        return match.end()

    def in_brackets(self, path: Path) -> bool:
        """Whether the value at a path, or one that it stands in, is in flow style."""
        for length in range(len(path), -1, -1):
            value = self.value(path[:length])
            if isinstance(value, dict | list):
                start, end = self.document.place_offsets(self.document.spans.of(value)[0])
                properties = PROPERTIES.match(self.text, start, end)
                if self.text.startswith(("{", "["), properties.end() if properties else start):
                    return True
        return False

    def style(self, path: Path) -> Style:
        """How a value inside the list or map at a path is written."""
        if not self.in_brackets(path):
            return "block"
        return "json" if _JSON.match(self.text) else "flow"

    def column(self, offset: int) -> int:
        return offset - self.line_start(offset)

    def line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_stop(self, offset: int) -> int:
        """The end of the line of an offset, before its line end."""
        match = _LINE_BREAK.search(self.text, offset)
        return match.start() if match else len(self.text)

    def next_line(self, offset: int) -> int:
        """The start of the next line."""
        stop = self.line_stop(offset)
        return stop + 2 if self.text.startswith("\r\n", stop) else min(stop + 1, len(self.text))

    def before(self, offset: int) -> str:
        """What stands before an offset in its line."""
        return self.text[self.line_start(offset) : offset]

    def ends_line(self, offset: int) -> bool:
        """Whether nothing but a comment follows in the line."""
        return _REST_OF_LINE.match(self.text, offset) is not None


def uses(document: Document, path: Path) -> int:
    """How many values of a document are written where the value at a path is: more than one where aliases repeat it,
    or a list or map around it."""
    if "*" not in document.source.text:
        return 1
    aliases = document.spans.scalars
    steps = document.walk(path)
    wanted = steps[-1][1] if len(steps) > len(path) else None
    if wanted is not None and wanted in aliases.values():
        return 1 + sum(scalar == wanted for scalar in aliases.values())
    holders = _holders(document)
    value, most = document.data, 1
    for part in path:
        most = max(most, holders.get(id(value), 1))
        try:
            value = value[part]
        except (LookupError, TypeError):
            return most
    return max(most, holders.get(id(value), 1))


@lru_cache(maxsize=2)
def _holders(document: Document) -> dict[int, int]:
    """How often each list and map of a document is used, by identity."""
    holders: dict[int, int] = {}
    _count(document.data, holders)
    return holders


def _count(value: Any, holders: dict[int, int]) -> None:
    if isinstance(value, dict | list):
        holders[id(value)] = holders.get(id(value), 0) + 1
        for item in value.values() if isinstance(value, dict) else value:
            _count(item, holders)


def merged(document: Document, path: Path) -> bool:
    """Whether a map on the way takes a key of the path from another one, by a merge key."""
    value: Any = document.data
    for (key_span, _), part in zip(document.walk(path)[1:], path, strict=False):
        if isinstance(value, dict) and key_span is not None:
            start, end = document.place_offsets(document.spans.of(value)[0])
            if not start <= document.place_offsets(key_span)[0] <= end:
                return True
        value = value[part]
    return False
