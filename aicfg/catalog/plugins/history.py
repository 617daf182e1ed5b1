"""Where else a field exists: in another version, in another edition, at another place of the same plugin."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.resolve import Resolver
from aicfg.catalog.plugins.when import date_for, reached
from aicfg.frozen import EMPTY
from aicfg.tuples import NamedTuple

if TYPE_CHECKING:
    from aicfg.catalog.plugins.model import Field, PluginSchema

_BRANCHES = (("elements", "[]"), ("values", "{}"))


class Elsewhere(NamedTuple):
    """Why a field or a value that aicfg knows is not there at a gateway: exactly one of the three is set.

    `since`: the first version that has it; `until`: the last one that had it; `edition`: the one that has it.
    """

    since: str | None = None
    until: str | None = None
    edition: str | None = None


def elsewhere(schema: PluginSchema, path: tuple[str | int, ...]) -> Elsewhere | None:
    """What keeps the field at `path` ("config", "targets", 0, "weight") from existing at the schema's gateway.

    None where the field does exist, or where no version and no edition has it.
    """
    row, since = _row(schema, path)
    if row is None or Resolver(schema.gateway).exists(row, since):
        return None
    return _reason(schema, row, row.get("since", since))


def value_elsewhere(schema: PluginSchema, path: tuple[str | int, ...], value: object) -> Elsewhere | None:
    """What keeps the field at `path` from taking `value` at the schema's gateway.

    None where it does take it, or where no version and no edition does.
    """
    row = _row(schema, path)[0] or EMPTY
    taken = [since for since, values in row.get("enum_added", EMPTY).items() if value in values]
    taken += [since for since, change in row.get("changes", EMPTY).items() if change.get("enum", ()) is None]
    later = next((since for since in taken if not reached(since, schema.gateway)), None)
    return _reason(schema, EMPTY, later) if later else None


def _row(schema: PluginSchema, path: tuple[str | int, ...]) -> tuple[Mapping[str, Any] | None, str]:
    """The row of the first field on a path that the gateway does not have, else of the field at its end, and the
    version that brought its parent. None where no version and no edition has the field."""
    row: Mapping[str, Any] | None = {"fields": {"config": schema.source["config"]}}
    since: str = schema.since
    resolver = Resolver(schema.gateway)
    for part in path:
        assert row is not None
        since = row.get("since", since)
        if "fields" in row and isinstance(part, str):
            row = row["fields"].get(part)
        else:
            row = row.get("elements") if isinstance(part, int) else row.get("values")
        if row is None or not resolver.exists(row, since):
            break
    return row, since


def _reason(schema: PluginSchema, row: Mapping[str, Any], since: str) -> Elsewhere:
    edition, until = schema.gateway.edition, row.get("until")
    date = date_for(since, schema.gateway)
    if row.get("edition", edition) != edition or date is None:
        return Elsewhere(edition="enterprise")
    if not reached(since, schema.gateway):
        return Elsewhere(since=date)
    return Elsewhere(until=until)


def last_version(schema: PluginSchema, path: str) -> str | None:
    """The last version that has the field at a path such as "config.targets[].weight"; None where it has not gone."""
    parts: list[str | int] = []
    for part in path.split("."):
        parts += [part.removesuffix("[]"), 0] if part.endswith("[]") else [part]
    row = _row(schema, tuple(parts))[0]
    return None if row is None else row.get("until")


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
