"""What stands between two values of a text: comments, line ends, signs, anchors and tags."""

from __future__ import annotations

from aicfg.fmt.tree import Column, Comment
from aicfg.patterns import later
from aicfg.tuples import NamedTuple

_PIECE = later(r"#[^\n]*|\n|[-?:,\[\]{}]|[&!][^\s,\[\]{}]*")


class OwnLine(NamedTuple):
    """A comment on a line of its own, and its column."""

    column: int
    text: str


class Gap(NamedTuple):
    """`behind` is the comment in the line in which the gap begins, `lines` are the others, None for a blank line.

    `signs` are the indicators in it, `properties` the anchor and tag.
    """

    behind: Comment | None
    lines: list[OwnLine | None]
    signs: str
    properties: str


class Gaps:
    """Reads gap after gap of a text, from the first to the last."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._column: Column | None = None

    def read(self, start: int, end: int) -> Gap:
        text = self.text
        behind: Comment | None = None
        lines: list[OwnLine | None] = []
        signs, properties = "", list[str]()
        fresh = start == 0 or text[start - 1] == "\n"  # a block scalar ends with its line
        blank = fresh
        for match in _PIECE.finditer(text, start, end):
            piece = match.group()
            if piece == "\n":
                if blank:
                    lines.append(None)
                fresh = blank = True
                continue
            blank = False
            if piece[0] != "#":
                fresh = False
                if piece[0] in "&!":
                    properties.append(piece)
                else:
                    signs += piece
            elif fresh:
                lines.append(OwnLine(self.column(match.start()), piece.rstrip()))
            else:
                behind = self._behind(match.start(), piece.rstrip())
        return Gap(behind, lines, signs, " ".join(properties))

    def inside_brackets(self, start: int, end: int) -> tuple[list[str], str, str]:
        """The line ends and comments of a gap, with the room before them; its signs; the anchor and tag."""
        pieces, signs, properties, at = list[str](), "", list[str](), start
        for match in _PIECE.finditer(self.text, start, end):
            piece = match.group()
            if piece == "\n":
                pieces.append(piece)
            elif piece[0] == "#":
                pieces.append(" " * max(match.start() - at, 1) + piece.rstrip())
            elif piece[0] in "&!":
                properties.append(piece)
            else:
                signs += piece
            at = match.end()
        return pieces, signs, " ".join(properties)

    def sign(self, sign: str, start: int) -> int:
        """The offset of the next sign of a kind."""
        return next(match.start() for match in _PIECE.finditer(self.text, start) if match.group() == sign)

    def column(self, offset: int) -> int:
        return offset - (self.text.rfind("\n", 0, offset) + 1)

    def _behind(self, at: int, text: str) -> Comment:
        column = self.column(at)
        line = self.text[at - column : at]
        gap = max(len(line) - len(line.rstrip()), 1)
        if self._column is not None and self._column.at == column:
            self._column.gap = min(self._column.gap, gap)
        else:
            self._column = Column(column, gap)
        return Comment(text, self._column)
