"""What the trace and the notes say of bodies that do not fit a provider's published types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields as fields_of
from dataclasses import is_dataclass
from typing import Any, get_type_hints

import published_types as types
import pytest
from sending import COMPLETIONS, PRESERVE, changes, send, talk

from aicfg.translate import published
from aicfg.translate.published import Parts, Published

HELLO = talk(("user", "hi"))


def nested() -> Iterator[tuple[Published, Parts, str, str]]:
    """The types of objects inside a body, by module and name."""
    yield published.ANTHROPIC_CHAT, ("messages", "*"), "anthropic.types", "MessageParam"
    yield published.COHERE_CHAT, ("tools", "*"), "cohere.types", "Tool"
    yield published.OLLAMA_CHAT, ("messages", "*"), "ollama._types", "Message"
    yield published.OLLAMA_CHAT, ("messages", "*", "tool_calls", "*"), "ollama._types", "Message.ToolCall"
    call = ("messages", "*", "tool_calls", "*", "function")
    yield published.OLLAMA_CHAT, call, "ollama._types", "Message.ToolCall.Function"
    yield published.TEXT_GENERATION, ("parameters",), "huggingface_hub", "TextGenerationInputGenerateParameters"
    yield published.HUGGING_FACE_CHAT, ("messages", "*"), "huggingface_hub", "ChatCompletionInputMessage"
    yield published.HUGGING_FACE_CHAT, call, "huggingface_hub", "ChatCompletionInputFunctionDefinition"
    yield published.HUGGING_FACE_CHAT, ("tool_choice",), "huggingface_hub", "ChatCompletionInputToolChoiceClass"


WHOLE = [
    (published.COHERE_CHAT, types.cohere_chat),
    (published.COHERE_COMPLETIONS, types.cohere_completions),
    (published.MISTRAL_CHAT, types.mistral_chat),
    (published.MISTRAL_COMPLETIONS, types.mistral_completions),
    (published.OLLAMA_CHAT, types.ollama_chat),
    (published.OLLAMA_COMPLETIONS, types.ollama_completions),
    (published.TEXT_GENERATION, types.huggingface_completions),
    (published.HUGGING_FACE_CHAT, types.huggingface_chat),
]


def names(type_: Any) -> set[str]:
    if hasattr(type_, "model_fields"):
        return set(type_.model_fields)
    return {field.name for field in fields_of(type_)} if is_dataclass(type_) else set(get_type_hints(type_))


@pytest.mark.parametrize(("table", "type_"), WHOLE, ids=lambda part: getattr(part, "__name__", ""))
def test_no_field_of_a_published_body_is_called_unknown(table: Published, type_: Any) -> None:
    assert names(type_(False)) | names(type_(True)) <= table.fields[()]


@pytest.mark.parametrize(("table", "path", "module", "name"), [*nested()])
def test_no_field_inside_of_one_is_either(table: Published, path: Parts, module: str, name: str) -> None:
    type_ = pytest.importorskip(module, reason="needs the extra `providers`")
    for part in name.split("."):
        type_ = getattr(type_, part)
    assert names(type_) <= table.fields[path]


def test_every_path_with_fields_is_compared() -> None:
    compared = {(id(table), ()) for table, _ in WHOLE} | {(id(table), path) for table, path, _, _ in nested()}
    for table in published.PUBLISHED.values():
        for path in table.fields:
            assert (id(table), path) in compared or table.fields is published.TEXT_GENERATION.fields


def test_any_field_that_a_provider_does_not_have_is_marked() -> None:
    change = changes("cohere", {**HELLO, "logit_bias": {"5": 1}})["logit_bias.5"]
    assert (change.kind, change.surprising, change.reason) == ("kept", True, "Cohere's Chat has no logit_bias")


def test_a_field_that_it_has_is_not() -> None:
    change = changes("cohere", {**HELLO, "connectors": [{"id": "web-search"}]})["connectors.0.id"]
    assert (change.kind, change.surprising, change.reason) == ("kept", False, "")


def test_words_for_what_kong_does_stay() -> None:
    body = talk(("user", [{"type": "image_url", "image_url": {"url": "https://a.example/b.png"}}]))
    reason = changes("ollama", body)["messages.0.content.0.image_url.url"].reason
    assert "Ollama's content is a text" in reason
    assert "Kong does not convert images" in reason


def test_mistrals_format_is_spoken_by_others_who_may_have_a_seed() -> None:
    body = {**HELLO, "seed": 7}
    assert changes("mistral", body)["seed"].surprising
    at_home = {"upstream_url": "https://api.mistral.ai/v1/chat/completions"}
    assert changes("mistral", body, options=at_home)["seed"].surprising
    assert not changes("mistral", body, options={"upstream_url": "https://vllm.lan/v1"})["seed"].surprising


@pytest.mark.parametrize("provider", ["openai", "azure"])
def test_openais_own_format_has_no_misfits(provider: str) -> None:
    body = {**HELLO, "seed": 7, "user": "i", "stop": ".", "stream_options": {}, "unheard_of": 1}
    assert not any(change.surprising for change in send(provider, body).trace)


def test_credentials_in_the_body_are_no_surprise() -> None:
    auth = {"param_name": "key", "param_value": "s", "param_location": "body"}
    assert not changes("cohere", auth=auth)["+key"].surprising


def test_a_body_that_is_not_translated_is_the_clients_own() -> None:
    got = send("cohere", {**HELLO, "user": "i"}, route_type=PRESERVE)
    assert not any(change.surprising for change in got.trace)
    assert not any("needs" in note for note in got.notes)


@pytest.mark.parametrize(("max_tokens", "noted"), [(64, False), (0.5, False), (None, True), ("64", True), (True, True)])
def test_a_limit_is_a_number(max_tokens: Any, noted: bool) -> None:
    got = send("anthropic", {**HELLO, "max_tokens": max_tokens})
    assert any("needs max_tokens" in note for note in got.notes) is noted


def test_the_configs_limit_is_one() -> None:
    assert not any("needs" in note for note in send("anthropic", HELLO, options={"max_tokens": 5}).notes)
    got = send("anthropic", {"prompt": "hi"}, route_type=COMPLETIONS)
    assert "Anthropic's Text Completions needs max_tokens, a number: neither the request nor the config has one" in (
        got.notes
    )


@pytest.mark.parametrize("provider", ["gemini", "bedrock"])
def test_a_role_that_kong_leaves_out_is_marked(provider: str) -> None:
    for role in ("developer", "function", "robot", None, 5):
        change = changes(provider, {"messages": [{"role": role, "content": "a"}]})["messages.0.role"]
        assert (change.kind, change.surprising) == ("dropped", True)
        assert "no such role" in change.reason
