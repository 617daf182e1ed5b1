"""Block scalars (`|` and `>`): where the text in one begins and ends, and how it is indented anew."""

from __future__ import annotations

from aicfg.fmt.tree import Leaf
from aicfg.patterns import later

_DIGIT = later(r"[|>][+-]?([1-9])")
_KEEP = later(r"[|>][1-9]?\+")
_CHOMPING = later(r"(?<=[|>])([1-9]?)[+-]?([1-9]?)")
_STEP = 2


def content_end(text: str, start: int, end: int, parent: int) -> int:
    """Where a block scalar ends that libyaml read from `start` to `end`, without the blank lines that say nothing."""
    if _KEEP.match(text, start):
        return end
    header, *lines = text[start:end].split("\n")
    base = _base(header, lines, parent)
    while lines and not lines[-1][base:]:
        lines.pop()
    return start + len("\n".join([header, *lines]))


def keeps_blank_lines(leaf: Leaf) -> bool:
    """Whether each blank line below the scalar belongs to its text."""
    return _KEEP.match(leaf.text) is not None


def indented(leaf: Leaf, parent: int) -> list[str]:
    """The lines of a block scalar for a block at the column `parent`; the first one is the indicator's."""
    text = leaf.text
    if not leaf.value.endswith("\n"):  # the file may end right here, and will end in a line end
        text = _CHOMPING.sub(r"\1-\2", text, count=1)
    header, *lines = text.split("\n")
    if keeps_blank_lines(leaf) and lines and not lines[-1]:
        lines.pop()
    base = _base(header, lines, leaf.parent)
    digit = _DIGIT.match(header)
    room = " " * (max(parent, 0) + int(digit[1]) if digit else parent + _STEP)
    return [header.rstrip(), *(room + line[base:] if line[base:] else "" for line in lines)]


def _base(header: str, lines: list[str], parent: int) -> int:
    """How many spaces of each line are indentation."""
    digit = _DIGIT.match(header)
    if digit:
        return max(parent, 0) + int(digit[1])
    rooms = [len(line) - len(line.lstrip(" ")) for line in lines]
    filled = (room for room, line in zip(rooms, lines, strict=True) if line.strip(" "))
    return next(filled, max(rooms, default=0))
