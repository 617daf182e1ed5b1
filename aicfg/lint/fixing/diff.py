"""What fixing changes in a file, as a diff in which secrets are masked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from aicfg.lint.masking import without
from aicfg.lint.reporters.text import printable
from aicfg.unified import Side, unified

if TYPE_CHECKING:
    from aicfg.lint.engine import Run


def diff(file: str, runs: Sequence[Run]) -> str:
    """What changed in a file from the first run to the last, as `diff -u` shows it.

    What any run takes for a secret is hidden everywhere: a fix can move it to where it does not look like one, or give
    it the name that tells, and a later one can replace it.
    """
    secrets = frozenset[str]().union(*(run.secrets(file) for run in runs if file in run.sources))
    return unified(_side(file, runs[0], secrets), _side(file, runs[-1], secrets))


def _side(file: str, run: Run, secrets: frozenset[str]) -> Side:
    lines = [line for line in run.sources[file][0].lines if line]
    return Side(printable(file), lines, lambda number: printable(without(run.source_line(file, number), secrets)))
