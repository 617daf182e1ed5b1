"""What the tests of answers and streams share: streams in each framing, and short ways to receive them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sending import config

import aicfg

Json = dict[str, Any]

SSE, NDJSON, ARRAY, AWS = (
    "text/event-stream",
    "application/x-ndjson",
    "application/json",
    "application/vnd.amazon.eventstream",
)


def answer(provider: str, body: Any, *, back: Json | None = None, gateway: str = "3.10", **more: Any) -> Any:
    """The client's response to an answer. `back` are keyword arguments of translate_response, the rest is config's."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return aicfg.translate_response(config(provider, **more), raw, gateway=gateway, **(back or {}))


def answered(provider: str, body: Any, **more: Any) -> Any:
    """The JSON that the client gets."""
    return json.loads(answer(provider, body, **more).body)


def stream(
    provider: str, chunks: Iterable[bytes], content_type: str = SSE, *, gateway: str = "3.10", **more: Any
) -> Any:
    """The client's stream. `back` are keyword arguments of translate_stream, the rest is config's."""
    back = {"headers": {"Content-Type": content_type}, **more.pop("back", {})}
    return aicfg.translate_stream(config(provider, **more), chunks, gateway=gateway, **back)


def received(provider: str, chunks: Iterable[bytes], content_type: str = SSE, **more: Any) -> bytes:
    return b"".join(stream(provider, chunks, content_type, **more))


def openai_event(text: str) -> bytes:
    return b"data: " + json.dumps({"choices": [{"index": 0, "delta": {"content": text}}]}).encode() + b"\n\n"


def gemini_element(text: str) -> bytes:
    return json.dumps({"candidates": [{"content": {"parts": [{"text": text}]}}]}, ensure_ascii=False).encode()


def anthropic_event(name: str, data: Json) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + json.dumps(data).encode() + b"\n\n"


def texts(received: bytes) -> str:
    """The deltas' contents, one behind the other."""
    found = ""
    for part in received.split(b"\n\n"):
        if part.startswith(b"data: {"):
            found += json.loads(part[6:])["choices"][0]["delta"].get("content") or ""
    return found


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> set[tuple[str | int, ...]]:
    """The places of everything that holds nothing: what a trace has to account for."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [leaves(item, (*path, key)) for key, item in inside]
    return set().union(*found) if found else {path}


def as_kong_reads(value: Any) -> Any:
    """JSON as drivers decode it: empty lists become objects."""
    if isinstance(value, dict):
        return {key: as_kong_reads(item) for key, item in value.items()}
    if isinstance(value, list) and value:
        return [as_kong_reads(item) for item in value]
    return {} if value == [] else value
