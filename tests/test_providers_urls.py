"""The provider catalogue: which URLs and paths there are, who needs one, and what gateway versions change."""

from __future__ import annotations

import pytest

from aicfg.catalog.providers import Hosting, provider, provider_types
from aicfg.catalog.versions import MINORS, Version, parse_version

CHAT, COMPLETIONS, EMBEDDINGS = "llm/v1/chat", "llm/v1/completions", "llm/v1/embeddings"
NEWEST = parse_version(MINORS[-1])
ALL_VERSIONS = [parse_version(text) for text in MINORS]
HOSTINGS = [(type, name) for type in provider_types() for name in provider(type).hostings]


def hosting(type: str, name: str | None = None) -> Hosting:
    return provider(type).hosting(name)


def v(text: str) -> Version:
    return parse_version(text)


# --- URLs ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("version", "route_type", "needed"),
    [
        ("3.6", CHAT, True),
        ("3.7", CHAT, True),
        ("3.8", CHAT, False),
        ("3.15", CHAT, False),
        ("3.15", COMPLETIONS, True),
    ],
)
def test_mistral_ai_needs_a_url_below_3_8_and_for_completions(version: str, route_type: str, needed: bool) -> None:
    assert hosting("mistral").needs_url(v(version), route_type) is needed


def test_what_aicfg_fills_in_for_mistral_ai() -> None:
    found = hosting("mistral")
    assert found.filled_url(CHAT, v("3.7")) == "https://api.mistral.ai/v1/chat/completions"
    assert found.filled_url(COMPLETIONS, v("3.10")) == "https://api.mistral.ai/v1/completions"
    assert found.filled_url(CHAT, v("3.8")) is None
    assert found.upstream is not None
    assert found.upstream.at(v("3.7")) is None


@pytest.mark.parametrize("name", ["huggingface", "ollama", "llama.cpp", "gguf", "custom"])
def test_llama2_always_needs_a_url(name: str) -> None:
    assert all(hosting("llama2", name).needs_url(version, CHAT) for version in ALL_VERSIONS)


@pytest.mark.parametrize(
    ("type", "name", "base_url", "route_type", "url"),
    [
        ("mistral", "ollama", "http://h:11434", CHAT, "http://h:11434/api/chat"),
        ("mistral", "ollama", "http://h:11434", COMPLETIONS, "http://h:11434/api/generate"),
        ("mistral", "ollama", "http://h:11434/", EMBEDDINGS, "http://h:11434/api/embed"),
        ("mistral", "gguf", "http://h:8000", CHAT, "http://h:8000/v1/chat/completions"),
        ("llama2", "gguf", "http://h:8000", COMPLETIONS, "http://h:8000/v1/completions"),
        ("llama3", "ollama", "http://h:11434", CHAT, "http://h:11434/api/chat"),
        ("openai", "custom", "https://h/proxy", CHAT, "https://h/proxy/v1/chat/completions"),
        ("anthropic", None, "https://h", CHAT, "https://h/v1/messages"),
        ("cohere", "custom", "https://h", CHAT, "https://h/v2/chat"),
        # Kong's driver adds the path itself
        ("huggingface", "custom", "http://tgi:8080/", CHAT, "http://tgi:8080"),
        # no path that one could add
        ("llama2", "huggingface", "https://h", CHAT, None),
        ("llama2", "custom", "https://h", CHAT, None),
        ("gemini", None, "https://h", CHAT, None),
        ("bedrock", None, "https://h", CHAT, None),
        ("openai", "custom", "https://h", "video/v1/videos/generations", None),
        ("huggingface", "custom", "https://h", EMBEDDINGS, None),
        # the client's own path
        ("openai", "custom", "https://h", "preserve", "https://h"),
    ],
)
def test_how_a_base_url_is_completed(
    type: str, name: str | None, base_url: str, route_type: str, url: str | None
) -> None:
    assert hosting(type, name).complete_url(base_url, route_type, NEWEST) == url


@pytest.mark.parametrize(
    ("base_url", "url"),
    [
        ("https://h/v1", "https://h/v1/chat/completions"),
        ("https://h/v1/", "https://h/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/openai/v1", "https://h/openai/v1/chat/completions"),
        ("https://h/notv1", "https://h/notv1/v1/chat/completions"),
        ("https://v1", "https://v1/v1/chat/completions"),
        ("https://h?a=b", "https://h/v1/chat/completions?a=b"),
    ],
)
def test_what_base_url_and_path_share_stands_once(base_url: str, url: str) -> None:
    assert hosting("openai", "custom").complete_url(base_url, CHAT, NEWEST) == url


def test_azures_deployment_fills_its_path() -> None:
    azure = hosting("azure")
    assert azure.complete_url("https://h", CHAT, NEWEST) is None
    assert (
        azure.complete_url("https://h", CHAT, NEWEST, {"azure_deployment_id": "d"})
        == "https://h/openai/deployments/d/chat/completions"
    )


@pytest.mark.parametrize(("type", "name"), [place for place in HOSTINGS if hosting(*place).upstream_url.example])
def test_an_example_url_is_what_completion_gives(type: str, name: str) -> None:
    found = hosting(type, name)
    found = found if found.format else found.with_format("openai")
    example = found.upstream_url.example or ""
    base = "/".join(example.split("/")[:3])
    if found.format == "raw":  # each server has a path of its own
        assert base != example
    else:
        assert example in (found.complete_url(base, CHAT, version) for version in ALL_VERSIONS)


# --- versions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("type", "version", "path"),
    [
        ("anthropic", "3.6", "/v1/complete"),
        ("anthropic", "3.7", "/v1/messages"),
        ("cohere", "3.13", "/v1/chat"),
        ("cohere", "3.14", "/v2/chat"),
        ("huggingface", "3.10", "/models/{model}/v1/chat/completions"),
        ("huggingface", "3.13", "/v1/chat/completions"),
    ],
)
def test_chat_paths_that_a_version_moved(type: str, version: str, path: str) -> None:
    assert hosting(type).upstream_path(CHAT, v(version)) == path


def test_a_capability_begins_when_both_its_provider_and_its_route_type_exist() -> None:
    assert provider("openai").capabilities[CHAT].since == (3, 6)
    assert provider("openai").capabilities[EMBEDDINGS].since == (3, 11)
    assert provider("xai").capabilities[CHAT].since == (3, 13)


@pytest.mark.parametrize("type", ["anthropic", "bedrock", "cohere", "gemini"])
def test_the_code_of_3_8_drops_tools_whatever_the_documentation_says(type: str) -> None:
    chat = provider(type).capabilities[CHAT]
    assert chat.functions == (3, 9)
    assert any("code, 3.8.1" in claim.source for claim in chat.claims)


def test_tools_reach_ollama_from_3_9_on() -> None:
    chats = {name: hosting("mistral", name).capability(CHAT) for name in ("mistral.ai", "ollama")}
    assert {name: chat and chat.functions for name, chat in chats.items()} == {"mistral.ai": (3, 6), "ollama": (3, 9)}
