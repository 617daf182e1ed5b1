"""Upstream bodies against the types that the providers publish in their own SDKs.

Each request is sent to each provider; where the body that Kong makes does not fit the provider's types, `KNOWN` says
what and why. What is not there, and what is there and fits, fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, NamedTuple

import published_types as published
import pytest
from client_requests import CHAT, COMPLETIONS, TOOL
from hypothesis import given
from hypothesis import strategies as st
from published_types import Sent
from sending import send

import aicfg

Misfits = Callable[[Sent], set[str]]

OPERATIONS = {"chat": ("llm/v1/chat", CHAT), "completions": ("llm/v1/completions", COMPLETIONS)}


def fitting(types: Callable[[bool], object]) -> Misfits:
    return lambda sent: published.misfits(types, sent)


CHECKS: Mapping[tuple[str, str], Misfits] = {
    ("openai", "chat"): fitting(published.openai_chat),
    ("openai", "completions"): fitting(published.openai_completions),
    ("azure", "chat"): fitting(published.openai_chat),
    ("azure", "completions"): fitting(published.openai_completions),
    ("anthropic", "chat"): fitting(published.anthropic_chat),
    ("anthropic", "completions"): fitting(published.anthropic_completions),
    ("cohere", "chat"): fitting(published.cohere_chat),
    ("cohere", "completions"): fitting(published.cohere_completions),
    ("mistral", "chat"): fitting(published.mistral_chat),
    ("mistral", "completions"): fitting(published.mistral_completions),
    ("ollama", "chat"): fitting(published.ollama_chat),
    ("ollama", "completions"): fitting(published.ollama_completions),
    ("llama2", "chat"): fitting(published.huggingface_completions),
    ("llama2", "completions"): fitting(published.huggingface_completions),
    ("gemini", "chat"): published.gemini_misfits,
    ("bedrock", "chat"): published.bedrock_misfits,
    ("huggingface", "chat"): fitting(published.huggingface_chat),
    ("huggingface", "completions"): fitting(published.huggingface_completions),
}
"""Who publishes a type for what. Llama 2's raw format is the one of a text generation server; Mistral's completions are
fill-in-the-middle. Kong has no completions for Gemini and Bedrock."""

EVERY = (*CHAT, *COMPLETIONS)
IMAGES = ("image by URL", "image inline")
WITH_RESULTS = ("tool result", "tool result with text", "two tool results")
CHOSEN = ("tool choice, a word", "tool choice, a name")


class Known(NamedTuple):
    """What of a provider's requests does not fit, and why. `told` are words that the trace or the notes have for it."""

    provider: str
    operation: str
    requests: tuple[str, ...]
    misfits: tuple[str, ...]
    why: str
    told: str


