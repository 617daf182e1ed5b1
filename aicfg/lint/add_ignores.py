"""Comments that silence all findings of a run, put into the files: behind the line, or above it where it goes on.

A comment that is there already gets the codes that it lacks. Everything else stays as it is, byte for byte; a file
whose values would not be the same afterwards is left alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from aicfg.lint.diagnostic import Diagnostic
from aicfg.lint.silencers import Code, silencers_in
from aicfg.lint.silencing import OWN, Sources
from aicfg.source import SourceError, Text, load_bytes, read_text
from aicfg.source.comments import Gaps
from aicfg.tuples import NamedTuple

Edit = tuple[int, str]
"""What to put in at which offset of a text."""


class Added(NamedTuple):
    """The new text of each file that changes, how many findings that silences, and those that no comment can."""

    files: Mapping[Path, str]
    silenced: int
    left: tuple[Diagnostic, ...]


def with_ignores(found: Iterable[Diagnostic], sources: Sources) -> Added:
    """The files with comments for the findings. Raises FileError for a file that is not there any more."""
    by_file: dict[str, list[Diagnostic]] = {}
    for one in found:
        by_file.setdefault(one.file or "", []).append(one)
    files, silenced, left = dict[Path, str](), 0, list[Diagnostic]()
    for file, ours in by_file.items():
        source, documents = sources.get(file, (Text("", file), ()))
        edits = {} if not documents or _is_json(source.text) else _edits(source, ours)
        text = _edited(source, edits)
        if text is None:
            left += ours
            continue
        files[Path(file)] = text
        here = [one for one in ours if one.line in edits and one.code not in OWN]
        silenced += len(here)
        left += (one for one in ours if one not in here)
    return Added(files, silenced, tuple(left))


def _edited(source: Text, edits: Mapping[int, Edit]) -> str | None:
    """The content of a file with comments; None without any, and where it would not be the same, or is not any more."""
    if not edits:
        return None
    content = load_bytes(source.file).decode("utf-8", "replace")
    mark, text = content[: len(content) - len(source.text)], source.text
    commented = _with_edits(source, edits) if content == mark + text else None
    return None if commented is None else mark + commented


def commented(source: Text, found: Iterable[Diagnostic]) -> str | None:
    """A text with comments for findings in it; None where no comment can silence them."""
    edits = {} if _is_json(source.text) else _edits(source, found)
    return _with_edits(source, edits) if edits else None


def _with_edits(source: Text, edits: Mapping[int, Edit]) -> str | None:
    """The text with comments; None where its values would not be the same."""
    text = source.text
    for offset, comment in sorted(edits.values(), reverse=True):
        text = text[:offset] + comment + text[offset:]
    return text if _values(text, source.file) == _values(source.text, source.file) else None


def _values(text: str, file: str) -> str | None:
    try:
        return repr([document.data for document in read_text(text, file)])
    except SourceError:
        return None


def _is_json(text: str) -> bool:
    """Whether a text is JSON, which has no comments."""
    if text.lstrip()[:1] not in ("{", "["):
        return False
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return False
    return True


def _edits(source: Text, found: Iterable[Diagnostic]) -> dict[int, Edit]:
    """What to put in where, by the line of the findings that it silences."""
    codes: dict[int, set[str]] = {}
    for one in found:
        if one.line is not None and one.code not in OWN:
            codes.setdefault(one.line, set()).add(one.code)
    there = dict[int, Code]()
    for silencer in silencers_in(source).found:  # of several, the last: that behind the line
        if silencer.line is not None and silencer.codes:
            there[silencer.line] = silencer.codes[-1]
    gaps, edits = Gaps(source), dict[int, Edit]()
    for line, missing in codes.items():
        listed = ", ".join(sorted(missing))
        if line in there:
            edits[line] = there[line].end, f", {listed}"
            continue
        edit = _comment(source, gaps, line, f"# aicfg: ignore[{listed}]")
        if edit is not None:
            edits[line] = edit
    return edits


def _comment(source: Text, gaps: Gaps, line: int, comment: str) -> Edit | None:
    """A comment about a line, where it can stand; None where there is no such place."""
    start, end = source.line_span(line)
    if gaps.has(end):
        return end, f"  {comment}"
    if not gaps.has(start):
        return None
    text = source.text[start:end]
    ending = "\r\n" if source.text.startswith("\r\n", end) else source.text[end : end + 1]
    return start, text[: len(text) - len(text.lstrip())] + comment + ending
