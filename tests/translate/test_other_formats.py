"""What becomes of a body for OpenAI and its kin, Cohere, Ollama, Llama 2 and Hugging Face."""

from __future__ import annotations

from typing import Any

import pytest
from sending import COMPLETIONS, HELLO, PROMPT, body_of, refusal, talk

CALL = {"role": "assistant", "content": "well", "tool_calls": [{"id": "c"}]}


class TestOpenAi:
    @pytest.mark.parametrize("provider", ["openai", "azure", "mistral"])
    def test_the_body_goes_through(self, provider: str) -> None:
        body = {**HELLO, "seed": 1, "tools": None, "stop": [], "x": {"y": {}}}
        assert body_of(provider, body) == body | {"model": "m", "stream": False}

    def test_top_k_does_not_nor_a_configured_one(self) -> None:
        assert "top_k" not in body_of("openai", {**HELLO, "top_k": 4}, options={"top_k": 5})

    def test_llama_can_speak_it(self) -> None:
        options = {"llama2_format": "openai"}
        assert body_of("llama2", HELLO, options=options) == HELLO | {"model": "m", "stream": False}

    def test_completions(self) -> None:
        assert body_of("openai", PROMPT, route_type=COMPLETIONS) == PROMPT | {"model": "m", "stream": False}


class TestCohere:
    def test_the_last_message_and_its_history(self) -> None:
        body = {**talk(("system", "a"), ("assistant", "b"), ("CHATBOT", "c"), ("tool", "d"), ("x", ["e"])), "top_p": 1}
        assert body_of("cohere", body, options={"top_k": 2}) == {
            "chat_history": [
                {"role": "USER", "message": "a"},
                {"role": "CHATBOT", "message": "b"},
                {"role": "CHATBOT", "message": "c"},
                {"role": "USER", "message": "d"},
            ],
            "message": ["e"],
            "p": 1,
            "k": 2,
            "model": "m",
            "stream": False,
        }

    def test_one_message_has_no_history(self) -> None:
        assert "chat_history" not in body_of("cohere", HELLO)

    def test_a_message_without_content_leaves_none(self) -> None:
        assert "message" not in body_of("cohere", {"messages": [{"role": "user"}], "message": "mine"})

    def test_everything_else_stays_but_p_and_k(self) -> None:
        got = body_of("cohere", {**HELLO, "stop": ["x"], "n": 2, "p": 9, "k": 9})
        assert (got["stop"], got["n"], "p" in got, "k" in got) == (["x"], 2, False, False)

    @pytest.mark.parametrize("tools", [[], None, [{"type": "x"}]])
    def test_with_tools_it_goes_out_as_openai_would_send_it(self, tools: Any) -> None:
        got = body_of("cohere", {**HELLO, "tools": tools, "top_p": 1, "top_k": 3})
        assert got == HELLO | {"tools": tools, "top_p": 1, "model": "m", "stream": False}
        assert "message" in body_of("cohere", {**HELLO, "tools": tools}, gateway="3.8")

    def test_completions(self) -> None:
        assert body_of("cohere", {**PROMPT, "message": "x"}, route_type=COMPLETIONS) == PROMPT | {
            "model": "m",
            "stream": False,
        }

    @pytest.mark.parametrize("messages", [[], None, {}])
    def test_not_both(self, messages: Any) -> None:
        error = refusal("cohere", {**PROMPT, "messages": messages}, route_type=COMPLETIONS)
        assert error.message == ("cannot run a 'prompt' and a history of 'messages' at the same time - refer to schema")

    @pytest.mark.parametrize("messages", [[1], [None], [{"content": "a"}, 5]])
    def test_odd_messages_fail(self, messages: Any) -> None:
        assert refusal("cohere", {"messages": messages}).message == "error transforming to cohere://llm/v1/chat"


BOTH = "cannot run raw 'prompt' and chat history 'messages' requests at the same time - refer to schema"


