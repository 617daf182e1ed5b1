"""Entities -> the resources of one of Kong's Terraform providers, and what those resources cannot say."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from unicodedata import is_normalized

from aicfg.catalog.terraform import (
    CUSTOM,
    TerraformProvider,
    arguments,
    has_resource,
    is_json,
    misfits,
    terraform_provider,
)
from aicfg.errors import UsageError
from aicfg.frozen import EMPTY
from aicfg.kong.entities import Consumer, Entities, Fields, Plugin, Route, Service, Vault
from aicfg.kong.references import EnvText, is_vault_reference, vault_prefix
from aicfg.kong.urls import service_address
from aicfg.render._names import hcl_name
from aicfg.render._state import with_tags
from aicfg.render.quoting.hcl import Expression, Json
from aicfg.source import Path

_EVERYWHERE = "global"


class Resource(NamedTuple):
    """A resource: its type, its local name, its arguments, and what must exist first without being named in them."""

    type: str
    name: str
    body: Mapping[str, Any]
    depends_on: tuple[Expression, ...] = ()

    @property
    def id(self) -> Expression:
        return Expression(f"{self.type}.{self.name}.id")


class Remark(NamedTuple):
    """What a person should know about a value, at `path` in the entity `about`.

    It is "lost" where no resource can say it, "changed" where Terraform says it otherwise, and "generic" where a plugin
    is written as the resource for any plugin.
    """

    kind: str
    about: Any
    path: Path
    message: str
    hint: str


class Plan(NamedTuple):
    """The resources in the order in which they are written, the IDs by kind and name, and what is to be said."""

    resources: tuple[Resource, ...]
    ids: Mapping[tuple[str, str], Expression]
    remarks: tuple[Remark, ...]


def planned(entities: Entities, provider: str) -> Plan:
    """The resources that say what the entities say, select tags included.

    Raises UsageError for a plugin whose scope is not among the entities, which a rule refuses before.
    """
    return _Planner(with_tags(entities, entities.select_tags), terraform_provider(provider)).plan()


class _Planner:
    """Writes one resource after the other, and remembers what others refer to."""

    def __init__(self, entities: Entities, provider: TerraformProvider) -> None:
        self._entities = entities
        self._provider = provider
        self._vaults = {one.prefix: f"{provider.prefix}vault.{hcl_name(one.prefix)}" for one in entities.vaults}
        self._ids = {
            (kind, name): Resource(provider.prefix + resource, hcl_name(name), EMPTY).id
            for kind, resource, name in _referable(entities)
        }
        self._resources: list[Resource] = []
        self._remarks: list[Remark] = []

    def plan(self) -> Plan:
        for vault in self._entities.vaults:
            self._vault(vault)
        for group in self._entities.consumer_groups:
            self._entity("consumer_group", group, (group.name,), group.fields, {"name": group.name})
        for consumer in self._entities.consumers:
            self._consumer(consumer)
        for service in self._entities.services:
            self._service(service)
        for route in self._entities.routes:
            self._route(route, EMPTY)
        for plugin in self._entities.plugins:
            self._plugin(plugin, EMPTY)
        return Plan(tuple(self._resources), self._ids, tuple(self._remarks))

    def _vault(self, vault: Vault) -> None:
        fields = {**vault.fields}
        if fields.get("config") is not None:
            fields["config"] = Json(fields["config"])
        self._entity("vault", vault, (vault.prefix,), fields, {"prefix": vault.prefix})

    def _consumer(self, consumer: Consumer) -> None:
        name = consumer.username
        self._entity("consumer", consumer, (name,), consumer.fields, {"username": name})
        of_consumer = {"consumer_id": self._id("consumer", name)}
        for index, (label, credential) in enumerate(_labelled(consumer.keyauth_credentials)):
            path = ("keyauth_credentials", index)
            self._entity("key_auth", consumer, (name, label), credential, of_consumer, path=path)
        for group in consumer.groups:
            ids = {**of_consumer, "consumer_group_id": self._id("consumer_group", group)}
            self._entity("consumer_group_member", consumer, (name, group), EMPTY, ids)

    def _service(self, service: Service) -> None:
        fields = {name: value for name, value in service.fields.items() if name != "url"}
        url = service.fields.get("url")
        if url is not None:
            fields = {**service_address(url)._asdict(), **fields}
        if fields.get("client_certificate") is not None:
            fields["client_certificate"] = {"id": fields["client_certificate"]}
        self._entity("service", service, (service.name,), fields, {"name": service.name})
        for plugin in service.plugins:
            self._plugin(plugin, {"service": service.name})
        for route in service.routes:
            self._route(route, {"service": service.name})

    def _route(self, route: Route, parent: Mapping[str, str]) -> None:
        before = {"name": route.name, **self._references(parent)}
        self._entity(_resource_of(route), route, (route.name,), route.fields, before)
        for plugin in route.plugins:
            self._plugin(plugin, {"route": route.name})

    def _plugin(self, plugin: Plugin, parent: Mapping[str, str]) -> None:
        scope = {**parent, **plugin.scope}
        references = self._references(scope)
        if self._fits(plugin, scope):
            config = {"config": self._with_json(plugin.name, plugin.config, ())}
            self._entity(_own_resource(plugin), plugin, _place(scope), plugin.fields, references, config)
        else:
            before = {"name": plugin.name, **references}
            config = {"config": plugin.config}
            self._entity(CUSTOM, plugin, (plugin.name, *_place(scope)), plugin.fields, before, config)

    def _fits(self, plugin: Plugin, scope: Mapping[str, str]) -> bool:
        """Whether a plugin can be written as a resource of its own."""
        if not has_resource(plugin.name):
            return False
        provider, gateway = self._provider, self._entities.gateway
        for misfit in misfits(provider.name, plugin.name, set(scope), plugin.config, gateway):
            own, generic = provider.prefix + _own_resource(plugin), provider.prefix + CUSTOM
            message = f"{own} {misfit.why}, so the plugin becomes a {generic}"
            hint = "Terraform then checks nothing in its config"
            self._remarks.append(Remark("generic", plugin, misfit.path, message, hint))
            return False
        return True

    def _with_json(self, plugin: str, value: Any, path: Path) -> Any:
        """A config with the parts marked that the plugin's resource has as JSON text."""
        if path and is_json(self._provider.name, plugin, path):
            return Json(value)
        if isinstance(value, Mapping):
            return {name: self._with_json(plugin, item, (*path, name)) for name, item in value.items()}
        if isinstance(value, list | tuple):
            return [self._with_json(plugin, item, (*path, index)) for index, item in enumerate(value)]
        return value

    def _references(self, scope: Mapping[str, str]) -> dict[str, Any]:
        return {kind: {"id": self._id(kind, name)} for kind, name in scope.items()}

    def _id(self, kind: str, name: str) -> Expression:
        if (kind, name) not in self._ids:
            raise UsageError(f'there is no {kind.replace("_", " ")} "{name}"', hint="declare it in the manifest")
        return self._ids[kind, name]

    def _entity(
        self,
        resource: str,
        about: Any,
        name: tuple[str, ...],
        fields: Fields,
        before: Fields,
        after: Fields = EMPTY,
        *,
        path: Path = (),
    ) -> None:
        """Add a resource: an entity's own fields, between what it is called and refers to and what is long.

        `path` leads to the fields in the entity `about`.
        """
        type_, taken = self._provider.prefix + resource, arguments(resource)
        said = {name: value for name, value in fields.items() if value is not None}
        for name_ in sorted(said.keys() - set(taken)):
            message = f"{type_} has no argument `{name_}`"
            self._remark("lost", about, (*path, name_), message, "remove it, or render to another target")
        body = {**before, **{name_: said[name_] for name_ in taken if name_ in said}, **after}
        for remark in _unsayable(body):
            self._remark(remark.kind, about, (*path, *remark.path), remark.message, remark.hint)
        needed = sorted(_vaults_in(body) & self._vaults.keys() - ({name[0]} if resource == "vault" else set()))
        scope = {self._provider.scope: Expression(f"var.{self._provider.scope}")}
        depends_on = tuple(Expression(self._vaults[prefix]) for prefix in needed)
        self._resources.append(Resource(type_, hcl_name(*name), {**scope, **body}, depends_on))

    def _remark(self, kind: str, about: Any, path: Path, message: str, hint: str) -> None:
        self._remarks.append(Remark(kind, about, path, message, hint))


