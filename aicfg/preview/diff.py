"""Two texts next to each other, or as a unified diff."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Sequence

from aicfg.lint.reporters.text import printable
from aicfg.preview.formats.text import LONG, message_lines, notes
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import refusal_lines, shown_body, shown_client_body

_NARROWEST = 20


def bodies(preview: Preview, paint: Paint, width: int | None) -> str:
    """The client's body against the upstream one, side by side in `width` columns, unified for None."""
    client = shown_client_body(preview, limit=LONG).split("\n")
    upstream = shown_body(preview, limit=LONG).split("\n") if preview.upstream else []
    return compared("client", client, "upstream", upstream, paint, width) + remarks([preview], paint)


def requests(one: Preview, other: Preview, paint: Paint, width: int | None) -> str:
    """What changes between two upstream requests; a refused one has no lines."""
    return compared(one.title, _lines(one), other.title, _lines(other), paint, width) + remarks([one, other], paint)


def remarks(previews: Sequence[Preview], paint: Paint) -> str:
    """Refusals in full, and the notes, each once; what is about one of several only says which."""
    lines = []
    for preview in previews:
        whose = f"{printable(preview.title)}: " if len(previews) > 1 else ""
        if preview.upstream is None:
            first, *rest = refusal_lines(preview)
            lines += [paint("error", whose + first), *rest]
    told = {preview.title: list(notes(preview)) for preview in previews}
    for note in dict.fromkeys(note for each in told.values() for note in each):
        named = [title for title, each in told.items() if note in each]
        about = f" ({printable(named[0])})" if len(named) < len(told) else ""
        lines.append(f"{paint('note', 'note')}{about}: {note}")
    return "".join(f"{line}\n" for line in ["", *lines]) if lines else ""


def compared(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint, width: int | None) -> str:
    """Two lists of lines next to each other, with `<`, `>` and `|` between them, or as a unified diff."""
    rows = _unified(name, left, other, right, paint) if width is None else _rows(name, left, other, right, paint, width)
    return "".join(f"{row}\n" for row in rows)


def _lines(preview: Preview) -> list[str]:
    return [] if preview.upstream is None else list(message_lines(preview))


def _unified(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint) -> Iterator[str]:
    styles = {"+": "added", "-": "dropped", "@": "renamed"}
    for line in difflib.unified_diff(left, right, name, other, lineterm="", n=max(len(left), len(right))):
        style = styles.get(line[:1])
        yield paint(style, line) if style else line


def _rows(name: str, left: Sequence[str], other: str, right: Sequence[str], paint: Paint, width: int) -> Iterator[str]:
    half = max((width - 3) // 2, _NARROWEST)
    yield paint("bold", f"{_cell(name, half)}   {_cell(other, half).rstrip()}")
    matcher = difflib.SequenceMatcher(None, left, right, autojunk=False)
    for operation, start, end, start_other, end_other in matcher.get_opcodes():
        for index in range(max(end - start, end_other - start_other)):
            mine = left[start + index] if start + index < end else None
            theirs = right[start_other + index] if start_other + index < end_other else None
            sign = " " if operation == "equal" else "<" if theirs is None else ">" if mine is None else "|"
            first, second = _cell(mine or "", half), _cell(theirs or "", half)
            if operation != "equal":
                first, second = paint("dropped", first), paint("added", second)
            yield f"{first} {sign} {second}".rstrip()


def _cell(text: str, width: int) -> str:
    """A text in so many columns: cut, or filled with spaces."""
    shown = text if len(text) <= width else f"{text[: width - 1]}…"
    return f"{shown:<{width}}"
