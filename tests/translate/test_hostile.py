"""Bodies that nobody means well with: Kong's answer or a clear error, never a traceback, never a hang."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending import CHAT, COMPLETIONS, HELLO, OPTIONS, PRESERVE, body_of, config, refusal, send, talk

import aicfg

LARGE = 20_000_000
NO_PROMPT = "request body doesn't contain valid prompts"


class TestLarge:
    def test_ten_megabytes_go_through_where_the_limit_lets_them(self) -> None:
        text = "word " * 2_000_000
        got = body_of("gemini", json.dumps(talk(("user", text))).encode(), max_request_body_size=LARGE)
        assert got["contents"][0]["parts"][0]["text"] == text

    def test_and_are_not_found_where_it_does_not(self) -> None:
        assert refusal("openai", b"[" * 10_000_000).message == NO_PROMPT

    @pytest.mark.parametrize("byte", [b"[", b'{"a":', b'"', b"\\", b"1", b" ", b"-", b"\xff", b"\x00"])
    def test_megabytes_of_anything(self, byte: bytes) -> None:
        error = refusal("openai", byte * (4_000_000 // len(byte)), max_request_body_size=LARGE)
        assert error.message == NO_PROMPT

    def test_many_small_messages_and_their_trace(self) -> None:
        body = {"messages": [{"role": "user", "content": "a"}] * 20_000}
        got = send("anthropic", body, max_request_body_size=LARGE)
        assert len(got.trace) > 40_000

    def test_the_trace_of_many_lost_fields(self) -> None:
        body = {"messages": [{"role": "user", "content": "a"}] * 20_000} | {f"x{number}": 1 for number in range(40_000)}
        assert len(send("anthropic", body, max_request_body_size=LARGE).trace) > 80_000

    def test_a_body_that_python_does_not_take_at_once(self) -> None:
        items = ",".join('{"content":"a","n":01}' for _ in range(20_000))
        assert (
            len(body_of("openai", f'{{"messages":[{items}]}}'.encode(), max_request_body_size=LARGE)["messages"])
            == 20_000
        )

    def test_a_long_path_and_query(self) -> None:
        path = "/a/../" * 100_000 + "/%2e%41" * 50_000
        got = send("openai", {}, route_type=PRESERVE, request={"path": path, "query": "a=b&" * 500_000})
        assert got.path


class TestDeep:
    @pytest.mark.parametrize("opening", ['{"a":', "["])
    def test_deeper_than_kong_reads_counts_as_no_body(self, opening: str) -> None:
        body = f'{{"messages":[{{"content":{opening * 2000}1'.encode()
        assert refusal("openai", body).message == NO_PROMPT

    def test_deeper_than_aicfg_follows_is_a_clear_error(self) -> None:
        inside = "[" * 500 + "]" * 500
        for body in (
            f'{{"messages":[{{"content":{inside}}}]}}'.encode(),
            {"messages": [{"content": json.loads(inside)}]},
        ):
            with pytest.raises(aicfg.AicfgError, match="too deep") as caught:
                send("openai", body)
            assert not isinstance(caught.value, aicfg.TranslationError)

    def test_parsed_json_of_any_depth(self) -> None:
        inside: Any = []
        for _ in range(100_000):
            inside = [inside]
        with pytest.raises(aicfg.AicfgError, match="too deep"):
            send("openai", {**HELLO, "x": inside})

    def test_parsed_json_without_an_end(self) -> None:
        body: dict[str, Any] = {**HELLO}
        body["x"] = body
        with pytest.raises(aicfg.AicfgError, match="no JSON"):
            send("openai", body)

    def test_json_in_a_text(self) -> None:
        call = {"function": {"name": "f", "arguments": "[" * 500 + "]" * 500}}
        with pytest.raises(aicfg.AicfgError, match="too deep"):
            send("anthropic", {"messages": [{"role": "assistant", "tool_calls": [call]}]})

    def test_as_deep_as_aicfg_follows(self) -> None:
        inside = json.loads("[" * 195 + "]" * 195)
        for provider in OPTIONS:
            if provider != "gemini":
                assert send(provider, {"messages": [{"role": "user", "content": inside}]}).trace


class TestNumbers:
    @pytest.mark.parametrize("value", ["NaN", "Infinity", "-Infinity", "nan", "1e999"])
    def test_what_json_does_not_have_makes_kong_fail(self, value: str) -> None:
        error = refusal("openai", f'{{"messages":[{{"content":"a"}}],"temperature":{value}}}'.encode())
        assert (error.status, error.crash) == (500, True)

    def test_also_in_parsed_json(self) -> None:
        assert refusal("openai", {**HELLO, "temperature": math.nan}).crash

    def test_unless_it_is_not_sent(self) -> None:
        assert body_of("anthropic", {**HELLO, "top_p": math.nan})

    def test_nor_in_the_arguments_of_a_call(self) -> None:
        call = {"function": {"arguments": '{"a":NaN}'}}
        assert refusal("anthropic", {"messages": [{"role": "assistant", "tool_calls": [call]}]}).crash

    def test_a_million_digits(self) -> None:
        body = b'{"messages":[{"content":"a"}],"n":' + b"9" * 1_000_000 + b"}"
        assert body_of("openai", body, max_request_body_size=LARGE)["n"] == 9.223372036854776e18


class TestTexts:
    def test_half_a_surrogate_pair_in_an_escape_is_no_json(self) -> None:
        assert refusal("openai", b'{"messages":[{"content":"\\ud83d"}]}').message == NO_PROMPT

    def test_nor_in_parsed_json(self) -> None:
        assert refusal("openai", talk(("user", "\ud83d"))).message == NO_PROMPT
        assert body_of("openai", talk(("user", "😀")))

    def test_what_is_no_utf_8_goes_through(self) -> None:
        sent = body_of("openai", b'{"messages":[{"content":"a\xff\xc3b"}]}')["messages"][0]["content"]
        assert sent.encode("utf-8", "surrogateescape") == b"a\xff\xc3b"

    def test_also_in_a_form_and_a_path(self) -> None:
        form = {"headers": {"content-type": "application/x-www-form-urlencoded"}}
        assert body_of("openai", b"prompt=a%ff\xfe", route_type=COMPLETIONS, request=form)["prompt"]
        assert send("openai", {}, route_type=PRESERVE, request={"path": "/\udcff\ud800"}).path
        assert send("azure", request={"query": {"\ud800": "\udcff"}}).query

    def test_nul_ends_the_text(self) -> None:
        assert body_of("openai", b'{"messages":[{"content":"a"}]}\0garbage')


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
ROUTE_TYPES = st.sampled_from([CHAT, COMPLETIONS, PRESERVE])
PROVIDERS = st.sampled_from(sorted(OPTIONS))
VERSIONS = st.sampled_from(["3.10", "3.9", "3.8", "3.7"])


def answers(provider: str, body: Any, **more: Any) -> None:
    """Something comes out, or an error that is aicfg's own."""
    try:
        got = send(provider, body, **more)
    except aicfg.AicfgError:
        return
    assert got.trace is not None
    assert got.passthrough or json.dumps(got.body)


