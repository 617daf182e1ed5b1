"""Finds the files that ship beside the code: `schemas/` and `templates/`."""

from __future__ import annotations

import os
from functools import cache

_PACKAGE = os.path.dirname(os.path.abspath(__file__))


@cache
def folder(name: str) -> str:
    """The folder `name` ("schemas" or "templates"): inside the package in a wheel, beside it in a checkout."""
    packaged = os.path.join(_PACKAGE, name)
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(_PACKAGE), name)


def schema_file(*parts: str) -> str:
    """A file in `schemas/` by the parts of its path."""
    return os.path.join(folder("schemas"), *parts)


def schema_names(kind: str) -> tuple[str, ...]:
    """The names of all YAML files in a folder of `schemas/`, without their ending, sorted."""
    names = os.listdir(schema_file(kind))
    return tuple(sorted(name.removesuffix(".yaml") for name in names if name.endswith(".yaml")))
