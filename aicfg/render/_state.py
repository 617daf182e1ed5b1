"""Entities as Kong's declarative files have them: the map that decK and DB-less files share, nested where it can be."""

from __future__ import annotations

from typing import Any

from aicfg.kong.entities import Consumer, Entities, Plugin, Route, Service


def state_of(entities: Entities) -> dict[str, Any]:
    """All entities as one map, the lists that are empty left out. Values keep their references."""
    return _lists(
        services=[service_state(service) for service in entities.services],
        routes=[route_state(route) for route in entities.routes],
        plugins=[plugin_state(plugin) for plugin in entities.plugins],
        vaults=[{"prefix": vault.prefix, **vault.fields} for vault in entities.vaults],
        consumer_groups=[{"name": group.name, **group.fields} for group in entities.consumer_groups],
        consumers=[consumer_state(consumer) for consumer in entities.consumers],
    )


def service_state(service: Service) -> dict[str, Any]:
    routes, plugins = map(route_state, service.routes), map(plugin_state, service.plugins)
    return {"name": service.name, **service.fields, **_lists(routes=list(routes), plugins=list(plugins))}


def route_state(route: Route) -> dict[str, Any]:
    plugins = [plugin_state(plugin) for plugin in route.plugins]
    return {"name": route.name, **route.fields, **_lists(plugins=plugins)}


def plugin_state(plugin: Plugin) -> dict[str, Any]:
    return {"name": plugin.name, **plugin.fields, **plugin.scope, "config": plugin.config}


def consumer_state(consumer: Consumer) -> dict[str, Any]:
    """A consumer with its groups as decK has them."""
    groups = [{"name": group} for group in consumer.groups]
    keys = [dict(credential) for credential in consumer.keyauth_credentials]
    return {"username": consumer.username, **consumer.fields, **_lists(groups=groups, keyauth_credentials=keys)}


def _lists(**lists: list[Any]) -> dict[str, Any]:
    return {name: items for name, items in lists.items() if items}
