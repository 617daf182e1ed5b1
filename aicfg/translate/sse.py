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
        reader = _Lines()
        *whole, last = lines
        for line in whole:
            reader.end_if_empty(line)
            if self.unfinished:
                line = b"".join([*self.unfinished, line])
                self.unfinished = []
            reader.field(line)
        if last:
            self._keep(last)
        else:
            reader.end_if_empty(last)
        return reader.events

    def _keep(self, line: bytes) -> None:
        self.unfinished.append(line)


class ForgetfulEvents(Events):
    """3.8: a piece of a line takes the place of the one before it."""

    __slots__ = ()

    def _keep(self, line: bytes) -> None:
        self.unfinished = [line]


class WholeEvents(Events):
    """3.7: a line that is cut in two is two lines, and an event that is not finished in its chunk is lost."""

    __slots__ = ()

    def _of_lines(self, lines: list[bytes]) -> list[Event]:
        reader = _Lines()
        for line in lines:
            reader.end_if_empty(line)
            reader.field(line)
        return reader.events


class _Lines:
    """Events made of lines: the last field of a name counts, an empty line ends an event."""

    __slots__ = ("data", "events", "name")

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.data: bytes | None = None
        self.name: bytes | None = None

    def end_if_empty(self, line: bytes) -> None:
        if not line:
            self.events.append(Event(self.data, self.name))
            self.data = self.name = None

    def field(self, line: bytes) -> None:
        name, colon, value = line.partition(b":")
        if colon and name == b"data":
            self.data = value.lstrip(_SPACE)
        elif colon and name == b"event":
            self.name = value.lstrip(_SPACE)
