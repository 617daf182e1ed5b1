"""What becomes of a body for Anthropic."""

from __future__ import annotations

from typing import Any

import pytest
from sending import COMPLETIONS, HELLO, body_of, refusal, talk

FAILS = "error transforming to anthropic://llm/v1/chat"


def calls(*functions: Any, **more: Any) -> Any:
    tool_calls = [{"id": f"c{n}", "type": "function", "function": function} for n, function in enumerate(functions)]
    return {"messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "tool_calls": tool_calls, **more}]}


def test_a_chat_has_these_fields_and_no_others() -> None:
    body = {**talk(("system", "be brief"), ("user", "hi")), "max_tokens": 5, "temperature": 1, "top_p": 1, "user": "u"}
    assert body_of("anthropic", body) == {
        "system": "be brief",
        "messages": [{"role": "user", "content": "hi"}],
        "max_tokens": 5,
        "temperature": 1,
        "model": "m",
        "stream": False,
    }


def test_a_completion_is_a_dialogue() -> None:
    assert body_of("anthropic", {"prompt": "hi", "max_tokens": 5, "stop": "x"}, route_type=COMPLETIONS) == {
        "prompt": "Human: hi\n\nAssistant:",
        "max_tokens_to_sample": 5,
        "model": "m",
        "stream": False,
    }


class TestSystem:
    @pytest.mark.parametrize("role", ["system", "developer", "function", None, 7])
    def test_any_other_role_is_the_system_prompt(self, role: Any) -> None:
        got = body_of("anthropic", talk((role, "x"), ("user", "hi")))
        assert (got["system"], len(got["messages"])) == ("x", 1)

    def test_the_last_one_wins(self) -> None:
        assert body_of("anthropic", talk(("system", "a"), ("user", "b"), ("system", ["c"])))["system"] == ["c"]

    def test_one_without_content_takes_the_others_away(self) -> None:
        body = {"messages": [{"role": "system", "content": "a"}, {"role": "system"}, {"role": "user", "content": "b"}]}
        assert "system" not in body_of("anthropic", body)

    def test_alone_it_leaves_an_empty_table(self) -> None:
        assert body_of("anthropic", talk(("system", "a")))["messages"] == {}


class TestToolCalls:
    def test_become_blocks_in_the_place_of_the_text(self) -> None:
        got = body_of("anthropic", calls({"name": "f", "arguments": '{"a": [], "b": 1}'}, content="well"))
        assert got["messages"][1] == {
            "role": "assistant",
            "content": [{"type": "tool_use", "id": "c0", "name": "f", "input": {"a": {}, "b": 1}}],
        }

    @pytest.mark.parametrize("arguments", ["no", "", {"a": 1}, None, True])
    def test_arguments_that_are_no_json_are_left_out(self, arguments: Any) -> None:
        got = body_of("anthropic", calls({"name": "f", "arguments": arguments}))
        assert got["messages"][1]["content"] == [{"type": "tool_use", "id": "c0", "name": "f"}]

    def test_a_number_is_json_for_lua(self) -> None:
        assert body_of("anthropic", calls({"arguments": 5}))["messages"][1]["content"][0]["input"] == 5

    def test_an_empty_list_leaves_no_content(self) -> None:
        assert body_of("anthropic", calls(content="well"))["messages"][1] == {"role": "assistant"}

    def test_only_an_assistant_has_them(self) -> None:
        message = {"role": "user", "content": "hi", "tool_calls": [1]}
        assert body_of("anthropic", {"messages": [message]})["messages"] == [message]

    @pytest.mark.parametrize("tool_calls", [None, "x", 5, [{}], [None]])
    def test_odd_ones_fail(self, tool_calls: Any) -> None:
        error = refusal("anthropic", {"messages": [{"role": "assistant", "tool_calls": tool_calls}]})
        assert (error.message, error.crash) == (FAILS, False)
        assert "the driver's code fails" in (error.hint or "")

    def test_results_come_from_the_user(self) -> None:
        message = {"role": "tool", "tool_call_id": "c", "content": '{"a":1}', "name": "f"}
        assert body_of("anthropic", {"messages": [message]})["messages"] == [
            {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c", "content": '{"a":1}'}]}
        ]


class TestTools:
    def test_are_functions_without_wrapping(self) -> None:
        tools = [
            {"type": "retrieval"},
            {"type": "function", "function": {"name": "f", "strict": True, "parameters": {"type": "object"}}},
        ]
        assert body_of("anthropic", HELLO | {"tools": tools})["tools"] == [
            {"name": "f", "strict": True, "input_schema": {"type": "object"}}
        ]

    @pytest.mark.parametrize(("tools", "expected"), [([], {}), ({}, {}), ([{"type": "x"}], {}), (False, False)])
    def test_none_leave_an_empty_table(self, tools: Any, expected: Any) -> None:
        assert body_of("anthropic", HELLO | {"tools": tools})["tools"] == expected

    @pytest.mark.parametrize("tools", [None, "all", [{"function": "f"}], [{"function": 5}], [7]])
    def test_odd_ones_fail(self, tools: Any) -> None:
        assert refusal("anthropic", HELLO | {"tools": tools}).message == FAILS

    @pytest.mark.parametrize(
        ("choice", "expected"),
        [
            ("auto", {"type": "auto"}),
            ("none", {"type": "none"}),
            ("required", {"type": "any"}),
            ({"type": "function", "function": {"name": "f"}}, {"type": "tool", "name": "f"}),
            (False, False),
        ],
    )
    def test_a_choice_is_an_object(self, choice: Any, expected: Any) -> None:
        assert body_of("anthropic", HELLO | {"tool_choice": choice})["tool_choice"] == expected

    @pytest.mark.parametrize("choice", ["banana", None, 3, [], {"type": "auto"}, {"type": "function", "function": {}}])
    def test_another_is_dropped(self, choice: Any) -> None:
        assert "tool_choice" not in body_of("anthropic", HELLO | {"tool_choice": choice})

    def test_a_choice_without_a_function_fails(self) -> None:
        assert refusal("anthropic", HELLO | {"tool_choice": {"type": "function"}}).message == FAILS

    def test_3_9_sends_the_choice_as_it_came(self) -> None:
        assert body_of("anthropic", HELLO | {"tool_choice": "auto"}, gateway="3.9")["tool_choice"] == "auto"

    def test_3_8_knows_no_tools(self) -> None:
        body = talk(("user", "hi"), ("tool", "result")) | {"tools": [{"function": {"name": "f"}}]}
        got = body_of("anthropic", body, gateway="3.8")
        assert ("tools" in got, got["system"], len(got["messages"])) == (False, "result", 1)


def test_images_stay_as_they_are() -> None:
    parts = [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]
    assert body_of("anthropic", talk(("user", parts)))["messages"][0]["content"] == parts
