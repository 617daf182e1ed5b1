"""An exchange as the page shows it: texts whose secrets are masked and whose sizes are bounded."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from aicfg.errors import AicfgError
from aicfg.lint.reporters.text import printable
from aicfg.lint.secrets import names_secret
from aicfg.preview.changes import lines
from aicfg.preview.hidden import MASKED, Hidden
from aicfg.preview.request import ClientRequest
from aicfg.preview.run import Preview
from aicfg.preview.words import pretty

if TYPE_CHECKING:
    from aicfg.serve.gateway import Outcome

LARGE = 64 * 1024
"""Bodies beyond so many bytes are shown by their start, and not traced."""

LEAVES = 1_000
"""So many fields a body may have to be traced."""

MAX_LINES = 2_000
LONG_TEXT = 4_000
COMPARED = 500
"""So many lines are compared."""

ANSWER = 32 * 1024
"""So many bytes of an answer are kept."""


def exchange(request: ClientRequest, outcome: Outcome) -> dict[str, Any]:
    """Everything that the page shows of a request and what came of it, but for the answer's body."""
    about = outcome.about
    hidden = about.hidden if about else Hidden(request.body.decode("utf-8", "replace"), repr(request[1:]))
    sent = about.sent if about else hidden.request(request)
    show = hidden.shown
    client = _body(hidden, request.body)
    upstream = _upstream(about, client) if about and about.upstream else None
    headers = {name: _masked_header(name, show(value)) for name, value in outcome.headers.items()}
    marked_client, marked_upstream = _compared(client, upstream[1] if upstream else None)
    return {
        "method": printable(request.method or ""),
        "path": printable(show(sent.path or "/"))[:LONG_TEXT],
        "route": printable(about.route) if about else None,
        "target": about.target if about else None,
        "model": printable(show(f"{about.provider} {about.model}".strip())) if about else None,
        "client": {"head": _head(f"{request.method} {_target(sent)}", dict(sent.headers), show), "body": marked_client},
        "upstream": {"head": upstream[0], "body": marked_upstream} if upstream else None,
        "changes": _changes(about) if about else [],
        "problem": [printable(line) for line in outcome.problem if line],
        "notes": [printable(show(note)) for note in dict.fromkeys((*(about.notes if about else ()), *outcome.notes))],
        "reply": printable(outcome.reply.name) if outcome.reply else None,
        "status": outcome.status,
        "headers": [printable(f"{name}: {value}") for name, value in headers.items()],
    }


def answer_text(body: bytes, hidden: Hidden | None) -> str:
    """An answer's body, or the start of it, as a person may see it."""
    whole = len(body) <= ANSWER
    text = body[:ANSWER].decode("utf-8", "replace")
    value: Any = text
    if whole:
        value = _json(text)
    shown = hidden.shown_value(value) if hidden else value
    return pretty(shown, limit=LONG_TEXT) + ("" if whole else f"\n… ({len(body)} bytes)")


def traceable(about: Preview) -> bool:
    """Whether to find out what became of each field: it takes long for large bodies."""
    if len(about.sent.body) > LARGE:
        return False
    left = LEAVES
    todo = [about.client_body]
    while todo and left >= 0:
        value = todo.pop()
        inside = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else None
        if inside is None:
            left -= 1
        else:
            todo.extend(inside)
    return left >= 0


def _upstream(about: Preview, client: list[str]) -> tuple[list[str], list[str]]:
    """Head and body of the upstream request."""
    assert about.upstream is not None
    head = _head(f"{about.upstream.method} {about.url}", about.headers, about.hidden.shown)
    if about.upstream.passthrough:
        return head, client
    if len(about.sent.body) > LARGE:
        return head, [f"… (a large body: of the {len(about.sent.body)} bytes that came, nothing is shown)"]
    return head, _lines(about.hidden.shown_value(about.body))


def _body(hidden: Hidden, body: bytes) -> list[str]:
    if len(body) > LARGE:
        start = hidden.shown(body[:LONG_TEXT].decode("utf-8", "replace"))
        return [*pretty(start).split("\n"), f"… ({len(body)} bytes)"]
    text = body.decode("utf-8", "replace")
    value = _json(text)
    return _lines(hidden.shown_value(hidden.query(text) if value is text and "=" in text else value))


def _lines(value: Any) -> list[str]:
    try:
        found = pretty(value, limit=LONG_TEXT).split("\n")
    except AicfgError as error:
        return [f"({error.message})"]
    return found if len(found) <= MAX_LINES else [*found[:MAX_LINES], f"… ({len(found)} lines)"]


def _compared(left: list[str], right: list[str] | None) -> tuple[list[list[Any]], list[list[Any]]]:
    """Lines, each with whether it differs from the other side."""
    if right is None or max(len(left), len(right)) > COMPARED:
        return [[line, False] for line in left], [[line, False] for line in right or ()]
    matcher = difflib.SequenceMatcher(None, _bare(left), _bare(right), autojunk=False)
    same_left, same_right = set[int](), set[int]()
    for start, other, size in matcher.get_matching_blocks():
        same_left.update(range(start, start + size))
        same_right.update(range(other, other + size))
    return (
        [[line, index not in same_left] for index, line in enumerate(left)],
        [[line, index not in same_right] for index, line in enumerate(right)],
    )


def _bare(found: Sequence[str]) -> list[str]:
    """Lines without the comma at their end, which only says that another one follows."""
    return [line.removesuffix(",") for line in found]


def _changes(about: Preview) -> list[dict[str, Any]]:
    if about.upstream is None or not traceable(about):
        return []
    return [
        {"kind": line.kind, "what": line.what[:LONG_TEXT], "why": line.why, "surprising": line.surprising}
        for line in lines(about)
    ]


def _head(first: str, headers: Mapping[str, str], show: Any) -> list[str]:
    found = [show(first), *(f"{name}: {show(value)}" for name, value in headers.items())]
    return [printable(line)[:LONG_TEXT] for line in found]


def _masked_header(name: str, value: str) -> str:
    return MASKED if names_secret(name) or name.lower() == "set-cookie" else value


def _target(sent: ClientRequest) -> str:
    return f"{sent.path or '/'}{f'?{sent.query}' if sent.query else ''}"


def _json(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text
