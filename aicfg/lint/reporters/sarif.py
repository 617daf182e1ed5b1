"""SARIF 2.1.0, which code scanning services read: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import quote

from aicfg import __version__
from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.registry import Rule, rules
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._facts import as_json, edits_of, path_in_repository, path_of, with_fingerprints
from aicfg.lint.reporters.text import printable

_SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
_ROOT = "%SRCROOT%"
_FINGERPRINT = "aicfg/v1"
"""Its own name: `primaryLocationLineHash` is for GitHub's action to fill, which complains about another tool's."""

_MOST_LINES = 10
"""A finding about more lines is shown by its place alone."""

_LEVELS = {"error": "error", "warning": "warning", "info": "note"}
_LINK = re.compile(r"\\?\[(?=[^\[\]]*\]\()")


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """A log of one run. Only the rules that found something are in it."""
    codes = sorted({diagnostic.code for diagnostic in result.diagnostics})
    known = {rule.code: rule for rule in rules()}
    names = {diagnostic.code: diagnostic.name for diagnostic in result.diagnostics}
    described = [_rule(code, names[code], known.get(code)) for code in codes]
    driver = {"name": "aicfg", "version": __version__, "rules": described}
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "aicfg/"},
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The top of the repository."}}},
        "columnKind": "unicodeCodePoints",
        "results": [
            _result(one, fingerprint, codes.index(one.code), source_line)
            for one, fingerprint in with_fingerprints(result)
        ],
    }
    return as_json({"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}) + "\n"


def _rule(code: str, name: str, rule: Rule | None) -> dict[str, Any]:
    """A rule's documentation. GitHub shows the Markdown next to each of its alerts."""
    described: dict[str, Any] = {"id": code, "name": name}
    if rule is None:
        return described
    about = rule.documentation
    help_ = [f"{about.summary}\n\n{about.why}".strip()]
    help_ += [f"Example:\n\n{_fenced(about.example)}"] if about.example else []
    help_ += [f"Use instead:\n\n{_fenced(about.instead)}"] if about.instead else []
    markdown = "\n\n".join(help_)
    return {
        **described,
        "shortDescription": {"text": about.summary},
        "fullDescription": {"text": f"{about.summary} {about.why}".strip()},
        "help": {"text": markdown.replace("```yaml\n", "").replace("\n```", ""), "markdown": markdown},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {"tags": ["security" if code.startswith("S") else "correctness"]},
    }


def _fenced(text: str) -> str:
    return f"```yaml\n{text}```"


def _result(diagnostic: Diagnostic, fingerprint: str, index: int, source_line: SourceLine) -> dict[str, Any]:
    message = f"{diagnostic.message}\n{diagnostic.hint}" if diagnostic.hint else diagnostic.message
    result = {
        "ruleId": diagnostic.code,
        "ruleIndex": index,
        "level": _LEVELS[diagnostic.severity],
        "message": {"text": "\n".join(_plain(line) for line in message.split("\n"))},
        "locations": [_location(diagnostic, source_line)],
        "partialFingerprints": {_FINGERPRINT: fingerprint},
    }
    fixes = _fixes(diagnostic)
    return {**result, "fixes": fixes} if fixes else result


def _plain(text: str) -> str:
    """A message without what SARIF (3.11.6) takes for a link in it, and without what drives a terminal."""
    return _LINK.sub(r"\\[", printable(text))


def _location(diagnostic: Diagnostic, source_line: SourceLine) -> dict[str, Any]:
    location: dict[str, Any] = {}
    if diagnostic.file is not None:
        place: dict[str, Any] = {"artifactLocation": _artifact(diagnostic.file)}
        if diagnostic.line:
            place["region"] = _region(*diagnostic[5:9])
            place |= _around(diagnostic, source_line)
        location["physicalLocation"] = place
    path = path_of(diagnostic)
    return {**location, "logicalLocations": [{"fullyQualifiedName": printable(path)}]} if path else location


def _around(diagnostic: Diagnostic, source_line: SourceLine) -> dict[str, Any]:
    """The lines of a finding, secrets masked, for viewers that do not have the file."""
    first, last = diagnostic.line or 1, diagnostic.end_line or diagnostic.line or 1
    if diagnostic.file is None or last - first >= _MOST_LINES:
        return {}
    text = "\n".join(printable(source_line(diagnostic.file, number)) for number in range(first, last + 1))
    region = {"startLine": first, "endLine": last, "snippet": {"text": text}}
    return {"contextRegion": region} if text.strip() else {}


def _artifact(file: str) -> dict[str, str]:
    path = path_in_repository(file)
    try:
        encoded = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        encoded = path.encode("utf-8", "replace")
    address = quote(encoded)
    return {"uri": f"file://{address}"} if path.startswith("/") else {"uri": address, "uriBaseId": _ROOT}


def _region(*place: int | None) -> dict[str, int]:
    names = ("startLine", "startColumn", "endLine", "endColumn")
    return {name: at for name, at in zip(names, place, strict=True) if at is not None}


def _fixes(diagnostic: Diagnostic) -> list[dict[str, Any]]:
    """One fix, whose edits are all of one file."""
    fix, edits = diagnostic.fix, edits_of(diagnostic)
    if fix is None or not edits:
        return []
    title = fix.title if fix.safe else f"{fix.title} (look at the outcome)"
    replacements = [{"deletedRegion": _region(*edit.place), "insertedContent": {"text": edit.text}} for edit in edits]
    change = {"artifactLocation": _artifact(edits[0].file), "replacements": replacements}
    return [{"description": {"text": _plain(title)}, "artifactChanges": [change]}]