KNOWN: tuple[Known, ...] = (
    # Anthropic
    Known(
        "anthropic",
        "chat",
        ("without a limit",),
        ("max_tokens",),
        "Messages needs a limit, and Kong adds none",
        "Messages needs max_tokens",
    ),
    Known(
        "anthropic",
        "completions",
        ("prompt without a limit",),
        ("max_tokens_to_sample",),
        "Text Completions needs a limit, and Kong adds none",
        told="Text Completions needs max_tokens",
    ),
    Known(
        "anthropic",
        "chat",
        IMAGES,
        ("messages.*.content.*",),
        "an image is a block with a source, and Kong leaves OpenAI's part as it is",
        told="Kong does not convert images",
    ),
    # Cohere
    Known(
        "cohere",
        "chat",
        ("user",),
        ("user",),
        "Chat has no user, and Kong sends what it does not know",
        "Chat has no user",
    ),
    Known(
        "cohere",
        "chat",
        ("stop, a text", "stop, a list"),
        ("stop",),
        "it is called stop_sequences",
        "called stop_sequences",
    ),
    Known(
        "cohere", "completions", ("prompt, stop",), ("stop",), "it is called stop_sequences", "called stop_sequences"
    ),
    Known(
        "cohere", "completions", ("prompt, suffix",), ("suffix",), "Generate has no suffix", "Generate has no suffix"
    ),
    Known(
        "cohere",
        "chat",
        ("streaming with usage",),
        ("stream_options",),
        "Chat has no options of streaming",
        "Chat has no stream_options",
    ),
    Known(
        "cohere",
        "chat",
        ("tools", *CHOSEN, *WITH_RESULTS),
        ("message", "messages", "tools.*.type", "tools.*.function", "tools.*.name", "tools.*.description"),
        "with tools, Kong sends OpenAI's body to the path of Chat, version 1, which has a message and other tools",
        told="Cohere's Chat needs a message",
    ),
    Known("cohere", "chat", CHOSEN, ("tool_choice",), "Chat, version 1, has no tool_choice", "Chat has no tool_choice"),
    Known("cohere", "chat", ("text parts",), ("message",), "a message is a text, and Kong leaves the parts", "a text"),
    Known(
        "cohere",
        "chat",
        IMAGES,
        ("message",),
        "a message is a text, and Kong leaves the parts",
        told="Kong does not convert images",
    ),
    # Mistral
    Known("mistral", "chat", ("developer",), ("messages.*",), "there is no role developer", "Mistral has the roles"),
    Known("mistral", "chat", ("seed",), ("seed",), "it is called random_seed", "called random_seed"),
    Known("mistral", "chat", ("user",), ("user",), "Mistral has no user", "Mistral has no user"),
    Known(
        "mistral",
        "chat",
        ("streaming with usage",),
        ("stream_options",),
        "Mistral has no options of streaming",
        "no stream_options",
    ),
    # Ollama
    Known("ollama", "chat", CHOSEN, ("tool_choice",), "Ollama has no tool_choice", "Ollama has no tool_choice"),
    Known(
        "ollama",
        "chat",
        WITH_RESULTS,
        (
            "messages.*.tool_calls.*.function.arguments",
            "messages.*.tool_calls.*.id",
            "messages.*.tool_calls.*.type",
            "messages.*.tool_call_id",
        ),
        "arguments are an object, and calls have no id; Kong leaves OpenAI's messages as they are",
        told="Ollama has no id in messages.tool_calls",
    ),
    Known(
        "ollama",
        "chat",
        ("text parts",),
        ("messages.*.content",),
        "content is a text, and Kong leaves the parts",
        "is a text",
    ),
    Known(
        "ollama",
        "chat",
        IMAGES,
        ("messages.*.content",),
        "content is a text with images beside it, and Kong leaves the parts",
        told="Kong does not convert images",
    ),
    # Llama 2, raw
    Known(
        "llama2",
        "chat",
        EVERY,
        ("parameters.stream",),
        "stream stands beside the parameters, not among them",
        "beside the parameters",
    ),
    Known(
        "llama2",
        "completions",
        EVERY,
        ("parameters.stream",),
        "stream stands beside the parameters",
        "beside the parameters",
    ),
    # Gemini
    Known(
        "gemini",
        "chat",
        ("developer",),
        ("contents.*.role",),
        "Kong knows no role developer and leaves it out",
        "no such role",
    ),
    Known(
        "gemini",
        "chat",
        ("stop, a text",),
        ("generationConfig.stopSequences",),
        "it is a list, and Kong leaves the text",
        told="a list, and Kong leaves the text",
    ),
    Known(
        "gemini",
        "chat",
        WITH_RESULTS,
        ("contents.*.role", "contents.*.parts.*.function_response.name"),
        "calls are the model's and results the user's, and Kong has a constant for the name of the function",
        told="get_product_info",
    ),
    # Bedrock
    Known(
        "bedrock",
        "chat",
        ("developer",),
        ("messages.*.role",),
        "Kong knows no role developer and leaves it out",
        "no such role",
    ),
    Known(
        "bedrock",
        "chat",
        EVERY,
        ("anthropic_version",),
        "Kong adds it to every request, for InvokeModel has it; Converse does not",
        told="Converse, which Kong calls, has no such field",
    ),
    Known(
        "bedrock",
        "chat",
        ("stop, a text",),
        ("inferenceConfig.stopSequences",),
        "it is a list, and Kong leaves the text",
        told="a list, and Kong leaves the text",
    ),
    Known(
        "bedrock",
        "chat",
        ("text parts", *IMAGES),
        ("messages.*.content.*", "messages.*.content.*.type"),
        "a block is named by its one field, and Kong leaves OpenAI's parts as they are",
        told="Kong does not convert parts",
    ),
    Known(
        "bedrock",
        "chat",
        IMAGES,
        ("messages.*.content.*.image_url",),
        "an image is a block with its bytes",
        told="Kong does not convert images",
    ),
    # Hugging Face
    Known(
        "huggingface",
        "chat",
        EVERY,
        ("parameters", "options"),
        "these are of the API before chat; here the sampling parameters stand at the top, so they have no effect",
        told="has no parameters",
    ),
    Known(
        "huggingface",
        "completions",
        EVERY,
        ("model", "options"),
        "the model stands in the URL; the options were those of an earlier API",
        told="it was part of an earlier API",
    ),
    Known(
        "huggingface",
        "chat",
        ("user",),
        ("user",),
        "there is no user, and Kong sends what it does not know",
        "has no user",
    ),
    Known(
        "huggingface", "chat", ("stop, a text",), ("stop",), "it is a list, and Kong leaves the text", "leaves the text"
    ),
    Known(
        "huggingface",
        "chat",
        ("tool choice, a name",),
        ("tool_choice.type",),
        "a choice has only the function",
        "no type in tool_choice",
    ),
    Known(
        "huggingface",
        "chat",
        WITH_RESULTS,
        (
            "messages.*.tool_calls.*.function.arguments",
            "messages.*.tool_calls.*.function.parameters",
            "messages.*.tool_call_id",
        ),
        "as published, calls have parameters instead of arguments, and results no id; the server takes OpenAI's",
        told="it is called parameters",
    ),
    Known(
        "huggingface",
        "completions",
        ("prompt, stop",),
        ("stop",),
        "it belongs to the parameters",
        "it belongs to the parameters",
    ),
    Known(
        "huggingface",
        "completions",
        ("prompt, suffix",),
        ("suffix",),
        "text generation has no suffix",
        "text generation has no suffix",
    ),
)
"""Where Kong sends what the provider's types do not have. Some of it the provider ignores, some it refuses."""


