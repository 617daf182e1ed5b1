"""Which plugin object goes with which route, service, consumer or group.

One object per scope: the controller makes one plugin of an object that a route and a consumer both name, limited to the
two together. Source: Kong Ingress Controller, internal/util/relations.go (GetCombinations).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from aicfg.kong.entities import Entities, Plugin
from aicfg.manifest.model import SCOPES
from aicfg.render._names import kubernetes_name
from aicfg.tuples import NamedTuple


class Attached(NamedTuple):
    """A plugin, everything that it is limited to (kind -> name; empty: it is global), and the name of its object."""

    plugin: Plugin
    scope: Mapping[str, str]
    name: str


def attached(entities: Entities, base: str) -> tuple[Attached, ...]:
    """Every plugin with its scope. `base` tells the global ones of this manifest from those of others."""
    return tuple(Attached(plugin, scope, _name_of(plugin, scope, base)) for plugin, scope in scoped_plugins(entities))


def scoped_plugins(entities: Entities) -> Iterator[tuple[Plugin, Mapping[str, str]]]:
    """Every plugin with all that limits it, what it nests in included."""
    for service in entities.services:
        yield from ((plugin, {"service": service.name, **plugin.scope}) for plugin in service.plugins)
    for route in entities.all_routes():
        yield from ((plugin, {"route": route.name, **plugin.scope}) for plugin in route.plugins)
    yield from ((plugin, plugin.scope) for plugin in entities.plugins)


def _name_of(plugin: Plugin, scope: Mapping[str, str], base: str) -> str:
    """Two parts for the plugin of a route, an odd number for any other, so that neither is taken for the other."""
    if not scope:
        return kubernetes_name("global", base, plugin.name)
    if list(scope) == ["route"]:
        return kubernetes_name(scope["route"], plugin.name)
    limits = [part for kind in SCOPES if kind in scope for part in (kind.replace("_", "-"), scope[kind])]
    return kubernetes_name(*limits, plugin.name)


class Names(NamedTuple):
    """The objects of the plugins that each entity names in its annotation, by the entity's kind and name."""

    by_entity: Mapping[tuple[str, str], tuple[str, ...]]

    def annotation(self, kind: str, name: str) -> dict[str, str]:
        names = self.by_entity.get((kind, name), ())
        return {"konghq.com/plugins": ",".join(names)} if names else {}


def names_of(plugins: tuple[Attached, ...]) -> Names:
    """Every entity that a plugin is limited to names it: of a route and a consumer, both."""
    found: dict[tuple[str, str], tuple[str, ...]] = {}
    for one in plugins:
        for entity in one.scope.items():
            found[entity] = (*found.get(entity, ()), one.name)
    return Names(found)
