"""AWS's event stream: binary frames, each with headers, a body and two checksums.

Kong reads each chunk by itself, so a frame that is cut in two makes its code fail, and it does not look at the
checksums. Neither can be so here, where a reader wants to know that a recording is damaged: a wrong one is noted.

Sources: kong/tools/aws_stream.lua (3.8 to 3.10), and measurements; the format itself in AWS's documentation, "Event
stream encoding".
"""

from __future__ import annotations

import zlib
from collections.abc import Callable

from aicfg.translate import cjson
from aicfg.translate.events import Event
from aicfg.translate.lua import Fault

WRONG_CHECKSUM = "a frame's checksum is wrong: the recording is damaged. Kong does not look at it"


class Frames:
    """Reads the frames of a chunk; `note` is told what a reader should know. Raises Fault where Kong's code does."""

    __slots__ = ("note",)

    def __init__(self, note: Callable[[str], None]) -> None:
        self.note = note

    def read(self, chunk: bytes) -> list[Event]:
        events: list[Event] = []
        at = 0
        while len(chunk) - at >= 8:
            frame = _Frame(chunk, at)
            events.append(Event(frame.as_json()))
            at = frame.end
            if frame.damaged:
                self.note(WRONG_CHECKSUM)
        return events


class _Frame:
    """One frame, read as Kong does: on from the prelude, with no look at what is still there."""

    def __init__(self, chunk: bytes, begin: int) -> None:
        self.chunk = chunk
        self.at = begin
        length, headers_length = self.integer(4), self.integer(4)
        self.at += 4
        ends = self.at + headers_length
        self.headers: dict[str, str | bool] = {}
        while self.at < ends:
            name = self.text(self.integer(1))
            self.headers[name] = self.header(self.integer(1))
        self.body = self.text(begin + length - self.at - 4)
        self.at += 4
        self.end = self.at
        head, whole = chunk[begin : begin + 8], chunk[begin : self.at - 4]
        self.damaged = (
            _checksum(head) != chunk[begin + 8 : begin + 12] or _checksum(whole) != chunk[self.at - 4 : self.at]
        )

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self.chunk):
            raise Fault("a frame is not in one chunk as a whole")
        taken = self.chunk[self.at : self.at + count]
        self.at += count
        return taken

    def integer(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self, count: int) -> str:
        return self.take(count).decode("utf-8", "surrogateescape")

    def header(self, kind: int) -> str | bool:
        """Kong reads booleans and texts, and fails over all other kinds."""
        if kind == 7:
            return self.text(self.integer(2))
        if kind in (0, 1):
            return kind == 0
        raise Fault(f"a frame has a header of kind {kind}")

    def as_json(self) -> bytes:
        """The frame as Kong hands it on."""
        return cjson.write({"headers": self.headers, "body": self.body})


def _checksum(data: bytes) -> bytes:
    return zlib.crc32(data).to_bytes(4, "big")
