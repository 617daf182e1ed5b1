"""The trace: what became of each field of the client's body."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sending import CHAT, COMPLETIONS, OPTIONS, PRESERVE, changes, config, send, talk

import aicfg
from aicfg.translate.trace import Change

VECTORS = Path(__file__).parents[1] / "vectors" / "translate"

Path_ = tuple[str | int, ...]


def leaves(value: Any, path: Path_ = ()) -> Iterator[tuple[Path_, Any]]:
    """What the trace has to account for: everything that holds nothing."""
    items = (
        list(value.items()) if isinstance(value, dict) else list(enumerate(value)) if isinstance(value, list) else []
    )
    if not items:
        yield path, value
    for key, item in items:
        yield from leaves(item, (*path, key))


def exact(value: Any) -> Any:
    return type(value).__name__ if value in ([], {}) else (isinstance(value, bool), value)


def applied(trace: tuple[Change, ...], given: dict[Path_, Any]) -> dict[Path_, Any]:
    """The leaves of the upstream body, built from the client's leaves and the trace alone."""
    built: dict[Path_, Any] = {}
    for change in trace:
        for place, value in zip(change.to, change.values, strict=True):
            if change.kind in ("kept", "renamed"):
                assert change.path is not None
                value = given[change.path]
            assert exact(built.setdefault(place, value)) == exact(value)
    return built


def check(got: aicfg.UpstreamRequest, body: Any) -> None:
    """Every leaf of the client's body is told once, every leaf upstream at least once, and none is wrong."""
    given = dict(leaves(body))
    told = [change.path for change in got.trace if change.path is not None]
    assert sorted(map(str, told)) == sorted(map(str, given))
    assert all((change.kind == "added") == (change.path is None) for change in got.trace)
    assert all((change.kind == "dropped") == (not change.to) for change in got.trace)
    if got.passthrough:
        assert {change.kind for change in got.trace} <= {"kept"}
        return
    secrets = {place for change in got.trace if change.source.startswith("auth.") for place in change.to}
    upstream = {place: exact("***" if place in secrets else value) for place, value in leaves(got.body)}
    assert {place: exact(value) for place, value in applied(got.trace, given).items()} == upstream


@pytest.mark.parametrize("version", ["3.10", "3.8", "3.7"])
def test_accounts_for_every_field_of_every_measured_case(version: str) -> None:
    checked = 0
    with gzip.open(VECTORS / version / "requests.jsonl.gz", "rt", encoding="utf-8", errors="surrogatepass") as lines:
        for case in map(json.loads, lines):
            if "expect" not in case or "body_text" in case:
                continue
            request = {key: case[key] for key in ("headers", "path", "captures") if key in case}
            query = case.get("query_string", case.get("query"))
            got = aicfg.translate_request(case["config"], case["body"], query=query, gateway=version, **request)
            check(got, case["body"])
            checked += 1
    assert checked > 1000


# ── any body ──

TEXT = st.text(max_size=6)
SCALAR = st.none() | st.booleans() | st.integers(-1000, 1000) | st.sampled_from([0.5, 1e-7]) | TEXT
ANY = st.recursive(
    SCALAR, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=5
)


