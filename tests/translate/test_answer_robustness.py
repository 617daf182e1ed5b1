"""Whatever comes from a provider, there is an answer for the client or a TranslationError that says what fails."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from receiving import ARRAY, AWS, NDJSON, SSE, answer, stream
from sending import CHAT, COMPLETIONS, OPTIONS

import aicfg

PROVIDERS = sorted(OPTIONS)
GATEWAYS = ["3.10", "3.9", "3.8", "3.7"]
BOTH = ("gemini", "bedrock")
"""Providers without completions, and with an auth record that has to be there."""

NAMES = st.sampled_from(
    [
        "choices",
        "message",
        "content",
        "text",
        "type",
        "tool_use",
        "input",
        "id",
        "name",
        "usage",
        "prompt_tokens",
        "completion_tokens",
        "input_tokens",
        "output_tokens",
        "total_tokens",
        "stop_reason",
        "candidates",
        "parts",
        "functionCall",
        "args",
        "finishReason",
        "usageMetadata",
        "output",
        "toolUse",
        "stopReason",
        "generations",
        "prompt",
        "meta",
        "billed_units",
        "tool_plan",
        "tool_calls",
        "token_count",
        "response_tokens",
        "data",
        "generated_text",
        "error",
        "object",
        "delta",
        "role",
        "model",
        "event_type",
        "response",
        "done",
        "eval_count",
        "prompt_eval_count",
        "token",
        "finish_reason",
        "headers",
        "body",
        ":event-type",
        "start",
    ]
)
WORDS = st.sampled_from(
    ["tool_use", "stream-start", "text-generation", "stream-end", "STOP", "SAFETY", "3", "{}", "[DONE]", "é", ""]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=5),
    max_leaves=20,
)
EVENT = st.sampled_from(
    ["message_start", "content_block_start", "content_block_delta", "message_delta", "message_stop", "ping"]
)


def supported(provider: str, gateway: str) -> bool:
    since = {"huggingface": (3, 9), "gemini": (3, 8), "bedrock": (3, 8)}.get(provider, (3, 7))
    return tuple(map(int, gateway.split("."))) >= since


def outcome(make: Callable[[], Any]) -> Any:
    try:
        return make()
    except aicfg.TranslationError as error:
        return error


def settings(provider: str, route_type: str) -> dict[str, Any]:
    if provider in BOTH:
        return {"auth": {"allow_override": False}}
    needed = {"upstream_url": "http://mistral.lan/v1"} if provider == "mistral" else {}  # 3.7 and 3.8 need one
    return {"route_type": route_type, "options": needed}


@pytest.mark.parametrize("provider", PROVIDERS)
@given(JSON, st.sampled_from(GATEWAYS), st.sampled_from([CHAT, COMPLETIONS]))
def test_any_json_is_an_answer(provider: str, body: Any, gateway: str, route_type: str) -> None:
    if not supported(provider, gateway):
        return
    raw = json.dumps(body).encode()
    got = outcome(lambda: answer(provider, raw, gateway=gateway, **settings(provider, route_type)))
    if isinstance(got, aicfg.TranslationError):
        assert got.crash
        return
    assert got.status in (200, 500)
    if got.status == 500:
        assert json.loads(got.body)["error"]["message"]
    assert isinstance(got.trace, tuple)
    assert got.usage is None or len(got.usage) == 4


@pytest.mark.parametrize("provider", PROVIDERS)
@given(st.binary(max_size=60))
def test_any_bytes_are_an_answer(provider: str, body: bytes) -> None:
    got = outcome(lambda: answer(provider, body, **settings(provider, CHAT)))
    assert got.crash if isinstance(got, aicfg.TranslationError) else got.status in (200, 500)


def event_text(name: str, data: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(data)}\n\n".encode()


@pytest.mark.parametrize("provider", PROVIDERS)
@given(st.lists(st.tuples(EVENT, JSON), max_size=4), st.sampled_from(GATEWAYS), st.sampled_from([CHAT, COMPLETIONS]))
def test_any_events_are_a_stream(provider: str, events: list[tuple[str, Any]], gateway: str, route_type: str) -> None:
    if supported(provider, gateway):
        went_through(provider, [event_text(*event) for event in events], SSE, gateway, route_type)


@pytest.mark.parametrize("content_type", [SSE, NDJSON, ARRAY, AWS])
@given(
    st.sampled_from(PROVIDERS),
    st.lists(st.binary(max_size=40) | JSON.map(lambda value: json.dumps(value).encode()), max_size=4),
)
def test_any_chunks_are_a_stream(content_type: str, provider: str, chunks: list[bytes]) -> None:
    for gateway in GATEWAYS:
        if supported(provider, gateway):
            went_through(provider, chunks, content_type, gateway, CHAT)


def went_through(provider: str, chunks: list[bytes], content_type: str, gateway: str, route_type: str) -> None:
    more = {**settings(provider, route_type), "back": {"traced": True}}
    got = stream(provider, chunks, content_type, gateway=gateway, **more)
    out = outcome(lambda: list(got))
    assert all(event.times for event in got.trace)
    if isinstance(out, aicfg.TranslationError):
        assert out.crash
    else:
        assert all(isinstance(piece, bytes) and piece for piece in out)


def test_what_is_nested_too_deep_is_said_so() -> None:
    deep = b"[" * 300 + b"]" * 300
    for body in (deep, b'{"content": ' + deep + b"}"):
        with pytest.raises(aicfg.AicfgError, match="too deep"):
            answer("anthropic", body)
    with pytest.raises(aicfg.AicfgError, match="too deep"):
        list(stream("cohere", [b"data: " + deep + b"\n\n"]))
    assert answer("anthropic", b"[" * 2000).status == 500
