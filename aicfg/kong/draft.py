"""A config under construction, which remembers where each of its values came from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from aicfg.kong.references import with_references
from aicfg.source import Path, Place


class Draft:
    """Values merged in layers: maps merge, lists replace, `null` removes what is there.

    `values` is the result; `inner` maps paths in it (below `base`) to the places of their values, as Origin wants them.
    """

    def __init__(self, base: Path = ()) -> None:
        self.base = base
        self.values: dict[str, Any] = {}
        self.inner: dict[Path, Place] = {}

    def put(self, path: Path, value: Any, place: Place) -> None:
        """Set the value at `path`, or merge it with the map that is there."""
        if value is None:
            self._remove(path)
            return
        parent = self._map_at(path[:-1])
        before = parent.get(path[-1])
        if isinstance(value, Mapping) and isinstance(before, dict):
            self.merge(value, place, path)
            return
        if isinstance(before, dict | list):
            self._forget(path)
        self.inner[self.base + path] = place
        if isinstance(value, Mapping):
            parent[path[-1]] = {}
            self.merge(value, place, path)
        else:
            parent[path[-1]] = self.read(value)

    def read(self, value: Any) -> Any:
        """A value as the draft takes it in: its references recognised."""
        return with_references(value)

    def _map_at(self, path: Path) -> dict[Any, Any]:
        """The map at `path`, made where there is none: a value of another form gives way, as in any merge."""
        found: dict[Any, Any] = self.values
        for part in path:
            below = found.get(part)
            if not isinstance(below, dict):
                below = found[part] = {}
            found = below
        return found

    def _forget(self, path: Path) -> None:
        """Forget where the parts of a value came from that is about to be replaced."""
        above = self.base + path
        for part in [part for part in self.inner if len(part) > len(above) and part[: len(above)] == above]:
            del self.inner[part]

    def _remove(self, path: Path) -> None:
        """Remove a value, and the map that is empty without it."""
        holder = self.get(*path[:-1])
        if isinstance(holder, dict) and path[-1] in holder:
            del holder[path[-1]]
            if not holder and len(path) > 1:
                self._remove(path[:-1])

    def merge(self, layer: Mapping[str, Any], place: Place, path: Path = ()) -> None:
        """Merge a map over the one at `path`. Its values stand at `place` under their own keys."""
        for key, value in layer.items():
            self.put((*path, key), value, place / key)

    def adopt(self, path: Path, other: Draft) -> None:
        """Take in a part that was drafted by itself, under the base that it has here."""
        self._map_at(path[:-1])[path[-1]] = other.values
        self.inner |= other.inner

    def note(self, path: Path, place: Place) -> None:
        """Say where the value at `path` comes from, where that is not where its parent comes from."""
        self.inner[self.base + path] = place

    def get(self, *path: str | int) -> Any:
        """The value at `path`, or None."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value


class Said(Draft):
    """What a manifest says in several layers, merged and otherwise as it is written: nothing in it is resolved yet."""

    def __init__(self, place: Place) -> None:
        super().__init__()
        self.root = place

    def read(self, value: Any) -> Any:
        return value

    def place(self, *path: str | int) -> Place:
        """Where the value at `path` stands in the manifest."""
        for length in range(len(path), 0, -1):
            found = self.inner.get(path[:length])
            if found is not None:
                return Place(found.document, found.path + path[length:])
        return Place(self.root.document, self.root.path + path)

    def copy_to(self, draft: Draft, to: Path, *path: str | int) -> None:
        """Put the value at `path` into another draft, each part of it with its own place."""
        value = self.get(*path)
        if isinstance(value, dict) and value:
            for key in value:
                self.copy_to(draft, (*to, key), *path, key)
            draft.inner.setdefault(draft.base + to, self.place(*path))
        else:
            draft.put(to, value, self.place(*path))
