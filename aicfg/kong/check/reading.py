"""Reads a field of a record as Kong's rules see it: by its dotted name, with defaults filled in.

Kong fills defaults before it checks: an optional field that is absent is null, a required record that is absent is
there with its own defaults, an absent required field without a default is nothing at all (Lua's nil). A step into a
number or a boolean makes Kong's code fail.

Source: get_field, process_auto_fields and is_nonempty in kong/db/schema/init.lua (3.6 to 3.10).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aicfg.kong.references import Placeholder

if TYPE_CHECKING:
    from aicfg.catalog.plugins import Field

Steps = tuple[tuple[str, Any], ...]
"""The keys of a dotted name, each with what stands there where the key is absent."""


class _Mark:
    """A value that no config holds."""


NIL: Final = _Mark()
"""Nothing: neither a value nor null."""

CRASH: Final = _Mark()
"""Kong's code fails on the way."""

_EXPANDED: dict[str, Any] = {}


def steps(record: Field, name: str) -> Steps:
    """How to read the field `name` ("model.options.top_p") of a record."""
    result = []
    for key in name.split("."):
        record = record.fields[key]
        result.append((key, _when_absent(record)))
    return tuple(result)


def field_of(record: Field, name: str) -> Field:
    """The field of a record by its dotted name."""
    for key in name.split("."):
        record = record.fields[key]
    return record


def _when_absent(field: Field) -> Any:
    if field.default is not None or not field.required:
        return field.default
    return _EXPANDED if field.type == "record" else NIL


def read(value: Any, path: Steps) -> Any:
    """The value that Kong's rules see; None for null, NIL for nothing, CRASH where Kong fails."""
    for key, absent in path:
        value = value.get(key, absent) if value.__class__ is dict else _step(value, key, absent)
    return value


def _step(value: Any, key: str, absent: Any) -> Any:
    if isinstance(value, dict):
        return value.get(key, absent)
    if isinstance(value, Placeholder):  # what comes out of it may hold the field
        return value
    if isinstance(value, list):
        return absent
    if value is CRASH or isinstance(value, bool | int | float):
        return CRASH
    return NIL


def is_set(value: Any) -> bool:
    """Kong's idea of a field that is not empty: false and 0 are set, "" and {} are not."""
    if value is None or value is NIL or value is CRASH:
        return False
    return bool(value) if isinstance(value, str | list | dict) else True