def _referable(entities: Entities) -> Iterator[tuple[str, str, str]]:
    """What others refer to by ID: its kind, its resource without the provider's prefix, its name."""
    for service in entities.services:
        yield "service", "service", service.name
    for route in entities.all_routes():
        yield "route", _resource_of(route), route.name
    for consumer in entities.consumers:
        yield "consumer", "consumer", consumer.username
    for group in entities.consumer_groups:
        yield "consumer_group", "consumer_group", group.name


def _resource_of(route: Route) -> str:
    return "route_expression" if route.fields.get("expression") is not None else "route"


def _own_resource(plugin: Plugin) -> str:
    return f"plugin_{plugin.name.replace('-', '_')}"


def _place(scope: Mapping[str, str]) -> tuple[str, ...]:
    """What a plugin's resource is called by: its route alone, where that says it all."""
    route = scope.get("route")
    others = [part for kind, name in scope.items() if kind != "route" for part in (kind.replace("_", "-"), name)]
    if route is None:
        return tuple(others) or (_EVERYWHERE,)
    if not others and route == _EVERYWHERE:
        return ("route", route)
    return (route, *others)


def _labelled(credentials: tuple[Fields, ...]) -> Iterator[tuple[str, Fields]]:
    """Each key with a label that tells it from others of its consumer: where it comes from, never what it is."""
    given: dict[str, int] = {}
    for index, credential in enumerate(credentials):
        key = credential.get("key")
        if isinstance(key, EnvText):
            label = "-".join(key.variables).lower().replace("_", "-")
        elif is_vault_reference(key):
            label = str(key).removeprefix("{vault://").rstrip("}")
        else:
            label = f"key-{index + 1}"
        given[label] = given.get(label, 0) + 1
        yield label if given[label] == 1 else f"{label}-{given[label]}", credential


