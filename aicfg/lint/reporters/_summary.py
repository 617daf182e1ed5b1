"""The summary of a run as text, and as facts for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from aicfg.lint.reporters._closing import Paint, counts, statistics_table

if TYPE_CHECKING:
    from aicfg.lint.diagnostic import Report
    from aicfg.lint.summary import Summary

_WIDTH = 100


def summary_lines(result: Report, paint: Paint) -> Iterator[str]:
    """What was looked at, the findings by rule, and where to begin."""
    from aicfg.lint.reporters.text import place_of, printable

    summary: Summary = result.summary
    files = len(result.files)
    kinds = ", ".join(_number(count, kind) for kind, count in summary.documents.items())
    yield f"{_number(files, 'file')}{': ' if kinds else ''}{kinds}"
    if summary.plugins:
        yield f"{_number(sum(summary.plugins.values()), 'AI plugin')}: {_listed(summary.plugins)}"
    if summary.providers:
        yield f"{_number(sum(summary.providers.values()), 'LLM')}: {_listed(summary.providers)}"
    yield ""
    if not result.all:
        yield "no findings"
        return
    yield f"{counts(result, paint)}"
    yield from (f"  {line}" for line in statistics_table(result, paint))
    if summary.first:
        yield ""
        yield paint("bold", "where to begin")
    for number, first in enumerate(summary.first, 1):
        one = first.diagnostic
        times = f" ({first.times} times)" if first.times > 1 else ""
        yield f"{number}. {paint(one.severity, one.code)}: {printable(one.message)}{times}"
        yield f"   {printable(place_of(one))}" + (f": {printable(one.hint)}" if one.hint else "")
        yield from textwrap.wrap(first.why, _WIDTH, initial_indent="   ", subsequent_indent="   ")


def summary_facts(summary: Summary) -> dict[str, Any]:
    """The same for programs."""
    return {
        "documents": dict(summary.documents),
        "plugins": dict(summary.plugins),
        "providers": dict(summary.providers),
        "first": [{"code": one.diagnostic.code, "count": one.times, "why": one.why} for one in summary.first],
    }


def _number(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1 and what != 'other')}"


def _listed(counted: Mapping[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in counted.items())
