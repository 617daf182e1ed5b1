"""The parts of a manifest and their keys, as its JSON Schema describes them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple

Schema = Mapping[str, Any]

TOP = "manifest"
"""The name of the part that is the manifest itself."""

_LAST = ("defaults", "environments")
"""Keys of the top level whose parts repeat what other parts have, and so come behind them in this order."""

_NOUNS = {
    "object": "map",
    "record": "map",
    "map": "map",
    "array": "list",
    "string": "text",
    "boolean": "true or false",
    "integer": "whole number",
    "number": "number",
}
_CLASSES: dict[type, str] = {dict: "map", list: "list", str: "text", int: "number", float: "number"}
_PLURAL = {"map": "maps", "text": "texts", "number": "numbers", "whole number": "whole numbers"}

_STAND_IN = r"^\$\{var:"
"""How the pattern begins of a text that only stands for a number or a boolean."""

_NOTE = re.compile(r"((?:Kong's|aicfg's) default: .*|Default: .*|Since 3\..*|Enterprise(?:, since 3\..*| only))\.")
"""Sentences of a description that tell facts about a key rather than what it does."""


class Key(NamedTuple):
    """A key of a part.

    `path` leads to it from the part (`allow[].match[].type`, `providers.<name>.limit`), `type` says what it takes,
    `about` what it is and `notes` its default and since when it is there. `part` names the part that stands in it,
    `many` tells that several stand there, in a list or by name.
    """

    path: str
    type: str
    about: str
    notes: tuple[str, ...]
    required: bool
    examples: tuple[Any, ...]
    part: str | None = None
    many: bool = False

    @property
    def name(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def inside(self) -> str:
        """The path of what stands in it."""
        return self.path if not self.many else self.path + ("[]" if self.type.startswith("list") else ".<name>")


class Part(NamedTuple):
    """A map of the manifest that has keys of its own.

    `key` leads to it from the part around it (`targets[]`, `routes.<name>`), the first of these where there are
    several; `places` are where it may stand.
    """

    name: str
    title: str
    about: str
    notes: tuple[str, ...]
    examples: tuple[Any, ...]
    keys: tuple[Key, ...]
    key: str = ""
    places: tuple[str, ...] = ()


@cache
def parts() -> Mapping[str, Part]:
    """All parts by name, the manifest first, then in the order in which they are met in it."""
    schema = _schema()
    made = {TOP: _part(TOP, schema)}
    top = made[TOP].keys
    for key in sorted(top, key=lambda key: _LAST.index(key.path) if key.path in _LAST else -1):
        _add(made, key)
    uses: dict[str, list[tuple[str, str]]] = {name: [] for name in made}
    for part in made.values():
        for key in part.keys:
            if key.part is not None and part.name != "environment":
                uses[key.part].append((part.name, key.inside))
    return MappingProxyType({name: _with_places(part, uses) for name, part in made.items()})


def _add(made: dict[str, Part], key: Key) -> None:
    """Add the part that stands in a key, and those that stand in it."""
    if key.part is not None and key.part not in made:
        made[key.part] = _part(key.part, _schema()["definitions"][key.part])
        for inner in made[key.part].keys:
            _add(made, inner)


def _with_places(part: Part, uses: Mapping[str, list[tuple[str, str]]]) -> Part:
    places = _places(part.name, uses)
    return part._replace(key=uses[part.name][0][1], places=places) if places else part


def _places(name: str, uses: Mapping[str, list[tuple[str, str]]]) -> tuple[str, ...]:
    """Where a part may stand. A place in another part begins at the top where that part has one place only."""
    found = []
    for parent, path in uses[name]:
        above = _places(parent, uses)
        start = "" if parent == TOP else f"{above[0]}." if len(above) == 1 else f"{parent}."
        found.append(start + path)
    return tuple(found)


@cache
def _schema() -> Schema:
    with open(schema_file("manifest.schema.json"), "rb") as stream:
        return json.load(stream)  # type: ignore[no-any-return]


def _part(name: str, schema: Schema) -> Part:
    about, notes = _split(schema["description"])
    inner = schema.get("items", schema)
    keys = tuple(_keys(inner, "", _required(name, inner)))
    return Part(name, schema["title"], about, notes, tuple(schema["examples"]), keys)


def _required(name: str, schema: Schema) -> tuple[str, ...]:
    """The keys that a part has to have. A part that environments change has them at the top level only."""
    for key in _schema()["properties"].values():
        rest = key.get("additionalProperties")
        if isinstance(rest, dict) and rest.get("allOf") == [{"$ref": f"#/definitions/{name}"}]:
            return tuple(rest.get("required", ()))
    return tuple(schema.get("required", ()))


def _keys(schema: Schema, prefix: str, required: tuple[str, ...]) -> Iterator[Key]:
    for name, said in schema["properties"].items():
        about, part = _resolved(said)
        inner, step = about, ""
        if part is None:
            inner, part, step = _inside(about)
        text, notes = _split(about["description"])
        path = prefix + name
        many = part is not None and (bool(step) or "items" in about)
        yield Key(path, _type(about), text, notes, name in required, tuple(about["examples"]), part, many)
        if part is None and inner.get("properties"):
            yield from _keys(inner, f"{path}{step}.", tuple(inner.get("required", ())))


def _inside(schema: Schema) -> tuple[Schema, str | None, str]:
    """What stands in a key: its schema, the part that it is, and the step that leads there."""
    for keyword, step in (("items", "[]"), ("additionalProperties", ".<name>")):
        if isinstance(schema.get(keyword), dict):
            inner, part = _resolved(schema[keyword])
            return inner, part, step
    return schema, None, ""


def _resolved(schema: Schema) -> tuple[Schema, str | None]:
    """A schema without references, and the name of the part that it is."""
    part = None
    while "$ref" in schema or "allOf" in schema:
        pointer = schema.get("$ref") or schema["allOf"][0]["$ref"]
        schema = _schema()
        for step in pointer.split("/")[1:]:
            schema = schema[step]
        part = pointer.rpartition("/definitions/")[2]
    is_part = part in _schema()["definitions"] and _has_keys(schema)
    return schema, part if is_part else None


def _has_keys(schema: Schema) -> bool:
    return bool(schema.get("properties") or schema.get("items", {}).get("properties"))


def _type(schema: Schema) -> str:
    """What a key takes, in words."""
    if "const" in schema:
        return json.dumps(schema["const"])
    choices = [choice for choice in schema.get("enum", ()) if choice is not None]
    if choices:
        return " or ".join(choices) if len(choices) <= 3 else f"one of {', '.join(choices)}"
    nouns = dict.fromkeys(_nouns(schema))
    return " or ".join(nouns) if nouns else "anything"


def _nouns(schema: Schema) -> Iterator[str]:
    types = schema.get("type", schema.get("x-aicfg-type", ()))
    for name in [types] if isinstance(types, str) else types:
        if name == "null" or (name == "string" and schema.get("pattern", "").startswith(_STAND_IN)):
            continue
        by_name = isinstance(schema.get("additionalProperties"), dict)
        yield _list_of(schema) if name == "array" else "map by name" if by_name else _NOUNS[name]
    if "x-aicfg-type" in schema:  # Kong judges the value, and aicfg takes other forms of it as well
        noted = _NOUNS[schema["x-aicfg-type"]]
        for example in schema["examples"]:
            other = _CLASSES.get(type(example), noted)
            if other not in noted and noted != "list":
                yield f"list of {_PLURAL[noted]}" if other == "list" else other


def _list_of(schema: Schema) -> str:
    inner = _resolved(schema.get("items", {}))[0]
    nouns = list(_nouns({"examples": (), **inner})) if inner else []
    return f"list of {' or '.join(_PLURAL.get(noun, noun) for noun in nouns)}" if nouns else "list"


def _split(description: str) -> tuple[str, tuple[str, ...]]:
    """A description without the sentences that are notes, and the notes."""
    sentences = re.split(r"(?<=\.) (?=[A-Z`]|aicfg's)", description)
    notes = [found.group(1) for found in map(_NOTE.fullmatch, sentences) if found]
    text = " ".join(sentence for sentence in sentences if not _NOTE.fullmatch(sentence))
    return text, tuple(re.sub("^(?:Since|Default)", lambda found: found.group().lower(), note) for note in notes)
