"""Entities: Kong's own vocabulary, the compiler's intermediate representation.

Everything below (renderers, translator, diff) knows only these. Each entity remembers its Origin, so that a complaint
about a compiled value points at the line that caused it.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.catalog.versions import Gateway
from aicfg.frozen import EMPTY
from aicfg.source import Origin, Path
from aicfg.tuples import NamedTuple

Fields = Mapping[str, Any]


class Plugin(NamedTuple):
    """A plugin: its config, its other fields (`enabled`, `tags`, …) and, where it is not nested, its scope by name.

    `hostings` says what a manifest calls the provider type and the hosting of each LLM record in the config, by the
    record's path; it is empty for a plugin that was read from a Kong file. `shorthand` is the manifest's key that the
    plugin was made from (`guard`), None where the manifest names the plugin itself. `incomplete` says that something
    was left out of the config because of its shape, so that what is missing from it says nothing.
    """

    name: str
    config: Fields
    origin: Origin
    fields: Fields = EMPTY
    scope: Mapping[str, str] = EMPTY
    hostings: Mapping[Path, tuple[str, str]] = EMPTY
    shorthand: str | None = None
    incomplete: bool = False


class Route(NamedTuple):
    name: str
    fields: Fields
    origin: Origin
    plugins: tuple[Plugin, ...] = ()


class Service(NamedTuple):
    name: str
    fields: Fields
    origin: Origin
    routes: tuple[Route, ...] = ()
    plugins: tuple[Plugin, ...] = ()


class Vault(NamedTuple):
    """Where Kong reads secrets from. References name its `prefix`; `fields` holds the backend as `name`."""

    prefix: str
    fields: Fields
    origin: Origin


class Consumer(NamedTuple):
    """Someone who calls the gateway, the groups that it is in by name, and its keys for the plugin key-auth."""

    username: str
    fields: Fields
    origin: Origin
    groups: tuple[str, ...] = ()
    keyauth_credentials: tuple[Fields, ...] = ()


class ConsumerGroup(NamedTuple):
    name: str
    fields: Fields
    origin: Origin


class Entities(NamedTuple):
    """All that one config makes, for one gateway. `plugins` are global or name their scope."""

    gateway: Gateway
    services: tuple[Service, ...] = ()
    routes: tuple[Route, ...] = ()
    plugins: tuple[Plugin, ...] = ()
    vaults: tuple[Vault, ...] = ()
    consumers: tuple[Consumer, ...] = ()
    consumer_groups: tuple[ConsumerGroup, ...] = ()
    select_tags: tuple[str, ...] = ()

    @property
    def kind(self) -> frozenset[str]:
        """The names of all plugins, for rules that read a few of them."""
        return frozenset(plugin.name for plugin in self.all_plugins())

    def all_routes(self) -> Iterator[Route]:
        for service in self.services:
            yield from service.routes
        yield from self.routes

    def all_plugins(self) -> Iterator[Plugin]:
        found = [plugin for service in self.services for plugin in service.plugins]
        for route in self.all_routes():
            found += route.plugins
        return iter((*found, *self.plugins))  # a list is quicker than generators, and every rule asks
