"""A text -> the Tree of its values and comments, by libyaml's events and what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from aicfg.fmt.belonging import put_above, put_at_the_end, split_header, texts
from aicfg.fmt.blocks import content_end
from aicfg.fmt.gaps import Gap, Gaps
from aicfg.fmt.tree import Block, Comment, Entry, Flow, Item, Leaf, Node, Tree
from aicfg.patterns import later
from aicfg.source import Document, SourceError
from aicfg.source.comments import events_in
from aicfg.source.document import PROPERTIES

_MARKER = later(r"^---(?=[ \t\n]|\Z)", re.MULTILINE)
_END = later(r"^(?:---|\.\.\.)(?=\s|\Z)", re.MULTILINE)
_JSON = later(r"\s*[\[{]\s*[\"\[{]")
_TOP = -1
_LONGEST_KEY = 1024
"""What YAML allows a key that no `? ` stands before, in characters."""
_ENDS = (MappingEndEvent, SequenceEndEvent)


def read_tree(document: Document) -> Tree:
    """The tree of a document that is a list or map and has no problems; its lines must end in LF alone.

    Raises SourceError for what cannot be laid out anew.
    """
    events = iter(events_in(document.source.text))
    for event in events:
        if type(event) is DocumentStartEvent:
            break
    return _Reader(document, events).tree(next(events))


class _Reader:
    """What has been read so far: up to the offset `at`, the last thing in `entry`."""

    def __init__(self, document: Document, events: Iterator[Any]) -> None:
        self.document = document
        self.text = document.source.text
        self.events = events
        self.gaps = Gaps(self.text)
        self.at = 0
        self.entry = Entry(None, [])
        self.has_aliases = False

    def tree(self, first: Any) -> Tree:
        whole = self.entry
        prefix = self._prefix(first.start_mark.index)
        self._value(first, whole, _TOP)
        end = _END.search(self.text, self.at)
        stop = end.start() if end else len(self.text)
        gap = self.gaps.read(self.at, stop)
        self._behind(gap.behind)
        if isinstance(whole.value, Block):
            put_at_the_end(whole.value, gap.lines)
        else:
            whole.after = texts(gap.lines)
        json = _JSON.match(self.text) is not None
        return Tree(prefix, whole, self._lines(self.text[stop:]), json, self.has_aliases)

    def _prefix(self, start: int) -> tuple[str, ...]:
        """Read what stands before the document: its directives, and the line that begins it with a comment in it."""
        markers = list(_MARKER.finditer(self.text, 0, start))
        if not markers:
            return ()
        self.at = markers[-1].end()
        line_end = self.text.find("\n", self.at)
        if 0 <= line_end < start and self.text[self.at : line_end].lstrip().startswith("#"):
            self.at = line_end
        return self._lines(self.text[: self.at])

    def _lines(self, text: str) -> tuple[str, ...]:
        lines = [line.rstrip() for line in text.strip("\n").split("\n")]
        return tuple(line for index, line in enumerate(lines) if line or (index and lines[index - 1]))

    def _behind(self, comment: Comment | None) -> None:
        if comment is not None:
            self.entry.tail = comment

    def _value(self, event: Any, entry: Entry, parent: int) -> None:
        """Read the value of an entry, in a block whose column is `parent`."""
        if type(event) in (MappingStartEvent, SequenceStartEvent) and not event.flow_style:
            self._block(type(event) is MappingStartEvent, entry, parent)
            return
        start = self._content(event)
        gap = self._gap(start)
        entry.head, entry.inner = gap.behind, texts(gap.lines) if any(gap.lines) else []
        entry.value = self._inline(event, gap.properties, parent)
        self.entry = entry

    def _block(self, is_map: bool, entry: Entry, parent: int) -> None:
        block: Block | None = None
        while type(event := next(self.events)) not in _ENDS:
            start = event.start_mark.index if is_map else self._dash()
            gap = self._gap(start)
            new = Entry(None, [])
            if block is None:
                block = Block(is_map, self.gaps.column(start))
                block.properties = gap.properties
                block.header, new.lead = split_header(gap.lines, is_top=parent == _TOP)
                entry.value, entry.head = block, gap.behind
            else:
                self._behind(gap.behind)
                new.lead = put_above(block, gap.lines)
            block.entries.append(new)
            if is_map:
                properties = self._gap(self._content(event)).properties
                new.key = self._key(event, properties, block.column)
                event = next(self.events)
            else:
                self.at = start + 1
            self._value(event, new, block.column)

    def _dash(self) -> int:
        """Where the next dash stands: nothing but comments, an anchor and a tag come before it."""
        return self.gaps.sign("-", self.at)

    def _gap(self, start: int) -> Gap:
        """Read on to an offset."""
        gap = self.gaps.read(self.at, start)
        self.at = start
        return gap

    def _content(self, event: Any) -> int:
        """Where a scalar, alias or bracket begins, behind its anchor and tag."""
        end = event.end_mark.index if type(event) in (ScalarEvent, AliasEvent) else len(self.text)
        match = PROPERTIES.match(self.text, event.start_mark.index, end)
        return match.end() if match else int(event.start_mark.index)

    def _inline(self, event: Any, properties: str, parent: int) -> Node:
        """Read the scalar, alias or brackets that begin here."""
        if type(event) not in (ScalarEvent, AliasEvent):
            return self._flow(type(event) is MappingStartEvent, properties)
        end = int(event.end_mark.index)
        if type(event) is AliasEvent:
            self.has_aliases = True
            leaf = Leaf(self.text[self.at : end], "*", "", properties, parent)
            leaf.aliases = frozenset((str(event.anchor),))
            self.at = end
            return leaf
        if event.style in ("|", ">"):
            end = content_end(self.text, self.at, end, parent)
        leaf = Leaf(self.text[self.at : end], event.style or "", event.value, properties, parent)
        leaf.anchors = frozenset((event.anchor,)) if event.anchor else frozenset()
        self.at = end
        return leaf

    def _key(self, event: Any, properties: str, parent: int) -> Leaf:
        start = self.at
        key = self._inline(event, properties, parent)
        assert isinstance(key, Leaf), "the reader of documents has seen to that"
        if "\n" in key.text or len(key.text) > _LONGEST_KEY:
            raise self._refusal("a key of several lines", start)
        return key

    # ── brackets ──

    def _flow(self, is_map: bool, properties: str) -> Flow:
        bracket = self.text[self.at] if self.text[self.at : self.at + 1] in ("{", "[") else ""
        flow = Flow(is_map, {"{": "{}", "[": "[]"}.get(bracket, "") if bracket != "[" or not is_map else "")
        flow.properties = properties
        self.at += len(flow.brackets[:1])
        while type(event := next(self.events)) not in _ENDS:
            pieces, _, own = self._inside(self._content(event))
            flow.gaps.append(pieces)
            if not is_map:
                flow.items.append(Item(None, False, self._inline(event, own, _TOP)))
                continue
            key = self._key(event, own, _TOP)
            event = next(self.events)
            pieces, signs, own = self._inside(self._content(event))
            if any(piece != "\n" for piece in pieces):
                raise self._refusal("a comment between a key in braces and its value", self.at)
            flow.items.append(Item(key, ":" in signs, self._inline(event, own, _TOP)))
        if not flow.brackets:
            flow.gaps.append([])
            return flow
        pieces, signs, _ = self._inside(int(event.start_mark.index))
        flow.gaps.append(pieces)
        flow.comma = "," in signs
        self.at = int(event.end_mark.index)
        return flow

    def _inside(self, start: int) -> tuple[list[str], str, str]:
        """Read on to an offset, inside brackets."""
        found = self.gaps.inside_brackets(self.at, start)
        self.at = start
        return found

    def _refusal(self, what: str, at: int) -> SourceError:
        place = self.document.source.place(at, at + 1)
        hint = "write it as `key: value` in one line, with comments above"
        return SourceError("layout", f"{what} cannot be formatted", self.document.file, place, hint)
