"""libyaml's events -> Documents, in one walk with no node graph between.

PyYAML's own composer and constructor cost three times as much as the parsing itself; this walk keeps every position
and stays close to the cost of the event stream alone.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
)

from aicfg.patterns import later
from aicfg.source.document import SPAN_BITS, SPAN_MASK, Document, Range, SourceError, Span, Spans, Text
from aicfg.source.scalars import Scalar, resolve

MAX_DEPTH = 100
MAX_ALIASED = 100_000
"""How many values aliases may repeat in one document before it counts as an attack."""
MAX_PROBLEMS = 1_000
MAX_DOCUMENTS = 10_000

_TAGS: dict[str, tuple[type, ...]] = {
    "tag:yaml.org,2002:int": (int,),
    "tag:yaml.org,2002:float": (int, float),
    "tag:yaml.org,2002:bool": (bool,),
    "tag:yaml.org,2002:null": (type(None),),
}
_STRING_TAGS = ("!", "tag:yaml.org,2002:str")
_MAP_TAGS = (None, "!", "tag:yaml.org,2002:map")
_LIST_TAGS = (None, "!", "tag:yaml.org,2002:seq")
_TAG = later(r"![^\s,\[\]{}]*")
_SHOWN = 60
"""How much of a key or tag a message repeats."""

_SCALAR: Any = ScalarEvent
"""Untyped: the marks of an event that was parsed are always there."""

GetEvent = Callable[[], Any]


class _Resolved(dict[str, Scalar]):
    """The values of all plain scalars met so far: each text is resolved, and kept in memory, once."""

    def __missing__(self, text: str) -> Scalar:
        value = self[text] = resolve(text)
        return value


def documents(source: Text, get_event: GetEvent) -> list[Document]:
    """All documents of a text, whose events `get_event` gives. Raises SourceError and what `get_event` raises."""
    found: list[Document] = []
    resolved, texts = _Resolved(), dict[str, str]()
    while True:
        event = get_event()
        if type(event) is StreamEndEvent:
            return found
        if type(event) is DocumentStartEvent:
            if len(found) == MAX_DOCUMENTS:
                message = f"the file holds more than {MAX_DOCUMENTS} documents"
                raise SourceError("limit", message, source.file, _place(source, event), "split it into several files")
            found.append(_Walk(source, get_event, resolved, texts).document())


class _Walk:
    """The state of the walk through one document."""

    def __init__(self, source: Text, get_event: GetEvent, resolved: _Resolved, texts: dict[str, str]) -> None:
        self.source = source
        self.get_event = get_event
        self.resolved = resolved
        self.texts = texts
        self.spans = Spans()
        self.problems: list[SourceError] = []
        self.anchors: dict[str, tuple[Any, Span]] = {}
        self.aliased = 0
        self.measures: dict[int, tuple[int, int]] = {}
        self.key_indexes: dict[int, dict[str, int]] = {}

    def document(self) -> Document:
        data, root = self._node(self.get_event(), 1)
        return Document(data, self.source, self.spans, root, tuple(self.problems))

    def _mapping(self, first: Any, depth: int) -> tuple[Any, Span]:
        get_event, resolved, texts = self.get_event, self.resolved, self.texts
        container: dict[str, Any] = {}
        record: list[Span] = [0]
        add = record.append
        merges: list[tuple[Any, Span]] = []
        while True:
            key_event: Any = get_event()
            event = key_event
            if type(event) is not _SCALAR:
                if type(event) is MappingEndEvent:
                    break
                raise self._no_scalar_key(event)
            key: Any = event.value
            if event.anchor is None and event.tag is None:
                key = resolved[key] if event.implicit[0] else texts.setdefault(key, key)
                key_span = event.start_mark.index << SPAN_BITS | event.end_mark.index
            else:
                key, key_span = self._scalar(event)
            if key.__class__ is not str:
                key = self._no_text_key(event)
            event = get_event()
            if type(event) is _SCALAR and event.anchor is None and event.tag is None:
                value: Any = event.value
                value = resolved[value] if event.implicit[0] else texts.setdefault(value, value)
                span = event.start_mark.index << SPAN_BITS | event.end_mark.index
            else:
                value, span = self._node(event, depth + 1)
            if key in container:
                self._duplicate(container, record, key, key_event, key_span, span)
                container[key] = value
            elif key == "<<" and key_event.implicit[0]:
                merges.append((value, span))
            else:
                container[key] = value
                add(key_span)
                add(span)
        record[0] = span = _own_span(first, event, record)
        for value, place in merges:
            self._merge(container, record, value, place)
        if len(container) == 1 and first.flow_style:
            return self._reference_or(container, record, span)
        self.spans.add(container, record)
        return container, span

    def _sequence(self, first: Any, depth: int) -> tuple[Any, Span]:
        get_event, resolved, texts = self.get_event, self.resolved, self.texts
        container: list[Any] = []
        record: list[Span] = [0]
        while True:
            event = get_event()
            if type(event) is _SCALAR and event.anchor is None and event.tag is None:
                value: Any = event.value
                value = resolved[value] if event.implicit[0] else texts.setdefault(value, value)
                span = event.start_mark.index << SPAN_BITS | event.end_mark.index
            elif type(event) is SequenceEndEvent:
                break
            else:
                value, span = self._node(event, depth + 1)
            container.append(value)
            record.append(span)
        record[0] = span = _own_span(first, event, record)
        self.spans.add(container, record)
        return container, span

    def _node(self, event: Any, depth: int) -> tuple[Any, Span]:
        """The value that starts with `event`, `depth` levels from the top, and its place."""
        kind = type(event)
        if kind is _SCALAR:
            return self._scalar(event)
        if kind is AliasEvent:
            return self._alias(event, depth)
        if depth > MAX_DEPTH:
            hint = "no config needs that; check for brackets that are never closed"
            raise self._error("limit", f"the values are nested deeper than {MAX_DEPTH} levels", event, hint)
        is_map = kind is MappingStartEvent
        if event.tag not in (_MAP_TAGS if is_map else _LIST_TAGS):
            self._unknown_tag(event)
        if event.anchor is not None:
            self.anchors[event.anchor] = _OPEN, 0
        value, span = self._mapping(event, depth) if is_map else self._sequence(event, depth)
        if event.anchor is not None:
            self.anchors[event.anchor] = value, span
        return value, span

    def _scalar(self, event: Any) -> tuple[Scalar, Span]:
        """A scalar that may have an anchor or a tag."""
        value: Scalar = event.value
        if event.implicit[0]:
            value = self.resolved[event.value]
        elif event.tag is not None:
            value = self._tagged_scalar(event)
        span = event.start_mark.index << SPAN_BITS | event.end_mark.index
        if event.anchor is not None:
            self.anchors[event.anchor] = value, span
        return value, span

    def _tagged_scalar(self, event: Any) -> Scalar:
        text: str = event.value
        if event.tag in _STRING_TAGS:
            return text
        wanted = _TAGS.get(event.tag)
        value = resolve(text)
        if wanted is None:
            self._unknown_tag(event)
            return text
        if not isinstance(value, wanted) or (isinstance(value, bool) and bool not in wanted):
            self._problem("unknown-tag", "the value is not of the type that its tag names", event, "remove the tag")
        return value

    def _unknown_tag(self, event: Any) -> None:
        tag = _short(event.tag.replace("tag:yaml.org,2002:", "!!"))
        match = _TAG.search(self.source.text, event.start_mark.index)
        place = self.source.place(*match.span()) if match else _place(self.source, event)
        hint = "remove the tag; a value that starts with `!` has to stand in quotes"
        self._note(SourceError("unknown-tag", f"the tag {tag} has no meaning here", self.source.file, place, hint))

    def _alias(self, event: Any, depth: int) -> tuple[Any, Span]:
        name = _short(event.anchor)
        if event.anchor not in self.anchors:
            hint = f'put &{name} before the value that it stands for, or the text in quotes: "*{name}"'
            raise self._error("syntax", f"there is no anchor &{name} above this alias", event, hint)
        value, span = self.anchors[event.anchor]
        if value is _OPEN:
            hint = "an alias repeats a value that is complete; write this one out"
            raise self._error("limit", f"the alias *{name} stands inside its own anchor", event, hint)
        size, height = self._measure(value)
        self.aliased += size
        hint = "write the values out, or split the file"
        if self.aliased > MAX_ALIASED:
            raise self._error("limit", f"aliases blow the file up by more than {MAX_ALIASED} values", event, hint)
        if depth + height - 1 > MAX_DEPTH:
            raise self._error("limit", f"aliases nest the values deeper than {MAX_DEPTH} levels", event, hint)
        place = event.start_mark.index << SPAN_BITS | event.end_mark.index
        if not isinstance(value, dict | list):
            self.spans.scalars[place] = self.spans.scalars.get(span, span)
        return value, place

    def _measure(self, value: Any) -> tuple[int, int]:
        """How many values there are in a value, a long text counting for several, and how many levels."""
        if not isinstance(value, dict | list):
            return (1 + len(value) // 64 if isinstance(value, str) else 1), 0
        if id(value) not in self.measures:
            inner = [self._measure(item) for item in (value.values() if isinstance(value, dict) else value)]
            size, height = sum(size for size, _ in inner), max((height for _, height in inner), default=0)
            self.measures[id(value)] = 1 + size, 1 + height
        return self.measures[id(value)]

    def _merge(self, container: dict[str, Any], record: list[Span], value: Any, place: Span) -> None:
        """Apply a merge key (`<<`) to a finished map: what the map says itself wins, then the earlier source."""
        for other in value if isinstance(value, list) else [value]:
            if not isinstance(other, dict):
                message = "a merge key (<<) takes a map or a list of maps"
                where = self.source.place(place >> SPAN_BITS, place & SPAN_MASK)
                hint = "merge an alias of a map (`<<: *name`), or write the key in quotes"
                self._note(SourceError("syntax", message, self.source.file, where, hint))
                return
            spans = self.spans.of(other)
            for index, (name, item) in enumerate(other.items()):
                if name not in container:
                    container[name] = item
                    record += spans[2 * index + 1 : 2 * index + 3]

    def _reference_or(self, container: dict[str, Any], record: list[Span], span: Span) -> tuple[Any, Span]:
        """A flow map of one key, unless it is a vault reference without quotes: YAML takes its braces for a map."""
        [(key, value)] = container.items()
        if value is not None or not key.startswith("vault://"):
            self.spans.add(container, record)
            return container, span
        start, end = span >> SPAN_BITS, span & SPAN_MASK
        text = self.source.text[start:end]
        message = "a vault reference without quotes is a map to YAML"
        hint = f'put it in quotes: "{_short(text)}"'
        self._note(SourceError("syntax", message, self.source.file, self.source.place(start, end), hint))
        return text, span

    def _duplicate(
        self, container: dict[str, Any], record: list[Span], key: str, event: Any, key_span: Span, span: Span
    ) -> None:
        """A key that stands twice: the last one counts, as in most readers."""
        if len(self.problems) > MAX_PROBLEMS:
            return
        indexes = self.key_indexes.setdefault(id(container), {})
        known = len(indexes)
        indexes.update((name, known + at) for at, name in enumerate(islice(container, known, None)))
        at = 1 + 2 * indexes[key]
        line = self.source.place(record[at] >> SPAN_BITS, 0).line
        message = f'the key "{_short(key)}" stands twice in the same map, first in line {line}'
        self._problem("duplicate-key", message, event, "give it another name, or join the two")
        record[at : at + 2] = key_span, span

    def _no_text_key(self, event: Any) -> str:
        written: str = event.value
        name = _short(written)
        hint = f'write it in quotes: "{name}"' if written else "write a key before the `:`"
        self._problem("non-string-key", f"the key {name or 'null'} is not text", event, hint)
        return written

    def _no_scalar_key(self, event: Any) -> SourceError:
        if type(event) is AliasEvent:
            return self._error("non-string-key", "a key must be text, not an alias", event, "write the key out")
        at = event.start_mark.index
        if self.source.text[max(at - 1, 0) : at + 1] == "{{":
            place = self.source.place(at - 1, at + 1)
            message, hint = (
                "a value must not start with `{{`: to YAML, braces are a map",
                "put the whole value in quotes",
            )
            return SourceError("syntax", message, self.source.file, place, hint)
        kind = "map" if type(event) is MappingStartEvent else "list"
        hint = f"write a key before this {kind}, or text in quotes"
        return self._error("non-string-key", f"a key must be text, not a {kind}", event, hint)

    def _error(self, kind: str, message: str, event: Any, hint: str) -> SourceError:
        return SourceError(kind, message, self.source.file, _place(self.source, event), hint)

    def _problem(self, kind: str, message: str, event: Any, hint: str) -> None:
        if len(self.problems) <= MAX_PROBLEMS:
            self._note(self._error(kind, message, event, hint))

    def _note(self, problem: SourceError) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        elif len(self.problems) == MAX_PROBLEMS:
            message = f"there are more than {MAX_PROBLEMS} faults like those above; the rest is not shown"
            self.problems.append(SourceError("limit", message, self.source.file, problem.place, "mend those first"))


_OPEN: Any = object()
"""Stands for the value of an anchor whose value is not complete yet."""


def _own_span(first: Any, last: Any, record: list[Span]) -> Span:
    """The place of a container. libyaml ends a block where the next token starts; it ends with its last value."""
    end = last.end_mark.index if first.flow_style or len(record) == 1 else record[-1] & SPAN_MASK
    return first.start_mark.index << SPAN_BITS | end  # type: ignore[no-any-return]


def _place(source: Text, event: Any) -> Range:
    return source.place(event.start_mark.index, event.end_mark.index)


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
