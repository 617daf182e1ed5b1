"""An HTTP message: a request line, headers, a blank line, the body."""

from __future__ import annotations

import re

from aicfg.errors import UsageError
from aicfg.preview.request import ClientRequest, split_url

_BLANK = re.compile(rb"\r?\n[ \t]*\r?\n")
_HEADER = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+)[ \t]*:[ \t]*(.*)")


def read_message(content: bytes, file: str) -> ClientRequest:
    """The request in a message. Lines that start with `#` before the request line are comments.

    Raises UsageError, with the line, for a header that is none.
    """
    start = re.match(rb"\s*(?:#[^\n]*\n\s*)*", content)
    offset = start.end() if start else 0
    head, *body = _BLANK.split(content[offset:], maxsplit=1)
    number = content.count(b"\n", 0, offset) + 1
    first, *lines = head.decode("utf-8", "replace").splitlines()
    method, url = first.split()[:2]
    headers = []
    for line_number, line in enumerate(lines, number + 1):
        header = _HEADER.fullmatch(line.rstrip())
        if header is None:
            if line.strip():
                raise UsageError(
                    "this is no header of an HTTP message",
                    file=file,
                    line=line_number,
                    hint="write `Name: value` lines, then a blank line, then the body",
                )
            continue
        headers.append((header[1], header[2]))
    path, query = split_url(url)
    return ClientRequest(body[0] if body else b"", method, path, query, tuple(headers))
