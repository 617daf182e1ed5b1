"""Walks through the plain values of a document: maps, lists and what stands in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from aicfg.source.document import Path


def inside(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """The value itself, and every value in it, each with its path, which begins with `path`."""
    yield path, value
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from inside(item, (*path, key))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from inside(item, (*path, index))