class TestOllama:
    def test_a_chat(self) -> None:
        body = {**HELLO, "max_tokens": 1, "temperature": 0, "top_p": None, "top_k": 4, "stop": "x", "tools": []}
        assert body_of("ollama", body) == {
            "messages": HELLO["messages"],
            "model": "m",
            "stream": False,
            "tools": [],
            "options": {"num_predict": 1, "temperature": 0, "top_p": None, "top_k": 4},
        }

    def test_a_completion_has_options_too(self) -> None:
        assert body_of("ollama", PROMPT, route_type=COMPLETIONS) == PROMPT | {
            "model": "m",
            "stream": False,
            "options": {},
        }

    @pytest.mark.parametrize("provider", ["ollama", "llama2"])
    @pytest.mark.parametrize("body", [{**HELLO, "prompt": ["a"]}, {**HELLO, "prompt": None}])
    def test_not_both(self, provider: str, body: Any) -> None:
        assert refusal(provider, body).message == BOTH

    def test_3_8_knows_no_tools(self) -> None:
        got = body_of("ollama", {**HELLO, "tools": [], "tool_choice": "auto"}, gateway="3.8")
        assert not {"tools", "tool_choice"} & set(got)


class TestLlama:
    def inputs(self, *turns: tuple[str, Any]) -> str:
        inputs: str = body_of("llama2", talk(*turns))["inputs"]
        return inputs

    def test_a_chat(self) -> None:
        assert self.inputs(("system", "a"), ("user", "b"), ("system", "c"), ("user", "d")) == (
            "<s>[INST] <<SYS>> a <</SYS>> b [/INST] c </s> <s>[INST] d [/INST]"
        )

    def test_the_first_is_the_system_prompt_whatever_its_role(self) -> None:
        assert self.inputs(("user", "a")) == "<s>[INST] <<SYS>> a <</SYS>>"

    def test_answers_are_left_out(self) -> None:
        assert "c" not in self.inputs(("user", "a"), ("user", "b"), ("assistant", "c")).replace("<<", "")

    @pytest.mark.parametrize(
        ("content", "text"),
        [(None, "userdata: NULL"), (True, "true"), (42.0, "42"), (0.1, "0.1"), ([], "table: 0x...")],
    )
    def test_what_is_no_text_is_printed_as_lua_does(self, content: Any, text: str) -> None:
        assert self.inputs(("user", content)) == f"<s>[INST] <<SYS>> {text} <</SYS>>"

    def test_no_content_is_nil(self) -> None:
        assert body_of("llama2", {"messages": [{}]})["inputs"] == "<s>[INST] <<SYS>> nil <</SYS>>"

    def test_a_completion_and_parameters(self) -> None:
        assert body_of("llama2", {**PROMPT, "max_tokens": 4, "stop": "x"}, route_type=COMPLETIONS) == {
            "inputs": "<s> [INST] <<SYS>> You are a helpful assistant. <<SYS>> once upon [/INST]",
            "parameters": {"max_new_tokens": 4, "stream": False},
        }

    def test_odd_messages_fail(self) -> None:
        assert refusal("llama2", {"messages": [1]}).message == "error transforming to llama2://llm/v1/chat/raw"


class TestHuggingFace:
    def test_a_chat(self) -> None:
        body = {**HELLO, "max_tokens": 4, "temperature": 1, "stop": "x", "parameters": {"temperature": 0, "a": 1}}
        assert body_of("huggingface", body, options={"huggingface": {"use_cache": True}}) == {
            "messages": HELLO["messages"],
            "parameters": {"temperature": 0, "a": 1, "max_length": 4},
            "options": {"use_cache": True, "wait_for_model": False},
            "stop": "x",
            "model": "m",
        }

    def test_a_completion(self) -> None:
        got = body_of("huggingface", {**PROMPT, "max_tokens": 4}, route_type=COMPLETIONS)
        assert (got["inputs"], got["parameters"]) == ("once upon", {"max_new_tokens": 4})

    def test_its_own_max_tokens_takes_the_place_of_the_other(self) -> None:
        got = body_of("huggingface", {**HELLO, "max_tokens": 4, "parameters": {"max_tokens": 5}})
        assert got["parameters"] == {"max_tokens": 5}

    @pytest.mark.parametrize("parameters", [None, "x", 5, True])
    def test_odd_parameters_fail(self, parameters: Any) -> None:
        error = refusal("huggingface", {**HELLO, "parameters": parameters})
        assert error.message == "error transforming to huggingface://llm/v1/chat"

    @pytest.mark.parametrize("parameters", [[1], []])
    def test_a_list_stays_a_list(self, parameters: Any) -> None:
        assert body_of("huggingface", {**HELLO, "parameters": parameters, "top_p": 1})["parameters"] == parameters

    def test_3_9_spells_otherwise(self) -> None:
        got = body_of("huggingface", {**HELLO, "max_tokens": 4}, gateway="3.9")
        assert got["parameters"] == {"max_lenght": 4}
