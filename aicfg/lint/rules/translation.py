"""T1xx: what Kong's driver drops or ignores of a config, whatever the request.

Sources: Kong's open-source drivers, 3.7 to the 3.10 tree, read and run. They are all that is published, so nothing is
said about a provider that only Enterprise has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache

from aicfg.catalog.providers import provider
from aicfg.kong.llm import DRIVEN, Kind, Llm
from aicfg.kong.references import DeployText, EnvText
from aicfg.kong.upstream import speaking
from aicfg.kong.urls import parse_url
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.lint.where import with_auth, with_option
from aicfg.patterns import later
from aicfg.proposals import removed
from aicfg.source.changes import Proposal, insert, put
from aicfg.source.values import inside

PROXIES = ("ai-proxy", "ai-proxy-advanced")
"""The plugins whose requests were measured."""


NEW_BODY = ("anthropic", "gemini", "bedrock", "ollama", "raw")
"""The formats for which Kong builds a new body, which auth that is written into the client's body does not reach."""

KEEP_URL_PATH = ("gemini", "bedrock", "huggingface")
"""Providers that route type preserve calls in their own way."""

PATH_OF_OWN = ("gemini", "bedrock")
"""Providers that take an upstream_path beside an upstream_url."""

NO_UPSTREAM_PATH = ("llama2", "huggingface")
"""Providers that never look at upstream_path."""


def _has_dropped(kind: Kind) -> bool:
    if kind.type is None or kind.hosting_name is None or kind.route_type is None:
        return False
    return not set(kind.options).isdisjoint(_dropped(kind.type, kind.hosting_name, kind.format, kind.route_type))


@rule("T101", "dropped-option", "warning", where=_has_dropped)
def dropped_option(llm: Llm) -> Findings:
    """A model option that Kong does not send to this provider.

    Kong accepts the option and its driver leaves it out: `top_k` in OpenAI's format, whoever serves it; `top_p` and
    `top_k` for Anthropic. The model runs with its own default, and nobody hears of it.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {top_k: 40}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, options: {top_p: 0.9}}
    """
    if llm.hosting is None or llm.route_type is None:
        return
    for name in _dropped(llm.provider.type if llm.provider else "", llm.hosting.name, llm.format, llm.route_type):
        if llm.options.get(name) is not None and _measured(llm) and not _passthrough(llm):
            message = f"Kong does not send {name} in the {llm.format} format"
            path = _option(llm, name)
            fix = None if llm.from_manifest or _is_swapped(name, llm.options[name]) else removed(path)
            yield Finding(path, message, "remove it: it has no effect", at_key=True, fix=fix)


