"""Reports: one module per format; a module in this package that has a `report` function is a format.

A format that people read sets `FOR_PEOPLE`: its function takes `links`, `quiet` and `statistics`, too.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.modules import modules_in

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Report

SourceLine = Callable[[str, int], str]
"""(file, line number) -> the line as it may be shown: secrets masked."""

STDIN = "<stdin>"
"""The name of standard input in reports."""


@cache
def formats() -> tuple[str, ...]:
    """The names of all report formats."""
    return modules_in(__path__)


def report(result: Report, name: str, source_line: SourceLine, *, color: bool = False, **look: bool) -> str:
    """The report in the format `name`, one of `formats()`.

    `look` is for formats that people read: `links` makes places clickable on a terminal, `quiet` leaves out all but
    findings, `statistics` counts the findings by rule in place of showing them.
    """
    function: Callable[..., str] = _module(name).report
    if not for_people(name):
        return function(result, source_line, color=color)
    shown = result._replace(diagnostics=result.all, left_out=()) if look.get("statistics") else result
    return function(shown, source_line, color=color, **look)


def for_people(name: str) -> bool:
    """Whether a format is read by people; the others are for programs, which want a report in any case."""
    return getattr(_module(name), "FOR_PEOPLE", False)


def _module(name: str) -> Any:
    return importlib.import_module(f"{__name__}.{name}")
