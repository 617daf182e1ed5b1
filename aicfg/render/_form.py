"""A body as the fields of a form, as the Admin API takes them: `config.model.name=gpt-4o`, `paths[]=/chat`.

Kong makes numbers and booleans of the texts by its schema. Dots nest, `[]` is an element of a list; an empty text is
null to it, and there is nothing for null, an empty map or list, and lists of maps.
Source: kong/api/arguments.lua and arguments_decoder.lua (decode, infer_value; 100 fields at most, lua_max_post_args).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from aicfg.source import Path

MOST_FIELDS = 100
_NOT_IN_A_NAME = re.compile(r"[.\[\]=\s\x00-\x1f\x7f]|%5[BbDd]")


class Pair(NamedTuple):
    """A field of a form and where in the body its value stands; `problem` says why a form cannot have it."""

    path: Path
    name: str
    value: str = ""
    problem: str | None = None


def pairs(body: Mapping[str, Any]) -> Iterator[Pair]:
    """The fields for a body. A config with nothing in it is left out: Kong makes one."""
    for key, value in body.items():
        if key != "config" or value != {}:
            yield from _pairs(value, (key,), key)


def _pairs(value: Any, path: Path, name: str) -> Iterator[Pair]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            below = (*path, key)
            if not key or _NOT_IN_A_NAME.search(key):
                yield Pair(below, name, problem=f'has no way to write the key "{key}": dots and brackets nest there')
            else:
                yield from _pairs(item, below, f"{name}.{key}")
    elif isinstance(value, list | tuple) and value:
        for index, item in enumerate(value):
            if isinstance(item, Mapping | list | tuple):
                yield Pair((*path, index), name, problem="has no way to write a list of maps or of lists")
            else:
                yield from _pairs(item, (*path, index), f"{name}[]")
    else:
        yield _scalar(value, path, name)


def _scalar(value: Any, path: Path, name: str) -> Pair:
    if value is None:
        return Pair(path, name, problem="has no null")
    if isinstance(value, Mapping | list | tuple):
        return Pair(path, name, problem=f"has no empty {'map' if isinstance(value, Mapping) else 'list'}")
    if value == "":
        return Pair(path, name, problem="has no empty text: Kong takes it for null")
    return Pair(path, name, value if isinstance(value, str) else json.dumps(value))
