"""Plugins and their fields: their facts as plain data and as lines of text, who reads a field, and an example."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import plugin_schema
from aicfg.catalog.plugins.describe import describe_field, describe_plugin, field_at, rules_about
from aicfg.catalog.plugins.history import elsewhere, last_version, paths_of
from aicfg.catalog.versions import MINORS, gateway, parse_version, version_text
from aicfg.errors import UsageError
from aicfg.render.quoting.yaml import block
from aicfg.words import either, nearest

if TYPE_CHECKING:
    from aicfg.catalog.plugins.model import Field, PluginSchema
    from aicfg.catalog.providers import Provider
    from aicfg.catalog.versions import Gateway

_WIDTH = 110
KNOWN: Mapping[str, str] = MappingProxyType(
    {
        "measured": "Kong's own schema code was run",
        "documented": "Kong's published schema says so",
        "carried": "carried over from 3.12, the last version whose schema is published in full",
        "inferred": "inferred: its code is not published",
    }
)
_LABELS: Mapping[str, str] = MappingProxyType(
    {"enum": "allowed", "gt": "greater than", "len_min": "length from", "len_max": "length to"}
)
_LISTS = ("rules", "read by", "not sent")
_OPTIONS = ("model", "options")
_REFERENCE = "{vault://env/my-secret}"


def plugin_facts(name: str, path: str, version: str | None = None, edition: str | None = None) -> dict[str, Any]:
    """What is known about a plugin, or about the field at `path`. Raises UsageError where there is no such field."""
    return facts_at(name, path, gateway(version, edition))


def facts_at(name: str, path: str, target: Gateway) -> dict[str, Any]:
    """The same for a gateway: `path` is "config.targets[].weight", "" for the plugin itself."""
    schema = plugin_schema(name, target)
    if not path:
        return describe_plugin(schema)
    path = path if path.split(".")[0] == "config" else f"config.{path}"
    field = field_at(schema, path)
    if field is not None:
        return _field_facts(schema, path, field)
    reason = elsewhere(schema, tuple(path.replace("[]", "").split(".")))
    places = paths_of(schema, path.rpartition(".")[2])
    hint = f"there is {either(places)}" if places else _near(schema, path) or f"`aicfg explain {name}` lists its fields"
    if reason is not None:
        hint = " ".join(f"{key} {value}" for key, value in reason._asdict().items() if value)
    raise UsageError(f"{name} has no field {path} in Kong {schema.gateway}", hint=hint)


def _near(schema: PluginSchema, path: str) -> str | None:
    """A hint at a field of a similar name in the same record, None where there is none."""
    above, _, last = path.rpartition(".")
    record = field_at(schema, above)
    while record is not None and not record.fields:
        record = record.elements or record.values
    meant = nearest(last, record.fields) if record is not None else None
    return f'did you mean "{above}.{meant}"?' if meant else None


def _field_facts(schema: PluginSchema, path: str, field: Field) -> dict[str, Any]:
    steps = list(_steps(schema, path))
    found = describe_field(schema, ".".join(step + mark for step, mark in steps), field)
    names = tuple(step for step, _ in steps)
    found["until"] = last_version(schema, found["field"].partition(".")[2])
    found["values_since"] = _values_since(schema, path, field)
    found["rules"] = rules_about(schema, path)
    found["read_by"] = list(_readers(names))
    found["not_sent"] = list(_not_sent(names))
    value = _value(field, names)
    found["example"] = None if value is None else block(_nested(steps, value))
    return {name: fact for name, fact in found.items() if fact not in (None, [], {})}


def _values_since(schema: PluginSchema, path: str, field: Field) -> dict[str, str]:
    """The allowed values that came later than the field, each with the version that brought it."""
    since: dict[str, str] = {}
    for version in MINORS if field.enum else ():
        there = field_at(plugin_schema(schema.name, schema.gateway._replace(version=parse_version(version))), path)
        for value in there.enum if there else ():
            since.setdefault(str(value), version)
    first = next(iter(since.values()), None)
    found = {str(value): since.get(str(value), first) for value in field.enum}
    return {value: version for value, version in found.items() if version is not None and version != first}


def _steps(schema: PluginSchema, path: str) -> Iterator[tuple[str, str]]:
    """The names on the way to a field, each with `[]` where a list of what follows stands there, `{}` for a map."""
    names = path.replace("[]", "").replace("{}", "").split(".")
    for number, name in enumerate(names):
        field = field_at(schema, ".".join(names[: number + 1]))
        inside = None if field is None or number + 1 == len(names) else field
        yield name, "" if inside is None else "[]" if inside.elements else "{}" if inside.values else ""


def _option(names: tuple[str, ...]) -> str | None:
    """The model option that a field is, dotted where it is nested."""
    at = next((at for at in range(len(names) - 2) if names[at : at + 2] == _OPTIONS), None)
    return None if at is None else ".".join(names[at + 2 :])


def _readers(names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The providers of whose own an option or a credential is, with what each does about it."""
    from aicfg.catalog.providers import provider, provider_types

    option, credential = _option(names), names[-1] if names[-2:-1] == ("auth",) else None
    for one in map(provider, provider_types()):
        if option in one.options:
            yield _reading(one, option or "")
        elif one.cloud is not None and credential in one.cloud.fields:
            yield {"provider": one.type, "need": "optional", "since": version_text(one.cloud.fields[credential or ""])}


