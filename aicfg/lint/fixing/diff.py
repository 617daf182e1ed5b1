"""Unified diffs in which secrets are masked."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from aicfg.lint.reporters.text import printable

if TYPE_CHECKING:
    from aicfg.lint.engine import Run

_CONTEXT = 3


def diff(file: str, before: Run, after: Run) -> str:
    """What changed in a file from one run to another, as `diff -u` shows it."""
    old, new = before.sources[file][0], after.sources[file][0]
    old_lines, new_lines = ([line for line in source.lines if line] for source in (old, new))
    name = printable(file)
    shown = [f"--- {name}", f"+++ {name}"]
    for group in SequenceMatcher(None, old_lines, new_lines).get_grouped_opcodes(_CONTEXT):
        first, last = group[0], group[-1]
        shown.append(f"@@ -{_range(first[1], last[2])} +{_range(first[3], last[4])} @@")
        for kind, start, end, new_start, new_end in group:
            mark = " " if kind == "equal" else "-"
            shown += [mark + _line(before, file, number) for number in range(start + 1, end + 1)]
            if kind != "equal":
                shown += ["+" + _line(after, file, number) for number in range(new_start + 1, new_end + 1)]
    return "\n".join(shown) + "\n"


def _line(run: Run, file: str, number: int) -> str:
    return printable(run.source_line(file, number))


def _range(start: int, end: int) -> str:
    length = end - start
    return str(start + 1) if length == 1 else f"{start + (length > 0)},{length}"
