"""What people write and Kong does not have: `schemas/mistakes.yaml`, whose head explains the rows."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aicfg.catalog.data import load
from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple


class Mistake(NamedTuple):
    """A field that does not exist, or a value that belongs to another field: where it belongs, and what to say.

    `to` are dotted places from the record on, of which the first that exists is meant; `provider` the one that has it;
    `stands` is what is missing while it stands here.
    """

    to: tuple[str, ...] = ()
    put: Any = None
    form: str | None = None
    provider: str | None = None
    stands: str | None = None
    say: str | None = None
    sure: bool = False
    drop: bool = False


@cache
def renamed_plugins() -> Mapping[str, str]:
    """Names that people give to Kong's AI plugins -> the plugin that is meant."""
    return MappingProxyType(_rows()["plugin_names"])


@cache
def dimensions() -> Mapping[str, int]:
    """The dimensions of an embedding model's vectors."""
    return MappingProxyType(_rows()["dimensions"])


def provider_names() -> Mapping[str, str]:
    """What providers are called elsewhere -> Kong's names."""
    return MappingProxyType(_rows()["provider_names"])


def provider_of(model: str) -> str | None:
    """The provider that has a model of this name, where the name gives it away."""
    return next((name for start, name in _rows()["model_names"].items() if model.startswith(start)), None)


def example_of(record: str) -> str | None:
    """How a record looks that plugins demand."""
    found: str | None = _rows()["examples"].get(record)
    return found


def mistaken_field(plugin: str, record: str, key: str) -> tuple[Mistake, ...]:
    """What is known of a field that does not exist. `record` is the path of what it stands in: `config.targets[]`."""
    return tuple(found for at, found in _table().get((plugin, key, None), ()) if _ends(record, at))


def mistaken_value(plugin: str, record: str, field: str, value: object) -> tuple[Mistake, ...]:
    """What is known of a value that the field of a record does not take."""
    known = _table().get((plugin, field, value), ()) if isinstance(value, str) else ()
    return tuple(found for at, found in known if _ends(record, at))


def _ends(path: str, end: str) -> bool:
    return path == end or (end != "config" and path.endswith(f".{end}"))


@cache
def _table() -> Mapping[tuple[str, str, str | None], list[tuple[str, Mistake]]]:
    """(plugin, field, value or None) -> the records that it is a mistake in, each with what is known of it."""
    table: dict[tuple[str, str, str | None], list[tuple[str, Mistake]]] = {}
    for group in _rows()["mistakes"]:
        for row in group["fields"]:
            mistake = Mistake(
                to=_texts(row.get("to", [])),
                put=row.get("put"),
                form=row.get("as"),
                provider=row.get("for"),
                stands=row.get("stands"),
                say=row.get("say"),
                sure=row.get("sure", False),
                drop=row.get("drop", False),
            )
            names: list[tuple[str, str | None]] = [(key, None) for key in _texts(row.get("key", []))]
            names += [(row["field"], value) for value in _texts(row.get("value", []))]
            for plugin in group["plugins"]:
                for name in names:
                    table.setdefault((plugin, *name), []).extend((at, mistake) for at in group["at"])
    return table


def _texts(value: str | list[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@cache
def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = load(schema_file("mistakes.yaml"))
    return rows
