"""What the reports for people share: colours and links, the closing lines, and the table of `--statistics`."""

from __future__ import annotations

import os
from collections.abc import Iterator

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.reporters import STDIN

_COLORS = {"error": "1;31", "warning": "1;33", "info": "1;36", "frame": "1;34", "bold": "1"}


class Paint:
    """Colours and links, where they are wanted."""

    def __init__(self, color: bool, links: bool = False) -> None:
        self.color = color
        self.links = links

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_COLORS[style]}m{text}\x1b[0m" if self.color and text else text

    def link(self, file: str, text: str) -> str:
        """The text as a link to a file (OSC 8)."""
        if not self.links or file in ("", STDIN):
            return text
        from urllib.parse import quote

        address = quote(os.fsencode(os.path.abspath(file)))
        return f"\x1b]8;;file://{address}\x1b\\{text}\x1b]8;;\x1b\\"


def closing(result: Report, paint: Paint) -> str:
    """How many findings there are, how many of them are not shown, and how many can be fixed."""
    if not result.all:
        files = len(result.files)
        return f"no findings in {files} file{'s' * (files != 1)}"
    hidden = f" ({len(result.left_out)} not shown)" if result.left_out else ""
    end = f"found {counts(result, paint)}{hidden}: `aicfg explain CODE` tells more about each"
    fixes = _fixable(result)
    return f"{end}\n{fixes}" if fixes else end


def counts(result: Report, paint: Paint | None = None) -> str:
    """Such as "2 errors, 1 warning, 3 info"."""
    parts = []
    for severity in SEVERITIES:
        count = result.number_of(severity)
        if count:
            part = f"{count} {severity}{'s' * (count != 1 and severity != 'info')}"
            parts.append(paint(severity, part) if paint else part)
    return ", ".join(parts)


def _fixable(result: Report) -> str:
    safe, unsafe = (sum(_has_fix(one, safe) for one in result.all) for safe in (True, False))
    parts = [f"{safe} fixable with `--fix`"] if safe else []
    parts += [f"{unsafe} {'more ' * bool(safe)}with `--fix --unsafe-fixes`"] if unsafe else []
    return f"[*] {', '.join(parts)}" if parts else ""


def _has_fix(diagnostic: Diagnostic, safe: bool) -> bool:
    return diagnostic.fix is not None and diagnostic.fix.safe is safe


def statistics_table(result: Report, paint: Paint) -> Iterator[str]:
    """The findings counted by rule, the most frequent first."""
    rows = statistics(result)
    width = max((len(str(count)) for _, count, _ in rows), default=0)
    names = max((len(one.name) for one, _, _ in rows), default=0)
    for one, count, fixable in rows:
        severity = paint(one.severity, one.severity) + " " * (7 - len(one.severity))
        fixes = f"  {fixable} fixable" if fixable else ""
        yield f"{count:>{width}}  {severity}  {one.code}  {one.name:<{names}}{fixes}".rstrip()


def statistics(result: Report) -> list[tuple[Diagnostic, int, int]]:
    """(an example, the number of such findings, how many of them can be fixed) for each rule and severity."""
    groups: dict[tuple[str, str], list[Diagnostic]] = {}
    for one in result.all:
        groups.setdefault((one.code, one.severity), []).append(one)
    rows = [(group[0], len(group), sum(one.fix is not None for one in group)) for group in groups.values()]
    return sorted(rows, key=lambda row: (-row[1], row[0].code, row[0].severity))
