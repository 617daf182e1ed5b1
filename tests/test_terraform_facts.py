"""The facts in `schemas/terraform.yaml`, held against the schemas of Kong's providers where these are there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from hashicorp import SHARED

from aicfg.catalog.data import load
from aicfg.catalog.plugins import Field, plugin_names, plugin_schema
from aicfg.catalog.terraform import (
    arguments,
    has_resource,
    is_json,
    misfits,
    pattern,
    provider_names,
    terraform_provider,
)
from aicfg.catalog.versions import MINORS, gateway
from aicfg.resources import schema_file
from aicfg.source import Path

Attributes = Mapping[str, Mapping[str, Any]]
SCOPES = ("service", "route", "consumer", "consumer_group")
SAMPLES: Mapping[str, Any] = {"string": "x", "integer": 1, "number": 1.5, "boolean": True, "json": {}, "map": {}}
ROWS: Mapping[str, Any] = load(schema_file("terraform.yaml"))
OTHERS = tuple(ROWS["plugins"])

each_provider = pytest.mark.parametrize("provider", provider_names())


@cache
def schemas() -> dict[str, dict[str, Any]]:
    file = SHARED / "data" / "terraform-schema.json"
    if not file.is_file():
        pytest.skip(
            "data/terraform-schema.json is not beside this checkout; AICFG_SHARED names the folder that holds it"
        )
    read: dict[str, dict[str, Any]] = json.loads(file.read_text(encoding="utf-8"))
    return read


def attributes_of(provider: str, resource: str) -> Attributes:
    found: Attributes = schemas()[provider][terraform_provider(provider).prefix + resource]
    return found


def tops(attributes: Attributes) -> set[str]:
    """The arguments of a resource that can be set."""
    return {name for name, row in attributes.items() if re.fullmatch(r"\w+", name) and row["mode"] != "computed"}


def resource_of(plugin: str) -> str:
    return f"plugin_{plugin.replace('-', '_')}"


def uses(field: Field, path: Path) -> Iterator[tuple[Path, Any]]:
    """Each field below a field, with a value for it; the path leads to the value."""
    for name, child in field.fields.items():
        yield from _use(child, (*path, name))


def _use(field: Field, path: Path) -> Iterator[tuple[Path, Any]]:
    if field.type == "record":
        yield path, {}
        yield from uses(field, path)
    elif field.type in ("array", "set"):
        yield path, []
        if field.elements is not None:
            yield from _use(field.elements, (*path, 0))
    else:
        yield path, field.enum[0] if field.enum else SAMPLES[field.type]


def holding(path: Path, value: Any) -> Any:
    """A config that holds a value at a path."""
    for part in reversed(path):
        value = [value] if isinstance(part, int) else {part: value}
    return value


@each_provider
def test_the_provider_is_the_one_that_its_schema_is_of(provider: str) -> None:
    about, known = schemas()[provider]["__provider__"], terraform_provider(provider)
    assert known.source == about["source"]
    assert known.version == f"~> {about['version'].rpartition('.')[0]}"
    assert known.prefix.startswith(about["type_prefix"])


@each_provider
@pytest.mark.parametrize(
    "resource",
    [
        *("service", "route", "route_expression", "consumer", "consumer_group", "vault", "key_auth"),
        *("plugin_ai_proxy", "custom_plugin"),
    ],
)
def test_a_resource_takes_the_arguments_that_it_is_given(provider: str, resource: str) -> None:
    """All, but for sugar, times, and what code adds."""
    added = {"created_at", "updated_at", "url", "consumer_id", *SCOPES, terraform_provider(provider).scope}
    if "plugin" in resource:
        added |= {"name", "config"}
    assert set(arguments(resource)) == tops(attributes_of(provider, resource)) - added


@each_provider
@pytest.mark.parametrize("plugin", plugin_names())
@pytest.mark.parametrize("version", MINORS)
def test_the_exceptions_for_ai_plugins_are_all_that_their_resources_lack(
    provider: str, plugin: str, version: str
) -> None:
    schema = plugin_schema(plugin, gateway(version))
    if not schema.available:
        return
    attributes = attributes_of(provider, resource_of(plugin))
    assert has_resource(plugin)
    for path, value in uses(schema.config, ()):
        if path[-1] == 0:
            continue
        row = attributes.get(f"config.{pattern(path)}")
        kind = row["type"] if row else None
        fits = row is not None and kind.startswith(("list", "set")) <= isinstance(value, list)
        found = list(misfits(provider, plugin, set(), holding(path, value), schema.gateway))
        assert fits == (not found), (path, found)
        if fits and not isinstance(value, list):
            assert is_json(provider, plugin, path) == (kind == "json-string"), path


@each_provider
@pytest.mark.parametrize("plugin", plugin_names())
def test_every_value_that_an_ai_plugin_takes_fits_its_resource_or_is_an_exception(provider: str, plugin: str) -> None:
    schema = plugin_schema(plugin, gateway("3.15"))
    attributes = attributes_of(provider, resource_of(plugin))

    def check(field: Field, path: Path) -> None:
        taken = attributes.get(f"config.{pattern(path)}", {}).get("enum")
        for value in field.enum:
            found = list(misfits(provider, plugin, set(), holding(path, value), schema.gateway))
            assert (taken is None or value in taken) == (not found), (path, value)
        for name, child in field.fields.items():
            check(child, (*path, name))

    check(schema.config, ())


@each_provider
@pytest.mark.parametrize("plugin", plugin_names())
def test_what_an_ai_plugin_can_be_limited_to_its_resource_can_name(provider: str, plugin: str) -> None:
    schema = plugin_schema(plugin, gateway("3.15"))
    assert {scope for scope in SCOPES if schema.scopes[scope]} == tops(
        attributes_of(provider, resource_of(plugin))
    ) & set(SCOPES)
    for scope in SCOPES:
        found = list(misfits(provider, plugin, {scope}, {}, schema.gateway))
        assert bool(found) != schema.scopes[scope]


@each_provider
@pytest.mark.parametrize("plugin", OTHERS)
def test_the_fields_of_other_plugins_are_those_of_their_resources(provider: str, plugin: str) -> None:
    attributes = attributes_of(provider, resource_of(plugin))
    target = gateway("3.15")
    for name in attributes:
        if name.startswith("config."):
            path = tuple(name.removeprefix("config.").replace("[]", "").split("."))
            fits = not list(misfits(provider, plugin, set(), holding(path, 1), target))
            assert fits or name not in schemas()["kong-gateway"][f"kong-gateway_{resource_of(plugin)}"], name
    for path in fields_in(ROWS["plugins"][plugin]["config"], ()):
        assert ".".join(("config", *path)) in {name.replace("[]", "") for name in attributes}
        assert list(misfits(provider, plugin, set(), holding((*path[:-1], "no-such-field"), 1), target))
    assert {scope for scope in SCOPES if not list(misfits(provider, plugin, {scope}, {}, target))} == tops(
        attributes
    ) & set(SCOPES)


def fields_in(tree: Any, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(tree, str):
        tree = ROWS["shared"][tree]
    for name, inner in tree.items():
        yield (*path, name)
        yield from fields_in(inner or {}, (*path, name))
