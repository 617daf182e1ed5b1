"""All objects of a manifest but its Secrets, in the order in which they stand in the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.kong.entities import Entities, Route, Service
from aicfg.kong.references import EnvText
from aicfg.render._kubernetes import gateway, ingress, kinds, konnect, upstreams
from aicfg.render._kubernetes.frame import Frame, Object
from aicfg.render._kubernetes.scopes import Attached, Names, attached, names_of
from aicfg.render._kubernetes.secrets import patched
from aicfg.render._vault import Vaulted


def objects(frame: Frame, entities: Entities, references: Vaulted) -> Iterator[Object]:
    """What routes and consumers refer to comes before them; each route stands with the plugins that are its alone."""
    plugins = attached(entities, frame.base)
    names = names_of(plugins)
    yield from (kinds.vault(frame, vault) for vault in entities.vaults)
    yield from (kinds.consumer_group(frame, group, names) for group in entities.consumer_groups)
    for service in entities.services:
        yield _service(frame, service, names)
    for one in plugins:
        if set(one.scope) != {"route"}:
            yield from _plugin(frame, one, references)
    yield from (kinds.consumer(frame, consumer, names) for consumer in entities.consumers)
    routes = [(route, service) for service in entities.services for route in service.routes]
    for route, owner in (*routes, *((route, None) for route in entities.routes)):
        yield from _route(frame, route, owner, plugins, names, references)


def _service(frame: Frame, service: Service, names: Names) -> Object:
    if frame.settings.is_konnect:
        return konnect.kong_service(frame, service)
    return upstreams.service(frame, service, names)


def _route(
    frame: Frame,
    route: Route,
    service: Service | None,
    plugins: tuple[Attached, ...],
    names: Names,
    references: Vaulted,
) -> Iterator[Object]:
    """A route and its plugins. One without a service is for Konnect alone: a rule says so."""
    own = [one for one in plugins if dict(one.scope) == {"route": route.name}]
    if frame.settings.is_konnect:
        yield konnect.kong_route(frame, route, service)
    for one in own:
        yield from _plugin(frame, one, references)
    if service is not None and not frame.settings.is_konnect:
        make = ingress.ingress if frame.settings.kubernetes_api == "ingress" else gateway.http_route
        yield make(frame, route, service, names)


def _plugin(frame: Frame, one: Attached, references: Vaulted) -> Iterator[Object]:
    """A plugin; for Konnect with its binding, and with vault references, since no Secret gets there.

    Kong Operator sends a plugin's `config` and nothing else of it to Konnect (controller/konnect/ops, 2.x).
    """
    if frame.settings.is_konnect:
        yield kinds.plugin(frame, one, _vaulted(one.plugin.config, references))
        yield konnect.binding(frame, one)
        return
    yield kinds.plugin(frame, one, *patched(one.plugin.config, references))


def _vaulted(value: Any, references: Vaulted) -> Any:
    """A config with a vault reference in place of each text that holds references to the environment."""
    if isinstance(value, EnvText):
        return references.reference(value)
    if isinstance(value, Mapping):
        return {key: _vaulted(item, references) for key, item in value.items()}
    return [_vaulted(item, references) for item in value] if isinstance(value, list | tuple) else value
