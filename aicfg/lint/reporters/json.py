"""The report for programs: one JSON object with every fact that the text has."""

from __future__ import annotations

import json
from typing import Any

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.fix import Fix
from aicfg.lint.masking import mask_text
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters.text import UNPRINTABLE
from aicfg.source import format_path


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """`{"diagnostics": [...], "files": [...], "counts": {...}}`."""
    data = {
        "diagnostics": [_diagnostic(diagnostic) for diagnostic in result.diagnostics],
        "files": list(result.files),
        "counts": {severity: result.number_of(severity) for severity in SEVERITIES},
    }
    text = json.dumps(data, indent=2, ensure_ascii=False)
    return UNPRINTABLE.sub(lambda match: json.dumps(match.group())[1:-1], text) + "\n"


def _diagnostic(diagnostic: Diagnostic) -> dict[str, Any]:
    start = {"line": diagnostic.line, "column": diagnostic.column}
    end = {"line": diagnostic.end_line, "column": diagnostic.end_column}
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": diagnostic.file,
        "range": {"start": start, "end": end} if diagnostic.line else None,
        "path": mask_text(format_path(diagnostic.path)),
        "hint": diagnostic.hint,
        "fix": _fix(diagnostic.fix) if diagnostic.fix else None,
    }


def _fix(fix: Fix) -> dict[str, Any]:
    """A fix: the new text is masked, so that it is for showing, not for applying, where a secret moves."""
    edits = []
    for edit in fix.edits:
        line, column, end_line, end_column = edit.place
        range_ = {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}
        edits.append({"file": edit.file, "range": range_, "text": edit.shown})
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
