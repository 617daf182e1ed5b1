"""What the tests of translated requests share: configs, one per provider, and short ways to send."""

from __future__ import annotations

from typing import Any

import aicfg
from aicfg.translate.trace import Change

Json = dict[str, Any]

OPTIONS: dict[str, Json] = {
    "openai": {},
    "azure": {"azure_instance": "team", "azure_deployment_id": "chat"},
    "anthropic": {"anthropic_version": "2023-06-01"},
    "cohere": {},
    "mistral": {"mistral_format": "openai"},
    "ollama": {"mistral_format": "ollama", "upstream_url": "http://ollama.lan:11434/api/chat"},
    "llama2": {"llama2_format": "raw", "upstream_url": "http://llama.lan:8080/generate"},
    "gemini": {},
    "bedrock": {"bedrock": {"aws_region": "eu-central-1"}},
    "huggingface": {},
}
"""Options without which a provider cannot be called. `ollama` is Mistral in that format."""

CHAT, COMPLETIONS, PRESERVE = "llm/v1/chat", "llm/v1/completions", "preserve"
HELLO = {"messages": [{"role": "user", "content": "hello"}]}
PROMPT = {"prompt": "once upon"}


def config(
    provider: str, *, name: str | None = "m", route_type: str = CHAT, auth: Json | None = None, **more: Any
) -> Json:
    """A config of a provider; `options` are added to those that it needs, everything else goes into the config."""
    options = {**OPTIONS[provider], **more.pop("options", {})}
    model: Json = {"provider": "mistral" if provider == "ollama" else provider}
    model |= {"name": name} if name is not None else {}
    model |= {"options": options} if options else {}
    return {"route_type": route_type, "model": model, **({"auth": auth} if auth is not None else {}), **more}


def send(provider: str, body: Any = None, *, request: Json | None = None, gateway: str = "3.10", **more: Any) -> Any:
    """The upstream request for a body. `request` are keyword arguments of translate_request, the rest is config's."""
    sent = HELLO if body is None else body
    return aicfg.translate_request(config(provider, **more), sent, gateway=gateway, **(request or {}))


def body_of(provider: str, body: Any = None, **more: Any) -> Any:
    """The upstream body."""
    return send(provider, body, **more).body


def refusal(provider: str, body: Any = None, **more: Any) -> aicfg.TranslationError:
    """The error that the client gets."""
    try:
        got = send(provider, body, **more)
    except aicfg.TranslationError as error:
        return error
    raise AssertionError(f"nothing was refused: {got.body}")


def changes(provider: str, body: Any = None, **more: Any) -> dict[str, Change]:
    """The trace by the client's paths, dotted; what is added by its path upstream, with a + before."""
    named = {}
    for change in send(provider, body, **more).trace:
        path, mark = (change.to[0], "+") if change.path is None else (change.path, "")
        named[mark + ".".join(map(str, path))] = change
    return named


def talk(*turns: tuple[str, Any]) -> Json:
    """A chat of (role, content)."""
    return {"messages": [{"role": role, "content": content} for role, content in turns]}
