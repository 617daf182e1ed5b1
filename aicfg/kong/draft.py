"""A config under construction, which remembers where each of its values came from."""

from __future__ import annotations

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
        parent: dict[Any, Any] = self.values
        for part in path[:-1]:
            parent = parent.setdefault(part, {})
        if isinstance(value, dict) and isinstance(parent.get(path[-1]), dict):
            self.merge(value, place, path)
        elif isinstance(value, dict):
            parent[path[-1]] = {}
            self.inner[self.base + path] = place
            self.merge(value, place, path)
        else:
            parent[path[-1]] = with_references(value)
            self.inner[self.base + path] = place

    def _remove(self, path: Path) -> None:
        """Remove a value, and the map that is empty without it."""
        holder = self.get(*path[:-1])
        if isinstance(holder, dict) and path[-1] in holder:
            del holder[path[-1]]
            if not holder and len(path) > 1:
                self._remove(path[:-1])

    def merge(self, layer: Any, place: Place, path: Path = ()) -> None:
        """Merge a map over the one at `path`. Its values stand at `place` under their own keys."""
        for key, value in layer.items():
            self.put((*path, key), value, place / key)

    def get(self, *path: str | int) -> Any:
        """The value at `path`, or None."""
        value: Any = self.values
        for part in path:
            value = value.get(part) if isinstance(value, dict) else None
        return value
