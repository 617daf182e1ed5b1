"""What becomes of a body for Bedrock's Converse API."""

from __future__ import annotations

from typing import Any

import pytest
from sending import COMPLETIONS, HELLO, PROMPT, body_of, refusal, talk

PREFIX = "error transforming to bedrock://llm/v1/chat: "


def failure(body: Any, **more: Any) -> str:
    return refusal("bedrock", body, **more).message.removeprefix(PREFIX)


def call(name: str, arguments: Any = "{}") -> Any:
    return {"id": f"id-{name}", "type": "function", "function": {"name": name, "arguments": arguments}}


def message(**fields: Any) -> Any:
    return body_of("bedrock", {"messages": [fields]})["messages"][0]


def test_a_chat() -> None:
    body = {
        **talk(("system", "a"), ("user", "b"), ("system", ["c"])),
        "stop": "x",
        "top_k": 3,
        "guardrailConfig": {"g": 1},
    }
    assert body_of("bedrock", body, options={"max_tokens": 9}) == {
        "anthropic_version": "bedrock-2023-05-31",
        "messages": [{"role": "user", "content": [{"text": "b"}]}],
        "system": [{"text": "a"}, {"text": ["c"]}],
        "inferenceConfig": {"maxTokens": 9, "stopSequences": "x"},
        "guardrailConfig": {"g": 1},
    }


def test_completions_are_refused() -> None:
    assert failure(PROMPT, route_type=COMPLETIONS) == "no transformer for bedrock://llm/v1/completions"


def test_the_version_can_be_configured() -> None:
    assert body_of("bedrock", options={"anthropic_version": "v"})["anthropic_version"] == "v"


@pytest.mark.parametrize(
    ("role", "expected"), [("user", "user"), ("assistant", "assistant"), ("developer", None), (None, None)]
)
def test_roles(role: Any, expected: str | None) -> None:
    assert message(role=role, content="a").get("role") == expected


def test_without_a_role_it_is_the_user() -> None:
    assert message(content="a") == {"role": "user", "content": [{"text": "a"}]}


@pytest.mark.parametrize(("content", "text"), [(None, None), (42, 42), (False, "")])
def test_any_content_is_a_text(content: Any, text: Any) -> None:
    assert message(role="user", content=content)["content"] == [{"text": text}]


@pytest.mark.parametrize("content", [[{"type": "image_url", "image_url": {"url": "x"}}], [], {}])
def test_parts_stay_as_they_are(content: Any) -> None:
    assert message(role="user", content=content)["content"] == content


@pytest.mark.parametrize(
    "name", ["amazon.titan-text", "cohere.command-light-text-v14", "mistral.mistral-7b-instruct-v0:2"]
)
def test_models_without_system_prompts(name: str) -> None:
    assert failure(talk(("system", "a")), name=name) == f"system prompts are unsupported for model '{name}"
    assert body_of("bedrock", talk(("user", "a")), name=name)
    assert body_of("bedrock", talk(("system", "a")), name="anthropic.claude")


class TestTools:
    def test_the_last_call_remains(self) -> None:
        got = message(role="assistant", content="well", tool_calls=[call("f"), call("g", '{"a":[]}')])
        assert got["content"] == [{"toolUse": {"toolUseId": "id-g", "name": "g", "input": {"a": {}}}}]

    def test_without_calls_there_is_no_content(self) -> None:
        assert "content" not in message(role="assistant", content="well", tool_calls=[])

    @pytest.mark.parametrize("arguments", ["no", None, {"a": 1}])
    def test_arguments_have_to_be_json(self, arguments: Any) -> None:
        body = {"messages": [{"role": "assistant", "tool_calls": [call("f", arguments)]}]}
        assert failure(body) == (
            "failed to decode function response arguments from assistant's message, not JSON format"
        )

    @pytest.mark.parametrize(
        ("content", "json"),
        [
            ('{"a":[]}', {"a": {}}),
            ("[1]", [1]),
            ("[]", {}),
            ("17", {"result": 17}),
            ("null", {"result": None}),
            (17, {"result": 17}),
        ],
    )
    def test_a_result_is_json(self, content: Any, json: Any) -> None:
        got = message(role="tool", tool_call_id="c", content=content, status="success")
        result = {"toolUseId": "c", "content": [{"json": json}], "status": "success"}
        assert got == {"role": "user", "content": [{"toolResult": result}]}

    @pytest.mark.parametrize("content", ["sunny", "", None, []])
    def test_another_result_fails(self, content: Any) -> None:
        assert failure(talk(("tool", content))) == "failed to decode function response arguments, not JSON format"

    def test_functions_have_holes_between_them(self) -> None:
        tools = [
            {"type": "x"},
            {"function": {"name": "f", "description": "d", "parameters": {"a": 1}}},
            {"function": {}},
        ]
        assert body_of("bedrock", HELLO | {"tools": tools})["toolConfig"] == {
            "tools": [
                None,
                {"toolSpec": {"name": "f", "description": "d", "inputSchema": {"json": {"a": 1}}}},
                {"toolSpec": {"inputSchema": {}}},
            ]
        }

    @pytest.mark.parametrize(("tools", "expected"), [([{"type": "x"}], {}), ([], None), (None, None), ("a", None)])
    def test_no_functions(self, tools: Any, expected: Any) -> None:
        assert body_of("bedrock", HELLO | {"tools": tools}).get("toolConfig") == expected

    def test_bedrocks_own_fields(self) -> None:
        own = {"bedrock": {"toolConfig": {"c": 1}, "additionalModelRequestFields": {"top_k": 2}}}
        got = body_of("bedrock", HELLO | own)
        assert (got["toolConfig"], got["additionalModelRequestFields"]) == ([{"c": 1}], [{"top_k": 2}])
        both = body_of("bedrock", HELLO | own | {"tools": [{"function": {"name": "f"}}]})["toolConfig"]
        assert set(both) == {"1", "tools"}

    def test_3_8_knows_bedrocks_own_only(self) -> None:
        body = HELLO | {"tools": [{"function": {}}], "bedrock": {"toolConfig": {"c": 1}}, "guardrailConfig": {}}
        got = body_of("bedrock", body, gateway="3.8")
        assert (got["toolConfig"], "guardrailConfig" in got) == ([{"c": 1}], False)
