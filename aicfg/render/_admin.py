"""Entities as calls of an Admin API, in the order in which each finds what it refers to; for Kong's own and Konnect's.

A call is a line of the script: a function of its skeleton with words, and the body that it sends. Entities are put
under their names, plugins found by name and scope. Names stand percent-encoded in the words, since they go into URLs.
Sources: kong/api/endpoints.lua (PUT by id or by the entity's own key, `offset` of a page), Kong's OpenAPI of the Admin
API and of Konnect's core entities (paths, ids as references), go-kong (members of a group).
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from urllib.parse import quote

from aicfg.kong.entities import Consumer, ConsumerGroup, Entities, Fields, Plugin, Route, Service, Vault
from aicfg.render._state import with_tags
from aicfg.source import Path

Entity = Service | Route | Plugin | Vault | Consumer | ConsumerGroup

_UUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_SCOPES = ("service", "route", "consumer", "consumer_group")
_NO_FIELDS = ("filter_chains",)
"""Lists that decK nests in an entity, and that are entities of their own to the Admin API."""


class Call(NamedTuple):
    """A line of the script: a function and its words, and the body that it gets, None where it makes its own.

    `about` is the entity that it makes, `at` where in it the body stands.
    """

    words: tuple[str, ...]
    body: Mapping[str, Any] | None
    about: Entity
    at: Path = ()


class Section(NamedTuple):
    title: str
    calls: list[Call]


def sections(entities: Entities) -> list[Section]:
    """All calls, those that others refer to first. Every entity has the select tags, as decK would add them."""
    tagged = with_tags(entities, entities.select_tags)
    keys = _Keys(tagged)
    made = [
        Section("vaults", [_put("vaults", vault.prefix, "prefix", vault) for vault in tagged.vaults]),
        Section("consumer groups", [_put("consumer_groups", one.name, "name", one) for one in tagged.consumer_groups]),
        Section("consumers", [call for one in tagged.consumers for call in _consumer(one, keys)]),
        *(Section(f"service {service.name}", list(_service(service, keys))) for service in tagged.services),
        Section("routes without a service", [call for route in tagged.routes for call in _route(route, None, keys)]),
        Section("plugins", [call for plugin in tagged.plugins for call in _plugin(plugin, plugin.scope, keys)]),
    ]
    return [section for section in made if section.calls]


class _Keys:
    """The word by which the script refers to each entity: its id where the manifest says one, else its name."""

    def __init__(self, entities: Entities) -> None:
        self._words = {("consumer", one.username): _key(one.username, one.fields) for one in entities.consumers}
        self._words |= {("consumer_group", one.name): _key(one.name, one.fields) for one in entities.consumer_groups}
        self._words |= {("service", one.name): _key(one.name, one.fields) for one in entities.services}
        self._words |= {("route", one.name): _key(one.name, one.fields) for one in entities.all_routes()}

    def __call__(self, kind: str, name: str) -> str:
        return self._words.get((kind, name)) or _encoded(name)

    def reference(self, path: str, kind: str, name: str) -> str:
        """The word that puts an entity's id at a path in the body."""
        return f"{path}={kind}s/{self(kind, name)}"


def _key(name: str, fields: Fields) -> str:
    own = fields.get("id")
    return own if isinstance(own, str) and _UUID.fullmatch(own) else _encoded(name)


def _encoded(name: str) -> str:
    """A name as one segment of a URL's path."""
    return quote(name, safe="@:,") if name.strip(".") else name.replace(".", "%2E")


def _put(kind: str, name: str, field: str, about: Entity, references: tuple[str, ...] = ()) -> Call:
    fields = {key: value for key, value in about.fields.items() if key not in _NO_FIELDS}
    return Call(("put", kind, _key(name, about.fields), *references), {field: name, **fields}, about)


def _service(service: Service, keys: _Keys) -> Iterator[Call]:
    call = _put("services", service.name, "name", service)
    certificate = service.fields.get("client_certificate")
    if isinstance(certificate, str) and call.body is not None:  # decK has the id alone
        call = call._replace(body={**call.body, "client_certificate": {"id": certificate}})
    yield call
    for plugin in service.plugins:
        yield from _plugin(plugin, {"service": service.name, **plugin.scope}, keys)
    for route in service.routes:
        yield from _route(route, service, keys)


def _route(route: Route, service: Service | None, keys: _Keys) -> Iterator[Call]:
    references = () if service is None else (keys.reference("service.id", "service", service.name),)
    yield _put("routes", route.name, "name", route, references)
    for plugin in route.plugins:
        yield from _plugin(plugin, {"route": route.name, **plugin.scope}, keys)


def _plugin(plugin: Plugin, scope: Mapping[str, str], keys: _Keys) -> Iterator[Call]:
    references = [keys.reference(f"{kind}.id", kind, scope[kind]) for kind in _SCOPES if kind in scope]
    for index, partial in enumerate(plugin.fields.get("partials") or ()):
        name = partial.get("name")
        if isinstance(name, str) and not partial.get("id"):
            yield Call(("look_up", "partials", _encoded(name)), None, plugin)
            references.append(f"partials.{index}.id=partials/{_encoded(name)}")
    own = _key("", plugin.fields)
    body = {"name": plugin.name, **plugin.fields, "config": plugin.config}
    first = ("put", "plugins", own) if own else ("plugin", _encoded(plugin.name))
    yield Call((*first, *references), body, plugin)


def _consumer(consumer: Consumer, keys: _Keys) -> Iterator[Call]:
    yield _put("consumers", consumer.username, "username", consumer)
    own = keys("consumer", consumer.username)
    for group in consumer.groups:
        yield Call(("member", keys("consumer_group", group), own), None, consumer)
    for index, credential in enumerate(consumer.keyauth_credentials):
        at: Path = ("keyauth_credentials", index)
        yield Call(("key", own, _seed(consumer.username, str(credential.get("key")))), credential, consumer, at)


def _seed(username: str, key: str) -> str:
    """What a key is known by, whatever the secret is today: the consumer, and the reference that the manifest has."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"aicfg:consumers/{quote(username)}/key-auth/{key}"))
