"""Where else a field exists: in another version, in another edition, at another place of the same plugin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.resolve import Resolver
from aicfg.catalog.plugins.when import date_for, reached
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins.model import Field, PluginSchema

_BRANCHES = (("elements", "[]"), ("values", "{}"))


class Elsewhere(NamedTuple):
    """Why a field that aicfg knows is not there at a gateway: exactly one of the three is set.

    `since`: the first version that has it; `until`: the last one that had it; `edition`: the one that has it.
    """

    since: str | None = None
    until: str | None = None
    edition: str | None = None


def elsewhere(schema: PluginSchema, path: tuple[str | int, ...]) -> Elsewhere | None:
    """What keeps the field at `path` ("config", "targets", 0, "weight") from existing at the schema's gateway.

    None where the field does exist, or where no version and no edition has it.
    """
    row: Mapping[str, Any] | None = {"fields": {"config": schema.source["config"]}}
    since: str = schema.since
    resolver = Resolver(schema.gateway)
    for part in path:
        if row is None:
            return None
        if "fields" in row and isinstance(part, str):
            row = row["fields"].get(part)
        else:
            row = row.get("elements") if isinstance(part, int) else row.get("values")
        if row is None:
            return None
        if not resolver.exists(row, since):
            return _reason(schema, row, row.get("since", since))
        since = row.get("since", since)
    return None


def _reason(schema: PluginSchema, row: Mapping[str, Any], since: str) -> Elsewhere:
    edition, until = schema.gateway.edition, row.get("until")
    date = date_for(since, schema.gateway)
    if row.get("edition", edition) != edition or date is None:
        return Elsewhere(edition="enterprise")
    if not reached(since, schema.gateway):
        return Elsewhere(since=date)
    return Elsewhere(until=until)


def paths_of(schema: PluginSchema, name: str) -> tuple[str, ...]:
    """All places of a field called `name` at the schema's gateway: "config.targets[].model.options.max_tokens"."""
    return _places(schema).get(name, ())


@cache
def _places(schema: PluginSchema) -> Mapping[str, tuple[str, ...]]:
    places: dict[str, tuple[str, ...]] = {}
    for path, name in _walk(schema.config, "config"):
        places[name] = (*places.get(name, ()), path)
    return places


def _walk(field: Field, path: str) -> Iterator[tuple[str, str]]:
    yield path, field.name
    for name, child in field.fields.items():
        yield from _walk(child, f"{path}.{name}")
    for branch, mark in _BRANCHES:
        child = getattr(field, branch)
        if child is not None and child.type == "record":
            for name, grandchild in child.fields.items():
                yield from _walk(grandchild, f"{path}{mark}.{name}")
