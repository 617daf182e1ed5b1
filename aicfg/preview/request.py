"""What a client sends, read from what people have: a JSON body, a curl command, or an HTTP message."""

from __future__ import annotations

import re

from aicfg.tuples import NamedTuple

Headers = tuple[tuple[str, str], ...]

_CURL = re.compile(rb"\s*(?:#[^\n]*\n\s*)*(?:\$ +)?curl\s")
_HTTP = re.compile(rb"\s*(?:#[^\n]*\n\s*)*[A-Z]{3,10} +\S+(?: +HTTP/\d(?:\.\d)?)?[ \t]*\r?(?:\n|\Z)")


class ClientRequest(NamedTuple):
    """A request to the gateway. `path` and `method` are None where only a body is known; `query` is the raw string."""

    body: bytes
    method: str | None = None
    path: str | None = None
    query: str = ""
    headers: Headers = ()
    notes: tuple[str, ...] = ()

    def header(self, name: str) -> str | None:
        return next((value for key, value in self.headers if key.lower() == name.lower()), None)


def read_request(content: bytes, file: str) -> ClientRequest:
    """The request in a file, told by its content; what is no command and no message is a body, right or wrong.

    Raises UsageError for a curl command or an HTTP message that cannot be read.
    """
    content = content.removeprefix(b"\xef\xbb\xbf") if _CURL.match(content[3:]) or _HTTP.match(content[3:]) else content
    if _CURL.match(content):
        from aicfg.preview.curl import read_curl

        return read_curl(content, file)
    if _HTTP.match(content):
        from aicfg.preview.http_message import read_message

        return read_message(content, file)
    return ClientRequest(content)


def split_url(url: str) -> tuple[str, str]:
    """The path and the raw query of a URL, or of the path of one."""
    rest = re.sub(r"\A[A-Za-z][A-Za-z0-9+.-]*://", "//", url.partition("#")[0])
    path, _, query = rest.partition("?")
    if path.startswith("//"):
        path = "/" + path[2:].partition("/")[2]
    return path or "/", query
