"""The fields of a plugin as JSON Schema: types, limits, choices, and what an editor shows of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.known import known_as
from aicfg.catalog.plugins.when import date_for
from aicfg.kong.check.walk import Walk, plan
from aicfg.kong.json_schema.rules import below, rules
from aicfg.kong.json_schema.texts import HOST, URL, VAULT_REFERENCE, reference

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Check, Field, PluginSchema
    from aicfg.kong.json_schema.conditions import Schema

_BYTES_PER_CHARACTER = 4
_LIMITS = {"gt": "exclusiveMinimum", "min": "minimum", "max": "maximum"}
_ATTRIBUTES = {
    **{name: name for name in ("required", "default", "enum", "format")},
    **_LIMITS,
    "len_min": "least length",
    "len_max": "greatest length",
    "deprecated": "deprecation",
}
"""What is known of a field apart from the field itself, and how a description calls it."""


class FieldWriter:
    """Writes the fields of one plugin at one gateway."""

    def __init__(self, schema: PluginSchema) -> None:
        self.schema = schema

    def config(self) -> Schema:
        """The schema of the config: its fields, its own rules and those of the plugin around it."""
        around = [below(check, "config") for check in self.schema.root.checks]
        config = self.schema.config
        empty = self.accepts_empty(self.schema.root)
        return _nullable(self._record(config, [*config.checks, *around], empty), config)

    def accepts_empty(self, record: Field) -> bool:
        """Whether nothing is missing in a record that is empty: then `[]` will do as well, which is the same to Lua."""
        walk = Walk(self.schema)
        walk.record(plan(record), {}, ("config",))
        return not walk.found

    def _field(self, field: Field, parent: Field) -> Schema:
        """A field of a record, which may be null where it is not required."""
        return {**self._notes(field, parent), **_or_reference(_nullable(self._value(field), field), field)}

    def _element(self, field: Field) -> Schema:
        """An element of a list or a map is never null."""
        value = {"not": {"type": "null"}} if field.type == "json" else _or_reference(self._value(field), field)
        return {**_about(field), **value}

    def _value(self, field: Field) -> Schema:
        """What a field takes besides null."""
        if field.type == "record":
            return self._record(field, field.checks, self.accepts_empty(field))
        if field.type in ("array", "set"):
            return self._list(field)
        if field.type == "map":
            return self._map(field)
        return {} if field.type == "json" else _scalar(field)

    def _record(self, record: Field, checks: Iterable[Check], empty: bool) -> Schema:
        ready = plan(record)
        required = [*ready.required, *(name for name, field in ready.expanded if not self.accepts_empty(field))]
        schema: Schema = {"type": ["object", "array"], "maxItems": 0} if empty else {"type": "object"}
        if required:
            schema["required"] = [name for name in record.fields if name in required]
        schema["additionalProperties"] = False
        schema["properties"] = {name: self._field(field, record) for name, field in record.fields.items()}
        across = rules(record, checks, self.accepts_empty)
        return {**schema, "allOf": across} if across else schema

    def _list(self, field: Field) -> Schema:
        """`{}` is an empty list to Lua. The elements of a set count once each, which no keyword says: there is only a
        lower limit."""
        schema: Schema = {"type": "array"} if field.len_min else {"type": ["array", "object"], "maxProperties": 0}
        if field.len_min:
            schema["minItems"] = field.len_min
        if field.len_max is not None and field.type == "array":
            schema["maxItems"] = field.len_max
        return {**schema, "items": self._element(field.elements)} if field.elements else schema

    def _map(self, field: Field) -> Schema:
        """`[]` is an empty map to Lua. A map whose keys have no type takes any list."""
        schema: Schema = {"type": ["object", "array"]}
        for limit, names in ((field.len_min, "min"), (field.len_max, "max")):
            if limit is not None:
                schema |= {f"{names}Properties": limit, f"{names}Items": limit}
        if field.keys:
            schema |= {"maxItems": 0}
        return {**schema, "additionalProperties": self._element(field.values)} if field.values else schema

    # ── what an editor shows ──

    def _notes(self, field: Field, parent: Field) -> Schema:
        notes = []
        since = date_for(field.since, self.schema.gateway)
        if since and since != date_for(parent.since, self.schema.gateway):
            notes.append(f"since {since}")
        if field.known != self.schema.config.known:
            notes.append(field.known)
        carried = [told for name, told in _ATTRIBUTES.items() if self._is_carried(field, name)]
        if carried:
            notes.append(f"carried over: {', '.join(carried)}")
        if field.deprecated:
            notes.append(f"deprecated, Kong {field.deprecated} removes it")
        schema = _about(field, notes)
        if field.default is not None:
            schema["default"] = field.default
        return {**schema, "deprecated": True} if field.deprecated else schema

    def _is_carried(self, field: Field, name: str) -> bool:
        value = getattr(field, name)
        given = value is not None and value is not False and value != ()
        return given and known_as(field, name, self.schema.gateway) == "carried" != field.known


def _about(field: Field, notes: Iterable[str] = ()) -> Schema:
    text = "; ".join(notes)
    about = " ".join(part for part in (field.about, text and f"({text})") if part)
    return {"description": about} if about else {}


def _nullable(schema: Schema, field: Field) -> Schema:
    if field.required:
        return {"not": {"type": "null"}} if field.type == "json" else schema
    if "type" not in schema:
        return schema
    kinds = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    schema = {**schema, "type": [*kinds, "null"]}
    return {**schema, "enum": [*schema["enum"], None]} if "enum" in schema else schema


def _or_reference(schema: Schema, field: Field) -> Schema:
    """The schema of a text or a number that may also be a vault reference."""
    if not field.referenceable or field.type not in ("string", "integer", "number") or _takes_any_text(field):
        return schema
    return {"anyOf": [schema, reference(VAULT_REFERENCE)]}


def _takes_any_text(field: Field) -> bool:
    """Whether a vault reference needs no mention, as any text will do."""
    limited = field.enum or field.len_max is not None or field.format or field.starts_with or field.match_none
    return field.type == "string" and not limited and (field.len_min or 0) <= 1


def _scalar(field: Field) -> Schema:
    schema: Schema = {"type": field.type}
    if field.enum:
        schema["enum"] = list(field.enum)
    for name, keyword in _LIMITS.items():
        if (limit := getattr(field, name)) is not None:
            schema[keyword] = limit
    return {**schema, **_text_limits(field)} if field.type == "string" and not field.enum else schema


def _text_limits(field: Field) -> Schema:
    schema: Schema = {}
    parts: list[Any] = []
    if field.len_min == 1 and not field.format:
        schema["minLength"] = 1
    elif field.len_min and field.len_min > 1:
        parts.append(_least_bytes(field.len_min))
    if field.len_max is not None:
        schema["maxLength"] = field.len_max
    if field.starts_with:
        schema["pattern"] = f"^{_escaped(field.starts_with)}"
    parts += [{"not": {"type": "string", "pattern": _escaped(text)}} for text in field.match_none]
    parts += [reference(name) for name in (URL, HOST) if field.format == name]
    return {**schema, "allOf": parts} if parts else schema


def _least_bytes(number: int) -> Schema:
    """Texts of that many bytes and more: in ASCII as many characters, else as few as may come to so many bytes."""
    fewest = -(-number // _BYTES_PER_CHARACTER)
    return {"anyOf": [{"minLength": number}, {"minLength": fewest, "pattern": "[^\\x00-\\x7f]"}]}


def _escaped(text: str) -> str:
    """A text as a pattern, with only what ECMA 262 has to have escaped: Python's own escapes more."""
    return "".join(f"\\{character}" if character in "\\^$.*+?()[]{}|" else character for character in text)
