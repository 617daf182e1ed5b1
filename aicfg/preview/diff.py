"""Two texts next to each other, or as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from aicfg.preview.formats.text import LONG, message_lines
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import refusal_lines, shown_body, shown_client_body

_NARROWEST = 20


def bodies(preview: Preview, paint: Paint, width: int | None) -> str:
    """The client's body against the upstream one, side by side in `width` columns, unified for None."""
    client = shown_client_body(preview, limit=LONG).split("\n")
    return compared("client", client, "upstream", shown_body(preview, limit=LONG).split("\n"), paint, width)


def requests(one: Preview, other: Preview, paint: Paint, width: int | None) -> str:
    """What changes between two upstream requests; a refusal stands for a request that there is not."""
    return compared(one.title, _lines(one), other.title, _lines(other), paint, width)


def compared(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint, width: int | None) -> str:
    """Two lists of lines next to each other, with `<`, `>` and `|` between them, or as a unified diff."""
    rows = _unified(name, left, other, right, paint) if width is None else _rows(name, left, other, right, paint, width)
    return "".join(f"{row.rstrip()}\n" for row in rows)


def _lines(preview: Preview) -> list[str]:
    return refusal_lines(preview) if preview.upstream is None else list(message_lines(preview))


def _unified(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint) -> Iterator[str]:
    styles = {"+": "added", "-": "dropped", "@": "renamed"}
    for line in difflib.unified_diff(left, right, name, other, lineterm="", n=max(len(left), len(right))):
        style = styles.get(line[:1])
        yield paint(style, line) if style else line


def _rows(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint, width: int) -> Iterator[str]:
    half = max((width - 3) // 2, _NARROWEST)
    yield paint("bold", f"{_cell(name, half)}   {_cell(other, half)}")
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for operation, start, end, start_other, end_other in matcher.get_opcodes():
        for index in range(max(end - start, end_other - start_other)):
            mine = left[start + index] if start + index < end else None
            theirs = right[start_other + index] if start_other + index < end_other else None
            sign = " " if operation == "equal" else "<" if theirs is None else ">" if mine is None else "|"
            first, second = _cell(mine or "", half), _cell(theirs or "", half)
            if operation != "equal":
                first, second = paint("dropped", first), paint("added", second)
            yield f"{first} {sign} {second}"


def _cell(text: str, width: int) -> str:
    """A text in so many columns: cut, or filled with spaces."""
    shown = text if len(text) <= width else f"{text[: width - 1]}…"
    return f"{shown:<{width}}"
