"""decK state file: `deck gateway sync kong.yaml`.

Secrets become `${{ env "DECK_NAME" }}`, which decK replaces in the text before it reads the YAML; the prefix DECK_ is
decK's own demand. Source: go-database-reconciler, pkg/file/template.go.
"""

from __future__ import annotations

from typing import Any

from aicfg.kong.entities import Consumer, Entities, Plugin, Route, Service
from aicfg.kong.references import EnvVar
from aicfg.render.quoting.yaml import block


def render(entities: Entities) -> dict[str, str]:
    """One file, `kong.yaml`."""
    state: dict[str, Any] = {"_format_version": "3.0"}
    if entities.select_tags:
        state["_info"] = {"select_tags": list(entities.select_tags)}
    state |= _lists(services=[_service(service) for service in entities.services])
    state |= _lists(routes=[_route(route) for route in entities.routes])
    state |= _lists(plugins=[_plugin(plugin) for plugin in entities.plugins])
    state |= _lists(vaults=[{"prefix": vault.prefix, **vault.fields} for vault in entities.vaults])
    state |= _lists(consumer_groups=[{"name": group.name, **group.fields} for group in entities.consumer_groups])
    state |= _lists(consumers=[_consumer(consumer) for consumer in entities.consumers])
    return {"kong.yaml": block(state, _env)}


def _env(variable: EnvVar) -> str:
    return f'${{{{ env "DECK_{variable.name}" }}}}'


def _lists(**lists: list[Any]) -> dict[str, Any]:
    return {name: items for name, items in lists.items() if items}


def _service(service: Service) -> dict[str, Any]:
    routes, plugins = map(_route, service.routes), map(_plugin, service.plugins)
    return {"name": service.name, **service.fields, **_lists(routes=list(routes), plugins=list(plugins))}


def _route(route: Route) -> dict[str, Any]:
    return {"name": route.name, **route.fields, **_lists(plugins=[_plugin(plugin) for plugin in route.plugins])}


def _consumer(consumer: Consumer) -> dict[str, Any]:
    lists = _lists(
        groups=[{"name": group} for group in consumer.groups],
        keyauth_credentials=[dict(credential) for credential in consumer.keyauth_credentials],
    )
    return {"username": consumer.username, **consumer.fields, **lists}


def _plugin(plugin: Plugin) -> dict[str, Any]:
    return {"name": plugin.name, **plugin.fields, **plugin.scope, "config": plugin.config}
