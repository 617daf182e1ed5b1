"""A Document: plain Python values, plus the place in the source text of every key and value."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Any

from aicfg.errors import AicfgError
from aicfg.patterns import later
from aicfg.tuples import NamedTuple

Path = tuple[str | int, ...]
"""Where a value stands: the keys and indexes that lead to it from the top."""

Span = int
"""A range of the source text, packed: `start << SPAN_BITS | end`, both offsets in characters."""

SPAN_BITS = 30
SPAN_MASK = (1 << SPAN_BITS) - 1
PROPERTIES = later(r"(?:[&!]\S*(?:\s|(?<=\s)#.*)*)*")
"""The anchor and tag before a value."""
_LINE_END = later(r"\r\n|\r|\n")


class Range(NamedTuple):
    """Where something stands in a file: lines and columns from 1, the end column exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


class SourceError(AicfgError):
    """The text is not what a YAML or JSON file of one document has to be.

    `kind` names the fault (`syntax`, `duplicate-key`, …), `place` its range in the text.
    """

    def __init__(self, kind: str, message: str, file: str, place: Range, hint: str | None = None) -> None:
        super().__init__(message, file=file, line=place.line, column=place.column, hint=hint)
        self.kind = kind
        self.place = place


class Text:
    """The text of a file, able to turn offsets into lines and columns.

    Only LF, CRLF and CR end a line, as in editors.
    """

    def __init__(self, text: str, file: str) -> None:
        self.text = text
        self.file = file

    @cached_property
    def starts(self) -> Sequence[int]:
        """The offset of each line's first character."""
        starts = array("I", [0])
        starts.extend(match.end() for match in _LINE_END.finditer(self.text))
        return starts

    @cached_property
    def line_end(self) -> str:
        """What ends the lines that are added."""
        return "\r\n" if "\r\n" in self.text else "\n"

    @property
    def lines(self) -> list[str]:
        """All lines with their ends, cut out anew each time."""
        starts = self.starts
        ends = [*starts[1:], len(self.text)]
        return [self.text[start:end] for start, end in zip(starts, ends, strict=True)]

    def place(self, start: int, end: int) -> Range:
        """The range from the offset `start` to the offset `end`."""
        line, column = self._position(start)
        end_line, end_column = self._position(max(start, end))
        return Range(line, column, end_line, end_column)

    def _position(self, offset: int) -> tuple[int, int]:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1

    def line_span(self, number: int) -> tuple[int, int]:
        """The offsets of the line `number` (from 1) without its end. (0, 0) where there is no such line."""
        starts = self.starts
        if not 0 < number <= len(starts):
            return 0, 0
        start, end = starts[number - 1], starts[number] if number < len(starts) else len(self.text)
        return start, start + len(self.text[start:end].rstrip("\r\n"))

    def line(self, number: int) -> str:
        """The line `number` (from 1) without its end."""
        start, end = self.line_span(number)
        return self.text[start:end]


class Spans:
    """The places of all keys and values of a document, in one flat array: a big file has a million of them.

    The places of one dict or list stand together: `[own, key, value, key, value, …]` in the dict's order,
    `[own, item, item, …]`. `scalars` maps the place of an alias of a scalar to the place of the scalar itself.
    """

    __slots__ = ("_indexes", "_offsets", "_spans", "scalars")

    def __init__(self) -> None:
        self._offsets: dict[int, int] = {}
        self._spans = array("Q")
        self._indexes: dict[int, dict[str, int]] = {}
        self.scalars: dict[Span, Span] = {}

    def add(self, container: Any, record: list[Span]) -> None:
        """Note the places of a dict or list that is complete."""
        self._offsets[id(container)] = len(self._spans)
        self._spans.fromlist(record)

    def __contains__(self, container: object) -> bool:
        return id(container) in self._offsets

    def of(self, container: Any) -> Sequence[Span]:
        """The places of a dict or list of the document: its own, then those of what it holds."""
        start = self._offsets[id(container)]
        return self._spans[start : start + 1 + len(container) * (2 if isinstance(container, dict) else 1)]

    def of_key(self, container: dict[str, Any], key: str) -> tuple[Span, Span]:
        """The places of a key in a dict of the document, and of its value."""
        index = self._indexes.get(id(container))
        if index is None:
            index = self._indexes[id(container)] = {name: at for at, name in enumerate(container)}
        at = self._offsets[id(container)] + 1 + 2 * index[key]
        return self._spans[at], self._spans[at + 1]

    def of_value(self, container: dict[str, Any] | list[Any], index: int) -> Span:
        """The place of the item with this index in a list of the document, or of that value in a dict."""
        return self._spans[self._offsets[id(container)] + (2 * index + 2 if isinstance(container, dict) else index + 1)]


