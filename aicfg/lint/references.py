"""Where the parts of a manifest refer to each other by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.source import Path

if TYPE_CHECKING:
    from aicfg.manifest.model import Manifest

Reference = tuple[Path, str]
"""Where a name stands, and the name."""

_SEMANTIC = ("semantic_guard", "semantic_cache")
TRANSFORMERS = ("transform_request", "transform_response")


def holders(manifest: Manifest) -> Iterator[Path]:
    """The routes of a manifest and its defaults: what may hold shorthands."""
    if manifest.section("defaults"):
        yield ("defaults",)
    for route in manifest.routes.values():
        yield route.path


def parts_with_provider(manifest: Manifest) -> Iterator[Path]:
    """The parts of routes and defaults that name a provider beside the route's own: embeddings, and `llm`."""
    for holder in holders(manifest):
        paths = [(*holder, "embeddings"), *((*holder, name, "embeddings") for name in _SEMANTIC)]
        paths += [(*holder, name, "llm") for name in TRANSFORMERS]
        yield from (path for path in paths if isinstance(manifest.said(path), dict))


def provider_references(manifest: Manifest) -> Iterator[Reference]:
    """Every mention of a provider by name."""
    for route in manifest.routes.values():
        if route.provider is not None:
            yield (*route.path, "provider"), route.provider
        for target in route.targets or ():
            if target.provider is not None:
                yield (*target.path, "provider"), target.provider
    for path in parts_with_provider(manifest):
        yield from _text((*path, "provider"), manifest.said((*path, "provider")))


def limited_providers(manifest: Manifest) -> Iterator[Reference]:
    """The names under `rate_limit.providers`: of the manifest's providers, or Kong's own."""
    for holder in holders(manifest):
        path = (*holder, "rate_limit", "providers")
        said = manifest.said(path)
        if isinstance(said, dict):
            yield from (((*path, name), name) for name in said)


def redis_references(manifest: Manifest) -> Iterator[Reference]:
    """Every mention of a Redis connection by name."""
    for holder in holders(manifest):
        paths = [(*holder, "vectordb", "redis"), *((*holder, name, "vectordb", "redis") for name in _SEMANTIC)]
        for path in (*paths, (*holder, "rate_limit", "redis")):
            yield from _text(path, manifest.said(path))


def plugin_lists(manifest: Manifest) -> Iterator[Path]:
    """Every list of plugins."""
    sections = ("providers", "services")
    holders_of_lists = [*holders(manifest), (), ("service",)]
    holders_of_lists += [(section, name) for section in sections for name in manifest.section(section)]
    for holder in holders_of_lists:
        if isinstance(manifest.said((*holder, "plugins")), list):
            yield (*holder, "plugins")


def scope_references(manifest: Manifest, kind: str) -> Iterator[Reference]:
    """Every mention of a route, service, consumer or consumer group in the scope of a plugin."""
    for path in plugin_lists(manifest):
        for index, plugin in enumerate(manifest.said(path)):
            if isinstance(plugin, dict):
                yield from _text((*path, index, kind), plugin.get(kind))


def _text(path: Path, value: Any) -> Iterator[Reference]:
    if isinstance(value, str):
        yield path, value
