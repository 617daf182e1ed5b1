"""How parts of a preview are written, whichever the form: JSON, paths, refusals."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aicfg.errors import UsageError
from aicfg.lint.reporters.text import UNPRINTABLE, printable
from aicfg.preview.run import Preview


def pretty(value: Any, *, limit: int | None = None) -> str:
    """JSON in several lines, or a text as it is; what would drive a terminal is escaped. Raises UsageError.

    Texts with more than `limit` characters are cut.
    """
    try:
        if isinstance(value, str):
            return UNPRINTABLE.sub(_escaped, value.replace("\r\n", "\n"))
        shown = value if limit is None else _cut(value, limit)
        return UNPRINTABLE.sub(_escaped, json.dumps(shown, indent=2, ensure_ascii=False))
    except RecursionError:
        raise UsageError("the body is too deep to be shown", hint="use --format curl, or a flatter body") from None


def compact(value: Any) -> str:
    """A value in one line, shortened."""
    text = UNPRINTABLE.sub(_escaped, json.dumps(_cut(value, 60), ensure_ascii=False))
    return text if len(text) <= 80 else f"{text[:79]}…"


def dotted(path: Sequence[str | int]) -> str:
    """A path in a body: `messages[0].content`."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return printable(text)


def shown_body(preview: Preview, *, limit: int | None = None) -> str:
    """The upstream body as a person may see it; "" where there is none."""
    body = preview.body
    return "" if body is None else pretty(preview.hidden.shown_value(body), limit=limit)


def shown_client_body(preview: Preview, *, limit: int | None = None) -> str:
    return pretty(preview.hidden.shown_value(preview.client_body), limit=limit)


def refusal_lines(preview: Preview) -> list[str]:
    """What the client gets where Kong refuses, and why; or why aicfg cannot tell."""

    def show(text: str) -> str:
        return printable(preview.hidden.shown(text))

    error = preview.refusal
    if error is None:
        return [f"This cannot be shown: {show(preview.untold or '')}"]
    if error.crash:
        lines = [f"Kong's own code fails over this request: the client gets a bare {error.status}."]
    else:
        lines = [f"Kong refuses this request with status {error.status}: {show(error.message)}"]
    if error.hint:
        lines.append(f"  = {'why' if error.crash else 'help'}: {show(error.hint)}")
    return lines


def _cut(value: Any, limit: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= limit else f"{value[:limit]}… ({len(value)} characters)"
    if isinstance(value, Mapping):
        return {key: _cut(item, limit) for key, item in value.items()}
    return [_cut(item, limit) for item in value] if isinstance(value, list | tuple) else value


def _escaped(match: Any) -> str:
    """A character as JSON escapes it."""
    return json.dumps(match.group())[1:-1]
