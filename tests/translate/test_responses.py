"""What the client gets of a whole answer: status, headers, bodies of errors, and what a reader should know besides."""

from __future__ import annotations

import gzip
import json
from typing import Any

import pytest
from receiving import answer, answered

import aicfg

CLAUDE = {
    "content": [{"type": "text", "text": "Hi"}, {"type": "tool_use", "id": "t", "name": "f", "input": {"a": []}}],
    "model": "claude",
    "stop_reason": "tool_use",
    "usage": {"input_tokens": 3, "output_tokens": 4},
}
OPENAI = {"choices": [], "usage": {"prompt_tokens": 1_000, "completion_tokens": 500, "total_tokens": 1_500}}


def crash(provider: str, body: Any, **more: Any) -> aicfg.TranslationError:
    with pytest.raises(aicfg.TranslationError) as error:
        answer(provider, body, **more)
    assert error.value.crash
    return error.value


def test_an_answer_of_anthropic_becomes_one_of_openai() -> None:
    assert answered("anthropic", CLAUDE) == {
        "choices": [
            {
                "index": 0,
                "message": {
                    "role": "assistant",
                    "content": "Hi",
                    "tool_calls": [
                        {"id": "t", "type": "function", "function": {"name": "f", "arguments": '{"a":{}}'}},
                    ],
                },
                "finish_reason": "tool_use",
            }
        ],
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7},
        "model": "claude",
        "object": "chat.completion",
    }


@pytest.mark.parametrize("status", [201, 204, 400, 429, 500, 503])
def test_only_status_200_is_translated(status: int) -> None:
    got = answer("anthropic", b"<html>busy</html>", back={"status": status, "headers": {"Content-Type": "text/html"}})
    assert (got.status, got.body, got.headers) == (status, b"<html>busy</html>", {"Content-Type": "text/html"})


def test_an_html_page_with_status_200_becomes_an_error_that_says_so() -> None:
    got = answer("openai", b"<html>", back={"headers": {"Content-Type": "text/html"}})
    message = "transformation failed from type openai://llm/v1/chat: failed to decode llm/v1/chat response"
    assert got.status == 500
    assert json.loads(got.body) == {"error": {"message": message}}
    assert got.headers["Content-Type"] == "text/html"


def test_a_failure_in_a_driver_shows_clients_where_kongs_code_is() -> None:
    got = answer("anthropic", {"content": "text"})
    place = "/usr/local/share/lua/5.1/kong/llm/drivers/anthropic.lua:321: "
    assert json.loads(got.body)["error"]["message"].endswith(
        f"{place}bad argument #1 to 'ipairs' (table expected, got string)"
    )
    assert got.status == 500
    assert any("Kong's own code fails" in note for note in got.notes)
    assert "unexpected_error" in str(answered("anthropic", {"content": "text"}, gateway="3.8"))


@pytest.mark.parametrize("body", [b"null", b"true", b"7", b'{"usage": null}', b'{"usage": 1}', b'{"usage": true}'])
@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "bedrock"])
def test_kong_fails_over_answers_that_it_cannot_look_into(provider: str, body: bytes) -> None:
    error = crash(provider, body)
    assert (error.status, error.message) == (500, "An unexpected error occurred")
    assert "counting the tokens" in str(error.hint)


def test_preserve_passes_everything_but_what_kong_cannot_look_into() -> None:
    got = answer("openai", b"plain words", route_type="preserve")
    assert (got.status, got.body) == (200, b"plain words")
    crash("openai", b"null", route_type="preserve")


def test_native_formats_pass_as_they_are_but_have_to_be_json() -> None:
    native = {"auth": {"allow_override": False}, "llm_format": "gemini"}
    body = b'{"candidates":   []}'
    assert answer("gemini", body, **native).body == body
    crash("gemini", b"no json", **native)


def test_gzip_is_inflated_and_said_so() -> None:
    headers = {"Content-Type": "application/json", "content-encoding": "gzip"}
    got = answer("openai", gzip.compress(json.dumps(OPENAI).encode()), back={"headers": headers})
    assert json.loads(got.body) == OPENAI
    assert "content-encoding" not in got.headers


def test_gzip_that_is_none_is_an_error_for_the_client() -> None:
    got = answer("openai", b"no gzip", back={"headers": {"Content-Encoding": "gzip"}})
    assert got.status == 500
    assert json.loads(got.body)["error"]["message"] == "no response body found when transforming response"


