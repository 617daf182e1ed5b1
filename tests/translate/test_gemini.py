"""What becomes of a body for Gemini."""

from __future__ import annotations

from typing import Any

import pytest
from sending import COMPLETIONS, HELLO, PROMPT, body_of, refusal, talk

PREFIX = "error transforming to gemini://llm/v1/chat: "
CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}


def failure(body: Any, **more: Any) -> str:
    error = refusal("gemini", body, **more)
    assert (error.status, error.crash) == (400, False)
    return error.message.removeprefix(PREFIX)


def part(value: Any) -> Any:
    return body_of("gemini", talk(("user", [value])))["contents"][0]["parts"][0]


def test_a_chat() -> None:
    body = {**talk(("system", "a"), ("user", "b"), ("assistant", "c"), ("system", "d")), "stop": ["x"], "top_k": 3}
    assert body_of("gemini", body, options={"max_tokens": 9}) == {
        "contents": [{"role": "user", "parts": [{"text": "b"}]}, {"role": "model", "parts": [{"text": "c"}]}],
        "systemInstruction": {"parts": [{"text": "ad"}]},
        "generationConfig": {"stopSequences": ["x"], "topK": 3, "maxOutputTokens": 9},
    }


def test_completions_are_refused() -> None:
    assert failure(PROMPT, route_type=COMPLETIONS) == "no transformer for gemini://llm/v1/completions"


class TestMessages:
    @pytest.mark.parametrize(("role", "expected"), [("user", "user"), ("assistant", "model"), ("developer", None)])
    def test_roles(self, role: str, expected: str | None) -> None:
        assert body_of("gemini", talk((role, "a")))["contents"][0].get("role") == expected

    def test_without_a_role_it_is_the_user(self) -> None:
        assert body_of("gemini", {"messages": [{"content": "a"}]})["contents"][0]["role"] == "user"

    @pytest.mark.parametrize("content", [None, 42, True])
    def test_what_is_no_text_leaves_no_parts(self, content: Any) -> None:
        assert body_of("gemini", talk(("user", content)))["contents"][0]["parts"] == {}

    @pytest.mark.parametrize("content", [[], {}, {"text": "a"}])
    def test_an_empty_list_or_an_object_fails(self, content: Any) -> None:
        assert failure(talk(("user", "a"), ("user", content))) == (
            "message at position 2 does not match expected array format"
        )

    def test_older_models_take_no_system_prompt(self) -> None:
        body = talk(("system", "a"), ("user", "b"))
        assert failure(body, name="gemini-1.0-pro") == "system prompts aren't supported on gemini-1.0 models"
        assert body_of("gemini", talk(("user", "b")), name="gemini-1.0-pro")

    @pytest.mark.parametrize("content", [None, [], True])
    def test_a_system_prompt_has_to_be_text(self, content: Any) -> None:
        assert failure(talk(("system", content))) == "nil"

    def test_alone_it_leaves_no_contents(self) -> None:
        assert "contents" not in body_of("gemini", talk(("system", "a")))


class TestParts:
    def test_text(self) -> None:
        assert part({"type": "text", "text": ""}) == {"text": ""}

    @pytest.mark.parametrize(
        ("url", "expected"),
        [
            (
                "https://a.example/b.png",
                {"fileData": {"fileUri": "https://a.example/b.png", "mimeType": "image/generic"}},
            ),
            ("gs://bucket/b.png", {"fileData": {"fileUri": "gs://bucket/b.png", "mimeType": "image/generic"}}),
            ("data:image/png;base64,AA,BB", {"inlineData": {"mimeType": "image/png", "data": "AA"}}),
            ("data:image/png;charset=x;base64,AA", {"inlineData": {"mimeType": "image/png"}}),
            ("data:image/png;base64", {"inlineData": {"mimeType": "image/png"}}),
        ],
    )
    def test_images(self, url: str, expected: Any) -> None:
        assert part({"type": "image_url", "image_url": {"url": url}}) == expected

    @pytest.mark.parametrize(
        ("value", "reason"),
        [
            ({"type": "text"}, "message part type is 'text' but is missing .text block"),
            ({"type": "image_url"}, "message part type is 'image_url' but is missing .image_url.url block"),
            (
                {"type": "image_url", "image_url": "https://a"},
                "message part type is 'image_url' but is missing .image_url.url block",
            ),
            (
                {"type": "image_url", "image_url": {"url": "a.png"}},
                "could not decode OpenAI image-part, image URL is less than 10 bytes, which is not parsable",
            ),
            ({"type": "audio"}, "cannot transform part of type 'audio' to Gemini format"),
            ({"type": 5}, "cannot transform part of type '5' to Gemini format"),
            (False, "message at position 1, part at position 1 does not match expected OpenAI format"),
            ({"text": "a"}, "nil"),
            ("a", "nil"),
            (None, "nil"),
            ({"type": "image_url", "image_url": {"url": "data:image/svg+xml,%3C"}}, "nil"),
        ],
    )
    def test_what_is_none_fails(self, value: Any, reason: str) -> None:
        assert failure(talk(("user", [value]))) == reason


class TestTools:
    def test_of_a_call_the_name_remains(self) -> None:
        messages = [*HELLO["messages"], {"role": "assistant", "content": "well", "tool_calls": [CALL]}]
        assert body_of("gemini", {"messages": messages})["contents"][1] == {
            "role": "function",
            "parts": [{"function_call": {"name": "f"}}],
        }

    def test_every_result_has_the_same_name(self) -> None:
        got = body_of("gemini", talk(("user", "a"), ("tool", '{"b":1}')))["contents"][1]
        response = {"name": "get_product_info", "response": {"content": ['{"b":1}']}}
        assert got == {"role": "function", "parts": [{"function_response": response}]}

    @pytest.mark.parametrize("message", [{"role": "tool"}, {"role": "assistant", "tool_calls": [CALL]}])
    def test_neither_can_come_first(self, message: Any) -> None:
        assert failure({"messages": [message]}) == "nil"

    def test_functions_stand_in_one_tool_with_holes(self) -> None:
        tools = [
            {"type": "retrieval"},
            {"type": "function", "function": {"name": "f", "parameters": {}}},
            {"type": "x"},
        ]
        assert body_of("gemini", HELLO | {"tools": tools})["tools"] == [
            {"function_declarations": [None, {"name": "f", "parameters": {}}]}
        ]

    @pytest.mark.parametrize("tools", [[], {}, [{"type": "x"}]])
    def test_without_a_function_there_are_none(self, tools: Any) -> None:
        assert "tools" not in body_of("gemini", HELLO | {"tools": tools})

    def test_a_choice_is_geminis_own(self) -> None:
        got = body_of("gemini", HELLO | {"tool_choice": "auto", "tool_config": {"mode": "ANY"}})
        assert ("tool_choice" in got, got["tool_config"]) == (False, {"mode": "ANY"})


def test_3_8_takes_everything_for_a_text() -> None:
    body = talk(("user", [{"type": "x"}]), ("tool", None)) | {"tools": [{"function": {}}]}
    assert body_of("gemini", body, gateway="3.8", auth={"allow_override": False}) == {
        "contents": [{"role": "user", "parts": [{"text": [{"type": "x"}]}]}, {"parts": [{"text": None}]}],
        "generationConfig": {},
    }
