"""The upstream request as an HTTP message, as editors and .http files have it; `###` parts several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from aicfg.lint.reporters.text import printable
from aicfg.preview.formats.text import heading, notes
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import refusal_lines, shown_body


def write(previews: Sequence[Preview], paint: Paint) -> str:
    return "\n".join("\n".join(_message(preview, len(previews) > 1)) + "\n" for preview in previews)


def _message(preview: Preview, several: bool) -> Iterator[str]:
    if several:
        yield f"##{heading(preview)}"
    for note in notes(preview):
        yield f"# note: {note}"
    if preview.upstream is None:
        yield from (f"# {line}" for line in refusal_lines(preview))
        return
    assert preview.upstream is not None
    show = preview.hidden.shown
    yield printable(f"{preview.upstream.method} {show(preview.url)} HTTP/1.1")
    yield printable(f"Host: {show(preview.host)}")
    for name, value in preview.headers.items():
        yield printable(f"{name}: {show(value)}")
    yield ""
    yield shown_body(preview)
