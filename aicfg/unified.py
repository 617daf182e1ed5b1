"""Unified diffs whose lines are compared as they are, and shown as they may be: secrets masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import SequenceMatcher

from aicfg.tuples import NamedTuple

_CONTEXT = 3


class Side(NamedTuple):
    """One of two texts: its name, its lines with their ends, and how a line is shown, by its number from 1."""

    name: str
    lines: Sequence[str]
    shown: Callable[[int], str]


def unified(old: Side, new: Side) -> str:
    """What is different between two texts, as `diff -u` shows it."""
    return "".join(f"{line}\n" for line in _lines(old, new))


def _lines(old: Side, new: Side) -> Iterator[str]:
    yield f"--- {old.name}"
    yield f"+++ {new.name}"
    for group in SequenceMatcher(None, old.lines, new.lines).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        yield f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@"
        for kind, start, end, new_start, new_end in group:
            mark = " " if kind == "equal" else "-"
            yield from (mark + old.shown(number) for number in range(start + 1, end + 1))
            if kind != "equal":
                yield from ("+" + new.shown(number) for number in range(new_start + 1, new_end + 1))


def _range(start: int, end: int) -> str:
    length = end - start
    return str(start + 1) if length == 1 else f"{start + (length > 0)},{length}"
