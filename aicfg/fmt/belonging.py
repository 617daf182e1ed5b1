"""To what a comment on a line of its own belongs: to what stands below it, unless it is indented deeper than that, or
stands right below something and apart from what follows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from aicfg.fmt.gaps import OwnLine
from aicfg.fmt.tree import Block, Entry, Leaf, Lines
from aicfg.patterns import later

_SILENCER = later(r"#[ \t]*aicfg:[ \t]*ignore(?!-file)\b")
"""A comment that is about the next line, whatever else stands above it."""


def texts(lines: Iterable[OwnLine | None]) -> Lines:
    return [line and line.text for line in lines]


def split_header(lines: Sequence[OwnLine | None], *, is_top: bool) -> tuple[Lines, Lines]:
    """What stands above the first entry of a block: what is about the whole block, and what is about the entry.

    A blank line divides the two. At the top of a file, where none does, all is about the file.
    """
    found = texts(lines)
    while found and found[0] is None:
        del found[0]
    if None in found:
        at = len(found) - found[::-1].index(None)
    else:
        at = len(found) if is_top else 0
        while at and _SILENCER.match(found[at - 1] or ""):
            at -= 1
    return found[:at], found[at:]


def put_above(block: Block, lines: Sequence[OwnLine | None]) -> Lines:
    """Divide what stands between the last entry of a block and the next one. Gives back what is about the next one."""
    previous = block.entries[-1]
    rest = texts(_put_deeper(previous, lines, block.column))
    if None in rest and rest[0] is not None:
        at = rest.index(None)
        previous.after, rest = rest[:at], rest[at:]
    return rest


def put_at_the_end(block: Block, lines: Sequence[OwnLine | None]) -> None:
    """Divide what stands below the last entry of the whole document."""
    block.trailing += texts(_put_deeper(block.entries[-1], lines, block.column))


def _put_deeper(previous: Entry, lines: Sequence[OwnLine | None], column: int) -> Sequence[OwnLine | None]:
    """Give what is indented deeper than `column` to the end of what stands above. Gives back the rest."""
    ends = _ends(previous, column)
    at = 0
    for index, line in enumerate(lines if ends else ()):
        if line is None:
            continue
        if line.column <= column:
            break
        while len(ends) > 1 and ends[-1][0] > line.column:
            ends.pop()
        ends[-1][1].extend(texts(lines[at : index + 1]))
        at = index + 1
    return lines[at:]


def _ends(entry: Entry, column: int) -> list[tuple[int, Lines]]:
    """The places below an entry that a comment may belong to, from the outside: the column where each begins."""
    ends: list[tuple[int, Lines]] = []
    while isinstance(entry.value, Block):
        ends.append((entry.value.column, entry.value.trailing))
        column = entry.value.column
        entry = entry.value.entries[-1]
    if isinstance(entry.value, Leaf) and not entry.value.text:
        ends.append((column + 1, entry.inner))
    return ends
