"""What aicfg knows about Kong's AI plugins: the fields and rules of `schemas/plugins/`, resolved for one gateway.

Only the plugins that are asked for are read. What the files say and how is told in `schemas/plugins/README.md`.
"""

from __future__ import annotations

from functools import cache, lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from aicfg.catalog.plugins.model import (
    AllOrNone,
    AtLeastOneOf,
    Check,
    Custom,
    Field,
    Known,
    Match,
    Needs,
    NotBoth,
    Partial,
    PluginSchema,
    Then,
)
from aicfg.catalog.plugins.resolve import Resolver
from aicfg.catalog.plugins.rows import basics, plugin_rows
from aicfg.catalog.plugins.when import reached
from aicfg.catalog.versions import Gateway, parse_version
from aicfg.errors import UsageError
from aicfg.resources import schema_names

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "AllOrNone",
    "AtLeastOneOf",
    "Check",
    "Custom",
    "Field",
    "Known",
    "Match",
    "Needs",
    "NotBoth",
    "Partial",
    "PluginSchema",
    "Then",
    "build_schema",
    "known_schema",
    "plugin_names",
    "plugin_schema",
]


@cache
def plugin_names() -> tuple[str, ...]:
    """The plugins that aicfg knows field by field, sorted."""
    return schema_names("plugins")


@cache
def plugin_schema(name: str, gateway: Gateway) -> PluginSchema:
    """The plugin `name` at a gateway, `available` or not.

    Raises UsageError for a plugin that aicfg does not know.
    """
    if name not in plugin_names():
        raise UsageError(f'"{name}" is not a plugin that aicfg knows', hint=f"use one of {', '.join(plugin_names())}")
    return build_schema(name, plugin_rows(name), gateway)


@lru_cache(maxsize=1024)
def known_schema(name: str, gateway: Gateway) -> PluginSchema | None:
    """The same, and None for a plugin that aicfg does not know."""
    return plugin_schema(name, gateway) if name in plugin_names() else None


def build_schema(name: str, rows: Mapping[str, Any], gateway: Gateway) -> PluginSchema:
    """The schema that the rows of a plugin file give at a gateway."""
    since: str = rows["since"]
    resolver = Resolver(gateway)
    available = resolver.exists(rows, since)
    if not available:
        resolver = Resolver(Gateway(parse_version(since), "enterprise"))
    config = resolver.field("config", rows["config"], since)
    fields = MappingProxyType({"config": config})
    root = Field("", "record", fields=fields, checks=tuple(resolver.checks(rows.get("checks", []), since, fields)))
    protocols = [*basics()["protocols"]]
    for date, more in rows.get("protocols_added", {}).items():
        protocols += more if reached(date, gateway) else []
    return PluginSchema(
        name=name,
        title=rows["title"],
        about=rows["about"],
        since=since,
        enterprise_only=rows.get("edition") == "enterprise",
        available=available,
        gateway=gateway,
        root=root,
        scopes=MappingProxyType(
            {
                scope: scope in rows["scopes"] and available and reached(rows["scopes"][scope], gateway)
                for scope in ("global", "service", "route", "consumer", "consumer_group")
            }
        ),
        protocols=tuple(protocols),
        partials=tuple(
            Partial(partial, row["at"])
            for partial, row in rows.get("partials", {}).items()
            if reached(row["since"], gateway)
        ),
        source=rows,
    )
