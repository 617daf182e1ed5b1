"""Entities as Kong's declarative files have them: the map that decK and DB-less files share, nested where it can be."""

from __future__ import annotations

from typing import Any

from aicfg.kong.entities import Consumer, Entities, Fields, Plugin, Route, Service


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


def with_tags(entities: Entities, tags: tuple[str, ...]) -> Entities:
    """The entities with tags added to every one, as decK does with the select tags of a file when it applies it."""
    if not tags:
        return entities

    def plugin(one: Plugin) -> Plugin:
        return one._replace(fields=_tagged(one.fields, tags))

    def route(one: Route) -> Route:
        return one._replace(fields=_tagged(one.fields, tags), plugins=tuple(map(plugin, one.plugins)))

    def service(one: Service) -> Service:
        plugins, routes = tuple(map(plugin, one.plugins)), tuple(map(route, one.routes))
        return one._replace(fields=_tagged(one.fields, tags), plugins=plugins, routes=routes)

    return entities._replace(
        services=tuple(map(service, entities.services)),
        routes=tuple(map(route, entities.routes)),
        plugins=tuple(map(plugin, entities.plugins)),
        vaults=tuple(one._replace(fields=_tagged(one.fields, tags)) for one in entities.vaults),
        consumers=tuple(
            one._replace(
                fields=_tagged(one.fields, tags),
                keyauth_credentials=tuple(_tagged(credential, tags) for credential in one.keyauth_credentials),
            )
            for one in entities.consumers
        ),
        consumer_groups=tuple(one._replace(fields=_tagged(one.fields, tags)) for one in entities.consumer_groups),
        select_tags=(),
    )


def _tagged(fields: Fields, tags: tuple[str, ...]) -> Fields:
    own = [tag for tag in fields.get("tags") or () if tag not in tags]
    return {**fields, "tags": [*own, *tags]}


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
