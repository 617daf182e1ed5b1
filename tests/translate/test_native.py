"""Native formats: the body goes through, and Kong still looks for a model, a stream and messages."""

from __future__ import annotations

from typing import Any

import pytest
from sending import refusal, send

import aicfg

GEMINI = {"contents": [{"role": "user", "parts": [{"text": "hi"}]}]}
BEDROCK = {"messages": [{"role": "user", "content": [{"text": "hi"}]}]}
BODIES = {"gemini": GEMINI, "bedrock": BEDROCK}


def native(provider: str, body: Any = None, path: str = "/", **more: Any) -> aicfg.UpstreamRequest:
    request = {"path": path, **more.pop("request", {})}
    got: aicfg.UpstreamRequest = send(provider, body or BODIES[provider], llm_format=provider, request=request, **more)
    return got


def refused(provider: str, body: Any = None, path: str = "/") -> aicfg.TranslationError:
    return refusal(provider, body or BODIES[provider], llm_format=provider, request={"path": path})


@pytest.mark.parametrize("provider", ["gemini", "bedrock"])
class TestBoth:
    def test_the_body_goes_through_untouched_options_have_no_effect(self, provider: str) -> None:
        got = native(provider, options={"temperature": 0.5})
        assert got.passthrough
        assert got.body is None
        assert "Content-Type" not in got.headers
        assert any("temperature" in note for note in got.notes)

    def test_the_path_is_rebuilt_from_the_config(self, provider: str) -> None:
        expected = {"gemini": "/v1beta/models/m:generateContent", "bedrock": "/model/m/converse"}
        assert native(provider, path="/plain").path == expected[provider]

    def test_an_openai_body_or_none_is_refused(self, provider: str) -> None:
        wrong = {"prompt": "x"} if provider == "bedrock" else {"messages": [{"content": "x"}]}
        assert refused(provider, wrong).message == "request body doesn't contain valid prompts"

    def test_captures_name_model_and_operation(self, provider: str) -> None:
        operation = {"gemini": "streamGenerateContent", "bedrock": "converse-stream"}[provider]
        got = native(provider, name=None, request={"captures": {"model": "x", "operation": operation}})
        assert got.path is not None
        assert "x" in got.path
        assert got.path.endswith(operation)


@pytest.mark.parametrize(
    ("provider", "path", "ending"),
    [
        ("gemini", "/v1beta/models/m:streamGenerateContent", ":streamGenerateContent"),
        ("gemini", "/any/models/m:generateContent", ":generateContent"),
        ("bedrock", "/model/m/converse-stream", "/converse-stream"),
    ],
)
def test_the_clients_path_chooses_streaming(provider: str, path: str, ending: str) -> None:
    got = native(provider, path=path)
    assert got.path is not None
    assert got.path.endswith(ending)


@pytest.mark.parametrize(("provider", "path"), [("gemini", "/models/other:x"), ("bedrock", "/model/other/x")])
def test_another_model_in_the_path_is_refused(provider: str, path: str) -> None:
    assert refused(provider, path=path).message == "cannot use own model - must be: m"


def test_bedrocks_model_is_decoded() -> None:
    got = native("bedrock", name="a:0", path="/model/a%3A0/converse")
    assert got.path == "/model/a:0/converse"


def test_contents_can_be_one_object() -> None:
    assert native("gemini", {"contents": {"parts": {"text": "hi"}}}).passthrough


@pytest.mark.parametrize(
    ("provider", "body"),
    [
        ("gemini", {"contents": [1]}),
        ("gemini", {"contents": [{"parts": [None]}]}),
        ("gemini", {**GEMINI, "generationConfig": None}),
        ("gemini", {**GEMINI, "system_instruction": 5}),
        ("bedrock", {"messages": [None]}),
        ("bedrock", {"messages": [{"content": [7]}]}),
        ("bedrock", {**BEDROCK, "inferenceConfig": 5}),
    ],
)
def test_bodies_that_kongs_conversion_does_not_survive(provider: str, body: Any) -> None:
    assert refused(provider, body).crash


def test_a_very_long_path_is_no_path_of_a_model() -> None:
    assert native("gemini", path="/models/a:" + "/models/" * 200_000).path == "/v1beta/models/m:generateContent"
