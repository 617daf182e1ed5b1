"""A JSON array that comes in pieces, as Gemini streams: its elements, one after the other.

Kong's iterator has its ways, which are measured: an element ends at the comma or bracket behind it, or at the end of a
chunk that has something behind it, a line feed for example. If the first chunk completes no element, what was read is
forgotten, and the next chunk has to start with `[` again. `[DONE]` comes when the closing bracket is in one chunk with
the end of an element.

Source: json_array_iterator in kong/llm/drivers/shared.lua (3.10), its tests, and measurements.
"""

from __future__ import annotations

import re

from aicfg.translate.events import DONE, Event
from aicfg.translate.lua import Fault

_MARK = re.compile(rb'["{}\[\],]')
_IN_STRING = re.compile(rb'["\\]')
_SPACE = b" \t\n\v\f\r"


class Elements:
    """Finds the elements; holds the unfinished one. Raises Fault for what is no array."""

    __slots__ = ("at", "depth", "ended", "in_string", "remembered", "started", "unfinished")

    def __init__(self) -> None:
        self.remembered = False
        self._forget()

    def read(self, chunk: bytes) -> list[Event]:
        if not self.remembered:
            self._forget()
        if self.ended:
            return []
        self.unfinished += chunk
        if not self.started and not self._start():
            return []
        events = [Event(element) for element in self._elements()]
        if events:
            self.remembered = True
            if self.ended:
                events.append(Event(DONE))
        return events

    def _forget(self) -> None:
        self.unfinished = bytearray()
        self.at = self.depth = 0
        self.started = self.ended = self.in_string = False

    def _start(self) -> bool:
        text = self.unfinished.lstrip(_SPACE)
        if not text:
            return False
        if not text.startswith(b"["):
            raise Fault("Invalid start: expected '['")
        self.unfinished = text[1:]
        self.started = True
        return True

    def _elements(self) -> list[bytes]:
        found: list[bytes] = []
        begin = 0
        text = self.unfinished
        while (mark := self._next()) is not None:
            if self.depth == 0 and mark in b",]":
                found.append(bytes(text[begin : self.at - 1]))
                begin = self.at
                if mark == 0x5D:
                    self.ended = True
                    break
            elif mark in b"{[":
                self.depth += 1
            elif mark in b"}]":
                self.depth -= 1
        if not self.ended and self._ends_with_chunk(begin):
            found.append(bytes(text[begin:]))
            begin = len(text)
        del text[:begin]
        self.at -= begin
        return [element for piece in found if (element := piece.strip(_SPACE))]

    def _next(self) -> int | None:
        """The next mark outside of strings; None at the end of what is there."""
        text = self.unfinished
        while True:
            match = (_IN_STRING if self.in_string else _MARK).search(text, self.at)
            if match is None:
                self.at = max(self.at, len(text))
                return None
            self.at = match.end()
            mark = text[match.start()]
            if mark == 0x5C:
                self.at += 1
            elif mark == 0x22:
                self.in_string = not self.in_string
            else:
                return mark

    def _ends_with_chunk(self, begin: int) -> bool:
        if self.depth or self.in_string or self.unfinished.endswith((b"}", b"]", b'"')):
            return False
        return bool(self.unfinished[begin:].strip(_SPACE))


def pieces(chunk: bytes) -> list[Event]:
    """3.8: each chunk for itself, without a bracket or comma at its ends, cut at commas that start a line.

    Raises Fault for a chunk that is empty then.
    """
    text = chunk
    for opening in (b"[", b","):
        text = text.lstrip(_SPACE)[1:] if text.lstrip(_SPACE).startswith(opening) else text
    if not text.strip(_SPACE):
        raise Fault("it looks for the end of a chunk that has nothing in it")
    done = text.rstrip(_SPACE).endswith(b"]")
    if done:
        text = text.rstrip(_SPACE)[:-1]
    events = [Event(piece) for piece in text.split(b"\n,")]
    return [*events, Event(DONE)] if done else events
