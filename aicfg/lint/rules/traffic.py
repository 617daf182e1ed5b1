"""P297, P30x: what is around an AI plugin: services, routes and scopes.

An AI proxy puts the provider's host and path in place of the service's (Kong's drivers, the 3.10 tree, read and run).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from aicfg.kong.entities import Entities
from aicfg.kong.hosts import provider_at
from aicfg.kong.llm import PROXIES, llms
from aicfg.kong.parse import KongFile, reference_of
from aicfg.kong.urls import parse_url
from aicfg.lint.diagnostic import Finding, Findings, Severity
from aicfg.lint.kubernetes import has_global_label
from aicfg.lint.registry import rule
from aicfg.lint.together import names_of
from aicfg.patterns import later
from aicfg.words import both, shown

if TYPE_CHECKING:
    from aicfg.kong.entities import Plugin, Service
    from aicfg.kong.llm import Llm

_FOR_CHATS = frozenset(
    {*PROXIES, "ai-prompt-decorator", "ai-prompt-guard", "ai-prompt-template", "ai-semantic-cache"}
    | {"ai-semantic-prompt-guard", "ai-request-transformer", "ai-response-transformer"}
)
"""Plugins that want the body of an LLM request, and refuse others."""
_SERVERS = ("llama", "gpt4all", "vllm", "lmstudio", "lm-studio", "localai", "local-ai", "text-generation", "litellm")
"""What the hosts of people's own LLM servers are called."""
_OWN_PORTS = frozenset((11434, 4891, 1234))
"""Ports that Ollama, GPT4All and LM Studio listen on."""
_API_PATHS = ("/completions", "/embeddings", "/messages", "/api/chat", "/api/generate")
_GATEWAY_PORTS = frozenset((8000, 8443))
"""Ports that Kong listens on for clients."""


def _address(fields: Mapping[str, Any]) -> tuple[str, int | None, str]:
    """The host, the port and the path of a service; "" and None for what it does not say."""
    url = fields.get("url")
    if isinstance(url, str):
        parts = parse_url(url.strip())
        port = int(parts.port) if parts.port is not None and parts.port.isdecimal() else None
        return (parts.host or "").lower(), port, parts.path or ""
    host, port, path = (fields.get(name) for name in ("host", "port", "path"))
    return (
        host.lower() if isinstance(host, str) else "",
        port if isinstance(port, int) else None,
        path if isinstance(path, str) else "",
    )


def _place(service: Service) -> tuple[str, ...]:
    return ("url",) if "url" in service.fields else ("host",)


def _plugins(entities: Entities, service: Service) -> Iterator[Plugin]:
    """The plugins on a service and on its routes."""
    yield from service.plugins
    names = {route.name for route in service.routes if route.name}
    for route in service.routes:
        yield from route.plugins
    for route in entities.routes:
        if service.name and reference_of(route.fields.get("service")) == service.name:
            yield from route.plugins
            names.add(route.name)
    for plugin in entities.plugins:
        if plugin.scope.get("service") == service.name or plugin.scope.get("route") in names:
            yield plugin


@lru_cache(maxsize=256)
def _is_own_llm(host: str, port: int | None, path: str) -> bool:
    """Whether there is most likely somebody's own LLM server at an address."""
    is_named_so = any(name in host for name in _SERVERS) or "tgi" in host.replace("-", ".").split(".")
    return port in _OWN_PORTS or is_named_so or path.endswith(_API_PATHS) or path in ("/v1", "/v1/")


def _records(entities: Entities, service: Service) -> list[Llm]:
    proxies = (plugin for plugin in _plugins(entities, service) if plugin.name in PROXIES)
    return [llm for plugin in proxies for llm in llms(plugin, entities.gateway)]


