"""The report for people: each finding with its source line, a caret range and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._closing import Paint, closing, statistics_table
from aicfg.patterns import later

FOR_PEOPLE = True

UNPRINTABLE = later(
    r"[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\ufffe\uffff\U000e0000-\U000e007f]"
)
"""What drives a terminal, turns its writing direction around, or cannot be seen."""

_COMMAND = "##["
"""Starts a command anywhere in a line of a log, for the runner of GitHub Actions (its ActionCommand.TryParse)."""

_WIDEST = 160
"""Longer lines are cut around the finding, to so many characters, of which so many stand before it."""
_BEFORE = 40
_TAB = 4


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
    end = [] if quiet else [closing(result, paint)]
    if statistics:
        return "\n".join([*statistics_table(result, paint), *end, ""])
    blocks = ["\n".join(_block(diagnostic, source_line, paint)) + "\n" for diagnostic in result.diagnostics]
    return "\n".join([*blocks, *(f"{line}\n" for line in end)])


def _block(diagnostic: Diagnostic, source_line: SourceLine, paint: Paint) -> Iterator[str]:
    head = paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    yield f"{head}{paint('bold', f': {printable(diagnostic.message)}')}"
    if diagnostic.file is None:
        if diagnostic.hint:
            yield f"  = help: {printable(diagnostic.hint)}"
        return
    number = str(diagnostic.line) if diagnostic.line else ""
    gutter = " " * len(number)
    place = place_of(diagnostic)
    yield f"{gutter}{paint('frame', '-->')} {paint.link(diagnostic.file, place)}"
    if diagnostic.line and diagnostic.column:
        source, carets = _excerpt(diagnostic, source_line(diagnostic.file, diagnostic.line))
        yield f"{gutter} {paint('frame', '|')}"
        yield f"{paint('frame', number)} {paint('frame', '|')} {source}".rstrip()
        yield f"{gutter} {paint('frame', '|')} {paint(diagnostic.severity, carets)}"
    if diagnostic.hint:
        yield f"{gutter} {paint('frame', '=')} {paint('bold', 'help')}: {printable(diagnostic.hint)}"
    fix = diagnostic.fix
    if fix is not None:
        switch = "--fix" if fix.safe else "--unsafe-fixes"
        yield f"{gutter} {paint('frame', '=')} {paint('bold', 'fix')}: {printable(fix.title)} ({switch})"


def _excerpt(diagnostic: Diagnostic, line: str) -> tuple[str, str]:
    """The source line and, below it, spaces and carets of the same width."""
    start = (diagnostic.column or 1) - 1
    one_line = diagnostic.end_line == diagnostic.line and diagnostic.end_column is not None
    end = max((diagnostic.end_column or 0) - 1, start + 1) if one_line else max(len(line.rstrip()), start + 1)
    head = tail = ""
    if len(line) > _WIDEST:
        cut = max(0, min(start - _BEFORE, len(line) - _WIDEST))
        head, tail = "…" * (cut > 0), "…" * (cut + _WIDEST < len(line))
        line, start, end = line[cut : cut + _WIDEST], start - cut, min(end - cut, _WIDEST)
    before, marked, after = (printable(part) for part in (line[:start], line[start:end], line[end:]))
    before = head + before
    source = _no_command(before + marked + after + tail)  # its parts may make a command together
    return source, " " * _width(before) + "^" * max(_width(marked), 1)


def printable(text: str) -> str:
    """The text in one line, with tabs expanded, and whatever could drive a terminal or a runner's log made visible."""
    shown = UNPRINTABLE.sub(_escape, text.replace("\t", " " * _TAB).replace("\n", " "))
    return _no_command(shown)


def _no_command(text: str) -> str:
    return text.replace(_COMMAND, "#\\x23[")


def place_of(diagnostic: Diagnostic) -> str:
    """`file:line:column` of a finding, as far as there is such, never read as a command by a runner of GitHub's."""
    file = printable(diagnostic.file or "")
    file = f"./{file}" if file.lstrip().startswith("::") else file
    return ":".join(str(part) for part in (file, diagnostic.line, diagnostic.column) if part)


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _width(text: str) -> int:
    """The columns that a terminal gives the text."""
    from unicodedata import category, east_asian_width  # only findings have lines to measure

    return sum(1 + (east_asian_width(one) in "WF") for one in text if category(one) not in ("Mn", "Me"))
