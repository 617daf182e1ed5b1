"""Where a file's ai-proxy configs are: each route with the plugin that answers it, and each target as one config."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.entities import Entities, Fields, Plugin, Route
from aicfg.preview.paths import PathMatch, match
from aicfg.translate.client import normal_path
from aicfg.tuples import NamedTuple
from aicfg.words import did_you_mean

_PLUGINS = ("ai-proxy-advanced", "ai-proxy")
"""In the order in which Kong runs them."""

_OF_BALANCING = ("targets", "balancer", "embeddings", "vectordb")
_OF_TARGET = ("weight", "description", "metadata", "id")


class Place(NamedTuple):
    """A route and what calls a model there. `fields` are the route's; `configs` has one ai-proxy config per target."""

    name: str
    fields: Fields
    plugin: Plugin
    configs: tuple[Mapping[str, Any], ...]

    @property
    def paths(self) -> tuple[str, ...]:
        paths = self.fields.get("paths")
        return tuple(path for path in paths if isinstance(path, str)) if isinstance(paths, list | tuple) else ()

    def match(self, path: str) -> PathMatch | None:
        """How a client's path fits this route, by the path that Kong looks at first. Raises UsageError as `match`."""
        normal = normal_path(path)
        found = [how for pattern in self.paths if (how := match(pattern, normal)) is not None]
        return max(found, key=lambda how: how.rank, default=None)

    @property
    def priority(self) -> int:
        given = self.fields.get("regex_priority")
        return given if isinstance(given, int) else 0


def places(entities: Entities) -> tuple[Place, ...]:
    """Every route that has a model behind it; where a file has no routes, every plugin by itself."""
    found = []
    for service, route in _routes(entities):
        plugin = _acting(entities, service, route)
        if plugin is not None:
            found.append(
                Place(route.name or (route.fields.get("paths") or ["route"])[0], route.fields, plugin, _configs(plugin))
            )
    if found or any(True for _ in entities.all_routes()):
        return tuple(found)
    return tuple(
        Place(_name(plugin), EMPTY, plugin, _configs(plugin)) for plugin in entities.all_plugins() if _acts(plugin)
    )


def choose(candidates: Sequence[Place], route: str | None, path: str | None) -> Place:
    """The place that a request is for: the one named, the only one, or the one whose route takes the path.

    Raises UsageError, with the names to choose from, where that is none or several.
    """
    names = [place.name for place in candidates]
    if not candidates:
        raise UsageError("there is no route with ai-proxy or ai-proxy-advanced here", hint="see: aicfg lint")
    if route is not None:
        named = [place for place in candidates if place.name == route]
        if not named:
            raise UsageError(
                f'there is no route "{route}" with a model', hint=did_you_mean(route, names) or _list(names)
            )
        return named[0]
    if len(candidates) == 1:
        return candidates[0]
    if path is None:
        raise UsageError(
            f"there are {len(candidates)} routes: name one with --route, or use --all-routes", hint=_list(names)
        )
    found = [(how.rank, place.priority, place) for place in candidates if (how := place.match(path)) is not None]
    if not found:
        raise UsageError(f"no route takes the path {path}: name one with --route", hint=_list(names))
    first = max(_order(rank, priority) for rank, priority, _ in found)
    best = [place for rank, priority, place in found if _order(rank, priority) == first]
    if len(best) > 1:
        hint = _list([place.name for place in best])
        raise UsageError(f"several routes take the path {path}: name one with --route", hint=hint)
    return best[0]


def _order(rank: tuple[bool, int], priority: int) -> tuple[bool, int, int]:
    """Expressions come before prefixes, by their regex_priority; of prefixes, the longest comes first."""
    regex, length = rank
    return regex, priority if regex else 0, length


def _list(names: Sequence[str]) -> str:
    return f"the routes are {', '.join(names)}"


def _routes(entities: Entities) -> Iterator[tuple[str | None, Route]]:
    """Every route with the name of its service."""
    for service in entities.services:
        for route in service.routes:
            yield service.name, route
    for route in entities.routes:
        yield None, route


def _acting(entities: Entities, service: str | None, route: Route) -> Plugin | None:
    """The plugin that Kong runs on a route: its own, its service's, or a global one."""
    of_service = next((each.plugins for each in entities.services if service and each.name == service), ())
    scopes: tuple[tuple[Mapping[str, str], Sequence[Plugin]], ...] = (
        (EMPTY, route.plugins),
        ({"route": route.name}, entities.plugins),
        (EMPTY, of_service),
        ({"service": service or ""}, entities.plugins),
        (EMPTY, [plugin for plugin in entities.plugins if not plugin.scope]),
    )
    for wanted, plugins in scopes:
        for name in _PLUGINS:
            for plugin in plugins:
                if plugin.name == name and _acts(plugin) and (not wanted or plugin.scope == wanted):
                    return plugin
    return None


def _acts(plugin: Plugin) -> bool:
    return plugin.name in _PLUGINS and plugin.fields.get("enabled") is not False


def _name(plugin: Plugin) -> str:
    given = plugin.scope.get("route") or plugin.fields.get("instance_name")
    return given if isinstance(given, str) and given else plugin.name


def _configs(plugin: Plugin) -> tuple[Mapping[str, Any], ...]:
    """A plugin's config as ai-proxy takes it; of ai-proxy-advanced, each target with the plugin's other settings."""
    config = plugin.config if isinstance(plugin.config, Mapping) else EMPTY
    if plugin.name == "ai-proxy":
        return (config,)
    shared = {key: value for key, value in config.items() if key not in _OF_BALANCING}
    targets = config.get("targets")
    listed = targets if isinstance(targets, list | tuple) else ()
    return tuple(
        {**shared, **{key: value for key, value in target.items() if key not in _OF_TARGET}}
        for target in listed
        if isinstance(target, Mapping)
    )
