"""The report for servers that show tests: JUnit's XML, a suite for each file and a test case for each finding.

An error is a test that fails. A warning or an info is one that was skipped: it is seen, and makes nobody's build fail.
A file without findings is one test that passes.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape, quoteattr

from aicfg.lint.diagnostic import Diagnostic, Report
from aicfg.lint.reporters import SourceLine
from aicfg.lint.reporters._facts import path_in_repository, path_of
from aicfg.lint.reporters.text import place_of, printable


def report(result: Report, source_line: SourceLine, *, color: bool = False) -> str:
    """An XML document."""
    by_file: dict[str, list[Diagnostic]] = {file: [] for file in result.files}
    for diagnostic in result.diagnostics:
        by_file.setdefault(diagnostic.file or "", []).append(diagnostic)
    hidden = {diagnostic.file for diagnostic in result.left_out}
    suites = [suite for file, found in by_file.items() if found or file not in hidden for suite in _suite(file, found)]
    everything = [diagnostic for found in by_file.values() for diagnostic in found]
    tests = sum(len(found) or file not in hidden for file, found in by_file.items())
    head = f'<testsuites name="aicfg" {_numbers(tests, everything)}>'
    return "\n".join(['<?xml version="1.0" encoding="utf-8"?>', head, *suites, "</testsuites>", ""])


def _suite(file: str, found: list[Diagnostic]) -> Iterator[str]:
    path = _attribute(path_in_repository(file))
    yield f"  <testsuite name={path} {_numbers(len(found) or 1, found)}>"
    for one in found:
        yield from _case(one, path)
    if not found:
        yield f'    <testcase name="no findings" classname={path} file={path} time="0"/>'
    yield "  </testsuite>"


def _case(diagnostic: Diagnostic, path: str) -> Iterator[str]:
    where = path_of(diagnostic)
    name = _attribute(f"{diagnostic.code} {diagnostic.name}{' at ' * bool(where)}{where}")
    line = f' line="{diagnostic.line}"' if diagnostic.line else ""
    yield f'    <testcase name={name} classname={path} file={path}{line} time="0">'
    message = _attribute(diagnostic.message)
    if diagnostic.severity == "error":
        yield f'      <failure type="{diagnostic.code}" message={message}>{_body(diagnostic)}</failure>'
    else:
        yield f"      <skipped message={_attribute(f'{diagnostic.severity}: {diagnostic.message}')}/>"
        yield f"      <system-out>{_body(diagnostic)}</system-out>"
    yield "    </testcase>"


def _numbers(tests: int, found: list[Diagnostic]) -> str:
    failures = sum(one.severity == "error" for one in found)
    return f'tests="{tests}" failures="{failures}" errors="0" skipped="{len(found) - failures}" time="0"'


def _body(diagnostic: Diagnostic) -> str:
    lines = [f"{diagnostic.severity}[{diagnostic.code}]: {printable(diagnostic.message)}", place_of(diagnostic)]
    lines += [f"help: {printable(diagnostic.hint)}"] if diagnostic.hint else []
    return escape("\n".join(lines))


def _attribute(text: str) -> str:
    return quoteattr(printable(text))
