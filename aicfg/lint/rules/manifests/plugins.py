"""M2xx: which plugins a manifest makes, and what they make of each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aicfg.lint.diagnostic import Finding, Findings
from aicfg.lint.references import holders
from aicfg.lint.registry import rule
from aicfg.proposals import removed
from aicfg.source import Path, format_path

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest, Route


@rule("M212", "wrong-proxy-plugin", "error")
def wrong_proxy_plugin(manifest: Manifest) -> Findings:
    """The plugin that a route asks for cannot do what the route needs, or is no proxy.

    ai-proxy has one model. Targets, a balancer and access lists are ai-proxy-advanced's.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {plugin: ai-proxy, targets: [{provider: p, model: gpt-4o}]}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {targets: [{provider: p, model: gpt-4o}]}
    """
    from aicfg.kong.lower.proxy import ADVANCED_PLUGIN, SIMPLE_PLUGIN, choice, needs_advanced

    for path in holders(manifest):
        plugin = manifest.said((*path, "plugin"))
        if isinstance(plugin, str) and plugin not in (SIMPLE_PLUGIN, ADVANCED_PLUGIN):
            hint = f"use {SIMPLE_PLUGIN} or {ADVANCED_PLUGIN}; other plugins stand under `plugins`"
            yield Finding((*path, "plugin"), f'"{plugin}" is no proxy plugin', hint)
    for route in manifest.routes.values():
        chosen, needed = choice(manifest, route), needs_advanced(manifest, route)
        if chosen.plugin == SIMPLE_PLUGIN and needed is not None:
            message = f"`{needed[-1]}` needs {ADVANCED_PLUGIN}, and the route asks for {SIMPLE_PLUGIN}"
            yield Finding(chosen.because or route.path, message, f"remove `plugin`, or `{needed[-1]}`")


@rule("M213", "advanced-plugin", "info")
def advanced_plugin(manifest: Manifest) -> Findings:
    """A route with one provider is served by ai-proxy-advanced, because it uses something that only this plugin has.

    aicfg takes ai-proxy for a route with one provider, and ai-proxy-advanced, which is Enterprise, only where the route
    has targets, a balancer, access lists or a route type that ai-proxy cannot serve. `plugin: ai-proxy-advanced` says
    that it is meant.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, balancer: {retries: 2}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, balancer: {retries: 2}, plugin: ai-proxy-advanced}
    """
    from aicfg.kong.lower.proxy import ADVANCED_PLUGIN, choice

    for route in manifest.routes.values():
        plugin, because = choice(manifest, route)
        if route.targets is None and plugin == ADVANCED_PLUGIN and because is not None and because[-1] != "plugin":
            message = f'the route "{route.name}" is served by {ADVANCED_PLUGIN}, for its `{because[-1]}`'
            yield Finding(because, message, f"write `plugin: {ADVANCED_PLUGIN}` to say that it is meant", at_key=True)


@rule("M215", "provider-beside-targets", "error")
def provider_beside_targets(manifest: Manifest) -> Findings:
    """A route names a provider or a model of its own beside its targets.

    Only the targets are used. What holds for all of them, such as `options`, may stand in the route.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            targets: [{provider: p, model: gpt-4o}, {provider: p, model: gpt-4o-mini}]
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            targets: [{provider: p, model: gpt-4o}, {provider: p, model: gpt-4o-mini}]
    """
    for route in manifest.routes.values():
        if route.targets is not None:
            for key in ("provider", "model", "model_alias"):
                if manifest.said((*route.path, key)) is not None:
                    message = f"`{key}` beside `targets` has no effect"
                    path, hint = (*route.path, key), "move it into a target, or remove it"
                    yield Finding(path, message, hint, at_key=True, fix=removed(path))


@rule("M216", "embeddings-without-url", "error")
def embeddings_without_url(manifest: Manifest) -> Findings:
    """The provider behind `embeddings` says where its chat is served, not where its embeddings are.

    An `upstream_url` is the exact URL of one operation. A `base_url` is completed for each, where aicfg knows the path.

    Example:
        version: 1
        providers:
          cloud: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          local: {type: openai, hosting: custom, upstream_url: "http://llm.internal:8000/v1/chat/completions"}
        routes:
          chat:
            provider: cloud
            model: gpt-4o
            semantic_cache:
              embeddings: {provider: local, model: bge-large}
              vectordb: {strategy: redis, dimensions: 1024, distance_metric: cosine, threshold: 0.1, redis: {host: r}}
          local-chat: {provider: local, model: qwen3}
    Use instead:
        version: 1
        providers:
          cloud: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
          local: {type: openai, hosting: custom, base_url: "http://llm.internal:8000"}
        routes:
          chat:
            provider: cloud
            model: gpt-4o
            semantic_cache:
              embeddings: {provider: local, model: bge-large}
              vectordb: {strategy: redis, dimensions: 1024, distance_metric: cosine, threshold: 0.1, redis: {host: r}}
          local-chat: {provider: local, model: qwen3}
    """
    from aicfg.kong.lower.meaning import nowhere_served
    from aicfg.kong.lower.records import resolve
    from aicfg.lint.references import parts_with_provider

    for path in parts_with_provider(manifest):
        found = resolve(manifest, manifest.said((*path, "provider"))) if path[-1] == "embeddings" else None
        if found is not None and nowhere_served(manifest, found, manifest.said((*path, "options", "upstream_url"))):
            key = "base_url" if found.entry.base_url else "upstream_url"
            message = f'the `{key}` of "{found.entry.name}" does not tell where its embeddings are served'
            yield Finding((*path, "provider"), message, f"add `options: {{upstream_url: …}}` to `{format_path(path)}`")


@rule("M218", "unused-embeddings", "warning", throughout=True)
def unused_embeddings(manifest: Manifest) -> Findings:
    """A route has `embeddings` or a `vectordb` that nothing on it uses.

    They are for what compares texts by meaning: a balancer with the algorithm `semantic`, a `semantic_cache` or a
    `semantic_guard` without its own.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat: {provider: p, model: gpt-4o, embeddings: {provider: p, model: text-embedding-3-small}}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            embeddings: {provider: p, model: text-embedding-3-small}
            vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.1, redis: {host: r}}
            semantic_cache: {cache_ttl: 600}
    """
    for route in manifest.routes.values():
        for key in ("embeddings", "vectordb"):
            if manifest.said((*route.path, key)) is not None and not _used(manifest, route, key):
                message = f"nothing on this route uses its `{key}`"
                hint = "add `semantic_cache`, `semantic_guard` or `balancer: {algorithm: semantic}`, or remove it"
                yield Finding((*route.path, key), message, hint, at_key=True)


def _used(manifest: Manifest, route: Route, key: str) -> bool:
    """Whether a semantic balancer, or a shorthand that has none of its own, takes what stands in the route."""
    from aicfg.kong.lower.proxy import ADVANCED_PLUGIN, choice

    balancer = manifest.layers(("defaults", "balancer"), (*route.path, "balancer"))
    algorithm = manifest.innermost(*((*path, "algorithm") for path in balancer))
    if algorithm and manifest.said(algorithm) == "semantic" and choice(manifest, route).plugin == ADVANCED_PLUGIN:
        return True
    for name in ("semantic_cache", "semantic_guard"):
        paths = manifest.layers(("defaults", name), (*route.path, name))
        if paths and not manifest.layers(*((*path, key) for path in paths)):
            return True
    return False


@rule("M230", "missing-embeddings", "error")
def missing_embeddings(manifest: Manifest) -> Findings:
    """A semantic cache or guard has no embedding model, or no vector database, to compare texts with.

    Both can stand in the shorthand itself, or in the route or the defaults for all that compares by meaning there.

    Example:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            semantic_cache:
              embeddings: {provider: p, model: text-embedding-3-small}
    Use instead:
        version: 1
        providers:
          p: {type: openai, api_key: "${env:OPENAI_API_KEY}"}
        routes:
          chat:
            provider: p
            model: gpt-4o
            semantic_cache:
              embeddings: {provider: p, model: text-embedding-3-small}
              vectordb: {strategy: redis, dimensions: 1536, distance_metric: cosine, threshold: 0.1, redis: {host: r}}
    """
    from aicfg.kong.lower.forms import meant_by
    from aicfg.kong.lower.records import Unbuildable

    for route in manifest.routes.values():
        for name in ("semantic_cache", "semantic_guard"):
            paths = manifest.layers(("defaults", name), (*route.path, name))
            for key in ("embeddings", "vectordb") if paths else ():
                try:
                    meant_by(manifest, route, paths, key)
                except Unbuildable:
                    beside = (("defaults", key), (*route.path, key), *((*path, key) for path in paths))
                    if manifest.broken.intersection(beside):
                        continue
                    message = f"`{name}` has no `{key}`, neither of its own nor from the route"
                    yield Finding(paths[-1], message, f"add `{key}` to it, or to the route or `defaults`", at_key=True)


@rule("M219", "conflicting-limits", "error")
def conflicting_limits(manifest: Manifest) -> Findings:
    """Two providers of the manifest get different limits, and are one provider to Kong.

    ai-rate-limiting-advanced counts by Kong's provider, such as openai: it cannot tell apart two accounts there.

    Example:
        version: 1
        providers:
          a: {type: openai, api_key: "${env:OPENAI_KEY_A}"}
          b: {type: openai, api_key: "${env:OPENAI_KEY_B}"}
        routes:
          chat:
            targets: [{provider: a, model: gpt-4o}, {provider: b, model: gpt-4o}]
            rate_limit: {providers: {a: {limit: 100, window_size: 60}, b: {limit: 500, window_size: 60}}}
    Use instead:
        version: 1
        providers:
          a: {type: openai, api_key: "${env:OPENAI_KEY_A}"}
          b: {type: openai, api_key: "${env:OPENAI_KEY_B}"}
        routes:
          chat:
            targets: [{provider: a, model: gpt-4o}, {provider: b, model: gpt-4o}]
            rate_limit: {limit: 500, window_size: 60}
    """
    from aicfg.kong.lower.limits import Limit, limits_of
    from aicfg.kong.lower.records import merged

    told: set[Path] = set()
    for route in manifest.routes.values():
        paths = manifest.layers(("defaults", "rate_limit"), (*route.path, "rate_limit"))
        seen: dict[str, Limit] = {}
        for limit in limits_of(manifest, route, merged(manifest, paths)) if paths else ():
            first = seen.setdefault(limit.kong_name, limit)
            place = limit.place.path if limit.place.path not in paths else first.place.path
            if first.values != limit.values and place not in told:
                told.add(place)
                names = f'"{first.name}" and "{limit.name}"'
                message = f"{names} are both {limit.kong_name} to Kong, and cannot have limits of their own"
                yield Finding(place, message, "give both one limit", at_key=True)
