"""Proposals that many rules make: another spelling of a key or a value, a value in quotes or without."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.source import Path
from aicfg.source.changes import Change, Move, Proposal, Remove, Rename, Set, put
from aicfg.source.scalars import resolve
from aicfg.words import only_near, shown

_LISTS = frozenset(("hosts", "methods", "paths", "protocols", "snis", "tags"))
"""Fields of entities that hold lists, and that people write in the singular, with one value."""


def respelt_key(path: Path, siblings: Mapping[str, Any], known: Iterable[str]) -> Proposal | None:
    """Give a key that does not exist the name of the one that is meant, if only one can be and it is not there."""
    key = str(path[-1])
    near = only_near(key, known)
    if near is None or near[0] in siblings:
        return None
    changes: tuple[Change, ...] = (Rename(path, near[0]),)
    value = siblings.get(key)
    if near[0] in _LISTS and isinstance(value, str):
        changes = (put(path, [value]), *changes)
    return Proposal(f"rename `{key}` to `{near[0]}`", changes, near[1])


def respelt_value(path: Path, value: object, known: Iterable[str]) -> Proposal | None:
    """Put the word in place that is meant by one that is not among those known."""
    near = only_near(value, known) if isinstance(value, str) else None
    return Proposal(f"write {shown(near[0])}", (put(path, near[0]),), near[1]) if near else None


def renamed(path: Path, to: str, *, safe: bool = True) -> Proposal:
    return Proposal(f"rename `{path[-1]}` to `{to}`", (Rename(path, to),), safe)


def moved_to(path: Path, to: Path, *, safe: bool = True) -> Proposal:
    """Move a key to another map."""
    into = f"`{to[-2]}`" if isinstance(to[-2], str) else f"the item of `{to[-3]}`"
    return Proposal(f"move `{path[-1]}` into {into}", (Move(path, to),), safe)


def removed(path: Path) -> Proposal:
    """Remove a key: what it said is lost, so somebody should look."""
    return Proposal(f"remove `{path[-1]}`", (Remove(path),), safe=False)


def without_quotes(path: Path, text: str) -> Proposal | None:
    """A number or a boolean that stands in quotes."""
    value = resolve(text.strip())
    if isinstance(value, str) or value is None:
        return None
    return Proposal(f"write {shown(value)} without quotes", (put(path, value),))


def quoted(path: Path, text: str) -> Proposal:
    """A text that needs quotes."""
    return Proposal("put it in quotes", (Set(path, _json(text), quoted=True),))


def listed(path: Path, value: object) -> Proposal:
    """A list of the one value that stands where a list is wanted."""
    return Proposal("make it a list", (put(path, [value]),))


def unlisted(path: Path, value: list[Any]) -> Proposal | None:
    """The one item of a list where a single value is wanted."""
    if len(value) != 1 or isinstance(value[0], dict | list):
        return None
    return Proposal("write the one item without a list", (put(path, value[0]),))


def _json(text: str) -> str:
    import json

    return json.dumps(text)


def switch(path: Path, value: bool) -> Proposal:
    """A boolean that stands there as another word."""
    return Proposal(f"write {shown(value)}", (put(path, value),))
