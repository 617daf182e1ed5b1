"""The report for people and editors: one line for each finding, `file:line:column: severity[code]: message`."""

from __future__ import annotations

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._closing import Paint, closing, statistics_table
from aicfg.lint.reporters.text import place_of, printable

FOR_PEOPLE = True


def report(
    result: Report,
    source_line: SourceLine,
    *,
    color: bool = False,
    links: bool = False,
    quiet: bool = False,
    statistics: bool = False,
) -> str:
    """All findings and a closing line."""
    paint = Paint(color, links)
    if result.summary is not None:
        from aicfg.lint.reporters._summary import summary_lines  # only --summary shows one

        return "\n".join([*summary_lines(result, paint), ""])
    lines = statistics_table(result, paint) if statistics else (_line(one, paint) for one in result.diagnostics)
    return "\n".join([*lines, *([] if quiet else [closing(result, paint)]), ""])


def _line(diagnostic: Diagnostic, paint: Paint) -> str:
    place = place_of(diagnostic)
    head = paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    return f"{paint.link(diagnostic.file or '', place)}{': ' * bool(place)}{head}: {printable(diagnostic.message)}"
