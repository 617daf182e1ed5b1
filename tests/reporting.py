"""What the tests of reports share: a finding made by hand, hostile texts, and a file full of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.engine import Run
from aicfg.lint.fix import Edit, Fix
from aicfg.lint.masking import masked_lines
from aicfg.lint.reporters import report
from aicfg.source import Range, Text

HOSTILE = (
    "\n::error::x",
    "\r\n::set-output name=a::b",
    "  ::add-mask::x",
    "##[add-matcher]x",
    "a %0A::error::x %25",
    ",title=x::y",
    "\x1b[31mred\x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\",
    "section_start:1:x\r\x1b[0K",
    "]]><failure/>",
    "</system-out><a b='c'>&amp;\"",
    "`code` **bold** | cell | <script>alert(1)</script> # title",
    "[text](http://evil.example) ![i](x) https://evil.example www.evil.example @you",
    "\u202egnp.exe\u2066\u200b",
    "NUL\x00 \x07 \x9b31m \u2028 \ufffe \uffff",
    "\udcff\ud800",
    '{"a": "b"}, {0} $(x) %s \\n',
)
"""Texts that mean something to a terminal, a runner, XML, Markdown, or to readers' eyes."""

DRIVES = frozenset("\x00\x07\x08\x1b\x9b\r\u202e\u2066\u200b\u2028\ufffe\uffff\udcff\ud800")
"""Characters that stand in no report as they are."""


def finding(code: str = "M101", severity: str = "error", line: int = 1, **changes: Any) -> Diagnostic:
    facts: dict[str, Any] = {"code": code, "name": "unknown-key", "severity": severity, "message": "unknown key"}
    place = {"file": "a.yaml", "line": line, "column": 3, "end_line": line, "end_column": 8}
    return Diagnostic(**{**facts, **place, **changes})


def fixed(text: str, **changes: Any) -> Diagnostic:
    """A finding with a fix that puts a text in place of its range."""
    title, safe = changes.pop("title", "write it so"), changes.pop("safe", True)
    shown = "\n".join(masked_lines(Text(text, "a.yaml"), ()))
    return finding(**changes, fix=Fix(title, (Edit("a.yaml", 2, 7, text, Range(1, 3, 1, 8), shown),), safe))


def written(name: str, found: Iterable[Diagnostic], files: tuple[str, ...] = ("a.yaml",), **look: bool) -> str:
    """The report about some findings in a format."""
    return report(Report(tuple(found), files), name, lambda file, line: "", **look)


def hostile_findings() -> list[Diagnostic]:
    """Each hostile text as a message, as a hint, as a file's name and in a path."""
    return [
        changed
        for text in HOSTILE
        for changed in (
            finding(message=text, path=("a", text)),
            finding(hint=text, severity="warning"),
            finding(file=text, severity="info"),
            fixed("x", title=text, message=f"fix {text}"),
        )
    ]


def hostile_run(text: str) -> tuple[Run, Report]:
    """A run over a file with a hostile name, keys and values."""
    data = {
        "version": 1,
        "providers": {"p": {"type": text, "api_key": "${env:KEY}", text: 1}, text: {"type": "openai"}},
        "routes": {text: {"provider": text, "model": text, "options": {"top_p": text, text: text}}, "x": text},
    }
    run = Run()
    run.read_content(json.dumps(data, indent=1).encode(), f"{text}.yaml")
    return run, run.report()
