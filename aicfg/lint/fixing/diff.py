"""What fixing changes in a file, as a diff in which secrets are masked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.lint.reporters.text import printable
from aicfg.unified import Side, unified

if TYPE_CHECKING:
    from aicfg.lint.engine import Run


def diff(file: str, before: Run, after: Run) -> str:
    """What changed in a file from one run to another, as `diff -u` shows it."""
    return unified(_side(file, before), _side(file, after))


def _side(file: str, run: Run) -> Side:
    lines = [line for line in run.sources[file][0].lines if line]
    return Side(printable(file), lines, lambda number: printable(run.source_line(file, number)))
