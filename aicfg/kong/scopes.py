"""Which plugins meet: those that run for the same requests, as far as the entities tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain
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
    """Where a plugin is put: the keys of a route and of a service, None where it is not confined to one. The service
    of a route is that which the route belongs to, as far as it is known."""

    route: str | None
    service: str | None


def meetings(entities: Entities, name: str) -> Iterator[Meeting]:
    """Each plugin called `name`, with the plugins that it meets."""
    if all(plugin.name != name for plugin in entities.all_plugins()):
        return
    service_of = {_key(route): service for route, service in _routes(entities)}
    scoped = [
        (plugin, scope if scope.route is None else _Scope(scope.route, service_of.get(scope.route)))
        for plugin, scope in _scoped(entities)
    ]
    places = _Places([scope for _, scope in scoped])
    for number, (plugin, scope) in enumerate(scoped):
        if plugin.name == name:
            others = (scoped[other][0] for other in places.meeting(scope) if other != number)
            yield Meeting(plugin, tuple(others), scope != _Scope(None, None))


class _Places:
    """The numbers of scopes by what they are confined to, so that no plugin has to be held against all others."""

    def __init__(self, scopes: list[_Scope]) -> None:
        self.number = len(scopes)
        self.of_route: dict[str, list[int]] = defaultdict(list)
        self.of_service: dict[str | None, list[int]] = defaultdict(list)
        self.unrouted: dict[str | None, list[int]] = defaultdict(list)
        for number, scope in enumerate(scopes):
            self.of_service[scope.service].append(number)
            if scope.route is None:
                self.unrouted[scope.service].append(number)
            else:
                self.of_route[scope.route].append(number)

    def meeting(self, scope: _Scope) -> Iterable[int]:
        """The scopes that hold for some request that this one holds for, itself among them, in their order."""
        if scope == _Scope(None, None):
            return range(self.number)
        if scope.route is None:
            return sorted([*self.of_service[scope.service], *self.of_service[None]])
        services = tuple(self.unrouted) if scope.service is None else (scope.service, None)
        return sorted(chain(self.of_route[scope.route], *(self.unrouted[service] for service in services)))


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
