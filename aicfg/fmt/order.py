"""The canonical order of keys: that of the manifest's schema. Keys that it does not name stay behind those that it
names, in their own order; where it names none, as among the user's own names, nothing moves."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from heapq import heapify, heappop, heappush
from typing import TypeVar

from aicfg.fmt.tree import Entry, Item
from aicfg.manifest.shape_tables import Node as SchemaNode

Keyed = TypeVar("Keyed", Entry, Item)
_MERGE = "<<"


def child(node: SchemaNode | None, key: str | None) -> SchemaNode | None:
    """What the schema says about the value of a key, or about the items of a list."""
    if node is None or key is None:
        return node and node.items
    return node.properties[key] if key in node.about.get("properties", ()) else node.rest


def in_order(entries: Sequence[Keyed], node: SchemaNode | None, *, has_aliases: bool) -> list[Keyed]:
    """The entries of a map in canonical order. An anchor never comes behind one of its aliases."""
    properties = node.about.get("properties") if node is not None else None
    if not properties:
        return list(entries)
    known = {_MERGE: -1, **{key: index for index, key in enumerate(properties)}}
    ranks = [known.get(entry.key.value if entry.key else "", len(known)) for entry in entries]
    if not has_aliases:
        return [entries[index] for index in sorted(range(len(entries)), key=ranks.__getitem__)]
    return [entries[index] for index in _held_back(ranks, _needs(entries))]


def _needs(entries: Sequence[Keyed]) -> list[set[int]]:
    """For each entry those before it that have to stay before it: they share an anchor."""
    needs: list[set[int]] = []
    given: dict[str, int] = {}
    met: dict[str, list[int]] = defaultdict(list)
    for index, entry in enumerate(entries):
        anchors, aliases = entry.anchors, entry.aliases
        needs.append({given[name] for name in aliases & given.keys()}.union(*(met[name] for name in anchors)))
        for name in anchors:
            given[name], met[name] = index, [index]
        for name in aliases - anchors:
            met[name].append(index)
    return needs


def _held_back(ranks: Sequence[int], needs: Sequence[set[int]]) -> list[int]:
    """The indexes by rank, none of them before one that it needs."""
    waiting = [len(each) for each in needs]
    wanted_by: dict[int, list[int]] = defaultdict(list)
    for index, needed in enumerate(needs):
        for other in needed:
            wanted_by[other].append(index)
    ready = [(ranks[index], index) for index, number in enumerate(waiting) if not number]
    heapify(ready)
    order: list[int] = []
    while ready:
        _, done = heappop(ready)
        order.append(done)
        for index in wanted_by[done]:
            waiting[index] -= 1
            if not waiting[index]:
                heappush(ready, (ranks[index], index))
    return order
