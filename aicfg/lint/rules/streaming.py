"""P277, P278: answers as streams, from models that cannot give any."""

from __future__ import annotations

from collections.abc import Mapping

from aicfg.catalog.formats import formats, wire_format
from aicfg.kong.balancer import Balanced
from aicfg.kong.llm import Kind, Llm
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule

_ROUTE_TYPES = ("llm/v1/chat", "llm/v1/completions")
"""Where clients ask for streams, and the catalog knows well who gives them."""
_ADVANCED_SINCE = (3, 9)
"""The version from which ai-proxy-advanced streams. Source: its changelog."""


def _may_be_silent(kind: Kind) -> bool:
    found = kind.capability
    return kind.route_type in _ROUTE_TYPES and (found is None or found.streaming is False)


@rule("P277", "cannot-stream", "warning", where=_may_be_silent)
def cannot_stream(llm: Llm) -> Findings:
    """Every answer has to be a stream, and Kong's driver gives none for this model.

    The two contradict each other: no request can be answered as the route says.

    Example:
        version: 1
        providers:
          p:
            type: llama2
            hosting: huggingface
            upstream_url: https://llama.example.com/generate
            api_key: ${env:HUGGINGFACE_API_KEY}
        routes:
          chat: {provider: p, response_streaming: always}
    Use instead:
        version: 1
        providers:
          p:
            type: llama2
            hosting: huggingface
            upstream_url: https://llama.example.com/generate
            api_key: ${env:HUGGINGFACE_API_KEY}
        routes:
          chat: {provider: p, response_streaming: deny}
    """
    config = llm.plugin.config
    always = isinstance(config, Mapping) and config.get("response_streaming") == "always"
    if always and _streams(llm) is False:
        alone = llm.path == ("config",)
        message = f"{_silent(llm)}, and `response_streaming` wants nothing else"
        hint = "write `response_streaming: deny`, or take a provider that streams"
        yield Finding(
            ("config", "response_streaming") if alone else llm.path, message, hint, "info" if _disputed(llm) else None
        )


@rule("P278", "mixed-streaming", "warning")
def mixed_streaming(balanced: Balanced) -> Findings:
    """Some targets give streams and some do not.

    What a client gets that asks for a stream depends on the target that its request happens to go to.

    Example:
        version: 1
        providers:
          cloud: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          raw:
            type: llama2
            hosting: huggingface
            upstream_url: https://llama.example.com/generate
            api_key: ${env:HUGGINGFACE_API_KEY}
        routes:
          chat:
            targets:
              - {provider: cloud, model: gpt-4o}
              - {provider: raw}
    Use instead:
        version: 1
        providers:
          cloud: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          raw:
            type: llama2
            hosting: huggingface
            upstream_url: https://llama.example.com/generate
            api_key: ${env:HUGGINGFACE_API_KEY}
        routes:
          chat:
            response_streaming: deny
            targets:
              - {provider: cloud, model: gpt-4o}
              - {provider: raw}
    """
    allowed = balanced.gateway.version >= _ADVANCED_SINCE and balanced.part("response_streaming") in (None, "allow")
    if not allowed or not any(_streams(llm) for llm in balanced.targets):
        return
    for llm in balanced.targets:
        if _streams(llm) is False:
            message = f"{_silent(llm)}, and other targets do"
            hint = "write `response_streaming: deny`, or leave this target out"
            yield Finding(llm.path, message, hint, "info" if _disputed(llm) else None)


def _streams(llm: Llm) -> bool | None:
    """Whether a model gives streams; None where nobody knows, or another rule says that it gives nothing at all."""
    found = llm.capability
    if llm.route_type not in _ROUTE_TYPES or llm.plugin.config.get("llm_format") not in (None, "openai"):
        return None
    if found is None:
        silent = llm.format is not None and llm.format in formats() and not wire_format(llm.format).streaming
        return False if silent else None
    return None if found.verdict == "refused" or found.native_only else found.streaming


def _disputed(llm: Llm) -> bool:
    """Whether only the documentation says what a model does, and not all of it."""
    found = llm.capability
    return found is not None and found.verdict != "works" and bool(found.claims)


def _silent(llm: Llm) -> str:
    """What gives no streams, for a message."""
    title = llm.hosting.title if llm.hosting else f"{llm.kong_provider} in the {llm.format} format"
    says = ", says a page of Kong's documentation" if _disputed(llm) else ""
    return f"{llm.route_type} of {title} gives no streams{says}"
