"""For people: request line, headers, body, what became of each field, notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from aicfg.lint.reporters.text import printable
from aicfg.preview.changes import Line, lines, of_event, of_fields
from aicfg.preview.hidden import Hidden
from aicfg.preview.paint import Paint
from aicfg.preview.run import Preview
from aicfg.preview.words import refusal_lines, shown_body

if TYPE_CHECKING:
    from aicfg.translate.answer_trace import EventChange

LONG = 200
"""Longer texts in a body are cut."""


def write(previews: Sequence[Preview], paint: Paint) -> str:
    return "\n".join("\n".join(_block(preview, paint)) + "\n" for preview in previews)


def heading(preview: Preview) -> str:
    show = preview.hidden.shown
    about = ", ".join(
        filter(
            None,
            [f"{preview.provider} {show(preview.model)}".strip(), preview.route_type, f"gateway {preview.gateway}"],
        )
    )
    return printable(f"# {show(preview.title)}: {about}")


def notes(preview: Preview) -> Iterator[str]:
    for note in preview.notes:
        yield printable(preview.hidden.shown(note))


def message_lines(preview: Preview) -> Iterator[str]:
    """Request line, headers and body."""
    show = preview.hidden.shown
    assert preview.upstream is not None
    yield printable(f"{preview.upstream.method} {show(preview.url)}")
    for name, value in preview.headers.items():
        yield printable(f"{name}: {show(value)}")
    body = shown_body(preview, limit=LONG)
    if body:
        yield ""
        yield from body.split("\n")


def _block(preview: Preview, paint: Paint) -> Iterator[str]:
    yield paint("head", heading(preview))
    yield ""
    if preview.upstream is None:
        first, *rest = refusal_lines(preview)
        yield paint("error", first)
        yield from rest
    else:
        first, *rest = message_lines(preview)
        yield paint("bold", first)
        yield from rest
        yield from _trace(preview, paint)
    told = list(notes(preview))
    if told:
        yield ""
    for note in told:
        yield f"{paint('note', 'note')}: {note}"


def _trace(preview: Preview, paint: Paint) -> Iterator[str]:
    yield from trace_lines(list(lines(preview)), "client's fields", paint)


def trace_lines(found: Sequence[Line], whose: str, paint: Paint) -> Iterator[str]:
    """What became of what somebody sent."""
    if found:
        yield ""
        yield paint("bold", f"What became of the {whose}:")
    for line in found:
        yield _line(line, paint)


def event_lines(events: Sequence[EventChange], hidden: Hidden, paint: Paint) -> Iterator[str]:
    """What became of a provider's events, and of the fields of each that its own line does not say."""
    if events:
        yield ""
        yield paint("bold", "What became of the provider's events:")
    for event in events:
        yield _line(of_event(event, hidden), paint)
        in_full = (event.kind, event.gives) == ("changed", "chunk")
        for line in of_fields(event, hidden):
            if in_full or line.surprising:
                yield f"    {_line(line, paint)}"


def _line(line: Line, paint: Paint) -> str:
    mark = paint("error", "!") if line.surprising else " "
    why = f"  ({line.why})" if line.why else ""
    return f"{mark} {paint(line.kind, f'{line.kind:<10}')}  {line.what}{why}"
