"""Reports: one module per format; a module in this package that has a `report` function is a format."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING

from aicfg.modules import modules_in

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Report

SourceLine = Callable[[str, int], str]
"""(file, line number) -> the line as it may be shown: secrets masked."""


@cache
def formats() -> tuple[str, ...]:
    """The names of all report formats."""
    return modules_in(__path__)


def report(result: Report, name: str, source_line: SourceLine, *, color: bool = False) -> str:
    """The report in the format `name`, one of `formats()`."""
    function: Callable[..., str] = importlib.import_module(f"{__name__}.{name}").report
    return function(result, source_line, color=color)
