"""What the objects cannot say, say otherwise than Kong's own files, or leave out: what the rules of this target read.

Everything in an entity that no table here knows a place for is lost, and so is said: nothing goes in silence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Literal

from aicfg.kong.entities import Consumer, ConsumerGroup, Entities, Plugin, Route, Service, Vault
from aicfg.kong.references import env_texts
from aicfg.patterns import later
from aicfg.render._kubernetes import ingress, konnect, upstreams
from aicfg.render._kubernetes.frame import Settings
from aicfg.render._kubernetes.paths import is_regex
from aicfg.render._kubernetes.scopes import scoped_plugins
from aicfg.render._names import kubernetes_name
from aicfg.source import Path, format_path
from aicfg.source.values import inside
from aicfg.tuples import NamedTuple
from aicfg.words import both, shown

About = Consumer | ConsumerGroup | Plugin | Route | Service | Vault
Kind = Literal["lost", "unreached", "changed", "left out"]
"""No place at all; a reference that no Secret reaches; something that comes to mean otherwise; a mere name or tag."""


class Limit(NamedTuple):
    """Something about the value at `path` of an entity."""

    kind: Kind
    about: About
    path: Path
    message: str
    hint: str | None = None


_IN_OBJECTS: Mapping[str, frozenset[str]] = {
    "route": frozenset(
        {
            "paths",
            "methods",
            "hosts",
            "headers",
            "protocols",
            "strip_path",
            "preserve_host",
            "tags",
            *ingress.ANNOTATIONS,
        }
    ),
    "service": frozenset({"url", "protocol", "host", "port", "path", "enabled", "tags", *upstreams.ANNOTATIONS}),
    "plugin": frozenset({"enabled", "instance_name", "protocols", "ordering", "tags"}),
    "consumer": frozenset({"custom_id", "tags"}),
    "consumer group": frozenset({"tags"}),
    "vault": frozenset({"name", "config", "description", "tags"}),
}
_OF_KONNECT: Mapping[str, frozenset[str]] = {
    **_IN_OBJECTS,
    "route": frozenset(konnect.ROUTE_FIELDS),
    "service": frozenset({"url", "protocol", "host", "port", "path", *konnect.SERVICE_FIELDS}),
    "plugin": _IN_OBJECTS["plugin"] - {"ordering"},
}
_KIND_NAMES: Mapping[type, str] = {
    Route: "route",
    Service: "service",
    Plugin: "plugin",
    Consumer: "consumer",
    ConsumerGroup: "consumer group",
    Vault: "vault",
}
_PLUGIN_PROTOCOLS = frozenset({"http", "https", "grpc", "grpcs", "tcp", "tls", "udp"})
_HTTP = frozenset({"http", "https", "grpc", "grpcs", "ws", "wss"})
_GATEWAY_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"})
_DECK = "render to deck, or leave it out"

_EXTERNAL_NAME = later(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")
_SNI = later(r"(?i:[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*)")
_ALIAS = later(r"(?i:(\*\.)?[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+(-[a-z0-9]+)*)*(\.\*)?)")
_HEADER = later(r"(?=.{1,55}$)[A-Za-z0-9_.-]*[A-Za-z0-9]")
_GATEWAY_HEADER = later(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,256}")
_PREFIX = later(r"(?!.*(//|/\.\.?(/|$)|%2[fF]))/([A-Za-z0-9._~!&',;=:@/-]|%[0-9a-fA-F]{2})*")
"""What the Gateway API takes as a prefix, but for what the controller would take for a regular expression."""


def limits(entities: Entities, settings: Settings) -> Iterator[Limit]:
    """All limits of one rendering."""
    every: tuple[About, ...] = (
        *entities.services,
        *entities.all_routes(),
        *entities.all_plugins(),
        *entities.consumers,
        *entities.consumer_groups,
        *entities.vaults,
    )
    for one in every:
        yield from _of_fields(one, settings)
        yield from _references(one)
        if isinstance(one, Plugin | Vault):
            yield from _numbers(one)
    for service in entities.services:
        yield from _of_service(service, settings)
    for route in entities.all_routes():
        yield from _of_route(route, settings)
    for plugin, scope in scoped_plugins(entities):
        yield from _of_plugin(plugin, scope, settings)
    for consumer in entities.consumers:
        yield from _of_consumer(consumer, settings)
    if settings.is_konnect:
        yield from _of_environment(entities)
        return
    for route in entities.routes:
        yield Limit("lost", route, (), "the controller knows no route without a service", "give it a service")
    for group in entities.consumer_groups:
        name = kubernetes_name(group.name)
        if name != group.name:
            message = f"Kong will know the group {shown(group.name)} as {name}: the controller calls it as its object"
            yield Limit("changed", group, (), message, "name it with small letters, digits and - alone")


def _of_fields(one: About, settings: Settings) -> Iterator[Limit]:
    """Fields that no object has a place for; those that only name or sort things are left out without harm."""
    kind = _KIND_NAMES[type(one)]
    places = (_OF_KONNECT if settings.is_konnect else _IN_OBJECTS)[kind]
    for field, value in one.fields.items():
        if field == "id":
            message = f"the id of the {kind} is left out: Kong's entities get theirs from the objects in Kubernetes"
            yield Limit("left out", one, (field,), message)
        elif field not in places and value not in (None, [], {}):
            yield Limit("lost", one, (field,), f"the objects of a {kind} have no place for `{field}`", _DECK)
    for index, tag in enumerate(one.fields.get("tags") or ()):
        path: Path = ("tags", index)
        if settings.is_konnect and kind != "plugin":
            if not 1 <= len(tag) <= 128 or index >= 20:
                yield Limit(
                    "lost", one, path, "Konnect's kinds take 20 tags at most, each of 1 to 128 characters", None
                )
        elif "," in tag:
            yield Limit("left out", one, path, "a tag with a comma becomes two: they stand in one annotation")


def _references(one: About) -> Iterator[Limit]:
    """References to the environment outside of plugin configs and keys."""
    for path, _ in env_texts(one.fields):
        message = f"no Secret of Kubernetes can fill in `{format_path(path)}` of a {_KIND_NAMES[type(one)]}"
        hint = "write the value, or use a vault reference where Kong resolves one"
        yield Limit("unreached", one, path, message, hint)


def _numbers(one: Plugin | Vault) -> Iterator[Limit]:
    """Numbers that JSON does not have, in which Kubernetes keeps all configs."""
    config = one.config if isinstance(one, Plugin) else one.fields.get("config")
    for path, value in inside(config, ("config",)):
        if not isinstance(value, float) or isfinite(value):
            continue
        message = f"`{format_path(path)}` is no number in JSON, as which Kubernetes keeps a config"
        yield Limit("lost", one, path, message, "write a number that is finite")


def _of_environment(entities: Entities) -> Iterator[Limit]:
    """What the vault of the data planes' environment does not reach, which stands in for Secrets with Konnect."""
    from aicfg.render._vault import vaulted

    for use in vaulted(entities).uses:
        name = format_path(use.path)
        if use.resolves == "no":
            message = f"Kong Operator sends no Secret to Konnect, and Kong resolves no references in {name}"
            hint = "write the value itself, or render for the ingress controller"
            yield Limit("unreached", use.plugin, use.path, message, hint)
        elif use.resolves == "unknown":
            message = (
                f"whether Kong resolves the reference in {name} depends on {use.plugin.name}, which aicfg does not know"
            )
            hint = "check that the plugin's documentation calls the field referenceable"
            yield Limit("changed", use.plugin, use.path, message, hint)


