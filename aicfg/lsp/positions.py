"""Positions of the protocol, which count lines from 0 and code units of UTF-16 -> offsets of a text, and back."""

from __future__ import annotations

from aicfg.source import Text
from aicfg.tuples import NamedTuple

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"
_BOM = "\ufeff"


class Position(NamedTuple):
    """A line and a column, both from 0, the column in the code units that client and server agreed on."""

    line: int
    character: int


class Positions:
    """Turns offsets of a text into positions and back. A byte order mark counts for the client and not for us."""

    def __init__(self, source: Text, encoding: str = UTF16, *, marked: bool = False) -> None:
        self.source = source
        self.encoding = encoding
        self.mark = _units(_BOM, encoding) if marked else 0

    def offset(self, line: int, character: int) -> int:
        """The offset of a position; of one that the text does not have, that of the nearest that it has."""
        if line < 0:
            return 0
        if line >= len(self.source.starts):
            return len(self.source.text)
        start, end = self.source.line_span(line + 1)
        left = character - (self.mark if line == 0 else 0)
        text = self.source.text[start:end]
        if text.isascii():
            return start + max(0, min(left, len(text)))
        for at, sign in enumerate(text):
            if left <= 0:
                return start + at
            left -= _units(sign, self.encoding)
        return end

    def position(self, offset: int) -> Position:
        offset = max(0, min(offset, len(self.source.text)))
        place = self.source.place(offset, offset)
        return self.at(place.line, place.column)

    def at(self, line: int, column: int) -> Position:
        """The position of a line and a column that count characters from 1."""
        start, _ = self.source.line_span(line)
        before = self.source.text[start : start + column - 1]
        return Position(line - 1, _units(before, self.encoding) + (self.mark if line == 1 else 0))


def _units(text: str, encoding: str) -> int:
    """How many code units a text takes."""
    if encoding == UTF32 or text.isascii():
        return len(text)
    if encoding == UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + sum(sign > "\uffff" for sign in text)
