"""Steps 1, 3 and 5: whether Kong takes the client's body, and for what.

Source: kong.request.get_body (kong/pdk/request.lua), shared-filters/parse-request.lua, kong/llm/init.lua (3.10).
"""

from __future__ import annotations

import json
import re
from typing import Any

from aicfg.errors import UsageError
from aicfg.translate import cjson
from aicfg.translate.client import decode_args
from aicfg.translate.drivers import CHAT, COMPLETIONS, PRESERVE
from aicfg.translate.exchange import Exchange
from aicfg.translate.lua import Table
from aicfg.translate.refusal import refuse

IN_MEMORY = 10_240
"""Bytes that nginx keeps in memory: a quarter more than Kong's client_body_buffer_size of 8 KiB. Above, a body is in a
file, which Kong reads only up to max_request_body_size."""

_write = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

NO_PROMPT = "request body doesn't contain valid prompts"


class _NoBody(Exception):
    """Kong finds no body, and why."""


def accept(exchange: Exchange) -> None:
    """Parse the body as its content type says; one that cannot be parsed counts as none, which is no error yet."""
    try:
        value = _parsed(exchange)
        if not isinstance(value, (dict, list)):
            raise _NoBody("the body is no JSON object")
        exchange.accepted = value if isinstance(value, dict) else {}  # a list is a Lua table without names
    except _NoBody as reason:
        exchange.why_no_body = str(reason)
    except cjson.NotJson as reason:
        exchange.why_no_body = f"the body is no JSON for Kong: {reason}"
    except (cjson.TooDeep, RecursionError) as error:
        raise UsageError(f"the body is too deep: {error}", hint="Kong itself takes up to 1000 levels") from None
    except (TypeError, ValueError) as error:
        raise UsageError(f"the body is no JSON: {error}") from None


def _parsed(exchange: Exchange) -> Any:
    given, content_type = exchange.given, exchange.client.header("content-type")
    raw = bytes(given) if isinstance(given, (bytes, bytearray)) else _serialised(given)
    _refuse_large(len(raw), exchange.config.max_request_body_size)
    mime = "application/json" if content_type is None else content_type.partition(";")[0].strip().lower()
    if mime.startswith("application/json"):
        return cjson.decode(_decoded(raw)) if isinstance(given, (bytes, bytearray)) else _checked(raw, given)
    if mime.startswith("application/x-www-form-urlencoded"):
        return decode_args(_decoded(raw))
    if mime.startswith("multipart/form-data"):
        return _multipart(_decoded(raw), content_type or "")
    raise _NoBody(f"Kong does not parse the content type {mime!r}")


def require_body(exchange: Exchange) -> None:
    """3.8 and 3.7 ask for a body in every case."""
    if exchange.accepted is None:
        refuse(exchange.config.behaviour.no_body, hint=exchange.why_no_body)


def copy(exchange: Exchange) -> None:
    """Kong's working copy. What is below the first level is shared, and nobody changes it."""
    exchange.request = dict(exchange.accepted or {})


def require_prompt(exchange: Exchange) -> None:
    if exchange.config.route_type != PRESERVE and not formats(exchange.request):
        refuse(NO_PROMPT, hint=exchange.why_no_body)


def require_format(exchange: Exchange) -> None:
    """The body has to be of the route's type, and of no other."""
    route_type = exchange.config.route_type
    if route_type == PRESERVE:
        return
    found = formats(exchange.request)
    if len(found) > 1:
        refuse("request matches multiple LLM request formats")
    if not found:
        refuse("request format not recognised")
    if found[0] != route_type:
        refuse(f"[{found[0]}] message format is not compatible with [{route_type}] route type")


def formats(request: Table) -> tuple[str, ...]:
    """The route types that a body fits: a list of messages that is not empty, a prompt that is text."""
    messages = request.get("messages")
    chat = isinstance(messages, list) and len(messages) > 0
    completions = isinstance(request.get("prompt"), str)
    if chat:
        return (CHAT, COMPLETIONS) if completions else (CHAT,)
    return (COMPLETIONS,) if completions else ()


def _multipart(text: str, content_type: str) -> Table:
    """The fields of a multipart body."""
    boundary = re.search(r'boundary="?([^";,]+)', content_type, re.IGNORECASE)
    fields: Table = {}
    for part in text.split(f"--{boundary.group(1)}")[1:] if boundary else ():
        head, blank, content = part.partition("\r\n\r\n")
        name = re.search(r'\bname="?([^";\r\n]+)', head)
        if blank and name:
            fields.setdefault(name.group(1), content.removesuffix("\r\n"))
    return fields


def _refuse_large(size: int, limit: int | None) -> None:
    if size < IN_MEMORY:
        return
    if limit is None:
        raise _NoBody(f"a body of {size} bytes goes to a file, where this version does not look for it")
    if size > limit:
        raise _NoBody(f"its {size} bytes are more than max_request_body_size ({limit})")


def _serialised(body: Any) -> bytes:
    """Parsed JSON as a client would send it. A lone surrogate stays one, which Kong refuses."""
    return _write(body).encode("utf-8", "surrogatepass")


def _checked(raw: bytes, body: Any) -> Any:
    """A copy of parsed JSON, as Lua reads it from `raw`."""
    if b"\xed" in raw and re.search(rb"\xed[\xa0-\xbf]", raw):
        raise cjson.NotJson("a text holds half of a surrogate pair")
    return cjson.as_lua(body)


def _decoded(raw: bytes) -> str:
    """Kong does not look at a text's encoding: what is no UTF-8 stays as it is."""
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        pass
    try:
        return raw.decode("utf-8", "surrogatepass")
    except UnicodeDecodeError:
        return raw.decode("utf-8", "surrogateescape")
