"""The JSON Schemas of all plugins in all versions say what the checker says, of configs that are made at random."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from json_schemas import ODD, REFERENCE, Both, both, excuse, field_at
from jsonschema import Draft7Validator

from aicfg.catalog.plugins import Field, PluginSchema, build_schema, plugin_names
from aicfg.catalog.versions import MINORS, gateway
from aicfg.kong.check import check
from aicfg.kong.check.custom import RULES
from aicfg.kong.json_schema import plugin_json_schema
from aicfg.kong.json_schema.rules import CUSTOM

VERSIONS = ("3.6", "3.7", "3.8", "3.9", "3.10")


class Maker:
    """Makes configs from a plugin's table, and breaks them."""

    ABSENT = object()
    JUNK: tuple[Any, ...] = (
        *(None, "", [], {}, 0, 1, -1, 1.5, 2.0, 1e9, True, False, "x", "ü" * 300, REFERENCE, f"{REFERENCE}\n"),
        *([None], [1], [{}], {"unknown": 1}),
    )

    def __init__(self, at: PluginSchema) -> None:
        self.at = at
        self.random = random.Random(f"{at.name} {at.gateway}")

    def value(self, field: Field, often: float = 0.25) -> Any:
        """A value that the field accepts; its own fields are there as `often` as not required."""
        if field.referenceable and field.type != "map" and self.random.random() < often / 2:
            return REFERENCE
        if field.enum:
            return self.random.choice(field.enum)
        if field.type == "record":
            return {
                name: self.value(child, often)
                for name, child in field.fields.items()
                if self.random.random() < (0.95 if field.required else often)
            }
        if field.type in ("array", "set"):
            return [self.value(field.elements, often) if field.elements else 1]
        if field.type == "map":
            return {"key": self.value(field.values, often) if field.values else 1}
        if field.type in ("integer", "number"):
            return int(field.min) if field.min is not None else int(field.gt or 0) + 1
        texts = {"url": "http://a.b/c", "host": "a.b", None: f"{field.starts_with or ''}abcdefgh"}
        return {"string": texts[field.format], "boolean": self.random.random() < 0.5, "json": {}}[field.type]

    def repaired(self, config: Any, tries: int = 20) -> Any:
        """The config with what the checker misses filled in, as far as that goes."""
        for _ in range(tries):
            missing = next(iter(check(self.at, config)), None)
            if missing is None:
                break
            path = missing.path
            if missing.kind == "at-least-one-of":
                path = (*path, self.random.choice(list(field_at(self.at.root, path).fields)))
            self._fill(config, path[1:], empty=missing.kind == "mutually-exclusive")
        return config

    def _fill(self, node: Any, path: tuple[str | int, ...], *, empty: bool) -> None:
        field = self.at.config
        for part in path[:-1]:
            field = field_at(field, (part,))
            if isinstance(node, dict) and not isinstance(node.get(part), dict | list):
                node[part] = {}
            node = node[part]
        if path and isinstance(node, dict):
            node[path[-1]] = None if empty else self.value(field_at(field, path[-1:]), 0)

    def broken(self, config: Any) -> Any:
        """The config with one thing in it replaced or taken out."""
        box = {"config": config}
        holder, key, field = self.random.choice(list(places(box, "config", self.at.config)))
        kind = self.random.random()
        if kind < 0.25 and isinstance(holder, dict):
            holder.pop(key, None)
        elif kind < 0.5 and field:
            holder[key] = self.value(field)
        elif kind < 0.6 and field and field.enum:
            holder[key] = self.random.choice(field.enum)
        else:
            holder[key] = json.loads(json.dumps(self.random.choice(self.JUNK)))
        return box.get("config")

    def config(self) -> Any:
        config = self.repaired(self.value(self.at.config))
        for _ in range(self.random.choice([0, 1, 1, 2, 3])):
            config = self.broken(config)
        return config


def places(holder: Any, key: Any, field: Field | None) -> Iterator[tuple[Any, Any, Field | None]]:
    """Every value in a config, and every field that it could have: what holds it, its key, its field."""
    yield holder, key, field
    value = holder[key]
    if isinstance(value, dict):
        for name in list(value):
            yield from places(value, name, (field.fields.get(name) or field.values) if field else None)
        absent = field.fields.items() if field else ()
        yield from ((value, name, child) for name, child in absent if name not in value)
    elif isinstance(value, list):
        for index in range(len(value)):
            yield from places(value, index, field.elements if field else None)


GATEWAYS = [*((version, "enterprise") for version in MINORS), *((version, "oss") for version in VERSIONS)]


@pytest.mark.parametrize(("version", "edition"), GATEWAYS)
def test_the_checker_says_the_same_of_configs_made_at_random(version: str, edition: str) -> None:
    verdicts = {True: 0, False: 0}
    for plugin in plugin_names():
        at = both(plugin, version, edition)
        if not at.own.available:
            continue
        maker = Maker(at.own)
        for _ in range(30):
            config = maker.config()
            valid = at.validator.is_valid(config)
            verdicts[valid] += 1
            assert at.agree(config) or (valid and excuse(at.own, config)), (plugin, config)
    assert min(verdicts.values()) > 50


@pytest.mark.parametrize("plugin", plugin_names())
def test_each_plugin_has_a_valid_schema_that_takes_a_small_config(plugin: str) -> None:
    at = both(plugin)
    Draft7Validator.check_schema(at.published)
    smallest = Maker(at.own).repaired({}, tries=300)
    assert list(check(at.own, smallest)) == []
    assert at.validator.is_valid(smallest), smallest
    assert not at.validator.is_valid({**smallest, "unknown": 1})
    assert at.agree(None)
    assert at.agree([])


@pytest.mark.parametrize("plugin", plugin_names())
def test_each_definition_is_there_and_used(plugin: str) -> None:
    published = both(plugin).published
    used = set(re.findall(r'"#/definitions/([^"]+)"', json.dumps(published)))
    assert used == set(published.get("definitions", {}))


def test_it_can_say_what_only_later_plugins_may_have() -> None:
    own = build_schema("odd", yaml.safe_load(ODD), gateway("3.12"))
    at = Both(own, published := plugin_json_schema(own), Draft7Validator(published))
    maker, verdicts = Maker(own), {True: 0, False: 0}
    maker.JUNK = (*maker.JUNK, "/a", "/a//b", "a", "üüüü", "üü", [1, 1, 2], [1, 2, 3], ["a"], {"a": 1, "b": 2})
    for _ in range(4000):
        config = maker.config()
        valid = at.validator.is_valid(config)
        verdicts[valid] += 1
        choices = config.get("choices") if isinstance(config, dict) else None
        too_many = isinstance(choices, list) and len(choices) > 2
        assert at.agree(config) or (valid and (too_many or excuse(own, config))), config
    assert min(verdicts.values()) > 500


def test_all_custom_checks_that_aicfg_knows_are_said() -> None:
    assert set(CUSTOM) == set(RULES)
