"""Which plugins meet: those that run for the same requests, as far as the entities tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from aicfg.kong.parse import reference_of
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.kong.entities import Entities, Plugin, Route, Service


class Meeting(NamedTuple):
    """A plugin, and the others that may run for the requests that it runs for.

    `confined` where it is put on a route or a service: then all others are here, unless another file has some.
    """

    plugin: Plugin
    others: tuple[Plugin, ...]
    confined: bool


class _Scope(NamedTuple):
    """Where a plugin is put: the keys of a route and of a service, None where it is not confined to one."""

    route: str | None
    service: str | None


def meetings(entities: Entities, name: str) -> Iterator[Meeting]:
    """Each plugin called `name`, with the plugins that it meets."""
    if all(plugin.name != name for plugin in entities.all_plugins()):
        return
    scoped = list(_scoped(entities))
    service_of = {_key(route): service for route, service in _routes(entities)}
    for plugin, scope in scoped:
        if plugin.name == name:
            others = (other for other, its in scoped if other is not plugin and _meet(scope, its, service_of))
            yield Meeting(plugin, tuple(others), scope != _Scope(None, None))


def _meet(one: _Scope, other: _Scope, service_of: Mapping[str, str | None]) -> bool:
    if one.route is not None and other.route is not None:
        return one.route == other.route
    services = [scope.service if scope.route is None else service_of.get(scope.route) for scope in (one, other)]
    return None in services or services[0] == services[1]


def _scoped(entities: Entities) -> Iterator[tuple[Plugin, _Scope]]:
    for service in entities.services:
        for plugin in service.plugins:
            yield plugin, _Scope(None, _key(service))
    for route, _ in _routes(entities):
        for plugin in route.plugins:
            yield plugin, _Scope(_key(route), None)
    for plugin in entities.plugins:
        yield plugin, _Scope(plugin.scope.get("route"), plugin.scope.get("service"))


def _routes(entities: Entities) -> Iterator[tuple[Route, str | None]]:
    """Each route with the key of its service, None where it has none."""
    for service in entities.services:
        for route in service.routes:
            yield route, _key(service)
    for route in entities.routes:
        yield route, reference_of(route.fields.get("service"))


def _key(entity: Route | Service) -> str:
    """What tells a route or a service from others of its kind."""
    return entity.name or f"#{id(entity)}"