def translated(provider: str, operation: str, name: str) -> aicfg.UpstreamRequest:
    return sent(provider, operation, OPERATIONS[operation][1][name])


def sent(provider: str, operation: str, body: Any) -> aicfg.UpstreamRequest:
    options = {"upstream_path": "/v1/fim/completions"} if (provider, operation) == ("mistral", "completions") else {}
    got = send(provider, body, route_type=OPERATIONS[operation][0], options=options)
    assert isinstance(got, aicfg.UpstreamRequest)
    return got


def cases() -> Iterator[tuple[str, str, str]]:
    for provider, operation in CHECKS:
        for name in OPERATIONS[operation][1]:
            yield provider, operation, name


@pytest.mark.parametrize(("provider", "operation", "name"), [*cases()])
def test_fits_the_types_that_the_provider_publishes(provider: str, operation: str, name: str) -> None:
    known = {
        misfit
        for entry in KNOWN
        if (entry.provider, entry.operation) == (provider, operation) and name in entry.requests
        for misfit in entry.misfits
    }
    upstream = translated(provider, operation, name)
    found = CHECKS[provider, operation](Sent(upstream.path or "/", upstream.body))
    assert {re.sub(r"\.\d+(?=\.|$)", ".*", place) for place in found} == known


@pytest.mark.parametrize("entry", KNOWN, ids=lambda entry: f"{entry.provider}-{entry.operation}-{entry.misfits[0]}")
def test_a_reader_of_the_trace_is_warned(entry: Known) -> None:
    for name in entry.requests:
        if name in OPERATIONS[entry.operation][1]:
            upstream = translated(entry.provider, entry.operation, name)
            words = [change.reason for change in upstream.trace if change.surprising] + list(upstream.notes)
            assert any(entry.told in said for said in words), name