@rule("P297", "service-not-called", "warning")
def service_not_called(entities: Entities) -> Findings:
    """A service whose URL is an LLM server, behind an AI proxy that calls another one.

    ai-proxy puts the provider's own host in place of the service's: with `provider: gemini`, requests go to Google,
    whatever the service says. A server of your own is named by `upstream_url`, and the provider says which API it has.

    Example:
        _format_version: "3.0"
        services:
          - name: local
            url: http://ollama:11434
            routes:
              - name: chat
                paths: [/chat]
                protocols: [http, https]
                plugins:
                  - name: ai-proxy
                    config:
                      route_type: llm/v1/chat
                      auth: {param_name: key, param_value: "{vault://env/gemini}", param_location: query}
                      model: {provider: gemini, name: llama3}
    Use instead:
        _format_version: "3.0"
        services:
          - name: local
            url: http://ollama:11434
            routes:
              - name: chat
                paths: [/chat]
                protocols: [http, https]
                plugins:
                  - name: ai-proxy
                    config:
                      route_type: llm/v1/chat
                      model:
                        provider: llama2
                        name: llama3
                        options: {llama2_format: ollama, upstream_url: "http://ollama:11434/api/chat"}
    """
    for service in entities.services:
        host, port, path = _address(service.fields)
        at = provider_at(host)
        if at is None and not _is_own_llm(host, port, path):
            continue
        records = _records(entities, service)
        called = [
            llm.hosting.title if llm.hosting else (llm.provider.title if llm.provider else "")
            for llm in records
            if llm.provider is not None and llm.url is None and llm.provider.type != at
        ]
        if called and len(called) == len(records) and "" not in called:
            message = f"no request gets here: the AI proxy calls {both(sorted(set(called))[:3])}, not the service's URL"
            hint = "say where your server is in `model.options.upstream_url`, with the provider whose API it has"
            yield Finding(_place(service), message, hint, about=service)


@rule("P300", "provider-as-service", "info")
def provider_as_service(entities: Entities) -> Findings:
    """A service whose URL is the provider's own, behind an AI proxy.

    The AI proxy does not use it. But where that plugin is switched off, or left out by a select tag, what clients send
    goes to the provider as it is. A placeholder such as http://localhost:32000 fails instead.

    Example:
        _format_version: "3.0"
        services:
          - name: openai
            url: https://api.openai.com/v1
            routes:
              - name: chat
                paths: [/chat]
                protocols: [http, https]
                plugins:
                  - name: ai-proxy
                    config:
                      route_type: llm/v1/chat
                      auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
                      model: {provider: openai, name: gpt-4o}
    Use instead:
        _format_version: "3.0"
        services:
          - name: openai
            url: http://localhost:32000
            routes:
              - name: chat
                paths: [/chat]
                protocols: [http, https]
                plugins:
                  - name: ai-proxy
                    config:
                      route_type: llm/v1/chat
                      auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
                      model: {provider: openai, name: gpt-4o}
    """
    for service in entities.services:
        at = provider_at(_address(service.fields)[0])
        if at is None:
            continue
        records = _records(entities, service)
        if any(llm.url is not None or (llm.provider is not None and llm.provider.type == at) for llm in records):
            message = "the AI proxy calls the provider by itself, and does not use this URL"
            hint = "write a placeholder such as http://localhost:32000, so that nothing goes there without the plugin"
            yield Finding(_place(service), message, hint, about=service)


@rule("P301", "service-is-gateway", "warning")
def service_is_gateway(entities: Entities) -> Findings:
    """A service whose URL is the gateway itself: 0.0.0.0, or Kong's own port for clients.

    An AI proxy does not use the service's URL. Without it, a request would go round in a circle.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://0.0.0.0:8000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
            plugins: [{name: ai-prompt-guard, config: {deny_patterns: ["password"]}}]
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
            plugins: [{name: ai-prompt-guard, config: {deny_patterns: ["password"]}}]
    """
    for service in entities.services:
        if _is_gateway(service.fields) and any(plugin.name.startswith("ai-") for plugin in entities.all_plugins()):
            hint = "behind an AI proxy a placeholder will do, such as http://localhost:32000"
            yield Finding(_place(service), "this is the gateway itself", hint, about=service)


def _is_gateway(fields: Mapping[str, Any]) -> bool:
    host, port, _ = _address(fields)
    own = host in ("localhost", "127.0.0.1", "::1") or host.split(".")[0] in ("kong", "kong-gateway", "kong-proxy")
    return host == "0.0.0.0" or (own and port in _GATEWAY_PORTS)


@rule("P302", "service-without-route", "warning")
def service_without_route(file: KongFile) -> Findings:
    """A service that no route leads to, in a file with AI plugins.

    No request ever gets to it, and so none to the plugins on it. Where the routes are in another file, name its tags in
    `_info.default_lookup_tags`, or ignore this.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            plugins: [{name: ai-prompt-guard, config: {deny_patterns: ["password"]}}]
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: [/chat], protocols: [http, https]}]
            plugins: [{name: ai-prompt-guard, config: {deny_patterns: ["password"]}}]
    """
    if (
        file.form != "state"
        or file.document.template
        or not any(_is_ai(item.fields) for item in file.items if item.kind.kind == "plugin")
    ):
        return
    info = file.about.get("_info")
    if isinstance(info, dict) and info.get("default_lookup_tags"):
        return
    routes = [item for item in file.items if item.kind.kind == "route"]
    meant = [reference_of(item.fields["route"]) for item in file.items if "route" in item.fields]
    if meant and not {name for item in routes for name in names_of(item)}.issuperset(meant):
        return  # routes are in another file
    led_to = {reference_of(item.fields.get("service")) for item in routes}
    parents = {id(item.parent.fields) for item in routes if item.parent is not None}
    for item in file.items:
        if item.kind.kind != "service" or id(item.fields) in parents:
            continue
        if led_to.isdisjoint(names_of(item)) and not _is_gateway(item.fields):  # P301
            message = "no route leads to this service, so nothing here is ever called"
            yield Finding((*item.path, "name"), message, "add `routes:` with the paths that clients call")


