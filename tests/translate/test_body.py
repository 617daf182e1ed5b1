"""Which bodies Kong takes, and for what."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sending import CHAT, COMPLETIONS, HELLO, PRESERVE, PROMPT, body_of, refusal, send, talk

import aicfg

NO_PROMPT = "request body doesn't contain valid prompts"


def raw(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


class TestJson:
    @pytest.mark.parametrize("text", ["", "{", "nope", "null", "true", "12", '"text"', "[]", "[1]", "{}", "\ufeff{}"])
    def test_what_is_no_object_counts_as_no_body(self, text: str) -> None:
        error = refusal("openai", raw(text))
        assert (error.status, error.message, error.crash) == (400, NO_PROMPT, False)

    def test_the_hint_says_why_there_is_no_body(self) -> None:
        assert "no JSON" in (refusal("openai", b"{oops").hint or "")
        assert "no JSON object" in (refusal("openai", b"12").hint or "")

    def test_parsed_json_and_its_bytes_give_the_same(self) -> None:
        body = {**talk(("user", "Grüße 🐙")), "n": 1.0, "stop": [], "x": None}
        assert body_of("openai", body) == body_of("openai", json.dumps(body).encode())

    def test_the_last_of_duplicate_keys_wins(self) -> None:
        assert body_of("openai", b'{"n":1,"messages":[{"content":"a"}],"n":2}')["n"] == 2

    def test_white_space_around_is_fine_and_text_behind_is_not(self) -> None:
        assert body_of("openai", b'  {"messages":[{"content":"a"}]}\n')
        assert refusal("openai", b'{"messages":[{"content":"a"}]} x').message == NO_PROMPT

    def test_the_clients_body_stays_as_it_was(self) -> None:
        body = {"messages": [{"role": "user", "content": "hi"}], "top_k": 3, "parameters": {"a": 1}}
        before = json.dumps(body)
        for provider in ("openai", "cohere", "huggingface"):
            send(provider, body, options={"max_tokens": 4})
            assert json.dumps(body) == before

    def test_tuples_and_whole_floats_are_json_too(self) -> None:
        assert body_of("openai", {"messages": ({"role": "user", "content": "hi"},), "n": 2.0})["messages"]

    @pytest.mark.parametrize("value", [{1, 2}, object(), b"x", {("a",): 1}])
    def test_what_is_no_json_is_a_clear_error(self, value: Any) -> None:
        with pytest.raises(aicfg.AicfgError, match="no JSON") as caught:
            send("openai", {**HELLO, "x": value})
        assert not isinstance(caught.value, aicfg.TranslationError)


class TestContentTypes:
    @pytest.mark.parametrize("value", ["application/json; charset=utf-8", "Application/JSON", "application/jsonlines"])
    def test_json(self, value: str) -> None:
        assert body_of("openai", HELLO, request={"headers": {"content-type": value}})

    @pytest.mark.parametrize("value", ["text/plain", "application/problem+json", ""])
    def test_others_are_not_parsed(self, value: str) -> None:
        error = refusal("openai", HELLO, request={"headers": {"Content-Type": value}})
        assert error.message == NO_PROMPT
        assert "content type" in (error.hint or "")

    def test_a_forms_fields_are_texts(self) -> None:
        request = {"headers": {"Content-Type": "application/x-www-form-urlencoded"}}
        got = body_of("openai", b"prompt=a+b%21&max_tokens=5&bare&n=1&n=2", route_type=COMPLETIONS, request=request)
        assert got["prompt"] == "a b!"
        assert (got["max_tokens"], got["bare"], got["n"]) == ("5", True, ["1", "2"])

    def test_the_fields_of_a_multipart_body(self) -> None:
        request = {"headers": {"Content-Type": 'multipart/form-data; boundary="b"'}}
        body = b'--b\r\nContent-Disposition: form-data; name="prompt"\r\n\r\nhello\r\n--b--\r\n'
        assert body_of("openai", body, route_type=COMPLETIONS, request=request)["prompt"] == "hello"


class TestSize:
    @pytest.mark.parametrize(("size", "options", "taken"), [(9000, {}, True), (12000, {}, False)])
    def test_a_large_body_is_not_found_by_default(self, size: int, options: Any, taken: bool) -> None:
        body = talk(("user", "k" * size))
        if taken:
            assert send("openai", body)
        else:
            error = refusal("openai", body)
            assert error.message == NO_PROMPT
            assert "max_request_body_size" in (error.hint or "")

    def test_a_larger_limit_finds_it(self) -> None:
        assert send("openai", talk(("user", "k" * 12000)), max_request_body_size=20000)

    def test_3_7_has_no_limit_to_raise(self) -> None:
        error = refusal("openai", talk(("user", "k" * 12000)), gateway="3.7")
        assert error.message == "content-type header does not match request body"


class TestPrompts:
    @pytest.mark.parametrize("messages", [[], {}, {"0": {"content": "x"}}, "hi", None, 7])
    def test_messages_have_to_be_a_list_with_something_in_it(self, messages: Any) -> None:
        assert refusal("openai", {"messages": messages}).message == NO_PROMPT

    @pytest.mark.parametrize("prompt", [None, ["a"], 5, {"a": 1}])
    def test_a_prompt_has_to_be_text(self, prompt: Any) -> None:
        assert refusal("openai", {"prompt": prompt}, route_type=COMPLETIONS).message == NO_PROMPT

    def test_an_empty_prompt_is_one(self) -> None:
        assert body_of("openai", {"prompt": ""}, route_type=COMPLETIONS)["prompt"] == ""

    def test_both_at_once(self) -> None:
        assert refusal("openai", HELLO | PROMPT).message == "request matches multiple LLM request formats"

    @pytest.mark.parametrize(("body", "route_type"), [(HELLO, COMPLETIONS), (PROMPT, CHAT)])
    def test_the_other_route_type(self, body: Any, route_type: str) -> None:
        other = CHAT if route_type == COMPLETIONS else COMPLETIONS
        assert refusal("openai", body, route_type=route_type).message == (
            f"[{other}] message format is not compatible with [{route_type}] route type"
        )

    def test_a_preserved_body_is_not_looked_at(self) -> None:
        got = send("openai", b"\x00\xff", route_type=PRESERVE)
        assert got.passthrough
        assert got.body is None

    @pytest.mark.parametrize(
        ("version", "message"),
        [
            ("3.8", "content-type header does not match request body, or bad JSON formatting"),
            ("3.7", "content-type header does not match request body"),
        ],
    )
    def test_older_versions_refuse_a_missing_body_for_itself(self, version: str, message: str) -> None:
        assert refusal("openai", b"{", gateway=version).message == message
        assert refusal("openai", b"{", gateway=version, route_type=PRESERVE).message == message
        assert refusal("openai", {}, gateway=version).message == "request format not recognised"
