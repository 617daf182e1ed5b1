"""Server-sent events, and JSON objects one a line: how Kong cuts a chunk into events.

Kong reads chunk by chunk. What it loses at the cuts, is lost here: the fields of an event that were read before the cut
(only the last, unfinished line is kept), and the second half of a JSON line. A line that ends in CR LF is not empty for
Kong, so such events run into one; its data keeps the CR.

Source: frame_to_events in kong/llm/drivers/shared.lua (3.10), and measurements.
"""

from __future__ import annotations

import re

from aicfg.translate.events import Event

_LINES = re.compile(rb"[^\r\n]+")
_SPACE = b" \t\n\v\f\r"


class Events:
    """Cuts chunks into events; holds the last line while it is unfinished."""

    __slots__ = ("unfinished",)

    def __init__(self) -> None:
        self.unfinished: list[bytes] = []

    def read(self, chunk: bytes) -> list[Event]:
        if not self.unfinished and chunk.lstrip(_SPACE).startswith(b"{"):
            return [Event(line) for line in _LINES.findall(chunk)]
        return self._of_lines(chunk.split(b"\n"))

    def _of_lines(self, lines: list[bytes]) -> list[Event]:
        events: list[Event] = []
        data = name = None
        *whole, last = lines
        for line in whole:
            if not line:
                events.append(Event(data, name))
                data = name = None
            if self.unfinished:
                line = b"".join([*self.unfinished, line])
                self.unfinished = []
            field, colon, value = line.partition(b":")
            if colon and field == b"data":
                data = value.lstrip(_SPACE)
            elif colon and field == b"event":
                name = value.lstrip(_SPACE)
        if last:
            self.unfinished.append(last)
        else:
            events.append(Event(data, name))
        return events
