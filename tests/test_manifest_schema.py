"""The manifest's JSON Schema itself: complete, sound, and naming all of Kong's fields."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft7Validator
from shapes import (
    EXAMPLES,
    KEYS,
    PARTS,
    SCHEMA,
    resolved,
)

from aicfg.catalog.plugins import Field, plugin_schema
from aicfg.catalog.versions import gateway
from aicfg.manifest.shape import problems_at
from aicfg.manifest.shape_tables import SchemaError, compile_schema, manifest_node


class TestTheSchema:
    def test_is_a_draft_7_schema(self) -> None:
        assert SCHEMA["$schema"] == "http://json-schema.org/draft-07/schema#"
        Draft7Validator.check_schema(SCHEMA)

    @pytest.mark.parametrize("word", ["title", "description", "examples"])
    def test_explains_every_key(self, word: str) -> None:
        assert [pointer for pointer, part in KEYS.items() if not resolved(part).get(word)] == []

    def test_has_examples_that_hold(self) -> None:
        for pointer, example in EXAMPLES:
            part = {"$ref": pointer, "definitions": SCHEMA["definitions"], "properties": SCHEMA["properties"]}
            schema = SCHEMA if pointer == "#" else part
            assert list(Draft7Validator(schema).iter_errors(example)) == [], (pointer, example)
            assert list(problems_at(compile_schema(SCHEMA, pointer), example)) == [], (pointer, example)

    def test_uses_each_of_its_definitions(self) -> None:
        text = json.dumps(SCHEMA)
        assert [name for name in SCHEMA["definitions"] if f'"#/definitions/{name}"' not in text] == []

    def test_compiles_everywhere(self) -> None:
        for pointer in PARTS:
            assert compile_schema(SCHEMA, pointer) is not None

    def test_judges_nothing_that_kong_judges(self) -> None:
        """Where `x-aicfg-type` notes Kong's type, no keyword but those that lead further in may stand."""
        noted = {pointer: part.keys() for pointer, part in PARTS.items() if "x-aicfg-type" in part}
        words = {"x-aicfg-type", "title", "description", "$comment", "examples", "properties", "items"}
        assert {pointer: keys - words for pointer, keys in noted.items() if keys - words} == {}

    def test_takes_in_defaults_what_a_route_takes(self) -> None:
        own = (
            SCHEMA["definitions"]["route"]["properties"].keys() - SCHEMA["definitions"]["defaults"]["properties"].keys()
        )
        assert own == {"provider", "model", "model_alias", "targets", "path", "paths", "expression", "priority", "id"}

    @pytest.mark.parametrize(
        "schema",
        [
            {"maxLength": 3},
            {"properties": {"a": {"oneOf": []}}},
            {"items": {"type": "string", "format": "uri"}},
            {"definitions": {"a": {"not": {}}}},
            {"properties": {"a": {"$ref": "#/definitions/b", "description": "lost"}}, "definitions": {"b": {}}},
        ],
    )
    def test_fails_at_load_for_what_the_walk_does_not_check(self, schema: dict[str, Any]) -> None:
        with pytest.raises(SchemaError):
            compile_schema(schema)

    def test_fails_for_a_contradiction(self) -> None:
        schema = {"allOf": [{"$ref": "#/definitions/a"}], "type": "array", "definitions": {"a": {"type": "object"}}}
        with pytest.raises(SchemaError):
            compile_schema(schema)

    def test_is_compiled_once(self) -> None:
        assert manifest_node() is manifest_node()


def kongs(plugin: str, path: str) -> Field:
    """A field of the newest version of a plugin; `[]` in the path goes on in the entries of a list."""
    found = plugin_schema(plugin, gateway("3.15.0.4")).config
    for part in filter(None, path.split(".")):
        inner = found.fields[part.removesuffix("[]")]
        found = inner.elements if part.endswith("[]") and inner.elements else inner
    return found


def departures(field: Field, schema: dict[str, Any], path: str = "") -> Iterator[str]:
    """Where a part of the manifest's schema does not name a field of Kong's, or notes another type for it."""
    known = schema.get("properties", {})
    for name, inner in field.fields.items():
        part = resolved(known.get(name, {}))
        if part.get("x-aicfg-type") != inner.type:
            yield f"{path}{name}: {inner.type}"
        if inner.fields:
            yield from departures(inner, part, f"{path}{name}.")
        if inner.elements and inner.elements.fields:
            yield from departures(inner.elements, part.get("items", {}), f"{path}{name}[].")


class TestKongsOwnFields:
    @pytest.mark.parametrize(
        ("definition", "plugin", "path"),
        [
            ("options", "ai-proxy-advanced", "targets[].model.options"),
            ("auth", "ai-proxy-advanced", "targets[].auth"),
            ("logging", "ai-proxy-advanced", "targets[].logging"),
            ("balancer", "ai-proxy-advanced", "balancer"),
            ("vectordb", "ai-proxy-advanced", "vectordb"),
            ("acls", "ai-proxy-advanced", "acls"),
            ("redis_connection", "ai-rate-limiting-advanced", "redis"),
        ],
    )
    def test_are_all_named(self, definition: str, plugin: str, path: str) -> None:
        assert list(departures(kongs(plugin, path), SCHEMA["definitions"][definition])) == []

    @pytest.mark.parametrize(
        ("shorthand", "plugin", "other_words"),
        [
            ("guard", "ai-prompt-guard", {"deny_patterns", "allow_patterns"}),
            ("semantic_guard", "ai-semantic-prompt-guard", {"rules", "search", "embeddings", "vectordb"}),
            ("decorate", "ai-prompt-decorator", {"prompts"}),
            ("template", "ai-prompt-template", {"templates"}),
            ("rate_limit", "ai-rate-limiting-advanced", {"llm_providers"}),
            ("semantic_cache", "ai-semantic-cache", {"embeddings", "vectordb"}),
            ("content_safety", "ai-azure-content-safety", {"content_safety_url", "content_safety_key", "categories"}),
            ("transform_request", "ai-request-transformer", {"prompt", "llm"}),
            ("transform_response", "ai-response-transformer", {"prompt", "llm"}),
        ],
    )
    def test_are_all_named_in_a_shorthand_but_for_those_that_it_says_otherwise(
        self, shorthand: str, plugin: str, other_words: set[str]
    ) -> None:
        missing = {line.split(":")[0] for line in departures(kongs(plugin, ""), SCHEMA["definitions"][shorthand])}
        assert {name.partition(".")[0].partition("[")[0] for name in missing} == other_words
