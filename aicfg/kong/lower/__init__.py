"""Manifest -> Entities.

Lowering is total: what cannot be built (a route whose provider does not exist, a plugin whose shorthand is empty) is
left out, and the rules say why; everything else is built as if nothing were wrong.
"""

from collections.abc import Iterator

from aicfg.kong.entities import Entities, Plugin, Route, Service
from aicfg.kong.lower.callers import consumer_groups, consumers, vaults
from aicfg.kong.lower.plugins import listed, plugins_of
from aicfg.kong.lower.proxy import proxy
from aicfg.kong.lower.records import resolve
from aicfg.kong.lower.routes import default_path, route_fields
from aicfg.kong.lower.services import service_of, services
from aicfg.manifest.model import Manifest
from aicfg.manifest.model import Route as RouteEntry

__all__ = ["default_path", "lower", "resolve"]


def lower(manifest: Manifest) -> Entities:
    """The entities that a manifest stands for."""
    routes: dict[str | None, list[Route]] = {}
    plugins: list[Plugin] = []  # those that cannot nest: they are limited to a consumer besides
    for entry in manifest.routes.values():
        built = _route(manifest, entry)
        if built is not None:
            routes.setdefault(service_of(manifest, entry), []).append(built._replace(plugins=_unscoped(built.plugins)))
            plugins += _scoped(built.plugins, "route", entry.name)
    made: list[Service] = []
    for key, service in services(manifest, routes):
        made.append(service._replace(routes=tuple(routes.get(key, ())), plugins=_unscoped(service.plugins)))
        plugins += _scoped(service.plugins, "service", service.name)
    return Entities(
        manifest.gateway,
        tuple(made),
        plugins=(*plugins, *listed(manifest, ("plugins",))),
        vaults=vaults(manifest),
        consumers=consumers(manifest),
        consumer_groups=consumer_groups(manifest),
        select_tags=(manifest.name,) if manifest.name else (),
    )


def _route(manifest: Manifest, entry: RouteEntry) -> Route | None:
    """The route with its plugins; None where nothing answers on it."""
    if entry.path in manifest.damaged:
        return None
    answering = proxy(manifest, entry)
    if answering is None:
        return None
    return Route(entry.name, *route_fields(manifest, entry), (answering, *plugins_of(manifest, entry)))


def _unscoped(plugins: tuple[Plugin, ...]) -> tuple[Plugin, ...]:
    return tuple(plugin for plugin in plugins if not plugin.scope)


def _scoped(plugins: tuple[Plugin, ...], kind: str, name: str) -> Iterator[Plugin]:
    """The plugins that name a scope of their own, each limited to what it stood in as well."""
    for plugin in plugins:
        if plugin.scope:
            yield plugin._replace(scope={kind: name, **plugin.scope})