class Document:
    """One document of a file.

    `data` is plain: dicts, lists and scalars, not to be changed since `spans` knows them by identity.
    `problems` are faults that did not stop the reading (a duplicate key, an unknown tag). Of a `template`, parts are
    filled in before anyone else reads it.
    """

    __slots__ = ("data", "problems", "root", "source", "spans", "template")

    def __init__(
        self, data: Any, source: Text, spans: Spans, root: Span = 0, problems: tuple[SourceError, ...] = ()
    ) -> None:
        self.data = data
        self.source = source
        self.spans = spans
        self.root = root
        self.problems = problems
        self.template = False

    @property
    def file(self) -> str:
        return self.source.file

    def place(self, span: Span) -> Range:
        return self.source.place(*self.place_offsets(span))

    def place_offsets(self, span: Span) -> tuple[int, int]:
        """The first character of a span and the one behind its last, as offsets in the text."""
        return span >> SPAN_BITS, span & SPAN_MASK

    def texts(self) -> Iterator[tuple[Path, str]]:
        """Every text value with its path."""
        return texts_in(self.data, ())

    def source_text(self, path: Path) -> str | None:
        """The text of the value at `path` as it stands in the file, quotes included, without anchor and tag.

        For an alias of a scalar, the text of that scalar. None where the path leads nowhere or to an alias of a
        list or map.
        """
        steps = self.walk(path)
        if len(steps) <= len(path):
            return None
        span = steps[-1][1]
        start, end = self.place_offsets(self.spans.scalars.get(span, span))
        text = self.source.text[start:end]
        return None if text.startswith("*") else text[_properties_end(text) :]

    def locate(self, path: Path, *, key: bool = False) -> Range:
        """The place of the value at `path`, or of its key.

        Where the path leads nowhere (a key is missing), the place of the nearest parent: its key where it has one.
        """
        steps = self.walk(path)
        key_span, span = steps[-1]
        missing = len(steps) <= len(path)
        if key_span is not None and (key or missing):
            return self.place(key_span)
        start, end = self.place_offsets(span)
        # A container that lacks something is pointed at by its first character, not by all its lines.
        return self.source.place(start, start + 1 if missing else end)

    def stands_at(self, path: Path, *, key: bool = False) -> tuple["Document", Path]:
        """Where the value at `path`, or its key, really stands: the document of a file, and the path in it.

        That is here, except in documents that were put together from others.
        """
        return self, path

    def walk(self, path: Path) -> list[tuple[Span | None, Span]]:
        """(key span, value span) of the top and of each step of `path`, as far as it leads."""
        value = self.data
        steps: list[tuple[Span | None, Span]] = [(None, self.root)]
        for part in path:
            if isinstance(value, dict) and isinstance(part, str) and part in value:
                steps.append(self.spans.of_key(value, part))
            elif isinstance(value, list) and isinstance(part, int) and 0 <= part < len(value):
                steps.append((None, self.spans.of_value(value, part)))
            else:
                break
            value = value[part]
        return steps


def _properties_end(text: str) -> int:
    """Where the value itself starts in the text of a value."""
    match = PROPERTIES.match(text)
    return match.end() if match else 0


def texts_in(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every text in a value that stands at `path`, with the path of its own."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict | list):
        for part, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from texts_in(item, (*path, part))


def format_path(path: Iterable[str | int]) -> str:
    """`("routes", "a b", "paths", 0)` as `routes["a b"].paths[0]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.replace("-", "").replace("_", "").isalnum():
            text += f".{part}" if text else part
        else:
            quoted = part.replace("\\", "\\\\").replace('"', '\\"')
            text += f'["{quoted}"]'
    return text