def _of_service(service: Service, settings: Settings) -> Iterator[Limit]:
    upstream = upstreams.upstream_of(service.fields)
    path: Path = ("host",) if "host" in service.fields else ("url",)
    if not upstream.host or not (settings.is_konnect or _EXTERNAL_NAME.fullmatch(upstream.host.lower())):
        message = f"a Service cannot lead to {shown(upstream.host)}, which is no DNS name"
        yield Limit("lost", service, path, message, "name a host with letters, digits, dots and -")
    if not 1 <= upstream.port <= 65535:
        yield Limit("lost", service, path, f"a Service has no port {upstream.port}", "use one from 1 to 65535")
    if service.fields.get("enabled") is False and not settings.is_konnect:
        yield Limit("lost", service, ("enabled",), "the controller knows no service that is disabled", _DECK)


def _of_route(route: Route, settings: Settings) -> Iterator[Limit]:
    fields = route.fields
    for index, protocol in enumerate(fields.get("protocols") or ()):
        if protocol not in _HTTP and not settings.is_konnect:
            message = f"an Ingress and an HTTPRoute are for HTTP, not for {protocol}"
            yield Limit("lost", route, ("protocols", index), message, _DECK)
    if settings.is_konnect:
        for field in ("sources", "destinations"):
            for index, end in enumerate(fields.get(field) or ()):
                if not ("ip" in end and "port" in end):
                    yield Limit("lost", route, (field, index), "a KongRoute asks for an address and a port here", _DECK)
        return
    for index, sni in enumerate(fields.get("snis") or ()):
        if not _SNI.fullmatch(sni):
            message = f"the controller takes no server name like {shown(sni)}, and then none of the list"
            yield Limit("lost", route, ("snis", index), message, "name hosts without wildcards and final dots")
    yield from _of_ingress(route) if settings.kubernetes_api == "ingress" else _of_http_route(route)