def record(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


FUNCTION = record(
    name=TEXT, arguments=st.sampled_from(["{}", '{"a":[],"b":1}', "[1,[]]", "no"]) | SCALAR, parameters=ANY
)
PART = record(
    type=st.sampled_from(["text", "image_url", "audio"]) | SCALAR,
    text=TEXT,
    image_url=record(url=st.sampled_from(["https://a.example/b.png", "data:image/png;base64,AAAA", "x"]), detail=TEXT),
)
MESSAGE = record(
    role=st.sampled_from(["system", "user", "user", "assistant", "tool", "developer"]) | SCALAR,
    content=TEXT | TEXT | st.lists(PART, max_size=3) | ANY,
    tool_calls=st.lists(record(id=TEXT, type=TEXT, function=FUNCTION), max_size=2) | SCALAR,
    tool_call_id=TEXT,
    name=TEXT,
)
FIELDS = {
    "stream": SCALAR,
    "temperature": SCALAR,
    "max_tokens": SCALAR,
    "top_p": SCALAR,
    "top_k": SCALAR,
    "stop": TEXT | st.lists(TEXT, max_size=2),
    "tools": st.lists(record(type=TEXT, function=FUNCTION), max_size=3) | SCALAR,
    "tool_choice": st.sampled_from(["auto", "required", {"type": "function", "function": {"name": "f"}}]) | ANY,
    "parameters": ANY,
    "options": ANY,
    "bedrock": record(toolConfig=ANY, additionalModelRequestFields=ANY),
    "guardrailConfig": ANY,
    "p": SCALAR,
    "message": SCALAR,
}
ODD = FIELDS | {"messages": ANY, "prompt": SCALAR, "model": SCALAR}
BODY = (
    st.fixed_dictionaries({"messages": st.lists(MESSAGE, min_size=1, max_size=4)}, optional=FIELDS)
    | st.fixed_dictionaries({"messages": st.lists(MESSAGE, min_size=1, max_size=4)}, optional=FIELDS)
    | st.fixed_dictionaries({"prompt": TEXT}, optional=FIELDS)
    | st.fixed_dictionaries({}, optional=ODD)
)
SET = record(temperature=st.sampled_from([0, 0.5, 1]), max_tokens=st.integers(1, 9), top_p=st.just(1), top_k=st.just(3))
SECRET = {"param_name": "key", "param_value": "s", "param_location": "body"}


@given(
    body=BODY,
    provider=st.sampled_from(sorted(OPTIONS)),
    route_type=st.sampled_from([CHAT, CHAT, COMPLETIONS, PRESERVE]),
    options=SET,
    more=record(response_streaming=st.just("always"), name=st.none(), auth=st.just(SECRET)),
    gateway=st.sampled_from(["3.10", "3.9", "3.8", "3.7"]),
)
def test_accounts_for_every_field_of_any_body(
    body: Any, provider: str, route_type: str, options: Any, more: Any, gateway: str
) -> None:
    try:
        got = send(provider, body, route_type=route_type, options=options, gateway=gateway, **more)
    except aicfg.AicfgError:
        return
    check(got, body)


# ── what it says ──


class TestKinds:
    def test_what_goes_through_is_kept(self) -> None:
        found = changes("openai", {**talk(("user", "hi")), "seed": 4})
        assert found["seed"] == Change("kept", ("seed",), (("seed",),), (4,))
        assert found["messages.0.content"].kind == "kept"

    def test_what_has_another_name_is_renamed(self) -> None:
        change = changes("ollama", {**talk(("user", "hi")), "max_tokens": 5})["max_tokens"]
        assert (change.kind, change.to, change.values) == ("renamed", (("options", "num_predict"),), (5,))

    def test_what_stands_elsewhere_is_renamed(self) -> None:
        change = changes("anthropic", talk(("system", "be brief"), ("user", "hi")))["messages.1.content"]
        assert (change.kind, change.to) == ("renamed", (("messages", 0, "content"),))

    def test_a_place_that_another_field_takes_is_not_kept(self) -> None:
        found = changes("anthropic", talk(("system", "be brief"), ("user", "hi")))
        assert (found["messages.0.role"].kind, found["messages.1.role"].to) == ("dropped", (("messages", 0, "role"),))

    def test_the_configs_value_overrides(self) -> None:
        body = {**talk(("user", "hi")), "temperature": 0.9}
        change = changes("gemini", body, options={"temperature": 0.1})["temperature"]
        assert (change.kind, change.values, change.source) == ("overridden", (0.1,), "model.options.temperature")
        assert change.to == (("generationConfig", "temperature"),)
        assert change.surprising

    def test_the_same_value_from_the_config_is_no_surprise(self) -> None:
        body = {**talk(("user", "hi")), "temperature": 0.1}
        change = changes("openai", body, options={"temperature": 0.1})["temperature"]
        assert (change.kind, change.surprising) == ("kept", False)

    def test_what_kong_adds(self) -> None:
        found = changes("openai", options={"max_tokens": 7})
        assert found["+stream"] == Change("added", None, (("stream",),), (False,), "Kong sets it")
        assert (found["+max_tokens"].source, found["+model"].source) == ("model.options.max_tokens", "model.name")

    def test_a_secret_in_the_body_says_where_it_comes_from(self) -> None:
        change = changes("openai", auth=SECRET)["+key"]
        assert (change.source, change.values) == ("auth.param_value", ("***",))

    def test_a_secret_can_override_anything(self) -> None:
        found = changes("cohere", auth={**SECRET, "param_name": "message"})
        assert (found["messages.0.content"].kind, found["messages.0.content"].source) == ("dropped", "")
        assert found["+message"].source == "auth.param_value"

    def test_a_changed_value_says_how(self) -> None:
        change = changes("anthropic", {"prompt": "hi"}, route_type=COMPLETIONS)["prompt"]
        assert (change.kind, change.values) == ("changed", ("Human: hi\n\nAssistant:",))
        assert "Human" in change.reason

    def test_one_field_can_become_several(self) -> None:
        parts = [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]
        change = changes("gemini", talk(("user", parts)))["messages.0.content.0.image_url.url"]
        assert change.values == ("image/png", "AAAA")
        assert [place[-1] for place in change.to] == ["mimeType", "data"]

    def test_several_fields_can_become_one(self) -> None:
        found = changes("gemini", talk(("system", "a"), ("system", "b"), ("user", "c")))
        assert found["messages.0.content"].to == found["messages.1.content"].to
        assert found["messages.0.content"].values == ("ab",)

    def test_null_asks_for_a_stream(self) -> None:
        change = changes("openai", {**talk(("user", "hi")), "stream": None})["stream"]
        assert (change.kind, change.values) == ("changed", (True,))
        assert "anything but false" in change.reason

    def test_a_number_with_too_many_digits_is_changed(self) -> None:
        change = changes("openai", {**talk(("user", "hi")), "seed": 12345678901234567})["seed"]
        assert (change.kind, change.values, change.surprising) == ("changed", (1.234567890123457e16,), True)

    def test_so_is_one_in_bytes(self) -> None:
        change = changes("openai", b'{"messages":[{"content":"a"}],"seed":12345678901234567}')["seed"]
        assert change.kind == "changed"

    def test_a_body_that_goes_through_untouched_is_kept(self) -> None:
        found = changes("openai", {"input": ["a", "b"]}, route_type=PRESERVE)
        assert {name: change.kind for name, change in found.items()} == {"input.0": "kept", "input.1": "kept"}

    def test_so_is_a_native_one(self) -> None:
        body = {"contents": [{"parts": [{"text": "hi"}]}]}
        assert list(changes("gemini", body, llm_format="gemini", auth={"allow_override": False})) == [
            "contents.0.parts.0.text"
        ]

    def test_a_body_that_is_none_has_no_fields(self) -> None:
        assert send("openai", b"{oops", route_type=PRESERVE).trace == ()


CALL = {"id": "c", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
CALLS = {
    "messages": [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "well", "tool_calls": [CALL]}]
}
IMAGE = talk(("user", [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]))


@pytest.mark.parametrize(
    ("provider", "body", "field", "kind"),
    [
        ("openai", {**talk(("user", "hi")), "top_k": 5}, "top_k", "dropped"),
        ("anthropic", {**talk(("user", "hi")), "top_p": 1}, "top_p", "dropped"),
        ("anthropic", talk(("system", "a"), ("system", "b")), "messages.0.content", "dropped"),
        ("anthropic", CALLS, "messages.1.content", "dropped"),
        ("anthropic", IMAGE, "messages.0.content.0.image_url.url", "kept"),
        ("bedrock", IMAGE, "messages.0.content.0.image_url.url", "kept"),
        ("bedrock", CALLS, "messages.1.content", "dropped"),
        ("gemini", CALLS, "messages.1.tool_calls.0.function.arguments", "dropped"),
        ("gemini", CALLS, "messages.1.content", "dropped"),
        ("cohere", talk(("system", "a"), ("user", "b")), "messages.0.role", "changed"),
        ("cohere", CALLS, "messages.1.tool_calls.0.function.name", "dropped"),
        ("llama2", talk(("user", "a"), ("user", "b"), ("assistant", "c")), "messages.2.content", "dropped"),
        ("llama2", talk(("user", "a")), "messages.0.content", "changed"),
        ("ollama", {**talk(("user", "hi")), "stop": ["x"]}, "stop.0", "dropped"),
        ("huggingface", {**talk(("user", "hi")), "options": {"a": 1}}, "options.a", "dropped"),
    ],
)
def test_marks_what_surprises_people(provider: str, body: Any, field: str, kind: str) -> None:
    change = changes(provider, body)[field]
    assert (change.kind, change.surprising) == (kind, True)
    assert change.reason


@pytest.mark.parametrize(
    ("provider", "field"), [("gemini", "stream"), ("gemini", "model"), ("bedrock", "stream"), ("bedrock", "model")]
)
def test_says_what_stands_in_the_url(provider: str, field: str) -> None:
    change = changes(provider, {**talk(("user", "hi")), "stream": True, "model": "m"})[field]
    assert (change.kind, change.surprising) == ("dropped", False)
    assert "URL" in change.reason


def test_is_found_out_when_it_is_asked_for_and_once() -> None:
    got = aicfg.Translator(config("openai")).request(talk(("user", "hi")))
    assert got.trace is got.trace


def test_changes_nothing() -> None:
    body = CALLS | {"tools": [{"type": "function", "function": {"name": "f", "parameters": {}}}]}
    before = json.dumps(body)
    for provider in OPTIONS:
        got = send(provider, body)
        sent = json.dumps(got.body)
        assert got.trace
        assert (json.dumps(body), json.dumps(got.body)) == (before, sent)