@given(PROVIDERS, st.binary(max_size=60), ROUTE_TYPES, VERSIONS)
def test_any_bytes(provider: str, body: bytes, route_type: str, version: str) -> None:
    answers(provider, body, route_type=route_type, gateway=version)


@given(PROVIDERS, ANYTHING, ROUTE_TYPES, VERSIONS)
def test_any_json(provider: str, body: Any, route_type: str, version: str) -> None:
    answers(provider, body, route_type=route_type, gateway=version)


@given(
    PROVIDERS,
    st.lists(
        st.dictionaries(st.sampled_from(["role", "content", "tool_calls"]), ANYTHING) | ANYTHING, min_size=1, max_size=3
    ),
    st.dictionaries(st.sampled_from(["tools", "tool_choice", "stream", "bedrock", "parameters", "stop"]), ANYTHING),
    VERSIONS,
)
def test_any_messages(provider: str, messages: Any, fields: Any, version: str) -> None:
    answers(provider, {**fields, "messages": messages}, gateway=version)


@given(st.sampled_from(["gemini", "bedrock"]), ANYTHING, st.text(max_size=20))
def test_any_native_body(provider: str, inner: Any, path: str) -> None:
    for body in ({"contents": inner, "messages": inner}, {"contents": [inner], "messages": [{"content": [inner]}]}):
        answers(provider, body, llm_format=provider, request={"path": path})


@given(
    st.text(max_size=30),
    st.text(max_size=20),
    st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
    st.text(alphabet="$(){}.ahedrsqu_pmc1 ", max_size=30),
)
def test_any_url_query_headers_and_template(url: str, query: str, headers: Any, template: str) -> None:
    request = {"query": query, "headers": headers, "path": url, "captures": headers}
    for provider, name in (("openai", template), ("azure", template), ("gemini", url), ("huggingface", template)):
        for version in ("3.10", "3.8"):
            answers(provider, HELLO, name=name, request=request, gateway=version)
            answers(provider, HELLO, options={"upstream_url": url}, request=request, gateway=version)
            answers(provider, HELLO, options={"upstream_path": template + url}, request=request, gateway=version)
            answers(provider, {}, route_type=PRESERVE, request=request, gateway=version)


@given(ANYTHING, VERSIONS)
def test_any_config(value: Any, version: str) -> None:
    good = config("openai")
    for broken in (
        value,
        good | {"model": value},
        good | {"auth": value},
        good | {"auth": {"header_name": value, "header_value": value, "param_name": value, "param_value": value}},
        good | {"model": good["model"] | {"options": value}},
        good
        | {"model": good["model"] | {"options": {"upstream_url": value, "upstream_path": value, "max_tokens": value}}},
        good | {"response_streaming": value, "max_request_body_size": value},
    ):
        try:
            got = aicfg.translate_request(broken, HELLO, gateway=version)
        except aicfg.AicfgError:
            continue
        assert got.trace
