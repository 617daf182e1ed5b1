"""A provider's answer as it was recorded: its body, and status and headers where these were recorded too."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from aicfg.errors import UsageError
from aicfg.tuples import NamedTuple

SSE, NDJSON, JSON, AWS = (
    "text/event-stream",
    "application/x-ndjson",
    "application/json",
    "application/vnd.amazon.eventstream",
)
STREAM_TYPES: Mapping[str, str] = MappingProxyType({".sse": SSE, ".ndjson": NDJSON, ".json": JSON, ".bin": AWS})
"""The Content-Type that a stream's file has by its ending, where none was recorded."""

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: [^\r\n]*)?\r?\n")
_BLANK = re.compile(rb"\r?\n\r?\n")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*?)[ \t]*")
_UNDONE = frozenset(("transfer-encoding", "content-length", "connection", "keep-alive"))
_EVENT = re.compile(rb".+?(?:\n\r?\n|\Z)", re.DOTALL)


class Recording(NamedTuple):
    """What a provider answered. `headers` hold the Content-Type at least."""

    body: bytes
    status: int
    headers: dict[str, str]

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    def chunks(self) -> Iterator[bytes]:
        """The body in pieces that end where its events do, as they mostly do on the way from a provider."""
        kind = (self.header("Content-Type") or "").partition(";")[0].strip().lower()
        cut = _CUTS.get(kind)
        return iter((self.body,)) if cut is None or self.header("Content-Encoding") else cut(self.body)


def read_recording(content: bytes, file: str, *, streamed: bool, status: int | None = None) -> Recording:
    """The recording in a file: a body alone, or a whole message as `curl -i` writes it.

    `status` wins over the recorded one. Raises UsageError for a message whose headers cannot be read.
    """
    found, headers, body = _message(content, file)
    if headers is None:
        headers = {"Content-Type": _content_type(file, body) if streamed else JSON}
    elif not body.startswith(b"\x1f\x8b"):  # curl has undone it
        headers = {name: value for name, value in headers.items() if name.lower() != "content-encoding"}
    return Recording(body, status or found or 200, headers)


def _message(content: bytes, file: str) -> tuple[int | None, dict[str, str] | None, bytes]:
    """Status, headers and body; of several heads, as a proxy or `100 Continue` gives, the last."""
    status, headers, line = None, None, 1
    while (start := _STATUS.match(content)) is not None:
        status = int(start[1])
        end = _BLANK.search(content, start.end() - 2)
        head = content[start.end() : end.start() if end else len(content)]
        headers = _headers(head.decode("utf-8", "replace"), file, line)
        after = end.end() if end else len(content)
        line += content.count(b"\n", 0, after)
        content = content[after:]
    return status, headers, content


def _headers(head: str, file: str, line: int) -> dict[str, str]:
    headers: dict[str, str] = {}
    for number, text in enumerate(head.splitlines(), line + 1):
        header = _HEADER.fullmatch(text)
        if header is None:
            if text.strip():
                raise UsageError("this is no header of an HTTP message", file=file, line=number)
        elif header[1].lower() not in _UNDONE:
            headers[header[1]] = f"{headers[header[1]]}, {header[2]}" if header[1] in headers else header[2]
    return headers


def _content_type(file: str, body: bytes) -> str:
    """By the file's ending, else by what the body starts with."""
    by_ending = next((kind for ending, kind in STREAM_TYPES.items() if file.lower().endswith(ending)), None)
    if by_ending is not None:
        return by_ending
    start = body[:1_000].lstrip()[:1]
    return AWS if body[:1] == b"\0" else {b"[": JSON, b"{": NDJSON}.get(start, SSE)


def _events(body: bytes) -> Iterator[bytes]:
    return (match.group() for match in _EVENT.finditer(body))


def _lines(body: bytes) -> Iterator[bytes]:
    return iter(body.splitlines(keepends=True))


def _frames(body: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(body):
        length = int.from_bytes(body[at : at + 4], "big")
        end = at + length if length >= 16 else len(body)
        yield body[at:end]
        at = end


_CUTS = MappingProxyType({SSE: _events, NDJSON: _lines, "application/stream+json": _lines, AWS: _frames})