def _of_ingress(route: Route) -> Iterator[Limit]:
    for index, path in enumerate(route.fields.get("paths") or ()):
        if "//" in path:
            message = "the controller makes one slash of two in the path of an Ingress"
            yield Limit("lost", route, ("paths", index), message, "write one slash")
    for index, host in enumerate(route.fields.get("hosts") or ()):
        if not (ingress.is_rule_host(host.lower()) or _ALIAS.fullmatch(host)):
            message = f"an Ingress takes no host like {shown(host)}"
            yield Limit("lost", route, ("hosts", index), message, "use a name, with `*` as its first or last part")
    for name, values in (route.fields.get("headers") or {}).items():
        if values and (not _HEADER.fullmatch(name) or "" in values):
            message = f"no annotation can hold the header {shown(name)} with these values"
            yield Limit("lost", route, ("headers", name), message, "use another name, and no empty value")


def _of_http_route(route: Route) -> Iterator[Limit]:
    fields, other = route.fields, "use --kubernetes-api ingress"
    for index, path in enumerate(fields.get("paths") or ()):
        where: Path = ("paths", index)
        if len(path) > 1024:
            yield Limit("lost", route, where, "an HTTPRoute takes paths of up to 1024 characters", other)
        elif not is_regex(path) and not _PREFIX.fullmatch(path):
            yield Limit("lost", route, where, "an HTTPRoute takes no such prefix", other)
        elif not is_regex(path) and not path.endswith("/"):
            message = f"an HTTPRoute takes {shown(path)} as whole parts of a path: {path}/a matches, {path}a does not"
            yield Limit("changed", route, where, message, f"{other}, where that matters")
    for index, host in enumerate(fields.get("hosts") or ()):
        if index >= 16:
            yield Limit("lost", route, ("hosts", index), "an HTTPRoute takes 16 hosts at most", other)
        elif not ingress.is_rule_host(host.lower()):
            yield Limit("lost", route, ("hosts", index), f"an HTTPRoute takes no host like {shown(host)}", other)
    headers = {name: values for name, values in (fields.get("headers") or {}).items() if values}
    for number, (name, values) in enumerate(headers.items()):
        if not _GATEWAY_HEADER.fullmatch(name) or "" in values or sum(map(len, values)) > 2048 or number >= 16:
            message = f"an HTTPRoute cannot ask for the header {shown(name)} with these values"
            yield Limit("lost", route, ("headers", name), message, other)
    methods = list(fields.get("methods") or ())
    for index, method in enumerate(methods):
        if method not in _GATEWAY_METHODS:
            yield Limit("lost", route, ("methods", index), f"an HTTPRoute knows no method {method}", other)
    if len(methods) * len(fields.get("paths") or [""]) > 64:
        message = "an HTTPRoute has 64 pairs of path and method at most"
        yield Limit("lost", route, ("paths",), message, "make several routes of it")
    if len(methods) > 1:
        message = f"{both(methods)} become a route each: what a plugin counts or keeps, it does for each of them"
        yield Limit("left out", route, ("methods",), message, f"{other}, where that matters")


def _of_plugin(plugin: Plugin, scope: Mapping[str, str], settings: Settings) -> Iterator[Limit]:
    for index, protocol in enumerate(plugin.fields.get("protocols") or ()):
        if protocol not in _PLUGIN_PROTOCOLS:
            message = f"a KongPlugin cannot be limited to {protocol}"
            yield Limit("lost", plugin, ("protocols", index), message, _DECK)
    callers = {"consumer", "consumer_group"} <= set(scope)
    if callers or ({"route", "service"} <= set(scope) and not settings.is_konnect):
        one, two = ("consumer", "consumer_group") if callers else ("service", "route")
        message = f"an object for a plugin cannot be limited to a {one.replace('_', ' ')} and a {two.replace('_', ' ')}"
        yield Limit("lost", plugin, (one if one in plugin.scope else two,), message, "name one of the two")
    if plugin.fields.get("instance_name") and scope and not settings.is_konnect:
        message = "the controller puts a dash and nine digits behind the name of the instance"
        yield Limit("left out", plugin, ("instance_name",), message)


def _of_consumer(consumer: Consumer, settings: Settings) -> Iterator[Limit]:
    for index, credential in enumerate(consumer.keyauth_credentials):
        path: Path = ("keyauth_credentials", index)
        for tag, _ in env_texts(credential.get("tags") or [], (*path, "tags")):
            message = "no Secret of Kubernetes can fill in the tags of a key"
            yield Limit("unreached", consumer, tag, message, "write the tag")
        if credential.get("id"):
            yield Limit("left out", consumer, (*path, "id"), "the id of the key is left out")
        if settings.is_konnect and credential.get("tags"):
            yield Limit("left out", consumer, (*path, "tags"), "the tags of the key are left out")
        if settings.is_konnect and credential.get("ttl") is not None:
            yield Limit("lost", consumer, (*path, "ttl"), "Kong Operator knows no end of a key", _DECK)