def _vaults_in(value: Any) -> set[str]:
    """The prefixes of the vault references in a value."""
    return {prefix for _, text in _scalars(value, ()) if isinstance(text, str) and (prefix := vault_prefix(text))}


def _unsayable(body: Fields) -> Iterator[Remark]:
    """What is in the arguments of a resource that Terraform cannot say, or says otherwise."""
    for when, phases in (body.get("ordering") or {}).items():
        for phase in sorted((phases or {}).keys() - {"access"}):
            message = f"Terraform orders plugins in the phase access only, not in {phase}"
            yield Remark("lost", None, ("ordering", when, phase), message, "remove it, or render to another target")
    for index, partial in enumerate(body.get("partials") or ()):
        for name in ("id", "path"):
            if partial.get(name) is None:
                message, hint = f"Terraform needs the {name} of a partial", f"add `{name}`"
                yield Remark("lost", None, ("partials", index), message, hint)
    for path, value in _scalars(body, ()):
        if isinstance(value, float) and not math.isfinite(value):
            yield Remark("lost", None, path, f"HCL has no number {value}", "write a number")
        elif isinstance(value, str) and not is_normalized("NFC", value):
            message = "Terraform joins letters and their accents (NFC), which changes this text"
            yield Remark("changed", None, path, message, "write the joined letters in the manifest")


def _scalars(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Json):
        yield from _scalars(value.value, path)
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _scalars(item, (*path, name))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from _scalars(item, (*path, index))
    elif not isinstance(value, Expression):
        yield path, value