def _is_ai(fields: Mapping[str, Any]) -> bool:
    return isinstance(fields.get("name"), str) and fields["name"].startswith("ai-")


@rule("P303", "global-ai-plugin", "warning")
def global_ai_plugin(file: KongFile) -> Findings:
    """An AI plugin without a service, a route or a consumer: it runs for every request that the gateway gets.

    A request that is no chat, of any other route, most likely gets status 400 from it. In a file without services and
    routes this is only a remark: whether there are other routes is not to be seen there.

    Example:
        _format_version: "3.0"
        services:
          - {name: shop, url: "http://shop:8080", routes: [{name: shop, paths: [/shop], protocols: [http, https]}]}
        plugins:
          - name: ai-proxy
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    Use instead:
        _format_version: "3.0"
        services:
          - {name: ai, url: "http://localhost:32000", routes: [{name: chat, paths: [/chat], protocols: [http, https]}]}
        plugins:
          - name: ai-proxy
            route: chat
            config:
              route_type: llm/v1/chat
              auth: {header_name: Authorization, header_value: "{vault://env/openai}"}
              model: {provider: openai, name: gpt-4o}
    """
    if file.form == "kubernetes":
        data = file.document.data
        if data.get("kind") == "KongClusterPlugin" and has_global_label(data) and str(data.get("plugin")) in _FOR_CHATS:
            message = f"with the label `global`, {data['plugin']} runs for every request of the cluster"
            hint = "name it in the annotation of a route instead"
            yield Finding(("metadata", "labels", "global"), message, hint, "info")  # it was asked for by name
        return
    if file.form != "state" or file.document.template:
        return
    everywhere = [
        item
        for item in file.items
        if item.kind.kind == "plugin"
        and item.parent is None
        and str(item.fields.get("name")) in _FOR_CHATS
        and not any(item.fields.get(key) for key in item.kind.refers)
    ]
    proxies = [item for item in everywhere if item.fields["name"] in PROXIES]
    severity: Severity | None = None if any(item.kind.kind in ("service", "route") for item in file.items) else "info"
    for item in proxies or everywhere:
        name = item.fields["name"]
        message = f"{name} runs for every request of the gateway, those that are no chats included"
        hint = "add `route:` or `service:` with a name, or put it under a route"
        yield Finding((*item.path, "name"), message, hint, severity)


@rule("P307", "regex-without-tilde", "warning")
def regex_without_tilde(entities: Entities) -> Findings:
    """A path that is written as a regular expression, without the `~` that makes it one.

    From 3.0 on, Kong takes a path for a regular expression only if it begins with `~`. Any other is a plain prefix, in
    which `(.*)` stands for these very characters.

    Example:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: ["/chat/(.*)"], protocols: [http, https]}]
    Use instead:
        _format_version: "3.0"
        services:
          - name: ai
            url: http://localhost:32000
            routes: [{name: chat, paths: ["~/chat/(.*)"], protocols: [http, https]}]
    """
    for route in entities.all_routes():
        paths = route.fields.get("paths")
        for index, path in enumerate(paths if isinstance(paths, list | tuple) else ()):
            if isinstance(path, str) and path.startswith("/") and _REGEX.search(path) and "${" not in path:
                message = f"{shown(path)} is a plain prefix to Kong, not a regular expression"
                hint = f'begin it with "~": {shown("~" + path)}'
                if _REGEX.sub("", path) == path[:-1] and path.endswith("/*"):
                    hint = f"write {shown(path[:-1])}: every path that begins so is meant"
                yield Finding(("paths", index), message, hint, about=route)


_REGEX = later(r"\(\?|\([^()]*[*+|\\][^()]*\)|[.\])][*+]|\*|\\[dwsDWS.]|\[[^\]]+\]|.\$$")
"""Signs of a regular expression that no plain path has."""
