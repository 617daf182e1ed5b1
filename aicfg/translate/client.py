"""The client's request as nginx and Kong's PDK present it: headers, query and path looked up in their way.

Source: kong/pdk/request.lua, kong/tools/http.lua and lua-nginx-module's ngx.req functions (3.10).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote, unquote_to_bytes

from aicfg.frozen import EMPTY
from aicfg.patterns import later
from aicfg.translate.lua import as_bytes
from aicfg.tuples import NamedTuple

MAX_ARGS = 100
"""So many arguments of a query or a form Kong reads."""

QueryArg = str | bool | list[str | bool]
Query = Mapping[str, Any] | str | None

_ESCAPES = later(r"%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


class Client(NamedTuple):
    """A request to the gateway. `headers` have their names in small letters, with the first value of each.

    `query` is the raw string; `captures` are the route's named captures; `env` is the gateway's environment.
    """

    method: str = "POST"
    path: str = "/"
    query: str = ""
    headers: Mapping[str, str] = EMPTY
    captures: Mapping[str, str] = EMPTY
    env: Mapping[str, str] = EMPTY

    def header(self, name: str) -> str | None:
        """The first value of a header; an underscore in the name stands for a dash, too."""
        lower = name.lower()
        found = self.headers.get(lower)
        return self.headers.get(lower.replace("_", "-")) if found is None else found

    def query_args(self) -> dict[str, QueryArg]:
        return decode_args(self.query)


def first_headers(headers: Mapping[str, str | Iterable[str]] | None) -> dict[str, str]:
    """Headers by their names in small letters, with the first value of each."""
    first: dict[str, str] = {}
    for name, value in (headers or EMPTY).items():
        if isinstance(value, str):
            first.setdefault(name.lower(), value)
        else:
            for item in value:
                first.setdefault(name.lower(), str(item))
                break
    return first


def raw_query(query: Query) -> str:
    """A query as it stands in a URL. In a dict, a value may be a list, or True for a bare key."""
    if query is None:
        return ""
    if isinstance(query, str):
        return query.removeprefix("?")
    return "&".join(_args(query))


def decode_args(raw: str) -> dict[str, QueryArg]:
    """Arguments by name: a text, True for a bare key, a list where a name comes again. Empty names are dropped."""
    args: dict[str, QueryArg] = {}
    for number, part in enumerate(filter(None, raw.split("&"))):
        if number == MAX_ARGS:
            break
        name, sign, text = part.partition("=")
        key = _unescaped(name)
        value = _unescaped(text) if sign else True
        if not key:
            continue
        there = args.get(key)
        if there is None:
            args[key] = value
        elif isinstance(there, list):
            there.append(value)
        else:
            args[key] = [there, value]
    return args


def encode_args(args: Mapping[str, Any]) -> str:
    """Arguments as Kong writes a query that it has changed: sorted, with a few marks left as they are."""
    return "&".join(sorted(_args(args)))


def normal_path(path: str) -> str:
    """A request's path as Kong normalises it: unreserved bytes decoded, dot segments and double slashes removed."""
    path = _ESCAPES.sub(_decoded_if_unreserved, path.partition("?")[0]) or "/"
    if not path.startswith("/"):
        path = f"/{path}"
    if "//" not in path and "/." not in path:
        return path
    directory = path.endswith(("/", "/.", "/.."))
    normal = posixpath.normpath(re.sub("/+", "/", path))
    return f"{normal}/" if directory and normal != "/" else normal


def _args(args: Mapping[str, Any]) -> Iterable[str]:
    for name, value in args.items():
        key = _escaped(name)
        for item in value if isinstance(value, (list, tuple)) else (value,):
            if item is True:
                yield key
            elif item is not False and item is not None:
                yield f"{key}={_escaped(str(item))}"


def _escaped(text: str) -> str:
    return quote(as_bytes(text), safe="!'()*")


def _unescaped(text: str) -> str:
    return unquote_to_bytes(as_bytes(text.replace("+", " "))).decode("utf-8", "surrogateescape")


def _decoded_if_unreserved(match: re.Match[str]) -> str:
    byte = int(match.group(1), 16)
    return chr(byte) if byte in _UNRESERVED else match.group().upper()
