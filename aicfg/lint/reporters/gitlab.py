"""The Code Quality report of GitLab: what a merge request shows, from an artifact of `reports: codequality`.

Source: GitLab's documentation, "Code Quality report format". A fingerprint has to be the only one of its kind in a
report, so the file's name is a part of it here.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._facts import as_json, path_in_repository, with_fingerprints
from aicfg.lint.reporters.text import printable

_SEVERITIES = {"error": "major", "warning": "minor", "info": "info"}


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """A list of what GitLab calls violations."""
    return as_json([_violation(*each) for each in with_fingerprints(result)]) + "\n"


def _violation(diagnostic: Diagnostic, fingerprint: str) -> dict[str, Any]:
    path = path_in_repository(diagnostic.file or "")
    message = f"{diagnostic.message} ({diagnostic.hint})" if diagnostic.hint else diagnostic.message
    lines = {"begin": diagnostic.line or 1, "end": diagnostic.end_line or diagnostic.line or 1}
    unique = sha256(f"{path}\n{fingerprint}".encode("utf-8", "surrogatepass")).hexdigest()
    return {
        "description": printable(message),
        "check_name": f"{diagnostic.code} {diagnostic.name}",
        "fingerprint": unique[: len(fingerprint)],
        "severity": _SEVERITIES[diagnostic.severity],
        "location": {"path": path, "lines": lines},
    }
