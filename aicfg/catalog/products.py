"""Configs of other products, and how to tell them: `schemas/products.yaml`, whose head explains the rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from aicfg.catalog.data import load
from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple

_LOOKALIKE = "provider_type"
"""What rewrites of Kong call `model.provider`, in plugins that have Kong's names."""


class Product(NamedTuple):
    """A product, what a file of it is in a few words, and whether that is told of files that nobody named."""

    name: str
    about: str
    shown: bool = False


def product_of(data: Any) -> Product | None:
    """The other product that a document is surely of; None for Kong's own and for whatever nobody can tell."""
    if not isinstance(data, dict) or "_format_version" in data:
        return None
    for row in _rows():
        if any(_fits(sign, data) for sign in row["signs"]):
            return Product(row["name"], row["about"], row.get("shown", False))
    if _is_lookalike(data):
        return Product("another gateway", "a config of a gateway that is modelled on Kong's")
    return None


def _fits(sign: Mapping[str, Any], data: Mapping[str, Any]) -> bool:
    api = sign.get("api")
    if api is not None:
        return str(data.get("apiVersion")).startswith(api)
    if not all(key in data for key in sign.get("keys", ())):
        return False
    if "any" in sign and not any(key in data for key in sign["any"]):
        return False
    if not all(isinstance(data.get(key), dict) for key in sign.get("maps", ())):
        return False
    return all(_has_item(data.get(key), keys) for key, keys in sign.get("items", {}).items())


def _has_item(value: Any, keys: list[str]) -> bool:
    wanted = {key: not key.startswith("!") for key in keys}
    items = value if isinstance(value, list) else ()
    return any(
        isinstance(item, dict) and all((key.lstrip("!") in item) is there for key, there in wanted.items())
        for item in items
    )


def _is_lookalike(data: Mapping[str, Any]) -> bool:
    """Whether plugins with Kong's names have fields that only its rewrites have."""
    plugins = data.get("plugins") if isinstance(data.get("plugins"), list) else [data]
    for plugin in plugins or ():
        config = plugin.get("config") if isinstance(plugin, dict) else None
        if isinstance(config, dict) and str(plugin.get("name")).startswith("ai-"):
            targets = config.get("targets")
            records = [config, config.get("model"), *(targets if isinstance(targets, list) else ())]
            if any(isinstance(record, dict) and _LOOKALIKE in record for record in records):
                return True
    return False


@cache
def _rows() -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = load(schema_file("products.yaml"))["products"]
    return rows
