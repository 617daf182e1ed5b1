"""A plugin's own schema beside the JSON Schema that comes of it, and why the two may part."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from jsonschema import Draft7Validator

from aicfg.catalog.plugins import Field, PluginSchema, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.kong.check import Violation, check
from aicfg.kong.json_schema import as_text, plugin_json_schema

REFERENCE = "{vault://env/key}"

ODD = """
title: Odd
about: Has what no plugin of today has together.
since: "3.6"
scopes: {}
config:
  type: record
  required: true
  fields:
    path: {type: string, starts_with: "/", match_none: ["//"]}
    secret: {type: string, len_min: 8, len_max: 20, referenceable: true}
    kinds: {type: map, keys: {type: string}, values: {type: string, enum: [a, b]}}
    few: {type: map, len_min: 1, len_max: 1, values: {type: integer}}
    anything: {type: json, required: true}
    list: {type: array, elements: {type: json}}
    choices: {type: set, len_min: 1, len_max: 2, elements: {type: integer, min: 1, max: 3}}
    port: {type: integer, min: 1, referenceable: true}
    mode: {type: string, enum: [a, b, c]}
    inner: {type: record, fields: {mode: {type: string, enum: [a, b], default: a}, text: {type: string}}}
  checks:
    - {if: {mode: [a]}, then: {inner.mode: [b]}}
    - {if: {mode: b}, then: {port: {required: true}}}
    - {if: {mode: {not_one_of: [a, b]}}, needs: [inner.text, secret]}
    - {either: [path], or: [kinds, few]}
    - {all_or_none: [port, secret]}
"""


class Both(NamedTuple):
    """A plugin's own schema, and the JSON Schema that comes of it."""

    own: PluginSchema
    published: dict[str, Any]
    validator: Draft7Validator

    def agree(self, config: object) -> bool:
        return self.validator.is_valid(config) == (not list(check(self.own, config)))


@cache
def both(plugin: str, version: str = "3.15", edition: str = "enterprise") -> Both:
    own = plugin_schema(plugin, gateway(version, edition))
    published = json.loads(as_text(plugin_json_schema(own)))
    return Both(own, published, Draft7Validator(published))


# ── what it cannot say ──


def value_at(config: Any, path: tuple[str | int, ...]) -> Any:
    for part in path[1:]:
        config = config[part]
    return config


def field_at(record: Field, path: tuple[str | int, ...]) -> Field:
    for part in path:
        found = record.elements if isinstance(part, int) else record.fields.get(part, record.values)
        assert found is not None
        record = found
    return record


def is_about_bytes(at: PluginSchema, config: Any, violation: Violation) -> bool:
    """Whether a text has the right length in characters, and the wrong one in bytes."""
    if violation.kind != "wrong-length":
        return False
    text, field = value_at(config, violation.path), field_at(at.root, violation.path)
    return isinstance(text, str) and not text.isascii() and len(text) <= (field.len_max or len(text))


EXCUSES: dict[str, Callable[[PluginSchema, Any, Violation], bool]] = {"byte-length": is_about_bytes}
"""How to see that a refusal is one that JSON Schema has no words for."""


def excuse(at: PluginSchema, config: Any) -> str | None:
    """The one reason why JSON Schema may accept what the checker refuses, or None."""
    found = list(check(at, config))
    for name, holds in EXCUSES.items():
        if found and all(holds(at, config, violation) for violation in found):
            return name
    return None
