"""Puts what a schema says several times into its definitions."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.kong.json_schema.conditions import Schema

_WORTH = 200
"""Characters from which on a definition makes the schema easier to read."""


class _Place(NamedTuple):
    name: str
    text: str
    schema: Schema


def share(schema: Schema) -> tuple[Schema, dict[str, Schema]]:
    """The schema with its repeated records replaced by references, and the definitions of these by name.

    A definition is called after the first field that has it; later ones of that name are numbered.
    """
    definitions: dict[str, Schema] = {}
    while found := _largest_repeated([schema, *definitions.values()]):
        number = sum(name.partition("-")[0] == found.name for name in definitions)
        name = f"{found.name}-{number + 1}" if number else found.name
        schema = _replaced(schema, found, name)
        definitions = {key: _replaced(value, found, name) for key, value in definitions.items()}
        definitions[name] = found.schema
    return schema, dict(sorted(definitions.items()))


def _largest_repeated(schemas: list[Schema]) -> _Place | None:
    seen: dict[str, _Place] = {}
    repeated: list[_Place] = []
    for schema in schemas:
        for place in _records(schema, ""):
            if len(place.text) >= _WORTH and place.text in seen:
                repeated.append(seen[place.text])
            seen.setdefault(place.text, place)
    return max(repeated, key=lambda place: len(place.text), default=None)


def _records(schema: Schema, name: str) -> Iterator[_Place]:
    """All records below a schema, named after the fields that hold them."""
    for key, child in _children(schema):
        if "properties" in child:
            yield _Place(key or name, json.dumps(child, sort_keys=True), child)
        yield from _records(child, key or name)


def _children(schema: Schema) -> Iterator[tuple[str, Schema]]:
    yield from schema.get("properties", {}).items()
    for keyword in ("items", "additionalProperties"):
        if isinstance(schema.get(keyword), dict):
            yield "", schema[keyword]


def _replaced(schema: Any, found: _Place, name: str) -> Any:
    if isinstance(schema, list):
        return [_replaced(item, found, name) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if "properties" in schema and json.dumps(schema, sort_keys=True) == found.text:
        return {"$ref": f"#/definitions/{name}"}
    return {key: _replaced(value, found, name) for key, value in schema.items()}