@pytest.mark.parametrize(("provider", "kept"), [("openai", False), ("bedrock", False), ("anthropic", True)])
def test_cookies_of_some_providers_do_not_reach_the_client(provider: str, kept: bool) -> None:
    headers = {"Content-Type": "application/json", "set-cookie": "a=b", "X-Request-Id": "1", "Content-Length": "9"}
    got = answer(provider, {}, back={"headers": headers})
    assert ("set-cookie" in got.headers) == kept
    assert got.headers["X-Request-Id"] == "1"
    assert "Content-Length" not in got.headers


def test_the_models_name_is_the_configs_or_else_the_clients() -> None:
    assert answer("cohere", {"text": "a"}).headers["X-Kong-LLM-Model"] == "cohere/m"
    named = answer("cohere", {"text": "a"}, name=None, back={"request": {"model": "picked"}})
    assert named.headers["X-Kong-LLM-Model"] == "cohere/picked"
    assert json.loads(named.body)["model"] == "picked"
    assert "X-Kong-LLM-Model" not in answer("cohere", {"text": "a"}, model_name_header=False).headers


def test_older_gateways_do_not_tell_drivers_what_the_client_picked() -> None:
    got = answer("cohere", {"text": "a"}, name=None, gateway="3.9", back={"request": b'{"model": "picked"}'})
    assert got.headers["X-Kong-LLM-Model"] == "cohere/picked"
    assert "model" not in json.loads(got.body)


def test_a_model_that_only_the_request_can_tell_is_noted() -> None:
    assert any("names no model" in note for note in answer("cohere", {"text": "a"}, name=None).notes)
    assert any("template" in note for note in answer("cohere", {"text": "a"}, name="$(headers.m)").notes)


def test_a_gateway_that_was_not_measured_is_noted() -> None:
    assert any("3.10 tree" in note for note in answer("openai", OPENAI, gateway="3.12").notes)


def test_usage_costs_what_the_configs_prices_say() -> None:
    priced = answer("openai", OPENAI, options={"input_cost": 2.0, "output_cost": 8.0}).usage
    assert priced == (1_000, 500, 1_500, pytest.approx(0.006))
    assert answer("openai", OPENAI, options={"input_cost": 2.0}).usage.cost is None
    assert answer("anthropic", {"content": []}).usage is None  # a text says that there is none
    assert answer("openai", b"busy", back={"status": 500}).usage is None


def test_the_trace_tells_what_became_of_each_field() -> None:
    fates = {change.path: change for change in answer("anthropic", CLAUDE).trace}
    assert fates[("content", 0, "text")].to == (("choices", 0, "message", "content"),)
    assert fates[("content", 0, "type")].kind == "dropped"
    assert fates[("usage", "input_tokens")].to[0] == ("usage", "prompt_tokens")
    assert fates[("usage", "input_tokens")].kind == "renamed"
    gemini = answer("gemini", {"candidates": [{"content": {"parts": [{"text": "a"}]}, "finishReason": "STOP"}]}).trace
    finish = next(change for change in gemini if change.path == ("candidates", 0, "finishReason"))
    assert (finish.kind, finish.values, finish.reason) == ("changed", ("stop",), "in small letters")
    model = next(change for change in gemini if change.to == (("model",),))
    assert (model.kind, model.source) == ("added", "model.name")


def test_an_answer_of_openai_is_kept_to_the_byte() -> None:
    body = b'{ "choices" : [1.0, 1e3],  "x":"\\u00e9" }'
    got = answer("openai", body)
    assert got.body == body
    assert {change.kind for change in got.trace} == {"kept"}


def test_numbers_come_out_as_lua_writes_them() -> None:
    body = b'{"message": {"n": [12.0, 0.30000000000000004, 12345678901234567890, []]}, "eval_count": 1e2}'
    message = answered("ollama", body)["choices"][0]["message"]
    assert message == {"n": [12, 0.3, 9.223372036854776e18, {}]}


def test_what_lua_cannot_write_is_an_error() -> None:
    got = answer("ollama", b'{"message": NaN}')
    assert got.status == 500
    assert b"Cannot serialise number: must not be NaN or Infinity" in got.body
