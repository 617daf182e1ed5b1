"""M205, M214: two routes that answer the same requests, two plugins in one scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from aicfg.kong.entities import Entities, Plugin, Route
from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.registry import rule
from aicfg.source import Path


@rule("M205", "duplicate-path", "error")
def duplicate_path(entities: Entities) -> Findings:
    """Two routes answer the same requests.

    Kong picks one of them, and never says which. Routes may share a path where methods, hosts or headers differ.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, path: /chat}
          mini: {provider: p, model: gpt-4o-mini, path: /chat}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, path: /chat}
          mini: {provider: p, model: gpt-4o-mini, path: /chat-mini}
    """
    seen: dict[tuple[Any, ...], Route] = {}
    paths = [path for route in entities.all_routes() for _, path in _listed(route, "paths")]
    if len(set(paths)) == len(paths):
        return
    for route in entities.all_routes():
        for index, path in _listed(route, "paths"):
            for key in _requests(route, path):
                first = seen.setdefault(key, route)
                if first is not route:
                    other = f'the route "{first.name}"' if first.name else "another route"
                    message = f'the path "{path}" is also that of {other}'
                    hint = "give one of them another path, or tell them apart by methods, hosts or headers"
                    yield Finding(("paths", index), message, hint, about=route)
                    break


_TELL_APART = frozenset({"headers", "snis", "sources", "expression"})
"""What routes of one path can differ in, besides their methods and hosts."""


def _requests(route: Route, path: str) -> Iterator[tuple[Any, ...]]:
    """What a route answers on a path, one key for each method and host."""
    fields = route.fields
    rest = [repr(fields.get(name)) for name in _TELL_APART] if not _TELL_APART.isdisjoint(fields) else ()
    methods, hosts = ([text for _, text in _listed(route, name)] or [""] for name in ("methods", "hosts"))
    yield from ((path, method, host, *rest) for method in methods for host in hosts)


def _listed(route: Route, name: str) -> Iterator[tuple[int, str]]:
    """The texts of a list of a route, with their indexes. Anything else is told of elsewhere."""
    value = route.fields.get(name)
    for index, item in enumerate(value if isinstance(value, list | tuple) else ()):
        if isinstance(item, str):
            yield index, item


@rule("M214", "duplicate-plugin", "error")
def duplicate_plugin(entities: Entities) -> Findings:
    """A plugin stands twice in one scope.

    Kong takes each plugin once for a route, a service or a consumer, or a combination of these. A shorthand such as
    `guard` is a plugin too.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            guard: {deny: ["(?i)password"]}
            plugins:
              - {name: ai-prompt-guard, config: {deny_patterns: ["(?i)secret"]}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            guard: {deny: ["(?i)password", "(?i)secret"]}
    """
    seen: dict[tuple[str, ...], Plugin] = {}
    for scope, plugin in _scoped(entities):
        first = seen.setdefault((plugin.name, *scope), plugin)
        if first is not plugin and not plugin.name.startswith("ai-proxy") and plugin.name:
            other = f"`{first.shorthand}`" if first.shorthand else "another entry"
            message = f"{plugin.name} is here already, from {other}: Kong takes a plugin once in a scope"
            path: Path = () if plugin.shorthand else ("name",)
            yield Finding(path, message, "make one of the two", about=plugin, at_key=bool(plugin.shorthand))


def _scoped(entities: Entities) -> Iterator[tuple[tuple[str, ...], Plugin]]:
    """Every plugin with what Kong tells apart plugins of one name by."""
    for service in entities.services:
        for plugin in service.plugins:
            yield _scope(plugin, service=service.name), plugin
    for index, route in enumerate(entities.all_routes()):
        if len(route.plugins) == 1 and not entities.plugins:
            continue  # nothing else can be in its scope
        for plugin in route.plugins:
            yield _scope(plugin, route=route.name or str(index)), plugin
    for plugin in entities.plugins:
        yield _scope(plugin), plugin


def _scope(plugin: Plugin, **parent: str) -> tuple[str, ...]:
    return tuple(f"{kind}={name}" for kind, name in sorted({**parent, **plugin.scope}.items()))
