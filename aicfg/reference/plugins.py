"""What is known about a plugin or a field of it, in words: for `aicfg explain` and for editors."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins import elsewhere, last_version, paths_of, plugin_schema
from aicfg.catalog.plugins.describe import describe_field, describe_plugin, field_at
from aicfg.catalog.versions import gateway
from aicfg.errors import UsageError
from aicfg.words import either

if TYPE_CHECKING:
    from aicfg.catalog.versions import Gateway

KNOWN = {
    "measured": "Kong's own schema code was run",
    "documented": "Kong's published schema says so",
    "carried": "carried over from 3.12, the last version whose schema is published in full",
    "inferred": "inferred: its code is not published",
}


def plugin_facts(name: str, path: str, version: str | None, edition: str | None) -> dict[str, Any]:
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
        until = last_version(schema, path)
        return {**describe_field(schema, path, field), **({"until": until} if until else {})}
    reason = elsewhere(schema, tuple(path.replace("[]", "").split(".")))
    places = paths_of(schema, path.rpartition(".")[2])
    hint = f"there is {either(places)}" if places else f"`aicfg explain {name}` lists its fields"
    if reason is not None:
        hint = " ".join(f"{key} {value}" for key, value in reason._asdict().items() if value)
    raise UsageError(f"{name} has no field {path} in Kong {schema.gateway}", hint=hint)


def fact_texts(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Each fact as a label and a text; the rules of a plugin stand in a line each."""
    for key, value in facts.items():
        if key == "rules":
            yield key, "\n".join(value)
            continue
        if key == "known":
            value = f"{value}: {KNOWN[value]}"
        elif key == "known_otherwise":
            value = ", ".join(f"{name} {known} ({KNOWN[known]})" for name, known in value.items())
        elif isinstance(value, list | tuple):
            value = ", ".join(map(str, value))
        elif isinstance(value, bool):
            value = "yes" if value else "no"
        yield key.replace("_", " "), str(value)