def _is_swapped(name: str, value: object) -> bool:
    """Whether a value was most likely meant for another option: then that is to be mended first."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return True
    return value > 1 if name == "top_p" else name == "top_k" and not float(value).is_integer()


@cache
def _dropped(type_: str, hosting: str, format_: str | None, route_type: str) -> tuple[str, ...]:
    """The options that the driver leaves out of what it sends to a hosting."""
    chosen = speaking(provider(type_).hostings[hosting], format_)
    return chosen.dropped_options(route_type) if chosen else ()


@rule("T102", "body-auth-lost", "warning", where=with_auth("param_location"))
def body_auth_lost(llm: Llm) -> Findings:
    """Credentials for the request's body that never reach the provider.

    With `param_location: body`, Kong writes the key into the client's body, after it has built a new one for the
    provider. From 3.9 on that is lost for Anthropic, Gemini, Bedrock, Ollama's and the raw format, and where the body
    is sent as it came (route type preserve, native formats).

    Example:
        version: 1
        providers:
          p:
            type: mistral
            hosting: custom
            format: ollama
            upstream_url: https://ollama.example.com/api/chat
            auth: {param_name: key, param_value: "${env:OLLAMA_KEY}", param_location: body}
        routes:
          chat: {provider: p, model: mistral}
    Use instead:
        version: 1
        providers:
          p:
            type: mistral
            hosting: custom
            format: ollama
            upstream_url: https://ollama.example.com/api/chat
            auth: {param_name: key, param_value: "${env:OLLAMA_KEY}", param_location: query}
        routes:
          chat: {provider: p, model: mistral}
    """
    hosting = llm.hosting
    if llm.auth.get("param_location") != "body" or not llm.auth.get("param_name") or not _measured(llm):
        return
    if llm.misplaced_auth_field is not None:
        return  # P291 says what is meant
    if (
        hosting is not None
        and not hosting.self_hosted
        and hosting.auth.style != "query"
        and "header_name" not in llm.auth
    ):
        return  # P233 says already that the provider reads no key from a parameter
    if llm.gateway.version >= (3, 9) and (llm.format in NEW_BODY or _passthrough(llm)):
        why = (
            "sends the client's body as it came"
            if _passthrough(llm)
            else f"builds a new body for the {llm.format} format"
        )
        hint = "use a header, or `param_location: query`"
        yield Finding(llm.at("auth", "param_location"), f"this key is lost: Kong {why}", hint)


@rule("T103", "http-on-port-443", "error", where=with_option("upstream_url"))
def http_on_port_443(llm: Llm) -> Findings:
    """An `http://` URL without a port, for which Kong calls port 443.

    Where an upstream URL names no port, Kong's drivers take 443, for http as well: plain text goes to the TLS port, and
    the call fails.

    Example:
        version: 1
        providers:
          p: {type: llama2, hosting: llama.cpp, upstream_url: "http://llama.internal/completion"}
        routes:
          chat: {provider: p, model: llama2}
    Use instead:
        version: 1
        providers:
          p: {type: llama2, hosting: llama.cpp, upstream_url: "http://llama.internal:80/completion"}
        routes:
          chat: {provider: p, model: llama2}
    """
    url = llm.url
    if url is None or llm.upstream is None or llm.upstream.scheme != "http" or not _measured(llm):
        return
    port = parse_url(_without_references(url)).port
    if port is None and llm.upstream.host and not _ends_in_reference(url):
        path, fix = _option(llm, "upstream_url"), None
        message = "Kong calls port 443 of this URL, although it begins with http://: there is no port in it"
        named = re.sub(r"^(\s*http://[^/?#]+)", r"\1:80", url, flags=re.IGNORECASE)
        if named != url and not isinstance(url, DeployText):
            fix = Proposal(f"write {named}", (put(path, named),))
        yield Finding(path, message, f"name the port: {named if fix else ':80'}", fix=fix)


@rule("T104", "preserve-ignores-path", "warning", where=lambda kind: kind.route_type == "preserve")
def preserve_ignores_path(llm: Llm) -> Findings:
    """An upstream URL whose path the route type `preserve` does not use.

    From 3.8 on, Kong calls the client's own path on the URL's host; it is `upstream_path` that sets another one.

    Example:
        version: 1
        gateway: {version: "3.9"}
        providers:
          p: {type: openai, hosting: custom, upstream_url: "https://llm.internal/v1/rerank", api_key: "${env:KEY}"}
        routes:
          rerank: {provider: p, model: m, route_type: preserve}
    Use instead:
        version: 1
        gateway: {version: "3.9"}
        providers:
          p: {type: openai, hosting: custom, upstream_url: "https://llm.internal", api_key: "${env:KEY}"}
        routes:
          rerank: {provider: p, model: m, route_type: preserve, path: /v1/rerank}
    """
    upstream = llm.upstream
    if llm.route_type != "preserve" or not _measured(llm) or llm.kong_provider in KEEP_URL_PATH:
        return
    if llm.gateway.version < (3, 8) or llm.options.get("upstream_path") is not None:
        return
    if upstream is not None and upstream.path.strip("/"):
        hint = "leave the path out, or say `upstream_path` as well"
        yield Finding(_option(llm, "upstream_url"), "with preserve, Kong calls the client's path, not this one", hint)


@rule("T105", "ignored-upstream-path", "warning", where=with_option("upstream_path"))
def ignored_upstream_path(llm: Llm) -> Findings:
    """An `upstream_path` that Kong does not look at.

    Beside an `upstream_url` it counts for Gemini and Bedrock only; Llama 2's and Hugging Face's drivers never read it.

    Example:
        version: 1
        providers:
          p:
            type: openai
            hosting: custom
            upstream_url: https://llm.internal/v1/chat/completions
            api_key: ${env:KEY}
            options: {upstream_path: /v2/chat/completions}
        routes:
          chat: {provider: p, model: m}
    Use instead:
        version: 1
        providers:
          p:
            type: openai
            hosting: custom
            upstream_url: https://llm.internal/v2/chat/completions
            api_key: ${env:KEY}
        routes:
          chat: {provider: p, model: m}
    """
    if llm.options.get("upstream_path") is None or llm.route_type == "preserve" or not _measured(llm):
        return
    if llm.kong_provider in NO_UPSTREAM_PATH:
        message, hint = "this provider's driver ignores upstream_path", "write the path into `upstream_url`"
        yield Finding(_option(llm, "upstream_path"), message, hint, at_key=True)
    elif llm.url is not None and llm.kong_provider not in PATH_OF_OWN:
        message, hint = "with an upstream_url, Kong ignores upstream_path", "write the path into `upstream_url`"
        yield Finding(_option(llm, "upstream_path"), message, hint, at_key=True)


@rule("T106", "url-query-dropped", "warning", where=with_option("upstream_url"))
def url_query_dropped(llm: Llm) -> Findings:
    """An upstream URL with a query, which Kong drops.

    Of `upstream_url`, Kong takes scheme, host, port and path; `?…` and `#…` are not sent.

    Example:
        version: 1
        providers:
          p:
            type: openai
            hosting: custom
            upstream_url: https://llm.internal/v1/chat/completions?api-version=2024-06-01
            api_key: ${env:KEY}
        routes:
          chat: {provider: p, model: m}
    Use instead:
        version: 1
        providers:
          p:
            type: openai
            hosting: custom
            upstream_url: https://llm.internal/v1/chat/completions
            api_key: ${env:KEY}
        routes:
          chat: {provider: p, model: m}
    """
    if llm.url is None or llm.upstream is None or not llm.upstream.absolute or not _measured(llm):
        return
    if llm.kong_provider != "huggingface" and parse_url(str(llm.url)).query:
        hint = "leave it out: a plugin such as request-transformer-advanced can add it to the request"
        yield Finding(_option(llm, "upstream_url"), "Kong does not send the query of this URL", hint)


@rule("T107", "unusable-template", "error", where=lambda kind: kind.plugin in PROXIES)
def unusable_template(llm: Llm) -> Findings:
    """A template under `model` that Kong cannot fill in: its source is none of the three that there are.

    In the name and the options of a model, `$(headers.name)`, `$(query_params.name)` and `$(uri_captures.name)` take a
    value from the request. Anything else, and a `$(NAME)` that was meant for a variable, ends each request in status
    400.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: $(MODEL)}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
          model: {provider: openai, name: $(headers.x-model)}
    """
    model = llm.record.get("model")
    if llm.plugin.name not in PROXIES or not isinstance(model, Mapping) or "$(" not in str(model):
        return
    for path, text in inside(model):
        template = _TEMPLATE.search(text) if isinstance(text, str) and "$(" in text else None
        source, *rest = template[1].split(".") if template else ("headers", "")
        if template and (source not in _SOURCES or len(rest) != 1):
            why = f'there is no source "{source}"' if source not in _SOURCES else "it wants one source and one name"
            if not rest and source not in _SOURCES:
                why = "it wants a source and a name"
            message = f"Kong cannot fill in {template.group()}, and answers 400: {why}"
            hint = "write $(headers.NAME), $(query_params.NAME) or $(uri_captures.NAME), or the value itself"
            yield Finding((*llm.at("model"), *path), message, hint)


_TEMPLATE = later(r"\$\(([^()]*)\)")
_SOURCES = ("headers", "query_params", "uri_captures")


@rule("T108", "missing-max-tokens", "warning", where=lambda kind: kind.kong_provider == "anthropic")
def missing_max_tokens(llm: Llm) -> Findings:
    """No `max_tokens` for Anthropic, whose API demands it.

    From 3.9 on, Kong has no default for it (it was 256 before): a request in which the client does not say it either
    ends in status 400. Where Kong itself asks the LLM, as in ai-request-transformer, there is no client to say it.

    Example:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: x-api-key, header_value: "{vault://env/anthropic}"}
          model: {provider: anthropic, name: claude-sonnet-4-20250514, options: {anthropic_version: "2023-06-01"}}
    Use instead:
        name: ai-proxy
        config:
          route_type: llm/v1/chat
          auth: {header_name: x-api-key, header_value: "{vault://env/anthropic}"}
          model:
            provider: anthropic
            name: claude-sonnet-4-20250514
            options: {anthropic_version: "2023-06-01", max_tokens: 1024}
    """
    if llm.kong_provider != "anthropic" or llm.gateway.version < (3, 9) or _passthrough(llm):
        return
    if llm.route_type not in ("llm/v1/chat", "llm/v1/completions") or llm.options.get("max_tokens") is not None:
        return
    if llm.option("anthropic_version") is None:
        return  # Kong refuses it anyway: first things first
    path, at_client = _option(llm, "max_tokens"), llm.plugin.name in PROXIES
    so = "a request in which the client sends none" if at_client else "as nothing sends it here, each call"
    fix = Proposal("add `max_tokens: 1024`", (insert(path, 1024),), safe=False)
    message = f"Anthropic demands max_tokens, and Kong has no default for it: {so} gets 400"
    yield Finding(path, message, "add `max_tokens: 1024` to the options, or what answers need", at_key=True, fix=fix)


def _measured(llm: Llm) -> bool:
    return llm.plugin.name in PROXIES and llm.kong_provider in DRIVEN and llm.gateway.version >= (3, 7)


def _passthrough(llm: Llm) -> bool:
    """Whether the client's body is sent untouched."""
    config = llm.plugin.config if isinstance(llm.plugin.config, Mapping) else {}
    native = llm.record.get("llm_format") or config.get("llm_format")
    return llm.route_type == "preserve" or native not in (None, "openai")


def _option(llm: Llm, name: str) -> tuple[str | int, ...]:
    return llm.at("model", "options", name)


def _without_references(url: str) -> str:
    """The URL with something plain for what is filled in later."""
    if not isinstance(url, EnvText):
        return str(url)
    return "".join(part if isinstance(part, str) else "x" for part in url.parts)


def _ends_in_reference(url: str) -> bool:
    """Whether a reference may hold the port, too."""
    authority = url.partition("://")[2].partition("/")[0]
    return isinstance(url, DeployText) and authority.endswith("}")
