"""Changes to the values of a document, by path: what a fix means, apart from how a file writes it.

Values are JSON texts, so that changes can be compared and hashed.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable
from typing import Any, TypeAlias

from aicfg.source.document import Path
from aicfg.tuples import NamedTuple


class Set(NamedTuple):
    """Put `value` where another one stands. `quoted`: a text in quotes, even where it needs none."""

    path: Path
    value: str
    quoted: bool = False


class Rename(NamedTuple):
    """Give a key another name."""

    path: Path
    to: str


class Remove(NamedTuple):
    """Remove a key and its value."""

    path: Path


class Move(NamedTuple):
    """Take a key with its value to another place. Maps that are missing on the way are made."""

    path: Path
    to: Path


class Insert(NamedTuple):
    """Add a key that is not there. Maps that are missing on the way are made."""

    path: Path
    value: str


class Append(NamedTuple):
    """Add an item to the end of a list."""

    path: Path
    value: str


class Gather(NamedTuple):
    """Take keys of a map into a new map in it, under new names: `(key, name)` each. `path` is that of the new map,
    which may have the name of one of those keys."""

    path: Path
    keys: tuple[tuple[str, str], ...]


class Listed(NamedTuple):
    """Make a list of a map: of the map itself, or, with `name`, one item of each key, which `name` then holds.
    A value that is no map stands under `inner` there."""

    path: Path
    name: str = ""
    inner: str = ""


class Unwrap(NamedTuple):
    """Put what a map holds in its own place."""

    path: Path


class Unlisted(NamedTuple):
    """Put the one item of a list in its place."""

    path: Path


Change: TypeAlias = Set | Rename | Remove | Move | Insert | Append | Gather | Listed | Unwrap | Unlisted


class Proposal(NamedTuple):
    """How to mend something: what is done, in a few words, and the changes that do it.

    `safe`: it can only be what was meant. Otherwise somebody should look at the outcome.
    """

    title: str
    changes: tuple[Change, ...]
    safe: bool = True


def _packed(value: Any) -> str:
    import json  # most runs change nothing

    return json.dumps(value)


def unpacked(text: str) -> Any:
    """The value that a change carries as text."""
    import json

    return json.loads(text)


def put(path: Path, value: Any, *, quoted: bool = False) -> Set:
    return Set(path, _packed(value), quoted)


def insert(path: Path, value: Any) -> Insert:
    return Insert(path, _packed(value))


def append(path: Path, value: Any) -> Append:
    return Append(path, _packed(value))


def moved(change: Change, path: Path) -> Change:
    """The change, made at another path."""
    if isinstance(change, Move):
        shared = common(change.path, change.to)
        kept = len(path) - (len(change.path) - shared)
        return Move(path, (*path[:kept], *change.to[shared:]))
    return change._replace(path=path)


def common(one: Path, other: Path) -> int:
    """How many steps two paths share, the last ones left out."""
    steps = 0
    for first, second in zip(one[:-1], other[:-1], strict=False):
        if first != second:
            break
        steps += 1
    return steps


def changed(data: Any, changes: Iterable[Change]) -> Any:
    """A copy of a document's data after some changes. Raises LookupError or TypeError where one cannot be made.

    What aliases repeat stays shared: a change to one is a change to all.
    """
    data = copy.deepcopy(data)
    for change in changes:
        data = _changed(data, change)
    return data


def changed_config(config: Any, changes: Iterable[Change]) -> Any:
    """A copy of a plugin's config after changes whose paths begin with "config". Raises as `changed` does.

    Texts stay what they are, placeholders included.
    """
    data = {"config": _copy(config)}
    for change in changes:
        data = _changed(data, change)
    return data.get("config")


def _copy(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copy(item) for key, item in value.items()}
    return [_copy(item) for item in value] if isinstance(value, list) else value


def _changed(data: Any, change: Change) -> Any:
    if not change.path:
        raise LookupError("the top of a document stays")
    if isinstance(change, Insert):
        _insert(data, change.path, unpacked(change.value))
        return data
    holder, last = value_at(data, change.path[:-1]), change.path[-1]
    if isinstance(change, Set):
        holder[last]  # it has to be there
        holder[last] = unpacked(change.value)
    elif isinstance(change, Append):
        holder[last].append(unpacked(change.value))
    elif isinstance(change, Rename):
        _insert(data, (*change.path[:-1], change.to), holder.pop(last))
    elif isinstance(change, Remove):
        del holder[last]
    elif isinstance(change, Gather):
        _gather(holder, change)
    elif isinstance(change, Listed):
        holder[last] = _listed(holder[last], change)
    elif isinstance(change, Unlisted):
        [holder[last]] = holder[last]
    elif isinstance(change, Unwrap):
        for key, value in holder.pop(last).items():
            _insert(holder, (key,), value)
    else:
        _insert(data, change.to, holder.pop(last))
    return data


def _gather(holder: Any, change: Gather) -> None:
    gathered = {name: holder.pop(key) for key, name in change.keys}
    _insert(holder, change.path[-1:], gathered)


def _listed(value: Any, change: Listed) -> list[Any]:
    if not change.name:
        return [value]
    items = []
    for key, item in value.items():
        inner = item if isinstance(item, dict) else {change.inner: item}
        if change.name in inner:
            raise LookupError("the item has a name already")
        items.append({change.name: key, **inner})
    return items


def _insert(data: Any, path: Path, value: Any) -> None:
    *parents, last = path
    for part in parents:
        if (data.get(part) if isinstance(data, dict) else data[part]) is None:
            data[part] = {}
        data = data[part]
    if not isinstance(data, dict) or last in data:
        raise LookupError("there is something already")
    data[last] = value


def value_at(data: Any, path: Path) -> Any:
    """The value at a path. Raises LookupError or TypeError where it leads nowhere."""
    for part in path:
        data = data[part]
    return data


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same to every reader: 1 is neither 1.0 nor true. Keys may stand in another order."""
    import json

    return json.dumps(one, sort_keys=True, default=repr) == json.dumps(other, sort_keys=True, default=repr)
