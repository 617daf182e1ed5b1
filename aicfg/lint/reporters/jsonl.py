"""The report for programs that read line by line: a JSON object for each finding, and one for the whole run."""

from __future__ import annotations

from aicfg.lint.diagnostic import Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._facts import as_json, with_fingerprints
from aicfg.lint.reporters.json import facts, totals


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """Lines of `"type": "diagnostic"`, then one of `"type": "summary"`: who has read that one has read all."""
    lines = [{"type": "diagnostic", **facts(*each)} for each in with_fingerprints(result)]
    return "".join(as_json(line, None) + "\n" for line in [*lines, {"type": "summary", **totals(result)}])
