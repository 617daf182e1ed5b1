"""The manifest's JSON Schema, compiled once into tables that a walk can follow.

Only the keywords that the schema uses are known; any other fails at load, so that what editors check and what aicfg
checks cannot drift apart.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple

Schema = Mapping[str, Any]

_CLASSES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    "string": (str,),
    "boolean": (bool,),
    "integer": (int, float),
    "number": (int, float),
    "null": (type(None),),
}
_ALL_CLASSES = frozenset(each for classes in _CLASSES.values() for each in classes)

_ANNOTATIONS = frozenset({"$schema", "$comment", "title", "description", "examples", "x-aicfg-type"})
_LISTED = frozenset({"enum", "const"})
_CHECKS_OF: dict[type, frozenset[str]] = {
    str: _LISTED | {"pattern", "minLength"},
    int: _LISTED | {"minimum"},
    float: _LISTED | {"minimum"},
    list: _LISTED | {"items", "minItems"},
    dict: _LISTED | {"required", "propertyNames", "properties", "additionalProperties"},
}
_CHECKS = frozenset({"type"}).union(*_CHECKS_OF.values())
_KEYWORDS = _ANNOTATIONS | _CHECKS | {"$ref", "allOf", "definitions"}
_OF_SCHEMAS = frozenset({"properties", "definitions"})
_OF_ONE_SCHEMA = frozenset({"additionalProperties", "items", "propertyNames"})


class Kinds(NamedTuple):
    """Which kinds of value a place takes.

    `classes` are the Python classes that may stand there (None: any); values of a class in `settled` need no further
    look, and a text needs none beyond "is it a yes or no" where `free_text` says so. `takes_text` tells that any text
    may stand there, `wants_text` that nothing else may, `wants_boolean` that a boolean may: also where Kong judges the
    value itself. `whole` tells that a float has to be a whole number.
    """

    classes: frozenset[type] | None
    settled: frozenset[type]
    free_text: bool
    takes_text: bool
    wants_text: bool
    wants_boolean: bool
    whole: bool


class Node(NamedTuple):
    """What the schema says about the values at one place. `about` is that schema itself, for messages."""

    about: Schema
    kinds: Kinds
    properties: Mapping[str, Node]
    rest: Node | None
    closed: bool
    items: Node | None
    names: Node | None


class Properties(dict[str, Node]):
    """The known keys of a map, each compiled when it is first looked at: a manifest uses few of them."""

    def __init__(self, compiler: _Compiler, schemas: Mapping[str, Schema]) -> None:
        super().__init__()
        self._compiler = compiler
        self._schemas = schemas

    def __missing__(self, key: str) -> Node:
        """Raises KeyError for a key that the schema does not know."""
        node = self[key] = self._compiler.node(self._schemas[key])
        return node


class SchemaError(ValueError):
    """The schema says something that the walk would not check: a bug in aicfg."""


@cache
def manifest_node() -> Node:
    """The table for a whole manifest."""
    with open(schema_file("manifest.schema.json"), "rb") as stream:
        return _Compiler(json.load(stream)).at("#")  # not `compile_schema`: the tests have looked at its keywords


def compile_schema(schema: Schema, pointer: str = "#") -> Node:
    """The table for a JSON Schema, or for the part of it that a JSON pointer leads to.

    Raises SchemaError for a keyword that the walk does not know, anywhere in the schema.
    """
    _check_keywords(schema)
    return _Compiler(schema).at(pointer)


def _check_keywords(schema: Schema) -> None:
    if not schema.keys() <= _KEYWORDS:
        raise SchemaError(f"unknown keywords: {', '.join(sorted(schema.keys() - _KEYWORDS))}")
    if "$ref" in schema and len(schema) > 1:
        raise SchemaError(f"what stands beside $ref {schema['$ref']} has no effect")
    for keyword in _OF_SCHEMAS & schema.keys():
        for part in schema[keyword].values():
            _check_keywords(part)
    for keyword in _OF_ONE_SCHEMA & schema.keys():
        if isinstance(schema[keyword], dict):
            _check_keywords(schema[keyword])


class _Compiler:
    """Turns places of one schema into nodes; a place that is referred to becomes one node, shared by all."""

    def __init__(self, root: Schema) -> None:
        self._root = root
        self._nodes: dict[str, Node] = {}

    def at(self, pointer: str) -> Node:
        """The node of the place that a `$ref` points at."""
        if pointer not in self._nodes:
            self._nodes[pointer] = self.node(self._find(pointer))
        return self._nodes[pointer]

    def node(self, schema: Schema) -> Node:
        if "$ref" in schema:
            return self.at(schema["$ref"])
        if "allOf" in schema:
            schema = self._merged(schema)
        return Node(
            schema,
            _kinds(_types(schema), schema.get("x-aicfg-type"), frozenset(schema.keys() & _CHECKS)),
            Properties(self, schema.get("properties", {})),
            self._part(schema, "additionalProperties"),
            schema.get("additionalProperties") is False,
            self._part(schema, "items"),
            self._part(schema, "propertyNames"),
        )

    def _part(self, schema: Schema, keyword: str) -> Node | None:
        part = schema.get(keyword)
        return self.node(part) if isinstance(part, dict) else None

    def _merged(self, schema: Schema) -> Schema:
        """A schema that narrows the one that its allOf refers to: fewer types, more required keys, other words."""
        (reference,) = schema["allOf"]
        base = self._find(reference["$ref"])
        own = {key: value for key, value in schema.items() if key != "allOf"}
        clash = own.keys() & base.keys() & (_CHECKS - {"type"})
        if clash or not _types(own) <= (_types(base) or _CLASSES.keys()):
            raise SchemaError(f"an allOf may narrow {reference['$ref']}, not contradict it")
        return {**base, **own}

    def _find(self, pointer: str) -> Schema:
        found: Any = self._root
        for part in pointer.removeprefix("#").split("/")[1:]:
            found = found[part]
        return found  # type: ignore[no-any-return]


@cache
def _kinds(types: frozenset[str], noted: str | None, checks: frozenset[str]) -> Kinds:
    """The kinds that a schema with these types, this `x-aicfg-type` and these keywords takes."""
    classes = frozenset(each for name in types for each in _CLASSES[name]) if types else None
    wants_text = noted == "string" or ("string" in types and not types & {"boolean", "integer", "number"})
    wants_boolean = noted == "boolean" or "boolean" in types
    whole = "integer" in types and "number" not in types
    settled = {each for each in classes or _ALL_CLASSES if not checks & _CHECKS_OF.get(each, _LISTED)}
    if whole:
        settled.discard(float)
    free_text = str in settled
    if wants_text or wants_boolean:
        settled.discard(str)
    takes_text = wants_text or (str in (classes or ()) and free_text)
    return Kinds(classes, frozenset(settled), free_text, takes_text, wants_text, wants_boolean, whole)


def _types(schema: Schema) -> frozenset[str]:
    types = schema.get("type", ())
    return frozenset((types,) if isinstance(types, str) else types)
