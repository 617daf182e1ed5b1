"""The entities of Kong files: `schemas/entities.yaml`."""

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from aicfg.catalog.data import load
from aicfg.frozen import EMPTY
from aicfg.resources import schema_file
from aicfg.tuples import NamedTuple


class EntityKind(NamedTuple):
    """A kind of entity: the key of its lists, the field that names it, its fields (nested lists included)."""

    kind: str
    list: str
    name: str
    fields: frozenset[str]
    nests: Mapping[str, str] = EMPTY
    refers: Mapping[str, str] = EMPTY


@cache
def entity_kinds() -> Mapping[str, EntityKind]:
    """Every kind of entity that aicfg looks into, by name."""
    return MappingProxyType({kind: _kind(kind, row) for kind, row in _rows()["entities"].items()})


@cache
def nested_kinds(kind: str) -> tuple[tuple[str, EntityKind], ...]:
    """The lists that stand in an entity of a kind: their keys, and the kinds of what is in them."""
    kinds = entity_kinds()
    return tuple((key, kinds[inner]) for key, inner in kinds[kind].nests.items() if inner in kinds)


@cache
def lists() -> Mapping[str, str]:
    """The key of a top-level list -> the kind of its entities."""
    return MappingProxyType({kind.list: kind.kind for kind in entity_kinds().values()})


@cache
def top_keys() -> frozenset[str]:
    """All keys that may stand at the top of a decK or DB-less file."""
    return frozenset((*_rows()["top"], *lists()))


@cache
def kubernetes_keys() -> frozenset[str]:
    """All keys of a KongPlugin or KongClusterPlugin."""
    return frozenset(_rows()["kubernetes"])


def _kind(kind: str, row: dict[str, Any]) -> EntityKind:
    nests = MappingProxyType(row.get("nests", {}))
    fields = frozenset((*row["fields"], *nests, "_comment", "_ignore"))
    refers = MappingProxyType(row.get("refers", {}))
    return EntityKind(kind, row["list"], row.get("name", "name"), fields, nests, refers)


@cache
def _rows() -> dict[str, Any]:
    rows: dict[str, Any] = load(schema_file("entities.yaml"))
    return rows
