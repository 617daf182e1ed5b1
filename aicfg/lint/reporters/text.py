"""The report for people: each finding with its source line, a caret range and what to do."""

from __future__ import annotations

import re
from collections.abc import Iterator

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.patterns import later

_COLORS = {"error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34", "bold": "1"}
UNPRINTABLE = later(
    r"[\x00-\x08\x0b-\x1f\x7f-\xa0\xad\u061c\u180e\u200b-\u200f\u2028-\u202f\u2060-\u206f"
    r"\ud800-\udfff\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)
"""What drives a terminal, turns its writing direction around, or cannot be seen."""

_WIDEST = 160
"""Longer lines are cut around the finding, to so many characters, of which so many stand before it."""
_BEFORE = 40
_TAB = 4


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """All findings and a closing line."""
    paint = _Paint(color)
    blocks = ["\n".join(_block(diagnostic, source_line, paint)) + "\n" for diagnostic in result.diagnostics]
    return "\n".join([*blocks, _closing(result, paint) + "\n"])


class _Paint:
    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if self.on and text else text


def _block(diagnostic: Diagnostic, source_line: SourceLine, paint: _Paint) -> Iterator[str]:
    head = paint(diagnostic.severity, f"{diagnostic.severity}[{diagnostic.code}]")
    yield f"{head}{paint('bold', f': {printable(diagnostic.message)}')}"
    if diagnostic.file is None:
        if diagnostic.hint:
            yield f"  = help: {printable(diagnostic.hint)}"
        return
    number = str(diagnostic.line) if diagnostic.line else ""
    gutter = " " * len(number)
    place = ":".join(str(part) for part in (printable(diagnostic.file), diagnostic.line, diagnostic.column) if part)
    yield f"{gutter}{paint('frame', '-->')} {place}"
    if diagnostic.line and diagnostic.column:
        source, carets = _excerpt(diagnostic, source_line(diagnostic.file, diagnostic.line))
        yield f"{gutter} {paint('frame', '|')}"
        yield f"{paint('frame', number)} {paint('frame', '|')} {source}".rstrip()
        yield f"{gutter} {paint('frame', '|')} {paint(diagnostic.severity, carets)}"
    if diagnostic.hint:
        yield f"{gutter} {paint('frame', '=')} {paint('bold', 'help')}: {printable(diagnostic.hint)}"
    if diagnostic.fix:
        switch = "--fix" if diagnostic.fix.safe else "--unsafe-fixes"
        yield f"{gutter} {paint('frame', '=')} {paint('bold', 'fix')}: {printable(diagnostic.fix.title)} ({switch})"


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
    return before + marked + after + tail, " " * _width(before) + "^" * max(_width(marked), 1)


def printable(text: str) -> str:
    """The text with tabs expanded and whatever could drive a terminal made visible."""
    return UNPRINTABLE.sub(_escape, text.replace("\t", " " * _TAB).replace("\n", " "))


def _escape(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _width(text: str) -> int:
    """The columns that a terminal gives the text."""
    from unicodedata import category, east_asian_width  # only findings have lines to measure

    return sum(1 + (east_asian_width(one) in "WF") for one in text if category(one) not in ("Mn", "Me"))


def _closing(result: Report, paint: _Paint) -> str:
    if not result.diagnostics:
        files = len(result.files)
        return f"no findings in {files} file{'s' * (files != 1)}"
    counts = []
    for severity in SEVERITIES:
        count = result.number_of(severity)
        if count:
            plural = "s" if count != 1 and severity != "info" else ""
            counts.append(paint(severity, f"{count} {severity}{plural}"))
    return f"found {', '.join(counts)}: `aicfg explain CODE` tells more about each" + _fixable(result)


def _fixable(result: Report) -> str:
    """A line that says how much can be fixed."""
    fixes = [diagnostic.fix for diagnostic in result.diagnostics if diagnostic.fix]
    safe = sum(fix.safe for fix in fixes)
    unsafe = len(fixes) - safe
    told = [f"{safe} fixable with `--fix`"] if safe else []
    told += [f"{unsafe} {'more ' * bool(safe)}with `--fix --unsafe-fixes`"] if unsafe else []
    return f"\n[*] {', '.join(told)}" if told else ""
