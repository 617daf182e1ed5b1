"""The log of GitHub Actions: annotations on the lines of a pull request, and a summary of the step in Markdown.

GitHub shows 10 annotations of each level for a step and 50 for a job, and drops the rest (actions/toolkit,
docs/problem-matchers.md): the worst findings get an annotation, the others a line in the log, and a notice says so.
Commands and how to escape them: actions/toolkit, packages/core/src/command.ts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._closing import Paint, closing, counts
from aicfg.lint.reporters._facts import path_in_repository
from aicfg.lint.reporters.text import place_of, printable

_LEVELS = {"error": "error", "warning": "warning", "info": "notice"}
_MOST = {"error": 10, "warning": 10, "info": 9}
"""How many annotations of a severity there are. The tenth notice is about what got none."""

_ROWS = 500
_SUMMARY = 900_000
"""A step's summary may have 1 MiB; GitHub refuses a longer one whole."""

_MARKDOWN = re.compile(r"[^\w ,;'\"=?-]|_", re.ASCII)


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """Commands for the runner, then a line for each finding that has none, and a closing line."""
    annotated = [one for severity in SEVERITIES for one in _of(result, severity)[: _MOST[severity]]]
    told = set(annotated)
    others = [one for one in result.diagnostics if one not in told]
    lines = [_annotation(one) for one in annotated]
    if others or result.left_out:
        rest = Report((*others, *result.left_out))
        text = f"{counts(rest)} more, which the log of this step and its summary have"
        lines.append(f"::notice title=aicfg::{_data(text)}")
    lines += [f"{place_of(one)}: {one.severity}[{one.code}]: {printable(one.message)}" for one in others]
    return "\n".join([*lines, closing(result, Paint(False)), ""])


def _of(result: Report, severity: str) -> list[Diagnostic]:
    return [one for one in result.diagnostics if one.severity == severity]


def _annotation(diagnostic: Diagnostic) -> str:
    properties = {"title": f"{diagnostic.code} {diagnostic.name}"}
    if diagnostic.file is not None:
        properties["file"] = path_in_repository(diagnostic.file)
    if diagnostic.line:
        properties |= {"line": str(diagnostic.line), "endLine": str(diagnostic.end_line or diagnostic.line)}
        if diagnostic.column and diagnostic.end_line == diagnostic.line:  # GitHub takes columns of one line only
            properties |= {"col": str(diagnostic.column), "endColumn": str(diagnostic.end_column)}
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    place = place_of(diagnostic)
    text = _data(f"{place}: {printable(diagnostic.message)}" if place else printable(diagnostic.message))
    hint = f"%0A{_data(printable(diagnostic.hint))}" if diagnostic.hint else ""
    return f"::{_LEVELS[diagnostic.severity]} {given}::{text}{hint}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(printable(text)).replace(":", "%3A").replace(",", "%2C")


def summary(result: Report) -> str:
    """The step's summary: a table in Markdown, the worst findings first."""
    if not result.all:
        return f"### aicfg: {closing(result, Paint(False))}\n\n"
    rows = _rows([one for severity in SEVERITIES for one in _of(result, severity)])
    size, shown = 0, list[str]()
    for row in rows:
        size += len(row.encode("utf-8", "replace"))
        if size > _SUMMARY or len(shown) >= _ROWS:
            break
        shown.append(row)
    more = len(result.all) - len(shown)
    lines = [f"### aicfg: {counts(result)}", "", "| | Finding | Where | What to do |", "|---|---|---|---|", *shown]
    return "\n".join([*lines, *(["", f"{more} more not shown."] if more else []), "", ""])


def _rows(diagnostics: Sequence[Diagnostic]) -> Iterator[str]:
    for one in diagnostics:
        cells = f"{one.code} {one.name}: {one.message}", place_of(one), one.hint or ""
        yield f"| {one.severity} | {' | '.join(map(_markdown, cells))} |"


def _markdown(text: str) -> str:
    """The text as Markdown that means nothing but itself: whatever might be markup is a character reference."""
    return _MARKDOWN.sub(lambda match: f"&#{ord(match.group())};", printable(text))