@pytest.mark.parametrize(("provider", "operation", "name"), [*cases()])
def test_each_misfit_is_marked_where_it_stands(provider: str, operation: str, name: str) -> None:
    upstream = translated(provider, operation, name)
    marked = {place for change in upstream.trace if change.surprising for place in change.to}
    for misfit in CHECKS[provider, operation](Sent(upstream.path or "/", upstream.body)):
        path = tuple(int(part) if part.isdigit() else part for part in misfit.split("."))
        if stands(upstream.body, path):
            assert any(place[: len(path)] == path for place in marked), misfit


def stands(body: Any, path: tuple[str | int, ...]) -> bool:
    """Whether there is something at a path of a body; a field that is missing has no place in the trace."""
    for part in path:
        if not (part in body if isinstance(body, dict) else isinstance(body, list) and isinstance(part, int)):
            return False
        body = body[part]
    return True


@pytest.mark.parametrize(("provider", "operation"), [*CHECKS])
def test_what_fits_is_no_surprise(provider: str, operation: str) -> None:
    """What reaches the provider as it is, or is added, has a warning only where it does not fit."""
    for name in OPERATIONS[operation][1]:
        upstream = translated(provider, operation, name)
        unfit = CHECKS[provider, operation](Sent(upstream.path or "/", upstream.body))
        for change in upstream.trace:
            if change.surprising and change.kind in ("kept", "renamed", "added"):
                assert any(related(".".join(map(str, place)), unfit) for place in change.to), (name, change)


FIELDS = {
    "user": st.just("ines"),
    "seed": st.just(7),
    "stop": st.sampled_from([".", [".", "!"], []]),
    "temperature": st.just(0.5),
    "top_p": st.just(0.9),
    "top_k": st.just(40),
    "n": st.just(2),
    "logit_bias": st.just({"5": 1}),
    "presence_penalty": st.just(0.5),
    "response_format": st.just({"type": "json_object"}),
    "stream": st.booleans(),
    "stream_options": st.just({"include_usage": True}),
    "metadata": st.just({"team": "search"}),
    "parallel_tool_calls": st.booleans(),
    "suffix": st.just("."),
    "p": st.just(0.5),
    "connectors": st.just([]),
    "safe_prompt": st.booleans(),
    "something_new": st.just(1),
    "tools": st.just([TOOL]),
    "tool_choice": st.sampled_from(["auto", "required", {"type": "function", "function": {"name": "tide"}}]),
}


@given(
    case=st.sampled_from([*cases()]),
    more=st.fixed_dictionaries({}, optional=FIELDS),
    role=st.sampled_from([None, "user", "assistant", "system", "developer", "function"]),
    text=st.sampled_from(["hm", [{"type": "text", "text": "hm"}]]),
)
def test_nor_is_it_with_other_fields_beside_it(
    case: tuple[str, str, str], more: dict[str, Any], role: str | None, text: Any
) -> None:
    provider, operation, name = case
    body = {**OPERATIONS[operation][1][name], **more}
    if role is not None and "messages" in body:
        body["messages"] = [*body["messages"], {"role": role, "content": text}]
    try:
        upstream = sent(provider, operation, body)
    except aicfg.TranslationError:
        return
    unfit = CHECKS[provider, operation](Sent(upstream.path or "/", upstream.body))
    for change in upstream.trace:
        if change.surprising and change.kind in ("kept", "renamed", "added"):
            assert any(related(".".join(map(str, place)), unfit) for place in change.to), change


def related(place: str, unfit: set[str]) -> bool:
    return any(f"{one}.".startswith(f"{other}.") for bad in unfit for one, other in ((place, bad), (bad, place)))


def test_the_table_names_requests_that_there_are() -> None:
    assert {name for entry in KNOWN for name in entry.requests} <= set(EVERY)
    assert {(entry.provider, entry.operation) for entry in KNOWN} <= set(CHECKS)


@pytest.mark.parametrize(
    ("provider", "operation", "broken"),
    [(provider, operation, {"models": []}) for provider, operation in CHECKS if provider != "gemini"]
    + [("gemini", "chat", {"contents": [{"role": "user", "parts": [{"text": 1}]}]})],
)
def test_a_body_of_nothing_known_fits_no_type(provider: str, operation: str, broken: dict[str, object]) -> None:
    assert CHECKS[provider, operation](Sent("/model/m/converse", broken))