def _reading(one: Provider, option: str) -> dict[str, Any]:
    rule = one.options[option]
    said = {
        "provider": one.type,
        "need": rule.need,
        "since": version_text(rule.since),
        "filled_with": rule.fill,
        "default": rule.default,
        "environment": list(rule.env),
        "note": rule.note,
    }
    return {name: fact for name, fact in said.items() if fact not in (None, [])}


def _not_sent(names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    """The wire formats in which Kong's drivers do not send an option, as measured."""
    from aicfg.catalog.formats import formats

    option = _option(names)
    for wire in formats().values():
        route_types = [route_type for route_type, dropped in wire.drops.items() if option in dropped]
        if route_types:
            yield {"format": wire.name, "route_types": route_types}


def _value(field: Field, names: tuple[str, ...]) -> Any:
    """A value that the field takes, None where no fact gives one."""
    from aicfg.reference.parts import parts

    option = _option(names)
    keys = [key for part in parts().values() for key in part.keys if option and key.path == option and key.examples]
    if keys:
        return keys[0].examples[0]
    if field.referenceable and field.type == "string":
        return _REFERENCE
    given = field.default if field.default not in (None, "") else next(iter(field.enum), None)
    inner = field.elements
    if given is None and inner is not None and inner.enum:
        return [inner.enum[0]]
    return {"boolean": True}.get(field.type) if given is None else given


def _nested(steps: list[tuple[str, str]], value: Any) -> Any:
    """The value under the keys that lead to it."""
    for name, mark in reversed(steps):
        value = {name: [value] if mark == "[]" else {"name": value} if mark == "{}" else value}
    return value


def lines(found: Mapping[str, Any]) -> Iterator[str]:
    """The facts of a plugin or a field as text."""
    (_, head), *rest = fact_texts(found)
    yield head
    for label, text in rest:
        if label in _LISTS:
            yield f"  {label}"
            yield from (textwrap.indent(textwrap.fill(one, _WIDTH - 4), "    ") for one in text.splitlines())
            if label == "rules":
                yield from (f"    ({word}: {told})" for word, told in KNOWN.items() if f"({word})" in text)
        elif label == "example":
            yield from ("", "Example:", "", *textwrap.indent(text, "    ").splitlines())
        else:
            line = f"{label:<16}{text}"
            yield textwrap.fill(line, _WIDTH, subsequent_indent=" " * 18, initial_indent="  ")


def fact_texts(found: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Each fact as a label and a text; of what there may be several, one stands in a line each."""
    for key, value in found.items():
        label = _LABELS.get(key, key.replace("_", " "))
        yield label, "\n".join(_in_words(key, one) for one in value) if label in _LISTS else _shown(key, value)


def _in_words(key: str, said: Any) -> str:
    if key == "rules":
        return str(said)
    if key == "not_sent":
        return f"in the {said['format']} format for {', '.join(said['route_types'])}"
    words = [f"{said['provider']}: {said['need']}, since {said['since']}"]
    words += [f"aicfg writes {said['filled_with']}"] if "filled_with" in said else []
    words += [f"Kong takes {said['default']}"] if "default" in said else []
    words += [f"else from {either(said['environment'])} of the gateway"] if "environment" in said else []
    return "; ".join(words + ([said["note"]] if "note" in said else []))


def _shown(key: str, value: Any) -> str:
    if key == "known":
        return f"{value}: {KNOWN[value]}"
    if key == "values_since":
        return ", ".join(f"{one} {version}" for one, version in value.items())
    if isinstance(value, dict):
        return ", ".join(f"{name} {known} ({KNOWN[known]})" for name, known in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)
