"""The report for programs: one JSON object with every fact that the text has, as schemas/report.schema.json says."""

from __future__ import annotations

from typing import Any

from aicfg.lint.diagnostic import SEVERITIES, Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._closing import statistics
from aicfg.lint.reporters._facts import as_json, edits_of, path_of, with_fingerprints
from aicfg.lint.reporters._summary import summary_facts


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """`{"diagnostics": [...], "files": [...], "counts": {...}, …}`."""
    return as_json({"diagnostics": [facts(*each) for each in with_fingerprints(result)], **totals(result)}) + "\n"


def totals(result: Report) -> dict[str, Any]:
    """What holds for the whole run."""
    return {
        "files": list(result.files),
        "counts": {severity: result.number_of(severity) for severity in SEVERITIES},
        "left_out": len(result.left_out),
        "statistics": [
            {"code": one.code, "name": one.name, "severity": one.severity, "count": count, "fixable": fixable}
            for one, count, fixable in statistics(result)
        ],
        **({} if result.summary is None else {"summary": summary_facts(result.summary)}),
    }


def facts(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    """One finding."""
    start = diagnostic.line, diagnostic.column
    end = diagnostic.end_line, diagnostic.end_column
    return {
        "code": diagnostic.code,
        "name": diagnostic.name,
        "severity": diagnostic.severity,
        "message": diagnostic.message,
        "file": diagnostic.file,
        "range": _range(*start, *end) if diagnostic.line else None,
        "path": path_of(diagnostic),
        "hint": diagnostic.hint,
        "fix": _fix(diagnostic),
        "fingerprint": fingerprint,
    }


def _range(line: int | None, column: int | None, end_line: int | None, end_column: int | None) -> dict[str, Any]:
    return {"start": {"line": line, "column": column}, "end": {"line": end_line, "column": end_column}}


def _fix(diagnostic: Diagnostic) -> dict[str, Any] | None:
    fix = diagnostic.fix
    if fix is None:
        return None
    edits = [{"file": edit.file, "range": _range(*edit.place), "text": edit.shown} for edit in edits_of(diagnostic)]
    return {"title": fix.title, "safe": fix.safe, "edits": edits}
