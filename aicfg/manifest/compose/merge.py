"""Merging: files by name, where nobody wins, and an environment over them, where it does.

Values are never changed in place: what merging leaves alone is shared with the documents that it comes from.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from aicfg.frozen import EMPTY
from aicfg.manifest.compose.fault import Fault, file_and_line
from aicfg.source import Path, Place, format_path
from aicfg.tuples import NamedTuple
from aicfg.words import did_you_mean

ENTRIES: Mapping[str, str] = {
    "providers": "provider",
    "routes": "route",
    "services": "service",
    "vaults": "vault",
    "redis": "Redis connection",
    "consumers": "consumer",
    "consumer_groups": "consumer group",
}
"""The maps whose keys are names of things, and what each of these is called."""

INHERITING = ("providers", "routes")
"""Those whose entries inherit: routes from their providers, and both from the defaults."""

MAX_ADVICE = 20
"""For how many unknown names the nearest known one is looked for: among many names that takes long."""


class Piece(NamedTuple):
    """A value and where it came from. `parts` holds what is in it that did not come from there."""

    value: Any
    place: Place
    parts: Mapping[Any, Piece] = EMPTY

    def part(self, key: str | int) -> Piece:
        found = self.parts.get(key)
        return Piece(self.value[key], self.place / key) if found is None else found

    def find(self, path: Path) -> Place:
        """The place of the value at a path, or of what is missing there."""
        piece = self
        for at, key in enumerate(path):
            if key not in piece.parts:
                return Place(piece.place.document, piece.place.path + path[at:])
            piece = piece.parts[key]
        return piece.place

    def holding(self, parts: Mapping[Any, Piece]) -> Piece:
        """A map of these parts at the same place."""
        return Piece({key: part.value for key, part in parts.items()}, self.place, parts)


class Joining:
    """Joins the same part of several files, and remembers where two of them contradict each other.

    `nulls_yield` tells that null says nothing, and so never contradicts a value; in an environment it removes.
    """

    def __init__(self, nulls_yield: bool = True) -> None:
        self.nulls_yield = nulls_yield
        self.faults: list[Fault] = []

    def all(self, pieces: Iterable[Piece], path: Path = ()) -> Piece | None:
        """All of the pieces as one, None where there are none. `path` is where they stand in a manifest."""
        joined: Piece | None = None
        for piece in pieces:
            joined = piece if joined is None else self.two(joined, piece, path)
        return joined

    def two(self, first: Piece, second: Piece, path: Path) -> Piece:
        if second.value is None or first.value is None:
            return self._with_null(first, second, path)
        if isinstance(first.value, dict) and isinstance(second.value, dict):
            return self._maps(first, second, path)
        if path == ("plugins",) and isinstance(first.value, list) and isinstance(second.value, list):
            parts = [piece.part(index) for piece in (first, second) for index in range(len(piece.value))]
            return Piece([part.value for part in parts], first.place, dict(enumerate(parts)))
        if first.value.__class__ is not second.value.__class__ or first.value != second.value:
            self._contradict(first, second, path)
        return first

    def _with_null(self, first: Piece, second: Piece, path: Path) -> Piece:
        given, other = (first, second) if second.value is None else (second, first)
        if given.value is not None and not (self.nulls_yield or path == ("plugins",)):
            self._contradict(first, second, path)
            return first
        return given if other.value is None else first

    def _maps(self, first: Piece, second: Piece, path: Path) -> Piece:
        parts = _parts(first)
        for key in second.value:
            piece, at = second.part(key), (*path, key)
            if key not in parts:
                parts[key] = piece
            elif len(at) == 2 and path[0] in ENTRIES and (piece.value, parts[key].value) != (None, None):
                self._contradict(parts[key], piece, at)
            else:
                parts[key] = self.two(parts[key], piece, at)
        return first.holding(parts)

    def _contradict(self, first: Piece, second: Piece, path: Path) -> None:
        where = file_and_line(first.place)
        if len(path) == 2 and path[0] in ENTRIES:
            message = f'the {ENTRIES[str(path[0])]} "{path[1]}" is also defined in {where}'
            hint = "rename or remove one of them; what differs between environments belongs under `environments`"
        else:
            message = f"`{format_path(path)}` has another value in {where}"
            hint = "say it in one file only; what differs between environments belongs under `environments`"
        self.faults.append(Fault("defined-twice", second.place, message, hint, at_key=True))


def over(base: Piece | None, patch: Piece, *, nulls_stay: bool) -> Piece:
    """A piece with another merged over it: maps merge, anything else replaces, and null removes.

    Where `nulls_stay`, a null takes the place of what is there, since it also removes what would be inherited instead.
    """
    if not isinstance(patch.value, dict):
        return patch
    if base is None or not isinstance(base.value, dict):
        if nulls_stay:
            return patch
        base = Piece({}, patch.place)
    parts = _parts(base)
    for key, part in _parts(patch).items():
        if part.value is None and not nulls_stay:
            parts.pop(key, None)
        else:
            parts[key] = over(parts.get(key), part, nulls_stay=nulls_stay)
    return base.holding(parts)


def environment_over(base: Piece, patch: Piece) -> tuple[Piece, list[Fault]]:
    """A manifest with an environment merged over it, and what the environment removes that is not there."""
    faults: list[Fault] = []
    parts = _parts(base)
    for section, part in _parts(patch).items():
        before = parts.get(section)
        if part.value is None:
            parts.pop(section, None)
        elif section in ENTRIES and isinstance(part.value, dict):
            is_map = before is not None and isinstance(before.value, dict)
            parts[section] = _entries_over(
                before if before and is_map else Piece({}, part.place), part, section, faults
            )
        else:
            parts[section] = over(before, part, nulls_stay=False)
    return base.holding(parts), faults


def _entries_over(base: Piece, patch: Piece, section: str, faults: list[Fault]) -> Piece:
    entries = _parts(base)
    for name, part in _parts(patch).items():
        if part.value is not None:
            entries[name] = over(entries.get(name), part, nulls_stay=section in INHERITING)
        elif name in entries:
            del entries[name]
        else:
            advice = did_you_mean(name, base.value) if len(faults) < MAX_ADVICE else None
            message = f'there is no {ENTRIES[section]} "{name}" to remove'
            faults.append(Fault("nothing-to-remove", part.place, message, advice, at_key=True))
    return base.holding(entries)


def _parts(piece: Piece) -> dict[Any, Piece]:
    return {key: piece.part(key) for key in piece.value}
