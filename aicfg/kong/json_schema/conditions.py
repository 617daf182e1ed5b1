"""What a rule asks of a field somewhere below a record, as a schema of the whole record.

Kong's rules look at a config with its defaults filled in, JSON Schema at the text as it stands. So whether the field
may be absent, or a record on the way to it absent, null or `[]`, depends on what Kong puts there: that is asked of
`aicfg.kong.check.reading`, which the checker uses as well.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from aicfg.kong.check.reading import NIL, is_set, read, steps
from aicfg.kong.json_schema.texts import VAULT_REFERENCE, reference
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field, Match

Schema = dict[str, Any]


class Probe(NamedTuple):
    """What is asked of a field. `leaf` tells which of the values that the field itself accepts will do; `holds`
    whether what Kong finds where there is none does: null, nothing (NIL) or a default."""

    leaf: Schema
    holds: Callable[[Any], bool]


def set_probe(field: Field) -> Probe:
    """Whether Kong takes the field as not empty. An empty text is refused anyway."""
    if field.type in ("array", "set"):
        return Probe({"type": "array", "minItems": 1}, is_set)
    if field.type in ("record", "map", "json"):
        return Probe({"not": {"enum": [None, [], {}]}}, is_set)
    by_reference = field.referenceable and field.type != "string"
    return Probe({"not": {"type": "null"}} if by_reference else {"type": field.type}, is_set)


def unset_probe(field: Field) -> Probe:
    """Whether Kong takes the field as empty."""
    container = field.type in ("array", "set", "record", "map", "json")
    return Probe({"enum": [None, [], {}]} if container else {"type": "null"}, lambda value: not is_set(value))


def no_reference_probe() -> Probe:
    """Whether the field holds anything but a vault reference."""
    return Probe({"not": reference(VAULT_REFERENCE)}, lambda value: True)


def if_probe(match: Match, field: Field) -> Probe:
    """Whether the condition of a rule is met. Null meets a choice of values where the field may be null."""
    null = match.kind not in ("eq", "required") and not field.required
    return Probe(_leaf(match, null), lambda value: null if value is None else value is not NIL and _among(match, value))


def then_probe(match: Match, field: Field) -> Probe:
    """Whether a rule has what it asks for. Nothing is as good as null."""
    null = match.kind == "one_of" and not field.required
    return Probe(_leaf(match, null), lambda value: null if value in (None, NIL) else _among(match, value))


def _leaf(match: Match, null: bool) -> Schema:
    if match.kind == "any":
        return {}
    if match.kind == "required":
        return {"not": {"type": "null"}}
    if match.kind == "not_one_of":
        return {"not": {"enum": list(match.values)}}
    values = [*match.values, None] if null else list(match.values)
    return {"const": values[0]} if len(values) == 1 else {"enum": values}


def _among(match: Match, value: Any) -> bool:
    if match.kind in ("any", "required"):
        return True
    return (value in match.values) != (match.kind == "not_one_of")


def where(record: Field, name: str, probe: Probe, accepts_empty: Callable[[Field], bool]) -> Schema:
    """A schema that a record which is right in itself meets where its field `name` ("model.provider") does.

    `accepts_empty` tells whether `[]` will do for a record; where it does not, nothing need be said about it.
    """
    key, _, rest = name.partition(".")
    field = record.fields[key]
    inner = probe.leaf
    if rest:
        inner = {**_kinds(field, rest, probe, accepts_empty), **where(field, rest, probe, accepts_empty)}
    schema: Schema = {} if probe.holds(read({}, steps(record, name))) else {"required": [key]}
    return {**schema, "properties": {key: inner}} if inner else schema


def _kinds(field: Field, rest: str, probe: Probe, accepts_empty: Callable[[Field], bool]) -> Schema:
    """The `type` that a record on the way to the field needs: besides a map it could be null, or an empty list."""
    other = {}
    if not field.required:
        other["null"] = probe.holds(read(None, steps(field, rest)))
    if accepts_empty(field):
        other["array"] = probe.holds(read({}, steps(field, rest)))
    fit = ["object", *(kind for kind, fits in other.items() if fits)]
    return {} if all(other.values()) else {"type": fit if len(fit) > 1 else "object"}


def both(one: Schema, other: Schema) -> Schema:
    """A schema for what meets both."""
    result = dict(one)
    for key, value in other.items():
        if key not in result or result[key] == value:
            result[key] = value
        elif key == "required":
            result[key] = list(dict.fromkeys([*result[key], *value]))
        elif key == "properties":
            names = dict.fromkeys([*result[key], *value])
            result[key] = {name: both(result[key].get(name, {}), value.get(name, {})) for name in names}
        elif key == "type":
            result[key] = _common_type(result[key], value)
        else:
            result["allOf"] = [*result.get("allOf", []), {key: value}]
    return result


def either(schemas: list[Schema]) -> Schema:
    """A schema for what meets one of them. What they have in common is said once: the record that all of them are
    about and its type, and only the rest under `anyOf`."""
    first, *others = schemas
    if not others:
        return first
    common = {key: first[key] for key in ("type", "required") if all(_same(key, one, first) for one in others)}
    rest = [{key: value for key, value in one.items() if key not in common} for one in schemas]
    names = list(rest[0].get("properties", ()))
    if len(names) == 1 and all(list(one) == ["properties"] and list(one["properties"]) == names for one in rest):
        return {**common, "properties": {names[0]: either([one["properties"][names[0]] for one in rest])}}
    return {**common, "anyOf": rest}


def _same(key: str, one: Schema, other: Schema) -> bool:
    return key in one and key in other and bool(one[key] == other[key])


def _common_type(one: str | list[str], other: str | list[str]) -> str | list[str]:
    ones, others = ([kinds] if isinstance(kinds, str) else kinds for kinds in (one, other))
    common = [kind for kind in ones if kind in others]
    return common if len(common) != 1 else common[0]
